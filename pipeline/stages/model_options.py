"""Options of the stages that run a trained model."""

from pydantic import field_validator

from models.backends import check_backend
from models.errors import BackendError
from pipeline.stages.base import StageOptions


class ModelOptions(StageOptions):
    """``checkpoint``: a shipped checkpoint's name or the folder of one. ``backend``: a key of
    `models.backends.BACKENDS`, or ``auto``."""

    checkpoint: str
    backend: str = "torch"

    @field_validator("backend")
    @classmethod
    def _can_run(cls, name: str) -> str:
        try:
            return check_backend(name)
        except BackendError as error:
            raise ValueError(str(error)) from error
