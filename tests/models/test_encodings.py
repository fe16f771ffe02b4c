import numpy as np
import pytest
from transformers import PreTrainedTokenizerFast

from models.encodings import (
    SHAPE_COUNT,
    encode_texts,
    pad_rows,
    token_shapes,
    tokens_in,
    words_of,
)


def test_offsets_point_into_each_text(tokenizer: PreTrainedTokenizerFast) -> None:
    texts = ["Xi said no.", "China — 2"]
    words = [
        [text[start:end] for start, end in encoded.offsets]
        for text, encoded in zip(texts, encode_texts(tokenizer, texts), strict=True)
    ]
    assert words == [["Xi", "said", "n", "o", "."], ["China", "—", "2"]]
    assert encode_texts(tokenizer, []) == []


@pytest.mark.parametrize("broken", ["\ud83d", "\ude00", "\ud83d\ude00", "\ude00\ud83d"])
def test_surrogates_keep_the_offsets_of_what_follows(tokenizer: PreTrainedTokenizerFast, broken: str) -> None:
    text = f"Xi {broken} China"
    (encoded,) = encode_texts(tokenizer, [text])
    start, end = encoded.offsets[-1]
    assert text[start:end] == "China"


def shape_of(word: str) -> int:
    return token_shapes(words_of(word), [(0, len(word))])[0]


def test_a_shape_tells_how_a_word_is_written() -> None:
    words = ["rain", "Rain", "RAIN", "McRain", "G20", "“", ","]
    assert len({shape_of(word) for word in words}) == len(words)
    assert shape_of("Peru") == shape_of("Chad")
    assert shape_of("U.S.") == shape_of("NATO")
    assert all(0 < shape_of(word) < SHAPE_COUNT for word in words)


def test_a_shape_tells_the_start_of_a_word_from_its_rest() -> None:
    first, rest, other = token_shapes(words_of("Rainfall Chad"), [(0, 4), (4, 8), (9, 13)])
    assert first == other == rest + 1


def test_special_tokens_have_shape_zero_wherever_they_stand() -> None:
    shapes = token_shapes(words_of("a B"), [(0, 0), (0, 1), (0, 0), (2, 3), (0, 0)])
    assert [shape == 0 for shape in shapes] == [True, False, True, False, True]
    assert token_shapes(words_of("  "), [(0, 0), (0, 2)]) == [0, 0]


def test_tokens_in_takes_every_token_that_overlaps() -> None:
    offsets = [(0, 4), (4, 8), (9, 12)]
    found = tokens_in(offsets, [(4, 8), (3, 10), (8, 9), (0, 12)])
    assert [list(tokens) for tokens in found] == [[1], [0, 1, 2], [], [0, 1, 2]]
    assert tokens_in(offsets, []) == []
    assert [list(tokens) for tokens in tokens_in([], [(0, 3)])] == [[]]


def test_pad_rows_fills_on_the_right() -> None:
    assert np.array_equal(pad_rows([[1, 2], []], 3, 9), [[1, 2, 9], [9, 9, 9]])
