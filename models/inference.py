"""Trained models over many windows: fixed-shape batches in, results in input order out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from models import reader_features, stance_features
from models.encodings import BATCH_ROWS, fixed_batches
from models.labels import BIO, GUIDE, MENTION_TAGS, SPAN_LABELS
from models.pairs import StanceWindow
from models.registry import Checkpoint
from models.spans import MENTION_STEPS, SPAN_STEPS, best_tags, spans_of

Paragraphs = Sequence[tuple[int, int]]


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


def _filled(rows: list) -> list:
    return rows + rows[:1] * (BATCH_ROWS - len(rows))


def _run(model: Any, inputs: dict[str, torch.Tensor]) -> Any:
    return model(**{name: tensor.to(model.device) for name, tensor in inputs.items()})


@torch.inference_mode()
def read_texts(checkpoint: Checkpoint, texts: Sequence[tuple[str, Paragraphs]]) -> list[ReadText]:
    """Tags each text within its paragraphs; windows of all texts share the batches."""
    tokenizer, model = checkpoint.tokenizer, checkpoint.model
    windows = [
        (index, window)
        for index, (text, paragraphs) in enumerate(texts)
        for window in reader_features.reader_windows(tokenizer, text, paragraphs, model.config.max_tokens)
    ]
    found: list[tuple[list[_Piece], list[_Piece]]] = [([], []) for _ in texts]
    for shape, group in fixed_batches((window.shape, (index, window)) for index, window in windows):
        rows = [window for _, window in group]
        output = _run(model, reader_features.collate(_filled(rows), shape[0], tokenizer.pad_token_id))
        span_scores = torch.log_softmax(output.span_logits, dim=-1).cpu().numpy()
        mention_scores = torch.log_softmax(output.mention_logits, dim=-1).cpu().numpy()
        for label, name in enumerate(SPAN_LABELS):
            tags = best_tags(span_scores[: len(rows), :, label], SPAN_STEPS)
            for row, (index, window) in enumerate(group):
                found[index][0].extend(_pieces(window, tags[row], span_scores[row, :, label], BIO, name))
        tags = best_tags(mention_scores[: len(rows)], MENTION_STEPS)
        for row, (index, window) in enumerate(group):
            found[index][1].extend(_pieces(window, tags[row], mention_scores[row], MENTION_TAGS, ""))
    return [ReadText(_joined(spans), _joined(mentions)) for spans, mentions in found]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A found span and whether a seam cut it: ``cut_before`` is where the neighbour's half then ends."""

    span: FoundSpan
    cut_before: int | None
    cut_after: bool


def _pieces(
    window: reader_features.ReaderWindow,
    tags: np.ndarray,
    scores: np.ndarray,
    names: Sequence[str],
    label: str,
) -> list[_Piece]:
    """The spans of one window, as far as it owns their tokens."""
    # A separator ends every span: no source, content or mention runs over it in one piece.
    valid = [tag if end > start else 0 for tag, (start, end) in zip(tags, window.offsets, strict=False)]
    pieces = []
    for first, last, name in spans_of(valid, names):
        owned = [index for index in range(first, last) if window.owned[index]]
        if owned:
            score = float(np.exp(scores[owned, tags[owned]]).mean())
            start, end = window.offsets[owned[0]][0], window.offsets[owned[-1]][1]
            span = FoundSpan(start, end, label or name, score)
            cut_before = window.offsets[owned[0] - 1][1] if owned[0] > first else None
            pieces.append(_Piece(span, cut_before, owned[-1] < last - 1))
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


@torch.inference_mode()
def score_windows(
    checkpoint: Checkpoint, windows: Sequence[StanceWindow], scheme: str = GUIDE
) -> list[PairScores]:
    """Stance and sentiment probabilities of every pair of every window; all pairs of one share its encoder pass.

    ``scheme``: the annotation scheme to judge by, one of the model's.
    """
    tokenizer, model = checkpoint.tokenizer, checkpoint.model
    config = model.config
    features = stance_features.stance_features(tokenizer, windows, model.config.max_tokens)
    results: list[PairScores | None] = [None] * len(windows)
    for shape, group in fixed_batches((row.shape, (index, row)) for index, row in enumerate(features)):
        rows = [row for _, row in group]
        inputs = stance_features.collate(_filled(rows), shape, tokenizer.pad_token_id)
        inputs["schemes"] = torch.full(inputs["pairs"].shape[:2], config.schemes.index(scheme))
        output = _run(model, inputs)
        stances = torch.softmax(output.stance_logits / config.stance_temperature, dim=-1).cpu().numpy()
        sentiments = (
            torch.softmax(output.sentiment_logits / config.sentiment_temperature, dim=-1).cpu().numpy()
        )
        for row, (index, feature) in enumerate(group):
            count = len(feature.pairs)
            results[index] = PairScores(stances[row, :count], sentiments[row, :count])
    return [result for result in results if result is not None]
