"""From texts to the reader's input arrays, and from its tags back to character spans."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.encodings import Encoded, Tokenizer, encode_texts, pad_rows, token_shapes, words_of
from models.labels import BIO, IGNORED, MENTION_TAGS, SPAN_LABELS
from models.spans import LabelledSpan, SpanLabels

# Tokens that two neighbouring windows of one long paragraph share, so that none is read at an edge only.
OVERLAP = 32

_PARAGRAPH = re.compile(r"\S[^\n]*")


@dataclass(frozen=True, slots=True)
class ReaderWindow:
    """Token arrays of one window, special tokens in. ``owned`` marks the tokens that are read here, not in a neighbour."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    shapes: list[int]
    owned: list[bool]


@dataclass(frozen=True, slots=True)
class ReaderLabels:
    """Tag indices of a window's tokens, `IGNORED` where a layer was not annotated: one list a span label, one of mentions."""

    spans: list[list[int]]
    mentions: list[int]


def line_paragraphs(text: str) -> list[tuple[int, int]]:
    """The lines of a text that hold anything, as character spans."""
    return [match.span() for match in _PARAGRAPH.finditer(text)]


def reader_windows(
    tokenizer: Tokenizer, text: str, paragraphs: Sequence[tuple[int, int]], max_tokens: int
) -> list[ReaderWindow]:
    """Windows of at most ``max_tokens`` over the paragraphs of one text.

    Neighbouring paragraphs share a window while they fit, a separator between them; a longer one is cut
    into overlapping pieces.
    """
    room = max_tokens - 1
    encoded = encode_texts(tokenizer, [text[start:end] for start, end in paragraphs])
    windows: list[_Draft] = []
    for (start, _), tokens in zip(paragraphs, encoded, strict=True):
        for piece in _pieces(tokens, start, room - 1):
            if windows and len(windows[-1].ids) + len(piece.ids) + 1 <= room and piece.whole:
                windows[-1].extend(tokenizer, piece)
            else:
                windows.append(_Draft([], [], [], piece.whole))
                windows[-1].extend(tokenizer, piece)
    words = words_of(text)
    return [
        ReaderWindow(
            ids=[tokenizer.cls_token_id, *draft.ids],
            offsets=[(0, 0), *draft.offsets],
            shapes=token_shapes(words, [(0, 0), *draft.offsets]),
            owned=[False, *draft.owned],
        )
        for draft in windows
    ]


@dataclass(slots=True)
class _Draft:
    ids: list[int]
    offsets: list[tuple[int, int]]
    owned: list[bool]
    whole: bool

    def extend(self, tokenizer: Tokenizer, piece: "_Draft") -> None:
        self.ids += [*piece.ids, tokenizer.sep_token_id]
        self.offsets += [*piece.offsets, (0, 0)]
        self.owned += [*piece.owned, False]


def _pieces(tokens: Encoded, start: int, room: int) -> list[_Draft]:
    """A paragraph's tokens with text offsets, cut where they exceed ``room``; each overlap is owned half and half."""
    offsets = [(left + start, right + start) for left, right in tokens.offsets]
    total = len(offsets)
    if total <= room:
        return [_Draft(tokens.ids, offsets, [True] * total, True)] if total else []
    pieces = []
    # Even, and less than a small window has room for.
    overlap = min(OVERLAP, room // 4 * 2)
    for first in range(0, total - overlap, room - overlap):
        last = min(first + room, total)
        owned_from = first + overlap // 2 if first else 0
        owned_to = last - overlap // 2 if last < total else total
        owned = [owned_from <= index < owned_to for index in range(first, last)]
        pieces.append(_Draft(tokens.ids[first:last], offsets[first:last], owned, False))
    return pieces


def window_labels(window: ReaderWindow, labels: SpanLabels) -> ReaderLabels:
    """The tags of a window's tokens. Of two overlapping spans of one label the longer counts."""
    spans = [_tags(window.offsets, _of(labels.spans, label), BIO) for label in SPAN_LABELS]
    return ReaderLabels(spans, _tags(window.offsets, labels.mentions, MENTION_TAGS))


def _of(spans: Sequence[LabelledSpan] | None, label: str) -> list[LabelledSpan] | None:
    return None if spans is None else [(start, end, "") for start, end, name in spans if name == label]


def _tags(
    offsets: Sequence[tuple[int, int]], spans: Sequence[LabelledSpan] | None, names: Sequence[str]
) -> list[int]:
    if spans is None:
        return [IGNORED] * len(offsets)
    tags = [IGNORED if start == end else 0 for start, end in offsets]
    for start, end, label in sorted(spans, key=lambda span: span[0] - span[1]):
        inside = [index for index, (left, right) in enumerate(offsets) if left < end and start < right]
        if any(tags[index] for index in inside):
            continue
        suffix = f"-{label}" if label else ""
        for index in inside:
            tags[index] = names.index(("B" if index == inside[0] else "I") + suffix)
    return tags


def collate(rows: Sequence[ReaderWindow], length: int, pad_id: int) -> dict[str, Tensor]:
    """The model's input tensors, padded to ``length``."""
    arrays = {
        "input_ids": pad_rows([row.ids for row in rows], length, pad_id),
        "attention_mask": pad_rows([[1] * len(row.ids) for row in rows], length, 0),
        "shape_ids": pad_rows([row.shapes for row in rows], length, 0),
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def collate_labels(rows: Sequence[ReaderLabels], length: int) -> dict[str, Tensor]:
    """Tags padded with `IGNORED`: spans (rows, length, 3), mentions (rows, length)."""
    spans = [
        torch.from_numpy(pad_rows([row.spans[index] for row in rows], length, IGNORED))
        for index in range(len(SPAN_LABELS))
    ]
    return {
        "span_tags": torch.stack(spans, dim=-1),
        "mention_tags": torch.from_numpy(pad_rows([row.mentions for row in rows], length, IGNORED)),
    }
