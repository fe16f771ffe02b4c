"""The scheduling of `pipeline.engines.ray` against a stand-in for Ray; tests/pipeline/test_ray.py has a real cluster."""

import socket
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.config import EngineConfig
from pipeline.engines import ray as engine
from pipeline.errors import InputError, StancewireError
from pipeline.io.read import Start
from pipeline.plan import Shard
from pipeline.shards import Job

JOB = Job("/in", "/out", "{}")
SHARDS = [Shard(number, Start(), 2, 2) for number in range(6)]


class RayError(Exception):
    """A lost worker; with ``cause``, an error of the task."""


class FakeRay:
    """Tasks run when they are asked for. ``fails``: what a shard's n-th attempt raises, None where it succeeds."""

    exceptions = SimpleNamespace(RayError=RayError)

    def __init__(self, cpus: int, fails: Callable[[int, int], Exception | None]) -> None:
        self._cpus, self._fails = cpus, fails
        self.attempts: list[int] = []
        self.cancelled: list[int] = []
        self.most = self._running = 0

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": float(self._cpus)}

    def remote(self, **options: Any) -> Callable[[Callable], Any]:
        assert options == {"max_retries": 0, "num_cpus": 1}
        return lambda task: SimpleNamespace(remote=self._start)

    def _start(self, job: Job, shard: Shard) -> tuple[int, int]:
        assert job == JOB
        self._running += 1
        self.most = max(self.most, self._running)
        return shard.number, len(self.attempts) + self._running

    def wait(self, references: list, num_returns: int, timeout: float | None = None) -> tuple[list, list]:
        return references[:num_returns], references[num_returns:]

    def get(self, reference: tuple[int, int]) -> tuple[int, int]:
        self._running -= 1
        self.attempts.append(reference[0])
        error = self._fails(reference[0], self.attempts.count(reference[0]))
        if error is not None:
            raise error
        return 2, 0

    def cancel(self, reference: tuple[int, int]) -> None:
        self.cancelled.append(reference[0])


def scheduled(ray: FakeRay) -> list[tuple[int, int]]:
    heard: list[tuple[int, int]] = []
    engine._schedule(ray, JOB, EngineConfig(use="ray"), SHARDS, lambda *told: heard.append(told))
    return heard


def task_error(cause: Exception) -> RayError:
    error = RayError("a long remote traceback")
    error.cause = cause
    return error


def test_every_shard_runs_once_with_few_waiting() -> None:
    ray = FakeRay(1, lambda shard, attempt: None)
    assert scheduled(ray) == [(2, 0)] * 6
    assert (ray.attempts, ray.most) == ([0, 1, 2, 3, 4, 5], 2)


def test_shard_of_a_lost_worker_runs_again() -> None:
    ray = FakeRay(2, lambda shard, attempt: RayError("node died") if shard == 1 and attempt < 3 else None)
    assert len(scheduled(ray)) == 6
    assert sorted(ray.attempts) == [0, 1, 1, 1, 2, 3, 4, 5]


def test_shard_that_loses_worker_after_worker_is_an_error() -> None:
    ray = FakeRay(2, lambda shard, attempt: RayError("node died") if shard == 0 else None)
    with pytest.raises(
        StancewireError, match=r"^shard 0: failed on 5 workers, the last time with: node died"
    ):
        scheduled(ray)


def test_error_of_ours_ends_the_run_with_its_own_text_and_cancels_the_rest() -> None:
    ray = FakeRay(
        2, lambda shard, attempt: task_error(InputError("shard 0: the input gave")) if not shard else None
    )
    with pytest.raises(InputError, match=r"^shard 0: the input gave$"):
        scheduled(ray)
    assert ray.attempts == [0]
    assert ray.cancelled == [1, 2, 3]


def test_full_disk_of_one_worker_gives_its_shard_to_another() -> None:
    disk = OSError(28, "No space left on device")
    ray = FakeRay(1, lambda shard, attempt: task_error(disk) if shard == 2 and attempt == 1 else None)
    assert len(scheduled(ray)) == 6


def test_cluster_without_room_for_a_worker_is_an_error() -> None:
    with pytest.raises(StancewireError, match="has no 1 CPUs for a worker; add nodes"):
        scheduled(FakeRay(0, lambda shard, attempt: None))


def test_cluster_out_of_reach_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    address = EngineConfig(use="ray", address=f"127.0.0.1:{port}")
    with pytest.raises(
        StancewireError, match=rf"^the Ray cluster at '127\.0\.0\.1:{port}' cannot be reached"
    ):
        engine.run_on_ray(JOB, address, SHARDS, lambda articles, rejects: None)
