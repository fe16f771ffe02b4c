"""The stance model: one encoder pass a statement window, every holder → target pair scored from it."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import PretrainedConfig
from transformers.utils import ModelOutput

from models.heads import EncoderModel, build_encoder, encode, pool_spans
from models.labels import GUIDE, STANCES
from models.layers import StanceLayers


class StanceConfig(PretrainedConfig):
    """``encoder``: the base encoder's own config. ``class_weights``: loss weights of `STANCES`, in order.

    ``schemes``: the annotation schemes that the stance head has outputs for. The first is the guide's, which
    scores articles; a corpus that draws the line between neutral and a stance elsewhere teaches the encoder
    through an output of its own. ``focal_gamma``: 0 is cross entropy, more weighs down the pairs that the
    model is sure of (Lin et al., ICCV 2017).
    """

    model_type = "stancewire_stance"

    def __init__(
        self,
        encoder: dict | None = None,
        max_tokens: int = 192,
        dropout: float = 0.1,
        attention_heads: int = 6,
        class_weights: list[float] | None = None,
        sentiment_loss: float = 0.5,
        schemes: list[str] | None = None,
        focal_gamma: float = 0.0,
        stance_temperature: float = 1.0,
        sentiment_temperature: float = 1.0,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {"model_type": "bert"}
        self.max_tokens = max_tokens
        self.dropout = dropout
        self.attention_heads = attention_heads
        self.class_weights = class_weights or [1.0] * len(STANCES)
        self.sentiment_loss = sentiment_loss
        self.schemes = schemes or [GUIDE]
        self.focal_gamma = focal_gamma
        self.stance_temperature = stance_temperature
        self.sentiment_temperature = sentiment_temperature


@dataclass
class StanceOutput(ModelOutput):
    """``stance_logits`` and ``sentiment_logits``: (batch, pairs, 3)."""

    loss: Tensor | None = None
    stance_logits: Tensor | None = None
    sentiment_logits: Tensor | None = None


class StanceModel(StanceLayers, EncoderModel):
    """Scores pairs of actors: see `StanceLayers`."""

    config_class = StanceConfig

    def __init__(self, config: StanceConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        self.add_layers()
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        shape_ids: Tensor,
        place_ids: Tensor,
        mark_ids: Tensor,
        actor_masks: Tensor,
        pairs: Tensor,
        stance_targets: Tensor | None = None,
        sentiment_targets: Tensor | None = None,
        weights: Tensor | None = None,
        schemes: Tensor | None = None,
    ) -> StanceOutput:
        """Scores ``pairs`` (batch, pairs, 2), indices of holder and target into the actors of each window.

        The first five inputs are (batch, length); ``actor_masks`` (batch, actors, length) marks each
        actor's tokens, row 0 (the author) being empty. Targets are (batch, pairs, 3) distributions,
        zeros where a pair is unlabelled; ``weights`` (batch, pairs) multiply the loss; ``schemes``
        (batch, pairs) say by which of the config's schemes a pair is judged, the first by default.
        """
        added = self.features([shape_ids, place_ids, mark_ids])
        states = encode(self.encoder, input_ids, attention_mask, added)
        actors = pool_spans(states, actor_masks)
        absent = ~actor_masks.bool().any(dim=-1, keepdim=True)
        actors = torch.where(absent, self.unseen.to(actors.dtype), actors)
        actors = torch.cat([self.author.to(actors.dtype).expand(len(actors), 1, -1), actors[:, 1:]], dim=1)

        padding = attention_mask == 0
        holder, target = pairs.unbind(dim=-1)
        joint = self._pair_features(states, padding, _gather(actors, holder), _gather(actors, target))
        stance_logits = self._judged(self.stance_head(joint), schemes)
        # How the text puts a target does not depend on who holds what toward it: the article's own
        # voice asks, once an actor.
        voices = actors[:, :1].expand_as(actors)
        put = self.sentiment_head(self._pair_features(states, padding, voices, actors))
        sentiment_logits = _gather(put, target)

        loss = None
        if stance_targets is not None and sentiment_targets is not None and weights is not None:
            class_weights = torch.tensor(self.config.class_weights, device=weights.device)
            gamma = self.config.focal_gamma
            loss = _pair_loss(stance_logits, stance_targets * class_weights, weights, gamma)
            loss = loss + self.config.sentiment_loss * _pair_loss(
                sentiment_logits, sentiment_targets, weights, gamma
            )
        return StanceOutput(loss=loss, stance_logits=stance_logits, sentiment_logits=sentiment_logits)

    @torch.no_grad()
    def add_schemes(self, names: list[str]) -> None:
        """Gives the stance head an output for each scheme, begun as a copy of the first one's."""
        old = self.stance_head
        guide = slice(0, len(STANCES))
        self.config.schemes = [*self.config.schemes, *names]
        self.stance_head = nn.Linear(old.in_features, len(STANCES) * len(self.config.schemes))
        self.stance_head.weight.copy_(torch.cat([old.weight, *[old.weight[guide]] * len(names)]))
        self.stance_head.bias.copy_(torch.cat([old.bias, *[old.bias[guide]] * len(names)]))

    @staticmethod
    def _judged(logits: Tensor, schemes: Tensor | None) -> Tensor:
        """(batch, pairs, schemes × 3) → (batch, pairs, 3), each pair's own scheme or the first."""
        if schemes is None:
            return logits[..., : len(STANCES)]
        by_scheme = logits.unflatten(-1, (-1, len(STANCES)))
        index = schemes[..., None, None].expand(-1, -1, 1, len(STANCES))
        return by_scheme.gather(2, index).squeeze(2)

    def _pair_features(self, states: Tensor, padding: Tensor, holders: Tensor, targets: Tensor) -> Tensor:
        """(batch, pairs, width) of the pairs whose pooled holders and targets are (batch, pairs, width)."""
        question = self.question(torch.cat([holders, targets], dim=-1))
        evidence, _ = self.evidence(question, states, states, key_padding_mask=padding, need_weights=False)
        return self.joint(torch.cat([holders, targets, holders * targets, question, evidence], dim=-1))


def _gather(rows: Tensor, index: Tensor) -> Tensor:
    """(batch, rows, width) picked by (batch, pairs) → (batch, pairs, width)."""
    return rows.gather(1, index.unsqueeze(-1).expand(-1, -1, rows.shape[-1]))


def _pair_loss(logits: Tensor, targets: Tensor, weights: Tensor, gamma: float) -> Tensor:
    """Weighted mean focal loss over the labelled pairs; 0 where a batch labels none."""
    chances = logits.float().log_softmax(dim=-1)
    losses = -(targets * (1 - chances.exp()) ** gamma * chances).sum(dim=-1)
    weighted = weights * targets.any(dim=-1)
    return (losses * weighted).sum() / weighted.sum().clamp(min=1)
