import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import Result
from fake_stages import write_config
from rich.console import Console
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands import progress as progress_module
from pipeline.commands.console import plain
from pipeline.commands.progress import progress

ESCAPE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eright-to-left"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path / "score.yaml", resolve={"fails_on": "storm"})


def articles(folder: Path, *texts: str) -> Path:
    path = folder / "in.jsonl"
    rows = [json.dumps({"id": f"a{number}", "text": text}) + "\n" for number, text in enumerate(texts)]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def test_run_prints_counts_strongest_stances_and_files(tmp_path: Path, config: Path) -> None:
    source = articles(tmp_path, "Xi backs Putin\nXi backs Putin\nXi rejects Putin", "Putin rejects Nato")
    result = invoke("score", source, "--out", tmp_path / "run", "--config", config)
    assert result.exit_code == 0, result.output
    assert "2 articles, 4 statements, 4 stances (2 support, 0 neutral, 2 oppose)" in result.stdout
    lines = result.stdout.splitlines()
    (first,) = [line for line in lines if "Xi (CHN)" in line]
    assert re.split(r"\s{2,}", first.strip()) == [
        "Xi (CHN)",
        "support",
        "→ Putin (RUS)",
        "0.90",
        "2 of 3",
        "Xi backs Putin",
    ]
    assert str(tmp_path / "run" / "stances.parquet") in result.stdout
    assert "rejected" not in result.stdout
    assert (tmp_path / "run" / "run.json").is_file()


def test_rejects_are_told_with_place_and_give_status_3(tmp_path: Path, config: Path) -> None:
    source = articles(tmp_path, "Xi backs Putin", "", "a storm", "", "")
    result = invoke("score", source, "--out", tmp_path / "run", "--config", config, "--format", "jsonl")
    assert result.exit_code == 3
    assert f"4 rejected, listed in {tmp_path / 'run' / 'rejects.jsonl'}:" in result.stdout
    assert "  in.jsonl:2: text is empty\n" in result.stdout
    assert "  in.jsonl:3: stage resolve: RuntimeError: cannot bear 'storm'\n" in result.stdout
    assert "  …\n" in result.stdout
    assert (tmp_path / "run" / "stances.jsonl").read_text("utf-8").count("\n") == 1


def test_text_prints_statements_with_speakers_and_stances(config: Path) -> None:
    result = invoke("score", "--text", "Xi backs Putin\nRain fell", "--config", config)
    assert result.exit_code == 0, result.output
    assert "(the article)" in result.stdout
    assert "Rain fell" in result.stdout
    (row,) = [line for line in result.stdout.splitlines() if "Xi (CHN)" in line]
    assert re.split(r"\s{2,}", row.strip()) == [
        "1",
        "Xi (CHN)",
        "support",
        "→ Putin (RUS)",
        "0.90",
        "neutral 0.75",
    ]


def test_text_without_actors_says_so(config: Path) -> None:
    assert (
        "No stances: no statement names an actor."
        in invoke("score", "--text", "Rain fell", "--config", config).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("score",), "give either INPUT or --text"),
        (("score", "in.jsonl", "--text", "x"), "give either INPUT or --text"),
        (("score", "in.jsonl"), "name a folder for the run's files with --out"),
        (("score", "--text", "x", "--out", "run"), "--engine and --address go with INPUT"),
        (("score", "--text", "x", "--resume"), "--engine and --address go with INPUT"),
        (("score", "--text", "x", "--engine", "ray"), "--engine and --address go with INPUT"),
        (("score", "in.jsonl", "--out", "run", "--overwrite", "--resume"), "give one of them"),
        (("score", "in.jsonl", "--out", "run", "--format", "xml"), "xml"),
    ],
)
def test_wrong_usage_is_status_2(arguments: tuple[str, ...], message: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("absent.jsonl", "--out", "run"), "Error: absent.jsonl: no such file or folder"),
        (("--text", " "), "Error: text is empty"),
        (("--text", "a storm"), "Error: article 1: stage resolve failed: RuntimeError"),
        (("--text", "x", "--config", "absent.yaml"), "Error: absent.yaml: cannot be read"),
    ],
)
def test_error_is_one_message_and_status_1(config: Path, arguments: tuple[str, ...], message: str) -> None:
    given = arguments if "--config" in arguments else (*arguments, "--config", config)
    result = invoke("score", *given)
    assert result.exit_code == 1
    assert result.stderr.startswith(message)
    assert "Traceback" not in result.output


def test_finished_run_is_refused_unless_overwritten(tmp_path: Path, config: Path) -> None:
    command = ("score", articles(tmp_path, "Xi backs Putin"), "--out", tmp_path / "run", "--config", config)
    assert invoke(*command).exit_code == 0
    refused = invoke(*command)
    assert refused.exit_code == 1
    assert "pass --overwrite" in refused.stderr
    assert invoke(*command, "--overwrite").exit_code == 0


def test_checkpoints_of_the_command_line_reach_the_rows(tmp_path: Path, config: Path) -> None:
    source = articles(tmp_path, "Xi backs Putin")
    options = ("--format", "jsonl", "--reader", "mine", "--stance", "ours")
    assert invoke("score", source, "--out", tmp_path / "run", "--config", config, *options).exit_code == 0
    told = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert list(told["models"]["read"]) == ["mine"]
    row = json.loads((tmp_path / "run" / "stances.jsonl").read_text("utf-8"))
    assert row["model"].startswith("ours@")


def test_interrupt_is_status_130_and_tells_how_to_go_on(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("score", articles(tmp_path, "Xi backs Putin"), "--out", tmp_path / "run", "--config", config)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.io.write.ShardTables.add", interrupt)
        result = invoke(*command)
    assert result.exit_code == 130
    assert "What is done is kept: the same command with --resume goes on." in result.stderr
    assert "Stopped." in result.stderr
    assert invoke(*command).exit_code == 1
    assert invoke(*command, "--resume").exit_code == 0


def test_limit_shards_and_partitions_reach_the_run(tmp_path: Path, config: Path) -> None:
    source = articles(tmp_path, "Xi backs Putin", "Putin backs Xi", "Xi rejects Putin")
    options = ("--limit", "2", "--shard-size", "1", "--partition-by", "source", "--partition-by", "month")
    result = invoke("score", source, "--out", tmp_path / "run", "--config", config, *options)
    assert result.exit_code == 0, result.output
    assert "2 articles, 2 statements, 2 stances (2 support, 0 neutral, 0 oppose)" in result.stdout
    (file,) = (tmp_path / "run" / "stances.parquet").glob("source=*/month=*/*.parquet")
    assert pq.ParquetFile(file).metadata.num_rows == 2


def test_large_run_does_not_wait_for_tables(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.commands.score._SUMMED_UP", 1)
    source = articles(tmp_path, "Xi backs Putin", "Putin backs Xi")
    result = invoke("score", source, "--out", tmp_path / "run", "--config", config)
    assert f"Rank the pairs with: stancewire top {tmp_path / 'run'}" in result.stdout
    assert "Strongest stances" not in result.stdout


def test_engine_of_the_command_line_needs_its_package(
    tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.engines.ray.importlib.util.find_spec", lambda name: None)
    source = articles(tmp_path, "Xi backs Putin")
    result = invoke("score", source, "--out", tmp_path / "run", "--config", config, "--engine", "ray")
    assert result.exit_code == 1
    assert (
        "Error: --engine ray needs Ray, which is not installed: run `python scripts/install.py --extra ray`"
        in result.stderr
    )
    assert not (tmp_path / "run").exists()


def test_article_text_reaches_the_terminal_as_text_only(tmp_path: Path, config: Path) -> None:
    hostile = f"[red]Xi[/red] backs [link=file:///x]Putin[/link]\n{ESCAPE}"
    shown = invoke("score", "--text", hostile, "--config", config)
    source = articles(tmp_path, hostile, f"storm {ESCAPE}")
    run = invoke("score", source, "--out", tmp_path / "run", "--config", config)
    for output in (shown.output, run.output):
        assert "[red]Xi[/red]" in output
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(output)


def test_plain_keeps_letters_marks_and_symbols() -> None:
    assert (
        plain("Erdoğan\u0301 “said”\t10 €\n\n👍 [b]no[/b]").plain == "Erdoğan\u0301 “said” 10 € 👍 [b]no[/b]"
    )
    assert plain(ESCAPE).plain == "[31mred]0;title 2J right-to-left"
    assert plain("one two three", 9).plain == "one two …"


def test_help_does_not_wait_for_models() -> None:
    check = "import sys, pipeline.cli; print('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", check], text=True).strip() == "False"
    assert "--overwrite" in invoke("score", "--help").stdout


def test_progress_in_a_pipe_is_plain_lines_every_few_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    times = iter([80.0, 95.0, 100.0, 104.0, 112.0, 115.0, 124.0])
    monkeypatch.setattr(progress_module, "monotonic", lambda: next(times))
    with progress(Console(stderr=True, force_terminal=False)) as watch:
        watch("planning", 0, 0, 0.0)
        watch("planning", 1000, 0, 0.2)
        # A stopped run had scored 30 of them.
        for articles_so_far in (30, 50, 90, 100, 126):
            watch("scoring", articles_so_far, articles_so_far // 50, articles_so_far / 200)
    assert capsys.readouterr().err.splitlines() == [
        "planning: 1,000 rows, 20% of the input",
        "90 articles (5.0/s), 1 rejected, 45% of the input",
        "126 articles (4.0/s), 2 rejected, 63% of the input",
    ]


def test_progress_on_a_terminal_is_a_bar_with_the_rate(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(Console(stderr=True, force_terminal=True, width=100)) as watch:
        watch("scoring", 0, 0, 0.0)
        watch("scoring", 1200, 0, 0.5)
    shown = capsys.readouterr().err
    assert "1,200 articles (" in shown
    assert "50%" in shown
