"""The resolver's parts in their order, and the passes over an article that run them.

1. names: every mention that names an actor, over the whole text, so that full names are known early;
2. in text order: collectives, pronouns of the third person, nominals, each against the actors before it; where
   a coreference model has read the text, its word weighs with the rules, or decides where it is sure;
3. speakers of every statement, by its source spans;
4. first and second persons, which need the speakers;
5. speakers of every attribution, however deep it lies.
"""

from collections.abc import Callable

from pipeline.actors.affiliation import read_surroundings
from pipeline.actors.collectives import collective_part, note_coordination
from pipeline.actors.entities import Entities, Gender
from pipeline.actors.homes import guess_country, read_homes, settle_country
from pipeline.actors.linked import linked_part, linked_pronoun
from pipeline.actors.names import (
    clean_name,
    coordinated_part,
    country_part,
    is_pronoun,
    known_part,
    name_part,
)
from pipeline.actors.nominals import (
    apposition_part,
    body_nominal_part,
    country_noun_part,
    former_latter_part,
    government_part,
    known_body_part,
    new_nominal_part,
    person_nominal_part,
)
from pipeline.actors.pronouns import first_person, pronoun_class, pronoun_part
from pipeline.actors.reading import Reading, Resolution
from pipeline.actors.speakers import Heard, Voice, voices_of

Part = Callable[[Reading, int], Resolution | None]

# Tried in order; the first answer counts.
NAME_PARTS: tuple[Part, ...] = (country_part, known_part, coordinated_part, name_part)
TEXT_PARTS: tuple[Part, ...] = (
    collective_part,
    pronoun_part,
    former_latter_part,
    country_noun_part,
    government_part,
    known_body_part,
    apposition_part,
    linked_part,
    person_nominal_part,
    body_nominal_part,
    new_nominal_part,
)


def resolve(reading: Reading) -> Heard:
    """Resolve every mention of a reading in place; returns the voices of its statements and attributions."""
    genders = _genders(reading)
    _names(reading)
    for index, gender in genders.items():
        reading.entities.all[index].gender = gender
    reading.homes = read_homes(reading)
    _in_order(reading)
    _settle_countries(reading)
    article = reading.article
    voices = [voices_of(reading, statement.sources) for statement in article.statements]
    _first_persons(reading, voices)
    # The source of an attribution may be an "I" or "we".
    quoted = [voices_of(reading, [one.source] if one.source else []) for one in article.attributions]
    reading.entities.number_ids()
    return Heard(voices, quoted)


def _genders(reading: Reading) -> dict[int, Gender]:
    """The genders that the whole text's pronouns agree on for the actors it names, by a first reading.

    A surname late in its article ("Brandt ... she") so helps with its early pronouns. The reading is left
    as it was.
    """
    trace, reading.trace = reading.trace, None
    _names(reading)
    named = len(reading.entities.all)
    reading.homes = read_homes(reading)
    _in_order(reading)
    found: dict[int, Gender] = {}
    for entity in reading.entities.all[:named]:
        if entity.is_person and entity.gender is not None and entity.gender_lead >= _SURE:
            found[entity.index] = entity.gender
    reading.entities = Entities()
    reading.resolutions = [None] * len(reading.mentions)
    reading.trace = trace
    return found


# The sum of leads by which pronouns of one gender must win for an actor to keep it.
_SURE = 1.0


def _names(reading: Reading) -> None:
    for index in range(len(reading.mentions)):
        found = _first_answer(reading, index, NAME_PARTS)
        reading.resolutions[index] = found
        if found is not None and found.entity is not None:
            found.entity.named_at = index


def _first_answer(reading: Reading, index: int, parts: tuple[Part, ...]) -> Resolution | None:
    for part in parts:
        found = part(reading, index)
        if found is not None:
            return found
    return None


def _is_deferred(reading: Reading, index: int) -> bool:
    text = clean_name(reading.text(index))
    return is_pronoun(text) and pronoun_class(text) in ("first", "we", "you")


def _in_order(reading: Reading) -> None:
    for index, place in enumerate(reading.places):
        found = reading.resolutions[index]
        if found is None:
            if _is_deferred(reading, index):
                continue
            found = _first_answer(reading, index, TEXT_PARTS)
            reading.resolutions[index] = found
        if found is None or found.entity is None:
            continue
        entity = found.entity
        if found.how in ("name", "nominal") and not entity.members:
            read_surroundings(reading, index, entity)
        if not entity.places:
            guess_country(reading, index, entity)
        reading.entities.touch(entity, place)
        note_coordination(reading, index)


def _first_persons(reading: Reading, voices: list[list[Voice]]) -> None:
    for index, place in enumerate(reading.places):
        if reading.resolutions[index] is None and _is_deferred(reading, index):
            said_by = voices[place.sentence] if place.sentence < len(voices) else []
            speakers = [voice.entity for voice in said_by]
            reading.resolutions[index] = linked_pronoun(
                reading, index, first_person(reading, index, speakers)
            )


def _settle_countries(reading: Reading) -> None:
    """Guess again for actors whose country no words gave, now that the rest of the text has been read."""
    reading.homes = read_homes(reading)
    for entity in reading.entities.all:
        settle_country(reading, entity)
