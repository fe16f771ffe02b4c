"""Teacher stance models label pairs softly, so that a small student can learn from their doubts too.

    python scripts/silver_pairs.py OUT.jsonl --teacher FOLDER… --pairs LABELS.jsonl… --spans SPANS.jsonl…

``--pairs`` rows keep their gold labels and gain the mean of the teachers' probabilities, averaged with
the gold label where there is one (Hinton, Vinyals & Dean 2015). ``--spans`` files give unlabelled text:
every sentence that mentions two actors or more becomes a window whose pairs only the teachers label.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from nupunkt import sent_spans

from models.inference import score_windows
from models.label_files import read_labels
from models.labels import SENTIMENTS, STANCES
from models.leaks import text_key
from models.pairs import CONTEXT_STATEMENTS, candidate_pairs, labelled_windows, parse_pair
from models.reader_features import line_paragraphs
from models.scoring import StanceScorer, load_for_scoring
from models.spans import SpanLabels, read_spans

AUTHOR = ""
# A sentence with a crowd of actors says little of each pair; past this many its pairs are thinned out.
MOST_PAIRS = 40


def unlabelled_rows(labels: SpanLabels) -> Iterator[dict]:
    """Pairs of mentions of one text, each surface form an actor of its own."""
    sentences = [
        (start + left, start + right)
        for start, end in line_paragraphs(labels.text)
        for left, right in sent_spans(labels.text[start:end])
    ]
    for index, (start, end) in enumerate(sentences):
        begin = sentences[max(0, index - CONTEXT_STATEMENTS)][0]
        inside: list[str] = []
        spans: dict[str, list[list[int]]] = {}
        for left, right, _ in labels.mentions or ():
            if begin <= left and right <= end:
                actor = labels.text[left:right].casefold()
                spans.setdefault(actor, []).append([left - begin, right - begin])
                if left >= start:
                    inside.append(actor)
        pairs = candidate_pairs(inside, [], list(spans), AUTHOR)
        if len(set(inside)) < 2:
            continue
        stride = -(-len(pairs) // MOST_PAIRS)
        for holder, target in pairs[index % stride :: stride]:
            yield {
                "id": f"{labels.id}:{index}:{holder}>{target}",
                "article": labels.id,
                "text": labels.text[begin:end].rstrip(),
                "statement": [start - begin, len(labels.text[begin:end].rstrip())],
                "holder": None if holder == AUTHOR else spans[holder],
                "target": spans[target],
                "stance": None,
                "sentiment": None,
            }


def mixed(gold: str | None, choices: tuple[str, ...], opinion: np.ndarray) -> list[float]:
    """The teachers' probabilities, averaged with the gold label where there is one."""
    if gold is not None:
        opinion = (opinion + np.eye(len(choices))[choices.index(gold)]) / 2
    return [round(float(value), 4) for value in opinion]


def main(
    out: Path,
    teacher: Annotated[list[str], typer.Option()],
    pairs: Annotated[list[Path] | None, typer.Option()] = None,
    spans: Annotated[list[Path] | None, typer.Option()] = None,
    held_out: Annotated[
        list[Path] | None, typer.Option(help="pair labels whose statements are left out")
    ] = None,
    bfloat16: Annotated[
        bool, typer.Option(help="half the time where the machine has it; opinions need no more digits")
    ] = False,
) -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    leaked = {
        text_key(label.text[slice(*label.statement)])
        for path in held_out or []
        for label in read_labels(path, parse_pair)
    }
    rows = [row for path in pairs or [] for row in read_labels(path, dict)]
    rows += [row for path in spans or [] for labels in read_spans(path) for row in unlabelled_rows(labels)]
    labels = [parse_pair(row) for row in rows]
    windows = labelled_windows(labels)
    opinions: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for name in teacher:
        checkpoint = load_for_scoring(name, StanceScorer)
        checkpoint.model.to(device)
        with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
            found = score_windows(checkpoint, [w.window for w in windows])
        for window, scores in zip(windows, found, strict=True):
            for index, row_id in enumerate(window.ids):
                opinions.setdefault(row_id, []).append((scores.stances[index], scores.sentiments[index]))
    count = 0
    with out.open("w", encoding="utf-8") as lines:
        for row, label in zip(rows, labels, strict=True):
            if text_key(label.text[slice(*label.statement)]) in leaked:
                continue
            stances, sentiments = (
                np.mean(values, axis=0) for values in zip(*opinions[label.id], strict=True)
            )
            row["soft_stance"] = mixed(label.stance, STANCES, stances)
            row["soft_sentiment"] = mixed(label.sentiment, SENTIMENTS, sentiments)
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    print(f"{out}: {count} pairs of {len(windows)} windows")


if __name__ == "__main__":
    typer.run(main)
