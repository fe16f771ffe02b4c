"""The reader's report against counts made by hand."""

from pathlib import Path

import pytest

from models import reader_evaluation
from models.inference import FoundSpan, ReadText
from models.reader_evaluation import evaluate_reader
from tests.tiny_models import write_rows

TEXT = "Xi said rain fell. He left."


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    rows = [
        {
            "id": "1",
            "text": TEXT,
            "mentions": [[0, 2, "name"], [19, 21, "pronoun"]],
            "spans": [[0, 2, "source"], [3, 7, "cue"], [8, 17, "content"]],
        },
        {"id": "2", "text": "Rain.", "mentions": [], "spans": None},
    ]
    return write_rows(tmp_path / "labels.jsonl", rows)


def test_spans_and_words_are_counted(labels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ReadText(
        spans=(FoundSpan(0, 2, "source", 0.9), FoundSpan(8, 12, "content", 0.9)),
        mentions=(FoundSpan(0, 2, "nominal", 0.9), FoundSpan(19, 21, "pronoun", 0.9)),
    )
    monkeypatch.setattr(reader_evaluation, "read_texts", lambda _, texts: [found, ReadText((), ())])
    report = evaluate_reader(None, labels)
    assert report.spans["source"].f1 == 1.0
    assert report.spans["cue"].recall == 0.0
    assert report.spans["content"].f1 == 0.0
    assert report.spans["mention"].f1 == 1.0
    assert report.mention_kind == 0.5
    words = {head.head: head for head in report.words}
    # Xi said rain fell . He left . — of the content's two words one was found.
    assert words["content"].confusion == ((6, 0), (1, 1))
    assert words["cue"].confusion == ((7, 0), (1, 0))
    # outside, name, nationality, pronoun, nominal, collective; the second text counts here too.
    mention = words["mention"].confusion
    assert mention[0][0] == 8
    assert (mention[1][4], mention[3][3]) == (1, 1)
    # The most frequent class alone: F1 of 2·8/(8+10), of three classes that are there.
    assert words["mention"].baselines["majority"] == pytest.approx((16 / 18) / 3)
    assert words["mention"].calibration is None
