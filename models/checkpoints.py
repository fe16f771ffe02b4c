"""What a checkpoint is: those that ship, where one lies, and one that is loaded."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import CheckpointError
from models.packing import Encode, encode_packed

ARTIFACTS = Path(__file__).parent / "artifacts"
# The weights of a small model, and what names the files of a larger one's.
WEIGHTS = "model.safetensors"
SHARDS = f"{WEIGHTS}.index.json"

# Checkpoints that ship with the project, as a config names them; `accurate` is a larger stance model.
CHECKPOINTS: dict[str, Path] = {
    name: ARTIFACTS / name
    for name in ("reader", "reader-small", "coreference", "coreference-small", "stance", "accurate")
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model ready for inference. ``digest``: see `weights_digest`; ``label``: name and short digest.

    ``encode`` runs the model's encoder: see `models.backends`.
    """

    name: str
    # Of `models.layers` in either form; types do not tell what a model of `transformers` can do.
    model: Any
    # A `models.encodings.Tokenizer`; one of `transformers` where there is something to be trained.
    tokenizer: Any
    digest: str
    encode: Encode = encode_packed

    @property
    def label(self) -> str:
        return f"{self.name}@{self.digest[:8]}"


def checkpoint_folder(name: str) -> Path:
    """The folder of a shipped checkpoint's name or of a path.

    Raises:
        CheckpointError: there is no such folder, or it lacks a file.
    """
    folder = CHECKPOINTS.get(name, Path(name))
    for path in (folder / "config.json", *weight_files(folder), folder / "tokenizer.json"):
        if not path.is_file():
            raise CheckpointError(
                f"checkpoint {name!r}: {path} is missing; name one of {', '.join(CHECKPOINTS)} "
                "or a folder that `stancewire train` wrote"
            )
    return folder


def weight_files(folder: Path) -> list[Path]:
    """Where a checkpoint's weights are, or would be: one file, or the shards that its index names.

    Raises:
        CheckpointError: the index is no JSON.
    """
    if not (folder / SHARDS).is_file():
        return [folder / WEIGHTS]
    return [folder / name for name in sorted(set(read_json(folder / SHARDS)["weight_map"].values()))]


def holds_weights(folder: Path) -> bool:
    return any(path.exists() for path in weight_files(folder))


def weights_digest(folder: Path) -> str:
    """The sha256 of the weights' file; of the shards' own, in order, where there are several."""
    digests = [file_digest(path) for path in weight_files(folder)]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def checkpoint_label(name: str) -> str:
    """How a checkpoint's rows call it."""
    return name if name in CHECKPOINTS else Path(name).name


def checkpoint_config(name: str, model_type: str) -> dict[str, Any]:
    """What the ``config.json`` of a checkpoint holds.

    Raises:
        CheckpointError: there is none, or it is of another type of model.
    """
    folder = checkpoint_folder(name)
    config = read_json(folder / "config.json")
    if config.get("model_type") != model_type:
        raise CheckpointError(
            f"checkpoint {name!r}: {folder} holds a {config.get('model_type')!r} model where {model_type!r} is needed"
        )
    return config


def unloadable(name: str, error: Exception) -> CheckpointError:
    return CheckpointError(
        f"checkpoint {name!r}: {checkpoint_folder(name)} cannot be loaded ({error}); it may be truncated: "
        "copy it again, or `git checkout` a shipped one"
    )


def refuse_missing(name: str, weights: Iterable[str]) -> None:
    """Raises:
    CheckpointError: a checkpoint lacks ``weights``, if there are any.
    """
    for missing in sorted(weights):
        raise CheckpointError(f"checkpoint {name!r}: {checkpoint_folder(name)} has no weights for {missing}")


def read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path}: not valid JSON ({error}); copy the checkpoint again") from error


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
