from typing import Any

from models.labels import IGNORED
from models.pairs import AUTHOR_INDEX, PairLabel, candidate_pairs, labelled_windows, parse_pair

TEXT = "Kenya is big. Kenya thanked Peru and Chad."
KENYA, PERU, CHAD = [[0, 5], [14, 19]], [[28, 32]], [[37, 41]]


def pair(holder: Any, target: Any, **fields: Any) -> PairLabel:
    base = {"id": "p", "article": "a", "text": TEXT, "statement": [14, 42]}
    return parse_pair(base | {"holder": holder, "target": target} | fields)


def test_pairs_of_one_statement_share_a_window() -> None:
    (labelled,) = labelled_windows(
        [
            pair(KENYA, PERU, id="1", stance="support", speaks=True),
            pair(KENYA, CHAD, id="2", stance="oppose", weight=0.5, speaks=True),
            pair(None, KENYA, id="3", sentiment="negative"),
        ]
    )
    window = labelled.window
    assert window.actors == (((0, 5), (14, 19)), ((28, 32),), ((37, 41),))
    assert window.pairs == ((0, 1), (0, 2), (AUTHOR_INDEX, 0))
    assert window.speakers == {0}
    assert window.statement == (14, 42)
    assert labelled.stances == (0, 2, IGNORED)
    assert labelled.sentiments == (IGNORED, IGNORED, 2)
    assert labelled.weights == (1.0, 0.5, 1.0)
    assert labelled.ids == ("1", "2", "3")


def test_windows_differ_by_article_text_and_statement_and_keep_their_order() -> None:
    labels = [
        pair(KENYA, PERU, id="1"),
        pair(KENYA, PERU, id="2", statement=None),
        pair(KENYA, CHAD, id="3"),
        pair(KENYA, PERU, id="4", article="b"),
    ]
    assert [window.ids for window in labelled_windows(labels)] == [("1", "3"), ("2",), ("4",)]


def test_training_fits_the_soft_label_where_there_is_one() -> None:
    (labelled,) = labelled_windows(
        [
            pair(KENYA, PERU, stance="support", soft_stance=[0.6, 0.3, 0.1]),
            pair(KENYA, CHAD, stance="oppose"),
            pair(PERU, CHAD, soft_sentiment=[0.0, 1.0, 0.0]),
        ]
    )
    assert labelled.stance_targets == ((0.6, 0.3, 0.1), (0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    assert labelled.sentiment_targets == ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def test_a_holder_without_a_mention_is_not_the_author() -> None:
    (labelled,) = labelled_windows([pair([], PERU)])
    assert labelled.window.actors == ((), ((28, 32),))
    assert labelled.window.pairs == ((0, 1),)


def test_candidates_are_ordered_pairs_then_the_author() -> None:
    assert candidate_pairs(["x", "y", "x"], [], ["x", "y"], "me") == [
        ("x", "y"),
        ("y", "x"),
        ("me", "x"),
        ("me", "y"),
    ]


def test_a_speaker_outside_the_statement_holds_and_is_no_target() -> None:
    assert candidate_pairs(["x"], ["s"], ["x"], "me") == [("s", "x"), ("me", "x")]


def test_context_actors_are_targets_of_those_inside_and_hold_nothing() -> None:
    pairs = candidate_pairs(["x"], ["s"], ["c", "x"], "me")
    assert pairs == [("x", "c"), ("s", "x"), ("s", "c"), ("me", "x")]


def test_the_author_is_never_a_target_and_holds_once() -> None:
    assert candidate_pairs(["me", "x"], ["me"], ["me", "x"], "me") == [("me", "x")]
    assert candidate_pairs([], ["me"], ["c"], "me") == []
