"""The encoders that score: some of `transformers` again, without `transformers`, whose import takes seconds.

Their weights have the same names. What trains, or has another encoder, goes by `models.heads.build_encoder`.
"""

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, pad, scaled_dot_product_attention


class _Linear(nn.Linear):
    def reset_parameters(self) -> None:
        """Leaves the weights open: a checkpoint has them, and to draw them at random takes longer than to load them."""


class _Embedding(nn.Embedding):
    def reset_parameters(self) -> None:
        """As `_Linear`."""


class PlainEncoder(nn.Module):
    """An encoder of the settings that `transformers` keeps of it, without dropout.

    ``kind``: what the settings say, if they speak of it, of the encoders that this one stands for. ``sizes``:
    what they have to give. ``first_place``: the position of a window's first token.
    """

    kind: ClassVar[Mapping[str, Any]]
    sizes: ClassVar[tuple[str, ...]] = (
        "vocab_size",
        "max_position_embeddings",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "layer_norm_eps",
    )
    first_place: ClassVar[int] = 0

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.config = SimpleNamespace(**settings)
        width, inner = self.config.hidden_size, self.config.intermediate_size
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": _Embedding(self.config.vocab_size, width),
                "position_embeddings": _Embedding(self.config.max_position_embeddings, width),
                "LayerNorm": self.norm(),
            }
        )
        layers = (
            nn.ModuleDict(
                {
                    "attention": self.attention(width),
                    "intermediate": nn.ModuleDict({"dense": _Linear(width, inner)}),
                    "output": self.dense(inner),
                }
            )
            for _ in range(self.config.num_hidden_layers)
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def attention(self, width: int) -> nn.ModuleDict:
        """The weights of a layer's attention."""
        raise NotImplementedError

    def norm(self) -> nn.LayerNorm:
        return nn.LayerNorm(self.config.hidden_size, eps=self.config.layer_norm_eps)

    def dense(self, inner: int) -> nn.ModuleDict:
        return nn.ModuleDict({"dense": _Linear(inner, self.config.hidden_size), "LayerNorm": self.norm()})

    def get_input_embeddings(self) -> nn.Module:
        return self.embeddings["word_embeddings"]

    def forward(self, embedded: Tensor, places: Tensor, lengths: Sequence[int]) -> Tensor:
        """Last hidden states of windows end to end, all (tokens, width); ``places`` count within each window."""
        states = self.embed(embedded, places).unsqueeze(0)
        bias = self.bias(max(lengths, default=0))
        layers: Any = self.encoder["layer"]
        for layer in layers:
            states = self.attended(layer["attention"], states, lengths, bias)
            states = _added(layer["output"], gelu(layer["intermediate"]["dense"](states)), states)
        return states[0]

    def embed(self, embedded: Tensor, places: Tensor) -> Tensor:
        positions = self.embeddings["position_embeddings"](places)
        return self.embeddings["LayerNorm"](embedded + positions)

    def bias(self, length: int) -> Tensor | None:
        """What is added to the attention of each token to each other: (heads, length, length); None for nothing."""
        return None

    def attended(self, attention: Any, states: Tensor, lengths: Sequence[int], bias: Tensor | None) -> Tensor:
        """The states behind a layer's attention, (1, tokens, width)."""
        raise NotImplementedError

    def read(
        self, parts: Sequence[nn.Module], states: Tensor, lengths: Sequence[int], bias: Tensor | None
    ) -> Tensor:
        """What attention reads, by its query, key and value: (1, tokens, width)."""
        query, key, value = (
            part(states).unflatten(-1, (self.config.num_attention_heads, -1)).transpose(1, 2)
            for part in parts
        )
        return attend(query, key, value, lengths, bias=bias).flatten(2)


class Bert(PlainEncoder):
    """The same operations in the same order as `transformers` has them, so that both give the same bits."""

    kind: ClassVar[Mapping[str, Any]] = {
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
        "is_decoder": False,
        "add_cross_attention": False,
    }
    sizes: ClassVar[tuple[str, ...]] = (*PlainEncoder.sizes, "type_vocab_size")

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        self.embeddings["token_type_embeddings"] = _Embedding(
            self.config.type_vocab_size, self.config.hidden_size
        )

    def attention(self, width: int) -> nn.ModuleDict:
        own = nn.ModuleDict({name: _Linear(width, width) for name in ("query", "key", "value")})
        return nn.ModuleDict({"self": own, "output": self.dense(width)})

    def embed(self, embedded: Tensor, places: Tensor) -> Tensor:
        typed = self.embeddings["token_type_embeddings"](torch.zeros_like(places))
        return super().embed(embedded + typed, places)

    def attended(self, attention: Any, states: Tensor, lengths: Sequence[int], bias: Tensor | None) -> Tensor:
        parts = [attention["self"][name] for name in ("query", "key", "value")]
        return _added(attention["output"], self.read(parts, states, lengths, bias), states)


class MPNet(PlainEncoder):
    """MPNet (Song et al., NeurIPS 2020): attention also sees how far tokens lie apart.

    That of `transformers` takes one window a pass, so the last digits of the two may differ.
    """

    kind: ClassVar[Mapping[str, Any]] = {"hidden_act": "gelu", "relative_attention_num_buckets": 32}
    first_place: ClassVar[int] = 2
    # Distances from which all are one.
    farthest: ClassVar[int] = 128

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(settings)
        buckets = self.kind["relative_attention_num_buckets"]
        self.encoder["relative_attention_bias"] = _Embedding(buckets, self.config.num_attention_heads)

    def attention(self, width: int) -> nn.ModuleDict:
        own = nn.ModuleDict({name: _Linear(width, width) for name in ("q", "k", "v", "o")})
        return nn.ModuleDict({"attn": own, "LayerNorm": self.norm()})

    def bias(self, length: int) -> Tensor:
        table = self.encoder["relative_attention_bias"]
        places = torch.arange(length, device=next(table.parameters()).device)
        return table(self._bucket(places[None, :] - places[:, None])).permute(2, 0, 1)

    def _bucket(self, distance: Tensor) -> Tensor:
        """Half of the buckets for each direction; near distances have one each, far ones share by logarithm."""
        half = self.kind["relative_attention_num_buckets"] // 2
        near = half // 2
        apart = distance.abs()
        far = torch.log(apart.float() / near) / math.log(self.farthest / near) * (half - near)
        far = (near + far.clamp(min=0).long()).clamp(max=half - 1)
        return half * (distance > 0) + torch.where(apart < near, apart, far)

    def attended(self, attention: Any, states: Tensor, lengths: Sequence[int], bias: Tensor | None) -> Tensor:
        own = attention["attn"]
        read = self.read([own[name] for name in ("q", "k", "v")], states, lengths, bias)
        return attention["LayerNorm"](own["o"](read) + states)


# By the name that `transformers` has for the type.
ENCODERS: dict[str, type[PlainEncoder]] = {"bert": Bert, "mpnet": MPNet}


def plain_encoder(settings: Mapping[str, Any]) -> type[PlainEncoder] | None:
    """Which of `ENCODERS` can stand for the encoder that these settings describe."""
    found = ENCODERS.get(settings.get("model_type", ""))
    if found is None or not all(key in settings for key in found.sizes):
        return None
    return found if all(settings.get(key, value) == value for key, value in found.kind.items()) else None


def _added(part: Any, found: Tensor, states: Tensor) -> Tensor:
    return part["LayerNorm"](part["dense"](found) + states)


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    lengths: Sequence[int],
    scaling: float | None = None,
    bias: Tensor | None = None,
) -> Tensor:
    """Each window attends to itself: (1, heads, tokens, size) → (1, tokens, heads, size), zeros behind the last.

    ``bias``: (heads, length, length) of the longest window, added to how much its tokens attend to each other.
    """
    held = sum(lengths)
    windows = zip(
        *(states[:, :, :held].split(tuple(lengths), dim=2) for states in (query, key, value)), strict=True
    )
    found = []
    for (q, k, v), length in zip(windows, lengths, strict=True):
        mask = None if bias is None else bias[:, :length, :length].contiguous().unsqueeze(0)
        found.append(scaled_dot_product_attention(q, k, v, mask, scale=scaling).transpose(1, 2))
    return pad(torch.cat(found, dim=1), (0, 0, 0, 0, 0, query.shape[2] - held))
