import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from fake_stages import Everything

from pipeline.errors import InputError
from pipeline.io import results
from pipeline.io.read import Reject
from pipeline.io.results import Run, open_run
from pipeline.io.schema import ARTICLES, STANCES, TABLES, Table
from pipeline.io.write import RunWriter
from pipeline.records import Article

FORMATS = ("parquet", "jsonl")
TOLD = {"counts": {"articles": 3}}


def written(folder: Path, table_format: str = "parquet", articles: int = 3) -> Path:
    """A run over articles of two stances each, the second of which is not dated."""
    given = [
        Article(
            id=f"a{number}",
            text="Xi backs Putin\nPutin rejects Nato",
            source="Ünïted Post",
            published_at=None if number == 1 else f"2026-01-0{number + 1}",
        )
        for number in range(articles)
    ]
    with RunWriter(folder, table_format) as writer:
        for article in Everything(Everything.Options()).process(given):
            writer.add(article, "stance@01234567")
        writer.reject(Reject("in.jsonl:4", "text is empty"))
        writer.commit(TOLD)
    return folder


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
