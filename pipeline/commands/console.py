"""What every command prints through: consoles, errors without tracebacks, text made safe for a terminal."""

import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from pipeline.errors import StancewireError
from pipeline.printable import printable

# Width of what goes to a file or pipe, where there is no terminal to ask.
_WIDTH = 120


def stdout() -> Console:
    return _console(stderr=False)


def stderr() -> Console:
    return _console(stderr=True)


def _console(stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        # A terminal or pipe in a legacy encoding gets a question mark for "→", not a crash.
        with suppress(ValueError):
            stream.reconfigure(errors="replace")
    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _WIDTH
    return console


def plain(text: str, width: int | None = None) -> Text:
    """Text from outside, safe for a terminal: no markup is read, control and format characters are gone.

    White space of any length becomes one space; ``width`` cuts at a word. See `printable`.
    """
    kept = " ".join(printable(text).split())
    return Text(textwrap.shorten(kept, width, placeholder=" …") if width else kept)


@contextmanager
def errors_reported() -> Iterator[None]:
    """A `StancewireError` within ends the command with its text and status 1; Ctrl-C with 130."""
    try:
        yield
    except StancewireError as error:
        console = stderr()
        first, *others = str(error).splitlines() or [type(error).__name__]
        console.print(Text("Error: ", style="bold red") + plain(first), soft_wrap=True)
        for line in others:
            console.print(Text("       ") + plain(line), soft_wrap=True)
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        stderr().print("Stopped.")
        raise typer.Exit(130) from error


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """What the disk refuses is a `StancewireError` that names the place."""
    try:
        yield
    except OSError as error:
        raise StancewireError(f"{place}: cannot be written: {error.strerror or error}") from error
