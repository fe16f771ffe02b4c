"""The actors of one article while it is being read, and the order in which the text brought them up."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pipeline.actors.keys import slug
from pipeline.records import AUTHOR, Actor, ActorKind

Gender = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mention stands and how: the evidence that salience is judged by.

    ``subject``: it opens a clause; ``lead``: it is the first mention of its sentence outside quotations;
    ``quoted``: inside a quotation; ``owner``: a possessive; ``source``: inside a source span.
    """

    mention: int
    start: int
    end: int
    sentence: int
    paragraph: int
    subject: bool
    lead: bool
    quoted: bool
    owner: bool
    source: bool


@dataclass(slots=True, eq=False)
class Entity:
    """An actor as far as the text has told of it. ``members`` is filled for a collective alone."""

    index: int
    name: str
    kind: ActorKind
    country: str | None = None
    known_id: str | None = None
    gender: Gender | None = None
    plural: bool = False
    named: bool = False
    # Lower-case nouns that may stand for it: offices of a person, "bank" of a bank.
    heads: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    tokens: tuple[str, ...] = ()
    members: tuple["Entity", ...] = ()
    affiliation: "Entity | None" = None
    # An actor whose country it shares, where that one's own is still to be learnt.
    same_state_as: "Entity | None" = None
    # Whether the country was read off the text or a table, or guessed from the context.
    country_known: bool = False
    places: list[Place] = field(default_factory=list)
    pronouns: set[str] = field(default_factory=set)
    # By how much "he" was the better choice than others, less how much "she" was.
    votes: float = 0.0
    # The latest mention that names it, while names are being collected.
    named_at: int = -1
    id: str = ""

    @property
    def gender_lead(self) -> float:
        """How strongly pronouns speak for the gender noted."""
        return self.votes if self.gender == "male" else -self.votes

    @property
    def is_person(self) -> bool:
        return self.kind == "person"

    @property
    def is_state(self) -> bool:
        return self.kind == "country"

    def last_before(self, mention: int) -> Place | None:
        """Where the text mentioned it last before a mention."""
        before = bisect_left(self.places, mention, key=lambda place: place.mention)
        return self.places[before - 1] if before else None

    def actor(self) -> Actor:
        if self.kind == "author":
            return AUTHOR
        return Actor(id=self.id, name=self.name, kind=self.kind, country=self.country)


@dataclass(slots=True)
class Entities:
    """All entities of an article. ``recent`` holds them by last mention, latest at the end."""

    all: list[Entity] = field(default_factory=list)
    recent: dict[int, Entity] = field(default_factory=dict)
    countries: dict[str, Entity] = field(default_factory=dict)
    known: dict[str, Entity] = field(default_factory=dict)
    collectives: dict[tuple[int, ...], Entity] = field(default_factory=dict)

    def new(self, name: str, kind: ActorKind, **given: object) -> Entity:
        entity = Entity(len(self.all), name, kind, **given)  # type: ignore[arg-type]
        self.all.append(entity)
        return entity

    def collective(self, members: tuple[Entity, ...]) -> Entity:
        """The collective of these members; the same object for the same set."""
        key = tuple(sorted(member.index for member in members))
        if key not in self.collectives:
            self.collectives[key] = self.new(
                " and ".join(member.name for member in members), "group", plural=True, members=members
            )
        return self.collectives[key]

    def touch(self, entity: Entity, place: Place) -> None:
        """Record that the text mentions an entity here. Places arrive in text order."""
        entity.places.append(place)
        self.recent.pop(entity.index, None)
        self.recent[entity.index] = entity

    def latest(self, limit: int) -> Iterator[Entity]:
        """Entities by last mention, latest first, at most ``limit``."""
        for count, index in enumerate(reversed(self.recent)):
            if count >= limit:
                return
            yield self.recent[index]

    def number_ids(self) -> None:
        """Give each entity its id: a known one, or its name's slug, numbered where two share it."""
        taken: set[str] = {AUTHOR.id}
        for entity in self.all:
            if entity.known_id:
                entity.id = entity.known_id
                taken.add(entity.id)
        for entity in self.all:
            if entity.known_id or entity.members:
                continue
            base = candidate = slug(entity.name)
            number = 2
            while candidate in taken:
                candidate, number = f"{base}-{number}", number + 1
            entity.id = candidate
            taken.add(candidate)
