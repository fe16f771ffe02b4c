"""Annotated articles → pair labels (stance model) and span labels (reader's mentions).

python scripts/prepare_stancewire.py ARTICLES.jsonl… --pairs PAIRS.jsonl --spans SPANS.jsonl
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.article_pairs import article_pairs
from models.articles import LabelledArticle, read_articles
from models.coreference_features import article_spans


def span_row(article: LabelledArticle) -> dict:
    return {"id": article.id, "text": article.text, "mentions": article_spans(article), "spans": None}


def main(
    files: list[Path],
    pairs: Annotated[Path, typer.Option()],
    spans: Annotated[Path, typer.Option()],
) -> None:
    articles = [article for path in files for article in read_articles(path)]
    count = 0
    with pairs.open("w", encoding="utf-8") as lines:
        for article in articles:
            for row in article_pairs(article):
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
    with spans.open("w", encoding="utf-8") as lines:
        for article in articles:
            lines.write(json.dumps(span_row(article), ensure_ascii=False) + "\n")
    print(f"{pairs}: {count} pairs; {spans}: {len(articles)} articles")


if __name__ == "__main__":
    typer.run(main)
