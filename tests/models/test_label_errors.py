import numpy as np

from models.label_errors import out_of_fold, suspects

CLASSES = 3


def clouds(per_class: int = 40) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Three clouds far from one another, their labels, and ten groups that each hold some of every class."""
    labels = np.repeat(np.arange(CLASSES), per_class)
    centres = 6 * np.eye(CLASSES)[labels]
    features = centres + np.random.default_rng(0).normal(size=centres.shape)
    return features, labels, [str(index % 10) for index in range(len(labels))]


def test_flipped_labels_are_found_most_doubtful_first() -> None:
    features, labels, groups = clouds()
    flipped = [3, 50, 100]
    labels[flipped] = (labels[flipped] + 1) % CLASSES
    probabilities = out_of_fold(features, labels, groups, CLASSES)
    assert probabilities is not None
    assert np.allclose(probabilities.sum(axis=1), 1)
    found = suspects(probabilities, labels)
    assert {suspect.index for suspect in found[:3]} == set(flipped)
    assert all(suspect.proposed == (labels[suspect.index] - 1) % CLASSES for suspect in found[:3])
    doubts = [suspect.given - suspect.probability for suspect in found]
    assert doubts == sorted(doubts)


def test_a_row_is_judged_by_other_groups_only() -> None:
    features, labels, groups = clouds()
    # A group of its own far off, labelled like nothing near it: its own label must not teach it.
    features = np.vstack([features, np.tile([[0.0, 0.0, 9.0]], (5, 1))])
    labels = np.append(labels, [0] * 5)
    probabilities = out_of_fold(features, labels, [*groups, *["own"] * 5], CLASSES)
    assert probabilities is not None
    assert (probabilities[-5:].argmax(axis=1) == 2).all()


def test_too_little_to_learn_from_gives_none() -> None:
    features, labels, groups = clouds()
    assert out_of_fold(features, labels, ["one"] * len(labels), CLASSES) is None
    assert out_of_fold(features, np.zeros_like(labels), groups, CLASSES) is None


def test_each_class_has_its_own_threshold() -> None:
    # Rows labelled 1 reach 0.4 on average: 0.45 is confident for class 1, 0.55 is not for class 0.
    probabilities = np.array([[0.9, 0.1], [0.95, 0.05], [0.55, 0.45], [0.6, 0.4], [0.6, 0.4]])
    labels = np.array([0, 0, 0, 1, 1])
    assert [(s.index, s.proposed) for s in suspects(probabilities, labels)] == [(2, 1)]
