from dataclasses import replace
from pathlib import Path

from labelled_runs import stored, told

from pipeline.labelling.items import article_items, pair_id
from pipeline.records import AUTHOR, Actor, Span, Speaker

SURE = (0.9, 0.05, 0.05)
STORY = told(
    "a",
    ("Nato backs Xi", SURE),
    ("Xi backs Putin", SURE),
    ("Xi rejects Nato", SURE),
    ("Putin meets Xi", SURE),
)


def test_an_item_is_the_statement_with_its_context(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    (item,) = article_items(article, [article.stances[3]])
    pair = item.pair
    assert pair.id == pair_id("a-3", "putin", "xi") == "a-3:putin>xi"
    assert pair.text == "Xi backs Putin Xi rejects Nato Putin meets Xi"
    assert pair.text[slice(*pair.statement)] == "Putin meets Xi"
    assert [pair.text[slice(*span)] for span in (*pair.holder, *pair.target)] == ["Putin"] * 2 + ["Xi"] * 3
    assert (item.holder, item.target, item.suggestion, item.probability) == ("Putin", "Xi", "support", 0.9)
    assert (pair.stance, pair.speaks, pair.article) == (None, False, "a")


def test_statements_that_stand_apart_get_a_line_break(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    first, second, *_ = article.statements
    apart = replace(article, statements=(first, replace(second, start=second.start + 9, end=second.end + 9)))
    record = article.stances[1]
    record = replace(record, holder_span=Span(23, 25), target_span=Span(32, 37))
    (item,) = article_items(replace(apart, stances=(record,)), [record])
    assert item.pair.text == "Nato backs Xi\nXi backs Putin"
    assert [item.pair.text[slice(*span)] for span in item.pair.target] == ["Putin"]


def test_the_article_itself_and_a_speaker_from_elsewhere_are_holders_without_words(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    envoy = Actor("envoy", "the envoy", "person", None)
    speaks = replace(article.statements[0], speakers=(Speaker(envoy, "carried", None, 1.0),))
    article = replace(article, statements=(speaks, *article.statements[1:]))
    record = article.stances[0]
    by_author, by_envoy = article_items(
        article,
        [replace(record, holder=AUTHOR, holder_span=None), replace(record, holder=envoy, holder_span=None)],
    )
    assert by_author.pair.holder is None
    assert (by_envoy.pair.holder, by_envoy.pair.speaks) == ((), True)


def test_a_speaker_named_before_is_marked_there(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    putin = article.stances[3].holder
    first, second, *others = article.statements
    second = replace(second, speakers=(Speaker(putin, "carried", Span(0, 4), 1.0),))
    article = replace(article, statements=(first, second, *others), stances=article.stances[:2])
    (item,) = article_items(
        article, [replace(article.stances[1], holder=putin, target=article.stances[0].target)]
    )
    assert item.pair.speaks
    assert item.pair.text[slice(*item.pair.holder[0])] == "Nato"


def test_a_row_whose_target_has_no_place_gives_no_item(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    nowhere = Actor("moon", "the Moon", "unknown", None)
    record = replace(article.stances[0], target=nowhere, target_span=None)
    assert list(article_items(replace(article, stances=(record,)), [record])) == []
