"""What a model must beat: the most frequent label, and TF-IDF with logistic regression."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

FOLDS = 5


def majority(gold: np.ndarray) -> np.ndarray:
    """The most frequent label of ``gold``, for every item."""
    return np.full_like(gold, np.bincount(gold).argmax())


def tfidf_regression(texts: Sequence[str], gold: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """Out-of-fold labels of a logistic regression on TF-IDF words and word pairs, split by group.

    The baseline learns from the evaluated file itself, `FOLDS`-fold and never within one article, which
    flatters it beside a model that has seen none of it. Where there is too little to learn from (one group,
    no word twice, a fold of one class) it falls back on the majority.
    """
    folds = min(FOLDS, len(set(groups)))
    if folds < 2 or len(set(gold.tolist())) < 2:
        return majority(gold)
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"),
        LogisticRegression(max_iter=1000, class_weight="balanced"),
    )
    try:
        return cross_val_predict(model, list(texts), gold, groups=list(groups), cv=GroupKFold(folds))
    except ValueError:  # An empty vocabulary or a single class in a fold, as scikit-learn says it.
        return majority(gold)
