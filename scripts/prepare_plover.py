"""PLOVER's directed events → pair labels: cooperation is support, conflict opposes.

    python scripts/prepare_plover.py ../shared/data/plover/train.jsonl OUT --held-out ARTICLES.jsonl…

PLOVER: Hu et al., ACL 2024. Only for evaluation: to PLOVER a meeting is cooperation and a request is conflict,
to our guide neither is a stance, so these labels train nothing. ``--held-out``: annotated articles of the
training mix; a sentence that they hold is left out.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.articles import read_articles
from models.benchmarks import PLOVER
from models.label_files import read_labels
from models.leaks import text_key

STANCES = {"positive": "support", "negative": "oppose"}


def main(
    file: Path,
    out: Path,
    held_out: Annotated[list[Path] | None, typer.Option(help="annotated articles that training sees")] = None,
) -> None:
    seen = {
        text_key(text)
        for path in held_out or []
        for article in read_articles(path)
        for text in (article.text, *(article.text[s.start : s.end] for s in article.sentences))
    }
    written = skipped = 0
    with out.open("w", encoding="utf-8") as lines:
        for row in read_labels(file, dict):
            if text_key(row["text"]) in seen:
                skipped += 1
                continue
            label = {
                "id": row["id"],
                "article": row["id"],
                "text": row["text"],
                "holder": [row["source_span"]],
                "target": [row["target_span"]],
                "stance": STANCES[row["label"]],
                "sentiment": None,
                "scheme": PLOVER,
            }
            lines.write(json.dumps(label, ensure_ascii=False) + "\n")
            written += 1
    print(f"{out}: {written} sentences, {skipped} held out")


if __name__ == "__main__":
    typer.run(main)
