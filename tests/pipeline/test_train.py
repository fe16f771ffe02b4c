"""`stancewire train` with tiny models, and what the README says of retraining, run as it is printed."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console
from typer.testing import CliRunner

from models import retraining
from models.training_progress import TrainingStep
from pipeline.cli import app
from pipeline.commands.training_progress import training_progress
from tests.tiny_models import tiny_retraining, user_labels, write_rows

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["train", "stance", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tiny_retraining(tmp_path, monkeypatch)
    monkeypatch.setattr(retraining, "TOLERANCE", 1.0)
    return tmp_path


def test_retraining_prints_curve_comparison_and_place(folder: Path) -> None:
    labels = write_rows(folder / "mine.jsonl", user_labels(70))
    result = invoke(
        "--labels", labels, "--from", folder / "start", "--out", folder / "out", "--curve", "20,900"
    )
    assert result.exit_code == 0, result.output
    rows = [re.split(r"\s*│\s*", line.strip("│ ")) for line in result.stdout.splitlines() if "│" in line]
    assert [row[0] for row in rows[:2]] == ["0", "20"]
    (yours,) = [row for row in rows if row[0] == "your validation labels"]
    assert yours[-1] == "passed"
    assert re.fullmatch(r"\+\d+\.\d", yours[4])
    assert f"Written to {folder / 'out'}; the model card is {folder / 'out' / 'README.md'}" in result.stdout
    assert re.search(r"^curve, 20 labels, epoch 1 of 3: loss \d\.\d+, f1 \d", result.stderr, re.MULTILINE)
    assert re.search(r"^Left out of the curve: 900 \(there are \d\d labels", result.stderr, re.MULTILINE)
    assert "{" not in result.output
    again = invoke("--labels", labels, "--out", folder / "out")
    assert again.exit_code == 1
    assert "holds a checkpoint already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give either --config or --labels"),
        (("--config", "a.yaml", "--labels", "b.jsonl"), "give either --config or --labels"),
        (("--config", "a.yaml", "--curve", "50"), "--curve and --seed go with --labels"),
        (("--labels", "b.jsonl"), "name a folder for the retrained checkpoint with --out"),
        (("--labels", "b.jsonl", "--out", "o", "--curve", "50,many"), "give numbers of labels"),
    ],
)
def test_wrong_usage_is_status_2(arguments: tuple[str, ...], message: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_the_readmes_retraining_runs_as_printed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "example_labels").symlink_to(ROOT / "example_labels")
    monkeypatch.chdir(folder)
    (command,) = re.findall(r"^stancewire (train stance --labels example_labels.*)$", README, re.MULTILINE)
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code in (0, 3), result.output
    assert "Macro F1 before and after" in result.stdout


def test_the_readmes_python_retrains(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "example_labels").symlink_to(ROOT / "example_labels")
    monkeypatch.chdir(folder)
    (code,) = [code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "retrain(" in code]
    names: dict[str, object] = {}
    exec(code, names)
    assert isinstance(names["result"], retraining.Retrained)


def test_progress_of_a_training_is_a_bar_and_a_line_an_epoch(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [
        TrainingStep(3, 12, 1, 4),
        TrainingStep(3, 12, 1, 4, {"loss": 0.25, "f1": 0.5}),
        TrainingStep(6, 12, 2, 4),
    ]
    shown = []
    for terminal in (False, True):
        with training_progress(
            Console(stderr=True, force_terminal=terminal, width=100, highlight=False)
        ) as watch:
            for step in steps:
                watch(step)
        shown.append(capsys.readouterr().err)
    assert shown[0] == "training, epoch 1 of 4: loss 0.250, f1 50.0\n"
    assert "training, epoch 1 of 4: loss 0.250, f1 50.0" in shown[1]
    assert "training, epoch 2 of 4" in shown[1]
    assert "6/12" in shown[1]
