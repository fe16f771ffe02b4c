from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from models import reader_features, stance_features
from models.pairs import AUTHOR_INDEX, StanceWindow
from models.passes import BLOCK_PAIRS, reader_logits, stance_logits
from models.reader import ReaderModel
from models.registry import Checkpoint, load_checkpoint
from models.stance import StanceModel
from models.stance_features import StanceFeatures


@pytest.fixture(scope="module")
def reader(reader_folder: Path) -> Checkpoint:
    return load_checkpoint(str(reader_folder), ReaderModel)


@pytest.fixture(scope="module")
def stance(stance_folder: Path) -> Checkpoint:
    return load_checkpoint(str(stance_folder), StanceModel)


def crowd(actors: int) -> StanceWindow:
    """A window where every second actor is mentioned, and every one is paired with every other."""
    text = " ".join(["Xi"] * actors)
    spans = tuple(() if index % 2 else ((3 * index, 3 * index + 2),) for index in range(actors))
    pairs = tuple(
        (holder, target) for holder in range(actors) for target in range(actors) if holder != target
    )
    return StanceWindow(text, (0, len(text)), spans, frozenset({0}), ((AUTHOR_INDEX, 1), *pairs))


def rows(tokenizer: PreTrainedTokenizerFast) -> list[StanceFeatures]:
    windows = [crowd(actors) for actors in (2, 9, 3, 5, 2, 12, 4)]
    assert max(len(window.pairs) for window in windows) > BLOCK_PAIRS
    return stance_features.stance_features(tokenizer, windows, 48)


@torch.inference_mode()
def test_packed_stances_are_those_of_the_model(stance: Checkpoint) -> None:
    given = rows(stance.tokenizer)
    for row, found in zip(given, stance_logits(stance, given), strict=True):
        shape = (len(row.ids), len(row.actor_tokens), len(row.pairs))
        output = stance.model(**stance_features.collate([row], shape, stance.tokenizer.pad_token_id))
        for logits, expected in zip(found, (output.stance_logits, output.sentiment_logits), strict=True):
            assert np.allclose(logits, expected[0].numpy(), atol=1e-4)


@torch.inference_mode()
def test_packed_tags_are_those_of_the_model(reader: Checkpoint) -> None:
    text = "Xi said rain fell on China. " * 9 + "\nPutin condemned Nato."
    given = reader_features.reader_windows(
        reader.tokenizer, text, reader_features.line_paragraphs(text), reader.model.config.max_tokens
    )
    assert len(given) > 1
    for row, found in zip(given, reader_logits(reader, given), strict=True):
        output = reader.model(**reader_features.collate([row], len(row.ids), reader.tokenizer.pad_token_id))
        for logits, expected in zip(found, (output.span_logits, output.mention_logits), strict=True):
            assert np.allclose(logits, expected[0].numpy(), atol=1e-4)


def test_a_window_gives_the_same_bits_in_any_company(stance: Checkpoint) -> None:
    given = rows(stance.tokenizer)
    together = stance_logits(stance, given)
    order = np.random.default_rng(5).permutation(len(given))
    shuffled = dict(zip(order, stance_logits(stance, [given[index] for index in order]), strict=True))
    for index, row in enumerate(given):
        for again in (shuffled[index], stance_logits(stance, [row])[0]):
            assert all(np.array_equal(*both) for both in zip(together[index], again, strict=True))


def test_nothing_gives_nothing(stance: Checkpoint, reader: Checkpoint) -> None:
    assert stance_logits(stance, []) == []
    assert reader_logits(reader, []) == []
