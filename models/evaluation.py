"""Accuracy of both models on label files, beside the baselines that they must beat."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from models.baselines import majority, tfidf_regression
from models.inference import read_texts, score_windows
from models.labels import IGNORED, SENTIMENTS, SPAN_LABELS, STANCES
from models.metrics import SpanScores, macro_f1, span_scores
from models.pairs import AUTHOR_INDEX, PairLabel, Spans, labelled_windows, read_pairs
from models.reader_features import line_paragraphs
from models.registry import Checkpoint
from models.spans import read_spans


@dataclass(frozen=True, slots=True)
class ClassScores:
    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class HeadReport:
    """One head on one file. ``confusion[i][j]``: items of gold class i that were given class j."""

    head: str
    classes: tuple[ClassScores, ...]
    macro_f1: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    baselines: dict[str, float]


@dataclass(frozen=True, slots=True)
class SpanReport:
    """Exact-span scores by label; ``mention`` compares offsets, ``mention_kind`` the share of those with the right kind."""

    spans: dict[str, SpanScores]
    mention_kind: float


def evaluate_stance(checkpoint: Checkpoint, labels: Sequence[PairLabel]) -> list[HeadReport]:
    """A report for each head that the labels know: stance, sentiment."""
    windows = labelled_windows(labels)
    scores = score_windows(checkpoint, [labelled.window for labelled in windows])
    texts: list[str] = []
    groups: list[str] = []
    articles = {label.id: label.article for label in labels}
    for labelled in windows:
        for index, (holder, target) in enumerate(labelled.window.pairs):
            actors = labelled.window.actors
            texts.append(
                masked(labelled.window.text, actors[holder] if holder != AUTHOR_INDEX else (), actors[target])
            )
            groups.append(articles[labelled.ids[index]])
    reports = []
    for head, names in (("stances", STANCES), ("sentiments", SENTIMENTS)):
        gold = np.array([value for labelled in windows for value in getattr(labelled, head)])
        found = np.concatenate([getattr(score, head).argmax(axis=-1) for score in scores] or [gold])
        known = gold != IGNORED
        if known.any():
            where = np.flatnonzero(known)
            reports.append(
                head_report(
                    head.removesuffix("s"),
                    names,
                    gold[known],
                    found[known],
                    [texts[index] for index in where],
                    [groups[index] for index in where],
                )
            )
    return reports


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


def head_report(
    head: str,
    names: Sequence[str],
    gold: np.ndarray,
    found: np.ndarray,
    texts: Sequence[str],
    groups: Sequence[str],
) -> HeadReport:
    """Scores of one head's labels (indices into ``names``) beside the baselines' macro F1."""
    labels = list(range(len(names)))
    columns = precision_recall_fscore_support(gold, found, labels=labels, zero_division=0)
    return HeadReport(
        head=head,
        classes=tuple(
            ClassScores(name, float(p), float(r), float(f), int(n))
            for name, p, r, f, n in zip(names, *columns, strict=True)
        ),
        macro_f1=macro_f1(gold, found, len(names)),
        accuracy=float((gold == found).mean()),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion_matrix(gold, found, labels=labels)),
        baselines={
            "majority": macro_f1(gold, majority(gold), len(names)),
            "tfidf_logistic_regression": macro_f1(gold, tfidf_regression(texts, gold, groups), len(names)),
        },
    )


def evaluate_reader(checkpoint: Checkpoint, path: Path) -> SpanReport:
    """Exact-span scores over the texts that were annotated for each layer."""
    labels = read_spans(path)
    found = read_texts(checkpoint, [(row.text, line_paragraphs(row.text)) for row in labels])
    spans: dict[str, SpanScores] = {}
    attributed = [
        (row.spans, read.spans) for row, read in zip(labels, found, strict=True) if row.spans is not None
    ]
    for name in SPAN_LABELS if attributed else ():
        spans[name] = span_scores(
            [{span[:2] for span in gold if span[2] == name} for gold, _ in attributed],
            [{(span.start, span.end) for span in read if span.label == name} for _, read in attributed],
        )
    mentioned = [
        (row.mentions, read.mentions)
        for row, read in zip(labels, found, strict=True)
        if row.mentions is not None
    ]
    right = matched = 0
    if mentioned:
        spans["mention"] = span_scores(
            [{span[:2] for span in gold} for gold, _ in mentioned],
            [{(span.start, span.end) for span in read} for _, read in mentioned],
        )
        for gold, read in mentioned:
            kinds = {span[:2]: span[2] for span in gold}
            pairs = [(kinds[(s.start, s.end)], s.label) for s in read if (s.start, s.end) in kinds]
            matched += len(pairs)
            right += sum(wanted == got for wanted, got in pairs)
    return SpanReport(spans, right / matched if matched else 0.0)


def evaluate_stance_file(checkpoint: Checkpoint, path: Path) -> list[HeadReport]:
    """`evaluate_stance` on the pair labels of a file.

    Raises:
        LabelError: a row cannot be used.
    """
    return evaluate_stance(checkpoint, read_pairs(path))


def as_json(report: HeadReport | SpanReport) -> dict[str, Any]:
    """A report as JSON values, probabilities rounded to four decimals."""
    return rounded(asdict(report))


def rounded(value: Any) -> Any:
    """Nested JSON values with every float rounded to four decimals."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
