"""Runs whose rows say where holder and target are mentioned, for what is sampled from them to be labelled."""

from dataclasses import replace
from pathlib import Path

from fake_runs import scored, write_run

from models.labels import STANCES
from pipeline.io.results import StoredArticle, open_run
from pipeline.records import ScoredArticle, Span

Three = tuple[float, float, float]


def told(id_: str, *lines: tuple[str, Three]) -> ScoredArticle:
    """Lines "HOLDER VERB TARGET", a statement each, with the stance probabilities of its row."""
    article = scored(id_, "\n".join(line for line, _ in lines))
    stances = []
    for record, statement, (line, three) in zip(article.stances, article.statements, lines, strict=True):
        holder, target = statement.start, statement.start + line.rindex(" ") + 1
        stances.append(
            replace(
                record,
                holder_span=Span(holder, holder + line.index(" ")),
                target_span=Span(target, statement.end),
                stance=STANCES[three.index(max(three))],
                stance_probabilities=three,
            )
        )
    return replace(article, stances=tuple(stances))


def stored(folder: Path, *articles: ScoredArticle) -> list[StoredArticle]:
    return list(open_run(write_run(folder, articles)).articles())
