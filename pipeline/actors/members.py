"""Which actors "the two", "both sides" or "the juntas" are: sets of actors, ranked by what the text is about.

States are weighed by every country word of the text, not by their own mentions alone: a call between
two presidents makes "the two nations" theirs, and so does a headline. The ranking is
`pipeline.actors.salience` under the task ``pair``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pipeline.actors.entities import Entity
from pipeline.actors.link_features import member_features
from pipeline.actors.phrases import tokens
from pipeline.actors.pronouns import mentions_within
from pipeline.actors.reading import Choice, Reading
from pipeline.actors.salience import Features, best_of
from pipeline.actors.words import CLAUSE_OPENERS, TITLES

# How many actors of a kind are weighed, how far back they are looked for, and how many country words.
_SINGLES = 8
_LOOK_BACK = 24
_TRACES = 40
_AHEAD = 3
# Distance in sentences of an actor that the text has not mentioned yet.
_UNSEEN = 5
_LEADERS = frozenset("president premier minister chancellor king queen emperor emir sultan leader".split())
_HEADS_OF_STATE = _LEADERS - {"minister", "chancellor"}
_GENERIC_LEADERS = frozenset(
    "leader man woman politician official head chief rival colleague friend contender".split()
)
_KINDS = {
    "country": ("country",),
    "person": ("person",),
    "organisation": ("organisation", "country"),
    "any": ("country", "person", "organisation", "mixed"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a collective's words say of its members.

    ``kind``: country, person, organisation or any; ``head``: its noun; ``count``: how many, None where
    the words leave it open; ``states``: the only states that may be meant ("Gulf monarchies"); ``without``:
    whose neighbours, partners or rivals they are.
    """

    kind: str
    head: str
    count: int | None
    states: frozenset[str] | None = None
    without: Entity | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """One possible member: the sentences before the mention that bring it up, and its share of the article."""

    entity: Entity
    sentences: frozenset[int]
    distance: int
    share: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """The sentence around a collective: its first actor, what lies between, and who speaks."""

    lead: Entity | None
    relation: str
    speaker: Entity | None


def choose_members(reading: Reading, index: int, wanted: Wanted) -> tuple[Entity, ...] | None:
    """The best ranked set of members, in the order in which the text brought them up; None without candidates."""
    of_states = wanted.kind == "person" and wanted.head in _HEADS_OF_STATE
    if of_states and len(_leaders(reading, index, wanted)) < 2:
        return _leading(reading, index, wanted)
    frame = _frame_of(reading, index)
    candidates: list[tuple[tuple[Entity, ...], Features]] = []
    for kind in _KINDS[wanted.kind]:
        for rank, chosen in enumerate(_sets(reading, index, kind, wanted)):
            features = _features(reading, index, chosen, kind, wanted, frame)
            features[f"rank {min(rank, 4)}"] = 1.0
            candidates.append((in_order([one.entity for one in chosen]), features))
    if not candidates:
        return None
    if reading.trace is not None:
        reading.trace.append(Choice("pair", index, candidates))
    return best_of("pair", candidates)[0]


def _leaders(reading: Reading, index: int, wanted: Wanted) -> list[Entity]:
    """The persons who may be meant by "leaders": who is known to have another office alone is none."""
    found = [one.entity for one in _singles(reading, index, "person", wanted)]
    return [entity for entity in found if not entity.heads or entity.heads & _LEADERS]


def _leading(reading: Reading, index: int, wanted: Wanted) -> tuple[Entity, ...] | None:
    """The leaders of the states that are meant; a state itself stands for one whom the text does not name."""
    states = choose_members(reading, index, replace(wanted, kind="country"))
    if states is None:
        return None
    leaders = _leaders(reading, index, wanted)
    return tuple(
        next((leader for leader in leaders if leader.country == state.country), state) for state in states
    )


def in_order(found: Sequence[Entity]) -> tuple[Entity, ...]:
    """Members in the order in which the text first brought them up."""
    return tuple(sorted(found, key=lambda one: one.places[0].mention if one.places else one.index))


def is_party(reading: Reading, entity: Entity) -> bool:
    """Whether an actor is a state, or a body that acts as one of its own ("the EU", not its commission)."""
    if entity.is_state:
        return True
    code = entity.country
    if entity.kind != "organisation" or code is None or code in reading.countries.names:
        return False
    row = reading.actors.rows.get(entity.known_id or "")
    return row is not None and code in (row.name, *row.aliases)


def _sets(reading: Reading, index: int, kind: str, wanted: Wanted) -> Iterator[tuple[_Standing, ...]]:
    size = wanted.count or 2
    if kind == "mixed":
        states = _singles(reading, index, "country", wanted)
        bodies = _singles(reading, index, "organisation", wanted)
        for state in states:
            for body in bodies:
                if state.sentences & body.sentences and state.entity.country != body.entity.country:
                    yield state, body
        return
    singles = _singles(reading, index, kind, wanted)
    if size == 2:
        yield from combinations(singles, 2)
    known = [
        entity.members
        for entity in reading.entities.latest(_LOOK_BACK)
        if len(entity.members) > 2 and (wanted.count is None or len(entity.members) == size)
    ]
    for members in known:
        if all(_fits(reading, member, kind) and member is not wanted.without for member in members):
            yield tuple(_standing(reading, index, member, kind) for member in members)
    if size > 2 and len(singles) >= size:
        yield tuple(singles[:size])
        often = sorted(singles, key=lambda one: -len(one.sentences))[:size]
        if {one.entity.index for one in often} != {one.entity.index for one in singles[:size]}:
            yield tuple(often)


def _fits(reading: Reading, entity: Entity, kind: str) -> bool:
    if entity.members or entity.kind == "author":
        return False
    if kind == "country":
        return is_party(reading, entity)
    if kind == "person":
        return entity.is_person and not entity.plural
    return not entity.is_person and not entity.is_state


def _singles(reading: Reading, index: int, kind: str, wanted: Wanted) -> list[_Standing]:
    """Possible members of a kind, the latest first."""
    if kind == "country":
        codes = _codes(reading, index)
        if wanted.states is not None:
            codes = [code for code in codes if code in wanted.states]
        if wanted.without is not None:
            codes = [code for code in codes if code != wanted.without.country]
        found = [reading.country_entity(code) for code in codes]
        found = [entity for entity in found if is_party(reading, entity)]
    else:
        found = [
            entity
            for entity in reading.entities.latest(_LOOK_BACK)
            if entity.places[-1].mention < index
            and _fits(reading, entity, kind)
            and entity is not wanted.without
        ]
    return [_standing(reading, index, entity, kind) for entity in found[:_SINGLES]]


def _codes(reading: Reading, index: int) -> list[str]:
    """The countries and bodies that the text before the mention brings up, latest first, then the headline's and the next."""
    homes = reading.homes
    before = homes.before(reading.places[index].start)
    order = dict.fromkeys(trace.code for trace in reversed(homes.traces[max(0, before - _TRACES) : before]))
    for entity in reading.entities.latest(_LOOK_BACK):
        if entity.country is not None and entity.places[-1].mention < index and not entity.members:
            order.setdefault(entity.country)
    order.update(dict.fromkeys(code for code in homes.headline if code not in order))
    for trace in homes.traces[before : before + _AHEAD]:
        order.setdefault(trace.code)
    return list(order)


def _standing(reading: Reading, index: int, entity: Entity, kind: str) -> _Standing:
    homes, place = reading.homes, reading.places[index]
    sentences = {one.sentence for one in entity.places}
    if kind == "country" and entity.country is not None:
        traces = homes.by_code.get(entity.country, ())
        sentences |= {one.sentence for one in traces if one.start < place.start}
        for other in reading.entities.latest(_LOOK_BACK):
            if other.country == entity.country and not other.members:
                sentences |= {one.sentence for one in other.places}
    distance = min(4, place.sentence - max(sentences)) if sentences else _UNSEEN
    total = sum(homes.counts.values()) or 1
    share = homes.counts[entity.country] / total if entity.country else 0.0
    return _Standing(entity, frozenset(sentences), distance, share)


def _frame_of(reading: Reading, index: int) -> _Frame:
    place = reading.places[index]
    at, lead = index - 1, None
    while at >= 0 and reading.places[at].sentence == place.sentence:
        if reading.entity(at) is not None and not reading.places[at].owner:
            lead = at
        at -= 1
    relation = ""
    if lead is not None:
        between = reading.article.text[reading.places[lead].end : place.start]
        words = [word.lower() for word in tokens(between)]
        apart = any(word in CLAUSE_OPENERS or word in ('"', "“", "”", ";", ":") for word in words)
        relation = "in its clause" if apart else "of its verb, owning" if place.owner else "of its verb"
    statement = reading.statement(index)
    speaker = None
    for source in statement.sources if statement is not None else ():
        for other in mentions_within(reading, source.start, source.end):
            if other != index and reading.entity(other) is not None:
                speaker = reading.entity(other)
    return _Frame(reading.entity(lead) if lead is not None else None, relation, speaker)


def _is_among(entity: Entity, chosen: Sequence[_Standing], kind: str) -> bool:
    """Whether an actor is one of the members, or one of a member state's people."""
    if kind == "country" and not entity.members:
        return any(one.entity.country == entity.country for one in chosen)
    others = entity.members or (entity,)
    return any(one.entity is other for one in chosen for other in others)


def _features(
    reading: Reading, index: int, chosen: tuple[_Standing, ...], kind: str, wanted: Wanted, frame: _Frame
) -> Features:
    """What speaks for these actors' being meant: how near, how often, how often together, who acts on whom."""
    place, homes = reading.places[index], reading.homes
    distances = sorted(one.distance for one in chosen)
    features: Features = {
        f"nearer {distances[0]}": 1.0,
        f"farther {distances[-1]}": 1.0,
        f"{wanted.kind}: {kind}": 1.0,
    }
    if wanted.kind == "any":
        features[f"{wanted.head}: {kind}"] = 1.0
    if len(chosen) > 2:
        features["more than two"] = 1.0
        if wanted.count is None:
            features["more than two, of an open number"] = 1.0
    together = frozenset.intersection(*(one.sentences for one in chosen))
    features["together"] = min(len(together), 4) / 4
    if together:
        features[f"last together {min(4, place.sentence - max(together))}"] = 1.0
        if min(together) <= 1:
            features["together from the start"] = 1.0
    known = reading.entities.collectives.get(tuple(sorted(one.entity.index for one in chosen)))
    if known is not None and known.places:
        features["said before"] = 1.0
        features[f"said before {min(4, place.sentence - known.places[-1].sentence)}"] = 1.0
    codes = [one.entity.country for one in chosen]
    shares = [one.share for one in chosen]
    features[f"{kind}, least share"] = min(shares)
    features[f"{kind}, share"] = sum(shares)
    counts = [len(one.sentences) for one in chosen]
    features["mentions of the rarer"] = min(min(counts), 5) / 5
    features["mentions"] = min(sum(counts), 10) / 10
    top = {code for code, _ in homes.counts.most_common(2)}
    if kind == "country" and set(codes) == top:
        features["the two most often named"] = 1.0
    if codes[0] == codes[1]:
        features[f"{kind}, of one country"] = 1.0
    in_headline = sum(code in homes.headline for code in codes)
    if in_headline:
        features["all in the headline" if in_headline == len(codes) else "one in the headline"] = 1.0
    if kind == "country":
        named = sum(bool(one.entity.places) for one in chosen)
        features["named themselves"] = named / len(chosen)
    if frame.lead is not None:
        among = "among" if _is_among(frame.lead, chosen, kind) else "beside"
        features[f"{among} the lead {frame.relation}"] = 1.0
    if frame.speaker is not None and (place.quoted or not frame.relation.startswith("of its verb")):
        among = "among" if _is_among(frame.speaker, chosen, kind) else "beside"
        features[f"{among} the speaker"] = 1.0
    heads = [one.entity.heads for one in chosen]
    if kind == "person":
        if wanted.head in TITLES and wanted.head not in _GENERIC_LEADERS:
            features["titled so"] = sum(wanted.head in one for one in heads) / len(heads)
        if wanted.head in _GENERIC_LEADERS and all(one & _LEADERS for one in heads):
            features["all lead states"] = 1.0
    if kind == "organisation":
        if any(wanted.head in one for one in heads):
            features["named so"] = sum(wanted.head in one for one in heads) / len(heads)
        if all(one.entity.named for one in chosen):
            features["all named"] = 1.0
    if kind in ("person", "organisation") and set.intersection(*heads):
        features["alike"] = 1.0
    if all(one.entity.places and one.entity.places[0].sentence <= 1 for one in chosen):
        features["all from the start"] = 1.0
    return features | member_features(reading, index, tuple(one.entity for one in chosen))
