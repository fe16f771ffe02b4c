import pytest
from transformers import PreTrainedTokenizerFast

from models.labels import BIO, IGNORED, MENTION_TAGS
from models.reader_features import (
    ReaderWindow,
    collate,
    collate_labels,
    line_paragraphs,
    reader_windows,
    window_labels,
)
from models.spans import SpanLabels


def windows(tokenizer: PreTrainedTokenizerFast, text: str, max_tokens: int) -> list[ReaderWindow]:
    return reader_windows(tokenizer, text, line_paragraphs(text), max_tokens)


def owned_words(text: str, found: list[ReaderWindow]) -> list[str]:
    return [
        text[start:end]
        for window in found
        for (start, end), owned in zip(window.offsets, window.owned, strict=True)
        if owned
    ]


def test_paragraphs_are_the_lines_that_hold_anything() -> None:
    text = "  Rain fell.\n\n \nXi said.\n"
    assert [text[start:end] for start, end in line_paragraphs(text)] == ["Rain fell.", "Xi said."]


def test_neighbouring_paragraphs_share_a_window_while_they_fit(tokenizer: PreTrainedTokenizerFast) -> None:
    text = "Xi said\nRain fell\nPutin praised China"
    (one,) = windows(tokenizer, text, 16)
    assert tokenizer.convert_ids_to_tokens(one.ids) == [
        *("[CLS]", "xi", "said", "[SEP]", "rain", "fell", "[SEP]", "putin", "praised", "china", "[SEP]"),
    ]
    # 11 tokens in all: one fewer is room for two paragraphs only.
    assert [len(window.ids) for window in windows(tokenizer, text, 11)] == [11]
    assert [len(window.ids) for window in windows(tokenizer, text, 10)] == [7, 5]


@pytest.mark.parametrize("max_tokens", [16, 34, 35, 48, 80])
@pytest.mark.parametrize("words", [1, 14, 15, 33, 46, 47, 200])
def test_every_token_is_read_once_within_the_window_size(
    tokenizer: PreTrainedTokenizerFast, max_tokens: int, words: int
) -> None:
    text = "Xi said\n" + "rain fell " * (words // 2) + "on\nPutin praised China"
    found = windows(tokenizer, text, max_tokens)
    assert owned_words(text, found) == text.split()
    assert max(len(window.ids) for window in found) <= max_tokens
    assert all(len(w.ids) == len(w.offsets) == len(w.shapes) == len(w.owned) for w in found)


def test_a_seam_has_context_on_both_sides(tokenizer: PreTrainedTokenizerFast) -> None:
    first, second = windows(tokenizer, "rain " * 60, 48)
    seam = first.owned.index(False, 1)
    assert len(first.ids) - 1 - seam >= 8
    assert second.owned.index(True) - 1 >= 8


def test_tags_follow_the_spans(tokenizer: PreTrainedTokenizerFast) -> None:
    text = "Xi said rain fell"
    (window,) = windows(tokenizer, text, 16)
    labels = SpanLabels("a", text, ((0, 2, "name"),), ((0, 2, "source"), (3, 7, "cue"), (8, 17, "content")))
    tags = window_labels(window, labels)
    names = [[BIO[tag] if tag != IGNORED else "-" for tag in layer] for layer in tags.spans]
    assert names == [list("-BOOO-"), list("-OBOO-"), list("-OOBI-")]
    assert tags.mentions == [IGNORED, MENTION_TAGS.index("B-name"), 0, 0, 0, IGNORED]


def test_of_two_overlapping_spans_the_longer_counts(tokenizer: PreTrainedTokenizerFast) -> None:
    text = "Xi said rain fell"
    (window,) = windows(tokenizer, text, 16)
    labels = SpanLabels("a", text, ((0, 2, "name"), (0, 7, "nominal")), None)
    assert window_labels(window, labels).mentions[1:3] == [
        MENTION_TAGS.index("B-nominal"),
        MENTION_TAGS.index("I-nominal"),
    ]


def test_a_layer_that_was_not_annotated_is_ignored(tokenizer: PreTrainedTokenizerFast) -> None:
    (window,) = windows(tokenizer, "Xi said", 16)
    tags = window_labels(window, SpanLabels("a", "Xi said", None, ()))
    assert set(tags.mentions) == {IGNORED}
    assert tags.spans == [[IGNORED, 0, 0, IGNORED]] * 3


def test_padding_is_masked_and_bears_no_loss(tokenizer: PreTrainedTokenizerFast) -> None:
    short, longer = (windows(tokenizer, text, 16)[0] for text in ("Xi said", "Xi said rain fell"))
    inputs = collate([short, longer], 8, tokenizer.pad_token_id)
    assert inputs["attention_mask"].sum(dim=1).tolist() == [4, 6]
    assert inputs["input_ids"][0, 4:].tolist() == [tokenizer.pad_token_id] * 4
    labels = [window_labels(window, SpanLabels("a", "", (), ())) for window in (short, longer)]
    tags = collate_labels(labels, 8)
    assert tags["span_tags"].shape == (2, 8, 3)
    assert (tags["span_tags"][0, 3:] == IGNORED).all()
    assert (tags["mention_tags"][1, 5:] == IGNORED).all()
