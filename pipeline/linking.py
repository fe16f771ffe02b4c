"""Sources, cues and contents joined into attributions: who is said to have said what, and inside which other.

The reader marks spans one by one. English news sets the parts of an attribution into few orders ("X said …",
"…, said X", "“…,” X said, “…”"), and what lies inside a content attributes inside that content only. So the
spans of one paragraph and of one content are cut into runs, each an attribution in one of these orders, such
that the orders are frequent ones and the parts stand close together: the cheapest cut (Viterbi 1967).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.quotes import words_in
from pipeline.records import LinkedAttribution, Span, TaggedSpan

_LETTERS = {"source": "S", "cue": "U", "content": "C"}
# Order of the parts, a row of fragments of a content as one C → cost: minus the log of its share of the
# attributions of PolNeAR's train files (Newell, Margolin and Ruths, LREC 2018).
_ORDERS = {
    "SUC": 0.6,
    "CSU": 2.3,
    "UC": 2.4,
    "CSUC": 2.4,
    "CUS": 2.8,
    "CUSC": 3.6,
    "CUC": 3.6,
    "USC": 4.7,
    "CU": 4.8,
    "UCS": 5.2,
    "SCU": 5.9,
    "CUCS": 7.2,
}
# Inside a content, where the reader cannot mark another one: the rest of it is what the inner source says.
_INNER_ORDERS = {"SU": 1.0, "US": 3.0}
# A further fragment of a content, a span left out, a word between two parts, a sentence's end between them.
_FRAGMENT = 3.0
_LEFT_OUT = 7.0
_WORD = 0.15
_SENTENCE = 2.0
# Parts of an attribution at the most.
_LONGEST = 8
_FRAGMENTS = re.compile("C+")
_SENTENCE_END = re.compile(r"[.!?…][\"”’')\]]*\s")
# What a quotation runs on over, a paragraph's end too, to where it is opened again.
_RUNS_ON = re.compile(r"[\"”’'»]?\s*[\"“‘'«]")


def linked(
    text: str, paragraphs: Sequence[Span], tagged: Sequence[TaggedSpan]
) -> tuple[LinkedAttribution, ...]:
    """The attributions that tagged spans form, in the order of their cues; linear in the text's length.

    A cue without a source of its own shares that of the attribution before it in its sentence. A content
    without a cue goes on with the one before it if it opens a quotation and nothing but a paragraph's end
    parts the two. Spans that nothing joins are left out.
    """
    found: list[LinkedAttribution] = []
    spans = sorted(tagged, key=lambda span: (span.start, -span.end))
    at = 0
    for paragraph in paragraphs:
        inside = []
        while at < len(spans) and spans[at].start < paragraph.end:
            if spans[at].start >= paragraph.start:
                inside.append(spans[at])
            at += 1
        for content, parts in _levels(inside):
            for run in _runs(text, parts, content):
                joined = _joined(text, run, content, found)
                if joined is not None:
                    found.append(joined)
                elif run[0].label == "content" and content is None and found:
                    found[-1] = _longer(text, found[-1], run[0])
    return _nested(found)


def _levels(spans: Sequence[TaggedSpan]) -> Iterator[tuple[TaggedSpan | None, list[TaggedSpan]]]:
    """The spans that lie in no content, then those that lie in each content and in no smaller one."""
    levels: defaultdict[TaggedSpan | None, list[TaggedSpan]] = defaultdict(list)
    open_contents: list[TaggedSpan] = []
    for span in spans:
        while open_contents and open_contents[-1].end <= span.start:
            open_contents.pop()
        covering = next((one for one in reversed(open_contents) if one.covers(span)), None)
        levels[covering].append(span)
        if span.label == "content":
            open_contents.append(span)
    yield from levels.items()


def _runs(text: str, parts: Sequence[TaggedSpan], content: Span | None) -> Iterator[list[TaggedSpan]]:
    """The parts cut into attributions, and single ones that are left out, at the least cost."""
    orders = _ORDERS if content is None else _ORDERS | _INNER_ORDERS
    gaps = [0.0]
    for left, right in pairwise(parts):
        between = Span(left.end, max(left.end, right.start))
        ends = _SENTENCE_END.search(text, max(0, between.start - 2), between.end)
        gaps.append(_WORD * len(words_in(text, between)) + (_SENTENCE if ends else 0.0))
    best = [0.0]
    length = [0]
    for end in range(1, len(parts) + 1):
        options = [(best[end - 1] + _LEFT_OUT, 1)]
        order, apart = "", 0.0
        for start in range(end - 1, max(-1, end - 1 - _LONGEST), -1):
            order = _LETTERS[parts[start].label] + order
            whole = _FRAGMENTS.sub("C", order)
            cost = orders.get(whole)
            if cost is not None:
                fragments = len(order) - len(whole)
                options.append((best[start] + cost + _FRAGMENT * fragments + apart, end - start))
            apart += gaps[start]
        cost, size = min(options)
        best.append(cost)
        length.append(size)
    cuts = [len(parts)]
    while cuts[-1]:
        cuts.append(cuts[-1] - length[cuts[-1]])
    cuts.reverse()
    for start, end in pairwise(cuts):
        yield list(parts[start:end])


def _joined(
    text: str, run: Sequence[TaggedSpan], content: Span | None, found: Sequence[LinkedAttribution]
) -> LinkedAttribution | None:
    """A run as an attribution; None for a span that is left out."""
    by_label: dict[str, list[Span]] = {label: [] for label in _LETTERS}
    for part in run:
        by_label[part.label].append(Span(part.start, part.end))
    if not by_label["cue"] or len(run) == 1:
        return None
    (cue,) = by_label["cue"]
    contents = by_label["content"]
    source = by_label["source"][0] if by_label["source"] else _shared(text, cue, found)
    if not contents and content is not None:
        contents = [_rest(text, content, run)]
    if contents[0].start >= contents[0].end:
        return None
    score = min(part.score for part in run)
    return LinkedAttribution(source, cue, tuple(contents), None, score)


def _rest(text: str, content: Span, run: Sequence[Span]) -> Span:
    """What an inner source says where no content is marked: all behind the cue, or all before the two."""
    start, end = run[-1].end, content.end
    if not words_in(text, Span(start, end)):
        start, end = content.start, run[0].start
    piece = text[start:end]
    return Span(end - len(piece.lstrip(" ,:")), start + len(piece.rstrip(" ,")))


def _shared(text: str, cue: Span, found: Sequence[LinkedAttribution]) -> Span | None:
    """The source of the attribution before in the same sentence: "X praised A and blamed B"."""
    if not found or found[-1].cue.end > cue.start:
        return None
    return None if _SENTENCE_END.search(text, found[-1].cue.end, cue.start) else found[-1].source


def _longer(text: str, before: LinkedAttribution, content: Span) -> LinkedAttribution:
    """An attribution with one more fragment of its content, if the content runs on there."""
    end = before.contents[-1].end
    again = _RUNS_ON.match(text, end)
    if again is None or not content.start <= again.end() <= content.start + 1:
        return before
    contents = (*before.contents, Span(content.start, content.end))
    return LinkedAttribution(before.source, before.cue, contents, before.inside, before.score)


def _nested(found: Sequence[LinkedAttribution]) -> tuple[LinkedAttribution, ...]:
    """In the order of their cues, each with the index of the attribution in whose content it lies."""
    ordered = sorted(found, key=lambda one: (one.cue, one.contents))
    fragments = [(fragment, index) for index, one in enumerate(ordered) for fragment in one.contents]
    fragments.sort(key=lambda item: (item[0].start, -item[0].end))
    result = []
    at = 0
    enclosing: list[tuple[Span, int]] = []
    for index, one in enumerate(ordered):
        while at < len(fragments) and fragments[at][0].start <= one.cue.start:
            enclosing.append(fragments[at])
            at += 1
        while enclosing and enclosing[-1][0].end <= one.cue.start:
            enclosing.pop()
        outer = next(
            (owner for span, owner in reversed(enclosing) if span.covers(one.cue) and owner != index), None
        )
        result.append(LinkedAttribution(one.source, one.cue, one.contents, outer, one.score))
    return tuple(result)
