"""What the page holds of a run: counts by pair, period and outlet, and a sample of the sentences behind them.

The second pass over a run, after `pipeline.survey`. All of it is bounded, whatever the run: the pairs that
take sides most often, until the cells or the sentences are used up.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from models.labels import STANCES
from pipeline.aggregate import Counts, Level, Pair, PairCounts, pair_of
from pipeline.io.results import StoredArticle, StoredStatement
from pipeline.records import StanceRecord
from pipeline.report.periods import Periods, periods_of
from pipeline.survey import Survey, day_of

# Holders and targets of the matrix.
AXIS = 16

# Of each level: cells of pair, period and outlet; holders and targets with cells of their own; sentences, and
# how many of a pair and label (the matrix alone has AXIS² pairs of up to four labels, for one each).
_CELLS = 24_000
_SINGLES = 60
_SENTENCES = 2_400
_PAIRS_WITH_SENTENCES = 400
_SENTENCES_EACH = (24, 12, 8, 6, 4, 3, 2, 1)
_UNSURE = 40
_OUTLETS = 12


class Head(NamedTuple):
    """An article as the page cites it. ``period`` and ``outlet`` are indices; -1 where not told."""

    id: str
    title: str | None
    source: str | None
    published_at: str | None
    url: str | None
    period: int
    outlet: int


class Sentence(NamedTuple):
    """One stance and the statement that shows it."""

    head: Head
    statement: StoredStatement
    record: StanceRecord


class Cell(NamedTuple):
    """Where counts belong; period and outlet as in `Head`."""

    pair: Pair
    period: int
    outlet: int


@dataclass(slots=True)
class Facts:
    """``outlets``: those with most articles; the others share the index after the last of them.

    ``cells``: by level. ``sentences``: the surest of each pair and label, by level. ``unsure``: the stances
    with the least distance between the two most probable labels.
    """

    periods: Periods
    outlets: list[str]
    cells: dict[Level, dict[Cell, Counts]]
    sentences: dict[Level, list[Sentence]] = field(default_factory=dict)
    unsure: list[Sentence] = field(default_factory=list)


class _Best:
    """The ``limit`` sentences of the highest rank; of equal ones those that came first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._heap: list[tuple[float, int, Sentence]] = []

    def add(self, rank: float, number: int, sentence: Sentence) -> None:
        item = (rank, -number, sentence)
        if len(self._heap) < self._limit:
            heapq.heappush(self._heap, item)
        elif item[:2] > self._heap[0][:2]:
            heapq.heapreplace(self._heap, item)

    def items(self) -> list[tuple[float, int, Sentence]]:
        return sorted(self._heap, key=lambda item: (-item[0], -item[1]))


def collect(articles: Iterable[StoredArticle], survey: Survey) -> Facts:
    """``articles``: those that ``survey`` is of, in the same order."""
    outlets = [source for source, _ in survey.outlets.most_common() if source][:_OUTLETS]
    places = {source: index for index, source in enumerate(outlets)}
    facts = Facts(
        periods_of(day for day in survey.days if day), outlets, {level: {} for level in survey.levels}
    )
    ranked = {level: _ranked(counts) for level, counts in survey.levels.items()}
    kept = {
        level: _kept_pairs(counts, ranked[level], (len(facts.periods.starts) + 1) * (len(outlets) + 2))
        for level, counts in survey.levels.items()
    }
    best = {level: _best_by_pair(ranked[level], kept[level]) for level in survey.levels}
    unsure = _Best(_UNSURE)
    number = 0
    for article in articles:
        if article.id in survey.copies:
            continue
        outlet = places.get(article.source, len(outlets)) if article.source else -1
        head = Head(
            article.id,
            article.title,
            article.source,
            article.published_at,
            article.url,
            facts.periods.index(day_of(article.published_at)),
            outlet,
        )
        for level, counts in survey.levels.items():
            cells = facts.cells[level]
            for pair, labels in counts.of_article(article):
                if pair in kept[level]:
                    cells.setdefault(Cell(pair, head.period, head.outlet), Counts()).add(*labels)
        statements = {statement.id: statement for statement in article.statements}
        for record in article.stances:
            number += 1
            first, second = sorted(record.stance_probabilities)[:0:-1]
            sentence = Sentence(head, statements[record.statement_id], record)
            unsure.add(second - first, number, sentence)
            for level, waiting in best.items():
                keys = pair_of(record, level)
                if keys is not None and keys in waiting:
                    waiting[keys][record.stance].add(first, number, sentence)
    for level, waiting in best.items():
        found = [item for labels in waiting.values() for one in labels.values() for item in one.items()]
        facts.sentences[level] = [item[2] for item in sorted(found, key=lambda item: -item[1])]
    facts.unsure = [item[2] for item in unsure.items()]
    return facts


def _ranked(counts: PairCounts) -> list[tuple[str, str, Counts]]:
    """Every pair, those of the matrix first, then by how often they take sides."""
    pairs = counts.pairs()
    axis: dict[str, None] = {}
    for holder, target, _ in pairs:
        for key in (holder, target):
            if len(axis) < AXIS:
                axis.setdefault(key)
    return sorted(pairs, key=lambda row: not (row[0] in axis and row[1] in axis))


def _kept_pairs(counts: PairCounts, ranked: list[tuple[str, str, Counts]], places: int) -> set[Pair]:
    """The whole, and as many single holders and targets, and pairs, as half of the cells each allow.

    An article lies in one period and one outlet of ``places``, so a pair has no more cells than articles.
    """
    singles: list[Pair] = [(holder, None) for holder, _ in counts.holders()[:_SINGLES]]
    singles += [(None, target) for target, _ in counts.targets()[:_SINGLES]]
    singles.sort(key=lambda pair: -counts.counts[pair].sided)
    kept: set[Pair] = {(None, None)}
    for wanted in (singles, [(holder, target) for holder, target, _ in ranked]):
        room = _CELLS // 2
        for pair in wanted:
            room -= min(counts.counts[pair].articles, places)
            if room < 0:
                break
            kept.add(pair)
    return kept


def _best_by_pair(
    ranked: list[tuple[str, str, Counts]], kept: set[Pair]
) -> dict[tuple[str, str], dict[str, _Best]]:
    """Room for the sentences of each kept pair and label, for as many of each as all of them allow."""
    by_label = {
        (holder, target): {label: getattr(one, label) for label in (*STANCES, "unsure")}
        for holder, target, one in ranked[:_PAIRS_WITH_SENTENCES]
        if (holder, target) in kept
    }
    for each in _SENTENCES_EACH:
        limits = {
            pair: {label: min(each, n) for label, n in labels.items()} for pair, labels in by_label.items()
        }
        if sum(limit for labels in limits.values() for limit in labels.values()) <= _SENTENCES:
            break
    return {
        pair: {label: _Best(limit) for label, limit in labels.items() if limit}
        for pair, labels in limits.items()
    }
