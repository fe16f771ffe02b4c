"""A mention's words taken apart: determiner, possessor, modifiers, head, what follows; titles cut from names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.actors.countries import CountryTable
from pipeline.actors.words import (
    ADDRESS,
    ADJECTIVES,
    COUNTRY_NOUNS,
    COUNTS,
    DETERMINERS,
    HOME_PREPOSITIONS,
    INDEFINITE,
    NEVER_PLURAL,
    ORGANISATION_WORDS,
    POSSESSIVES,
    PREPOSITIONS,
    TITLES,
    UNCOUNTED_PLURALS,
)

# Initials keep their full stop ("U.S.", "Sen.", "J."); a possessive ending is a token of its own.
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[.&/\-–’'](?!s\b)[^\W_]+)*(?:\.(?=\s))?|['’]s\b|['’]|[,;:()&\[\]\"“”—–-]"
)
_GENERIC = TITLES | ADDRESS | ADJECTIVES | ORGANISATION_WORDS | COUNTRY_NOUNS
# Words that sit within a long title before a name: "Secretary of State for Foreign Affairs".
_TITLE_GLUE = frozenset(
    "of for and the in de la affairs state interior to on at cabinet chief council".split()
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The anatomy of a nominal. ``country`` comes from its own words, None where they name none.

    ``determiner`` is its first word in lower case if that is one; ``possessor`` the words before "'s", or
    a possessive pronoun; ``modifiers`` and ``head`` are in lower case; ``after`` holds the words that
    follow the head. ``countries`` lists every country word of the part up to the head, ``homes`` those after.
    """

    words: tuple[str, ...]
    determiner: str
    possessor: str
    modifiers: tuple[str, ...]
    head: str
    after: tuple[str, ...]
    country: str | None
    countries: tuple[str, ...]
    homes: tuple[str, ...]
    plural: bool
    indefinite: bool
    count: int | None
    proper: bool

    @property
    def title(self) -> bool:
        return self.head in TITLES


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def token_spans(text: str) -> list[tuple[int, str]]:
    """Each word with its offset; a possessive ending is a word of its own."""
    return [(match.start(), match[0]) for match in _TOKEN.finditer(text)]


def is_capital(word: str) -> bool:
    return word[:1].isupper()


def is_generic(word: str) -> bool:
    """Whether a word only describes: an office, a kind of body, an adjective of either."""
    return word.lower() in _GENERIC


def singular(word: str) -> str:
    """A noun in the singular, well enough to compare heads."""
    if word in UNCOUNTED_PLURALS or word in NEVER_PLURAL or len(word) < 4:
        return {"men": "man", "women": "woman"}.get(word, word)
    if word.endswith("men"):
        return word[:-3] + "man"
    if word.endswith("women"):
        return word[:-5] + "woman"
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def is_plural(word: str) -> bool:
    if word in UNCOUNTED_PLURALS:
        return True
    return word not in NEVER_PLURAL and (
        (word.endswith("s") and not word.endswith(("ss", "us", "is"))) or word.endswith("men")
    )


def _is_participle(lower: Sequence[str], index: int) -> bool:
    """ "people briefed on", "soldiers guarding": what follows a plural noun and looks like a verb form."""
    word = lower[index]
    return word.endswith(("ed", "ing")) and word not in _NO_PARTICIPLES and is_plural(lower[index - 1])


_NO_PARTICIPLES = frozenset("red wing king being thing building meeting bed seed speed breed".split())


def analyse(text: str, table: CountryTable) -> Phrase:
    """Take a mention's words apart. Never fails: a mention without a word has an empty head."""
    words = tokens(text)
    lower = [word.lower() for word in words]
    at = 0
    determiner = ""
    count = None
    while at < len(words) - 1 and (lower[at] in DETERMINERS or lower[at].replace(",", "").isdigit()):
        determiner = determiner or lower[at]
        count = COUNTS.get(lower[at], count)
        at += 1
        if lower[at] == "of" and at < len(words) - 1:
            at += 1
    possessor = ""
    if at < len(words) - 1 and lower[at] in POSSESSIVES:
        possessor = lower[at]
        at += 1
    found = list(table.scan(words))
    joined = {one.last for one, other in pairwise(found) if one.last + 1 == other.first}
    cut = len(words)
    for index in range(at, len(words)):
        if index in joined and lower[index] in ("and", "or"):
            # "Thai and Lao officials" is one phrase.
            continue
        if index > at and (
            lower[index] in PREPOSITIONS or words[index] in ("(", '"') or _is_participle(lower, index)
        ):
            # "chairman of the bank": the head stands before; "secretary of state" keeps its own.
            cut = index
            break
    for index in range(at, cut):
        if lower[index] in ("'s", "’s", "'", "’") and index + 1 < cut:
            possessor = " ".join(words[at:index]) or possessor
    owned = at
    if possessor and possessor not in POSSESSIVES:
        owned = max(i for i in range(at, cut) if lower[i] in ("'s", "’s", "'", "’") and i + 1 < cut) + 1
    body = [index for index in range(owned, cut) if lower[index] not in ("'s", "’s", "'", "’")]
    head = lower[body[-1]] if body else (lower[-1] if lower else "")
    modifiers = tuple(lower[index] for index in body[:-1])
    inside = [one for one in found if one.last <= cut]
    country = inside[0].word.code if inside else None
    if country is None:
        for one in found:
            opener = next(
                (lower[i] for i in range(one.first - 1, cut - 1, -1) if lower[i] in PREPOSITIONS), ""
            )
            if opener in HOME_PREPOSITIONS:
                country = one.word.code
                break
    proper = any(is_capital(words[index]) and not is_generic(words[index]) for index in body[:-1]) or bool(
        body and is_capital(words[body[-1]]) and not is_generic(words[body[-1]])
    )
    return Phrase(
        words=tuple(words),
        determiner=determiner,
        possessor=possessor,
        modifiers=modifiers,
        head=head,
        after=tuple(lower[cut:]),
        country=country,
        countries=tuple(dict.fromkeys(one.word.code for one in inside)),
        homes=tuple(dict.fromkeys(one.word.code for one in found if one.first >= cut)),
        plural=is_plural(head) or determiner in ("hundreds", "thousands", "dozens", "millions"),
        indefinite=determiner in INDEFINITE or determiner.isdigit(),
        count=count,
        proper=proper,
    )


def split_name(words: Sequence[str], table: CountryTable) -> tuple[list[str], list[str], str | None]:
    """A name's words cut into (title words in lower case, name words, country named by the title).

    "Chinese Foreign Minister Wang Yi" → (["foreign", "minister"], ["Wang", "Yi"], "CHN"). What has no
    title, or nothing but titles, comes back whole as the name.
    """
    words = [word for word in words if word not in ("'s", "’s", "'", "’")]
    at = 1 if words and words[0].lower() in ("the", "a", "an") else 0
    country: str | None = None
    cut = at
    titles: list[str] = []
    pending: list[str] = []
    starts = {one.first: one for one in table.scan(words)}
    index = at
    while index < len(words):
        word = words[index].lower()
        if word in ADDRESS or word in TITLES:
            pending.append(word)
            index += 1
            titles += pending
            pending = []
            cut = index
            continue
        place = starts.get(index)
        if place is not None and place.last < len(words):
            country = country or place.word.code
            index = place.last
            continue
        if word in ADJECTIVES or word in _TITLE_GLUE or word == ",":
            pending.append(word)
            index += 1
            continue
        break
    rest = words[cut:]
    if cut == at or not rest or not is_capital(rest[0]) or rest[0].lower() in ORGANISATION_WORDS:
        return [], list(words[at:]), None
    return titles, rest, country


def title_tail(words: Sequence[str]) -> list[str]:
    """The title words that end a stretch of text right before a name, in lower case; none if it has no title.

    "told reporters that Foreign Minister" → ["foreign", "minister"].
    """
    found: list[str] = []
    titled = False
    for word in reversed(words):
        low = word.lower()
        if low in TITLES or low in ADDRESS:
            titled = True
        elif not (low in ADJECTIVES or low in _TITLE_GLUE or (low == "," and not found)):
            break
        if low != ",":
            found.append(low)
    return found[::-1] if titled else []
