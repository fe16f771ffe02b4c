"""Each tool takes a project and gives it back; exports are written here as the tools' documentation shows them."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from models.pairs import PairLabel, parse_pair
from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.labelling import doccano, label_studio, spreadsheet
from pipeline.labelling.answers import ANSWERS, Answer, packed
from pipeline.labelling.items import Item
from pipeline.printable import inert

EXPORT = Path(__file__).parent / "label_studio_export.json"
TEXT = '=HYPERLINK("x") said Cuba. 🎈 Kenya thanked “Peru”, it said.'
START = TEXT.index("🎈")


def span(word: str) -> list[int]:
    return [TEXT.index(word), TEXT.index(word) + len(word)]


IT = [TEXT.index("it said"), TEXT.index("it said") + 2]


def pair(id_: str, holder: Any = ..., **more: Any) -> PairLabel:
    row = {
        "id": id_,
        "article": "a",
        "text": TEXT,
        "statement": [START, len(TEXT)],
        "holder": [span("Kenya"), IT] if holder is ... else holder,
        "target": [span("Peru")],
        "speaks": True,
    }
    return parse_pair(row | more)


ITEMS = [
    Item(pair("1"), "Kenya", "Peru", "support", 0.61234),
    Item(pair("2", None), "(the article)", "Peru", "neutral", 0.5),
]


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_label_studio_config_asks_for_every_answer_and_fetches_nothing() -> None:
    view = ElementTree.fromstring(label_studio.labelling_config())
    assert [choice.get("value") for choice in view.iter("Choice")] == list(ANSWERS)
    assert [label.get("value") for label in view.iter("Label")] == ["Holder", "Target"]
    assert {text.get("valueType") for text in view.iter("Text")} == {"text"}
    names = [element.get("name") for element in view.iter() if element.get("name")]
    assert len(names) == len(set(names))
    keys = [choice.get("hotkey") for choice in view.iter("Choice")]
    assert len(set(keys)) == len(ANSWERS)


def test_label_studio_tasks_carry_marks_and_the_suggestion(tmp_path: Path) -> None:
    tasks_path, _ = label_studio.write_project(ITEMS, tmp_path, "stance@01234567")
    first, second = json.loads(tasks_path.read_text(encoding="utf-8"))
    assert first["data"]["statement"] == TEXT[START:]
    assert first["data"]["question"] == "Which stance does Kenya take toward Peru in the statement?"
    (prediction,) = first["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("stance@01234567", 0.6123)
    *regions, choice = prediction["result"]
    assert [(r["value"]["labels"], r["value"]["text"]) for r in regions] == [
        (["Holder"], "Kenya"),
        (["Holder"], "it"),
        (["Target"], "Peru"),
    ]
    assert choice["value"] == {"choices": ["support"]}
    assert [r["value"]["labels"] for r in second["predictions"][0]["result"][:-1]] == [["Target"]]


def task(*annotations: dict[str, Any], item: PairLabel | None = None) -> dict[str, Any]:
    return {"id": 7, "data": {"pair": packed(item or pair("1"))}, "annotations": list(annotations)}


def annotation(answer: str | None, *marks: dict[str, Any], by: Any = 1, **more: Any) -> dict[str, Any]:
    chosen = [{"from_name": "stance", "type": "choices", "value": {"choices": [answer]}}] if answer else []
    regions = [{"from_name": "actor", "type": "labels", "value": mark} for mark in marks]
    return {"completed_by": by, "was_cancelled": False, "result": [*regions, *chosen], **more}


def mark(word: str, label: str, shift: int = 0) -> dict[str, Any]:
    start, end = span(word)
    return {"start": start + shift, "end": end + shift, "text": word, "labels": [label]}


def exported(folder: Path, *tasks: Any) -> list[Answer | Reject]:
    path = folder / "export.json"
    path.write_text(json.dumps(list(tasks)), encoding="utf-8")
    return list(label_studio.read_export(path))


def test_label_studio_answers_keep_their_annotator_and_marks(tmp_path: Path) -> None:
    first, second, third = exported(
        tmp_path,
        task(
            annotation("oppose"),
            annotation("support", mark("Kenya", "Holder"), by={"id": 2, "email": "ben@example.com"}),
            # Some versions count a balloon as two.
            annotation("support", mark("Peru", "Target", shift=1), by=3),
        ),
    )
    assert (first.annotator, first.answer, first.pair) == ("1", "oppose", pair("1"))
    assert (second.annotator, second.pair.holder) == ("ben@example.com", (tuple(span("Kenya")),))
    assert second.pair.target == pair("1").target
    assert third.pair.target == pair("1").target


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (annotation("support", was_cancelled=True), "1: was skipped"),
        (annotation(None), "1: has no answer"),
        (annotation("maybe"), "1: has the unknown answer 'maybe'; choose from: support"),
        (
            annotation("support", mark("Peru", "Target", shift=3)),
            "1: the mark [47, 51] misses its word 'Peru'",
        ),
        (annotation("support", {"labels": ["Holder"]}), "1: is not as Label Studio exports it"),
        ({"completed_by": 1, "result": [{"from_name": "stance"}]}, "1: is not as Label Studio exports it"),
    ],
)
def test_what_is_no_answer_in_label_studio_is_a_reject(
    tmp_path: Path, given: dict[str, Any], reason: str
) -> None:
    (reject,) = exported(tmp_path, task(given))
    assert (reject.place, reject.id) == ("export.json, task 7", "1")
    assert reject.reason.startswith(reason)


def test_tasks_without_annotation_or_pair_are_rejects(tmp_path: Path) -> None:
    none, foreign, holder = exported(
        tmp_path,
        task(),
        {"id": 8, "data": {"text": "x"}, "annotations": [annotation("support")]},
        task(annotation("support", mark("Kenya", "Holder")), item=pair("2", None)),
    )
    assert none.reason == "nobody has annotated it"
    assert foreign.reason.startswith("does not carry its pair")
    assert "about the article's own voice; unmark it" in holder.reason


@pytest.mark.parametrize("content", ["{", "{}", '[{"text": "JSON-MIN"}]'])
def test_another_file_is_no_label_studio_export(tmp_path: Path, content: str) -> None:
    (tmp_path / "export.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"export\.json: is no .*export the project as JSON"):
        list(label_studio.read_export(tmp_path / "export.json"))


def test_doccano_items_have_spans_and_leave_the_category_open(tmp_path: Path) -> None:
    items, spans, categories = doccano.write_project(ITEMS, tmp_path, "stance@01234567")
    first, second = map(json.loads, items.read_text(encoding="utf-8").splitlines())
    assert first["text"] == TEXT
    assert first["entities"] == [
        [*span("Kenya"), "holder"],
        [*IT, "holder"],
        [*span("Peru"), "target"],
    ]
    assert first["cats"] == second["cats"] == []
    assert second["entities"] == [[*span("Peru"), "target"]]
    assert [kind["text"] for kind in json.loads(spans.read_text())] == ["holder", "target"]
    assert [kind["text"] for kind in json.loads(categories.read_text())] == list(ANSWERS)


def test_doccano_answers_come_back_from_a_file_an_annotator(tmp_path: Path) -> None:
    """An export has doccano's own id, the metadata, entities and cats; who did not import has no entities."""
    meta = {"id": 31, "text": TEXT, "question": "Kenya → Peru", "pair": packed(pair("1")), "Comments": []}
    rows = [
        meta | {"entities": [[*span("Kenya"), "holder"]], "cats": ["support"]},
        meta | {"entities": [], "cats": ["neutral"]},
        meta | {"entities": [], "cats": []},
        meta | {"entities": [], "cats": ["support", "oppose"]},
        meta | {"entities": [], "cats": ["support"], "text": "changed"},
        meta | {"entities": [[1]], "cats": ["support"]},
        meta | {"entities": [[0, 999, "target"]], "cats": ["support"]},
        {"id": 1, "text": "x", "cats": ["support"]},
        ["no object"],
    ]
    path = tmp_path / "anna.jsonl"
    path.write_text(lines(*rows) + "{\n", encoding="utf-8")
    first, second, *rejects = doccano.read_export(path)
    assert (first.annotator, first.answer, first.pair.holder) == ("anna", "support", (tuple(span("Kenya")),))
    assert second.pair == pair("1")
    assert [(reject.place, reject.reason[:24]) for reject in rejects] == [
        ("anna.jsonl:3", "has no answer; choose on"),
        ("anna.jsonl:4", "has several answers (sup"),
        ("anna.jsonl:5", "its text was changed in "),
        ("anna.jsonl:6", "is not as doccano export"),
        ("anna.jsonl:7", "the mark [0, 999] lies o"),
        ("anna.jsonl:8", "does not carry its pair;"),
        ("anna.jsonl:9", "does not carry its pair;"),
        ("anna.jsonl:10", "is no JSON (Expecting pr"),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", '"=', "＝", "'="])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    assert inert(f"{start}cmd") == f"'{start}cmd"


def test_other_cells_stay_as_they_are() -> None:
    for cell in ("", "Kenya = Peru", "“Peru”", "5-1", "(x)", "'tis"):
        assert inert(cell) == cell


def filled(path: Path, *answers: tuple[str, str], delimiter: str = ",") -> str:
    """The sheet as a spreadsheet would save it, with answers and annotators filled in."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row, (answer, annotator) in zip(rows, answers, strict=True):
        row |= {"stance": answer, "annotator": annotator}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_comes_back_filled_in(tmp_path: Path, delimiter: str) -> None:
    (sheet,) = spreadsheet.write_project(ITEMS, tmp_path, "stance@01234567")
    cells = next(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    assert cells["statement"] == "🎈 [H: Kenya] thanked “[T: Peru]”, [H: it] said."
    assert cells["context"].startswith("'=HYPERLINK")
    assert cells["suggestion"] == "support (0.61, stance@01234567)"
    saved = tmp_path / "team.csv"
    saved.write_text(
        filled(sheet, (" Support", "Anna"), ("neutral", ""), delimiter=delimiter), encoding="utf-8"
    )
    first, second = spreadsheet.read_export(saved)
    assert (first.pair, first.annotator, first.answer) == (pair("1"), "Anna", "support")
    assert (second.pair, second.annotator) == (pair("2", None), "team")


def test_cells_left_open_or_broken_are_rejects(tmp_path: Path) -> None:
    (sheet,) = spreadsheet.write_project(ITEMS, tmp_path, "m")
    saved = tmp_path / "team.csv"
    saved.write_text(
        filled(sheet, ("", ""), ("good", "")).replace('""article"": ""a""', "", 1), encoding="utf-8"
    )
    broken, unknown = spreadsheet.read_export(saved)
    assert broken.reason.startswith("the column pair was changed")
    assert (unknown.id, unknown.place) == ("2", "team.csv:3")
    assert "unknown answer 'good'" in unknown.reason
    saved.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"team\.csv: has no column pair, stance"):
        list(spreadsheet.read_export(saved))


def test_the_export_of_a_real_label_studio_server_is_read() -> None:
    """What Label Studio 1.23.2 gave `test_label_studio_server`: two annotators, one of whom skipped the second."""
    first, second, third, skipped = label_studio.read_export(EXPORT)
    assert [(one.pair, one.annotator, one.answer) for one in (first, second, third)] == [
        (pair("1"), "1", "support"),
        (pair("1"), "2", "support"),
        (pair("2", None), "1", "neutral"),
    ]
    assert (skipped.id, skipped.reason) == ("2", "2: was skipped")
