"""`stancewire evaluate`: what a checkpoint or the whole chain gets right, on labels it has not seen."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipeline.commands.console import errors_reported, plain, stdout

if TYPE_CHECKING:
    from models.evaluation import HeadReport
    from models.metrics import SpanScores

evaluate = typer.Typer(no_args_is_help=True, help="Measure a checkpoint or the whole chain on labels.")

_JSON = Annotated[
    Path | None, typer.Option("--json", help="Where to save the report; default runs/evaluation-….json.")
]
_CHECKPOINT = Annotated[
    str, typer.Option(metavar="NAME_OR_PATH", help="A shipped checkpoint's name or a folder.")
]


@evaluate.command()
def stance(
    labels: Annotated[Path, typer.Option(help="Pair labels, JSONL.")],
    checkpoint: _CHECKPOINT = "stance",
    out: _JSON = None,
) -> None:
    """Stance and sentiment of labelled pairs: precision, recall, F1, confusion, beside two baselines."""
    with errors_reported():
        from models.evaluation import as_json, evaluate_stance_file
        from models.registry import load_checkpoint
        from models.stance import StanceModel

        loaded = load_checkpoint(checkpoint, StanceModel)
        reports = evaluate_stance_file(loaded, labels)
        for report in reports:
            _print_head(report)
        _save(out, labels, {"model": loaded.label, "heads": [as_json(report) for report in reports]})


@evaluate.command()
def reader(
    labels: Annotated[Path, typer.Option(help="Span labels, JSONL.")],
    checkpoint: _CHECKPOINT = "reader",
    out: _JSON = None,
) -> None:
    """Exact-span precision, recall and F1 of sources, cues, contents and mentions."""
    with errors_reported():
        from models.evaluation import as_json, evaluate_reader
        from models.reader import ReaderModel
        from models.registry import load_checkpoint

        loaded = load_checkpoint(checkpoint, ReaderModel)
        report = evaluate_reader(loaded, labels)
        _print_spans("Exact spans", report.spans)
        stdout().print(f"kind of the matched mentions right: {report.mention_kind:.1%}")
        _save(out, labels, {"model": loaded.label, **as_json(report)})


@evaluate.command()
def articles(
    gold: Annotated[Path, typer.Option(help="Annotated articles, JSONL.")],
    config: Annotated[Path | None, typer.Option(help="YAML of the chain; the defaults without it.")] = None,
    out: _JSON = None,
) -> None:
    """The whole chain on annotated articles: statements, mentions, speakers, stances between countries."""
    with errors_reported():
        from models.articles import read_articles
        from models.evaluation import rounded
        from pipeline.agreement import agreement, unannotated
        from pipeline.api import Scorer

        annotated = read_articles(gold)
        scored = Scorer(config).articles([asdict(unannotated(article)) for article in annotated])
        found = agreement(annotated, scored)
        scores = {
            "statements": found.statements,
            "mentions": found.mentions,
            "pairs by country": found.pairs,
            **{f"  {sign}": value for sign, value in found.by_sign.items()},
            "pairs by country, article level": found.article_pairs,
        }
        _print_spans("End to end", scores)
        stdout().print(f"speakers' countries right: {found.speakers:.1%} of sentences")
        _save(out, gold, rounded(asdict(found)))


def _print_head(report: "HeadReport") -> None:
    table = Table(
        title=f"{report.head}: macro F1 {100 * report.macro_f1:.1f}, accuracy {100 * report.accuracy:.1f}"
    )
    for column in ("class", "precision", "recall", "F1", "items", *(f"→ {c.label}" for c in report.classes)):
        table.add_column(column, justify="left" if column == "class" else "right")
    for scores, row in zip(report.classes, report.confusion, strict=True):
        table.add_row(
            scores.label,
            *(f"{100 * value:.1f}" for value in (scores.precision, scores.recall, scores.f1)),
            str(scores.support),
            *map(str, row),
        )
    console = stdout()
    console.print(table)
    for name, value in report.baselines.items():
        console.print(f"baseline {name}: macro F1 {100 * value:.1f}")


def _print_spans(title: str, scores: Mapping[str, "SpanScores"]) -> None:
    table = Table(title=title)
    for column in ("", "precision", "recall", "F1", "items"):
        table.add_column(column, justify="right" if column else "left")
    for name, value in scores.items():
        shares = (value.precision, value.recall, value.f1)
        table.add_row(name, *(f"{100 * share:.1f}" for share in shares), str(value.support))
    stdout().print(table)


def _save(out: Path | None, labels: Path, report: dict[str, Any]) -> None:
    path = out or Path("runs") / f"evaluation-{labels.stem}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"labels": labels.name, **report}, indent=2) + "\n", encoding="utf-8")
    stdout().print(plain(f"Saved to {path}"))
