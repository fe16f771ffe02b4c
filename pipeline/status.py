"""How far a run is, from what its folder holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.errors import InputError
from pipeline.io.folders import Folder, open_folder
from pipeline.io.write import COMPLETE
from pipeline.plan import load_plan
from pipeline.shards import progress_of

LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Status:
    """``finished``: the folder holds a finished run, which an unfinished one may be about to replace.

    The rest tells of the unfinished one; without it ``shards`` is 0. ``rows``: of the whole input.
    ``attempts``: shard that is not done → how often it was begun and not ended, by a process that still works
    or by one that died. ``working``: whether a process of this machine holds the run; None where that cannot
    be told, in an object store.
    """

    folder: Folder
    finished: bool
    articles: int
    rejects: int
    rows: int = 0
    shards: int = 0
    shards_done: int = 0
    attempts: Mapping[int, int] = field(default_factory=dict)
    working: bool | None = None


def run_status(where: str | Path) -> Status:
    """Raises:
    InputError: the folder holds no run, or one that cannot be read.
    """
    folder = open_folder(where)
    try:
        finished = folder.is_file(COMPLETE)
        plan = load_plan(folder)
        if plan is not None:
            progress = progress_of(folder)
            return Status(
                folder,
                finished,
                sum(one.articles for one in progress.done),
                sum(len(one.rejects) for one in progress.done),
                plan.rows,
                len(plan.shards),
                len(progress.done),
                progress.attempts,
                _is_held(folder),
            )
        if finished:
            counts = json.loads(folder.read(COMPLETE))["counts"]
            return Status(folder, True, counts["articles"], counts["rejects"], working=_is_held(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder.shown}: cannot be read: {error}") from error
    raise InputError(f"{folder.shown}: holds no run; name a folder that `stancewire score … --out` wrote")


def _is_held(folder: Folder) -> bool | None:
    if folder.local is None:
        return None
    if not (folder.local / LOCK).exists():
        return False
    try:
        with FileLock(folder.local / LOCK, blocking=False):
            return False
    except Timeout:
        return True
