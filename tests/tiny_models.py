"""Tiny models with random weights and a tiny tokenizer, built from config: nothing is downloaded."""

import json
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers import models as tokenizer_models
from transformers import BertConfig, BertModel, PreTrainedModel, PreTrainedTokenizerFast

from models import retraining
from models.checkpoints import CHECKPOINTS
from models.coreference import CoreferenceConfig, CoreferenceModel
from models.heads import encoder_settings
from models.labels import NO_NATION
from models.reader import ReaderConfig, ReaderModel
from models.registry import save_checkpoint
from models.stance import StanceConfig, StanceModel

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# Whole words, one token each; any other word falls into its letters.
WORDS = (
    "the a of and in with china russia xi putin envoy minister nato said praised condemned backs talks "
    "open inside out rain fell on monday"
).split()
WIDTH = 24


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    characters = string.ascii_lowercase + string.digits
    tokens = [*SPECIAL, *WORDS, *characters, *(f"##{c}" for c in characters), *string.punctuation, *"“”’—"]
    vocabulary = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
    backend = Tokenizer(tokenizer_models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )


def tiny_encoder() -> BertModel:
    torch.manual_seed(0)
    return BertModel(
        BertConfig(
            vocab_size=len(tiny_tokenizer()),
            hidden_size=WIDTH,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=128,
        )
    )


def shaken(model: PreTrainedModel) -> PreTrainedModel:
    """``model`` with weights large enough that its outputs tell inputs apart, in evaluation mode."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3, generator=generator)
    return model.eval()


def tiny_reader(max_tokens: int = 48) -> ReaderModel:
    return shaken(ReaderModel(ReaderConfig(encoder=encoder_settings(tiny_encoder()), max_tokens=max_tokens)))


def tiny_coreference(max_tokens: int = 48) -> CoreferenceModel:
    encoder = encoder_settings(tiny_encoder())
    nations = [NO_NATION, "CHN", "RUS"]
    config = CoreferenceConfig(encoder=encoder, max_tokens=max_tokens, pair_width=16, nations=nations)
    return shaken(CoreferenceModel(config))


def tiny_stance(max_tokens: int = 48) -> StanceModel:
    config = StanceConfig(encoder=encoder_settings(tiny_encoder()), max_tokens=max_tokens, attention_heads=2)
    return shaken(StanceModel(config))


def saved(model: PreTrainedModel, folder: Path) -> Path:
    save_checkpoint(model, tiny_tokenizer(), folder)
    return folder


def saved_base(folder: Path) -> Path:
    tiny_encoder().save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# What a tiny model can learn: holder, verb, target, and the stance that they make.
_SENTENCES = (
    ("xi", "praised", "putin", "support"),
    ("nato", "condemned", "russia", "oppose"),
    ("china", "backs", "russia", "support"),
    ("putin", "said talks open in", "china", "neutral"),
)
_SIGNS = {"support": "+", "oppose": "-"}


def user_labels(count: int) -> list[dict[str, Any]]:
    """So many pair labels without sentiments, four to three articles."""
    rows = []
    for number in range(count):
        holder, verb, target, stance = _SENTENCES[number % len(_SENTENCES)]
        text = f"on monday {number} {holder} {verb} {target}"
        start = text.index(holder)
        rows.append(
            {
                "id": f"row{number}",
                "article": f"{number * 3 // 4}-mine",
                "text": text,
                "holder": [[start, start + len(holder)]],
                "target": [[len(text) - len(target), len(text)]],
                "stance": stance,
                "sentiment": None,
            }
        )
    return rows


def annotated_article(number: int) -> dict[str, Any]:
    """An annotated article of `_SENTENCES`, each a paragraph with four candidate pairs."""
    sentences = []
    for paragraph, (holder, verb, target, stance) in enumerate(_SENTENCES):
        text = f"{holder} {verb} {target} {number}"
        spans = [(text.index(holder), holder), (text.index(target), target)]
        sign = _SIGNS.get(stance)
        sentences.append(
            {
                "text": text,
                "para": paragraph,
                "mentions": [{"start": at, "end": at + len(key), "keys": [key]} for at, key in spans],
                "speakers": ["author"],
                "stances": [[holder, sign, target]] if sign else [],
            }
        )
    countries = {key: "-" for holder, _, target, _ in _SENTENCES for key in (holder, target)}
    return {"id": f"article{number}", "title": "-", "countries": countries, "sentences": sentences}


def tiny_retraining(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a tiny checkpoint, tiny base data and fast settings in the place of those that ship."""
    torch.manual_seed(0)
    config = StanceConfig(encoder=encoder_settings(tiny_encoder()), max_tokens=48, attention_heads=2)
    monkeypatch.setitem(CHECKPOINTS, "stance", saved(StanceModel(config), folder / "start"))
    for name, numbers in (("REPLAY", range(12)), ("OLD_DOMAIN", range(100, 103))):
        path = write_rows(folder / f"{name}.jsonl", map(annotated_article, numbers))
        monkeypatch.setattr(retraining, name, path)
    fast = {"epochs": 3, "learning_rate": 5e-3, "head_learning_rate": 5e-3, "batch_size": 4}
    monkeypatch.setattr(retraining, "SETTINGS", retraining.SETTINGS | fast)
