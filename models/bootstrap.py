"""Bootstrap intervals, resampling whole articles: sentences of one article are no independent draws."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 500
_SEED = 13


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile interval that holds 95% of the resampled values."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """``difference``: new minus old; ``wins``: the share of resamples in which the new one is better."""

    difference: float
    interval: Interval
    wins: float


def resamples(groups: Sequence[str], rounds: int = ROUNDS) -> list[np.ndarray]:
    """Item indices of each round: as many groups as there are, drawn with replacement, with all their items."""
    order = {name: index for index, name in enumerate(dict.fromkeys(groups))}
    members: list[list[int]] = [[] for _ in order]
    for index, name in enumerate(groups):
        members[order[name]].append(index)
    arrays = [np.array(group) for group in members]
    random = np.random.default_rng(_SEED)
    return [
        np.concatenate([arrays[pick] for pick in random.integers(len(arrays), size=len(arrays))])
        for _ in range(rounds)
    ]


def interval(values: Sequence[float]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(float(low), float(high))


def score_interval(
    score: Callable[[np.ndarray, np.ndarray], float],
    gold: np.ndarray,
    found: np.ndarray,
    groups: Sequence[str],
) -> Interval:
    """The interval of ``score(gold, found)`` over resampled groups."""
    return interval([score(gold[rows], found[rows]) for rows in resamples(groups)])


def paired_comparison(
    score: Callable[[np.ndarray, np.ndarray], float],
    gold: np.ndarray,
    old: np.ndarray,
    new: np.ndarray,
    groups: Sequence[str],
) -> Comparison:
    """How surely ``new`` beats ``old`` on the same items (paired bootstrap; Berg-Kirkpatrick et al., EMNLP 2012)."""
    gains = np.array(
        [score(gold[rows], new[rows]) - score(gold[rows], old[rows]) for rows in resamples(groups)]
    )
    return Comparison(
        score(gold, new) - score(gold, old), interval(gains.tolist()), float((gains > 0).mean())
    )
