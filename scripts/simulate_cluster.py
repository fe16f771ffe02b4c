"""What a corpus of any size costs and how a cluster of any size scores it: the numbers of docs/scaling.md.

    python scripts/simulate_cluster.py
    python scripts/simulate_cluster.py --run runs/examples/run.json

Prints three tables in Markdown: the measured cost of an article by stage, a simulation of the shard scheduling
of `pipeline.engines.ray` for 1 to 1,000 workers, and the cost of 10 million and 1 billion articles on one
machine. Nothing is scored; the same seed prints the same tables.
"""

import heapq
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

# ---- MEASURED ------------------------------------------------------------------------------------------------
# From a run.json (`--run`), or from the JSON of `scripts/bench_score.py --json` (`--run` takes that too): both
# hold "articles" and "stages_s", a bench for each of its corpora. To refresh docs/scaling.md, put the new
# figures here and print the tables.
MEASURED: dict[str, Any] = {
    "articles": 11,
    "stages_s": {
        "clean": 0.009,
        "split": 0.022,
        "read": 1.938,
        "attribute": 0.114,
        "resolve": 2.795,
        "stance": 4.825,
    },
}
# --------------------------------------------------------------------------------------------------------------

MODEL_STAGES = ("read", "resolve", "stance")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is not measured here. Seconds unless said otherwise."""

    start: float = 12.0  # of a worker: Python, Ray, both models
    spread: float = 0.25  # sigma of a shard's logarithmic time: long and short articles
    slow_share: float = 0.02  # of workers on a machine that is busy otherwise
    slow_factor: float = 4.0  # how much slower those are
    lifetime: float = 24 * 3600.0  # mean time until a worker dies; machines of the cheap kind
    replaced: float = 120.0  # until another stands in for it
    requests: int = 12  # of a shard to the object store: input, list, attempt, four tables, marker, removal
    latency: float = 0.06  # of a request, median
    latency_spread: float = 0.6  # sigma of its logarithm
    dispatch: float = 0.004  # of the driver for one shard; it hands them out one after the other
    plan_rows: float = 25_000.0  # rows a second that planning reads
    assemble_articles: float = 2_500.0  # articles a second that assembly writes
    gpu_factor: float = 60.0  # how much faster one GPU runs the model stages than one core
    gpu_feeders: int = 16  # cores beside the GPU, for the stages without a model
    core_price: float = 0.04  # US dollars an hour
    gpu_price: float = 2.50  # US dollars an hour, with its cores


@dataclass(frozen=True, slots=True)
class Outcome:
    """``busy``: the share of the workers' time that went into shards which were kept."""

    seconds: float
    busy: float
    deaths: int
    redone: int


def simulate(shards: int, seconds: float, workers: int, given: Assumptions, seed: int) -> Outcome:
    """Hands shards of ``seconds`` each to workers that start, slow down, die and are replaced."""
    chance = np.random.default_rng(seed)
    slow = chance.random(workers) < given.slow_share
    dies = chance.exponential(given.lifetime, workers)
    # (when a worker is free, which one)
    free = [(given.start, worker) for worker in range(workers)]
    heapq.heapify(free)
    left, driver, end, kept = shards, 0.0, 0.0, 0.0
    deaths = redone = 0
    # A shard that was lost comes back when the driver hears of it.
    returned: list[float] = []
    while left or returned:
        now, worker = heapq.heappop(free)
        if left:
            left -= 1
        else:
            now = max(now, heapq.heappop(returned))
        # The driver serves one worker after the other.
        driver = max(driver, now) + given.dispatch
        store = float(chance.lognormal(np.log(given.latency), given.latency_spread, given.requests).sum())
        work = seconds * float(chance.lognormal(-(given.spread**2) / 2, given.spread))
        took = work * (given.slow_factor if slow[worker] else 1.0) + store
        done = driver + took
        if done > dies[worker]:
            deaths += 1
            lost = max(dies[worker], driver)
            redone += 1
            heapq.heappush(returned, lost)
            back = lost + given.replaced + given.start
            dies[worker] = back + chance.exponential(given.lifetime)
            heapq.heappush(free, (back, worker))
            continue
        kept += took
        end = max(end, done)
        heapq.heappush(free, (done, worker))
    return Outcome(end, kept / (end * workers), deaths, redone)


def hours(seconds: float) -> str:
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:.0f} s"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def measured(run: Path | None) -> dict[str, Any]:
    """Articles and seconds by stage of a run.json, or of the last corpus in a bench's JSON."""
    if run is None:
        return MEASURED
    told = json.loads(run.read_text(encoding="utf-8"))
    if "runs" in told:
        told = told["runs"][-1]
    found = told | told.get("counts", {}) | told.get("timings", {})
    return {"articles": found["articles"], "stages_s": found["stages_s"]}


def main(
    run: Annotated[
        Path | None, typer.Option(help="run.json or bench JSON with the measured seconds.")
    ] = None,
    articles: Annotated[int, typer.Option(min=1, help="Articles of the simulated corpus.")] = 10_000_000,
    shard_size: Annotated[int, typer.Option(min=1, help="Articles a shard.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 7,
) -> None:
    found, given = measured(run), Assumptions()
    stages = {name: seconds / found["articles"] for name, seconds in found["stages_s"].items()}
    each = sum(stages.values())
    model = sum(stages[name] for name in MODEL_STAGES)

    print(f"### Cost of an article (measured over {found['articles']:,} articles)\n")
    rows = [[name, f"{1000 * cost:.1f}", f"{cost / each:.0%}"] for name, cost in stages.items()]
    print(table(["stage", "ms", "share"], [*rows, ["all", f"{1000 * each:.1f}", "100%"]]))

    shards = -(-articles // shard_size)
    print(f"\n### Simulated: {articles:,} articles in {shards:,} shards of {shard_size:,}\n")
    rows = []
    for workers in (1, 10, 100, 300, 1000):
        got = simulate(shards, each * shard_size, workers, given, seed)
        ideal = shards * shard_size * each / workers
        rate = shards * given.requests / got.seconds
        rows.append(
            [
                f"{workers:,}",
                hours(got.seconds),
                f"{ideal / got.seconds:.0%}",
                f"{got.busy:.0%}",
                f"{got.deaths:,}",
                f"{got.redone / shards:.2%}",
                f"{rate:,.0f}",
                hours(articles / given.plan_rows + articles / given.assemble_articles),
            ]
        )
    head = [
        "workers",
        "scoring",
        "of ideal",
        "busy",
        "deaths",
        "shards redone",
        "requests/s",
        "plan + assemble",
    ]
    print(table(head, rows))

    print("\n### Shard size at 1,000 workers (simulated)\n")
    rows = []
    for size in (100, 1000, 10_000, 100_000):
        count = -(-articles // size)
        got = simulate(count, each * size, 1000, given, seed)
        ideal = articles * each / 1000
        rows.append([f"{size:,}", f"{count:,}", hours(got.seconds), f"{ideal / got.seconds:.0%}"])
    print(table(["rows a shard", "shards", "scoring", "of ideal"], rows))

    print("\n### One machine (calculated)\n")
    on_gpu = max(model / given.gpu_factor, (each - model) / given.gpu_feeders)
    rows = []
    for count in (10_000_000, 1_000_000_000):
        core_hours, gpu_hours = count * each / 3600, count * on_gpu / 3600
        rows += [
            [f"{count:,}", "1 core", hours(count * each), f"${core_hours * given.core_price:,.0f}"],
            [f"{count:,}", "16 cores", hours(count * each / 16), f"${core_hours * given.core_price:,.0f}"],
            [f"{count:,}", "1 GPU", hours(count * on_gpu), f"${gpu_hours * given.gpu_price:,.0f}"],
        ]
    print(table(["articles", "on", "time", "cost"], rows))
    bound = "the GPU" if model / given.gpu_factor > (each - model) / given.gpu_feeders else "its CPU cores"
    print(f"\nWith one GPU the limit is {bound}.")
    serial = 1_000_000_000 / given.plan_rows, 1_000_000_000 / given.assemble_articles
    print(f"Planning 1,000,000,000 articles takes {hours(serial[0])}, assembling them {hours(serial[1])}.")
    print(
        f"A plan of 1,000,000,000 rows holds {8 * 1e9 / 1e9:.0f} GB of id hashes in memory, and sorts them."
    )


if __name__ == "__main__":
    typer.run(main)
