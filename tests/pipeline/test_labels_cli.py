import csv
import io
import json
from pathlib import Path

import pytest
from fake_runs import write_run
from labelled_runs import told
from test_cli import invoke
from tiny_models import read_rows, write_rows

from models.pairs import read_pairs
from pipeline.io.folders import Folder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "example_labels"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    articles = [
        told(f"a{number}", ("Xi backs Putin", (0.4, 0.3, 0.3)), (f"Nato rejects N{number}", (0.1, 0.2, 0.7)))
        for number in range(4)
    ]
    return write_run(tmp_path / "run", articles)


def test_from_a_run_to_labels(run: Path, stance_folder: Path, tmp_path: Path) -> None:
    result = invoke("sample", run, "--n", 3, "--format", "csv", "--stance", stance_folder)
    assert result.exit_code == 0, result.output
    assert "3 pairs of " in result.stdout
    sheet = run / "labelling" / "items.csv"
    rows = list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    for row, answer in zip(rows, ("support", "neutral", "arguable"), strict=True):
        row["stance"] = answer
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    out = tmp_path / "mine.jsonl"
    result = invoke("labels", "import", sheet, "--format", "csv", "--out", out)
    assert result.exit_code == 3, result.output
    assert "2 labels of 1 annotators: 1 support, 1 neutral" in result.stdout
    assert "1 gave none" in result.stdout
    assert [label.stance for label in read_pairs(out)] == ["support", "neutral"]
    assert [row["reason"] for row in read_rows(tmp_path / "mine.rejects.jsonl")] == [
        "is arguable, which is not trained on"
    ]

    labelled = [label.id for label in read_pairs(out)]
    again = invoke(
        *("sample", run, "--n", 9, "--strategy", "random", "--labelled", out),
        *("--format", "csv", "--out", tmp_path / "next"),
    )
    assert again.exit_code == 0, again.output
    assert "The run gives no more within --per-article and --per-actor." in again.stdout
    for id_ in labelled:
        assert id_ not in (tmp_path / "next" / "items.csv").read_text(encoding="utf-8")


def test_a_project_is_not_overwritten_unasked(run: Path, tmp_path: Path) -> None:
    arguments = ("sample", run, "--strategy", "random", "--n", 2)
    assert invoke(*arguments).exit_code == 0
    assert "is not empty; name another folder or pass --overwrite" in invoke(*arguments).stderr
    assert invoke(*arguments, "--overwrite").exit_code == 0
    (tmp_path / "file").touch()
    assert "is a file" in invoke(*arguments, "--out", tmp_path / "file").stderr


def test_a_run_elsewhere_needs_a_folder_here(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Folder, "local", None)
    result = invoke("sample", run, "--strategy", "random")
    assert result.exit_code == 1
    assert "is no folder of this machine; name one with --out" in result.stderr


def test_another_run_goes_with_disagreement_alone(run: Path) -> None:
    assert invoke("sample", run, "--other", run).exit_code == 2
    result = invoke("sample", run, "--other", run, "--strategy", "disagreement", "--n", 1, "--overwrite")
    assert result.exit_code == 0, result.output


def test_an_adjudicator_must_have_answered(tmp_path: Path) -> None:
    (tmp_path / "anna.jsonl").touch()
    result = invoke(
        *("labels", "import", tmp_path / "anna.jsonl", "--format", "doccano"),
        *("--out", tmp_path / "x.jsonl", "--adjudicator", "judge"),
    )
    assert result.exit_code == 1
    assert "--adjudicator judge: answered nothing; these did: nobody" in result.stderr


def test_what_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "anna.jsonl").touch()
    result = invoke(
        *("labels", "import", tmp_path / "anna.jsonl", "--format", "doccano"),
        *("--out", tmp_path / "file" / "x.jsonl"),
    )
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_check_prints_findings_and_saves_them(stance_folder: Path, tmp_path: Path) -> None:
    row = {
        "article": "a",
        "text": "Xi met Nato.",
        "holder": [[0, 2]],
        "target": [[7, 11]],
        "stance": "neutral",
    }
    said = {"anna": "neutral", "ben": "neutral"}
    path = write_rows(
        tmp_path / "mine.jsonl",
        [row | {"id": "1", "annotators": said}, row | {"id": "2", "target": [[7, 10]]}],
    )
    saved = tmp_path / "check.json"
    result = invoke("labels", "check", path, "--stance", stance_folder, "--json", saved)
    assert result.exit_code == 3, result.output
    assert "2 rows: 0 support, 2 neutral, 0 oppose" in result.stdout
    assert "Cohen's κ of anna and ben: undefined (1 rows)" in result.stdout
    assert "error span: mine.jsonl:2 (2): target [7, 10] marks 'Nat', no whole word" in result.stdout
    assert "1 errors, " in result.stdout
    report = json.loads(saved.read_text(encoding="utf-8"))
    assert report["findings"][0]["remedy"] == "did you mean [7, 11], 'Nato'?"


def test_example_labels_have_no_error(stance_folder: Path) -> None:
    train, valid = EXAMPLES / "football-train.jsonl", EXAMPLES / "football-valid.jsonl"
    result = invoke("labels", "check", train, "--against", valid, "--stance", stance_folder)
    assert result.exit_code == 0, result.output
    assert "balance" not in result.stdout
    assert {label.stance for label in read_pairs(valid)} == {"support", "neutral", "oppose"}
