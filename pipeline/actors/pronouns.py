"""Pronouns: third persons by salience, first persons by who is speaking."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

from pipeline.actors.entities import Entity, Gender
from pipeline.actors.homes import state_of
from pipeline.actors.link_features import link_features
from pipeline.actors.names import clean_name, is_pronoun
from pipeline.actors.reading import SENTENCES_BACK, WINDOW, Choice, Reading, Resolution, same_clause
from pipeline.actors.salience import Features, best_of, place_features
from pipeline.actors.words import (
    FEMALE_PRONOUNS,
    FIRST_PLURAL,
    FIRST_SINGULAR,
    MALE_PRONOUNS,
    PERSON_PRONOUNS,
    PLURAL_PRONOUNS,
    PREPOSITIONS,
    REFLEXIVES,
    SECOND_PERSON,
    STATE_TITLES,
    THING_PRONOUNS,
)
from pipeline.records import AUTHOR


def pronoun_class(word: str) -> str | None:
    """ "person", "thing", "plural", "first", "we" or "you"; None for other words."""
    low = word.lower()
    if low in PERSON_PRONOUNS:
        return "person"
    if low in THING_PRONOUNS:
        return "thing"
    if low in PLURAL_PRONOUNS:
        return "plural"
    if low in FIRST_SINGULAR:
        return "first"
    if low in FIRST_PLURAL:
        return "we"
    return "you" if low in SECOND_PERSON else None


def gender_of(word: str) -> Gender | None:
    low = word.lower()
    return "male" if low in MALE_PRONOUNS else "female" if low in FEMALE_PRONOUNS else None


def rank_candidates(
    reading: Reading,
    index: int,
    task: str,
    fits: Callable[[Entity], Features | None],
    word: str = "",
    more: Sequence[tuple[Entity, Features]] = (),
) -> tuple[Entity | None, float]:
    """The best candidate of those mentioned before and of ``more``, with its lead.

    ``fits`` gives extra features or refuses.
    """
    place = reading.places[index]
    candidates: list[tuple[Entity, Features]] = []
    rank = 0
    for entity in reading.entities.latest(WINDOW):
        last = entity.places[-1]
        if last.mention >= index or place.sentence - last.sentence > SENTENCES_BACK:
            continue
        extra = fits(entity)
        if extra is None:
            continue
        within = same_clause(reading, entity, place)
        if within and word in ("him", "them", "her") and _is_object(reading, entity, index):
            continue
        features = place_features(entity, place, rank, within)
        features |= extra | link_features(reading, index, entity)
        if word in REFLEXIVES and features.get("object of its own subject"):
            features["reflexive"] = 1.0
            del features["object of its own subject"]
        candidates.append((entity, features))
        rank += 1
    candidates += [(pair, extra | link_features(reading, index, pair)) for pair, extra in more]
    if not candidates:
        return None, 0.0
    if reading.trace is not None:
        reading.trace.append(Choice(task, index, candidates))
    return best_of(task, candidates)


def _is_object(reading: Reading, entity: Entity, index: int) -> bool:
    """Whether a pronoun is the object of a verb whose subject an actor is: "Aune thanked him" is not Aune."""
    last, place = entity.places[-1], reading.places[index]
    if not last.subject and not last.lead:
        return False
    between = reading.article.text[last.end : place.start].lower().split()
    if not 0 < len(between) <= 4 or any(word in PREPOSITIONS for word in between):
        return False
    after = reading.article.text[place.end : place.end + 12].lower().split()
    # "her" before a noun is a possessive.
    own = reading.text(index).lower() == "her" and reading.article.text[place.end : place.end + 1] == " "
    return not own or not after or after[0] in PREPOSITIONS


def _speaks_here(reading: Reading, index: int) -> set[int]:
    """The entities that speak the quotation a mention stands in: "he" there is somebody else."""
    if not reading.places[index].quoted:
        return set()
    statement = reading.statement(index)
    if statement is None:
        return set()
    found = set()
    for source in statement.sources:
        for other in mentions_within(reading, source.start, source.end):
            entity = reading.entity(other)
            if entity is not None:
                found.add(entity.index)
    return found


def mentions_within(reading: Reading, start: int, end: int) -> list[int]:
    """The mentions that overlap a span, by index."""
    at = max(0, bisect_left(reading.places, start, key=lambda place: place.start) - 1)
    found = []
    while at < len(reading.places) and reading.places[at].start < end:
        if reading.places[at].end > start:
            found.append(at)
        at += 1
    return found


def person_pronoun(reading: Reading, index: int, word: str) -> tuple[Entity | None, float]:
    gender = gender_of(word)
    speaking = _speaks_here(reading, index)
    marker = gender or ""

    def fits(entity: Entity) -> Features | None:
        if entity.members or entity.plural or entity.kind not in ("person", "unknown"):
            return None
        if entity.gender is not None and gender is not None and entity.gender != gender:
            return None
        features: Features = {}
        if entity.gender == gender:
            features["gender"] = 1.0
        if marker in entity.pronouns:
            features["pronoun before"] = 1.0
        if entity.kind == "unknown":
            features["unknown kind"] = 1.0
        if entity.index in speaking:
            features["speaks here"] = 1.0
        return features

    return rank_candidates(reading, index, "person", fits, word.lower())


def thing_pronoun(reading: Reading, index: int, word: str) -> tuple[Entity | None, float]:
    speaking = _speaks_here(reading, index)

    def fits(entity: Entity) -> Features | None:
        if entity.members or entity.is_person or entity.kind == "author":
            return None
        features: Features = {entity.kind: 1.0}
        if entity.plural:
            features["plural"] = 1.0
        if "it" in entity.pronouns:
            features["pronoun before"] = 1.0
        if entity.index in speaking:
            features["speaks here"] = 1.0
        if reading.resolutions[entity.places[-1].mention] and _how(reading, entity) == "demonym":
            features["demonym"] = 1.0
        return features

    return rank_candidates(reading, index, "thing", fits, word.lower())


def _how(reading: Reading, entity: Entity) -> str:
    found = reading.resolutions[entity.places[-1].mention]
    return found.how if found else ""


def plural_pronoun(reading: Reading, index: int, word: str) -> tuple[Entity | None, float]:
    speaking = _speaks_here(reading, index)
    place = reading.places[index]
    several_near = any(
        (entity.members or entity.plural) and place.sentence - entity.places[-1].sentence <= 1
        for entity in reading.entities.latest(WINDOW)
        if entity.places[-1].mention < index
    )

    def fits(entity: Entity) -> Features | None:
        if entity.kind == "author":
            return None
        features: Features = {}
        if entity.members:
            features["collective"] = 1.0
            if any(member.is_person for member in entity.members):
                features["collective of persons"] = 1.0
        elif entity.plural:
            features["plural"] = 1.0
        else:
            features[f"one {entity.kind}"] = 1.0
            if several_near:
                features["one, though several are near"] = 1.0
        if "they" in entity.pronouns:
            features["pronoun before"] = 1.0
        if entity.index in speaking:
            features["speaks here"] = 1.0
        if _how(reading, entity) == "demonym":
            features["demonym"] = 1.0
        return features

    return rank_candidates(reading, index, "plural", fits, word.lower(), _pairs_here(reading, index))


# What two have together: "before their meeting", "to end their conflict".
_SHARED = frozenset(
    "meeting meetings talks ties relations relationship partnership conflict differences dispute border alliance "
    "agreement accord deal cooperation call conversation summit treaty rivalry war trade friendship marriage joint "
    "shared common mutual bilateral countries nations two armies governments quarrel feud encounter debate".split()
)


def _pairs_here(reading: Reading, index: int) -> list[tuple[Entity, Features]]:
    """Two of a kind of whom the sentence tells, as "they" may mean them: "Powell met Koizumi before their talks"."""
    place = reading.places[index]
    persons: dict[int, Entity] = {}
    states: dict[int, Entity] = {}
    at = index - 1
    while at >= 0 and reading.places[at].sentence == place.sentence:
        entity, found = reading.entity(at), reading.resolutions[at]
        if entity is not None and found is not None and not entity.members:
            if entity.is_person:
                persons[entity.index] = entity
            elif entity.is_state and not (found.how == "demonym" and not entity.plural):
                states[entity.index] = entity
        at -= 1
    after = [word.lower() for word in reading.article.text[place.end : place.end + 40].split()[:2]]
    shared = reading.text(index).lower() == "their" and any(word.strip(".,;") in _SHARED for word in after)
    made: list[tuple[Entity, Features]] = []
    for kind, members in (("persons", persons), ("states", states)):
        if len(members) != 2:
            continue
        pair = reading.entities.collective(tuple(reversed(members.values())))
        if pair.places and place.sentence - pair.places[-1].sentence <= SENTENCES_BACK:
            continue
        features: Features = {"two here": 1.0, f"two {kind} here": 1.0}
        if shared:
            features["two here, shared"] = 1.0
        made.append((pair, features))
    return made


_THIRD: dict[str, tuple[Callable[[Reading, int, str], tuple[Entity | None, float]], str]] = {
    "person": (person_pronoun, ""),
    "thing": (thing_pronoun, "it"),
    "plural": (plural_pronoun, "they"),
}


def third_person(reading: Reading, index: int, word: str) -> tuple[Entity | None, float]:
    """The antecedent of a third-person pronoun at a mention's place, learning gender and kind from the link."""
    found = pronoun_class(word)
    if found not in _THIRD:
        return None, 0.0
    resolve, marker = _THIRD[found]
    entity, lead = resolve(reading, index, word)
    if entity is None:
        entity = _ahead(reading, index, found, gender_of(word))
        lead = 0.5
    if entity is not None:
        gender = gender_of(word)
        entity.pronouns.add(marker or gender or "")
        if gender is not None:
            entity.gender = entity.gender or gender
            entity.votes += min(lead, 2.0) if gender == "male" else -min(lead, 2.0)
            if entity.kind == "unknown":
                entity.kind = "person"
    return entity, lead


def _ahead(reading: Reading, index: int, found: str, gender: Gender | None) -> Entity | None:
    """A name still to come for a pronoun that nothing before explains: "In her first speech, Ana Ruiz said"."""
    place = reading.places[index]
    for other in range(index + 1, min(index + 6, len(reading.places))):
        entity = reading.entity(other)
        if reading.places[other].sentence > place.sentence + 1:
            return None
        if entity is None or entity.members or reading.resolutions[other] is None:
            continue
        how = reading.resolutions[other].how  # type: ignore[union-attr]
        if found == "person" and entity.is_person and (entity.gender in (None, gender)):
            return entity
        if found == "thing" and not entity.is_person and how != "demonym":
            return entity
    return None


def pronoun_part(reading: Reading, index: int) -> Resolution | None:
    """he, she, it, they and their forms; "who" and "which" mean the mention right before them."""
    text = clean_name(reading.text(index))
    if not is_pronoun(text):
        return None
    low = text.lower()
    if low in ("who", "whom", "whose", "which", "that"):
        previous = reading.previous_in_sentence(index)
        entity = reading.entity(previous) if previous is not None else None
        return Resolution(entity, "pronoun", 0.7, "relative") if entity else None
    if pronoun_class(low) not in _THIRD:
        return None
    entity, lead = third_person(reading, index, low)
    if entity is None:
        return None
    return Resolution(entity, "pronoun", confidence_of(lead), "pronoun")


def confidence_of(lead: float) -> float:
    """A lead in score as a confidence between 0.4 and 0.95."""
    return round(min(0.95, 0.5 + min(lead, 3.0) * 0.15), 3)


def side_of(reading: Reading, speaker: Entity) -> Entity:
    """Whom a speaker means by "we": an official's state, a member's body, else the speaker."""
    if speaker.kind == "government":
        return state_of(reading, speaker) or speaker
    if not speaker.is_person:
        return speaker
    if speaker.affiliation is not None:
        body = speaker.affiliation
        if body.kind == "government" and body.known_id is not None:
            return state_of(reading, body) or body
        return body
    if speaker.heads & STATE_TITLES and speaker.country:
        return state_of(reading, speaker) or speaker
    return speaker


def first_person(reading: Reading, index: int, speakers: list[Entity]) -> Resolution | None:
    """I, we, you: the statement's speaker, the speaker's side, or whom the speaker talks to."""
    text = clean_name(reading.text(index))
    found = pronoun_class(text) if is_pronoun(text) else None
    if found not in ("first", "we", "you"):
        return None
    if not speakers:
        author = _author(reading)
        return Resolution(author, "pronoun", 0.6, "author") if found != "you" else None
    speaker = speakers[-1]
    if found == "first":
        return Resolution(speaker, "pronoun", 0.9, "speaker")
    if found == "we":
        return Resolution(side_of(reading, speaker), "pronoun", 0.7, "speaker's side")
    addressee = _addressee(reading, index, speaker)
    return Resolution(addressee, "pronoun", 0.5, "addressee") if addressee else None


def _author(reading: Reading) -> Entity:
    for entity in reading.entities.all:
        if entity.kind == "author":
            return entity
    return reading.entities.new(AUTHOR.name, "author", known_id=AUTHOR.id, country_known=True)


def _addressee(reading: Reading, index: int, speaker: Entity) -> Entity | None:
    """Whoever a sentence's cue is followed by ("told Erdogan"), else the latest actor of the other side."""
    statement = reading.statement(index)
    if statement is not None and statement.cue is not None:
        for other in mentions_within(reading, statement.cue.end, statement.cue.end + 40)[:2]:
            entity = reading.entity(other)
            if entity is not None and entity is not speaker and not reading.places[other].quoted:
                return entity
    for entity in reading.entities.latest(WINDOW):
        other_side = entity.country is None or entity.country != speaker.country
        if entity is not speaker and not entity.members and entity.kind != "author" and other_side:
            return entity
    return None
