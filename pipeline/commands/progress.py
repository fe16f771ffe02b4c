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

from pipeline.run import Phase, Watch

_PLAIN_SECONDS = 10.0


@contextmanager
def progress(console: Console) -> Iterator[Watch]:
    """Yields what `pipeline.run.score_run` takes as ``watch``; the rate counts from a phase's first call."""
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
    now_in: Phase | None = None
    begun = shown = 0.0
    before = 0

    def watch(phase: Phase, articles: int, rejects: int, done: float) -> None:
        nonlocal now_in, begun, shown, before
        now = monotonic()
        if phase != now_in:
            # What an earlier, stopped run did says nothing of the rate of this one.
            now_in, before = phase, articles
            begun = shown = now
        if now - shown < every:
            return
        shown = now
        if phase == "planning":
            show(f"planning: {articles:,} rows", done)
            return
        rate = (articles - before) / (now - begun) if now > begun else 0.0
        rejected = f", {rejects:,} rejected" if rejects else ""
        show(f"{articles:,} articles ({rate:.1f}/s){rejected}", done)

    return watch
