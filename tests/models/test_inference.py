from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerFast

from models import inference
from models.inference import (
    FoundSpan,
    ReadText,
    _joined,
    _Piece,
    label_features,
    pair_features,
    read_texts,
    score_windows,
)
from models.labels import MENTION_KINDS, MENTION_TAGS, SPAN_LABELS
from models.pairs import AUTHOR_INDEX, PairLabel, StanceWindow, parse_pair
from models.passes import Logits
from models.reader import ReaderModel
from models.reader_features import ReaderWindow, line_paragraphs
from models.registry import Checkpoint, load_checkpoint
from models.stance import StanceModel


def read(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch, text: str, max_tokens: int = 48
) -> ReadText:
    """What is read where each token says how to tag it: "open" begins a content, "inside" goes on, a name is a name.

    A window that opens inside a content begins it there, as the windows of the training set do.
    """
    ids = {word: tokenizer.convert_tokens_to_ids(word) for word in ("open", "inside", "xi", "putin")}
    content = SPAN_LABELS.index("content")

    def logits(_: Checkpoint, rows: list[ReaderWindow]) -> list[Logits]:
        found = []
        for row in rows:
            tokens = np.array(row.ids)
            spans = np.zeros((len(tokens), 3, 3), dtype=np.float32)
            spans[..., 0] = 4
            spans[:, content, 1] = 9 * (tokens == ids["open"])
            spans[:, content, 2] = 9 * (tokens == ids["inside"])
            spans[1, content, 1:] = [spans[1, content, 1:].sum(), 0]
            mentions = np.zeros((len(tokens), len(MENTION_TAGS)), dtype=np.float32)
            mentions[:, 0] = 4
            mentions[:, MENTION_TAGS.index("B-name")] = 9 * np.isin(tokens, [ids["xi"], ids["putin"]])
            found.append((spans, mentions))
        return found

    monkeypatch.setattr(inference, "reader_logits", logits)
    model = SimpleNamespace(config=SimpleNamespace(max_tokens=max_tokens))
    checkpoint = Checkpoint("words", model, tokenizer, "")
    return read_texts(checkpoint, [(text, line_paragraphs(text))])[0]


def test_found_spans_are_offsets_into_the_text(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Rain fell\nXi said open  inside on Putin"
    found = read(tokenizer, monkeypatch, text)
    assert [(text[m.start : m.end], m.label) for m in found.mentions] == [("Xi", "name"), ("Putin", "name")]
    assert [(text[s.start : s.end], s.label) for s in found.spans] == [("open  inside", "content")]
    # Two tokens of logit 9 against one of 4 and one of 0.
    assert found.spans[0].score == pytest.approx(1 / (1 + np.exp(-5) + np.exp(-9)), abs=1e-5)


@pytest.mark.parametrize("before", [0, 5, 28, 29, 30, 31, 45, 60])
@pytest.mark.parametrize("inside", [1, 3, 40, 100])
def test_a_span_over_a_seam_comes_back_whole(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch, before: int, inside: int
) -> None:
    content = " ".join(["open", *["inside"] * inside])
    text = " ".join([*["out"] * before, content, *["out"] * 50, "open inside out"])
    found = read(tokenizer, monkeypatch, text)
    start = text.index("open")
    last = text.rindex("open")
    assert [(span.start, span.end) for span in found.spans] == [
        (start, start + len(content)),
        (last, last + len("open inside")),
    ]


def test_a_mention_at_a_seam_is_found_once(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Xi and " * 80
    found = read(tokenizer, monkeypatch, text)
    assert [m.start for m in found.mentions] == [7 * index for index in range(80)]


def piece(start: int, end: int, before: int | None = None, after: bool = False) -> _Piece:
    return _Piece(FoundSpan(start, end, "content", 0.5), before, after)


def test_only_what_one_seam_cut_is_joined() -> None:
    def spans(*pieces: _Piece) -> list[tuple[int, int]]:
        return [(span.start, span.end) for span in _joined(list(pieces))]

    assert spans(piece(0, 9, after=True), piece(10, 20, before=9)) == [(0, 20)]
    assert spans(piece(0, 9), piece(10, 20, before=9)) == [(0, 9), (10, 20)]
    # The next window found nothing at the first seam; the second seam is another one.
    assert spans(piece(0, 9, after=True), piece(80, 90, before=79)) == [(0, 9), (80, 90)]


def test_no_span_runs_over_a_paragraph_end(
    tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "open inside\ninside inside"
    assert [(s.start, s.end) for s in read(tokenizer, monkeypatch, text).spans] == [(0, 11)]


TEXTS = [
    "Xi said rain fell on China. " * repeats + "\nPutin condemned Nato. " * lines
    for repeats, lines in ((1, 0), (2, 1), (4, 3), (9, 1), (1, 9), (3, 0), (5, 5), (2, 2), (6, 0), (1, 1))
]


def test_what_is_read_does_not_depend_on_the_other_texts(reader_folder: Path) -> None:
    checkpoint = load_checkpoint(str(reader_folder), ReaderModel)
    # Fresh heads find nothing; one that leans to names marks every token, each with a score of its own.
    checkpoint.model.mention_head.bias.data[MENTION_TAGS.index("B-name")] = 5
    given = [(text, line_paragraphs(text)) for text in TEXTS]
    together = read_texts(checkpoint, given)
    assert all(read.mentions for read in together)
    assert len({mention.score for read in together for mention in read.mentions}) > 1
    assert [read_texts(checkpoint, [one])[0] for one in given] == together
    assert read_texts(checkpoint, given[::-1])[::-1] == together


def test_real_output_is_sorted_and_well_formed(reader_folder: Path) -> None:
    checkpoint = load_checkpoint(str(reader_folder), ReaderModel)
    for text in TEXTS:
        (found,) = read_texts(checkpoint, [(text, line_paragraphs(text))])
        for spans, labels in ((found.spans, SPAN_LABELS), (found.mentions, MENTION_KINDS)):
            assert list(spans) == sorted(spans, key=lambda span: (span.start, span.end, span.label))
            assert all(0 <= span.start < span.end <= len(text) for span in spans)
            assert {span.label for span in spans} <= set(labels)
            assert all(0 < span.score <= 1 for span in spans)


def test_an_empty_text_reads_as_nothing(reader_folder: Path) -> None:
    checkpoint = load_checkpoint(str(reader_folder), ReaderModel)
    assert read_texts(checkpoint, [("", []), (" \n", [])]) == [ReadText((), ())] * 2
    assert read_texts(checkpoint, []) == []


def stance_window(index: int) -> StanceWindow:
    context = "Rain fell on China. " * (index % 5)
    text = context + "Xi praised Putin and condemned Nato."
    start = len(context)
    names = [(start + text[start:].index(name), len(name)) for name in ("Xi", "Putin", "Nato")]
    actors = tuple(((left, left + length),) for left, length in names[: 2 + index % 2])
    pairs = ((0, 1), (1, 0), (AUTHOR_INDEX, 0), *(((0, 2),) if index % 2 else ()))
    return StanceWindow(text, (start, len(text)), actors, frozenset({0} if index % 3 else ()), pairs)


def test_scores_do_not_depend_on_the_other_windows(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    windows = [stance_window(index) for index in range(23)]
    together = score_windows(checkpoint, windows)
    for window, scores in zip(windows, together, strict=True):
        (alone,) = score_windows(checkpoint, [window])
        assert np.array_equal(alone.stances, scores.stances)
        assert np.array_equal(alone.sentiments, scores.sentiments)
    for scores, again in zip(together, reversed(score_windows(checkpoint, windows[::-1])), strict=True):
        assert np.array_equal(again.stances, scores.stances)


def test_scores_are_probabilities_of_each_pair(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    windows = [stance_window(index) for index in range(6)]
    for window, scores in zip(windows, score_windows(checkpoint, windows), strict=True):
        for values in (scores.stances, scores.sentiments):
            assert values.shape == (len(window.pairs), 3)
            assert np.allclose(values.sum(axis=-1), 1, atol=1e-6)
        assert not np.allclose(scores.stances[0], scores.stances[1])
    assert score_windows(checkpoint, []) == []


def test_what_the_loss_weighs_more_is_no_likelier_for_it(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    window = stance_window(0)
    (before,) = score_windows(checkpoint, [window])
    checkpoint.model.config.class_weights = [2.0, 1.0, 4.0]
    (after,) = score_windows(checkpoint, [window])
    unweighted = before.stances / np.array([2.0, 1.0, 4.0])
    assert np.allclose(after.stances, unweighted / unweighted.sum(axis=-1, keepdims=True), atol=1e-6)
    assert np.array_equal(after.sentiments, before.sentiments)


def test_pair_features_are_what_the_stance_head_judges_by(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    windows = [stance_window(index) for index in range(11)]
    head = checkpoint.model.stance_head
    for window, features, scores in zip(
        windows, pair_features(checkpoint, windows), score_windows(checkpoint, windows), strict=True
    ):
        assert features.shape == (len(window.pairs), head.in_features)
        with torch.inference_mode():
            logits = head(torch.from_numpy(features))
        assert np.allclose(torch.softmax(logits, dim=-1).numpy(), scores.stances, atol=1e-5)
    assert checkpoint.model.stance_head is head


def test_label_features_keep_the_order_of_labels_that_share_windows(stance_folder: Path) -> None:
    checkpoint = load_checkpoint(str(stance_folder), StanceModel)
    text = "Xi praised Putin and condemned Nato."
    spans = {name: [[text.index(name), text.index(name) + len(name)]] for name in ("Xi", "Putin", "Nato")}

    def label(article: str, holder: str, target: str) -> PairLabel:
        return parse_pair(
            {"id": "p", "article": article, "text": text, "holder": spans[holder], "target": spans[target]}
        )

    labels = [
        label("a", "Xi", "Putin"),
        label("b", "Nato", "Xi"),
        label("a", "Putin", "Nato"),
        label("b", "Xi", "Nato"),
    ]
    together = label_features(checkpoint, labels)
    # Other actors of the window are marked too, so that a pair alone is not quite the same.
    for index, one in enumerate(labels):
        distances = np.linalg.norm(together - label_features(checkpoint, [one])[0], axis=1)
        assert distances.argmin() == index
