"""`stancewire train`: checkpoints from label files."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pipeline.commands.console import errors_reported, plain, stderr, stdout
from pipeline.config import load_yaml, validated

if TYPE_CHECKING:
    from models.promotion import Promotion
    from models.training import TrainConfig, Trained
    from models.training_progress import Watch

Config = TypeVar("Config", bound="TrainConfig")

# The status of a training whose checkpoint a gate did not let through.
EXIT_GATE = 3

train = typer.Typer(no_args_is_help=True, help="Train a checkpoint from label files.")

_CONFIG_HELP = "YAML; configs/train-….yaml are those of the shipped checkpoints."
_RESUME = Annotated[
    bool, typer.Option("--resume", help="Go on from the last epoch that an earlier run saved.")
]


@train.command()
def stance(
    config: Annotated[Path | None, typer.Option(help=_CONFIG_HELP)] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Pair labels (JSONL) of yours to retrain on, instead of --config.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder for the retrained checkpoint.")] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="NAME_OR_PATH", help="The checkpoint that goes on learning.")
    ] = "default",
    valid: Annotated[
        Path | None, typer.Option(help="Labels to validate with; without it a fifth of the articles.")
    ] = None,
    curve: Annotated[
        str, typer.Option(metavar="N,N,…", help="Train on so many labels too, and plot what more would buy.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Of the random draws in retraining.")] = 13,
    resume: _RESUME = False,
) -> None:
    """Train the stance model from pair labels: afresh by a --config, or retrain a checkpoint on --labels of yours.

    Writes weights, record and model card to the config's out, or to --out. Retraining also writes a comparison
    of old and new.

    Exit status: 0 written, 3 a gate did not let the checkpoint through, 1 no result, 2 wrong usage.
    """
    if (config is None) == (labels is None):
        raise typer.BadParameter("give either --config or --labels")
    if config is not None:
        if out is not None or valid is not None or curve or start != "default" or seed != 13:
            raise typer.BadParameter("--from, --valid, --out, --curve and --seed go with --labels")
        with errors_reported():
            from models.training import StanceTrainConfig, train_stance

            _train(validated(StanceTrainConfig, load_yaml(config)), train_stance, resume)
    elif labels is not None:
        if out is None:
            raise typer.BadParameter("name a folder for the retrained checkpoint with --out")
        sizes = _sizes(curve)
        with errors_reported():
            from pipeline.commands.retrain import retrain_and_tell

            place(retrain_and_tell(labels, out, valid, start, sizes, resume, seed))


@train.command()
def reader(config: Annotated[Path, typer.Option(help=_CONFIG_HELP)], resume: _RESUME = False) -> None:
    """Train the reader from span labels; writes weights, record and model card to the config's out."""
    with errors_reported():
        from models.training import ReaderTrainConfig, train_reader

        _train(validated(ReaderTrainConfig, load_yaml(config)), train_reader, resume)


@train.command()
def coreference(config: Annotated[Path, typer.Option(help=_CONFIG_HELP)], resume: _RESUME = False) -> None:
    """Train the coreference model from annotated articles; writes weights, record and card to the config's out."""
    with errors_reported():
        from models.training import CoreferenceTrainConfig, train_coreference

        _train(validated(CoreferenceTrainConfig, load_yaml(config)), train_coreference, resume)


def _sizes(curve: str) -> list[int]:
    try:
        sizes = [int(part) for part in curve.split(",") if part.strip()]
    except ValueError:
        sizes = [0]
    if any(size < 1 for size in sizes):
        raise typer.BadParameter(f"--curve {curve}: give numbers of labels, such as 50,100,200")
    return sizes


def _train(config: "Config", fit: "Callable[[Config, bool, Watch], Trained]", resume: bool) -> None:
    from models.promotion import promote
    from pipeline.commands.training_progress import training_progress

    begun = perf_counter()
    with training_progress(stderr()) as watch:
        trained = fit(config, resume, watch)
    promotion = promote(config, trained, perf_counter() - begun)
    scores = ", ".join(f"{name} {100 * value:.1f}" for name, value in trained.metrics.items() if "f1" in name)
    stdout().print(plain(f"Validation: {scores}"))
    report(promotion)


def report(promotion: "Promotion") -> None:
    """Prints what the gates said and where the checkpoint is; raises as `place` does."""
    for verdict in promotion.verdicts:
        before = "nothing there before" if verdict.old is None else f"{100 * verdict.old:.1f} before"
        outcome = "passed" if verdict.passed else "FAILED"
        stdout().print(plain(f"Gate {verdict.gate}: {outcome}, {100 * verdict.new:.1f} ({before})"))
    place(promotion)


def place(promotion: "Promotion") -> None:
    """Prints where the checkpoint is.

    Raises:
        typer.Exit: a gate did not let it through.
    """
    from models.card import CARD

    console = stdout()
    if not promotion.passed:
        console.print(
            plain(f"Not promoted; the new checkpoint is left in {promotion.folder}"), soft_wrap=True
        )
        raise typer.Exit(EXIT_GATE)
    console.print(
        plain(f"Written to {promotion.folder}; the model card is {promotion.folder / CARD}"), soft_wrap=True
    )
