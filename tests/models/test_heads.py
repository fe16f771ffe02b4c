"""The forward passes of both models: pooling, the author's and the unseen vector, losses."""

import math

import pytest
import torch
from tiny_models import WIDTH, shaken, tiny_encoder, tiny_reader, tiny_stance
from torch import Tensor

from models.heads import encoder_settings, pool_spans
from models.labels import IGNORED, MENTION_TAGS
from models.layers import FeatureEmbedding
from models.stance import StanceConfig, StanceModel


def test_pooling_is_the_mean_of_an_actors_tokens() -> None:
    states = torch.tensor([[[1.0, 0.0], [3.0, 2.0], [9.0, 9.0]]])
    masks = torch.tensor([[[1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]])
    assert pool_spans(states, masks).tolist() == [[[2.0, 1.0], [0.0, 0.0]]]


def test_a_fresh_model_sees_what_its_base_was_trained_on() -> None:
    model = StanceModel(StanceConfig(encoder=encoder_settings(tiny_encoder()), attention_heads=2))
    assert isinstance(model.features, FeatureEmbedding)
    assert all(not table.weight.any() for table in model.features.tables)


def stance_inputs(**changes: Tensor) -> dict[str, Tensor]:
    ids = torch.tensor([[2, 5, 9, 7, 3, 0]])
    masks = torch.zeros(1, 4, 6)
    masks[0, 1, 1] = masks[0, 2, 3] = 1
    inputs = {
        "input_ids": ids,
        "attention_mask": (ids != 0).long(),
        "shape_ids": torch.ones_like(ids),
        "place_ids": torch.ones_like(ids),
        "mark_ids": torch.zeros_like(ids),
        "actor_masks": masks,
        "pairs": torch.tensor([[[1, 2], [2, 1], [0, 2], [3, 2]]]),
    }
    return inputs | changes


@torch.inference_mode()
def test_pairs_have_a_direction_and_holders_differ() -> None:
    logits = tiny_stance()(**stance_inputs()).stance_logits[0]
    rows = {tuple(row.tolist()) for row in logits}
    assert len(rows) == 4


@torch.inference_mode()
def test_the_author_and_an_actor_without_mention_are_learned_vectors() -> None:
    model = tiny_stance()
    before = model(**stance_inputs()).stance_logits[0]
    model.unseen += 1
    unseen = model(**stance_inputs()).stance_logits[0]
    # The pair of actor 3, which has no token, moves alone.
    assert (before != unseen).any(dim=-1).tolist() == [False, False, False, True]
    model.author += 1
    author = model(**stance_inputs()).stance_logits[0]
    assert (unseen != author).any(dim=-1).tolist() == [False, False, True, False]


@torch.inference_mode()
def test_sentiment_depends_on_the_target_alone() -> None:
    sentiments = tiny_stance()(**stance_inputs()).sentiment_logits[0]
    assert torch.equal(sentiments[0], sentiments[2])
    assert torch.equal(sentiments[0], sentiments[3])
    assert not torch.allclose(sentiments[0], sentiments[1])


@torch.inference_mode()
def test_padding_does_not_count() -> None:
    model = tiny_stance()
    changed = stance_inputs()["input_ids"].clone()
    changed[0, -1] = 8
    padded = stance_inputs()
    assert torch.equal(
        model(**padded).stance_logits, model(**(padded | {"input_ids": changed})).stance_logits
    )


def stance_loss(stances: list, sentiments: list, weights: list, **config: object) -> float:
    settings = {"encoder": encoder_settings(tiny_encoder()), "attention_heads": 2} | config
    model = shaken(StanceModel(StanceConfig(**settings)))
    with torch.inference_mode():
        return model(
            **stance_inputs(),
            stance_targets=torch.tensor([stances]),
            sentiment_targets=torch.tensor([sentiments]),
            weights=torch.tensor([weights]),
        ).loss.item()


NONE, SUPPORT, OPPOSE = [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]


def test_an_unlabelled_pair_bears_no_loss() -> None:
    assert stance_loss([NONE] * 4, [NONE] * 4, [1.0] * 4) == 0
    alone = stance_loss([SUPPORT, NONE, NONE, NONE], [NONE] * 4, [1.0] * 4)
    weightless = stance_loss([SUPPORT, OPPOSE, NONE, NONE], [NONE] * 4, [1.0, 0.0, 1.0, 1.0])
    assert alone == pytest.approx(weightless)
    assert alone > 0


def test_a_soft_label_bears_the_loss_of_its_parts() -> None:
    def loss(first: list[float]) -> float:
        return stance_loss([first, NONE, NONE, NONE], [NONE] * 4, [1.0] * 4)

    assert loss([0.25, 0.0, 0.75]) == pytest.approx(0.25 * loss(SUPPORT) + 0.75 * loss(OPPOSE), rel=1e-5)


def test_class_weights_and_the_sentiment_share_multiply_the_loss() -> None:
    stances, sentiments = [OPPOSE, NONE, NONE, NONE], [NONE, SUPPORT, NONE, NONE]
    plain = stance_loss(stances, [NONE] * 4, [1.0] * 4)
    assert stance_loss(stances, [NONE] * 4, [1.0] * 4, class_weights=[1, 1, 3]) == pytest.approx(3 * plain)
    full = stance_loss([NONE] * 4, sentiments, [1.0] * 4, sentiment_loss=1.0)
    both = stance_loss(stances, sentiments, [1.0] * 4, sentiment_loss=0.25)
    assert both == pytest.approx(plain + 0.25 * full)


def test_focal_loss_weighs_down_what_the_model_is_sure_of() -> None:
    stances = [SUPPORT, NONE, NONE, NONE]
    plain = stance_loss(stances, [NONE] * 4, [1.0] * 4)
    chance = math.exp(-plain)
    focal = stance_loss(stances, [NONE] * 4, [1.0] * 4, focal_gamma=2.0)
    assert focal == pytest.approx((1 - chance) ** 2 * plain, rel=1e-4)


@torch.inference_mode()
def test_the_reader_has_a_head_a_layer_and_ignores_what_is_unlabelled() -> None:
    model = tiny_reader()
    ids = torch.tensor([[2, 5, 9, 7, 3, 0]])
    inputs = {"input_ids": ids, "attention_mask": (ids != 0).long(), "shape_ids": torch.ones_like(ids)}
    spans = torch.full((1, 6, 3), IGNORED)
    mentions = torch.full((1, 6), IGNORED)
    output = model(**inputs, span_tags=spans, mention_tags=mentions)
    assert output.span_logits.shape == (1, 6, 3, 3)
    assert output.mention_logits.shape == (1, 6, len(MENTION_TAGS))
    assert output.loss.item() == 0
    mentions[0, 2] = 1
    one = model(**inputs, span_tags=spans, mention_tags=mentions).loss
    assert one.item() == pytest.approx(-output.mention_logits[0, 2].log_softmax(-1)[1].item(), rel=1e-5)
    assert model.shapes.tables[0].embedding_dim == WIDTH
