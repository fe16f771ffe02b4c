"""Directed sentiment between entities (DSE) → pair labels, both directions of every sentence.

    python scripts/prepare_dse.py ../shared/data/dse/train.jsonl OUT --held-out ../shared/data/dse/valid.jsonl

DSE: Park et al., ACL Findings 2021. Its valid split repeats train sentences and train repeats itself:
exact repeats are dropped, and so is every row whose sentence the held-out file holds. DSE calls a
stance only what is plain sentiment; much of what it finds neutral is a stance by our guide, so its
rows name a scheme of their own.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from models.benchmarks import DSE
from models.label_files import read_labels
from models.leaks import text_key

STANCES = {"positive": "support", "neutral": "neutral", "negative": "oppose"}


def pair_rows(row: dict) -> list[dict]:
    """The two directed pairs of one DSE row; none where the origin gives no spans."""
    if not row["e1_span"] or not row["e2_span"]:
        return []
    first, second = [row["e1_span"]], [row["e2_span"]]
    directions = (("e1_to_e2", first, second), ("e2_to_e1", second, first))
    return [
        {
            "id": f"dse-{row['id']}:{name}",
            "article": f"dse-{text_key(row['text'])}",
            "text": row["text"],
            "holder": holder,
            "target": target,
            "stance": STANCES[row[name]],
            # The stance of one named holder says nothing sure of how the sentence as a whole puts the target.
            "sentiment": None,
            "scheme": DSE,
        }
        for name, holder, target in directions
    ]


def main(
    file: Path,
    out: Path,
    held_out: Annotated[
        Path | None, typer.Option(help="rows whose sentence stands here are left out")
    ] = None,
) -> None:
    leaked = {text_key(row["text"]) for row in read_labels(held_out, dict)} if held_out else set()
    seen, counts = set(), {"written": 0, "repeated": 0, "held out": 0, "without spans": 0}
    with out.open("w", encoding="utf-8") as lines:
        for row in read_labels(file, dict):
            key = (text_key(row["text"]), str(row["e1_span"]), str(row["e2_span"]))
            pairs = pair_rows(row)
            if key[0] in leaked:
                counts["held out"] += 1
            elif key in seen:
                counts["repeated"] += 1
            elif not pairs:
                counts["without spans"] += 1
            else:
                counts["written"] += 1
                lines.writelines(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
            seen.add(key)
    print(f"{out}: sentences " + ", ".join(f"{count} {what}" for what, count in counts.items()))


if __name__ == "__main__":
    typer.run(main)
