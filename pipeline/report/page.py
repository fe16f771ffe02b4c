"""report.html: one page that holds all it needs, asks no network for anything and runs no other script.

Text from articles reaches the page in two ways only: through the template, which escapes it, and as JSON that
the page's script puts into text nodes. The content security policy names the hashes of the two scripts and
the style sheet, so that nothing else would run even if it got in.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import cache
from importlib.resources import files
from typing import Any

import vl_convert
from jinja2 import Environment, StrictUndefined

from models.labels import STANCES
from pipeline.actors.countries import load_countries
from pipeline.aggregate import MINIMUM, Counts, PairCounts, actor_key
from pipeline.intervals import Z
from pipeline.io.read import Reject
from pipeline.paths import config_path
from pipeline.printable import printable
from pipeline.records import Actor, Span
from pipeline.report.charts import charts
from pipeline.report.facts import AXIS, Facts, Sentence
from pipeline.report.network import layout
from pipeline.report.words import headline, summary
from pipeline.survey import Survey, day_of

# Pairs that the network draws.
_EDGES = 60
_REJECTS = 50
_COPIES = 50
# Characters kept of what may be of any length.
_LONGEST = {"text": 800, "title": 240, "name": 90, "url": 600}
_LABELS = (*STANCES, "unsure")


def page(survey: Survey, facts: Facts, told: dict[str, Any], rejects: Iterable[Reject]) -> str:
    """The whole document. ``told``: what ``run.json`` holds."""
    countries = _country_names()
    level = survey.levels["countries"]
    waiting = list(rejects)
    style, script = _part("page.css"), _part("page.js")
    library = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    name = countries.__getitem__
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_part("page.html")).render(
        policy=_policy([library, script], [style]),
        style=style,
        library=library,
        script=script,
        data=_island(_data(survey, facts, countries)),
        headline=headline(level, name),
        summary=summary(survey, level, name, len(waiting)),
        figures=_figures(survey),
        minimum=MINIMUM,
        rejects=[_cut_reject(one) for one in waiting[:_REJECTS]],
        rejected=len(waiting),
        copies=list(survey.copies.items())[:_COPIES],
        copied=len(survey.copies),
        models=_models(told),
        version=told.get("stancewire", ""),
    )


def _part(name: str) -> str:
    return files("pipeline.report").joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: list[str], styles: list[str]) -> str:
    def hashes(sources: list[str]) -> str:
        digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in sources]
        return " ".join(f"'sha256-{digest}'" for digest in digests)

    return (
        f"default-src 'none'; script-src {hashes(scripts)}; style-src {hashes(styles)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _island(values: Any) -> str:
    """JSON that cannot end the script element it stands in, nor open a comment in it."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


class _CountryNames(dict[str, str]):
    """Code → name; a code that no table names, as that of a body, stands for itself."""

    def __missing__(self, code: str) -> str:
        return code


@cache
def _country_names() -> _CountryNames:
    return _CountryNames(load_countries(config_path("countries.yaml")).names)


def _figures(survey: Survey) -> list[tuple[str, str]]:
    outlets = sum(1 for outlet in survey.outlets if outlet)
    return [
        (f"{survey.articles:,}", "article" if survey.articles == 1 else "articles"),
        (f"{outlets:,}" if outlets else "–", "outlet" if outlets == 1 else "outlets"),
        (f"{survey.statements:,}", "statement" if survey.statements == 1 else "statements"),
        (f"{survey.stances.total():,}", "stance" if survey.stances.total() == 1 else "stances"),
        (f"{survey.stances['support']:,}", "support"),
        (f"{survey.stances['oppose']:,}", "oppose"),
    ]


def _models(told: dict[str, Any]) -> list[str]:
    return [
        f"{name}@{digest[:8]}" for step in told.get("models", {}).values() for name, digest in step.items()
    ]


def _cut_reject(reject: Reject) -> dict[str, str]:
    return {
        "place": _cut(reject.place, "name"),
        "stage": reject.stage or "reading",
        "reason": _cut(reject.reason, "title"),
    }


def _cut(text: str, kind: str) -> str:
    limit = _LONGEST[kind]
    return text if len(text) <= limit else text[: limit - 1] + "…"


class _Table:
    """Rows with an index each, added when they are first asked for."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self._index: dict[Any, int] = {}

    def index(self, key: Any, row: Any) -> int:
        if key not in self._index:
            self._index[key] = len(self.rows)
            self.rows.append(row)
        return self._index[key]


def _data(survey: Survey, facts: Facts, countries: dict[str, str]) -> dict[str, Any]:
    """What page.js reads; indices instead of names and arrays instead of objects, for their size."""
    keys = {level: _Table() for level in survey.levels}

    def actor_index(actor: Actor) -> int:
        country = countries[actor.country] if actor.country else ""
        return keys["actors"].index(
            actor_key(actor), [_cut(printable(actor.name), "name"), country, actor.kind]
        )

    def country_index(code: str | None) -> int:
        return keys["countries"].index(code, [countries[code], code, "country"]) if code else -1

    def key_index(level: PairCounts, key: str | None) -> int:
        if key is None:
            return -1
        return actor_index(level.actors[key]) if level.level == "actors" else country_index(key)

    levels = {
        name: {
            "cells": _cells(level, facts, lambda key, level=level: key_index(level, key)),
            "places": _places(level, lambda key, level=level: key_index(level, key)),
        }
        for name, level in survey.levels.items()
    }
    articles, statements = _Table(), _Table()

    def sentence_row(sentence: Sentence) -> list[Any]:
        head, statement, record = sentence
        article = articles.index(
            head.id,
            [
                _cut(head.id, "title"),
                _cut(head.title or "", "title"),
                _cut(head.source or "", "name"),
                _date(head.published_at),
                _safe_url(head.url),
                head.period,
                head.outlet,
            ],
        )
        text = _cut(statement.text, "text")
        speakers = [_cut(printable(one.actor.name), "name") for one in statement.speakers]
        return [
            statements.index((head.id, statement.id), [article, text, statement.kind, ", ".join(speakers)]),
            actor_index(record.holder),
            actor_index(record.target),
            country_index(record.holder.country),
            country_index(record.target.country),
            *_units(record.holder_span, statement, text),
            *_units(record.target_span, statement, text),
            _LABELS.index(record.stance),
            round(100 * max(record.stance_probabilities)),
        ]

    sentences: dict[Any, list[Any]] = {}
    for level_sentences in facts.sentences.values():
        for one in level_sentences:
            key = (one.head.id, one.statement.id, actor_key(one.record.holder), actor_key(one.record.target))
            sentences.setdefault(key, sentence_row(one))
    unsure = [sentence_row(one) for one in facts.unsure]
    return {
        "z": Z,
        "minimum": MINIMUM,
        "axis": AXIS,
        "periods": {
            "unit": facts.periods.unit,
            "starts": [
                round(datetime.combine(day, time(), UTC).timestamp() * 1000) for day in facts.periods.starts
            ],
        },
        "outlets": _outlets(survey, facts),
        "keys": {name: table.rows for name, table in keys.items()},
        "levels": levels,
        "articles": articles.rows,
        "statements": statements.rows,
        "sentences": list(sentences.values()),
        "unsure": unsure,
        "charts": charts(facts.periods.unit),
    }


def _cells(level: PairCounts, facts: Facts, index: Any) -> list[int]:
    """Ten numbers a cell: holder, target, period, outlet, then its counts."""
    rows = [
        [index(cell.pair[0]), index(cell.pair[1]), cell.period, cell.outlet, *_numbers(counts)]
        for cell, counts in facts.cells[level.level].items()
    ]
    return [number for row in sorted(rows) for number in row]


def _numbers(counts: Counts) -> tuple[int, ...]:
    return counts.support, counts.neutral, counts.oppose, counts.unsure, counts.articles, counts.squares


def _places(level: PairCounts, index: Any) -> list[list[float]]:
    pairs = [(holder, target) for holder, target, counts in level.pairs()[:_EDGES] if counts.sided]
    return [[index(key), *place] for key, place in layout(pairs).items()]


def _outlets(survey: Survey, facts: Facts) -> list[list[Any]]:
    """Name, articles and copies by the outlet's index; the last is all the others together."""
    rest = sum(n for source, n in survey.outlets.items() if source and source not in facts.outlets)
    named = [[_cut(source, "name"), survey.outlets[source]] for source in facts.outlets]
    return [*named, ["other outlets", rest]]


def _date(published_at: str | None) -> str:
    day = day_of(published_at)
    return f"{day.day} {day:%B %Y}" if day else _cut(published_at or "", "name")


def _safe_url(url: str | None) -> str:
    """The address where a browser may follow it; "javascript:" and its like are no address."""
    usable = url and url.lower().startswith(("https://", "http://")) and len(url) <= _LONGEST["url"]
    return url if usable and url else ""


def _units(span: Span | None, statement: Span, text: str) -> tuple[int, int]:
    """Offsets into ``text`` as JavaScript counts, in UTF-16 units; -1 where the statement has no such span."""
    if span is None or not statement.covers(span) or span.end - statement.start > len(text):
        return -1, -1
    start, end = (len(text[: at - statement.start].encode("utf-16-le")) // 2 for at in (span.start, span.end))
    return start, end
