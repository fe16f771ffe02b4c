"""Runs whose rows say where holder and target are mentioned, for what is sampled from them to be labelled."""

from dataclasses import replace
from pathlib import Path

from fake_runs import scored, write_run

from models.labels import STANCES
from pipeline.io.results import StoredArticle, open_run
from pipeline.records import Actor, ResolvedMention, ScoredArticle, Span

Three = tuple[float, float, float]


def mention(text: str, span: Span, *actors: Actor) -> ResolvedMention:
    return ResolvedMention(
        span.start, span.end, text[span.start : span.end], "name", 1.0, actors, "name", 1.0
    )


def told(id_: str, *lines: tuple[str, Three]) -> ScoredArticle:
    """Lines "HOLDER VERB TARGET", a statement each, with the stance probabilities of its row."""
    article = scored(id_, "\n".join(line for line, _ in lines))
    stances, mentions = [], []
    for record, statement, (line, three) in zip(article.stances, article.statements, lines, strict=True):
        holder = Span(statement.start, statement.start + line.index(" "))
        target = Span(statement.start + line.rindex(" ") + 1, statement.end)
        mentions += [
            mention(article.text, holder, record.holder),
            mention(article.text, target, record.target),
        ]
        stances.append(
            replace(
                record,
                holder_span=holder,
                target_span=target,
                stance=STANCES[three.index(max(three))],
                stance_probabilities=three,
            )
        )
    return replace(article, stances=tuple(stances), mentions=tuple(mentions))


def stored(folder: Path, *articles: ScoredArticle) -> list[StoredArticle]:
    return list(open_run(write_run(folder, articles)).articles())
