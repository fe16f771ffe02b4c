"""The cluster simulation, and that docs/scaling.md holds what it prints."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def script(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("simulate_cluster")


def test_document_holds_the_tables_as_they_are_printed(script: ModuleType) -> None:
    typer = script.typer.Typer()
    typer.command()(script.main)
    printed = CliRunner().invoke(typer, []).output
    document = (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    blocks = [block.strip() for block in re.split(r"^### .*$", printed, flags=re.MULTILINE) if block.strip()]
    assert len(blocks) == 4
    assert [block for block in blocks if block not in document] == []


def quiet(script: ModuleType, **changed: float) -> object:
    """A cluster on which nothing goes wrong."""
    calm = {
        "spread": 1e-9,
        "slow_share": 0.0,
        "lifetime": 1e15,
        "latency": 1e-9,
        "dispatch": 0.0,
        "start": 5.0,
    }
    return replace(script.Assumptions(), **(calm | changed))


def test_undisturbed_cluster_takes_what_division_says(script: ModuleType) -> None:
    outcome = script.simulate(100, 10.0, 10, quiet(script), seed=1)
    assert outcome.seconds == pytest.approx(5 + 100 * 10 / 10, rel=1e-3)
    assert (outcome.deaths, outcome.redone) == (0, 0)
    assert outcome.busy == pytest.approx(100 / 105, rel=1e-3)


def test_slow_dying_and_waiting_workers_cost_time(script: ModuleType) -> None:
    calm = script.simulate(1000, 10.0, 10, quiet(script), seed=1)
    slow = script.simulate(1000, 10.0, 10, quiet(script, slow_share=0.5), seed=1)
    dying = script.simulate(1000, 10.0, 10, quiet(script, lifetime=200.0), seed=1)
    served = script.simulate(1000, 10.0, 10, quiet(script, dispatch=2.0), seed=1)
    assert calm.seconds < slow.seconds
    assert calm.seconds < dying.seconds and dying.deaths > 10
    # One driver hands a shard out every two seconds, whatever the workers.
    assert served.seconds == pytest.approx(5 + 1000 * 2 + 10, rel=1e-2)


def test_every_shard_is_done_where_workers_die_all_the_time(script: ModuleType) -> None:
    outcome = script.simulate(50, 10.0, 3, quiet(script, lifetime=30.0), seed=3)
    assert outcome.redone == outcome.deaths > 5
    assert outcome.busy * outcome.seconds * 3 == pytest.approx(50 * 10.0, rel=1e-3)


def test_measured_seconds_come_from_a_run_or_a_bench(script: ModuleType, tmp_path: Path) -> None:
    stages = {"clean": 1.0, "read": 2.0}
    for name, told in {
        "run": {"counts": {"articles": 4}, "timings": {"stages_s": stages}},
        "bench": {"runs": [{"articles": 2, "stages_s": {}}, {"articles": 4, "stages_s": stages}]},
    }.items():
        path = tmp_path / f"{name}.json"
        path.write_text(script.json.dumps(told), encoding="utf-8")
        assert script.measured(path) == {"articles": 4, "stages_s": stages}
