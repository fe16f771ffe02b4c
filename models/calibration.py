"""Calibration: one temperature a head, fitted on validation labels, and how far probabilities are to be believed.

Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

BINS = 10
# Temperatures beyond these would mean a broken head, not an over- or underconfident one.
_RANGE = (0.1, 10.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """The items whose likeliest class has a probability in ``[low, high)``; the last bin includes 1."""

    low: float
    high: float
    items: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """``ece``: expected calibration error, the mean gap of confidence and accuracy over the bins, by items."""

    ece: float
    bins: tuple[Bin, ...]


def fit_temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """The temperature that makes the gold classes likeliest: (items, classes) logits, (items,) class indices."""
    if not len(gold):
        return 1.0

    def loss(log_temperature: float) -> float:
        chances = log_softmax(logits / np.exp(log_temperature), axis=-1)
        return -float(chances[np.arange(len(gold)), gold].mean())

    found = minimize_scalar(loss, bounds=tuple(np.log(_RANGE)), method="bounded")
    return round(float(np.exp(found.x)), 4)


def calibration(probabilities: np.ndarray, gold: np.ndarray) -> Calibration:
    """How often the likeliest class is right, by how sure the model is: (items, classes) and (items,)."""
    confidence = probabilities.max(axis=-1)
    right = probabilities.argmax(axis=-1) == gold
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.digitize(confidence, edges) - 1, 0, BINS - 1)
    bins = []
    for index in range(BINS):
        inside = place == index
        if inside.any():
            bins.append(
                Bin(
                    float(edges[index]),
                    float(edges[index + 1]),
                    int(inside.sum()),
                    float(confidence[inside].mean()),
                    float(right[inside].mean()),
                )
            )
    total = sum(one.items for one in bins)
    gap = sum(one.items * abs(one.confidence - one.accuracy) for one in bins)
    return Calibration(gap / total if total else 0.0, tuple(bins))
