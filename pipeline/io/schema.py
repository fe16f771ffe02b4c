"""The columns of a run's tables: name, type and where each value comes from.

Others read these files: columns may be added, never renamed or dropped. Offsets are half-open character
offsets into the article's original text. Probabilities are float64 rounded to four decimals: a rounded
float32 turns into 0.9731000065803528 in whatever reads it as a double, and the fifth decimal of a small
model means nothing.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, TypeVar

import pyarrow as pa

from pipeline.mentions import by_statement
from pipeline.records import (
    LinkedAttribution,
    ResolvedMention,
    ResolvedStatement,
    ScoredArticle,
    Span,
    Speaker,
    StanceRecord,
)

Row = TypeVar("Row")

_DECIMALS = 4
_TEXT, _OFFSET, _PROBABILITY = pa.string(), pa.int32(), pa.float64()


def probability(value: float) -> float:
    return round(float(value), _DECIMALS)


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    name: str
    type: pa.DataType
    value: Callable[[Row], Any]
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class ArticleRow:
    article: ScoredArticle


@dataclass(frozen=True, slots=True)
class StatementRow:
    """``mentions``: those that begin in the statement."""

    article: ScoredArticle
    statement: ResolvedStatement
    mentions: Sequence[ResolvedMention]


@dataclass(frozen=True, slots=True)
class AttributionRow:
    """``number``: its place among the attributions of the article, which ``inside`` refers to."""

    article: ScoredArticle
    number: int
    attribution: LinkedAttribution


@dataclass(frozen=True, slots=True)
class StanceRow:
    """``model``: the checkpoint that gave the probabilities, as name@first digits of its sha256."""

    article: ScoredArticle
    record: StanceRecord
    model: str


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A file of a run, and how an article gives its rows (the label of the stance model goes in too)."""

    name: str
    columns: tuple[Column[Row], ...]
    rows: Callable[[ScoredArticle, str], Iterator[Row]]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.type, column.nullable) for column in self.columns])

    def dicts(self, article: ScoredArticle, model: str) -> list[dict[str, Any]]:
        """The article's rows as plain values, as a JSONL file holds them."""
        return [
            {column.name: column.value(row) for column in self.columns} for row in self.rows(article, model)
        ]


_SPEAKER = pa.struct(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("name", _TEXT, nullable=False),
        pa.field("kind", _TEXT, nullable=False),
        pa.field("country", _TEXT),
        pa.field("how", _TEXT, nullable=False),
        pa.field("start", _OFFSET),
        pa.field("end", _OFFSET),
        pa.field("confidence", _PROBABILITY, nullable=False),
    ]
)


def _speaker(speaker: Speaker) -> dict[str, Any]:
    return {
        "id": speaker.actor.id,
        "name": speaker.actor.name,
        "kind": speaker.actor.kind,
        "country": speaker.actor.country,
        "how": speaker.how,
        "start": speaker.span and speaker.span.start,
        "end": speaker.span and speaker.span.end,
        "confidence": probability(speaker.confidence),
    }


_MENTION = pa.struct(
    [
        pa.field("id", _TEXT, nullable=False),
        pa.field("start", _OFFSET, nullable=False),
        pa.field("end", _OFFSET, nullable=False),
    ]
)


def _mentions(row: StatementRow) -> list[dict[str, Any]]:
    """Each actor of each mention: a collective stands there once for every member."""
    return [
        {"id": actor.id, "start": mention.start, "end": mention.end}
        for mention in row.mentions
        for actor in mention.actors
    ]


def _article_rows(article: ScoredArticle, model: str) -> Iterator[ArticleRow]:
    yield ArticleRow(article)


def _statement_rows(article: ScoredArticle, model: str) -> Iterator[StatementRow]:
    groups = by_statement(article.statements, article.mentions)
    return map(StatementRow, repeat(article), article.statements, groups)


def _attribution_rows(article: ScoredArticle, model: str) -> Iterator[AttributionRow]:
    return (AttributionRow(article, number, one) for number, one in enumerate(article.attributions))


def _statement_of(row: AttributionRow) -> str | None:
    """The id of the statement in which the cue begins; None where it stands between two."""
    statements, at = row.article.statements, row.attribution.cue.start
    index = bisect_right(statements, at, key=lambda statement: statement.start) - 1
    return statements[index].id if index >= 0 and at < statements[index].end else None


def _slice(row: AttributionRow, span: Span) -> str:
    return row.article.text[span.start : span.end]


def _fragments(row: AttributionRow) -> list[dict[str, Any]]:
    return [
        {"start": span.start, "end": span.end, "text": _slice(row, span)} for span in row.attribution.contents
    ]


def _stance_rows(article: ScoredArticle, model: str) -> Iterator[StanceRow]:
    return (StanceRow(article, record, model) for record in article.stances)


# The text stays where it was: a run folder tells when and where an article appeared, and does not copy it.
ARTICLES = Table(
    "articles",
    (
        Column("article_id", _TEXT, lambda row: row.article.id),
        Column("title", _TEXT, lambda row: row.article.title, nullable=True),
        Column("source", _TEXT, lambda row: row.article.source, nullable=True),
        Column("published_at", _TEXT, lambda row: row.article.published_at, nullable=True),
        Column("url", _TEXT, lambda row: row.article.url, nullable=True),
    ),
    _article_rows,
)

STATEMENTS = Table(
    "statements",
    (
        Column("article_id", _TEXT, lambda row: row.article.id),
        Column("statement_id", _TEXT, lambda row: row.statement.id),
        Column("start", _OFFSET, lambda row: row.statement.start),
        Column("end", _OFFSET, lambda row: row.statement.end),
        Column("text", _TEXT, lambda row: row.statement.text),
        Column("kind", _TEXT, lambda row: row.statement.kind),
        Column(
            "cue_start", _OFFSET, lambda row: row.statement.cue and row.statement.cue.start, nullable=True
        ),
        Column("cue_end", _OFFSET, lambda row: row.statement.cue and row.statement.cue.end, nullable=True),
        Column("speakers", pa.list_(_SPEAKER), lambda row: [_speaker(one) for one in row.statement.speakers]),
        Column("mentions", pa.list_(_MENTION), _mentions),
    ),
    _statement_rows,
)

_FRAGMENT = pa.struct(
    [
        pa.field("start", _OFFSET, nullable=False),
        pa.field("end", _OFFSET, nullable=False),
        pa.field("text", _TEXT, nullable=False),
    ]
)

ATTRIBUTIONS = Table(
    "attributions",
    (
        Column("article_id", _TEXT, lambda row: row.article.id),
        Column("statement_id", _TEXT, _statement_of, nullable=True),
        Column("attribution", _OFFSET, lambda row: row.number),
        Column("inside", _OFFSET, lambda row: row.attribution.inside, nullable=True),
        Column(
            "source_start",
            _OFFSET,
            lambda row: row.attribution.source and row.attribution.source.start,
            nullable=True,
        ),
        Column(
            "source_end",
            _OFFSET,
            lambda row: row.attribution.source and row.attribution.source.end,
            nullable=True,
        ),
        Column(
            "source_text",
            _TEXT,
            lambda row: row.attribution.source and _slice(row, row.attribution.source),
            nullable=True,
        ),
        Column("cue_start", _OFFSET, lambda row: row.attribution.cue.start),
        Column("cue_end", _OFFSET, lambda row: row.attribution.cue.end),
        Column("cue_text", _TEXT, lambda row: _slice(row, row.attribution.cue)),
        Column("content", pa.list_(_FRAGMENT), _fragments),
        Column("score", _PROBABILITY, lambda row: probability(row.attribution.score)),
        Column(
            "speakers", pa.list_(_SPEAKER), lambda row: [_speaker(one) for one in row.attribution.speakers]
        ),
    ),
    _attribution_rows,
)

STANCES = Table(
    "stances",
    (
        Column("article_id", _TEXT, lambda row: row.article.id),
        Column("statement_id", _TEXT, lambda row: row.record.statement_id),
        Column("holder_id", _TEXT, lambda row: row.record.holder.id),
        Column("holder_name", _TEXT, lambda row: row.record.holder.name),
        Column("holder_kind", _TEXT, lambda row: row.record.holder.kind),
        Column("holder_country", _TEXT, lambda row: row.record.holder.country, nullable=True),
        Column(
            "holder_start", _OFFSET, lambda row: row.record.holder_span and row.record.holder_span.start, True
        ),
        Column(
            "holder_end", _OFFSET, lambda row: row.record.holder_span and row.record.holder_span.end, True
        ),
        Column("target_id", _TEXT, lambda row: row.record.target.id),
        Column("target_name", _TEXT, lambda row: row.record.target.name),
        Column("target_kind", _TEXT, lambda row: row.record.target.kind),
        Column("target_country", _TEXT, lambda row: row.record.target.country, nullable=True),
        Column(
            "target_start", _OFFSET, lambda row: row.record.target_span and row.record.target_span.start, True
        ),
        Column(
            "target_end", _OFFSET, lambda row: row.record.target_span and row.record.target_span.end, True
        ),
        Column("stance", _TEXT, lambda row: row.record.stance),
        Column("p_support", _PROBABILITY, lambda row: probability(row.record.stance_probabilities[0])),
        Column("p_neutral", _PROBABILITY, lambda row: probability(row.record.stance_probabilities[1])),
        Column("p_oppose", _PROBABILITY, lambda row: probability(row.record.stance_probabilities[2])),
        Column("sentiment", _TEXT, lambda row: row.record.sentiment),
        Column("p_positive", _PROBABILITY, lambda row: probability(row.record.sentiment_probabilities[0])),
        Column(
            "p_sentiment_neutral",
            _PROBABILITY,
            lambda row: probability(row.record.sentiment_probabilities[1]),
        ),
        Column("p_negative", _PROBABILITY, lambda row: probability(row.record.sentiment_probabilities[2])),
        Column("model", _TEXT, lambda row: row.model),
    ),
    _stance_rows,
)

# In each of them an article's rows stand together, and the articles in the same order: readers rely on it.
TABLES: tuple[Table[Any], ...] = (ARTICLES, STATEMENTS, ATTRIBUTIONS, STANCES)
