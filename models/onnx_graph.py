"""A checkpoint's encoder as an ONNX graph: exported from torch, quantised, run by ONNX Runtime.

The graph takes the word embeddings of one window, (1, tokens, width), and gives its last hidden states. A run
holds one window because the scale of quantised activations is taken over all that a run holds: a window's
result must not depend on others.
"""

import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from models.packing import Encode, Encoder

# What the export and the runs need beside torch; the extra `onnx` brings them.
PACKAGES = ("onnx", "onnxruntime", "onnxscript")

_INPUT, _OUTPUT = "embedded", "states"
_EXAMPLE_TOKENS = 12


class _Encoder(nn.Module):
    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, embedded: Tensor) -> Tensor:
        return self.encoder(inputs_embeds=embedded).last_hidden_state


def export_encoder(encoder: Encoder, path: Path) -> None:
    """Writes the graph in float32; ``path`` is there whole or not at all."""
    # Imported here: it takes seconds, and a graph that is there is run without.
    from models.heads import hub_encoder

    example = torch.zeros(1, _EXAMPLE_TOKENS, encoder.config.hidden_size)
    with _written(path) as unfinished, torch.no_grad(), _quiet():
        torch.onnx.export(
            _Encoder(hub_encoder(encoder)).eval(),
            (example,),
            unfinished,
            dynamo=True,
            external_data=False,
            verbose=False,
            input_names=[_INPUT],
            output_names=[_OUTPUT],
            dynamic_shapes=({1: torch.export.Dim.DYNAMIC},),
        )


def quantise(graph: Path, path: Path) -> None:
    """Writes the graph with weights in 8 bits, activations to be quantised as they come.

    Products that narrow stay as they are: behind the activation function a few values are far larger than all
    others, and in 8 bits little is left of the rest.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = onnx.load(graph).graph
    sizes = {weights.name: weights.dims for weights in model.initializer}
    narrowing = [
        node.name
        for node in model.node
        if node.op_type == "MatMul"
        and node.input[1] in sizes
        and sizes[node.input[1]][0] > sizes[node.input[1]][1]
    ]
    with _written(path) as unfinished, _quiet():
        # Products of signed weights overflow 16 bits on processors without VNNI; those of unsigned ones do not.
        quantize_dynamic(
            graph, unfinished, per_channel=True, weight_type=QuantType.QUInt8, nodes_to_exclude=narrowing
        )


def onnx_encode(path: Path) -> Encode:
    """An `Encode` that runs the graph at ``path``, with as many threads as torch uses."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    # Every window has a length of its own: a memory plan for each would only grow.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def encode(_: Encoder, embedded: Tensor, lengths: Sequence[int]) -> Tensor:
        states = torch.zeros_like(embedded)
        start = 0
        for length in lengths:
            window = embedded[start : start + length].unsqueeze(0).numpy()
            (found,) = session.run([_OUTPUT], {_INPUT: window})
            states[start : start + length] = torch.from_numpy(found[0])
            start += length
        return states

    return encode


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """A place to write to, which becomes ``path`` at once when all is written: others may be at it too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the notes of exporter and quantiser, which tell a user of Stancewire nothing."""
    before: Any = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
