"""An article at a time, in a process of its own.

An article that kills the process (a crash in native code, no memory left) is tried once more and then
rejected, and the run lives.
"""

import signal
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Self

from pipeline.chain import build_chain
from pipeline.config import ScoreConfig
from pipeline.errors import StancewireError
from pipeline.io.read import Reject, Row
from pipeline.loaded_chain import LoadedChain
from pipeline.records import ScoredArticle

_TRIES = 2
# Seconds that a child has to end once nobody talks to it.
_PATIENCE = 10.0


class IsolatedChain:
    """`LoadedChain.process` in a child process; use it in ``with``. ``seconds``: time spent in each stage."""

    def __init__(self, config: ScoreConfig) -> None:
        self._config = config
        self._child: BaseProcess | None = None
        self._connection: Connection | None = None
        self.seconds = dict.fromkeys(config.stages, 0.0)

    def process(self, items: Sequence[Row | Reject]) -> list[ScoredArticle | Reject]:
        """Raises:
        StancewireError: the child cannot load the chain.
        """
        return [item if isinstance(item, Reject) else self._one(item) for item in items]

    def _one(self, row: Row) -> ScoredArticle | Reject:
        ends = []
        for _ in range(_TRIES):
            connection = self._connected()
            try:
                connection.send(row)
                outcome, seconds = connection.recv()
            except (EOFError, OSError):
                ends.append(self._bury())
                continue
            self.seconds = {stage: self.seconds[stage] + seconds[stage] for stage in self.seconds}
            return outcome
        reason = f"the article killed the process that scored it, {_TRIES} times ({', '.join(ends)})"
        return Reject(row.place, reason, row.article.id)

    def _connected(self) -> Connection:
        if self._connection is not None:
            return self._connection
        # Spawned, not forked: a fork copies locks that threads of ours may hold.
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._child = context.Process(
            target=_serve,
            args=(theirs, self._config.model_dump_json()),
            name="stancewire-isolated",
            daemon=True,
        )
        self._child.start()
        theirs.close()
        try:
            problem = self._connection.recv()
        except (EOFError, OSError):
            problem = f"its process ended while it loaded the models ({self._bury()})"
        if problem is not None:
            raise StancewireError(f"an isolated worker cannot start: {problem}")
        return self._connection

    def _bury(self) -> str:
        """How the child ended."""
        if self._connection is not None:
            self._connection.close()
        code = None
        if self._child is not None:
            self._child.join(_PATIENCE)
            if self._child.is_alive():
                self._child.kill()
                self._child.join()
            code = self._child.exitcode
        self._child = self._connection = None
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bury()


def _serve(connection: Connection, config_json: str) -> None:
    """The child: tells whether the chain is loaded, then answers every row with its outcome."""
    # Ctrl-C goes to all processes of a terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        config = ScoreConfig.model_validate_json(config_json)
        chain = LoadedChain(build_chain(config), config.threads)
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
        return
    connection.send(None)
    while True:
        try:
            row = connection.recv()
        except EOFError:
            return
        before = dict(chain.seconds)
        (outcome,) = chain.process([row])
        connection.send((outcome, {stage: chain.seconds[stage] - before[stage] for stage in before}))
