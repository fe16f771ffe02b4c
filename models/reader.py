"""The reader: tags sources, cues and contents of attributions, and mentions of actors."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig
from transformers.utils import ModelOutput

from models.heads import EncoderModel, build_encoder, encode
from models.labels import BIO, IGNORED, SPAN_LABELS
from models.layers import ReaderLayers


class ReaderConfig(PretrainedConfig):
    """``encoder``: the base encoder's own config, as a mapping. ``max_tokens``: window, special tokens in."""

    model_type = "stancewire_reader"

    def __init__(
        self, encoder: dict | None = None, max_tokens: int = 192, dropout: float = 0.1, **kwargs
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {"model_type": "bert"}
        self.max_tokens = max_tokens
        self.dropout = dropout


@dataclass
class ReaderOutput(ModelOutput):
    """``span_logits``: (batch, length, 3 labels, BIO). ``mention_logits``: (batch, length, mention tags)."""

    loss: Tensor | None = None
    span_logits: Tensor | None = None
    mention_logits: Tensor | None = None


class ReaderModel(ReaderLayers, EncoderModel):
    """Token tagger: see `ReaderLayers`."""

    config_class = ReaderConfig

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        self.add_layers()
        self.dropout = nn.Dropout(config.dropout)
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        shape_ids: Tensor,
        span_tags: Tensor | None = None,
        mention_tags: Tensor | None = None,
    ) -> ReaderOutput:
        """All inputs (batch, length); ``span_tags`` (batch, length, 3). Tags of `IGNORED` bear no loss."""
        added = self.shapes([shape_ids])
        states = self.dropout(encode(self.encoder, input_ids, attention_mask, added))
        span_logits = self.span_head(states).unflatten(-1, (len(SPAN_LABELS), len(BIO)))
        mention_logits = self.mention_head(states)
        loss = None
        if span_tags is not None and mention_tags is not None:
            loss = _tag_loss(span_logits, span_tags) + _tag_loss(mention_logits, mention_tags)
        return ReaderOutput(loss=loss, span_logits=span_logits, mention_logits=mention_logits)


def _tag_loss(logits: Tensor, tags: Tensor) -> Tensor:
    """Mean cross entropy over the labelled tokens; 0 where a batch labels none of this head's."""
    flat = tags.flatten()
    total = nn.functional.cross_entropy(
        logits.flatten(0, -2).float(), flat, ignore_index=IGNORED, reduction="sum"
    )
    return total / torch.count_nonzero(flat != IGNORED).clamp(min=1)
