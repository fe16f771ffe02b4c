"""The record of a training run: what a card and a comparison need to know of it."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from models.card import RECORD
from models.checkpoints import CHECKPOINTS, read_json
from models.coreference_evaluation import LinkReport
from models.evaluation import ScoredFile, evaluate_stance
from models.reader_evaluation import SpanReport
from models.registry import Checkpoint
from models.reports import as_json, rounded
from models.training import (
    CoreferenceTrainConfig,
    ReaderTrainConfig,
    StanceTrainConfig,
    TrainConfig,
    Trained,
)

# What a config trains, as a card names it.
_TASKS: dict[type[TrainConfig], str] = {
    StanceTrainConfig: "stance",
    ReaderTrainConfig: "reader",
    CoreferenceTrainConfig: "coreference",
}


def training_record(
    config: TrainConfig,
    trained: Trained,
    checkpoint: Checkpoint,
    validation: Mapping[str, ScoredFile | SpanReport | LinkReport],
    seconds: float,
    verdicts: Sequence[Any],
    temperatures: Mapping[str, float] | None,
) -> dict[str, Any]:
    """The run's config, data counts, machine and gates, and the saved checkpoint's scores.

    ``earlier`` lists what the weights that training began with had been trained on, oldest first.

    ``validation``: what the checkpoint says of each validation file, by the file's name in the config.
    """
    return {
        "task": _TASKS[type(config)],
        "config": json.loads(config.model_dump_json()),
        "digest": checkpoint.digest,
        "rows": trained.rows,
        "leaked": trained.leaked,
        "earlier": _earlier(config.start or config.base),
        "validation": {name: _report(found) for name, found in validation.items()},
        "temperatures": temperatures,
        "gates": [_gate(verdict) for verdict in verdicts],
        "seconds": round(seconds),
        "device": torch.cuda.get_device_name(0)
        if torch.cuda.is_available()
        else platform.processor() or "CPU",
        "torch": torch.__version__,
    }


def _earlier(origin: str) -> list[dict[str, Any]]:
    """The trainings that a checkpoint's own record knows of, its own last; none of a bare base."""
    path = CHECKPOINTS.get(origin, Path(origin)) / RECORD
    if not path.is_file():
        return []
    record = read_json(path)
    return [*record.get("earlier", ()), {key: record[key] for key in ("task", "digest", "rows")}]


def _report(found: ScoredFile | SpanReport | LinkReport) -> dict[str, Any]:
    """A file's scores without quotations of its texts, some of which are not ours to ship."""
    report = as_json(evaluate_stance(found) if isinstance(found, ScoredFile) else found)
    return {key: value for key, value in report.items() if key != "worst"}


def _gate(verdict: Any) -> dict[str, Any]:
    """A verdict without the texts that its comparison quotes, for the same reason."""
    row = rounded(asdict(verdict))
    if row["comparison"]:
        del row["comparison"]["flips"]
    return row
