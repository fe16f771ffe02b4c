"""Retraining the stance model on labels of one's own: a checkpoint goes on learning, and keeps what it knew.

Two things hold the old skill: base data that is replayed beside the new labels (Chaudhry et al., 2019,
arXiv:1902.10486), and the old checkpoint's own opinion, of the base data and of what a row has no label for
(learning without forgetting; Li & Hoiem, ECCV 2016). Two gates then decide: the validation labels, and held-out
articles of the old domain.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from models.article_pairs import article_pairs
from models.articles import read_articles
from models.checkpoints import holds_weights
from models.comparison import file_score
from models.errors import CheckpointError, LabelError
from models.evaluation import score_file, score_labelled
from models.label_files import read_labels
from models.leaks import text_key
from models.pairs import labelled_windows, parse_pair, read_pairs
from models.plots import write_curve
from models.promotion import Promotion, promote
from models.registry import Checkpoint, load_checkpoint
from models.reports import rounded
from models.stance import StanceModel
from models.training import Gate, LabelSource, StanceTrainConfig, train_stance, training_folder
from models.training_progress import TrainingStep, Watch

Row = dict[str, Any]

ANNOTATIONS = Path(__file__).parent / "annotations"
# Articles that the shipped checkpoint learned from, and articles that it never saw and that did not choose it:
# where a checkpoint was chosen, any step away from it looks like a loss.
REPLAY = ANNOTATIONS / "written.jsonl"
OLD_DOMAIN = ANNOTATIONS / "held_out.jsonl"
# What the start "default" stands for.
DEFAULT = "stance"

INPUTS = "inputs"
COMPARISON = "comparison.json"
CURVE = "curve.json"
CURVE_PLOT = "curve.svg"

# Fewer labels teach nothing, or tell nothing of what was learned.
FEWEST_TRAIN = 20
FEWEST_VALID = 10
# One article in so many validates where no file of its own is given.
VALID_PART = 5
# Pairs of the base data that are replayed for each label.
REPLAY_PAIRS = 8
# How a checkpoint goes on learning: gently, for it has learnt most of it before.
SETTINGS: dict[str, Any] = {
    "epochs": 5,
    "learning_rate": 4e-5,
    "head_learning_rate": 1e-4,
    "layer_decay": 0.9,
    "average_epochs": 3,
    "batch_size": 16,
    "patience": 4,
}
# How much macro F1 on the old domain may be lost (a share of 1).
TOLERANCE = 0.005


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Macro F1 (0 to 1) on one file after training on so many labels; 0 labels is the start."""

    labels: int
    file: str
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Retrained:
    """``metrics``: of the kept epoch, on the validation labels. ``curve`` is empty where none was asked for."""

    promotion: Promotion
    metrics: dict[str, float]
    curve: tuple[CurvePoint, ...]


def retrain(
    labels: Path | str,
    out: Path | str,
    *,
    valid: Path | str | None = None,
    start: str = "default",
    curve: Sequence[int] = (),
    resume: bool = False,
    seed: int = 13,
    watch: Watch | None = None,
) -> Retrained:
    """Trains the checkpoint ``start`` on from pair labels; the result stands in ``out`` if both gates pass.

    Without ``valid``, a fifth of the articles validates. ``curve``: train on so many of the labels first, each
    number's among those of the next one. ``comparison.json`` holds old and new, with the pairs that flipped.

    Raises:
        LabelError: a label file has an unusable row, too few labels, or has changed since the run to resume.
        CheckpointError: ``start`` cannot be loaded, or ``out`` holds a checkpoint already.
    """
    begun = perf_counter()
    config = retraining_config(
        Path(labels), Path(out), Path(valid) if valid else None, start, seed, resume=resume
    )
    points = _curve(config, curve, resume, watch)
    trained = train_stance(config, resume, watch)
    promotion = promote(config, trained, perf_counter() - begun)
    comparison = {
        "start": config.start,
        "gates": [rounded(asdict(verdict)) for verdict in promotion.verdicts],
    }
    text = json.dumps(comparison, indent=2, ensure_ascii=False) + "\n"
    (promotion.folder / COMPARISON).write_text(text, encoding="utf-8")
    if curve:
        labelled = len(read_labels(config.train[0].path, dict))
        before = [_curve_point(0, verdict.gate, verdict.old or 0.0) for verdict in promotion.verdicts]
        after = [_curve_point(labelled, verdict.gate, verdict.new) for verdict in promotion.verdicts]
        points = [*before, *points, *after]
        _save_curve(config.out, points)
    if promotion.passed:
        shutil.rmtree(training_folder(config))
    return Retrained(promotion, trained.metrics, tuple(points))


def retraining_config(
    labels: Path, out: Path, valid: Path | None, start: str, seed: int, *, resume: bool
) -> StanceTrainConfig:
    """The training config, whose label files are written to a folder in ``out``; raises as `retrain` does."""
    if holds_weights(out):
        raise CheckpointError(
            f"{out} holds a checkpoint already; name another folder, or start from this one"
        )
    checkpoint = load_checkpoint(DEFAULT if start == "default" else start, StanceModel)
    train, held = _rows(labels), _rows(valid) if valid else []
    if not valid:
        train, held = split_by_article(train)
    _refuse_few(train, FEWEST_TRAIN, f"{labels}: to train on")
    _refuse_few(held, FEWEST_VALID, f"{valid or labels}: to validate with")
    files = {
        "train": list(with_opinions(checkpoint, train)),
        "valid": held,
        "replay": list(with_opinions(checkpoint, replay_rows(REPLAY_PAIRS * len(train)), instead=True)),
        "old-domain": [row for article in read_articles(OLD_DOMAIN) for row in article_pairs(article)],
    }
    paths = {name: out / INPUTS / f"{name}.jsonl" for name in files}
    settings = checkpoint.model.config
    config = StanceTrainConfig(
        start=DEFAULT if start == "default" else start,
        train=[
            LabelSource(name="your labels", path=paths["train"], licence="yours"),
            LabelSource(name="replay", path=paths["replay"], licence="the project's own labels"),
        ],
        valid=[LabelSource(name="your validation labels", path=paths["valid"])],
        gates=[
            Gate(name="your validation labels", path=paths["valid"]),
            Gate(name="old domain", path=paths["old-domain"], tolerance=TOLERANCE),
        ],
        out=out,
        class_weights=tuple(settings.class_weights),
        sentiment_loss=settings.sentiment_loss,
        focal_gamma=settings.focal_gamma,
        seed=seed,
        **SETTINGS,
    )
    for name, rows in files.items():
        _keep(paths[name], as_lines(rows), resume)
    _keep(out / INPUTS / "config.json", config.model_dump_json(indent=2) + "\n", resume)
    return config


def _keep(path: Path, text: str, resume: bool) -> None:
    """Writes an input of the training; one to resume must have had the same."""
    if resume and path.exists() and path.read_text(encoding="utf-8") != text:
        raise LabelError(
            f"{path}: labels or settings are not those of the run that stopped; start again without --resume"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _rows(path: Path) -> list[Row]:
    read_pairs(path)
    return [row | {"article": str(row["article"])} for row in read_labels(path, dict)]


def _by_key(article: str) -> tuple[str, str]:
    """An order that has nothing to do with what the articles say."""
    return text_key(article), article


def split_by_article(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows to train on, and rows to validate with: all those of a fifth of the articles, the same ones each time."""
    articles = sorted({row["article"] for row in rows}, key=_by_key)
    held = set(articles[: -(-len(articles) // VALID_PART)])
    return [row for row in rows if row["article"] not in held], [
        row for row in rows if row["article"] in held
    ]


def _refuse_few(rows: Sequence[Row], fewest: int, place: str) -> None:
    classes = Counter(row["stance"] for row in rows if row.get("stance"))
    if classes.total() < fewest or len(classes) < 2:
        found = ", ".join(f"{count} {name}" for name, count in classes.most_common()) or "none"
        articles = len({row["article"] for row in rows})
        raise LabelError(
            f"{place}, at least {fewest} labelled stances of two kinds are needed, but {articles} articles have "
            f"{found}; label more articles, or give a validation file of your own"
        )


def replay_rows(count: int) -> list[Row]:
    """Pair labels of the base data, whole statements drawn from all articles until there are ``count`` pairs."""
    statements: dict[str, list[Row]] = {}
    for article in read_articles(REPLAY):
        for row in article_pairs(article):
            statements.setdefault(row["id"].rpartition(":")[0], []).append(row)
    rows: list[Row] = []
    for name in sorted(statements, key=_by_key):
        if len(rows) >= count:
            break
        rows += statements[name]
    return rows


def with_opinions(checkpoint: Checkpoint, rows: Sequence[Row], *, instead: bool = False) -> Iterator[Row]:
    """The rows, with the checkpoint's own probabilities where they say nothing of the sentiment.

    ``instead``: and its own probabilities of the stances instead of theirs. All are such that training, which
    fits the logits as they are before calibration, would leave the checkpoint as it is.
    """
    config = checkpoint.model.config
    windows = labelled_windows(parse_pair(row) for row in rows)
    opinions: dict[str, Row] = {}
    for window, score in zip(windows, score_labelled(checkpoint, windows), strict=True):
        stances = _shares(score.stances**config.stance_temperature)
        sentiments = _shares(score.sentiments**config.sentiment_temperature)
        for name, stance, sentiment in zip(window.ids, stances, sentiments, strict=True):
            opinions[name] = {"soft_stance": stance, "soft_sentiment": sentiment}
    for row in rows:
        opinion = opinions[str(row["id"])]
        if not instead:
            opinion.pop("soft_stance")
        if row.get("sentiment") or row.get("soft_sentiment"):
            opinion.pop("soft_sentiment")
        yield row | rounded(opinion)


def _shares(parts: np.ndarray) -> list[list[float]]:
    return (parts / parts.sum(axis=-1, keepdims=True)).tolist()


def _curve(
    config: StanceTrainConfig, sizes: Sequence[int], resume: bool, watch: Watch | None
) -> list[CurvePoint]:
    """The points below the full number of labels; one that an earlier run reached is not trained again."""
    path = config.out / CURVE
    known = [CurvePoint(**row) for row in json.loads(path.read_text("utf-8"))] if path.exists() else []
    rows = [read_labels(source.path, dict) for source in config.train]
    rows[0].sort(key=lambda row: _by_key(row["article"]))
    points: list[CurvePoint] = []
    for size in sorted(size for size in set(sizes) if size < len(rows[0])):
        reached = [point for point in known if point.labels == size] if resume else []
        points += reached or _point(config, [rows[0][:size], rows[1][: REPLAY_PAIRS * size]], resume, watch)
        _save_curve(config.out, points)
    return points


def _point(
    config: StanceTrainConfig, rows: Sequence[Sequence[Row]], resume: bool, watch: Watch | None
) -> list[CurvePoint]:
    """Trains on part of each of the config's label files, and scores what came of it on every gate's file."""
    size = len(rows[0])
    folder = training_folder(config) / f"curve-{size}"
    sources = []
    for source, part in zip(config.train, rows, strict=True):
        path = folder / source.path.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_lines(part), encoding="utf-8")
        sources.append(source.model_copy(update={"path": path}))

    def told(step: TrainingStep) -> None:
        if watch:
            watch(replace(step, part=f"curve, {size} labels"))

    trained = train_stance(config.model_copy(update={"train": sources, "out": folder}), resume, told)
    checkpoint = Checkpoint(folder.name, trained.model.eval(), trained.tokenizer, "")
    points = [
        _curve_point(size, gate.name, file_score(score_file(checkpoint, gate.path))) for gate in config.gates
    ]
    shutil.rmtree(folder)
    return points


def _curve_point(labels: int, file: str, score: float) -> CurvePoint:
    # As the file keeps it, so that a resumed curve is the same.
    return CurvePoint(labels, file, round(score, 4))


def _save_curve(out: Path, points: Sequence[CurvePoint]) -> None:
    rows = [asdict(point) for point in points]
    (out / CURVE).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    write_curve(out / CURVE_PLOT, rows)


def as_lines(rows: Sequence[Row]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
