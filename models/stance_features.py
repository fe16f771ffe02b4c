"""From stance windows to the stance model's input arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.encodings import Encoded, Tokenizer, encode_texts, pad_rows, token_shapes, tokens_in, words_of
from models.pairs import StanceWindow

CONTEXT, STATEMENT = 0, 1
UNMARKED, ACTOR, SPEAKER = 0, 1, 2


@dataclass(frozen=True, slots=True)
class StanceFeatures:
    """One window's arrays, unpadded. ``actor_tokens[0]`` is the author's, empty; ``pairs`` index into it."""

    ids: list[int]
    shapes: list[int]
    places: list[int]
    marks: list[int]
    actor_tokens: list[list[int]]
    pairs: list[tuple[int, int]]


def stance_features(
    tokenizer: Tokenizer, windows: Sequence[StanceWindow], max_tokens: int
) -> list[StanceFeatures]:
    """Features of each window; one longer than ``max_tokens`` loses the start of its context, then the statement's end."""
    encoded = encode_texts(tokenizer, [window.text for window in windows])
    return [
        _features(tokenizer, window, tokens, max_tokens)
        for window, tokens in zip(windows, encoded, strict=True)
    ]


def _features(
    tokenizer: Tokenizer, window: StanceWindow, encoded: Encoded, max_tokens: int
) -> StanceFeatures:
    room = max_tokens - 2
    (judged,) = tokens_in(encoded.offsets, [window.statement])
    begin = judged.start if judged else 0
    last = min(judged.stop if judged else 1, begin + room)
    first = max(0, last - room)
    kept = encoded.offsets[first:last]
    inside = [STATEMENT if token in judged else CONTEXT for token in range(first, last)]
    places = [CONTEXT, *inside, CONTEXT]
    marks = [UNMARKED] * len(places)
    actor_tokens: list[list[int]] = [[]]
    for index, tokens in enumerate(_mention_tokens(kept, window)):
        actor_tokens.append(tokens)
        for token in tokens:
            marks[token] = max(marks[token], SPEAKER if index in window.speakers else ACTOR)
    return StanceFeatures(
        ids=[tokenizer.cls_token_id, *encoded.ids[first:last], tokenizer.sep_token_id],
        shapes=[0, *token_shapes(words_of(window.text), kept), 0],
        places=places,
        marks=marks,
        actor_tokens=actor_tokens,
        pairs=[(holder + 1, target + 1) for holder, target in window.pairs],
    )


def _mention_tokens(offsets: Sequence[tuple[int, int]], window: StanceWindow) -> list[list[int]]:
    """Each actor's tokens in the statement, or in the context where the statement does not mention it.

    ``offsets`` are without the special token that a window begins with, the indices count it.
    """
    start, end = window.statement
    inside = [[span for span in spans if span[0] < end and start < span[1]] for spans in window.actors]
    counted = [found or spans for found, spans in zip(inside, window.actors, strict=True)]
    ranges = iter(tokens_in(offsets, [span for spans in counted for span in spans]))
    return [sorted({token + 1 for _ in spans for token in next(ranges)}) for spans in counted]


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
