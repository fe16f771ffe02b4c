from dataclasses import replace

import pytest

from models.pairs import PairLabel, parse_pair
from pipeline.labelling.answers import Answer, decide

TEXT = "Kenya thanked Peru."
PAIR = parse_pair(
    {"id": "1", "article": "a", "text": TEXT, "holder": [[0, 5]], "target": [[14, 18]], "speaks": True}
)
WIDER = replace(PAIR, target=((6, 18),))


def answers(*given: tuple[str, str] | tuple[str, str, PairLabel]) -> list[Answer]:
    return [Answer("x:1", (*rest, PAIR)[0], name, answer) for name, answer, *rest in given]


def label_of(*given: tuple, adjudicator: str | None = None) -> str | None:
    (decided,), rejects = decide(answers(*given), adjudicator)
    assert rejects == []
    return decided.pair.stance


def reason(*given: tuple, adjudicator: str | None = None) -> str:
    decided, (reject,) = decide(answers(*given), adjudicator)
    assert decided == []
    assert (reject.place, reject.id) == ("x:1", "1")
    return reject.reason


def test_one_answer_is_the_label_and_who_gave_it_is_kept() -> None:
    (decided,), _ = decide(answers(("anna", "support")))
    assert decided.row() == {
        "id": "1",
        "article": "a",
        "text": TEXT,
        "statement": (0, 19),
        "holder": ((0, 5),),
        "target": ((14, 18),),
        "speaks": True,
        "stance": "support",
        "sentiment": None,
        "annotators": {"anna": "support"},
    }
    assert parse_pair(decided.row()) == replace(PAIR, stance="support")


def test_most_votes_decide() -> None:
    assert label_of(("a", "support"), ("b", "oppose"), ("c", "support")) == "support"
    assert label_of(("a", "support"), ("b", "arguable"), ("c", "oppose"), ("d", "oppose")) == "oppose"


def test_a_tie_goes_to_the_rejects_with_what_each_said() -> None:
    assert reason(("ben", "oppose"), ("anna", "support")) == (
        "no answer has more votes than every other (anna: support, ben: oppose); adjudicate it"
    )


def test_the_adjudicator_decides_against_any_number() -> None:
    given = ("a", "support"), ("b", "support"), ("judge", "neutral")
    assert label_of(*given, adjudicator="judge") == "neutral"
    assert label_of(*given[:2], adjudicator="judge") == "support"


@pytest.mark.parametrize("answer", ["arguable", "unusable"])
def test_what_is_not_trained_on_is_rejected_by_its_reason(answer: str) -> None:
    assert reason(("a", answer)) == f"is {answer}, which is not trained on"


def test_marks_are_voted_on_among_those_who_gave_the_label() -> None:
    (decided,), _ = decide(
        answers(("a", "support", WIDER), ("b", "support", WIDER), ("c", "support"), ("d", "oppose"))
    )
    assert decided.pair.target == WIDER.target
    assert "mark different words; adjudicate" in reason(("a", "support"), ("b", "support", WIDER))
    (judged,), _ = decide(answers(("a", "support"), ("b", "support", WIDER)), "a")
    assert judged.pair.target == PAIR.target


def test_an_annotator_counts_once() -> None:
    assert label_of(("a", "support"), ("a", "support")) == "support"
    assert reason(("a", "support"), ("a", "oppose")) == (
        "a answers twice, support and oppose; keep one of the two"
    )


def test_one_id_with_two_texts_is_no_pair() -> None:
    moved = replace(PAIR, text=TEXT + " ")
    assert "the same id stands with different texts" in reason(("a", "support"), ("b", "support", moved))


def test_pairs_keep_the_order_of_their_first_answer() -> None:
    given = [
        Answer("x:1", replace(PAIR, id=id_), name, "neutral")
        for id_, name in (("2", "a"), ("1", "a"), ("2", "b"))
    ]
    decided, _ = decide(given)
    assert [one.pair.id for one in decided] == ["2", "1"]
    assert decided[0].annotators == {"a": "neutral", "b": "neutral"}
