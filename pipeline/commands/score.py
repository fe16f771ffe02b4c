"""`stancewire score`: articles to stance rows."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipeline.commands.console import errors_reported, plain, stderr, stdout
from pipeline.io.formats import FORMATS
from pipeline.io.write import REJECTS, TableFormat

if TYPE_CHECKING:
    from pipeline.run import RunResult

# The status of a run that finished but left rows out.
EXIT_REJECTS = 3

_STRONGEST = 15
_COUNTRIES = 10

_INPUT = (
    f"A file or folder of articles ({', '.join(FORMATS)}): fields id, text, title, source, published_at, url."
)
_CHECKPOINT = "checkpoint to use: a shipped one's name or a folder."


def score(
    source: Annotated[Path | None, typer.Argument(metavar="INPUT", help=_INPUT)] = None,
    text: Annotated[str | None, typer.Option(help="Score this text instead and print its rows.")] = None,
    out: Annotated[Path | None, typer.Option(help="The folder for the run's files.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML; configs/score.yaml spells out the defaults.")
    ] = None,
    table_format: Annotated[TableFormat, typer.Option("--format", help="Of the tables.")] = "parquet",
    reader: Annotated[str | None, typer.Option(metavar="NAME_OR_PATH", help=f"Reader {_CHECKPOINT}")] = None,
    stance: Annotated[str | None, typer.Option(metavar="NAME_OR_PATH", help=f"Stance {_CHECKPOINT}")] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier run in that folder.")
    ] = False,
) -> None:
    """Find who stands how toward whom in news articles.

    Writes statements, stances, rejects.jsonl and run.json to --out, or prints the rows of one --text.

    Exit status: 0 all scored, 3 some rows rejected, 1 no result, 2 wrong usage.
    """
    if (source is None) == (text is None):
        raise typer.BadParameter("give either INPUT or --text")
    if text is not None:
        if out is not None or overwrite:
            raise typer.BadParameter("--text prints and writes no files; --out and --overwrite go with INPUT")
        with errors_reported():
            _score_text(text, config, reader, stance)
    elif source is not None:
        if out is None:
            raise typer.BadParameter("name a folder for the run's files with --out")
        with errors_reported():
            rejects = _score_files(source, out, config, table_format, reader, stance, overwrite)
        if rejects:
            raise typer.Exit(EXIT_REJECTS)


def _score_text(text: str, config: Path | None, reader: str | None, stance: str | None) -> None:
    # Imported here, as below, so that `--help` does not wait for what only a run needs.
    from pipeline.api import Scorer
    from pipeline.commands.tables import stance_table, statement_table
    from pipeline.run import score_config

    (article,) = Scorer(score_config(config, reader=reader, stance=stance)).articles(text)
    console = stdout()
    console.print(statement_table(article))
    console.print(stance_table(article) if article.stances else "No stances: no statement names an actor.")


def _score_files(
    source: Path,
    out: Path,
    config: Path | None,
    table_format: TableFormat,
    reader: str | None,
    stance: str | None,
    overwrite: bool,
) -> int:
    """Scores, prints the summary and gives the number of rejects."""
    from pipeline.commands.progress import progress
    from pipeline.run import score_config, score_run

    settings = score_config(config, reader=reader, stance=stance)
    with progress(stderr()) as watch:
        result = score_run(source, out, settings, table_format=table_format, overwrite=overwrite, watch=watch)
    _print_summary(result)
    return result.rejects


def _print_summary(result: "RunResult") -> None:
    from pipeline.commands.tables import country_table, strongest_table

    console = stdout()
    counts = result.tally.counts()
    labels = [
        f"{counts[label]:,} {label}" for label in counts if label not in ("articles", "statements", "stances")
    ]
    console.print(
        f"{counts['articles']:,} articles, {counts['statements']:,} statements, "
        f"{counts['stances']:,} stances ({', '.join(labels)}) in {result.seconds:.1f} s",
        soft_wrap=True,
    )
    if pairs := result.tally.strongest(_STRONGEST):
        console.print(strongest_table(pairs))
    if countries := result.tally.countries(_COUNTRIES):
        console.print(country_table(countries))
    if result.rejects:
        console.print(
            plain(f"{result.rejects:,} rejected, listed in {result.folder / REJECTS}:"), soft_wrap=True
        )
        for reject in result.first_rejects:
            stage = f"stage {reject.stage}: " if reject.stage else ""
            console.print(Text("  ") + plain(f"{reject.place}: {stage}{reject.reason}"), soft_wrap=True)
        if result.rejects > len(result.first_rejects):
            console.print("  …")
    console.print(plain("Files: " + ", ".join(str(path) for path in result.files)), soft_wrap=True)
