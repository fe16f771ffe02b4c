"""A CSV for a spreadsheet: one item a row, the answer to fill in.

News text may begin as a formula does: such cells get an apostrophe in front. What is read back is the column
``pair`` alone, beside the answer.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.errors import LabelError
from models.pairs import PairLabel
from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.labelling.answers import Answer, checked_answer, packed, read_text, unpacked
from pipeline.labelling.items import Item
from pipeline.printable import inert

ITEMS = "items.csv"
COLUMNS = ("holder", "target", "stance", "annotator", "statement", "context", "suggestion", "pair")


def write_project(items: Sequence[Item], folder: Path, model: str) -> list[Path]:
    """Writes the sheet, in UTF-8 with the mark by which Excel knows it."""
    path = folder / ITEMS
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for item in items:
            pair = item.pair
            start, end = pair.statement
            values = (
                item.holder,
                item.target,
                "",
                "",
                _marked(pair, start, end),
                _marked(pair, 0, start).rstrip(),
                f"{item.suggestion} ({item.probability:.2f}, {model})",
                json.dumps(packed(pair), ensure_ascii=False),
            )
            writer.writerow(map(inert, values))
    return [path]


def _marked(pair: PairLabel, begin: int, end: int) -> str:
    """A part of the text with [H: …] around mentions of the holder and [T: …] around those of the target."""
    inserts = [(end, 1, "")]
    for sign, spans in (("H", pair.holder or ()), ("T", pair.target)):
        for start, stop in spans:
            if begin <= start and stop <= end:
                inserts += [(start, 1, f"[{sign}: "), (stop, 0, "]")]
    text, last = "", begin
    for offset, _, mark in sorted(inserts):
        text += pair.text[last:offset] + mark
        last = offset
    return text


def read_export(path: Path) -> Iterator[Answer | Reject]:
    """The answers in a filled-in sheet. The annotator is the column's, or else the file's name.

    Raises:
        InputError: on iteration, the file is no such sheet.
    """
    text = read_text(path)
    header = text.split("\n", 1)[0]
    # A spreadsheet writes what its country's settings say.
    delimiter = max(",;\t", key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = {"stance", "pair"} - set(rows.fieldnames or ())
    if missing:
        raise InputError(
            f"{path}: has no column {', '.join(sorted(missing))}; save the sheet of `stancewire sample` as CSV"
        )
    for row in rows:
        place = f"{path.name}:{rows.line_num}"
        id_ = None
        try:
            pair = unpacked(_json(row["pair"]))
            id_ = pair.id
            answer = checked_answer([row["stance"]] if (row["stance"] or "").strip() else [])
            yield Answer(place, pair, (row.get("annotator") or "").strip() or path.stem, answer)
        except LabelError as problem:
            yield Reject(place, str(problem), id_)


def _json(cell: str | None) -> object:
    try:
        return json.loads(cell or "")
    except json.JSONDecodeError as error:
        raise LabelError(f"the column pair was changed ({error}); copy it from the sheet again") from error
