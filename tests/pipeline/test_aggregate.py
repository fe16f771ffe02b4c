import pytest
from fake_stages import Everything, stance_record

from pipeline.aggregate import CountryPair, Tally
from pipeline.records import Article, ScoredArticle, StanceRecord, grow


def article(id_: str, *records: StanceRecord) -> ScoredArticle:
    text = "\n".join(f"Statement {number} of {id_}" for number in range(len(records)))
    (blank,) = Everything(Everything.Options()).process([Article(id=id_, text=text)])
    placed = tuple(
        grow(StanceRecord, record, statement_id=f"{id_}-{number}") for number, record in enumerate(records)
    )
    return grow(ScoredArticle, blank, stances=placed)


def of(holder: str, stance: str, target: str, probability: float = 0.9) -> StanceRecord:
    return stance_record("", holder, stance, target, probability)


def tally(*articles: ScoredArticle) -> Tally:
    total = Tally()
    for one in articles:
        total.add(one)
    return total


def test_counts_every_label_and_unsure_only_where_it_occurs() -> None:
    total = tally(article("a", of("Xi", "support", "Putin"), of("Putin", "neutral", "Xi")))
    assert total.counts() == {
        "articles": 1,
        "statements": 2,
        "stances": 2,
        "support": 1,
        "neutral": 1,
        "oppose": 0,
    }
    total.add(article("b", of("Xi", "unsure", "Nato")))
    assert total.counts()["unsure"] == 1


def test_pair_is_one_row_with_its_stronger_side_and_clearest_statement() -> None:
    total = tally(
        article("a", of("Xi", "support", "Putin", 0.7), of("Xi", "oppose", "Putin", 0.95)),
        article("b", of("Xi", "support", "Putin", 0.8), of("Xi", "neutral", "Putin", 0.99)),
    )
    (row,) = total.strongest(10)
    assert (row.holder.name, row.stance, row.target.name) == ("Xi", "support", "Putin")
    assert (row.statements, row.opposed) == (2, 1)
    assert row.strength == pytest.approx(1.5)
    assert (row.example.article_id, row.example.text) == ("b", "Statement 0 of b")
    assert row.example.probability == pytest.approx(0.8)


def test_a_frequent_stance_ranks_above_a_single_surer_one() -> None:
    total = tally(
        article("a", of("Putin", "oppose", "Nato", 0.99)),
        article("b", of("Xi", "support", "Putin", 0.7), of("Xi", "support", "Putin", 0.7)),
    )
    assert [row.holder.name for row in total.strongest(10)] == ["Xi", "Putin"]
    assert [row.holder.name for row in total.strongest(1)] == ["Xi"]


def test_ranking_does_not_depend_on_the_order_of_articles() -> None:
    articles = [
        article(str(n), of(holder, "support", "Nato")) for n, holder in enumerate(("Xi", "Putin", "Modi"))
    ]
    forward, backward = tally(*articles), tally(*reversed(articles))
    names = [row.holder.name for row in forward.strongest(10)]
    assert names == [row.holder.name for row in backward.strongest(10)] == ["Modi", "Putin", "Xi"]


def test_countries_roll_actors_up_and_leave_out_their_own() -> None:
    total = tally(
        article(
            "a", of("Xi", "support", "Putin"), of("Beijing", "oppose", "Putin"), of("Xi", "neutral", "Putin")
        ),
        article(
            "b", of("Xi", "support", "Beijing"), of("Xi", "oppose", "Modi"), of("Putin", "oppose", "Nato")
        ),
        article("c", of("Putin", "neutral", "Xi")),
    )
    assert total.countries(10) == [CountryPair("CHN", "RUS", 1, 1, 1), CountryPair("RUS", "NATO", 0, 0, 1)]
