"""Attribute: who says each statement, by which cue, and how it is known.

The attributions within a sentence come from `pipeline.attributions`; here a statement gets its kind, and
quotations without a cue of their own are carried to the speaker they belong to.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from models.labels import SPAN_LABELS
from pipeline.attributions import CREDIT, Attribution, attributions, is_turn
from pipeline.linking import linked
from pipeline.noun_phrases import Sentence, main_subject, sentence
from pipeline.quotes import (
    SCARE_WORDS,
    Quotation,
    is_quoted,
    parts_within,
    quotations,
    quoted_share,
    words_in,
)
from pipeline.records import (
    AttributedArticle,
    AttributedStatement,
    ReadArticle,
    Span,
    Statement,
    StatementKind,
    TaggedSpan,
    grow,
)
from pipeline.stages.base import StageOptions

# From this share of quoted words on a sentence is a quotation and nothing else.
_WHOLLY_QUOTED = 0.95
# Confidence: what a step of carrying keeps, a guessed speaker and narration; shares right on the train
# files, rounded.
_CARRIED = 0.9
_GUESSED = 0.5
_NARRATION = 0.9
_QUESTION = re.compile(r"Q(?:uestion)?\s?[:.]\s", re.IGNORECASE)
_ANSWER = re.compile(r"A(?:nswer)?\s?[:.]\s", re.IGNORECASE)


class Options(StageOptions):
    """Options of `SpanAttributor`.

    ``minimum_score``: tagged spans with a lower score are not used. ``cue_list``: whether the list of
    attributing verbs adds the cues that the reader missed.
    """

    minimum_score: float = Field(default=0.4, ge=0, le=1)
    cue_list: bool = True


# Within the class below its own `Options` hides the name from annotations.
_Options = Options


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a statement's speaker, before its kind."""

    cue: Span | None
    sources: tuple[Span, ...]
    attribution: Literal["cued", "carried", "author"]
    confidence: float


_AUTHOR = _Known(None, (), "author", _NARRATION)


class SpanAttributor:
    """Joins the reader's spans into attributions and carries quotations. Needs nothing loaded."""

    consumes: ClassVar = ReadArticle
    produces: ClassVar = AttributedArticle
    Options = Options

    def __init__(self, options: _Options) -> None:
        self.options = options

    def setup(self) -> None:
        """Nothing to load."""

    def process(self, batch: Sequence[ReadArticle]) -> list[AttributedArticle]:
        return [self._attribute(article) for article in batch]

    def _attribute(self, article: ReadArticle) -> AttributedArticle:
        text = article.clean_text
        quotes = quotations(text, article.paragraphs)
        parts = [part for quote in quotes for part in quote.parts]
        tagged: dict[str, list[TaggedSpan]] = {label: [] for label in SPAN_LABELS}
        for span in article.tagged:
            if span.score >= self.options.minimum_score:
                tagged[span.label].append(span)
        sentences = [
            sentence(text, Span(s.start, s.end), parts, article.mentions, tagged) for s in article.statements
        ]
        found = [attributions(s, self.options.cue_list) for s in sentences]
        open_parts = [part for quote in quotes if not quote.closed for part in quote.parts]
        if open_parts:
            closed_parts = [part for quote in quotes if quote.closed for part in quote.parts]
            for i, statement in enumerate(article.statements):
                if not found[i] and parts_within(open_parts, statement):
                    # "“We will pay, X said.": the closing mark may have been forgotten before the cue.
                    place = Span(statement.start, statement.end)
                    again = sentence(text, place, closed_parts, article.mentions, tagged)
                    found[i] = [a for a in attributions(again, self.options.cue_list) if _closes(again, a)]
        known = _carried(article.statements, sentences, found, quotes, parts, text)
        return grow(
            AttributedArticle,
            article,
            statements=tuple(
                grow(
                    AttributedStatement,
                    statement,
                    kind=_kind(text, statement, sentences[i], known[i], len(found[i]) == 1, parts),
                    cue=known[i].cue,
                    sources=known[i].sources,
                    attribution=known[i].attribution,
                    confidence=known[i].confidence,
                )
                for i, statement in enumerate(article.statements)
            ),
            attributions=linked(
                text, article.paragraphs, [span for spans in tagged.values() for span in spans]
            ),
        )


def _closes(s: Sentence, attribution: Attribution) -> bool:
    """Whether an attribution ends its sentence, behind a comma: "…, X said."."""
    spans = (attribution.cue, *attribution.sources)
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    return s.text[first - 2 : first] == ", " and not words_in(s.text, Span(last, s.span.end))


def _cued(found: Sequence[Attribution]) -> _Known:
    """The speakers of a statement's attributions; its cue is the first one's."""
    sources = tuple(dict.fromkeys(source for attribution in found for source in attribution.sources))
    return _Known(found[0].cue, sources, "cued", min(attribution.score for attribution in found))


def _carried(
    statements: Sequence[Statement],
    sentences: Sequence[Sentence],
    found: Sequence[list[Attribution]],
    quotes: Sequence[Quotation],
    parts: Sequence[Span],
    text: str,
) -> list[_Known]:
    """The speaker of every statement: by its own cue, or carried along the quotation it belongs to."""
    known = [_cued(f) if f else _AUTHOR for f in found]
    quoted = [quoted_share(text, s, parts) >= _WHOLLY_QUOTED for s in statements]
    quote_of = [_quotation_at(quotes, s) if quoted[i] else None for i, s in enumerate(statements)]
    opening = [i == 0 or s.paragraph != statements[i - 1].paragraph for i, s in enumerate(statements)]
    turns = [
        found[i][0].sources[0] for i, s in enumerate(sentences) if opening[i] and is_turn(s, found[i], True)
    ]
    # In a transcript somebody speaks again; the lines of a digest begin with a colon's name too.
    transcript = len({text[name.start : name.end] for name in turns}) < len(turns)
    credits = {i for i, some in enumerate(found) if any(a.verb == CREDIT for a in some)}
    asked = _interviewed(statements, sentences, opening, text)
    turn: int | None = None
    for i, statement in enumerate(statements):
        if opening[i]:
            turn = None
            if asked is not None and not known[i].sources and _ANSWER.match(text, statement.start):
                known[i] = _Known(None, (asked,), "carried", _GUESSED)
                turn = i
        if known[i].cue is not None and is_turn(sentences[i], found[i], transcript and opening[i]):
            turn = i
        if known[i].sources:
            continue
        quote = quote_of[i]
        origin = turn if quote is None else _origin(i, quote, statements, known, credits)
        if origin is not None:
            known[i] = _carry(known[origin], _CARRIED)
        elif quote is not None and quote.start >= statement.start and i > 0:
            # "Bystrom agreed. “…”": whoever the sentence before is about.
            introduced = statements[i - 1].paragraph == statement.paragraph
            source = main_subject(sentences[i - 1]) if introduced else None
            if source is not None:
                known[i] = _Known(None, (source,), "carried", _GUESSED)
    return known


def _interviewed(
    statements: Sequence[Statement], sentences: Sequence[Sentence], opening: Sequence[bool], text: str
) -> Span | None:
    """Who answers where a transcript says "Q:" and "A:" only: whom the sentence before its first question is about."""
    first = next(
        (i for i, s in enumerate(statements) if opening[i] and _QUESTION.match(text, s.start)),
        len(statements),
    )
    return main_subject(sentences[first - 1]) if 0 < first < len(statements) else None


def _carry(known: _Known, share: float) -> _Known:
    return _Known(None, known.sources, "carried", round(known.confidence * share, 6))


def _origin(
    i: int,
    quote: Quotation,
    statements: Sequence[Statement],
    known: Sequence[_Known],
    credits: Set[int],
) -> int | None:
    """The statement whose speaker says the wholly quoted statement ``i``, or None.

    First the statement before, if the quotation runs on from it; then the one in which the quotation
    ends, if that has a cue, or the one of ``credits`` ("— X") right behind it; then the one before; then,
    within the paragraph, the one after.
    """
    before = i - 1 if i > 0 and known[i - 1].sources else None
    if quote.start < statements[i].start and before is not None:
        return before
    after = i + 1
    # What follows inside the same quotation; its cue stands in the sentence that closes it.
    while after < len(statements) and statements[after].start < quote.end and not known[after].sources:
        after += 1
    cued = after < len(statements) and known[after].attribution == "cued"
    if cued and (statements[after].start < quote.end or after in credits):
        return after
    if before is not None:
        return before
    return after if cued and statements[after].paragraph == statements[i].paragraph else None


def _quotation_at(quotes: Sequence[Quotation], statement: Statement) -> Quotation | None:
    """The quotation that a statement begins in."""
    index = bisect_right(quotes, statement.start, key=lambda quote: quote.start) - 1
    if index >= 0 and quotes[index].end > statement.start:
        return quotes[index]
    following = index + 1
    if following < len(quotes) and quotes[following].start < statement.end:
        return quotes[following]
    return None


def _kind(
    text: str, statement: Statement, s: Sentence, known: _Known, sole: bool, parts: Sequence[Span]
) -> StatementKind:
    """How a statement is attributed.

    direct: a quotation throughout, but for one attributing clause that punctuation sets off. mixed: partly
    quoted, by more than a word or two (five words, or half of what the reader marked as content).
    indirect: attributed, and neither.
    """
    if not known.sources:
        return "narration"
    near = parts_within(parts, statement)
    if not near:
        return "indirect"
    if quoted_share(text, statement, near) >= _WHOLLY_QUOTED:
        return "direct"
    longest = max(len(words_in(text, part)) for part in near)
    if sole and known.cue is not None and _is_set_off(text, statement, known.cue, near):
        return "direct"
    content = [span for tag in s.contents for span in words_in(text, tag)]
    inside = sum(is_quoted(word, near) for word in content)
    return "mixed" if longest > SCARE_WORDS or (content and inside * 2 >= len(content)) else "indirect"


def _is_set_off(text: str, statement: Statement, cue: Span, near: Sequence[Span]) -> bool:
    """Whether all that is outside the quotations is one clause around the cue, set off by punctuation."""
    edges = [statement.start, *(edge for part in near for edge in (part.start, part.end)), statement.end]
    stretches = [Span(edges[k], edges[k + 1]) for k in range(0, len(edges), 2) if edges[k] < edges[k + 1]]
    spoken = [stretch for stretch in stretches if words_in(text, stretch)]
    if len(spoken) != 1 or not spoken[0].overlaps(cue):
        return False
    clause = spoken[0]
    ended = text[max(statement.start, clause.start - 4) : clause.start].rstrip("\"“”'‘’»")[-1:]
    led = clause.start == statement.start or ended in tuple(",.?!…—-")
    led = led or text[clause.start : clause.end].lstrip()[:1] == ","
    follows = clause.end == statement.end or not text[clause.end : clause.end + 1].strip()
    return led and (follows or text[clause.start : clause.end].rstrip()[-1:] in tuple(",:"))
