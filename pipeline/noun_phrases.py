"""Noun phrases of one sentence: which mention is a verb's subject, without a parser.

Newswire puts a subject into few shapes, and each has its rule here: beside the verb ("X said"), before an
insertion ("X, who was there, said"), inside one ("The minister, X, said"), before a relative clause
("X, who said"), after the verb ("said X"), or shared with the verb before ("X came and said").
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.cues import CUE_VERBS, word_set
from pipeline.quotes import is_quoted, parts_within, words_in
from pipeline.records import Mention, Span, TaggedSpan

AnySpan = TypeVar("AnySpan", bound=Span)

BE = word_set("are be been being is was were")
# What may stand between a subject and its verb.
SKIPPED = word_set(
    """
    afternoon again alike all already also always april at august both december did do does duly each
    early even evening february first friday had has have herself himself however in instead itself
    january july june just last late later long march may meanwhile monday month morning nevertheless
    night nonetheless not november now october often on once only saturday september still sunday
    themselves then this thursday today tomorrow too tuesday twice wednesday week well year yesterday
    """
)
PREPOSITIONS = word_set(
    """
    about across after against amid among around at before behind beside between beyond by despite
    during for from in inside into near of on outside over per than through to toward towards under upon
    via with within without
    """
)
RELATIVE = word_set("that which who whom")
JOINING = word_set("and but or then")
CLAUSE_START = word_set(
    """
    after although as because before but how if since that though until what when where whereas whether
    which while who why
    """
)
_POSSESSIVE_PRONOUNS = word_set("her his its my our their whose your")
# None of these stands inside a noun phrase.
_TIES = PREPOSITIONS | JOINING | CLAUSE_START | frozenset(CUE_VERBS) | SKIPPED
FRONTED = re.compile(
    r"(?:in|on|at|by|from|after|before|during|under|amid|despite|when|while|as|if|since|for|with|following|"
    r"asked|speaking|turning|regarding|to|without|because|although|though|like|unlike|\w+ing)\b",
    re.IGNORECASE,
)
# "Secretary of State X": the preposition belongs to the title.
_OFFICE = re.compile(
    r"\b(?:Secretary|Minister|Speaker|Leader|Chief|Chair\w*|President|Head|Commissioner|Director|Premier|"
    r"Chancellor) (?:of|for) (?:the )?(?:[A-Z][\w-]+ (?:and )?){1,4}$"
)
_IN_OFFICE = re.compile(r" (?:[A-Z][\w-]+ ){1,3}(?:of|for) (?:the )?(?:[A-Z][\w-]+ (?:and )?){1,4}")
# Where the noun phrase after a verb ends at the latest.
_NOUN_STOP = re.compile(r"[;:\"“”«»(—–]|\.\s|, ")
_NEAR_WORDS = 8
# Characters: what is longer is no sentence, and is read up to here only, which keeps all of this linear.
_LONGEST = 4000
# A verb that shares the subject of the one before it.
INHERIT = Span(-1, -1)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement with what begins in it. ``words``: those outside quotations; ``lower``: in lower case."""

    text: str
    span: Span
    quoted: Sequence[Span]
    words: list[Span]
    lower: list[str]
    mentions: list[Mention]
    sources: list[TaggedSpan]
    cues: list[TaggedSpan]
    contents: list[TaggedSpan]


def within(spans: Sequence[AnySpan], span: Span) -> list[AnySpan]:
    """The spans that begin inside ``span``; ``spans`` are sorted by their start."""
    first = bisect_left(spans, span.start, key=lambda item: item.start)
    return list(spans[first : bisect_left(spans, span.end, lo=first, key=lambda item: item.start)])


def sentence(
    text: str,
    span: Span,
    quote_parts: Sequence[Span],
    mentions: Sequence[Mention],
    tagged: Mapping[str, Sequence[TaggedSpan]],
) -> Sentence:
    """A statement's words and spans, without those that stand in quotations."""
    span = Span(span.start, min(span.end, span.start + _LONGEST))
    quoted = parts_within(quote_parts, span)
    words = [word for word in words_in(text, span) if not is_quoted(word, quoted)]
    return Sentence(
        text,
        span,
        quoted,
        words,
        [text[word.start : word.end].lower() for word in words],
        [mention for mention in within(mentions, span) if not is_quoted(mention, quoted)],
        [source for source in within(tagged["source"], span) if not is_quoted(source, quoted)],
        [cue for cue in within(tagged["cue"], span) if not is_quoted(cue, quoted)],
        within(tagged["content"], span),
    )


def gap_between(s: Sentence, left: int, right: int) -> str:
    """The text between two words."""
    return s.text[s.words[left].end : s.words[right].start]


def is_modifier(s: Sentence, mention: Mention) -> bool:
    """Whether a mention only describes what follows it ("Beijing's envoy", "his deputy")."""
    if mention.kind == "nationality":
        following = re.match(r"[ -](\w+)", s.text[mention.end : mention.end + 30])
        return following is not None and following[1].lower() not in _TIES
    if s.text[mention.end : mention.end + 2] in ("'s", "’s"):
        return True
    if mention.text.endswith(("s'", "s’", "'s", "’s")) or s.text[mention.end : mention.end + 2] in (
        "' ",
        "’ ",
    ):
        return True
    return mention.text.lower() in _POSSESSIVE_PRONOUNS


def word_at(s: Sentence, offset: int) -> int:
    """Index of the first word that ends after ``offset``."""
    return bisect_right(s.words, offset, key=lambda word: word.end)


def _is_governed(s: Sentence, mention: Span) -> bool:
    """Whether a preposition governs the mention, with a title between at most ("of Foreign Minister X")."""
    if _OFFICE.search(s.text, max(s.span.start, mention.start - 80), mention.start):
        return False
    index = word_at(s, mention.start) - 1
    # A pronoun has nothing between it and its preposition; a name may have a title.
    reach = 1 if len(s.text[mention.start : mention.end]) < 5 and s.text[mention.start].islower() else 4
    for at in range(index, max(-1, index - reach), -1):
        if "," in s.text[s.words[at].end : mention.start]:
            return False
        if s.lower[at] in PREPOSITIONS:
            return True
        modifier = any(m.covers(s.words[at]) and is_modifier(s, m) for m in s.mentions)
        if s.lower[at] in _TIES or (any(m.covers(s.words[at]) for m in s.mentions) and not modifier):
            return False
    return False


def _heads(s: Sentence, start: int, end: int) -> list[Mention]:
    """The mentions between two offsets that can head a subject."""
    inside = [m for m in within(s.mentions, Span(start, end)) if not is_modifier(s, m)]
    heads = []
    for index, mention in enumerate(inside):
        if _is_governed(s, mention):
            continue
        if index + 1 < len(inside):
            # "White House spokesman X": a name run on to another by titles only describes it.
            between = s.text[mention.end : inside[index + 1].start]
            words = between.lower().split()
            if _IN_OFFICE.fullmatch(between):
                # "U.S. Secretary of State X"
                continue
            if re.fullmatch(r" [a-z-]+(?: [a-z-]+)?, ", between) and not set(words) & _TIES:
                # "The government negotiator, X": the government is not the one who speaks.
                continue
            verbal = any(word.endswith("ed") for word in words)
            if (
                not re.search(r"[,;:()—–]", between)
                and len(words) <= 4
                and not set(words) & _TIES
                and not verbal
            ):
                continue
        heads.append(mention)
    return heads


def _coordinated(s: Sentence, head: Span, start: int) -> Span:
    """``head`` with the mentions that "and" joins to it on its left, no further than ``start``."""
    while True:
        before = [m for m in within(s.mentions, Span(start, head.start)) if not is_modifier(s, m)]
        for mention in reversed(before):
            between = s.text[mention.end : head.start]
            if re.fullmatch(r",? and (?:the |[A-Z][\w’'-]* |[\w-]+ ){0,6}|, ", between) and not (
                set(between.lower().split()) & (frozenset(CUE_VERBS) | PREPOSITIONS)
            ):
                if between == ", " and " and " not in s.text[head.start : head.end]:
                    return head
                head = Span(mention.start, head.end)
                break
        else:
            return head


def narrowed(s: Sentence, source: Span) -> Span:
    """A tagged source cut down to the mentions that head it, so that a title's country is no speaker."""
    inside = [m for m in s.mentions if m.overlaps(source)]
    if not inside:
        return source
    heads = [m for m in _heads(s, inside[0].start, source.end) if m.overlaps(source)]
    if not heads:
        heads = [m for m in inside if not is_modifier(s, m)]
    if not heads:
        # A nominal that the reader did not mark as a mention ("Chinese officials"): keep the whole phrase.
        return source if s.text[inside[-1].end : source.end].strip(" '’s") else inside[-1]
    head = heads[0]
    for other in heads[1:]:
        if re.match(r"(?:, [^,]*)?,? and\b", s.text[head.end : other.start]):
            return _coordinated(s, other, source.start)
    return Span(head.start, head.end)


def _clause_start(s: Sentence, index: int) -> int:
    """The offset where the clause of a word begins: after the last break to its left."""
    for at in range(index, -1, -1):
        if at < index and s.lower[at] in CLAUSE_START:
            return s.words[at].end
        if at > 0:
            gap = gap_between(s, at - 1, at)
            if re.search(r"[;:\"“”«»—–]", gap):
                return s.words[at].start
            if "," in gap and s.lower[at] in ("and", "but", "or", "with"):
                return s.words[at].end
    start = s.words[0].start if s.words else s.span.start
    return _past_fronted(s, start, index)


def _past_fronted(s: Sentence, start: int, index: int) -> int:
    """``start``, or the offset after the comma that closes an adverbial in front ("In Geneva, …")."""
    opening = FRONTED.match(s.text, start)
    if opening:
        comma = s.text.find(", ", start, s.words[index].start)
        if opening[0].lower() in PREPOSITIONS and _heads(s, start, max(start, comma)):
            # "On Monday she sat beside its chief, …" has its subject before the comma.
            return start
        if comma >= 0 and _heads(s, comma, s.words[index].start):
            return comma + 2
    return start


def _antecedent(s: Sentence, index: int) -> Span | None:
    """What a relative pronoun stands for: the head of the noun phrase before it."""
    if index == 0:
        return None
    end = s.words[index].start
    start = _clause_start(s, index - 1)
    heads = _heads(s, start, end)
    mentions = [m for m in within(s.mentions, Span(start, end)) if not is_modifier(s, m)]
    near = [m for m in mentions if len(words_in(s.text, Span(m.end, end))) <= 4]
    if near:
        return _coordinated(s, near[-1], start) if not heads or near[-1] in heads else heads[-1]
    # No mention there, but perhaps a source that the reader marked.
    marked = [source for source in s.sources if start <= source.start and source.end <= end]
    return marked[-1] if marked else None


def subject(s: Sentence, index: int) -> Span | None:
    """The subject of the verb at ``index``; `INHERIT` where it shares that of the verb before it."""
    at = index - 1
    while at >= 0 and (s.lower[at] in SKIPPED or (s.lower[at].endswith("ly") and len(s.lower[at]) > 4)):
        if re.search(r"[;:]", gap_between(s, at, at + 1)) or any(m.covers(s.words[at]) for m in s.mentions):
            break
        at -= 1
    if at < 0:
        return None
    gap = s.text[s.words[at].end : s.words[index].start]
    if gap.startswith(")"):
        # "Governor X (R-OK) said"
        opened = s.text.rfind("(", s.span.start, s.words[at].end)
        at = max(0, word_at(s, opened - 1)) if opened > s.span.start else at
        while at > 0 and s.words[at].start >= opened:
            at -= 1
        gap = " "
    if re.search(r"[;:\"“”«»]", gap):
        return None
    word = s.words[at]
    closes = gap.rstrip().endswith(",")
    if s.lower[at] in RELATIVE and not closes and not any(m.covers(word) for m in s.mentions):
        return _antecedent(s, at)
    if s.lower[at] in JOINING:
        return INHERIT
    start = _clause_start(s, at)
    for source in s.sources:
        if source.overlaps(word):
            return narrowed(s, source)
    # A comma right after the noun phrase or right before the verb closes an insertion.
    set_off = (at < index - 1 and gap.startswith(",")) or closes
    heads = _heads(s, start, word.end)
    adjacent = next((m for m in s.mentions if m.overlaps(word)), None)
    if set_off:
        return _before_commas(s, _sentence_start(s, at), s.words[index].start)
    comma = s.text.rfind(", ", start, word.start)
    if comma >= 0 and _heads(s, comma, word.end) and "and" not in s.text[comma : word.start].split():
        heads = _heads(s, comma, word.end)
    if adjacent and not is_modifier(s, adjacent):
        opener = word_at(s, start) - 1
        if 0 < opener < word_at(s, adjacent.start) - 1 and s.lower[opener] in RELATIVE:
            # "Officers who attended the meeting said": the meeting is the relative clause's object.
            owner = next((m for m in s.mentions if m.end == s.words[opener].start - 1), None)
            if owner is not None and "," not in s.text[s.words[opener].end : adjacent.start]:
                return _antecedent(s, opener)
        if not _is_governed(s, adjacent):
            # In "X, the minister, said" the name comes first; in "The minister, X said" it is adjacent.
            return _coordinated(s, adjacent, start)
        if heads:
            return _coordinated(s, heads[0], start)
        return adjacent
    if heads and len(words_in(s.text, Span(heads[-1].end, word.end))) <= _NEAR_WORDS:
        return _coordinated(s, heads[0], start)
    modifiers = [m for m in within(s.mentions, Span(start, word.end)) if is_modifier(s, m)]
    named = [m for m in modifiers if m.kind in ("name", "nationality", "nominal")]
    if not heads and named and len(words_in(s.text, Span(named[-1].end, word.end))) <= 4:
        # "Mali's authorities accused …", where the authorities are no mention: the state speaks.
        return named[-1]
    opening = word_at(s, start) - 1
    if not heads and 0 <= opening < at and s.lower[opening] in RELATIVE:
        # "Villagers who remember the riots told …"
        return _antecedent(s, opening)
    return None


def _before_commas(s: Sentence, start: int, verb: int) -> Span | None:
    """The subject of a verb right after a comma: what stands before the comma that opens the insertion."""
    for joint in re.finditer(r", (?:while|whereas|although|though|but|and) ", s.text[start:verb]):
        if _heads(s, start + joint.end(), verb):
            start = start + joint.end()
            break
    heads = _heads(s, start, verb)
    governed = [
        m for m in within(s.mentions, Span(start, verb)) if not is_modifier(s, m) and _is_governed(s, m)
    ]
    last = s.text.rfind(",", start, verb)
    opening = s.text.rfind(",", start, last) if last > start else -1
    if opening < 0:
        return None
    for mention in heads:
        comma = s.text.find(",", mention.end, last)
        if comma >= 0 and (len(words_in(s.text, Span(mention.end, comma))) <= 6 or mention is heads[0]):
            return _coordinated(s, _with_following(s, mention, verb), start)
    # "One of its members, X, said": only the insertion has a name that stands by itself.
    inserted = _heads(s, opening, last) or [m for m in governed if m.end <= last]
    return Span(inserted[0].start, inserted[0].end) if inserted else None


def _with_following(s: Sentence, head: Span, end: int) -> Span:
    """``head`` with the mention that "and" joins to it on its right."""
    for other in within(s.mentions, Span(head.end, end)):
        if re.fullmatch(r",? and (?:the |[A-Z][\w’'-]* ){0,6}", s.text[head.end : other.start]):
            return Span(head.start, other.end)
    return Span(head.start, head.end)


def _sentence_start(s: Sentence, index: int) -> int:
    """Where the main clause that a word belongs to begins: after a semicolon, a colon or a quotation."""
    start = s.words[0].start
    for at in range(index, 0, -1):
        if re.search(r"[;:\"“”«»]", gap_between(s, at - 1, at)):
            start = s.words[at].start
            break
    return _past_fronted(s, start, index)


def following_noun(s: Sentence, index: int) -> Span | None:
    """The subject after its verb ("said X") or the agent after a preposition ("according to X", "by X")."""
    if index + 1 >= len(s.words):
        return None
    start = s.words[index].end
    stop = _NOUN_STOP.search(s.text, start + 1, s.span.end)
    end = stop.start() if stop else s.span.end
    for source in s.sources:
        if start <= source.start < end and len(words_in(s.text, Span(start, source.start))) <= 2:
            return narrowed(s, source)
    candidates = [m for m in within(s.mentions, Span(start, end)) if not is_modifier(s, m)]
    if not candidates and s.text[end : end + 2] == ", ":
        # "said his wife, X"
        appositive = [m for m in within(s.mentions, Span(end, s.span.end)) if not is_modifier(s, m)]
        candidates = [m for m in appositive if m.start <= end + 40 and "," not in s.text[end + 2 : m.start]][
            :1
        ]
    if not candidates or len(words_in(s.text, Span(start, candidates[0].start))) > _NEAR_WORDS:
        return None
    head = candidates[0]
    for other in candidates[1:]:
        between = s.text[head.end : other.start]
        if re.fullmatch(r",? and (?:[\w’'-]+ ){0,5}", between):
            return Span(head.start, other.end)
        # "White House spokesman X"
        words = between.lower().split()
        if len(words) <= 3 and not set(words) & _TIES and not re.search(r"[,;]", between):
            head = other
    return Span(head.start, head.end)


def first_noun(s: Sentence, index: int) -> Span | None:
    """The first noun phrase of the sentence that can be its subject."""
    if not s.words:
        return None
    start = _past_fronted(s, s.words[0].start, index)
    heads = _heads(s, start, s.words[index].start)
    described = next(
        (m for m in within(s.mentions, Span(start, s.words[index].start)) if is_modifier(s, m)), None
    )
    if (
        described is not None
        and described.kind != "pronoun"
        and (not heads or described.start < heads[0].start)
    ):
        end = heads[0].start if heads else s.words[index].end
        # "US Secretary of State X": what is written with a capital is no verb.
        between = [word for word in s.text[described.end : end].split() if word.islower()]
        if set(between) & (BE | frozenset(CUE_VERBS) | {"did", "does", "has", "have", "had"}):
            # "India's ministry did not mention the Emirates and …": the ministry is no mention, India is.
            return Span(described.start, described.end)
    if not heads:
        return None
    head: Span = heads[0]
    for other in heads[1:]:
        if re.fullmatch(r"(?:, [^,]{0,60})?,? and (?:[\w’'-]+ ){0,6}", s.text[head.end : other.start]):
            head = Span(head.start, other.end)
    return Span(head.start, head.end)


def main_subject(s: Sentence) -> Span | None:
    """The first noun phrase of a sentence that can be its subject; None if it has none outside quotations."""
    return first_noun(s, len(s.words) - 1) if s.words else None
