"""An old and a new stance checkpoint on the same labels: scores, how sure the difference is, and what flipped."""

from dataclasses import dataclass

import numpy as np

from models.bootstrap import Comparison, paired_comparison
from models.errors import LabelError
from models.evaluation import ScoredFile, known_items
from models.labels import IGNORED, SENTIMENTS, STANCES
from models.metrics import macro_f1
from models.pairs import LabelledWindow
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
class _Answers:
    """For one head of a file: its labelled pairs, each a window and a place in it; labels and answers, (pairs,)."""

    head: str
    pairs: list[tuple[LabelledWindow, int]]
    gold: np.ndarray
    found: np.ndarray

    @property
    def score(self) -> float:
        return _score(self.gold, self.found)


def _answers(file: ScoredFile) -> _Answers:
    for head in _HEADS:
        pairs = [
            (labelled, index)
            for labelled in file.windows
            for index, label in enumerate(getattr(labelled, head))
            if label != IGNORED
        ]
        if pairs:
            gold, chances = known_items(head, file.windows, file.scores)
            return _Answers(head, pairs, gold, chances.argmax(axis=-1))
    raise LabelError(f"{file.path}: no row has a stance or a sentiment; a gate needs labels")


def _score(gold: np.ndarray, found: np.ndarray) -> float:
    return macro_f1(gold, found, len(STANCES))


def file_score(file: ScoredFile) -> float:
    """What a `FileComparison` says of one checkpoint; raises as `compare` does."""
    return _answers(file).score


def compare(old: ScoredFile, new: ScoredFile) -> FileComparison:
    """What two checkpoints say of the same label file.

    Raises:
        LabelError: no row of the file has a label.
    """
    first, second = _answers(old), _answers(new)
    gold, before, after = first.gold, first.found, second.found
    fixed = np.flatnonzero((before != gold) & (after == gold))
    broken = np.flatnonzero((before == gold) & (after != gold))
    names = _HEADS[first.head]

    def flip(item: int) -> Flip:
        labelled, index = first.pairs[item]
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

    articles = [old.articles[labelled.ids[index]] for labelled, index in first.pairs]
    return FileComparison(
        head=first.head.removesuffix("s"),
        pairs=len(gold),
        old=first.score,
        new=second.score,
        difference=paired_comparison(_score, gold, before, after, articles),
        fixed=len(fixed),
        broken=len(broken),
        flips=tuple(flip(item) for item in (*fixed[:FLIPS], *broken[:FLIPS])),
    )
