"""The vocabularies that labels, models and rows share, each written down once."""

from typing import Literal, get_args

Stance = Literal["support", "neutral", "oppose"]
Sentiment = Literal["positive", "neutral", "negative"]
SpanLabel = Literal["source", "cue", "content"]
MentionKind = Literal["name", "nationality", "pronoun", "nominal", "collective"]

STANCES: tuple[Stance, ...] = get_args(Stance)
SENTIMENTS: tuple[Sentiment, ...] = get_args(Sentiment)
SPAN_LABELS: tuple[SpanLabel, ...] = get_args(SpanLabel)
MENTION_KINDS: tuple[MentionKind, ...] = get_args(MentionKind)

# The annotation scheme of our own guide (docs/annotation.md), by which articles are scored.
GUIDE = "guide"

# What stands for "no country" among those that an actor may belong to, as in the annotation format.
NO_NATION = "-"

# A token outside the loss, as torch's cross entropy and the Trainer know it.
IGNORED = -100

# Tags of one three-way head (one head per span label, so a source may lie inside a content).
BIO = ("O", "B", "I")
# Tags of the mention head: mentions do not nest, so one head holds every kind.
MENTION_TAGS = ("O", *(f"{prefix}-{kind}" for kind in MENTION_KINDS for prefix in "BI"))
