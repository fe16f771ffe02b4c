"""The models over many windows by torch: logits or states of each window, computed from that window alone."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from models.checkpoints import Checkpoint
from models.coreference_features import CoreferenceWindow
from models.labels import BIO, SPAN_LABELS
from models.layers import StanceLayers
from models.packing import chunks, joined
from models.reader_features import ReaderWindow
from models.stance_features import StanceFeatures

# Pairs are scored in blocks of this many, the last one filled up: one size of matrix product for all.
BLOCK_PAIRS = 64

Logits = tuple[np.ndarray, np.ndarray]
Row = TypeVar("Row", ReaderWindow, CoreferenceWindow, StanceFeatures)


@torch.inference_mode()
def reader_logits(checkpoint: Checkpoint, rows: Sequence[ReaderWindow]) -> list[Logits]:
    """Of each window: span logits (length, 3 labels, BIO) and mention logits (length, mention tags)."""
    model = checkpoint.model
    results: dict[int, Logits] = {}
    for chunk, held, states in _encoded(checkpoint, rows, ("shapes",), model.shapes):
        spans = _numpy(model.span_head(states)).reshape(-1, len(SPAN_LABELS), len(BIO))
        mentions = _numpy(model.mention_head(states))
        for index, tokens in zip(chunk, _places(held), strict=True):
            results[index] = (spans[tokens], mentions[tokens])
    return [results[index] for index in range(len(rows))]


@torch.inference_mode()
def mention_states(checkpoint: Checkpoint, rows: Sequence[CoreferenceWindow]) -> list[Tensor]:
    """Of each window's mentions: the mean, first and last of its token states, (mentions, 3 × width)."""
    results: dict[int, Tensor] = {}
    for chunk, held, states in _encoded(checkpoint, rows, ("shapes", "tags"), checkpoint.model.features):
        for index, row, tokens in zip(chunk, held, _places(held), strict=True):
            results[index] = _pooled(states[tokens], row)
    return [results[index] for index in range(len(rows))]


def _pooled(states: Tensor, row: CoreferenceWindow) -> Tensor:
    first, past = torch.tensor(row.tokens, device=states.device).unbind(dim=-1)
    spans = torch.cat([torch.arange(*tokens, device=states.device) for tokens in row.tokens])
    starts = (past - first).cumsum(0) - (past - first)
    mean = functional.embedding_bag(spans, states, starts, mode="mean")
    return torch.cat([mean, states[first], states[past - 1]], dim=-1)


@torch.inference_mode()
def stance_logits(checkpoint: Checkpoint, rows: Sequence[StanceFeatures]) -> list[Logits]:
    """Of each window: stance logits (pairs, schemes × 3) and sentiment logits (pairs, 3) of its pairs."""
    model = checkpoint.model
    results: dict[int, Logits] = {}
    for chunk, held, states in _encoded(checkpoint, rows, ("shapes", "places", "marks"), model.features):
        results |= zip(chunk, _pair_logits(model, held, states), strict=True)
    return [results[index] for index in range(len(rows))]


def _pair_logits(model: StanceLayers, rows: Sequence[StanceFeatures], states: Tensor) -> list[Logits]:
    lengths = np.array([len(row.ids) for row in rows])

    # Actors of all windows in one list, each window's author first.
    counts = np.array([len(row.actor_tokens) for row in rows])
    authors = np.cumsum(counts) - counts
    starts = np.cumsum(lengths) - lengths
    mentions = [tokens for row in rows for tokens in row.actor_tokens]
    sizes = np.array([len(tokens) for tokens in mentions])
    window_of = np.repeat(np.arange(len(rows)), counts)
    tokens = np.concatenate([np.asarray(tokens, dtype=np.int64) for tokens in mentions])
    tokens += np.repeat(starts[window_of], sizes)
    device = states.device
    actors = functional.embedding_bag(
        torch.from_numpy(tokens).to(device),
        states,
        torch.from_numpy(np.cumsum(sizes) - sizes).to(device),
        mode="mean",
    )
    actors[torch.from_numpy(sizes == 0).to(device)] = model.unseen
    actors[torch.from_numpy(authors).to(device)] = model.author

    # What is asked: the pairs, and for the sentiment of each target the author's view of it; each once.
    pair_counts = np.array([len(row.pairs) for row in rows])
    pairs = np.concatenate([np.asarray(row.pairs, dtype=np.int64).reshape(-1, 2) for row in rows])
    pairs += np.repeat(authors, pair_counts)[:, None]
    views = np.stack([np.repeat(authors, pair_counts), pairs[:, 1]], axis=1)
    keys = np.concatenate([pairs, views]) @ np.array([len(mentions), 1])
    asked, places_of = np.unique(keys, return_inverse=True)
    holders, targets = np.divmod(asked, len(mentions))
    asked_counts = np.bincount(window_of[holders], minlength=len(rows))

    stances, sentiments = _ask(model, states, lengths, actors, (holders, targets), asked_counts)
    stances, sentiments = stances[places_of[: len(pairs)]], sentiments[places_of[len(pairs) :]]
    ends = np.cumsum(pair_counts)
    return [
        (stances[start:end], sentiments[start:end])
        for start, end in zip(ends - pair_counts, ends, strict=True)
    ]


def _ask(
    model: StanceLayers,
    states: Tensor,
    lengths: np.ndarray,
    actors: Tensor,
    asked: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
) -> Logits:
    """Stance and sentiment logits of the asked (holders, targets), ``counts`` of them in each window."""
    total = len(asked[0])
    index = np.zeros((2, -(-total // BLOCK_PAIRS) * BLOCK_PAIRS), dtype=np.int64)
    index[:, :total] = asked
    holders, targets = (rows.split(BLOCK_PAIRS) for rows in actors[torch.from_numpy(index).to(actors.device)])
    attention = model.evidence
    width = attention.embed_dim
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    questions = [model.question(torch.cat(pair, dim=-1)) for pair in zip(holders, targets, strict=True)]
    queries = torch.cat([functional.linear(rows, weight[:width], bias[:width]) for rows in questions])
    keys, values = functional.linear(states, weight[width:], bias[width:]).split(width, dim=-1)
    read = _attend(attention.num_heads, (queries, keys, values), lengths.tolist(), counts.tolist())
    stances, sentiments = [], []
    for holder, target, question, rows in zip(
        holders, targets, questions, read.split(BLOCK_PAIRS), strict=True
    ):
        evidence = attention.out_proj(rows)
        joint = model.joint(torch.cat([holder, target, holder * target, question, evidence], dim=-1))
        stances.append(model.stance_head(joint))
        sentiments.append(model.sentiment_head(joint))
    return _numpy(torch.cat(stances)), _numpy(torch.cat(sentiments))


def _attend(
    heads: int, states: tuple[Tensor, Tensor, Tensor], lengths: list[int], counts: list[int]
) -> Tensor:
    """What each query, ``counts`` of them a window, reads in its own window's tokens: (queries, width)."""
    queries, keys, values = (rows.unflatten(-1, (heads, -1)).transpose(0, 1) for rows in states)
    total, held = sum(counts), sum(lengths)
    windows = zip(
        queries[:, :total].split(counts, dim=1),
        keys[:, :held].split(lengths, dim=1),
        values[:, :held].split(lengths, dim=1),
        strict=True,
    )
    read = torch.cat(
        [
            functional.scaled_dot_product_attention(*(part.unsqueeze(0) for part in window))[0]
            for window in windows
        ],
        dim=1,
    )
    return functional.pad(read.transpose(0, 1).flatten(1), (0, 0, 0, queries.shape[1] - total))


def _encoded(
    checkpoint: Checkpoint, rows: Sequence[Row], names: Sequence[str], added: Callable[[list[Tensor]], Tensor]
) -> Iterator[tuple[list[int], list[Row], Tensor]]:
    """The windows of each pass: their indices, themselves, and their token states end to end, (size, width).

    ``names``: the token features of a window that ``added`` makes into what is added to the word embeddings.
    """
    model = checkpoint.model
    encoder = model.encoder
    for size, chunk in chunks(encoder, [len(row.ids) for row in rows]):
        held = [rows[index] for index in chunk]
        ids, *features = (
            _tokens(model, [getattr(row, name) for row in held], size) for name in ("ids", *names)
        )
        embedded = encoder.get_input_embeddings()(ids) + added(features)
        yield chunk, held, checkpoint.encode(encoder, embedded, [len(row.ids) for row in held])


def _places(rows: Sequence[Row]) -> Iterator[slice]:
    """Where each window's tokens stand among those of its pass."""
    start = 0
    for row in rows:
        yield slice(start, start + len(row.ids))
        start += len(row.ids)


def _tokens(model: Any, rows: Sequence[Sequence[int]], size: int) -> Tensor:
    return torch.from_numpy(joined(rows, size)).to(model.device)


def _numpy(logits: Tensor) -> np.ndarray:
    return logits.float().cpu().numpy()
