"""Write a run folder: under temporary names first, renamed at the end, ``run.json`` last.

A folder with ``run.json`` is a finished run; one without is not.
"""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.io.schema import TABLES, Column, Table
from pipeline.records import ScoredArticle

TableFormat = Literal["parquet", "jsonl"]

REJECTS = "rejects.jsonl"
COMPLETE = "run.json"
_TEMPORARY = ".partial"
# Rows a Parquet row group, whatever the batches: the same rows always give the same bytes.
_ROW_GROUP = 8192


def json_line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


class _TableWriter(Protocol):
    def __init__(self, path: Path, table: Table[Any]) -> None: ...
    def add(self, article: ScoredArticle, model: str) -> None: ...
    def close(self) -> None: ...
    def abandon(self) -> None: ...


class _ParquetWriter:
    def __init__(self, path: Path, table: Table[Any]) -> None:
        self._table = table
        self._schema = table.schema
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._columns: list[tuple[Column[Any], list[Any]]] = [(column, []) for column in table.columns]
        self._waiting = 0

    def add(self, article: ScoredArticle, model: str) -> None:
        for row in self._table.rows(article, model):
            for column, values in self._columns:
                values.append(column.value(row))
            self._waiting += 1
            if self._waiting == _ROW_GROUP:
                self._flush()

    def _flush(self) -> None:
        arrays = [pa.array(values, column.type) for column, values in self._columns]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=_ROW_GROUP)
        for _, values in self._columns:
            values.clear()
        self._waiting = 0

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


class _JsonlWriter:
    def __init__(self, path: Path, table: Table[Any]) -> None:
        self._table = table
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def add(self, article: ScoredArticle, model: str) -> None:
        self._file.writelines(map(json_line, self._table.dicts(article, model)))

    def close(self) -> None:
        self._file.close()

    abandon = close


WRITERS: dict[TableFormat, type[_TableWriter]] = {"parquet": _ParquetWriter, "jsonl": _JsonlWriter}


def final_names(table_format: TableFormat) -> list[str]:
    """The files of a finished run but ``run.json``."""
    return [*(f"{table.name}.{table_format}" for table in TABLES), REJECTS]


_ALL_NAMES = {COMPLETE, *(name for each in WRITERS for name in final_names(each))}


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Whether a run may go into ``folder``, which need not exist.

    Raises:
        InputError: it is a file, or holds a run's files already and ``overwrite`` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder for the run")
    taken = sorted(name for name in _ALL_NAMES if (folder / name).exists())
    if taken and not overwrite:
        found = "a finished run" if COMPLETE in taken else taken[0]
        raise InputError(f"{folder}: holds {found} already; name another folder or pass --overwrite")


class RunWriter:
    """The files of one run. Use it in ``with``: unless `commit` was reached, leaving removes what it wrote.

    Raises as `check_folder`.
    """

    def __init__(
        self, folder: Path, table_format: TableFormat = "parquet", *, overwrite: bool = False
    ) -> None:
        check_folder(folder, overwrite=overwrite)
        self.folder = folder
        self._names = final_names(table_format)
        self._stale = sorted(_ALL_NAMES - {*self._names, COMPLETE})
        self._made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
        self._tables = [
            WRITERS[table_format](self._temporary(name), table)
            for name, table in zip(self._names[:-1], TABLES, strict=True)
        ]
        self._rejects = self._temporary(REJECTS).open("w", encoding="utf-8", newline="\n")
        self._committed = False

    def _temporary(self, name: str) -> Path:
        return self.folder / (name + _TEMPORARY)

    def add(self, article: ScoredArticle, model: str) -> None:
        for table in self._tables:
            table.add(article, model)

    def reject(self, reject: Reject) -> None:
        self._rejects.write(json_line(asdict(reject)))

    def commit(self, run: dict[str, Any]) -> None:
        """Puts every file in its place, ``run`` as ``run.json`` last; an earlier run is replaced."""
        for table in self._tables:
            table.close()
        self._rejects.close()
        marker = self._temporary(COMPLETE)
        marker.write_text(
            json.dumps(run, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )
        for name in (COMPLETE, *self._stale):
            (self.folder / name).unlink(missing_ok=True)
        for name in self._names:
            self._temporary(name).replace(self.folder / name)
        marker.replace(self.folder / COMPLETE)
        self._committed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._committed:
            return
        # On a full disk closing fails too; what counts is that nothing half-written stays.
        for close in (*(table.abandon for table in self._tables), self._rejects.close):
            with suppress(OSError):
                close()
        for name in (*self._names, COMPLETE):
            self._temporary(name).unlink(missing_ok=True)
        if self._made and not any(self.folder.iterdir()):
            self.folder.rmdir()
