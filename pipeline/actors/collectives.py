"""Mentions of several actors: "both leaders", "the two countries", "Chinese and Russian officials"."""

from dataclasses import replace
from itertools import pairwise

from pipeline.actors.entities import Entity
from pipeline.actors.members import Wanted, choose_members
from pipeline.actors.names import clean_name
from pipeline.actors.nominals import possessor_of
from pipeline.actors.phrases import Phrase, singular, tokens
from pipeline.actors.reading import Reading, Resolution
from pipeline.actors.words import (
    ADJECTIVES,
    COUNTRY_NOUNS,
    COUNTRY_PLURALS,
    COUNTS,
    HOME_PREPOSITIONS,
    ORGANISATION_WORDS,
    PERSON_PLURALS,
    POSSESSIVES,
    SIDE_PLURALS,
    TITLES,
)

_ONE_OF_TWO = frozenset("both neither either each".split())
_TWO_WORDS = frozenset(
    ["each other", "one another", "both", "neither", "either", "the two", "the pair", "the duo"]
)
_EACH_OTHER = frozenset(["each other", "one another"])
# What takes up a collective that its sentence has named already.
_TAKES_UP = _EACH_OTHER | frozenset(
    ["both", "neither", "each", "either", "both of them", "neither of them", "each of them", "all three"]
)
# Which part of an enumeration is meant.
_ORDINALS = {"first": 1, "former": 1, "last": -1, "latter": -1}
# Two who are so called are one another's: those of somebody never include him.
_RELATED = frozenset(
    "neighbour neighbor ally partner rival foe enemy adversary opponent member friend suitor colleague counterpart "
    "guest host backer sponsor donor creditor supplier".split()
)
_SIDES = frozenset("side party camp delegation team panel negotiator".split())


def collective_part(reading: Reading, index: int) -> Resolution | None:
    """A mention whose words say that it means two or more of the actors before."""
    phrase = reading.phrases[index]
    members = _taken_up(reading, index) or _of_enumeration(reading, index) or _apposed(reading, index)
    if members is not None:
        return Resolution(reading.entities.collective(members), "collective", 0.8, "collective")
    named = phrase.countries if len(phrase.countries) > 1 else phrase.homes
    if not phrase.homes and phrase.plural and not phrase.countries:
        named = _after(reading, index) or _after_collective(reading, index)
    if len(named) > 1 and phrase.plural:
        return _officials_of(reading, phrase, named)
    owner = _owner(reading, index)
    if owner is not None and owner.members and phrase.plural:
        return _owned_by_several(reading, phrase, owner)
    wanted = _wanted(reading, index, owner)
    if wanted is None:
        return None
    members = choose_members(reading, index, wanted)
    if members is None:
        return None
    return Resolution(reading.entities.collective(members), "collective", 0.7, "collective")


def _wanted(reading: Reading, index: int, owner: Entity | None) -> Wanted | None:
    """What a mention's words ask of its members; None where it is no collective, or names what it is itself."""
    low = clean_name(reading.text(index)).lower()
    phrase = reading.phrases[index]
    tagged = reading.mentions[index].kind == "collective"
    count = _count(reading, index, low, phrase)
    if count is None and (not tagged or phrase.country is not None):
        return None
    if phrase.indefinite and phrase.determiner in ("two", "three", "four") and not tagged:
        return None
    if phrase.determiner in ("many", "several", "some"):
        return None
    head = singular(phrase.head)
    if low in _TWO_WORDS or (" of " in low and phrase.head in ("them", "these", "two", "both", "neither")):
        kind = "any"
    elif phrase.head in COUNTRY_PLURALS or head in COUNTRY_NOUNS or head == "government":
        kind = "country"
    elif phrase.head in PERSON_PLURALS or head in TITLES:
        kind = "person"
    elif phrase.head in SIDE_PLURALS or head in _SIDES:
        kind = "any"
    elif head in ORGANISATION_WORDS:
        kind = "organisation"
    elif tagged or phrase.determiner in ("both", "neither", "either", "the"):
        kind = "any"
    else:
        return None
    states = [
        reading.countries.described[singular(word)]
        for word in (*phrase.modifiers, phrase.head)
        if singular(word) in reading.countries.described
    ]
    return Wanted(
        kind,
        head,
        count,
        states=frozenset.intersection(*states) if states else None,
        without=owner if head in _RELATED else None,
    )


def _count(reading: Reading, index: int, low: str, phrase: Phrase) -> int | None:
    """How many actors a mention's words speak of."""
    before = [word.lower() for word in tokens(reading.gap_before(index))][-1:]
    if low in _TWO_WORDS or low.startswith(("both of", "neither of", "either of", "the two of")):
        return 2
    if low in ("the three", "all three"):
        return 3
    if phrase.determiner in _ONE_OF_TWO or (before and before[0] in _ONE_OF_TWO):
        return 2
    if low in ("the parties", "the sides", "the delegations"):
        return 2
    between = bool(before) and before[0] == "between" and phrase.determiner in ("the", "")
    if between and phrase.head in SIDE_PLURALS | COUNTRY_PLURALS | PERSON_PLURALS:
        return 2
    return phrase.count


def _taken_up(reading: Reading, index: int) -> tuple[Entity, ...] | None:
    """ "Each other", "neither": the collective that the sentence has named before."""
    if clean_name(reading.text(index)).lower() not in _TAKES_UP:
        return None
    at = index - 1
    while at >= 0 and reading.places[at].sentence == reading.places[index].sentence:
        entity = reading.entity(at)
        if entity is not None and entity.members:
            return entity.members
        at -= 1
    return None


def _of_enumeration(reading: Reading, index: int) -> tuple[Entity, ...] | None:
    """ "The first two", "the latter two": that many from an end of the latest enumeration."""
    words = [word.lower() for word in reading.phrases[index].words]
    if len(words) < 3 or words[0] != "the" or words[1] not in _ORDINALS or words[2] not in COUNTS:
        return None
    size = COUNTS[words[2]]
    near = [
        entity.members
        for entity in reading.entities.latest(12)
        if reading.places[index].sentence - entity.places[-1].sentence <= 2 and len(entity.members) >= size
    ]
    # A longer enumeration, if there is one: "the first two" may stand between it and "the last two".
    members = next((one for one in near if len(one) > size), near[0] if near else None)
    if members is None:
        return None
    return members[:size] if _ORDINALS[words[1]] > 0 else members[-size:]


def _apposed(reading: Reading, index: int) -> tuple[Entity, ...] | None:
    """The names right after a collective: "two members of the committee, Amy Strand and Luis Obregón"."""
    phrase = reading.phrases[index]
    if not phrase.plural or phrase.count is None:
        return None
    found: list[Entity] = []
    for at in range(index + 1, min(index + 2 + phrase.count, len(reading.places))):
        if reading.places[at].sentence != reading.places[index].sentence:
            break
        gap = reading.gap_before(at).strip()
        named = reading.resolutions[at]
        if named is None or named.how != "name" or named.entity is None:
            break
        opens = not found and gap.endswith(",") and (gap == "," or gap.startswith("of "))
        if opens or (found and gap in (",", "and", ", and")):
            found.append(named.entity)
        elif found or not gap.startswith(("of", "from", "in")):
            break
        if len(found) == phrase.count:
            return tuple(found)
    return None


def _owner(reading: Reading, index: int) -> Entity | None:
    """Whose several actors these are, where the words say so."""
    phrase = reading.phrases[index]
    if not phrase.plural or (phrase.possessor and phrase.possessor not in POSSESSIVES):
        return None
    return possessor_of(reading, index)


def _owned_by_several(reading: Reading, phrase: Phrase, owner: Entity) -> Resolution | None:
    """ "Their countries", "both sides' armies": the countries of each owner, or each one's own such people."""
    codes = tuple(dict.fromkeys(member.country for member in owner.members if member.country))
    if len(codes) < 2:
        return None
    if phrase.head in COUNTRY_PLURALS:
        members = tuple(reading.country_entity(code) for code in codes)
        return Resolution(reading.entities.collective(members), "collective", 0.8, "owners' countries")
    return _officials_of(reading, phrase, codes)


def _after_collective(reading: Reading, index: int) -> tuple[str, ...]:
    """The countries of "officials [of the two countries]", the states being named by the text before."""
    phrase = reading.phrases[index]
    after = phrase.after or [word.lower() for word in tokens(reading.rest_of_sentence(index, 40))]
    if len(after) < 3 or after[0] not in HOME_PREPOSITIONS:
        return ()
    count = COUNTS.get(after[1]) or (COUNTS.get(after[2]) if after[1] == "the" else None)
    if count is None or not any(word in COUNTRY_PLURALS | SIDE_PLURALS for word in after[2:4]):
        return ()
    members = choose_members(reading, index, Wanted("country", "country", count)) or ()
    return tuple(member.country for member in members if member.country)


def _after(reading: Reading, index: int) -> tuple[str, ...]:
    """The countries of "the armies [of India and Pakistan]", which follow the mention."""
    rest = reading.rest_of_sentence(index, 60)
    if not rest.startswith((" of ", " from ")):
        return ()
    words = tokens(rest)
    found = list(reading.countries.scan(words))
    ends = [word.lower() for word in words]
    if len(found) < 2 or found[0].first > 2:
        return ()
    codes = [found[0].word.code]
    for one, other in pairwise(found):
        between = ends[one.last : other.first]
        if not between or any(word not in ("and", ",", "the") for word in between):
            break
        codes.append(other.word.code)
    return tuple(codes) if len(codes) > 1 else ()


def _officials_of(reading: Reading, phrase: Phrase, codes: tuple[str, ...]) -> Resolution:
    """ "Chinese and Russian officials": officials of each country."""
    members = []
    for code in codes:
        adjective = reading.countries.demonyms.get(code, reading.countries.names.get(code, code))
        name = f"{adjective} {phrase.head}"
        entity = next((one for one in reading.entities.all if one.name == name), None)
        if entity is None:
            entity = reading.entities.new(
                name,
                "group",
                country=code,
                country_known=True,
                plural=True,
                heads={phrase.head, singular(phrase.head)},
            )
        members.append(entity)
    return Resolution(reading.entities.collective(tuple(members)), "collective", 0.8, "officials of each")


def note_coordination(reading: Reading, index: int) -> None:
    """Remember "Armenia and Azerbaijan" as a pair that "they" or "both" may mean later."""
    chain = [index]
    while len(chain) < 8:
        previous = _joined_before(reading, chain[-1], final=len(chain) == 1)
        if previous is None:
            break
        chain.append(previous)
    if len(chain) < 2:
        return
    members: list[Entity] = []
    for one in reversed(chain):
        entity = reading.entity(one)
        if entity is None or entity.members:
            return
        if entity not in members:
            members.append(entity)
    if len(members) < 2 or len({member.is_person for member in members}) > 1:
        return
    pair = reading.entities.collective(tuple(members))
    # The pair stands where its first member does, and is as recent as its last.
    reading.entities.touch(pair, replace(reading.places[chain[-1]], mention=index))


def _joined_before(reading: Reading, index: int, final: bool) -> int | None:
    """The mention joined to this one by "and" (or by a comma, further up an enumeration)."""
    first = index
    previous = reading.previous_in_sentence(first)
    while previous is not None:
        # "Liang and [Russian] President Velichko": the adjective belongs to the name after it.
        found = reading.resolutions[previous]
        words = [word.lower() for word in tokens(reading.gap_before(first))]
        adjective = (
            found is not None
            and found.how == "demonym"
            and found.entity is not None
            and not found.entity.plural
        )
        if adjective and words and all(_in_title(word) for word in words) and first == index:
            first, previous = previous, reading.previous_in_sentence(previous)
            continue
        break
    if previous is None or reading.places[previous].quoted != reading.places[index].quoted:
        return None
    words = [word.lower() for word in tokens(reading.gap_before(first))]
    while words and words[0] in ("'s", ","):
        words = words[1:] or [","]
        if words == [","]:
            break
    if (final and "and" not in words) or len(words) > 6:
        return None
    if any(
        not _in_title(word) and word not in ("and", "the", ",", "its", "his", "her", "both") for word in words
    ):
        return None
    return previous


def _in_title(word: str) -> bool:
    return word in TITLES or word in ADJECTIVES or word == "of"
