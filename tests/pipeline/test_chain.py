import pytest
from fake_stages import Everything, Pass, fake_values

from pipeline.chain import Chain, build_chain
from pipeline.config import ScoreConfig
from pipeline.errors import ConfigError
from pipeline.records import Article, CleanArticle, SplitArticle


def everything() -> Everything:
    return Everything(Everything.Options())


def passing() -> Pass:
    return Pass(Pass.Options())


def build(**options: dict) -> Chain:
    return build_chain(ScoreConfig.model_validate(fake_values(**options)))


def test_chain_takes_articles_to_scored_ones() -> None:
    (scored,) = build().process([Article(id="a", text="Xi backs Putin")])
    assert (scored.stances[0].holder.name, scored.stances[0].stance) == ("Xi", "support")


def test_first_stage_that_does_not_take_an_article_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"stages\.split: takes ScoredArticle, not Article"):
        Chain({"split": passing()})


def test_stages_that_do_not_fit_are_named_with_their_types() -> None:
    class Clean(Everything):
        produces = CleanArticle

    class Read(Pass):
        consumes = SplitArticle

    with pytest.raises(ConfigError, match=r"stages\.read: takes SplitArticle, but clean gives CleanArticle"):
        Chain({"clean": Clean(Everything.Options()), "read": Read(Pass.Options())})


def test_last_stage_must_score() -> None:
    class Clean(Everything):
        produces = CleanArticle

    with pytest.raises(ConfigError, match=r"stages\.clean: gives CleanArticle, not ScoredArticle"):
        Chain({"clean": Clean(Everything.Options())})


def test_stage_that_gives_more_than_the_next_one_takes_fits() -> None:
    class Stance(Pass):
        consumes = CleanArticle

    assert Chain({"clean": everything(), "stance": Stance(Pass.Options())})


def test_option_of_another_stage_is_refused_with_the_choices() -> None:
    with pytest.raises(
        ConfigError, match=r"stages\.stance\.probability: unknown key; choose from: fails_on, "
    ):
        build(stance={"probability": 0.5})


def test_option_of_the_wrong_type_names_key_and_value() -> None:
    with pytest.raises(ConfigError, match=r"stages\.stance\.loses: .* not 'many'"):
        build(stance={"loses": "many"})
