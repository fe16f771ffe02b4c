"""What the resolver knows of countries: names, demonyms, capitals and large cities.

From the library countryinfo, its gaps filled by ``configs/countries.yaml``.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from countryinfo import CountryInfo
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.actors.keys import plain
from pipeline.actors.tables import load_mapping
from pipeline.errors import ConfigError

WordKind = Literal["name", "demonym", "people", "capital", "city", "region"]
# Which meaning of a word wins within and across countries: "Singapore" is the country, not the city.
_RANK: dict[WordKind, int] = {"name": 0, "demonym": 1, "people": 2, "capital": 3, "city": 4, "region": 5}
# Library entries whose name, demonym or capital would mislead ("Djibouti" is no adjective of its own city).
_SKIPPED = frozenset({"SCG", "ANT", "UMI", "IOT", "HMD", "BVT", "ATF", ""})
# Forms that countryinfo spells in full but the news does not, and short codes that are common words.
_TOO_SHORT = 3


class CountryPatch(BaseModel):
    """What ``configs/countries.yaml`` adds for one country; see the comments there."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str | None = None
    aliases: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    demonyms_region: tuple[str, ...] = ()


class OfficePatch(BaseModel):
    """Which states have an office: ``only`` these, or all but those it is ``not`` in."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    only: tuple[str, ...] = ()
    lacking: tuple[str, ...] = Field(default=(), alias="not")


class CountryFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    prefer: tuple[str, ...]
    described: dict[str, tuple[str, ...]] = {}
    offices: dict[str, OfficePatch] = {}
    countries: dict[str, CountryPatch]


@dataclass(frozen=True, slots=True)
class CountryWord:
    """A word or phrase that points to a country; ``kind`` says how."""

    code: str
    kind: WordKind


@dataclass(frozen=True, slots=True)
class Found:
    """A country word in a list of words: ``[first, last)`` are word indices."""

    first: int
    last: int
    word: CountryWord


@dataclass(slots=True)
class CountryTable:
    """Countries by the words that name them. ``demonyms``: code → its first demonym."""

    names: dict[str, str] = field(default_factory=dict)
    demonyms: dict[str, str] = field(default_factory=dict)
    capitals: dict[str, str] = field(default_factory=dict)
    words: dict[str, CountryWord] = field(default_factory=dict)
    # First word of each multi-word entry → the longest entry's length, so that a scan looks no further.
    longest: dict[str, int] = field(default_factory=dict)
    # Nouns that only some countries are called by: "kingdom", "island".
    described: dict[str, frozenset[str]] = field(default_factory=dict)
    # Offices that not every state has.
    offices: dict[str, OfficePatch] = field(default_factory=dict)

    def has_office(self, title: str, code: str) -> bool:
        """Whether a state can have a bearer of this title; every state has those that no table speaks of."""
        office = self.offices.get(title)
        return office is None or (code in office.only if office.only else code not in office.lacking)

    def only_state_with(self, title: str) -> str | None:
        """The one state that has bearers of a title: a pope is the Vatican's."""
        office = self.offices.get(title)
        return office.only[0] if office is not None and len(office.only) == 1 else None

    def find(self, phrase: str) -> CountryWord | None:
        """The country that a whole phrase names, with or without "the"; "us" in lower case is no country."""
        phrase = plain(phrase)
        found = self.words.get(phrase)
        if found is None and phrase[:4] in ("the ", "The "):
            found = self.words.get(phrase[4:])
        return found

    def scan(self, words: list[str]) -> Iterator[Found]:
        """The country words within a list of words, left to right, longest first; "American-led" is American."""
        words = [plain(word).removesuffix("-led") for word in words]
        at = 0
        while at < len(words):
            for length in range(min(self.longest.get(words[at], 0), len(words) - at), 0, -1):
                found = self.words.get(" ".join(words[at : at + length]))
                if found is not None and not _is_part_of_a_name(words, at, at + length, found):
                    yield Found(at, at + length, found)
                    at += length - 1
                    break
            at += 1


# What a surname may begin with that is a city's name too: "De Lima".
_PARTICLES = frozenset({"De", "Da", "Di", "Del", "Van", "Von"})


def _is_part_of_a_name(words: list[str], first: int, last: int, found: CountryWord) -> bool:
    """ "the North Korean leader", "the North Atlantic", "Leila De Lima": the word belongs to what stands beside it."""
    if words[last - 1] == "North":
        return last < len(words) and words[last][:1].isupper()
    return found.kind in ("capital", "city") and first > 0 and words[first - 1] in _PARTICLES


def _plurals(demonym: str) -> list[str]:
    # "Chinese", "French", "Dutch" have no plural of their own; "Thai" has.
    if demonym.endswith(("ese", "sh", "ch", "ss", "ois", "x", ".")) or demonym.isupper():
        return []
    return [demonym + "s"]


def load_countries(path: Path) -> CountryTable:
    """The library's countries with the file's additions.

    Raises:
        ConfigError: the file does not fit, or names a country that the library lacks without naming it.
    """
    try:
        patch = CountryFile.model_validate(load_mapping(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    entries: dict[str, list[tuple[str, WordKind]]] = {}
    population: dict[str, int] = {}
    table = CountryTable(
        described={noun: frozenset(codes) for noun, codes in patch.described.items()},
        offices=patch.offices,
    )
    for entry in CountryInfo("france").all().values():
        code = (entry.get("ISO") or {}).get("alpha3", "")
        if code in _SKIPPED or (code in table.names and not entry.get("demonym")):
            continue
        found = entries.setdefault(code, [])
        population[code] = entry.get("population") or 0
        table.names.setdefault(code, entry["name"])
        found.append((entry["name"], "name"))
        found.extend((other, "name") for other in entry.get("altSpellings", ()) if len(other) > _TOO_SHORT)
        for demonym in (entry.get("demonym") or "").replace("/", ",").split(","):
            if demonym.strip():
                table.demonyms.setdefault(code, demonym.strip())
                found.append((demonym.strip(), "demonym"))
        capital = entry.get("capital")
        for city in capital if isinstance(capital, list) else [capital]:
            if city:
                table.capitals.setdefault(code, city)
                found.append((city, "capital"))
    for code, extra in patch.countries.items():
        found = entries.setdefault(code, [])
        if extra.name:
            table.names[code] = extra.name
            found.append((extra.name, "name"))
        if code not in table.names:
            raise ConfigError(f"{path}: countries.{code}: unknown to countryinfo; give it a `name`")
        if extra.demonyms:
            table.demonyms[code] = extra.demonyms[0]
        if extra.capitals:
            table.capitals[code] = extra.capitals[0]
        found.extend((word, "name") for word in extra.aliases)
        found.extend((word, "demonym") for word in extra.demonyms)
        found.extend((word, "people") for word in extra.people)
        found.extend((word, "capital") for word in extra.capitals)
        found.extend((word, "city") for word in extra.cities)
        found.extend((word, "region") for word in extra.demonyms_region)
    order = {code: -rank for rank, code in enumerate(reversed(patch.prefer), 1)}
    for code in sorted(entries, key=lambda code: (order.get(code, 1), -population.get(code, 0), code)):
        for word, kind in entries[code]:
            _enter(table, word, CountryWord(code, kind))
            if kind == "demonym":
                for plural in _plurals(word):
                    _enter(table, plural, CountryWord(code, "people"))
    return table


def _enter(table: CountryTable, phrase: str, word: CountryWord) -> None:
    phrase = plain(phrase)
    known = table.words.get(phrase)
    if known is not None and _RANK[known.kind] <= _RANK[word.kind]:
        return
    table.words[phrase] = word
    words = phrase.split()
    table.longest[words[0]] = max(table.longest.get(words[0], 0), len(words))
