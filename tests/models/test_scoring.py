"""The form of the models that scores, beside the form of `transformers`: the same bits, errors and way out."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import WIDTH

from models import reader_features, stance_features
from models.coreference import CoreferenceModel
from models.encoders import Bert, MPNet, plain_encoder
from models.encodings import encode_texts
from models.errors import CheckpointError
from models.heads import build_encoder, hub_encoder
from models.links import link_texts
from models.packing import encode_packed
from models.pairs import AUTHOR_INDEX, StanceWindow
from models.passes import reader_logits, stance_logits
from models.reader import ReaderModel
from models.registry import load_checkpoint
from models.scoring import CoreferenceScorer, ReaderScorer, StanceScorer, load_for_scoring
from models.stance import StanceModel

TEXT = "Xi said rain fell on China. Putin condemned Nato — “in” 2."


@pytest.fixture
def copy(stance_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stance_folder, tmp_path / "copy"))


def change(path: Path, **values: object) -> None:
    """Sets keys of a JSON file; None takes one out."""
    content = json.loads(path.read_text(encoding="utf-8")) | values
    kept = {key: value for key, value in content.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize("layers", [1, 3])
@torch.inference_mode()
def test_bert_gives_the_bits_of_transformers(layers: int) -> None:
    torch.manual_seed(4)
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": layers, "num_attention_heads": 2}
    theirs = build_encoder({"model_type": "bert", "vocab_size": 50, "intermediate_size": 32, **sizes}).eval()
    settings = theirs.config.to_dict()
    assert plain_encoder(settings) is Bert
    ours = Bert(settings)
    ours.load_state_dict(theirs.state_dict())
    embedded = torch.randn(40, WIDTH)
    expected = encode_packed(theirs, embedded, [9, 1, 17])
    assert torch.equal(encode_packed(ours, embedded, [9, 1, 17]), expected)
    assert torch.equal(encode_packed(hub_encoder(ours), embedded, [9, 1, 17]), expected)


@torch.inference_mode()
def test_mpnet_reads_windows_end_to_end_as_that_of_transformers_reads_each() -> None:
    torch.manual_seed(5)
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    theirs = build_encoder({"model_type": "mpnet", "vocab_size": 50, **sizes}).eval()
    theirs.encoder.relative_attention_bias.weight.normal_()
    settings = theirs.config.to_dict()
    assert plain_encoder(settings) is MPNet
    ours = MPNet(settings)
    ours.load_state_dict(theirs.state_dict())
    # Distances beyond the farthest bucket too.
    lengths = [9, 1, 200]
    embedded = torch.randn(256, WIDTH)
    found = encode_packed(ours, embedded, lengths)
    for window, states in zip(
        embedded[: sum(lengths)].split(lengths), found[: sum(lengths)].split(lengths), strict=True
    ):
        assert torch.allclose(encode_packed(theirs, window, [len(window)]), states, atol=1e-5)
    alone = torch.cat([embedded[9:10], torch.zeros(255, WIDTH)])
    assert torch.equal(encode_packed(ours, alone, [1])[0], found[9])


@pytest.mark.parametrize(
    "other",
    [{"model_type": "roberta"}, {"hidden_act": "relu"}, {"is_decoder": True}],
)
def test_no_plain_encoder_stands_for_another_kind(other: dict) -> None:
    settings = build_encoder({"model_type": "bert", "hidden_size": WIDTH, "num_attention_heads": 2}).config
    assert plain_encoder(settings.to_dict() | other) is None


def test_a_reader_scores_as_that_of_transformers(reader_folder: Path) -> None:
    ours = load_for_scoring(str(reader_folder), ReaderScorer)
    theirs = load_checkpoint(str(reader_folder), ReaderModel)
    assert (ours.name, ours.digest) == (theirs.name, theirs.digest)
    assert not ours.model.training
    assert ours.model.encoder.get_input_embeddings().weight.dtype == torch.float16
    assert ours.model.encoder.embeddings["position_embeddings"].weight.dtype == torch.float32
    windows = [
        reader_features.reader_windows(one.tokenizer, TEXT, [(0, len(TEXT))], one.model.config.max_tokens)
        for one in (ours, theirs)
    ]
    assert windows[0] == windows[1]
    for found, expected in zip(
        reader_logits(ours, windows[0]), reader_logits(theirs, windows[1]), strict=True
    ):
        assert all(np.array_equal(*both) for both in zip(found, expected, strict=True))


def test_a_stance_model_scores_as_that_of_transformers(stance_folder: Path) -> None:
    ours = load_for_scoring(str(stance_folder), StanceScorer)
    theirs = load_checkpoint(str(stance_folder), StanceModel)
    window = StanceWindow(
        TEXT, (0, len(TEXT)), (((0, 2),), ((21, 26),)), frozenset({0}), ((0, 1), (AUTHOR_INDEX, 1))
    )
    found, expected = (
        stance_logits(one, stance_features.stance_features(one.tokenizer, [window], 48))[0]
        for one in (ours, theirs)
    )
    assert all(np.array_equal(*both) for both in zip(found, expected, strict=True))


def test_a_coreference_model_scores_as_that_of_transformers(coreference_folder: Path) -> None:
    text = (TEXT, [(0, len(TEXT))], [(0, 2, "name"), (21, 26, "name"), (28, 33, "name")])
    (found,), (expected,) = (
        link_texts(one, [text])
        for one in (
            load_for_scoring(str(coreference_folder), CoreferenceScorer),
            load_checkpoint(str(coreference_folder), CoreferenceModel),
        )
    )
    assert found.pairs.tobytes() == expected.pairs.tobytes()
    assert found.several.tobytes() == expected.several.tobytes()


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("tokenizer_config.json", {"cls_token": None}),
        ("config.json", {"stance_temperature": None}),
        ("config.json", {"class_weights": None}),
    ],
)
def test_what_does_not_say_enough_goes_by_transformers(copy: Path, file: str, values: dict) -> None:
    assert isinstance(load_for_scoring(str(copy), StanceScorer).model, StanceScorer)
    change(copy / file, **values)
    if file == "tokenizer_config.json":
        change(copy / file, tokenizer_class="BertTokenizer")
    loaded = load_for_scoring(str(copy), StanceScorer)
    assert isinstance(loaded.model, StanceModel)
    assert loaded.model.config.stance_temperature == 1.0


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_a_truncated_file_is_an_error_with_a_remedy(copy: Path, file: str) -> None:
    content = (copy / file).read_bytes()
    (copy / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(CheckpointError, match=r"copy.*cannot be loaded .*copy it again"):
        load_for_scoring(str(copy), StanceScorer)


def test_what_does_not_fit_is_refused(copy: Path) -> None:
    with pytest.raises(CheckpointError, match=r"'stancewire_stance' model where 'stancewire_reader' is"):
        load_for_scoring(str(copy), ReaderScorer)
    change(copy / "tokenizer_config.json", sep_token="[NONE]")
    with pytest.raises(CheckpointError, match=r"'\[NONE\]' is no token"):
        load_for_scoring(str(copy), StanceScorer)
    change(copy / "tokenizer_config.json", sep_token="[SEP]")
    encoder = json.loads((copy / "config.json").read_text(encoding="utf-8"))["encoder"]
    change(copy / "config.json", encoder=encoder | {"num_hidden_layers": 2})
    with pytest.raises(CheckpointError, match=r"has no weights for encoder\.encoder\.layer\.1\."):
        load_for_scoring(str(copy), StanceScorer)


def test_a_tokenizers_own_truncation_and_padding_do_not_count(stance_folder: Path) -> None:
    tokenizer = load_for_scoring(str(stance_folder), StanceScorer).tokenizer
    plain = encode_texts(tokenizer, [TEXT, "Xi"])
    tokenizer.backend_tokenizer.enable_truncation(2)
    tokenizer.backend_tokenizer.enable_padding()
    assert encode_texts(tokenizer, [TEXT, "Xi"]) == plain


def test_scoring_starts_without_what_only_training_needs() -> None:
    check = (
        "import sys; from pipeline.api import score; assert score('Xi said that China backs Russia.').stances;"
        "print(sorted({'accelerate', 'datasets', 'pandas', 'scipy', 'sklearn', 'transformers'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", check], text=True).strip() == "[]"
