"""From stance windows to the stance model's input arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from models.encodings import Encoded, encode_texts, pad_rows, padded_length, token_shapes, tokens_in
from models.pairs import Spans, StanceWindow

CONTEXT, STATEMENT = 0, 1
UNMARKED, ACTOR, SPEAKER = 0, 1, 2
# Actors and pairs of a window are padded to one of these, so that few shapes of batch exist.
_ACTOR_STEPS = (4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True)
class StanceFeatures:
    """One window's arrays, unpadded. ``actor_tokens[0]`` is the author's, empty; ``pairs`` index into it."""

    ids: list[int]
    shapes: list[int]
    places: list[int]
    marks: list[int]
    actor_tokens: list[list[int]]
    pairs: list[tuple[int, int]]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Padded (length, actors, pairs), decided by this window alone."""
        actors = next(
            (step for step in _ACTOR_STEPS if len(self.actor_tokens) <= step), len(self.actor_tokens)
        )
        pairs = -(-len(self.pairs) // (2 * actors)) * 2 * actors
        return padded_length(len(self.ids)), actors, pairs


def stance_features(
    tokenizer: PreTrainedTokenizerBase, windows: Sequence[StanceWindow], max_tokens: int
) -> list[StanceFeatures]:
    """Features of each window; one longer than ``max_tokens`` loses the start of its context, then the statement's end."""
    encoded = encode_texts(tokenizer, [window.text for window in windows])
    return [
        _features(tokenizer, window, tokens, max_tokens)
        for window, tokens in zip(windows, encoded, strict=True)
    ]


def _features(
    tokenizer: PreTrainedTokenizerBase, window: StanceWindow, encoded: Encoded, max_tokens: int
) -> StanceFeatures:
    room = max_tokens - 2
    judged = tokens_in(encoded.offsets, *window.statement) or [0]
    last = min(judged[-1] + 1, judged[0] + room)
    first = max(0, last - room)
    offsets = [(0, 0), *encoded.offsets[first:last], (0, 0)]
    statement_start, statement_end = window.statement
    places = [
        STATEMENT if statement_start < end and start < statement_end else CONTEXT for start, end in offsets
    ]
    marks = [UNMARKED] * len(offsets)
    actor_tokens: list[list[int]] = [[]]
    for index, spans in enumerate(window.actors):
        tokens = _mention_tokens(offsets, spans, window.statement)
        actor_tokens.append(tokens)
        for token in tokens:
            marks[token] = max(marks[token], SPEAKER if index in window.speakers else ACTOR)
    return StanceFeatures(
        ids=[tokenizer.cls_token_id, *encoded.ids[first:last], tokenizer.sep_token_id],
        shapes=token_shapes(window.text, offsets),
        places=places,
        marks=marks,
        actor_tokens=actor_tokens,
        pairs=[(holder + 1, target + 1) for holder, target in window.pairs],
    )


def _mention_tokens(
    offsets: Sequence[tuple[int, int]], spans: Spans, statement: tuple[int, int]
) -> list[int]:
    """The actor's tokens in the statement, or in the context where the statement does not mention it."""
    inside = [span for span in spans if span[0] < statement[1] and statement[0] < span[1]]
    return sorted({token for start, end in inside or spans for token in tokens_in(offsets, start, end)})


def collate(rows: Sequence[StanceFeatures], shape: tuple[int, int, int], pad_id: int) -> dict[str, Tensor]:
    """The model's input tensors for rows that fit ``shape`` = (length, actors, pairs)."""
    length, actors, pair_count = shape
    masks = np.zeros((len(rows), actors, length), dtype=np.float32)
    pairs = np.zeros((len(rows), pair_count, 2), dtype=np.int64)
    for index, row in enumerate(rows):
        for actor, tokens in enumerate(row.actor_tokens):
            masks[index, actor, tokens] = 1
        pairs[index, : len(row.pairs)] = row.pairs
    arrays = {
        "input_ids": pad_rows([row.ids for row in rows], length, pad_id),
        "attention_mask": pad_rows([[1] * len(row.ids) for row in rows], length, 0),
        "shape_ids": pad_rows([row.shapes for row in rows], length, 0),
        "place_ids": pad_rows([row.places for row in rows], length, CONTEXT),
        "mark_ids": pad_rows([row.marks for row in rows], length, UNMARKED),
        "actor_masks": masks,
        "pairs": pairs,
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def collate_labels(rows: Sequence[Mapping[str, Any]], pair_count: int) -> dict[str, Tensor]:
    """The labels of windows that were collated with ``pair_count`` pairs.

    A row maps the label fields of `LabelledWindow` to their values, its schemes as indices into the model's.
    Padding is zeros, which bear no loss.
    """
    weights = np.zeros((len(rows), pair_count), dtype=np.float32)
    schemes = np.zeros((len(rows), pair_count), dtype=np.int64)
    targets = {
        name: np.zeros((len(rows), pair_count, 3), dtype=np.float32)
        for name in ("stance_targets", "sentiment_targets")
    }
    for index, row in enumerate(rows):
        weights[index, : len(row["weights"])] = row["weights"]
        schemes[index, : len(row["schemes"])] = row["schemes"]
        for name, array in targets.items():
            array[index, : len(row[name])] = row[name]
    arrays = targets | {"weights": weights, "schemes": schemes}
    return {name: torch.from_numpy(array) for name, array in arrays.items()}
