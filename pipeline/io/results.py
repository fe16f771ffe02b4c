"""Read a finished run: what ``run.json`` tells, the tables batch by batch or article by article, the rejects."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.io.folders import Folder, open_folder
from pipeline.io.partitions import partition_values
from pipeline.io.read import Reject
from pipeline.io.schema import ARTICLES, STANCES, STATEMENTS, TABLES, Table
from pipeline.io.write import COMPLETE, REJECTS, WRITERS, TableFormat
from pipeline.records import Actor, ActorKind, Span, Speaker, StanceRecord, StatementKind

_Row = tuple[Any, ...]

_BATCH_ROWS = 8192
# Bytes of a JSONL file read at once; a line must be shorter.
_BLOCK = 16 << 20


@dataclass(frozen=True, slots=True)
class StoredMention(Span):
    """Where an actor is mentioned; ``actor`` is its id."""

    actor: str


@dataclass(frozen=True, slots=True)
class StoredStatement(Span):
    """A statement as a run holds it."""

    id: str
    text: str
    kind: StatementKind
    cue: Span | None
    speakers: tuple[Speaker, ...]
    mentions: tuple[StoredMention, ...]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as a run holds it: without its text, but for the statements. Probabilities are rounded."""

    id: str
    title: str | None
    source: str | None
    published_at: str | None
    url: str | None
    statements: tuple[StoredStatement, ...]
    stances: tuple[StanceRecord, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run on disk. ``told``: what ``run.json`` holds. Make it by `open_run`."""

    folder: Folder
    told: dict[str, Any]
    table_format: TableFormat

    def batches(self, table: Table[Any], columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a table in file order, with some of its columns or all; one batch is in memory.

        Raises:
            InputError: on iteration, the table is missing, damaged, or lacks a column.
        """
        schema = table.schema
        wanted = schema.names if columns is None else list(columns)
        schema = pa.schema([schema.field(name).with_nullable(True) for name in wanted])
        read = _parquet if self.table_format == "parquet" else _jsonl
        name = f"{table.name}.{self.table_format}"
        partitions = self.told.get("partition_by")
        # A partition without rows, or a table without partitions, has no file.
        for file in self.folder.files(name, deep=True) if partitions else [name]:
            told = partition_values(file)
            kept = pa.schema([field for field in schema if field.name not in told])
            shown = self.folder.show(file)
            try:
                with self.folder.open(file) as data:
                    for batch in read(data, shown, kept):
                        yield _with_values(batch, told, schema)
            except FileNotFoundError as error:
                raise InputError(f"{shown}: is missing; {_SCORE_AGAIN}") from error
            except (OSError, ValueError, TypeError, pa.ArrowException) as error:
                raise InputError(f"{shown}: cannot be read ({error}); {_SCORE_AGAIN}") from error

    def articles(self) -> Iterator[StoredArticle]:
        """The scored articles in file order; one of them and a batch of each table are in memory.

        Raises:
            InputError: as `batches`, or the tables do not hold the articles in the same order.
        """
        statements = _Grouped(self._rows(STATEMENTS))
        stances = _Grouped(self._rows(STANCES))
        for row in self._rows(ARTICLES):
            yield _article(row, statements.of(row[0]), stances.of(row[0]))
        for table, rows in ((STATEMENTS, statements), (STANCES, stances)):
            if rows.ahead is not None:
                raise InputError(
                    f"{self.folder.shown}: in {table.name}, article {rows.ahead[0]!r} does not stand where "
                    f"{ARTICLES.name} has it; {_SCORE_AGAIN}"
                )

    def article(self, article_id: str) -> StoredArticle | None:
        """The article of an id, None where the run has none; raises as `batches`."""
        for row in self._rows(ARTICLES, article_id):
            return _article(row, self._rows(STATEMENTS, article_id), self._rows(STANCES, article_id))
        return None

    def _rows(self, table: Table[Any], article_id: str | None = None) -> Iterator[_Row]:
        for batch in self.batches(table):
            if article_id is not None:
                batch = batch.filter(pc.equal(batch.column("article_id"), article_id))
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    def rejects(self) -> Iterator[Reject]:
        """The rows that gave nothing, in input order.

        Raises:
            InputError: on iteration, the file is missing or a line of it is no reject.
        """
        path = self.folder.show(REJECTS)
        try:
            with self.folder.open(REJECTS) as file:
                for number, line in enumerate(file, 1):
                    try:
                        yield Reject(**json.loads(line))
                    except (ValueError, TypeError) as error:
                        raise InputError(
                            f"{path}:{number}: is no reject ({error}); {_SCORE_AGAIN}"
                        ) from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror or error}); {_SCORE_AGAIN}") from error


_SCORE_AGAIN = "score the articles again with `stancewire score … --overwrite`"


def open_run(where: str | Path) -> Run:
    """The run in a folder, by path or URL, that `stancewire score` wrote.

    Raises:
        InputError: there is no such folder, or it holds no finished run.
    """
    folder = open_folder(where)
    path = folder.show(COMPLETE)
    try:
        if not folder.exists():
            raise InputError(
                f"{folder.shown}: no such folder; name one that `stancewire score … --out` wrote"
            )
        told = json.loads(folder.read(COMPLETE))
    except FileNotFoundError as error:
        raise InputError(
            f"{folder.shown}: holds no finished run ({COMPLETE} is missing); name a folder that "
            "`stancewire score … --out` wrote, and wait until it is done"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); {_SCORE_AGAIN}") from error
    if not isinstance(told, dict):
        raise InputError(f"{path}: is not the record of a run; {_SCORE_AGAIN}")
    for table_format in WRITERS:
        if any(folder.exists(f"{table.name}.{table_format}") for table in TABLES):
            return Run(folder, told, table_format)
    names = " or ".join(f"{TABLES[0].name}.{table_format}" for table_format in WRITERS)
    raise InputError(f"{folder.shown}: holds no tables ({names}, …); {_SCORE_AGAIN}")


def _with_values(batch: pa.RecordBatch, told: Mapping[str, str | None], schema: pa.Schema) -> pa.RecordBatch:
    """The batch with what its file's folders tell, its columns in the order and types of ``schema``."""
    columns = [
        pa.array([told[field.name]] * len(batch), field.type)
        if field.name in told
        else batch.column(field.name).cast(field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


class _Grouped:
    """Rows by article id, their first value, for a reader that asks for the articles in the rows' order.

    ``ahead``: the row that comes next, None at the end.
    """

    def __init__(self, rows: Iterator[_Row]) -> None:
        self._rows = rows
        self.ahead = next(rows, None)

    def of(self, article_id: str) -> Iterator[_Row]:
        while self.ahead is not None and self.ahead[0] == article_id:
            yield self.ahead
            self.ahead = next(self._rows, None)


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(start, end)


@lru_cache(maxsize=65_536)
def _actor(id_: str, name: str, kind: ActorKind, country: str | None) -> Actor:
    # The same few actors stand in most rows: one record serves them all.
    return Actor(id_, name, kind, country)


# These take the columns of a table in their order.
def _article(row: _Row, statements: Iterator[_Row], stances: Iterator[_Row]) -> StoredArticle:
    id_, title, source, published_at, url = row
    return StoredArticle(
        id_,
        title,
        source,
        published_at,
        url,
        tuple(map(_statement, statements)),
        tuple(map(_stance, stances)),
    )


def _statement(row: _Row) -> StoredStatement:
    _, id_, start, end, text, kind, cue_start, cue_end, speakers, mentions = row
    return StoredStatement(
        start,
        end,
        id_,
        text,
        kind,
        _span(cue_start, cue_end),
        tuple(
            Speaker(
                _actor(one["id"], one["name"], one["kind"], one["country"]),
                one["how"],
                _span(one["start"], one["end"]),
                one["confidence"],
            )
            for one in speakers
        ),
        tuple(StoredMention(one["start"], one["end"], one["id"]) for one in mentions),
    )


def _stance(row: _Row) -> StanceRecord:
    return StanceRecord(
        statement_id=row[1],
        holder=_actor(*row[2:6]),
        holder_span=_span(*row[6:8]),
        target=_actor(*row[8:12]),
        target_span=_span(*row[12:14]),
        stance=row[14],
        stance_probabilities=row[15:18],
        sentiment=row[18],
        sentiment_probabilities=row[19:22],
    )


def _parquet(data: BinaryIO, shown: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(data) as file:
        _check_columns(shown, file.schema_arrow.names, schema)
        yield from file.iter_batches(batch_size=_BATCH_ROWS, columns=schema.names)


def _jsonl(data: BinaryIO, shown: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    first = data.readline()
    if not first.strip():
        return  # Arrow takes a file without rows for a broken one.
    # Arrow fills an absent field with nulls, so absence has to be found before.
    _check_columns(shown, list(json.loads(first)), schema)
    data.seek(0)
    yield from pj.open_json(
        data,
        read_options=pj.ReadOptions(block_size=_BLOCK),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _check_columns(shown: str, found: Sequence[str], schema: pa.Schema) -> None:
    missing = [name for name in schema.names if name not in found]
    if missing:
        raise InputError(
            f"{shown}: has no column {', '.join(missing)} (it has: {', '.join(found)}); {_SCORE_AGAIN}"
        )
