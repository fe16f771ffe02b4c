"""Finished runs without models: articles of lines "HOLDER VERB TARGET" (see `fake_stages`) in a run folder."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from fake_stages import Everything

from pipeline.io.read import Reject
from pipeline.io.schema import TABLES
from pipeline.io.write import RunWriter
from pipeline.records import Article, ScoredArticle


def scored(id_: str, text: str, **told: str) -> ScoredArticle:
    """``told``: title, source, published_at, url."""
    return Everything(Everything.Options()).process([Article(id=id_, text=text, **told)])[0]


def append(writer: RunWriter, *articles: ScoredArticle) -> None:
    for table in TABLES:
        rows = [row for article in articles for row in table.dicts(article, "stance@01234567")]
        writer.append(table, pa.Table.from_pylist(rows, schema=table.schema))


def write_run(
    folder: Path,
    articles: Iterable[ScoredArticle],
    table_format: str = "parquet",
    rejects: Iterable[Reject] = (),
) -> Path:
    given, rejected = list(articles), list(rejects)
    with RunWriter(folder, table_format) as writer:
        append(writer, *given)
        for reject in rejected:
            writer.reject(reject)
        writer.commit({"counts": {"articles": len(given), "rejects": len(rejected)}})
    return folder


def tables_of(folder: Path) -> dict[str, bytes]:
    """Every file of a finished run but ``run.json``, which holds timings: name → bytes."""
    assert (folder / "run.json").is_file()
    kept = (path for path in folder.rglob("*") if path.is_file() and path != folder / "run.json")
    shards = folder / "shards"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in kept
        if not path.is_relative_to(shards) and path.name != "plan.json"
    }
