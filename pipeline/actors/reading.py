"""One article being resolved: its mentions with their places, what each turned out to mean, and the tables."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.links import Links
from pipeline.actors.countries import CountryTable
from pipeline.actors.entities import Entities, Entity, Place
from pipeline.actors.keys import slug
from pipeline.actors.phrases import Phrase, analyse, title_tail, tokens
from pipeline.actors.tables import ActorTable
from pipeline.actors.words import CLAUSE_OPENERS
from pipeline.quotes import Quotation, quotations
from pipeline.records import AttributedArticle, AttributedStatement, How, Mention, Span

if TYPE_CHECKING:
    from pipeline.actors.homes import Homes

# How far before a mention its own clause can matter, in characters.
LOOK_BACK = 160
# Countries are compared by what the text brought up, over the whole article; other actors within this many.
WINDOW = 30
SENTENCES_BACK = 10


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a mention means, how that is known, and ``part``: which part of the resolver said so."""

    entity: Entity | None
    how: How
    confidence: float
    part: str


@dataclass(slots=True)
class Choice:
    """One ranking made for a mention, kept when a trace is asked for.

    ``candidates``: what was ranked (an entity, a pair, a country code or None), with its features.
    """

    task: str
    mention: int
    candidates: list[tuple[Any, dict[str, float]]]


@dataclass(slots=True)
class Reading:
    """The state that the resolver's parts share. Mentions are referred to by their index."""

    article: AttributedArticle
    actors: ActorTable
    countries: CountryTable
    places: list[Place]
    # The mentions' words, an abbreviation that the reader cut short ("U" of "U.S.") made whole.
    texts: list[str]
    phrases: list[Phrase]
    quoted: list[Span]
    # The countries that the text or the headline names outright or by a demonym, capitals and cities aside.
    spoken: frozenset[str]
    entities: Entities = field(default_factory=Entities)
    resolutions: list[Resolution | None] = field(default_factory=list)
    trace: list[Choice] | None = None
    # What the coreference model says of the mentions; None where none was asked.
    links: Links | None = None
    homes: "Homes" = field(init=False)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return self.article.mentions

    def text(self, index: int) -> str:
        return self.texts[index]

    def statement(self, index: int) -> AttributedStatement | None:
        sentence = self.places[index].sentence
        return self.article.statements[sentence] if 0 <= sentence < len(self.article.statements) else None

    def entity(self, index: int) -> Entity | None:
        found = self.resolutions[index] if 0 <= index < len(self.resolutions) else None
        return found.entity if found else None

    def previous_in_sentence(self, index: int) -> int | None:
        """The mention before this one if it stands in the same sentence."""
        if index > 0 and self.places[index - 1].sentence == self.places[index].sentence:
            return index - 1
        return None

    def gap_before(self, index: int) -> str:
        """The text between this mention and the one before, or the sentence's start."""
        previous = self.previous_in_sentence(index)
        place = self.places[index]
        if previous is not None:
            start = self.places[previous].end
        else:
            statement = self.statement(index)
            start = statement.start if statement else max(0, place.start - LOOK_BACK)
        return self.article.text[max(start, place.start - LOOK_BACK) : place.start]

    def gap_after(self, index: int) -> str:
        """The text between this mention and the next one, or the sentence's end."""
        place = self.places[index]
        statement = self.statement(index)
        end = statement.end if statement else place.end + LOOK_BACK
        if index + 1 < len(self.places) and self.places[index + 1].sentence == place.sentence:
            end = min(end, self.places[index + 1].start)
        return self.article.text[place.end : min(end, place.end + LOOK_BACK)]

    def rest_of_sentence(self, index: int, limit: int = LOOK_BACK) -> str:
        place = self.places[index]
        statement = self.statement(index)
        end = statement.end if statement else place.end + limit
        return self.article.text[place.end : min(end, place.end + limit)]

    def country_entity(self, code: str) -> Entity:
        """The actor of a country; a body's short name gives that body."""
        entities = self.entities
        if code not in entities.countries:
            if code in self.countries.names:
                name = self.countries.names[code]
                entity = entities.new(
                    name,
                    "country",
                    country=code,
                    country_known=True,
                    known_id=slug(name),
                    named=True,
                    heads={"country", "nation", "state", "government"},
                )
            else:
                row = self.actors.find(code)
                if row is not None and row.country == code:
                    return self.known_entity(row.id)
                entity = entities.new(code, "organisation", country=code, country_known=True, named=True)
            entities.countries[code] = entity
        return entities.countries[code]

    def known_entity(self, row_id: str) -> Entity:
        """The entity of a row of the actor table."""
        entities = self.entities
        if row_id not in entities.known:
            row = self.actors.rows[row_id]
            heads = set(row.nouns) | {office.title.split()[-1] for office in row.offices}
            words = tokens(row.name)
            if row.kind != "person":
                heads |= {word.lower() for word in words}
            entities.known[row_id] = entities.new(
                row.name,
                row.kind,
                country=row.country,
                country_known=True,
                known_id=row.id,
                gender=row.gender,
                named=True,
                plural=row.kind == "group",
                heads=heads,
                tokens=tuple(words),
            )
        return entities.known[row_id]


def read_places(article: AttributedArticle, quotes: Sequence[Quotation]) -> list[Place]:
    """Where each mention stands (see `Place`)."""
    statements = article.statements
    starts = [statement.start for statement in statements]
    sources = sorted(source for statement in statements for source in statement.sources)
    source_starts = [source.start for source in sources]
    quote_starts = [quote.start for quote in quotes]
    places: list[Place] = []
    led: set[int] = set()
    previous: tuple[int, int] | None = None
    for index, mention in enumerate(article.mentions):
        sentence = max(0, bisect_right(starts, mention.start) - 1)
        at = bisect_right(quote_starts, mention.start) - 1
        quoted = at >= 0 and quotes[at].end > mention.start and not quotes[at].is_scare
        at = bisect_right(source_starts, mention.start) - 1
        source = any(one.overlaps(mention) for one in sources[max(0, at - 2) : at + 2])
        begin = max(starts[sentence] if starts else 0, mention.start - LOOK_BACK)
        if previous is not None and previous[0] == sentence:
            begin = max(begin, previous[1])
        gap = article.text[begin : mention.start]
        owner = article.text[mention.end : mention.end + 2] in (
            "'s",
            "’s",
            "' ",
            "’ ",
        ) or mention.text.endswith(("'s", "’s", "s'", "s’"))
        owner = owner or mention.text.lower() in ("his", "its", "their", "our", "my")
        subject = _opens_clause(gap, previous is None or previous[0] != sentence) and not owner
        lead = False
        if not quoted and sentence not in led:
            led.add(sentence)
            lead = not owner
        places.append(
            Place(
                mention=index,
                start=mention.start,
                end=mention.end,
                sentence=sentence,
                paragraph=statements[sentence].paragraph if statements else 0,
                subject=subject,
                lead=lead,
                quoted=quoted,
                owner=owner,
                source=source,
            )
        )
        previous = (sentence, mention.end)
    return places


def _opens_clause(gap: str, first: bool) -> bool:
    """Whether what follows this text begins a clause: nothing before it but a title, or a clause word."""
    words = tokens(gap)
    tail = title_tail(words)
    words = words[: len(words) - len(tail)] if tail else words
    while words and words[-1].lower() in ("the", "a", "an", "then", "also", "even"):
        words = words[:-1]
    if not words:
        return first
    last = words[-1].lower()
    if last in CLAUSE_OPENERS or last in ('"', "“", "”", ";", ":", "—", "-", "–"):
        return True
    return last == "," and (first or len(words) > 1)


def same_clause(reading: Reading, entity: Entity, place: Place) -> bool:
    """Whether an entity's last mention and a place share a clause, as far as punctuation and words tell."""
    last = entity.places[-1]
    if last.sentence != place.sentence or place.start - last.end > 90:
        return False
    between = reading.article.text[last.end : place.start]
    if any(mark in between for mark in ',;:"“”—()'):
        return False
    return not any(word in _CLAUSE_WORDS for word in between.lower().split())


_CLAUSE_WORDS = CLAUSE_OPENERS - {"after", "before", "since", "until"} | {"and", "for", "of"}


def open_reading(
    article: AttributedArticle, actors: ActorTable, countries: CountryTable, links: Links | None = None
) -> Reading:
    """An article ready to be resolved."""
    quotes = quotations(article.clean_text, article.paragraphs or (Span(0, len(article.text)),))
    places = read_places(article, quotes)
    texts = [mention.text + _cut_off(article.text, mention) for mention in article.mentions]
    return Reading(
        article=article,
        actors=actors,
        countries=countries,
        places=places,
        texts=texts,
        phrases=[analyse(text, countries) for text in texts],
        spoken=_spoken(article, countries),
        quoted=[Span(quote.start, quote.end) for quote in quotes],
        resolutions=[None] * len(article.mentions),
        links=links,
    )


_ABBREVIATION = re.compile(r"\.(?:[A-Z]\.)+")


def _cut_off(text: str, mention: Mention) -> str:
    """The rest of an abbreviation whose first letter alone was marked."""
    if len(mention.text) != 1 or not mention.text.isupper():
        return ""
    match = _ABBREVIATION.match(text, mention.end)
    return match[0] if match else ""


def _spoken(article: AttributedArticle, countries: CountryTable) -> frozenset[str]:
    words = tokens(article.title or "") + tokens(article.text)
    return frozenset(
        found.word.code
        for found in countries.scan(words)
        if found.word.kind in ("name", "demonym", "people", "region")
    )
