"""The local engine: one shard after the other in this process."""

from collections.abc import Iterable

from pipeline.plan import Shard
from pipeline.shards import Told, Worker, run_shard


def run_here(worker: Worker, shards: Iterable[Shard], told: Told) -> None:
    """Runs every shard; ``told`` hears of every batch. Raises as `run_shard`."""
    for shard in shards:
        run_shard(worker, shard, told)
