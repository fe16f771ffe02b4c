"""Sums over many stances: the strongest per pair of actors, and who → whom by country."""

from collections import Counter
from dataclasses import dataclass, field

from models.labels import STANCES, Stance
from pipeline.records import Actor, ScoredArticle, StanceRecord

Sides = tuple[Stance, Stance]
SIDES: Sides = ("support", "oppose")


@dataclass(frozen=True, slots=True)
class Example:
    """One statement that shows a stance. ``probability``: that of the stance, 0 to 1."""

    article_id: str
    statement_id: str
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
    """Stances of a country's actors toward another's; each a count of rows."""

    holder: str
    target: str
    support: int
    neutral: int
    oppose: int


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
    """Counts and sums of a run, fed article by article; memory grows only with distinct pairs of actors."""

    def __init__(self) -> None:
        self.articles = 0
        self.statements = 0
        self.stances: Counter[str] = Counter()
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._countries: Counter[tuple[str, str, str]] = Counter()

    def add(self, article: ScoredArticle) -> None:
        self.articles += 1
        self.statements += len(article.statements)
        texts = {statement.id: statement.text for statement in article.statements}
        for record in article.stances:
            self.stances[record.stance] += 1
            holder, target = record.holder.country, record.target.country
            if holder and target and holder != target:
                self._countries[holder, target, record.stance] += 1
            if record.stance in SIDES:
                self._add_side(article.id, record, texts[record.statement_id])

    def _add_side(self, article_id: str, record: StanceRecord, text: str) -> None:
        key = (record.holder.id, record.target.id)
        pair = self._pairs.get(key)
        if pair is None:
            pair = self._pairs[key] = _Pair(record.holder, record.target)
        side = pair.sides[record.stance]
        probability = record.stance_probabilities[STANCES.index(record.stance)]
        side.strength += probability
        side.statements += 1
        if side.example is None or probability > side.example.probability:
            side.example = Example(article_id, record.statement_id, text, probability)

    def counts(self) -> dict[str, int]:
        """Articles, statements, and stances by label, as ``run.json`` holds them."""
        labels = [*STANCES, *sorted(self.stances.keys() - set(STANCES))]
        return {
            "articles": self.articles,
            "statements": self.statements,
            "stances": self.stances.total(),
            **{label: self.stances[label] for label in labels},
        }

    def strongest(self, limit: int) -> list[PairStance]:
        """One row a (holder, target) pair, the side with more probability behind it, strongest pairs first.

        Ranked by summed probability rather than by the single highest one: over many articles the highest
        ones are chance hits, while a pair that comes up often is what the corpus says.
        """
        rows = sorted(map(_pair_stance, self._pairs.values()), key=_rank)
        return rows[:limit]

    def countries(self, limit: int) -> list[CountryPair]:
        """Pairs of different countries by how many of their stances are not neutral, most first."""
        pairs = {(holder, target) for holder, target, _ in self._countries}
        rows = [
            CountryPair(holder, target, *(self._countries[holder, target, label] for label in STANCES))
            for holder, target in pairs
        ]
        taken = [row for row in rows if row.support or row.oppose]
        return sorted(taken, key=lambda row: (-(row.support + row.oppose), row.holder, row.target))[:limit]


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
    return (-round(row.strength, 6), -row.example.probability, row.holder.id, row.target.id)
