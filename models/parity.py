"""Whether two ways of running a checkpoint give the same labels, on a sample of our own annotated articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from models.article_pairs import article_pairs
from models.articles import read_articles
from models.checkpoints import Checkpoint
from models.coreference_features import article_spans
from models.inference import stance_chances
from models.layers import SAME, CoreferenceLayers, ReaderLayers, StanceLayers
from models.links import Links, link_texts
from models.pairs import StanceWindow, labelled_windows, parse_pair
from models.passes import reader_logits, stance_logits
from models.reader_features import line_paragraphs, reader_windows
from models.spans import LabelledSpan
from models.stance_features import stance_features

ARTICLES = Path(__file__).parent / "annotations" / "written.jsonl"
# One article in so many is in the sample.
_STRIDE = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """``mentions``: those of each text."""

    texts: Sequence[str]
    mentions: Sequence[Sequence[LabelledSpan]]
    windows: Sequence[StanceWindow]


@cache
def sample() -> Sample:
    articles = read_articles(ARTICLES)[::_STRIDE]
    pairs = [parse_pair(row) for article in articles for row in article_pairs(article)]
    return Sample(
        [article.text for article in articles],
        [article_spans(article) for article in articles],
        [one.window for one in labelled_windows(pairs)],
    )


def labels_of(checkpoint: Checkpoint, given: Sample) -> np.ndarray:
    """The labels that a checkpoint gives to the sample: a stance a pair, four tags a token (0: O), or a mention's
    antecedent (0: none) and whether it has each other relation to its neighbours."""
    longest = checkpoint.model.config.max_tokens
    if isinstance(checkpoint.model, ReaderLayers):
        windows = [
            window
            for text in given.texts
            for window in reader_windows(checkpoint.tokenizer, text, line_paragraphs(text), longest)
        ]
        found = [layer for logits in reader_logits(checkpoint, windows) for layer in logits]
        return np.concatenate([layer.argmax(axis=-1).ravel() for layer in found])
    if isinstance(checkpoint.model, CoreferenceLayers):
        texts = [
            (text, line_paragraphs(text), mentions)
            for text, mentions in zip(given.texts, given.mentions, strict=True)
        ]
        return np.concatenate([_link_labels(links) for links in link_texts(checkpoint, texts)])
    rows = stance_features(checkpoint.tokenizer, given.windows, longest)
    return np.concatenate(
        [stance_chances(checkpoint, logits).argmax(axis=-1) for logits, _ in stance_logits(checkpoint, rows)]
    )


def _link_labels(links: Links) -> np.ndarray:
    choices = np.concatenate([links.new[:, None], links.pairs[..., SAME]], axis=1)
    relations = (links.pairs[..., SAME + 1 :] > 0).ravel()
    return np.concatenate([choices.argmax(axis=1), relations, links.nations.argmax(axis=1)])


def agreement(checkpoint: Checkpoint, labels: np.ndarray, others: np.ndarray) -> tuple[float, int]:
    """The share of labels that are the same, and of how many; what both leave untagged or unlinked does not count."""
    if not isinstance(checkpoint.model, StanceLayers):
        tagged = (labels != 0) | (others != 0)
        labels, others = labels[tagged], others[tagged]
    return float((labels == others).mean()) if len(labels) else 1.0, len(labels)
