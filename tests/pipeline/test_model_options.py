import pytest

from models import backends
from pipeline.config import validated
from pipeline.errors import ConfigError
from pipeline.stages.read import ModelReader
from pipeline.stages.stance import ModelStance


@pytest.mark.parametrize("stage", [ModelReader, ModelStance])
def test_a_backend_is_checked_with_the_config(
    stage: type[ModelReader | ModelStance], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert validated(stage.Options, {}).backend == "torch"
    with pytest.raises(ConfigError, match=r"stages\.x\.backend: unknown backend 'jax'; choose from: torch, "):
        validated(stage.Options, {"backend": "jax"}, "stages.x")
    monkeypatch.setattr(backends, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"stages\.x\.backend: backend 'onnx' needs onnx, .*install\.py"):
        validated(stage.Options, {"backend": "onnx"}, "stages.x")
