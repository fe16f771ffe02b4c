"""Rows of a run as items to label: one pair of holder and target in its statement, with its context."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.labels import STANCES, Stance
from models.pairs import CONTEXT_STATEMENTS, PairLabel, Spans
from pipeline.io.results import StoredArticle, StoredStatement
from pipeline.records import AUTHOR, Actor, StanceRecord


@dataclass(frozen=True, slots=True)
class Item:
    """``pair`` bears no label yet; ``suggestion`` is the model's, to which it gave ``probability``."""

    pair: PairLabel
    holder: str
    target: str
    suggestion: Stance
    probability: float


def pair_id(statement_id: str, holder_id: str, target_id: str) -> str:
    """The id of a row of the table `stances` as a pair label; the same whichever checkpoint scored it."""
    return f"{statement_id}:{holder_id}>{target_id}"


def article_items(article: StoredArticle, wanted: Sequence[StanceRecord]) -> Iterator[Item]:
    """Items of some of an article's rows; a row whose target the window does not mention gives none.

    Text, context and marks are what the stance model read, but for what stood between the statements, which a
    run does not keep.
    """
    places = {statement.id: index for index, statement in enumerate(article.statements)}
    for record in wanted:
        index = places[record.statement_id]
        window = article.statements[max(0, index - CONTEXT_STATEMENTS) : index + 1]
        text, starts = _joined(window)
        target = _spans(record.target, window, starts)
        if not target:
            continue
        statement = window[-1]
        best = max(range(len(STANCES)), key=record.stance_probabilities.__getitem__)
        yield Item(
            pair=PairLabel(
                id=pair_id(record.statement_id, record.holder.id, record.target.id),
                article=article.id,
                text=text,
                statement=(starts[-1], len(text)),
                holder=None if record.holder == AUTHOR else _spans(record.holder, window, starts),
                target=target,
                speaks=record.holder.id in {speaker.actor.id for speaker in statement.speakers},
                stance=None,
                sentiment=None,
                soft_stance=None,
                soft_sentiment=None,
                weight=1.0,
            ),
            holder=record.holder.name,
            target=record.target.name,
            suggestion=STANCES[best],
            probability=record.stance_probabilities[best],
        )


def _joined(window: Sequence[StoredStatement]) -> tuple[str, list[int]]:
    """The text of the statements, and where each begins in it; a line break stands for all but a space."""
    text, starts = "", []
    for index, statement in enumerate(window):
        if index:
            gap = statement.start - window[index - 1].end
            text += " " * gap if gap <= 1 else "\n"
        starts.append(len(text))
        text += statement.text
    return text, starts


def _spans(actor: Actor, window: Sequence[StoredStatement], starts: Sequence[int]) -> Spans:
    return tuple(
        (start + mention.start - statement.start, start + mention.end - statement.start)
        for statement, start in zip(window, starts, strict=True)
        for mention in statement.mentions
        if mention.actor == actor.id and statement.covers(mention)
    )
