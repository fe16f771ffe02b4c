import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_models import write_rows

from models.errors import LabelError
from models.label_files import read_labels
from models.pairs import parse_pair, read_pairs
from models.spans import parse_spans, read_spans

PAIR = {
    "id": "p1",
    "article": "a1",
    "text": "Rain praised Sun.",
    "holder": [[0, 4]],
    "target": [[13, 16]],
    "stance": "support",
    "sentiment": None,
}
SPANS = {"id": "s1", "text": "Rain said no.", "mentions": [[0, 4, "name"]], "spans": [[5, 9, "cue"]]}


def test_rows_come_in_order_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(f"{json.dumps(PAIR)}\n\n{json.dumps(PAIR | {'id': 'p2'})}\n", encoding="utf-8")
    assert [label.id for label in read_pairs(path)] == ["p1", "p2"]


def test_fields_left_out_of_a_pair_take_their_defaults() -> None:
    label = parse_pair({k: v for k, v in PAIR.items() if k not in ("stance", "sentiment")} | {"holder": None})
    assert label.statement == (0, 17)
    assert (label.holder, label.stance, label.sentiment, label.soft_stance) == (None, None, None, None)
    assert (label.speaks, label.weight) == (False, 1.0)


def test_the_spans_of_an_actor_are_sorted() -> None:
    assert parse_pair(PAIR | {"target": [[13, 16], [5, 12]]}).target == ((5, 12), (13, 16))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stance": "for"}, r"p1: unknown stance 'for'; choose from: support, neutral, oppose"),
        ({"sentiment": "good"}, r"p1: unknown sentiment 'good'; choose from: positive, neutral, negative"),
        ({"target": []}, r"p1: the target has no span; mark at least one mention"),
        ({"target": [[13, 99]]}, r"p1: span \[13, 99\] lies outside the text of 17 characters"),
        ({"holder": [[4, 4]]}, r"p1: span \[4, 4\] lies outside"),
        ({"statement": [-1, 4]}, r"p1: span \[-1, 4\] lies outside"),
        ({"statement": [4]}, r"p1: missing or malformed field"),
        ({"text": None}, r"p1: missing or malformed field"),
        ({"text": 17, "statement": [0, 1]}, r"p1: missing or malformed field"),
        ({"target": [[1]]}, r"p1: missing or malformed field"),
        ({"soft_stance": [0.5, 0.5]}, r"p1: missing or malformed field"),
        ({"soft_stance": [0.5, 0.5, 0.5]}, r"p1: .*three probabilities that sum to 1 are needed"),
        ({"soft_sentiment": [1.5, -0.5, 0.0]}, r"p1: .*three probabilities that sum to 1 are needed"),
    ],
)
def test_an_unusable_pair_is_named_with_its_remedy(change: dict[str, Any], message: str) -> None:
    with pytest.raises(LabelError, match=message):
        parse_pair(PAIR | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"spans": [[0, 4, "speaker"]]}, r"s1: unknown label 'speaker'; choose from: source, cue, content"),
        ({"mentions": [[0, 4, "cue"]]}, r"s1: unknown label 'cue'; choose from: name, nationality, pronoun"),
        ({"spans": [[9, 14, "content"]]}, r"s1: span \[9, 14\] lies outside the text"),
        ({"mentions": [[0, 4]]}, r"s1: missing or malformed field"),
        ({"text": 3, "mentions": None, "spans": None}, r"s1: missing or malformed field"),
    ],
)
def test_an_unusable_span_row_is_named_with_its_remedy(change: dict[str, Any], message: str) -> None:
    with pytest.raises(LabelError, match=message):
        parse_spans(SPANS | change)


def test_a_layer_without_annotation_is_not_an_empty_one() -> None:
    labels = parse_spans(SPANS | {"mentions": None, "spans": []})
    assert labels.mentions is None
    assert labels.spans == ()


def test_a_missing_field_is_named() -> None:
    with pytest.raises(LabelError, match=r"s1: missing or malformed field 'spans'"):
        parse_spans({key: value for key, value in SPANS.items() if key != "spans"})


@pytest.mark.parametrize("parse", [parse_pair, parse_spans, dict])
@pytest.mark.parametrize("line", ["{", "[1, 2]", "3", '"text"'])
def test_a_line_that_is_no_object_is_an_error_with_its_place(
    tmp_path: Path, parse: Callable[[dict[str, Any]], Any], line: str
) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(LabelError, match=r"labels\.jsonl:2: "):
        read_labels(path, parse)


def test_an_error_names_the_file_and_line(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "spans.jsonl", [SPANS, SPANS | {"spans": [[0, 4, "x"]]}])
    with pytest.raises(LabelError, match=r"spans\.jsonl:2: s1: unknown label"):
        read_spans(path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"none\.jsonl: cannot be read"):
        read_pairs(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b'{"id": "\xe9"}\n')
    with pytest.raises(LabelError, match=r"latin\.jsonl: cannot be read"):
        read_pairs(tmp_path / "latin.jsonl")
