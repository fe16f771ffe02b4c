"""A whole run of `stancewire score`: input to run folder."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from pipeline.aggregate import Tally
from pipeline.chain import build_chain
from pipeline.config import ScoreConfig, load_score_config, resolved, validated
from pipeline.engines.local import LocalEngine
from pipeline.errors import InputError, StancewireError
from pipeline.io.read import ArticleReader, Reject
from pipeline.io.write import COMPLETE, RunWriter, TableFormat, check_folder, final_names

# Called with articles scored, rows rejected and the share of the input read; first with zeros, models loaded.
Watch = Callable[[int, int, float], None]

_REJECTS_KEPT = 3


@dataclass(slots=True)
class RunResult:
    """What a finished run has to tell. ``first_rejects``: a few of the ``rejects`` rows that gave nothing."""

    folder: Path
    files: list[Path]
    tally: Tally
    seconds: float = 0.0
    rejects: int = 0
    first_rejects: list[Reject] = field(default_factory=list)


def score_config(path: Path | None, *, reader: str | None = None, stance: str | None = None) -> ScoreConfig:
    """A config file, or the defaults, with other checkpoints (a shipped name or a folder) where given.

    Raises:
        ConfigError: the file is unreadable or a key does not fit.
    """
    values = load_score_config(path).model_dump()
    for step, checkpoint in (("read", reader), ("stance", stance)):
        if checkpoint is not None:
            values["stages"][step]["checkpoint"] = checkpoint
    return validated(ScoreConfig, values)


def score_run(
    source: Path,
    out: Path,
    config: ScoreConfig,
    *,
    table_format: TableFormat = "parquet",
    overwrite: bool = False,
    watch: Watch = lambda articles, rejects, done: None,
) -> RunResult:
    """Scores every article of ``source`` into the run folder ``out``; rows that cannot be scored are rejects.

    The same input, config and checkpoints give the same bytes in every file but ``run.json``, which holds
    the timings.

    Raises:
        ConfigError: the config names what does not exist or fit.
        InputError: nothing there to read, or ``out`` holds a run already and ``overwrite`` is not set.
        StancewireError: a stage cannot be set up, or ``out`` cannot be written.
    """
    begun = perf_counter()
    if source.is_dir() and out.resolve() == source.resolve():
        raise InputError(f"{out}: is the input folder; name another folder for the run")
    # What is quick to find wrong comes before the stages, whose import takes seconds.
    reader = ArticleReader(source, leave_out=out)
    check_folder(out, overwrite=overwrite)
    settings = resolved(config)
    chain = build_chain(config)
    try:
        with RunWriter(out, table_format, overwrite=overwrite) as writer:
            engine = LocalEngine(chain, config.threads)
            model = engine.stance_model
            ready = perf_counter()
            watch(0, 0, 0.0)
            files = [out / name for name in (*final_names(table_format), COMPLETE)]
            result = RunResult(out, files, Tally())
            for outcome in engine.outcomes(reader, config.batch_articles):
                if isinstance(outcome, Reject):
                    writer.reject(outcome)
                    result.rejects += 1
                    if len(result.first_rejects) < _REJECTS_KEPT:
                        result.first_rejects.append(outcome)
                else:
                    writer.add(outcome, model)
                    result.tally.add(outcome)
                watch(result.tally.articles, result.rejects, reader.done)
            done = perf_counter()
            result.seconds = done - ready
            writer.commit(
                {
                    "stancewire": version("stancewire"),
                    "config": settings,
                    "models": engine.checkpoints,
                    "inputs": reader.digests,
                    "counts": result.tally.counts() | {"rejects": result.rejects},
                    "timings": _timings(engine.seconds, begun, ready, done, result.tally.articles),
                }
            )
    except OSError as error:
        raise StancewireError(f"{out}: the run cannot be written: {error.strerror or error}") from error
    return result


def _timings(
    stages: dict[str, float], begun: float, ready: float, done: float, articles: int
) -> dict[str, Any]:
    """Seconds, and articles a second once the models were loaded."""
    return {
        "setup_s": round(ready - begun, 3),
        "stages_s": {name: round(seconds, 3) for name, seconds in stages.items()},
        "total_s": round(done - begun, 3),
        "articles_per_s": round(articles / max(done - ready, 1e-9), 2),
    }
