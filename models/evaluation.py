"""Accuracy of the stance model on pair labels: beside baselines, by slice, calibrated or not, error by error."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.benchmarks import benchmark_scores
from models.inference import PairScores, score_windows
from models.labels import GUIDE, IGNORED, SENTIMENTS, STANCES
from models.metrics import macro_f1
from models.pairs import LabelledWindow, Spans, labelled_windows, read_pairs
from models.registry import Checkpoint
from models.reports import HeadReport, head_report
from models.slices import SLICES, PairContext, pair_context


@dataclass(frozen=True, slots=True)
class SliceScores:
    """Macro F1 of the stances of the pairs that share a property, and how many of them are no neutral ones."""

    slice: str
    value: str
    macro_f1: float
    items: int
    decided: int


@dataclass(frozen=True, slots=True)
class PairError:
    """A pair that the model is sure of and wrong about. ``margin``: how much likelier it finds its own answer."""

    id: str
    statement: str
    holder: str
    target: str
    gold: str
    found: str
    margin: float


@dataclass(frozen=True, slots=True)
class StanceReport:
    """All about a stance checkpoint on one label file. ``benchmarks``: scores that a corpus's own papers report."""

    heads: tuple[HeadReport, ...]
    slices: tuple[SliceScores, ...]
    benchmarks: dict[str, float]
    worst: tuple[PairError, ...]


# Errors that a report quotes for reading.
WORST = 50


@dataclass(frozen=True, slots=True)
class ScoredFile:
    """The windows of a label file with a checkpoint's probabilities; ``articles``: id of a pair → its article."""

    path: Path
    windows: list[LabelledWindow]
    articles: dict[str, str]
    scores: list[PairScores]


def score_file(checkpoint: Checkpoint, path: Path) -> ScoredFile:
    """What a stance checkpoint says of the pair labels of a file.

    Raises:
        LabelError: a row cannot be used.
    """
    labels = read_pairs(path)
    windows = labelled_windows(labels)
    articles = {label.id: label.article for label in labels}
    return ScoredFile(path, windows, articles, score_labelled(checkpoint, windows))


def evaluate_stance(file: ScoredFile) -> StanceReport:
    """A report on the heads that the labels know (stance, sentiment), with slices and errors of the stances."""
    windows, scored = file.windows, file.scores
    rows = [
        (labelled, index, pair_context(labelled.window, pair))
        for labelled in windows
        for index, pair in enumerate(labelled.window.pairs)
    ]
    texts = [masked(context.window.text, context.holder or (), context.target) for _, _, context in rows]
    groups = [file.articles[labelled.ids[index]] for labelled, index, _ in rows]
    heads = []
    for head, names in (("stances", STANCES), ("sentiments", SENTIMENTS)):
        gold, chances = known_items(head, windows, scored)
        if len(gold):
            known = [place for place, row in enumerate(rows) if getattr(row[0], head)[row[1]] != IGNORED]
            here = ([texts[place] for place in known], [groups[place] for place in known])
            heads.append(head_report(head.removesuffix("s"), names, gold, chances, *here))
    gold, chances = known_items("stances", windows, scored)
    judged = [row for row in rows if row[0].stances[row[1]] != IGNORED]
    return StanceReport(
        heads=tuple(heads),
        slices=_slices([pair for _, _, pair in judged], gold, chances.argmax(axis=-1)),
        benchmarks=benchmark_scores(windows, scored),
        worst=_worst(judged, gold, chances),
    )


def score_labelled(checkpoint: Checkpoint, windows: Sequence[LabelledWindow]) -> list[PairScores]:
    """Probabilities of every window's pairs, by the window's own annotation scheme where the model has it."""
    scores: list[PairScores | None] = [None] * len(windows)
    by_scheme: dict[str, list[int]] = {}
    for index, labelled in enumerate(windows):
        scheme = labelled.schemes[0]
        known = scheme if scheme in checkpoint.model.config.schemes else GUIDE
        by_scheme.setdefault(known, []).append(index)
    for scheme, places in by_scheme.items():
        found = score_windows(checkpoint, [windows[place].window for place in places], scheme)
        for place, score in zip(places, found, strict=True):
            scores[place] = score
    return [score for score in scores if score is not None]


def known_items(
    head: str, windows: Sequence[LabelledWindow], scores: Sequence[PairScores]
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (items,) and probabilities (items, 3) of the pairs whose ``head``, stances or sentiments, is labelled."""
    gold = np.array([label for labelled in windows for label in getattr(labelled, head)], dtype=int)
    known = gold != IGNORED
    chances = [getattr(score, head) for score in scores] or [np.zeros((0, len(STANCES)))]
    return gold[known], np.concatenate(chances)[known]


def _slices(pairs: Sequence[PairContext], gold: np.ndarray, found: np.ndarray) -> tuple[SliceScores, ...]:
    neutral = STANCES.index("neutral")
    rows = []
    for name, value_of in SLICES.items():
        values = np.array([value_of(pair) for pair in pairs], dtype=object)
        for value in sorted(set(values.tolist())):
            here = values == value
            score = macro_f1(gold[here], found[here], len(STANCES))
            rows.append(SliceScores(name, value, score, int(here.sum()), int((gold[here] != neutral).sum())))
    return tuple(rows)


def _worst(
    rows: Sequence[tuple[LabelledWindow, int, PairContext]], gold: np.ndarray, chances: np.ndarray
) -> tuple[PairError, ...]:
    found = chances.argmax(axis=-1)
    margins = chances.max(axis=-1) - chances[np.arange(len(gold)), gold]
    order = [index for index in np.argsort(-margins, kind="stable")[:WORST] if found[index] != gold[index]]
    errors = []
    for index in order:
        labelled, place, pair = rows[index]
        errors.append(
            PairError(
                labelled.ids[place],
                pair.window.text[slice(*pair.window.statement)],
                pair.holder_text,
                pair.target_text,
                STANCES[gold[index]],
                STANCES[found[index]],
                float(margins[index]),
            )
        )
    return tuple(errors)


def masked(text: str, holder: Spans, target: Spans) -> str:
    """The text with its holder and target named as such, so that a bag of words knows the pair."""
    marks = sorted(
        [(span, " HOLDERMENTION ") for span in holder] + [(span, " TARGETMENTION ") for span in target]
    )
    pieces, position = [], 0
    for (start, end), mark in marks:
        pieces += [text[position:start], mark]
        position = max(position, end)
    return "".join([*pieces, text[position:]])
