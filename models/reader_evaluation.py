"""Accuracy of the reader on span labels: exact spans, and every word beside the baselines."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.inference import FoundSpan, ReadText, read_texts
from models.labels import MENTION_KINDS, SPAN_LABELS
from models.metrics import SpanScores, span_scores
from models.reader_features import line_paragraphs
from models.registry import Checkpoint
from models.reports import HeadReport, head_report
from models.spans import LabelledSpan, SpanLabels, read_spans

_WORD = re.compile(r"\w+|[^\w\s]")
# The baselines are fitted on so many words at the most, whole texts, which takes a minute or two.
BASELINE_WORDS = 20_000
# Words to either side that the baseline sees of a word.
_REACH = 2
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class SpanReport:
    """Exact-span scores by label; ``mention`` compares offsets, ``mention_kind`` the share of those with the right kind.

    ``words``: a report a layer on every word of the first texts, up to `BASELINE_WORDS`: what it is inside of.
    """

    spans: dict[str, SpanScores]
    mention_kind: float
    words: tuple[HeadReport, ...]


def evaluate_reader(checkpoint: Checkpoint, path: Path) -> SpanReport:
    """Exact-span scores over the texts that were annotated for each layer, and its words beside the baselines."""
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
    words = _word_reports(labels, found)
    return SpanReport(spans, right / matched if matched else 0.0, words)


def _word_reports(labels: Sequence[SpanLabels], found: Sequence[ReadText]) -> tuple[HeadReport, ...]:
    """One report a layer: sources, cues and contents may lie inside one another, mentions may not."""
    reports = []
    for layer in SPAN_LABELS:
        rows = [
            (row, _of([span for span in row.spans if span[2] == layer]), _of(_triples(read.spans, layer)))
            for row, read in zip(labels, found, strict=True)
            if row.spans is not None
        ]
        reports += _layer(layer, (OUTSIDE, layer), rows)
    rows = [
        (row, _of(row.mentions), _of(_triples(read.mentions)))
        for row, read in zip(labels, found, strict=True)
        if row.mentions is not None
    ]
    return (*reports, *_layer("mention", (OUTSIDE, *MENTION_KINDS), rows))


def _triples(spans: Iterable[FoundSpan], label: str | None = None) -> list[LabelledSpan]:
    return [(span.start, span.end, span.label) for span in spans if label in (None, span.label)]


def _of(spans: Sequence[LabelledSpan]) -> dict[int, str]:
    """Character → the label of the span that it lies in."""
    return {place: label for start, end, label in spans for place in range(start, end)}


def _layer(
    name: str, classes: tuple[str, ...], rows: Sequence[tuple[SpanLabels, dict[int, str], dict[int, str]]]
) -> list[HeadReport]:
    gold: list[int] = []
    found: list[int] = []
    texts: list[str] = []
    groups: list[str] = []
    for row, wanted, got in rows:
        if len(gold) >= BASELINE_WORDS:
            break
        words = list(_WORD.finditer(row.text))
        for index, word in enumerate(words):
            gold.append(classes.index(wanted.get(word.start(), OUTSIDE)))
            found.append(classes.index(got.get(word.start(), OUTSIDE)))
            near = range(max(0, index - _REACH), min(len(words), index + _REACH + 1))
            texts.append(
                " ".join(f"{near_index - index + _REACH}_{words[near_index][0]}" for near_index in near)
            )
            groups.append(row.id)
    if not gold:
        return []
    return [head_report(name, classes, np.array(gold), np.array(found), texts, groups)]
