"""Attributions on raw text against PolNeAR's: who is said to have said what.

    python scripts/measure_attributions.py ../shared/data/polnear/dev
    python scripts/measure_attributions.py ../shared/data/polnear/train --gold-spans --limit 100 --errors 20

An annotated attribution is found where a content overlaps its content and the source overlaps its source,
each by at least half of the longer one, in characters; where it has no source, none may be found. With
``--gold-spans`` the annotated spans are joined instead of a reader's: what the joining alone gets right.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import typer
from prepare_polnear import brat_attributions, first_annotation

from models.labels import SpanLabel
from models.metrics import count_scores
from models.reader_features import line_paragraphs
from models.spans import LabelledSpan
from pipeline.chain import build_chain
from pipeline.linking import linked
from pipeline.records import Article, LinkedAttribution, Span, TaggedSpan
from pipeline.run import score_config

_STEPS = ("clean", "split", "read", "attribute")


def overlap(wanted: Sequence[Span], found: Sequence[Span]) -> bool:
    """Whether two sets of spans share at least half of the characters of the longer one, or both are empty."""
    shared = sum(max(0, min(w.end, f.end) - max(w.start, f.start)) for w in wanted for f in found)
    longer = max(sum(span.end - span.start for span in spans) for spans in (wanted, found))
    return 2 * shared >= longer


def matches(
    gold: Sequence[Sequence[LabelledSpan]], found: Sequence[LinkedAttribution]
) -> list[tuple[int, bool]]:
    """Of each annotated attribution: the index of the one with its content, or -1; whether the source is right."""
    left = set(range(len(found)))
    result = []
    for parts in gold:
        contents, sources = ([Span(s, e) for s, e, k in parts if k == kind] for kind in ("content", "source"))
        same = [index for index in sorted(left) if overlap(contents, found[index].contents)]
        right = [i for i in same if overlap(sources, [span for span in (found[i].source,) if span])]
        best = (right or same or [-1])[0]
        left.discard(best)
        result.append((best, bool(right)))
    return result


def main(
    folder: Path,
    config: Annotated[Path | None, typer.Option(help="YAML of the chain; the defaults without it")] = None,
    gold_spans: Annotated[bool, typer.Option(help="join the annotated spans")] = False,
    limit: Annotated[int, typer.Option(help="that many texts, drawn with a fixed seed; 0: all")] = 0,
    errors: Annotated[int, typer.Option(help="print that many attributions that were not found")] = 0,
) -> None:
    texts = [(path, first_annotation(folder, path)) for path in sorted((folder / "text").glob("*.txt"))]
    annotated = [(path, annotations) for path, annotations in texts if annotations is not None]
    random.Random(13).shuffle(annotated)
    chain = build_chain(score_config(config))
    stages = [] if gold_spans else [chain.stages[step] for step in _STEPS]
    for stage in stages:
        stage.setup()
    counts = []
    missed = []
    for path, annotations in annotated[: limit or None]:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        gold = [
            parts
            for parts in brat_attributions(annotations.read_text(encoding="utf-8"))
            if {"cue", "content"} <= {kind for _, _, kind in parts}
        ]
        if gold_spans:
            tags = [
                TaggedSpan(start, end, cast(SpanLabel, label), 1.0)
                for start, end, label in {span for parts in gold for span in parts}
            ]
            found = linked(text, [Span(*span) for span in line_paragraphs(text)], tags)
        else:
            records: Any = [Article(id=path.stem, text=text)]
            for stage in stages:
                records = stage.process(records)
            found = records[0].attributions
        pairs = matches(gold, found)
        held = sum(index >= 0 for index, _ in pairs)
        counts.append((sum(right for _, right in pairs), held, len(gold), len(found)))
        missed += [(text, parts) for parts, (_, right) in zip(gold, pairs, strict=True) if not right]
    table = np.array(counts).reshape(-1, 4)
    for name, column in (("content and source", 0), ("content", 1)):
        scores = count_scores(table[:, [column, 2, 3]])
        print(
            f"{name}: precision {scores.precision:.3f}, recall {scores.recall:.3f}, F1 {scores.f1:.3f} "
            f"({scores.support} attributions, {len(table)} texts)"
        )
    random.Random(13).shuffle(missed)
    for text, parts in missed[:errors]:
        first, last = min(start for start, _, _ in parts), max(end for _, end, _ in parts)
        print(repr(text[max(0, first - 60) : last + 60]))
        print("    " + " | ".join(f"{kind}: {text[start:end]!r}" for start, end, kind in sorted(parts)))


if __name__ == "__main__":
    typer.run(main)
