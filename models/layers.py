"""The layers of each model, which its two forms share: the one of `transformers`, which trains and is saved, and
the one that scores (`models.scoring`), which does without `transformers`."""

from typing import Any

import torch
from torch import Tensor, nn

from models.encodings import SHAPE_COUNT
from models.labels import BIO, MENTION_TAGS, SENTIMENTS, SPAN_LABELS, STANCES

# Where a token stands (context, statement) and what it marks (nothing, an actor, the speaker).
PLACES = 2
MARKS = 3

# What is asked of a mention and another one: do both stand for the same actors, is the other's actor one of
# several that this one stands for, are their actors of one country?
SAME, MEMBER, COUNTRY = range(3)
RELATIONS = 3
# Distances between two mentions, counted in mentions, that are told apart: 1, 2, 3, 4, to 7, 15, 31, further.
_STEPS = (1, 2, 3, 4, 5, 8, 16, 32)
DISTANCES = 2 * len(_STEPS) + 1


class FeatureTable(nn.Embedding):
    """The embeddings of one token feature; a class of its own so that it starts at zero (`EncoderModel`)."""


class FeatureEmbedding(nn.Module):
    """Embeddings of token features, added to the word embeddings of any hub encoder.

    They start at zero, so that a fresh model sees exactly what its base was trained on.
    """

    def __init__(self, sizes: list[int], width: int) -> None:
        super().__init__()
        self.tables = nn.ModuleList(FeatureTable(size, width) for size in sizes)

    def forward(self, features: list[Tensor]) -> Tensor:
        """``features``: one (batch, length) tensor of ids a table. Returns (batch, length, width)."""
        return torch.stack([table(ids) for table, ids in zip(self.tables, features, strict=True)]).sum(dim=0)


class ReaderLayers(nn.Module):
    """A token tagger's. Source, cue and content have a head each, since one may lie inside another."""

    encoder: Any
    config: Any

    def add_layers(self) -> None:
        """Adds them to a model that has its encoder."""
        width = self.encoder.config.hidden_size
        self.shapes = FeatureEmbedding([SHAPE_COUNT], width)
        self.span_head = nn.Linear(width, len(SPAN_LABELS) * len(BIO))
        self.mention_head = nn.Linear(width, len(MENTION_TAGS))


class StanceLayers(nn.Module):
    """Those that score pairs of actors from their pooled mention spans.

    Each pair of pooled spans also asks the window a question of its own: it attends over the token
    states, so that the words that link holder and target weigh in whatever stands between them.
    Actor 0 of every window is the article's own voice, a learned vector; an actor without a mention in
    the window is another.
    """

    encoder: Any
    config: Any

    def add_layers(self) -> None:
        """Adds them to a model that has its encoder."""
        width = self.encoder.config.hidden_size
        self.features = FeatureEmbedding([SHAPE_COUNT, PLACES, MARKS], width)
        self.author = nn.Parameter(torch.zeros(width))
        self.unseen = nn.Parameter(torch.zeros(width))
        self.question = nn.Linear(2 * width, width)
        self.evidence = nn.MultiheadAttention(width, self.config.attention_heads, batch_first=True)
        self.joint = nn.Sequential(
            nn.Dropout(self.config.dropout),
            nn.Linear(5 * width, width),
            nn.GELU(),
            nn.Dropout(self.config.dropout),
        )
        self.stance_head = nn.Linear(width, len(STANCES) * len(self.config.schemes))
        self.sentiment_head = nn.Linear(width, len(SENTIMENTS))


class CoreferenceLayers(nn.Module):
    """Those that compare the mentions of a text two by two, after Lee et al. ("End-to-end neural coreference
    resolution", EMNLP 2017), with the mentions given: the choice of an antecedent is a softmax over the mentions
    before and "none". Two more relations, membership and a common country, are yes or no for each pair. Which country
    a mention's actor belongs to is also asked of it alone: its name, or a city in the text, may tell.
    """

    encoder: Any
    config: Any

    def add_layers(self) -> None:
        """Adds them to a model that has its encoder."""
        width, pair = self.encoder.config.hidden_size, self.config.pair_width
        self.features = FeatureEmbedding([SHAPE_COUNT, len(MENTION_TAGS)], width)
        self.mention = nn.Sequential(nn.Dropout(self.config.dropout), nn.Linear(3 * width, pair), nn.GELU())
        self.this = nn.Linear(pair, pair)
        self.other = nn.Linear(pair, pair, bias=False)
        self.both = nn.Linear(pair, pair, bias=False)
        self.distance = nn.Embedding(DISTANCES, pair)
        self.relations = nn.Sequential(nn.GELU(), nn.Dropout(self.config.dropout), nn.Linear(pair, RELATIONS))
        self.own = self._of_one(2)
        self.nation = self._of_one(len(self.config.nations))

    def _of_one(self, outputs: int) -> nn.Module:
        """What is asked of a mention by itself."""
        pair = self.config.pair_width
        return nn.Sequential(
            nn.Linear(pair, pair), nn.GELU(), nn.Dropout(self.config.dropout), nn.Linear(pair, outputs)
        )


def distance_ids(offsets: Tensor) -> Tensor:
    """Which embedding a distance has: 0 for the mention itself, then those behind it, then those before it."""
    steps = torch.tensor(_STEPS, device=offsets.device)
    bucket = torch.bucketize(offsets.abs(), steps, right=True)
    return torch.where(offsets < 0, bucket + len(_STEPS), bucket)
