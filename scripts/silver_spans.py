"""A teacher reader fills the layers that a span-label file leaves null: mentions of PolNeAR, say.

python scripts/silver_spans.py TEACHER_FOLDER LABELS.jsonl OUT.jsonl
"""

import json
from pathlib import Path

import torch
import typer

from models.inference import FoundSpan, read_texts
from models.reader_features import line_paragraphs
from models.scoring import ReaderScorer, load_for_scoring
from models.spans import read_spans


def triples(found: tuple[FoundSpan, ...]) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in found]


def main(teacher: str, labels: Path, out: Path) -> None:
    checkpoint = load_for_scoring(teacher, ReaderScorer)
    checkpoint.model.to("cuda" if torch.cuda.is_available() else "cpu")
    texts = read_spans(labels)
    found = read_texts(checkpoint, [(row.text, line_paragraphs(row.text)) for row in texts])
    with out.open("w", encoding="utf-8") as lines:
        for row, read in zip(texts, found, strict=True):
            filled = {
                "id": row.id,
                "text": row.text,
                "mentions": triples(read.mentions) if row.mentions is None else row.mentions,
                "spans": triples(read.spans) if row.spans is None else row.spans,
            }
            lines.write(json.dumps(filled, ensure_ascii=False) + "\n")
    print(f"{out}: {len(texts)} texts")


if __name__ == "__main__":
    typer.run(main)
