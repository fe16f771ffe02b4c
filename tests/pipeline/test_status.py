from pathlib import Path

import pytest
from fake_runs import scored, write_run
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.io.folders import open_folder
from pipeline.io.inputs import find_input
from pipeline.plan import Settings, make_plan, save_plan


def told(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["status", *map(str, arguments)])
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def planned(tmp_path: Path) -> Path:
    for name in "abcde":
        (tmp_path / f"{name}.txt").write_text("Xi backs Putin", encoding="utf-8")
    settings = Settings("1", {}, {}, {}, "parquet", [], None)
    (tmp_path / "run").mkdir()
    save_plan(
        open_folder(tmp_path / "run"), make_plan(find_input(tmp_path), settings, 2, lambda rows, share: None)
    )
    return tmp_path / "run"


def test_finished_run(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", [scored("a", "Xi backs Putin")])
    assert told(run) == (0, f"{run}: finished; 1 articles scored, 0 rows rejected")


def test_stopped_run_tells_what_is_left_and_which_shards_crashed(planned: Path) -> None:
    for name in ("attempts/000001/aa", "attempts/000002/bb", "attempts/000002/cc", "000000.json"):
        path = planned / "shards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    status, text = told(planned)
    assert status == 0
    assert f"{planned}: stopped; go on with --resume" in text
    assert "0 of 3 shards done: 0 articles scored, 0 rows rejected, of 5 rows" in text
    assert "Shard 1: begun once and not ended Shard 2" in text
    assert "Shard 2: begun 2 times and not ended; scored article by article next time" in text


def test_folder_without_a_run_is_an_error(tmp_path: Path) -> None:
    for where in (tmp_path, tmp_path / "absent"):
        status, text = told(where)
        assert status == 1
        assert "holds no run" in text


def test_plan_that_cannot_be_read_is_an_error(planned: Path) -> None:
    (planned / "plan.json").write_text("{}", encoding="utf-8")
    status, text = told(planned)
    assert status == 1
    assert "plan.json: cannot be read" in text and "start again with --overwrite" in text
