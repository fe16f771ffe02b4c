"""Span labels, the reader's label format, and decoding of tags into spans.

JSONL, one text a row: ``{"id", "text", "mentions": [[start, end, kind], …] | null, "spans":
[[start, end, "source"|"cue"|"content"], …] | null}`` with character offsets; null where a text was not
annotated for that layer (an empty list: annotated, and there is none).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import LabelError
from models.label_files import read_labels
from models.labels import BIO, MENTION_KINDS, MENTION_TAGS, SPAN_LABELS

LabelledSpan = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class SpanLabels:
    id: str
    text: str
    mentions: tuple[LabelledSpan, ...] | None
    spans: tuple[LabelledSpan, ...] | None


def parse_spans(row: dict[str, Any]) -> SpanLabels:
    """Span labels from their JSON object.

    Raises:
        LabelError: a field is missing, a label unknown, or a span lies outside the text.
    """
    try:
        text = row["text"]
        if not isinstance(text, str):
            raise TypeError(f"text: {text!r} is no string")
        layers = {
            name: None if row[name] is None else tuple((int(s), int(e), str(k)) for s, e, k in row[name])
            for name in ("mentions", "spans")
        }
        labels = SpanLabels(str(row["id"]), text, layers["mentions"], layers["spans"])
    except (KeyError, TypeError, ValueError) as error:
        raise LabelError(f"{row.get('id', '?')}: missing or malformed field {error}") from error
    for layer, choices in ((labels.mentions, MENTION_KINDS), (labels.spans, SPAN_LABELS)):
        for start, end, label in layer or ():
            if label not in choices:
                raise LabelError(f"{labels.id}: unknown label {label!r}; choose from: {', '.join(choices)}")
            if not 0 <= start < end <= len(text):
                raise LabelError(f"{labels.id}: span [{start}, {end}] lies outside the text")
    return labels


def read_spans(path: Path) -> list[SpanLabels]:
    """All span labels of a JSONL file, in order.

    Raises:
        LabelError: the first unusable row, by line number.
    """
    return read_labels(path, parse_spans)


def allowed_steps(tags: Sequence[str]) -> np.ndarray:
    """(tags, tags) booleans: whether the second tag may follow the first. An I follows its own B or I only."""
    return np.array(
        [[tag[0] != "I" or (before[0] != "O" and before[1:] == tag[1:]) for tag in tags] for before in tags]
    )


SPAN_STEPS = allowed_steps(BIO)
MENTION_STEPS = allowed_steps(MENTION_TAGS)


def best_tags(scores: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """The most probable valid tag sequence of each row (Viterbi 1967).

    Args:
        scores: log probabilities, shape (rows, length, tags); tag 0 is O.
        steps: allowed steps, shape (tags, tags).

    Returns:
        Tag indices, shape (rows, length).
    """
    rows, length, _ = scores.shape
    penalty = np.where(steps, 0.0, -np.inf)
    # A row begins as if after an O.
    total = scores[:, 0] + penalty[0]
    back = np.zeros(scores.shape, dtype=np.int64)
    for position in range(1, length):
        options = total[:, :, None] + penalty
        back[:, position] = options.argmax(axis=1)
        total = options.max(axis=1) + scores[:, position]
    tags = np.zeros((rows, length), dtype=np.int64)
    tags[:, -1] = total.argmax(axis=1)
    for position in range(length - 1, 0, -1):
        tags[:, position - 1] = back[np.arange(rows), position, tags[:, position]]
    return tags


def spans_of(tags: Sequence[int] | np.ndarray, names: Sequence[str]) -> list[tuple[int, int, str]]:
    """Token spans ``(first, past the last, tag name without its B- or I-)``: each B and the Is behind it."""
    begins, goes_on = (np.array([name[0] == letter for name in names]) for letter in "BI")
    indices = np.append(np.asarray(tags, dtype=np.int64), 0)
    first = np.flatnonzero(begins[indices])
    stops = np.flatnonzero(~goes_on[indices])
    past = stops[np.searchsorted(stops, first, side="right")]
    return [
        (start, end, names[tag][2:])
        for start, end, tag in zip(first.tolist(), past.tolist(), indices[first].tolist(), strict=True)
    ]
