"""A whole run of `stancewire score`: input to run folder, shard by shard, and on again after a stop."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from filelock import FileLock, Timeout

from pipeline.chain import build_chain
from pipeline.config import ScoreConfig, load_score_config, option_digests, resolved, validated
from pipeline.engines.local import run_here
from pipeline.engines.ray import check_ray, run_on_ray
from pipeline.errors import InputError, StancewireError
from pipeline.io.folders import Folder, open_folder
from pipeline.io.inputs import Input, find_input
from pipeline.io.partitions import PartitionName
from pipeline.io.read import ArticleReader, Reject
from pipeline.io.write import COMPLETE, REJECTS, RunWriter, TableFormat, check_folder, final_names
from pipeline.loaded_chain import LoadedChain
from pipeline.plan import (
    PLAN,
    SHARD_SIZE,
    Plan,
    Settings,
    check_same,
    load_plan,
    make_plan,
    save_plan,
)
from pipeline.shards import Job, Worker, assemble, discard, progress_of
from pipeline.status import LOCK

Phase = Literal["planning", "scoring"]
# Called with the articles and the rejected rows so far (while planning: rows, 0), and the share of the input
# that they are. Each phase begins with a call, which tells what an earlier, stopped run did.
Watch = Callable[[Phase, int, int, float], None]

_REJECTS_KEPT = 3


@dataclass(frozen=True, slots=True)
class Choices:
    """How `score_run` goes about its work.

    ``overwrite``: an earlier run may be replaced. ``resume``: go on with an unfinished run, or begin where
    there is none. ``shard_size``: rows a shard, where a run is begun; no row depends on it. ``limit``: score
    so many articles. ``partition_by``: keys of `pipeline.io.partitions.PARTITIONS`.
    """

    table_format: TableFormat = "parquet"
    overwrite: bool = False
    resume: bool = False
    shard_size: int = SHARD_SIZE
    limit: int | None = None
    partition_by: Sequence[PartitionName] = ()


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a finished run has to tell. ``counts``: articles, statements, stances, by label, and rejects.

    ``seconds``: what this call spent on scoring. ``first_rejects``: a few of the rows that gave nothing.
    """

    folder: Folder
    files: list[str]
    counts: Mapping[str, int]
    seconds: float
    first_rejects: Sequence[Reject]


def score_config(
    path: Path | None,
    *,
    reader: str | None = None,
    stance: str | None = None,
    engine: str | None = None,
    address: str | None = None,
) -> ScoreConfig:
    """A config file, or the defaults, with other checkpoints (a shipped name or a folder) and another engine
    where given.

    Raises:
        ConfigError: the file is unreadable or a key does not fit.
    """
    values = load_score_config(path).model_dump()
    for step, checkpoint in (("read", reader), ("stance", stance)):
        if checkpoint is not None:
            values["stages"][step]["checkpoint"] = checkpoint
    for key, value in (("use", engine), ("address", address)):
        if value is not None:
            values["engine"][key] = value
    return validated(ScoreConfig, values)


def score_run(
    source: str | Path,
    out: str | Path,
    config: ScoreConfig,
    choices: Choices = Choices(),
    watch: Watch = lambda phase, articles, rejects, done: None,
) -> RunResult:
    """Scores every article of ``source`` into the run folder ``out``; rows that cannot be scored are rejects.

    Both are paths or URLs. The same input, config and checkpoints give the same bytes in every file but
    ``run.json``, which holds the timings: whatever the shards, and wherever earlier calls were stopped.

    Raises:
        ConfigError: the config names what does not exist or fit.
        InputError: nothing there to read, ``out`` holds a run already, or one of something else is resumed.
        StancewireError: a stage cannot be set up, or ``out`` cannot be written.
    """
    clock = _Clock()
    folder = open_folder(out)
    given = find_input(source, leave_out=folder)
    # What is quick to find wrong comes before the stages, whose import takes seconds.
    _check_out(folder, choices)
    values = resolved(config)
    if config.engine.use == "ray":
        check_ray()
    chain = build_chain(config)
    try:
        with _alone(folder):
            loaded = LoadedChain(chain, config.threads)
            settings = Settings(
                stancewire=version("stancewire"),
                config=values,
                models=loaded.checkpoints,
                tables=option_digests(config),
                format=choices.table_format,
                partition_by=list(choices.partition_by),
                limit=choices.limit,
            )
            clock.lap("setup_s")
            if choices.resume and (told := _finished(folder)) is not None:
                check_same(settings, given, told, folder.shown)
                # A kill right after the end may have left some of the shards.
                discard(folder)
                return _result(folder, settings, told["counts"], 0.0)
            plan = _planned(folder, given, settings, choices, watch)
            clock.lap("plan_s")
            scored = _score(Worker(folder, ArticleReader(given), plan, config, loaded), given.root, watch)
            clock.lap("score_s")
            done = progress_of(folder).done
            with RunWriter(
                folder, choices.table_format, overwrite=True, partition_by=choices.partition_by
            ) as writer:
                counts = assemble(folder, done, writer)
                clock.lap("assemble_s")
                stages = {
                    stage: round(sum(one.seconds[stage] for one in done), 3) for stage in loaded.seconds
                }
                speed = round(scored / max(clock.laps["score_s"], 1e-9), 2)
                timings = clock.laps | {"total_s": clock.total(), "stages_s": stages, "articles_per_s": speed}
                record = asdict(settings) | {"inputs": plan.inputs, "counts": counts, "timings": timings}
                writer.commit(record)
            discard(folder)
    except OSError as error:
        raise StancewireError(
            f"{folder.shown}: the run cannot be written: {error.strerror or error}; what is done is kept: "
            "mend this and go on with --resume"
        ) from error
    return _result(folder, settings, counts, clock.laps["score_s"])


class _Clock:
    """Seconds, by what they were spent on."""

    def __init__(self) -> None:
        self._begun = self._last = perf_counter()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now

    def total(self) -> float:
        return round(perf_counter() - self._begun, 3)


def _check_out(folder: Folder, choices: Choices) -> None:
    begun = folder.is_file(PLAN)
    if choices.resume and (begun or _finished(folder) is not None):
        return
    if begun and not choices.overwrite:
        raise InputError(
            f"{folder.shown}: holds a run that was stopped; go on with --resume, start again with --overwrite, "
            "or name another folder"
        )
    check_folder(folder, overwrite=choices.overwrite)


def _finished(folder: Folder) -> dict[str, Any] | None:
    """What ``run.json`` tells of a finished run, which an unfinished one is not going to replace."""
    if folder.is_file(PLAN) or not folder.is_file(COMPLETE):
        return None
    try:
        return json.loads(folder.read(COMPLETE))
    except ValueError as error:
        raise InputError(f"{folder.show(COMPLETE)}: cannot be read ({error}); use --overwrite") from error


@contextmanager
def _alone(folder: Folder) -> Iterator[None]:
    """Holds the folder on this machine against other processes; one that dies lets it go."""
    if folder.local is None:
        yield
        return
    made = not folder.local.exists()
    folder.local.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.local / LOCK, blocking=False)
    try:
        with lock:
            try:
                yield
            finally:
                (folder.local / LOCK).unlink(missing_ok=True)
    except Timeout as error:
        raise InputError(
            f"{folder.shown}: another process is at work on this run; wait for it or stop it"
        ) from error
    finally:
        if made and not any(folder.local.iterdir()):
            folder.local.rmdir()


def _planned(folder: Folder, given: Input, settings: Settings, choices: Choices, watch: Watch) -> Plan:
    plan = load_plan(folder) if choices.resume else None
    if plan is not None:
        check_same(settings, given, asdict(plan.settings) | {"inputs": plan.inputs}, folder.shown)
        return plan
    discard(folder)
    watch("planning", 0, 0, 0.0)
    plan = make_plan(
        given, settings, choices.shard_size, lambda rows, share: watch("planning", rows, 0, share)
    )
    save_plan(folder, plan)
    return plan


def _score(worker: Worker, root: Folder, watch: Watch) -> int:
    """Scores what is left of the plan and gives the number of articles."""
    done = progress_of(worker.folder).done
    finished = {one.shard for one in done}
    articles = before = sum(one.articles for one in done)
    rejects = sum(len(one.rejects) for one in done)
    rows = max(worker.plan.rows, 1)

    def told(more: int, rejected: int) -> None:
        nonlocal articles, rejects
        articles += more
        rejects += rejected
        watch("scoring", articles, rejects, (articles + rejects) / rows)

    told(0, 0)
    left = [shard for shard in worker.plan.shards if shard.number not in finished]
    engine = worker.config.engine
    if engine.use == "ray":
        job = Job(root.where, worker.folder.where, worker.config.model_dump_json())
        run_on_ray(job, engine, left, told)
    else:
        run_here(worker, left, told)
    return articles - before


def _result(folder: Folder, settings: Settings, counts: Mapping[str, int], seconds: float) -> RunResult:
    names = [*final_names(settings.format), COMPLETE]
    files = [folder.show(name) for name in names]
    with folder.open(REJECTS) as lines:
        rejects = [Reject(**json.loads(line)) for line in islice(lines, _REJECTS_KEPT)]
    return RunResult(folder, files, counts, seconds, rejects)
