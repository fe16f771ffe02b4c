"""`stancewire sample` and `stancewire labels`: from a run to labels of people, and what is wrong with those."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from pipeline.commands.console import errors_reported, plain, stdout, writing
from pipeline.commands.look import RUN, folder_for
from pipeline.commands.score import EXIT_REJECTS
from pipeline.errors import InputError

# Their names alone, for `--help` has to come at once.
from pipeline.labelling.choices import Strategy, ToolName

if TYPE_CHECKING:
    from models.label_checks import LabelReport

labels = typer.Typer(no_args_is_help=True, help="Bring labels of people back from a tool, and check them.")

# The status of a check that found errors.
EXIT_ERRORS = 3
# Findings that are printed; the rest are counted, and in the JSON.
_SHOWN = 40

_TOOL = Annotated[ToolName, typer.Option("--format", help="The tool in which people label.")]
_CHECKPOINT = Annotated[
    str, typer.Option(metavar="NAME_OR_PATH", help="The stance checkpoint that compares pairs.")
]


def sample(
    run: RUN,
    n: Annotated[int, typer.Option(min=1, help="Rows to label.")] = 200,
    strategy: Annotated[
        Strategy,
        typer.Option(
            help="uncertainty: where the two likeliest stances are close. disagreement: where --other, or the "
            "row's sentiment, differs. diverse: from all over what the run holds. random: by chance."
        ),
    ] = "uncertainty",
    other: Annotated[
        str | None,
        typer.Option(help="A run of another checkpoint over the same articles, for disagreement."),
    ] = None,
    tool: _TOOL = "label-studio",
    out: Annotated[Path | None, typer.Option(help="The project's folder; default RUN/labelling.")] = None,
    seed: Annotated[int, typer.Option(help="Decides among equals.")] = 13,
    per_article: Annotated[int, typer.Option(min=1, help="Most rows of one article.")] = 5,
    per_actor: Annotated[int, typer.Option(min=1, help="Most rows with one actor in them.")] = 20,
    labelled: Annotated[
        list[Path] | None, typer.Option(help="Pair labels whose rows are left out; repeat for more files.")
    ] = None,
    stance: _CHECKPOINT = "stance",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files in that folder.")] = False,
) -> None:
    """Pick the rows of a run most worth a label, and write them as a project for a labelling tool."""
    if other is not None and strategy != "disagreement":
        raise typer.BadParameter("--other goes with --strategy disagreement")
    with errors_reported():
        from models.inference import label_features
        from models.pairs import PairLabel, read_pairs
        from models.registry import load_checkpoint
        from models.stance import StanceModel
        from pipeline.io.results import open_run
        from pipeline.labelling.sample import Limits, stance_model
        from pipeline.labelling.sample import sample as pick
        from pipeline.labelling.tools import TOOLS, make_folder

        opened = open_run(run)
        folder = folder_for(opened, out, "labelling")
        against = open_run(other) if other else None
        known = {label.id for path in labelled or () for label in read_pairs(path)}
        with writing(folder):
            make_folder(folder, overwrite=overwrite)

        def embed(pairs: Sequence[PairLabel]) -> Any:
            return label_features(load_checkpoint(stance, StanceModel), pairs)

        items = pick(
            opened,
            n,
            strategy,
            seed=seed,
            limits=Limits(per_article, per_actor),
            embed=embed,
            other=against,
            labelled=known,
        )
        with writing(folder):
            written = TOOLS[tool].write(items, folder, stance_model(opened))
        console = stdout()
        suggested = Counter(item.suggestion for item in items)
        articles = len({item.pair.article for item in items})
        console.print(
            f"{len(items):,} pairs of {articles:,} articles; the model calls "
            + ", ".join(f"{count:,} {name}" for name, count in suggested.most_common())
        )
        if len(items) < n:
            console.print("The run gives no more within --per-article and --per-actor.")
        for path in written:
            console.print(plain(f"  {path}"), soft_wrap=True)
        console.print("docs/annotation.md tells how to label them.")


@labels.command(name="import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="What the tool exported; one or more files.")
    ],
    out: Annotated[Path, typer.Option(help="The pair labels to write, JSONL.")],
    tool: _TOOL = "label-studio",
    adjudicator: Annotated[
        str | None,
        typer.Option(help="The annotator whose answer decides; elsewhere the answer with most votes does."),
    ] = None,
) -> None:
    """Turn what annotators answered into pair labels.

    What gives no label (skipped, tied, arguable, unusable) goes with its reason into a file of rejects beside
    --out.

    Exit status: 0 every answer became a label, 3 some did not, 1 no result, 2 wrong usage.
    """
    with errors_reported():
        from pipeline.io.read import Reject
        from pipeline.io.write import json_line
        from pipeline.labelling.answers import Answer, decide
        from pipeline.labelling.tools import TOOLS

        found = [one for path in files for one in TOOLS[tool].read(path)]
        answers = [one for one in found if isinstance(one, Answer)]
        if adjudicator is not None and adjudicator not in {answer.annotator for answer in answers}:
            names = ", ".join(sorted({answer.annotator for answer in answers})) or "nobody"
            raise InputError(f"--adjudicator {adjudicator}: answered nothing; these did: {names}")
        decided, undecided = decide(answers, adjudicator)
        rejects = [*(one for one in found if isinstance(one, Reject)), *undecided]
        refused = out.with_name(f"{out.stem}.rejects.jsonl")
        with writing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text("".join(json_line(one.row()) for one in decided), encoding="utf-8", newline="\n")
            refused.write_text(
                "".join(json_line(asdict(one)) for one in rejects), encoding="utf-8", newline="\n"
            )
        console = stdout()
        counts = Counter(one.pair.stance for one in decided)
        annotators = len({answer.annotator for answer in answers})
        console.print(
            f"{len(decided):,} labels of {annotators:,} annotators: "
            + (", ".join(f"{count:,} {name}" for name, count in counts.most_common()) or "none")
        )
        console.print(plain(f"Written to {out}"), soft_wrap=True)
        if rejects:
            console.print(plain(f"{len(rejects):,} gave none, listed in {refused}:"), soft_wrap=True)
            for one in rejects[:_SHOWN]:
                console.print(Text("  ") + plain(f"{one.place}: {one.reason}"), soft_wrap=True)
    if rejects:
        raise typer.Exit(EXIT_REJECTS)


@labels.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Pair labels, JSONL.")],
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Pair labels for validation, which may share no statement; repeat for more files."),
    ] = None,
    stance: _CHECKPOINT = "stance",
    out: Annotated[Path | None, typer.Option("--json", help="Where to save all findings.")] = None,
) -> None:
    """Find what is wrong, or likely wrong, with pair labels; each finding names its row and a remedy.

    Exit status: 0 no errors (warnings aside), 3 errors, 1 no result, 2 wrong usage.
    """
    with errors_reported():
        from models.label_checks import check_labels
        from models.registry import load_checkpoint
        from models.stance import StanceModel

        report = check_labels(file, against or [], load_checkpoint(stance, StanceModel))
        _print_report(report)
        if out is not None:
            text = json.dumps({"file": file.name, **asdict(report)}, indent=2, ensure_ascii=False)
            with writing(out):
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(text + "\n", encoding="utf-8")
            stdout().print(plain(f"Saved to {out}"), soft_wrap=True)
        failed = any(finding.level == "error" for finding in report.findings)
    if failed:
        raise typer.Exit(EXIT_ERRORS)


def _print_report(report: "LabelReport") -> None:
    console = stdout()
    classes = ", ".join(f"{count:,} {name}" for name, count in report.classes.items())
    console.print(f"{report.rows:,} rows: {classes}")
    agreement = report.agreement
    if agreement.items:
        console.print(
            f"Krippendorff's α {_coefficient(agreement.alpha)} over {agreement.items:,} rows with two labels or more"
        )
        for pair in agreement.kappas:
            console.print(
                plain(
                    f"Cohen's κ of {pair.first} and {pair.second}: {_coefficient(pair.kappa)} ({pair.items:,} rows)"
                )
            )
    for finding in report.findings[:_SHOWN]:
        style = "bold red" if finding.level == "error" else "yellow"
        where = finding.place if finding.id is None else f"{finding.place} ({finding.id})"
        console.print(
            Text(f"{finding.level} ", style=style)
            + plain(f"{finding.check}: {where}: {finding.problem}; {finding.remedy}"),
            soft_wrap=True,
        )
    if len(report.findings) > _SHOWN:
        console.print(f"and {len(report.findings) - _SHOWN:,} more; --json saves all")
    counts = Counter(finding.level for finding in report.findings)
    console.print(f"{counts['error']:,} errors, {counts['warning']:,} warnings")


def _coefficient(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
