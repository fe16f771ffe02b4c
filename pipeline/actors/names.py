"""Mentions that name an actor: known names, countries, capitals, persons and their short forms, bodies."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from pipeline.actors.countries import CountryWord
from pipeline.actors.entities import Entity
from pipeline.actors.keys import fold
from pipeline.actors.phrases import is_capital, is_generic, singular, split_name, title_tail, tokens
from pipeline.actors.reading import Reading, Resolution
from pipeline.actors.tables import ActorRow
from pipeline.actors.words import (
    ADDRESS,
    FEMALE_WORDS,
    MALE_WORDS,
    ORGANISATION_WORDS,
    PERSON_PLURALS,
    PRONOUNS,
    TITLES,
    UNCOUNTED_PLURALS,
)
from pipeline.records import ActorKind, How

_PARTICLES = frozenset(
    "al el de da del della di van von der den bin ibn la le du dos bint ben abu ter y e of".split()
)
_SUFFIXES = frozenset("jr jr. sr sr. ii iii iv".split())
# Last words of names that are firms' or funds' rather than persons'.
_ORGANISATION_TAILS = frozenset(
    "minerals mining partners capital foods pharma pharmaceuticals networks systems technologies solutions labs "
    "laboratories records entertainment pictures films logistics shipping resources brothers sons properties "
    "chemicals electric electronics telecom telecommunications semiconductor dynamics robotics analytics ventures "
    "securities asset assets management investments equity global international worldwide marines rangers guards "
    "asa ab ag gmbh sa s.a nv bv oy spa kk llp lp fm online weekly monthly review observer independent chronicle "
    "globe standard star sun mirror telegraph express mail dispatch courier echo witness initiative watch "
    "brigades tigers eagles lions united city rovers athletic street court hall hill house park place airport".split()
)


def clean_name(text: str) -> str:
    """A mention's text without a possessive ending or stray punctuation."""
    text = " ".join(text.split()).strip('"“”,;:()[] ')
    for ending in ("'s", "’s", "'", "’"):
        if text.endswith(ending) and len(text) > len(ending):
            return text[: -len(ending)].rstrip()
    return text


def is_pronoun(text: str) -> bool:
    """Whether the words are a pronoun; "US", "WHO" and "IT" in capitals are none."""
    return text.lower() in PRONOUNS and (text == "I" or not text.isupper())


def country_part(reading: Reading, index: int) -> Resolution | None:
    """A country's name, its people, its demonym or its capital: the country itself."""
    word = _country_word(reading, index, clean_name(reading.text(index)))
    if word is None:
        return None
    how: How = "name"
    if word.kind in ("demonym", "people") or reading.mentions[index].kind == "nationality":
        how = "demonym"
    elif word.kind == "capital":
        how = "metonym"
    return Resolution(reading.country_entity(word.code), how, 0.97, "country")


def _country_word(reading: Reading, index: int, text: str) -> CountryWord | None:
    """The country that words of a mention stand for, unless they are somebody's name there."""
    word = reading.countries.find(text)
    if word is None or word.kind in ("city", "region"):
        return None
    row = reading.actors.find(text)
    if row is not None and row.country != word.code and word.code not in reading.spoken:
        # "Brussels" is Belgium's government only where the article speaks of Belgium otherwise.
        return None
    if _is_person_name_there(reading, index, text):
        return None
    return replace(word, code=_disambiguated(reading, word.code, text))


def _disambiguated(reading: Reading, code: str, text: str) -> str:
    """Words that two states share go to the one that the article names otherwise."""
    if text in (
        "Korea",
        "Korean",
        "Koreans",
        "Congolese",
        "Congo",
        "the Congo",
        "Georgia",
        "Georgians",
        "Georgian",
    ):
        for other in _SHARED.get(code, ()):
            alone = reading.countries.capitals.get(other, "")
            name = reading.countries.names[other]
            if (alone in reading.article.text or name in reading.article.text) and not _spelled(
                reading, code, text
            ):
                return other
    return code


_SHARED = {"KOR": ("PRK",), "COD": ("COG",), "GEO": ()}


def _spelled(reading: Reading, code: str, text: str) -> bool:
    capital = reading.countries.capitals.get(code, "")
    name = reading.countries.names[code]
    return capital in reading.article.text or (name != text and name in reading.article.text)


def _is_person_name_there(reading: Reading, index: int, text: str) -> bool:
    """Whether a country word is somebody's name here: "Mr. Chad", "Jordan" after "Ann Jordan"."""
    tail = tokens(reading.gap_before(index))[-1:]
    if tail and tail[0].lower() in ("mr.", "mr", "ms.", "ms", "mrs.", "mrs", "dr.", "dr"):
        return True
    if " " in text:
        return False
    for mention in reading.mentions[:index]:
        words = mention.text.split()
        named_so = len(words) in (2, 3) and words[-1] == text and is_capital(words[0])
        if named_so and not is_generic(words[0]) and words[0] not in ("South", "North", "New"):
            return reading.countries.find(mention.text) is None
    return False


def known_part(reading: Reading, index: int) -> Resolution | None:
    """A name of the actor table, unless the text itself introduced somebody else by it."""
    row, titles = _known_row(reading, index, clean_name(reading.text(index)))
    if row is None:
        return None
    entity = reading.known_entity(row.id)
    entity.heads.update(titles)
    return Resolution(entity, row.how, 0.95, "known")


def _known_row(reading: Reading, index: int, text: str) -> tuple[ActorRow | None, list[str]]:
    """The row that words of a mention name, and the titles before the name."""
    titles: list[str] = []
    row = _spelled_row(reading, text)
    if row is None:
        titles, rest, _ = split_name(tokens(text), reading.countries)
        row = _spelled_row(reading, " ".join(rest)) if titles else None
        if row is not None and row.kind != "person":
            row = None
    if row is None or (row.common and not _speaks_of(reading, row.country)):
        return None, []
    if len(text.split()) == 1:
        other = person_by_short_name(reading, index, [text], titles)
        if other is not None and other.known_id != row.id and _goes_first(other, row, text):
            return None, []
    return row, titles


def _goes_first(other: Entity, row: ActorRow, word: str) -> bool:
    """Whether an actor of the text has a better claim to one word than the row of that name: "Roche" is nobody's
    firm after "Bastien Roche", but "Google" still is one after "Google Maps"."""
    return row.kind == "person" or (other.kind == "person" and _core(other.tokens)[-1:] == [fold(word)])


_INITIAL = re.compile(r"(?<=[\w.] )[A-Z]\. (?=[A-Z])")
_FIRM = re.compile(
    r",? (Inc|Corp|Co|Ltd|PLC|Plc|plc|LLC|AG|SA|NV|SE|SpA|AB|ASA|Corporation|Incorporated)\.?$"
)
# What may be left out of a name, and the kind of actor whose name it then is.
_OPTIONAL: tuple[tuple[re.Pattern[str], ActorKind], ...] = (
    (_INITIAL, "person"),
    (_FIRM, "organisation"),
    (re.compile(r"^[Aa]ll "), "group"),
)


def _spelled_row(reading: Reading, text: str) -> ActorRow | None:
    """The row of a name as it stands, of a person's without the middle initial where the text speaks of their
    country, of a firm's without its legal form, or of a group's after "all"."""
    row = reading.actors.find(text)
    if row is not None:
        return row
    for words, kind in _OPTIONAL:
        shorter = words.sub("", text)
        row = reading.actors.find(shorter) if shorter != text else None
        if row is not None and row.kind == kind and (kind != "person" or _speaks_of(reading, row.country)):
            return row
    return None


_JOINTS = re.compile(r",? and |, ")


def coordinated_part(reading: Reading, index: int) -> Resolution | None:
    """ "Gaborone and Pretoria", "both Turkey and Israel" in one mention: every one of those that it names."""
    text = clean_name(reading.text(index)).removeprefix("both ").removeprefix("Both ")
    if " and " not in text or _same_name(reading, tokens(text)) is not None:
        return None
    found: list[Callable[[], Entity]] = []
    for part in _JOINTS.split(text):
        listed = _listed(reading, index, clean_name(part))
        if listed is None:
            return None
        found.append(listed)
    # Only now, for the text holds none of them where it means another by the whole.
    members = tuple(dict.fromkeys(entity() for entity in found))
    return Resolution(reading.entities.collective(members), "collective", 0.9, "coordinated")


def _listed(reading: Reading, index: int, name: str) -> Callable[[], Entity] | None:
    """How to get the country, the known actor or the person of this text that a part of a mention names."""
    word = _country_word(reading, index, name)
    if word is not None and word.kind != "demonym":
        return partial(reading.country_entity, word.code)
    row, _ = _known_row(reading, index, name)
    if row is not None:
        return partial(reading.known_entity, row.id)
    titles, words, _ = name_key(name, reading)
    person = person_by_short_name(reading, index, words, titles)
    return None if person is None else lambda: person


def _speaks_of(reading: Reading, code: str | None) -> bool:
    """Whether the article's own words name this country, or no country at all."""
    return code in reading.spoken or not reading.spoken


def is_name(reading: Reading, index: int) -> bool:
    """Whether the words name an actor rather than describe one."""
    text = clean_name(reading.text(index))
    phrase = reading.phrases[index]
    words = [word for word in phrase.words if word not in ("'s", "’s", "'", "’")]
    if not words or is_pronoun(text):
        return False
    titles, rest, _ = split_name(words, reading.countries)
    if titles and rest:
        return True
    if phrase.possessor and phrase.head and not is_capital(phrase.words[-1]):
        return False
    lower_tail = words[-1][:1].islower() and not words[-1].startswith(("al-", "el-"))
    content = [word for word in rest if word.lower() not in ("of", "for", "and", "the", "de", "in", ",")]
    capitals = [word for word in content if is_capital(word)]
    if not capitals or (lower_tail and not phrase.after and len(content) > 1):
        # "Obama administration" describes; "Kabul municipality" too.
        return False
    if phrase.after and phrase.head and phrase.head in (word for word in words if word.islower()):
        return False
    if len(content) == 1 and reading.mentions[index].kind == "nominal" and _starts_sentence(reading, index):
        return False
    if (
        phrase.after
        and phrase.plural
        and _starts_sentence(reading, index)
        and not is_capital(words[1] if len(words) > 1 else "x")
    ):
        # "Observers from the OSCE": only the sentence's start makes the capital.
        return False
    if (
        len(words) == 1
        and phrase.plural
        and _starts_sentence(reading, index)
        and not _capital_elsewhere(reading, words[0])
    ):
        return False
    if phrase.determiner in ("a", "an") or phrase.determiner in (
        "two",
        "three",
        "four",
        "several",
        "many",
        "some",
    ):
        return False
    specific = [word for word in capitals if not is_generic(word) and word.lower() not in PERSON_PLURALS]
    specific = [word for word in specific if len(content) == 1 or reading.countries.find(word) is None]
    if not specific:
        # "the Foreign Ministry", "Supreme Court", "The President" describe.
        return False
    return not (len(content) == 1 and _starts_sentence(reading, index) and content[0].lower() in _COMMON)


def _capital_elsewhere(reading: Reading, word: str) -> bool:
    """Whether the text writes a word with a capital within a sentence too, as it does names."""
    return re.search(r"[\w,;] " + re.escape(word) + r"\b", reading.article.text) is not None


_COMMON = (
    UNCOUNTED_PLURALS
    | PERSON_PLURALS
    | ORGANISATION_WORDS
    | TITLES
    | frozenset(
        "protesters demonstrators critics supporters opponents analysts experts voters residents villagers rebels "
        "militants gunmen insurgents lawyers prosecutors students workers farmers investors economists activists "
        "journalists reporters relatives others parents doctors teachers unions campaigners both neither each all none "
        "nobody everybody everyone someone somebody lawmakers aides survivors observers".split()
    )
)


def _starts_sentence(reading: Reading, index: int) -> bool:
    statement = reading.statement(index)
    if statement is None:
        return reading.places[index].start == 0
    return not reading.article.text[statement.start : reading.places[index].start].strip(" \"“‘'")


def name_key(text: str, reading: Reading) -> tuple[list[str], list[str], str | None]:
    """(titles, name words, country of the title) of a name, possessive endings and determiners off."""
    return split_name(tokens(clean_name(text)), reading.countries)


def name_part(reading: Reading, index: int) -> Resolution | None:
    """A name that no table knows: the actor of this text whose name it shortens or repeats, else a new one."""
    if not is_name(reading, index):
        return None
    titles, words, code = name_key(reading.text(index), reading)
    titles = titles or [word for word in title_tail(tokens(reading.gap_before(index))) if word != "the"]
    entity = person_by_short_name(reading, index, words, titles) or _same_name(reading, words)
    if entity is None:
        entity = _acronym(reading, words)
    confidence = 0.85 if entity else 0.8
    if entity is None:
        kind: ActorKind = "unknown"
        if looks_like_person(reading, index, words, titles):
            kind = "person"
        elif looks_like_body(reading, index, words):
            kind = "organisation"
        entity = reading.entities.new(
            _as_written(reading.text(index), words), kind, named=True, tokens=tuple(words)
        )
        if kind != "person":
            entity.heads.update(
                singular(word.lower()) for word in words if word.lower() in ORGANISATION_WORDS
            )
            entity.modifiers.update(word.lower() for word in words)
            if (
                is_capital(words[-1])
                and words[-1].lower().endswith("s")
                and words[-1].lower() not in ORGANISATION_WORDS
            ):
                entity.plural = len(words) == 1 or words[-1].lower() in PERSON_PLURALS
            found = next(iter(reading.countries.scan(words)), None)
            code_of_body = _mother_body(reading, words)
            if code_of_body is not None:
                entity.country, entity.country_known = code_of_body, True
            elif found is not None and len(words) > 1:
                entity.country, entity.country_known = found.word.code, True
    elif entity.known_id is None and len(words) > len(entity.tokens):
        entity.name, entity.tokens = _as_written(reading.text(index), words), tuple(words)
    note_titles(entity, titles)
    if code and not entity.country_known:
        entity.country, entity.country_known = code, True
    return Resolution(entity, "name", confidence, "name")


def _mother_body(reading: Reading, words: list[str]) -> str | None:
    """The body that a longer name begins with: "UN" of "UN Mission in South Sudan"; states are read elsewhere."""
    for length in range(min(3, len(words) - 1), 0, -1):
        row = reading.actors.find(" ".join(words[:length]))
        if row is not None and row.country is not None and row.country not in reading.countries.names:
            return row.country
    return None


def _as_written(text: str, words: list[str]) -> str:
    """The name as the text spells it from its first word on, initials and quotation marks included."""
    text = clean_name(text)
    at = text.find(words[0])
    return text[at:] if at >= 0 else " ".join(words)


def note_titles(entity: Entity, titles: list[str]) -> None:
    """Learn from an actor's titles: what it may be called, and its gender where the title tells."""
    for word in titles:
        if word in MALE_WORDS and entity.gender is None:
            entity.gender = "male"
        elif word in FEMALE_WORDS and entity.gender is None:
            entity.gender = "female"
    found = [word.rstrip(".") for word in titles]
    if any(word in TITLES or word in ADDRESS for word in titles):
        if entity.kind == "unknown":
            entity.kind = "person"
        entity.heads.update(_LONG.get(word, word) for word in found if word in TITLES or word in _LONG)
        entity.modifiers.update(found)


_LONG = {"sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "col": "colonel"}


def looks_like_person(reading: Reading, index: int, words: list[str], titles: list[str]) -> bool:
    """Titles, initials or the shape of the name say that it is a person's."""
    if titles:
        return True
    low = [word.lower() for word in words]
    if any(word in ORGANISATION_WORDS for word in low) or low[-1] in _ORGANISATION_TAILS:
        return False
    before = tokens(reading.gap_before(index))
    text = reading.text(index)
    if text[:4].lower() == "the " or (before and before[-1].lower() in ("the",)):
        return False
    if title_tail(before):
        return True
    if any(word in ("of", "and", "for", "&") for word in low) or any(
        word.isupper() and len(word) > 2 for word in words
    ):
        return False
    if 2 <= len(words) <= 5 and all(
        is_capital(word) or word.lower() in _PARTICLES or word.startswith(("al-", "el-")) for word in words
    ):
        placed = next(iter(reading.countries.scan(words)), None)
        return placed is None or (len(words) == 2 and reading.countries.find(words[0]) is None)
    return False


def looks_like_body(reading: Reading, index: int, words: list[str]) -> bool:
    low = [word.lower() for word in words]
    before = tokens(reading.gap_before(index))
    return (
        any(word in ORGANISATION_WORDS for word in low)
        or any(word in ("of", "and", "for", "&") for word in low)
        or reading.text(index)[:4].lower() == "the "
        or bool(before and before[-1].lower() == "the")
        or any(word.isupper() and len(word) > 1 for word in words)
        or len(words) > 1
    )


def _core(words: tuple[str, ...] | list[str]) -> list[str]:
    return [fold(word) for word in words if word.lower() not in _SUFFIXES]


def person_by_short_name(reading: Reading, index: int, words: list[str], titles: list[str]) -> Entity | None:
    """The person of this text whose name these words shorten: a surname, a given name, or all but a middle one.

    Of two bearers of a surname the one last mentioned counts, unless a title fits the other alone.
    """
    short = _core(words)
    if not short:
        return None
    found: list[Entity] = []
    for entity in reading.entities.all:
        if entity.kind not in ("person", "unknown") or not entity.tokens:
            continue
        full = _core(entity.tokens)
        if full == short or _shortens(short, full) or (entity.kind == "person" and _shortens(full, short)):
            found.append(entity)
    if not found:
        return None
    if len(found) > 1 and titles:
        fitting = [one for one in found if one.heads & {title.rstrip(".") for title in titles}]
        found = fitting or found
    exact = [one for one in found if _core(one.tokens) == short]
    pool = exact or found
    return max(pool, key=lambda one: one.named_at)


def _shortens(short: list[str], full: list[str]) -> bool:
    """Whether one name is a short form of another: its last part, its first, or first and last."""
    if len(short) >= len(full):
        return False
    if len(short) == 1:
        word = short[0]
        return (
            word == full[-1]
            or (word == full[0] and len(word) > 1)
            or any(word == part for part in full if len(part) > 3)
        )
    if short == full[-len(short) :] or short == full[: len(short)]:
        return True
    return short[0] == full[0] and short[-1] == full[-1]


def _same_name(reading: Reading, words: list[str]) -> Entity | None:
    """A body of this text that goes by the same words, or by more of them."""
    short = _core(words)
    wanted = set(short)
    best: Entity | None = None
    for entity in reading.entities.all:
        if entity.kind in ("person", "country") or not entity.tokens:
            continue
        full = _core(entity.tokens)
        if full == short:
            return entity
        if entity.known_id is None and (
            full[: len(short)] == short
            or (len(short) > 1 and (full[-len(short) :] == short or wanted < set(full)))
            or (len(full) > 1 and set(full) < wanted and full[0] == short[0])
        ):
            best = entity
    return best


def _acronym(reading: Reading, words: list[str]) -> Entity | None:
    """ "ICJ" for a body whose capitals spell it, or the other way round."""
    if len(words) == 1 and words[0].replace(".", "").isupper() and 2 <= len(words[0].replace(".", "")) <= 6:
        letters = words[0].replace(".", "")
        for entity in reading.entities.all:
            if entity.kind != "person" and len(entity.tokens) > 1 and _initials(entity.tokens) == letters:
                return entity
    elif len(words) > 1:
        letters = _initials(words)
        for entity in reading.entities.all:
            if (
                entity.kind != "person"
                and len(entity.tokens) == 1
                and entity.tokens[0].replace(".", "") == letters
            ):
                return entity
    return None


def _initials(words: tuple[str, ...] | list[str]) -> str:
    return "".join(word[0] for word in words if is_capital(word))
