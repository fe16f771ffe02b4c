"""`stancewire evaluate`: what a checkpoint or the whole chain gets right, on labels it has not seen."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from pipeline.commands.console import errors_reported, plain, stdout, writing

if TYPE_CHECKING:
    from models.evaluation import StanceReport
    from models.metrics import SpanScores
    from models.reports import HeadReport

# Of the worst errors that the saved report holds, so many are printed.
_ERRORS_SHOWN = 10

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
    """Stance and sentiment of labelled pairs: F1 and confusion beside two baselines, calibration, slices, errors."""
    with errors_reported():
        from models.evaluation import evaluate_stance, score_file
        from models.registry import load_checkpoint
        from models.reports import as_json
        from models.stance import StanceModel

        loaded = load_checkpoint(checkpoint, StanceModel)
        report = evaluate_stance(score_file(loaded, labels))
        _print_stance(report)
        _save(out, labels, {"model": loaded.label, **as_json(report)})


@evaluate.command()
def reader(
    labels: Annotated[Path, typer.Option(help="Span labels, JSONL.")],
    checkpoint: _CHECKPOINT = "reader",
    out: _JSON = None,
) -> None:
    """Sources, cues, contents and mentions: exact spans; words with their confusion, beside two baselines."""
    with errors_reported():
        from models.reader import ReaderModel
        from models.reader_evaluation import evaluate_reader
        from models.registry import load_checkpoint
        from models.reports import as_json

        loaded = load_checkpoint(checkpoint, ReaderModel)
        report = evaluate_reader(loaded, labels)
        _print_spans("Exact spans", report.spans)
        for words in report.words:
            _print_head(words, "words")
        stdout().print(f"kind of the matched mentions right: {report.mention_kind:.1%}")
        _save(out, labels, {"model": loaded.label, **as_json(report)})


@evaluate.command()
def coreference(
    labels: Annotated[Path, typer.Option(help="Annotated articles, JSONL.")],
    checkpoint: _CHECKPOINT = "coreference",
    out: _JSON = None,
) -> None:
    """Antecedents, members of collectives and common countries of annotated mentions."""
    with errors_reported():
        from models.coreference import CoreferenceModel
        from models.coreference_evaluation import evaluate_coreference
        from models.registry import load_checkpoint
        from models.reports import as_json

        loaded = load_checkpoint(checkpoint, CoreferenceModel)
        report = evaluate_coreference(loaded, labels)
        _print_spans("Links of mentions", report.links)
        _save(out, labels, {"model": loaded.label, **as_json(report)})


@evaluate.command()
def articles(
    gold: Annotated[Path, typer.Option(help="Annotated articles, JSONL.")],
    config: Annotated[Path | None, typer.Option(help="YAML of the chain; the defaults without it.")] = None,
    out: _JSON = None,
) -> None:
    """The whole chain on annotated articles: statements, mentions, speakers, stances; what each stage loses."""
    with errors_reported():
        from models.articles import read_articles
        from models.reports import rounded
        from pipeline.chain import build_chain
        from pipeline.commands.agreement_tables import print_agreement, print_ladder
        from pipeline.errors import InputError
        from pipeline.ladder import ladder
        from pipeline.loaded_chain import LoadedChain
        from pipeline.run import score_config

        annotated = read_articles(gold)
        if not annotated:
            raise InputError(f"{gold}: holds no article; write one annotated article a line")
        settings = score_config(config)
        chain = build_chain(settings)
        loaded = LoadedChain(chain, settings.threads)
        rungs = ladder(annotated, chain, settings.batch_articles)
        found = rungs[-1].agreement
        print_agreement(found)
        print_ladder(rungs)
        report = {**asdict(found), "models": loaded.checkpoints, "ladder": [asdict(rung) for rung in rungs]}
        _save(out, gold, rounded(report))


def _print_stance(report: "StanceReport") -> None:
    for head in report.heads:
        _print_head(head)
    for name, value in report.benchmarks.items():
        stdout().print(f"{name}: {100 * value:.1f}")
    if report.slices:
        table = Table(title="Stance by slice")
        for column in ("slice", "pairs", "macro F1", "items", "support or oppose"):
            table.add_column(column, justify="left" if column in ("slice", "pairs") else "right")
        for one in report.slices:
            counts = (f"{one.items:,}", f"{one.decided:,}")
            table.add_row(one.slice, one.value, f"{100 * one.macro_f1:.1f}", *counts)
        stdout().print(table)
    for error in report.worst[:_ERRORS_SHOWN]:
        pair = f"{error.holder} → {error.target}: {error.found}, labelled {error.gold}"
        stdout().print(plain(f"{error.id}  {pair} | {error.statement}"), soft_wrap=True)
    if len(report.worst) > _ERRORS_SHOWN:
        stdout().print(f"… {len(report.worst)} errors are in the saved report.")


def _print_head(report: "HeadReport", items: str = "items") -> None:
    table = Table(
        title=f"{report.head}: macro F1 {100 * report.macro_f1:.1f}, accuracy {100 * report.accuracy:.1f}"
    )
    for column in ("class", "precision", "recall", "F1", items, *(f"→ {c.label}" for c in report.classes)):
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
    low, high = report.macro_f1_interval.low, report.macro_f1_interval.high
    console.print(f"macro F1, 95% interval over articles: {100 * low:.1f} to {100 * high:.1f}")
    console.print(f"macro recall {100 * report.macro_recall:.1f}")
    if report.calibration is not None:
        console.print(f"expected calibration error: {report.calibration.ece:.1%}")
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
    text = json.dumps({"labels": labels.name, **report}, indent=2)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
    stdout().print(plain(f"Saved to {path}"))
