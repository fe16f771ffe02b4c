"""End-to-end comparison on an article small enough to count by hand."""

import pytest

from models.articles import parse_article
from pipeline.agreement import agreement, unannotated
from pipeline.records import (
    AUTHOR,
    Actor,
    ResolvedMention,
    ResolvedStatement,
    ScoredArticle,
    Span,
    Speaker,
    StanceRecord,
)

ARTICLE = parse_article(
    {
        "id": "a",
        "title": "-",
        "countries": {"oslo": "NOR", "ankara": "TUR", "union": "-"},
        "sentences": [
            {
                "text": "Ankara thanked Oslo.",
                "para": 0,
                "mentions": [
                    {"start": 0, "end": 6, "keys": ["ankara"]},
                    {"start": 15, "end": 19, "keys": ["oslo"]},
                ],
                "speakers": ["author"],
                "stances": [["ankara", "+", "oslo"], ["union", "-", "oslo"]],
            },
            {
                "text": "Oslo said nothing against it.",
                "para": 0,
                "mentions": [{"start": 0, "end": 4, "keys": ["oslo"]}],
                "speakers": ["oslo"],
                "stances": [["oslo", "?", "ankara"]],
            },
        ],
    }
)
TURKEY = Actor("turkey", "Turkey", "country", "TUR")
NORWAY = Actor("norway", "Norway", "country", "NOR")


def statement(number: int, speaker: Actor) -> ResolvedStatement:
    sentence = ARTICLE.sentences[number]
    return ResolvedStatement(
        sentence.start,
        sentence.end,
        id=str(number),
        text=ARTICLE.text[sentence.start : sentence.end],
        paragraph=0,
        kind="narration",
        cue=None,
        sources=(),
        attribution="author",
        confidence=1.0,
        speakers=(Speaker(speaker, "author", None, 1.0),),
    )


def row(number: int, holder: Actor, stance: str, target: Actor) -> StanceRecord:
    return StanceRecord(
        statement_id=str(number),
        holder=holder,
        holder_span=None,
        target=target,
        target_span=Span(0, 1),
        stance=stance,
        stance_probabilities=(0.4, 0.3, 0.3),
        sentiment="neutral",
        sentiment_probabilities=(0.3, 0.4, 0.3),
    )


def scored(*stances: StanceRecord) -> ScoredArticle:
    plain = unannotated(ARTICLE)
    return ScoredArticle(
        id=plain.id,
        text=plain.text,
        clean_text=plain.text,
        paragraphs=(Span(0, len(plain.text)),),
        dropped=(),
        statements=(statement(0, AUTHOR), statement(1, TURKEY)),
        mentions=(
            ResolvedMention(
                0, 6, text="Ankara", kind="name", score=1, actors=(TURKEY,), how="name", confidence=1
            ),
        ),
        tagged=(),
        stances=stances,
    )


def test_pairs_are_counted_by_country_and_arguable_ones_for_neither_side():
    found = agreement(
        [ARTICLE],
        [
            scored(
                row(0, TURKEY, "support", NORWAY),
                row(0, NORWAY, "oppose", TURKEY),
                row(0, NORWAY, "neutral", TURKEY),
                row(1, NORWAY, "oppose", TURKEY),
            )
        ],
    )
    # Wanted: TUR + NOR in sentence 0 (the union has no country). Found: that, one too many, one arguable.
    assert (found.pairs.precision, found.pairs.recall, found.pairs.support) == (0.5, 1.0, 1)
    assert found.by_sign["support"].f1 == 1.0
    assert found.by_sign["oppose"].precision == 0.0
    assert found.article_pairs.recall == 1.0


def test_statements_mentions_and_speakers():
    found = agreement([ARTICLE], [scored()])
    assert found.statements.f1 == 1.0
    assert (found.mentions.precision, found.mentions.recall) == (1.0, pytest.approx(1 / 3))
    assert found.speakers == 0.5


def test_the_article_goes_in_without_its_annotation():
    article = unannotated(ARTICLE)
    assert article.text == "Ankara thanked Oslo. Oslo said nothing against it."
    assert article.title is None
