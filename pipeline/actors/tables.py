"""The actor table: who is known by name, loaded from YAML and checked row by row."""

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.actors.keys import plain, slug
from pipeline.errors import ConfigError
from pipeline.records import ActorKind

_FORBID = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
COUNTRY_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")


class Office(BaseModel):
    """An office somebody held. ``to`` is left out while they are in office."""

    model_config = _FORBID
    title: str = Field(min_length=1)
    start: datetime.date = Field(alias="from")
    to: datetime.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Office":
        if self.to is not None and self.to < self.start:
            raise ValueError(f"`to` {self.to} lies before `from` {self.start}; swap or correct them")
        return self

    def held_on(self, day: datetime.date) -> bool:
        return self.start <= day and (self.to is None or day < self.to)


class ActorRow(BaseModel):
    """One known actor. ``how`` is ``metonym`` for a house or place that stands for its government.

    ``common``: its names are used in other countries too ("Congress", "Labour"), so they count only in an
    article that speaks of its country or of none.
    """

    model_config = _FORBID
    id: str
    name: str = Field(min_length=1)
    kind: Literal["person", "government", "country", "organisation", "group", "unknown"]
    country: str | None = None
    aliases: tuple[str, ...] = ()
    how: Literal["name", "metonym"] = "name"
    nouns: tuple[str, ...] = ()
    common: bool = False
    gender: Literal["male", "female"] | None = None
    offices: tuple[Office, ...] = ()

    @field_validator("id")
    @classmethod
    def _is_slug(cls, value: str) -> str:
        if not value or slug(value) != value:
            raise ValueError(
                f"{value!r} is no id; write lower-case letters, digits and hyphens ({slug(value)!r})"
            )
        return value

    @field_validator("country")
    @classmethod
    def _is_code(cls, value: str | None) -> str | None:
        if value is not None and not COUNTRY_CODE.fullmatch(value):
            raise ValueError(
                f"{value!r} is no country; write an ISO 3166-1 alpha-3 code or a body's short name"
            )
        return value


@dataclass(slots=True)
class ActorTable:
    """Known actors by id and by the names they go by (case matters: "Labour" is a party, "labour" is not)."""

    rows: dict[str, ActorRow] = field(default_factory=dict)
    by_name: dict[str, ActorRow] = field(default_factory=dict)
    kinds: dict[str, ActorKind] = field(default_factory=dict)

    def add(self, rows: Iterable[ActorRow]) -> None:
        """Add rows; one whose id is known replaces it, and a later row wins a name."""
        for row in rows:
            old = self.rows.get(row.id)
            if old is not None:
                self.by_name = {name: known for name, known in self.by_name.items() if known is not old}
            self.rows[row.id] = row
            for name in (row.name, *row.aliases):
                self.by_name[plain(name)] = row

    def find(self, name: str) -> ActorRow | None:
        """The row of an exact name, with or without a leading "the"."""
        name = plain(name)
        found = self.by_name.get(name)
        if found is None and name[:4] in ("the ", "The "):
            found = self.by_name.get(name[4:])
        return found

    def office_holder(self, title: str, country: str, day: datetime.date) -> ActorRow | None:
        """Who held an office of a country on a day; None if nobody or more than one is known."""
        holders = [
            row
            for row in self.rows.values()
            if row.country == country
            for office in row.offices
            if office.title == title and office.held_on(day)
        ]
        return holders[0] if len(holders) == 1 else None


def read_rows(path: Path) -> list[ActorRow]:
    """The rows of an actor table file: a mapping ``actors: [row, …]``.

    Raises:
        ConfigError: the file cannot be read, or a row is wrong (named by its number and id).
    """
    values = load_mapping(path)
    rows = values.get("actors")
    unknown = [key for key in values if key != "actors"]
    if unknown:
        raise ConfigError(f"{path}: unknown key {unknown[0]!r}; an actor table holds `actors` alone")
    if not isinstance(rows, list):
        raise ConfigError(f"{path}: `actors` must be a list of rows such as {{id, name, kind, country}}")
    found: list[ActorRow] = []
    seen: dict[str, int] = {}
    for number, values_of_row in enumerate(rows, 1):
        label = values_of_row.get("id") if isinstance(values_of_row, dict) else None
        place = f"{path}: actors row {number}" + (f" ({label})" if label else "")
        try:
            row = ActorRow.model_validate(values_of_row)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            hint = (
                f"; known keys: {', '.join(ActorRow.model_fields)}"
                if first["type"] == "extra_forbidden"
                else ""
            )
            raise ConfigError(f"{place}: {key + ': ' if key else ''}{first['msg']}{hint}") from error
        if row.id in seen:
            raise ConfigError(
                f"{place}: the id stands in row {seen[row.id]} already; merge the two or rename one"
            )
        seen[row.id] = number
        found.append(row)
    return found


def load_actors(path: Path, extra: Sequence[Path] = ()) -> ActorTable:
    """The shipped table with the user's own on top, in order.

    Raises:
        ConfigError: a file cannot be read or a row is wrong.
    """
    table = ActorTable()
    for one in (path, *extra):
        table.add(read_rows(one))
    return table


def load_mapping(path: Path) -> dict[str, Any]:
    """A YAML mapping, by libyaml where it is there: the shipped table has hundreds of rows.

    Raises:
        ConfigError: unreadable, not YAML, or not a mapping.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # a safe loader either way
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}; check stages.resolve.tables") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: holds a {type(values).__name__}; a mapping of keys is needed")
    return values
