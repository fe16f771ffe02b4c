"""The signed, directed network of a run for Gephi, networkx and discourse network tools, and its layout."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from pipeline.aggregate import PairCounts
from pipeline.printable import inert, printable
from pipeline.report.files import AGREEMENT, EDGES, GRAPHML, NODES

_LAYOUT_SEED = 7
_FAINT = 0.05
# Edges that the files hold at most, those of most stances first; Gephi gets slow beyond.
_EDGES = 50_000


def network(level: PairCounts) -> nx.DiGraph:
    """An edge for each pair that takes a side at least once, from holder to target, 50,000 at most.

    Node attributes: label, kind, country. Edge attributes: weight (stances that take a side), net, sign
    (of net: -1, 0 or 1), support, neutral, oppose, unsure, articles.
    """
    graph = nx.DiGraph()
    for holder, target, counts in level.pairs()[:_EDGES]:
        if not counts.sided:
            break
        for key in (holder, target):
            graph.add_node(_key(key), **_node(level, key))
        graph.add_edge(
            _key(holder),
            _key(target),
            weight=counts.sided,
            net=round(counts.net, 4),
            sign=(counts.support > counts.oppose) - (counts.support < counts.oppose),
            support=counts.support,
            neutral=counts.neutral,
            oppose=counts.oppose,
            unsure=counts.unsure,
            articles=counts.articles,
        )
    return graph


def _key(key: str) -> str:
    return printable(key)


def _node(level: PairCounts, key: str) -> dict[str, str]:
    actor = level.actors[key]
    return {"label": printable(actor.name), "kind": actor.kind, "country": printable(actor.country or "")}


def write_network(folder: Path, level: PairCounts) -> list[Path]:
    """GraphML; nodes and edges as Gephi imports them; holder, target, agreement as discourse networks have it.

    In ``agreement.csv`` a pair has a row with agreement 1 where it supports, one with 0 where it opposes, or
    both; ``weight`` counts the stances. Names that a spreadsheet would run as a formula get an apostrophe.
    """
    graph = network(level)
    files = [folder / name for name in (GRAPHML, NODES, EDGES, AGREEMENT)]
    nx.write_graphml(graph, files[0])
    nodes = [{"Id": key, "Label": told["label"], **told} for key, told in graph.nodes(data=True)]
    _write_csv(files[1], ["Id", "Label", "kind", "country"], nodes)
    edges = [
        {"Source": holder, "Target": target, "Type": "Directed", "Weight": told["weight"], **told}
        for holder, target, told in graph.edges(data=True)
    ]
    counted = ["net", "sign", "support", "neutral", "oppose", "unsure", "articles"]
    _write_csv(files[2], ["Source", "Target", "Type", "Weight", *counted], edges)
    agreement = [
        {
            "holder": graph.nodes[holder]["label"],
            "target": graph.nodes[target]["label"],
            "agreement": value,
            "weight": told[side],
            "holder_country": graph.nodes[holder]["country"],
            "target_country": graph.nodes[target]["country"],
        }
        for holder, target, told in graph.edges(data=True)
        for side, value in (("support", 1), ("oppose", 0))
        if told[side]
    ]
    columns = ["holder", "target", "agreement", "weight", "holder_country", "target_country"]
    _write_csv(files[3], columns, agreement)
    return files


def _write_csv(path: Path, columns: list[str], rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            cells = ((column, row[column]) for column in columns)
            writer.writerow(
                {column: inert(cell) if isinstance(cell, str) else cell for column, cell in cells}
            )


def layout(pairs: Sequence[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """A place in the unit square for every holder and target, those of a pair near each other."""
    keys = sorted({key for pair in pairs for key in pair})
    if not keys:
        return {}
    # A faint tie between all keeps what is not connected in the picture without piling it up.
    graph = nx.complete_graph(keys)
    nx.set_edge_attributes(graph, _FAINT, "weight")
    for holder, target in pairs:
        if holder != target:
            graph.edges[holder, target]["weight"] = 1.0
    places = nx.spring_layout(graph, k=2.2 / len(keys) ** 0.5, iterations=300, seed=_LAYOUT_SEED)
    low = [min(place[axis] for place in places.values()) for axis in (0, 1)]
    high = [max(place[axis] for place in places.values()) for axis in (0, 1)]
    return {
        key: tuple(  # type: ignore[misc]
            round(float((place[axis] - low[axis]) / ((high[axis] - low[axis]) or 1)), 3) for axis in (0, 1)
        )
        for key, place in places.items()
    }
