"""From text and character spans to token arrays: offsets, token shapes, padding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

Offsets = Sequence[tuple[int, int]]

_WORD = re.compile(r"\w+(?:[.'’&-]\w+)*\.?|[^\w\s]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHAPES = ("special", "lower", "title", "upper", "mixed", "digit", "quote", "punctuation")
# A token's shape says how its word is written and whether the token begins it.
SHAPE_COUNT = 2 * len(_SHAPES)


class Tokenizer(Protocol):
    """A fast tokenizer of `transformers`, or a `PlainTokenizer`."""

    @property
    def backend_tokenizer(self) -> Any: ...
    @property
    def cls_token_id(self) -> int: ...
    @property
    def sep_token_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class PlainTokenizer:
    """A `tokenizers.Tokenizer`, and the ids of the tokens that begin and separate windows."""

    backend_tokenizer: Any
    cls_token_id: int
    sep_token_id: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a text without special tokens, and the character offsets of each token."""

    ids: list[int]
    offsets: list[tuple[int, int]]


def encode_texts(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Encoded]:
    """All texts tokenised in one call; no truncation, no special tokens."""
    if not texts:
        return []
    # A lone surrogate is no Unicode scalar and would stop the tokenizer; one stand-in keeps offsets.
    safe = [_SURROGATE.sub("\ufffd", text) for text in texts]
    backend = tokenizer.backend_tokenizer
    # The file of a base may set both.
    backend.no_truncation()
    backend.no_padding()
    return [Encoded(one.ids, one.offsets) for one in backend.encode_batch(safe, add_special_tokens=False)]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order: where each starts and ends, and how it is written (an index of shapes)."""

    starts: np.ndarray
    ends: np.ndarray
    shapes: np.ndarray


def words_of(text: str) -> Words:
    found = [(match.start(), match.end(), _word_shape(match[0])) for match in _WORD.finditer(text)]
    return Words(*np.array(found, dtype=np.int64).reshape(-1, 3).T)


def token_shapes(words: Words, offsets: Offsets) -> list[int]:
    """One shape id a token: how its word is written in the original text, which an uncased base cannot see.

    A special token has an empty offset and shape 0.
    """
    starts, ends = np.array(offsets, dtype=np.int64).reshape(-1, 2).T
    if not len(words.starts):
        return [0] * len(starts)
    # A token belongs to the first word that ends behind its start.
    index = np.minimum(np.searchsorted(words.ends, starts, side="right"), len(words.ends) - 1)
    shapes = 2 * words.shapes[index] + (starts <= words.starts[index])
    return np.where(starts == ends, 0, shapes).tolist()


@lru_cache(maxsize=1 << 16)
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


def tokens_in(offsets: Offsets, spans: Sequence[tuple[int, int]]) -> list[range]:
    """Of each span of characters, the indices of the tokens that overlap it; ``offsets`` are in text order."""
    lefts, rights = np.array(offsets, dtype=np.int64).reshape(-1, 2).T
    starts, ends = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    first = np.searchsorted(rights, starts, side="right").tolist()
    past = np.searchsorted(lefts, ends, side="left").tolist()
    return [range(*bounds) for bounds in zip(first, past, strict=True)]


def pad_rows(rows: Sequence[Sequence[int]], length: int, value: int) -> np.ndarray:
    """``rows`` as one int64 array of shape (len(rows), length), padded on the right with ``value``."""
    array = np.full((len(rows), length), value, dtype=np.int64)
    for index, row in enumerate(rows):
        array[index, : len(row)] = row
    return array
