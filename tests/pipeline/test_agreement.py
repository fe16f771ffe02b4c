"""End-to-end comparison on articles small enough to count by hand."""

import pytest
from gold_articles import labelled, sentence

from models.articles import LabelledArticle
from pipeline.agreement import agreement
from pipeline.gold import unannotated
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

ARTICLE = labelled(
    "a",
    {"oslo": "NOR", "ankara": "TUR", "union": None},
    sentence(
        "Ankara thanked Oslo.",
        {"Ankara": "ankara", "Oslo": "oslo"},
        stances=("ankara + oslo", "union - oslo"),
    ),
    sentence(
        "Oslo said nothing against it.", {"Oslo": "oslo"}, speakers=("oslo",), stances=("oslo ? ankara",)
    ),
)
QUIET = labelled("quiet", {"oslo": "NOR"}, sentence("Oslo slept.", {"Oslo": "oslo"}, speakers=()))
TURKEY = Actor("turkey", "Turkey", "country", "TUR")
NORWAY = Actor("norway", "Norway", "country", "NOR")
KING = Actor("king", "the king", "person", "NOR")


def statement(
    number: int, start: int, end: int, speaker: Actor, said: Span | None = None
) -> ResolvedStatement:
    return ResolvedStatement(
        start,
        end,
        id=str(number),
        text="",
        paragraph=0,
        kind="narration",
        cue=None,
        sources=(),
        attribution="author",
        confidence=1.0,
        speakers=(Speaker(speaker, "author", said, 1.0),),
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


def mention(start: int, end: int, *actors: Actor) -> ResolvedMention:
    return ResolvedMention(start, end, text="", kind="name", score=1, actors=actors, how="name", confidence=1)


ANKARA_MENTION = mention(0, 6, TURKEY)
MENTIONS = (ANKARA_MENTION, mention(15, 19, NORWAY), mention(21, 25, NORWAY))
# The sentences as annotated, the second one said by the wrong country.
STATEMENTS = (statement(0, 0, 20, AUTHOR), statement(1, 21, 50, TURKEY))


def scored(
    *stances: StanceRecord,
    article: LabelledArticle = ARTICLE,
    mentions: tuple[ResolvedMention, ...] = MENTIONS,
    statements: tuple[ResolvedStatement, ...] = STATEMENTS,
) -> ScoredArticle:
    return ScoredArticle(
        id=article.id,
        text=article.text,
        clean_text=article.text,
        paragraphs=(Span(0, len(article.text)),),
        dropped=(),
        statements=statements,
        mentions=mentions,
        tagged=(),
        stances=stances,
    )


# Right; one too many; neutral; arguable in the annotation.
ROWS = (
    row(0, TURKEY, "support", NORWAY),
    row(0, NORWAY, "oppose", TURKEY),
    row(0, NORWAY, "neutral", TURKEY),
    row(1, NORWAY, "oppose", TURKEY),
)


def test_pairs_are_counted_by_country_and_arguable_ones_for_neither_side() -> None:
    found = agreement([ARTICLE], [scored(*ROWS)])
    # Wanted: TUR + NOR in sentence 0; the union has no country.
    assert (found.pairs.precision, found.pairs.recall, found.pairs.support) == (0.5, 1.0, 1)
    assert found.by_sign["support"].f1 == 1.0
    assert found.by_sign["oppose"].precision == 0.0
    assert found.article_pairs.recall == 1.0


def test_neutral_is_what_nobody_takes_a_side_on() -> None:
    found = agreement([ARTICLE], [scored(*ROWS)])
    # Annotated: NOR → TUR and author → NOR, TUR in sentence 0, author → NOR in 1. One of them was opposed.
    assert (found.neutral.precision, found.neutral.recall, found.neutral.support) == (1.0, 0.75, 4)
    # No opposition by country is annotated, so it has no part in the mean.
    assert found.macro_f1 == pytest.approx((1 + 6 / 7) / 2)


def test_single_actors_are_told_apart_and_need_no_country() -> None:
    actors = agreement([ARTICLE], [scored(*ROWS)]).actors
    # Wanted: ankara + oslo, union - oslo. Found: the first, and oslo - ankara.
    assert (actors.pairs.precision, actors.pairs.recall, actors.pairs.support) == (0.5, 0.5, 2)
    assert (actors.by_sign["support"].f1, actors.by_sign["oppose"].f1) == (1.0, 0.0)
    assert (actors.neutral.precision, actors.neutral.recall) == (0.75, 0.75)
    assert actors.macro_f1 == pytest.approx((1 + 0 + 0.75) / 3)


def test_another_actor_of_the_right_country_is_right_by_country_alone() -> None:
    found = agreement([ARTICLE], [scored(row(0, TURKEY, "support", KING))])
    assert (found.pairs.f1, found.actors.pairs.f1) == (1.0, 0.0)


def test_an_unsure_row_takes_no_side() -> None:
    found = agreement([ARTICLE], [scored(row(0, TURKEY, "unsure", NORWAY), row(0, NORWAY, "unsure", TURKEY))])
    assert (found.pairs.recall, found.neutral.recall) == (0.0, 1.0)
    # Beside the four neutral pairs the one that should have been support.
    assert found.neutral.precision == 0.8


def test_neutral_rows_about_actors_that_nobody_annotated_are_no_items() -> None:
    elsewhere = Actor("peru", "Peru", "country", "PER")
    quiet = agreement([ARTICLE], [scored(row(0, elsewhere, "neutral", NORWAY))])
    loud = agreement([ARTICLE], [scored(row(0, elsewhere, "oppose", NORWAY))])
    assert (quiet.neutral.support, loud.neutral.support) == (4, 5)
    assert (quiet.neutral.recall, loud.neutral.recall) == (1.0, 0.8)


def test_statements_mentions_and_speakers() -> None:
    found = agreement([ARTICLE], [scored(mentions=(ANKARA_MENTION, mention(15, 18, NORWAY)))])
    assert found.statements.f1 == 1.0
    assert (found.mentions.precision, found.mentions.recall) == (0.5, pytest.approx(1 / 3))
    assert (found.resolved.precision, found.actors.resolved.precision) == (0.5, 0.5)
    assert (found.speakers, found.actors.speakers) == (0.5, 0.5)


def test_a_speaker_without_a_mention_is_judged_by_the_words_that_name_it() -> None:
    unseen, seen = (
        agreement(
            [ARTICLE],
            [
                scored(
                    mentions=(ANKARA_MENTION,), statements=(STATEMENTS[0], statement(1, 21, 50, KING, said))
                )
            ],
        )
        for said in (None, Span(21, 30))
    )
    assert (unseen.speakers, seen.speakers) == (1.0, 1.0)
    assert (unseen.actors.speakers, seen.actors.speakers) == (0.5, 1.0)


def test_the_articles_own_voice_is_a_holder_and_no_target() -> None:
    article = labelled(
        "voice",
        {"oslo": "NOR"},
        sentence(
            "I loathe Oslo.", {"I": "author", "Oslo": "oslo"}, stances=("author - oslo", "oslo - author")
        ),
    )
    rows = (row(0, AUTHOR, "oppose", NORWAY), row(0, NORWAY, "oppose", AUTHOR))
    mentions = (mention(0, 1, AUTHOR), mention(9, 13, NORWAY))
    whole = (statement(0, 0, 14, AUTHOR),)
    found = agreement([article], [scored(*rows, article=article, mentions=mentions, statements=whole)])
    for level in (found, found.actors):
        assert (level.pairs.f1, level.pairs.support, level.resolved.f1) == (1.0, 1, 1.0)
    assert found.neutral.support == 0


def test_a_collective_is_right_where_all_its_members_are() -> None:
    article = labelled(
        "both",
        {"oslo": "NOR", "ankara": "TUR"},
        sentence(
            "Oslo and Ankara met; both left.", {"Oslo": "oslo", "Ankara": "ankara", "both": "oslo,ankara"}
        ),
    )
    ends = (mention(0, 4, NORWAY), mention(9, 15, TURKEY))
    whole = (statement(0, 0, 31, AUTHOR),)
    for members, right in (((TURKEY, NORWAY), 1.0), ((TURKEY,), 2 / 3)):
        rows = scored(article=article, mentions=(*ends, mention(21, 25, *members)), statements=whole)
        found = agreement([article], [rows])
        assert found.resolved.f1 == found.actors.resolved.f1 == pytest.approx(right)


def test_sentences_cut_otherwise_count_for_the_one_that_they_share_most_with() -> None:
    cut = (statement(0, 0, 14, AUTHOR), statement(1, 15, 30, AUTHOR), statement(2, 30, 50, NORWAY))
    found = agreement([ARTICLE], [scored(row(0, TURKEY, "support", NORWAY), statements=cut)])
    assert found.statements.f1 == 0.0
    assert found.pairs.f1 == 1.0
    # "Oslo. Oslo said" shares more with the second sentence, which so has the article's voice beside Norway's.
    assert found.speakers == 0.5


def test_an_article_without_stances_or_speakers() -> None:
    whole = (statement(0, 0, 11, AUTHOR),)
    found = agreement([QUIET], [scored(article=QUIET, mentions=(), statements=whole)])
    assert (found.pairs.support, found.pairs.f1, found.macro_f1, found.speakers) == (0, 0.0, 1.0, 1.0)
    nothing = agreement([QUIET], [scored(article=QUIET, mentions=(), statements=())])
    assert (nothing.statements.f1, nothing.speakers) == (0.0, 0.0)


def test_intervals_span_what_articles_drawn_anew_would_give() -> None:
    twin = labelled(
        "b",
        {"oslo": "NOR", "ankara": "TUR"},
        sentence("Ankara thanked Oslo.", {"Ankara": "ankara", "Oslo": "oslo"}, stances=("ankara + oslo",)),
    )
    right = scored(row(0, TURKEY, "support", NORWAY))
    missed = scored(article=twin, mentions=(), statements=STATEMENTS[:1])
    found = agreement([ARTICLE, twin], [right, missed])
    assert found.pairs.f1 == pytest.approx(2 / 3)
    assert (found.intervals["pairs"].low, found.intervals["pairs"].high) == (0.0, 1.0)
    assert (found.intervals["statements"].low, found.intervals["statements"].high) == (1.0, 1.0)
    assert found.intervals["macro_f1"].low < found.macro_f1 < found.intervals["macro_f1"].high
    assert found.actors.intervals["pairs"].high == pytest.approx(2 / 3)


def test_the_article_goes_in_without_its_annotation() -> None:
    article = unannotated(ARTICLE)
    assert article.text == "Ankara thanked Oslo. Oslo said nothing against it."
    assert article.title is None
