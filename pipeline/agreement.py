"""The whole chain against annotated articles: raw text in, rows out, compared by country and by actor.

A stance is an item (sentence, holder, label, target) with the label support, neutral or oppose. Every pair
that the annotation does not list is neutral, and so is every pair without a row or with an ``unsure`` one.
Pairs on which careful readers differ (``?``) count for neither side, nor do stances toward the article's
own voice, which is a holder and no target. Neutral items are counted over the
pairs that are annotated, listed or not, and those that the chain wrongly took a side on; a neutral row
about anybody else is no item, for it would be right by default.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from models.articles import ARGUABLE, AUTHOR_KEY, SIGNS, LabelledArticle, LabelledSentence
from models.bootstrap import Interval, interval, resamples
from models.labels import STANCES
from models.metrics import SpanScores, count_scores, match_counts
from models.pairs import candidate_pairs
from pipeline.matching import best_overlap, scored_keys
from pipeline.records import AUTHOR, Actor, ScoredArticle

# What stands for an actor: its country, or its annotated key. None: it does not count.
Name = str | None
# (sentence, holder, label, target).
Item = tuple[int, str, str, str]
# Measure → the right, wanted and found items of each article, shape (articles, 3).
Counts = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class LevelAgreement:
    """What is right where actors are told apart by country, or one by one. Shares lie between 0 and 1.

    ``resolved``: mentions with exact offsets whose actors are all right. ``speakers``: share of sentences
    whose set of speakers is right, the article's own voice counted as one. ``pairs``: support and oppose
    items; ``article_pairs`` the same without the sentence. ``by_sign``: ``pairs`` of one sign. ``neutral``:
    see above. ``macro_f1``: mean F1 of the labels that the annotation holds. ``intervals``: 95%, over
    resampled articles; of spans and stances that of F1.
    """

    resolved: SpanScores
    speakers: float
    pairs: SpanScores
    article_pairs: SpanScores
    by_sign: dict[str, SpanScores]
    neutral: SpanScores
    macro_f1: float
    intervals: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Agreement(LevelAgreement):
    """Scores over all articles: by country, and by single actor in ``actors``.

    ``statements``: exact boundaries. ``mentions``: exact offsets.
    """

    statements: SpanScores
    mentions: SpanScores
    actors: LevelAgreement


@dataclass(frozen=True, slots=True)
class _Level:
    """How actors of the annotation (keys) and of the chain are named where they are compared."""

    of_key: Callable[[str], Name]
    of_actor: Callable[[Actor], Name]


def agreement(gold: Sequence[LabelledArticle], scored: Sequence[ScoredArticle]) -> Agreement:
    """Compares scored articles with their annotation, in the same order."""
    return summary(gold, counts(gold, scored))


def counts(gold: Sequence[LabelledArticle], scored: Sequence[ScoredArticle]) -> Counts:
    """The items of each measure that are right, wanted and found; measures of single actors begin with ``actors.``."""
    compared = [_compared(article, rows) for article, rows in zip(gold, scored, strict=True)]
    measures = compared[0] if compared else {}
    return {
        name: match_counts([one[name][0] for one in compared], [one[name][1] for one in compared])
        for name in measures
    }


def summary(gold: Sequence[LabelledArticle], found: Counts) -> Agreement:
    """The scores of what `counts` counted."""
    drawn = resamples([article.id for article in gold])
    return Agreement(
        **_level_fields(found, drawn, ""),
        statements=count_scores(found["statements"]),
        mentions=count_scores(found["mentions"]),
        actors=LevelAgreement(**_level_fields(found, drawn, "actors.")),
    )


def label_f1(found: Counts) -> float:
    """Macro F1 by country over support, neutral and oppose, of those that the annotation holds; 0 if it holds none."""
    scores = [count_scores(found[label]) for label in STANCES]
    held = [one.f1 for one in scores if one.support]
    return sum(held) / len(held) if held else 0.0


def _level_fields(found: Counts, drawn: Sequence[np.ndarray], level: str) -> dict[str, Any]:
    measures = ("resolved", "speakers", "pairs", "article_pairs", *STANCES)
    own = {name: found[level + name] for name in measures}
    if not level:
        own |= {name: found[name] for name in ("statements", "mentions")}
    return {
        "resolved": count_scores(own["resolved"]),
        "speakers": count_scores(own["speakers"]).recall,
        "pairs": count_scores(own["pairs"]),
        "article_pairs": count_scores(own["article_pairs"]),
        "by_sign": {sign: count_scores(own[sign]) for sign in SIGNS.values()},
        "neutral": count_scores(own["neutral"]),
        "macro_f1": label_f1(own),
        "intervals": {
            **{
                name: interval([count_scores(value[rows]).f1 for rows in drawn])
                for name, value in own.items()
            },
            "macro_f1": interval(
                [label_f1({label: own[label][rows] for label in STANCES}) for rows in drawn]
            ),
        },
    }


def _compared(article: LabelledArticle, scored: ScoredArticle) -> dict[str, tuple[set[Any], set[Any]]]:
    """Measure → the items wanted and those found."""
    keys = scored_keys(article, scored)
    places = {statement.id: best_overlap(article.sentences, statement) for statement in scored.statements}
    by_country = _Level(partial(_country_of_key, article), _country_of_actor)
    # An actor of the chain that is none of the annotation's keeps its own name.
    by_actor = _Level(str, lambda actor: keys.get(actor.id, f"{actor.id} (unknown)"))
    return {
        "statements": (
            {(s.start, s.end) for s in article.sentences},
            {(s.start, s.end) for s in scored.statements},
        ),
        "mentions": (
            {(m.start, m.end) for s in article.sentences for m in s.mentions},
            {(m.start, m.end) for m in scored.mentions},
        ),
        **_compared_at(by_country, article, scored, places),
        **{f"actors.{name}": sets for name, sets in _compared_at(by_actor, article, scored, places).items()},
    }


def _country_of_key(article: LabelledArticle, key: str) -> Name:
    return AUTHOR_KEY if key == AUTHOR_KEY else article.countries[key]


def _country_of_actor(actor: Actor) -> Name:
    return AUTHOR_KEY if actor == AUTHOR else actor.country


def _compared_at(
    level: _Level, article: LabelledArticle, scored: ScoredArticle, places: dict[str, int | None]
) -> dict[str, tuple[set[Any], set[Any]]]:
    wanted, arguable = _gold_items(level, article)
    found = _found_items(level, scored, places) - arguable
    known = _candidates(level, article) | {_pair(item) for item in wanted | found}
    # A pair that is arguable under one sign and listed under the other is listed.
    known -= {_pair(item) for item in arguable} - {_pair(item) for item in wanted}
    by_label: dict[str, tuple[set[Any], set[Any]]] = {
        label: (_of_label(wanted, label, known), _of_label(found, label, known)) for label in STANCES
    }
    return {
        "resolved": (
            {
                (m.start, m.end, frozenset(map(level.of_key, m.keys)))
                for s in article.sentences
                for m in s.mentions
            },
            {(m.start, m.end, frozenset(map(level.of_actor, m.actors))) for m in scored.mentions},
        ),
        "speakers": _speakers(level, article, scored, places),
        "pairs": (wanted, found),
        "article_pairs": ({item[1:] for item in wanted}, {item[1:] for item in found}),
        **by_label,
    }


def _gold_items(level: _Level, article: LabelledArticle) -> tuple[set[Item], set[Item]]:
    """The listed items, and the arguable ones (under either label), which count for neither side."""
    listed: set[Item] = set()
    arguable: set[Item] = set()
    for index, sentence in enumerate(article.sentences):
        for holder, sign, target in sentence.stances:
            held_by, aimed_at = level.of_key(holder), level.of_key(target)
            if held_by is None or aimed_at is None or target == AUTHOR_KEY:
                continue
            if sign == ARGUABLE:
                arguable |= {(index, held_by, label, aimed_at) for label in SIGNS.values()}
            else:
                listed.add((index, held_by, SIGNS[sign], aimed_at))
    return listed, arguable - listed


def _found_items(level: _Level, scored: ScoredArticle, places: dict[str, int | None]) -> set[Item]:
    found: set[Item] = set()
    for row in scored.stances:
        index = places[row.statement_id]
        if index is None or row.stance not in SIGNS.values() or row.target == AUTHOR:
            continue
        held_by, aimed_at = level.of_actor(row.holder), level.of_actor(row.target)
        if held_by and aimed_at:
            found.add((index, held_by, row.stance, aimed_at))
    return found


def _candidates(level: _Level, article: LabelledArticle) -> set[tuple[int, str, str]]:
    """The pairs of which the annotation says something: all of the actors in a sentence, and of its speakers
    and the article's own voice toward those."""
    known = set()
    for index, sentence in enumerate(article.sentences):
        inside = [key for mention in sentence.mentions for key in mention.keys]
        for holder, target in candidate_pairs(inside, sentence.speakers, (), AUTHOR_KEY):
            held_by, aimed_at = level.of_key(holder), level.of_key(target)
            if held_by is not None and aimed_at is not None:
                known.add((index, held_by, aimed_at))
    return known


def _pair(item: Item) -> tuple[int, str, str]:
    index, holder, _, target = item
    return index, holder, target


def _of_label(items: set[Item], label: str, known: set[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """The pairs that hold a label: neutral where they hold no other."""
    if label == "neutral":
        return known - {_pair(item) for item in items}
    return {_pair(item) for item in items if item[2] == label}


def _speakers(
    level: _Level, article: LabelledArticle, scored: ScoredArticle, places: dict[str, int | None]
) -> tuple[set[Any], set[Any]]:
    """For each sentence the set of its speakers, and of those of the statements that share most with it."""
    found: list[set[Name]] = [set() for _ in article.sentences]
    for statement in scored.statements:
        index = places[statement.id]
        if index is not None:
            found[index] |= {level.of_actor(speaker.actor) for speaker in statement.speakers}
    wanted = [set(map(level.of_key, _speaker_keys(sentence))) for sentence in article.sentences]
    return (
        {(index, frozenset(names)) for index, names in enumerate(wanted)},
        {(index, frozenset(names)) for index, names in enumerate(found)},
    )


def _speaker_keys(sentence: LabelledSentence) -> Iterable[str]:
    """What nobody else says is the article's own voice."""
    return sentence.speakers or (AUTHOR_KEY,)
