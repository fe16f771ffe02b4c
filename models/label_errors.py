"""Labels that are likely wrong, by what a model that did not see them makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

FOLDS = 5
# Strong, for a label file of a few hundred rows has no more rows than features.
_REGULARISATION = 0.01


@dataclass(frozen=True, slots=True)
class Suspect:
    """Row ``index`` bears a label to which the model gives only ``given``, and ``proposed`` gets ``probability``."""

    index: int
    given: float
    proposed: int
    probability: float


def _head_regression() -> Pipeline:
    """A logistic regression for `models.inference.pair_features`: the stance head, trained anew in seconds."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=_REGULARISATION, max_iter=1000))


def out_of_fold(
    features: np.ndarray, labels: np.ndarray, groups: Sequence[str], classes: int
) -> np.ndarray | None:
    """Probabilities (rows, classes) of each row by a regression that saw no row of its group.

    ``features`` (rows, width), ``labels`` (rows,) class indices. None where there are too few groups or labels
    to train on all but one fold of them.
    """
    folds = min(FOLDS, len(set(groups)))
    if folds < 2 or len(set(labels.tolist())) < 2:
        return None
    probabilities = np.zeros((len(labels), classes))
    splits = GroupKFold(folds, shuffle=True, random_state=0).split(features, groups=list(groups))
    for train, held_out in splits:
        if len(set(labels[train].tolist())) < 2:
            return None
        model = _head_regression().fit(features[train], labels[train])
        probabilities[np.ix_(held_out, model.classes_)] = model.predict_proba(features[held_out])
    return probabilities


def suspects(probabilities: np.ndarray, labels: np.ndarray) -> list[Suspect]:
    """Rows off the diagonal of the confident joint, the most doubtful first.

    A row counts as class j with confidence where its probability of j reaches the mean that the rows labelled
    j have (Northcutt, Jiang & Chuang, JAIR 2021, Confident learning: estimating uncertainty in dataset labels).
    """
    rows = np.arange(len(labels))
    given = probabilities[rows, labels]
    thresholds = np.array(
        [
            given[labels == label].mean() if (labels == label).any() else np.inf
            for label in range(probabilities.shape[1])
        ]
    )
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    proposed = confident.argmax(axis=1)
    wrong = (confident.max(axis=1) >= 0) & (proposed != labels)
    found = [
        Suspect(int(row), float(given[row]), int(proposed[row]), float(probabilities[row, proposed[row]]))
        for row in rows[wrong]
    ]
    return sorted(found, key=lambda suspect: (suspect.given - suspect.probability, suspect.index))
