"""From a text and its mentions to the coreference model's input arrays, and the labels of annotated texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.articles import LabelledArticle, LabelledMention
from models.encodings import Tokenizer, pad_rows, tokens_in
from models.labels import MENTION_TAGS, NO_NATION
from models.reader_features import reader_windows
from models.spans import LabelledSpan

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class CoreferenceWindow:
    """Token arrays of one window of a text, special tokens in. ``tags``: indices of `MENTION_TAGS`.

    ``mentions``: which of the text's mentions are compared by this window's tokens, in order; ``tokens``: the
    first token of each, and the one behind its last.
    """

    ids: list[int]
    shapes: list[int]
    tags: list[int]
    mentions: list[int]
    tokens: list[tuple[int, int]]


def coreference_windows(
    tokenizer: Tokenizer,
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    mentions: Sequence[LabelledSpan],
    max_tokens: int,
) -> list[CoreferenceWindow]:
    """Windows of at most ``max_tokens`` over the paragraphs of one text, as the reader's; none without a mention.

    A mention belongs to one window: the one that owns its first token. ``mentions`` are in text order.
    """
    windows = []
    spans = [(start, end) for start, end, _ in mentions]
    for window in reader_windows(tokenizer, text, paragraphs, max_tokens):
        real = [place for place, (left, right) in enumerate(window.offsets) if right > left]
        inside = tokens_in([window.offsets[place] for place in real], spans) if spans and real else []
        tags = [0] * len(window.ids)
        held, tokens = [], []
        for index, found in enumerate(inside):
            if not found:
                continue
            first, past = real[found.start], real[found.stop - 1] + 1
            kind = mentions[index][2]
            tags[first] = MENTION_TAGS.index(f"B-{kind}")
            tags[first + 1 : past] = [MENTION_TAGS.index(f"I-{kind}")] * (past - first - 1)
            if window.owned[first]:
                held.append(index)
                tokens.append((first, past))
        if held:
            windows.append(CoreferenceWindow(window.ids, window.shapes, tags, held, tokens))
    return windows


@dataclass(frozen=True, slots=True)
class MentionLabels:
    """Of each mention of a window: the numbers of its actors, of its country among the text's, 0 for none, and
    of its nation among the model's, `UNKNOWN` for a collective's and for one that the model was not taught."""

    actors: list[list[int]]
    countries: list[int]
    nations: list[int]


def article_spans(article: LabelledArticle) -> list[LabelledSpan]:
    """The mentions of an annotated article as spans with their kinds."""
    return [(m.start, m.end, m.kind) for sentence in article.sentences for m in sentence.mentions]


def article_labels(
    article: LabelledArticle, window: CoreferenceWindow, nations: Sequence[str]
) -> MentionLabels:
    """What the annotation says of a window's mentions; ``nations``: the model's, by number."""
    mentions = [mention for sentence in article.sentences for mention in sentence.mentions]
    keys = {key: number for number, key in enumerate(article.countries)}
    codes = {code: number for number, code in enumerate(sorted({c for c in article.countries.values() if c}))}
    held = [mentions[index] for index in window.mentions]
    return MentionLabels(
        actors=[sorted(keys[key] for key in mention.keys) for mention in held],
        countries=[codes.get(article.countries[mention.keys[0]] or "", UNKNOWN) + 1 for mention in held],
        nations=[nation_number(article, mention, nations) for mention in held],
    )


def nation_number(article: LabelledArticle, mention: LabelledMention, nations: Sequence[str]) -> int:
    """Which of ``nations`` a mention's actor belongs to; `UNKNOWN` for a collective and where it is not among them."""
    code = article.countries[mention.keys[0]] or NO_NATION
    return nations.index(code) if len(mention.keys) == 1 and code in nations else UNKNOWN


def taught_nations(articles: Iterable[LabelledArticle]) -> list[str]:
    """The nations that a model can learn from articles, `NO_NATION` first."""
    codes = {code for article in articles for code in article.countries.values() if code}
    return [NO_NATION, *sorted(codes)]


def collate(rows: Sequence[CoreferenceWindow], pad_id: int) -> dict[str, Tensor]:
    """The model's input tensors, padded to the longest row and the most mentions."""
    length = max(len(row.ids) for row in rows)
    count = max(len(row.tokens) for row in rows)
    masks = np.zeros((len(rows), count, length), dtype=np.float32)
    edges = np.zeros((len(rows), count, 2), dtype=np.int64)
    for index, row in enumerate(rows):
        for mention, (first, past) in enumerate(row.tokens):
            masks[index, mention, first:past] = 1
            edges[index, mention] = first, past - 1
    arrays = {
        "input_ids": pad_rows([row.ids for row in rows], length, pad_id),
        "attention_mask": pad_rows([[1] * len(row.ids) for row in rows], length, 0),
        "shape_ids": pad_rows([row.shapes for row in rows], length, 0),
        "tag_ids": pad_rows([row.tags for row in rows], length, 0),
        "mention_masks": masks,
        "edges": edges,
    }
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def collate_labels(rows: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    """The labels of windows, each a mapping of the fields of `MentionLabels`; `UNKNOWN` bears no loss."""
    count = max(len(row["actors"]) for row in rows)
    relations = {
        name: np.full((len(rows), count, count), UNKNOWN, dtype=np.int64)
        for name in ("same", "member", "country")
    }
    several, nations = (np.full((len(rows), count), UNKNOWN, dtype=np.int64) for _ in range(2))
    for index, row in enumerate(rows):
        for name, values in _relations(row["actors"], row["countries"]).items():
            size = len(values)
            relations[name][index, :size, :size] = values
        several[index, : len(row["actors"])] = [len(actors) > 1 for actors in row["actors"]]
        nations[index, : len(row["nations"])] = row["nations"]
    arrays = relations | {"several": several, "nations": nations}
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _relations(actors: Sequence[Sequence[int]], countries: Sequence[int]) -> dict[str, np.ndarray]:
    sets = [frozenset(found) for found in actors]
    same = np.array([[one == other for other in sets] for one in sets], dtype=np.int64)
    member = np.array([[one > other for other in sets] for one in sets], dtype=np.int64)
    single = np.array([len(one) == 1 for one in sets])
    codes = np.array(countries)
    alike = (codes[:, None] == codes[None, :]).astype(np.int64)
    asked = ~np.eye(len(sets), dtype=bool)
    return {
        "same": same,
        "member": np.where(asked & ~single[:, None] & single[None, :], member, UNKNOWN),
        # What belongs to no country tells nothing about another's.
        "country": np.where(asked & single[:, None] & single[None, :] & (codes > 0)[None, :], alike, UNKNOWN),
    }
