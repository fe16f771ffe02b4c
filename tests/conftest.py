"""Fixtures of tests in every folder; this file also makes `tiny_models` importable from all of them."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from tiny_models import saved, tiny_coreference, tiny_reader, tiny_stance, tiny_tokenizer
from transformers import PreTrainedTokenizerFast


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    return tiny_tokenizer()


@pytest.fixture(scope="session")
def reader_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tiny_reader(), tmp_path_factory.mktemp("reader"))


@pytest.fixture(scope="session")
def coreference_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tiny_coreference(), tmp_path_factory.mktemp("coreference"))


@pytest.fixture(scope="session")
def stance_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tiny_stance(), tmp_path_factory.mktemp("stance"))


@pytest.fixture(scope="session")
def load_script() -> Callable[[str], ModuleType]:
    """Imports a file of scripts/ by its name."""

    def load(name: str) -> ModuleType:
        path = Path(__file__).resolve().parent.parent / "scripts" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # Dataclasses look their module up.
        spec.loader.exec_module(module)
        return module

    return load
