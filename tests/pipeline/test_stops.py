"""Runs in processes of their own, killed, cut off by a full disk, or killed by an article: all go on with --resume."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_runs import tables_of
from fake_stages import write_config

from pipeline.io.folders import open_folder
from pipeline.plan import PLAN
from pipeline.shards import progress_of
from pipeline.status import run_status

COMMAND = "from pipeline.cli import app; app()"
ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 24
# Seconds that an article takes: long enough that most kills hit the scoring, not the start of Python.
WAITS = 0.02


def corpus(folder: Path, *more: str) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [
        {"id": f"a{number}", "text": f"Xi backs Putin\nPutin rejects Nato {number}"}
        for number in range(ARTICLES)
    ]
    rows[7]["id"] = "a2"  # Used before: a reject.
    rows += [{"id": text, "text": text} for text in more]
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder / "in.jsonl"


def start(
    source: Path, out: Path, config: Path, *options: str, before: Callable[[], None] | None = None
) -> "subprocess.Popen[str]":
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    command = [
        sys.executable,
        "-c",
        COMMAND,
        "score",
        str(source),
        "--out",
        str(out),
        "--config",
        str(config),
    ]

    def prepare() -> None:
        # Tests that run in the background hand on that Ctrl-C is ignored.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if before is not None:
            before()

    return subprocess.Popen(
        [*command, "--shard-size", "4", *options],
        env=os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    out, err = process.communicate(timeout=300)
    return process.returncode, out + err


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """The files of an undisturbed run, and the seconds that it took."""
    folder = tmp_path_factory.mktemp("whole")
    config = write_config(folder / "score.yaml", stance={"waits": WAITS})
    begun = time.monotonic()
    status, told = finish(start(corpus(folder), folder / "run", config))
    assert status == 3, told
    return tables_of(folder / "run"), time.monotonic() - begun


def killed_and_resumed(folder: Path, whole: tuple[dict[str, bytes], float], seed: int) -> int:
    """Kills a run at a random moment, and what resumes it too, until one comes through. Gives the kills."""
    tables, seconds = whole
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    source, config = corpus(folder), write_config(folder / "score.yaml", stance={"waits": WAITS})
    kills = 0
    for limit in (1.0, 1.0, 1.5, 2.0, 4.0, 300.0):
        process = start(source, folder / "run", config, "--resume")
        try:
            process.wait(chance.uniform(0.1, seconds) * limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        status, told = finish(process)
        assert status in (3, -signal.SIGKILL), told
        if status == 3:
            break
    assert tables_of(folder / "run") == tables
    assert sorted(path.name for path in (folder / "run").iterdir()) == sorted([*tables, "run.json"])
    return kills


def kill_at_least(count: int, folder: Path, whole: tuple[dict[str, bytes], float], seed: int) -> None:
    """Runs until so many were killed: how many one seed kills depends on how busy the machine is."""
    kills = 0
    while kills < count:
        kills += killed_and_resumed(folder / str(seed), whole, seed)
        seed += 1


def test_killed_runs_go_on_to_the_same_bytes(tmp_path: Path, whole: tuple[dict[str, bytes], float]) -> None:
    kill_at_least(2, tmp_path, whole, seed=0)


@pytest.mark.long
def test_fifty_kills(tmp_path: Path, whole: tuple[dict[str, bytes], float]) -> None:
    kill_at_least(50, tmp_path, whole, seed=1000)


def wait_for_shards(out: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while len(progress_of(open_folder(out)).done) < count:
        assert time.monotonic() < deadline, "no shard was done"
        time.sleep(0.02)


def test_status_of_a_run_at_work_killed_and_finished(
    tmp_path: Path, whole: tuple[dict[str, bytes], float]
) -> None:
    out, config = tmp_path / "run", write_config(tmp_path / "score.yaml", stance={"waits": 0.3})
    process = start(corpus(tmp_path), out, config)
    wait_for_shards(out, 1)
    working = run_status(out)
    process.send_signal(signal.SIGKILL)
    finish(process)
    killed = run_status(out)
    assert (working.working, killed.working) == (True, False)
    assert (killed.finished, killed.rows, killed.shards) == (False, ARTICLES, 6)
    assert killed.articles + killed.rejects == killed.shards_done * 4
    assert list(killed.attempts.values()) == [1]
    config = write_config(tmp_path / "score.yaml", stance={"waits": 0.3})
    status, told = finish(start(tmp_path / "in.jsonl", out, config, "--resume"))
    assert status == 3, told
    finished = run_status(out)
    assert (finished.finished, finished.articles, finished.rejects) == (True, ARTICLES - 1, 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stop_with_warning_keeps_the_shards_that_are_done(
    tmp_path: Path, whole: tuple[dict[str, bytes], float], sent: signal.Signals
) -> None:
    out, config = tmp_path / "run", write_config(tmp_path / "score.yaml", stance={"waits": WAITS * 5})
    process = start(corpus(tmp_path), out, config)
    wait_for_shards(out, 2)
    process.send_signal(sent)
    status, told = finish(process)
    assert status == 130, told
    assert "the same command with --resume goes on" in told
    assert (out / PLAN).is_file() and len(progress_of(open_folder(out)).done) >= 2
    assert progress_of(open_folder(out)).attempts == {}
    status, told = finish(start(tmp_path / "in.jsonl", out, config, "--resume"))
    assert status == 3, told
    assert tables_of(out) == whole[0]


def test_article_that_kills_its_process_is_found_and_rejected(tmp_path: Path) -> None:
    config = write_config(tmp_path / "score.yaml", resolve={"kills_on": "poison"})
    source, out = corpus(tmp_path, "poison", "Xi meets Putin", "more poison"), tmp_path / "run"
    for _ in range(2):
        status, _ = finish(start(source, out, config, "--resume"))
        assert status == -signal.SIGKILL
    status, told = finish(start(source, out, config, "--resume"))
    assert status == 3, told
    rejects = [json.loads(line) for line in (out / "rejects.jsonl").open(encoding="utf-8")][1:]
    assert [(one["place"], one["id"]) for one in rejects] == [
        ("in.jsonl:25", "poison"),
        ("in.jsonl:27", "more poison"),
    ]
    assert rejects[0]["reason"] == "the article killed the process that scored it, 2 times (SIGKILL, SIGKILL)"
    assert json.loads((out / "run.json").read_text("utf-8"))["counts"]["articles"] == ARTICLES


def test_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    tmp_path: Path, whole: tuple[dict[str, bytes], float]
) -> None:
    """No file may grow past some bytes: the assembled tables are the first to do so."""
    largest = max(len(data) for data in whole[0].values())
    config = write_config(tmp_path / "score.yaml", stance={"waits": WAITS})

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 100, largest - 100))

    out = tmp_path / "run"
    status, told = finish(start(corpus(tmp_path), out, config, before=limit))
    assert status == 1
    assert "the run cannot be written: " in told and "go on with --resume" in told
    assert "Traceback" not in told
    assert not list(out.rglob("*.partial*"))
    status, told = finish(start(tmp_path / "in.jsonl", out, config, "--resume"))
    assert status == 3, told
    assert tables_of(out) == whole[0]
