"""An encoder over windows laid end to end: no padding between them, and every pass of one size.

A pass holds `CHUNK_TOKENS` tokens, however many windows that is. So all its matrix products have the same
number of rows, attention runs over each window by itself, and a window's result depends neither on the
windows beside it nor on its place among them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from models.encoders import PlainEncoder, attend

if TYPE_CHECKING:
    from transformers import PreTrainedModel

# One of ours or of `transformers`.
Encoder: TypeAlias = "PlainEncoder | PreTrainedModel"

# Enough rows for matrix products at full speed, few enough that a single short text does not wait for them.
CHUNK_TOKENS = 1024

# Encoders of `transformers` that can take windows end to end: their attention is replaceable and knows places only by
# position ids. The value is whether those count from behind the padding id, as RoBERTa's do. A `PlainEncoder`
# can; any other takes one window a pass.
PACKABLE: dict[str, bool] = {
    "bert": False,
    "camembert": True,
    "electra": False,
    "roberta": True,
    "xlm-roberta": True,
}

# Takes an encoder, the word embeddings of windows end to end, (tokens, width), and the windows' lengths;
# gives their last hidden states, (tokens, width).
Encode = Callable[[Any, Tensor, Sequence[int]], Tensor]

_ATTENTION = "stancewire_packed"


def chunks(encoder: Encoder, lengths: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """The size of each chunk of windows in tokens, and the indices of the windows that it holds."""
    if _packable(encoder):
        for held in first_fit(lengths, CHUNK_TOKENS):
            yield max(CHUNK_TOKENS, lengths[held[0]]), held
    else:
        for index, length in enumerate(lengths):
            yield length, [index]


def _packable(encoder: Encoder) -> bool:
    return isinstance(encoder, PlainEncoder) or encoder.config.model_type in PACKABLE


def first_fit(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Indices of windows by chunk of at most ``size`` tokens, the longest first; a longer one is alone."""
    filled: list[list[int]] = []
    room: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        length = lengths[index]
        chunk = next((chunk for chunk, left in enumerate(room) if left >= length), None)
        if chunk is None:
            chunk = len(filled)
            filled.append([])
            room.append(max(size, length))
        filled[chunk].append(index)
        room[chunk] -= length
    return filled


def joined(rows: Sequence[Sequence[int] | np.ndarray], size: int) -> np.ndarray:
    """``rows`` end to end as one int64 array of ``size``, zeros behind them."""
    array = np.zeros(size, dtype=np.int64)
    position = 0
    for row in rows:
        array[position : position + len(row)] = row
        position += len(row)
    return array


def encode_packed(encoder: Encoder, embedded: Tensor, lengths: Sequence[int]) -> Tensor:
    """An `Encode` by torch. What stands in ``embedded`` behind the last window is padding."""
    if not _packable(encoder):
        return encoder(inputs_embeds=embedded.unsqueeze(0)).last_hidden_state[0]
    if isinstance(encoder, PlainEncoder):
        first = encoder.first_place
    else:
        first = encoder.config.pad_token_id + 1 if PACKABLE[encoder.config.model_type] else 0
    places = np.concatenate([np.arange(length) for length in lengths])
    position_ids = torch.from_numpy(joined([places], len(embedded)) + first).to(embedded.device)
    if isinstance(encoder, PlainEncoder):
        return encoder(embedded, position_ids, lengths)
    with _packed_attention(encoder):
        output = encoder(
            inputs_embeds=embedded.unsqueeze(0),
            position_ids=position_ids.unsqueeze(0),
            window_lengths=tuple(lengths),
        )
    return output.last_hidden_state[0]


@contextmanager
def _packed_attention(encoder: "PreTrainedModel") -> Iterator[None]:
    # Imported here: it takes seconds, and a `PlainEncoder` does without.
    from transformers import AttentionInterface

    AttentionInterface.register(_ATTENTION, _attend)
    usual = encoder.config._attn_implementation
    encoder.config._attn_implementation = _ATTENTION
    try:
        yield
    finally:
        encoder.config._attn_implementation = usual


def _attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    window_lengths: tuple[int, ...] = (),
    **kwargs: Any,
) -> tuple[Tensor, None]:
    return attend(query, key, value, window_lengths, scaling), None
