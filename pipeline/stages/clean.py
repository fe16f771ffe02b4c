"""Clean: Unicode, paragraphs, and what is no part of the reporting. Every offset keeps its place.

``clean_text`` differs from ``text`` character by character only. White space, control and invisible
characters become spaces, compatibility forms their plain ones, dashes and apostrophes the ASCII ones that
word lists and the tokenizer know. Curly double quotes stay: which of them opens and which closes is what
the splitting and the attribution of quotations go by, and the base's vocabulary holds both.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import ClassVar, Literal

from countryinfo import CountryInfo

from pipeline.records import Article, CleanArticle, Dropped, Span, grow
from pipeline.stages.base import StageOptions

Reason = Literal["dateline", "byline", "footer", "markup"]

_NEWLINES = "\n\x0b\x0c\x85\u2028\u2029"
_HYPHENS = "\u2010\u2011\ufe63\uff0d"
_INNER_APOSTROPHE = re.compile(r"(?<=[^\W\d_])[\u2019\u02bc](?=[^\W\d_])")


def _plain(char: str) -> str:
    """The one character that stands for ``char`` in the clean text."""
    if char in _NEWLINES:
        return "\n"
    if char in _HYPHENS:
        return "-"
    category = unicodedata.category(char)
    if category == "Cs":
        # Half of a broken pair: no tokenizer can encode it.
        return "\ufffd"
    if category in ("Cc", "Cf", "Zs"):
        return " "
    compatible = unicodedata.normalize("NFKC", char)
    # A form that is several characters ("…", "½") would move the offsets behind it.
    return compatible if len(compatible) == 1 else char


def plain_text(text: str) -> str:
    """``text`` with every character replaced by its plain form; the length stays."""
    # A carriage return alone is a line end of old; before a newline it is white space at the line's end.
    text = re.sub(r"\r(?!\n)", "\n", text)
    text = text.translate({ord(char): _plain(char) for char in sorted(set(text)) if not "!" <= char <= "~"})
    return _INNER_APOSTROPHE.sub("'", text)


# --- Datelines -----------------------------------------------------------------------------------------

_ONE_AGENCY = (
    r"(?:Reuters|AP|AFP|UPI|CNN|BBC|dpa|DPA|EFE|ANSA|TASS|Tass|ITAR-TASS|Interfax|Sputnik|RIA Novosti|"
    r"Xinhua|Xinhuanet|Kyodo|Kyodo News|Yonhap|IRNA|PTI|ANI|IANS|APP|Antara|Bernama|CP|Canadian Press|"
    r"The Canadian Press|The Associated Press|Associated Press|Agence France-Presse|AAP|PA|PA Media|KUNA|WAM|"
    r"SPA|SANA|MENA|Anadolu|AA|Bloomberg|Bloomberg News|Al Jazeera|NPR|VOA|RFE/RL|Politico|Axios|ABC|NBC|CBS|"
    r"Fox News|VNA|CNA|Ukrinform)"
)
_AGENCY = rf"{_ONE_AGENCY}(?:/{_ONE_AGENCY})?"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
_CAPS = rf"{_CAPITAL}(?:{_CAPITAL}|['.\u2019-])*(?<![\u2019'-])"
_CAPS_PLACE = rf"{_CAPS}(?:[ /]{_CAPS}){{0,4}}"
_TITLE_PLACE = rf"{_CAPITAL}[\w'\u2019.-]+(?: {_CAPITAL}[\w'\u2019.-]+){{0,3}}"
_REGION = rf", (?:{_TITLE_PLACE}|{_CAPS_PLACE})"
_MONTH = r"(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-zA-Z]{0,6}\.?"
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_DATE = rf"(?:(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?|{_WEEKDAY})\.?"
_DASH = r"\s?(?:—|\u2013|―|--|-)\s{0,8}"
# What follows is a sentence: a capital, a figure or a quotation.
_SENTENCE = r"(?=[\"“'\u2018(\[]*[^\W_a-z])"

# "London (CNN) —", "MOSCOW, Aug. 18 (Xinhuanet) --", "JAKARTA (Antara):"
_SIGNED_DATELINE = re.compile(
    rf"(?:{_CAPS_PLACE}|{_TITLE_PLACE})(?:{_REGION})?"
    rf"(?:(?:,? ?:?|,) ?{_DATE},?)? ?,? ?\((?:{_AGENCY}|(?<=\d \()[A-Z]{{2,8}})\)(?:,? {_DATE})?"
    rf"(?:{_DASH}|\s?:\s){_SENTENCE}"
)
# "PARIS, March 5 —", "BANGALORE, DEC 5:"
_DATED_DATELINE = re.compile(
    rf"(?P<place>{_CAPS_PLACE}|{_TITLE_PLACE})(?P<region>{_REGION})?(?:,? ?:?|,) ?{_DATE},?"
    rf"(?:{_DASH}|\s?:\s){_SENTENCE}"
)
# "(CNN) —", "(CBS/AP)"
_AGENCY_DATELINE = re.compile(rf"\({_AGENCY}\)(?:{_DASH}|\s?:\s|\s?){_SENTENCE}")
# "AP - ": bare, only those that sign so.
_UNSIGNED_AGENCY = re.compile(
    r"(?:AP|AFP|UPI|Reuters|CNN|dpa|Xinhua|Kyodo|Yonhap|TASS|Canadian Press|Associated Press|"
    r"Agence France-Presse)"
    rf"(?: [—\u2013-] | -- ){_SENTENCE}"
)
# "HONIARA — ", "NSUKKA, Nigeria — ", "Vienna, Austria -- ", "HANOI: "
_BARE_DATELINE = re.compile(
    rf"(?P<place>{_CAPS_PLACE}|{_TITLE_PLACE})(?P<region>{_REGION})?"
    rf"(?P<end>\s(?:—|\u2013|―|--|-)\s{{1,8}}|—|\s?:\s){_SENTENCE}"
)
# Capitals before a dash that name no place but a body.
_NO_PLACE = frozenset(
    """
    NATO EU UN US USA UK WHO IMF OPEC UNICEF UNESCO UNHCR ASEAN BRICS G7 G20 IAEA OSCE WTO FBI CIA ICC
    ICJ
    """.split()
)
# Where correspondents sit besides the capitals, and other spellings of those.
_SEATS = (
    "geneva|new york|united nations|the hague|hong kong|jerusalem|gaza|gaza city|ramallah|istanbul|mumbai|"
    "karachi|lahore|shanghai|sydney|toronto|frankfurt|strasbourg|tel aviv|dubai|johannesburg|cape town|lagos|"
    "rio de janeiro|sao paulo|los angeles|chicago|san francisco|boston|kiev|kyiv|rangoon|yangon|davos|munich|"
    "st petersburg|st. petersburg|taipei|washington|bangalore|kolkata|calcutta|milan|barcelona|vatican city|"
    "ndjamena|pristina|mexico city"
)


@cache
def _places() -> tuple[frozenset[str], frozenset[str]]:
    """Seats of correspondents (capitals and others) and names of countries, in lower case."""
    table = CountryInfo("france").all().values()
    seats = {str(entry.get("capital", "")).lower() for entry in table} | set(_SEATS.split("|"))
    countries = {str(entry.get("name", "")).lower() for entry in table}
    return frozenset(seats - {""}), frozenset(countries - {""})


# A live blog's entry: "10:45 a.m.", "[14:02 GMT]", "UPDATE 16:20 –".
_CLOCK = r"\d{1,2}[:.h]\d{2}(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\."
_STAMP = re.compile(
    rf"(?:UPDATED?:?\s)?[\[(]?(?:{_CLOCK})(?:\s(?:[A-Z]{{2,4}}|local time))?[\])]?(?:\s?[:|\u2013—-])?",
    re.IGNORECASE,
)
# Behind the time of day that a stamp gives; "10:45 a.m. on Monday" and "8 p.m. Friday" begin sentences.
_STAMPED = re.compile(rf"(?<=[mM]\.)(?:\s?[:|\u2013—-])?\s{{1,3}}(?!{_WEEKDAY}|{_MONTH}\s){_SENTENCE}")


def _stamp_end(text: str) -> int:
    """How far a live blog's time of day reaches at the start of a paragraph; 0 without one."""
    match = re.match(_CLOCK, text, re.IGNORECASE)
    stamped = _STAMPED.match(text, match.end()) if match else None
    return stamped.end() if stamped else 0


def _dateline_end(text: str, leads: bool) -> int:
    """How far the dateline reaches at the start of a paragraph; 0 without one.

    ``leads``: no sentence stands before the paragraph. Bare capitals and a dash ("HONIARA — ") count there,
    elsewhere only with a seat known to us; so does a colon, which also follows the speakers of a transcript.
    """
    head = text[:160]
    end = 0
    if leads and (match := _UNSIGNED_AGENCY.match(head)):
        end = match.end()
    if match := _AGENCY_DATELINE.match(head, end) or _SIGNED_DATELINE.match(head, end):
        return match.end()
    if end:
        return end
    seats, countries = _places()
    for pattern in (_DATED_DATELINE, _BARE_DATELINE):
        match = pattern.match(head)
        if not match or match["place"] in _NO_PLACE:
            continue
        place, region = match["place"], (match["region"] or "").removeprefix(", ")
        known = place.lower() in seats
        if pattern is _DATED_DATELINE:
            if known or place.isupper():
                return match.end()
        elif not place.isupper():
            # "Moscow - Beijing's partner - said": a place in lower case needs its country to be a dateline.
            if known and region.lower() in countries and ":" not in match["end"]:
                return match.end()
        elif known or (leads and ":" not in match["end"] and place.lower() not in countries):
            return match.end()
    return 0


# --- Bylines -------------------------------------------------------------------------------------------

_NAME = r"(?:[A-ZÀ-ÖØ-Þ][\w'\u2019.-]*|de|da|van|von|der|al|bin|el|la|le|di|du)"
_ROLE_WORD = (
    r"(?:chief|senior|special|staff|foreign|political|diplomatic|economics?|defen[cs]e|world|europe|middle|"
    r"east|asia|africa|national|business|contributing|associated|press|the|our|at|for|in|of|and|correspondent|"
    r"writers?|reporters?|editor|journalist|columnist|bureau|news|agency|desk|[A-ZÀ-ÖØ-Þ][\w'\u2019.&-]*)"
)
_ROLE = rf"{_ROLE_WORD}(?:,? {_ROLE_WORD})*"
_BYLINE = re.compile(
    rf"(?:By|BY) (?:{_AGENCY}|{_NAME}(?: {_NAME}){{1,6}})"
    rf"(?:(?:,? and|,| &) {_NAME}(?: {_NAME}){{1,4}}){{0,4}}"
    rf"(?:(?:\s?[,|/\u2013—-]|\sin|\sfor)\s?{_ROLE})?\s?\.?"
)
_GLUED_BYLINE = re.compile(
    r"(?:By|BY) [A-ZÀ-ÖØ-Þ][\w'\u2019.-]* (?:[A-Z]\. )?[A-ZÀ-ÖØ-Þ][a-zß-ÿ][\w'\u2019-]*,? (?=\S)"
)
# "By Monday", "By Popular Demand" in a heading: a date or a thing, no writer.
_NO_WRITER = re.compile(
    rf"(?:By|BY) (?:{_WEEKDAY}|(?:January|February|March|July|September|October|November|December|The|Then|"
    r"Now|Noon|All|Any|Far|Popular|Early|Late|Next|Law|Night|Day|Air|Sea|Land)\b)"
)
# Bylines, and datelines on lines of their own, stand within the first lines.
_TOP_LINES = 5


def _is_byline(line: str) -> bool:
    return len(line) <= 120 and bool(_BYLINE.fullmatch(line)) and not _NO_WRITER.match(line)


# --- Footers -------------------------------------------------------------------------------------------

_PLATFORM = (
    r"(?:Twitter|X|Facebook|Instagram|Threads|Telegram|LinkedIn|YouTube|TikTok|WhatsApp|Bluesky|Mastodon)"
)
_DOMAIN = (
    r"(?:https?://\S+|www\.\S+|(?:[\w-]+\.)+(?:com|org|net|gov|edu|int|info|news|tv|eu|[a-z]{2})(?:/\S*)?)"
)
_CREDITED = r"[A-ZÀ-ÖØ-Þ][\w'\u2019.&-]*"
# Names, and the words that may stand between them; a credit ends in a name.
_CREDITS = (
    rf"(?:(?:{_CREDITED}|and|in|at|by|of|the|for|with|from|to|additional|further|reporting|writing|editing|compiled|"
    rf"written|edited|de|da|van|von|der|al|bin|el)[,;/]?\ )*{_CREDITED}"
)
_PICTURES = r"(?:AP|AFP|EPA|REUTERS|Reuters|TASS|Xinhua|Kyodo|Getty|Pool|ANSA|Anadolu)"
_FOOTER = re.compile(
    rf"""
    \(?Original\ (?:Article\ |News\ )?(?:Source|Article|Story|Link)\s?:.{{0,200}}
    | \(?(?:Sources?|Via)\s?:\s?(?:{_DOMAIN}|{_CREDITS})[.)]*
    | (?i:read\ (?:more|also|next|the\ (?:rest|original|(?:full|whole|entire|original|complete)\ (?:story|
        article|report|piece|text|post|interview|statement)))\b)
      (?:\s?:.{{0,200}} | \s?(?:at|on|in|from|via|by)\b.{{0,120}}
        | \s?(?:here|»|→|\.\.\.|…|\[…\])?[\s.!»>→]{{0,9}})
    | (?:READ|SEE|WATCH)\ (?:MORE|ALSO)\b.{{0,200}}
    | (?:Also\ read|See\ also|Related)\s?:.{{0,200}}
    | (?i:continue\ reading|click\ here\ (?:to|for))\b.{{0,100}}
    | \(?(?:(?:Additional|Further)\ )?(?:[Rr]eporting|[Ww]riting|[Ee]diting|Edited|Compiled|Written)
        (?:\ and\ (?:writing|editing))?\ by\ {_CREDITS}[.)]*
    | \(?(?:©|\([cC]\)\s?(?=\d{{4}})|(?i:copyright)\s(?=©|\([cC]\)|\d{{4}})).{{0,300}}
    | (?i:all\ rights\ reserved)\b.{{0,120}}
    | Follow\ [^.!?,]{{1,60}}\ on\ {_PLATFORM}\b[^.!?]{{0,80}}[.!]?
    | Follow\ (?:(?:us|me|him|her|them)\s)?(?:on\ \w+\s?)?:?\s?@\w.{{0,80}}
    | This\ (?:article|story|piece|post|material)\ (?:
          (?:was\ |is\ )?(?:originally|first)\ (?:published|appeared|posted)
          | may\ not\ be\ (?:published|reproduced|broadcast|rewritten|redistributed)
          | (?:was|has\ been)\ (?:updated|corrected|amended|republished|syndicated)
        )\b.{{0,200}}
    | The\ post\ .{{1,150}}\ appeared\ first\ on\ .{{1,80}}
    | (?i:(?:sign\ up\ (?:for|to)|subscribe\ to)\ (?:our|the|my)\ .{{0,60}}
        \b(?:newsletters?|channel|briefing))\b.{{0,60}}
    | (?i:share\ this\ (?:article|story|post))\b.{{0,60}}
    | (?i:advertisement|story\ continues\ below\ advertisement)\.?
    | \(?(?:FILE\ )?{_PICTURES}(?:\ (?:Photo|Images|Pool))?\s?/\s?{_CREDITS}[.)]*
    | \(?(?:[Pp]hoto|[Ii]mage|[Pp]icture)s?\ (?:by|courtesy\ of)\ {_CREDITS}(?:\s?/\s?{_CREDITS})?[.)]*
    | (?:Photo|Image|Picture)(?:\ credit|\ by)?\s?:.{{1,120}}
    """,
    re.VERBOSE,
)
# Where a footer may begin that is glued to the text: behind the end of a sentence.
_TAIL_START = re.compile(r"(?:[.!?…][\"”'\u2019)\]]*|\))\s*(?=[(©A-Z\"“])")
_TAIL_CHARS = 500

# --- Markup --------------------------------------------------------------------------------------------

_HIDDEN = re.compile(r"<(script|style|head|noscript)\b", re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,9})(?:\s[^<>]{0,500})?/?>|<!--|<!(?i:doctype)[^<>]{0,200}>")
_BLOCKS = frozenset(
    """
    address article aside blockquote body br button canvas center dd div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe img input li link main meta nav
    noscript ol option p picture pre script section select source style svg table tbody td tfoot th
    thead title tr ul video audio
    """.split()
)
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span
    strike strong sub sup time tt u var wbr
    """.split()
)
_URL_LINE = re.compile(r"[<(\[]?(?:https?://|www\.)\S+")
# A line that only parts two sections.
_RULE_LINE = re.compile(r"[-*_=~#+|\u2013\u2014\u2022\u00b7. ]+")
_ENTITY_SPACE = re.compile(r"&nbsp;|&#160;|&#xa0;", re.IGNORECASE)


def _markup(text: str) -> tuple[str, list[Span]]:
    """The text with its tags blanked, and the spans of those that stand between paragraphs.

    A tag within a sentence (``<b>``) becomes spaces; one that makes a block becomes a line end as well.
    """
    pieces: list[str] = []
    blocks: list[Span] = []
    done = 0
    unclosed: set[str] = set()
    for match in _TAG.finditer(text):
        if match.start() < done:
            continue
        name = (match[1] or "").lower()
        end = match.end()
        closer = "-->" if match[0] == "<!--" else f"</{name}>" if _HIDDEN.match(match[0]) else ""
        if name not in _BLOCKS and name not in _INLINE and match[1]:
            continue
        # One look for a closer that never comes is enough: many of them stay linear.
        if closer and closer not in unclosed:
            found = re.compile(re.escape(closer), re.IGNORECASE).search(text, end)
            if found:
                end = found.end()
            else:
                unclosed.add(closer)
        pieces.append(text[done : match.start()])
        blank = " " * (end - match.start())
        if name not in _INLINE:
            blocks.append(Span(match.start(), end))
            blank = "\n" + blank[1:]
        pieces.append(blank)
        done = end
    pieces.append(text[done:])
    return _ENTITY_SPACE.sub(lambda match: " " * len(match[0]), "".join(pieces)), blocks


# --- Paragraphs ----------------------------------------------------------------------------------------

_WRAP_WIDTH = 100
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"”'\u2019)\]]*$")
_BULLET = re.compile(r"(?:[-*•·‣▪◦\u2013—]|\(?\d{1,3}[.)]|[a-z]\))\s")
# A line that ends in one of these goes on in the next one, whatever that begins with.
_GOES_ON = re.compile(
    r"(?:,|\b(?:a|an|the|of|and|or|but|in|to|for|with|on|at|by|from|that|as|is|was|were|said|President|Minister|Mr\.?|Mrs\.?|Ms\.?|Dr\.?))$"
)


def _lines(text: str) -> Iterator[Span]:
    """Each line trimmed; an empty span for a blank one."""
    start = 0
    for line in text.split("\n"):
        stripped = line.strip()
        left = start + len(line) - len(line.lstrip()) if stripped else start
        yield Span(left, left + len(stripped))
        start += len(line) + 1


def _continues(text: str, line: Span, following: Span) -> bool:
    """Whether the line breaks off amid a sentence that goes on in the following one."""
    head, tail = text[following.start : following.end], text[max(line.start, line.end - 40) : line.end]
    if _BULLET.match(head) or _ENDS_SENTENCE.search(tail):
        return False
    return head[0].islower() or bool(_GOES_ON.search(tail))


def _joined(text: str, block: Sequence[Span]) -> list[Span]:
    """The paragraphs of lines that follow one another without a blank line.

    News texts put a paragraph on a line. Lines were wrapped by hand if all of them are short and one
    breaks off amid a sentence; then a line goes on in the next one unless the next one's first word would
    still have fitted. In other texts only a long line that breaks off amid a sentence goes on.
    """
    width = max(line.end - line.start for line in block)
    wrapped = 40 <= width <= _WRAP_WIDTH and any(
        _continues(text, line, following) for line, following in pairwise(block)
    )
    paragraphs = [block[0]]
    for line, following in pairwise(block):
        goes_on = _continues(text, line, following)
        if wrapped:
            head = text[following.start : min(following.end, following.start + _WRAP_WIDTH)]
            fits = line.end - line.start + 1 + len(head.split()[0]) <= width
            joins = not _BULLET.match(head) and (goes_on or not fits)
        else:
            joins = goes_on and line.end - line.start >= 40
        if joins:
            paragraphs[-1] = Span(paragraphs[-1].start, following.end)
        else:
            paragraphs.append(following)
    return paragraphs


# --- The stage -----------------------------------------------------------------------------------------


class Options(StageOptions):
    """Options of `RuleCleaner`: what is dropped; what is not stays in the text as part of a statement.

    ``datelines``: "BEIJING (Reuters) —" before a paragraph, and the time of a live blog's entry.
    ``bylines``: "By Jane Doe". ``footers``: sources, credits of articles and pictures, copyright and
    invitations to read on, on lines of their own or behind the last sentence.
    ``markup``: HTML tags, and lines that hold a web address or a rule only.
    """

    datelines: bool = True
    bylines: bool = True
    footers: bool = True
    markup: bool = True


# Within the class below its own `Options` hides the name from annotations.
_Options = Options


class RuleCleaner:
    """Cleans by rules of form; in doubt the text stays. Linear in the text's length, needs nothing loaded."""

    consumes: ClassVar = Article
    produces: ClassVar = CleanArticle
    Options = Options

    def __init__(self, options: _Options) -> None:
        self.options = options

    def setup(self) -> None:
        """Nothing to load."""

    def process(self, batch: Sequence[Article]) -> list[CleanArticle]:
        return [self._clean(article) for article in batch]

    def _clean(self, article: Article) -> CleanArticle:
        text = plain_text(article.text)
        dropped: list[Dropped] = []
        if self.options.markup:
            text, tags = _markup(text)
            dropped.extend(Dropped(tag.start, tag.end, "markup") for tag in tags)
        blocks: list[list[Span]] = [[]]
        seen = 0
        for line in _lines(text):
            seen += line.end > line.start
            reason = self._line_reason(text, line, seen)
            if reason:
                dropped.append(Dropped(line.start, line.end, reason))
            if reason or line.start == line.end:
                blocks.append([])
            else:
                blocks[-1].append(line)
        paragraphs: list[Span] = []
        for paragraph in (joined for block in blocks if block for joined in _joined(text, block)):
            # The first text that reads like a sentence leads; headings and summary lines stand before it.
            leads = not any(
                _ENDS_SENTENCE.search(text[max(p.start, p.end - 8) : p.end]) for p in paragraphs[:3]
            )
            body, ends = self._without_ends(text, paragraph, leads)
            dropped.extend(ends)
            if body.start < body.end:
                paragraphs.append(body)
        return grow(
            CleanArticle,
            article,
            clean_text=_unwrapped(text, paragraphs),
            paragraphs=tuple(paragraphs),
            dropped=tuple(sorted(dropped)),
        )

    def _line_reason(self, text: str, line: Span, position: int) -> Reason | None:
        """Why a line is no part of the text, if so; ``position`` counts the lines from 1."""
        if line.end - line.start > _TAIL_CHARS:
            return None
        content = text[line.start : line.end]
        if not content:
            return None
        if self.options.markup and (_URL_LINE.fullmatch(content) or _RULE_LINE.fullmatch(content)):
            return "markup"
        if self.options.footers and _FOOTER.fullmatch(content):
            return "footer"
        if self.options.datelines and _STAMP.fullmatch(content):
            return "dateline"
        if position > _TOP_LINES:
            return None
        if self.options.bylines and _is_byline(content):
            return "byline"
        # A dateline may stand on a line of its own: a sentence put behind it shows whether it is one.
        if self.options.datelines and _dateline_end(f"{content} A", leads=True) == len(content) + 1:
            return "dateline"
        return None

    def _without_ends(self, text: str, paragraph: Span, leads: bool) -> tuple[Span, list[Dropped]]:
        """The paragraph less the dateline and byline that start it and the footers that end it."""
        dropped: list[Dropped] = []
        start, end = paragraph.start, paragraph.end
        if self.options.bylines:
            head = text[start : min(end, start + 400)]
            match = _GLUED_BYLINE.match(head)
            # A name that runs into the sentence is a byline only if a dateline follows.
            if match and not _NO_WRITER.match(head) and _dateline_end(head[match.end() :], leads):
                dropped.append(Dropped(start, start + len(match[0].rstrip()), "byline"))
                start += match.end()
        if self.options.datelines:
            head = text[start : min(end, start + 400)]
            length = _dateline_end(head, leads) or _stamp_end(head)
            if length:
                dropped.append(Dropped(start, start + len(text[start : start + length].rstrip()), "dateline"))
                start += length
        while self.options.footers and (cut := _footer_start(text, Span(start, end))) < end:
            dropped.append(Dropped(cut, end, "footer"))
            end = cut + len(text[max(start, cut - 20) : cut].rstrip()) - len(text[max(start, cut - 20) : cut])
        piece = text[start:end]
        length = len(piece.strip())
        start += len(piece) - len(piece.lstrip()) if length else 0
        return Span(start, start + length), dropped


def _footer_start(text: str, paragraph: Span) -> int:
    """Where the footers glued to a paragraph's end begin; its end without any."""
    lower = max(paragraph.start, paragraph.end - _TAIL_CHARS)
    tail = text[lower : paragraph.end].replace("\n", " ")
    if lower == paragraph.start and _FOOTER.fullmatch(tail):
        return lower
    for match in _TAIL_START.finditer(tail):
        if _FOOTER.fullmatch(tail, match.end()):
            return lower + match.end()
    return paragraph.end


def _unwrapped(text: str, paragraphs: Sequence[Span]) -> str:
    """The text with the line ends inside paragraphs turned into spaces."""
    pieces, done = [], 0
    for paragraph in paragraphs:
        pieces.append(text[done : paragraph.start])
        pieces.append(text[paragraph.start : paragraph.end].replace("\n", " "))
        done = paragraph.end
    pieces.append(text[done:])
    return "".join(pieces)
