"""Read articles from a file or folder, streamed; a row that cannot be used becomes a `Reject`."""

import datetime
import decimal
import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.ids import content_id
from pipeline.io.formats import FIELDS, FORMATS, RawRow, UnreadableFileError, kind_of, raw_rows
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


class ArticleReader:
    """The articles of a file or folder in the order of sorted paths; iterate it once.

    Memory holds one row at a time, beside the ids seen so far. ``digests``: sha256 of each file opened
    so far. ``done``: the share of the input read so far, for a progress bar.

    Raises:
        InputError: there is no such input, or nothing in it is of a format that is read; on iteration,
            the input is a single file that is unreadable.
    """

    def __init__(self, source: Path, *, leave_out: Path | None = None) -> None:
        self.files = _find_files(source, leave_out)
        self.digests: dict[str, str] = {}
        self.done = 0.0
        self._alone = source.is_file()
        self._places: dict[str, str] = {}

    def __iter__(self) -> Iterator[Row | Reject]:
        sizes = [path.stat().st_size for path in self.files.values()]
        total = max(sum(sizes), 1)
        before = 0
        for (name, path), size in zip(self.files.items(), sizes, strict=True):
            for item, done in self._file(name, path):
                self.done = (before + done * size) / total
                yield item
            before += size

    def _file(self, name: str, path: Path) -> Iterator[tuple[Row | Reject, float]]:
        try:
            rows = raw_rows(path)
            with path.open("rb") as file:
                self.digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
            for raw in rows:
                yield self._item(name, raw), raw.done
        except (UnreadableFileError, OSError) as error:
            reason = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
            if self._alone:
                raise InputError(f"{path}: {reason}") from error
            yield Reject(name, reason), 1.0

    def _item(self, name: str, raw: RawRow) -> Row | Reject:
        place = name if raw.number is None else f"{name}:{raw.number}"
        id_ = None
        try:
            id_ = _string("id", raw.values.get("id"))
            if raw.problem:
                raise _BadRowError(raw.problem)
            # A file that is one article goes by its own name.
            stem = Path(name).with_suffix("").as_posix() if raw.number is None else None
            article = _article(raw.values, id_ or stem)
            id_ = article.id
            first = self._places.setdefault(id_, place)
            if first != place:
                raise _BadRowError(f"the id {id_!r} was used before, at {first}; ids must differ")
        except _BadRowError as problem:
            return Reject(place, str(problem), id_)
        return Row(place, article)


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


def _find_files(source: Path, leave_out: Path | None) -> dict[str, Path]:
    """Name seen from ``source`` → path, sorted. Hidden files and those under ``leave_out`` are no input."""
    known = ", ".join(FORMATS)
    if source.is_file():
        if source.suffix.lower() not in FORMATS:
            raise InputError(
                f"{source}: {source.suffix or 'a file without a suffix'} is not read; use {known}"
            )
        return {source.name: source}
    if not source.is_dir():
        raise InputError(f"{source}: no such file or folder; name a file ({known}) or a folder of such files")
    hidden_from = leave_out.resolve() if leave_out else None
    files = {}
    for path in source.rglob("*"):
        name = path.relative_to(source)
        ours = hidden_from is not None and path.resolve().is_relative_to(hidden_from)
        if path.is_file() and not ours and not any(part.startswith(".") for part in name.parts):
            files[name.as_posix()] = path
    if not any(path.suffix.lower() in FORMATS for path in files.values()):
        raise InputError(f"{source}: no file of a known type in this folder; put {known} files there")
    return dict(sorted(files.items()))
