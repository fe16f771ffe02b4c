"""What a stage is: typed input and output, options of its own, `setup` once and `process` by batch."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from pipeline.records import Article


class StageOptions(BaseModel):
    """Base of every stage's options: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(Protocol):
    """One step of the chain. `pipeline.chain` checks ``consumes`` and ``produces`` when it is built.

    ``process`` returns one record per input record, in order. What it returns for an article may
    depend on that article alone, never on its neighbours in the batch.
    """

    consumes: ClassVar[type[Article]]
    produces: ClassVar[type[Article]]
    Options: ClassVar[type[StageOptions]]

    def __init__(self, options: Any) -> None: ...

    def setup(self) -> None:
        """Load what is slow to load (models, tables). Called once a process, before `process`."""

    def process(self, batch: Sequence[Any]) -> list[Any]: ...
