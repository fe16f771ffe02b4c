"""Training on tiny label files with a tiny base: what is kept out, what is started from, what is promoted."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from transformers import EvalPrediction

from models import promotion as promotion_module
from models import registry
from models.benchmarks import DSE
from models.checkpoints import SHARDS, weight_files
from models.evaluation import score_file
from models.inference import log_weights, score_windows
from models.labels import GUIDE
from models.labels import STANCES as STANCE_NAMES
from models.pairs import labelled_windows, parse_pair
from models.promotion import promote
from models.registry import Checkpoint, load_base, load_checkpoint
from models.stance import StanceModel
from models.training import (
    BARE_BASE,
    LabelSource,
    StanceTrainConfig,
    Trained,
    _freeze_below,
    _optimizer,
    _stance_metrics,
    _windows,
    train_stance,
)
from tests.tiny_models import saved, saved_base, tiny_stance, tiny_tokenizer, write_rows

TEXTS = (
    "xi praised putin",
    "xi condemned nato",
    "china backs russia",
    "nato said talks open",
    "rain fell on russia",
)
STANCES = ("support", "oppose", "support", "neutral", "neutral")


def rows(prefix: str, **fields: Any) -> list[dict]:
    return [
        {
            "id": f"{prefix}{number}",
            "article": f"{prefix}{number}",
            "text": f"{text} {prefix}",
            "holder": [[0, text.index(" ")]],
            "target": [[text.rindex(" ") + 1, len(text)]],
            "stance": stance,
            "sentiment": None,
        }
        | fields
        for number, (text, stance) in enumerate(zip(TEXTS, STANCES, strict=True))
    ]


@pytest.fixture
def config(tmp_path: Path) -> StanceTrainConfig:
    train = write_rows(tmp_path / "train.jsonl", rows("a"))
    valid = write_rows(tmp_path / "valid.jsonl", rows("b"))
    return StanceTrainConfig(
        base=str(saved_base(tmp_path / "base")),
        train=[LabelSource(name="ours", path=train)],
        valid=[LabelSource(name="dev", path=valid)],
        out=tmp_path / "out",
        epochs=2,
        batch_size=4,
        max_tokens=48,
    )


def changed(config: StanceTrainConfig, **values: Any) -> StanceTrainConfig:
    old = config.model_dump(exclude_unset=True)
    if "start" in values:
        old = {name: value for name, value in old.items() if name not in BARE_BASE}
    return StanceTrainConfig.model_validate(old | values)


def test_a_start_refuses_what_only_a_bare_base_takes(config: StanceTrainConfig) -> None:
    with pytest.raises(ValidationError, match="the checkpoint has its own base, max_tokens; leave it out"):
        StanceTrainConfig.model_validate(config.model_dump(exclude_unset=True) | {"start": "stance"})


def test_no_text_of_a_validation_file_or_a_gate_is_trained_on(config: StanceTrainConfig) -> None:
    gate = write_rows(config.out.parent / "gate.jsonl", rows("g"))
    leaking = write_rows(config.out.parent / "leaking.jsonl", [*rows("c"), *rows("b")[:2], *rows("g")[:1]])
    trained = train_stance(
        changed(
            config,
            epochs=1,
            train=[{"name": "leaking", "path": leaking}],
            gates=[{"name": "gate", "path": gate}],
        )
    )
    assert trained.rows == {"leaking": 5}
    assert trained.leaked == {"leaking": 3}


def test_a_share_takes_the_same_articles_each_time(config: StanceTrainConfig) -> None:
    many = [row for number in range(12) for row in rows(f"m{number}x")]
    path = write_rows(config.out.parent / "many.jsonl", many)
    half, again, whole = (
        [name for window in _windows(LabelSource(name="many", path=path, share=share)) for name in window.ids]
        for share in (0.5, 0.5, 1.0)
    )
    assert half == again
    assert 15 < len(half) < 45
    assert len(whole) == 60
    trained = train_stance(changed(config, epochs=1, train=[{"name": "many", "path": path, "share": 0.5}]))
    assert trained.rows == {"many": len(half)}


def test_a_neutral_share_leaves_every_side_taken_in(config: StanceTrainConfig) -> None:
    many = [row for number in range(12) for row in rows(f"m{number}x")]
    path = write_rows(config.out.parent / "many.jsonl", many)
    half, again = (
        [
            stance
            for window in _windows(LabelSource(name="many", path=path, neutral_share=0.5))
            for stance in window.stances
        ]
        for _ in range(2)
    )
    assert half == again
    neutral = STANCE_NAMES.index("neutral")
    assert len(half) - half.count(neutral) == 36
    assert 5 < half.count(neutral) < 19


def test_a_corpus_with_a_scheme_of_its_own_trains_an_output_of_its_own(config: StanceTrainConfig) -> None:
    dse = write_rows(config.out.parent / "dse.jsonl", rows("d", scheme=DSE))
    start = saved(tiny_stance(), config.out.parent / "start")
    both = changed(
        config,
        start=str(start),
        train=[{"name": "ours", "path": config.train[0].path}, {"name": "DSE", "path": dse}],
    )
    trained = train_stance(both)
    assert trained.model.config.schemes == [GUIDE, DSE]
    weights = trained.model.stance_head.weight
    assert weights.shape[0] == 6
    assert not torch.equal(weights[:3], weights[3:])


def test_an_added_scheme_begins_as_the_guides_output() -> None:
    model = tiny_stance()
    guide = model.stance_head.weight.clone()
    model.add_schemes([DSE])
    assert torch.equal(model.stance_head.weight, torch.cat([guide, guide]))
    assert model.config.schemes == [GUIDE, DSE]


def test_a_base_is_cut_to_its_lowest_layers(config: StanceTrainConfig) -> None:
    encoder, _ = load_base(config.base, layers=1)
    assert encoder.config.num_hidden_layers == 1


def test_each_layer_learns_slower_than_the_one_above(config: StanceTrainConfig) -> None:
    model = tiny_stance()
    optimizer = _optimizer(model, changed(config, layer_decay=0.5, learning_rate=0.1, head_learning_rate=1.0))
    rates = {
        name: group["lr"]
        for group in optimizer.param_groups
        for name, parameter in model.named_parameters()
        if any(parameter is one for one in group["params"])
    }
    assert rates["stance_head.weight"] == 1.0
    assert rates["encoder.encoder.layer.0.output.dense.weight"] == pytest.approx(0.1)
    assert rates["encoder.embeddings.word_embeddings.weight"] == pytest.approx(0.05)


def test_frozen_embeddings_are_those_of_the_base(config: StanceTrainConfig) -> None:
    base, _ = load_base(config.base)
    before = base.get_input_embeddings().weight.detach().clone()
    frozen = train_stance(changed(config, freeze_embeddings=True, epochs=1))
    assert torch.equal(frozen.model.encoder.get_input_embeddings().weight, before)
    assert not torch.equal(
        frozen.model.encoder.encoder.layer[0].output.dense.weight, base.encoder.layer[0].output.dense.weight
    )
    free = train_stance(changed(config, epochs=1, out=config.out.parent / "free"))
    assert not torch.equal(free.model.encoder.get_input_embeddings().weight, before)


def test_frozen_layers_stay_with_all_that_feeds_them(config: StanceTrainConfig) -> None:
    first = changed(config, epochs=1)
    promote(first, train_stance(first), seconds=1.0)
    again = changed(config, start=str(config.out), out=config.out.parent / "again", epochs=1, freeze_layers=1)
    before = load_checkpoint(str(config.out), StanceModel).model.state_dict()
    after = train_stance(again).model.state_dict()
    moved = {name for name, values in after.items() if not torch.equal(values, before[name])}
    assert "stance_head.weight" in moved
    assert not [name for name in moved if name.startswith(("encoder.", "features."))]


def test_a_card_remembers_what_its_start_was_trained_on(config: StanceTrainConfig) -> None:
    first = changed(config, epochs=1)
    promote(first, train_stance(first), seconds=1.0)
    folders = [config.out]
    for name in ("second", "third"):
        folder = config.out.parent / name
        again = changed(config, start=str(folders[-1]), out=folder, epochs=1)
        promote(again, train_stance(again), seconds=1.0)
        folders.append(folder)
    records = [json.loads((folder / "training.json").read_text("utf-8")) for folder in folders]
    assert records[0]["earlier"] == []
    assert [one["digest"] for one in records[2]["earlier"]] == [one["digest"] for one in records[:2]]
    card = (folders[2] / "README.md").read_text("utf-8")
    assert f"| `{records[0]['digest'][:8]}` | stance | ours | {records[0]['rows']['ours']:,} |" in card
    assert "had been trained on" not in (folders[0] / "README.md").read_text("utf-8")


def test_layers_above_the_frozen_ones_learn() -> None:
    model = load_checkpoint("stance", StanceModel).model
    _freeze_below(model, 4)
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    layers = {int(name.split(".")[3]) for name in learning if name.startswith("encoder.encoder.layer.")}
    assert layers == {4, 5}
    assert "question.weight" in learning


def test_the_epoch_is_chosen_by_unweighted_stances() -> None:
    gold = np.eye(3)[None, :, :]
    # Without the weights neutral is right for the second pair; with them, support.
    logits = np.array([[[2.0, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 2.0]]])
    given = EvalPrediction(predictions=(logits, logits), label_ids=(gold, np.zeros_like(gold)))
    assert _stance_metrics(log_weights([2.0, 1.0, 2.0]), given) == {"f1": 1.0}
    assert _stance_metrics(log_weights([1.0, 1.0, 1.0]), given)["f1"] < 1.0


def test_a_class_cannot_weigh_nothing(config: StanceTrainConfig) -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        changed(config, class_weights=[2, 0, 2])


def test_a_bare_bases_layers_cannot_be_frozen(config: StanceTrainConfig) -> None:
    with pytest.raises(ValidationError, match="freeze_layers: only with start"):
        changed(config, freeze_layers=1)


def test_the_encoders_dropout_is_the_bases_own_unless_it_is_given(
    config: StanceTrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[float]] = []
    monkeypatch.setattr(
        StanceModel,
        "forward",
        lambda model, *given, forward=StanceModel.forward, **named: (
            seen.append({part.p for part in model.encoder.modules() if isinstance(part, torch.nn.Dropout)})
            or forward(model, *given, **named)
        ),
    )
    train_stance(changed(config, epochs=1))
    assert seen[-1] == {0.1}
    trained = train_stance(changed(config, epochs=1, encoder_dropout=0.0))
    assert seen[-1] == {0.0}
    assert trained.model.config.encoder["hidden_dropout_prob"] == 0.1


def test_averaged_epochs_are_kept_only_where_they_are_no_worse(config: StanceTrainConfig) -> None:
    alone = train_stance(config)
    averaged = train_stance(changed(config, average_epochs=2, out=config.out.parent / "averaged"))
    assert averaged.metrics["f1"] >= alone.metrics["f1"]


def test_a_checkpoint_is_calibrated_recorded_and_promoted(
    config: StanceTrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[Path] = []
    monkeypatch.setitem(
        promotion_module.MEASURES,
        StanceModel,
        lambda *given: scored.append(given[1]) or score_file(*given),
    )
    gated = changed(config, gates=[{"name": "dev", "path": config.valid[0].path}])
    promotion = promote(gated, train_stance(gated), seconds=1.0)
    assert scored == [source.path for source in config.valid]
    assert promotion.passed
    assert promotion.folder == config.out
    checkpoint = load_checkpoint(str(config.out), StanceModel)
    assert checkpoint.model.config.stance_temperature != 1.0
    assert checkpoint.model.config.sentiment_temperature == 1.0
    card = (config.out / "README.md").read_text(encoding="utf-8")
    assert "expected calibration error" in card
    assert "![Reliability diagram](reliability.svg)" in card
    assert (config.out / "reliability.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_checkpoint_that_is_worse_on_a_gate_leaves_the_old_one_in_place(config: StanceTrainConfig) -> None:
    model, tokenizer = tiny_stance(), tiny_tokenizer()
    trained = Trained(model, tokenizer, metrics={}, rows={"ours": 5}, leaked={"ours": 0})
    # By labels that are the model's own answers, the same model with its classes turned around is always wrong.
    own = Checkpoint("own", model, tokenizer, "")
    windows = [labelled.window for labelled in labelled_windows(map(parse_pair, rows("b")))]
    answers = [STANCE_NAMES[score.stances.argmax()] for score in score_windows(own, windows)]
    path = write_rows(
        config.out.parent / "own.jsonl",
        [row | {"stance": answer} for row, answer in zip(rows("b"), answers, strict=True)],
    )
    gated = changed(config, gates=[{"name": "own", "path": path}])
    first = promote(gated, trained, seconds=1.0)
    assert first.passed
    assert (first.verdicts[0].old, first.verdicts[0].new) == (None, 1.0)
    before = load_checkpoint(str(config.out), StanceModel).digest
    turned = tiny_stance()
    with torch.no_grad():
        turned.stance_head.weight.copy_(turned.stance_head.weight.roll(1, dims=0))
        turned.stance_head.bias.copy_(turned.stance_head.bias.roll(1, dims=0))
    second = promote(gated, replace(trained, model=turned), seconds=1.0)
    assert not second.passed
    assert (second.verdicts[0].old, second.verdicts[0].new) == (1.0, 0.0)
    assert load_checkpoint(str(config.out), StanceModel).digest == before
    assert (second.folder / "model.safetensors").exists()


def test_a_promoted_checkpoint_leaves_no_weights_of_the_old_one(
    config: StanceTrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = Trained(tiny_stance(), tiny_tokenizer(), {"f1": 0.0}, {"ours": 5}, {"ours": 0})
    for size in (2000, 10**9):
        monkeypatch.setattr(registry, "SHARD_BYTES", size)
        promote(config, trained, seconds=1.0)
        assert sorted(config.out.glob("*.safetensors")) == weight_files(config.out)
        load_checkpoint(str(config.out), StanceModel)
    assert not (config.out / SHARDS).exists()
