"""Checks of the repository itself: locks, set-up commands, changelog, examples, declared imports."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.io.inputs import find_input
from pipeline.io.read import ArticleReader, Row

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "locks").glob("*.txt"))}
LARGEST_FILE = 50_000_000


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(*extras: str) -> set[str]:
    """Names of the packages that the project and some extras ask for."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    return {normalized(re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0]) for line in lines}


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", LOCKS[lock], re.MULTILINE))


@pytest.fixture
def install(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("install")


def test_every_extra_has_a_lock_that_install_knows(install: ModuleType) -> None:
    assert set(install.LOCKS) == {None, *PROJECT["optional-dependencies"]}
    assert set(install.LOCKS.values()) == set(LOCKS)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("score", ()),
        ("onnx", ("onnx",)),
        ("ray", ("ray",)),
        ("test", ("test",)),
        ("train", ("train",)),
    ],
)
def test_lock_pins_every_dependency(lock: str, extras: tuple[str, ...]) -> None:
    assert required(*extras) <= set(pins(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_entries_are_exact_and_hashed(lock: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", LOCKS[lock], flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_host_path_or_cuda_package(lock: str) -> None:
    assert re.findall(r"://|file:|--index|--find-links|@ ", LOCKS[lock]) == []
    assert [name for name in pins(lock) if re.match(r"nvidia|cuda|triton", name)] == []


def test_locks_agree_on_versions() -> None:
    for lock in LOCKS:
        shared = pins(lock).keys() & pins("test").keys()
        assert {name: pins(lock)[name] for name in shared} == {name: pins("test")[name] for name in shared}


def test_readme_has_the_two_set_up_commands_on_one_line_each() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"<!-- setup: (\w+) -->\n```bash\n(.*?)```", readme, re.DOTALL))
    assert blocks == {
        "score": "python scripts/install.py && stancewire score examples --out runs/examples --overwrite\n",
        "tests": "python scripts/install.py --extra test && python -m pytest\n",
    }


def test_no_gpu_means_the_cpu_build_of_torch_or_nothing(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def fail(*arguments: str, silent: bool = False) -> bool:
        asked.append(arguments)
        return False

    monkeypatch.setattr(sys, "argv", ["install.py"])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(install, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(install, "installed_version", lambda package: None)
    monkeypatch.setattr(install, "pip_install", fail)
    with pytest.raises(SystemExit, match="could not be installed"):
        install.main()
    torch = f"torch=={pins('score')['torch']}+cpu"
    assert asked
    assert all("--no-deps" in arguments and torch in arguments for arguments in asked)


def test_an_installed_torch_of_the_locked_version_is_kept(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def succeed(*arguments: str) -> bool:
        asked.append(arguments)
        return True

    monkeypatch.setattr(sys, "argv", ["install.py", "--extra", "test"])
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(install, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(install, "installed_version", lambda package: pins("test")["torch"])
    monkeypatch.setattr(install, "pip_install", succeed)
    install.main()
    assert [arguments[-1] for arguments in asked] == [str(ROOT / "locks" / "test.txt"), "."]
    assert all("--no-deps" in arguments for arguments in asked)


def test_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert versions[0] == PROJECT["version"]


def imported_packages(path: Path) -> set[str]:
    modules: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.append(node.module)
    return {module.partition(".")[0] for module in modules}


def test_imports_are_declared_dependencies() -> None:
    known = packages_distributions()
    undeclared = {
        package: str(path.relative_to(ROOT))
        for folder in ("pipeline", "models")
        for path in (ROOT / folder).rglob("*.py")
        for package in imported_packages(path) - sys.stdlib_module_names - {"pipeline", "models"}
        if not required("onnx", "ray") & {normalized(name) for name in known.get(package, [package])}
    }
    assert undeclared == {}


def test_tracked_files_are_small() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    large = [str(path) for path in paths if path.is_file() and path.stat().st_size >= LARGEST_FILE]
    assert large == []


def test_examples_are_readable_articles() -> None:
    items = list(ArticleReader(find_input(ROOT / "examples")))
    assert [item for item in items if not isinstance(item, Row)] == []
    assert len(items) >= 8
