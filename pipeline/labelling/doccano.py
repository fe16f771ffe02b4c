"""doccano: JSONL of a project for intent detection and slot filling, whose items have spans and a category.

An item is a pair: the statement with its context, holder and target as spans, the answer as category. What
else an item holds is metadata, which doccano shows beside the text and exports again. Format:
https://doccano.github.io/doccano/ and the examples that the import page of such a project shows.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from models.errors import LabelError
from pipeline.io.read import Reject
from pipeline.io.write import json_line
from pipeline.labelling.answers import (
    ANSWERS,
    Answer,
    checked_answer,
    json_lines,
    packed,
    unpacked,
    with_marks,
)
from pipeline.labelling.items import Item

ITEMS, SPANS, CATEGORIES = "items.jsonl", "span-types.json", "category-types.json"
HOLDER, TARGET = "holder", "target"
_COLOURS = {
    HOLDER: "#1b6ac9",
    TARGET: "#c9461b",
    "support": "#2e7d32",
    "neutral": "#616161",
    "oppose": "#c62828",
    "arguable": "#6a1b9a",
    "unusable": "#263238",
}


def write_project(items: Sequence[Item], folder: Path, model: str) -> list[Path]:
    """Writes the items and the label types to import. No category is filled in: doccano could not tell it
    from an answer."""
    paths = [folder / name for name in (ITEMS, SPANS, CATEGORIES)]
    rows = "".join(json_line(_row(item, model)) for item in items)
    paths[0].write_text(rows, encoding="utf-8", newline="\n")
    for path, names in zip(paths[1:], ((HOLDER, TARGET), ANSWERS), strict=True):
        types = [_label_type(name, str(key)) for key, name in enumerate(names, 1)]
        path.write_text(json.dumps(types, indent=2) + "\n", encoding="utf-8", newline="\n")
    return paths


def _row(item: Item, model: str) -> dict[str, Any]:
    pair = item.pair
    return {
        "text": pair.text,
        "entities": [
            [start, end, name]
            for name, spans in ((HOLDER, pair.holder or ()), (TARGET, pair.target))
            for start, end in spans
        ],
        "cats": [],
        "question": f"{item.holder} → {item.target}",
        "statement": pair.text[slice(*pair.statement)],
        "suggestion": f"{item.suggestion} ({item.probability:.2f}, {model})",
        "pair": packed(pair),
    }


def _label_type(name: str, key: str) -> dict[str, Any]:
    return {
        "text": name,
        "prefix_key": None,
        "suffix_key": key,
        "background_color": _COLOURS[name],
        "text_color": "#ffffff",
    }


def read_export(path: Path) -> Iterator[Answer | Reject]:
    """The answers in one annotator's JSONL export, which bears their name, and what is none.

    Raises:
        InputError: on iteration, the file cannot be read.
    """
    for place, row in json_lines(path):
        id_ = None
        try:
            if isinstance(row, LabelError):
                raise row
            pair = unpacked(row.get("pair") if isinstance(row, dict) else None)
            id_ = pair.id
            if row.get("text") != pair.text:
                raise LabelError("its text was changed in doccano; import the item anew")
            marks = {
                name: [
                    (int(start), int(end)) for start, end, label in row.get("entities") or () if label == name
                ]
                for name in (HOLDER, TARGET)
            }
            yield Answer(
                place,
                with_marks(pair, marks[HOLDER], marks[TARGET]),
                path.stem,
                checked_answer(row.get("cats") or []),
            )
        except LabelError as problem:
            yield Reject(place, str(problem), id_)
        except (TypeError, ValueError, AttributeError) as problem:
            yield Reject(place, f"is not as doccano exports it ({problem}); export the project again", id_)
