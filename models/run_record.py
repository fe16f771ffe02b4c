"""The record of a training run: what a card and a comparison need to know of it."""

import json
import platform
from typing import Any

import torch

from models.evaluation import as_json, evaluate_reader, evaluate_stance_file
from models.registry import Checkpoint
from models.training import ReaderTrainConfig, StanceTrainConfig, Trained


def training_record(
    config: ReaderTrainConfig | StanceTrainConfig, trained: Trained, checkpoint: Checkpoint, seconds: float
) -> dict[str, Any]:
    """The run's config, data counts and machine, and the saved checkpoint's scores on each validation file."""
    stance = isinstance(config, StanceTrainConfig)
    validation = {}
    for source in config.valid:
        if stance:
            heads = [as_json(report) for report in evaluate_stance_file(checkpoint, source.path)]
            validation[source.name] = {"heads": heads}
        else:
            validation[source.name] = as_json(evaluate_reader(checkpoint, source.path))
    return {
        "task": "stance" if stance else "reader",
        "config": json.loads(config.model_dump_json()),
        "digest": checkpoint.digest,
        "rows": trained.rows,
        "leaked": trained.leaked,
        "validation": validation,
        "seconds": round(seconds),
        "device": torch.cuda.get_device_name(0)
        if torch.cuda.is_available()
        else platform.processor() or "CPU",
        "torch": torch.__version__,
    }
