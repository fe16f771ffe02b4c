"""An old and a new stance checkpoint on the same labels: scores, how sure the difference is, and what flipped."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.bootstrap import Comparison, paired_comparison
from models.errors import LabelError
from models.evaluation import known_items, score_labelled
from models.labels import IGNORED, SENTIMENTS, STANCES
from models.metrics import macro_f1
from models.pairs import LabelledWindow, labelled_windows, read_pairs
from models.registry import Checkpoint
from models.slices import pair_context

# Flips of one kind that a comparison quotes.
FLIPS = 100
_HEADS = {"stances": STANCES, "sentiments": SENTIMENTS}


@dataclass(frozen=True, slots=True)
class Flip:
    """A pair that one of the two checkpoints gets right and the other wrong."""

    id: str
    statement: str
    holder: str
    target: str
    gold: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FileComparison:
    """Macro F1 of both checkpoints on one label file (0 to 1), of its stances or, where it knows none, sentiments.

    ``fixed`` and ``broken``: how many pairs went from wrong to right and from right to wrong; the first
    `FLIPS` of each are quoted. ``difference`` resamples articles.
    """

    head: str
    pairs: int
    old: float
    new: float
    difference: Comparison
    fixed: int
    broken: int
    flips: tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """The labelled pairs of a file for one head: each a window and the pair's place in it, and its article."""

    head: str
    windows: list[LabelledWindow]
    pairs: list[tuple[LabelledWindow, int]]
    articles: list[str]

    def answers(self, checkpoint: Checkpoint) -> tuple[np.ndarray, np.ndarray]:
        """Labels and the checkpoint's answers, both (pairs,)."""
        gold, chances = known_items(self.head, self.windows, score_labelled(checkpoint, self.windows))
        return gold, chances.argmax(axis=-1)


def _read(path: Path) -> _File:
    labels = read_pairs(path)
    windows = labelled_windows(labels)
    article_of = {label.id: label.article for label in labels}
    for head in _HEADS:
        pairs = [
            (labelled, index)
            for labelled in windows
            for index, label in enumerate(getattr(labelled, head))
            if label != IGNORED
        ]
        if pairs:
            return _File(head, windows, pairs, [article_of[labelled.ids[index]] for labelled, index in pairs])
    raise LabelError(f"{path}: no row has a stance or a sentiment; a gate needs labels")


def _score(gold: np.ndarray, found: np.ndarray) -> float:
    return macro_f1(gold, found, len(STANCES))


def file_score(checkpoint: Checkpoint, path: Path) -> float:
    """What a `FileComparison` says of one checkpoint; raises as `compare_file` does."""
    return _score(*_read(path).answers(checkpoint))


def compare_file(old: Checkpoint, new: Checkpoint, path: Path) -> FileComparison:
    """Both checkpoints on the pair labels of a file.

    Raises:
        LabelError: a row cannot be used, or none has a label.
    """
    file = _read(path)
    gold, before = file.answers(old)
    _, after = file.answers(new)
    fixed = np.flatnonzero((before != gold) & (after == gold))
    broken = np.flatnonzero((before == gold) & (after != gold))
    names = _HEADS[file.head]

    def flip(item: int) -> Flip:
        labelled, index = file.pairs[item]
        pair = pair_context(labelled.window, labelled.window.pairs[index])
        return Flip(
            id=labelled.ids[index],
            statement=labelled.window.text[slice(*labelled.window.statement)],
            holder=pair.holder_text,
            target=pair.target_text,
            gold=names[gold[item]],
            old=names[before[item]],
            new=names[after[item]],
        )

    return FileComparison(
        head=file.head.removesuffix("s"),
        pairs=len(gold),
        old=_score(gold, before),
        new=_score(gold, after),
        difference=paired_comparison(_score, gold, before, after, file.articles),
        fixed=len(fixed),
        broken=len(broken),
        flips=tuple(flip(item) for item in (*fixed[:FLIPS], *broken[:FLIPS])),
    )
