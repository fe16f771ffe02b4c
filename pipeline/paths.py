"""Where the shipped configuration lies: in a checkout's ``configs/``, or inside the installed wheel."""

from pathlib import Path

from pipeline.errors import ConfigError

_HERE = Path(__file__).resolve().parent
# A wheel holds configs/ as pipeline/configs (pyproject's force-include).
_FOLDERS = (_HERE.parent / "configs", _HERE / "configs")


def config_path(name: str) -> Path:
    """The path of a shipped configuration file, by its name within ``configs/``.

    Raises:
        ConfigError: neither the checkout nor the installed package holds it.
    """
    for folder in _FOLDERS:
        if (folder / name).is_file():
            return folder / name
    looked = " or ".join(str(folder) for folder in _FOLDERS)
    raise ConfigError(f"configs/{name}: not found in {looked}; install stancewire again")
