"""`stancewire score`: articles to stance rows."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pipeline.commands.console import errors_reported, plain, stderr, stdout
from pipeline.config import EngineName
from pipeline.io.formats import FORMATS
from pipeline.io.partitions import PartitionName
from pipeline.io.schema import TABLES
from pipeline.io.write import REJECTS, TableFormat
from pipeline.plan import SHARD_SIZE

if TYPE_CHECKING:
    from pipeline.config import ScoreConfig
    from pipeline.run import Choices, RunResult

# The status of a run that finished but left rows out.
EXIT_REJECTS = 3

_STRONGEST = 15
_COUNTRIES = 10
# Articles up to which a run's end waits for these tables; they take some seconds by then.
_SUMMED_UP = 20_000

_INPUT = (
    f"A file, a folder or a quoted pattern such as 'news/*.jsonl' ({', '.join(FORMATS)}), here or at s3://… "
    "or gs://…: fields id, text, title, source, published_at, url."
)
_CHECKPOINT = "checkpoint to use: a shipped one's name or a folder."


def score(
    source: Annotated[str | None, typer.Argument(metavar="INPUT", help=_INPUT)] = None,
    text: Annotated[str | None, typer.Option(help="Score this text instead and print its rows.")] = None,
    out: Annotated[str | None, typer.Option(help="The folder for the run's files, a path or URL.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML; configs/score.yaml spells out the defaults.")
    ] = None,
    table_format: Annotated[TableFormat, typer.Option("--format", help="Of the tables.")] = "parquet",
    reader: Annotated[str | None, typer.Option(metavar="NAME_OR_PATH", help=f"Reader {_CHECKPOINT}")] = None,
    stance: Annotated[str | None, typer.Option(metavar="NAME_OR_PATH", help=f"Stance {_CHECKPOINT}")] = None,
    engine: Annotated[
        EngineName | None, typer.Option(help="Score in this process, or on a Ray cluster.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="HOST:PORT of the Ray cluster's head; without it Ray starts here.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier run in that folder.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a run in that folder was stopped.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Score so many articles, no more.")] = None,
    shard_size: Annotated[
        int, typer.Option(min=1, help="Rows that are scored and kept together; a stop costs one such shard.")
    ] = SHARD_SIZE,
    partition_by: Annotated[
        list[PartitionName] | None,
        typer.Option(help="Write tables as Hive partitions; give it again for a second key."),
    ] = None,
) -> None:
    """Find who stands how toward whom in news articles.

    Writes articles, statements, stances, rejects.jsonl and run.json to --out, or prints the rows of one --text.

    Exit status: 0 all scored, 3 some rows rejected, 1 no result, 2 wrong usage.
    """
    if (source is None) == (text is None):
        raise typer.BadParameter("give either INPUT or --text")
    if text is not None:
        if any((out, overwrite, resume, limit, partition_by, engine, address)):
            raise typer.BadParameter(
                "--text prints and writes no files; --out, --overwrite, --resume, --limit, --partition-by, "
                "--engine and --address go with INPUT"
            )
        with errors_reported():
            _score_text(text, config, reader, stance)
    elif source is not None:
        if out is None:
            raise typer.BadParameter("name a folder for the run's files with --out")
        if overwrite and resume:
            raise typer.BadParameter("--overwrite starts again and --resume goes on; give one of them")
        with errors_reported():
            from pipeline.run import Choices, score_config

            keys = list(dict.fromkeys(partition_by or ()))
            choices = Choices(table_format, overwrite, resume, shard_size, limit, keys)
            settings = score_config(config, reader=reader, stance=stance, engine=engine, address=address)
            rejects = _score_files(source, out, settings, choices)
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


def _score_files(source: str, out: str, config: "ScoreConfig", choices: "Choices") -> int:
    """Scores, prints the summary and gives the number of rejects."""
    from pipeline.commands.progress import progress
    from pipeline.run import score_run

    try:
        with progress(stderr()) as watch, _terminated_like_interrupted():
            result = score_run(source, out, config, choices, watch)
    except KeyboardInterrupt:
        stderr().print("What is done is kept: the same command with --resume goes on.")
        raise
    _print_summary(result, out)
    return result.counts["rejects"]


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, with which clusters take a machine back, stops a run as Ctrl-C does."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print_summary(result: "RunResult", out: str) -> None:
    console = stdout()
    counts = result.counts
    labels = [
        f"{counts[label]:,} {label}"
        for label in counts
        if label not in (*(table.name for table in TABLES), "rejects")
    ]
    console.print(
        f"{counts['articles']:,} articles, {counts['statements']:,} statements, "
        f"{counts['stances']:,} stances ({', '.join(labels)}) in {result.seconds:.1f} s",
        soft_wrap=True,
    )
    if counts["articles"] <= _SUMMED_UP:
        _print_tables(out)
    else:
        console.print(plain(f"Rank the pairs with: stancewire top {result.folder.shown}"), soft_wrap=True)
    if rejects := counts["rejects"]:
        listed = result.folder.show(REJECTS)
        console.print(plain(f"{rejects:,} rejected, listed in {listed}:"), soft_wrap=True)
        for reject in result.first_rejects:
            stage = f"stage {reject.stage}: " if reject.stage else ""
            console.print(Text("  ") + plain(f"{reject.place}: {stage}{reject.reason}"), soft_wrap=True)
        if rejects > len(result.first_rejects):
            console.print("  …")
    console.print(plain("Files: " + ", ".join(result.files)), soft_wrap=True)


def _print_tables(out: str) -> None:
    from pipeline.aggregate import Tally
    from pipeline.commands.tables import country_table, strongest_table
    from pipeline.io.results import open_run

    tally = Tally()
    for article in open_run(out).articles():
        tally.add(article)
    console = stdout()
    if pairs := tally.strongest(_STRONGEST):
        console.print(strongest_table(pairs))
    if countries := tally.countries(_COUNTRIES):
        console.print(country_table(countries))
