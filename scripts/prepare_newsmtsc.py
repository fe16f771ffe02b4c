"""NewsMTSC's target-dependent sentiment → pair labels: sentiment toward the target, no stance.

    python scripts/prepare_newsmtsc.py ../shared/data/newsmtsc/train.jsonl OUT --held-out DEV.jsonl…

NewsMTSC: Hamborg & Donnay, EACL 2021. The holder is not annotated, so only the sentiment head learns.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.label_files import read_labels
from models.leaks import text_key

SENTIMENTS = {2.0: "negative", 4.0: "neutral", 6.0: "positive"}


def pair_rows(row: dict) -> list[dict]:
    return [
        {
            "id": f"mtsc-{row['primary_gid']}:{index}",
            "article": f"mtsc-{text_key(row['sentence_normalized'])}",
            "text": row["sentence_normalized"],
            "holder": None,
            "target": [[target["from"], target["to"]]],
            "stance": None,
            "sentiment": SENTIMENTS[target["polarity"]],
        }
        for index, target in enumerate(row["targets"])
    ]


def main(
    file: Path,
    out: Path,
    held_out: Annotated[
        list[Path] | None, typer.Option(help="rows whose sentence stands here are left out")
    ] = None,
) -> None:
    leaked = {
        text_key(row["sentence_normalized"]) for path in held_out or [] for row in read_labels(path, dict)
    }
    written = skipped = 0
    with out.open("w", encoding="utf-8") as lines:
        for row in read_labels(file, dict):
            if text_key(row["sentence_normalized"]) in leaked:
                skipped += 1
                continue
            lines.writelines(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pair_rows(row))
            written += 1
    print(f"{out}: {written} sentences, {skipped} held out")


if __name__ == "__main__":
    typer.run(main)
