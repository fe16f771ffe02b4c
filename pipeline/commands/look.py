"""`stancewire top` and `stancewire show`: a finished run in the terminal."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from pipeline.aggregate import MINIMUM
from pipeline.commands.console import errors_reported, stderr, stdout

if TYPE_CHECKING:
    from pipeline.io.results import Run, StoredArticle

RUN = Annotated[
    str, typer.Argument(metavar="RUN", help="The folder that `stancewire score` wrote, here or at s3://….")
]


class By(StrEnum):
    COUNTRIES = "countries"
    ACTORS = "actors"
    TARGETS = "targets"


def top(
    run: RUN,
    by: Annotated[
        By,
        typer.Option(
            help="Pairs of countries, pairs of actors, or targets that some support and others oppose."
        ),
    ] = By.COUNTRIES,
    limit: Annotated[int, typer.Option("--n", min=1, help="Rows to print.")] = 20,
    minimum: Annotated[
        int, typer.Option("--min", min=1, help="Leave out what fewer stances than this speak of.")
    ] = MINIMUM,
) -> None:
    """Print who takes sides most often, with net stance and its 95 % interval; copies count once."""
    with errors_reported():
        from pipeline.commands.tables import pair_counts_table, target_counts_table
        from pipeline.io.results import open_run
        from pipeline.survey import survey

        found = survey(watched(open_run(run), "reading"))
        console = stdout()
        counts = found.levels["countries" if by is By.COUNTRIES else "actors"]
        if by is By.TARGETS:
            rows = [row for row in counts.contested() if row[1].decided >= minimum]
            console.print(target_counts_table(counts, rows[:limit]))
        else:
            pairs = [row for row in counts.pairs() if row[2].sided and row[2].decided >= minimum]
            console.print(pair_counts_table(counts, pairs[:limit]))
        if found.copies:
            console.print(
                f"{len(found.copies):,} of {found.articles:,} articles copy others and are left out."
            )


def show(
    run: RUN,
    article_id: Annotated[str, typer.Argument(metavar="ARTICLE", help="Its id, as in the run's tables.")],
) -> None:
    """Print an article of a run: statement by statement, with speakers, holders, targets and stances."""
    with errors_reported():
        from pipeline.commands.tables import print_article
        from pipeline.errors import InputError
        from pipeline.io.results import open_run

        finished = open_run(run)
        article = finished.article(article_id)
        if article is None:
            raise InputError(
                f"{run}: holds no article {article_id!r}; the ids stand in articles.{finished.table_format}"
            )
        print_article(stdout(), article)


def folder_for(run: "Run", out: Path | None, name: str = "") -> Path:
    """Where a command puts its files: ``out``, or the run's own folder or the one of that name in it.

    Raises:
        InputError: the run is in an object store and ``out`` is None.
    """
    from pipeline.errors import InputError

    if out is not None:
        return out
    if run.folder.local is None:
        raise InputError(f"{run.folder.shown}: is no folder of this machine; name one with --out")
    return Path(run.folder.shown) / name


def watched(run: "Run", doing: str) -> "Iterator[StoredArticle]":
    """The articles of a run, with a progress bar where there is a terminal."""
    console = stderr()
    total = run.told.get("counts", {}).get("articles")
    yield from track(
        run.articles(), doing, total=total, console=console, transient=True, disable=not console.is_terminal
    )
