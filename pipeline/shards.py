"""Shards: scored one by one into files of their own, committed by a marker, assembled into the run's files.

`run_shard` is what an engine schedules, and this module alone commits. A shard's files bear names of their
own, and nobody reads them until the shard's marker, written last and whole, names them. So a stop at any
moment costs the shards that were being scored and nothing else, and two workers that score the same shard do
no harm.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from models.labels import STANCES as LABELS
from pipeline.chain import build_chain
from pipeline.config import ScoreConfig
from pipeline.errors import InputError, StancewireError
from pipeline.io.folders import Folder, open_folder
from pipeline.io.inputs import Input
from pipeline.io.partitions import PartitionKey, partition_order, partition_problem
from pipeline.io.read import ArticleReader, Reject, Row, Start
from pipeline.io.schema import STANCES, TABLES
from pipeline.io.write import RunWriter, ShardTables
from pipeline.isolation import IsolatedChain
from pipeline.loaded_chain import LoadedChain
from pipeline.plan import PLAN, Plan, Shard, load_plan
from pipeline.records import ScoredArticle

SHARDS = "shards"
# From so many attempts that ended without a word, an article is thought to kill its process.
CRASHES = 2

_MARKER = ".json"
# shards/attempts/NUMBER/ATTEMPT stands while a shard is being scored.
_ATTEMPTS = f"{SHARDS}/attempts"
# Markers fetched at once: from an object store each takes a round trip.
_FETCHES = 16

# Called with the articles scored and rows rejected since the last call.
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to open a run: the input's folder, the run's folder, the config. All plain text."""

    root: str
    out: str
    config: str


@dataclass(frozen=True, slots=True)
class Done:
    """A shard's marker. ``files``: table → its file; ``groups``: table → the partition of each row group.

    ``seconds``: by stage.
    """

    shard: int
    articles: int
    files: Mapping[str, str]
    groups: Mapping[str, Sequence[PartitionKey]]
    rejects: Sequence[Reject]
    seconds: Mapping[str, float]


class Worker:
    """A loaded chain, and the input and the run folder that it works on."""

    def __init__(
        self, folder: Folder, reader: ArticleReader, plan: Plan, config: ScoreConfig, chain: LoadedChain
    ) -> None:
        self.folder = folder
        self.plan = plan
        self.config = config
        self.chain = chain
        self._reader = reader
        # Shards mostly come in order: then the file stays open where the last one ended.
        self._open: tuple[Start, Iterator[Any]] | None = None

    def items(self, shard: Shard) -> Iterator[Row | Reject]:
        """The shard's rows; a repeated id, and what the run's folders cannot hold, are rejects.

        Raises:
            InputError: they are not those of the plan.
        """
        opened, self._open = self._open, None
        rows = opened[1] if opened and opened[0] == shard.start else self._reader.rows(shard.start)
        count = articles = 0
        after = shard.start
        for index, read in enumerate(islice(rows, shard.rows)):
            count += 1
            articles += isinstance(read.item, Row)
            after = read.after
            yield self._checked(read.item, shard.repeats.get(index))
        if (count, articles) != (shard.rows, shard.articles):
            raise InputError(
                f"shard {shard.number}: the input gave {articles:,} articles in {count:,} rows where the plan "
                f"has {shard.articles:,} in {shard.rows:,}; it changed or is out of reach: "
                "put it back and go on with --resume"
            )
        self._open = (after, rows)

    def _checked(self, item: Row | Reject, repeats: str | None) -> Row | Reject:
        if isinstance(item, Reject):
            return item
        id_ = item.article.id
        if repeats is not None:
            return Reject(item.place, f"the id {id_!r} was used before, at {repeats}; ids must differ", id_)
        problem = partition_problem(item.article, self.plan.settings.partition_by)
        return Reject(item.place, problem, id_) if problem else item


def open_worker(job: Job) -> Worker:
    """The worker of a job in a process of its own: loads the plan and the models.

    Raises:
        StancewireError: the plan is gone, or the models here are not those of the plan.
    """
    folder, config = open_folder(job.out), ScoreConfig.model_validate_json(job.config)
    plan = load_plan(folder)
    if plan is None:
        raise StancewireError(
            f"{folder.show(PLAN)}: is missing; workers must see the run's folder: put it on a disk that all "
            "machines share or in an object store"
        )
    chain = LoadedChain(build_chain(config), config.threads)
    if chain.checkpoints != plan.settings.models:
        raise StancewireError(
            f"{folder.shown}: a worker has other models than the run; install the same ones on every machine"
        )
    reader = ArticleReader(Input(open_folder(job.root), plan.sizes, plan.alone))
    return Worker(folder, reader, plan, config, chain)


def run_shard(worker: Worker, shard: Shard, told: Told = lambda articles, rejects: None) -> Done:
    """Scores a shard and commits it. Reading and writing go on while the chain computes.

    A shard at which earlier attempts died is scored article by article in a process of its own, so that the
    article that kills it is found and rejected.

    Raises:
        InputError: the input is not that of the plan any more.
        OSError: the run folder cannot be written.
    """
    number, attempt = f"{shard.number:06d}", uuid4().hex[:8]
    crashes = len(worker.folder.files(f"{_ATTEMPTS}/{number}"))
    standing = f"{_ATTEMPTS}/{number}/{attempt}"
    worker.folder.write(standing, b"")
    stem = f"{SHARDS}/{number}.{attempt}"
    try:
        if crashes < CRASHES:
            done = _score(worker, shard, stem, worker.chain, worker.config.batch_articles, told)
        else:
            with IsolatedChain(worker.config) as isolated:
                done = _score(worker, shard, stem, isolated, 1, told)
        worker.folder.write(_marker_name(shard.number), json.dumps(asdict(done), ensure_ascii=False).encode())
    finally:
        # Whoever ends without coming here has crashed.
        worker.folder.remove(standing)
    return done


def _score(
    worker: Worker, shard: Shard, stem: str, chain: LoadedChain | IsolatedChain, batch: int, told: Told
) -> Done:
    before = dict(chain.seconds)
    model = worker.chain.stance_model
    rejects: list[Reject] = []
    articles = 0
    items = worker.items(shard)
    with (
        ShardTables(worker.folder, stem, worker.plan.settings.partition_by) as tables,
        ThreadPoolExecutor(1) as reading,
        ThreadPoolExecutor(1) as writing,
    ):
        chunk = reading.submit(_next, items, batch)
        written: Future[None] | None = None
        while waiting := chunk.result():
            chunk = reading.submit(_next, items, batch)
            outcomes = chain.process(waiting)
            scored = [one for one in outcomes if not isinstance(one, Reject)]
            rejects += [one for one in outcomes if isinstance(one, Reject)]
            articles += len(scored)
            if written is not None:
                written.result()
            written = writing.submit(_add, tables, scored, model)
            told(len(scored), len(outcomes) - len(scored))
        if written is not None:
            written.result()
    return Done(
        shard.number,
        articles,
        tables.files,
        tables.groups,
        rejects,
        {stage: seconds - before[stage] for stage, seconds in chain.seconds.items()},
    )


def _next(items: Iterator[Row | Reject], batch: int) -> list[Row | Reject]:
    return list(islice(items, batch))


def _add(tables: ShardTables, articles: Iterable[ScoredArticle], model: str) -> None:
    for article in articles:
        tables.add(article, model)


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a run's shards: those that are done, and for each other that was begun its attempts."""

    done: tuple[Done, ...]
    attempts: Mapping[int, int]


def progress_of(folder: Folder) -> Progress:
    """What the shards' folder holds; a marker that cannot be read, or whose files are not there, is none."""
    files = folder.files(SHARDS)
    markers = [name for name in files if name.endswith(_MARKER)]
    with ThreadPoolExecutor(_FETCHES) as pool:
        read = list(pool.map(lambda name: _marker(folder, name), markers))
    done = tuple(one for one in read if one is not None and all(name in files for name in one.files.values()))
    finished = {one.shard for one in done}
    attempts: dict[int, int] = {}
    for name in folder.files(_ATTEMPTS, deep=True):
        shard = int(name.removeprefix(f"{_ATTEMPTS}/").partition("/")[0])
        if shard not in finished:
            attempts[shard] = attempts.get(shard, 0) + 1
    return Progress(done, attempts)


def _marker_name(shard: int) -> str:
    return f"{SHARDS}/{shard:06d}{_MARKER}"


def _marker(folder: Folder, name: str) -> Done | None:
    try:
        values = json.loads(folder.read(name))
        rejects = [Reject(**reject) for reject in values.pop("rejects")]
        groups = {table: [tuple(key) for key in keys] for table, keys in values.pop("groups").items()}
        return Done(rejects=rejects, groups=groups, **values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def assemble(folder: Folder, done: Sequence[Done], writer: RunWriter) -> dict[str, int]:
    """Writes the tables and rejects of all shards, in their order, partition by partition.

    Gives the counts of articles, statements, stances, stances by label, and rejects.

    Raises:
        StancewireError: a shard's file cannot be read; its marker is removed, so that it is scored again.
    """
    ordered = sorted(done, key=lambda one: one.shard)
    counts: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    for table in TABLES:
        groups: dict[PartitionKey, list[tuple[Done, list[int]]]] = {}
        for one in ordered:
            of_key: dict[PartitionKey, list[int]] = {}
            for index, key in enumerate(one.groups[table.name]):
                of_key.setdefault(key, []).append(index)
            for key, indices in of_key.items():
                groups.setdefault(key, []).append((one, indices))
        for key in sorted(groups, key=partition_order):
            for one, indices in groups[key]:
                for rows in _row_groups(folder, one, table.name, indices):
                    writer.append(table, rows, key)
                    counts[table.name] += len(rows)
                    if table is STANCES:
                        for found in rows["stance"].value_counts().to_pylist():
                            labels[found["values"]] += found["counts"]
    for one in ordered:
        for reject in one.rejects:
            writer.reject(reject)
    return {
        **{table.name: counts[table.name] for table in TABLES},
        **{label: labels[label] for label in [*LABELS, *sorted(labels.keys() - set(LABELS))]},
        "rejects": sum(len(one.rejects) for one in ordered),
    }


def _row_groups(folder: Folder, done: Done, table: str, indices: Sequence[int]) -> Iterator[pa.Table]:
    name = done.files[table]
    try:
        with folder.open(name) as data, pq.ParquetFile(data, page_checksum_verification=True) as file:
            for index in indices:
                yield file.read_row_group(index)
    except (OSError, pa.ArrowException) as error:
        folder.remove(_marker_name(done.shard))
        raise StancewireError(
            f"{folder.show(name)}: cannot be read ({error}); run again with --resume, "
            f"and shard {done.shard} is scored again"
        ) from error


def discard(folder: Folder) -> None:
    """Removes plan and shards; without a plan, shards are nobody's."""
    folder.remove(PLAN)
    folder.remove_folder(SHARDS)
