"""The Python tour of the README, run as it is printed there."""

import re
import shutil
from pathlib import Path

import pytest
from fake_runs import scored, write_run

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_tour_runs_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"<!-- tour -->\n```python\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "examples").mkdir()
    shutil.copy(ROOT / "examples" / "06-ceasefire.txt", tmp_path / "examples")
    write_run(
        tmp_path / "runs" / "examples", [scored("a", "Xi backs Putin\nPutin rejects Nato", source="Wire")]
    )
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    svg = (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert {"ARM", "AZE", "net stance"} <= set(re.findall(r">([^<>]+)</text>", svg))
    shown = capsys.readouterr().out
    assert re.search(r"Wire +oppose +1", shown)
    assert "CHN → RUS: +1.00 (-0.51 to +1.00), 1 articles" in shown
