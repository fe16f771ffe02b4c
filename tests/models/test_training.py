"""Training on tiny label files with a tiny base: what is kept out, what is started from, what is promoted."""

from pathlib import Path
from typing import Any

import pytest
import torch

from models.benchmarks import DSE
from models.labels import GUIDE
from models.promotion import promote
from models.registry import load_base, load_checkpoint
from models.stance import StanceModel
from models.training import Gate, LabelSource, StanceTrainConfig, _optimizer, train_stance
from tests.tiny_models import read_rows, saved, saved_base, tiny_stance, write_rows

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
    return StanceTrainConfig.model_validate(config.model_dump() | values)


def test_no_text_of_a_validation_file_is_trained_on(config: StanceTrainConfig) -> None:
    leaking = write_rows(config.out.parent / "leaking.jsonl", [*rows("c"), *rows("b")[:2]])
    trained = train_stance(changed(config, train=[{"name": "leaking", "path": leaking}]))
    assert trained.rows == {"leaking": 5}
    assert trained.leaked == {"leaking": 2}


def test_a_share_takes_the_same_articles_each_time(config: StanceTrainConfig) -> None:
    many = [row for number in range(12) for row in rows(f"m{number}x")]
    path = write_rows(config.out.parent / "many.jsonl", many)
    counts = [
        train_stance(changed(config, epochs=1, train=[{"name": "many", "path": path, "share": share}])).rows
        for share in (0.5, 0.5, 1.0)
    ]
    assert counts[0] == counts[1]
    assert 15 < counts[0]["many"] < 45
    assert counts[2] == {"many": 60}


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


def test_averaged_epochs_are_kept_only_where_they_are_no_worse(config: StanceTrainConfig) -> None:
    alone = train_stance(config)
    averaged = train_stance(changed(config, average_epochs=2, out=config.out.parent / "averaged"))
    assert averaged.metrics["f1"] >= alone.metrics["f1"]


def test_a_checkpoint_is_calibrated_recorded_and_promoted(config: StanceTrainConfig) -> None:
    promotion = promote(config, train_stance(config), seconds=1.0)
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
    gate = Gate(name="dev", path=config.valid[0].path)
    good = changed(config, epochs=30, learning_rate=3e-3, head_learning_rate=3e-3, gates=[gate], patience=30)
    first = promote(good, train_stance(good), seconds=1.0)
    assert first.passed
    assert first.verdicts[0].old is None
    before = load_checkpoint(str(config.out), StanceModel).digest
    # Labels turned around make a model that reads the gate's file the wrong way.
    wrong = {"support": "oppose", "oppose": "support", "neutral": "support"}
    turned = [row | {"stance": wrong[row["stance"]]} for row in read_rows(config.train[0].path)]
    path = write_rows(config.out.parent / "turned.jsonl", turned)
    bad = changed(good, train=[{"name": "turned", "path": path}])
    second = promote(bad, train_stance(bad), seconds=1.0)
    assert not second.passed
    assert second.verdicts[0].new < second.verdicts[0].old
    assert load_checkpoint(str(config.out), StanceModel).digest == before
    assert (second.folder / "model.safetensors").exists()
