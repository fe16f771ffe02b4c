r"""PolNeAR's brat files → span labels: one row an article, its sources, cues and contents.

    python scripts/prepare_polnear.py ../shared/data/polnear/train OUT \
        --held-out ../shared/data/stancewire/real_dev.jsonl

PolNeAR: Newell, Margolin & Ruths, LREC 2018.
"""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from models.articles import read_articles
from models.spans import LabelledSpan

LAYERS = {"Source": "source", "Cue": "cue", "Content": "content"}
_SPAN = re.compile(r"^(T\d+)\t(Source|Cue|Content) ([\d ;]+)\t", re.MULTILINE)
_JOINED = re.compile(r"^E\d+\t(.+)$", re.MULTILINE)


def brat_attributions(annotations: str) -> list[list[LabelledSpan]]:
    """The spans that each attribution joins; each fragment of a discontinuous one is a span of its own."""
    spans: dict[str, list[LabelledSpan]] = {}
    for name, layer, fragments in _SPAN.findall(annotations):
        offsets = [fragment.split() for fragment in fragments.split(";")]
        spans[name] = [(int(start), int(end), LAYERS[layer]) for start, end in offsets]
    return [
        [span for part in line.split() for span in spans.get(part.split(":")[1], ())]
        for line in _JOINED.findall(annotations)
    ]


def first_annotation(folder: Path, text: Path) -> Path | None:
    """The annotations of one of the folder's texts; some were annotated more than once, to measure agreement."""
    return min((folder / "attributions").glob(f"{text.stem}_*.ann"), default=None)


def main(
    folder: Path,
    out: Path,
    held_out: Annotated[
        Path | None,
        typer.Option(help="annotated articles: openings of PolNeAR texts (ids pn-…) to leave out"),
    ] = None,
) -> None:
    stems = [article.id.removeprefix("pn-") for article in read_articles(held_out)] if held_out else []
    written = skipped = 0
    with out.open("w", encoding="utf-8") as lines:
        for path in sorted((folder / "text").glob("*.txt")):
            annotated = first_annotation(folder, path)
            if annotated is None or path.stem in stems:
                skipped += 1
                continue
            joined = brat_attributions(annotated.read_text(encoding="utf-8"))
            spans = sorted({span for parts in joined for span in parts})
            row = {
                "id": path.stem,
                "text": path.read_text(encoding="utf-8"),
                "mentions": None,
                "spans": spans,
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    print(f"{out}: {written} articles, {skipped} left out")


if __name__ == "__main__":
    typer.run(main)
