"""`stancewire train`: checkpoints from label files."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.commands.console import errors_reported, plain, stdout
from pipeline.config import load_yaml, validated

if TYPE_CHECKING:
    from models.training import ReaderTrainConfig, StanceTrainConfig, Trained

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
        from models.stance import StanceModel
        from models.training import StanceTrainConfig, train_stance

        _train(validated(StanceTrainConfig, load_yaml(config)), train_stance, StanceModel, resume)


@train.command()
def reader(config: _CONFIG, resume: _RESUME = False) -> None:
    """Train the reader from span labels; writes weights, record and model card to the config's out."""
    with errors_reported():
        from models.reader import ReaderModel
        from models.training import ReaderTrainConfig, train_reader

        _train(validated(ReaderTrainConfig, load_yaml(config)), train_reader, ReaderModel, resume)


def _train(
    config: "ReaderTrainConfig | StanceTrainConfig",
    fit: "Callable[[Any, bool], Trained]",
    model_class: type,
    resume: bool,
) -> None:
    from models.card import CARD, write_card
    from models.registry import load_checkpoint, save_checkpoint
    from models.run_record import training_record

    begun = perf_counter()
    trained = fit(config, resume)
    save_checkpoint(trained.model, trained.tokenizer, config.out)
    seconds = perf_counter() - begun
    checkpoint = load_checkpoint(str(config.out), model_class)
    write_card(config.out, training_record(config, trained, checkpoint, seconds))
    scores = ", ".join(f"{name} {100 * value:.1f}" for name, value in trained.metrics.items() if "f1" in name)
    stdout().print(plain(f"Validation: {scores}"))
    stdout().print(plain(f"Written to {config.out}; the model card is {config.out / CARD}"))
