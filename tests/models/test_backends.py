import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models import backends, parity
from models.backends import AUTO, BACKENDS, check_backend, load_with
from models.coreference import CoreferenceModel
from models.errors import BackendError
from models.inference import read_texts, score_windows
from models.onnx_graph import onnx_encode
from models.pairs import AUTHOR_INDEX, StanceWindow
from models.parity import Sample, agreement, labels_of
from models.reader import ReaderModel
from models.reader_features import line_paragraphs
from models.registry import load_checkpoint
from models.scoring import ReaderScorer, StanceScorer
from models.stance import StanceModel

TEXTS = [
    "Xi said rain fell on China. Putin condemned Nato.",
    "Xi praised the envoy of Russia.",
    "Nato backs China.",
]


def window(text: str) -> StanceWindow:
    return StanceWindow(
        text, (0, len(text)), (((0, 2),), ((3, 9),)), frozenset(), ((0, 1), (AUTHOR_INDEX, 1))
    )


SAMPLE = Sample(TEXTS, [[(0, 2, "name")] for _ in TEXTS], [window(text) for text in TEXTS])


@pytest.fixture(scope="module")
def checkpoint(stance_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of this module alone: its graph is exported once, and kept beside it."""
    return Path(shutil.copytree(stance_folder, tmp_path_factory.mktemp("kept") / "stance"))


@pytest.fixture(autouse=True)
def small_sample(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(backends, "sample", lambda: SAMPLE)
    yield


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("backends/*/*"))


def disagree(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(backends, "agreement", lambda checkpoint, labels, others: (share, 1000))


def test_onnx_scores_as_torch_does_and_keeps_its_graph(checkpoint: Path) -> None:
    in_torch = load_checkpoint(str(checkpoint), StanceModel)
    in_onnx = load_with(str(checkpoint), StanceScorer, "onnx")
    windows = [window(text) for text in TEXTS]
    for expected, found in zip(
        score_windows(in_torch, windows), score_windows(in_onnx, windows), strict=True
    ):
        assert np.allclose(found.stances, expected.stances, atol=1e-4)
        assert np.allclose(found.sentiments, expected.sentiments, atol=1e-4)
    assert (in_torch.name, in_onnx.name) == ("stance", "stance+onnx")
    assert in_onnx.label == f"stance+onnx@{in_onnx.digest[:8]}"
    (graph,) = checkpoint.glob("backends/*/encoder.onnx")
    before = graph.stat().st_mtime_ns
    load_with(str(checkpoint), StanceScorer, "onnx")
    assert graph.stat().st_mtime_ns == before
    assert kept(checkpoint) == ["encoder.onnx"]


def test_int8_scores_a_window_by_itself(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disagree(monkeypatch, 1.0)
    ready = load_with(str(checkpoint), StanceScorer, "onnx-int8")
    windows = [window(text) for text in TEXTS]
    together = score_windows(ready, windows)
    for one, found in zip(windows, together, strict=True):
        (alone,) = score_windows(ready, [one])
        assert np.array_equal(alone.stances, found.stances)
    in_torch = score_windows(load_checkpoint(str(checkpoint), StanceModel), windows)
    differences = [np.abs(a.stances - b.stances).max() for a, b in zip(together, in_torch, strict=True)]
    assert 0 < max(differences) < 0.2


def test_int8_that_disagrees_is_refused(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(checkpoint, tmp_path / "mine"))
    for notes in folder.glob("backends/*/measured-*.json"):
        notes.unlink()
    disagree(monkeypatch, 0.9949)
    with pytest.raises(
        BackendError, match=r"'onnx-int8' gives the labels of torch on 99\.5% of 1000 .*another"
    ):
        load_with(str(folder), StanceScorer, "onnx-int8")
    # What was measured stands, and is not measured again.
    disagree(monkeypatch, 1.0)
    with pytest.raises(BackendError):
        load_with(str(folder), StanceScorer, "onnx-int8")


def test_auto_measures_once_and_takes_what_may_be_used(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(shutil.copytree(checkpoint, tmp_path / "mine"))
    for notes in folder.glob("backends/*/measured-*.json"):
        notes.unlink()
    disagree(monkeypatch, 0.5)
    first = load_with(str(folder), StanceScorer, AUTO)
    (notes,) = folder.glob("backends/*/measured-*.json")
    measured = json.loads(notes.read_text())
    assert set(measured["seconds"]) == {"torch", "onnx"}
    assert "onnx-int8" in caplog.text
    assert measured["fastest"] == min(measured["seconds"], key=measured["seconds"].get)
    # The measurement decides from now on, not the machine's mood.
    other = "onnx" if measured["fastest"] == "torch" else "torch"
    notes.write_text(json.dumps(measured | {"fastest": other}))
    again = load_with(str(folder), StanceScorer, AUTO)
    assert {first.name, again.name} == {"mine", "mine+onnx"}


def test_a_folder_that_cannot_be_written_leaves_it_to_the_users_cache(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = next(checkpoint.glob("backends/*/encoder.onnx"))
    exported: list[Path] = []
    monkeypatch.setattr(backends, "export_encoder", lambda encoder, path: exported.append(path))
    monkeypatch.setattr(backends, "onnx_encode", lambda path: onnx_encode(graph))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(backends.os, "access", lambda path, mode: False)
    load_with(str(checkpoint), StanceScorer, "onnx")
    assert exported == [tmp_path / "stancewire" / "backends" / graph.parent.name / "encoder.onnx"]


def test_what_cannot_run_here_is_told_before_work_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackendError, match=r"choose from: torch, onnx, onnx-int8, .*, auto"):
        check_backend("tensorflow")
    monkeypatch.setattr(backends, "find_spec", lambda name: None)
    with pytest.raises(BackendError, match=r"needs onnx, onnxruntime.*--extra onnx"):
        check_backend("onnx-int8")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(BackendError, match="needs a GPU"):
        check_backend("cuda-fp16")
    assert check_backend("torch") == "torch"


@pytest.mark.long
def test_the_reader_reads_alike_by_onnx(reader_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(reader_folder, tmp_path / "reader")
    given = [(text, line_paragraphs(text)) for text in TEXTS]
    in_torch, in_onnx = (load_with(str(folder), ReaderScorer, name) for name in ("torch", "onnx"))
    for expected, found in zip(read_texts(in_torch, given), read_texts(in_onnx, given), strict=True):
        assert [(s.start, s.end, s.label) for s in found.mentions] == [
            (s.start, s.end, s.label) for s in expected.mentions
        ]


def test_agreement_counts_pairs_links_and_the_tokens_that_either_tags(
    stance_folder: Path, reader_folder: Path, coreference_folder: Path
) -> None:
    stance = load_checkpoint(str(stance_folder), StanceModel)
    assert len(labels_of(stance, SAMPLE)) == 6
    assert agreement(stance, np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])) == (0.75, 4)
    reader = load_checkpoint(str(reader_folder), ReaderModel)
    assert agreement(reader, np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])) == (2 / 3, 3)
    coreference = load_checkpoint(str(coreference_folder), CoreferenceModel)
    labels = labels_of(coreference, SAMPLE)
    assert agreement(coreference, labels, labels) == (1.0, np.count_nonzero(labels))
    other = replace(reader, encode=lambda encoder, embedded, lengths: torch.zeros_like(embedded))
    share, count = agreement(reader, labels_of(reader, SAMPLE), labels_of(other, SAMPLE))
    assert share < 1 and count


def test_the_sample_is_of_our_own_articles() -> None:
    given = parity.sample()
    assert sum(len(one.pairs) for one in given.windows) > 500
    assert len(given.texts) > 10


def test_the_table_names_every_backend_of_the_shipped_config() -> None:
    text = (Path(__file__).parents[2] / "configs" / "score.yaml").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if "backend: torch # or" in line)
    assert all(name in line for name in [*BACKENDS, AUTO])
