"""`stancewire train`: checkpoints from label files."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline.commands.console import errors_reported, plain, stdout
from pipeline.config import load_yaml, validated

if TYPE_CHECKING:
    from models.promotion import Promotion
    from models.training import TrainConfig, Trained

Config = TypeVar("Config", bound="TrainConfig")

# The status of a training whose checkpoint a gate did not let through.
EXIT_GATE = 3

train = typer.Typer(no_args_is_help=True, help="Train a checkpoint from label files.")

_CONFIG = Annotated[
    Path, typer.Option(help="YAML; configs/train-….yaml are those of the shipped checkpoints.")
]
_RESUME = Annotated[
    bool, typer.Option("--resume", help="Go on from the last epoch that an earlier run saved.")
]


@train.command()
def stance(config: _CONFIG, resume: _RESUME = False) -> None:
    """Train the stance model from pair labels; writes weights, record and model card to the config's out."""
    with errors_reported():
        from models.training import StanceTrainConfig, train_stance

        _train(validated(StanceTrainConfig, load_yaml(config)), train_stance, resume)


@train.command()
def reader(config: _CONFIG, resume: _RESUME = False) -> None:
    """Train the reader from span labels; writes weights, record and model card to the config's out."""
    with errors_reported():
        from models.training import ReaderTrainConfig, train_reader

        _train(validated(ReaderTrainConfig, load_yaml(config)), train_reader, resume)


def _train(config: "Config", fit: "Callable[[Config, bool], Trained]", resume: bool) -> None:
    from models.promotion import promote

    begun = perf_counter()
    trained = fit(config, resume)
    promotion = promote(config, trained, perf_counter() - begun)
    scores = ", ".join(f"{name} {100 * value:.1f}" for name, value in trained.metrics.items() if "f1" in name)
    stdout().print(plain(f"Validation: {scores}"))
    report(promotion)


def report(promotion: "Promotion") -> None:
    """Prints what the gates said and where the checkpoint is.

    Raises:
        typer.Exit: a gate did not let it through.
    """
    from models.card import CARD

    for verdict in promotion.verdicts:
        before = "nothing there before" if verdict.old is None else f"{100 * verdict.old:.1f} before"
        outcome = "passed" if verdict.passed else "FAILED"
        stdout().print(plain(f"Gate {verdict.gate}: {outcome}, {100 * verdict.new:.1f} ({before})"))
    if not promotion.passed:
        stdout().print(plain(f"Not promoted; the new checkpoint is left in {promotion.folder}"))
        raise typer.Exit(EXIT_GATE)
    stdout().print(plain(f"Written to {promotion.folder}; the model card is {promotion.folder / CARD}"))
