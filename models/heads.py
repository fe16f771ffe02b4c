"""What the trained forms of the models build on: an encoder with added token features, and span pooling."""

from typing import Any

from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PreTrainedModel, initialization

from models.encoders import PlainEncoder
from models.layers import FeatureTable


class EncoderModel(PreTrainedModel):
    """A hub encoder under ``self.encoder`` with heads of ours on its token states."""

    base_model_prefix = "encoder"

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, FeatureTable):
            initialization.zeros_(module.weight)
        else:
            super()._init_weights(module)


def build_encoder(settings: dict[str, Any]) -> PreTrainedModel:
    """An encoder with fresh weights from its config's mapping; its pooler, which nothing here asks, is left out."""
    encoder = AutoModel.from_config(AutoConfig.for_model(**settings))
    if hasattr(encoder, "pooler"):
        encoder.pooler = None
    return encoder


def hub_encoder(encoder: PreTrainedModel | PlainEncoder) -> PreTrainedModel:
    """The encoder itself, or that of `transformers` for which a `PlainEncoder` stands."""
    if not isinstance(encoder, PlainEncoder):
        return encoder
    twin = build_encoder(vars(encoder.config))
    twin.load_state_dict(encoder.state_dict())
    return twin.eval()


def encoder_settings(encoder: PreTrainedModel) -> dict[str, Any]:
    """The mapping that `build_encoder` takes, without the path that the encoder was loaded from."""
    settings = encoder.config.to_dict()
    for machine_specific in ("_name_or_path", "dtype"):
        settings.pop(machine_specific, None)
    return settings


def encode(encoder: PreTrainedModel, input_ids: Tensor, attention_mask: Tensor, added: Tensor) -> Tensor:
    """Last hidden states (batch, length, width) of ``encoder`` with ``added`` on its word embeddings."""
    embedded = encoder.get_input_embeddings()(input_ids) + added
    return encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state


def pool_spans(states: Tensor, span_masks: Tensor) -> Tensor:
    """Mean state of each actor's tokens: (batch, length, width) and (batch, actors, length) → (batch, actors, width).

    An actor without tokens pools to zero.
    """
    weights = span_masks.to(states.dtype)
    return weights @ states / weights.sum(dim=-1, keepdim=True).clamp(min=1)
