"""From a trained model to a checkpoint in its place: calibrated, recorded, and let through by the gates.

A new checkpoint replaces an old one only where it is no worse on every file that the config names as a gate.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.calibration import fit_temperature
from models.card import write_card
from models.checkpoints import SHARDS, holds_weights, weight_files
from models.comparison import FileComparison, compare, file_score
from models.coreference import CoreferenceModel
from models.coreference_evaluation import LinkReport, evaluate_coreference
from models.evaluation import ScoredFile, known_items, score_file, score_labelled
from models.pairs import labelled_windows, read_pairs
from models.reader import ReaderModel
from models.reader_evaluation import SpanReport, evaluate_reader
from models.registry import Checkpoint, load_checkpoint, save_checkpoint
from models.run_record import training_record
from models.stance import StanceModel
from models.training import Gate, StanceTrainConfig, TrainConfig, Trained, training_folder


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's scores, between 0 and 1; ``old`` is None where nothing was there to compare with.

    ``comparison`` says more of two stance checkpoints.
    """

    gate: str
    old: float | None
    new: float
    passed: bool
    comparison: FileComparison | None = None


Measured = ScoredFile | SpanReport | LinkReport

# How a checkpoint is measured on a label file of its kind.
MEASURES: dict[type, Callable[[Checkpoint, Path], Measured]] = {
    StanceModel: score_file,
    ReaderModel: evaluate_reader,
    CoreferenceModel: evaluate_coreference,
}


def measured(checkpoint: Checkpoint, path: Path) -> Measured:
    """What a checkpoint of any kind says of a label file."""
    return MEASURES[type(checkpoint.model)](checkpoint, path)


def gate_score(found: Measured) -> float:
    """What a `Gate` compares."""
    if isinstance(found, ScoredFile):
        return file_score(found)
    parts = found.links if isinstance(found, LinkReport) else found.spans
    return float(np.mean([scores.f1 for scores in parts.values()]))


def judge(gates: Sequence[Gate], old: Checkpoint | None, new: Mapping[Path, Measured]) -> list[Verdict]:
    """Each gate's verdict on what the new checkpoint says of its file; all pass where there is no ``old``."""
    verdicts = []
    for gate in gates:
        there, here = None if old is None else measured(old, gate.path), new[gate.path]
        before, reached = None if there is None else gate_score(there), gate_score(here)
        comparison = None
        if isinstance(there, ScoredFile) and isinstance(here, ScoredFile):
            comparison = compare(there, here)
        passed = before is None or reached >= before - gate.tolerance
        verdicts.append(Verdict(gate.name, before, reached, passed, comparison))
    return verdicts


def calibrate(checkpoint: Checkpoint, paths: Sequence[Path]) -> dict[str, float]:
    """Fits the temperature of each head on pair labels and leaves them in the model's config.

    A head that the labels say nothing of keeps its temperature.
    """
    windows = labelled_windows(pair for path in paths for pair in read_pairs(path))
    config = checkpoint.model.config
    scores = score_labelled(checkpoint, windows)
    for head in ("stance", "sentiment"):
        gold, chances = known_items(f"{head}s", windows, scores)
        if len(gold):
            # Logits differ from the log probabilities by a constant a pair, and by the present temperature.
            logits = np.log(np.maximum(chances, 1e-9)) * getattr(config, f"{head}_temperature")
            setattr(config, f"{head}_temperature", fit_temperature(logits, gold))
    return {head: getattr(config, f"{head}_temperature") for head in ("stance", "sentiment")}


@dataclass(frozen=True, slots=True)
class Promotion:
    """``folder`` holds the new checkpoint: the config's ``out`` where every verdict passed, else a folder beside it."""

    folder: Path
    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


def promote(config: TrainConfig, trained: Trained, seconds: float) -> Promotion:
    """Saves the trained model with its record and card, and puts it in the place of ``config.out`` if it may.

    What it is compared with is the checkpoint that stands there, else the one that training started from.
    """
    model_class = type(trained.model)
    staged = training_folder(config) / "candidate"
    shutil.rmtree(staged, ignore_errors=True)
    save_checkpoint(trained.model, trained.tokenizer, staged)
    new = load_checkpoint(str(staged), model_class)
    temperatures = None
    if isinstance(config, StanceTrainConfig):
        temperatures = calibrate(new, [source.path for source in config.valid])
        new.model.config.save_pretrained(staged)
    # A file that is both gate and validation file is scored once.
    paths = [source.path for source in config.valid] + [gate.path for gate in config.gates]
    files = {path: measured(new, path) for path in dict.fromkeys(paths)}
    verdicts = tuple(judge(config.gates, _old(config, model_class), files))
    validation = {source.name: files[source.path] for source in config.valid}
    write_card(staged, training_record(config, trained, new, validation, seconds, verdicts, temperatures))
    promotion = Promotion(config.out, verdicts)
    if not promotion.passed:
        return Promotion(staged, verdicts)
    config.out.mkdir(parents=True, exist_ok=True)
    # The old weights may lie in other files than the new ones.
    for path in (*weight_files(config.out), config.out / SHARDS):
        path.unlink(missing_ok=True)
    for file in sorted(staged.iterdir()):
        file.replace(config.out / file.name)
    return promotion


def _old(config: TrainConfig, model_class: type) -> Checkpoint | None:
    if not config.gates:
        return None
    if holds_weights(config.out):
        return load_checkpoint(str(config.out), model_class)
    return load_checkpoint(config.start, model_class) if config.start else None
