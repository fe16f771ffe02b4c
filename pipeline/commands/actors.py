"""`stancewire actors`: check actor tables of one's own, and see whom the resolver knows by a name."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.commands.console import errors_reported, plain, stdout

if TYPE_CHECKING:
    from pipeline.actors.countries import CountryTable
    from pipeline.actors.tables import ActorRow, ActorTable

actors = typer.Typer(
    no_args_is_help=True, help="Check actor tables of your own; find whom the resolver knows by a name."
)

_TABLES = typer.Option("--table", help="A table of your own on top of the shipped one; may be given again.")
# Rows printed of those that a name is part of.
_SHOWN = 20


@actors.command()
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Actor tables (YAML), in order.")],
) -> None:
    """Check every row, and say which shipped rows and names yours replace."""
    with errors_reported():
        from pipeline.actors.tables import load_actors, read_rows
        from pipeline.paths import config_path

        table = load_actors(config_path("actors.yaml"))
        countries = _countries()
        for path in files:
            rows = read_rows(path)
            remarks = [remark for row in rows for remark in _remarks(row, table, countries)]
            table.add(rows)
            stdout().print(plain(f"{path}: {len(rows)} row{'s' * (len(rows) != 1)}, all well formed"))
            for remark in remarks:
                stdout().print(plain(f"  {remark}"))


@actors.command()
def find(
    name: Annotated[str, typer.Argument(metavar="NAME", help='A name, part of one, or "French president".')],
    on: Annotated[
        datetime.datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day for an office; today if left out."),
    ] = None,
    tables: Annotated[list[Path] | None, _TABLES] = None,
) -> None:
    """Show whom a name means: its row, the country it stands for, or who held the office on a day."""
    with errors_reported():
        from pipeline.actors.tables import load_actors
        from pipeline.errors import ConfigError
        from pipeline.paths import config_path

        table = load_actors(config_path("actors.yaml"), tables or ())
        countries = _countries()
        day = (on or datetime.datetime.now()).date()
        rows = _rows(name, table, countries, day)
        word = countries.find(name)
        if word is not None:
            stdout().print(plain(f"{name}: {word.kind} of {countries.names[word.code]} ({word.code})"))
        elif not rows:
            raise ConfigError(
                f"nobody is known by {name!r}; add a row of your own under stages.resolve.tables"
            )
        for row in rows[:_SHOWN]:
            stdout().print(plain(_described(row)))
        if len(rows) > _SHOWN:
            stdout().print(f"… and {len(rows) - _SHOWN} more")


def _countries() -> "CountryTable":
    from pipeline.actors.countries import load_countries
    from pipeline.paths import config_path

    return load_countries(config_path("countries.yaml"))


def _remarks(row: "ActorRow", table: "ActorTable", countries: "CountryTable") -> list[str]:
    """What a user may not have meant: a row or a name that goes over to another actor, an unheard-of country."""
    found = []
    if row.id in table.rows:
        found.append(f"{row.id}: replaces {table.rows[row.id].name}")
    for name in (row.name, *row.aliases):
        other = table.find(name)
        if other is not None and other.id != row.id:
            found.append(f"{row.id}: {name!r} no longer means {other.name} ({other.id})")
    bodies = {one.country for one in table.rows.values()} | {row.name, *row.aliases}
    if row.country is not None and row.country not in countries.names and row.country not in bodies:
        found.append(f"{row.id}: no other row or state has the country {row.country!r}; is it spelt right?")
    return found


def _rows(
    name: str, table: "ActorTable", countries: "CountryTable", day: datetime.date
) -> Sequence["ActorRow"]:
    """The row of exactly this name, else the holder of the office, else the rows that the name is part of."""
    from pipeline.actors.keys import fold

    exact = table.find(name)
    if exact is not None:
        return [exact]
    words = name.split()
    for cut in range(len(words) - 1, 0, -1):
        place = countries.find(" ".join(words[:cut]))
        holder = place and table.office_holder(" ".join(words[cut:]).lower(), place.code, day)
        if holder:
            return [holder]
    part = fold(name)
    return [
        row
        for row in table.rows.values()
        if any(part in fold(known) for known in (row.id, row.name, *row.aliases))
    ]


def _described(row: "ActorRow") -> str:
    offices = "; ".join(f"{office.title} {office.start} to {office.to or 'now'}" for office in row.offices)
    parts = [f"{row.id}: {row.name}", row.kind, row.country or "no country"]
    if row.aliases:
        parts.append("also " + ", ".join(row.aliases))
    return ", ".join(parts) + (f" ({offices})" if offices else "")
