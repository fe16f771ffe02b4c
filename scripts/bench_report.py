"""Seconds, memory and page size of `stancewire report` on an invented run of any size.

    python scripts/bench_report.py --rows 2000000

Writes a run of ``--rows`` stances (a hundred an article, every tenth article a copy of an earlier one) into a
folder of its own and runs the report in a process of its own, so that the peak is that of the command alone.
``--keep FOLDER`` keeps run and report.
"""

import json
import random
import resource
import sys
import tempfile
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import count, islice
from pathlib import Path
from subprocess import DEVNULL, run
from time import perf_counter
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.parquet as pq
import typer

from pipeline.actors.countries import load_countries
from pipeline.io.schema import ARTICLES, STANCES, STATEMENTS, Table
from pipeline.paths import config_path

_TABLES: tuple[Table[Any], ...] = (ARTICLES, STATEMENTS, STANCES)
_STATEMENTS, _PAIRS = 25, 4
_OUTLETS = [f"{place} {kind}" for place in ("Harbour", "Northern", "Valley", "Island") for kind in
            ("Courier", "Gazette", "Herald", "Post", "Wire")]  # fmt: skip
_VERBS = {"support": ("praised", "backed", "thanked"), "neutral": ("met", "wrote to", "visited"),
          "oppose": ("condemned", "rebuked", "rejected")}  # fmt: skip
_MATTERS = (
    "tariffs ports grain fishing sanctions borders pipelines loans elections visas dams satellites".split()
)
_WORDS = "talks paper morning plan week report envoy delay budget clause harbour market winter deal council".split()


def main(
    rows: Annotated[int, typer.Option(min=100)] = 2_000_000,
    keep: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where to keep the run.")] = None,
    out: Annotated[Path | None, typer.Option("--json", help="Where to save the figures.")] = None,
) -> None:
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        articles = write_run(folder, rows // (_STATEMENTS * _PAIRS))
        begun = perf_counter()
        command = [sys.executable, "-c", "from pipeline.cli import app; app()", "report", str(folder)]
        run(command, check=True, stdout=DEVNULL)
        seconds = perf_counter() - begun
        size = (folder / "report.html").stat().st_size
    # Linux counts kilobytes, macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    figures = {
        "rows": articles * _STATEMENTS * _PAIRS,
        "articles": articles,
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(peak / 1e6),
        "page_mb": round(size / 1e6, 2),
    }
    text = json.dumps(figures, indent=2)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    typer.echo(text)


def write_run(folder: Path, articles: int) -> int:
    """Writes the tables of a run with this many articles; gives their number."""
    made = _articles(random.Random(1))
    with ExitStack() as stack:
        writers = {
            table.name: stack.enter_context(pq.ParquetWriter(folder / f"{table.name}.parquet", table.schema))
            for table in _TABLES
        }
        waiting = iter(islice(made, articles))
        while batch := list(islice(waiting, 200)):
            for index, table in enumerate(_TABLES):
                writers[table.name].write_table(_table(table, [row for each in batch for row in each[index]]))
    (folder / "rejects.jsonl").write_text("", encoding="utf-8")
    (folder / "run.json").write_text(json.dumps({"counts": {"articles": articles}}), encoding="utf-8")
    return articles


def _table(table: Table[Any], rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, table.schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def _articles(chance: random.Random) -> Any:
    """Endless articles: the rows of the three tables. Few actors are spoken of often, many once."""
    names = sorted(load_countries(config_path("countries.yaml")).names.items())
    chance.shuffle(names)
    actors = [
        (f"actor-{number}", f"Minister {number}", "person", names[number % 60][0]) for number in range(4000)
    ]
    actors += [(name.lower(), name, "country", code) for code, name in names[:60]]
    weights = [1 / (1 + number % 900) for number in range(len(actors))]
    leaning: dict[Any, float] = {}
    first = date(2023, 1, 1)
    stories: list[list[tuple[Any, ...]]] = []
    for number in count():
        id_ = f"a{number:07}"
        day = first + timedelta(chance.randrange(1096))
        source = chance.choices(_OUTLETS, range(len(_OUTLETS), 0, -1))[0]
        article = [(id_, f"Report {number} on {chance.choice(_MATTERS)}", source, day.isoformat(), None)]
        if number % 10 == 9:
            story = chance.choice(stories)
        else:
            story = [_statement(chance, actors, weights, leaning, day) for _ in range(_STATEMENTS)]
            stories = [*stories[-200:], story]
        statements, stances, at = [], [], 0
        for index, (text, spans) in enumerate(story):
            statement_id = f"{id_}-{index}"
            speaker = {"id": "author", "name": "(the article)", "kind": "author", "country": None, "how": "author",
                       "start": None, "end": None, "confidence": 1.0}  # fmt: skip
            mentions = [
                dict(zip(("id", "start", "end"), (target[0], *_place(at, target_at)), strict=True))
                for _, _, target, target_at, *_ in spans[:2]
            ]
            statements.append(
                (id_, statement_id, at, at + len(text), text, "narration", None, None, [speaker], mentions)
            )
            for holder, holder_at, target, target_at, label, p in spans:
                rest = (1 - p) / 2
                probabilities = {name: p if name == label else rest for name in _VERBS}
                stances.append((id_, statement_id, *holder, *_place(at, holder_at), *target, *_place(at, target_at),
                                label, *probabilities.values(), "neutral", 0.1, 0.8, 0.1, "bench@0"))  # fmt: skip
            at += len(text) + 1
        yield article, statements, stances


def _three(chance: random.Random, weights: list[float]) -> list[int]:
    """Three different indices."""
    found: dict[int, None] = {}
    while len(found) < 3:
        found.setdefault(chance.choices(range(len(weights)), weights)[0])
    return list(found)


def _place(start: int, span: tuple[int, int] | None) -> tuple[int | None, int | None]:
    return (None, None) if span is None else (start + span[0], start + span[1])


def _statement(
    chance: random.Random, actors: list[Any], weights: list[float], leaning: dict[Any, float], day: date
) -> tuple[Any, ...]:
    """A sentence on two actors, each toward the other and two more; every pair of countries has a leaning."""
    holder, target, third = (actors[index] for index in _three(chance, weights))
    spans: list[tuple[Any, ...]] = []
    # Leanings drift with the years, so that the charts have something to show.
    key = holder[3], target[3]
    lean = leaning.setdefault(key, chance.uniform(-0.45, 0.45)) * (1 + 0.4 * (day.year - 2024))
    label = chance.choices(list(_VERBS), (max(0.02, 0.2 + lean), 0.6, max(0.02, 0.2 - lean)))[0]
    start = f"{holder[1]} {chance.choice(_VERBS[label])} "
    text = f"{start}{target[1]} over {chance.choice(_MATTERS)} and {' '.join(chance.choices(_WORDS, k=9))}."
    at = (0, len(holder[1])), (len(start), len(start) + len(target[1]))
    p = round(chance.uniform(0.45, 1), 4)
    spans.append((holder, at[0], target, at[1], label, p))
    spans.append((target, at[1], holder, at[0], "neutral", p))
    spans.append(
        (third, None, target, at[1], chance.choice(list(_VERBS)), round(chance.uniform(0.4, 0.9), 4))
    )
    spans.append((third, None, holder, at[0], "neutral", p))
    return text, spans


if __name__ == "__main__":
    typer.run(main)
