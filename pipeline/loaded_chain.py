"""A chain that is set up and scores batch by batch; an article that breaks a stage is isolated."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from time import perf_counter
from typing import Any, Protocol

from pipeline.chain import Chain
from pipeline.io.read import Reject, Row
from pipeline.records import ScoredArticle
from pipeline.stages.base import Stage

_REASON_LENGTH = 500


class LoadedCheckpoint(Protocol):
    """What is asked of the values in a stage's ``checkpoints``; `models.registry.Checkpoint` is one.

    ``digest``: sha256 of the weights. ``label``: name and short digest, as rows carry it.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def label(self) -> str: ...


class LoadedChain:
    """A chain that is set up. ``seconds``: time spent in each stage so far.

    Args:
        threads: how many torch uses for one operation; None leaves torch's own choice.

    Raises:
        StancewireError: a stage cannot be set up.
    """

    def __init__(self, chain: Chain, threads: int | None = None) -> None:
        if threads is not None:
            import torch  # Only here: a chain without models starts without it.

            torch.set_num_threads(threads)
        chain.setup()
        self._chain = chain
        self.seconds = dict.fromkeys(chain.stages, 0.0)

    @property
    def checkpoints(self) -> dict[str, dict[str, str]]:
        """Step → {checkpoint name: sha256}, of the stages that use any."""
        found = {step: _checkpoints(stage) for step, stage in self._chain.stages.items()}
        return {step: {one.name: one.digest for one in loaded} for step, loaded in found.items() if loaded}

    @property
    def stance_model(self) -> str:
        """The last stage's checkpoint and short digest, or its class where it has none."""
        last = list(self._chain.stages.values())[-1]
        return "+".join(one.label for one in _checkpoints(last)) or type(last).__name__

    def outcomes(self, items: Iterable[Row | Reject], batch: int) -> Iterator[ScoredArticle | Reject]:
        """One outcome an item, in their order whatever the batch; a `Reject` among the items stays one."""
        waiting = iter(items)
        while chunk := list(islice(waiting, batch)):
            yield from self.process(chunk)

    def process(self, items: Sequence[Row | Reject]) -> list[ScoredArticle | Reject]:
        outcomes: dict[int, ScoredArticle | Reject] = {}
        alive: list[tuple[int, Any]] = []
        for index, item in enumerate(items):
            if isinstance(item, Row):
                alive.append((index, item.article))
            else:
                outcomes[index] = item
        for name, stage in self._chain.stages.items():
            begun = perf_counter()
            results = _through(stage, [record for _, record in alive])
            self.seconds[name] += perf_counter() - begun
            survivors = []
            for (index, record), result in zip(alive, results, strict=True):
                if isinstance(result, Exception):
                    reason = f"{type(result).__name__}: {result}"[:_REASON_LENGTH]
                    outcomes[index] = Reject(items[index].place, reason, record.id, name)
                else:
                    survivors.append((index, result))
            alive = survivors
        outcomes.update(alive)
        return [outcomes[index] for index in range(len(items))]


def _checkpoints(stage: Stage) -> list[LoadedCheckpoint]:
    """Those of a stage with a dict ``checkpoints``, filled by its `setup`; stages of rules have none."""
    return list(getattr(stage, "checkpoints", {}).values())


def _through(stage: Stage, records: list[Any]) -> list[Any]:
    """Each record's result, or the exception it caused: a batch that fails is tried again one by one."""
    if not records:
        return []
    try:
        results = stage.process(records)
        if len(results) != len(records):
            raise ValueError(f"the stage gave {len(results)} records for {len(records)}")
        for result in results:
            if not isinstance(result, stage.produces):
                raise TypeError(f"the stage gave a {type(result).__name__}, not {stage.produces.__name__}")
    except Exception as error:
        if len(records) == 1:
            return [error]
        return [_through(stage, [record])[0] for record in records]
    return results
