"""Scores as the papers of public corpora report them, for label files that hold such a corpus."""

from collections.abc import Iterable, Sequence

import numpy as np

from models.inference import PairScores
from models.labels import STANCES
from models.metrics import macro_f1
from models.pairs import LabelledWindow

DSE, PLOVER = "dse", "plover"
SUPPORT, NEUTRAL, OPPOSE = (STANCES.index(name) for name in ("support", "neutral", "oppose"))
# DSE's five classes as the stances of both directions: neither, then one side or the other taking one.
_FIVE = (
    (NEUTRAL, NEUTRAL),
    (SUPPORT, NEUTRAL),
    (NEUTRAL, SUPPORT),
    (OPPOSE, NEUTRAL),
    (NEUTRAL, OPPOSE),
)


def benchmark_scores(windows: Sequence[LabelledWindow], scores: Sequence[PairScores]) -> dict[str, float]:
    """What the windows' annotation schemes call for; empty where all follow our guide."""
    pairs = list(zip(windows, scores, strict=True))
    found: dict[str, float] = {}
    if dse := [pair for pair in pairs if DSE in pair[0].schemes]:
        found |= _five_class(dse)
    if plover := [pair for pair in pairs if PLOVER in pair[0].schemes]:
        found["plover cooperation/conflict accuracy"] = _conflict_accuracy(plover)
    return found


def _five_class(pairs: Iterable[tuple[LabelledWindow, PairScores]]) -> dict[str, float]:
    """DSE's own task (Park et al., ACL Findings 2021): one of five classes a sentence.

    A class is as probable as the stances of the two directions that it stands for together.
    """
    gold, found = [], []
    for labelled, score in pairs:
        for first, second in _both_ways(labelled.window.pairs):
            wanted = (labelled.stances[first], labelled.stances[second])
            if wanted in _FIVE:
                gold.append(_FIVE.index(wanted))
                one, other = score.stances[first], score.stances[second]
                found.append(int(np.argmax([one[a] * other[b] for a, b in _FIVE])))
    if not gold:
        return {}
    wanted_classes, found_classes = np.array(gold), np.array(found)
    return {
        "dse five classes macro F1": macro_f1(wanted_classes, found_classes, len(_FIVE)),
        "dse five classes micro F1": float((wanted_classes == found_classes).mean()),
    }


def _both_ways(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Indices of the pairs that are each other's reverse, the earlier one first."""
    places = {pair: index for index, pair in enumerate(pairs)}
    return [
        (index, places[target, holder])
        for index, (holder, target) in enumerate(pairs)
        if index < places.get((target, holder), -1)
    ]


def _conflict_accuracy(pairs: Iterable[tuple[LabelledWindow, PairScores]]) -> float:
    """Whether the likelier of support and oppose is PLOVER's cooperation or conflict (Hu et al., ACL 2024)."""
    right = [
        (score.stances[index, SUPPORT] > score.stances[index, OPPOSE]) == (gold == SUPPORT)
        for labelled, score in pairs
        for index, gold in enumerate(labelled.stances)
        if gold in (SUPPORT, OPPOSE)
    ]
    return float(np.mean(right)) if right else 0.0
