import hashlib
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fake_runs import tables_of
from fake_stages import DIGEST, fake_values

from pipeline.config import EngineConfig, ScoreConfig
from pipeline.errors import InputError, StancewireError
from pipeline.io import write
from pipeline.run import Choices, RunResult, score_run

PLAIN, SHARDS_OF_2 = Choices(), Choices(shard_size=2)

TEXTS = (
    "Xi backs Putin",
    "Putin rejects Nato\nXi meets Putin",
    "the storm",
    "Nato backs Xi",
    "Modi backs Xi",
)


def config(batch: int = 2, **options: dict) -> ScoreConfig:
    return ScoreConfig.model_validate(fake_values(**options) | {"batch_articles": batch})


def corpus(folder: Path) -> Path:
    told = (
        {"source": "A/B Post", "published_at": "2026-01-02"},
        {"published_at": "2026-02-01T10:00:00Z"},
        {"source": "Times"},
        {"source": "Times", "published_at": "yesterday"},
        {"source": "A/B Post", "published_at": "2026-01-31"},
    )
    rows = [{"id": f"a{number}", "text": text} | told[number] for number, text in enumerate(TEXTS)]
    lines = list(map(json.dumps, rows))
    path = folder / "in.jsonl"
    path.write_text("\n".join([*lines[:2], "not json", *lines[2:]]), encoding="utf-8")
    return path


def run(
    folder: Path, out: str = "run", batch: int = 2, choices: Choices = PLAIN, **options: dict
) -> RunResult:
    return score_run(corpus(folder), folder / out, config(batch, **options), choices)


def test_run_writes_rows_rejects_and_what_made_them(tmp_path: Path) -> None:
    result = run(tmp_path, resolve={"fails_on": "storm"})
    assert pq.read_table(tmp_path / "run" / "stances.parquet")["stance"].to_pylist() == [
        "support",
        "oppose",
        "neutral",
        "support",
        "support",
    ]
    rejects = [
        json.loads(line) for line in (tmp_path / "run" / "rejects.jsonl").read_text("utf-8").splitlines()
    ]
    assert [(one["place"], one["id"], one["stage"]) for one in rejects] == [
        ("in.jsonl:3", None, None),
        ("in.jsonl:4", "a2", "resolve"),
    ]
    told = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert told["counts"] == {
        "articles": 4,
        "statements": 5,
        "attributions": 0,
        "stances": 5,
        "support": 3,
        "neutral": 1,
        "oppose": 1,
        "rejects": 2,
    }
    assert told["inputs"] == {"in.jsonl": hashlib.sha256((tmp_path / "in.jsonl").read_bytes()).hexdigest()}
    assert told["models"]["stance"] == {"fake": DIGEST}
    assert told["config"]["stages"]["resolve"]["fails_on"] == "storm"
    assert told["config"]["stages"]["clean"]["probability"] == 0.9
    assert set(told["timings"]["stages_s"]) == {"clean", "split", "read", "attribute", "resolve", "stance"}
    assert [one.place for one in result.first_rejects] == ["in.jsonl:3", "in.jsonl:4"]
    assert all(Path(path).is_file() for path in result.files)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted(
        Path(path).name for path in result.files
    )


@pytest.mark.parametrize("table_format", ["parquet", "jsonl"])
@pytest.mark.parametrize("keys", [[], ["source"], ["month", "source"]])
def test_same_bytes_whatever_the_batch_and_the_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table_format: str, keys: list[str]
) -> None:
    monkeypatch.setattr(write, "_ROW_GROUP", 4)  # So that row groups reach over shards.
    made = []
    for number, (batch, shard_size) in enumerate([(1, 1), (2, 3), (3, 2), (50, 1000)]):
        choices = Choices(table_format, shard_size=shard_size, partition_by=keys)
        run(tmp_path, f"run{number}", batch, choices, resolve={"fails_on": "storm"})
        made.append(tables_of(tmp_path / f"run{number}"))
    assert made[0] == made[1] == made[2] == made[3]
    assert len(made[0]) == (10 if keys else 5)


@pytest.mark.parametrize("shard_size", [1, 2, 3, 100])
def test_repeated_ids_are_rejected_across_shards_and_files(tmp_path: Path, shard_size: int) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [
        ("a", "One."),
        ("b", "Two."),
        ("a", ""),
        ("a", "Three."),
        ("b", "Four."),
        ("c", "Five."),
        ("a", "Six."),
    ]
    lines = [json.dumps({"id": id_, "text": text}) + "\n" for id_, text in rows]
    (folder / "1.jsonl").write_text("".join(lines[:4]), encoding="utf-8")
    (folder / "2.jsonl").write_text("".join(lines[4:]), encoding="utf-8")
    score_run(folder, tmp_path / "run", config(), Choices(shard_size=shard_size))
    rejects = [json.loads(line) for line in (tmp_path / "run" / "rejects.jsonl").open(encoding="utf-8")]
    assert [(one["place"], one["reason"]) for one in rejects] == [
        ("1.jsonl:3", "text is empty"),
        ("1.jsonl:4", "the id 'a' was used before, at 1.jsonl:1; ids must differ"),
        ("2.jsonl:1", "the id 'b' was used before, at 1.jsonl:2; ids must differ"),
        ("2.jsonl:3", "the id 'a' was used before, at 1.jsonl:1; ids must differ"),
    ]
    assert pq.read_table(tmp_path / "run" / "articles.parquet")["article_id"].to_pylist() == ["a", "b", "c"]


def test_equal_hashes_of_different_ids_are_no_repetition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.plan._hash", lambda id_: 1)
    result = run(tmp_path)
    assert (result.counts["articles"], result.counts["rejects"]) == (5, 1)


@pytest.mark.parametrize(("limit", "rejects"), [(1, 0), (2, 0), (3, 1), (9, 1)])
def test_limit_counts_articles(tmp_path: Path, limit: int, rejects: int) -> None:
    result = run(tmp_path, choices=Choices(limit=limit, shard_size=2))
    assert (result.counts["articles"], result.counts["rejects"]) == (min(limit, 5), rejects)


def test_limit_leaves_later_files_out_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in "abc":
        (tmp_path / "in" / f"{name}.txt").write_text("Xi backs Putin", encoding="utf-8")
    score_run(tmp_path / "in", tmp_path / "run", config(), Choices(limit=2))
    told = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert list(told["inputs"]) == ["a.txt", "b.txt"]
    (tmp_path / "in" / "c.txt").write_text("Changed", encoding="utf-8")
    assert score_run(tmp_path / "in", tmp_path / "run", config(), Choices(limit=2, resume=True)).seconds == 0


def test_input_without_rows_gives_empty_tables(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text("\n", encoding="utf-8")
    result = score_run(tmp_path / "in.jsonl", tmp_path / "run", config())
    assert set(result.counts.values()) == {0}
    assert pq.read_table(tmp_path / "run" / "stances.parquet").num_rows == 0


def test_watch_hears_of_every_article_and_the_end(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int, float]] = []
    score_run(corpus(tmp_path), tmp_path / "run", config(), watch=lambda *told: heard.append(told))
    planning = [told[1] for told in heard if told[0] == "planning"]
    scoring = [told[1:] for told in heard if told[0] == "scoring"]
    assert planning == [0, 1, 2, 3, 4, 5, 6]
    assert (scoring[0], scoring[-1]) == ((0, 0, 0.0), (5, 1, 1.0))


class Stop:
    """A watch that raises at its n-th call of a phase; ``calls`` counts."""

    def __init__(
        self, at: int, phase: str = "scoring", error: type[BaseException] = KeyboardInterrupt
    ) -> None:
        self.at, self.phase, self.error, self.calls = at, phase, error, 0

    def __call__(self, phase: str, articles: int, rejects: int, done: float) -> None:
        if phase == self.phase:
            self.calls += 1
            if self.calls == self.at:
                raise self.error


def test_run_stopped_after_any_batch_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    run(tmp_path, "whole", resolve={"fails_on": "storm"})
    source, settings = corpus(tmp_path), config(1, resolve={"fails_on": "storm"})
    for at in range(1, 8):
        out = tmp_path / f"run{at}"
        with pytest.raises(KeyboardInterrupt):
            score_run(source, out, settings, Choices(shard_size=2), Stop(at))
        assert not (out / "run.json").exists()
        assert not list((out / "shards" / "attempts").glob("*/*"))  # A stop with warning is no crash.
        heard: list[int] = []

        def told(phase: str, articles: int, *_: object, heard: list[int] = heard) -> None:
            heard.append(articles)

        score_run(source, out, settings, Choices(resume=True), told)
        assert heard[0] == [0, 0, 0, 2, 2, 2, 2][at - 1]
        assert tables_of(out) == tables_of(tmp_path / "whole")
        assert not (out / "shards").exists() and not (out / "plan.json").exists()


def test_run_that_fails_at_any_write_goes_on_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path, "whole")
    source, settings = corpus(tmp_path), config(1)
    replace, left = os.replace, 0

    def failing(self: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(28, "No space left on device")
        replace(self, target)
        return target

    monkeypatch.setattr(Path, "replace", failing)
    for at in range(1, 100):
        out, left = tmp_path / f"run{at}", at
        try:
            score_run(source, out, settings, Choices(shard_size=3))
        except StancewireError as error:
            assert "the run cannot be written: No space left on device" in str(error)
            score_run(source, out, settings, Choices(shard_size=3, resume=True))
        else:
            break
        assert tables_of(out) == tables_of(tmp_path / "whole")
    # The plan, two shards of three tables and a marker each, four files, their places, run.json.
    assert at > 15


def test_stop_while_planning_leaves_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        score_run(corpus(tmp_path), tmp_path / "run", config(), watch=Stop(3, "planning"))
    assert not (tmp_path / "run").exists()


def stopped(folder: Path, out: str = "run", choices: Choices = SHARDS_OF_2, **options: dict) -> None:
    with pytest.raises(KeyboardInterrupt):
        score_run(corpus(folder), folder / out, config(1, **options), choices, Stop(4))


def test_stopped_run_is_neither_continued_nor_replaced_unless_asked(tmp_path: Path) -> None:
    stopped(tmp_path)
    with pytest.raises(InputError, match=r"holds a run that was stopped; go on with --resume"):
        run(tmp_path)
    run(tmp_path, choices=Choices(overwrite=True))
    with pytest.raises(InputError, match="holds a finished run already"):
        run(tmp_path)


def test_resume_sweeps_up_what_a_kill_right_after_the_end_left(tmp_path: Path) -> None:
    run(tmp_path)
    left = tmp_path / "run" / "shards" / "000000.abcdef01.stances.parquet"
    left.parent.mkdir()
    left.write_bytes(b"left over")
    run(tmp_path, choices=Choices(resume=True))
    assert not left.parent.exists()
    assert (tmp_path / "run" / "run.json").exists()


def test_resume_of_a_finished_run_does_nothing_and_without_a_run_begins_one(tmp_path: Path) -> None:
    first = run(tmp_path, choices=Choices(resume=True))
    written = (tmp_path / "run" / "run.json").read_bytes()
    again = run(tmp_path, choices=Choices(resume=True))
    assert (tmp_path / "run" / "run.json").read_bytes() == written
    assert (again.counts, again.first_rejects) == (first.counts, first.first_rejects)


@pytest.mark.parametrize("finished", [False, True])
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("input", r"inputs\.in\.jsonl: was \"[0-9a-f]{19}…, is \""),
        ("more input", r"inputs\.in/b\.txt: was absent, is "),
        ("config", r"config\.stages\.clean\.probability: was 0\.9, is 0\.8"),
        ("table", r"tables\..*names\.yaml: was "),
        ("model", r"models\.stance\.other: was absent, is "),
        ("version", r"stancewire: was "),
        ("limit", r"limit: was absent, is 3"),
        ("format", r"format: was \"parquet\", is \"jsonl\""),
        ("partitions", r"partition_by: was \[\], is \[\"source\"\]"),
    ],
)
def test_changed_run_is_refused_with_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: bool, change: str, named: str
) -> None:
    table = tmp_path / "names.yaml"
    table.write_text("a", encoding="utf-8")
    source, options, choices = corpus(tmp_path), {"clean": {"table": str(table)}}, Choices(resume=True)
    if change == "more input":
        (tmp_path / "in").mkdir()
        source = tmp_path
    first = Choices(shard_size=2)
    if finished:
        score_run(source, tmp_path / "run", config(**options), first)
    else:
        with pytest.raises(KeyboardInterrupt):
            score_run(source, tmp_path / "run", config(1, **options), first, Stop(4))
    match change:
        case "input":
            source.write_text(source.read_text("utf-8").replace("storm", "gale"), encoding="utf-8")
        case "more input":
            (tmp_path / "in" / "b.txt").write_text("Xi backs Putin", encoding="utf-8")
        case "config":
            options["clean"]["probability"] = 0.8
        case "table":
            table.write_text("b", encoding="utf-8")
        case "model":
            options["stance"] = {"checkpoint": "other"}
        case "version":
            monkeypatch.setattr("pipeline.run.version", lambda name: "9.9.9")
        case "limit":
            choices = Choices(resume=True, limit=3)
        case "format":
            choices = Choices("jsonl", resume=True)
        case "partitions":
            choices = Choices(resume=True, partition_by=["source"])
    with pytest.raises(InputError, match=named) as caught:
        score_run(source, tmp_path / "run", config(**options), choices)
    assert "was begun with something else" in str(caught.value)


def test_batch_and_engine_may_change_between_stop_and_resume(tmp_path: Path) -> None:
    stopped(tmp_path)
    told = config(3).model_copy(update={"engine": EngineConfig(worker_cpus=2)})
    score_run(tmp_path / "in.jsonl", tmp_path / "run", told, Choices(resume=True))
    assert json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))["config"]["batch_articles"] == 3


def test_damaged_shard_is_scored_again(tmp_path: Path) -> None:
    run(tmp_path, "whole")
    stopped(tmp_path)
    (file,) = (tmp_path / "run" / "shards").glob("000000.*.stances.parquet")
    data = bytearray(file.read_bytes())
    data[10:40] = bytes(30)
    file.write_bytes(data)
    with pytest.raises(StancewireError, match=r"run again with --resume, and shard 0 is scored again"):
        run(tmp_path, choices=Choices(resume=True))
    run(tmp_path, choices=Choices(resume=True))
    assert tables_of(tmp_path / "run") == tables_of(tmp_path / "whole")


def test_two_processes_do_not_work_on_one_run(tmp_path: Path) -> None:
    refused: list[str] = []

    def second(phase: str, articles: int, rejects: int, done: float) -> None:
        if phase == "scoring" and not refused:
            with pytest.raises(InputError, match="another process is at work on this run") as caught:
                run(tmp_path, choices=Choices(resume=True))
            refused.append(str(caught.value))

    score_run(corpus(tmp_path), tmp_path / "run", config(), watch=second)
    assert refused


def test_input_that_changes_under_the_run_is_found_out(tmp_path: Path) -> None:
    def cut(phase: str, articles: int, rejects: int, done: float) -> None:
        if phase == "scoring":
            (tmp_path / "in.jsonl").write_text('{"text": "Xi backs Putin"}\n', encoding="utf-8")

    with pytest.raises(InputError, match=r"shard 0: the input gave 1 articles in 1 rows where the plan has"):
        score_run(corpus(tmp_path), tmp_path / "run", config(1), watch=cut)


def test_interrupted_overwrite_keeps_the_earlier_run(tmp_path: Path) -> None:
    run(tmp_path)
    before = tables_of(tmp_path / "run")
    stopped(tmp_path, choices=Choices("jsonl", overwrite=True), clean={"probability": 0.8})
    assert tables_of(tmp_path / "run") == before
    run(tmp_path, choices=Choices("jsonl", resume=True), clean={"probability": 0.8})
    assert sorted(tables_of(tmp_path / "run")) == [
        "articles.jsonl",
        "attributions.jsonl",
        "rejects.jsonl",
        "stances.jsonl",
        "statements.jsonl",
    ]


def test_partitions_are_folders_that_hold_what_their_names_do_not(tmp_path: Path) -> None:
    run(tmp_path, choices=Choices(partition_by=["month", "source"]))
    table = tmp_path / "run" / "articles.parquet"
    assert sorted(path.relative_to(table).as_posix() for path in table.rglob("*.parquet")) == [
        "month=2026-01/source=A%2FB%20Post/part-0.parquet",
        "month=2026-02/source=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
        "month=__HIVE_DEFAULT_PARTITION__/source=Times/part-0.parquet",
    ]
    rows = pq.read_table(table).to_pylist()
    assert [row["source"] for row in rows] == ["A/B Post", "A/B Post", None, "Times", "Times"]


def test_source_too_long_for_a_folder_is_a_reject(tmp_path: Path) -> None:
    rows = [{"text": "Xi backs Putin", "source": "x" * 300}, {"text": "Putin backs Xi", "source": "Post"}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = score_run(tmp_path / "in.jsonl", tmp_path / "run", config(), Choices(partition_by=["source"]))
    assert "source is too long for the name of a folder" in result.first_rejects[0].reason
    assert result.counts["articles"] == 1


def test_input_folder_is_no_run_folder(tmp_path: Path) -> None:
    corpus(tmp_path)
    with pytest.raises(InputError, match="is the input folder"):
        score_run(tmp_path, tmp_path, config())
