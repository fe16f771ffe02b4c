import pytest
from fake_stages import DIGEST, Everything, Pass, fake_values

from pipeline.chain import Chain, build_chain
from pipeline.config import ScoreConfig
from pipeline.errors import StancewireError
from pipeline.io.read import Reject, Row
from pipeline.loaded_chain import LoadedChain
from pipeline.records import Article, ScoredArticle

TEXTS = ("Xi backs Putin", "Putin rejects Nato", "the storm", "Nato backs Xi", "Modi backs Xi")


def config(**options: dict) -> ScoreConfig:
    return ScoreConfig.model_validate(fake_values(**options))


def loaded(**options: dict) -> LoadedChain:
    return LoadedChain(build_chain(config(**options)))


def rows() -> list[Row | Reject]:
    return [
        Row(f"in.jsonl:{number}", Article(id=str(number), text=text)) for number, text in enumerate(TEXTS)
    ]


@pytest.mark.parametrize("batch", [1, 2, 5, 50])
def test_article_that_breaks_a_stage_is_isolated_whatever_the_batch(batch: int) -> None:
    items = [*rows()[:1], Reject("in.jsonl:9", "text is empty"), *rows()[1:]]
    outcomes = list(loaded(attribute={"fails_on": "storm"}).outcomes(items, batch))
    assert [one.id for one in outcomes if isinstance(one, ScoredArticle)] == ["0", "1", "3", "4"]
    assert outcomes[1] == Reject("in.jsonl:9", "text is empty")
    assert outcomes[3] == Reject("in.jsonl:2", "RuntimeError: cannot bear 'storm'", "2", "attribute")


def test_stage_that_loses_an_article_is_found_out() -> None:
    (outcome,) = loaded(read={"loses": 1}).process(rows()[:1])
    assert outcome == Reject("in.jsonl:0", "ValueError: the stage gave 0 records for 1", "0", "read")


def test_stage_that_gives_the_wrong_record_is_found_out() -> None:
    class Liar(Everything):
        def process(self, batch):
            return list(batch)

    chain = Chain({"clean": Liar(Everything.Options()), "stance": Pass(Pass.Options())})
    (outcome,) = LoadedChain(chain).process(rows()[:1])
    assert outcome.reason == "TypeError: the stage gave a Article, not ScoredArticle"
    assert outcome.stage == "clean"


def test_checkpoints_name_the_stance_model() -> None:
    assert loaded(stance={"checkpoint": "mine"}).stance_model == f"mine@{DIGEST[:8]}"
    assert loaded().checkpoints["read"] == {"fake": DIGEST}
    assert LoadedChain(Chain({"clean": Everything(Everything.Options())})).stance_model == "Everything"


def test_stage_that_cannot_be_set_up_is_named() -> None:
    with pytest.raises(StancewireError, match=r"stages\.read: cannot be set up: OSError: model\.safetensors"):
        loaded(read={"setup_fails": True})


def test_threads_are_torchs(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    given: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    LoadedChain(build_chain(config()), threads=3)
    LoadedChain(build_chain(config()))
    assert given == [3]
