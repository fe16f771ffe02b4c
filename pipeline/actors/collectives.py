"""Mentions of several actors: "both leaders", "the two countries", "Chinese and Russian officials"."""

from dataclasses import replace
from itertools import pairwise

from pipeline.actors.entities import Entity
from pipeline.actors.names import clean_name
from pipeline.actors.phrases import Phrase, singular, tokens
from pipeline.actors.reading import Choice, Reading, Resolution
from pipeline.actors.salience import Features, best_of
from pipeline.actors.words import (
    ADJECTIVES,
    COUNTRY_NOUNS,
    COUNTRY_PLURALS,
    ORGANISATION_WORDS,
    PERSON_PLURALS,
    SIDE_PLURALS,
    TITLES,
)

# How far back members are looked for.
_LOOK_BACK = 24
# How many actors of a kind are paired with one another.
_SINGLES = 8
_LEADERS = frozenset("president premier minister chancellor king queen emperor emir sultan leader".split())
_ONE_OF_TWO = frozenset("both neither either each".split())
_TWO_WORDS = frozenset(
    ["each other", "one another", "both", "neither", "either", "the two", "the pair", "the duo"]
)
_GENERIC_LEADERS = frozenset(
    "leader man woman politician official head chief rival colleague friend contender".split()
)


def collective_part(reading: Reading, index: int) -> Resolution | None:
    """A mention whose words say that it means two or more of the actors before."""
    text = clean_name(reading.text(index))
    low = text.lower()
    phrase = reading.phrases[index]
    tagged = reading.mentions[index].kind == "collective"
    count = phrase.count
    before = [word.lower() for word in tokens(reading.gap_before(index))][-1:]
    spread = bool(before) and before[0] in _ONE_OF_TWO
    if low in _TWO_WORDS or low.startswith(("both of", "neither of", "either of", "the two of")):
        count = 2
    elif low in ("the three", "all three"):
        count = 3
    elif (
        phrase.determiner in _ONE_OF_TWO
        or spread
        or (
            phrase.words[:1]
            and phrase.words[0].lower() == "the"
            and low in ("the parties", "the sides", "the delegations")
        )
    ):
        count = 2
    named = phrase.countries if len(phrase.countries) > 1 else phrase.homes
    if not phrase.homes and phrase.plural and not phrase.countries:
        named = _after(reading, index)
    if len(named) > 1 and phrase.plural:
        return _officials_of(reading, phrase, named)
    if count is None and not tagged:
        return None
    if count is None and phrase.country is not None:
        return None
    head = singular(phrase.head)
    if low in _TWO_WORDS or (" of " in low and phrase.head in ("them", "these", "two", "both", "neither")):
        wanted = "any"
    elif (
        phrase.head in COUNTRY_PLURALS
        or head in COUNTRY_NOUNS
        or phrase.head in ("government", "governments")
    ):
        wanted = "country"
    elif phrase.head in PERSON_PLURALS or head in TITLES:
        wanted = "person"
    elif phrase.head in SIDE_PLURALS or head in ("side", "party", "camp", "delegation", "team"):
        wanted = "any"
    elif head in ORGANISATION_WORDS:
        wanted = "organisation"
    elif tagged or (count and phrase.determiner in ("both", "neither", "either", "the")):
        wanted = "any"
    else:
        return None
    if phrase.indefinite and phrase.determiner in ("two", "three", "four") and not tagged:
        return None
    if phrase.determiner in ("many", "several", "some"):
        return None
    size = count or 2
    members = _members(reading, index, wanted, head, size)
    if members is None:
        return None
    return Resolution(reading.entities.collective(members), "collective", 0.7, "collective")


def _fits(entity: Entity, kind: str) -> bool:
    if entity.members or entity.kind == "author":
        return False
    if kind == "country":
        return entity.is_state or (
            entity.kind == "organisation" and entity.country is not None and entity.name == entity.country
        )
    if kind == "person":
        return entity.is_person and not entity.plural
    return not entity.is_person and not entity.is_state


def _members(reading: Reading, index: int, wanted: str, head: str, size: int) -> tuple[Entity, ...] | None:
    """The members that a collective of this size stands for: the best ranked pair, or the latest so many."""
    latest = [entity for entity in reading.entities.latest(_LOOK_BACK) if entity.places[-1].mention < index]
    kinds = {"country": ("country",), "person": ("person",), "organisation": ("organisation", "country")}.get(
        wanted, ("country", "person", "organisation")
    )
    if size != 2:
        return _many(reading, latest, kinds, size)
    candidates: list[tuple[tuple[Entity, ...], Features]] = []
    for kind in kinds:
        singles = [entity for entity in latest if _fits(entity, kind)][:_SINGLES]
        if kind == "country" and len(singles) < size:
            singles = _countries_of(reading, latest)[:_SINGLES]
        for at, first in enumerate(singles):
            for second in singles[at + 1 :]:
                features = _pair_features(reading, index, (first, second), kind, wanted, head)
                candidates.append((_in_order([first, second]), features))
    if not candidates:
        return None
    if reading.trace is not None:
        reading.trace.append(Choice("pair", index, candidates))
    chosen, _ = best_of("pair", candidates)
    return chosen


def _many(
    reading: Reading, latest: list[Entity], kinds: tuple[str, ...], size: int
) -> tuple[Entity, ...] | None:
    """Three or more: a collective of that size said before, else the latest ones of one kind."""
    for entity in latest:
        if len(entity.members) == size:
            return entity.members
    for kind in kinds:
        found = [entity for entity in latest if _fits(entity, kind)]
        if kind == "country" and len(found) < size:
            found = _countries_of(reading, latest)
        if len(found) >= size:
            return _in_order(found[:size])
    return None


def _codes_here(reading: Reading, index: int) -> tuple[str | None, str | None]:
    """The country of the statement's source and of the actor that leads the sentence, where they stand before."""
    speaking = leading = None
    at = index - 1
    while at >= 0 and reading.places[at].sentence == reading.places[index].sentence:
        entity = reading.entity(at)
        if entity is not None and not entity.members:
            if reading.places[at].source:
                speaking = entity.country
            leading = entity.country
        at -= 1
    return speaking, leading


def _pair_features(
    reading: Reading, index: int, pair: tuple[Entity, Entity], kind: str, wanted: str, head: str
) -> Features:
    """What speaks for two actors being "the two": how near, how often, how often together."""
    place = reading.places[index]
    homes = reading.homes
    distances = sorted(
        min(4, place.sentence - entity.places[-1].sentence) if entity.places else 4 for entity in pair
    )
    features: Features = {
        f"nearer {distances[0]}": 1.0,
        f"farther {distances[1]}": 1.0,
        f"{wanted}: {kind}": 1.0,
    }
    sentences = [{one.sentence for one in entity.places} for entity in pair]
    together = sentences[0] & sentences[1]
    features["together"] = min(len(together), 4) / 4
    if together:
        features[f"last together {min(4, place.sentence - max(together))}"] = 1.0
    key = tuple(sorted(entity.index for entity in pair))
    known = reading.entities.collectives.get(key)
    if known is not None and known.places:
        features["said before"] = 1.0
        features[f"said before {min(4, place.sentence - known.places[-1].sentence)}"] = 1.0
    codes = [entity.country for entity in pair]
    total = sum(homes.counts.values()) or 1
    shares = [homes.counts[code] / total if code else 0.0 for code in codes]
    mentions = [len(entity.places) for entity in pair]
    features[f"{kind}, least share"] = min(shares)
    features[f"{kind}, share"] = sum(shares)
    features["mentions of the rarer"] = min(min(mentions), 5) / 5
    features["mentions"] = min(sum(mentions), 10) / 10
    if codes[0] == codes[1]:
        features[f"{kind}, of one country"] = 1.0
    if all(code in homes.headline for code in codes):
        features["both in the headline"] = 1.0
    leads = [
        entity.places[-1].sentence == place.sentence
        and entity.places[-1].subject
        and not entity.places[-1].quoted
        for entity in pair
        if entity.places
    ]
    if any(leads):
        features["one is the subject here" if sum(leads) == 1 else "both are subjects here"] = 1.0
    speaking = [entity.places[-1].source for entity in pair if entity.places]
    if any(speaking):
        features["one speaks" if sum(speaking) == 1 else "both speak"] = 1.0
    speaking_code, leading_code = _codes_here(reading, index)
    if speaking_code is not None and speaking_code in codes:
        features["of the speaker's country"] = 1.0
    if leading_code is not None:
        features["of the subject's country" if leading_code in codes else "beside the subject"] = 1.0
    if kind == "person":
        if head in TITLES and head not in _GENERIC_LEADERS:
            features["titled so"] = sum(head in entity.heads for entity in pair) / 2
        if pair[0].heads & pair[1].heads:
            features["alike"] = 1.0
        if head in _GENERIC_LEADERS and all(entity.heads & _LEADERS for entity in pair):
            features["both lead states"] = 1.0
    if kind == "organisation":
        if any(head in entity.heads for entity in pair):
            features["named so"] = sum(head in entity.heads for entity in pair) / 2
        if all(entity.named for entity in pair):
            features["both named"] = 1.0
        if pair[0].heads & pair[1].heads:
            features["alike"] = 1.0
    if all(entity.places and entity.places[0].sentence <= 1 for entity in pair):
        features["both from the start"] = 1.0
    return features


def _countries_of(reading: Reading, latest: list[Entity]) -> list[Entity]:
    """The countries that the latest actors belong to."""
    codes = dict.fromkeys(
        entity.country
        for entity in latest
        if entity.country in reading.countries.names and not entity.members
    )
    return [reading.country_entity(code) for code in codes if code]


def _in_order(found: list[Entity]) -> tuple[Entity, ...]:
    """Members in the order in which the text first brought them up."""
    return tuple(sorted(found, key=lambda one: one.places[0].mention if one.places else one.index))


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
