import numpy as np
import pytest

from models.leaks import text_key
from models.metrics import macro_f1, span_scores


def test_macro_f1_is_the_mean_over_the_classes_of_gold() -> None:
    gold, predicted = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(gold, predicted, 3) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_a_class_that_is_never_found_counts_as_zero() -> None:
    assert macro_f1(np.array([0, 1, 2]), np.array([0, 1, 1]), 3) == pytest.approx((1 + 2 / 3 + 0) / 3)


def test_span_scores_match_within_each_text_only() -> None:
    scores = span_scores([{(0, 1), (2, 3)}, {(5, 6)}], [{(0, 1), (5, 6)}, set()])
    assert (scores.precision, scores.support) == (0.5, 3)
    assert scores.recall == pytest.approx(1 / 3)
    assert scores.f1 == pytest.approx(0.4)


def test_span_scores_are_zero_where_nothing_is_there() -> None:
    scores = span_scores([set()], [set()])
    assert (scores.precision, scores.recall, scores.f1, scores.support) == (0.0, 0.0, 0.0, 0)


def test_a_text_key_sees_words_alone() -> None:
    assert text_key("“We won’t,” he  said.") == text_key('"WE WON\'T" he said')
    assert text_key("We will") != text_key("We will not")
    assert text_key("\ud83d") == text_key("\ud83d ")
