"""Annotations of third-party sentences, kept without the sentences, which are not ours to ship.

    python scripts/real_annotations.py join ../shared/data OUT.jsonl         # annotations + data → articles
    python scripts/real_annotations.py strip ARTICLES.jsonl ../shared/data   # articles → annotations

``models/annotations/real.jsonl`` holds one annotated sentence of DSE, NewsMTSC or PLOVER, or one passage of a
PolNeAR training article, a line: the key of its text instead of the text (`models.leaks.text_key`), and offsets
into the text with its white space folded.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import typer

from models.label_files import read_labels
from models.leaks import text_key

STORE = Path(__file__).resolve().parent.parent / "models" / "annotations" / "real.jsonl"
# Where the texts stand: file below the data folder → field.
TEXTS = {
    "dse/train.jsonl": "text",
    "newsmtsc/train.jsonl": "sentence_normalized",
    "plover/train.jsonl": "text",
}
ARTICLES = "polnear/train/text"
# A passage is a run of whole paragraphs of so many words at most, or a single longer one.
MOST_WORDS = 210

app = typer.Typer(no_args_is_help=True, add_completion=False)


def folded(text: str) -> str:
    return " ".join(text.split())


def texts_by_key(data: Path) -> dict[str, str]:
    texts = (folded(row[field]) for file, field in TEXTS.items() for row in read_labels(data / file, dict))
    passages = (passage for path in sorted((data / ARTICLES).glob("*.txt")) for passage in _passages(path))
    return {text_key(text): text for text in (*texts, *passages)}


def _passages(article: Path) -> Iterator[str]:
    lines = article.read_text(encoding="utf-8").splitlines()
    paragraphs = [folded(line) for line in lines if line.strip()]
    for first, passage in enumerate(paragraphs):
        yield passage
        for paragraph in paragraphs[first + 1 :]:
            passage = f"{passage} {paragraph}"
            if len(passage.split()) > MOST_WORDS:
                break
            yield passage


def stripped(article: dict) -> dict:
    """An annotated article without its texts."""
    text = " ".join(sentence["text"] for sentence in article["sentences"])
    sentences, start = [], 0
    for sentence in article["sentences"]:
        end = start + len(sentence["text"])
        mentions = [[m["start"], m["end"], m["keys"]] for m in sentence["mentions"]]
        sentences.append(
            {
                "span": [start, end],
                "para": sentence["para"],
                "mentions": mentions,
                "speakers": sentence["speakers"],
                "stances": sentence["stances"],
            }
        )
        start = end + 1
    return {
        "id": article["id"],
        "text_key": text_key(text),
        "countries": article["countries"],
        "sentences": sentences,
    }


def joined(row: dict, text: str) -> dict:
    """The annotated article that `stripped` took apart."""
    sentences = [
        {
            "text": text[slice(*sentence["span"])],
            "para": sentence["para"],
            "mentions": [
                {"start": start, "end": end, "keys": keys} for start, end, keys in sentence["mentions"]
            ],
            "speakers": sentence["speakers"],
            "stances": sentence["stances"],
        }
        for sentence in row["sentences"]
    ]
    return {"id": row["id"], "title": "-", "countries": row["countries"], "sentences": sentences}


def _write(path: Path, rows: Iterator[dict]) -> int:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)


@app.command()
def join(data: Path, out: Path) -> None:
    """Puts the texts back."""
    texts = texts_by_key(data)
    rows = list(read_labels(STORE, dict))
    lost = [row["id"] for row in rows if row["text_key"] not in texts]
    count = _write(out, (joined(row, texts[row["text_key"]]) for row in rows if row["text_key"] in texts))
    print(
        f"{out}: {count} annotated texts; {len(lost)} without their text" + "".join(f"\n  {i}" for i in lost)
    )
    if lost:
        raise typer.Exit(1)


@app.command()
def strip(articles: Path, data: Path) -> None:
    """Takes the texts out; what would not come back the same is left out and named."""
    texts = texts_by_key(data)
    rows = []
    for article in read_labels(articles, dict):
        row = stripped(article)
        text = texts.get(row["text_key"], "")
        if [s["text"] for s in joined(row, text)["sentences"]] == [s["text"] for s in article["sentences"]]:
            rows.append(row)
        else:
            print(f"{row['id']}: its text is not in {data}; left out")
    print(f"{STORE}: {_write(STORE, iter(rows))} annotations")


if __name__ == "__main__":
    app()
