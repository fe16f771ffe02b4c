"""Annotated articles as records, and predicted actors brought to annotated keys."""

import pytest
from gold_articles import CALL

from pipeline.actors.countries import CountryTable, CountryWord
from pipeline.gold import attributed_article, read_article, resolved_article, split_article
from pipeline.matching import actor_keys, best_overlap
from pipeline.records import AUTHOR, Span

COUNTRIES = CountryTable(words={"Kenya": CountryWord("KEN", "name"), "Lima": CountryWord("PER", "capital")})


def words(spans: tuple[Span, ...]) -> list[str]:
    return [CALL.text[span.start : span.end] for span in spans]


def test_split_keeps_sentences_and_numbers_paragraphs_from_zero() -> None:
    split = split_article(CALL)
    assert [statement.text for statement in split.statements] == [
        "Ruto of Kenya thanked Lima.",
        "“I trust both,” he said.",
        "It rained.",
    ]
    assert [statement.paragraph for statement in split.statements] == [0, 0, 1]
    assert words(split.paragraphs) == ["Ruto of Kenya thanked Lima. “I trust both,” he said.", "It rained."]
    assert split.title is None


def test_read_holds_the_mentions_and_nothing_tagged() -> None:
    read = read_article(CALL)
    assert [(m.text, m.kind) for m in read.mentions] == [
        ("Ruto", "name"),
        ("Kenya", "name"),
        ("Lima", "name"),
        ("I", "pronoun"),
        ("both", "collective"),
        ("he", "pronoun"),
    ]
    assert read.tagged == ()


def test_a_source_is_the_mention_outside_the_quotation() -> None:
    attributed = attributed_article(CALL)
    assert [words(statement.sources) for statement in attributed.statements] == [[], ["he"], []]
    assert [statement.attribution for statement in attributed.statements] == ["author", "cued", "author"]


def test_actors_are_keys_and_a_country_named_outright_is_a_state() -> None:
    resolved = resolved_article(CALL, COUNTRIES)
    found = {actor.id: actor for mention in resolved.mentions for actor in mention.actors}
    assert {key: (actor.name, actor.kind, actor.country) for key, actor in found.items()} == {
        "ruto": ("Ruto", "unknown", "KEN"),
        "kenya": ("Kenya", "country", "KEN"),
        "peru": ("Lima", "unknown", "PER"),
    }
    assert [actor.id for actor in resolved.mentions[4].actors] == ["kenya", "peru"]
    speakers = [statement.speakers for statement in resolved.statements]
    # Nobody is annotated as the last sentence's speaker: the article's own voice.
    assert [[speaker.actor.id for speaker in some] for some in speakers] == [["author"], ["ruto"], ["author"]]
    assert speakers[0][0].actor == AUTHOR
    assert (speakers[1][0].how, speakers[1][0].span) == (
        "pronoun",
        attributed_article(CALL).statements[1].sources[0],
    )


@pytest.mark.parametrize(
    ("span", "index"),
    [
        (Span(0, 3), 0),
        (Span(2, 8), 1),
        (Span(3, 6), 0),
        (Span(4, 5), None),
        (Span(9, 20), 1),
        (Span(10, 20), None),
    ],
)
def test_the_span_that_shares_most_the_first_of_equals(span: Span, index: int | None) -> None:
    assert best_overlap([Span(0, 4), Span(5, 10)], span) == index


def test_names_outvote_pronouns_and_a_key_is_given_once() -> None:
    ruto, kenya, lima, first, both, he = (m for s in CALL.sentences for m in s.mentions)
    named = [
        (ruto, [("a", "KEN")]),
        (first, [("b", None)]),
        (he, [("b", None)]),
        (kenya, [("c", "KEN")]),
        (both, [("c", "KEN"), ("d", "PER")]),
    ]
    # "b" has two pronouns of Ruto's, "a" his name; the only word for Peru is the collective.
    assert actor_keys(CALL, named) == {"a": "ruto", "c": "kenya", "d": "peru"}
    assert actor_keys(CALL, [*named, (lima, [("e", "PER")])], {"a": "peru"}) == {
        "a": "peru",
        "b": "ruto",
        "c": "kenya",
    }
