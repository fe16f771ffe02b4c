"""Quotations in a text: where they open and close, over paragraphs too.

News style opens a quotation that runs over several paragraphs again at each of them and closes only the
last. Only outermost quotations are reported; one inside another belongs to it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Span

# A word or two in quotation marks is a name or distance kept from a word, not somebody's speech.
SCARE_WORDS = 4

_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Two single marks are how some wires and LaTeX write a double one.
_MARK = re.compile("''|``|[\"“”„«»'‘’]")
_PLAIN = {"''": '"', "``": "“"}
# Double marks and the ones that close them; a low German mark is closed by a high one of either shape.
_CLOSERS = {'"': '"”', "“": '”"', "„": '“”"', "«": "»"}
# How many single marks are tried as the closing one, so that a text full of strays stays linear.
_HORIZON = 40
# Words that begin with an apostrophe: 'em, 'tis, '90s.
_CLIPPED = re.compile(r"['‘’](?:\d|(?:em|tis|twas|til|cause|bout|round|n)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quotation(Span):
    """An outermost quotation, its marks included.

    ``parts``: one span a paragraph that it touches. ``words``: the number of words in it. ``closed``:
    whether its closing mark was found; without one it ends with its paragraph.
    """

    parts: tuple[Span, ...]
    words: int
    closed: bool

    @property
    def is_scare(self) -> bool:
        """Too short to be speech by itself (one to four words)."""
        return self.words <= SCARE_WORDS


def _opens(text: str, start: int, end: int, paragraph: Span) -> bool:
    """Whether a mark can open: free to the left, something quoted to the right."""
    before = text[start - 1] if start > paragraph.start else " "
    after = text[end] if end < paragraph.end else " "
    return not (before.isalnum() or before in ".,!?%)]") and not after.isspace()


def _closing_single(text: str, candidates: Sequence[int], lower: int, upper: int) -> int | None:
    """The single mark that closes one opened before ``lower``.

    ``leaders' ties`` ends in an s and a mark as well: such a candidate counts only if nothing better follows.
    """
    fallback = None
    for at in candidates:
        before = text[at - 1]
        after = text[at + 1] if at + 1 < upper else " "
        if at <= lower or before.isspace() or after.isalnum():
            continue
        if before in "sS" and after == " ":
            fallback = at if fallback is None else fallback
            continue
        return at
    return fallback


def _in_paragraph(text: str, paragraph: Span) -> list[tuple[int, int, str, bool]]:
    """``(start, end, opening mark, closed)`` of each outermost quotation within one paragraph."""
    upper = paragraph.end
    marks = [(match[0], *match.span()) for match in _MARK.finditer(text, paragraph.start, upper)]
    singles = [start for mark, start, _ in marks if mark in "'‘’"]
    found: list[tuple[int, int, str, bool]] = []
    opened: tuple[int, str] | None = None
    past = paragraph.start
    for written, start, end in marks:
        mark = _PLAIN.get(written, written)
        if start < past:
            continue
        if opened is not None:
            began, opener = opened
            # A straight mark set like an opening one, or a second opening: the first was never closed.
            again = mark == opener and (
                mark != '"' or (_opens(text, start, end, paragraph) and text[start - 1].isspace())
            )
            if again:
                found.append((began, _last_word_end(text, began, start), opener, False))
                opened = (start, mark)
            elif mark in _CLOSERS[opener]:
                found.append((began, end, opener, True))
                opened = None
        elif mark in _CLOSERS:
            # A straight mark after a figure is inches; a curly or angled one says itself that it opens.
            if mark != '"' or _opens(text, start, end, paragraph):
                opened = (start, mark)
        elif mark in "'‘" and _opens(text, start, end, paragraph) and not _CLIPPED.match(text, start):
            index = bisect_left(singles, start) + 1
            closing = _closing_single(text, singles[index : index + _HORIZON], start + 1, upper)
            if closing is not None:
                found.append((start, closing + 1, mark, True))
                past = closing + 1
    if opened is not None:
        found.append((opened[0], upper, opened[1], False))
    return found


def _last_word_end(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1].isspace():
        end -= 1
    return end


def quotations(text: str, paragraphs: Sequence[Span]) -> list[Quotation]:
    """The outermost quotations of the paragraphs, in order; linear in the text's length.

    A quotation left open at the end of its paragraph goes on in the next one if that begins with the
    same mark; otherwise it ends with its paragraph, marked as not closed. Apostrophes and marks that
    close nothing are no quotations.
    """
    found: list[Quotation] = []
    running: list[Span] = []
    bounded = [Span(max(0, p.start), min(p.end, len(text))) for p in paragraphs]

    def finish(closed: bool) -> None:
        words = sum(1 for part in running for _ in _WORD.finditer(text, part.start, part.end))
        found.append(Quotation(running[0].start, running[-1].end, tuple(running), words, closed))
        running.clear()

    for index, paragraph in enumerate(bounded):
        following = _first_mark(text, bounded[index + 1]) if index + 1 < len(bounded) else ""
        for start, end, mark, closed in _in_paragraph(text, paragraph):
            running.append(Span(start, end))
            goes_on = not closed and end == paragraph.end and following == mark
            if not goes_on:
                finish(closed)
    return found


def _first_mark(text: str, paragraph: Span) -> str:
    match = re.compile(r"\s*(''|``|.)").match(text, paragraph.start, paragraph.end)
    return _PLAIN.get(match[1], match[1]) if match else ""


def parts_within(parts: Sequence[Span], span: Span) -> Sequence[Span]:
    """The parts that overlap a span; ``parts`` are sorted and do not overlap one another."""
    first = bisect_right(parts, span.start, key=lambda part: part.end)
    last = bisect_left(parts, span.end, key=lambda part: part.start)
    return parts[first:last]


def words_in(text: str, span: Span) -> list[Span]:
    """The words of a span; a hyphen or an apostrophe within keeps one word whole."""
    return [Span(*match.span()) for match in _WORD.finditer(text, span.start, span.end)]


def is_quoted(word: Span, parts: Sequence[Span]) -> bool:
    """Whether a word begins inside one of the sorted parts of quotations."""
    at = bisect_right(parts, word.start, key=lambda part: part.start) - 1
    return at >= 0 and word.start < parts[at].end


def quoted_share(text: str, span: Span, parts: Sequence[Span]) -> float:
    """The share of a span's words that stand in quotations, given their sorted parts. 0 if it has no word."""
    words = words_in(text, span)
    return sum(is_quoted(word, parts) for word in words) / len(words) if words else 0.0
