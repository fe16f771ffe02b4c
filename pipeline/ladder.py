"""What each stage loses: the chain run from annotated records on, one predicted stage more at each rung.

The first rung gives the stance model annotated statements, mentions, actors and speakers; the last one gives
the chain raw text. The scores of neighbouring rungs differ by what the stage between them gets wrong, and
by what later stages make of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.articles import LabelledArticle
from models.bootstrap import Comparison, interval, resamples
from models.metrics import count_scores
from pipeline.actors.countries import load_countries
from pipeline.agreement import Agreement, Counts, counts, label_f1, summary
from pipeline.chain import Chain
from pipeline.errors import StancewireError
from pipeline.gold import attributed_article, read_article, resolved_article, split_article, unannotated
from pipeline.paths import config_path
from pipeline.records import Article, ReadArticle
from pipeline.stages import STAGES

STEPS = tuple(STAGES)
# Where the rungs begin to predict. Clean and split are one rung: the annotation keeps no text that is dropped.
FIRST_PREDICTED = ("stance", "resolve", "attribute", "read", STEPS[0])

# What is compared from rung to rung.
_CHANGES: dict[str, Callable[[Counts], float]] = {
    "pairs": lambda found: count_scores(found["pairs"]).f1,
    "macro_f1": label_f1,
    "actors.pairs": lambda found: count_scores(found["actors.pairs"]).f1,
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One run of the chain. ``predicted``: the stages that ran; what those before them make was annotated.

    ``change``: of the F1 of ``pairs``, ``macro_f1`` and ``actors.pairs`` against the rung before, with the
    interval over resampled articles; empty at the first one.
    """

    predicted: tuple[str, ...]
    agreement: Agreement
    change: dict[str, Comparison]


def ladder(gold: Sequence[LabelledArticle], chain: Chain, batch: int) -> list[Rung]:
    """The rungs from the last stage alone to the whole chain, which is the last rung.

    A rung is left out where the config's own stage takes more than the annotation gives. Sources, cues and
    contents are not annotated: the attribute stage always works from those that the read stage found.

    Args:
        chain: one that is set up.
        batch: articles that a stage takes at once.

    Raises:
        StancewireError: a stage fails.
    """
    drawn = resamples([article.id for article in gold])
    rungs: list[Rung] = []
    before: Counts | None = None
    for first in FIRST_PREDICTED:
        records = _records(first, gold, chain, batch)
        if records is None:
            continue
        predicted = STEPS[STEPS.index(first) :]
        found = counts(gold, _through(chain, predicted, records, batch))
        change = (
            {}
            if before is None
            else {name: _change(score, before, found, drawn) for name, score in _CHANGES.items()}
        )
        rungs.append(Rung(predicted, summary(gold, found), change))
        before = found
    return rungs


def _change(
    score: Callable[[Counts], float], old: Counts, new: Counts, drawn: Sequence[np.ndarray]
) -> Comparison:
    def gain(rows: np.ndarray | slice) -> float:
        parts = [{name: value[rows] for name, value in found.items()} for found in (new, old)]
        return score(parts[0]) - score(parts[1])

    gains = np.array([gain(rows) for rows in drawn])
    return Comparison(gain(slice(None)), interval(gains.tolist()), float((gains > 0).mean()))


def _records(
    first: str, gold: Sequence[LabelledArticle], chain: Chain, batch: int
) -> Sequence[Article] | None:
    """What the stage ``first`` takes, annotated; None where it takes something else."""
    records: Sequence[Article]
    if first == "stance":
        countries = load_countries(config_path("countries.yaml"))
        records = [resolved_article(article, countries) for article in gold]
    elif first == "resolve":
        records = [attributed_article(article) for article in gold]
    elif first == "attribute":
        records = [read_article(article) for article in gold]
        split = [split_article(article) for article in gold]
        if not _fits(chain, "read", split):
            return None
        read: list[ReadArticle] = _through(chain, ("read",), split, batch)
        records = [read_article(article, one.tagged) for article, one in zip(gold, read, strict=True)]
    elif first == "read":
        records = [split_article(article) for article in gold]
    else:
        records = [unannotated(article) for article in gold]
    return records if _fits(chain, first, records) else None


def _fits(chain: Chain, step: str, records: Sequence[Article]) -> bool:
    return all(isinstance(record, chain.stages[step].consumes) for record in records)


def _through(chain: Chain, steps: Sequence[str], records: Sequence[Article], batch: int) -> list[Any]:
    """Records taken through some of the chain's stages."""
    results = []
    for start in range(0, len(records), batch):
        some: list[Any] = list(records[start : start + batch])
        for step in steps:
            try:
                some = chain.stages[step].process(some)
            except StancewireError:
                raise
            except Exception as error:
                raise StancewireError(
                    f"stages.{step}: fails on articles {records[start].id!r} to {some[-1].id!r}: "
                    f"{type(error).__name__}: {error}"
                ) from error
        results += some
    return results
