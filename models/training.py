"""Training of both models from label files, through `transformers.Trainer` over `datasets`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from datasets import Dataset
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)

from models import reader_features, stance_features
from models.errors import LabelError
from models.heads import encoder_settings
from models.labels import BIO, IGNORED, MENTION_TAGS, SPAN_LABELS, STANCES
from models.leaks import text_key
from models.metrics import macro_f1, span_scores
from models.pairs import LabelledWindow, labelled_windows, read_pairs
from models.reader import ReaderConfig, ReaderModel
from models.reader_features import ReaderLabels, ReaderWindow
from models.registry import load_base
from models.spans import MENTION_STEPS, SPAN_STEPS, SpanLabels, best_tags, read_spans, spans_of
from models.stance import StanceConfig, StanceModel
from models.stance_features import StanceFeatures

# What a row of the training set holds of a `LabelledWindow` beside its features.
LABEL_FIELDS = ("stance_targets", "sentiment_targets", "weights")
# Characters from which a line shared by two articles means a shared text, not a shared phrase.
TELLING_LINE = 60


class LabelSource(BaseModel):
    """A label file and how much each of its rows weighs in the loss (pair labels only)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    path: Path
    weight: float = Field(default=1.0, gt=0)
    licence: str = "unknown"


class TrainConfig(BaseModel):
    """What `stancewire train` runs. ``valid`` chooses the epoch that is kept and is never trained on."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: str = "minilm"
    train: list[LabelSource] = Field(min_length=1)
    valid: list[LabelSource] = Field(min_length=1)
    out: Path
    epochs: float = Field(default=4, gt=0)
    learning_rate: float = Field(default=1e-4, gt=0)
    head_learning_rate: float = Field(default=3e-4, gt=0)
    batch_size: int = Field(default=32, ge=1)
    warmup: float = Field(default=0.1, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    max_tokens: int = Field(default=192, ge=16)
    patience: int = Field(default=3, ge=1)
    precision: Literal["float32", "bfloat16"] = "float32"
    loader_workers: int = Field(default=0, ge=0)
    seed: int = 13


class StanceTrainConfig(TrainConfig):
    """``class_weights`` multiply the loss of `STANCES`, in order."""

    class_weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sentiment_loss: float = Field(default=0.5, ge=0)


class ReaderTrainConfig(TrainConfig):
    pass


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, the validation metrics of the kept epoch, and what went in and was left out."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    metrics: dict[str, float]
    rows: dict[str, int]
    leaked: dict[str, int]


def without_leaks(texts: Sequence[str], held_out: set[str]) -> list[bool]:
    """For each text, whether training may see it: False where the validation texts hold it."""
    return [text_key(text) not in held_out for text in texts]


def train_stance(config: StanceTrainConfig, resume: bool = False) -> Trained:
    """Trains a `StanceModel`; the epoch with the best macro F1 over the validation pairs is kept.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
        CheckpointError: the base cannot be loaded.
    """
    set_seed(config.seed)
    valid = [window for source in config.valid for window in _windows(source)]
    held_out = {text_key(_statement(row)) for row in valid}
    train: list[LabelledWindow] = []
    rows, leaked = {}, {}
    for source in config.train:
        windows = _windows(source)
        kept = [
            window
            for window, keep in zip(
                windows, without_leaks([_statement(w) for w in windows], held_out), strict=True
            )
            if keep
        ]
        train += kept
        rows[source.name] = sum(len(window.ids) for window in kept)
        leaked[source.name] = len(windows) - len(kept)
    _refuse_empty(train)

    encoder, tokenizer = load_base(config.base)
    model = StanceModel(
        StanceConfig(
            encoder=encoder_settings(encoder),
            max_tokens=config.max_tokens,
            dropout=config.dropout,
            class_weights=list(config.class_weights),
            sentiment_loss=config.sentiment_loss,
        )
    )
    model.encoder.load_state_dict(encoder.state_dict(), strict=False)

    def dataset(windows: Sequence[LabelledWindow]) -> Dataset:
        features = stance_features.stance_features(tokenizer, [w.window for w in windows], config.max_tokens)
        return Dataset.from_list(
            [
                {
                    "features": asdict(feature),
                    **{name: getattr(window, name) for name in LABEL_FIELDS},
                    "length": len(feature.ids),
                }
                for window, feature in zip(windows, features, strict=True)
            ]
        )

    def collate(batch: list[dict[str, Any]]) -> dict[str, Tensor]:
        features = [StanceFeatures(**row["features"]) for row in batch]
        shape = tuple(max(column) for column in zip(*(feature.shape for feature in features), strict=True))
        labels = stance_features.collate_labels(batch, shape[2])
        return stance_features.collate(features, shape, tokenizer.pad_token_id) | labels

    metrics = _fit(
        model,
        config,
        dataset(train),
        dataset(valid),
        collate,
        ["stance_targets", "sentiment_targets"],
        _stance_metrics,
        resume,
    )
    return Trained(model, tokenizer, metrics, rows, leaked)


def train_reader(config: ReaderTrainConfig, resume: bool = False) -> Trained:
    """Trains a `ReaderModel`; the epoch with the best mean exact-span F1 over its four layers is kept.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
        CheckpointError: the base cannot be loaded.
    """
    set_seed(config.seed)
    valid = [labels for source in config.valid for labels in read_spans(source.path)]
    held_out = {text_key(line) for labels in valid for line in _lines(labels)}
    train: list[SpanLabels] = []
    rows, leaked = {}, {}
    for source in config.train:
        texts = read_spans(source.path)
        kept = [labels for labels in texts if all(without_leaks(_lines(labels), held_out))]
        train += kept
        rows[source.name] = len(kept)
        leaked[source.name] = len(texts) - len(kept)
    _refuse_empty(train)

    encoder, tokenizer = load_base(config.base)
    model = ReaderModel(
        ReaderConfig(encoder=encoder_settings(encoder), max_tokens=config.max_tokens, dropout=config.dropout)
    )
    model.encoder.load_state_dict(encoder.state_dict(), strict=False)

    def dataset(texts: Sequence[SpanLabels]) -> Dataset:
        return Dataset.from_list(
            [
                {
                    "window": asdict(window),
                    "labels": asdict(reader_features.window_labels(window, labels)),
                    "length": len(window.ids),
                }
                for labels in texts
                for window in reader_features.reader_windows(
                    tokenizer, labels.text, reader_features.line_paragraphs(labels.text), config.max_tokens
                )
            ]
        )

    def collate(batch: list[dict[str, Any]]) -> dict[str, Tensor]:
        windows = [ReaderWindow(**row["window"]) for row in batch]
        length = max(window.shape[0] for window in windows)
        labels = reader_features.collate_labels([ReaderLabels(**row["labels"]) for row in batch], length)
        return reader_features.collate(windows, length, tokenizer.pad_token_id) | labels

    metrics = _fit(
        model,
        config,
        dataset(train),
        dataset(valid),
        collate,
        ["span_tags", "mention_tags"],
        _reader_metrics,
        resume,
    )
    return Trained(model, tokenizer, metrics, rows, leaked)


def _windows(source: LabelSource) -> list[LabelledWindow]:
    windows = labelled_windows(read_pairs(source.path))
    return [
        replace(window, weights=tuple(weight * source.weight for weight in window.weights))
        for window in windows
    ]


def _statement(labelled: LabelledWindow) -> str:
    start, end = labelled.window.statement
    return labelled.window.text[start:end]


def _lines(labels: SpanLabels) -> list[str]:
    """The lines by which one text gives another away; a shared "Read the rest here." gives away nothing."""
    spans = reader_features.line_paragraphs(labels.text)
    return [labels.text[start:end] for start, end in spans if end - start >= TELLING_LINE]


def _refuse_empty(train: Sequence[Any]) -> None:
    if not train:
        raise LabelError(
            "no training row is left after the validation texts were taken out; give other files"
        )


def _fit(
    model: PreTrainedModel,
    config: TrainConfig,
    train: Dataset,
    valid: Dataset,
    collate: Callable[[list[dict[str, Any]]], dict[str, Tensor]],
    label_names: list[str],
    compute_metrics: Callable[[EvalPrediction], dict[str, float]],
    resume: bool,
) -> dict[str, float]:
    """Runs the Trainer; the model is left with the weights of its best epoch, whose metrics are returned."""
    steps = -(-len(train) // config.batch_size) * config.epochs
    arguments = TrainingArguments(
        output_dir=str(config.out / "training"),
        num_train_epochs=config.epochs,
        learning_rate=config.learning_rate,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=2 * config.batch_size,
        warmup_steps=int(config.warmup * steps),
        weight_decay=config.weight_decay,
        bf16=config.precision == "bfloat16",
        use_cpu=not torch.cuda.is_available(),
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="f1",
        greater_is_better=True,
        label_names=label_names,
        remove_unused_columns=False,
        dataloader_num_workers=config.loader_workers,
        logging_steps=50,
        report_to=[],
        seed=config.seed,
        data_seed=config.seed,
    )
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train,
        eval_dataset=valid,
        data_collator=collate,
        compute_metrics=compute_metrics,
        optimizers=(_optimizer(model, config), None),
        callbacks=[EarlyStoppingCallback(config.patience)],
    )
    trainer.train(resume_from_checkpoint=resume)
    return {name.removeprefix("eval_"): float(value) for name, value in trainer.evaluate().items()}


def _optimizer(model: PreTrainedModel, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with a higher rate for the heads, which start from nothing, than for the base."""
    base = [parameter for name, parameter in model.named_parameters() if name.startswith("encoder.")]
    heads = [parameter for name, parameter in model.named_parameters() if not name.startswith("encoder.")]
    return torch.optim.AdamW(
        [
            {"params": base, "lr": config.learning_rate},
            {"params": heads, "lr": config.head_learning_rate},
        ],
        weight_decay=config.weight_decay,
    )


def _stance_metrics(prediction: EvalPrediction) -> dict[str, float]:
    scores = {}
    for name, logits, targets in zip(
        ("f1", "sentiment_f1"), prediction.predictions, prediction.label_ids, strict=True
    ):
        # Neither an unlabelled pair (zeros) nor the Trainer's own padding sums to a probability.
        known = targets.sum(axis=-1) > 0.5
        if known.any():
            gold, found = targets.argmax(axis=-1)[known], logits.argmax(axis=-1)[known]
            scores[name] = macro_f1(gold, found, len(STANCES))
    return scores


def _reader_metrics(prediction: EvalPrediction) -> dict[str, float]:
    span_logits, mention_logits = tuple(prediction.predictions)
    span_tags, mention_tags = tuple(prediction.label_ids)
    scores = {}
    for index, label in enumerate(SPAN_LABELS):
        scores[f"{label}_f1"] = _tag_f1(span_tags[..., index], span_logits[:, :, index], BIO, SPAN_STEPS)
    scores["mention_f1"] = _tag_f1(mention_tags, mention_logits, MENTION_TAGS, MENTION_STEPS)
    scores["f1"] = float(np.mean(list(scores.values())))
    return scores


def _tag_f1(gold: np.ndarray, logits: np.ndarray, names: Sequence[str], steps: np.ndarray) -> float:
    """Exact-span F1 over the rows that were annotated for this layer."""
    rows = (gold != IGNORED).any(axis=1)
    gold, logits = gold[rows], logits[rows]
    if not len(gold):
        return 0.0
    known = gold != IGNORED
    tags = np.where(known, best_tags(logits, steps), 0)
    gold = np.where(known, gold, 0)
    found = [
        {(row, first, last) for first, last, _ in spans_of(list(line), names)}
        for row, line in enumerate(tags)
    ]
    wanted = [
        {(row, first, last) for first, last, _ in spans_of(list(line), names)}
        for row, line in enumerate(gold)
    ]
    return span_scores(wanted, found).f1
