"""The reader's training goes on from a checkpoint, on a share of a source."""

from pathlib import Path

import torch

from models.training import LabelSource, ReaderTrainConfig, train_reader
from tests.tiny_models import saved, tiny_reader, write_rows


def rows(count: int, text: str) -> list[dict]:
    return [
        {"id": f"{text}{number}", "text": f"{text} {number}", "mentions": [[0, 2, "name"]], "spans": None}
        for number in range(count)
    ]


def test_training_goes_on_from_a_checkpoint_with_a_share_of_the_texts(tmp_path: Path) -> None:
    started = tiny_reader()
    config = ReaderTrainConfig(
        start=str(saved(started, tmp_path / "start")),
        train=[LabelSource(name="a", path=write_rows(tmp_path / "a.jsonl", rows(40, "xi rain")), share=0.5)],
        valid=[LabelSource(name="b", path=write_rows(tmp_path / "b.jsonl", rows(4, "xi fell")))],
        out=tmp_path / "out",
        epochs=1,
        learning_rate=1e-6,
        head_learning_rate=1e-6,
    )
    trained = train_reader(config)
    assert 10 < trained.rows["a"] < 30
    # At such a rate the weights hardly move: they are the checkpoint's (in float16), not those of a fresh model.
    old, new = started.state_dict(), trained.model.state_dict()
    assert all(torch.allclose(old[name], new[name], atol=1e-3) for name in old)
