"""Annotations of third-party texts lose their texts and get them back."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SENTENCE = "Kyiv  thanked Warsaw."
ARTICLE = "Byline\n\nKyiv thanked Warsaw. Minsk did not.\nIt shrugged.\n\nThe end.\n"


@pytest.fixture
def annotations(load_script: Callable[[str], ModuleType]) -> ModuleType:
    return load_script("real_annotations")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder laid out as the public data, with one sentence and one article."""
    for file, row in (
        ("dse/train.jsonl", {"text": SENTENCE}),
        ("newsmtsc/train.jsonl", {"sentence_normalized": "Other."}),
        ("plover/train.jsonl", {"text": "Other."}),
    ):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "polnear/train/text").mkdir(parents=True)
    (tmp_path / "polnear/train/text/one.txt").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


def annotated(*paragraphs: list[str]) -> dict:
    sentences = [
        {
            "text": text,
            "para": index,
            "mentions": [{"start": 0, "end": len(text.split()[0]), "keys": ["actor"]}],
            "speakers": ["author"],
            "stances": [["author", "+", "actor"]],
        }
        for index, paragraph in enumerate(paragraphs)
        for text in paragraph
    ]
    return {"id": "a", "title": "-", "countries": {"actor": "-"}, "sentences": sentences}


@pytest.mark.parametrize(
    "article",
    [
        annotated(["Kyiv thanked Warsaw."]),
        annotated(["Kyiv thanked Warsaw.", "Minsk did not."], ["It shrugged."]),
    ],
)
def test_a_text_comes_back_from_the_data(annotations: ModuleType, data: Path, article: dict) -> None:
    row = annotations.stripped(article)
    assert "Kyiv" not in json.dumps(row)
    text = annotations.texts_by_key(data)[row["text_key"]]
    assert annotations.joined(row, text) == article


def test_a_text_that_is_not_there_has_no_key(annotations: ModuleType, data: Path) -> None:
    row = annotations.stripped(annotated(["Minsk did not."], ["The end."]))
    assert row["text_key"] not in annotations.texts_by_key(data)
