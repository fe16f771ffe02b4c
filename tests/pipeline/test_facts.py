from pathlib import Path

import pytest
from fake_runs import scored, write_run

from pipeline.io.results import open_run
from pipeline.report import facts as facts_module
from pipeline.report.facts import Cell, Facts, collect
from pipeline.survey import Survey, survey

STORY = "Xi backs Putin\nXi rejects Nato\nRain fell on the fields around the old town"


def of(folder: Path, *articles: tuple[str, str, str | None, str | None]) -> tuple[Survey, Facts]:
    """``articles``: id, text, source and day of each."""
    given = [
        scored(
            id_, text, **{name: value for name, value in (("source", source), ("published_at", day)) if value}
        )
        for id_, text, source, day in articles
    ]
    run = open_run(write_run(folder, given))
    found = survey(run.articles())
    return found, collect(run.articles(), found)


def test_counts_lie_in_their_period_and_outlet_and_copies_in_none(tmp_path: Path) -> None:
    _, facts = of(
        tmp_path / "run",
        ("a", STORY, "Wire", "2026-01-02"),
        ("b", STORY, "Post", "2026-01-03"),
        ("c", "Xi backs Putin\nSnow", "Post", "2026-01-05"),
        ("d", "Xi backs Putin\nHail", None, None),
    )
    assert facts.outlets == ["Post", "Wire"]
    assert len(facts.periods.starts) == 2
    cells = facts.cells["countries"]
    pair = ("CHN", "RUS")
    assert {cell[1:]: counts.support for cell, counts in cells.items() if cell.pair == pair} == {
        (0, 1): 1, (1, 0): 1, (-1, -1): 1,
    }  # fmt: skip
    assert cells[Cell((None, None), 0, 1)].oppose == 1
    assert {one.head.id for one in facts.sentences["actors"]} == {"a", "c", "d"}


def test_outlets_beyond_the_most_frequent_share_a_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "_OUTLETS", 1)
    texts = [f"Xi backs Putin\nWeather {word}" for word in ("one", "two", "three", "four")]
    sources = ["Wire", "Wire", "Post", "Mail"]
    _, facts = of(
        tmp_path / "run", *((text, text, source, None) for text, source in zip(texts, sources, strict=True))
    )
    assert facts.outlets == ["Wire"]
    whole = {
        cell.outlet: counts.support
        for cell, counts in facts.cells["actors"].items()
        if cell.pair == (None, None)
    }
    assert whole == {0: 2, 1: 2}


def test_the_surest_sentences_are_kept_and_the_least_sure_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_module, "_SENTENCES", 3)
    lines = "\n".join(["Xi backs Putin"] * 3 + ["Putin rejects Nato"] * 2 + ["Modi meets Xi"])
    _, facts = of(tmp_path / "run", ("a", lines, None, None))
    kept = [(one.record.holder.name, one.record.stance) for one in facts.sentences["actors"]]
    # One of each pair and label, the first of equally sure ones, in the order of the run.
    assert kept == [("Xi", "support"), ("Putin", "oppose"), ("Modi", "neutral")]
    assert [one.statement.id for one in facts.sentences["actors"]] == ["a-0", "a-3", "a-5"]
    assert len(facts.unsure) == 6


def test_pairs_are_kept_until_the_cells_are_used_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "_CELLS", 2)
    monkeypatch.setattr(facts_module, "_SINGLES", 1)
    _, facts = of(tmp_path / "run", ("a", "Xi backs Putin\nXi backs Putin\nPutin rejects Nato", None, None))
    assert {cell.pair for cell in facts.cells["actors"]} == {
        (None, None), ("xi@CHN", None), ("xi@CHN", "putin@RUS"),
    }  # fmt: skip
