"""Trained models over texts and windows: what was found, in input order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from models.checkpoints import Checkpoint
from models.labels import BIO, GUIDE, MENTION_TAGS, SPAN_LABELS, STANCES
from models.pairs import PairLabel, StanceWindow, labelled_windows
from models.passes import reader_logits, stance_logits
from models.reader_features import ReaderWindow, reader_windows
from models.softmax import log_softmax, softmax
from models.spans import MENTION_STEPS, SPAN_STEPS, best_tags, spans_of
from models.stance_features import stance_features

Paragraphs = Sequence[tuple[int, int]]

# Windows whose logits are held at a time.
_WINDOWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class FoundSpan:
    """Character offsets into the text, a span label or mention kind, and the mean probability of its tags."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class ReadText:
    """What the reader found in one text, sorted by offset."""

    spans: tuple[FoundSpan, ...]
    mentions: tuple[FoundSpan, ...]


@dataclass(frozen=True, slots=True)
class PairScores:
    """Probabilities of a window's pairs, each of shape (pairs, 3), as `STANCES` and `SENTIMENTS` order them."""

    stances: np.ndarray
    sentiments: np.ndarray


def read_texts(checkpoint: Checkpoint, texts: Sequence[tuple[str, Paragraphs]]) -> list[ReadText]:
    """Tags each text within its paragraphs."""
    tokenizer, longest = checkpoint.tokenizer, checkpoint.model.config.max_tokens
    windows, owners = [], []
    for index, (text, paragraphs) in enumerate(texts):
        for window in reader_windows(tokenizer, text, paragraphs, longest):
            windows.append(window)
            owners.append(index)
    found: list[tuple[list[_Piece], list[_Piece]]] = [([], []) for _ in texts]
    for first in range(0, len(windows), _WINDOWS_AT_ONCE):
        part = slice(first, first + _WINDOWS_AT_ONCE)
        for index, spans, mentions in _read(checkpoint, windows[part], owners[part]):
            found[index][0].extend(spans)
            found[index][1].extend(mentions)
    return [ReadText(_joined(spans), _joined(mentions)) for spans, mentions in found]


def _read(
    checkpoint: Checkpoint, windows: Sequence[ReaderWindow], owners: Sequence[int]
) -> Iterator[tuple[int, list["_Piece"], list["_Piece"]]]:
    """Of each window: its owner, and the pieces of spans and of mentions in it."""
    spans, mentions = (
        np.concatenate(layer) for layer in zip(*reader_logits(checkpoint, windows), strict=True)
    )
    lengths = np.array([len(window.ids) for window in windows])
    layers: list[tuple[np.ndarray, np.ndarray, Sequence[str], str]] = [
        (spans[:, label], SPAN_STEPS, BIO, name) for label, name in enumerate(SPAN_LABELS)
    ]
    layers.append((mentions, MENTION_STEPS, MENTION_TAGS, ""))
    pieces = [_pieces(windows, lengths, *layer) for layer in layers]
    for index, owner in enumerate(owners):
        *by_label, mentioned = (layer[index] for layer in pieces)
        yield owner, [piece for label in by_label for piece in label], mentioned


@dataclass(frozen=True, slots=True)
class _Piece:
    """A found span and whether a seam cut it: ``cut_before`` is where the neighbour's half then ends."""

    span: FoundSpan
    cut_before: int | None
    cut_after: bool


def _pieces(
    windows: Sequence[ReaderWindow],
    lengths: np.ndarray,
    logits: np.ndarray,
    steps: np.ndarray,
    names: Sequence[str],
    label: str,
) -> list[list[_Piece]]:
    """The spans of each window, as far as it owns their tokens; ``logits`` (tokens, tags) of all in turn."""
    scores = log_softmax(logits)
    inside = np.arange(lengths.max()) < lengths[:, None]
    # Padding is O for certain, so that its amount changes nothing.
    padded = np.full((*inside.shape, scores.shape[-1]), -np.inf)
    padded[..., 0] = 0
    padded[inside] = scores
    best = best_tags(padded, steps)[inside]
    chosen = np.exp(scores[np.arange(len(scores)), best])
    found = []
    for window, start, end in zip(windows, np.cumsum(lengths) - lengths, np.cumsum(lengths), strict=True):
        tags = best[start:end]
        found.append(_window_pieces(window, tags, chosen[start:end], names, label) if tags.any() else [])
    return found


def _window_pieces(
    window: ReaderWindow, tags: np.ndarray, chances: np.ndarray, names: Sequence[str], label: str
) -> list[_Piece]:
    # A separator ends every span: no source, content or mention runs over it in one piece.
    starts, ends = np.array(window.offsets).T
    valid = np.where(ends > starts, tags, 0)
    pieces = []
    for first, last, name in spans_of(valid, names):
        owned = np.flatnonzero(window.owned[first:last]) + first
        if len(owned):
            left, right = owned[0], owned[-1]
            span = FoundSpan(int(starts[left]), int(ends[right]), label or name, float(chances[owned].mean()))
            cut_before = int(ends[left - 1]) if left > first else None
            pieces.append(_Piece(span, cut_before, bool(right < last - 1)))
    return pieces


def _joined(pieces: list[_Piece]) -> tuple[FoundSpan, ...]:
    """Sorted by offset, what a seam cut in two joined again."""
    spans: list[FoundSpan] = []
    open_spans: dict[str, int] = {}
    for piece in sorted(pieces, key=lambda piece: (piece.span.start, piece.span.end, piece.span.label)):
        span, label = piece.span, piece.span.label
        before = spans[open_spans[label]] if label in open_spans else None
        if before is not None and before.end == piece.cut_before:
            index = open_spans.pop(label)
            spans[index] = FoundSpan(before.start, span.end, label, min(before.score, span.score))
        else:
            index = len(spans)
            spans.append(span)
        if piece.cut_after:
            open_spans[label] = index
        else:
            open_spans.pop(label, None)
    return tuple(spans)


def score_windows(
    checkpoint: Checkpoint, windows: Sequence[StanceWindow], scheme: str = GUIDE
) -> list[PairScores]:
    """Stance and sentiment probabilities of every pair of every window; all pairs of one share its encoder pass.

    ``scheme``: the annotation scheme to judge by, one of the model's.
    """
    config = checkpoint.model.config
    features = stance_features(checkpoint.tokenizer, windows, config.max_tokens)
    return [
        PairScores(
            stance_chances(checkpoint, stances, scheme), softmax(sentiments / config.sentiment_temperature)
        )
        for stances, sentiments in stance_logits(checkpoint, features)
    ]


def stance_chances(checkpoint: Checkpoint, logits: np.ndarray, scheme: str = GUIDE) -> np.ndarray:
    """Calibrated probabilities (pairs, 3) by one scheme from the stance logits (pairs, schemes × 3) of all.

    A cross entropy that counts a class w times multiplies its odds by w, which is taken back here (Elkan, "The
    Foundations of Cost-Sensitive Learning", IJCAI 2001).
    """
    config = checkpoint.model.config
    first = len(STANCES) * config.schemes.index(scheme)
    unweighted = logits[:, first : first + len(STANCES)] - log_weights(config.class_weights)
    return softmax(unweighted / config.stance_temperature)


def log_weights(class_weights: Sequence[float]) -> np.ndarray:
    """What a loss with these weights adds to the logits of the classes: (classes,)."""
    return np.log(np.asarray(class_weights, dtype=np.float32))


def pair_features(checkpoint: Checkpoint, windows: Sequence[StanceWindow]) -> list[np.ndarray]:
    """What the stance head sees of every pair of every window: (pairs, width) each.

    It is pooled from the encoder's states of holder, target and the words that link them. A regression on
    these features is a retraining of the head alone, which takes seconds. Not for two threads at once.
    """
    model = checkpoint.model
    features = stance_features(checkpoint.tokenizer, windows, model.config.max_tokens)
    head = model.stance_head
    # A head that hands on what it is given makes the logits the features.
    model.stance_head = nn.Identity()
    try:
        return [pooled for pooled, _ in stance_logits(checkpoint, features)]
    finally:
        model.stance_head = head


def label_features(checkpoint: Checkpoint, labels: Sequence[PairLabel]) -> np.ndarray:
    """`pair_features` of one label or more, in their order: (labels, width). A statement is encoded once."""
    pooled = pair_features(checkpoint, [labelled.window for labelled in labelled_windows(labels)])
    numbers: dict[tuple[str, str, tuple[int, int]], int] = {}
    of_window = [
        numbers.setdefault((label.article, label.text, label.statement), len(numbers)) for label in labels
    ]
    features = np.empty((len(labels), pooled[0].shape[1]), dtype=np.float32)
    features[np.argsort(of_window, kind="stable")] = np.concatenate(pooled)
    return features
