"""`stancewire status`: how far a run is."""

from typing import Annotated

import typer

from pipeline.commands.console import errors_reported, plain, stdout


def status(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's folder, a path or URL.")],
) -> None:
    """Tell how far a run is: finished, at work or stopped, and what is done."""
    with errors_reported():
        from pipeline.shards import CRASHES
        from pipeline.status import run_status

        found = run_status(run)
        console = stdout()
        what = f"{found.articles:,} articles scored, {found.rejects:,} rows rejected"
        if not found.shards and found.finished:
            console.print(plain(f"{found.folder.shown}: finished; {what}"), soft_wrap=True)
            return
        state = {True: "at work", False: "stopped; go on with --resume", None: "not finished"}[found.working]
        console.print(plain(f"{found.folder.shown}: {state}"), soft_wrap=True)
        if found.finished:
            console.print("It replaces a finished run, whose files stand until it is done.")
        console.print(
            f"{found.shards_done:,} of {found.shards:,} shards done: {what}, of {found.rows:,} rows",
            soft_wrap=True,
        )
        for shard, times in sorted(found.attempts.items()):
            again = "; scored article by article next time" if times >= CRASHES else ""
            tries = "once" if times == 1 else f"{times} times"
            console.print(f"Shard {shard}: begun {tries} and not ended{again}", soft_wrap=True)
