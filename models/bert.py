"""BERT for scoring: the encoder of `transformers` of that name, without `transformers`, whose import takes seconds.

The same operations in the same order on weights of the same names, so that both give the same bits. What
trains, or has another encoder, goes by `models.heads.build_encoder`.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, pad, scaled_dot_product_attention

# What the settings of an encoder that this one stands for say, if they speak of it.
_KIND = {
    "hidden_act": "gelu",
    "position_embedding_type": "absolute",
    "is_decoder": False,
    "add_cross_attention": False,
}
_SIZES = (
    "vocab_size",
    "max_position_embeddings",
    "type_vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "layer_norm_eps",
)


def is_bert(settings: Mapping[str, Any]) -> bool:
    """Whether `Bert` can stand for the encoder that these settings describe."""
    return (
        settings.get("model_type") == "bert"
        and all(settings.get(key, value) == value for key, value in _KIND.items())
        and all(key in settings for key in _SIZES)
    )


class _Linear(nn.Linear):
    def reset_parameters(self) -> None:
        """Leaves the weights open: a checkpoint has them, and to draw them at random takes longer than to load them."""


class _Embedding(nn.Embedding):
    def reset_parameters(self) -> None:
        """As `_Linear`."""


class Bert(nn.Module):
    """An encoder of the settings that `transformers` keeps of a BERT; see `is_bert`. It has no dropout."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__()
        self.config = SimpleNamespace(**settings)
        width, inner = self.config.hidden_size, self.config.intermediate_size
        norm = {"normalized_shape": width, "eps": self.config.layer_norm_eps}
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": _Embedding(self.config.vocab_size, width),
                "position_embeddings": _Embedding(self.config.max_position_embeddings, width),
                "token_type_embeddings": _Embedding(self.config.type_vocab_size, width),
                "LayerNorm": nn.LayerNorm(**norm),
            }
        )
        layers = (
            nn.ModuleDict(
                {
                    "attention": nn.ModuleDict(
                        {
                            "self": nn.ModuleDict(
                                {name: _Linear(width, width) for name in ("query", "key", "value")}
                            ),
                            "output": _output(width, norm),
                        }
                    ),
                    "intermediate": nn.ModuleDict({"dense": _Linear(width, inner)}),
                    "output": _output(inner, norm),
                }
            )
            for _ in range(self.config.num_hidden_layers)
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def get_input_embeddings(self) -> nn.Module:
        return self.embeddings["word_embeddings"]

    def forward(self, embedded: Tensor, places: Tensor, lengths: Sequence[int]) -> Tensor:
        """Last hidden states of windows end to end, all (tokens, width); ``places`` count within each window."""
        parts = self.embeddings
        typed = parts["token_type_embeddings"](torch.zeros_like(places))
        states = parts["LayerNorm"](embedded + typed + parts["position_embeddings"](places)).unsqueeze(0)
        layers: Any = self.encoder["layer"]
        for layer in layers:
            states = self._layer(layer, states, lengths)
        return states[0]

    def _layer(self, layer: Any, states: Tensor, lengths: Sequence[int]) -> Tensor:
        attention = layer["attention"]
        query, key, value = (
            attention["self"][name](states)
            .unflatten(-1, (self.config.num_attention_heads, -1))
            .transpose(1, 2)
            for name in ("query", "key", "value")
        )
        read = attend(query, key, value, lengths).flatten(2)
        states = _added(attention["output"], read, states)
        return _added(layer["output"], gelu(layer["intermediate"]["dense"](states)), states)


def _output(width: int, norm: dict[str, Any]) -> nn.ModuleDict:
    return nn.ModuleDict(
        {"dense": _Linear(width, norm["normalized_shape"]), "LayerNorm": nn.LayerNorm(**norm)}
    )


def _added(part: Any, found: Tensor, states: Tensor) -> Tensor:
    return part["LayerNorm"](part["dense"](found) + states)


def attend(
    query: Tensor, key: Tensor, value: Tensor, lengths: Sequence[int], scaling: float | None = None
) -> Tensor:
    """Each window attends to itself: (1, heads, tokens, size) → (1, tokens, heads, size), zeros behind the last."""
    held = sum(lengths)
    windows = zip(
        *(states[:, :, :held].split(tuple(lengths), dim=2) for states in (query, key, value)), strict=True
    )
    found = torch.cat(
        [scaled_dot_product_attention(q, k, v, scale=scaling).transpose(1, 2) for q, k, v in windows], dim=1
    )
    return pad(found, (0, 0, 0, 0, 0, query.shape[2] - held))
