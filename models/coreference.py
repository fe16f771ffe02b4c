"""The coreference model: which mentions of a text stand for one actor, whom a collective means, whose country is whose."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional
from transformers import PretrainedConfig
from transformers.utils import ModelOutput

from models.heads import EncoderModel, build_encoder, encode, pool_spans
from models.labels import NO_NATION
from models.layers import COUNTRY, MEMBER, SAME, CoreferenceLayers, distance_ids

# What is counted of each mention: whether it is one, whether its antecedent is right, then of memberships and of
# common countries those right, found and annotated, then whether its nation is annotated and whether it is right.
TALLIES = 10


class CoreferenceConfig(PretrainedConfig):
    """``encoder``: the base encoder's own config. ``max_tokens``: window, special tokens in. ``pair_width``: of
    the layer that compares two mentions. ``nations``: the countries and bodies that an actor may belong to, as
    ISO 3166 alpha-3 codes or names of bodies, `NO_NATION` first."""

    model_type = "stancewire_coreference"
    # The Trainer joins what batches of several sizes gave along one dimension; tallies do.
    keys_to_ignore_at_inference: ClassVar[list[str]] = ["pair_logits", "own_logits", "nation_logits"]

    def __init__(
        self,
        encoder: dict | None = None,
        max_tokens: int = 512,
        dropout: float = 0.1,
        pair_width: int = 192,
        nations: list[str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(**kwargs)
        self.encoder = encoder or {"model_type": "bert"}
        self.max_tokens = max_tokens
        self.dropout = dropout
        self.pair_width = pair_width
        self.nations = nations or [NO_NATION]


@dataclass
class CoreferenceOutput(ModelOutput):
    """``pair_logits``: (batch, mentions, mentions, relations); ``own_logits``: (batch, mentions, 2), that a
    mention brings up somebody new, and that it stands for several; ``nation_logits``: (batch, mentions, nations);
    ``tallies``: (batch, mentions, `TALLIES`) where labels are given."""

    loss: Tensor | None = None
    pair_logits: Tensor | None = None
    own_logits: Tensor | None = None
    nation_logits: Tensor | None = None
    tallies: Tensor | None = None


class CoreferenceModel(CoreferenceLayers, EncoderModel):
    config_class = CoreferenceConfig

    def __init__(self, config: CoreferenceConfig) -> None:
        super().__init__(config)
        self.encoder = build_encoder(config.encoder)
        self.add_layers()
        self.post_init()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        shape_ids: Tensor,
        tag_ids: Tensor,
        mention_masks: Tensor,
        edges: Tensor,
        same: Tensor | None = None,
        member: Tensor | None = None,
        country: Tensor | None = None,
        several: Tensor | None = None,
        nations: Tensor | None = None,
    ) -> CoreferenceOutput:
        """The first four inputs are (batch, length); ``mention_masks`` (batch, mentions, length) marks each
        mention's tokens, ``edges`` (batch, mentions, 2) names its first and last one.

        Labels are 1, 0 or, where nothing is to be learnt, -1: (batch, mentions, mentions), ``several``
        and ``nations``, indices into the config's, (batch, mentions). ``same`` is read below the diagonal only.
        """
        added = self.features([shape_ids, tag_ids])
        states = encode(self.encoder, input_ids, attention_mask, added)
        pooled = pool_spans(states, mention_masks)
        width = states.shape[-1]
        ends = [states.gather(1, edge.unsqueeze(-1).expand(-1, -1, width)) for edge in edges.unbind(dim=-1)]
        vectors = self.mention(torch.cat([pooled, *ends], dim=-1))
        count = vectors.shape[1]
        places = torch.arange(count, device=vectors.device)
        hidden = self.this(vectors).unsqueeze(2) + self.other(vectors).unsqueeze(1)
        hidden = hidden + self.both(vectors.unsqueeze(2) * vectors.unsqueeze(1))
        hidden = hidden + self.distance(distance_ids(places.unsqueeze(0) - places.unsqueeze(1)))
        pair_logits = self.relations(hidden)
        own_logits = self.own(vectors)
        nation_logits = self.nation(vectors)
        loss = tallies = None
        if (
            same is not None
            and member is not None
            and country is not None
            and several is not None
            and nations is not None
        ):
            loss = (
                _choice_loss(pair_logits[..., SAME], own_logits[..., 0], same)
                + 0.5 * _known_loss(_yes_no_loss, pair_logits[..., MEMBER], member)
                + 0.5 * _known_loss(_yes_no_loss, pair_logits[..., COUNTRY], country)
                + 0.2 * _known_loss(_yes_no_loss, own_logits[..., 1], several)
                + 0.5 * _known_loss(functional.cross_entropy, nation_logits, nations)
            )
            with torch.no_grad():
                tallies = _tallies(
                    pair_logits, own_logits[..., 0], nation_logits, same, member, country, nations
                )
        return CoreferenceOutput(
            loss=loss,
            pair_logits=pair_logits,
            own_logits=own_logits,
            nation_logits=nation_logits,
            tallies=tallies,
        )


def choice_scores(links: Tensor, new: Tensor) -> Tensor:
    """Log probabilities of each mention's antecedents, (batch, mentions, 1 + mentions): none first.

    ``links``: (batch, mentions, mentions), read below the diagonal; ``new``: (batch, mentions).
    """
    before = torch.ones(links.shape[-2:], dtype=torch.bool, device=links.device).tril(-1)
    open_links = links.masked_fill(~before, float("-inf"))
    return torch.cat([new.unsqueeze(-1), open_links], dim=-1).log_softmax(dim=-1)


def _choice_loss(links: Tensor, new: Tensor, same: Tensor) -> Tensor:
    """Mean negative log probability that a mention chooses one of its actor's earlier mentions, or none."""
    scores = choice_scores(links.float(), new.float())
    real, gold = _choices(same)
    chosen = scores.masked_fill(~gold, float("-inf")).logsumexp(dim=-1)
    return -chosen[real].mean() if real.any() else links.sum() * 0


def _choices(same: Tensor) -> tuple[Tensor, Tensor]:
    """Which rows are mentions, and which of their choices are right, as `choice_scores` orders them."""
    right = (same == 1).tril(-1)
    return (same >= 0).any(dim=-1), torch.cat([~right.any(dim=-1, keepdim=True), right], dim=-1)


def _tallies(
    pair_logits: Tensor,
    new: Tensor,
    nation_logits: Tensor,
    same: Tensor,
    member: Tensor,
    country: Tensor,
    nations: Tensor,
) -> Tensor:
    real, gold = _choices(same)
    chosen = choice_scores(pair_logits[..., SAME], new).argmax(dim=-1, keepdim=True)
    counts = [real, real & gold.gather(-1, chosen).squeeze(-1)]
    for relation, labels in ((MEMBER, member), (COUNTRY, country)):
        found = (pair_logits[..., relation] > 0) & (labels >= 0)
        counts += [(found & (labels == 1)).sum(-1), found.sum(-1), (labels == 1).sum(-1)]
    told = nations >= 0
    counts += [told, told & (nation_logits.argmax(dim=-1) == nations)]
    return torch.stack([count.long() for count in counts], dim=-1)


def _known_loss(loss: Callable[[Tensor, Tensor], Tensor], logits: Tensor, labels: Tensor) -> Tensor:
    """``loss`` over what is labelled; 0 where a batch labels nothing."""
    known = labels >= 0
    return loss(logits[known].float(), labels[known]) if known.any() else logits.sum() * 0


def _yes_no_loss(logits: Tensor, labels: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, labels.float())
