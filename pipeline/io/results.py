"""Read a finished run: what ``run.json`` tells, the tables batch by batch, and the rejects."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json as pj
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.io.schema import TABLES, Table
from pipeline.io.write import COMPLETE, REJECTS, WRITERS, TableFormat

_BATCH_ROWS = 8192
# Bytes of a JSONL file read at once; a line must be shorter.
_BLOCK = 16 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run on disk. ``told``: what ``run.json`` holds. Make it by `open_run`."""

    folder: Path
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
        path = self.folder / f"{table.name}.{self.table_format}"
        try:
            for batch in read(path, schema):
                yield batch.select(wanted).cast(schema)
        except FileNotFoundError as error:
            raise InputError(f"{path}: is missing; {_SCORE_AGAIN}") from error
        except (OSError, ValueError, TypeError, pa.ArrowException) as error:
            raise InputError(f"{path}: cannot be read ({error}); {_SCORE_AGAIN}") from error

    def rejects(self) -> Iterator[Reject]:
        """The rows that gave nothing, in input order.

        Raises:
            InputError: on iteration, the file is missing or a line of it is no reject.
        """
        path = self.folder / REJECTS
        try:
            with path.open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    try:
                        yield Reject(**json.loads(line))
                    except (ValueError, TypeError) as error:
                        raise InputError(
                            f"{path}:{number}: is no reject ({error}); {_SCORE_AGAIN}"
                        ) from error
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}); {_SCORE_AGAIN}") from error


_SCORE_AGAIN = "score the articles again with `stancewire score … --overwrite`"


def open_run(folder: Path) -> Run:
    """The run in a folder that `stancewire score` wrote.

    Raises:
        InputError: there is no such folder, or it holds no finished run.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; name one that `stancewire score … --out` wrote")
    path = folder / COMPLETE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{folder}: holds no finished run ({COMPLETE} is missing); name a folder that "
            "`stancewire score … --out` wrote, and wait until it is done"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); {_SCORE_AGAIN}") from error
    if not isinstance(told, dict):
        raise InputError(f"{path}: is not the record of a run; {_SCORE_AGAIN}")
    for table_format in WRITERS:
        if any((folder / f"{table.name}.{table_format}").exists() for table in TABLES):
            return Run(folder, told, table_format)
    names = " or ".join(f"{TABLES[0].name}.{table_format}" for table_format in WRITERS)
    raise InputError(f"{folder}: holds no tables ({names}, …); {_SCORE_AGAIN}")


def _parquet(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        _check_columns(path, file.schema_arrow.names, schema)
        yield from file.iter_batches(batch_size=_BATCH_ROWS, columns=schema.names)


def _jsonl(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with path.open("rb") as file:
        first = file.readline()
    if not first.strip():
        return  # Arrow takes a file without rows for a broken one.
    # Arrow fills an absent field with nulls, so absence has to be found before.
    _check_columns(path, list(json.loads(first)), schema)
    yield from pj.open_json(
        path,
        read_options=pj.ReadOptions(block_size=_BLOCK),
        parse_options=pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
    )


def _check_columns(path: Path, found: Sequence[str], schema: pa.Schema) -> None:
    missing = [name for name in schema.names if name not in found]
    if missing:
        raise InputError(
            f"{path}: has no column {', '.join(missing)} (it has: {', '.join(found)}); {_SCORE_AGAIN}"
        )
