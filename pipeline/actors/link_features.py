"""What the coreference model says of a mention, as features of the resolver's rankings."""

import math

from models.links import AHEAD, BACK
from pipeline.actors.entities import Entity
from pipeline.actors.reading import Reading
from pipeline.actors.salience import Features

# Log probabilities and logits are kept within these bounds: beyond them one more unit says nothing more.
_LEAST = -8.0
_MOST = 8.0
# How many of an actor's mentions are asked for its country.
_ASKED = 8


def link_features(reading: Reading, index: int, entity: Entity) -> Features:
    """How probable it is that a mention takes up an actor, or a set of actors; nothing without a model."""
    if reading.links is None:
        return {}
    taken_up = _log(chance_of(reading, index, entity))
    if not entity.members:
        return {"linked": 1.0, "link": taken_up}
    return {
        "linked": 1.0,
        "link several": _bounded(float(reading.links.several[index])),
        "link set": taken_up,
        "link members": _membership(reading, index, entity.members),
    }


def member_features(reading: Reading, index: int, members: tuple[Entity, ...]) -> Features:
    """How probable it is that a collective means these actors."""
    if reading.links is None:
        return {}
    return {"linked": 1.0, "link members": _membership(reading, index, members)}


def country_links(reading: Reading, index: int) -> dict[str, float]:
    """Country → the highest logit by which a mention shares it with one whose country is known."""
    if reading.links is None:
        return {}
    found: dict[str, float] = {}
    for other in _compared(reading, index):
        entity = reading.entity(other)
        if entity is None or not entity.country_known or entity.country is None:
            continue
        value = _bounded(reading.links.country(index, other))
        found[entity.country] = max(value, found.get(entity.country, _LEAST))
    return found


def nation_links(reading: Reading, index: int, entity: Entity | None) -> dict[str, float]:
    """Country, body or `NO_NATION` → the mean log probability by which an actor's mentions, one at ``index`` among
    them, belong to it."""
    links = reading.links
    if links is None:
        return {}
    places = {place.mention for place in entity.places} if entity is not None else set()
    own = [one for one in sorted(places) if reading.entity(one) is entity][:_ASKED]
    found = links.nations[sorted({index, *own})].mean(axis=0)
    return {code: max(_LEAST, float(value)) for code, value in zip(links.codes, found, strict=True)}


def chance_of(reading: Reading, index: int, entity: Entity) -> float:
    """The probability that a mention's antecedent is one of an actor's mentions."""
    links, total = reading.links, 0.0
    if links is None:
        return total
    for place in reversed(entity.places):
        if place.mention < index - BACK:
            break
        # A pair of names joined by "and" has a place, but no mention of its own.
        if place.mention < index and reading.entity(place.mention) is entity:
            total += math.exp(links.same(index, place.mention))
    return total


def _membership(reading: Reading, index: int, members: tuple[Entity, ...]) -> float:
    """The mean over the members of the highest logit by which a mention of theirs belongs to a collective."""
    return sum(_member(reading, index, member) for member in members) / len(members)


def _member(reading: Reading, index: int, entity: Entity) -> float:
    links, best = reading.links, _LEAST
    if links is None:
        return best
    for other in _compared(reading, index):
        if reading.entity(other) is entity:
            best = max(best, _bounded(links.member(index, other)))
    return best


def _compared(reading: Reading, index: int) -> list[int]:
    """The mentions that the model compared one with."""
    reach = range(max(0, index - BACK), min(len(reading.places), index + AHEAD + 1))
    return [other for other in reach if other != index]


def _log(chance: float) -> float:
    return max(_LEAST, math.log(chance)) if chance > 0 else _LEAST


def _bounded(logit: float) -> float:
    return min(_MOST, max(_LEAST, logit))
