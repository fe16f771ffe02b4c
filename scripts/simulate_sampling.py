"""How many labels uncertainty sampling saves: active learning, simulated on labels that are known already.

    python scripts/simulate_sampling.py LABELS.jsonl… [--json OUT] [--pool 4000] [--seeds 5]

Articles are split by seed into a pool and a test half. From a random start, each round labels a further batch
of the pool by strategy, trains the stance head anew on all labels so far (a logistic regression over the
model's frozen pair features) and scores the test half. Reported: macro F1 by number of labels, and with how many
labels, as a share of random's, each strategy first reaches the F1 that random has. Give labels on which the
checkpoint was not trained: its features know the others by heart.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from models.inference import label_features
from models.labels import STANCES
from models.metrics import macro_f1
from models.pairs import PairLabel, read_pairs
from models.registry import load_checkpoint
from models.stance import StanceModel
from pipeline.labelling.sample import BREADTH, by_centrality, uncertainty

STRATEGIES = ("random", "uncertainty", "uncertainty, clustered")


def main(
    labels: Annotated[list[Path], typer.Argument(help="Pair labels, JSONL.")],
    checkpoint: Annotated[str, typer.Option(help="Whose pair features are frozen.")] = "stance",
    pool: Annotated[int, typer.Option(help="Most pairs, in whole articles.")] = 4000,
    start: Annotated[int, typer.Option(help="Random labels before the first round.")] = 50,
    batch: Annotated[int, typer.Option(help="Labels a round.")] = 50,
    most: Annotated[int, typer.Option(help="Labels at the end.")] = 800,
    seeds: int = 5,
    out: Annotated[Path | None, typer.Option("--json")] = None,
) -> None:
    known = [label for path in labels for label in read_pairs(path) if label.stance]
    rows = some_articles(known, pool)
    features = StandardScaler().fit_transform(label_features(load_checkpoint(checkpoint, StanceModel), rows))
    gold = np.array([STANCES.index(label.stance) for label in rows if label.stance])
    articles = np.array([label.article for label in rows])
    sizes = list(range(start, most + 1, batch))
    curves = {
        strategy: np.array([curve(features, gold, articles, strategy, sizes, seed) for seed in range(seeds)])
        for strategy in STRATEGIES
    }
    means = {strategy: values.mean(axis=0) for strategy, values in curves.items()}
    needed = {strategy: labels_needed(sizes, means["random"], means[strategy]) for strategy in STRATEGIES}
    print(f"{len(rows)} pairs of {len(set(articles))} articles, {seeds} seeds, macro F1 on the unseen half")
    print("labels  " + "  ".join(f"{strategy:>30}" for strategy in STRATEGIES))
    for index, size in enumerate(sizes):
        cells = [f"{100 * means['random'][index]:.1f}"]
        for strategy in STRATEGIES[1:]:
            other = needed[strategy][index]
            told = "never" if other is None else f"at {other:.0f}, {other / size:.0%}"
            cells.append(f"{100 * means[strategy][index]:.1f} (random's {told})")
        print(f"{size:6}  " + "  ".join(f"{cell:>30}" for cell in cells))
    if out is not None:
        record: dict[str, Any] = {
            "files": [path.name for path in labels],
            "pairs": len(rows),
            "sizes": sizes,
            "f1": {name: values.round(4).tolist() for name, values in curves.items()},
            "labels_for_the_f1_of_random": needed,
        }
        out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def some_articles(labels: list[PairLabel], most: int) -> list[PairLabel]:
    """Labels of whole articles, drawn by a fixed seed, up to ``most``."""
    names = sorted({label.article for label in labels})
    np.random.default_rng(0).shuffle(names)
    sizes = dict.fromkeys(names, 0)
    for label in labels:
        sizes[label.article] += 1
    kept, total = set(), 0
    for name in names:
        if total + sizes[name] <= most:
            kept.add(name)
            total += sizes[name]
    return [label for label in labels if label.article in kept]


def curve(
    features: np.ndarray,
    gold: np.ndarray,
    articles: np.ndarray,
    strategy: str,
    sizes: list[int],
    seed: int,
) -> list[float]:
    """Macro F1 on the test half at each number of labels."""
    random = np.random.default_rng(seed)
    names = np.unique(articles)
    in_pool = np.isin(articles, random.permutation(names)[: len(names) // 2])
    test = np.flatnonzero(~in_pool)
    waiting = random.permutation(np.flatnonzero(in_pool))
    chosen, waiting = waiting[: sizes[0]], waiting[sizes[0] :]
    model = head(features[chosen], gold[chosen])
    scores = [macro_f1(gold[test], model.predict(features[test]), len(STANCES))]
    for size in sizes[1:]:
        picked = pick(model, features[waiting], strategy, size - len(chosen), seed)
        chosen = np.append(chosen, waiting[picked])
        waiting = np.delete(waiting, picked)
        model = head(features[chosen], gold[chosen])
        scores.append(macro_f1(gold[test], model.predict(features[test]), len(STANCES)))
    return scores


def head(features: np.ndarray, gold: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=0.01, class_weight="balanced", max_iter=200).fit(features, gold)


def pick(model: LogisticRegression, features: np.ndarray, strategy: str, n: int, seed: int) -> np.ndarray:
    """Positions of the ``n`` rows to label next; ``features`` come in random order."""
    if strategy == "random":
        return np.arange(n)
    doubts = uncertainty(model.predict_proba(features))
    ranked = np.argsort(-doubts, kind="stable")
    if strategy == "uncertainty":
        return ranked[:n]
    best = ranked[: n * BREADTH]
    return best[by_centrality(features[best], doubts[best], n, seed)[:n]]


def labels_needed(sizes: list[int], random: np.ndarray, other: np.ndarray) -> list[float | None]:
    """For random's best F1 up to each size, the labels with which ``other`` first reaches it, between rounds
    in proportion; None where it never does."""
    needed: list[float | None] = []
    for wanted in np.maximum.accumulate(random):
        reached = np.flatnonzero(other >= wanted)
        if not len(reached):
            needed.append(None)
            continue
        last = int(reached[0])
        if last == 0:
            needed.append(float(sizes[0]))
            continue
        share = (wanted - other[last - 1]) / (other[last] - other[last - 1])
        needed.append(float(sizes[last - 1] + share * (sizes[last] - sizes[last - 1])))
    return needed


if __name__ == "__main__":
    typer.run(main)
