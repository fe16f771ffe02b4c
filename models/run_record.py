"""The record of a training run: what a card and a comparison need to know of it."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch

from models.evaluation import evaluate_stance_file
from models.reader_evaluation import evaluate_reader
from models.registry import Checkpoint
from models.reports import as_json, rounded
from models.training import StanceTrainConfig, TrainConfig, Trained


def training_record(
    config: TrainConfig,
    trained: Trained,
    checkpoint: Checkpoint,
    seconds: float,
    verdicts: Sequence[Any],
    temperatures: Mapping[str, float] | None,
) -> dict[str, Any]:
    """The run's config, data counts, machine and gates, and the saved checkpoint's scores on each validation file."""
    stance = isinstance(config, StanceTrainConfig)
    validation = {}
    for source in config.valid:
        if stance:
            report = as_json(evaluate_stance_file(checkpoint, source.path))
            # Quotations of validation texts, some of them not ours to ship, stay out of the record.
            validation[source.name] = {key: value for key, value in report.items() if key != "worst"}
        else:
            validation[source.name] = as_json(evaluate_reader(checkpoint, source.path))
    return {
        "task": "stance" if stance else "reader",
        "config": json.loads(config.model_dump_json()),
        "digest": checkpoint.digest,
        "rows": trained.rows,
        "leaked": trained.leaked,
        "validation": validation,
        "temperatures": temperatures,
        "gates": [_gate(verdict) for verdict in verdicts],
        "seconds": round(seconds),
        "device": torch.cuda.get_device_name(0)
        if torch.cuda.is_available()
        else platform.processor() or "CPU",
        "torch": torch.__version__,
    }


def _gate(verdict: Any) -> dict[str, Any]:
    """A verdict without the texts that its comparison quotes, for the same reason."""
    row = rounded(asdict(verdict))
    if row["comparison"]:
        del row["comparison"]["flips"]
    return row
