"""From text and character spans to token arrays: offsets, token shapes, windows, fixed-shape batches."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from transformers import PreTrainedTokenizerBase

Offsets = Sequence[tuple[int, int]]
Item = TypeVar("Item")
Shape = TypeVar("Shape", bound=tuple[int, ...])

# Windows are padded to a multiple of this many tokens, which their own length alone decides.
LENGTH_STEP = 32
# Every forward pass holds this many windows, some of them copies that are thrown away.
BATCH_ROWS = 8

_WORD = re.compile(r"\w+(?:[.'’&-]\w+)*\.?|[^\w\s]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHAPES = ("special", "lower", "title", "upper", "mixed", "digit", "quote", "punctuation")
# A token's shape says how its word is written and whether the token begins it.
SHAPE_COUNT = 2 * len(_SHAPES)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a text without special tokens, and the character offsets of each token."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def encode_texts(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[Encoded]:
    """All texts tokenised in one call; no truncation, no special tokens."""
    if not texts:
        return []
    # A lone surrogate is no Unicode scalar and would stop the tokenizer; one stand-in keeps offsets.
    safe = [_SURROGATE.sub("\ufffd", text) for text in texts]
    batch = tokenizer(safe, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    return [
        Encoded(ids, [tuple(pair) for pair in offsets])
        for ids, offsets in zip(batch["input_ids"], batch["offset_mapping"], strict=True)
    ]


def token_shapes(text: str, offsets: Offsets) -> list[int]:
    """One shape id a token: how its word is written in the original text, which an uncased base cannot see.

    A special token has an empty offset and shape 0.
    """
    words = [(match.start(), match.end(), _word_shape(match[0])) for match in _WORD.finditer(text)]
    shapes, index = [], 0
    for start, end in offsets:
        if start == end:
            shapes.append(0)
            continue
        while index < len(words) - 1 and words[index][1] <= start:
            index += 1
        if not words:
            shapes.append(0)
            continue
        word_start, _, shape = words[index]
        shapes.append(2 * shape + (start <= word_start))
    return shapes


def _word_shape(word: str) -> int:
    if word in "\"“”«»'‘’`":
        name = "quote"
    elif not any(character.isalnum() for character in word):
        name = "punctuation"
    elif any(character.isdigit() for character in word):
        name = "digit"
    elif word.islower():
        name = "lower"
    elif word.isupper() and len(word) > 1:
        name = "upper"
    elif (word[0].isupper() and word[1:].islower()) or len(word) == 1:
        name = "title"
    else:
        name = "mixed"
    return _SHAPES.index(name)


def tokens_in(offsets: Offsets, start: int, end: int) -> list[int]:
    """Indices of the tokens that overlap the characters ``[start, end)``."""
    return [index for index, (left, right) in enumerate(offsets) if left < end and start < right]


def padded_length(length: int) -> int:
    return -(-length // LENGTH_STEP) * LENGTH_STEP


def fixed_batches(
    items: Iterable[tuple[Shape, Item]],
) -> Iterator[tuple[Shape, list[Item]]]:
    """Groups of at most `BATCH_ROWS` items of one shape, the shape being each item's own.

    The caller fills a short group up to `BATCH_ROWS` with copies: when every forward pass of a shape
    has the same dimensions, a row's result does not depend on which rows it shares the pass with, and
    the rows of a run come out the same for every batch size and shard count.
    """
    groups: dict[Shape, list[Item]] = {}
    for shape, item in items:
        group = groups.setdefault(shape, [])
        group.append(item)
        if len(group) == BATCH_ROWS:
            yield shape, groups.pop(shape)
    yield from groups.items()


def pad_rows(rows: Sequence[Sequence[int]], length: int, value: int) -> np.ndarray:
    """``rows`` as one int64 array of shape (len(rows), length), padded on the right with ``value``."""
    array = np.full((len(rows), length), value, dtype=np.int64)
    for index, row in enumerate(rows):
        array[index, : len(row)] = row
    return array
