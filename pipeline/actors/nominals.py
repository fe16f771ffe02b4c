"""Nominals: "the president", "Chinese officials", "the ministry", "the country", "protesters"."""

import datetime
import re
from dataclasses import replace

from pipeline.actors.affiliation import read_surroundings
from pipeline.actors.entities import Entity
from pipeline.actors.homes import context_country, guess_country
from pipeline.actors.names import clean_name, is_pronoun, note_titles
from pipeline.actors.phrases import Phrase, is_capital, singular, tokens
from pipeline.actors.pronouns import confidence_of, mentions_within, rank_candidates, third_person
from pipeline.actors.reading import WINDOW, Reading, Resolution
from pipeline.actors.salience import Features
from pipeline.actors.words import (
    ADDRESS,
    ADJECTIVES,
    COUNTRY_NOUNS,
    FIRST_PLURAL,
    FIRST_SINGULAR,
    ORGANISATION_WORDS,
    POSSESSIVES,
    TITLES,
)
from pipeline.records import ActorKind

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What a body so called may also be called, either way round.
_BODIES: dict[str, str] = {
    "company": (
        "firm corporation corp corp. inc inc. ltd ltd. plc manufacturer carmaker maker automaker "
        "retailer bank lender insurer airline airlines airways operator motors steel mining oil energy "
        "petroleum industries holdings group conglomerate studio"
    ),
    "court": "tribunal judge judges bench justices",
    "group": (
        "organisation organization association movement militia faction coalition network charity "
        "campaign ngo"
    ),
    "organisation": (
        "organization association group body agency charity federation ngo union institute foundation"
    ),
    "body": (
        "commission committee council assembly board authority organisation organization agency "
        "association federation"
    ),
    "newspaper": "paper daily times post tribune herald gazette journal courier",
    "parliament": "assembly legislature house chamber senate congress",
    "army": "military forces troops soldiers",
    "ministry": "department",
    "union": "federation confederation",
    "rebels": "insurgents militants fighters guerrillas militia front group",
    "police": "officers detectives",
    "government": "administration cabinet authorities",
}
# What else may be said of a bearer of one of the titles to the right.
_TITLED: dict[str, str] = {
    "leader": "president premier minister chancellor king head ruler chairman",
    "premier": "minister",
    "minister": "secretary premier",
    "secretary": "minister",
    "envoy": "ambassador representative diplomat consul negotiator",
    "diplomat": "ambassador envoy minister secretary consul",
    "spokesperson": "spokesman spokeswoman",
    "lawmaker": "senator mp representative congressman congresswoman legislator",
    "chief": "head director chairman commander general president",
    "head": "chief director chairman leader",
    "boss": "chief director head executive chairman",
    "monarch": "king queen emperor",
    "judge": "justice magistrate",
    "candidate": "nominee contender",
    "nominee": "candidate",
    "general": "commander colonel officer",
    "politician": "senator minister lawmaker leader mp",
    "organization": (
        "organisation association group body agency charity federation ngo union institute foundation"
    ),
}


def _synonyms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for head, others in _BODIES.items():
        found.setdefault(head, set()).update(others.split())
        for other in others.split():
            found.setdefault(other, set()).add(head)
    for head, others in _TITLED.items():
        found.setdefault(head, set()).update(others.split())
    return {head: frozenset(others) for head, others in found.items()}


_SYNONYMS = _synonyms()
# Jobs that tell two ministers apart.
_PORTFOLIOS = frozenset(
    "foreign prime defence defense finance interior trade health justice education energy agriculture economy labour "
    "labor environment culture transport information home vice deputy external opposition attorney".split()
)
_FORMER = frozenset("former ex late ousted then-president ex-president".split())
_STATE_SIDES = frozenset("government administration side authorities".split())


def country_noun_part(reading: Reading, index: int) -> Resolution | None:
    """ "the country", "his country", "the kingdom": a state mentioned before, or the possessor's own."""
    phrase = reading.phrases[index]
    if (
        phrase.head not in COUNTRY_NOUNS
        or (phrase.plural and phrase.head not in ("islands",))
        or phrase.head in ("capital",)
    ):
        return None
    if phrase.indefinite and phrase.determiner not in ("one",):
        return None
    if phrase.country and not phrase.possessor:
        return Resolution(reading.country_entity(phrase.country), "nominal", 0.8, "country noun")
    if phrase.head in ("neighbour", "neighbor", "power", "superpower") and phrase.possessor:
        return _other_country(reading, index)
    owner = possessor_of(reading, index)
    if owner is not None and owner.country:
        return Resolution(reading.country_entity(owner.country), "nominal", 0.75, "country noun")
    allowed = reading.countries.described.get(singular(phrase.head))

    def fits(one: Entity) -> Features | None:
        return {"country": 1.0} if one.is_state and (allowed is None or one.country in allowed) else None

    entity, lead = rank_candidates(reading, index, "thing", fits)
    if entity is None:
        code, _ = context_country(reading, index)
        if code is None:
            return None
        entity = reading.country_entity(code)
    return Resolution(entity, "nominal", confidence_of(lead), "country noun")


def _other_country(reading: Reading, index: int) -> Resolution | None:
    """A state's neighbour: the latest other state."""
    owner = possessor_of(reading, index)
    for entity in reading.entities.latest(12):
        if entity.is_state and (owner is None or entity.country != owner.country):
            return Resolution(entity, "nominal", 0.5, "country noun")
    return None


def possessor_of(reading: Reading, index: int) -> Entity | None:
    """Whom the possessor of a nominal means: "his" in "his government", "Cuba" in "Cuba's minister"."""
    phrase = reading.phrases[index]
    word = phrase.possessor
    if not word:
        # "[[her]] country": the possessive may be a mention of its own, or none at all.
        previous = reading.previous_in_sentence(index)
        gap = reading.gap_before(index)
        if previous is not None and (
            gap in (" ", "'s ", "’s ", "' ") and (reading.places[previous].owner or gap != " ")
        ):
            return reading.entity(previous)
        words = tokens(gap)
        if words and words[-1].lower() in POSSESSIVES:
            word = words[-1].lower()
        elif len(words) > 1 and words[-2].lower() in POSSESSIVES and words[-1].lower() in ADJECTIVES:
            word = words[-2].lower()
        else:
            return None
    if word in FIRST_PLURAL or word in FIRST_SINGULAR:
        return speaker_entity(reading, index)
    if word == "whose":
        previous = reading.previous_in_sentence(index)
        return reading.entity(previous) if previous is not None else None
    if word in POSSESSIVES:
        entity, _ = third_person(reading, index, word)
        return entity
    row = reading.actors.find(word)
    if row is not None:
        return reading.known_entity(row.id)
    for entity in reading.entities.latest(30):
        if entity.named and entity.tokens and entity.tokens[-1] == word.split()[-1]:
            return entity
    return None


def speaker_entity(reading: Reading, index: int) -> Entity | None:
    """The latest actor named as source of the statement that a mention stands in."""
    statement = reading.statement(index)
    if statement is None:
        return None
    for source in reversed(statement.sources):
        for other in reversed(mentions_within(reading, source.start, source.end)):
            entity = reading.entity(other)
            if entity is not None and entity.kind != "country":
                return entity
    return None


def government_part(reading: Reading, index: int) -> Resolution | None:
    """ "the Sudanese government", "France's government", "the Saudi side": the state itself."""
    phrase = reading.phrases[index]
    if phrase.head not in _STATE_SIDES or phrase.indefinite or (phrase.proper and phrase.country is None):
        return None
    if any(
        word in ("regional", "local", "provincial", "state", "city", "transitional", "military")
        for word in phrase.modifiers
    ):
        return None
    code = phrase.country
    if code is None and phrase.head in ("government", "side"):
        previous = reading.previous_in_sentence(index)
        owner = (
            reading.entity(previous)
            if previous is not None and reading.gap_before(index).strip() in ("", "'s", "’s")
            else None
        )
        if owner is not None and owner.is_state:
            code = owner.country
    if code is None or code not in reading.countries.names:
        return None
    return Resolution(reading.country_entity(code), "nominal", 0.85, "government")


def apposition_part(reading: Reading, index: int) -> Resolution | None:
    """A nominal beside the name it describes: "the Greek minister, Stavros Kalogeras"; "Lelei, the minister,"."""
    phrase = reading.phrases[index]
    named = _named_next(reading, index, phrase)
    if named is not None:
        _learn(named, phrase)
        if phrase.determiner == "the":
            _take_over(reading, index, named, phrase)
        return Resolution(named, "nominal", 0.75, "apposition")
    if (phrase.head not in TITLES and phrase.head not in ORGANISATION_WORDS) or phrase.plural:
        return None
    after = reading.gap_after(index)
    if (
        index + 1 < len(reading.places)
        and reading.places[index + 1].sentence == reading.places[index].sentence
    ):
        following = reading.resolutions[index + 1]
        words = tokens(after)
        joined = after.strip() == "" or (
            words and words[0] == "," and all(_is_title(word) for word in words[1:])
        )
        if (
            following
            and following.entity
            and following.how in ("name",)
            and joined
            and not following.entity.is_state
        ):
            entity = following.entity
            apart = after.strip() != "" or phrase.head in TITLES
            if _fits_head(entity, phrase) and apart and not reading.places[index].owner:
                _learn(entity, phrase)
                if phrase.determiner == "the":
                    _take_over(reading, index, entity, phrase)
                return Resolution(entity, "nominal", 0.85, "apposition")
    previous = reading.previous_in_sentence(index)
    if previous is not None and reading.gap_before(index).strip() in (",", "("):
        before = reading.resolutions[previous]
        rest = reading.rest_of_sentence(index, 80)
        closed = rest[:1] in (",", ".", ")") or rest.startswith((" of ", " for ", " in ", " who ", " at "))
        if before and before.entity and before.how == "name" and closed and not before.entity.is_state:
            entity = before.entity
            plain = phrase.determiner in ("the", "a", "an", "") and not _is_list(reading, index)
            if plain and _fits_head(entity, phrase):
                _learn(entity, phrase)
                return Resolution(entity, "nominal", 0.75, "apposition")
    return None


def _named_next(reading: Reading, index: int, phrase: Phrase) -> Entity | None:
    """The name set off by commas right after a nominal of any noun: "a Turkish builder, Anadolu Ray, the rails"."""
    one = phrase.words[:2] == ("One", "of") or phrase.words[:2] == ("one", "of")
    if (phrase.plural and not one) or not (
        one or phrase.determiner in ("a", "an", "the") or phrase.possessor
    ):
        return None
    if index + 1 >= len(reading.places) or reading.gap_after(index).strip() != ",":
        return None
    following = reading.resolutions[index + 1]
    if following is None or following.how != "name" or following.entity is None or following.entity.is_state:
        return None
    rest = reading.rest_of_sentence(index + 1, 40)
    if not rest.startswith(",") or rest.startswith((", and ", ", or ")):
        return None
    if (
        index + 2 < len(reading.places)
        and reading.places[index + 2].start <= reading.places[index + 1].end + 2
    ):
        # "A newspaper, Ana Ruiz, Italy and": an enumeration.
        return None
    entity = following.entity
    return None if phrase.head in TITLES and entity.kind not in ("person", "unknown") else entity


def _take_over(reading: Reading, index: int, named: Entity, phrase: Phrase) -> None:
    """Make a name that the text gives late that of an actor it described before.

    "A Ghanaian nurse reported her employer. … The nurse, Efua Mensah, came in 2021": both are one.
    """
    if named.places or named.known_id is not None:
        return
    before = [
        entity
        for entity in reading.entities.latest(WINDOW)
        if phrase.head in entity.heads and not entity.named and not entity.members and not entity.plural
    ]
    if len(before) != 1 or any(before[0] in pair.members for pair in reading.entities.collectives.values()):
        return
    old = before[0]
    if named.country_known and old.country_known and named.country != old.country:
        return
    for other, found in enumerate(reading.resolutions):
        if found is not None and found.entity is old:
            reading.resolutions[other] = replace(found, entity=named)
    if old.country_known and not named.country_known:
        named.country, named.country_known = old.country, True
    named.same_state_as = named.same_state_as or old.same_state_as
    named.affiliation = named.affiliation or old.affiliation
    named.heads |= old.heads
    named.modifiers |= old.modifiers
    named.pronouns |= old.pronouns
    named.gender = named.gender or old.gender
    named.votes += old.votes
    if named.kind == "unknown":
        named.kind = old.kind
    for place in old.places:
        reading.entities.touch(named, place)
    reading.entities.recent.pop(old.index, None)
    old.places = []


def _fits_head(entity: Entity, phrase: Phrase) -> bool:
    """Whether a nominal's noun is one for this sort of actor: a title for a person, a body's noun for a body."""
    if phrase.head in TITLES and entity.kind in ("person", "unknown"):
        return True
    return phrase.head in ORGANISATION_WORDS and not entity.is_person


def _learn(entity: Entity, phrase: Phrase) -> None:
    """What a nominal says of the actor that it is now known to mean."""
    if phrase.country and not entity.country_known:
        entity.country, entity.country_known = phrase.country, True
    if entity.is_person or phrase.head in TITLES:
        note_titles(entity, [*phrase.modifiers, phrase.head])
    else:
        entity.heads.add(phrase.head)


def _is_list(reading: Reading, index: int) -> bool:
    """Whether a mention closes an enumeration rather than describes the one before ("the company and Spain")."""
    rest = reading.rest_of_sentence(index, 40)
    return rest.startswith((" and ", ", and "))


def _is_title(word: str) -> bool:
    low = word.lower()
    return low in TITLES or low in ADDRESS or low in ADJECTIVES or low in ("the",)


def person_nominal_part(reading: Reading, index: int) -> Resolution | None:
    """ "the president", "the Greek minister": whoever bears that title in the text."""
    phrase = reading.phrases[index]
    if not phrase.head or phrase.plural or (phrase.head not in TITLES):
        return None
    country, owner = _phrase_country(reading, index, phrase)
    if phrase.head in _PEERS:
        peer = _peer(reading, index, phrase, owner)
        if peer is not None:
            return Resolution(peer, "nominal", 0.7, "counterpart")
    if phrase.indefinite and phrase.determiner not in ("one", "no"):
        return None

    def fits(entity: Entity) -> Features | None:
        if entity.members or entity.plural or entity.kind not in ("person", "unknown"):
            return None
        return _title_features(entity, phrase, country)

    entity, lead = rank_candidates(reading, index, "title", fits, "")
    if entity is not None and _same_office(entity, phrase, country):
        _learn(entity, phrase)
        return Resolution(entity, "nominal", confidence_of(lead), "title")
    entity = _bearer_anywhere(reading, phrase, country)
    if entity is not None:
        _learn(entity, phrase)
        return Resolution(entity, "nominal", 0.6, "title")
    entity = _untitled(reading, index, phrase)
    if entity is not None:
        _learn(entity, phrase)
        return Resolution(entity, "nominal", 0.55, "untitled")
    known = _office_holder(reading, phrase, country)
    return Resolution(known, "nominal", 0.7, "office") if known else None


def _untitled(reading: Reading, index: int, phrase: Phrase) -> Entity | None:
    """ "The Cuban president" for the one named person just spoken of whose office and country were left unsaid."""
    if phrase.determiner != "the" or phrase.country is None or not reading.places[index].lead:
        return None
    place = reading.places[index]
    found = [
        entity
        for entity in reading.entities.latest(6)
        if entity.is_person
        and entity.named
        and not entity.heads
        and not entity.country_known
        and place.sentence - entity.places[-1].sentence == 1
        and entity.places[-1].mention < index
    ]
    return found[0] if len(found) == 1 else None


_PEERS = frozenset("counterpart colleague guest host visitor interlocutor".split())


def _peer(reading: Reading, index: int, phrase: Phrase, owner: Entity | None) -> Entity | None:
    """ "his counterpart", "her Uzbek colleague": the latest titled person but the possessor, of that country if named."""
    owner = owner or possessor_of(reading, index)
    if owner is None:
        return None
    place = reading.places[index]
    for entity in reading.entities.latest(20):
        if not entity.is_person or entity.members or entity is owner or entity.plural:
            continue
        if place.sentence - entity.places[-1].sentence > 6 or entity.places[-1].mention >= index:
            continue
        if phrase.country is not None:
            if entity.country == phrase.country and entity.country_known:
                return entity
        elif (
            owner is not None
            and owner.is_person
            and entity.heads & owner.heads
            and entity.country != owner.country
        ):
            return entity
    return None


def former_latter_part(reading: Reading, index: int) -> Resolution | None:
    """ "the former", "the latter": of the two actors named last, the first or the second."""
    text = clean_name(reading.text(index)).lower()
    if text not in ("the former", "the latter"):
        return None
    place = reading.places[index]
    latest = [
        entity
        for entity in reading.entities.latest(8)
        if not entity.members
        and entity.kind != "author"
        and entity.places[-1].mention < index
        and place.sentence - entity.places[-1].sentence <= 2
    ]
    if len(latest) < 2:
        return None
    # An adjective's country ("his Azerbaijani counterpart") is hardly one of the two.
    second = latest[0]
    first = next((entity for entity in latest[1:] if entity.is_person == second.is_person), latest[1])
    if text == "the former" and index and clean_name(reading.text(index - 1)).lower() == "the latter":
        chosen = first
    else:
        chosen = second if text == "the latter" else first
    return Resolution(chosen, "nominal", 0.6, "former and latter")


def known_body_part(reading: Reading, index: int) -> Resolution | None:
    """ "the M23 movement", "the Likud party": the known body itself."""
    phrase = reading.phrases[index]
    if phrase.indefinite or phrase.after or phrase.head not in _BODY_NOUNS or phrase.possessor:
        return None
    body = known_body(reading, phrase)
    if body is None or (body.kind == "government" and phrase.head != "government"):
        return None
    return Resolution(body, "name", 0.85, "known body")


_BODY_NOUNS = frozenset(
    "movement party group militia rebels militants bloc alliance agency newspaper daily network organisation "
    "organization authorities administration company union".split()
)


def _title_features(entity: Entity, phrase: Phrase, country: str | None) -> Features | None:
    if not _same_office(entity, phrase, country):
        return None
    features: Features = {}
    if phrase.head in entity.heads:
        features["same title"] = 1.0
    else:
        features["like title"] = 1.0
    if country is not None and entity.country == country:
        features["same country"] = 1.0
    shared = set(phrase.modifiers) & entity.modifiers
    if shared:
        features["same modifier"] = 1.0
    if _FORMER & set(phrase.modifiers) and _FORMER & entity.modifiers:
        features["both former"] = 1.0
    return features


def _same_office(entity: Entity, phrase: Phrase, country: str | None) -> bool:
    """Whether an actor's known titles allow this one, and its country and portfolio do not speak against it."""
    if phrase.head not in entity.heads and not entity.heads & _SYNONYMS.get(phrase.head, frozenset()):
        return False
    if (
        country is not None
        and entity.country is not None
        and (entity.country_known or phrase.country is not None)
        and entity.country != country
    ):
        return False
    mine = set(phrase.modifiers) & _PORTFOLIOS
    theirs = entity.modifiers & _PORTFOLIOS
    if mine and theirs and not mine & theirs:
        return False
    if phrase.head in ("president", "king", "queen") and "vice" in theirs and "vice" not in mine:
        return False
    return not (
        phrase.head in ("minister",) and not mine and theirs == {"prime"} and "prime" not in phrase.modifiers
    )


def _bearer_anywhere(reading: Reading, phrase: Phrase, country: str | None) -> Entity | None:
    """The one bearer of a title in the whole text, mentioned long ago or still to come."""
    if phrase.determiner not in ("the", "") and not phrase.possessor:
        return None
    found = [
        entity
        for entity in reading.entities.all
        if entity.is_person
        and not entity.members
        and phrase.head in entity.heads
        and entity.places
        and _same_office(entity, phrase, country)
        and (country is None or entity.country == country)
    ]
    return found[0] if len(found) == 1 else None


def _office_holder(reading: Reading, phrase: Phrase, country: str | None) -> Entity | None:
    """Who held the office on the article's day, by the actor table; none without a day."""
    match = _DATE.match(reading.article.published_at or "")
    if match is None or country is None or _FORMER & set(phrase.modifiers):
        return None
    try:
        day = datetime.date.fromisoformat(match[0])
    except ValueError:
        return None
    portfolio = next((word for word in phrase.modifiers if word in _PORTFOLIOS), "")
    row = reading.actors.office_holder(f"{portfolio} {phrase.head}".strip(), country, day)
    return reading.known_entity(row.id) if row else None


def _phrase_country(reading: Reading, index: int, phrase: Phrase) -> tuple[str | None, Entity | None]:
    """A nominal's country by its own words, its possessor, or the demonym mention right before it."""
    owner = None
    code = phrase.country
    if code is None:
        body = known_body(reading, phrase)
        if body is not None and body.country is not None:
            return body.country, body
    if code is None or phrase.possessor in POSSESSIVES:
        owner = possessor_of(reading, index)
        if code is None and owner is not None and not owner.members:
            code = owner.country
    if code is None:
        previous = reading.previous_in_sentence(index)
        if previous is not None and reading.gap_before(index) in (" ", "'s ", "’s "):
            before = reading.entity(previous)
            if before is not None and not before.is_person and not before.members:
                code, owner = before.country, before
    return code, owner


def body_nominal_part(reading: Reading, index: int) -> Resolution | None:
    """ "the ministry", "the protesters": the latest actor called so, or of a kind that is."""
    phrase = reading.phrases[index]
    if (
        not phrase.head
        or (phrase.indefinite and phrase.determiner not in ("no", "such"))
        or (phrase.head in TITLES and not phrase.plural)
    ):
        return None
    head = singular(phrase.head)
    country, _ = _phrase_country(reading, index, phrase)
    # "the Republic Party" is no other party; "the Government" is only capitalised.
    written = [word.lower() for word in phrase.words if is_capital(word)]
    capitals = set(written) & set(phrase.modifiers) - {phrase.determiner} if len(written) > 2 else set()

    def fits(entity: Entity) -> Features | None:
        if entity.members or entity.is_person or entity.kind == "author":
            return None
        if entity.is_state and (phrase.plural or head in ("government", "state", "authority")):
            return None
        same = head in entity.heads or phrase.head in entity.heads
        alike = bool(entity.heads & _SYNONYMS.get(phrase.head, _SYNONYMS.get(head, frozenset())))
        features: Features = {}
        if capitals and entity.named and not capitals & entity.modifiers and not entity.is_state:
            return None
        if not (same or alike):
            if (
                head in ("company", "firm", "group", "manufacturer", "maker")
                and entity.kind in ("organisation", "unknown")
                and entity.named
                and entity.known_id is None
                and not entity.heads
            ):
                features["any body"] = 1.0
            else:
                return None
        if (
            country is not None
            and entity.country is not None
            and entity.country != country
            and entity.country_known
        ):
            return None
        mine = {word for word in phrase.modifiers if word.isalpha()} - {"same", "new", "other"}
        theirs = entity.modifiers
        if mine & theirs:
            features["same modifier"] = 1.0
        elif mine and theirs and not entity.named:
            features["other modifier"] = 1.0
        elif mine:
            features["new modifier"] = 1.0
        if same:
            features["same head"] = 1.0
        if alike and not same:
            features["like head"] = 1.0
        if phrase.determiner in ("the", "these", "those", "this", "that", "both"):
            features["definite"] = 1.0
        if phrase.plural != entity.plural:
            features["number differs"] = 1.0
        if country is not None and entity.country == country:
            features["same country"] = 1.0
        return features

    if (
        phrase.determiner == ""
        and phrase.plural
        and phrase.country is None
        and not phrase.possessor
        and len(phrase.words) > 1
    ):
        bare = True
    else:
        bare = False
    entity, lead = rank_candidates(reading, index, "body", fits, "")
    if entity is None:
        entity = _body_anywhere(reading, head, phrase, country)
        if entity is None:
            return None
        lead = 0.5
    mine = set(phrase.modifiers)
    if (
        mine
        and entity.modifiers
        and not entity.named
        and not mine & entity.modifiers
        and phrase.determiner != "the"
    ):
        return None
    if bare and head not in entity.heads:
        return None
    return Resolution(entity, "nominal", confidence_of(lead), "noun")


def _body_anywhere(reading: Reading, head: str, phrase: Phrase, country: str | None) -> Entity | None:
    if phrase.determiner != "the":
        return None
    found = [
        entity
        for entity in reading.entities.all
        if not entity.is_person
        and not entity.members
        and (head in entity.heads or phrase.head in entity.heads)
        and (country is None or entity.country == country)
        and entity.places
        and not entity.is_state
    ]
    return found[-1] if found else None


def new_nominal_part(reading: Reading, index: int) -> Resolution | None:
    """A nominal that fits nobody so far: an actor of its own, with the country that its words or context give."""
    text = clean_name(reading.text(index))
    if is_pronoun(text):
        return None
    phrase = reading.phrases[index]
    country, owner = _phrase_country(reading, index, phrase)
    kind: ActorKind = (
        "group"
        if phrase.plural
        else "person"
        if phrase.head in TITLES
        else "organisation"
        if phrase.head in ORGANISATION_WORDS
        else "unknown"
    )
    name = text
    if phrase.determiner in ("the", "a", "an", "this", "that", "these", "those") and len(phrase.words) > 1:
        name = text.split(None, 1)[1] if " " in text else text
    if (
        owner is not None
        and not owner.members
        and owner.kind != "author"
        and owner.named
        and not phrase.country
        and known_body(reading, phrase) is None
    ):
        name = _owned_name(reading, owner, phrase, text)
    entity = reading.entities.new(name, kind, plural=phrase.plural)
    entity.heads.update({phrase.head, singular(phrase.head)} - {""})
    entity.modifiers.update(word for word in phrase.modifiers if word.isalpha())
    if kind == "person":
        note_titles(entity, [*phrase.modifiers, phrase.head])
    if owner is not None and owner.is_person and phrase.head in ("counterpart", "colleague"):
        entity.heads.update(owner.heads)
        country = phrase.country
    if (
        owner is not None
        and owner is not entity
        and not owner.members
        and phrase.head not in ("counterpart", "colleague", "rival", "opponent")
    ):
        entity.same_state_as = owner
    if country is not None and (phrase.country == country or owner is None or owner.country_known):
        entity.country, entity.country_known = country, True
    if owner is not None and entity.is_person and owner.kind in ("organisation", "government", "group"):
        entity.affiliation = owner
    read_surroundings(reading, index, entity)
    guess_country(reading, index, entity)
    return Resolution(entity, "nominal", 0.6, "new nominal")


def _owned_name(reading: Reading, owner: Entity, phrase: Phrase, text: str) -> str:
    """What an owned actor is called: "its prime minister" is the Serbian prime minister, "his aides" are Milić's."""
    rest = text
    if phrase.possessor in POSSESSIVES:
        at = text.lower().find(phrase.possessor)
        rest = text[at + len(phrase.possessor) :].strip()
    elif phrase.possessor or phrase.determiner:
        return text
    if owner.is_state and owner.country in reading.countries.demonyms:
        return f"{reading.countries.demonyms[owner.country]} {rest}"
    return f"{owner.name}'s {rest}"


def known_body(reading: Reading, phrase: Phrase) -> Entity | None:
    """The known body that a nominal's own words name: "EU diplomats", "a spokesperson for the European Commission"."""
    words = phrase.words
    for at in range(len(words)):
        if not is_capital(words[at]):
            continue
        for length in range(min(6, len(words) - at), 0, -1):
            row = reading.actors.find(" ".join(words[at : at + length]))
            if row is not None and row.kind != "person" and length < len(words):
                if row.common and row.country not in reading.spoken and reading.spoken:
                    continue
                return reading.known_entity(row.id)
    return None
