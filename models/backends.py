"""Inference backends: what runs a checkpoint's encoder, behind one table. The heads always run in torch.

ONNX Runtime runs a graph that is exported at first use and kept beside the checkpoint, or in the user's cache
where that folder cannot be written. A backend that computes with fewer bits has to give the labels of torch on
nearly all of a sample, or it is refused. `AUTO` times the backends once for a machine and a checkpoint and keeps
the fastest that may be used: what it chose is part of the checkpoint's name from then on.
"""

import copy
import hashlib
import json
import logging
import os
import platform
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from models.checkpoints import Checkpoint, checkpoint_folder
from models.errors import BackendError
from models.onnx_graph import PACKAGES, export_encoder, onnx_encode, quantise
from models.parity import agreement, labels_of, sample
from models.scoring import ScoringModel, load_for_scoring

AUTO = "auto"
# The share of the sample's labels that a backend of fewer bits has to have in common with torch.
LEAST_AGREEMENT = 0.995

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backend:
    """``make``: a checkpoint run this way, from one in torch and a folder for what is kept. ``packages``: what
    it needs beyond Stancewire's own. ``lossy``: it computes with fewer bits than torch on a CPU does."""

    make: Callable[[Checkpoint, Path], Checkpoint]
    packages: tuple[str, ...] = ()
    cuda: bool = False
    lossy: bool = False


def _as_is(checkpoint: Checkpoint, kept: Path) -> Checkpoint:
    return checkpoint


def _onnx(checkpoint: Checkpoint, kept: Path) -> Checkpoint:
    return replace(checkpoint, encode=onnx_encode(_graph(checkpoint, kept)))


def _onnx_int8(checkpoint: Checkpoint, kept: Path) -> Checkpoint:
    path = kept / "encoder-int8.onnx"
    if not path.is_file():
        quantise(_graph(checkpoint, kept), path)
    return replace(checkpoint, encode=onnx_encode(path))


def _graph(checkpoint: Checkpoint, kept: Path) -> Path:
    path = kept / "encoder.onnx"
    if not path.is_file():
        export_encoder(checkpoint.model.encoder, path)
    return path


def _cuda(dtype: torch.dtype, checkpoint: Checkpoint, kept: Path) -> Checkpoint:
    return replace(checkpoint, model=copy.deepcopy(checkpoint.model).to("cuda", dtype))


# What a config may name, beside `AUTO`.
BACKENDS: dict[str, Backend] = {
    "torch": Backend(_as_is),
    "onnx": Backend(_onnx, PACKAGES),
    "onnx-int8": Backend(_onnx_int8, PACKAGES, lossy=True),
    "cuda": Backend(partial(_cuda, torch.float32), cuda=True),
    "cuda-fp16": Backend(partial(_cuda, torch.float16), cuda=True, lossy=True),
    "cuda-bf16": Backend(partial(_cuda, torch.bfloat16), cuda=True, lossy=True),
}


def check_backend(name: str) -> str:
    """``name``, where this machine can run it.

    Raises:
        BackendError: there is no such backend, or it lacks a package or a GPU.
    """
    if name == AUTO:
        return name
    if name not in BACKENDS:
        raise BackendError(f"unknown backend {name!r}; choose from: {', '.join(BACKENDS)}, {AUTO}")
    if lacking := _lacking(name):
        raise BackendError(
            f"backend {name!r} needs {', '.join(lacking)}; run `python scripts/install.py --extra onnx`, "
            "or use the backend torch"
        )
    if not _runs_here(name):
        raise BackendError(
            f"backend {name!r} needs a GPU that torch can use with CUDA; use the backend torch"
        )
    return name


def _lacking(name: str) -> list[str]:
    return [package for package in BACKENDS[name].packages if find_spec(package) is None]


def _runs_here(name: str) -> bool:
    return not _lacking(name) and (not BACKENDS[name].cuda or torch.cuda.is_available())


def load_with(name: str, model_class: type[ScoringModel], backend: str) -> Checkpoint:
    """A checkpoint as `load_for_scoring` gives it, run by ``backend``, which its name then tells ("stance+onnx").

    Raises:
        CheckpointError: it cannot be loaded.
        BackendError: the backend cannot run here, or gives other labels than torch.
    """
    check_backend(backend)
    checkpoint = load_for_scoring(name, model_class)
    if backend == "torch":
        return checkpoint
    kept = _kept(checkpoint_folder(name), checkpoint)
    chosen = _fastest(checkpoint, kept) if backend == AUTO else backend
    return _ready(checkpoint, chosen, kept)


def _ready(checkpoint: Checkpoint, backend: str, kept: Path) -> Checkpoint:
    if backend == "torch":
        return checkpoint
    if BACKENDS[backend].lossy:
        share, count = _agreement(checkpoint, backend, kept)
        if share < LEAST_AGREEMENT:
            raise BackendError(
                f"checkpoint {checkpoint.name!r}: backend {backend!r} gives the labels of torch on "
                f"{share:.1%} of {count} in a sample, which is less than {LEAST_AGREEMENT:.1%}; use another backend"
            )
    made = BACKENDS[backend].make(checkpoint, kept)
    return replace(made, name=f"{checkpoint.name}+{backend}")


def _agreement(checkpoint: Checkpoint, backend: str, kept: Path) -> tuple[float, int]:
    """How far a backend's labels are those of torch; measured once for a machine and a checkpoint."""
    notes = _notes(kept)
    known = notes.get("agreement", {})
    if backend not in known:
        expected = labels_of(checkpoint, sample())
        found = labels_of(BACKENDS[backend].make(checkpoint, kept), sample())
        known[backend] = agreement(checkpoint, expected, found)
        _note(kept, notes | {"agreement": known})
    share, count = known[backend]
    return share, count


def _fastest(checkpoint: Checkpoint, kept: Path) -> str:
    """The backend that labels the sample in the least time, among those that may be used here."""
    notes = _notes(kept)
    if "fastest" not in notes:
        seconds = {}
        for name in filter(_runs_here, BACKENDS):
            try:
                ready = _ready(checkpoint, name, kept)
            except BackendError as refused:
                _log.warning("%s", refused)
                continue
            labels_of(ready, sample())  # The first run also loads and allocates.
            begun = perf_counter()
            labels_of(ready, sample())
            seconds[name] = round(perf_counter() - begun, 3)
        notes = _notes(kept) | {"seconds": seconds, "fastest": min(seconds, key=lambda name: seconds[name])}
        _note(kept, notes)
    return notes["fastest"]


def _kept(folder: Path, checkpoint: Checkpoint) -> Path:
    """Where what belongs to these weights and these versions is kept: beside the checkpoint or in the user's cache."""
    packages = [name for name in ("torch", "transformers", *PACKAGES) if find_spec(name) is not None]
    made_of = [checkpoint.digest, *(f"{name} {version(name)}" for name in packages)]
    key = _digest(made_of)
    beside = folder / "backends"
    if os.access(beside if beside.exists() else folder, os.W_OK):
        return beside / key
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "stancewire" / "backends" / key


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _notes_path(kept: Path) -> Path:
    """What was measured is of one kind of machine and one number of threads."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        cpu = next((line for line in lines if line.startswith("model name")), cpu)
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else ""
    return kept / f"measured-{_digest([cpu, gpu, str(torch.get_num_threads())])}.json"


def _notes(kept: Path) -> dict[str, Any]:
    path = _notes_path(kept)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _note(kept: Path, notes: dict[str, Any]) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=kept, delete=False, encoding="utf-8") as file:
        file.write(json.dumps(notes, indent=2) + "\n")
    Path(file.name).replace(_notes_path(kept))
