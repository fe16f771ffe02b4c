"""The file types that articles come in, each read row by row and never whole.

A format turns a file into `RawRow`s: the fields as they stand, or what is wrong with that row. What the
fields must hold is the business of `pipeline.io.read`. Each can start at any row that it has told of before
(`Mark`), so that a worker reads its part of a file and no more.
"""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io.folders import Folder

FIELDS = ("id", "text", "title", "source", "published_at", "url")

_PARQUET_BATCH = 256
# Without it Arrow reads a column of a row group whole, and writers make row groups of a million rows.
_PARQUET_BUFFER = 1 << 20
_CSV_DELIMITERS = ",;\t"
# The csv module's default limit of 128 KiB a field is shorter than a long article; this is its largest.
_CSV_FIELD_LIMIT = 2**31 - 1
_COLUMNS_SHOWN = 20


class UnreadableFileError(Exception):
    """A file that cannot be read as a whole: the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between two rows of a file: bytes before it (JSONL, CSV), and lines or rows before it."""

    offset: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands in its file.

    ``number``: its line (JSONL, CSV) or row (Parquet), from 1; None where the file is the row.
    ``after``: where the next row begins. ``done``: the share of the file read up to there.
    ``problem``: why the row cannot be used.
    """

    number: int | None
    after: Mark
    done: float
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


def raw_rows(folder: Folder, name: str, start: Mark) -> Iterator[RawRow]:
    """The rows of a file from a mark on, by the format that its suffix names.

    Raises:
        UnreadableFileError: an unknown suffix, no ``text`` column, or bytes that are not of that format.
        OSError: the file cannot be opened.
    """
    suffix = Path(name).suffix
    read = FORMATS.get(suffix.lower())
    if read is None:
        raise UnreadableFileError(
            f"{suffix or 'a file without a suffix'} is not read; use {', '.join(FORMATS)}"
        )
    with folder.open(name) as file:
        yield from read(file, start)


def _size(file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return max(size, 1)


def _jsonl(file: BinaryIO, start: Mark) -> Iterator[RawRow]:
    size = _size(file)
    position = file.seek(start.offset)
    for number, line in enumerate(file, start.number + 1):
        position += len(line)
        after, done = Mark(position, number), position / size
        if number == 1:
            line = _without_bom(line)
        if not line.strip():
            continue
        try:
            yield RawRow(number, after, done, values=_json_object(line))
        except (ValueError, RecursionError) as error:
            yield RawRow(number, after, done, problem=_json_problem(error))


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


def _csv(file: BinaryIO, start: Mark) -> Iterator[RawRow]:
    csv.field_size_limit(_CSV_FIELD_LIMIT)
    size = _size(file)
    lines = _CsvLines(file)
    first = next(lines, "")
    delimiter = max(_CSV_DELIMITERS, key=first.count)
    lines.go(Mark())
    # Strict, because a lenient reader swallows the rest of the file after a quote that never closes.
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFileError(f"its first line is not valid CSV ({error})") from error
    _check_columns(header)
    if start != Mark():
        lines.go(start)
    while True:
        number = lines.mark.number + 1
        problem = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _csv_problem(error, number, lines.mark.number)
        if cells or problem:
            values = dict(zip(header, cells, strict=False))
            problem = problem or _cells_problem(cells, header)
            done = lines.mark.offset / size
            yield RawRow(number, lines.mark, done, values=values, problem=problem)


class _CsvLines:
    """The lines of a CSV file, line breaks as they stand; ``mark`` is where the next one begins.

    Bytes that are not UTF-8 become lone surrogates, so that they cost one row and not the file.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
        file.seek(0)
        _without_bom(file.read(4))
        self._text: io.TextIOWrapper | None = None
        self.go(Mark())

    def go(self, mark: Mark) -> None:
        if self._text is not None:
            self._text.detach()  # A wrapper that is collected closes its file.
        self._file.seek(mark.offset or self._start)
        self.mark = Mark(mark.offset or self._start, mark.number)
        self._text = io.TextIOWrapper(self._file, encoding="utf-8", errors="surrogateescape", newline="")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline() if self._text is not None else ""
        if not line:
            raise StopIteration
        length = len(line.encode("utf-8", "surrogateescape"))
        self.mark = Mark(self.mark.offset + length, self.mark.number + 1)
        return line


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


def _parquet(data: BinaryIO, start: Mark) -> Iterator[RawRow]:
    try:
        file = pq.ParquetFile(data, buffer_size=_PARQUET_BUFFER)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFileError(f"not a readable Parquet file ({error}); write or copy it again") from error
    with file:
        names = file.schema_arrow.names
        _check_columns(names)
        wanted = [name for name in FIELDS if name in names]
        total = max(file.metadata.num_rows, 1)
        number, groups = _row_groups(file.metadata, start.number)
        try:
            for batch in _batches(file, groups, wanted):
                problems: dict[int, str] = {}
                columns = [_column(name, batch.column(name), problems) for name in wanted]
                for index, cells in enumerate(zip(*columns, strict=True)):
                    number += 1
                    if number > start.number:
                        values = dict(zip(wanted, cells, strict=True))
                        yield RawRow(number, Mark(0, number), number / total, values, problems.get(index))
        except (pa.ArrowException, OSError) as error:
            problem = f"the file is damaged from this row on ({error})"
            yield RawRow(number + 1, Mark(0, total), 1.0, problem=problem)


def _batches(file: pq.ParquetFile, groups: Sequence[int], columns: list[str]) -> Iterator[pa.RecordBatch]:
    """No batch spans two row groups: where one begins does not depend on the first group that is read."""
    for group in groups:
        yield from file.iter_batches(batch_size=_PARQUET_BATCH, row_groups=[group], columns=columns)


def _row_groups(metadata: pq.FileMetaData, skipped: int) -> tuple[int, list[int]]:
    """The row groups that are left after ``skipped`` rows, and how many rows lie before them."""
    before = 0
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        if before + rows > skipped:
            return before, list(range(group, metadata.num_row_groups))
        before += rows
    return before, []


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


def _txt(file: BinaryIO, start: Mark) -> Iterator[RawRow]:
    if start != Mark():
        return
    data = _without_bom(file.read())
    after = Mark(len(data), 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield RawRow(None, after, 1.0, problem=f"line {line} is {_utf8_problem(data[error.start])}")
        return
    # Line ends as Python's text files give them, so that offsets fit what `Path.read_text` returns.
    yield RawRow(None, after, 1.0, values={"text": text.replace("\r\n", "\n").replace("\r", "\n")})


# Suffix → how such a file is read.
FORMATS: dict[str, Callable[[BinaryIO, Mark], Iterator[RawRow]]] = {
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
