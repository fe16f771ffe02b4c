"""The form of the models that scores: their layers on a `PlainEncoder`, without `transformers`.

A checkpoint with any other encoder is loaded in the form of `transformers` (`models.registry`). Both give the
same bits where `transformers` can take windows end to end.
"""

from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer as Backend
from torch import nn

from models.checkpoints import (
    Checkpoint,
    checkpoint_config,
    checkpoint_folder,
    checkpoint_label,
    read_json,
    refuse_missing,
    unloadable,
    weight_files,
    weights_digest,
)
from models.encoders import plain_encoder
from models.encodings import PlainTokenizer
from models.layers import CoreferenceLayers, ReaderLayers, StanceLayers


class ScoringModel(nn.Module):
    """Layers of `models.layers` on a `PlainEncoder`. ``needs``: what of the config scoring reads."""

    model_type: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    def __init__(self, config: SimpleNamespace) -> None:
        super().__init__()
        self.config = config
        build = plain_encoder(config.encoder)
        if build is None:
            raise ValueError(f"no plain encoder stands for a {config.encoder.get('model_type')!r}")
        self.encoder = build(config.encoder)
        self.add_layers()

    def add_layers(self) -> None:
        raise NotImplementedError

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device


class ReaderScorer(ReaderLayers, ScoringModel):
    model_type = "stancewire_reader"
    needs = frozenset(("encoder", "max_tokens"))


class CoreferenceScorer(CoreferenceLayers, ScoringModel):
    model_type = "stancewire_coreference"
    needs = ReaderScorer.needs | {"dropout", "pair_width", "nations"}


class StanceScorer(StanceLayers, ScoringModel):
    model_type = "stancewire_stance"
    needs = ReaderScorer.needs | {
        "dropout",
        "attention_heads",
        "schemes",
        "class_weights",
        "stance_temperature",
        "sentiment_temperature",
    }


# The word embeddings, which are kept as the file has them: in float16 they take half the memory, and the few that a
# text looks up become float32 where the token features are added, to the same bits.
_WORDS = "encoder.embeddings.word_embeddings.weight"


def load_for_scoring(name: str, model_class: type[ScoringModel]) -> Checkpoint:
    """A trained model in float32, its word embeddings aside, and evaluation mode, never from the network.

    Raises:
        CheckpointError: a file is missing, truncated, of another model, or lacks weights.
    """
    folder = checkpoint_folder(name)
    config = checkpoint_config(name, model_class.model_type)
    special = _special_tokens(folder)
    if not (special and model_class.needs <= config.keys() and plain_encoder(config["encoder"])):
        # Imported here: it takes seconds, and the usual checkpoint does without.
        from models.registry import MODELS, load_checkpoint

        return load_checkpoint(name, MODELS[model_class.model_type])
    try:
        model = model_class(SimpleNamespace(**config))
        weights = {
            key: value.clone() if key == _WORDS else value.to(torch.float32, copy=True)
            for path in weight_files(folder)
            for key, value in load_file(path).items()
        }
        found = model.load_state_dict(weights, strict=False, assign=True)
        backend = Backend.from_file(str(folder / "tokenizer.json"))
        tokenizer = PlainTokenizer(backend, *(_id(backend, token) for token in special))
    # The tokenizers library raises plain exceptions.
    except Exception as error:
        raise unloadable(name, error) from error
    refuse_missing(name, found.missing_keys)
    return Checkpoint(checkpoint_label(name), model.eval(), tokenizer, weights_digest(folder))


def _special_tokens(folder: Path) -> tuple[str, str] | None:
    """What begins and what separates windows; None where the tokenizer's settings do not name it plainly."""
    path = folder / "tokenizer_config.json"
    settings = read_json(path) if path.is_file() else {}
    begin, separate = (settings.get(key) for key in ("cls_token", "sep_token"))
    return (begin, separate) if isinstance(begin, str) and isinstance(separate, str) else None


def _id(backend: Backend, token: str) -> int:
    found = backend.token_to_id(token)
    if found is None:
        raise ValueError(f"tokenizer.json: {token!r} is no token")
    return found
