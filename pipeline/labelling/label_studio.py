"""Label Studio: tasks with the model's suggestion as prediction, the labelling config, and its JSON export.

An item is a task: the text with holder and target marked as regions, which annotators may correct, and one
choice. Formats: https://labelstud.io/guide/task_format.html and …/guide/predictions.html.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from models.errors import LabelError
from models.pairs import PairLabel, Spans
from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.labelling.answers import (
    ANSWERS,
    Answer,
    checked_answer,
    packed,
    read_text,
    unpacked,
    with_marks,
)
from pipeline.labelling.items import Item

TASKS, CONFIG = "tasks.json", "config.xml"
_COLOURS = {"Holder": "#1b6ac9", "Target": "#c9461b"}
_MARKS, _TEXT, _STANCE = "actor", "text", "stance"


def write_project(items: Sequence[Item], folder: Path, model: str) -> list[Path]:
    """Writes the files to import into a new Label Studio project: tasks, and the config of its interface."""
    tasks, config = folder / TASKS, folder / CONFIG
    rows = [_task(item, model) for item in items]
    tasks.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    config.write_text(labelling_config(), encoding="utf-8", newline="\n")
    return [tasks, config]


def labelling_config() -> str:
    """The interface: the judged statement, the same in its context with marks, and the question."""
    view = ElementTree.Element("View")

    def add(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(parent, tag, attributes)

    add(view, "Header", value="Judge this statement", size="5")
    # Without a value type, Label Studio fetches a text that looks like an address.
    add(view, "Text", name="statement", value="$statement", valueType="text")
    add(view, "Header", value="In its context", size="5")
    marks = add(view, "Labels", name=_MARKS, toName=_TEXT)
    for label, colour in _COLOURS.items():
        add(marks, "Label", value=label, background=colour)
    add(view, "Text", name=_TEXT, value="$text", valueType="text", granularity="word")
    add(view, "Header", value="$question", size="4")
    stance = add(
        view, "Choices", name=_STANCE, toName=_TEXT, choice="single", required="true", showInline="true"
    )
    for hotkey, answer in enumerate(ANSWERS, 3):
        add(stance, "Choice", value=answer, hotkey=str(hotkey))
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def _task(item: Item, model: str) -> dict[str, Any]:
    pair = item.pair
    regions = [
        _region(f"{label.lower()}-{index}", pair.text, span, label)
        for label, spans in (("Holder", pair.holder or ()), ("Target", pair.target))
        for index, span in enumerate(spans)
    ]
    choice = {
        "id": _STANCE,
        "from_name": _STANCE,
        "to_name": _TEXT,
        "type": "choices",
        "value": {"choices": [item.suggestion]},
    }
    return {
        "data": {
            "text": pair.text,
            "statement": pair.text[slice(*pair.statement)],
            "question": f"Which stance does {item.holder} take toward {item.target} in the statement?",
            "pair": packed(pair),
        },
        "predictions": [
            {"model_version": model, "score": round(item.probability, 4), "result": [*regions, choice]}
        ],
    }


def _region(id_: str, text: str, span: tuple[int, int], label: str) -> dict[str, Any]:
    start, end = span
    return {
        "id": id_,
        "from_name": _MARKS,
        "to_name": _TEXT,
        "type": "labels",
        "value": {"start": start, "end": end, "text": text[start:end], "labels": [label]},
    }


def read_export(path: Path) -> Iterator[Answer | Reject]:
    """The answers in a JSON export (not JSON-MIN), several annotators an item, and what is none.

    Raises:
        InputError: on iteration, the file is no such export.
    """
    try:
        tasks = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: is no JSON ({error}); export the project as JSON") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "data" in task for task in tasks):
        raise InputError(
            f"{path}: is no list of Label Studio tasks; export the project as JSON, not JSON-MIN"
        )
    for number, task in enumerate(tasks, 1):
        place = f"{path.name}, task {task.get('id', number)}"
        try:
            pair = unpacked(task["data"].get("pair"))
        except LabelError as problem:
            yield Reject(place, str(problem))
            continue
        annotations = task.get("annotations") or []
        if not annotations:
            yield Reject(place, "nobody has annotated it", pair.id)
        for annotation in annotations:
            yield _answer(place, pair, annotation)


def _answer(place: str, pair: PairLabel, annotation: dict[str, Any]) -> Answer | Reject:
    annotator = _annotator(annotation.get("completed_by"))
    try:
        if annotation.get("was_cancelled"):
            raise LabelError("was skipped")
        results = annotation.get("result") or []
        chosen = [
            choice
            for result in results
            if result.get("from_name") == _STANCE
            for choice in result["value"]["choices"]
        ]
        return Answer(
            place,
            with_marks(pair, _marked(pair.text, results, "Holder"), _marked(pair.text, results, "Target")),
            annotator,
            checked_answer(chosen),
        )
    except LabelError as problem:
        return Reject(place, f"{annotator}: {problem}", pair.id)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        return Reject(place, f"{annotator}: is not as Label Studio exports it ({problem!r})", pair.id)


def _annotator(completed_by: Any) -> str:
    """The name that an export gives: an id, or an object with an address where users are expanded."""
    if isinstance(completed_by, dict):
        return str(completed_by.get("email") or completed_by.get("id"))
    return str(completed_by)


def _marked(text: str, results: Sequence[dict[str, Any]], label: str) -> Spans:
    spans = []
    for result in results:
        value = result.get("value", {})
        if result.get("from_name") == _MARKS and label in value.get("labels", ()):
            spans.append(_span(text, value))
    return tuple(spans)


def _span(text: str, value: dict[str, Any]) -> tuple[int, int]:
    """The offsets of a region: Label Studio counts in code points, some versions in UTF-16 units."""
    start, end, words = int(value["start"]), int(value["end"]), value.get("text")
    for left, right in ((start, end), (_code_points(text, start), _code_points(text, end))):
        if words is None or text[left:right] == words:
            return left, right
    raise LabelError(f"the mark [{start}, {end}] misses its word {words!r}; mark it again")


def _code_points(text: str, units: int) -> int:
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))
