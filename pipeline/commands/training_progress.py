"""How far a training is: a bar over its steps on a terminal, and a plain line an epoch everywhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from models.training_progress import TrainingStep, Watch


@contextmanager
def training_progress(console: Console) -> Iterator["Watch"]:
    """Yields what `models.training` takes as ``watch``."""
    if not console.is_terminal:
        yield lambda step: _print_epoch(console, step)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("steps"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading labels", total=None)

        def watch(step: "TrainingStep") -> None:
            _print_epoch(console, step)
            bar.update(
                task,
                description=f"{step.part}, epoch {step.epoch} of {step.epochs}",
                completed=step.step,
                total=step.steps,
            )

        yield watch


def _print_epoch(console: Console, step: "TrainingStep") -> None:
    if step.scores is not None:
        scores = dict(step.scores)
        measured = ", ".join(
            [
                f"loss {scores.pop('loss'):.3f}",
                *(f"{name} {100 * value:.1f}" for name, value in scores.items()),
            ]
        )
        console.print(f"{step.part}, epoch {step.epoch} of {step.epochs}: {measured}", soft_wrap=True)
