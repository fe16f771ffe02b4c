"""Sums over many stances: counts and net stance of every pair, who → whom by country, the strongest pairs.

Net stance is the share of supporting stances less that of opposing ones, from -1 to 1. Neutral stances count
in the whole, so that one friendly sentence among twenty plain ones is no alliance; unsure ones count nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from models.labels import STANCES, Stance
from pipeline.intervals import Interval, net_interval, wilson
from pipeline.io.results import StoredArticle
from pipeline.records import Actor, ScoredArticle, StanceRecord

Sides = tuple[Stance, Stance]
SIDES: Sides = ("support", "oppose")

Level = Literal["actors", "countries"]
# Keys of a holder and a target on one level; None stands for any.
Pair = tuple[str | None, str | None]

# Fewer stances than this are shown nowhere as a rate.
MINIMUM = 3

_LABELS = {label: index for index, label in enumerate((*STANCES, "unsure"))}


@dataclass(slots=True)
class Counts:
    """Stances by label, and how many articles they come from.

    Intervals take all stances of one article for one observation, as they are not independent: n stances in
    articles of n₁, n₂, … count as n² / Σ nᵢ² (Kish 1965, Survey sampling). ``squares`` is that sum.
    """

    support: int = 0
    neutral: int = 0
    oppose: int = 0
    unsure: int = 0
    articles: int = 0
    squares: int = 0

    def add(self, support: int, neutral: int, oppose: int, unsure: int) -> None:
        """The stances of one more article."""
        self.support += support
        self.neutral += neutral
        self.oppose += oppose
        self.unsure += unsure
        self.articles += 1
        self.squares += (support + neutral + oppose) ** 2

    @property
    def decided(self) -> int:
        """All but the unsure ones."""
        return self.support + self.neutral + self.oppose

    @property
    def sided(self) -> int:
        return self.support + self.oppose

    @property
    def net(self) -> float:
        return (self.support - self.oppose) / self.decided if self.decided else 0.0

    @property
    def net_interval(self) -> Interval:
        scale = self._scale
        return net_interval(self.support * scale, self.oppose * scale, self.decided * scale)

    @property
    def sided_interval(self) -> Interval:
        """Of the share of stances that take a side."""
        return wilson(self.sided * self._scale, self.decided * self._scale)

    @property
    def _scale(self) -> float:
        """Independent observations a stance."""
        return self.decided / self.squares if self.squares else 0.0


def actor_key(actor: Actor) -> str:
    """What tells actors of a corpus apart: the prime ministers of two countries share an id."""
    return f"{actor.id}@{actor.country}" if actor.country else actor.id


def pair_of(record: StanceRecord, level: Level) -> tuple[str, str] | None:
    """The keys of holder and target; None where a country is unknown or both are of the same one."""
    if level == "actors":
        return actor_key(record.holder), actor_key(record.target)
    holder, target = record.holder.country, record.target.country
    return (holder, target) if holder and target and holder != target else None


class PairCounts:
    """Counts of every pair on one level, and of every holder, every target and all together.

    ``counts[holder, target]``; None stands for any, so ``counts[None, None]`` is the whole. ``actors``: the
    first actor met of each key. Memory grows only with distinct pairs.
    """

    def __init__(self, level: Level) -> None:
        self.level = level
        self.counts: dict[Pair, Counts] = {}
        self.actors: dict[str, Actor] = {}

    def add(self, article: ScoredArticle | StoredArticle) -> None:
        for pair, labels in self.of_article(article):
            counts = self.counts.get(pair)
            if counts is None:
                counts = self.counts[pair] = Counts()
            counts.add(*labels)

    def of_article(self, article: ScoredArticle | StoredArticle) -> Iterator[tuple[Pair, list[int]]]:
        """The pairs of an article, marginal ones too, with their stances by label."""
        found: dict[Pair, list[int]] = {}
        for record in article.stances:
            keys = pair_of(record, self.level)
            if keys is None:
                continue
            holder, target = keys
            if self.level == "actors":
                self.actors.setdefault(holder, record.holder)
                self.actors.setdefault(target, record.target)
            label = _LABELS[record.stance]
            for pair in ((holder, target), (holder, None), (None, target), (None, None)):
                found.setdefault(pair, [0, 0, 0, 0])[label] += 1
        yield from found.items()

    def pairs(self) -> list[tuple[str, str, Counts]]:
        """Those of a holder and a target, the ones that take sides most often first."""
        both = [(holder, target, one) for (holder, target), one in self.counts.items() if holder and target]
        return sorted(both, key=lambda row: (-row[2].sided, -row[2].decided, row[0], row[1]))

    def holders(self) -> list[tuple[str, Counts]]:
        """Most often on a side first, as `targets`."""
        return _most_sided((holder, one) for (holder, target), one in self.counts.items() if not target)

    def targets(self) -> list[tuple[str, Counts]]:
        return _most_sided((target, one) for (holder, target), one in self.counts.items() if not holder)

    def contested(self) -> list[tuple[str, Counts]]:
        """Targets that some support and others oppose, by the size of the smaller camp."""
        both = [row for row in self.targets() if row[1].support and row[1].oppose]
        return sorted(both, key=lambda row: -min(row[1].support, row[1].oppose))


def _most_sided(rows: Iterator[tuple[str | None, Counts]]) -> list[tuple[str, Counts]]:
    named = [(key, counts) for key, counts in rows if key]
    return sorted(named, key=lambda row: (-row[1].sided, -row[1].decided, row[0]))


@dataclass(frozen=True, slots=True)
class Example:
    """One statement that shows a stance. ``probability``: that of the stance, 0 to 1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class PairStance:
    """What a holder's statements toward one target come to.

    ``strength``: the probabilities of ``stance`` summed over the statements classified as it;
    ``statements``: how many those are; ``opposed``: how many say the opposite; ``example``: the most
    probable of them.
    """

    holder: Actor
    target: Actor
    stance: Stance
    strength: float
    statements: int
    opposed: int
    example: Example


@dataclass(frozen=True, slots=True)
class CountryPair:
    """Stances of a country's actors toward another's."""

    holder: str
    target: str
    counts: Counts


@dataclass(slots=True)
class _Side:
    strength: float = 0.0
    statements: int = 0
    example: Example | None = None


@dataclass(slots=True)
class _Pair:
    holder: Actor
    target: Actor
    sides: dict[str, _Side] = field(default_factory=lambda: {side: _Side() for side in SIDES})


class Tally:
    """The strongest pairs of a run, fed article by article; memory grows only with distinct pairs of actors."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._countries = PairCounts("countries")

    def add(self, article: ScoredArticle | StoredArticle) -> None:
        self._countries.add(article)
        texts = {statement.id: statement.text for statement in article.statements}
        for record in article.stances:
            if record.stance in SIDES:
                self._add_side(record, texts[record.statement_id])

    def _add_side(self, record: StanceRecord, text: str) -> None:
        key = (actor_key(record.holder), actor_key(record.target))
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = _Pair(record.holder, record.target)
        side = pair.sides[record.stance]
        probability = record.stance_probabilities[STANCES.index(record.stance)]
        side.strength += probability
        side.statements += 1
        if side.example is None or probability > side.example.probability:
            side.example = Example(text, probability)

    def strongest(self, limit: int) -> list[PairStance]:
        """One row a (holder, target) pair, the side with more probability behind it, strongest pairs first.

        Ranked by summed probability rather than by the single highest one: over many articles the highest
        ones are chance hits, while a pair that comes up often is what the corpus says.
        """
        rows = sorted(map(_pair_stance, self._pairs.values()), key=_rank)
        return rows[:limit]

    def countries(self, limit: int) -> list[CountryPair]:
        """Pairs of different countries by how many of their stances are not neutral, most first."""
        return [CountryPair(*row) for row in self._countries.pairs()[:limit] if row[2].sided]


def _pair_stance(pair: _Pair) -> PairStance:
    # On a tie support comes first, as in `SIDES`.
    stance = max(SIDES, key=lambda side: pair.sides[side].strength)
    other = SIDES[1 - SIDES.index(stance)]
    side = pair.sides[stance]
    assert side.example is not None  # A pair exists only because a statement gave it a side.
    return PairStance(
        pair.holder,
        pair.target,
        stance,
        side.strength,
        side.statements,
        pair.sides[other].statements,
        side.example,
    )


def _rank(row: PairStance) -> tuple[float, float, str, str]:
    return (-round(row.strength, 6), -row.example.probability, actor_key(row.holder), actor_key(row.target))
