"""Annotated articles → pair labels (stance model) and span labels (reader's mentions).

python scripts/prepare_stancewire.py ARTICLES.jsonl… --pairs PAIRS.jsonl --spans SPANS.jsonl
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from models.articles import AUTHOR_KEY, LabelledArticle, read_articles
from models.pairs import CONTEXT_STATEMENTS, candidate_pairs

STANCES = {"+": "support", "-": "oppose"}


def article_pairs(article: LabelledArticle) -> Iterator[dict]:
    """Every candidate pair of every sentence: the listed ones, and the others as neutral where that is safe.

    A pair on which careful readers differ (``?``) is left out, and so is an unlisted one whose
    countries are those of a listed one: where "Kremlin → Kyiv" is listed, "Russia → Ukraine" is no
    true neutral.
    """
    for index, sentence in enumerate(article.sentences):
        context = article.sentences[max(0, index - CONTEXT_STATEMENTS) : index]
        start = context[0].start if context else sentence.start
        spans: dict[str, list[list[int]]] = {}
        for mention in (m for s in (*context, sentence) for m in s.mentions):
            for key in mention.keys:
                spans.setdefault(key, []).append([mention.start - start, mention.end - start])
        inside = [key for mention in sentence.mentions for key in mention.keys]
        listed = {(holder, target): sign for holder, sign, target in sentence.stances}
        twins = {(article.countries[holder], article.countries[target]) for holder, target in listed}
        for holder, target in candidate_pairs(inside, sentence.speakers, list(spans), AUTHOR_KEY):
            sign = listed.get((holder, target))
            countries = (article.countries[holder], article.countries[target])
            if sign == "?" or (sign is None and None not in countries and countries in twins):
                continue
            yield {
                "id": f"{article.id}:{index}:{holder}>{target}",
                "article": article.id,
                "text": article.text[start : sentence.end],
                "statement": [sentence.start - start, sentence.end - start],
                # A speaker that the window does not mention has no span, yet is not the author.
                "holder": None if holder == AUTHOR_KEY else spans.get(holder, []),
                "target": spans[target],
                "speaks": holder in sentence.speakers,
                "stance": STANCES.get(sign, "neutral") if sign else "neutral",
                "sentiment": None,
            }


def article_spans(article: LabelledArticle) -> dict:
    mentions = [(m.start, m.end, m.kind) for sentence in article.sentences for m in sentence.mentions]
    return {"id": article.id, "text": article.text, "mentions": mentions, "spans": None}


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
            lines.write(json.dumps(article_spans(article), ensure_ascii=False) + "\n")
    print(f"{pairs}: {count} pairs; {spans}: {len(articles)} articles")


if __name__ == "__main__":
    typer.run(main)
