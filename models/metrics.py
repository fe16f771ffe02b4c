"""The measures that training and evaluation share."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Precision, recall and F1 of exact matches, each 0 where undefined, and the number of gold items."""

    precision: float
    recall: float
    f1: float
    support: int


def macro_f1(gold: np.ndarray, predicted: np.ndarray, classes: int) -> float:
    """Unweighted mean F1 over the classes that gold holds.

    scikit-learn's, without its checks, which take most of the time of a bootstrap's thousand calls.
    """
    table = np.bincount(gold * classes + predicted, minlength=classes**2).reshape(classes, classes)
    wanted, found, right = table.sum(axis=1), table.sum(axis=0), table.diagonal()
    present = wanted > 0
    return float((2 * right[present] / (wanted + found)[present]).mean()) if present.any() else 0.0


def match_counts(gold: Sequence[Set[Any]], found: Sequence[Set[Any]]) -> np.ndarray:
    """Of each text the numbers of right, wanted and found items, shape (texts, 3)."""
    return np.array(
        [(len(wanted & got), len(wanted), len(got)) for wanted, got in zip(gold, found, strict=True)],
        dtype=int,
    ).reshape(-1, 3)


def count_scores(counts: np.ndarray) -> SpanScores:
    """Scores of the sums of `match_counts`."""
    right, wanted, got = (int(total) for total in counts.sum(axis=0))
    precision = right / got if got else 0.0
    recall = right / wanted if wanted else 0.0
    f1 = 2 * right / (wanted + got) if wanted + got else 0.0
    return SpanScores(precision, recall, f1, wanted)


def span_scores(gold: Sequence[Set[Any]], found: Sequence[Set[Any]]) -> SpanScores:
    """Exact matches over texts: ``gold[i]`` and ``found[i]`` are the items of text i."""
    return count_scores(match_counts(gold, found))
