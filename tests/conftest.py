"""Fixtures of tests in every folder; this file also makes `tiny_models` importable from all of them."""

from pathlib import Path

import pytest
from tiny_models import saved, tiny_reader, tiny_stance, tiny_tokenizer
from transformers import PreTrainedTokenizerFast


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    return tiny_tokenizer()


@pytest.fixture(scope="session")
def reader_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tiny_reader(), tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="session")
def stance_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tiny_stance(), tmp_path_factory.mktemp("stance"))
