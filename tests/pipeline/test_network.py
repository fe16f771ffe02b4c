import csv
from pathlib import Path

import networkx as nx
import pytest
from fake_runs import scored

from pipeline.aggregate import PairCounts
from pipeline.report.network import layout, network, write_network

FORMULA = "=cmd()"
ODD = "A\x1b\ufffe<&"


@pytest.fixture
def level() -> PairCounts:
    counts = PairCounts("actors")
    lines = ["Xi backs Putin", "Xi backs Putin", "Xi rejects Putin", "Putin rejects Nato", "Nato meets Xi"]
    counts.add(scored("a", "\n".join([*lines, f"{FORMULA} backs Xi", f"{ODD} rejects Xi"])))
    return counts


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_graph_is_directed_signed_and_weighted(level: PairCounts) -> None:
    graph = network(level)
    assert graph.edges["xi@CHN", "putin@RUS"] == {
        "weight": 3, "net": 0.3333, "sign": 1, "support": 2, "neutral": 0, "oppose": 1, "unsure": 0, "articles": 1,
    }  # fmt: skip
    assert graph.edges["putin@RUS", "nato@NATO"]["sign"] == -1
    assert not graph.has_edge("nato@NATO", "xi@CHN")
    assert graph.nodes["xi@CHN"] == {"label": "Xi", "kind": "person", "country": "CHN"}


def test_files_are_read_by_their_tools(level: PairCounts, tmp_path: Path) -> None:
    files = write_network(tmp_path, level)
    assert [path.name for path in files] == ["network.graphml", "nodes.csv", "edges.csv", "agreement.csv"]
    read = nx.read_graphml(files[0])
    assert read.is_directed()
    assert dict(read.edges["xi@CHN", "putin@RUS"]) == network(level).edges["xi@CHN", "putin@RUS"]
    edge = next(row for row in rows(files[2]) if row["Source"] == "xi@CHN")
    assert (edge["Target"], edge["Type"], edge["Weight"], edge["sign"]) == ("putin@RUS", "Directed", "3", "1")
    ids = {row["Id"] for row in rows(files[1])}
    assert {row[end] for row in rows(files[2]) for end in ("Source", "Target")} == ids
    agreement = [(row["holder"], row["target"], row["agreement"], row["weight"]) for row in rows(files[3])]
    assert agreement[:2] == [("Xi", "Putin", "1", "2"), ("Xi", "Putin", "0", "1")]
    assert ("Putin", "Nato", "0", "1") in agreement


def test_names_that_tools_would_choke_on_or_run_are_made_harmless(level: PairCounts, tmp_path: Path) -> None:
    graphml, nodes, *_ = write_network(tmp_path, level)
    assert "A<&" in {told["label"] for _, told in nx.read_graphml(graphml).nodes(data=True)}
    assert {"'=cmd()", "A<&"} <= {row["Label"] for row in rows(nodes)}


def test_layout_is_the_same_every_time_and_fills_the_unit_square() -> None:
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "e"), ("e", "e")]
    places = layout(pairs)
    assert places == layout(pairs)
    assert set(places) == set("abcde")
    assert {min(place[0] for place in places.values()), max(place[1] for place in places.values())} == {
        0.0,
        1.0,
    }
    assert layout([]) == {}
