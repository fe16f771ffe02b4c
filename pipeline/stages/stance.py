"""stance: the trained stance model scores every holder → target pair of every statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from pydantic import Field

from models.backends import load_with
from models.checkpoints import Checkpoint
from models.inference import PairScores, score_windows
from models.labels import SENTIMENTS, STANCES
from models.pairs import AUTHOR_INDEX, CONTEXT_STATEMENTS, StanceWindow, candidate_pairs
from models.scoring import StanceScorer
from pipeline.mentions import by_statement
from pipeline.records import (
    AUTHOR,
    Actor,
    Article,
    ResolvedArticle,
    ResolvedStatement,
    ScoredArticle,
    Span,
    StanceRecord,
    grow,
)
from pipeline.stages.base import StageOptions
from pipeline.stages.model_options import ModelOptions


class _Options(ModelOptions):
    """``min_confidence``: a row whose best stance is less probable than this is ``unsure``."""

    checkpoint: str = "stance"
    min_confidence: float = Field(default=0.0, ge=0, le=1)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """One statement's window and the actors that its pairs index, with where the statement names them."""

    statement: ResolvedStatement
    window: StanceWindow
    actors: tuple[Actor, ...]
    spans: dict[str, Span]


class ModelStance:
    consumes: ClassVar[type[Article]] = ResolvedArticle
    produces: ClassVar[type[Article]] = ScoredArticle
    Options: ClassVar[type[StageOptions]] = _Options

    def __init__(self, options: _Options) -> None:
        self.options = options
        self.checkpoints: dict[str, Checkpoint] = {}

    def setup(self) -> None:
        """Loads the checkpoint.

        Raises:
            CheckpointError: it is missing, truncated or no stance model.
            BackendError: the backend gives other labels than torch.
        """
        self.checkpoints = {"stance": load_with(self.options.checkpoint, StanceScorer, self.options.backend)}

    def process(self, batch: Sequence[ResolvedArticle]) -> list[ScoredArticle]:
        candidates = [_candidates(article) for article in batch]
        windows = [one.window for found in candidates for one in found]
        scores = iter(score_windows(self.checkpoints["stance"], windows))
        return [
            grow(
                ScoredArticle,
                article,
                stances=tuple(row for one in found for row in self._rows(one, next(scores))),
            )
            for article, found in zip(batch, candidates, strict=True)
        ]

    def _rows(self, one: _Candidates, scores: PairScores) -> list[StanceRecord]:
        rows = []
        for index, (holder, target) in enumerate(one.window.pairs):
            stances, sentiments = scores.stances[index], scores.sentiments[index]
            best = int(stances.argmax())
            held_by = AUTHOR if holder == AUTHOR_INDEX else one.actors[holder]
            aimed_at = one.actors[target]
            # A target that only the context names is worth a row where the statement takes a side on it.
            if aimed_at.id not in one.spans and STANCES[best] == "neutral":
                continue
            rows.append(
                StanceRecord(
                    statement_id=one.statement.id,
                    holder=held_by,
                    holder_span=one.spans.get(held_by.id),
                    target=aimed_at,
                    target_span=one.spans.get(aimed_at.id),
                    stance=STANCES[best] if stances[best] >= self.options.min_confidence else "unsure",
                    stance_probabilities=_three(stances),
                    sentiment=SENTIMENTS[int(sentiments.argmax())],
                    sentiment_probabilities=_three(sentiments),
                )
            )
        return rows


def _candidates(article: ResolvedArticle) -> list[_Candidates]:
    """The statements of an article that have a pair to score, in order."""
    mentions = by_statement(article.statements, article.mentions)
    found = []
    for index, statement in enumerate(article.statements):
        first = max(0, index - CONTEXT_STATEMENTS)
        begin = article.statements[first].start
        spans: dict[str, list[tuple[int, int]]] = {}
        actors: dict[str, Actor] = {}
        for mention in (m for group in mentions[first : index + 1] for m in group):
            for actor in mention.actors:
                actors.setdefault(actor.id, actor)
                spans.setdefault(actor.id, []).append((mention.start - begin, mention.end - begin))
        for speaker in statement.speakers:
            actors.setdefault(speaker.actor.id, speaker.actor)
        named: dict[str, Span] = {}
        for mention in mentions[index]:
            for actor in mention.actors:
                named.setdefault(actor.id, Span(mention.start, mention.end))
        speakers = [speaker.actor.id for speaker in statement.speakers if speaker.actor.id != AUTHOR.id]
        pairs = [
            pair
            for pair in candidate_pairs(list(named), speakers, list(spans), AUTHOR.id)
            if not _one_state(actors.get(pair[0], AUTHOR), actors[pair[1]])
        ]
        if not pairs:
            continue
        order = {actor: position for position, actor in enumerate(actors)}
        window = StanceWindow(
            text=article.clean_text[begin : statement.end],
            statement=(statement.start - begin, statement.end - begin),
            actors=tuple(tuple(spans.get(actor, ())) for actor in actors),
            speakers=frozenset(order[actor] for actor in speakers),
            pairs=tuple(
                (AUTHOR_INDEX if holder == AUTHOR.id else order[holder], order[target])
                for holder, target in pairs
            ),
        )
        found.append(_Candidates(statement, window, tuple(actors.values()), named))
    return found


def _three(values: np.ndarray) -> tuple[float, float, float]:
    first, second, third = (float(value) for value in values)
    return first, second, third


def _one_state(holder: Actor, target: Actor) -> bool:
    """Whether one of the two is the state that the other belongs to: China and Xi of China have no stance."""
    return (
        holder.country is not None
        and holder.country == target.country
        and "country" in (holder.kind, target.kind)
    )
