"""Install Stancewire and its locked dependencies into the running Python: `python scripts/install.py`.

`--extra onnx` (or `ray`, `test`, `train`) adds the packages of that extra. Needs Python and pip only. The work goes
by pip, in four steps:

1. torch, on a Linux machine without an NVIDIA GPU: its CPU build by name (``+cpu``), so that the builds for
   CUDA and their gigabytes of libraries can't come, whatever index pip asks;
2. everything in ``locks/``, by hash and without resolving anything;
3. on a Linux machine with an NVIDIA GPU: the CUDA libraries that the torch of step 2 pins;
4. Stancewire itself, editable, built by the locked build backend.

A torch of the locked version that is already there is kept, whatever its build. A second run changes nothing.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before pip says it less clearly
    sys.exit(f"Stancewire needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable})")

import argparse
import importlib.util
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {None: "score", "onnx": "onnx", "ray": "ray", "test": "test", "train": "train"}
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def has_nvidia_gpu() -> bool:
    """Whether the driver's own tool is there and answers; it fails where it finds no GPU."""
    tool = shutil.which("nvidia-smi")
    return tool is not None and subprocess.run([tool, "-L"], capture_output=True).returncode == 0


def locked_version(lock: Path, package: str) -> str:
    """The version of a package in a lock file."""
    found = re.search(rf"^{re.escape(package)}==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        sys.exit(f"{lock}: {package} is not locked; refresh the locks as CONTRIBUTING.md says")
    return found[1]


def installed_version(package: str) -> str | None:
    """The public version of an installed package, without the build after a ``+``."""
    try:
        return metadata.version(package).partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def pip_install(*arguments: str, silent: bool = False) -> bool:
    """Whether ``pip install`` went through; pip's errors are shown unless ``silent``."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=silent).returncode == 0


def install_cpu_torch(version: str) -> bool:
    """Install torch for the CPU: from where pip looks anyway (a mirror, a folder), else from PyTorch's index.

    It is asked for in a call of its own, so that a machine which can't reach that index waits for it once
    and not for every package.
    """
    requirement = f"torch=={version}+cpu"
    return pip_install("--no-deps", requirement, silent=True) or pip_install(
        "--no-deps", requirement, "--extra-index-url", CPU_INDEX, "--retries", "1", "--timeout", "15"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Install Stancewire and its locked dependencies.")
    parser.add_argument("--extra", choices=[name for name in LOCKS if name], help="also install this extra")
    lock = ROOT / "locks" / f"{LOCKS[parser.parse_args().extra]}.txt"

    if importlib.util.find_spec("pip") is None:
        sys.exit(f"{sys.executable} has no pip; make a virtual environment first: python3 -m venv .venv")
    torch = locked_version(lock, "torch")
    gpu = has_nvidia_gpu()
    if sys.platform == "linux" and not gpu and installed_version("torch") != torch:
        print(f"Installing torch {torch}, the CPU build (no NVIDIA GPU here)", flush=True)
        if not install_cpu_torch(torch):
            sys.exit(
                f"torch {torch}+cpu could not be installed (pip's reason is above). Let this machine reach "
                f"{CPU_INDEX}, or put the wheel into a folder and set PIP_FIND_LINKS to it, or install any "
                f"build of torch {torch} yourself; then run this again."
            )
    print(f"Installing the versions in {lock.relative_to(ROOT)}", flush=True)
    if not pip_install("--no-deps", "--require-hashes", "-r", str(lock)):
        sys.exit(f"The packages of {lock.relative_to(ROOT)} could not be installed; pip's reason is above.")
    if sys.platform == "linux" and gpu and not pip_install(f"torch=={torch}"):
        sys.exit(f"The CUDA libraries of torch {torch} could not be installed; pip's reason is above.")
    print("Installing stancewire", flush=True)
    if not pip_install("--no-deps", "--no-build-isolation", "--editable", "."):
        sys.exit("stancewire itself could not be installed; pip's reason is above.")


if __name__ == "__main__":
    main()
