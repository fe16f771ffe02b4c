"""The file types that articles come in, each read row by row and never whole.

A format turns a file into `RawRow`s: the fields as they stand, or what is wrong with that row. What the
fields must hold is the business of `pipeline.io.read`.
"""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

FIELDS = ("id", "text", "title", "source", "published_at", "url")

_PARQUET_BATCH = 256
_CSV_DELIMITERS = ",;\t"
# The csv module's default limit of 128 KiB a field is shorter than a long article; this is its largest.
_CSV_FIELD_LIMIT = 2**31 - 1
_COLUMNS_SHOWN = 20


class UnreadableFileError(Exception):
    """A file that cannot be read as a whole: the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in its file.

    ``number``: its line (JSONL, CSV) or row (Parquet), from 1; None where the file is the row.
    ``done``: the share of the file read up to here. ``problem``: why the row cannot be used.
    """

    number: int | None
    done: float
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


def raw_rows(path: Path) -> Iterator[RawRow]:
    """The rows of a file, by the format that its suffix names.

    Raises:
        UnreadableFileError: an unknown suffix, no ``text`` column, or bytes that are not of that format.
        OSError: the file cannot be opened.
    """
    read = FORMATS.get(path.suffix.lower())
    if read is None:
        raise UnreadableFileError(
            f"{path.suffix or 'a file without a suffix'} is not read; use {', '.join(FORMATS)}"
        )
    return read(path)


def _jsonl(path: Path) -> Iterator[RawRow]:
    size = max(path.stat().st_size, 1)
    position = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            position += len(line)
            if number == 1:
                line = _without_bom(line)
            if not line.strip():
                continue
            try:
                yield RawRow(number, position / size, values=_json_object(line))
            except (ValueError, RecursionError) as error:
                yield RawRow(number, position / size, problem=_json_problem(error))


def _json_object(line: bytes) -> dict[str, Any]:
    value = json.loads(line.decode("utf-8"))
    if not isinstance(value, dict):
        raise ValueError(f"the line holds {kind_of(value)}; one JSON object a line is needed")
    return value


def _json_problem(error: ValueError | RecursionError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return _utf8_problem(error.object[error.start])
    if isinstance(error, json.JSONDecodeError):
        return f"not valid JSON: {error.msg} at column {error.colno}"
    if isinstance(error, RecursionError):
        return "not valid JSON: nested too deeply"
    return str(error)


def _csv(path: Path) -> Iterator[RawRow]:
    csv.field_size_limit(_CSV_FIELD_LIMIT)
    size = max(path.stat().st_size, 1)
    with path.open("rb") as data:
        _without_bom(data.peek(4)[:4])
        # Bytes that are not UTF-8 become lone surrogates, so that they cost one row and not the file.
        file = io.TextIOWrapper(data, encoding="utf-8-sig", errors="surrogateescape", newline="")
        first = file.readline()
        file.seek(0)
        delimiter = max(_CSV_DELIMITERS, key=first.count)
        # Strict, because a lenient reader swallows the rest of the file after a quote that never closes.
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            raise UnreadableFileError(f"its first line is not valid CSV ({error})") from error
        _check_columns(header)
        while True:
            number = reader.line_num + 1
            problem = None
            cells: list[str] = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = _csv_problem(error, number, reader.line_num)
            if cells or problem:
                values = dict(zip(header, cells, strict=False))
                problem = problem or _cells_problem(cells, header)
                yield RawRow(number, data.tell() / size, values=values, problem=problem)


def _csv_problem(error: csv.Error, first: int, last: int) -> str:
    if "unexpected end of data" in str(error):
        return f"a quote opened in this row never closes: lines {first} to {last} were not read"
    return f"not valid CSV ({error}); a quote within a quoted field must be doubled"


def _cells_problem(cells: Sequence[str], header: Sequence[str]) -> str | None:
    if len(cells) != len(header):
        return (
            f"{len(cells)} fields where the header has {len(header)}; "
            "a field that holds a separator or a line break must be quoted"
        )
    try:
        "".join(cells).encode()
    except UnicodeEncodeError as error:
        return _utf8_problem(ord(error.object[error.start]) & 0xFF)
    return None


def _parquet(path: Path) -> Iterator[RawRow]:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"not a readable Parquet file ({error}); write or copy it again") from error
    with file:
        names = file.schema_arrow.names
        _check_columns(names)
        wanted = [name for name in FIELDS if name in names]
        total = max(file.metadata.num_rows, 1)
        number = 0
        batches = file.iter_batches(batch_size=_PARQUET_BATCH, columns=wanted)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError) as error:
                yield RawRow(number + 1, 1.0, problem=f"the file is damaged from this row on ({error})")
                return
            if batch is None:
                return
            problems: dict[int, str] = {}
            columns = [_column(name, batch.column(name), problems) for name in wanted]
            for index, cells in enumerate(zip(*columns, strict=True)):
                number += 1
                values = dict(zip(wanted, cells, strict=True))
                yield RawRow(number, number / total, values=values, problem=problems.get(index))


def _column(name: str, column: pa.Array, problems: dict[int, str]) -> list[Any]:
    """The column's values; a cell that has no Python value is None, with its row in ``problems``."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python's datetime ends at microseconds, and no article is dated more finely.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        return column.to_pylist()
    except (ValueError, OverflowError, LookupError):
        return [_cell(name, index, value, problems) for index, value in enumerate(column)]


def _cell(name: str, index: int, value: pa.Scalar, problems: dict[int, str]) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError as error:
        problems[index] = f"{name} is {_utf8_problem(error.object[error.start])}"
    except (ValueError, OverflowError, LookupError) as error:
        problems[index] = f"{name} cannot be read ({error})"
    return None


def _txt(path: Path) -> Iterator[RawRow]:
    data = _without_bom(path.read_bytes())
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield RawRow(None, 1.0, problem=f"line {line} is {_utf8_problem(data[error.start])}")
        return
    # Line ends as Python's text files give them, so that offsets fit what `Path.read_text` returns.
    yield RawRow(None, 1.0, values={"text": text.replace("\r\n", "\n").replace("\r", "\n")})


# Suffix → how such a file is read.
FORMATS: dict[str, Callable[[Path], Iterator[RawRow]]] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".parquet": _parquet,
    ".csv": _csv,
    ".txt": _txt,
}


def kind_of(value: object) -> str:
    """What a value is, in the words of an error message."""
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a string",
        bytes: "bytes",
        list: "a list",
        dict: "an object",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__}")


def _without_bom(start: bytes) -> bytes:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFileError("the file is UTF-16; save it as UTF-8")
    return start.removeprefix(codecs.BOM_UTF8)


def _utf8_problem(byte: int) -> str:
    return f"not valid UTF-8 (byte 0x{byte:02x}); save the file as UTF-8"


def _check_columns(names: Sequence[str]) -> None:
    counts = Counter(names)
    twice = [name for name in FIELDS if counts[name] > 1]
    if twice:
        raise UnreadableFileError(f"column {twice[0]!r} occurs {counts[twice[0]]} times; keep one of them")
    if "text" not in counts:
        shown = ", ".join(names[:_COLUMNS_SHOWN]) + (", …" if len(names) > _COLUMNS_SHOWN else "")
        found = f"its columns are: {shown}" if shown else "it is empty"
        raise UnreadableFileError(
            f"no column 'text' ({found}); rename the column that holds the articles to 'text'"
        )
