"""Speed and memory of `stancewire score`: articles a second, seconds by stage, peak resident memory.

    python scripts/bench_score.py ../shared/data/polnear/train/text --limit 200

Runs the installed command in a process of its own on the first ``--limit`` articles of INPUT, so that the
peak is that of the command alone.
"""

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from pipeline.io.inputs import find_input
from pipeline.io.read import ArticleReader, Reject


def main(
    source: Annotated[Path, typer.Argument(metavar="INPUT")],
    limit: Annotated[int, typer.Option(min=1)] = 200,
    out: Annotated[Path | None, typer.Option("--json", help="Where to save the figures.")] = None,
) -> None:
    command = shutil.which("stancewire")
    if command is None:
        raise typer.BadParameter("the stancewire command is not installed in this environment")
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        rows = (row.article for row in ArticleReader(find_input(source)) if not isinstance(row, Reject))
        words = 0
        with articles.open("w", encoding="utf-8") as lines:
            for article in islice(rows, limit):
                words += len(article.text.split())
                lines.write(json.dumps({"id": article.id, "text": article.text}) + "\n")
        run = Path(folder) / "run"
        subprocess.run([command, "score", articles, "--out", run], check=True, stdout=subprocess.DEVNULL)
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    # Linux counts kilobytes, macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    timings, counts = record["timings"], record["counts"]
    figures = {
        "articles": counts["articles"],
        "words": words,
        "statements": counts["statements"],
        "stances": counts["stances"],
        "articles_per_s": timings["articles_per_s"],
        "setup_s": timings["setup_s"],
        "total_s": timings["total_s"],
        "stages_s": timings["stages_s"],
        "peak_memory_mb": round(peak / 1e6),
    }
    text = json.dumps(figures, indent=2)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


if __name__ == "__main__":
    typer.run(main)
