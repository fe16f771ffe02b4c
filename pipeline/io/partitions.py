"""Hive-style partitions: a table as a folder of ``key=value`` folders, which DuckDB, Spark and pandas read."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from urllib.parse import quote, unquote

from pipeline.records import Article


class PartitionName(StrEnum):
    YEAR = "year"
    MONTH = "month"
    SOURCE = "source"


# The value of an article for each partition key, in the order of the keys; None where it has none.
PartitionKey = tuple[str | None, ...]

# What Hive calls the folder of rows without a value.
_NULL = "__HIVE_DEFAULT_PARTITION__"
# File systems end a name at 255 bytes; the key and an object store's own limits need some of them.
LONGEST_NAME = 200
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?(?!\d)")


def _year(article: Article) -> str | None:
    found = _DATE.match(article.published_at or "")
    return found[1] if found else None


def _month(article: Article) -> str | None:
    found = _DATE.match(article.published_at or "")
    return f"{found[1]}-{found[2]}" if found else None


# Name of the key → its value for an article. A column of the same name is in the folders' names alone.
PARTITIONS: dict[PartitionName, Callable[[Article], str | None]] = {
    PartitionName.YEAR: _year,
    PartitionName.MONTH: _month,
    PartitionName.SOURCE: lambda article: article.source,
}


def partition_key(article: Article, keys: Sequence[PartitionName]) -> PartitionKey:
    return tuple(PARTITIONS[key](article) for key in keys)


def partition_folder(keys: Sequence[PartitionName], values: PartitionKey) -> str:
    """The folder of a partition within its table; "" without keys."""
    return "/".join(f"{key}={_name(value)}" for key, value in zip(keys, values, strict=True))


def partition_values(path: str) -> dict[str, str | None]:
    """The keys and values that the folders of a path tell."""
    pairs = (folder.partition("=") for folder in path.split("/")[:-1])
    return {key: None if value == _NULL else unquote(value) for key, mark, value in pairs if mark}


def partition_problem(article: Article, keys: Sequence[PartitionName]) -> str | None:
    """Why an article cannot go into a partition, None where it can."""
    for key, value in zip(keys, partition_key(article, keys), strict=True):
        if len(_name(value)) > LONGEST_NAME:
            return f"{key} is too long for the name of a folder; shorten it or leave it out of --partition-by"
    return None


def partition_order(values: PartitionKey) -> tuple[tuple[bool, str], ...]:
    """Sorts partitions: those without a value last."""
    return tuple((value is None, value or "") for value in values)


def _name(value: str | None) -> str:
    return _NULL if value is None else quote(value, safe="")
