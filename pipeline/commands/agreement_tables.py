"""The tables of `stancewire evaluate articles`."""

from collections.abc import Sequence

from rich.table import Table

from models.bootstrap import Interval
from models.metrics import SpanScores
from pipeline.agreement import Agreement, LevelAgreement
from pipeline.commands.console import stdout
from pipeline.ladder import FIRST_PREDICTED, STEPS, Rung

_STANCES = {"pairs": "support and oppose", "support": "  support", "oppose": "  oppose", "neutral": "neutral"}


def print_agreement(found: Agreement) -> None:
    """Spans, speakers and stances of the whole chain, with intervals."""
    table = Table(title="End to end: raw text against the annotation")
    table.add_column("")
    for column in ("precision", "recall", "F1", "95% interval", "items"):
        table.add_column(column, justify="right")
    spans = {"statements": found.statements, "mentions": found.mentions}
    for name, scores in spans.items():
        _add(table, name, scores, found.intervals[name])
    levels: dict[str, LevelAgreement] = {"by country": found, "by single actor": found.actors}
    for title, level in levels.items():
        table.add_section()
        table.add_row(title)
        _add(table, "mentions with the right actors", level.resolved, level.intervals["resolved"])
        speakers = level.intervals["speakers"]
        table.add_row("sentences with the right speakers", "", "", _share(level.speakers), _range(speakers))
        stances = {"pairs": level.pairs, **level.by_sign, "neutral": level.neutral}
        for name, scores in stances.items():
            _add(table, _STANCES[name], scores, level.intervals[name])
        macro = level.intervals["macro_f1"]
        table.add_row("macro F1 of the three", "", "", _share(level.macro_f1), _range(macro))
        _add(table, "  anywhere in the article", level.article_pairs, level.intervals["article_pairs"])
    stdout().print(table)


def print_ladder(rungs: Sequence[Rung]) -> None:
    """One line a rung: the stage predicted from there on, the F1 of its stances, the change from the line above."""
    table = Table(title="What each stage loses: F1 of stances, one stage more predicted a line")
    table.add_column("predicted")
    for column in (
        "speakers",
        "support",
        "oppose",
        "macro",
        "pairs by country",
        "change",
        "95% interval",
        "pairs by actor",
    ):
        table.add_column(column, justify="right")
    before: tuple[str, ...] = ()
    for rung in rungs:
        found, change = rung.agreement, rung.change.get("pairs")
        table.add_row(
            _predicted(rung.predicted, before),
            _share(found.speakers),
            *(_share(found.by_sign[sign].f1) for sign in ("support", "oppose")),
            _share(found.macro_f1),
            _share(found.pairs.f1),
            f"{100 * change.difference:+.1f}" if change else "",
            _range(change.interval) if change else "",
            _share(found.actors.pairs.f1),
        )
        before = rung.predicted
    stdout().print(table)
    if len(rungs) < len(FIRST_PREDICTED):
        stdout().print("Lines are missing where a stage of your own takes more than the annotation holds.")


def _predicted(steps: tuple[str, ...], before: tuple[str, ...]) -> str:
    """The stages that a rung predicts beyond the rung before."""
    if before:
        return "+ " + ", ".join(step for step in steps if step not in before)
    return "everything" if steps == STEPS else f"{', '.join(steps)} alone"


def _add(table: Table, name: str, scores: SpanScores, interval: Interval) -> None:
    shares = (scores.precision, scores.recall, scores.f1)
    table.add_row(name, *map(_share, shares), _range(interval), f"{scores.support:,}")


def _share(value: float) -> str:
    return f"{100 * value:.1f}"


def _range(interval: Interval) -> str:
    return f"{100 * interval.low:.1f} to {100 * interval.high:.1f}"
