"""The Ray engine: every shard is a task of a Ray cluster, and one whose worker dies is given to another."""

import importlib.util
import logging
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from pipeline.config import EngineConfig
from pipeline.errors import StancewireError
from pipeline.plan import Shard
from pipeline.shards import CRASHES, Job, Told, Worker, open_worker, run_shard

# Tasks that wait at the cluster for each one that runs: enough that no worker idles between two shards.
_QUEUED = 2
# A shard that lost so many workers does not lose them to an article: that one is found after `CRASHES`.
_LOSSES = CRASHES + 3
# Seconds that running shards get to clean up after Ctrl-C, and that a cluster has to answer.
_PATIENCE = 10.0


def check_ray() -> None:
    """Raises:
    StancewireError: Ray is not installed.
    """
    if importlib.util.find_spec("ray") is None:
        raise StancewireError(
            "--engine ray needs Ray, which is not installed: run `python scripts/install.py --extra ray`"
        )


def run_on_ray(job: Job, engine: EngineConfig, shards: Sequence[Shard], told: Told) -> None:
    """Runs every shard on the cluster at ``engine.address``, or on one of this machine; ``told`` hears of each.

    Every machine of the cluster needs Stancewire, the models, and the job's input and run folder under the
    same names.

    Raises:
        StancewireError: the cluster is out of reach or too small, a shard fails, or loses worker after worker.
    """
    import ray  # Only here: without --engine ray nothing waits for it.

    ours = not ray.is_initialized()
    try:
        _knock(engine.address)
        if ours and engine.address is None:
            ray.init("local", include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        elif ours:
            ray.init(engine.address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # Ray raises many kinds, bare `Exception` among them.
        if engine.address is None:
            raise StancewireError(f"Ray cannot start on this machine: {error}") from error
        raise StancewireError(
            f"the Ray cluster at {engine.address!r} cannot be reached ({error}); "
            "see `ray status`, and name it as --address HOST:PORT"
        ) from error
    try:
        _schedule(ray, job, engine, shards, told)
    finally:
        if ours:
            ray.shutdown()


def _knock(address: str | None) -> None:
    """Whether anybody listens at HOST:PORT; Ray itself tries for many minutes.

    Raises:
        OSError: nobody does.
    """
    host, _, port = (address or "").rpartition(":")
    if host and port.isdigit() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE).close()


def _schedule(ray: Any, job: Job, engine: EngineConfig, shards: Sequence[Shard], told: Told) -> None:
    # Losses are counted here, where a shard that keeps failing can be told from a worker that went away.
    task = ray.remote(max_retries=0, num_cpus=engine.worker_cpus)(_run)
    waiting = list(reversed(shards))
    running: dict[Any, Shard] = {}
    losses: Counter[int] = Counter()
    try:
        while waiting or running:
            places = int(ray.cluster_resources().get("CPU", 0) // engine.worker_cpus)
            if not places and not running:
                raise StancewireError(
                    f"the Ray cluster has no {engine.worker_cpus} CPUs for a worker; add nodes"
                )
            while waiting and len(running) < places * _QUEUED:
                shard = waiting.pop()
                running[task.remote(job, shard)] = shard
            (ready,), _ = ray.wait(list(running), num_returns=1)
            shard = running.pop(ready)
            try:
                told(*ray.get(ready))
            except ray.exceptions.RayError as error:
                losses[shard.number] += 1
                cause = getattr(error, "cause", error)
                if isinstance(cause, StancewireError):
                    raise cause from error
                if losses[shard.number] == _LOSSES:
                    raise StancewireError(
                        f"shard {shard.number}: failed on {_LOSSES} workers, the last time with: {cause}"
                    ) from error
                waiting.append(shard)
    except BaseException:
        for reference in running:
            ray.cancel(reference)
        if running:
            with suppress(ray.exceptions.RayError):
                ray.wait(list(running), num_returns=len(running), timeout=_PATIENCE)
        raise


def _run(job: Job, shard: Shard) -> tuple[int, int]:
    """The task: articles scored and rows rejected."""
    done = run_shard(_worker(job), shard)
    return done.articles, len(done.rejects)


@lru_cache(maxsize=1)
def _worker(job: Job) -> Worker:
    """Loaded once a process of the cluster, which serves one shard after the other."""
    return open_worker(job)
