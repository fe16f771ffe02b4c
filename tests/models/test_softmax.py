import numpy as np
import pytest
from scipy import special

from models.softmax import log_softmax, softmax


@pytest.mark.parametrize("shape", [(50, 3), (7, 5, 11), (0, 3)])
@pytest.mark.parametrize("scale", [1.0, 90.0])
def test_the_bits_are_those_of_scipy(shape: tuple[int, ...], scale: float) -> None:
    logits = (np.random.default_rng(3).normal(size=shape) * scale).astype(np.float32)
    assert np.array_equal(softmax(logits), special.softmax(logits, axis=-1))
    assert np.array_equal(log_softmax(logits), special.log_softmax(logits, axis=-1))
