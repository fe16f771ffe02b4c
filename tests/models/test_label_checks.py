from pathlib import Path
from typing import Any

import pytest
from tiny_models import write_rows

from models.label_checks import Finding, LabelReport, check_labels, whole_words
from models.registry import Checkpoint, load_checkpoint
from models.stance import StanceModel

TEXT = "Rain fell. Kenya thanked Peru and Chad."
KENYA, PERU, CHAD = [[11, 16]], [[25, 29]], [[34, 38]]


@pytest.fixture(scope="module")
def checkpoint(stance_folder: Path) -> Checkpoint:
    return load_checkpoint(str(stance_folder), StanceModel)


def pair(id_: str, holder: Any = KENYA, target: Any = PERU, stance: Any = "support", **more: Any) -> dict:
    base = {"id": id_, "article": "a", "text": TEXT, "statement": [11, 39], "sentiment": None}
    return base | {"holder": holder, "target": target, "stance": stance} | more


def report(
    folder: Path, checkpoint: Checkpoint, rows: list[dict], against: list[dict] | None = None
) -> LabelReport:
    valid = [write_rows(folder / "valid.jsonl", against)] if against else []
    return check_labels(write_rows(folder / "train.jsonl", rows), valid, checkpoint)


def found(report: LabelReport, check: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.check == check]


def test_clean_rows_give_no_error(tmp_path: Path, checkpoint: Checkpoint) -> None:
    clean = report(tmp_path, checkpoint, [pair("1"), pair("2", None, CHAD, "neutral")])
    assert [finding for finding in clean.findings if finding.level == "error"] == []
    assert clean.rows == 2
    assert clean.classes == {"support": 1, "neutral": 1, "oppose": 0}


def test_unusable_rows_are_named_and_the_rest_is_checked(tmp_path: Path, checkpoint: Checkpoint) -> None:
    path = write_rows(tmp_path / "train.jsonl", [pair("1", stance="for"), pair("2"), pair("3", target=[])])
    path.write_text(path.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    checked = check_labels(path, [], checkpoint)
    assert [(f.level, f.place) for f in found(checked, "row")] == [
        ("error", "train.jsonl:1"),
        ("error", "train.jsonl:3"),
        ("error", "train.jsonl:4"),
    ]
    assert "unknown stance 'for'" in found(checked, "row")[0].problem
    assert checked.rows == 1


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        ((25, 29), (25, 29)),
        ((25, 28), (25, 29)),
        ((26, 29), (25, 29)),
        ((24, 30), (25, 29)),
        ((29, 30), (30, 30)),
        ((9, 11), (9, 10)),
    ],
)
def test_whole_words(span: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert whole_words(TEXT, *span) == wanted


def test_a_span_that_misses_its_word_is_an_error_with_the_right_one(
    tmp_path: Path, checkpoint: Checkpoint
) -> None:
    checked = report(tmp_path, checkpoint, [pair("1", [[12, 16]], [[38, 39]])])
    holder, target = found(checked, "span")
    assert (holder.level, holder.place, holder.id) == ("error", "train.jsonl:1", "1")
    assert holder.problem == "holder [12, 16] marks 'enya', no whole word"
    assert holder.remedy == "did you mean [11, 16], 'Kenya'?"
    assert target.remedy == "mark the words that name the target"


def test_repetitions_and_contradictions(tmp_path: Path, checkpoint: Checkpoint) -> None:
    other = {"text": TEXT[11:], "statement": None, "holder": [[0, 5]], "target": [[14, 18]], "article": "b"}
    rows = [
        pair("1"),
        pair("1", target=CHAD),
        pair("2"),
        pair("3", stance="oppose"),
        pair("4", **other),
        pair("5", **other | {"article": "c"}, stance="neutral"),
        pair("6", scheme="dse", stance="oppose"),
    ]
    checked = report(tmp_path, checkpoint, rows)
    assert [(f.level, f.place) for f in found(checked, "duplicate")] == [
        ("error", "train.jsonl:2"),
        ("error", "train.jsonl:3"),
        ("warning", "train.jsonl:5"),
    ]
    assert [(f.level, f.place) for f in found(checked, "contradiction")] == [
        ("error", "train.jsonl:4"),
        ("error", "train.jsonl:6"),
    ]
    assert "oppose here and support there" in found(checked, "contradiction")[0].problem


def test_leaks_into_validation(tmp_path: Path, checkpoint: Checkpoint) -> None:
    rows = [
        pair("1"),
        pair("2", article="b", text="Xi met Putin.", statement=None, holder=[[0, 2]], target=[[7, 12]]),
    ]
    valid = [
        pair("v", text=TEXT[11:].upper(), statement=None, holder=[[0, 5]], target=[[14, 18]], article="z"),
        pair("w", text="Nato met.", statement=None, holder=None, target=[[0, 4]], article="b"),
    ]
    same, near = found(report(tmp_path, checkpoint, rows, valid), "leak")
    assert (same.level, same.id) == ("error", "1")
    assert "valid.jsonl, v" in same.problem
    assert (near.level, near.id) == ("warning", "2")


def test_a_row_without_label_and_a_rare_class_are_warned_of(tmp_path: Path, checkpoint: Checkpoint) -> None:
    checked = report(tmp_path, checkpoint, [pair("1", stance=None), pair("2", None, CHAD)])
    assert [finding.id for finding in found(checked, "label")] == ["1"]
    assert [finding.problem.split(";")[0] for finding in found(checked, "balance")] == [
        "1 rows are support",
        "0 rows are neutral",
        "0 rows are oppose",
    ]


def test_annotators_who_do_not_agree_are_warned_of(tmp_path: Path, checkpoint: Checkpoint) -> None:
    said = [{"anna": "support", "ben": "oppose"}, {"anna": "oppose", "ben": "support"}]
    rows = [pair(str(index), target=[PERU, CHAD][index], annotators=one) for index, one in enumerate(said)]
    checked = report(tmp_path, checkpoint, rows)
    assert checked.agreement.items == 2
    assert "α of the annotators is -0.50 over 2 rows" in found(checked, "agreement")[0].problem
    bad = report(tmp_path, checkpoint, [pair("1", annotators=["anna"])])
    assert "annotators must map names to labels" in found(bad, "row")[0].problem


def test_a_likely_error_is_found_by_what_the_model_sees(tmp_path: Path, checkpoint: Checkpoint) -> None:
    """The tiny model's features tell two words apart; one row of twenty bears the other word's label."""
    rows = []
    for index in range(20):
        verb = "praised" if index % 2 else "condemned"
        text = f"xi {verb} putin"
        stance = "support" if (index % 2) != (index == 7) else "oppose"
        rows.append(
            pair(str(index), [[0, 2]], [[len(text) - 5, len(text)]], stance)
            | {"text": text, "statement": None, "article": str(index)}
        )
    likely = found(report(tmp_path, checkpoint, rows), "likely error")
    assert [finding.id for finding in likely] == ["7"]
    assert likely[0].level == "warning"
    assert "is oppose" in likely[0].problem


def test_too_few_articles_to_look_for_likely_errors_is_said(tmp_path: Path, checkpoint: Checkpoint) -> None:
    (finding,) = found(report(tmp_path, checkpoint, [pair("1"), pair("2", target=CHAD)]), "likely error")
    assert "too few articles or classes" in finding.problem
