"""What `stancewire train stance --labels` does and prints."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from models.promotion import Promotion, Verdict
from models.retraining import COMPARISON, CURVE_PLOT, CurvePoint, retrain
from pipeline.commands.console import plain, stderr, stdout
from pipeline.commands.training_progress import training_progress


def retrain_and_tell(
    labels: Path,
    out: Path,
    valid: Path | None,
    start: str,
    curve: Sequence[int],
    resume: bool,
    seed: int,
) -> Promotion:
    """Retrains with progress on standard error, then prints the learning curve and the comparison."""
    try:
        with training_progress(stderr()) as watch:
            result = retrain(
                labels, out, valid=valid, start=start, curve=curve, resume=resume, seed=seed, watch=watch
            )
    except KeyboardInterrupt:
        stderr().print("The epochs that are done are kept: the same command with --resume goes on.")
        raise
    console = stdout()
    if result.curve:
        console.print(_curve_table(result.curve))
        most = max(point.labels for point in result.curve)
        if beyond := [f"{size:,}" for size in curve if size > most]:
            stderr().print(
                f"Left out of the curve: {', '.join(beyond)} (there are {most:,} labels to train on)"
            )
        console.print(plain(f"Learning curve: {out / CURVE_PLOT}"), soft_wrap=True)
    console.print(_comparison_table(result.promotion.verdicts))
    console.print(plain(f"Pairs that flipped: {result.promotion.folder / COMPARISON}"), soft_wrap=True)
    return result.promotion


def _curve_table(points: Sequence[CurvePoint]) -> Table:
    files = list(dict.fromkeys(point.file for point in points))
    table = Table(title="Macro F1 by number of labels")
    for column in ("labels", *files):
        table.add_column(column, justify="right")
    scores = {(point.labels, point.file): f"{100 * point.macro_f1:.1f}" for point in points}
    for labels in dict.fromkeys(point.labels for point in points):
        table.add_row(f"{labels:,}", *(scores[labels, file] for file in files))
    return table


def _comparison_table(verdicts: Sequence[Verdict]) -> Table:
    """Intervals are of the difference, by paired bootstrap over articles."""
    table = Table(title="Macro F1 before and after")
    table.add_column("labels")
    for column in ("pairs", "before", "after", "difference", "95% interval", "fixed", "broken", "gate"):
        table.add_column(column, justify="right")
    for verdict in verdicts:
        comparison = verdict.comparison
        if comparison is not None:
            bounds = comparison.difference.interval
            table.add_row(
                plain(verdict.gate),
                f"{comparison.pairs:,}",
                f"{100 * comparison.old:.1f}",
                f"{100 * comparison.new:.1f}",
                f"{100 * comparison.difference.difference:+.1f}",
                f"{100 * bounds.low:+.1f} to {100 * bounds.high:+.1f}",
                f"{comparison.fixed:,}",
                f"{comparison.broken:,}",
                "passed" if verdict.passed else "FAILED",
            )
    return table
