"""The coreference model: its windows, labels, links of a text, training and report."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import annotated_article, saved, tiny_encoder, write_rows

from models.articles import parse_article
from models.checkpoints import Checkpoint
from models.coreference import (
    CoreferenceConfig,
    CoreferenceModel,
    choice_scores,
)
from models.coreference_evaluation import evaluate_coreference
from models.coreference_features import (
    UNKNOWN,
    article_labels,
    article_spans,
    collate,
    collate_labels,
    coreference_windows,
    taught_nations,
)
from models.heads import encoder_settings
from models.labels import MENTION_TAGS, NO_NATION
from models.layers import COUNTRY, MEMBER, RELATIONS, SAME, distance_ids
from models.links import AHEAD, BACK, FAR, link_texts
from models.promotion import promote
from models.reader_features import line_paragraphs
from models.registry import load_checkpoint
from models.training import CoreferenceTrainConfig, Gate, LabelSource, train_coreference

TEXT = "Xi praised Putin. He backs Russia.\n\nThe two said talks fell."
MENTIONS = [
    (TEXT.index(word), TEXT.index(word) + len(word), kind)
    for word, kind in (
        ("Xi", "name"),
        ("Putin", "name"),
        ("He", "pronoun"),
        ("Russia", "name"),
        ("The two", "collective"),
    )
]


@pytest.fixture(scope="module")
def checkpoint(coreference_folder: Path) -> Checkpoint:
    return load_checkpoint(str(coreference_folder), CoreferenceModel)


def test_a_window_marks_its_mentions_and_where_they_stand(checkpoint: Checkpoint) -> None:
    (window,) = coreference_windows(checkpoint.tokenizer, TEXT, line_paragraphs(TEXT), MENTIONS, 48)
    assert window.mentions == [0, 1, 2, 3, 4]
    words = checkpoint.tokenizer.convert_ids_to_tokens(window.ids)
    assert [words[first] for first, _ in window.tokens] == ["xi", "putin", "h", "russia", "the"]
    first, past = window.tokens[4]
    assert [MENTION_TAGS[tag] for tag in window.tags[first:past]] == [
        "B-collective",
        *["I-collective"] * (past - first - 1),
    ]
    assert sum(tag > 0 for tag in window.tags) == sum(past - first for first, past in window.tokens)


def test_every_mention_of_a_long_text_belongs_to_one_window(checkpoint: Checkpoint) -> None:
    text = "Xi said rain fell on China. " * 12
    mentions = [(at, at + 2, "name") for at in range(0, len(text), 28)]
    windows = coreference_windows(checkpoint.tokenizer, text, [(0, len(text))], mentions, 32)
    assert len(windows) > 2
    assert [index for window in windows for index in window.mentions] == list(range(12))


def test_labels_say_who_is_who_who_is_among_whom_and_whose_country_is_one(checkpoint: Checkpoint) -> None:
    article = parse_article(
        {
            "id": "a",
            "countries": {"xi": "CHN", "china": "CHN", "rain": "-"},
            "sentences": [
                {
                    "text": "Xi China they rain Xi",
                    "para": 0,
                    "mentions": [
                        {"start": 0, "end": 2, "keys": ["xi"]},
                        {"start": 3, "end": 8, "keys": ["china"]},
                        {"start": 9, "end": 13, "keys": ["xi", "china"]},
                        {"start": 14, "end": 18, "keys": ["rain"]},
                        {"start": 19, "end": 21, "keys": ["xi"]},
                    ],
                    "speakers": [],
                    "stances": [],
                }
            ],
        }
    )
    (window,) = coreference_windows(
        checkpoint.tokenizer, article.text, line_paragraphs(article.text), article_spans(article), 48
    )
    labels = collate_labels([asdict(article_labels(article, window, [NO_NATION, "USA", "CHN"]))])
    same, member, country = (labels[name][0].tolist() for name in ("same", "member", "country"))
    assert same[4] == [1, 0, 0, 0, 1]
    assert member[2] == [1, 1, UNKNOWN, 0, 1]
    assert member[0] == [UNKNOWN] * 5
    # Neither the collective nor what has no country is asked; the latter asks, and shares none.
    assert country[0] == [UNKNOWN, 1, UNKNOWN, UNKNOWN, 1]
    assert country[3] == [0, 0, UNKNOWN, UNKNOWN, 0]
    assert labels["several"][0].tolist() == [0, 0, 1, 0, 0]
    assert labels["nations"][0].tolist() == [2, 2, UNKNOWN, 0, 2]
    # What the model was not taught is nobody's.
    assert article_labels(article, window, [NO_NATION]).nations == [UNKNOWN] * 3 + [0, UNKNOWN]
    assert taught_nations([article]) == [NO_NATION, "CHN"]


def test_distances_are_told_apart_by_size_and_side() -> None:
    found = distance_ids(torch.tensor([-40, -8, -1, 0, 1, 2, 7, 8, 40])).tolist()
    assert found[3] == 0
    assert len(set(found)) == len(found)
    assert distance_ids(torch.tensor([5, 7])).unique().numel() == 1


def test_antecedents_and_none_share_one_probability() -> None:
    scores = choice_scores(torch.randn(1, 4, 4), torch.randn(1, 4)).exp()[0]
    assert torch.allclose(scores.sum(dim=-1), torch.ones(4))
    assert scores[0].tolist() == [1, 0, 0, 0, 0]
    assert (scores[2, 3:] == 0).all()


@torch.inference_mode()
def test_the_links_of_a_text_are_those_of_the_model(checkpoint: Checkpoint) -> None:
    (window,) = coreference_windows(checkpoint.tokenizer, TEXT, line_paragraphs(TEXT), MENTIONS, 48)
    output = checkpoint.model(**collate([window], checkpoint.tokenizer.pad_token_id))
    choices = choice_scores(output.pair_logits[..., SAME], output.own_logits[..., 0])[0].numpy()
    (links,) = link_texts(checkpoint, [(TEXT, line_paragraphs(TEXT), MENTIONS)])
    assert np.allclose(links.new, choices[:, 0], atol=1e-4)
    assert links.codes == (NO_NATION, "CHN", "RUS")
    assert np.allclose(links.nations, output.nation_logits[0].log_softmax(dim=-1), atol=1e-3)
    for mention in range(5):
        for other in range(5):
            if other < mention:
                assert links.same(mention, other) == pytest.approx(choices[mention, 1 + other], abs=1e-3)
            if other != mention:
                expected = output.pair_logits[0, mention, other]
                assert links.member(mention, other) == pytest.approx(expected[MEMBER].item(), abs=1e-3)
                assert links.country(mention, other) == pytest.approx(expected[COUNTRY].item(), abs=1e-3)


def test_a_texts_links_are_the_same_bytes_beside_any_others(checkpoint: Checkpoint) -> None:
    long = "Xi said rain fell on China. " * 30
    texts = [
        (TEXT, line_paragraphs(TEXT), MENTIONS),
        ("", [], []),
        (long, [(0, len(long))], [(at, at + 2, "name") for at in range(0, len(long), 28)]),
    ]
    together = link_texts(checkpoint, texts)
    alone = [link_texts(checkpoint, [text])[0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert one.pairs.tobytes() == other.pairs.tobytes()
        assert one.new.tobytes() == other.new.tobytes()
        assert one.nations.tobytes() == other.nations.tobytes()
    assert together[1].nations.shape == (0, 3)
    assert together[1].pairs.shape == (0, BACK + 1 + AHEAD, RELATIONS)


def test_what_is_too_far_or_in_no_paragraph_is_not_linked(checkpoint: Checkpoint) -> None:
    text = "Xi " * (BACK + 5)
    mentions = [(at, at + 2, "name") for at in range(0, len(text), 3)]
    (links,) = link_texts(checkpoint, [(text, [(3, len(text) - 1)], mentions)])
    last = len(mentions) - 1
    assert links.same(last, last - BACK) > FAR
    assert links.same(last, last - BACK - 1) == links.country(3, 4 + AHEAD) == FAR
    assert links.same(1, 0) == links.country(1, 0) == links.member(0, 1) == FAR
    # A mention outside every paragraph is anybody's.
    assert np.allclose(np.exp(links.nations[0]), 1 / 3)
    assert not np.allclose(np.exp(links.nations[1]), 1 / 3)


def test_training_learns_names_and_the_gate_compares_checkpoints(tmp_path: Path) -> None:
    rows = [annotated_article(number) for number in range(24)]
    for row in rows:
        row["countries"] = dict.fromkeys(row["countries"], "CHN")
    files = {
        "train": write_rows(tmp_path / "train.jsonl", rows[:20]),
        "valid": write_rows(tmp_path / "valid.jsonl", rows[20:]),
    }
    torch.manual_seed(0)
    fresh = CoreferenceModel(
        CoreferenceConfig(
            encoder=encoder_settings(tiny_encoder()),
            max_tokens=48,
            pair_width=16,
            nations=[NO_NATION, "CHN", "RUS"],
        )
    )
    config = CoreferenceTrainConfig(
        start=str(saved(fresh, tmp_path / "start")),
        train=[LabelSource(name="train", path=files["train"])],
        valid=[LabelSource(name="valid", path=files["valid"])],
        gates=[Gate(name="valid", path=files["valid"])],
        out=tmp_path / "out",
        epochs=24,
        patience=24,
        learning_rate=1e-2,
        head_learning_rate=1e-2,
        batch_size=4,
    )
    trained = train_coreference(config)
    assert trained.rows == {"train": 20}
    assert trained.metrics["antecedent_accuracy"] > 0.9
    assert trained.metrics["country_f1"] > 0.9
    assert trained.metrics["nation_accuracy"] > 0.9
    promotion = promote(config, trained, 1.0)
    assert promotion.passed
    (verdict,) = promotion.verdicts
    assert verdict.old is not None
    assert verdict.new > verdict.old
    found = evaluate_coreference(load_checkpoint(str(config.out), CoreferenceModel), files["valid"])
    assert found.links["antecedent"].f1 > 0.9
    assert found.links["antecedent"].support == 4 * 3
    assert found.links["member"].support == 0
    assert "links of given mentions" in (config.out / "README.md").read_text(encoding="utf-8")
