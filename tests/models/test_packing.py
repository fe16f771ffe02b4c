import pytest
import torch
from tiny_models import WIDTH
from transformers import PreTrainedModel

from models.heads import build_encoder
from models.packing import CHUNK_TOKENS, PACKABLE, chunks, encode_packed, first_fit, joined


def tiny(kind: str) -> PreTrainedModel:
    torch.manual_seed(3)
    sizes = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    extra = {"embedding_size": WIDTH} if kind == "electra" else {}
    return build_encoder(
        {"model_type": kind, "vocab_size": 50, "max_position_embeddings": 64, **sizes, **extra}
    ).eval()


def test_chunks_are_filled_and_lose_nothing() -> None:
    lengths = [7, 30, 90, 12, 60, 101, 40]
    found = first_fit(lengths, 100)
    assert sorted(index for chunk in found for index in chunk) == list(range(7))
    # What is longer than a chunk is alone; 90, 60 + 40 and the rest.
    assert found == [[5], [2, 0], [4, 6], [1, 3]]
    assert first_fit([], 100) == []


def test_an_encoder_that_cannot_pack_takes_a_window_a_pass() -> None:
    assert list(chunks(tiny("mpnet"), [5, 3])) == [(5, [0]), (3, [1])]
    assert list(chunks(tiny("bert"), [5, 3])) == [(CHUNK_TOKENS, [0, 1])]
    assert list(chunks(tiny("bert"), [CHUNK_TOKENS + 9])) == [(CHUNK_TOKENS + 9, [0])]


@pytest.mark.parametrize("kind", [*PACKABLE, "mpnet"])
@torch.inference_mode()
def test_windows_end_to_end_are_encoded_as_each_by_itself(kind: str) -> None:
    encoder = tiny(kind)
    lengths = [1, 9, 5] if kind in PACKABLE else [9]
    windows = [torch.randint(5, 50, (length,)) for length in lengths]
    size = 32 if kind in PACKABLE else 9
    ids = torch.from_numpy(joined([window.numpy() for window in windows], size))
    states = encode_packed(encoder, encoder.get_input_embeddings()(ids), lengths)
    for window, found in zip(windows, states[: sum(lengths)].split(lengths), strict=True):
        alone = encoder(window.unsqueeze(0)).last_hidden_state[0]
        assert torch.allclose(found, alone, atol=1e-5)


@torch.inference_mode()
def test_the_encoder_is_left_as_it_was() -> None:
    encoder = tiny("bert")
    usual = encoder.config._attn_implementation
    encode_packed(encoder, torch.zeros(8, WIDTH), [3])
    assert encoder.config._attn_implementation == usual
