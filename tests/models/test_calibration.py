"""Temperatures and calibration errors against values made by hand."""

import numpy as np
import pytest

from models.bootstrap import paired_comparison, resamples, score_interval
from models.calibration import calibration, fit_temperature


def test_the_temperature_of_an_overconfident_head_is_found() -> None:
    random = np.random.default_rng(0)
    chances = random.dirichlet([1, 1, 1], size=4000)
    gold = np.array([random.choice(3, p=row) for row in chances])
    # The logits of a head that is three times too sure.
    assert fit_temperature(3 * np.log(chances), gold) == pytest.approx(3, rel=0.1)


def test_no_label_leaves_the_temperature_at_one() -> None:
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=int)) == 1.0


def test_calibration_error_is_the_gap_by_bin() -> None:
    chances = np.array([[0.95, 0.05, 0.0]] * 4 + [[0.45, 0.55, 0.0]] * 2)
    found = calibration(chances, np.array([0, 0, 0, 1, 1, 0]))
    assert [(one.items, one.accuracy) for one in found.bins] == [(2, 0.5), (4, 0.75)]
    assert found.ece == pytest.approx((4 * 0.2 + 2 * 0.05) / 6)


def test_a_certain_item_falls_into_the_last_bin() -> None:
    (only,) = calibration(np.array([[1.0, 0.0, 0.0]]), np.array([0])).bins
    assert (only.high, only.items) == (1.0, 1)


def _accuracy(gold: np.ndarray, found: np.ndarray) -> float:
    return float((gold == found).mean())


def test_resampling_keeps_articles_whole() -> None:
    for rows in resamples(["a", "b", "a", "c"], rounds=20):
        counts = np.bincount(rows, minlength=4)
        assert counts[0] == counts[2]
        assert counts[[0, 1, 3]].sum() == 3


def test_intervals_hold_the_score_and_repeat() -> None:
    random = np.random.default_rng(1)
    gold = random.integers(3, size=200)
    found = np.where(random.random(200) < 0.8, gold, (gold + 1) % 3)
    groups = [str(index // 5) for index in range(200)]
    first = score_interval(_accuracy, gold, found, groups)
    assert first.low < _accuracy(gold, found) < first.high
    assert first == score_interval(_accuracy, gold, found, groups)


def test_a_better_model_wins_the_paired_comparison() -> None:
    gold = np.zeros(100, dtype=int)
    old, new = gold.copy(), gold.copy()
    old[:40], new[:10] = 1, 1
    better = paired_comparison(_accuracy, gold, old, new, [str(index) for index in range(100)])
    assert better.difference == pytest.approx(0.3)
    assert better.wins == 1.0
    assert better.interval.low > 0
    same = paired_comparison(_accuracy, gold, old, old, [str(index) for index in range(100)])
    assert (same.difference, same.wins) == (0.0, 0.0)
