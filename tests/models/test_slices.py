"""Slices of pairs, benchmark scores of public corpora, and the report that holds both."""

from typing import Any

import numpy as np
import pytest

from models.benchmarks import DSE, PLOVER, benchmark_scores
from models.inference import PairScores
from models.pairs import labelled_windows, parse_pair
from models.slices import SLICES, pair_context

CONTEXT = "Kenya met Chad. "
STATEMENT = "“They did not keep Peru waiting,” Kenya said of Chad."
TEXT = CONTEXT + STATEMENT


def at(word: str, start: int = len(CONTEXT)) -> list[int]:
    place = TEXT.index(word, start)
    return [place, place + len(word)]


def values(holder: Any, target: Any) -> dict[str, str]:
    row = {"id": "1", "article": "a", "text": TEXT, "statement": [len(CONTEXT), len(TEXT)]}
    (labelled,) = labelled_windows([parse_pair(row | {"holder": holder, "target": target})])
    context = pair_context(labelled.window, labelled.window.pairs[0])
    return {name: value_of(context) for name, value_of in SLICES.items()}


def test_slices_say_where_a_pair_stands() -> None:
    found = values([at("Kenya")], [at("Peru")])
    assert found == {
        "holder": "in the statement",
        "target": "in the statement",
        "target's form": "name or noun",
        "distance": "up to 40 characters",
        "quotation": "target quoted",
        "negation": "negation",
        "actors": "up to 2 actors",
    }


def test_slices_know_the_author_the_context_and_pronouns() -> None:
    author = values(None, [at("They")])
    assert (author["holder"], author["target's form"]) == ("author", "pronoun")
    assert author["distance"] == "not both in the statement"
    context = values([], [at("Chad", 0)])
    assert (context["holder"], context["target"]) == ("outside the window", "in the context")
    assert values([at("Kenya", 0)], [at("Chad")])["holder"] == "in the context"


def scored(rows: list[dict], chances: list[list[list[float]]]) -> dict[str, float]:
    windows = labelled_windows(parse_pair(row) for row in rows)
    return benchmark_scores(
        windows, [PairScores(np.array(stances), np.zeros((len(stances), 3))) for stances in chances]
    )


def row(number: int, stance: str, scheme: str, turned: bool = False) -> dict:
    first, second = [at("Kenya")], [at("Peru")]
    holder, target = (second, first) if turned else (first, second)
    fields = {"id": f"{number}{turned}", "article": str(number), "text": TEXT, "scheme": scheme}
    return fields | {"holder": holder, "target": target, "stance": stance}


def test_dse_is_scored_as_one_of_five_classes_a_sentence() -> None:
    rows = [
        row(1, "support", DSE),
        row(1, "neutral", DSE, turned=True),
        row(2, "neutral", DSE),
        row(2, "oppose", DSE, turned=True),
    ]
    sure, neutral, against = [0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]
    found = scored(rows, [[sure, neutral], [against, neutral]])
    # The second sentence's stance is given to the wrong direction.
    assert found["dse five classes micro F1"] == 0.5
    assert found["dse five classes macro F1"] == pytest.approx(0.5)


def test_plover_asks_for_cooperation_or_conflict_only() -> None:
    rows = [row(1, "support", PLOVER), row(2, "oppose", PLOVER), row(3, "oppose", PLOVER)]
    found = scored(rows, [[[0.2, 0.7, 0.1]], [[0.1, 0.7, 0.2]], [[0.3, 0.5, 0.2]]])
    assert found == {"plover cooperation/conflict accuracy": pytest.approx(2 / 3)}


def test_our_own_labels_call_for_no_benchmark() -> None:
    assert scored([row(1, "support", "guide")], [[[1.0, 0.0, 0.0]]]) == {}
