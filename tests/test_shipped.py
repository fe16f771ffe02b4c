"""The shipped checkpoints on real prose: what the README promises of them."""

import pytest

from models.checkpoints import CHECKPOINTS, weight_files
from models.coreference import CoreferenceModel
from models.reader import ReaderModel
from models.registry import load_checkpoint
from models.stance import StanceModel
from pipeline.api import Scored, Scorer
from pipeline.config import ScoreConfig

ARTICLE = (
    "Chinese leader Xi Jinping praised Russia in a call with President Vladimir Putin on Monday. "
    "He said that the relationship will proceed smoothly. "
    'The Kremlin characterized the call with China as "warm and friendly". '
    "Both leaders underscored their ties. "
    "Ukraine condemned Russia for the strikes."
)


@pytest.fixture(scope="module")
def scored() -> Scored:
    return Scorer().score(ARTICLE)


def pairs(scored: Scored, stance: str) -> set[tuple[str | None, str | None]]:
    return {
        (row["holder_country"], row["target_country"]) for row in scored.stances if row["stance"] == stance
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("reader", ReaderModel),
        ("reader-small", ReaderModel),
        ("coreference", CoreferenceModel),
        ("coreference-small", CoreferenceModel),
        ("stance", StanceModel),
        ("accurate", StanceModel),
    ],
)
def test_checkpoints_load_offline_in_small_files(name: str, model: type) -> None:
    checkpoint = load_checkpoint(name, model)
    assert checkpoint.label == f"{name}@{checkpoint.digest[:8]}"
    assert all(path.stat().st_size < 50_000_000 for path in weight_files(CHECKPOINTS[name]))


def test_the_larger_stance_model_scores_as_the_usual_one_does() -> None:
    chosen = ScoreConfig.model_validate({"stages": {"stance": {"checkpoint": "accurate"}}})
    scored = Scorer(chosen).score(ARTICLE)
    assert {("CHN", "RUS"), ("RUS", "CHN")} <= pairs(scored, "support")
    assert ("UKR", "RUS") in pairs(scored, "oppose")
    assert {row["model"].partition("@")[0] for row in scored.stances} == {"accurate"}


def test_who_stands_how_toward_whom(scored: Scored) -> None:
    assert {("CHN", "RUS"), ("RUS", "CHN")} <= pairs(scored, "support")
    assert ("UKR", "RUS") in pairs(scored, "oppose")


def test_a_pronoun_is_resolved_to_its_speaker(scored: Scored) -> None:
    (speaker,) = scored.statements[1]["speakers"]
    assert (speaker["name"], speaker["country"], speaker["how"]) == ("Xi Jinping", "CHN", "pronoun")


def test_probabilities_sum_to_one(scored: Scored) -> None:
    for row in scored.stances:
        assert row["p_support"] + row["p_neutral"] + row["p_oppose"] == pytest.approx(1, abs=2e-4)


def test_rows_do_not_depend_on_the_batch() -> None:
    texts = [ARTICLE, "Norway thanked Chile. Chile said that it trusts Norway.", ARTICLE[:160]]
    together = Scorer(ScoreConfig(batch_articles=3)).score(texts)
    alone = Scorer(ScoreConfig(batch_articles=1)).score(texts)
    assert together == alone
