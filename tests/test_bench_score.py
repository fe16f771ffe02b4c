"""The counts that the benchmark's ratios rest on."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest


@pytest.fixture(scope="module")
def bench(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("bench_score")


def test_a_corpus_of_any_size_is_made_of_few_texts(bench: ModuleType) -> None:
    texts = ["a1\na2\na3", "b1\nb2", "c1"]
    made = list(bench.corpus(texts, 8))
    assert made[:3] == texts
    assert made[3:6] == ["a1\na3\nb2", "b1", "c1\na2"]
    assert made == list(bench.corpus(texts, 8))
    assert len(made) == 8


def test_imports_are_summed_by_package(bench: ModuleType) -> None:
    notes = (
        "import time: self [us] | cumulative | imported package\n"
        "import time:      1500 |       1500 |     torch._C\n"
        "a warning that stands between\n"
        "import time:     20600 |      22100 |   torch\n"
        "import time:     40000 |      61500 | models\n"
    )
    assert list(bench.import_seconds(notes).items()) == [("models", 0.04), ("torch", 0.022)]


def test_operations_are_counted_for_what_is_not_padding(bench: ModuleType) -> None:
    encoder = SimpleNamespace(config=SimpleNamespace(hidden_size=4, intermediate_size=8, num_hidden_layers=2))
    model = SimpleNamespace(encoder=encoder)
    # Of 3 tokens and 2 layers: four products of 4 × 4, two of 4 × 8; attention's scores and their sums.
    encoded = 2 * (2 * 3 * (4 * 16 + 2 * 32) + 4 * 9 * 4)
    assert bench.flops(model, [SimpleNamespace(ids=[1, 2, 3])]) == encoded
    # Two pairs with one target, whose sentiment asks for one more; keys and values once.
    row = SimpleNamespace(ids=[1, 2, 3], pairs=[(1, 2), (3, 2)])
    assert bench.flops(model, [row]) == encoded + 2 * 3 * 2 * 16 + 3 * (2 * 9 * 16 + 4 * 3 * 4)
