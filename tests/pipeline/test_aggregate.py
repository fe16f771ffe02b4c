import pytest
from fake_stages import Everything, stance_record

from pipeline.aggregate import CountryPair, Counts, PairCounts, Tally
from pipeline.intervals import net_interval, wilson
from pipeline.records import Actor, Article, ScoredArticle, StanceRecord, grow


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


def test_pair_is_one_row_with_its_stronger_side_and_clearest_statement() -> None:
    total = tally(
        article("a", of("Xi", "support", "Putin", 0.7), of("Xi", "oppose", "Putin", 0.95)),
        article("b", of("Xi", "support", "Putin", 0.8), of("Xi", "neutral", "Putin", 0.99)),
    )
    (row,) = total.strongest(10)
    assert (row.holder.name, row.stance, row.target.name) == ("Xi", "support", "Putin")
    assert (row.statements, row.opposed) == (2, 1)
    assert row.strength == pytest.approx(1.5)
    assert row.example.text == "Statement 0 of b"
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
    assert total.countries(10) == [
        CountryPair("CHN", "RUS", Counts(1, 1, 1, articles=1, squares=9)),
        CountryPair("RUS", "NATO", Counts(0, 0, 1, articles=1, squares=1)),
    ]


def test_net_stance_counts_neutral_and_leaves_unsure_out() -> None:
    counts = Counts()
    counts.add(6, 2, 2, 5)
    assert counts.net == pytest.approx(0.4)
    assert (counts.decided, counts.sided) == (10, 8)
    assert Counts().net == 0.0
    assert Counts().net_interval == (-1.0, 1.0)


def test_intervals_take_an_article_for_one_observation() -> None:
    apart, together, mixed = Counts(), Counts(), Counts()
    for _ in range(8):
        apart.add(1, 0, 0, 0)
    together.add(8, 0, 0, 0)
    mixed.add(3, 0, 0, 0)
    mixed.add(1, 0, 0, 0)
    assert apart.net_interval == net_interval(8, 0, 8)
    assert together.net_interval == net_interval(1, 0, 1)
    assert mixed.net_interval == net_interval(1.6, 0, 1.6)
    assert apart.sided_interval == wilson(8, 8)


def test_pairs_have_marginals_and_the_most_sided_come_first() -> None:
    level = PairCounts("actors")
    level.add(
        article("a", of("Xi", "support", "Putin"), of("Modi", "oppose", "Putin"), of("Xi", "neutral", "Modi"))
    )
    level.add(
        article("b", of("Xi", "oppose", "Nato"), of("Xi", "oppose", "Nato"), of("Nato", "unsure", "Xi"))
    )
    assert [(holder, target) for holder, target, _ in level.pairs()] == [
        ("xi@CHN", "nato@NATO"),
        ("modi", "putin@RUS"),
        ("xi@CHN", "putin@RUS"),
        ("xi@CHN", "modi"),
        ("nato@NATO", "xi@CHN"),
    ]
    assert level.holders()[0] == ("xi@CHN", Counts(1, 1, 2, 0, articles=2, squares=8))
    assert level.contested() == [("putin@RUS", Counts(1, 0, 1, 0, articles=1, squares=4))]
    assert level.counts[None, None] == Counts(1, 1, 3, 1, articles=2, squares=13)


def test_actors_of_one_id_in_two_countries_are_two() -> None:
    british, indian = (Actor("prime-minister", "prime minister", "person", code) for code in ("GBR", "IND"))
    records = [
        grow(StanceRecord, of("Xi", stance, "Putin"), target=target)
        for stance, target in (("support", british), ("oppose", indian))
    ]
    level = PairCounts("actors")
    level.add(article("a", *records))
    assert [key for key, _ in level.targets()] == ["prime-minister@GBR", "prime-minister@IND"]
    assert len(tally(article("a", *records)).strongest(10)) == 2
