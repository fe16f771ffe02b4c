"""The chain: stages in their fixed order, checked to fit together before anything runs."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.config import ScoreConfig, stage_class, validated
from pipeline.errors import ConfigError, StancewireError
from pipeline.records import Article, ScoredArticle
from pipeline.stages.base import Stage


class Chain:
    """Stages that take an `Article` to a `ScoredArticle`.

    Raises:
        ConfigError: a stage's output is not what the next one takes, or an option is unknown.
    """

    def __init__(self, stages: dict[str, Stage]) -> None:
        self.stages = stages
        _check_types(stages)

    def setup(self) -> None:
        """Sets every stage up.

        Raises:
            StancewireError: a stage cannot be set up; the text names it.
        """
        for name, stage in self.stages.items():
            try:
                stage.setup()
            except StancewireError:
                raise
            except Exception as error:
                raise StancewireError(
                    f"stages.{name}: cannot be set up: {type(error).__name__}: {error}"
                ) from error

    def process(self, batch: Sequence[Article]) -> list[ScoredArticle]:
        records: list = list(batch)
        for stage in self.stages.values():
            records = stage.process(records)
        return records


def _check_types(stages: dict[str, Stage]) -> None:
    steps = list(stages.items())
    if not issubclass(Article, steps[0][1].consumes):
        raise ConfigError(f"stages.{steps[0][0]}: takes {steps[0][1].consumes.__name__}, not Article")
    for (name, stage), (next_name, next_stage) in pairwise(steps):
        if not issubclass(stage.produces, next_stage.consumes):
            raise ConfigError(
                f"stages.{next_name}: takes {next_stage.consumes.__name__}, "
                f"but {name} gives {stage.produces.__name__}"
            )
    if not issubclass(steps[-1][1].produces, ScoredArticle):
        raise ConfigError(f"stages.{steps[-1][0]}: gives {steps[-1][1].produces.__name__}, not ScoredArticle")


def build_chain(config: ScoreConfig) -> Chain:
    """The chain that a config describes, its options checked; nothing is loaded yet."""
    stages: dict[str, Stage] = {}
    for step, choice in config.stages.items():
        cls = stage_class(step, choice.use)
        stages[step] = cls(validated(cls.Options, choice.options, f"stages.{step}"))
    return Chain(stages)
