import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fake_stages import DIGEST, Everything, Pass, fake_values

from pipeline.chain import Chain, build_chain
from pipeline.config import ScoreConfig
from pipeline.engines.local import LocalEngine
from pipeline.errors import InputError, StancewireError
from pipeline.io.read import Reject, Row
from pipeline.records import Article, ScoredArticle
from pipeline.run import RunResult, score_run

TEXTS = (
    "Xi backs Putin",
    "Putin rejects Nato\nXi meets Putin",
    "the storm",
    "Nato backs Xi",
    "Modi backs Xi",
)


def config(batch: int = 2, **options: dict) -> ScoreConfig:
    return ScoreConfig.model_validate(fake_values(**options) | {"batch_articles": batch})


def engine(**options: dict) -> LocalEngine:
    return LocalEngine(build_chain(config(**options)))


def rows() -> list[Row | Reject]:
    return [
        Row(f"in.jsonl:{number}", Article(id=str(number), text=text)) for number, text in enumerate(TEXTS)
    ]


def corpus(folder: Path) -> Path:
    lines = [json.dumps({"id": f"a{number}", "text": text}) for number, text in enumerate(TEXTS)]
    path = folder / "in.jsonl"
    path.write_text("\n".join([*lines[:2], "not json", *lines[2:]]), encoding="utf-8")
    return path


def run(folder: Path, out: str = "run", batch: int = 2, **options: dict) -> RunResult:
    return score_run(corpus(folder), folder / out, config(batch, **options))


@pytest.mark.parametrize("batch", [1, 2, 5, 50])
def test_article_that_breaks_a_stage_is_isolated_whatever_the_batch(batch: int) -> None:
    items = [*rows()[:1], Reject("in.jsonl:9", "text is empty"), *rows()[1:]]
    outcomes = list(engine(attribute={"fails_on": "storm"}).outcomes(items, batch))
    assert [one.id for one in outcomes if isinstance(one, ScoredArticle)] == ["0", "1", "3", "4"]
    assert outcomes[1] == Reject("in.jsonl:9", "text is empty")
    assert outcomes[3] == Reject("in.jsonl:2", "RuntimeError: cannot bear 'storm'", "2", "attribute")


def test_stage_that_loses_an_article_is_found_out() -> None:
    (outcome,) = engine(read={"loses": 1}).process(rows()[:1])
    assert outcome == Reject("in.jsonl:0", "ValueError: the stage gave 0 records for 1", "0", "read")


def test_stage_that_gives_the_wrong_record_is_found_out() -> None:
    class Liar(Everything):
        def process(self, batch):
            return list(batch)

    chain = Chain({"clean": Liar(Everything.Options()), "stance": Pass(Pass.Options())})
    (outcome,) = LocalEngine(chain).process(rows()[:1])
    assert outcome.reason == "TypeError: the stage gave a Article, not ScoredArticle"
    assert outcome.stage == "clean"


def test_checkpoints_name_the_stance_model() -> None:
    assert engine(stance={"checkpoint": "mine"}).stance_model == f"mine@{DIGEST[:8]}"
    assert engine().checkpoints["read"] == {"fake": DIGEST}
    assert LocalEngine(Chain({"clean": Everything(Everything.Options())})).stance_model == "Everything"


def test_stage_that_cannot_be_set_up_is_named() -> None:
    with pytest.raises(StancewireError, match=r"stages\.read: cannot be set up: OSError: model\.safetensors"):
        engine(read={"setup_fails": True})


def test_threads_are_torchs(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    given: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    LocalEngine(build_chain(config()), threads=3)
    LocalEngine(build_chain(config()))
    assert given == [3]


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
    assert (result.rejects, [one.place for one in result.first_rejects]) == (2, ["in.jsonl:3", "in.jsonl:4"])
    assert all(path.is_file() for path in result.files)


def test_same_bytes_in_every_run_and_batch_size(tmp_path: Path) -> None:
    for name, batch in (("a", 1), ("b", 1), ("c", 4)):
        run(tmp_path, name, batch, resolve={"fails_on": "storm"})
    for file in ("articles.parquet", "statements.parquet", "stances.parquet", "rejects.jsonl"):
        assert len({(tmp_path / name / file).read_bytes() for name in "abc"}) == 1, file


def test_watch_hears_of_every_article_and_the_end(tmp_path: Path) -> None:
    heard: list[tuple[int, int, float]] = []
    score_run(corpus(tmp_path), tmp_path / "run", config(), watch=lambda *counts: heard.append(counts))
    assert heard[0] == (0, 0, 0.0)
    assert heard[-1] == (5, 1, 1.0)


def test_interrupt_leaves_no_run_folder(tmp_path: Path) -> None:
    def interrupt(articles: int, rejects: int, done: float) -> None:
        if articles == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_run(corpus(tmp_path), tmp_path / "run", config(), watch=interrupt)
    assert not (tmp_path / "run").exists()


def test_run_folder_that_cannot_be_written_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.io.write.RunWriter.add", full)
    with pytest.raises(StancewireError, match="run: the run cannot be written: No space left on device"):
        run(tmp_path)
    assert not (tmp_path / "run").exists()


def test_input_folder_is_no_run_folder(tmp_path: Path) -> None:
    corpus(tmp_path)
    with pytest.raises(InputError, match="is the input folder"):
        score_run(tmp_path, tmp_path, config())
