"""Stages without models: one that takes an article all the way, and one that passes it on or fails."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import yaml

from pipeline.records import (
    AUTHOR,
    Actor,
    Article,
    ResolvedStatement,
    ScoredArticle,
    Span,
    Speaker,
    StanceRecord,
    grow,
)
from pipeline.stages.base import StageOptions

COUNTRIES = {"Xi": "CHN", "Beijing": "CHN", "Putin": "RUS", "Nato": "NATO"}
VERBS = {"backs": "support", "rejects": "oppose", "meets": "neutral"}
STEPS = ("clean", "split", "read", "attribute", "resolve", "stance")
DIGEST = "0123456789abcdef" * 4


def actor(name: str) -> Actor:
    return Actor(id=name.lower(), name=name, kind="person", country=COUNTRIES.get(name))


def stance_record(
    statement_id: str, holder: str, stance: str, target: str, probability: float = 0.9
) -> StanceRecord:
    rest = (1 - probability) / 2
    three = {"support": (probability, rest, rest), "neutral": (rest, probability, rest)}
    probabilities = three.get(stance, (rest, rest, probability))
    return StanceRecord(
        statement_id=statement_id,
        holder=actor(holder),
        holder_span=None,
        target=actor(target),
        target_span=Span(0, len(target)),
        stance=stance,
        stance_probabilities=probabilities,
        sentiment="neutral",
        sentiment_probabilities=(0.123456, 0.753088, 0.123456),
    )


@dataclass(frozen=True)
class FakeCheckpoint:
    name: str
    digest: str = DIGEST

    @property
    def label(self) -> str:
        return f"{self.name}@{self.digest[:8]}"


class Everything:
    """Each line "HOLDER VERB TARGET" is a statement and a stance."""

    class Options(StageOptions):
        probability: float = 0.9
        table: Path | None = None

    consumes: ClassVar = Article
    produces: ClassVar = ScoredArticle

    def __init__(self, options: "Everything.Options") -> None:
        self.options = options

    def setup(self) -> None:
        pass

    def process(self, batch: Sequence[Article]) -> list[ScoredArticle]:
        return [self._score(article) for article in batch]

    def _score(self, article: Article) -> ScoredArticle:
        statements, stances, at = [], [], 0
        for number, line in enumerate(article.text.split("\n")):
            span, at = Span(at, at + len(line)), at + len(line) + 1
            statement_id = f"{article.id}-{number}"
            statements.append(
                ResolvedStatement(
                    start=span.start,
                    end=span.end,
                    id=statement_id,
                    text=line,
                    paragraph=0,
                    kind="narration",
                    cue=None,
                    sources=(),
                    attribution="author",
                    confidence=0.8,
                    speakers=(Speaker(AUTHOR, "author", None, 0.876543),),
                )
            )
            words = line.split()
            if len(words) == 3 and words[1] in VERBS:
                stances.append(
                    stance_record(statement_id, words[0], VERBS[words[1]], words[2], self.options.probability)
                )
        return grow(
            ScoredArticle,
            article,
            clean_text=article.text,
            paragraphs=(),
            dropped=(),
            statements=tuple(statements),
            mentions=(),
            tagged=(),
            stances=tuple(stances),
        )


class Pass:
    """Hands articles on; fails on a batch that holds a text with ``fails_on`` in it.

    A text with ``kills_on`` in it kills the process. ``waits``: seconds that an article takes.
    """

    class Options(StageOptions):
        fails_on: str | None = None
        kills_on: str | None = None
        waits: float = 0.0
        loses: int = 0
        setup_fails: bool = False
        checkpoint: str = "fake"

    consumes: ClassVar = ScoredArticle
    produces: ClassVar = ScoredArticle

    def __init__(self, options: "Pass.Options") -> None:
        self.options = options
        self.checkpoints: dict[str, FakeCheckpoint] = {}

    def setup(self) -> None:
        if self.options.setup_fails:
            raise OSError("model.safetensors is cut short")
        self.checkpoints = {"model": FakeCheckpoint(self.options.checkpoint)}

    def process(self, batch: Sequence[ScoredArticle]) -> list[ScoredArticle]:
        wanted = self.options.fails_on
        kills_on = self.options.kills_on
        for article in batch:
            if wanted and wanted in article.text:
                raise RuntimeError(f"cannot bear {wanted!r}")
            if kills_on and kills_on in article.text:
                os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.options.waits * len(batch))
        return list(batch)[: len(batch) - self.options.loses]


def fake_values(**options: dict) -> dict:
    """Config values of a chain of fakes, with options by step."""
    uses = dict.fromkeys(STEPS, f"{__name__}:Pass") | {"clean": f"{__name__}:Everything"}
    return {"stages": {step: {"use": use, **options.get(step, {})} for step, use in uses.items()}}


def write_config(path: Path, **options: dict) -> Path:
    path.write_text(yaml.safe_dump(fake_values(**options)), encoding="utf-8")
    return path
