"""What the coreference model says of the mentions of a text: who is who, who is among whom, whose country is one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from models.checkpoints import Checkpoint
from models.coreference_features import coreference_windows
from models.layers import COUNTRY, MEMBER, RELATIONS, SAME, CoreferenceLayers, distance_ids
from models.passes import mention_states
from models.spans import LabelledSpan

# How many mentions before and behind a mention it is compared with.
BACK, AHEAD = 80, 16
# What stands for a relation that was not asked.
FAR = -20.0
# Mentions that are compared at a time.
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Links:
    """The relations of a text's mentions, referred to by index. ``new``: log probability that a mention's actor
    was not mentioned before; ``several``: logit that it stands for several actors.

    ``pairs``: (mentions, BACK + 1 + AHEAD, relations), column ``BACK + other - mention``: log probability of
    being the antecedent, logits of membership and of a common country. ``nations``: (mentions, ``codes``), log
    probability that a mention's actor belongs to a country or body, or to none (`NO_NATION`).
    """

    new: np.ndarray
    several: np.ndarray
    pairs: np.ndarray
    nations: np.ndarray
    codes: tuple[str, ...]

    def same(self, mention: int, other: int) -> float:
        """Log probability that a mention takes up an earlier one; all of one mention's and ``new`` sum to 1."""
        return self._relation(mention, other, SAME)

    def member(self, mention: int, other: int) -> float:
        """Logit that the actor of ``other`` is one of those that a mention stands for."""
        return self._relation(mention, other, MEMBER)

    def country(self, mention: int, other: int) -> float:
        """Logit that the actors of two mentions belong to one country."""
        return self._relation(mention, other, COUNTRY)

    def _relation(self, mention: int, other: int, relation: int) -> float:
        column = BACK + other - mention
        return float(self.pairs[mention, column, relation]) if 0 <= column <= BACK + AHEAD else FAR


Paragraphs = Sequence[tuple[int, int]]


def link_texts(
    checkpoint: Checkpoint, texts: Sequence[tuple[str, Paragraphs, Sequence[LabelledSpan]]]
) -> list[Links]:
    """Compares the mentions of each text, given with its paragraphs; what a text gets depends on it alone."""
    tokenizer, longest = checkpoint.tokenizer, checkpoint.model.config.max_tokens
    found = [coreference_windows(tokenizer, *text, longest) for text in texts]
    states = iter(mention_states(checkpoint, [window for windows in found for window in windows]))
    results = []
    for (_, _, mentions), windows in zip(texts, found, strict=True):
        rows = torch.zeros((len(mentions), 3 * checkpoint.model.encoder.config.hidden_size))
        known = torch.zeros(len(mentions), dtype=torch.bool)
        for window in windows:
            rows[window.mentions] = next(states).float().cpu()
            known[window.mentions] = True
        results.append(_links(checkpoint.model, rows, known))
    return results


@torch.inference_mode()
def _links(model: CoreferenceLayers, states: torch.Tensor, known: torch.Tensor) -> Links:
    """The links of mentions by their states; one that no window held, and so is not ``known``, has none."""
    total, codes = len(states), tuple(model.config.nations)
    if not total:
        empty = np.zeros(0, dtype=np.float32)
        pairs = np.zeros((0, BACK + 1 + AHEAD, RELATIONS), dtype=np.float32)
        return Links(empty, empty, pairs, np.zeros((0, len(codes)), dtype=np.float32), codes)
    device, dtype = model.this.weight.device, model.this.weight.dtype
    known = known.to(device)
    vectors = model.mention(states.to(device, dtype))
    own = model.own(vectors).float()
    # A mention without a state may be anybody's.
    nations = model.nation(vectors).float().masked_fill(~known.unsqueeze(1), 0.0).log_softmax(dim=-1)
    this, other = model.this(vectors), model.other(vectors)
    offsets = torch.arange(-BACK, AHEAD + 1, device=device)
    distances = model.distance(distance_ids(offsets))
    parts = []
    for rows in torch.arange(total, device=device).split(_BLOCK):
        columns = rows.unsqueeze(1) + offsets
        asked = (columns >= 0) & (columns < total) & (offsets != 0)
        columns = columns.clamp(0, total - 1)
        asked &= known[columns] & known[rows].unsqueeze(1)
        hidden = this[rows].unsqueeze(1) + other[columns]
        hidden = hidden + model.both(vectors[rows].unsqueeze(1) * vectors[columns]) + distances
        relations = model.relations(hidden).float()
        links = relations[..., SAME].masked_fill(~asked | (offsets > 0), float("-inf"))
        choices = torch.cat([own[rows, :1], links], dim=-1).log_softmax(dim=-1)
        relations[..., SAME] = choices[:, 1:].clamp(min=FAR)
        parts.append((choices[:, 0], relations.masked_fill(~asked.unsqueeze(-1), FAR)))
    new, pairs = (torch.cat(part).cpu().numpy() for part in zip(*parts, strict=True))
    return Links(new, own[:, 1].cpu().numpy(), pairs, nations.cpu().numpy(), codes)
