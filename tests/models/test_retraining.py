"""Retraining with tiny models and tiny base data: what is trained on, what is compared, what is resumed."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models import retraining
from models.article_pairs import article_pairs
from models.articles import read_articles
from models.comparison import compare
from models.errors import CheckpointError, LabelError
from models.evaluation import score_file
from models.inference import score_windows
from models.labels import STANCES
from models.leaks import text_key
from models.pairs import labelled_windows, parse_pair
from models.registry import load_checkpoint
from models.retraining import replay_rows, retrain, split_by_article, with_opinions
from models.stance import StanceModel
from models.training_progress import TrainingStep
from tests.tiny_models import read_rows, saved, tiny_retraining, tiny_stance, user_labels, write_rows


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Labels of a user's, with a tiny default checkpoint and tiny base data in place of the shipped ones."""
    tiny_retraining(tmp_path, monkeypatch)
    return write_rows(tmp_path / "mine.jsonl", user_labels(70))


def test_validation_takes_whole_articles_whatever_the_order() -> None:
    rows = [row | {"article": row["article"][:2]} for row in user_labels(60)]
    train, valid = split_by_article(rows)
    articles = {row["article"] for row in rows}
    held = {row["article"] for row in valid}
    assert len(held) == -(-len(articles) // 5)
    assert held.isdisjoint(row["article"] for row in train)
    assert len(train) + len(valid) == len(rows)
    assert {row["article"] for row in split_by_article(rows[::-1])[1]} == held


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            user_labels(12),
            "to train on, at least 20 labelled stances of two kinds are needed, but 7 articles",
        ),
        (user_labels(30), "to validate with, at least 10 labelled stances of two kinds are needed"),
        ([row | {"stance": "neutral"} for row in user_labels(70)], "[0-9]+ neutral"),
        ([row | {"stance": None} for row in user_labels(70)], "have none"),
    ],
)
def test_too_few_labels_are_refused(labels: Path, rows: list[dict], message: str) -> None:
    write_rows(labels, rows)
    with pytest.raises(LabelError, match=message):
        retrain(labels, labels.parent / "out")
    assert not (labels.parent / "out").exists()


def test_replay_draws_whole_statements_and_more_of_them_holds_fewer(labels: Path) -> None:
    def statement(row: dict) -> str:
        return row["id"].rpartition(":")[0]

    few, many = replay_rows(9), replay_rows(60)
    assert few == many[: len(few)]
    assert 9 <= len(few) < 60 <= len(many)
    assert len({row["article"] for row in many}) > 3
    every = [row for article in read_articles(retraining.REPLAY) for row in article_pairs(article)]
    drawn = {statement(row) for row in many}
    assert {row["id"] for row in many} == {row["id"] for row in every if statement(row) in drawn}


def test_a_row_without_a_sentiment_gets_the_opinion_of_the_start(labels: Path) -> None:
    first, second = user_labels(2)
    rows = [first, second | {"sentiment": "negative"}]
    told = list(with_opinions(load_checkpoint("stance", StanceModel), rows))
    assert sum(told[0]["soft_sentiment"]) == pytest.approx(1, abs=1e-3)
    assert told[1] == rows[1]


def test_calibration_changes_nothing_of_the_opinion_that_training_fits_to(labels: Path) -> None:
    start = load_checkpoint("stance", StanceModel)
    before, *_ = with_opinions(start, user_labels(1))
    start.model.config.sentiment_temperature = 5.0
    after, *_ = with_opinions(start, user_labels(1))
    assert after["soft_sentiment"] == pytest.approx(before["soft_sentiment"], abs=1e-3)


def test_replayed_opinions_are_those_that_training_leaves_alone(labels: Path) -> None:
    start = load_checkpoint("stance", StanceModel)
    rows = user_labels(4)
    windows = labelled_windows(parse_pair(row) for row in rows)
    # Without weights and at temperature 1 they are the softmax of the logits, which is what the loss looks at.
    own = [score.stances for score in score_windows(start, [one.window for one in windows])]
    start.model.config.stance_temperature = 2.0
    start.model.config.class_weights = [2.0, 1.0, 3.0]
    told = {row["id"]: row["soft_stance"] for row in with_opinions(start, rows, instead=True)}
    for window, chances in zip(windows, own, strict=True):
        # The weighted cross entropy to a target is least where the chances are the weighted target.
        weighted = np.array([told[name] for name in window.ids]) * start.model.config.class_weights
        assert weighted / weighted.sum(axis=-1, keepdims=True) == pytest.approx(chances, abs=1e-3)


def test_base_data_shares_no_statement_with_the_old_domains_held_out_articles() -> None:
    def statements(path: Path) -> set[str]:
        return {
            text_key(sentence["text"])
            for article in read_rows(path)
            for sentence in article["sentences"]
            if sentence["mentions"]
        }

    held_out = statements(retraining.OLD_DOMAIN)
    assert len(held_out) > 300
    assert held_out.isdisjoint(statements(retraining.REPLAY))


def test_retraining_learns_compares_and_leaves_a_checkpoint(
    labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A random start has no skill to keep, and the tiny base data has few pairs.
    monkeypatch.setattr(retraining, "TOLERANCE", 1.0)
    monkeypatch.setattr(retraining, "REPLAY_PAIRS", 3)
    out = labels.parent / "out"
    # A text of the old domain's held-out articles among the labels is not trained on.
    (held_out, *_) = read_rows(retraining.OLD_DOMAIN)[0]["sentences"]
    leak = user_labels(1)[0] | {"id": "leak", "text": held_out["text"], "holder": None, "target": [[0, 2]]}
    leak["article"] = next(row["article"] for row in split_by_article(user_labels(70))[0])
    write_rows(labels, [*user_labels(70), leak])
    steps: list[TrainingStep] = []
    result = retrain(labels, out, curve=(20, 40, 500), watch=steps.append)
    assert result.promotion.passed

    inputs = {path.stem: read_rows(path) for path in (out / "inputs").glob("*.jsonl")}
    assert {row["article"] for row in inputs["train"]}.isdisjoint(row["article"] for row in inputs["valid"])
    assert len(inputs["replay"]) >= 3 * len(inputs["train"])
    record = json.loads((out / "training.json").read_text("utf-8"))
    assert record["leaked"]["your labels"] == 1

    comparison = json.loads((out / "comparison.json").read_text("utf-8"))
    yours, old_domain = comparison["gates"]
    assert (yours["gate"], old_domain["gate"]) == ("your validation labels", "old domain")
    assert yours["new"] > yours["old"]
    told = yours["comparison"]
    assert told["pairs"] == len(inputs["valid"])
    right = {flip["id"] for flip in told["flips"] if flip["new"] == flip["gold"]}
    assert len(right) == told["fixed"] > 0
    assert len(told["flips"]) == told["fixed"] + told["broken"]
    assert "flips" not in record["gates"][0]["comparison"]
    card = (out / "README.md").read_text("utf-8")
    assert "Trained on from the checkpoint `stance`." in card
    assert f"| your validation labels | {100 * yours['old']:.1f} | {100 * yours['new']:.1f} |" in card
    assert told["flips"][0]["statement"] not in card

    curve = json.loads((out / "curve.json").read_text("utf-8"))
    sizes = [row["labels"] for row in curve if row["file"] == "old domain"]
    assert sizes == [0, 20, 40, len(inputs["train"])]
    assert (out / "curve.svg").read_text("utf-8").startswith("<svg")
    assert {step.part for step in steps} == {"curve, 20 labels", "curve, 40 labels", "training"}
    assert steps[-1].scores is not None and steps[-1].step == steps[-1].steps

    assert load_checkpoint(str(out), StanceModel).model.config.schemes == ["guide"]
    assert not (out / "training").exists()
    with pytest.raises(CheckpointError, match="holds a checkpoint already; name another folder"):
        retrain(labels, out)


def test_what_a_gate_refuses_is_left_aside(labels: Path) -> None:
    rows = user_labels(70)
    start = load_checkpoint("stance", StanceModel)
    windows = [labelled.window for labelled in labelled_windows(map(parse_pair, rows))]
    found = [STANCES[score.stances.argmax()] for score in score_windows(start, windows)]
    # A start that knows nothing answers much the same; by these labels that is right, and the truth is wrong.
    usual = Counter(found).most_common(1)[0][0]
    other = next(stance for stance in STANCES if stance != usual)
    valid = [row | {"stance": other if row["stance"] == usual else usual} for row in rows[:40]]
    write_rows(labels, rows[40:])
    path = write_rows(labels.parent / "valid.jsonl", valid)
    result = retrain(labels, labels.parent / "out", valid=path)
    yours, _ = result.promotion.verdicts
    assert not yours.passed
    assert result.promotion.folder == labels.parent / "out" / "training" / "candidate"
    assert (result.promotion.folder / "comparison.json").exists()
    assert not (labels.parent / "out" / "model.safetensors").exists()


class StoppedError(Exception):
    pass


def test_a_stopped_retraining_goes_on_to_the_same_weights(
    labels: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retraining, "TOLERANCE", 1.0)
    whole = retrain(labels, labels.parent / "whole", curve=(20,))
    out = labels.parent / "out"

    def stop(step: TrainingStep) -> None:
        if step.part == "training" and step.epoch == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        retrain(labels, out, curve=(20,), watch=stop)
    parts: list[str] = []
    resumed = retrain(labels, out, curve=(20,), resume=True, watch=lambda step: parts.append(step.part))
    digests = {
        load_checkpoint(str(result.promotion.folder), StanceModel).digest for result in (whole, resumed)
    }
    assert len(digests) == 1
    assert resumed.curve == whole.curve
    assert set(parts) == {"training"}


def test_changed_labels_are_no_run_to_resume(labels: Path) -> None:
    def stop(step: TrainingStep) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        retrain(labels, labels.parent / "out", watch=stop)
    write_rows(labels, user_labels(71))
    with pytest.raises(LabelError, match="start again without --resume"):
        retrain(labels, labels.parent / "out", resume=True)


def test_a_comparison_counts_what_flipped(tmp_path: Path) -> None:
    old = load_checkpoint(str(saved(tiny_stance(), tmp_path / "old")), StanceModel)
    turned = tiny_stance()
    with torch.no_grad():
        turned.stance_head.weight.copy_(turned.stance_head.weight.roll(1, dims=0))
        turned.stance_head.bias.copy_(turned.stance_head.bias.roll(1, dims=0))
    new = replace(old, model=turned)
    path = write_rows(tmp_path / "labels.jsonl", user_labels(20))
    before, after = score_file(old, path), score_file(new, path)
    there, back, same = compare(before, after), compare(after, before), compare(before, before)
    assert (there.old, there.new) == (back.new, back.old)
    assert there.difference.difference == pytest.approx(there.new - there.old)
    assert (there.fixed, there.broken) == (back.broken, back.fixed)
    assert there.fixed + there.broken == len(there.flips) > 0
    assert all((flip.old == flip.gold) != (flip.new == flip.gold) for flip in there.flips)
    assert (same.flips, same.difference.difference, same.difference.wins) == ((), 0.0, 0.0)
    write_rows(path, [row | {"stance": None} for row in user_labels(2)])
    with pytest.raises(LabelError, match=r"labels\.jsonl: no row has a stance or a sentiment"):
        compare(score_file(old, path), score_file(new, path))
