"""Resolve: every mention to its actors with country, every statement to its speakers."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from pipeline.actors.countries import CountryTable, load_countries
from pipeline.actors.entities import Entity
from pipeline.actors.reading import Reading, Resolution, open_reading
from pipeline.actors.resolver import resolve
from pipeline.actors.speakers import Voice
from pipeline.actors.tables import ActorTable, load_actors
from pipeline.paths import config_path
from pipeline.records import (
    AUTHOR,
    Actor,
    Article,
    AttributedArticle,
    AttributedStatement,
    Mention,
    ResolvedArticle,
    ResolvedMention,
    ResolvedStatement,
    Span,
    Speaker,
    grow,
)
from pipeline.stages.base import StageOptions


class TableResolver:
    """Resolution by tables of actors and countries, and by rules over the text (`pipeline.actors.resolver`)."""

    consumes: ClassVar[type[Article]] = AttributedArticle
    produces: ClassVar[type[Article]] = ResolvedArticle

    class Options(StageOptions):
        """``tables``: files of actor rows on top of ``configs/actors.yaml``; a later row replaces one of its id."""

        tables: tuple[Path, ...] = Field(default=())

    def __init__(self, options: Options) -> None:
        self.options = options
        self._actors: ActorTable | None = None
        self._countries: CountryTable | None = None

    def setup(self) -> None:
        """Load the tables.

        Raises:
            ConfigError: a table cannot be read or has a wrong row.
        """
        self._countries = load_countries(config_path("countries.yaml"))
        self._actors = load_actors(config_path("actors.yaml"), self.options.tables)

    def read(self, article: AttributedArticle) -> Reading:
        """An article opened for resolution; `resolve` fills it. For those who want to see each part's answer."""
        if self._actors is None or self._countries is None:
            raise RuntimeError("call setup() before process()")
        return open_reading(article, self._actors, self._countries)

    def process(self, batch: Sequence[AttributedArticle]) -> list[ResolvedArticle]:
        return [self._resolve(article) for article in batch]

    def _resolve(self, article: AttributedArticle) -> ResolvedArticle:
        reading = self.read(article)
        voices = resolve(reading)
        return grow(
            ResolvedArticle,
            article,
            mentions=tuple(
                _resolved_mention(mention, index, found)
                for index, (mention, found) in enumerate(
                    zip(article.mentions, reading.resolutions, strict=True)
                )
            ),
            statements=tuple(
                grow(ResolvedStatement, statement, speakers=_speakers(statement, heard))
                for statement, heard in zip(article.statements, voices, strict=True)
            ),
        )


def _actors_of(entity: Entity) -> tuple[Actor, ...]:
    return tuple(member.actor() for member in entity.members) if entity.members else (entity.actor(),)


def _evidence(entity: Entity, index: int) -> tuple[Span, ...]:
    """Where the actors of a mention were mentioned last before it."""
    places = [member.last_before(index) for member in entity.members or (entity,)]
    return tuple(sorted({Span(place.start, place.end) for place in places if place is not None}))


def _resolved_mention(mention: Mention, index: int, found: Resolution | None) -> ResolvedMention:
    if found is None or found.entity is None:
        return grow(ResolvedMention, mention, actors=(), how="nominal", confidence=0.0)
    how = "collective" if found.entity.members and found.how == "nominal" else found.how
    return grow(
        ResolvedMention,
        mention,
        actors=_actors_of(found.entity),
        how=how,
        confidence=found.confidence,
        evidence=_evidence(found.entity, index),
    )


def _speakers(statement: AttributedStatement, heard: Sequence[Voice]) -> tuple[Speaker, ...]:
    """The statement's speakers; the article's own voice where it names none."""
    if statement.attribution == "author" or not heard:
        return (Speaker(actor=AUTHOR, how="author", span=None, confidence=statement.confidence),)
    return tuple(
        Speaker(
            actor=voice.entity.actor(),
            how="carried" if statement.attribution == "carried" else voice.how,
            span=voice.span,
            confidence=round(voice.confidence * statement.confidence, 3),
        )
        for voice in heard
    )
