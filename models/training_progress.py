"""How far a training is, told step by step to whoever watches."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from transformers import TrainerCallback


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """``scores`` is given after an epoch: its mean training loss as ``loss``, and measures on the validation files.

    ``part`` tells apart the trainings of one command.
    """

    step: int
    steps: int
    epoch: int
    epochs: int
    scores: dict[str, float] | None = None
    part: str = "training"


Watch = Callable[[TrainingStep], None]


class Reporter(TrainerCallback):
    """Passes on what the Trainer would print."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def on_step_end(self, args, state, control, **kwargs):
        self._tell(state)

    def on_evaluate(self, args, state, control, metrics, **kwargs):
        losses = [entry["loss"] for entry in state.log_history if "loss" in entry]
        scores = {
            name.removeprefix("eval_"): float(value) for name, value in metrics.items() if name.endswith("f1")
        }
        self._tell(state, {"loss": losses[-1]} | scores)

    def _tell(self, state, scores: dict[str, float] | None = None) -> None:
        epochs = state.num_train_epochs
        # A step belongs to the epoch that it is part of; the last one of an epoch makes it whole.
        self._watch(TrainingStep(state.global_step, state.max_steps, ceil(state.epoch), epochs, scores))
