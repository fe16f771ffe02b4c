"""The run configuration: YAML checked against the stages' own options before any work starts."""

import hashlib
import importlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.errors import ConfigError
from pipeline.stages import STAGES
from pipeline.stages.base import Stage


class StageConfig(BaseModel):
    """Which implementation runs a step (``use``) and that implementation's own options."""

    model_config = ConfigDict(frozen=True, extra="allow")
    use: str

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


EngineName = Literal["local", "ray"]


class EngineConfig(BaseModel):
    """Where shards are scored. ``address`` and ``worker_cpus`` are those of a Ray cluster and its workers."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    use: EngineName = "local"
    address: str | None = None
    worker_cpus: int = Field(default=1, ge=1)


class ScoreConfig(BaseModel):
    """What `stancewire score` runs. No row depends on ``batch_articles``, ``threads`` and ``engine``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    stages: dict[str, StageConfig] = Field(default_factory=dict)
    batch_articles: int = Field(default=16, ge=1)
    threads: int | None = Field(default=None, ge=1)
    engine: EngineConfig = EngineConfig()

    @model_validator(mode="before")
    @classmethod
    def _fill_stages(cls, values: Any) -> Any:
        """A step that the config leaves out, or names without ``use``, runs its first implementation."""
        if not isinstance(values, dict):
            return values
        given = values.get("stages") or {}
        if not isinstance(given, dict):
            return values
        unknown = [name for name in given if name not in STAGES]
        if unknown:
            raise ValueError(f"unknown stage {unknown[0]!r}; choose from: {', '.join(STAGES)}")
        for name, stage in given.items():
            if stage is not None and not isinstance(stage, dict):
                raise ValueError(f"stages.{name}: holds {stage!r}; a mapping such as {{use: …}} is needed")
        stages = {
            name: {"use": next(iter(choices)), **(given.get(name) or {})} for name, choices in STAGES.items()
        }
        return values | {"stages": stages}


def stage_class(step: str, use: str) -> type[Stage]:
    """The class that a config names for a step: a name in `STAGES` or ``package.module:Class``.

    Raises:
        ConfigError: neither a known name nor an importable class.
    """
    path = STAGES[step].get(use, use)
    module_name, _, class_name = path.partition(":")
    if not class_name:
        choices = ", ".join(STAGES[step])
        raise ConfigError(
            f"stages.{step}.use: unknown implementation {use!r}; "
            f"choose from: {choices}, or name your own as package.module:Class"
        )
    try:
        cls = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"stages.{step}.use: cannot import {path!r} ({error}); is it installed or on PYTHONPATH?"
        ) from error
    lacking = [
        name for name in ("consumes", "produces", "Options", "setup", "process") if not hasattr(cls, name)
    ]
    if lacking:
        raise ConfigError(f"stages.{step}.use: {path!r} is no stage: it has no {', '.join(lacking)}")
    return cls


def describe(error: ValidationError, prefix: str = "") -> str:
    """A pydantic error as one line an offending key: where it is, what is wrong, what would do."""
    lines = []
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"])
        place = ".".join(part for part in (prefix, key) if part)
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] not in ("missing", "value_error"):
            message += f", not {item['input']!r}"
        lines.append(f"{place}: {message}" if place else message)
    return "\n".join(lines)


def validated(model: type[BaseModel], values: Any, prefix: str = "") -> Any:
    """``values`` checked by a pydantic model; an unknown key's error names the known ones.

    Raises:
        ConfigError: a key is unknown, missing or of the wrong type.
    """
    if isinstance(values, dict):
        unknown = [key for key in values if key not in model.model_fields]
        if unknown and model.model_config.get("extra") == "forbid":
            place = ".".join(part for part in (prefix, str(unknown[0])) if part)
            raise ConfigError(f"{place}: unknown key; choose from: {', '.join(model.model_fields)}")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(describe(error, prefix)) from error


def load_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds one mapping, loaded safely.

    Raises:
        ConfigError: unreadable, not YAML, or not a mapping.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: holds a {type(values).__name__}; a mapping of keys is needed")
    return values


def resolved(config: ScoreConfig) -> dict[str, Any]:
    """The config with every option of every stage spelled out, as ``run.json`` keeps it.

    Raises:
        ConfigError: a stage does not exist, or an option does not fit.
    """
    values = config.model_dump(mode="json")
    for step, choice in config.stages.items():
        options = validated(stage_class(step, choice.use).Options, choice.options, f"stages.{step}")
        values["stages"][step] = {"use": choice.use, **options.model_dump(mode="json")}
    return values


def option_digests(config: ScoreConfig) -> dict[str, str]:
    """The sha256 of every file that a stage's options name: what it holds counts like an option.

    Raises:
        ConfigError: as `resolved`.
    """
    digests = {}
    for step, choice in config.stages.items():
        options = validated(stage_class(step, choice.use).Options, choice.options, f"stages.{step}")
        for name in type(options).model_fields:
            value = getattr(options, name)
            for path in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(path, Path) and path.is_file():
                    digests[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return digests


def load_score_config(path: Path | None) -> ScoreConfig:
    """The configuration of a run; without a path, the defaults (`configs/score.yaml` spells them out)."""
    return validated(ScoreConfig, load_yaml(path) if path else {})
