import pytest
from fake_stages import fake_values

from pipeline import api
from pipeline.api import Scorer
from pipeline.config import ScoreConfig
from pipeline.errors import InputError, StancewireError


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(ScoreConfig.model_validate(fake_values(split={"fails_on": "storm"})))


def test_text_gives_the_rows_of_a_run(scorer: Scorer) -> None:
    scored = scorer.score("Xi backs Putin\nRain fell")
    assert [row["text"] for row in scored.statements] == ["Xi backs Putin", "Rain fell"]
    (stance,) = scored.stances
    assert (stance["holder_country"], stance["stance"], stance["target_country"]) == ("CHN", "support", "RUS")


def test_several_articles_keep_their_order_and_ids(scorer: Scorer) -> None:
    scored = scorer.score([{"id": 2, "text": "Xi backs Putin"}, {"id": "x", "text": "Putin rejects Nato"}])
    assert [(row["article_id"], row["stance"]) for row in scored.stances] == [
        ("2", "support"),
        ("x", "oppose"),
    ]


def test_what_a_run_would_reject_is_an_error_here(scorer: Scorer) -> None:
    with pytest.raises(InputError, match="text is empty"):
        scorer.score("")
    with pytest.raises(InputError, match=r"article 2: the id 'a' was used before, by article 1"):
        scorer.score([{"id": "a", "text": "One."}, {"id": "a", "text": "Two."}])
    with pytest.raises(StancewireError, match=r"article 1: stage split failed: RuntimeError"):
        scorer.score("a storm")


def test_score_loads_the_default_chain_once(scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Scorer] = []
    monkeypatch.setattr(api, "Scorer", lambda: loaded.append(scorer) or scorer)
    api._default_scorer.cache_clear()
    first, second = api.score("Xi backs Putin"), api.score(["Xi backs Putin"])
    api._default_scorer.cache_clear()
    assert len(loaded) == 1
    assert first == second == scorer.score("Xi backs Putin")
