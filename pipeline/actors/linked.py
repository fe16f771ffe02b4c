"""The part of the resolver that takes the coreference model's word alone."""

import math

from models.links import BACK
from pipeline.actors.link_features import chance_of
from pipeline.actors.nominals import new_nominal_part
from pipeline.actors.reading import Reading, Resolution
from pipeline.records import How

# From which probability an old actor, or a new one, is taken.
_OLD = 0.7
_NEW = 0.9
# From which probability a first or second person is, where the rules say nobody, and where they say another.
_PERSON = 0.3
_OTHER_PERSON = 0.8


def linked_part(reading: Reading, index: int) -> Resolution | None:
    """A nominal whose actor the coreference model is sure of: one mentioned before, or a new one."""
    if reading.links is None:
        return None
    if math.exp(reading.links.new[index]) >= _NEW:
        return new_nominal_part(reading, index)
    return taken_up(reading, index, "nominal", _OLD)


def linked_pronoun(reading: Reading, index: int, found: Resolution | None) -> Resolution | None:
    """Whom a first or second person means where the model is surer than the rules, which found ``found``."""
    return taken_up(reading, index, "pronoun", _PERSON if found is None else _OTHER_PERSON) or found


def taken_up(reading: Reading, index: int, how: How, least: float) -> Resolution | None:
    """The actor that a mention most probably takes up, if that is ``least`` probable."""
    if reading.links is None:
        return None
    near = {
        entity.index: entity
        for other in range(max(0, index - BACK), index)
        if (entity := reading.entity(other)) is not None
    }
    chances = {number: chance_of(reading, index, entity) for number, entity in near.items()}
    best = max(chances, key=lambda number: chances[number], default=None)
    if best is None or chances[best] < least:
        return None
    return Resolution(near[best], how, round(chances[best], 3), "link")
