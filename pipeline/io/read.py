"""Read articles from an input, streamed; a row that cannot be used becomes a `Reject`."""

import datetime
import decimal
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.ids import content_id
from pipeline.io.formats import FIELDS, Mark, RawRow, UnreadableFileError, kind_of, raw_rows
from pipeline.io.inputs import Input
from pipeline.records import Article


@dataclass(frozen=True, slots=True)
class Row:
    """An article and its place: ``file:number``, with the file's path as seen from the input folder."""

    place: str
    article: Article


@dataclass(frozen=True, slots=True)
class Reject:
    """A row without a result. ``stage``: the stage that failed on it, None where it could not be read."""

    place: str
    reason: str
    id: str | None = None
    stage: str | None = None


class _BadRowError(Exception):
    """The message is the reject's reason."""


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """A place between two rows of an input: the index of a file, and the bytes and rows before it there."""

    file: int = 0
    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A row, where the next one begins, and the share of the input read up to there."""

    item: Row | Reject
    after: Start
    done: float


class ArticleReader:
    """The rows of an input in the order of sorted paths, from the beginning or any `Start`.

    Memory holds one row at a time. That ids differ is the business of `pipeline.plan`, which sees all rows.
    """

    def __init__(self, source: Input) -> None:
        self.source = source
        self._names = list(source.files)
        self._bytes = max(sum(source.files.values()), 1)

    def rows(self, start: Start = Start()) -> Iterator[Read]:
        """Raises:
        InputError: on iteration, the input is a single file that is unreadable.
        """
        before = sum(self.source.files[name] for name in self._names[: start.file])
        mark = Mark(start.offset, start.number)
        for index, name in enumerate(self._names[start.file :], start.file):
            size = self.source.files[name]
            for item, after, done in self._file(name, mark):
                # Nothing is left of a file after the row that tells that it is unreadable.
                place = Start(index, after.offset, after.number) if after else Start(index + 1)
                yield Read(item, place, (before + done * size) / self._bytes)
            before += size
            mark = Mark()

    def __iter__(self) -> Iterator[Row | Reject]:
        return (read.item for read in self.rows())

    def _file(self, name: str, start: Mark) -> Iterator[tuple[Row | Reject, Mark | None, float]]:
        try:
            for raw in raw_rows(self.source.root, name, start):
                yield _item(name, raw), raw.after, raw.done
        except (UnreadableFileError, OSError) as error:
            reason = (
                f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
            )
            if self.source.alone:
                raise InputError(f"{self.source.root.show(name)}: {reason}") from error
            yield Reject(name, reason), None, 1.0


def _item(name: str, raw: RawRow) -> Row | Reject:
    place = name if raw.number is None else f"{name}:{raw.number}"
    id_ = None
    try:
        id_ = _string("id", raw.values.get("id"))
        if raw.problem:
            raise _BadRowError(raw.problem)
        # A file that is one article goes by its own name.
        stem = Path(name).with_suffix("").as_posix() if raw.number is None else None
        return Row(place, _article(raw.values, id_ or stem))
    except _BadRowError as problem:
        return Reject(place, str(problem), id_)


def article_from(values: Mapping[str, Any]) -> Article:
    """An article of a mapping with the fields of an input row; only ``text`` is required.

    Raises:
        InputError: there is no usable text, or a field is not a string.
    """
    try:
        return _article(values, _string("id", values.get("id")))
    except _BadRowError as problem:
        raise InputError(str(problem)) from problem


def _article(values: Mapping[str, Any], id_: str | None) -> Article:
    if "text" not in values:
        raise _BadRowError(f"no field 'text'; the row has: {', '.join(map(str, values)) or 'nothing'}")
    text = values["text"]
    if not isinstance(text, str):
        missing = text is None or (isinstance(text, float) and math.isnan(text))
        raise _BadRowError("text is missing" if missing else f"text is {kind_of(text)}, not a string")
    if not text.strip():
        raise _BadRowError("text is empty")
    fields = {name: _string(name, values.get(name)) for name in FIELDS if name not in ("id", "text")}
    checked = _unicode("text", text)
    # Every field counts, so that a wire story that two outlets print stays two articles.
    return Article(
        id=id_ or content_id(checked, *(value or "" for value in fields.values())), text=checked, **fields
    )


def _string(name: str, value: Any) -> str | None:
    """A field as a string: numbers and dates written out, None for what spreadsheets leave blank."""
    match value:
        case None:
            return None
        case str():
            return _unicode(name, value) if value.strip() else None
        case float() if math.isnan(value):
            return None
        case float() if value.is_integer():
            # A column of ids with a gap comes as floats.
            return str(int(value))
        case bool():
            raise _BadRowError(f"{name} is true or false, not a string")
        case int() | float() | decimal.Decimal():
            return str(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            raise _BadRowError(f"{name} is {kind_of(value)}, not a string")


def _unicode(name: str, value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(error.object[error.start])
        raise _BadRowError(
            f"{name} holds half a character (\\u{code:04x} alone); write it again as UTF-8"
        ) from error
    return value
