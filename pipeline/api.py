"""Stancewire from Python: texts in, rows out, the same columns as the files of a run.

from pipeline.api import score
result = score("Xi said that China will support Russia.")
print(result.stances)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.chain import build_chain
from pipeline.config import ScoreConfig
from pipeline.errors import InputError, StancewireError
from pipeline.io.read import Reject, Row, article_from
from pipeline.io.schema import ATTRIBUTIONS, STANCES, STATEMENTS
from pipeline.loaded_chain import LoadedChain
from pipeline.records import ScoredArticle
from pipeline.run import score_config

# A text, or a mapping with the fields of an input row: ``text`` and what there is of the others.
ArticleLike = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows as in the tables of a run of these names, ready for ``pandas.DataFrame``."""

    statements: list[dict[str, Any]]
    stances: list[dict[str, Any]]
    attributions: list[dict[str, Any]]


class Scorer:
    """A chain that stays loaded. ``config``: a `ScoreConfig`, a path of one, or None for the defaults.

    Raises:
        StancewireError: the config does not fit, or a checkpoint cannot be loaded.
    """

    def __init__(self, config: ScoreConfig | str | Path | None = None) -> None:
        if not isinstance(config, ScoreConfig):
            config = score_config(Path(config) if config else None)
        self._batch = config.batch_articles
        self._engine = LoadedChain(build_chain(config), config.threads)

    def articles(self, articles: ArticleLike | Iterable[ArticleLike]) -> list[ScoredArticle]:
        """The scored records, in input order.

        Raises:
            InputError: an article has no usable text, or two have the same id.
            StancewireError: a stage fails on an article.
        """
        given = [articles] if isinstance(articles, (str, Mapping)) else articles
        rows = [
            Row(f"article {number}", article_from({"text": one} if isinstance(one, str) else one))
            for number, one in enumerate(given, 1)
        ]
        places: dict[str, str] = {}
        for row in rows:
            first = places.setdefault(row.article.id, row.place)
            if first != row.place:
                raise InputError(f"{row.place}: the id {row.article.id!r} was used before, by {first}")
        outcomes = []
        for outcome in self._engine.outcomes(rows, self._batch):
            if isinstance(outcome, Reject):
                raise StancewireError(f"{outcome.place}: stage {outcome.stage} failed: {outcome.reason}")
            outcomes.append(outcome)
        return outcomes

    def score(self, articles: ArticleLike | Iterable[ArticleLike]) -> Scored:
        """The rows of one article or of several; raises as `articles` does."""
        scored, model = self.articles(articles), self._engine.stance_model
        return Scored(
            [row for article in scored for row in STATEMENTS.dicts(article, model)],
            [row for article in scored for row in STANCES.dicts(article, model)],
            [row for article in scored for row in ATTRIBUTIONS.dicts(article, model)],
        )


@cache
def _default_scorer() -> Scorer:
    return Scorer()


def score(articles: ArticleLike | Iterable[ArticleLike]) -> Scored:
    """Scores with the default config; the models are loaded by the first call. See `Scorer.score`."""
    return _default_scorer().score(articles)
