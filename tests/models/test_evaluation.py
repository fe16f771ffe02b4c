"""Reports against counts made by hand, and baselines that do what they say."""

import numpy as np
import pytest

from models.baselines import majority, tfidf_regression
from models.card import render
from models.evaluation import masked
from models.labels import STANCES
from models.metrics import macro_f1, span_scores
from models.reports import head_report, rounded


def test_head_report_counts_each_class():
    gold = np.array([0, 0, 1, 1, 1, 2])
    found = np.array([0, 1, 1, 1, 2, 2])
    chances = 0.1 + 0.7 * np.eye(3)[found]
    report = head_report("stance", STANCES, gold, chances, ["a"] * 6, list("xxyyzz"))
    support, neutral, oppose = report.classes
    assert (support.precision, support.recall, support.support) == (1.0, 0.5, 2)
    assert neutral.f1 == pytest.approx(2 / 3)
    assert (oppose.precision, oppose.recall) == (0.5, 1.0)
    assert report.confusion == ((1, 1, 0), (0, 2, 1), (0, 0, 1))
    assert report.accuracy == pytest.approx(4 / 6)
    assert report.macro_f1 == pytest.approx((2 / 3 + 2 / 3 + 2 / 3) / 3)
    assert report.macro_recall == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)
    assert report.macro_f1_interval.low < report.macro_f1 < report.macro_f1_interval.high
    # Sure at 0.8, right four times of six.
    assert report.calibration.ece == pytest.approx(0.8 - 4 / 6)
    # All neutral: F1 of 2·3/(6+3) for one class of three.
    assert report.baselines["majority"] == pytest.approx((2 / 3) / 3)


def test_macro_f1_leaves_out_classes_that_gold_lacks():
    assert macro_f1(np.array([0, 0]), np.array([0, 0]), 3) == 1.0


def test_span_scores_compare_text_by_text():
    scores = span_scores([{(0, 2), (5, 6)}, {(1, 2)}], [{(0, 2)}, {(0, 2)}])
    assert (scores.precision, scores.recall, scores.support) == (0.5, pytest.approx(1 / 3), 3)
    assert span_scores([set()], [set()]).f1 == 0.0


def test_majority_is_the_most_frequent_label():
    assert majority(np.array([2, 1, 2])).tolist() == [2, 2, 2]


def test_tfidf_learns_a_word_but_never_from_the_same_article():
    texts = ["it praised the plan", "it blamed the plan"] * 10
    gold = np.array([0, 2] * 10)
    across = tfidf_regression(texts, gold, [str(index // 4) for index in range(20)])
    assert (across == gold).all()
    # One article only: nothing may be learned from it.
    assert len(set(tfidf_regression(texts, gold, ["one"] * 20).tolist())) == 1


def test_masked_names_the_pair():
    text = "Ankara thanked Oslo and Oslo replied."
    assert masked(text, ((0, 6),), ((15, 19), (24, 28))) == (
        " HOLDERMENTION  thanked  TARGETMENTION  and  TARGETMENTION  replied."
    )


def test_rounded_reaches_nested_values():
    assert rounded({"a": [0.123456, (1, 2.00001)]}) == {"a": [0.1235, [1, 2.0]]}


def test_card_shows_data_scores_and_settings():
    record = {
        "task": "stance",
        "digest": "ab" * 32,
        "config": {
            "base": "minilm",
            "seed": 13,
            "train": [{"name": "ours", "weight": 1.0, "licence": "MIT"}],
            "valid": [{"name": "dev"}],
            "out": "somewhere",
        },
        "rows": {"ours": 1200},
        "leaked": {"ours": 3},
        "validation": {
            "dev": {
                "heads": [
                    {
                        "head": "stance",
                        "macro_f1": 0.5,
                        "accuracy": 0.75,
                        "baselines": {"majority": 0.3},
                        "calibration": {"ece": 0.025, "bins": []},
                        "classes": [
                            {"label": "support", "precision": 0.5, "recall": 0.25, "f1": 1 / 3, "support": 8}
                        ],
                    }
                ]
            }
        },
        "seconds": 60,
        "device": "CPU",
        "torch": "2.13.0",
    }
    card = render(record)
    assert "| ours | 1,200 | 3 | 1.0 | MIT |" in card
    assert "| support | 50.0 | 25.0 | 33.3 | 8 |" in card
    assert "majority 30.0; expected calibration error 2.5%" in card
    assert "| seed | 13 |" in card
    assert "somewhere" not in card
