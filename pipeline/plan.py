"""The plan of a run: what it reads, with what it scores, and the shards that it is cut into.

Planning reads the input once. It fingerprints every file, finds where each shard begins, and finds the ids
that occur twice, which no shard could see alone. The plan makes a run resumable: what is begun under one plan
goes on only under the same, and a difference is named.
"""

import hashlib
import json
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from pipeline.errors import InputError
from pipeline.io.folders import Folder
from pipeline.io.inputs import Input
from pipeline.io.partitions import PartitionName
from pipeline.io.read import ArticleReader, Read, Row, Start
from pipeline.io.write import TableFormat

PLAN = "plan.json"
SHARD_SIZE = 1000

# Keys of a config that change how fast rows come, never a row: a run may go on with others.
_PACE = ("batch_articles", "threads", "engine")
_SHOWN = 5
_ID_BYTES = 8

# Called with rows read and the share of the input that they are.
Watch = Callable[[int, float], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """All that decides a run's rows but the input. ``tables``: sha256 of files that stage options name."""

    stancewire: str
    config: dict[str, Any]
    models: dict[str, dict[str, str]]
    tables: dict[str, str]
    format: TableFormat
    partition_by: list[PartitionName]
    limit: int | None


@dataclass(frozen=True, slots=True)
class Shard:
    """Consecutive rows of the input. ``articles``: how many of the ``rows`` are no rejects.

    ``repeats``: index of a row in the shard → the place where its id was used before.
    """

    number: int
    start: Start
    rows: int
    articles: int
    repeats: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """``inputs``: sha256 of each file, in reading order; ``sizes``: their bytes."""

    settings: Settings
    inputs: dict[str, str]
    sizes: dict[str, int]
    alone: bool
    shards: tuple[Shard, ...]

    @property
    def rows(self) -> int:
        return sum(shard.rows for shard in self.shards)


def make_plan(source: Input, settings: Settings, shard_size: int, watch: Watch) -> Plan:
    """Reads the input, up to ``settings.limit`` articles, and cuts it into shards of ``shard_size`` rows.

    Memory holds 8 bytes a row, beside the ids that occur twice.

    Raises:
        InputError: the input is a single file that is unreadable.
    """
    reader = ArticleReader(source)
    starts: list[Start] = []
    sizes: list[int] = []
    articles: list[int] = []
    hashes = array("Q")
    last = Start()
    for read in _limited(reader.rows(), settings.limit):
        if not sizes or sizes[-1] == shard_size:
            starts.append(last)
            sizes.append(0)
            articles.append(0)
        sizes[-1] += 1
        articles[-1] += isinstance(read.item, Row)
        hashes.append(_hash(read.item.article.id) if isinstance(read.item, Row) else 0)
        last = read.after
        watch(len(hashes), read.done)
    repeats = _repeats(reader, starts, sizes, hashes)
    shards = tuple(
        Shard(number, *parts, repeats.get(number, {}))
        for number, parts in enumerate(zip(starts, sizes, articles, strict=True))
    )
    # A limit leaves the files after the last row that was read out of the run.
    names = list(source.files)[: None if settings.limit is None else last.file + 1]
    return Plan(
        settings,
        {name: _digest(source, name) for name in names},
        {name: source.files[name] for name in names},
        source.alone,
        shards,
    )


def _limited(rows: Iterator[Read], limit: int | None) -> Iterator[Read]:
    articles = 0
    for read in rows:
        yield read
        articles += isinstance(read.item, Row)
        if articles == limit:
            return


def _digest(source: Input, name: str) -> str:
    try:
        return source.digest(name)
    except OSError as error:
        return f"unreadable: {error.strerror or error}"


def _hash(id_: str) -> int:
    """Of an id; 0 stands for a row without one."""
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=_ID_BYTES).digest(), "big") or 1


def _repeats(
    reader: ArticleReader, starts: Sequence[Start], sizes: Sequence[int], hashes: "array[int]"
) -> dict[int, dict[int, str]]:
    """Shard → index of a row → the place where the row's id was used before.

    Hashes tell which rows may repeat an id; those rows alone are read again.
    """
    suspects = _suspects(np.array(hashes, dtype=np.uint64))
    ends = np.cumsum(sizes)
    places: dict[str, str] = {}
    found: dict[int, dict[int, str]] = {}
    shards = np.searchsorted(ends, suspects, side="right")
    for shard in np.unique(shards).tolist():
        first = int(ends[shard]) - sizes[shard]
        wanted = set((suspects[shards == shard] - first).tolist())
        for index, read in enumerate(reader.rows(starts[shard])):
            if index in wanted and isinstance(read.item, Row):
                before = places.setdefault(read.item.article.id, read.item.place)
                if before != read.item.place:
                    found.setdefault(shard, {})[index] = before
            if index == max(wanted):
                break
    return found


def _suspects(hashes: np.ndarray) -> np.ndarray:
    """The indices, ascending, of those hashes that occur more than once; 0 does not count."""
    order = np.argsort(hashes, kind="stable")
    ordered = hashes[order]
    same = (ordered[1:] == ordered[:-1]) & (ordered[1:] != 0)
    twice = np.zeros(len(hashes), dtype=bool)
    twice[1:] |= same
    twice[:-1] |= same
    return np.sort(order[twice])


def save_plan(folder: Folder, plan: Plan) -> None:
    folder.write(PLAN, json.dumps(asdict(plan), ensure_ascii=False).encode())


def load_plan(folder: Folder) -> Plan | None:
    """The plan of an unfinished run, None where there is none.

    Raises:
        InputError: it cannot be read.
    """
    if not folder.is_file(PLAN):
        return None
    try:
        values = json.loads(folder.read(PLAN))
        return Plan(
            Settings(**values.pop("settings")),
            shards=tuple(_shard(**shard) for shard in values.pop("shards")),
            **values,
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"{folder.show(PLAN)}: cannot be read ({error}); start again with --overwrite"
        ) from error


def _shard(start: dict[str, int], repeats: dict[str, str], **values: int) -> Shard:
    return Shard(
        start=Start(**start), repeats={int(index): place for index, place in repeats.items()}, **values
    )


def check_same(settings: Settings, source: Input, kept: Mapping[str, Any], where: str) -> None:
    """Whether a run that was begun (``kept``: its settings and inputs) can go on with these.

    Raises:
        InputError: something changed; the text names what.
    """
    names = list(source.files)
    if settings.limit is not None:
        names = names[: len(kept.get("inputs", names))]
    now = asdict(settings) | {"inputs": {name: _digest(source, name) for name in names}}
    was = {key: kept.get(key) for key in now}
    changes = list(_differences(_without_pace(was), _without_pace(now), ""))
    if changes:
        more = [f"and {len(changes) - _SHOWN} more"] if len(changes) > _SHOWN else []
        raise InputError(
            "\n".join(
                [
                    f"{where}: was begun with something else; undo the change, name another folder "
                    "or start again with --overwrite",
                    *changes[:_SHOWN],
                    *more,
                ]
            )
        )


def _without_pace(values: dict[str, Any]) -> dict[str, Any]:
    config = values["config"] or {}
    return values | {"config": {key: value for key, value in config.items() if key not in _PACE}}


def _differences(was: Any, now: Any, place: str) -> Iterator[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        for key in [*was, *(key for key in now if key not in was)]:
            yield from _differences(was.get(key), now.get(key), f"{place}.{key}" if place else str(key))
    elif was != now:
        yield f"{place}: was {_short(was)}, is {_short(now)}"


def _short(value: Any) -> str:
    text = "absent" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 24 else f"{text[:20]}…"
