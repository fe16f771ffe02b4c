"""Write tables: the rows of a shard, and the files of a run, ``run.json`` last.

A folder with ``run.json`` is a finished run; one without is not.
"""

import json
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.io.folders import Folder, open_folder
from pipeline.io.partitions import PartitionKey, PartitionName, partition_folder, partition_key
from pipeline.io.read import Reject
from pipeline.io.schema import TABLES, Column, Table
from pipeline.records import ScoredArticle
from pipeline.report.files import REPORT_FILES

TableFormat = Literal["parquet", "jsonl"]

REJECTS = "rejects.jsonl"
COMPLETE = "run.json"
_STAGED = "run.partial"
# Rows a Parquet row group, whatever the batches and shards: the same rows always give the same bytes.
_ROW_GROUP = 8192


def json_line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


class _Rows:
    """The rows of one table that wait to be written, by column."""

    def __init__(self, table: Table[Any]) -> None:
        self._table = table
        self._columns: list[tuple[Column[Any], list[Any]]] = [(column, []) for column in table.columns]
        self.count = 0

    def add(self, article: ScoredArticle, model: str) -> None:
        for row in self._table.rows(article, model):
            for column, values in self._columns:
                values.append(column.value(row))
            self.count += 1

    def take(self) -> pa.Table:
        arrays = [pa.array(values, column.type) for column, values in self._columns]
        for _, values in self._columns:
            values.clear()
        self.count = 0
        return pa.Table.from_arrays(arrays, schema=self._table.schema)


class ShardTables:
    """The rows of one shard, a Parquet file a table; a row group holds rows of one partition only.

    Use it in ``with``: left by an error, it removes what it wrote. ``files``: table → file.
    ``groups``: table → the partition of each row group.
    """

    def __init__(self, folder: Folder, stem: str, partition_by: Sequence[PartitionName] = ()) -> None:
        self._partition_by = partition_by
        self.files = {table.name: f"{stem}.{table.name}.parquet" for table in TABLES}
        self.groups: dict[str, list[PartitionKey]] = {table.name: [] for table in TABLES}
        self._rows: dict[tuple[str, PartitionKey], _Rows] = {}
        # Arrow imports pandas, 40 MB of it, for the first array that it makes. Let that be at a run's start,
        # so that the memory of a short run tells that of a long one.
        pa.array([])
        self._open = ExitStack()
        self._writers: dict[str, pq.ParquetWriter] = {}
        with ExitStack() as opening:
            for table in TABLES:
                file = opening.enter_context(folder.writing(self.files[table.name]))
                writer = pq.ParquetWriter(file, table.schema, compression="zstd", write_page_checksum=True)
                self._writers[table.name] = writer
            self._open = opening.pop_all()

    def add(self, article: ScoredArticle, model: str) -> None:
        key = partition_key(article, self._partition_by)
        for table in TABLES:
            rows = self._rows.get((table.name, key))
            if rows is None:
                rows = self._rows[table.name, key] = _Rows(table)
            rows.add(article, model)
            if rows.count >= _ROW_GROUP:
                self._flush(table.name, key, rows)

    def _flush(self, table: str, key: PartitionKey, rows: _Rows) -> None:
        self.groups[table].append(key)
        taken = rows.take()
        self._writers[table].write_table(taken, row_group_size=max(len(taken), 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abandon()
            self._open.__exit__(kind, error, trace)
            return
        with self._open:
            try:
                for (table, key), rows in self._rows.items():
                    if rows.count:
                        self._flush(table, key, rows)
                for writer in self._writers.values():
                    writer.close()
            except BaseException:
                self._abandon()
                raise

    def _abandon(self) -> None:
        for writer in self._writers.values():
            _abandon(writer)


def _abandon(writer: pq.ParquetWriter) -> None:
    """Leaves a file without its end; the writer's destructor would write it, into a file that is closed."""
    writer.is_open = False


class _TableWriter(Protocol):
    def __init__(self, file: pa.NativeFile, schema: pa.Schema) -> None: ...
    def write(self, rows: pa.Table) -> None: ...
    def close(self) -> None: ...
    def abandon(self) -> None: ...


class _ParquetWriter:
    def __init__(self, file: pa.NativeFile, schema: pa.Schema) -> None:
        self._waiting = schema.empty_table()
        self._file = pq.ParquetWriter(file, schema, compression="zstd")

    def write(self, rows: pa.Table) -> None:
        self._waiting = pa.concat_tables([self._waiting, rows])
        while len(self._waiting) >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        # In one piece, because pages end where the pieces do.
        group = self._waiting.slice(0, _ROW_GROUP).combine_chunks()
        self._file.write_table(group, row_group_size=_ROW_GROUP)
        self._waiting = self._waiting.slice(_ROW_GROUP)

    def close(self) -> None:
        if len(self._waiting):
            self._flush()
        self._file.close()

    def abandon(self) -> None:
        _abandon(self._file)


class _JsonlWriter:
    def __init__(self, file: pa.NativeFile, schema: pa.Schema) -> None:
        self._file = file

    def write(self, rows: pa.Table) -> None:
        self._file.write("".join(map(json_line, rows.to_pylist())).encode())

    def close(self) -> None:
        """The file is closed by who opened it."""

    abandon = close


WRITERS: dict[TableFormat, type[_TableWriter]] = {"parquet": _ParquetWriter, "jsonl": _JsonlWriter}


def final_names(table_format: TableFormat) -> list[str]:
    """The files of a finished run but ``run.json``."""
    return [*(f"{table.name}.{table_format}" for table in TABLES), REJECTS]


_ALL_NAMES = {COMPLETE, *(name for each in WRITERS for name in final_names(each))}


def check_folder(folder: Folder, *, overwrite: bool) -> None:
    """Whether a run may go into ``folder``, which need not exist.

    Raises:
        InputError: it is a file, or holds a run's files already and ``overwrite`` is not set.
    """
    if folder.is_file():
        raise InputError(f"{folder.shown}: is a file; name a folder for the run")
    taken = sorted(name for name in _ALL_NAMES if folder.exists(name))
    if taken and not overwrite:
        found = "a finished run" if COMPLETE in taken else taken[0]
        raise InputError(f"{folder.shown}: holds {found} already; name another folder or pass --overwrite")


class RunWriter:
    """The files of one run. Use it in ``with``: unless `commit` was reached, leaving removes what it wrote.

    With ``partition_by`` a table is a folder of its name with a file for every partition; `append` then takes
    the rows of one partition after those of another. An earlier run in the folder stays whole until `commit`;
    in an object store, which cannot rename, it goes when the new one is begun.

    Raises as `check_folder`.
    """

    def __init__(
        self,
        folder: Folder | Path,
        table_format: TableFormat = "parquet",
        *,
        overwrite: bool = False,
        partition_by: Sequence[PartitionName] = (),
    ) -> None:
        self.folder = open_folder(folder) if isinstance(folder, Path) else folder
        check_folder(self.folder, overwrite=overwrite)
        self._format = table_format
        self._partition_by = partition_by
        self._made = not self.folder.exists()
        self._staged = ""
        if self.folder.local is None:
            self._clear()
        else:
            self._staged = f"{_STAGED}/"
            self.folder.remove_folder(_STAGED)
            (self.folder.local / _STAGED).mkdir(parents=True)
        self._committed = False
        # One file of each table is open: that of the partition which is being written.
        self._open: dict[str, tuple[PartitionKey | None, ExitStack, _TableWriter]] = {}
        self._reject_file = ExitStack()
        self._rejects = self._reject_file.enter_context(self.folder.writing(self._staged + REJECTS))
        if not partition_by:
            for table in TABLES:
                self._writer(table, ())

    def _writer(self, table: Table[Any], key: PartitionKey) -> _TableWriter:
        opened = self._open.get(table.name)
        if opened is not None:
            if opened[0] == key:
                return opened[2]
            self._close(table.name)
        name = f"{self._staged}{table.name}.{self._format}"
        if self._partition_by:
            name += f"/{partition_folder(self._partition_by, key)}/part-0.{self._format}"
        schema = table.schema
        for column in self._partition_by:
            if column in schema.names:
                schema = schema.remove(schema.get_field_index(column))
        stack = ExitStack()
        file = stack.enter_context(self.folder.writing(name))
        writer = WRITERS[self._format](file, schema)
        self._open[table.name] = (key, stack, writer)
        return writer

    def _close(self, table: str) -> None:
        _, stack, writer = self._open[table]
        with stack:
            writer.close()
        del self._open[table]

    def append(self, table: Table[Any], rows: pa.Table, key: PartitionKey = ()) -> None:
        """Rows with all columns of the table, after those that it has."""
        writer = self._writer(table, key)
        writer.write(rows.drop_columns([name for name in self._partition_by if name in table.schema.names]))

    def reject(self, reject: Reject) -> None:
        self._rejects.write(json_line(asdict(reject)).encode())

    def commit(self, run: dict[str, Any]) -> None:
        """Puts every file in its place, ``run`` as ``run.json`` last; an earlier run is replaced."""
        for table in list(self._open):
            self._close(table)
        self._reject_file.close()
        if self.folder.local is not None:
            self._clear()
            for name in final_names(self._format):
                staged = self.folder.local / _STAGED / name
                if staged.exists():
                    staged.replace(self.folder.local / name)
            self.folder.remove_folder(_STAGED)
        self.folder.write(COMPLETE, (json.dumps(run, indent=2, ensure_ascii=False) + "\n").encode())
        self._committed = True

    def _clear(self) -> None:
        """Removes an earlier run, its marker first, and before it the report, which would pass for the new one's."""
        if self.folder.is_file(COMPLETE):
            for name in REPORT_FILES:
                self.folder.remove(name)
        for name in (COMPLETE, *sorted(_ALL_NAMES - {COMPLETE})):
            if self.folder.is_file(name):
                self.folder.remove(name)
            elif self.folder.exists(name):
                self.folder.remove_folder(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._committed:
            return
        for _, _, writer in self._open.values():
            writer.abandon()
        for stack in (*(stack for _, stack, _ in self._open.values()), self._reject_file):
            with suppress(OSError):
                stack.__exit__(kind, error, trace)
        if self.folder.local is not None:
            self.folder.remove_folder(_STAGED)
            if self._made and not any(self.folder.local.iterdir()):
                self.folder.local.rmdir()
