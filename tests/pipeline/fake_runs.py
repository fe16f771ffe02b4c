"""Finished runs without models: articles of lines "HOLDER VERB TARGET" (see `fake_stages`) in a run folder."""

from collections.abc import Iterable
from pathlib import Path

from fake_stages import Everything

from pipeline.io.read import Reject
from pipeline.io.write import RunWriter
from pipeline.records import Article, ScoredArticle


def scored(id_: str, text: str, **told: str) -> ScoredArticle:
    """``told``: title, source, published_at, url."""
    return Everything(Everything.Options()).process([Article(id=id_, text=text, **told)])[0]


def write_run(
    folder: Path,
    articles: Iterable[ScoredArticle],
    table_format: str = "parquet",
    rejects: Iterable[Reject] = (),
) -> Path:
    given = list(articles)
    with RunWriter(folder, table_format) as writer:
        for article in given:
            writer.add(article, "stance@01234567")
        for reject in rejects:
            writer.reject(reject)
        writer.commit({"counts": {"articles": len(given)}})
    return folder
