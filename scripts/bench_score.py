"""Speed and memory of `stancewire score`, beside what peers do and what this machine could do at best.

    python scripts/bench_score.py ../shared/data/polnear/train/text 100 1000 10000 --json bench.json --plot bench.svg

INPUT is a folder of .txt files, of which corpora of any SIZES are made. Each is scored by a process of its own,
so that its peak memory is its own. Beside that, on the statements of a sample of articles in this process:

- pairs a second of Stancewire's stance stage, and of what peers do: an encoder of the size of RoBERTa-base
  (random weights cost the same), one pass a pair, 32 pairs a batch;
- the time that the models take, and the time that their matrix products alone would take at the rate at
  which this machine multiplies matrices.

First of all a process of its own scores one short text, which tells the time from its start to its first row,
and another one how much of that goes into importing which package.

Ratios are given by the clock and by processor time; the latter holds on a machine that is busy with other things.
"""

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated, Any

import typer
import yaml

PEER_BATCH = 32
# What a peer's input holds beside the statement: the pair's names and separators.
PEER_PAIR_TOKENS = 8
# Processor seconds for which matrices are multiplied to find the machine's rate.
GEMM_SECONDS = 2.0
# The stages that run a model. What resolve does beside asking its own is a matter of rules.
MODEL_STAGES = ("read", "resolve", "stance")
# Packages whose imports a start tells of.
IMPORTS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock and of the processors."""

    clock: float
    processor: float

    @property
    def seconds(self) -> dict[str, float]:
        return {"clock_s": round(self.clock, 3), "processor_s": round(self.processor, 3)}


def took(work: Callable[[], Any]) -> Took:
    clock, processor = perf_counter(), process_time()
    work()
    return Took(perf_counter() - clock, process_time() - processor)


def main(
    source: Annotated[Path, typer.Argument(metavar="INPUT")],
    sizes: Annotated[list[int], typer.Argument(help="Articles of each corpus.")],
    backend: Annotated[str, typer.Option(help="Of the models.")] = "torch",
    sample: Annotated[int, typer.Option(min=1, help="Articles that peers and ceiling are measured on.")] = 20,
    peer_pairs: Annotated[int, typer.Option(min=PEER_BATCH, help="Pairs that the peer scores.")] = 320,
    out: Annotated[Path | None, typer.Option("--json", help="Where to save the figures.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Where to save a plot of them (.svg, .png).")] = None,
) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(source.glob("*.txt"))]
    if not texts:
        raise typer.BadParameter(f"{source} holds no .txt file")
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "score.yaml"
        stages = {step: {"backend": backend} for step in MODEL_STAGES}
        config.write_text(yaml.safe_dump({"stages": stages}), encoding="utf-8")
        figures = {
            "backend": backend,
            "first_row": first_row(config),
            "runs": [scored(texts, size, config, Path(folder)) for size in sizes],
            "sample": side_by_side(texts[:sample], config, peer_pairs),
        }
    text = json.dumps(figures, indent=2)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    if plot is not None:
        write_plot(plot, figures)
    typer.echo(text)


def corpus(texts: Sequence[str], size: int) -> Iterator[str]:
    """As many articles as wanted: the texts, then mixtures of the paragraphs of two, no two the same for long."""
    for number in range(size):
        turn, index = divmod(number, len(texts))
        if not turn:
            yield texts[index]
            continue
        first, second = (one.split("\n") for one in (texts[index], texts[(index + turn) % len(texts)]))
        yield "\n".join([*first[::2], *second[1::2]])


def first_row(config: Path) -> dict[str, Any]:
    """Seconds from the start of the command to the rows of one short text, and what of that is imports."""
    import resource

    def run(*options: str) -> str:
        command = ["-c", "from pipeline.cli import app; app()", "score", "--config", str(config)]
        text = ["--text", "Xi said that China will support Russia."]
        done = subprocess.run([sys.executable, *options, *command, *text], check=True, capture_output=True)
        return done.stderr.decode()

    def processor() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    # What the first run compiles, writes and reads from the disk is no part of a start.
    run()
    before = processor()
    clock = took(run).clock
    spent = Took(clock, processor() - before)
    # The interpreter's own note of imports slows them down, so it is taken in a run of its own.
    return spent.seconds | {"imports_s": import_seconds(run("-X", "importtime"))}


def import_seconds(notes: str) -> dict[str, float]:
    """Seconds that the modules of each package took by the clock, the largest first, from ``-X importtime``."""
    microseconds: Counter[str] = Counter()
    for own, module in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", notes, re.MULTILINE):
        microseconds[module.partition(".")[0]] += int(own)
    return {package: round(spent / 1e6, 3) for package, spent in microseconds.most_common(IMPORTS_SHOWN)}


def scored(texts: Sequence[str], size: int, config: Path, folder: Path) -> dict[str, Any]:
    """The figures of one run of the command."""
    articles, run, counted = (folder / f"{size}{end}" for end in (".jsonl", "", ".counts.json"))
    words = 0
    with articles.open("w", encoding="utf-8") as lines:
        for number, text in enumerate(corpus(texts, size)):
            words += len(text.split())
            lines.write(json.dumps({"id": str(number), "text": text}) + "\n")
    arguments = ["score", str(articles), "--out", str(run), "--config", str(config)]
    child = multiprocessing.get_context("spawn").Process(target=count_run, args=(arguments, counted))
    child.start()
    child.join()
    if child.exitcode:
        raise typer.Exit(child.exitcode)
    counts = json.loads(counted.read_text(encoding="utf-8"))
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    speed = record["timings"]["articles_per_s"]
    stages = record["timings"]["stages_s"]
    total = sum(stages.values())
    return {
        "articles": record["counts"]["articles"],
        "words": words,
        "stances": record["counts"]["stances"],
        "articles_per_s": speed,
        **{f"{name}_per_s": round(counts[name] / size * speed) for name in ("tokens", "pairs")},
        "peak_memory_mb": round(counts["peak_bytes"] / 1e6),
        "stages_s": stages,
        "other_stages_share": round(1 - (stages["read"] + counts["linking_s"] + stages["stance"]) / total, 3),
        "timings": record["timings"],
    }


def count_run(arguments: list[str], counted: Path) -> None:
    """Runs the command in this process; saves how many tokens and pairs the models saw, and the peak memory."""
    import resource

    from models import inference, links
    from pipeline.cli import app
    from pipeline.stages import resolve

    counts: dict[str, float] = {"tokens": 0, "pairs": 0, "linking_s": 0}

    def counting(logits: Callable) -> Callable:
        def count(checkpoint: Any, rows: Sequence[Any]) -> Any:
            counts["tokens"] += sum(len(row.ids) for row in rows)
            counts["pairs"] += sum(len(getattr(row, "pairs", ())) for row in rows)
            return logits(checkpoint, rows)

        return count

    def linking(checkpoint: Any, texts: Sequence[Any]) -> Any:
        begun = perf_counter()
        found = links.link_texts(checkpoint, texts)
        counts["linking_s"] += perf_counter() - begun
        return found

    vars(resolve)["link_texts"] = linking
    vars(links)["mention_states"] = counting(links.mention_states)
    vars(inference)["reader_logits"] = counting(inference.reader_logits)
    vars(inference)["stance_logits"] = counting(inference.stance_logits)
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        app(arguments, standalone_mode=False)
    # Linux counts kilobytes, macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    counted.write_text(json.dumps(counts | {"peak_bytes": peak}), encoding="utf-8")


def side_by_side(texts: Sequence[str], config: Path, peer_pairs: int) -> dict[str, Any]:
    """Ours, the peers' way and the machine's ceiling on the windows of the same articles."""
    from models.coreference_features import coreference_windows
    from models.inference import read_texts, score_windows
    from models.links import link_texts
    from models.reader_features import reader_windows
    from models.stance_features import stance_features
    from pipeline.api import Scorer
    from pipeline.stages import read, resolve, stance

    given: dict[str, list[Any]] = {step: [] for step in MODEL_STAGES}
    used: dict[str, Any] = {}

    def noting(name: str, run: Callable) -> Callable:
        def note(checkpoint: Any, items: Sequence[Any]) -> Any:
            used[name] = checkpoint
            given[name] += items
            return run(checkpoint, items)

        return note

    vars(read)["read_texts"] = noting("read", read_texts)
    vars(resolve)["link_texts"] = noting("resolve", link_texts)
    vars(stance)["score_windows"] = noting("stance", score_windows)
    Scorer(config).score(texts)

    rate_before = gemm_rate(used["stance"].model)
    reading = took(lambda: read_texts(used["read"], given["read"]))
    linking = took(lambda: link_texts(used["resolve"], given["resolve"]))
    scoring = took(lambda: score_windows(used["stance"], given["stance"]))
    rate_after = gemm_rate(used["stance"].model)

    longest = used["read"].model.config.max_tokens
    tokenizer = used["read"].tokenizer
    read_rows = [
        row for text, spans in given["read"] for row in reader_windows(tokenizer, text, spans, longest)
    ]
    link_rows = [
        row
        for text, spans, mentions in given["resolve"]
        for row in coreference_windows(
            tokenizer, text, spans, mentions, used["resolve"].model.config.max_tokens
        )
    ]
    rows = stance_features(tokenizer, given["stance"], used["stance"].model.config.max_tokens)
    pairs = sum(len(row.pairs) for row in rows)
    read_in: dict[str, list[Any]] = {"read": read_rows, "resolve": link_rows, "stance": rows}
    tokens = sum(len(row.ids) for read_by in read_in.values() for row in read_by)
    # What the coreference model's comparisons need is left out: it counts against us.
    needed = sum(flops(used[step].model, read_by) for step, read_by in read_in.items())

    lengths = [len(row.ids) + PEER_PAIR_TOKENS for row in rows for _ in row.pairs]
    stride = max(1, len(lengths) // peer_pairs)
    peer = peer_time(sorted(lengths[::stride][:peer_pairs]))
    peers = min(peer_pairs, len(lengths[::stride]))

    figures: dict[str, Any] = {
        "articles": len(texts),
        "windows": len(rows),
        "pairs": pairs,
        "tokens": tokens,
        "reader": reading.seconds,
        "coreference": linking.seconds,
        "stance": scoring.seconds,
        "peer": {"pairs": peers, **peer.seconds},
        "model_gflop": round(needed / 1e9, 1),
    }
    for by in ("clock", "processor"):
        spent = sum(getattr(part, by) for part in (reading, linking, scoring))
        rate = (getattr(rate_before, by) + getattr(rate_after, by)) / 2
        ours, theirs = pairs / getattr(scoring, by), peers / getattr(peer, by)
        figures[f"by_{by}"] = {
            "gemm_gflop_per_s": round(rate / 1e9, 1),
            "pairs_per_s": round(ours, 1),
            "peer_pairs_per_s": round(theirs, 2),
            "times_peer": round(ours / theirs, 1),
            "share_of_gemm_rate": round(needed / spent / rate, 3),
        }
    return figures


def gemm_rate(model: Any) -> Took:
    """Multiplications and additions a second in products of the encoder's own matrices with many rows."""
    import torch
    from torch.nn.functional import linear

    width, inner = model.encoder.config.hidden_size, model.encoder.config.intermediate_size
    matrices = [
        torch.randn(rows, columns) for rows, columns in ((inner, width), (width, inner), (width, width))
    ]
    rows = [torch.randn(2048, matrix.shape[1]) for matrix in matrices]
    done = 0

    def multiply() -> None:
        nonlocal done
        begun = process_time()
        while process_time() - begun < GEMM_SECONDS:
            for matrix, row in zip(matrices, rows, strict=True):
                linear(row, matrix)
                done += 2 * row.shape[0] * matrix.numel()

    with torch.inference_mode():
        spent = took(multiply)
    return Took(done / spent.clock, done / spent.processor)


def flops(model: Any, rows: Sequence[Any]) -> float:
    """Multiplications and additions of a model's matrix products over these windows, nothing padded."""
    config = model.encoder.config
    width, layers = config.hidden_size, config.num_hidden_layers
    total = 0.0
    for row in rows:
        length = len(row.ids)
        dense = 4 * width * width + 2 * width * config.intermediate_size
        total += layers * (2 * length * dense + 4 * length * length * width)
        if pairs := set(getattr(row, "pairs", ())):
            # Keys and values of the tokens; of each pair, and of the author with each target, question, query,
            # evidence, its projection, and what joins them.
            asked = len(pairs | {(0, target) for _, target in pairs})
            total += 2 * length * 2 * width * width
            total += asked * (2 * (2 + 1 + 1 + 5) * width * width + 4 * length * width)
    return total


def peer_time(lengths: Sequence[int]) -> Took:
    """The time of one pass a pair, ``lengths`` being the tokens of each, in order of length."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    base = RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1)
    model = RobertaForSequenceClassification(base).eval()

    def score() -> None:
        for first in range(0, len(lengths), PEER_BATCH):
            batch = torch.tensor(lengths[first : first + PEER_BATCH])
            mask = (torch.arange(int(batch.max())) < batch[:, None]).long()
            model(input_ids=torch.where(mask == 1, 100, 1), attention_mask=mask)

    with torch.inference_mode():
        return took(score)


def write_plot(path: Path, figures: dict[str, Any]) -> None:
    """Milliseconds an article by stage, a bar a corpus."""
    import altair as alt

    bars = [
        {"articles": f"{run['articles']:,}", "stage": stage, "ms": 1000 * seconds / run["articles"]}
        for run in figures["runs"]
        for stage, seconds in run["stages_s"].items()
    ]
    sizes = [f"{run['articles']:,}" for run in figures["runs"]]
    alt.Chart(alt.Data(values=bars)).mark_bar().encode(
        y=alt.Y("articles:N", sort=sizes, title="articles"),
        x=alt.X("ms:Q", title="milliseconds an article"),
        color=alt.Color("stage:N", sort=list(figures["runs"][0]["stages_s"]), title=None),
    ).properties(width=420, title=f"backend {figures['backend']}").save(str(path))


if __name__ == "__main__":
    typer.run(main)
