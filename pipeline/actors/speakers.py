"""Who speaks: the actor that heads each source span of a statement or an attribution."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.actors.entities import Entity
from pipeline.actors.homes import context_country
from pipeline.actors.names import is_pronoun
from pipeline.actors.phrases import analyse, singular, tokens
from pipeline.actors.pronouns import mentions_within
from pipeline.actors.reading import Reading
from pipeline.actors.words import ORGANISATION_WORDS, PREPOSITIONS, TITLES
from pipeline.records import How, Span


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker as an entity; ``span`` is where the text names it."""

    entity: Entity
    how: How
    span: Span
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The voices of each statement and each attribution of an article; none where no source tells."""

    statements: list[list[Voice]]
    attributions: list[list[Voice]]


def voices_of(reading: Reading, sources: Sequence[Span]) -> list[Voice]:
    """The voices that source spans name, in the order of the spans, the outermost first."""
    found: list[Voice] = []
    seen: set[int] = set()
    for source in sources:
        for voice in _voices_in(reading, source):
            members = voice.entity.members or (voice.entity,)
            for member in members:
                if member.index not in seen:
                    seen.add(member.index)
                    found.append(Voice(member, voice.how, voice.span, voice.confidence))
    return found


def _voices_in(reading: Reading, source: Span) -> list[Voice]:
    inside = [
        index
        for index in mentions_within(reading, source.start, source.end)
        if reading.resolutions[index] is not None
    ]
    inside = [index for index in inside if reading.entity(index) is not None]
    inside += _named_after(reading, source, inside)
    if not inside:
        made = _from_words(reading, source)
        return [made] if made else []
    heads = [head_of(reading, inside)]
    # "Kerry and Lavrov said": every member of an enumeration speaks.
    for index in inside:
        if index > heads[-1]:
            gap = reading.article.text[reading.places[heads[-1]].end : reading.places[index].start]
            words = [word.lower() for word in tokens(gap)]
            if "and" in words and len(words) <= 5 and reading.places[index].owner is False:
                heads.append(head_of(reading, [one for one in inside if one >= index]))
                break
    voices = []
    for index in dict.fromkeys(heads):
        found = reading.resolutions[index]
        if found is not None and found.entity is not None:
            span = Span(reading.places[index].start, reading.places[index].end)
            voices.append(Voice(found.entity, found.how, span, found.confidence))
    return voices


def _named_after(reading: Reading, source: Span, inside: list[int]) -> list[int]:
    """The name right after a source that stops short of it: "The Chinese state news agency" | Xinhua."""
    if len(inside) != 1 or inside[0] + 1 >= len(reading.places):
        return []
    found, following = reading.resolutions[inside[0]], inside[0] + 1
    place = reading.places[following]
    if found is None or found.how != "demonym" or reading.entity(following) is None:
        return []
    # An adjective alone ("The Chinese said") is complete; one with a noun after it has its name still to come.
    words = [
        word.lower() for word in tokens(reading.article.text[reading.places[inside[0]].end : place.start])
    ]
    runs_on = 0 < len(words) <= 5 and not any(word in PREPOSITIONS for word in words)
    titled = runs_on and (words[-1] in TITLES or words[-1] in ORGANISATION_WORDS)
    return [following] if titled and source.end <= place.start else []


def head_of(reading: Reading, inside: list[int]) -> int:
    """Of the mentions in a source, the one it is about: the named person, else what is no mere owner."""
    for index in inside:
        entity = reading.entity(index)
        found = reading.resolutions[index]
        if entity is not None and entity.is_person and found is not None and not reading.places[index].owner:
            return index
    for index in inside:
        found = reading.resolutions[index]
        if not reading.places[index].owner and not (found and found.how == "demonym" and index != inside[-1]):
            return index
    return inside[-1]


def _from_words(reading: Reading, source: Span) -> Voice | None:
    """A source in which the reader marked no mention: an actor made of its words."""
    text = " ".join(reading.article.text[source.start : source.end].split()).strip(' ,;:"“”')
    if not text or not any(char.isalnum() for char in text):
        return None
    if is_pronoun(text):
        return None
    phrase = analyse(text, reading.countries)
    known = reading.actors.find(text)
    if known is not None:
        return Voice(reading.known_entity(known.id), known.how, source, 0.8)
    word = reading.countries.find(text)
    if word is not None and word.kind in ("name", "people", "demonym", "capital"):
        return Voice(reading.country_entity(word.code), "name", source, 0.7)
    name = text
    if phrase.determiner in ("the", "a", "an") and " " in text:
        name = text.split(None, 1)[1]
    entity = next((one for one in reading.entities.all if one.name.lower() == name.lower()), None)
    if entity is None:
        kind = "group" if phrase.plural else "person" if phrase.head in TITLES else "unknown"
        entity = reading.entities.new(name, kind, plural=phrase.plural)  # type: ignore[arg-type]
        entity.heads.update({phrase.head, singular(phrase.head)})
        if phrase.country:
            entity.country, entity.country_known = phrase.country, True
        else:
            nearest = mentions_within(reading, max(0, source.start - 200), source.start)
            if nearest:
                entity.country, _ = context_country(reading, nearest[-1])
    return Voice(entity, "nominal", source, 0.5)
