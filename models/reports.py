"""Scores of a classifying head, as every evaluation prints and saves them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from models.baselines import majority, tfidf_regression
from models.bootstrap import Interval, score_interval
from models.calibration import Calibration, calibration
from models.metrics import macro_f1


@dataclass(frozen=True, slots=True)
class ClassScores:
    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One head on one file. ``confusion[i][j]``: items of gold class i that were given class j.

    ``macro_f1_interval`` resamples articles; ``macro_recall`` is what NewsMTSC calls average recall;
    ``calibration`` is None where only labels were compared.
    """

    head: str
    classes: tuple[ClassScores, ...]
    macro_f1: float
    macro_f1_interval: Interval
    macro_recall: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    baselines: dict[str, float]
    calibration: Calibration | None


def head_report(
    head: str,
    names: Sequence[str],
    gold: np.ndarray,
    found: np.ndarray,
    texts: Sequence[str],
    groups: Sequence[str],
) -> HeadReport:
    """Scores of one head's answers against labels (indices into ``names``), beside the baselines' macro F1.

    ``found``: labels (items,), or probabilities (items, classes), whose calibration is then measured.
    ``texts`` is what the TF-IDF baseline sees of the items; ``groups`` are their articles.
    """
    labels = list(range(len(names)))
    chances = found if found.ndim == 2 else None
    found = found if chances is None else chances.argmax(axis=-1)

    def score(gold: np.ndarray, found: np.ndarray) -> float:
        return macro_f1(gold, found, len(names))

    columns = precision_recall_fscore_support(gold, found, labels=labels, zero_division=0)
    return HeadReport(
        head=head,
        classes=tuple(
            ClassScores(name, float(p), float(r), float(f), int(n))
            for name, p, r, f, n in zip(names, *columns, strict=True)
        ),
        macro_f1=score(gold, found),
        macro_f1_interval=score_interval(score, gold, found, groups),
        macro_recall=float(columns[1][columns[3] > 0].mean()),
        accuracy=float((gold == found).mean()),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion_matrix(gold, found, labels=labels)),
        baselines={
            "majority": score(gold, majority(gold)),
            "tfidf_logistic_regression": score(gold, tfidf_regression(texts, gold, groups)),
        },
        calibration=None if chances is None else calibration(chances, gold),
    )


def as_json(report: Any) -> dict[str, Any]:
    """A report as JSON values, probabilities rounded to four decimals."""
    return rounded(asdict(report))


def rounded(value: Any) -> Any:
    """Nested JSON values with every float rounded to four decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
