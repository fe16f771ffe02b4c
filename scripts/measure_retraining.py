"""What a few hundred labels of a new domain do to the stance model there, and to its skill in the old one.

    python scripts/prepare_stancewire.py ../shared/data/stancewire/newdomain_train.jsonl --pairs new.jsonl --spans s.jsonl
    python scripts/prepare_stancewire.py ../shared/data/stancewire/newdomain_dev.jsonl --pairs dev.jsonl --spans s.jsonl
    python scripts/measure_retraining.py new.jsonl dev.jsonl --labels 300 --draws 3

Each draw takes other statements, as `stancewire sample --strategy random` would, and retrains as `stancewire
train stance --labels` does. Printed: macro F1 of the stances, before → after.
"""

import random
import shutil
from pathlib import Path
from statistics import mean
from tempfile import mkdtemp
from time import perf_counter
from typing import Annotated

import typer

from models import retraining
from models.comparison import compare
from models.evaluation import score_file
from models.label_files import read_labels
from models.registry import load_checkpoint
from models.stance import StanceModel


def drawn(rows: list[dict], count: int, seed: int) -> list[dict]:
    """The pairs of statements drawn at random, until there are ``count``."""
    texts = list(dict.fromkeys(row["text"] for row in rows))
    random.Random(seed).shuffle(texts)
    place = {text: index for index, text in enumerate(texts)}
    return sorted(rows, key=lambda row: place[row["text"]])[:count]


def main(
    pool: Annotated[Path, typer.Argument(help="pair labels of the new domain to draw from")],
    held_out: Annotated[Path, typer.Argument(help="pair labels of the new domain to measure with")],
    labels: int = 300,
    draws: int = 3,
    start: str = "default",
) -> None:
    rows = read_labels(pool, dict)
    old = load_checkpoint(retraining.DEFAULT if start == "default" else start, StanceModel)
    known = score_file(old, held_out)
    gains = []
    for seed in range(draws):
        folder = Path(mkdtemp())
        path = folder / "labels.jsonl"
        path.write_text(retraining.as_lines(drawn(rows, labels, seed)), encoding="utf-8")
        begun = perf_counter()
        promotion = retraining.retrain(path, folder / "out", start=start, seed=seed).promotion
        seconds = perf_counter() - begun
        new = load_checkpoint(str(promotion.folder), StanceModel)
        there = compare(known, score_file(new, held_out))
        _, before = promotion.verdicts
        gains.append((there.difference.difference, before.new - (before.old or 0.0)))
        print(
            f"draw {seed}: new domain {100 * there.old:.1f} → {100 * there.new:.1f}, "
            f"old domain {100 * (before.old or 0.0):.1f} → {100 * before.new:.1f}, "
            f"gates {'passed' if promotion.passed else 'failed'}, {seconds:.0f} s",
            flush=True,
        )
        shutil.rmtree(folder)
    means = [100 * mean(column) for column in zip(*gains, strict=True)]
    print(f"mean difference: new domain {means[0]:+.1f}, old domain {means[1]:+.1f}")


if __name__ == "__main__":
    typer.run(main)
