from dataclasses import replace
from pathlib import Path

from fake_stages import stance_record
from gold_articles import CALL
from labelled_runs import stored, told

from models.pairs import AUTHOR_INDEX
from pipeline.actors.countries import CountryTable, CountryWord
from pipeline.gold import resolved_article
from pipeline.labelling.items import article_items, pair_id
from pipeline.records import AUTHOR, Actor, ScoredArticle, Speaker, grow
from pipeline.stages.stance import _candidates

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
    moved = tuple(replace(one, start=one.start + 9, end=one.end + 9) for one in second.mentions)
    second = replace(second, start=second.start + 9, end=second.end + 9, mentions=moved)
    (item,) = article_items(replace(article, statements=(first, second)), [article.stances[1]])
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


def test_annotators_see_what_the_model_saw(tmp_path: Path) -> None:
    """Every mention of an actor is marked: Kenya's are "Kenya" and, with Peru, "both"."""
    countries = CountryTable({"Kenya": CountryWord("KEN", "name"), "Lima": CountryWord("PER", "capital")})
    resolved = resolved_article(CALL, countries)
    found = _candidates(resolved)
    records = [
        replace(
            stance_record(one.statement.id, "?", "support", "?"), holder=holder, target=one.actors[target]
        )
        for one in found
        for index, target in one.window.pairs
        for holder in [AUTHOR if index == AUTHOR_INDEX else one.actors[index]]
    ]
    (article,) = stored(tmp_path, grow(ScoredArticle, resolved, stances=tuple(records)))
    pairs = [item.pair for item in article_items(article, article.stances)]
    windows = [(one.window, pair) for one in found for pair in one.window.pairs]
    for pair, (window, (holder, target)) in zip(pairs, windows, strict=True):
        assert (pair.text, pair.statement) == (window.text, window.statement)
        assert pair.holder == (None if holder == AUTHOR_INDEX else window.actors[holder])
        assert pair.target == window.actors[target]
        assert pair.speaks == (holder in window.speakers) or pair.holder is None
    marked = {tuple(pair.text[slice(*span)] for span in pair.target) for pair in pairs}
    assert {("Kenya", "both"), ("Lima", "both"), ("Ruto", "I", "he")} <= marked


def test_a_row_whose_target_has_no_place_gives_no_item(tmp_path: Path) -> None:
    (article,) = stored(tmp_path, STORY)
    nowhere = Actor("moon", "the Moon", "unknown", None)
    record = replace(article.stances[0], target=nowhere, target_span=None)
    assert list(article_items(replace(article, stances=(record,)), [record])) == []
