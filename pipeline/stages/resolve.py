"""resolve: every mention to its actors with country, every statement and attribution to its speakers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from models.backends import load_with
from models.checkpoints import Checkpoint
from models.links import Links, link_texts
from models.scoring import CoreferenceScorer
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
    How,
    Mention,
    ResolvedArticle,
    ResolvedMention,
    ResolvedStatement,
    Span,
    Speaker,
    grow,
)
from pipeline.stages.model_options import ModelOptions


class TableResolver:
    """Resolution by tables of actors and countries, by rules over the text, and by the coreference model's word
    on which mentions hang together (`pipeline.actors.resolver`)."""

    consumes: ClassVar[type[Article]] = AttributedArticle
    produces: ClassVar[type[Article]] = ResolvedArticle

    class Options(ModelOptions):
        """``tables``: files of actor rows on top of ``configs/actors.yaml``; a later row replaces one of its id.
        ``checkpoint``: null for tables and rules alone."""

        tables: tuple[Path, ...] = Field(default=())
        checkpoint: str | None = "coreference"  # type: ignore[assignment]

    def __init__(self, options: Options) -> None:
        self.options = options
        self._actors: ActorTable | None = None
        self._countries: CountryTable | None = None
        self.checkpoints: dict[str, Checkpoint] = {}

    def setup(self) -> None:
        """Load the tables and the checkpoint.

        Raises:
            ConfigError: a table cannot be read or has a wrong row.
            CheckpointError: the checkpoint is missing, truncated or of another model.
            BackendError: the backend gives other labels than torch.
        """
        self._countries = load_countries(config_path("countries.yaml"))
        self._actors = load_actors(config_path("actors.yaml"), self.options.tables)
        if self.options.checkpoint is not None:
            loaded = load_with(self.options.checkpoint, CoreferenceScorer, self.options.backend)
            self.checkpoints = {"coreference": loaded}

    def readings(self, batch: Sequence[AttributedArticle]) -> list[Reading]:
        """Articles opened for resolution; `resolve` fills them. For those who want to see each part's answer."""
        if self._actors is None or self._countries is None:
            raise RuntimeError("call setup() before process()")
        return [
            open_reading(article, self._actors, self._countries, links)
            for article, links in zip(batch, self._links(batch), strict=True)
        ]

    def _links(self, batch: Sequence[AttributedArticle]) -> Sequence[Links | None]:
        if not self.checkpoints:
            return [None] * len(batch)
        texts = [
            (
                article.clean_text,
                [(span.start, span.end) for span in article.paragraphs],
                [(mention.start, mention.end, mention.kind) for mention in article.mentions],
            )
            for article in batch
        ]
        return link_texts(self.checkpoints["coreference"], texts)

    def process(self, batch: Sequence[AttributedArticle]) -> list[ResolvedArticle]:
        return [self._resolve(reading) for reading in self.readings(batch)]

    def _resolve(self, reading: Reading) -> ResolvedArticle:
        article = reading.article
        heard = resolve(reading)
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
                grow(ResolvedStatement, statement, speakers=_speakers(statement, voices))
                for statement, voices in zip(article.statements, heard.statements, strict=True)
            ),
            attributions=tuple(
                replace(one, speakers=tuple(_speaker(voice, voice.how, one.score) for voice in voices))
                for one, voices in zip(article.attributions, heard.attributions, strict=True)
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


def _speakers(statement: AttributedStatement, voices: Sequence[Voice]) -> tuple[Speaker, ...]:
    """The statement's speakers; the article's own voice where it names none."""
    if statement.attribution == "author" or not voices:
        return (Speaker(actor=AUTHOR, how="author", span=None, confidence=statement.confidence),)
    carried = statement.attribution == "carried"
    return tuple(
        _speaker(voice, "carried" if carried else voice.how, statement.confidence) for voice in voices
    )


def _speaker(voice: Voice, how: How, confidence: float) -> Speaker:
    """``confidence``: that somebody is said to say it, beside the voice's own that it is they."""
    confidence = round(voice.confidence * confidence, 3)
    if voice.entity.id == AUTHOR.id:
        return Speaker(AUTHOR, "author", None, confidence)
    return Speaker(voice.entity.actor(), how, voice.span, confidence)
