"""How far annotators of the same items agree."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sklearn.metrics import cohen_kappa_score

# Krippendorff (2004), Content Analysis: below this, conclusions from the labels are not even tentative.
TENTATIVE = 0.667


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's κ of two annotators over the ``items`` that both labelled; None where both gave one label only."""

    first: str
    second: str
    items: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class AnnotatorAgreement:
    """``alpha``: Krippendorff's, over the ``items`` with two labels or more; None where it is undefined."""

    items: int
    alpha: float | None
    kappas: tuple[Kappa, ...]


def annotator_agreement(items: Sequence[Mapping[str, str]]) -> AnnotatorAgreement:
    """Agreement over items that map each of their annotators to a label."""
    names = sorted({name for labels in items for name in labels})
    kappas = []
    for first, second in combinations(names, 2):
        shared = [(labels[first], labels[second]) for labels in items if first in labels and second in labels]
        if shared:
            kappas.append(Kappa(first, second, len(shared), _kappa(shared)))
    return AnnotatorAgreement(
        items=sum(len(labels) > 1 for labels in items),
        alpha=krippendorff_alpha([list(labels.values()) for labels in items]),
        kappas=tuple(kappas),
    )


def _kappa(shared: Sequence[tuple[str, str]]) -> float | None:
    if len({label for pair in shared for label in pair}) < 2:
        return None
    firsts, seconds = zip(*shared, strict=True)
    return float(cohen_kappa_score(firsts, seconds))


def krippendorff_alpha(units: Iterable[Sequence[str]]) -> float | None:
    """Krippendorff's α for nominal labels; ``units`` hold the labels that each item was given, in any number.

    None where no item has two labels, or all labels are the same. Krippendorff (2011), Computing
    Krippendorff's alpha-reliability.
    """
    counts = [Counter(labels) for labels in units if len(labels) > 1]
    totals: Counter[str] = sum(counts, Counter())
    size = totals.total()
    expected = _differing(totals) / (size - 1) if size else 0.0
    if not expected:
        return None
    return 1 - sum(_differing(unit) / (unit.total() - 1) for unit in counts) / expected


def _differing(counts: Counter[str]) -> int:
    """Ordered pairs of labels that differ."""
    return counts.total() ** 2 - sum(count**2 for count in counts.values())
