"""Runs on a Ray cluster of several node processes on this machine."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_runs import tables_of
from fake_stages import fake_values

from pipeline.config import ScoreConfig
from pipeline.errors import InputError, StancewireError
from pipeline.io.folders import open_folder
from pipeline.run import Choices, score_run
from pipeline.shards import progress_of

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster

pytestmark = pytest.mark.long

ARTICLES = 30
SHARDS_OF_3 = Choices(shard_size=3)


@pytest.fixture(scope="module", autouse=True)
def importable() -> Iterator[None]:
    """Ray's workers find this checkout and the fake stages as a test does."""
    with pytest.MonkeyPatch.context() as patch:
        here = Path(__file__).resolve()
        patch.setenv("PYTHONPATH", f"{here.parents[2]}:{here.parent}")
        # A machine that is busy otherwise takes its time to start a node or a worker.
        patch.setenv("RAY_raylet_start_wait_time_s", "300")
        patch.setenv("RAY_worker_register_timeout_seconds", "300")
        yield


@pytest.fixture
def cluster(importable: None) -> "Iterator[Cluster]":
    """A head without places for work, and two nodes with one each."""
    # Only here, because Ray reads its environment when it is imported.
    import ray
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False} | ports()
    started = Cluster(initialize_head=True, head_node_args=head)
    yield started
    ray.shutdown()
    started.shutdown()


def ports() -> dict[str, int]:
    """Free ports for what a node starts beside its workers; Ray gives a node up that does not find one in 15 s."""
    names = (
        "metrics_agent_port",
        "metrics_export_port",
        "dashboard_agent_listen_port",
        "runtime_env_agent_port",
    )
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        return {name: one.getsockname()[1] for name, one in zip(names, sockets, strict=True)}


def config(address: str | None = None, **options: dict) -> ScoreConfig:
    engine = {"use": "ray", "address": address} if address else {}
    return ScoreConfig.model_validate(fake_values(**options) | {"batch_articles": 2, "engine": engine})


def corpus(folder: Path) -> Path:
    rows = [
        {"id": f"a{number}", "text": f"Xi backs Putin\nPutin rejects Nato {number}"}
        for number in range(ARTICLES)
    ]
    rows[20]["id"] = "a3"
    (folder / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder / "in.jsonl"


def test_run_on_a_cluster_that_loses_a_node_has_the_bytes_of_a_local_one(
    tmp_path: Path, cluster: "Cluster"
) -> None:
    source, slow = corpus(tmp_path), {"stance": {"waits": 0.25}}
    score_run(source, tmp_path / "local", config(**slow), SHARDS_OF_3)
    nodes = [cluster.add_node(num_cpus=1, **ports()) for _ in range(2)]
    cluster.wait_for_nodes()

    def kill_one() -> None:
        while len(progress_of(open_folder(tmp_path / "ray")).done) < 2:
            time.sleep(0.05)
        cluster.remove_node(nodes[0], allow_graceful=False)

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    score_run(source, tmp_path / "ray", config(cluster.address, **slow), SHARDS_OF_3)
    killer.join(timeout=60)
    assert not killer.is_alive()
    assert tables_of(tmp_path / "ray") == tables_of(tmp_path / "local")


def test_article_that_kills_workers_is_rejected_and_errors_keep_their_text(
    tmp_path: Path, cluster: "Cluster"
) -> None:
    cluster.add_node(num_cpus=2, **ports())
    cluster.wait_for_nodes()
    source = corpus(tmp_path)
    poison = config(cluster.address, resolve={"kills_on": "Nato 7"})
    result = score_run(source, tmp_path / "run", poison, SHARDS_OF_3)
    assert (result.counts["articles"], result.counts["rejects"]) == (ARTICLES - 2, 2)
    assert "killed the process that scored it" in result.first_rejects[0].reason
    with pytest.raises(StancewireError, match=r"^the Ray cluster has no 64 CPUs for a worker; add nodes"):
        big = poison.model_copy(update={"engine": poison.engine.model_copy(update={"worker_cpus": 64})})
        score_run(source, tmp_path / "big", big, SHARDS_OF_3)

    def cut(phase: str, articles: int, rejects: int, done: float) -> None:
        if phase == "scoring":
            source.write_text('{"text": "Xi backs Putin"}\n', encoding="utf-8")

    with pytest.raises(InputError, match=r"^shard \d+: the input gave"):
        score_run(source, tmp_path / "cut", config(cluster.address), SHARDS_OF_3, cut)


def test_run_that_was_begun_here_goes_on_on_ray(tmp_path: Path) -> None:
    source = corpus(tmp_path)
    score_run(source, tmp_path / "whole", config(), SHARDS_OF_3)

    def stop(phase: str, articles: int, rejects: int, done: float) -> None:
        if articles >= 12 and phase == "scoring":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_run(source, tmp_path / "run", config(), SHARDS_OF_3, stop)
    on_ray = config().model_copy(update={"engine": config().engine.model_copy(update={"use": "ray"})})
    score_run(source, tmp_path / "run", on_ray, Choices(resume=True))
    assert tables_of(tmp_path / "run") == tables_of(tmp_path / "whole")
