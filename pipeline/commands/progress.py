"""How far a run is: a bar with articles/s on a terminal, a plain line every few seconds elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipeline.run import Watch

_PLAIN_SECONDS = 10.0


@contextmanager
def progress(console: Console) -> Iterator[Watch]:
    """Yields what `pipeline.run.score_run` takes as ``watch``; the rate counts from its first call."""
    if not console.is_terminal:
        yield _plain_lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("loading models", total=1.0)

        def show(line: str, done: float) -> None:
            bar.update(task, description=line, completed=done)

        yield _timed(show, every=0.0)


def _plain_lines(console: Console) -> Watch:
    def show(line: str, done: float) -> None:
        console.print(f"{line}, {done:.0%} of the input", soft_wrap=True)

    return _timed(show, every=_PLAIN_SECONDS)


def _timed(show: Callable[[str, float], None], every: float) -> Watch:
    """Calls ``show`` with counts and rate, no more often than ``every`` seconds."""
    begun: float | None = None
    shown = 0.0

    def watch(articles: int, rejects: int, done: float) -> None:
        nonlocal begun, shown
        now = monotonic()
        if begun is None:
            begun = shown = now
        if now - shown < every:
            return
        shown = now
        rate = articles / (now - begun) if now > begun else 0.0
        rejected = f", {rejects:,} rejected" if rejects else ""
        show(f"{articles:,} articles ({rate:.1f}/s){rejected}", done)

    return watch
