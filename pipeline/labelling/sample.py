"""Which rows of a run are most worth a label.

Rows are ranked by what the strategy says a label of theirs teaches. The best of them, `BREADTH` times as
many as are wanted, are clustered by what the stance model sees of each pair, weighted by rank score, and each
cluster gives its most central row (Zhdanov 2019, Diverse mini-batch active learning). Limits for an article
and an actor keep one story or one name from filling the sample.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sklearn.cluster import KMeans

from models.leaks import text_key
from models.pairs import PairLabel
from pipeline.errors import InputError
from pipeline.io.results import Run
from pipeline.io.schema import STANCES
from pipeline.labelling.choices import Strategy
from pipeline.labelling.items import Item, article_items, pair_id

# Candidates that are clustered for each row that is wanted.
BREADTH = 10

_KEYS = ("article_id", "statement_id", "holder_id", "target_id")
_STANCE = ("p_support", "p_neutral", "p_oppose")
_SENTIMENT = ("p_positive", "p_sentiment_neutral", "p_negative")


@dataclass(frozen=True, slots=True)
class Limits:
    """Most rows of one article, and most rows in which one actor is holder or target."""

    article: int
    actor: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """The rows of a run's `stances`, in file order: who holds toward whom in which article, and ids of pairs.

    ``scores``: what a label of the row teaches, by the strategy; NaN where it is no candidate.
    """

    articles: np.ndarray
    holders: np.ndarray
    targets: np.ndarray
    scores: np.ndarray


def sample(
    run: Run,
    n: int,
    strategy: Strategy,
    *,
    seed: int,
    limits: Limits,
    embed: Callable[[Sequence[PairLabel]], np.ndarray],
    other: Run | None = None,
    labelled: Collection[str] = (),
) -> list[Item]:
    """``n`` rows, fewer where the limits allow no more; the most telling first.

    ``embed``: `models.inference.label_features` of a checkpoint; asked once, or not at all where chance picks.
    ``other``: a run of another checkpoint over the same articles, for `disagreement`; without it a stance is
    compared with the same row's sentiment. ``labelled``: ids of pairs that have a label already.

    Raises:
        InputError: a table cannot be read, the run has no row left, or shares none with ``other``.
    """
    found = candidates(run, strategy, other=other, labelled=labelled)
    if np.isnan(found.scores).all():
        raise InputError(
            f"{run.folder.shown}: no row is left to label; score more articles"
            + (", the same ones in both runs" if other else "")
        )
    # Chance decides among equals, and alone where every row scores the same.
    ranked = np.lexsort((np.random.default_rng(seed).random(len(found.scores)), -found.scores))
    ranked = ranked[~np.isnan(found.scores[ranked])]
    pool = within_limits(found, ranked, n * BREADTH, Limits(limits.article * BREADTH, limits.actor * BREADTH))
    items = dict(_items(run, pool))
    rows = _distinct(items, pool)
    if strategy != "random" and len(rows) > n:
        features = embed([items[row].pair for row in rows])
        central = by_centrality(features, found.scores[rows], n, seed)
        chosen = set(within_limits(found, [rows[index] for index in central], n, limits))
        rows = [row for row in rows if row in chosen]
    return [items[row] for row in within_limits(found, rows, n, limits)]


def candidates(
    run: Run, strategy: Strategy, *, other: Run | None = None, labelled: Collection[str] = ()
) -> Candidates:
    """The rows of a run and their scores; raises as `sample`."""
    table = _read(run, (*_KEYS, *_STANCE, *_SENTIMENT))
    stances = _columns(table, _STANCE)
    match strategy:
        case "uncertainty":
            scores = uncertainty(stances)
        case "disagreement":
            against = _columns(table, _SENTIMENT) if other is None else _other_stances(table, other)
            scores = divergence(stances, against)
        case _:
            scores = np.zeros(len(stances))
    if labelled:
        ids = map(pair_id, *(table.column(name).to_pylist() for name in _KEYS[1:]))
        scores[[id_ in labelled for id_ in ids]] = np.nan
    chunks = [*table.column("holder_id").chunks, *table.column("target_id").chunks]
    holders, targets = np.split(_codes(pa.chunked_array(chunks)), 2)
    return Candidates(_codes(table.column("article_id")), holders, targets, scores)


def uncertainty(probabilities: np.ndarray) -> np.ndarray:
    """One minus the margin between the two likeliest stances: (rows, 3) → (rows,).

    Scheffer, Decomain & Wrobel (2001), Active hidden Markov models for information extraction.
    """
    ordered = np.sort(probabilities, axis=1)
    return 1 - (ordered[:, -1] - ordered[:, -2])


def divergence(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Jensen and Shannon's, in bits, of two distributions a row: (rows, 3) twice → (rows,), from 0 to 1."""
    mean = (first + second) / 2
    return (_relative_entropy(first, mean) + _relative_entropy(second, mean)) / 2


def _relative_entropy(given: np.ndarray, reference: np.ndarray) -> np.ndarray:
    ratio = np.divide(given, reference, out=np.ones_like(given), where=given > 0)
    # A row without a counterpart is NaN, and stays so.
    return (given * np.log2(ratio)).sum(axis=1) + 0 * reference.sum(axis=1)


def within_limits(found: Candidates, rows: Iterable[int], n: int, limits: Limits) -> list[int]:
    """The first ``n`` rows, passing over those whose article or actor is at its limit."""
    articles: Counter[int] = Counter()
    actors: Counter[int] = Counter()
    chosen: list[int] = []
    for row in rows:
        if len(chosen) == n:
            break
        article, holder, target = found.articles[row], found.holders[row], found.targets[row]
        if articles[article] < limits.article and max(actors[holder], actors[target]) < limits.actor:
            chosen.append(int(row))
            articles[article] += 1
            actors.update((holder, target))
    return chosen


def by_centrality(features: np.ndarray, scores: np.ndarray, n: int, seed: int) -> list[int]:
    """All rows of ``features``: the most central of each of ``n`` clusters, then the second of each, and so on.

    Within a round the rows keep their order.
    """
    unit = features / np.linalg.norm(features, axis=1, keepdims=True).clip(min=1e-12)
    weights = scores if scores.any() else None
    clusters = KMeans(n, n_init=1, random_state=seed).fit(unit, sample_weight=weights)
    distances = clusters.transform(unit)[np.arange(len(unit)), clusters.labels_]
    rounds = np.zeros(len(unit), dtype=int)
    for cluster in range(n):
        members = np.flatnonzero(clusters.labels_ == cluster)
        rounds[members[np.argsort(distances[members], kind="stable")]] = np.arange(len(members))
    return np.argsort(rounds, kind="stable").tolist()


def _items(run: Run, pool: Sequence[int]) -> Iterator[tuple[int, Item]]:
    """Row number and item of the rows in ``pool``, in file order."""
    wanted, before = set(pool), 0
    for article in run.articles():
        rows = [row for row in range(before, before + len(article.stances)) if row in wanted]
        for row in rows:
            for item in article_items(article, [article.stances[row - before]]):
                yield row, item
        before += len(article.stances)


def _distinct(items: Mapping[int, Item], pool: Iterable[int]) -> list[int]:
    """The rows of ``pool`` with an item, the first of those that say the same: agency text is labelled once."""
    firsts: dict[tuple[str, str, str], int] = {}
    for row in pool:
        if row in items:
            item = items[row]
            statement = item.pair.text[slice(*item.pair.statement)]
            firsts.setdefault((text_key(statement), item.holder, item.target), row)
    return list(firsts.values())


def stance_model(run: Run) -> str:
    """The checkpoint that scored a run, as its rows name it; raises as `sample`."""
    return _read(run, ("model",)).column("model")[0].as_py()


def _read(run: Run, columns: Sequence[str]) -> pa.Table:
    batches = list(run.batches(STANCES, columns))
    if not batches:
        raise InputError(f"{run.folder.shown}: has no stances; score articles in which actors are named")
    return pa.Table.from_batches(batches)


def _columns(table: pa.Table, names: Sequence[str]) -> np.ndarray:
    return np.stack([table.column(name).to_numpy() for name in names], axis=1)


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    return pc.dictionary_encode(column).combine_chunks().indices.to_numpy()


def _other_stances(table: pa.Table, other: Run) -> np.ndarray:
    """The stance probabilities that the other run gives the rows of ``table``; NaN where it has no such row."""
    numbered = table.select(_KEYS).append_column("row", pa.array(np.arange(len(table))))
    theirs = (
        _read(other, (*_KEYS, *_STANCE)).group_by(list(_KEYS)).aggregate([(name, "max") for name in _STANCE])
    )
    joined = numbered.join(theirs, keys=list(_KEYS), join_type="left outer").sort_by("row")
    return _columns(joined, [f"{name}_max" for name in _STANCE])
