import numpy as np
import pytest
from transformers import PreTrainedTokenizerFast

from models.encodings import (
    BATCH_ROWS,
    LENGTH_STEP,
    SHAPE_COUNT,
    encode_texts,
    fixed_batches,
    pad_rows,
    padded_length,
    token_shapes,
    tokens_in,
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
    return token_shapes(word, [(0, len(word))])[0]


def test_a_shape_tells_how_a_word_is_written() -> None:
    words = ["rain", "Rain", "RAIN", "McRain", "G20", "“", ","]
    assert len({shape_of(word) for word in words}) == len(words)
    assert shape_of("Peru") == shape_of("Chad")
    assert shape_of("U.S.") == shape_of("NATO")
    assert all(0 < shape_of(word) < SHAPE_COUNT for word in words)


def test_a_shape_tells_the_start_of_a_word_from_its_rest() -> None:
    first, rest, other = token_shapes("Rainfall Chad", [(0, 4), (4, 8), (9, 13)])
    assert first == other == rest + 1


def test_special_tokens_have_shape_zero_wherever_they_stand() -> None:
    shapes = token_shapes("a B", [(0, 0), (0, 1), (0, 0), (2, 3), (0, 0)])
    assert [shape == 0 for shape in shapes] == [True, False, True, False, True]
    assert token_shapes("  ", [(0, 0), (0, 2)]) == [0, 0]


def test_tokens_in_takes_every_token_that_overlaps() -> None:
    offsets = [(0, 0), (0, 4), (4, 8), (9, 12), (0, 0)]
    assert tokens_in(offsets, 4, 8) == [2]
    assert tokens_in(offsets, 3, 10) == [1, 2, 3]
    assert tokens_in(offsets, 8, 9) == []


def test_lengths_are_padded_to_the_next_step() -> None:
    assert [padded_length(n) for n in (1, LENGTH_STEP, LENGTH_STEP + 1)] == [
        LENGTH_STEP,
        LENGTH_STEP,
        2 * LENGTH_STEP,
    ]


def test_batches_hold_one_shape_and_lose_nothing() -> None:
    items = [((n % 3,), n) for n in range(5 * BATCH_ROWS)]
    batches = list(fixed_batches(items))
    assert all(len(group) <= BATCH_ROWS and {n % 3 for n in group} == {shape[0]} for shape, group in batches)
    assert sorted(n for _, group in batches for n in group) == list(range(5 * BATCH_ROWS))


def test_pad_rows_fills_on_the_right() -> None:
    assert np.array_equal(pad_rows([[1, 2], []], 3, 9), [[1, 2, 9], [9, 9, 9]])
