"""Split: paragraphs into statements, one sentence each.

nupunkt (Punkt: Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary Detection", Computational
Linguistics 2006) finds the boundaries; what news text needs beyond it is done to the boundaries afterwards.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import ClassVar

from nupunkt import PunktSentenceTokenizer
from nupunkt.models import load_default_model
from pydantic import Field

from pipeline.cues import CUE_VERBS
from pipeline.ids import content_id
from pipeline.quotes import quotations
from pipeline.records import CleanArticle, Span, SplitArticle, Statement, grow
from pipeline.stages.base import StageOptions

# nupunkt's default model learned its abbreviations from legal and scientific papers, misprints included:
# "month", "week", "book" and "sulawesi" are among them and would glue two sentences together. Of its
# abbreviations without inner periods, those of three letters and more count only if news writes them.
_ABBREVIATIONS = frozenset(
    """
    adm amb assn asst atty ave bldg blvd brig bros capt cmdr col comdr commr corp cpl dept det dir dist
    div drs est etc fig fla fri fwd gen gov govt hon inc incl insp int intl jan feb mar apr jun jul aug
    sep sept oct nov dec lieut ltd maj mfg mgr mrs msgr mss mtn mon tue tues wed thu thurs sat sun nos
    orig pfc phil plc pres prof pvt rep reps resp ret rev sec sen sens sgt spc sqn supt sra srta treas
    univ viz vol vols ala ariz ark calif colo conn del ind kan kans lt mass mich minn miss mont neb nev
    okla ont ore penn que sask tenn tex vet wash wis wisc wyo messrs approx
    """.split()
)
# Two letters that are words of their own, and end sentences more often than they shorten one.
_SHORT_WORDS = frozenset("ad ah am an at ex in is me ok or so un va vi us".split())

_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})[.)\]]+")
# What an editor puts behind a quotation: "[HuffPost.]".
_CREDIT = re.compile(r"\[[^\[\]]{1,40}\]")
_LETTER_OR_DIGIT = re.compile(r"\w")
_ENDS_IN_QUOTED_EXCLAMATION = re.compile(r"[!?…]['\"”\u2019»]+$")
_DOUBLE_MARK = re.compile("[\"\u201c\u201d\u201e\u00ab\u00bb]|''")
_INITIALISM = re.compile(r"(?:^|[^\w.])(?:[A-Z]\.){2,}$")
# What an initialism before it ("U.S.", "U.N.") describes rather than ends a sentence.
_OFFICE = re.compile(
    r"(?:Ambassador|Attorney|Secretary|President|Vice|Senator|Sen|Rep|Representative|Gov|Congress|Congressman|"
    r"Congresswoman|Senate|House|Army|Navy|Air|Marines?|Marine|Coast|Gen|General|Adm|Admiral|Col|Maj|Capt|Lt|"
    r"Defen[cs]e|State|Treasury|Supreme|District|Court|Security|Human|High|Special|Envoy|Embassy|Consul|"
    r"Consulate|Department|Trade|Federal|Justice|Commerce|Homeland|Central|Chamber|Steel|Open|Capitol|Border|"
    r"Agency|Geological|Food|Environmental|Under|Deputy|Undersecretary|Charter|Refugee|Development)\b"
)
_CLOCK = re.compile(
    r"\b[ap]\.m\.(?P<closing>['\"”\u2019)]*)\s+(?=[\"“\u2018'(]?(?P<next>[A-Z][\w'\u2019-]*)(?P<after>\s+\w+)?)"
)
# What goes on behind a time of day: zones, days, months.
_AFTER_CLOCK = re.compile(
    r"[A-Z]{2,5}|Eastern|Central|Pacific|Mountain|Atlantic|Greenwich|Universal|Coordinated|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan\w*|Feb\w*|March|April|May|June|July|Aug\w*|Sept?\w*|Oct\w*|"
    r"Nov\w*|Dec\w*"
)
_WORD = re.compile(r"[\w'\u2019.-]+")
# Openers of an indirect statement behind a cue: its sentence is one of its own.
_OWN_CONTENT = frozenset(
    """
    that he she it they we i the a an there this these those his her their not nothing to
    """.split()
)
_ASKING = frozenset(("ask", "wonder", "think"))
_ATTRIBUTION_WORDS = 14


class Options(StageOptions):
    """Options of `NupunktSplitter`.

    ``max_chars``: no statement is longer; a longer sentence is cut at the last space before the limit.
    ``whole_quote_words``: a quotation of several sentences stays whole, with the words that attribute it,
    if it has no more words than this; a longer one is split, and its speaker carried.
    """

    max_chars: int = Field(default=1500, ge=20)
    whole_quote_words: int = Field(default=8, ge=0)


# Within the class below its own `Options` hides the name from annotations.
_Options = Options


class NupunktSplitter:
    """Splits each paragraph by nupunkt and mends the boundaries. Linear in the text's length."""

    consumes: ClassVar = CleanArticle
    produces: ClassVar = SplitArticle
    Options = Options

    def __init__(self, options: _Options) -> None:
        self.options = options
        self._tokenizer: PunktSentenceTokenizer | None = None

    def setup(self) -> None:
        """Load nupunkt's model: a copy of our own, since its abbreviations are changed."""
        tokenizer = load_default_model()
        for word in sorted(tokenizer.abbreviations):
            long = len(word) > 2 and word.isalpha() and word not in _ABBREVIATIONS
            if long or word in _SHORT_WORDS:
                tokenizer.remove_abbreviation(word)
        tokenizer.add_abbreviations(sorted(_ABBREVIATIONS))
        self._tokenizer = tokenizer

    def process(self, batch: Sequence[CleanArticle]) -> list[SplitArticle]:
        if self._tokenizer is None:
            self.setup()
        return [self._split(article) for article in batch]

    def _split(self, article: CleanArticle) -> SplitArticle:
        statements = []
        for index, paragraph in enumerate(article.paragraphs):
            for span in self._sentences(article.clean_text, paragraph):
                text = article.text[span.start : span.end]
                statements.append(
                    Statement(
                        start=span.start,
                        end=span.end,
                        id=content_id(article.id, str(span.start), str(span.end), text),
                        text=text,
                        paragraph=index,
                    )
                )
        return grow(SplitArticle, article, statements=tuple(statements))

    def _sentences(self, text: str, paragraph: Span) -> list[Span]:
        """The sentences of a paragraph, trimmed, in order."""
        assert self._tokenizer is not None
        body = text[paragraph.start : paragraph.end]
        starts = [start for _, (start, _) in self._tokenizer.tokenize_with_spans(body)]
        starts = sorted({*starts, *_clock_starts(body)} - {0})
        starts = self._unbroken_quotes(body, starts)
        spans: list[Span] = []
        for start, end in zip([0, *starts], [*starts, len(body)], strict=True):
            piece = _trimmed(body, start, end)
            if piece.start == piece.end:
                continue
            if spans and _belong_together(body, spans[-1], piece):
                piece = Span(spans.pop().start, piece.end)
            spans.append(piece)
        return [
            Span(paragraph.start + piece.start, paragraph.start + piece.end)
            for span in spans
            for piece in _bounded(body, span, self.options.max_chars)
        ]

    def _unbroken_quotes(self, body: str, starts: list[int]) -> list[int]:
        """The sentence starts less those inside a quotation that is to stay whole.

        Short quotations that share a sentence with other words stay whole ("We will go! Will they?" he
        said), and an ellipsis in a quotation is an omission, which ends no sentence.
        """
        dropped: set[int] = set()
        for quote in quotations(body, [Span(0, len(body))]):
            inner = starts[bisect_right(starts, quote.start) : bisect_left(starts, quote.end)]
            if not inner:
                continue
            dropped.update(at for at in inner if _follows_omission(body, at))
            opens_sentence = quote.start == 0 or starts[bisect_left(starts, quote.start)] == quote.start
            following = bisect_left(starts, quote.end)
            closes_sentence = not body[
                quote.end : starts[following] if following < len(starts) else None
            ].strip()
            is_short = quote.closed and quote.words <= self.options.whole_quote_words
            if is_short and not (
                opens_sentence and closes_sentence and not self._attributed(body, quote.end)
            ):
                dropped.update(inner)
        return [at for at in starts if at not in dropped]

    @staticmethod
    def _attributed(body: str, at: int) -> bool:
        """Whether the sentence from ``at`` on does nothing but attribute the quotation before it."""
        return _is_attribution(body[at : at + 300].lstrip())


def _follows_omission(body: str, at: int) -> bool:
    """Whether an ellipsis that hangs on a word precedes ("set… And").

    A free-standing one ("in New Hampshire. ... But") follows a sentence that has ended.
    """
    before = body[max(0, at - 12) : at].rstrip()
    return before.endswith(("…", "...")) and not before.rstrip(".…").endswith(" ")


def _trimmed(body: str, start: int, end: int) -> Span:
    """A span without the white space at its ends; empty if there is nothing else."""
    piece = body[start:end]
    length = len(piece.strip())
    start += len(piece) - len(piece.lstrip()) if length else 0
    return Span(start, start + length)


def _clock_starts(body: str) -> list[int]:
    """Sentence starts behind a time of day, which nupunkt reads past ("at 8:14 p.m. Seated beside her")."""
    return [
        match.end()
        for match in _CLOCK.finditer(body)
        if not _AFTER_CLOCK.fullmatch(match["next"]) and (match["after"] or "").strip() != "time"
    ]


def _belong_together(body: str, previous: Span, piece: Span) -> bool:
    """Whether a boundary is none: one side is no sentence without the other."""
    before = body[max(previous.start, previous.end - 200) : previous.end]
    after = body[piece.start : min(piece.end, piece.start + 300)]
    if not _LETTER_OR_DIGIT.search(after) or _ENUMERATOR.fullmatch(before) or _CREDIT.fullmatch(after):
        return True
    if _INITIALISM.search(before) and _OFFICE.match(after):
        return True
    return _is_quotation_only(body[previous.start : min(previous.end, previous.start + 1000)], before) and (
        _is_attribution(after)
    )


def _is_quotation_only(sentence: str, end: str) -> bool:
    """Whether a sentence is a quoted exclamation or the last one of a quotation, with no cue before it."""
    if not _ENDS_IN_QUOTED_EXCLAMATION.search(end):
        return False
    marks = [match.start() for match in _DOUBLE_MARK.finditer(sentence)]
    return len(marks) <= 1 or (len(marks) == 2 and marks[0] == 0)


def _is_attribution(sentence: str) -> bool:
    """Whether a sentence is a name and the verb that attributes: "Lee said." but not "Lee said he …"."""
    if not sentence[:1].isupper():
        return False
    words: list[str] = []
    for match in _WORD.finditer(sentence):
        words.append(match.group().strip(".").lower())
        if len(words) > _ATTRIBUTION_WORDS:
            return False
        if any(mark in sentence[: match.start()] for mark in '"“”;:'):
            return False
        verb, force, forms = CUE_VERBS.get(words[-1], ("", "", ()))
        is_finite = "past" in forms or "present" in forms
        if len(words) > 1 and is_finite and (force == "speech" or verb in _ASKING):
            following = _WORD.search(sentence, match.end())
            closed = sentence[match.end() : match.end() + 1] in (".", ",", "")
            return closed or following is None or following.group().strip(".").lower() not in _OWN_CONTENT
    return False


def _bounded(body: str, span: Span, limit: int) -> list[Span]:
    """A span in pieces of ``limit`` characters at most, cut at spaces where there are any."""
    pieces = []
    start = span.start
    while span.end - start > limit:
        cut = body.rfind(" ", start + 1, start + limit + 1)
        piece = _trimmed(body, start, cut if cut > start else start + limit)
        pieces.append(piece)
        start = piece.end
        while start < span.end and body[start].isspace():
            start += 1
    if start < span.end:
        pieces.append(Span(start, span.end))
    return pieces
