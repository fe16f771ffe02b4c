import itertools

import numpy as np
import pytest

from models.labels import BIO, MENTION_TAGS
from models.spans import MENTION_STEPS, SPAN_STEPS, allowed_steps, best_tags, spans_of

TWO_KINDS = ("O", "B-x", "I-x", "B-y", "I-y")


def random_scores(rows: int, length: int, tags: int) -> np.ndarray:
    logits = np.random.default_rng(5).normal(scale=2, size=(rows, length, tags))
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def valid(tags: list[int], names: tuple[str, ...]) -> bool:
    before = "O"
    for tag in tags:
        name = names[tag]
        if name[0] == "I" and (before[0] == "O" or before[1:] != name[1:]):
            return False
        before = name
    return True


def test_an_inside_tag_follows_its_own_kind_only() -> None:
    steps = allowed_steps(TWO_KINDS)
    refused = {(TWO_KINDS[a], TWO_KINDS[b]) for a, b in zip(*np.where(~steps), strict=True)}
    assert refused == {
        ("O", "I-x"),
        ("O", "I-y"),
        ("B-x", "I-y"),
        ("I-x", "I-y"),
        ("B-y", "I-x"),
        ("I-y", "I-x"),
    }


@pytest.mark.parametrize(("names", "steps"), [(BIO, SPAN_STEPS), (MENTION_TAGS, MENTION_STEPS)])
def test_best_tags_are_valid(names: tuple[str, ...], steps: np.ndarray) -> None:
    scores = random_scores(40, 12, len(names))
    found = best_tags(scores, steps)
    assert all(valid(list(row), names) for row in found)
    # The scores do tempt it: read off token by token, some row would be invalid.
    assert not all(valid(list(row), names) for row in scores.argmax(axis=-1))


@pytest.mark.parametrize(("names", "length"), [(BIO, 1), (BIO, 5), (TWO_KINDS, 4)])
def test_best_tags_are_the_best_of_all_valid_ones(names: tuple[str, ...], length: int) -> None:
    scores = random_scores(6, length, len(names))
    found = best_tags(scores, allowed_steps(names))
    every = [tags for tags in itertools.product(range(len(names)), repeat=length) if valid(list(tags), names)]
    for row in range(len(scores)):
        best = max(every, key=lambda tags: scores[row, range(length), tags].sum())
        assert tuple(found[row]) == best


def test_spans_end_where_another_begins_and_at_the_end() -> None:
    tags = [TWO_KINDS.index(name) for name in ("B-x", "I-x", "B-x", "B-y", "I-y", "O", "B-y")]
    assert spans_of(tags, TWO_KINDS) == [(0, 2, "x"), (2, 3, "x"), (3, 5, "y"), (6, 7, "y")]
    assert spans_of([1, 2, 0], BIO) == [(0, 2, "")]
    assert spans_of([], BIO) == []
