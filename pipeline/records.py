"""The records that flow through the chain: Article → Statement → AttributedStatement → StanceRecord.

Every offset is a half-open character offset into the article's original ``text``. An article stays
one nested unit until the writer flattens it; each stage returns a record with more fields than the
one it took and takes nothing away (see `grow`).
"""

from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

from models.labels import MentionKind, Sentiment, SpanLabel, Stance

StatementKind = Literal["direct", "indirect", "mixed", "narration"]
ActorKind = Literal["person", "government", "country", "organisation", "group", "author", "unknown"]
How = Literal["name", "nominal", "pronoun", "metonym", "demonym", "collective", "carried", "author"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open character offsets ``[start, end)`` into the article's original text."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Span") -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Dropped(Span):
    """A stretch of the original text that is no part of any statement, and why."""

    reason: Literal["dateline", "byline", "footer", "markup"]


@dataclass(frozen=True, slots=True)
class Statement(Span):
    """One sentence. ``text`` is the original slice; ``paragraph`` indexes the article's paragraphs."""

    id: str
    text: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class AttributedStatement(Statement):
    """A statement and who is said to have said it.

    ``sources`` are the spans that name the speaker, outermost first; for a carried statement they
    lie in an earlier one, and for narration there are none. ``attribution`` says how it is known.
    """

    kind: StatementKind
    cue: Span | None
    sources: tuple[Span, ...]
    attribution: Literal["cued", "carried", "author"]
    confidence: float


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who can hold a stance or be its target. ``country``: ISO 3166-1 alpha-3, a body's short name, or None."""

    id: str
    name: str
    kind: ActorKind
    country: str | None


AUTHOR = Actor(id="author", name="(the article)", kind="author", country=None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker of a statement or an attribution; ``span`` is where the text names it (None for the author)."""

    actor: Actor
    how: How
    span: Span | None
    confidence: float


@dataclass(frozen=True, slots=True)
class ResolvedStatement(AttributedStatement):
    speakers: tuple[Speaker, ...]


@dataclass(frozen=True, slots=True)
class TaggedSpan(Span):
    """A span that the reader marked as a source, cue or content. ``score``: mean token probability."""

    label: SpanLabel
    score: float


@dataclass(frozen=True, slots=True)
class LinkedAttribution:
    """Who is said to have said what: a source, its cue and the fragments of its content, in text order.

    ``source`` is None where the text names none ("It is said that …"). ``inside``: the index of the
    attribution in whose content this one lies ("X said that Y had told …"); None for an outermost one.
    ``score``: that of the least certain of the tagged spans. ``speakers``: whom the source means, which the
    resolve stage tells; none without a source, or where nobody knows.
    """

    source: Span | None
    cue: Span
    contents: tuple[Span, ...]
    inside: int | None
    score: float
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A stretch of text that stands for one or more actors. ``score``: mean token probability."""

    text: str
    kind: MentionKind
    score: float


@dataclass(frozen=True, slots=True)
class ResolvedMention(Mention):
    """A mention with its actors: one, or the members of a collective; none where nothing fits.

    ``evidence`` is where the text last spoke of each of them before the mention, in text order: the antecedent of
    a pronoun, the members of a collective. Empty where the mention's own words are all there is.
    """

    actors: tuple[Actor, ...]
    how: How
    confidence: float
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class StanceRecord:
    """The stance of one holder toward one target in one statement.

    Probabilities are ordered as `models.labels.STANCES` and `SENTIMENTS`. ``holder_span`` is None
    where the holder stands outside the statement; ``target_span`` likewise.
    """

    statement_id: str
    holder: Actor
    holder_span: Span | None
    target: Actor
    target_span: Span | None
    stance: Stance | Literal["unsure"]
    stance_probabilities: tuple[float, float, float]
    sentiment: Sentiment
    sentiment_probabilities: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    id: str
    text: str
    title: str | None = None
    source: str | None = None
    published_at: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanArticle(Article):
    """``clean_text`` is as long as ``text``, so offsets hold for both; paragraphs leave out what was dropped."""

    clean_text: str
    paragraphs: tuple[Span, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitArticle(CleanArticle):
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle(SplitArticle):
    """``mentions`` and ``tagged`` are sorted by offset; mentions do not overlap one another."""

    mentions: tuple[Mention, ...]
    tagged: tuple[TaggedSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedArticle(ReadArticle):
    """``attributions``: in the order of their cues; none from a stage that joins no tagged spans."""

    statements: tuple[AttributedStatement, ...]
    attributions: tuple[LinkedAttribution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedArticle(AttributedArticle):
    mentions: tuple[ResolvedMention, ...]
    statements: tuple[ResolvedStatement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredArticle(ResolvedArticle):
    stances: tuple[StanceRecord, ...]


Record = TypeVar("Record")


def grow(cls: type[Record], base: Any, **new: Any) -> Record:
    """A ``cls`` made of the fields of ``base``, a record that ``cls`` extends, and the ``new`` ones."""
    kept = {field.name: getattr(base, field.name) for field in fields(base)}
    return cls(**(kept | new))
