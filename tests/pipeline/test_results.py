import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fake_runs import scored, write_run

from pipeline.errors import InputError
from pipeline.io import results
from pipeline.io.read import Reject
from pipeline.io.results import Run, open_run
from pipeline.io.schema import ARTICLES, STANCES, TABLES, Table

FORMATS = ("parquet", "jsonl")
TEXT = "Xi backs Putin\nPutin rejects Nato"
TOLD = {"counts": {"articles": 3, "rejects": 1}}


def written(folder: Path, table_format: str = "parquet", articles: int = 3) -> Path:
    """A run over articles of two stances each, the second of which is not dated."""
    given = []
    for number in range(articles):
        dated = {} if number == 1 else {"published_at": f"2026-01-0{number + 1}"}
        given.append(scored(f"a{number}", TEXT, source="Ünïted Post", **dated))
    return write_run(folder, given, table_format, [Reject("in.jsonl:4", "text is empty")])


def rows(run: Run, table: Table[Any], *columns: str) -> list[dict[str, Any]]:
    return [row for batch in run.batches(table, columns or None) for row in batch.to_pylist()]


@pytest.mark.parametrize("table_format", FORMATS)
def test_tables_come_back_as_they_were_written(tmp_path: Path, table_format: str) -> None:
    run = open_run(written(tmp_path / "run", table_format))
    written(tmp_path / "plain", "jsonl")
    assert run.told == TOLD
    for table in TABLES:
        lines = (tmp_path / "plain" / f"{table.name}.jsonl").read_text("utf-8").splitlines()
        assert rows(run, table) == [json.loads(line) for line in lines]
    assert list(run.rejects()) == [Reject("in.jsonl:4", "text is empty")]


@pytest.mark.parametrize("table_format", FORMATS)
def test_columns_are_chosen_and_keep_their_order(tmp_path: Path, table_format: str) -> None:
    run = open_run(written(tmp_path / "run", table_format))
    (batch,) = run.batches(STANCES, ["stance", "article_id"])
    assert batch.schema.names == ["stance", "article_id"]
    assert batch.to_pylist()[1] == {"stance": "oppose", "article_id": "a0"}


def test_parquet_is_read_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_BATCH_ROWS", 4)
    run = open_run(written(tmp_path / "run"))
    assert [len(batch) for batch in run.batches(STANCES)] == [4, 2]


@pytest.mark.parametrize("table_format", FORMATS)
def test_a_run_without_articles_has_empty_tables(tmp_path: Path, table_format: str) -> None:
    run = open_run(written(tmp_path / "run", table_format, articles=0))
    assert rows(run, ARTICLES) == rows(run, STANCES) == []


def test_folder_without_a_finished_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent: no such folder; name one that `stancewire score"):
        open_run(tmp_path / "absent")
    folder = written(tmp_path / "run")
    (folder / "run.json").unlink()
    with pytest.raises(InputError, match=r"holds no finished run \(run\.json is missing\)"):
        open_run(folder)
    for broken in ("{", "[]"):
        (folder / "run.json").write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=r"run\.json: .*; score the articles again"):
            open_run(folder)


def test_missing_tables_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    (folder / "articles.parquet").unlink()
    with pytest.raises(InputError, match=r"articles\.parquet: is missing; score the articles again"):
        rows(open_run(folder), ARTICLES)
    for path in folder.glob("*.parquet"):
        path.unlink()
    with pytest.raises(InputError, match=r"holds no tables \(articles\.parquet or articles\.jsonl, …\)"):
        open_run(folder)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    parquet, jsonl = written(tmp_path / "p"), written(tmp_path / "j", "jsonl")
    table = pq.read_table(parquet / "stances.parquet")
    pq.write_table(table.drop_columns(["p_oppose", "model"]), parquet / "stances.parquet")
    row = {"article_id": "a0", "statement_id": "a0-0"}
    (jsonl / "stances.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"has no column p_oppose, model \(it has: article_id, "):
        rows(open_run(parquet), STANCES)
    with pytest.raises(InputError, match=r"has no column stance \(it has: article_id, statement_id\)"):
        rows(open_run(jsonl), STANCES, "article_id", "stance")
    assert rows(open_run(jsonl), STANCES, "article_id") == [{"article_id": "a0"}]


@pytest.mark.parametrize("table_format", FORMATS)
def test_damaged_files_are_named(tmp_path: Path, table_format: str) -> None:
    folder = written(tmp_path / "run", table_format)
    path = folder / f"stances.{table_format}"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=rf"stances\.{table_format}: cannot be read .*; score the articles"):
        rows(open_run(folder), STANCES)
    path.write_bytes(b"7\n")
    with pytest.raises(InputError, match=r"cannot be read"):
        rows(open_run(folder), STANCES)
    (folder / "rejects.jsonl").write_text('{"row": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"rejects\.jsonl:1: is no reject"):
        list(open_run(folder).rejects())


@pytest.mark.parametrize("table_format", FORMATS)
def test_articles_come_back_with_their_statements_and_stances(tmp_path: Path, table_format: str) -> None:
    run = open_run(written(tmp_path / "run", table_format))
    stored = list(run.articles())
    assert [(one.id, one.source, one.published_at) for one in stored] == [
        ("a0", "Ünïted Post", "2026-01-01"),
        ("a1", "Ünïted Post", None),
        ("a2", "Ünïted Post", "2026-01-03"),
    ]
    original = scored("a1", TEXT)
    for ours, theirs in zip(stored[1].stances, original.stances, strict=True):
        assert (ours.statement_id, ours.stance) == (theirs.statement_id, theirs.stance)
        assert (ours.holder, ours.target) == (theirs.holder, theirs.target)
        assert (ours.holder_span, ours.target_span) == (theirs.holder_span, theirs.target_span)
        assert ours.stance_probabilities == pytest.approx(theirs.stance_probabilities, abs=1e-4)
    for ours, theirs in zip(stored[1].statements, original.statements, strict=True):
        assert (ours.start, ours.end, ours.id, ours.text) == (
            theirs.start,
            theirs.end,
            theirs.id,
            theirs.text,
        )
        assert (ours.kind, ours.cue) == (theirs.kind, theirs.cue)
        assert [one.actor for one in ours.speakers] == [one.actor for one in theirs.speakers]
    assert run.article("a1") == stored[1]
    assert run.article("a9") is None


def test_an_article_without_statements_takes_no_others(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", "jsonl")
    for name in ("statements", "stances"):
        path = folder / f"{name}.jsonl"
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if '"a1"' not in line), encoding="utf-8")
    assert [len(article.stances) for article in open_run(folder).articles()] == [2, 0, 2]


def test_tables_that_disagree_about_the_order_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", "jsonl")
    path = folder / "stances.jsonl"
    path.write_text("".join(reversed(path.read_text("utf-8").splitlines(keepends=True))), encoding="utf-8")
    with pytest.raises(InputError, match=r"in stances, article 'a1' does not stand where articles has it"):
        list(open_run(folder).articles())
