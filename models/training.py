"""Training of both models from label files, through `transformers.Trainer` over `datasets`."""

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

import numpy as np
import torch
from datasets import Dataset
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)
from transformers.trainer_utils import get_last_checkpoint

from models import coreference_features, reader_features, stance_features
from models.articles import LabelledArticle, read_articles
from models.checkpoints import WEIGHTS
from models.coreference import CoreferenceConfig, CoreferenceModel
from models.coreference_features import CoreferenceWindow
from models.errors import LabelError
from models.heads import encoder_settings
from models.inference import log_weights
from models.labels import BIO, GUIDE, IGNORED, MENTION_TAGS, SPAN_LABELS, STANCES
from models.leaks import text_key
from models.metrics import macro_f1, span_scores
from models.pairs import LabelledWindow, labelled_windows, read_pairs
from models.reader import ReaderConfig, ReaderModel
from models.reader_features import ReaderLabels, ReaderWindow
from models.registry import load_base, load_checkpoint
from models.spans import MENTION_STEPS, SPAN_STEPS, SpanLabels, best_tags, read_spans, spans_of
from models.stance import StanceConfig, StanceModel
from models.stance_features import StanceFeatures
from models.training_progress import Reporter, Watch

# What a row of the training set holds of a `LabelledWindow` beside its features.
LABEL_FIELDS = ("stance_targets", "sentiment_targets", "weights")
NEUTRAL = STANCES.index("neutral")
# Characters from which a line shared by two articles means a shared text, not a shared phrase.
TELLING_LINE = 60


class LabelSource(BaseModel):
    """A label file, how much each of its rows weighs in the loss, and what share of its articles is used.

    ``weight`` and ``neutral_share`` are for pair labels only: of the statements in which nobody takes a side,
    that share is used. Shares are drawn by ids, the same ones each time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    path: Path
    weight: float = Field(default=1.0, gt=0)
    share: float = Field(default=1.0, gt=0, le=1)
    neutral_share: float = Field(default=1.0, gt=0, le=1)
    licence: str = "unknown"


class Gate(BaseModel):
    """A label file on which a new checkpoint may be worse by ``tolerance`` at most (a share of 1).

    What is compared is macro F1 of the stances, or of the sentiments where a file knows no stances; of a
    reader, the mean F1 of the exact spans of every layer that the file knows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    path: Path
    tolerance: float = Field(default=0.0, ge=0, le=1)


# What a bare base is made into a model by.
BARE_BASE = frozenset({"base", "layers", "dropout", "max_tokens"})


class TrainConfig(BaseModel):
    """What `stancewire train` runs. ``valid`` chooses the epoch that is kept and is never trained on.

    ``start``: a checkpoint whose weights training goes on from, instead of a bare ``base``; what makes up the
    model (`BARE_BASE`) is then the checkpoint's. ``layers``: how many of the base's layers are kept, from
    below; all of them by default. ``layer_decay``: each layer learns at this share of the rate of the layer
    above it (Howard & Ruder, ACL 2018). ``average_epochs``: the weights of so many last epochs are averaged,
    and kept where the average is better on ``valid`` than the best epoch (Wortsman et al., ICML 2022).
    ``encoder_dropout``: of the encoder's layers, as its own config has it by default; without any, a CPU is
    faster. ``freeze_embeddings``: the word embeddings stay as they are, half the weights of a small model; what
    is committed again is then half as large, since git keeps the rows that did not change once.
    ``freeze_layers``: of the encoder only the layers above so many learn, which also saves the time of the
    others' backward pass; only for a checkpoint that training goes on from.
    ``gates``: see `models.promotion`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: str = "minilm"
    start: str | None = None
    layers: int | None = Field(default=None, ge=1)
    train: list[LabelSource] = Field(min_length=1)
    valid: list[LabelSource] = Field(min_length=1)
    gates: list[Gate] = Field(default_factory=list)
    out: Path
    epochs: float = Field(default=4, gt=0)
    learning_rate: float = Field(default=1e-4, gt=0)
    head_learning_rate: float = Field(default=3e-4, gt=0)
    layer_decay: float = Field(default=1.0, gt=0, le=1)
    average_epochs: int = Field(default=1, ge=1)
    encoder_dropout: float | None = Field(default=None, ge=0, lt=1)
    freeze_embeddings: bool = False
    freeze_layers: int = Field(default=0, ge=0)
    batch_size: int = Field(default=32, ge=1)
    warmup: float = Field(default=0.1, ge=0, le=1)
    weight_decay: float = Field(default=0.01, ge=0)
    dropout: float = Field(default=0.1, ge=0, lt=1)
    max_tokens: int = Field(default=192, ge=16)
    patience: int = Field(default=3, ge=1)
    precision: Literal["float32", "bfloat16"] = "float32"
    loader_workers: int = Field(default=0, ge=0)
    seed: int = 13

    @model_validator(mode="after")
    def _check_start(self) -> Self:
        ignored = sorted(BARE_BASE & self.model_fields_set)
        if self.start is not None and ignored:
            raise ValueError(
                f"start: the checkpoint has its own {', '.join(ignored)}; leave it out, or start"
            )
        if self.freeze_layers and self.start is None:
            raise ValueError(
                "freeze_layers: only with start: what tells a fresh model of mentions is below them"
            )
        return self


class StanceTrainConfig(TrainConfig):
    """``class_weights`` multiply the loss of `STANCES`, in order.

    ``focal_gamma``: see `StanceConfig`.
    """

    class_weights: tuple[PositiveFloat, PositiveFloat, PositiveFloat] = (1.0, 1.0, 1.0)
    sentiment_loss: float = Field(default=0.5, ge=0)
    focal_gamma: float = Field(default=0.0, ge=0)


class ReaderTrainConfig(TrainConfig):
    pass


class CoreferenceTrainConfig(TrainConfig):
    max_tokens: int = Field(default=512, ge=16)


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, the validation metrics of the kept epoch, and what went in and was left out."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    metrics: dict[str, float]
    rows: dict[str, int]
    leaked: dict[str, int]


def training_folder(config: TrainConfig) -> Path:
    """Where a run keeps its epochs, so that it can be resumed."""
    return config.out / "training"


def without_leaks(texts: Sequence[str], held_out: set[str]) -> list[bool]:
    """For each text, whether training may see it: False where the validation texts hold it."""
    return [text_key(text) not in held_out for text in texts]


def train_stance(config: StanceTrainConfig, resume: bool = False, watch: Watch | None = None) -> Trained:
    """Trains a `StanceModel`; the epoch with the best macro F1 over the validation pairs is kept.

    ``resume`` goes on after the last epoch that an earlier run saved, where there is one; ``watch`` is told
    of every step. No text of a validation file or a gate is trained on.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
        CheckpointError: the base cannot be loaded.
    """
    set_seed(config.seed)
    valid = [window for source in config.valid for window in _windows(source)]
    gates = [window for gate in config.gates for window in labelled_windows(read_pairs(gate.path))]
    held_out = {text_key(_statement(row)) for row in (*valid, *gates)}
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

    model, tokenizer = _stance_start(config, _schemes([*train, *valid]))
    scheme_index = {name: index for index, name in enumerate(model.config.schemes)}

    def dataset(windows: Sequence[LabelledWindow]) -> Dataset:
        features = stance_features.stance_features(
            tokenizer, [w.window for w in windows], model.config.max_tokens
        )
        return Dataset.from_list(
            [
                {
                    "features": asdict(feature),
                    **{name: getattr(window, name) for name in LABEL_FIELDS},
                    "schemes": [scheme_index[name] for name in window.schemes],
                    "length": len(feature.ids),
                }
                for window, feature in zip(windows, features, strict=True)
            ]
        )

    def collate(batch: list[dict[str, Any]]) -> dict[str, Tensor]:
        features = [StanceFeatures(**row["features"]) for row in batch]
        # Training needs no fixed shapes: every batch is as small as its rows allow.
        shape = (
            max(len(feature.ids) for feature in features),
            max(len(feature.actor_tokens) for feature in features),
            max(len(feature.pairs) for feature in features),
        )
        labels = stance_features.collate_labels(batch, shape[2])
        return stance_features.collate(features, shape, tokenizer.pad_token_id) | labels

    metrics = _fit(
        model,
        config,
        dataset(train),
        dataset(valid),
        collate,
        ["stance_targets", "sentiment_targets"],
        partial(_stance_metrics, log_weights(config.class_weights)),
        resume,
        watch,
    )
    return Trained(model, tokenizer, metrics, rows, leaked)


def _schemes(windows: Sequence[LabelledWindow]) -> list[str]:
    """The annotation schemes of the labels, our guide's first."""
    return [GUIDE, *sorted({name for window in windows for name in window.schemes} - {GUIDE})]


def _stance_start(
    config: StanceTrainConfig, schemes: list[str]
) -> tuple[StanceModel, PreTrainedTokenizerBase]:
    """The model that training starts with: a base under fresh heads, or the checkpoint that ``start`` names.

    A scheme that the checkpoint has no output for gets one that begins as a copy of the guide's.
    """
    own: dict[str, Any] = {
        "class_weights": list(config.class_weights),
        "sentiment_loss": config.sentiment_loss,
        "focal_gamma": config.focal_gamma,
    }
    if config.start is not None:
        started = load_checkpoint(config.start, StanceModel)
        model = started.model
        model.add_schemes([name for name in schemes if name not in model.config.schemes])
        for name, value in own.items():
            setattr(model.config, name, value)
        return model, started.tokenizer
    return _on_base(config, lambda shared: StanceModel(StanceConfig(**shared, schemes=schemes, **own)))


Model = TypeVar("Model", bound=PreTrainedModel)


def _on_base(
    config: TrainConfig, build: Callable[[dict[str, Any]], Model]
) -> tuple[Model, PreTrainedTokenizerBase]:
    """The model that ``build`` makes of the settings that all share, fresh but for its base's encoder."""
    encoder, tokenizer = load_base(config.base, config.layers)
    shared = {
        "encoder": encoder_settings(encoder),
        "max_tokens": config.max_tokens,
        "dropout": config.dropout,
    }
    model = build(shared)
    own: Any = model.encoder
    own.load_state_dict(encoder.state_dict(), strict=False)
    return model, tokenizer


class _Labelled(Protocol):
    """A whole text with its labels: `SpanLabels` or a `LabelledArticle`."""

    @property
    def id(self) -> str: ...


Text = TypeVar("Text", bound=_Labelled)


@dataclass(frozen=True, slots=True)
class _Texts(Generic[Text]):
    """What is trained on and what validates; of each training source, the texts taken and those left out."""

    train: list[Text]
    valid: list[Text]
    rows: dict[str, int]
    leaked: dict[str, int]


def _kept_apart(
    config: TrainConfig, read: Callable[[Path], list[Text]], lines: Callable[[Text], list[str]]
) -> _Texts[Text]:
    """The texts of a config; one of whose ``lines`` a validation file or a gate holds is not trained on.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
    """
    valid = [text for source in config.valid for text in read(source.path)]
    gates = [text for gate in config.gates for text in read(gate.path)]
    held_out = {text_key(line) for text in (*valid, *gates) for line in lines(text)}
    found: _Texts[Text] = _Texts([], valid, {}, {})
    for source in config.train:
        drawn = [text for text in read(source.path) if _drawn(text.id, source.share)]
        kept = [text for text in drawn if all(without_leaks(lines(text), held_out))]
        found.train.extend(kept)
        found.rows[source.name] = len(kept)
        found.leaked[source.name] = len(drawn) - len(kept)
    _refuse_empty(found.train)
    return found


def train_reader(config: ReaderTrainConfig, resume: bool = False, watch: Watch | None = None) -> Trained:
    """Trains a `ReaderModel`; the epoch with the best mean exact-span F1 over its four layers is kept.

    The rest is as in `train_stance`.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
        CheckpointError: the base cannot be loaded.
    """
    set_seed(config.seed)
    texts = _kept_apart(config, read_spans, _lines)
    model, tokenizer = _reader_start(config)

    def dataset(chosen: Sequence[SpanLabels]) -> Dataset:
        return Dataset.from_list(
            [
                {
                    "window": asdict(window),
                    "labels": asdict(reader_features.window_labels(window, labels)),
                    "length": len(window.ids),
                }
                for labels in chosen
                for window in reader_features.reader_windows(
                    tokenizer,
                    labels.text,
                    reader_features.line_paragraphs(labels.text),
                    model.config.max_tokens,
                )
            ]
        )

    def collate(batch: list[dict[str, Any]]) -> dict[str, Tensor]:
        windows = [ReaderWindow(**row["window"]) for row in batch]
        length = max(len(window.ids) for window in windows)
        labels = reader_features.collate_labels([ReaderLabels(**row["labels"]) for row in batch], length)
        return reader_features.collate(windows, length, tokenizer.pad_token_id) | labels

    metrics = _fit(
        model,
        config,
        dataset(texts.train),
        dataset(texts.valid),
        collate,
        ["span_tags", "mention_tags"],
        _reader_metrics,
        resume,
        watch,
    )
    return Trained(model, tokenizer, metrics, texts.rows, texts.leaked)


def _reader_start(config: ReaderTrainConfig) -> tuple[ReaderModel, PreTrainedTokenizerBase]:
    if config.start is not None:
        started = load_checkpoint(config.start, ReaderModel)
        return started.model, started.tokenizer
    return _on_base(config, lambda shared: ReaderModel(ReaderConfig(**shared)))


def train_coreference(
    config: CoreferenceTrainConfig, resume: bool = False, watch: Watch | None = None
) -> Trained:
    """Trains a `CoreferenceModel` on annotated articles; kept is the epoch with the best mean of its scores.

    Those are the share of mentions whose antecedent is right and of those whose country is, and the F1 of
    memberships and of common countries. The rest is as in `train_stance`.

    Raises:
        LabelError: a label file has an unusable row, or nothing is left to train on.
        CheckpointError: the base cannot be loaded.
    """
    set_seed(config.seed)
    texts = _kept_apart(config, read_articles, _sentences)
    model, tokenizer = _coreference_start(config, coreference_features.taught_nations(texts.train))

    def dataset(articles: Sequence[LabelledArticle]) -> Dataset:
        return Dataset.from_list(
            [
                {
                    "window": asdict(window),
                    "labels": asdict(
                        coreference_features.article_labels(article, window, model.config.nations)
                    ),
                    "length": len(window.ids),
                }
                for article in articles
                for window in coreference_features.coreference_windows(
                    tokenizer,
                    article.text,
                    reader_features.line_paragraphs(article.text),
                    coreference_features.article_spans(article),
                    model.config.max_tokens,
                )
            ]
        )

    def collate(batch: list[dict[str, Any]]) -> dict[str, Tensor]:
        windows = [CoreferenceWindow(**row["window"]) for row in batch]
        labels = coreference_features.collate_labels([row["labels"] for row in batch])
        return coreference_features.collate(windows, tokenizer.pad_token_id) | labels

    metrics = _fit(
        model,
        config,
        dataset(texts.train),
        dataset(texts.valid),
        collate,
        ["several"],
        _coreference_metrics,
        resume,
        watch,
    )
    return Trained(model, tokenizer, metrics, texts.rows, texts.leaked)


def _coreference_start(
    config: CoreferenceTrainConfig, nations: list[str]
) -> tuple[CoreferenceModel, PreTrainedTokenizerBase]:
    if config.start is not None:
        started = load_checkpoint(config.start, CoreferenceModel)
        return started.model, started.tokenizer
    return _on_base(config, lambda shared: CoreferenceModel(CoreferenceConfig(**shared, nations=nations)))


def _sentences(article: LabelledArticle) -> list[str]:
    return [article.text[sentence.start : sentence.end] for sentence in article.sentences]


def _drawn(name: str, share: float) -> bool:
    """Whether what has this id belongs to the share that is used."""
    return int(text_key(name)[:8], 16) < share * 16**8


def _windows(source: LabelSource) -> list[LabelledWindow]:
    pairs = (pair for pair in read_pairs(source.path) if _drawn(pair.article, source.share))
    return [
        replace(window, weights=tuple(weight * source.weight for weight in window.weights))
        for window in labelled_windows(pairs)
        if set(window.stances) != {NEUTRAL} or _drawn(window.ids[0], source.neutral_share)
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
    watch: Watch | None,
) -> dict[str, float]:
    """Runs the Trainer; the model is left with the weights of its best epoch, whose metrics are returned."""
    folder = training_folder(config)
    if not resume:
        # Epochs of an earlier run would pass for this one's.
        shutil.rmtree(folder, ignore_errors=True)
    steps = -(-len(train) // config.batch_size) * config.epochs
    arguments = TrainingArguments(
        output_dir=str(folder),
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
        save_total_limit=max(2, config.average_epochs + 1),
        load_best_model_at_end=True,
        restore_callback_states_from_checkpoint=True,
        metric_for_best_model="f1",
        greater_is_better=True,
        label_names=label_names,
        remove_unused_columns=False,
        dataloader_num_workers=config.loader_workers,
        logging_strategy="epoch",
        disable_tqdm=True,
        report_to=[],
        seed=config.seed,
        data_seed=config.seed,
    )
    encoder: Any = model.encoder
    if config.encoder_dropout is not None:
        for module in encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = config.encoder_dropout
    if config.freeze_embeddings:
        encoder.get_input_embeddings().requires_grad_(False)
    if config.freeze_layers:
        _freeze_below(model, config.freeze_layers)
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
    trainer.remove_callback(PrinterCallback)
    reporter = Reporter(watch or (lambda step: None))
    trainer.add_callback(reporter)
    folder.mkdir(parents=True, exist_ok=True)
    trainer.train(resume_from_checkpoint=get_last_checkpoint(folder))
    trainer.remove_callback(reporter)
    metrics = _scores(trainer)
    if config.average_epochs > 1:
        best = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(_mean_weights(folder, config.average_epochs), strict=False)
        averaged = _scores(trainer)
        if averaged["f1"] >= metrics["f1"]:
            return averaged
        model.load_state_dict(best)
    return metrics


def _scores(trainer: Trainer) -> dict[str, float]:
    return {name.removeprefix("eval_"): float(value) for name, value in trainer.evaluate().items()}


def _mean_weights(folder: Path, count: int) -> dict[str, Tensor]:
    """The mean of the weights of the last ``count`` epochs that the Trainer saved."""
    saved = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))[-count:]
    states = [load_file(path / WEIGHTS) for path in saved]
    return {
        name: torch.stack([state[name].float() for state in states]).mean(dim=0).to(value.dtype)
        for name, value in states[0].items()
    }


_LAYER = re.compile(r"\.layers?\.(\d+)\.")


def _freeze_below(model: PreTrainedModel, layers: int) -> None:
    """Of the encoder and the token features that it is given, only the layers from the one of this number on learn."""
    for name, parameter in model.named_parameters():
        layer = _LAYER.search(name)
        frozen = layer is None or int(layer[1]) < layers
        if frozen and name.startswith(("encoder.", "features.", "shapes.")):
            parameter.requires_grad_(False)


def _optimizer(model: PreTrainedModel, config: TrainConfig) -> torch.optim.Optimizer:
    """AdamW with a higher rate for the heads, which start from nothing, than for the base, layer by layer."""
    depth = model.config.encoder["num_hidden_layers"] if config.layer_decay < 1 else 0
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = config.head_learning_rate
        if name.startswith("encoder."):
            layer = _LAYER.search(name)
            # The embeddings lie below layer 0; what stands above the last layer learns as it does.
            below = depth if ".embeddings." in name else depth - 1 - int(layer[1]) if layer else 0
            rate = config.learning_rate * config.layer_decay**below
        groups.setdefault(rate, []).append(parameter)
    return torch.optim.AdamW(
        [{"params": parameters, "lr": rate} for rate, parameters in groups.items()],
        weight_decay=config.weight_decay,
        # One pass over the weights instead of one an operation.
        fused=True,
    )


def _stance_metrics(added: np.ndarray, prediction: EvalPrediction) -> dict[str, float]:
    """Macro F1 of each head that has labels. ``added``: what the loss added to the logits of the stances, (3,)."""
    scores = {}
    stances, sentiments = tuple(prediction.predictions)
    for name, logits, targets in zip(
        ("f1", "sentiment_f1"), (stances - added, sentiments), prediction.label_ids, strict=True
    ):
        # Neither an unlabelled pair (zeros) nor the Trainer's own padding sums to a probability.
        known = targets.sum(axis=-1) > 0.5
        if known.any():
            gold, found = targets.argmax(axis=-1)[known], logits.argmax(axis=-1)[known]
            scores[name] = macro_f1(gold, found, len(STANCES))
    return scores


def _coreference_metrics(prediction: EvalPrediction) -> dict[str, float]:
    tallies = np.asarray(prediction.predictions)
    # The Trainer fills up a short batch with `IGNORED`.
    mentions, right, *relations, told, known = tallies[tallies[..., 0] == 1].sum(axis=0).tolist()
    scores = {"antecedent_accuracy": right / mentions}
    if told:
        scores["nation_accuracy"] = known / told
    for name, (hits, found, wanted) in (("member", relations[:3]), ("country", relations[3:])):
        scores[f"{name}_f1"] = 2 * hits / (found + wanted) if found + wanted else 0.0
    scores["f1"] = float(np.mean(list(scores.values())))
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
