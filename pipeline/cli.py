"""The `stancewire` command."""

from importlib.metadata import version
from typing import Annotated

import typer

from pipeline.commands.actors import actors
from pipeline.commands.evaluate import evaluate
from pipeline.commands.labels import labels, sample
from pipeline.commands.look import show, top
from pipeline.commands.report import report
from pipeline.commands.score import score
from pipeline.commands.status import status
from pipeline.commands.train import train

# Tracebacks with local variables would print article text as it stands.
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("stancewire"))
        raise typer.Exit


@app.callback()
def main(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Who says what about whom in the news: statements, speakers, and their stances toward other actors."""


app.command()(score)
app.command()(status)
app.command()(report)
app.command()(top)
app.command()(show)
app.command()(sample)
app.add_typer(labels, name="labels")
app.add_typer(train, name="train")
app.add_typer(evaluate, name="evaluate")
app.add_typer(actors, name="actors")
