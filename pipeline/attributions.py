"""Attributions within one sentence: which cue attributes it to which source.

The reader's spans name sources and cues where it found them. Where it missed a source, the cue's subject
among the mentions is taken (`pipeline.noun_phrases`); where it missed a cue, the list of attributing verbs
(`pipeline.cues`) proposes one. The list also decides which tagged cues count, since the reader was trained
on a wider notion of attribution (wants, plans, seems) than the annotation guide's. Quoted words are left
out throughout: what a quotation says about who said what is nobody's attribution here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.cues import (
    ANSWERING,
    CONTENT_STARTS,
    CUE_VERBS,
    DOCUMENTS,
    NAMING,
    NOUN_LIKE,
    PARTICLES,
    RELAYING,
    SOURCE_AFTER,
    TEXTS,
    word_set,
)
from pipeline.noun_phrases import (
    BE,
    CLAUSE_START,
    FRONTED,
    INHERIT,
    JOINING,
    PREPOSITIONS,
    RELATIVE,
    SKIPPED,
    Sentence,
    first_noun,
    following_noun,
    gap_between,
    is_modifier,
    narrowed,
    subject,
    within,
    word_at,
)
from pipeline.quotes import SCARE_WORDS, words_in
from pipeline.records import Span, TaggedSpan

# What a source that a rule found is worth where the reader gave no score.
RULE_SCORE = 0.85

_MODAL = word_set("to would could should might must may can will shall let")
_NEGATED = word_set("declined refused failed not never without cannot nothing neither nor n't didn't doesn't")
_FIRST_PERSON = word_set("i me my myself")
_DETERMINERS = word_set("a an the his her its their our my your least most more so")
_PLURALS = word_set("they we you people police and both who many some others most several few")
_QUESTION_WORDS = word_set("what who why how when where did do does is are will can")
# No finite verb follows these.
_BEFORE_NOUNS = word_set(
    """
    a an the his its their our my your two three four five six seven eight nine ten amid among at by
    despite during for from into of over under with without
    """
)
# What may stand between a verb and the clause that it reports.
_BETWEEN = (SKIPPED - {"this", "last", "early", "late"}) | word_set(
    "aloud separately publicly privately repeatedly"
)
# A second attribution after one of these stands beside the first, not inside its content.
_BREAK = re.compile(
    r";|\b(?:while|whereas|although|though|but)\b|\band\b|"
    r", (?:or|a|an|the latter|which|who|whose|whom|with|as)\b"
)
_RELATIVE_CLAUSE = re.compile(r", (?:which|who)\b[^,]*\Z")
_SAID_NOTHING = re.compile(r" nothing(?: of| about| more|[,.;]|$)")
_TELEPHONED = re.compile(r" (?:on [A-Z0-9]|to (?!task|account)[a-z]+|home|back)|[.]$")
_OWN_WORDS = re.compile(
    r"(?:['’]s?)? (?:\w+ ){0,2}(?:comments|remarks|words|statements?|warnings?|claims?|denials?)\b"
)
_ADDRESSED = re.compile(r" (?:to|on) [\w ’'.-]{1,40}")
# "The lunch, officials on both sides agreed, was excellent."
_INSERTED = re.compile(r", (?!who|which|and|but|as)[^,]{3,60} \Z")
_AFTER_CONTENT = re.compile(r"[,\"”’'»]\s*\Z")
_DASH = re.compile(r"[.,]?\s*([—–-]+)\s*")
_HEADLINE_WORDS = 6
# "He had a kind word for X", "reserved his harshest words for Y".
_TONES = word_set(
    "bad good hard harsh harsher harshest kind kinder kindest sharp sharper warm warmer warmest"
)
# A speaker between a quotation and its verb, with title and apposition.
_NAME_WORDS = 10
# "RUIZ (on camera): …"
_ASIDE = re.compile(r" \([^()]{1,40}\)$")
_CLOSING_MARKS = tuple("\"”’'»")
# The "verb" of an attribution by a dash.
CREDIT = "—"


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue and its sources, outermost first. ``follows``: the cue stands after its content ("…, X said")."""

    cue: Span
    sources: tuple[Span, ...]
    verb: str
    follows: bool
    score: float


def _attribution(cue: Span, sources: Sequence[Span], verb: str, follows: bool, score: float) -> Attribution:
    """An `Attribution` of plain spans, whatever they were found as, so that equal ones compare equal."""
    plain = tuple(dict.fromkeys(Span(source.start, source.end) for source in sources))
    return Attribution(Span(cue.start, cue.end), plain, verb, follows, score)


# --- a verb's source ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Verb:
    """A listed verb in its place. ``before``/``after``: the words beside it. ``helper``: index of the nearest
    word on its left that is no auxiliary or adverb, -1 if there is none."""

    index: int
    word: Span
    verb: str
    force: str
    forms: tuple[str, ...]
    before: str
    after: str
    helper: int
    tag: TaggedSpan | None


def _verb_at(s: Sentence, index: int, tag: TaggedSpan | None) -> _Verb:
    verb, force, forms = CUE_VERBS[s.lower[index]]
    helper = index - 1
    while helper >= 0 and (s.lower[helper] in SKIPPED or s.lower[helper].endswith("ly")):
        helper -= 1
    before = s.lower[index - 1] if index else ""
    after = s.lower[index + 1] if index + 1 < len(s.words) else ""
    return _Verb(index, s.words[index], verb, force, forms, before, after, helper, tag)


def _may_attribute(s: Sentence, v: _Verb) -> bool:
    """Whether a listed verb is a cue at all where it stands, whoever its subject is."""
    if any(m.covers(v.word) for m in s.mentions):
        return False
    if s.text[v.word.start].isupper() and v.index > 0 and v.verb not in ("say", "tweet"):
        # Part of a name ("State", "Report"), or a headline in capitals, which tells rather than attributes.
        return False
    if v.force == "attitude" and not _has_content(s, v.index):
        return False
    if ("present" in v.forms or "base" in v.forms) and _is_noun(s, v):
        return False
    beside = next((w for w in s.lower[v.index + 1 : v.index + 3] if w not in SKIPPED - {"on"}), "")
    lone = v.verb in PARTICLES and beside not in PARTICLES[v.verb]
    if lone and not (v.verb == "rule" and _has_content(s, v.index)):
        return False
    if _SAID_NOTHING.match(s.text, v.word.end, s.span.end) or (
        v.verb in ANSWERING and v.after in ("by", "with")
    ):
        return False
    if v.verb == "call" and (v.after in ("in", "off", "up", "back") or _is_by_telephone(s, v)):
        return False
    if v.verb in ("underscore", "underline", "highlight") and "gerund" in v.forms:
        # "…, underscoring a rapprochement" is the reporter's comment.
        return False
    if s.lower[0] == "asked" and 0 <= s.text.find(",", v.word.end, s.span.end) == s.text.find(
        ",", s.span.start
    ):
        # "Asked whether X had said so, …"
        return False
    if _is_question(s) or _is_negated(s, v):
        return False
    if "base" in v.forms and v.before in _MODAL and not (v.before == "will" and v.force == "speech"):
        return False
    no_verb = v.before in _DETERMINERS or v.after == "into"
    return not ("past" in v.forms and (no_verb or (v.verb in ("add", "report") and v.after in ("to", "for"))))


def _is_noun(s: Sentence, v: _Verb) -> bool:
    """Whether a plain form can only be a noun: "heard two blasts", "accepts with thanks", "an offer"."""
    apart = v.index > 0 and gap_between(s, v.index - 1, v.index) != " "
    return not apart and (v.before in _BEFORE_NOUNS or v.before.isdigit())


def _is_by_telephone(s: Sentence, v: _Verb) -> bool:
    """Whether somebody is called up or together rather than called something ("called X to discuss …")."""
    called = next((m for m in s.mentions if m.start > v.word.start), None)
    if (
        v.after in ("on", "for")
        or called is None
        or len(words_in(s.text, Span(v.word.end, called.start))) > 5
    ):
        return False
    return bool(_TELEPHONED.match(s.text, called.end, s.span.end))


def _is_negated(s: Sentence, v: _Verb) -> bool:
    """Whether the sentence denies that it was said. A denial ("denied", "rejected") is a statement itself."""
    if v.verb in ("deny", "rule"):
        return False
    cut = v.helper >= 0 and "," in gap_between(s, v.helper, v.helper + 1)
    words = set(s.lower[v.helper + cut if v.helper >= 0 else 0 : v.index])
    if v.before == "to" and v.index > 1:
        words.add(s.lower[v.index - 2])
    return bool(words & _NEGATED)


def _gerund_source(s: Sentence, v: _Verb) -> Span | None:
    """The source of a participle: "X is saying", "with X saying", or the main clause's ("…, saying")."""
    at_helper = s.lower[v.helper] if v.helper >= 0 else ""
    if at_helper in BE:
        return subject(s, v.helper)
    if {v.before, at_helper} & (PREPOSITIONS - {"with", "by"}):
        return None
    joined = (
        v.index == 0
        or "," in gap_between(s, v.index - 1, v.index)
        or v.before in ("and", "while", "but", "by")
        or v.before in SKIPPED
        or v.before in TEXTS
    )
    adjacent = next((m for m in s.mentions if v.index and m.overlaps(s.words[v.index - 1])), None)
    if adjacent and not joined:
        led = s.text[max(s.span.start, adjacent.start - 60) : adjacent.start]
        if re.search(r"\bwith\b|, (?:(?:its|their|his|her) )?\Z", led):
            return Span(adjacent.start, adjacent.end)
    return INHERIT if joined or v.tag is not None else None


def _agent(s: Sentence, v: _Verb) -> tuple[bool, Span | None]:
    """Whether a participle is passive, and then its agent ("was accused by X", "dismissed as “…” by X")."""
    if "participle" not in v.forms:
        return False, None
    names = v.force == "judgement" or v.verb in NAMING
    reach = s.lower[v.index + 1 : v.index + 8]
    by = v.index + 1 + reach.index("by") if "by" in reach else None
    if v.helper >= 0 and s.lower[v.helper] in BE:
        if v.verb == "quote" and "as" in reach[:2]:
            return True, subject(s, v.helper)
        return True, following_noun(s, by) if by is not None else None
    if v.after == "by":
        return True, following_noun(s, v.index + 1) if names else None
    beside = v.index > 0 and any(m.overlaps(s.words[v.index - 1]) for m in s.mentions)
    if by is not None and v.after == "as" and names and not beside and v.before not in JOINING:
        agent = following_noun(s, by)
        return agent is not None, agent
    return False, None


def _plain_source(s: Sentence, v: _Verb) -> Span | None:
    """The subject of a plain or present form. Such forms are nouns as well ("calls", "claims"), so most of
    them need their subject right beside them."""
    skipped = set(s.lower[v.helper + 1 : v.index])
    if skipped & {"had", "has", "have"}:
        return None
    beside = relative = set_off = False
    if v.helper >= 0:
        near = s.words[v.helper]
        beside = any(m.overlaps(near) and not is_modifier(s, m) for m in s.mentions)
        beside = beside or any(source.overlaps(near) for source in s.sources)
        relative = s.lower[v.helper] in RELATIVE
        set_off = "," in gap_between(s, v.helper, v.helper + 1) and v.force != "attitude"
    # "Diplomats in Bissau note that …", but not "amid reports that …".
    named = v.helper >= 0 and s.text[s.words[v.helper].start].isupper()
    verb_like = v.verb not in NOUN_LIKE or (v.after == "that" and named)
    inverted = v.force == "speech" and _is_inverted(s, v.index)
    if not (beside or relative or set_off or verb_like or inverted):
        return None
    source = subject(s, v.index)
    helped = v.before == "will" or bool(skipped & {"did", "does", "do"})
    checked = "base" in v.forms and not helped and v.tag is None
    if checked and source is not None and source != INHERIT and not _is_plural(s, source):
        return None
    return source


def _inverted_source(s: Sentence, v: _Verb) -> Span | None:
    """The subject after its verb: "“…,” said X" and "…, said X.", but not "…, said darkness had fallen"."""
    if v.force == "judgement" or "gerund" in v.forms or not _is_inverted(s, v.index):
        return None
    source = following_noun(s, v.index)
    if source is not None and s.text.endswith(", ", s.span.start, v.word.start):
        rest = s.text[source.end : s.span.end].lstrip()
        if rest[:1].isalnum() and rest.split(" ", 1)[0] not in PREPOSITIONS:
            return None
    return source


def _relayed(s: Sentence, v: _Verb) -> Span | None:
    """Whose words a source passes on: "quoted X as saying", "citing X", "reported X's comments"."""
    if v.verb in ("quote", "cite"):
        quoted = following_noun(s, v.index)
        plain = quoted is None or not re.search(r"['’]s?\s|,", s.text[v.word.end : quoted.end + 2])
        return quoted if plain else None
    if v.verb == "report":
        owner = next((m for m in s.mentions if m.start > v.word.end), None)
        if owner is not None and len(words_in(s.text, Span(v.word.end, owner.start))) <= 4:
            return owner if _OWN_WORDS.match(s.text, owner.end, s.span.end) else None
    return None


def _verb_attribution(
    s: Sentence, index: int, tag: TaggedSpan | None, found: Sequence[Attribution]
) -> Attribution | None:
    """What the verb at ``index`` attributes, or None where it is no cue or nobody is its subject."""
    v = _verb_at(s, index, tag)
    if not _may_attribute(s, v):
        return None
    follows = False
    passive, source = _agent(s, v)
    if not passive:
        if "gerund" in v.forms:
            source = _gerund_source(s, v)
            if source is None:
                return None
        elif "past" in v.forms or "participle" in v.forms:
            source = subject(s, index)
        else:
            source = _plain_source(s, v)
        if source is None:
            source = _inverted_source(s, v)
            follows = source is not None
        if source == INHERIT:
            earlier = [a for a in found if a.cue.start < v.word.start]
            earlier = [a for a in earlier if not a.follows or "gerund" in v.forms]
            source = earlier[-1].sources[0] if earlier else first_noun(s, index)
        if source is None and tag is not None and (v.verb not in NOUN_LIKE or "base" not in v.forms):
            source = _nearest_source(s, tag)
    if source is None or _is_nobody(s, source) or _only_describes(s, v, source):
        return None
    relayed = None if passive else _relayed(s, v)
    sources = [span for span in (source, relayed) if span is not None]
    cue = tag or v.word
    if not follows and not passive:
        follows = _stands_after_content(s, min(source.start, cue.start))
    return _attribution(cue, sources, v.verb, follows, tag.score if tag else RULE_SCORE)


def _only_describes(s: Sentence, v: _Verb, source: Span) -> bool:
    """Whether a relative clause tells of somebody's act to describe a thing: "the road that both promised"."""
    opener = word_at(s, source.start) - 1
    evaluates = v.force == "judgement" or v.verb in NAMING or v.verb in ("say", "warn")
    if evaluates or opener < 1 or s.lower[opener] not in ("that", "which", "what"):
        return False
    complementizer = s.lower[opener] == "that" and s.lower[opener - 1] in CUE_VERBS
    quoted = any(part.start >= v.word.end for part in s.quoted)
    return not complementizer and not quoted and source.end <= v.word.start


def _is_nobody(s: Sentence, source: Span) -> bool:
    """Whether a source is no speaker: a columnist's "I" (the article's own voice), a document or a figure
    that is no mention ("the poll", "74 percent"), or nobody ("Neither side has said …")."""
    words = s.text[source.start : source.end].lower().split()
    if not words or " ".join(words) in _FIRST_PERSON:
        return True
    if words[0] == "no" and words[1:2] and words[1].isdigit():
        # "No 10" is somebody.
        return False
    mentioned = any(m.overlaps(source) for m in s.mentions)
    if not mentioned and (_head_noun(words) in DOCUMENTS or words[0][0].isdigit()):
        return True
    before = s.text[s.span.start : source.start].lower().split()[-1:]
    return bool({*before, words[0]} & {"neither", "no", "nobody", "none"})


def _head_noun(words: Sequence[str]) -> str:
    """The last word before what a preposition, a relative clause or a comma adds ("allies of X")."""
    for at, word in enumerate(words):
        if word.endswith(","):
            return word[:-1]
        if at and word in PREPOSITIONS | RELATIVE:
            return words[at - 1]
    return words[-1]


def _is_plural(s: Sentence, source: Span) -> bool:
    """Whether a noun phrase can be the subject of a plain verb form ("officials say", "they call")."""
    words = s.text[source.start : source.end].lower().split()
    if _head_noun(words).endswith("s") or _PLURALS & set(words):
        return True
    return any(m.overlaps(source) and m.kind == "collective" for m in s.mentions)


def _is_question(s: Sentence) -> bool:
    """Whether the sentence asks in the article's own voice ("What do the rebels say?")."""
    return s.lower[0] in _QUESTION_WORDS and s.text[s.span.start : s.span.end].rstrip().endswith("?")


def _is_inverted(s: Sentence, index: int) -> bool:
    """Whether a verb stands right after a quotation or a comma, where its subject may follow it."""
    if index + 1 < len(s.words) and s.lower[index + 1] in CONTENT_STARTS:
        return False
    return _AFTER_CONTENT.search(s.text, s.span.start, s.words[index].start) is not None


def _has_content(s: Sentence, index: int) -> bool:
    """Whether what a verb of attitude attributes can be seen: a clause ("declared on Sunday that …"), words
    in quotation marks, somebody who is asked, or a quotation before its subject ("“…,” he continued")."""
    verb = CUE_VERBS[s.lower[index]][0]
    following = index + 1
    while following < len(s.words) and following < index + 4 and s.lower[following] in _BETWEEN:
        following += 1
    if following < len(s.words) and s.lower[following] in CONTENT_STARTS:
        return "," not in gap_between(s, index, following)
    word = s.words[index]
    if verb == "expect" and s.lower[index] in ("expect", "expects"):
        return True
    asked = next((m for m in s.mentions if m.start > word.end), None)
    if verb == "ask" and asked is not None and len(words_in(s.text, Span(word.end, asked.start))) <= 2:
        return True
    if s.text[word.end : word.end + 1] == "," and _INSERTED.search(s.text, s.span.start, word.start):
        return True
    later = next((part for part in s.quoted if part.start >= word.end), None)
    if later is not None and not _BREAK.search(s.text[word.end : later.start]):
        return not any(
            w.start < later.start and lower in CUE_VERBS
            for w, lower in zip(s.words[index + 1 :], s.lower[index + 1 :], strict=True)
        )
    if len(s.words) - index <= 3 and s.text.find(",", s.span.start, word.start) > s.span.start + 25:
        # "…, X has revealed."
        return True
    near = [part for part in s.quoted if part.end <= word.start]
    if not near or s.text[near[-1].end - 2] not in ",.!?":
        return False
    return len(words_in(s.text, Span(near[-1].end, word.start))) <= _NAME_WORDS


def _nearest_source(s: Sentence, cue: Span) -> Span | None:
    # "X, who was there, said": the reader marks the pronoun as a source too.
    named = [source for source in s.sources if s.text[source.start : source.end].lower() not in RELATIVE]
    left = [source for source in named if source.end <= cue.start]
    right = [source for source in named if source.start >= cue.end]
    # What follows its verb was looked for before (`_inverted_source`), so the left side goes first.
    nearest = left[-1:] or right[:1]
    return narrowed(s, nearest[0]) if nearest else None


def _stands_after_content(s: Sentence, offset: int) -> bool:
    """Whether an attribution that begins at ``offset`` follows a clause that it attributes ("…, X said")."""
    for content in s.contents:
        led = any(cue.end <= content.start for cue in s.cues)
        if not led and content.end <= offset and not s.text[content.end : offset].strip(" ,.!?\"”’'"):
            return True
    head = s.text[s.span.start : offset]
    comma = head.rfind(",")
    if comma < 0:
        return False
    between = head[comma + 1 :].lower().split()
    if between[:1] in (["a"], ["an"]):
        # "…, a phrase that X called grotesque"
        return False
    if set(between) & (JOINING | CLAUSE_START | PREPOSITIONS | frozenset(CUE_VERBS)) or len(between) > 6:
        return False
    return not FRONTED.match(head) and comma > 25


def _phrase_attributions(s: Sentence) -> list[Attribution]:
    """Attributions by a fixed expression: "according to X", "in her words"."""
    found = []
    lowered = " ".join(s.lower)
    offset = 0
    for index in range(len(s.words)):
        three = s.lower[index : index + 3]
        if three[:1] == ["in"] and three[2:] in (["words"], ["view"], ["opinion"], ["telling"]):
            whose = next((m for m in s.mentions if m.overlaps(s.words[index + 1])), None)
            if whose is not None:
                cue = Span(s.words[index].start, s.words[index + 2].end)
                found.append(_attribution(cue, (whose,), "", False, RULE_SCORE))
        if three[0] in _TONES and three[1:] in (["words", "for"], ["word", "for"], ["words", "about"]):
            source = first_noun(s, index)
            if source is not None:
                cue = Span(s.words[index].start, s.words[index + 1].end)
                found.append(_attribution(cue, (source,), "words", False, RULE_SCORE))
        phrase = next((p for p in SOURCE_AFTER if lowered.startswith(p + " ", offset)), None)
        last = index + phrase.count(" ") if phrase else index
        if phrase and s.lower[last + 1] not in RELATIVE:
            source = following_noun(s, last)
            if source is not None and "," not in s.text[s.words[index].start : source.start]:
                cue = Span(s.words[index].start, s.words[last].end)
                found.append(_attribution(cue, (source,), phrase, True, RULE_SCORE))
        offset += len(s.lower[index]) + 1
    return found


def _colon_attribution(s: Sentence) -> Attribution | None:
    """Who speaks by a headline's or a transcript's colon: "X: The tax must go", "X to Y: …"."""
    colon = s.text.find(": ", s.span.start, s.span.end)
    words = [word for word in s.words if word.end <= colon]
    last = _named_last(s)
    if last is not None:
        return last
    aside = _ASIDE.search(s.text, s.span.start, max(s.span.start, colon))
    ends = aside.start() if aside else colon
    names = [m for m in within(s.mentions, Span(s.span.start, ends)) if not is_modifier(s, m)]
    if not words or not names or len(words) > _HEADLINE_WORDS or word_at(s, names[0].start) > 2:
        return None
    tells = any(
        s.text[word.start].islower() and (lower in CUE_VERBS or lower in BE)
        for word, lower in zip(words, s.lower, strict=False)
    )
    addressed = _ADDRESSED.fullmatch(s.text, names[0].end, colon)
    if tells or (names[-1].end != ends and not addressed):
        return None
    source = Span(names[0].start, names[0].end) if addressed else narrowed(s, Span(s.span.start, ends))
    return _attribution(Span(colon, colon + 1), (source,), ":", False, RULE_SCORE)


def _named_last(s: Sentence) -> Attribution | None:
    """Whom a headline names behind its colon, and nobody else there: "The tax must go: X"."""
    for mention in s.mentions[-1:]:
        if mention.end == s.span.end and s.text.endswith(": ", s.span.start, mention.start):
            colon = mention.start - 2
            if not any(m.end == colon for m in s.mentions) and len(words_in(s.text, s.span)) > 2:
                return _attribution(Span(colon, colon + 1), (mention,), ":", True, RULE_SCORE)
    return None


def _dash_attribution(s: Sentence) -> Attribution | None:
    """Whom a dash after a quotation names: "“…” — X", or a sentence of its own behind one: "— X, mason"."""
    alone = _DASH.match(s.text, s.span.start, s.span.end)
    if alone is not None and s.text[max(0, s.span.start - 8) : s.span.start].rstrip()[-1:] in _CLOSING_MARKS:
        for mention in s.mentions[:1]:
            ends = mention.end == s.span.end or s.text.startswith((",", ".", " ("), mention.end)
            if ends and mention.start == alone.end():
                return _attribution(Span(*alone.span(1)), (mention,), CREDIT, True, RULE_SCORE)
    for mention in s.mentions:
        ended = [part.end for part in s.quoted if part.end <= mention.start]
        dash = _DASH.fullmatch(s.text, ended[-1], mention.start) if ended else None
        if dash is not None:
            return _attribution(Span(*dash.span(1)), (mention,), CREDIT, True, RULE_SCORE)
    return None


def _introduced(s: Sentence) -> list[Attribution]:
    """A clause without a cue that a colon joins to a quotation: "For Berlin he had warmer words: “…”"."""
    for part in s.quoted:
        before = [index for index, word in enumerate(s.words) if word.end <= part.start]
        if before and len(words_in(s.text, part)) > SCARE_WORDS:
            end = s.words[before[-1]].end
            if s.text[end : part.start].strip() == ":":
                source = first_noun(s, before[-1])
                if source is not None:
                    return [Attribution(Span(end, end + 1), (source,), ":", False, RULE_SCORE)]
    return []


def attributions(s: Sentence, use_list: bool) -> list[Attribution]:
    """The attributions of a sentence in text order, those inside another's content left out."""
    marked = (_colon_attribution(s), _dash_attribution(s))
    found = _phrase_attributions(s) + [attribution for attribution in marked if attribution is not None]
    used: set[TaggedSpan] = set()
    verbal: list[Attribution] = []
    for index, word in enumerate(s.words):
        if s.lower[index] not in CUE_VERBS:
            continue
        tag = next((cue for cue in s.cues if cue.overlaps(word)), None)
        if tag in used or (tag is None and not use_list):
            continue
        if any(a.cue.overlaps(word) for a in found):
            continue
        if tag is None and any(source.covers(word) and source != word for source in s.sources):
            continue
        attribution = _verb_attribution(s, index, tag, verbal)
        if attribution is not None:
            verbal.append(attribution)
            if tag is not None:
                used.add(tag)
    if not found and not verbal:
        verbal += _introduced(s)
    for tag in s.cues:
        if tag not in used and not any(a.cue.overlaps(tag) for a in [*found, *verbal]):
            other = _tagged_only(s, tag)
            if other is not None:
                verbal.append(other)
    return _outermost(s, sorted([*found, *verbal], key=lambda a: (a.cue, a.sources)))


def _tagged_only(s: Sentence, tag: TaggedSpan) -> Attribution | None:
    """A cue that is no listed verb ("deadpanned"): it needs a source and a quotation beside it."""
    source = _nearest_source(s, tag)
    beside = any(
        len(words_in(s.text, part)) > SCARE_WORDS
        and (
            re.fullmatch(r"[,:] ?", s.text[tag.end : part.start])
            or (s.text[part.end - 2] in ",.!?" and 0 <= source.start - part.end <= 2)
        )
        for part in s.quoted
        if source is not None
    )
    if source is None or not beside or _is_nobody(s, source):
        return None
    return _attribution(tag, (source,), "", False, tag.score)


def _outermost(s: Sentence, found: list[Attribution]) -> list[Attribution]:
    """Without the attributions that lie in another's content; relayed ones stay, after what relays them."""
    kept: list[Attribution] = []
    outer: Attribution | None = None
    for attribution in found:
        begins = min(attribution.cue.start, attribution.sources[0].start)
        if attribution.follows:
            relays = attribution.verb in SOURCE_AFTER or attribution.verb in RELAYING
            if relays:
                kept.insert(0, attribution)
            else:
                # "A accused B, X said": all that X said lies before it.
                clause = max(s.text.rfind(";", s.span.start, begins), s.span.start)
                kept = [a for a in kept if a.cue.start < clause]
                kept.append(attribution)
            outer = None
            continue
        if outer is not None and outer.verb == ":":
            continue
        if outer is not None and attribution.sources != outer.sources and outer.verb not in RELAYING:
            between = s.text[outer.cue.end : begins] if begins > outer.cue.end else ""
            relative = _RELATIVE_CLAUSE.search(s.text, outer.cue.end, attribution.cue.start)
            if not relative and not _BREAK.search(between) and not _is_added(s, attribution):
                continue
        kept.append(attribution)
        outer = attribution
    return kept


def _is_added(s: Sentence, attribution: Attribution) -> bool:
    """Whether a relative clause adds who else says so: "a deal that X says is dead", "what X called a farce"."""
    opener = word_at(s, attribution.sources[0].start) - 1
    if opener < 1 or s.lower[opener] not in ("that", "which", "what", "whom"):
        return False
    return s.lower[opener - 1] not in CUE_VERBS and (attribution.verb == "say" or attribution.verb in NAMING)


def is_turn(s: Sentence, found: Sequence[Attribution], transcript: bool) -> bool:
    """Whether the sentence opens somebody's turn: "FALLIN: Well, …", or "Fallin: Well, …" in a transcript."""
    return any(
        a.verb == ":" and not a.follows and (transcript or s.text[s.span.start : a.cue.start].isupper())
        for a in found
    )
