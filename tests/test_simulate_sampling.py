"""Labels needed by sampling strategies, by simulation."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def simulation(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("simulate_sampling")


def test_labels_needed_for_the_f1_of_random(simulation: ModuleType) -> None:
    sizes = [50, 100, 150]
    random, other = np.array([0.3, 0.4, 0.35]), np.array([0.3, 0.5, 0.6])
    # Random's best so far counts: 0.4 at 150 labels too, halfway between 0.3 and 0.5.
    assert simulation.labels_needed(sizes, random, other) == [50, 75, 75]
    assert simulation.labels_needed(sizes, other, random) == [50, None, None]


@pytest.mark.parametrize("strategy", ["random", "uncertainty", "uncertainty, clustered"])
def test_a_curve_has_a_score_for_each_number_of_labels(simulation: ModuleType, strategy: str) -> None:
    random = np.random.default_rng(0)
    gold = random.integers(0, 3, 240)
    features = np.eye(3)[gold] * 4 + random.normal(size=(240, 3))
    articles = np.array([str(index % 24) for index in range(240)])
    scores = simulation.curve(features, gold, articles, strategy, [20, 30, 40], seed=1)
    assert len(scores) == 3
    assert min(scores) > 0.6
    assert scores == simulation.curve(features, gold, articles, strategy, [20, 30, 40], seed=1)
