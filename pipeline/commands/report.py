"""`stancewire report`: a finished run as a page, a network and tables."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.console import errors_reported, plain, stdout, writing
from pipeline.commands.look import RUN, folder_for, watched
from pipeline.report.files import PAGE


def report(
    run: RUN,
    out: Annotated[
        Path | None, typer.Option(help="The folder for the files; the run's own where it is not named.")
    ] = None,
) -> None:
    """Write report.html, network.graphml, nodes.csv, edges.csv and agreement.csv of a finished run."""
    with errors_reported():
        from pipeline.io.results import open_run
        from pipeline.report.facts import collect
        from pipeline.report.network import write_network
        from pipeline.report.page import page
        from pipeline.survey import survey

        finished = open_run(run)
        folder = folder_for(finished, out)
        found = survey(watched(finished, "counting"))
        facts = collect(watched(finished, "choosing sentences"), found)
        document = page(found, facts, finished.told, finished.rejects())
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / PAGE).write_text(document, encoding="utf-8", newline="\n")
            files = [folder / PAGE, *write_network(folder, found.levels["actors"])]
        stdout().print(plain("Files: " + ", ".join(str(path) for path in files)), soft_wrap=True)
