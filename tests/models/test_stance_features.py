from typing import Any

import numpy as np
from transformers import PreTrainedTokenizerFast

from models.pairs import AUTHOR_INDEX, StanceWindow
from models.stance_features import (
    ACTOR,
    CONTEXT,
    SPEAKER,
    STATEMENT,
    UNMARKED,
    StanceFeatures,
    collate,
    collate_labels,
    stance_features,
)

TEXT = "Rain fell on China. Xi praised Putin."
JUDGED = (20, 37)
XI, PUTIN, CHINA = (20, 22), (31, 36), (13, 18)


def window(**fields: Any) -> StanceWindow:
    base = {
        "text": TEXT,
        "statement": JUDGED,
        "actors": ((XI,), (PUTIN,), (CHINA,)),
        "speakers": frozenset({0}),
        "pairs": ((0, 1), (AUTHOR_INDEX, 2)),
    }
    return StanceWindow(**(base | fields))


def features(tokenizer: PreTrainedTokenizerFast, one: StanceWindow, max_tokens: int = 48) -> StanceFeatures:
    return stance_features(tokenizer, [one], max_tokens)[0]


def words(tokenizer: PreTrainedTokenizerFast, row: StanceFeatures) -> str:
    return " ".join(tokenizer.convert_ids_to_tokens(row.ids))


def test_places_and_marks_tell_statement_actors_and_speaker(tokenizer: PreTrainedTokenizerFast) -> None:
    row = features(tokenizer, window())
    assert words(tokenizer, row) == "[CLS] rain fell on china . xi praised putin . [SEP]"
    assert row.places == [CONTEXT] * 6 + [STATEMENT] * 4 + [CONTEXT]
    expected = [UNMARKED] * 11
    expected[4], expected[6], expected[8] = ACTOR, SPEAKER, ACTOR
    assert row.marks == expected
    # Row 0 is the author's; an author's index of -1 becomes 0.
    assert row.actor_tokens == [[], [6], [8], [4]]
    assert row.pairs == [(1, 2), (0, 3)]


def test_a_mention_in_the_statement_outweighs_those_before_it(tokenizer: PreTrainedTokenizerFast) -> None:
    row = features(tokenizer, window(actors=((CHINA, XI), (PUTIN,)), pairs=((0, 1),)))
    assert row.actor_tokens == [[], [6], [8]]


def test_what_is_too_long_loses_its_context_first(tokenizer: PreTrainedTokenizerFast) -> None:
    row = features(tokenizer, window(), max_tokens=8)
    assert words(tokenizer, row) == "[CLS] china . xi praised putin . [SEP]"
    row = features(tokenizer, window(), max_tokens=6)
    assert words(tokenizer, row) == "[CLS] xi praised putin . [SEP]"
    assert row.actor_tokens == [[], [1], [3], []]


def test_then_the_end_of_the_statement(tokenizer: PreTrainedTokenizerFast) -> None:
    row = features(tokenizer, window(), max_tokens=4)
    assert words(tokenizer, row) == "[CLS] xi praised [SEP]"
    assert row.actor_tokens == [[], [1], [], []]


def test_padding_is_zeros_that_bear_no_loss(tokenizer: PreTrainedTokenizerFast) -> None:
    row = features(tokenizer, window())
    inputs = collate([row], (32, 4, 8), tokenizer.pad_token_id)
    assert inputs["input_ids"].shape == (1, 32)
    assert inputs["attention_mask"].sum() == len(row.ids)
    assert np.array_equal(inputs["actor_masks"].sum(dim=-1), [[0, 1, 1, 1]])
    assert inputs["pairs"][0, :3].tolist() == [[1, 2], [0, 3], [0, 0]]
    labels = collate_labels(
        [
            {
                "weights": [1, 0.5],
                "schemes": [0, 1],
                "stance_targets": [[1, 0, 0], [0, 0.5, 0.5]],
                "sentiment_targets": [[0, 0, 0]] * 2,
            }
        ],
        4,
    )
    assert labels["weights"].tolist() == [[1, 0.5, 0, 0]]
    assert labels["schemes"].tolist() == [[0, 1, 0, 0]]
    assert labels["stance_targets"].sum(dim=-1).tolist() == [[1, 1, 0, 0]]
    assert not labels["sentiment_targets"].any()
