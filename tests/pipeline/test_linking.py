import re

import pytest

from pipeline.linking import linked
from pipeline.records import LinkedAttribution, Span, TaggedSpan

LABELS = {"S": "source", "U": "cue", "C": "content"}


def marked(text: str) -> tuple[str, list[Span], list[TaggedSpan]]:
    """Text, paragraphs and spans of ``(S …)``, ``(U …)`` and ``(C …)``, which may hold one another."""
    plain = ""
    opened: list[tuple[int, str]] = []
    spans = []
    for piece in re.split(r"(\([SUC] |\))", text):
        if piece[:1] == "(" and piece[1:2] in LABELS and piece[2:] == " ":
            opened.append((len(plain), piece[1]))
        elif piece == ")":
            start, letter = opened.pop()
            spans.append(TaggedSpan(start, len(plain), LABELS[letter], 0.9))
        else:
            plain += piece
    paragraphs, start = [], 0
    for block in plain.split("\n\n"):
        paragraphs.append(Span(start, start + len(block)))
        start += len(block) + 2
    return plain, paragraphs, sorted(spans)


def words(text: str, one: LinkedAttribution) -> tuple[str | None, str, list[str], int | None]:
    source = text[one.source.start : one.source.end] if one.source else None
    contents = [text[span.start : span.end] for span in one.contents]
    return source, text[one.cue.start : one.cue.end], contents, one.inside


def found(text: str) -> list[tuple[str | None, str, list[str], int | None]]:
    plain, paragraphs, spans = marked(text)
    return [words(plain, one) for one in linked(plain, paragraphs, spans)]


@pytest.mark.parametrize(
    ("text", "attributions"),
    [
        ("(S Okello) (U said) (C that it was late).", [("Okello", "said", ["that it was late"], None)]),
        ("(C It was late), (S Okello) (U said).", [("Okello", "said", ["It was late"], None)]),
        ("“(C Late)”, (U said) (S Okello).", [("Okello", "said", ["Late"], None)]),
        (
            "(C “It is,”) (S he) (U said), (C “late.”) (S Dahl) (U denied) (C it).",
            [("he", "said", ["“It is,”", "“late.”"], None), ("Dahl", "denied", ["it"], None)],
        ),
        (
            "(U According to) (S Okello), (C it was late).",
            [("Okello", "According to", ["it was late"], None)],
        ),
        ("It is (U said) (C to be late).", [(None, "said", ["to be late"], None)]),
        (
            "(S Okello) (U praised) (C Norway) and (U blamed) (C Chad).",
            [("Okello", "praised", ["Norway"], None), ("Okello", "blamed", ["Chad"], None)],
        ),
        (
            "(S Okello) (U praised) (C Norway). It is (U said) (C to be late).",
            [("Okello", "praised", ["Norway"], None), (None, "said", ["to be late"], None)],
        ),
    ],
)
def test_parts_are_joined_in_the_orders_of_news(text, attributions):
    assert found(text) == attributions


@pytest.mark.parametrize(
    ("text", "attributions"),
    [
        (
            "(S Xinhua) (U reported) (C (S Xi)’s (U comments) on (C the bridge)).",
            [
                ("Xinhua", "reported", ["Xi’s comments on the bridge"], None),
                ("Xi", "comments", ["the bridge"], 0),
            ],
        ),
        # The reader marks no content in a content: the rest of the outer one it is.
        (
            "(S X) (U said) (C that (S Y) had (U told) Z that it was late).",
            [
                ("X", "said", ["that Y had told Z that it was late"], None),
                ("Y", "told", ["Z that it was late"], 0),
            ],
        ),
        (
            "(S X) (U said) (C that it was late, as (S Y) (U told)).",
            [
                ("X", "said", ["that it was late, as Y told"], None),
                ("Y", "told", ["that it was late, as"], 0),
            ],
        ),
        (
            "(C That (S Y) (U told) (C Z that (S W) (U knew))), (S X) (U said).",
            [
                ("Y", "told", ["Z that W knew"], 2),
                ("W", "knew", ["Z that"], 0),
                ("X", "said", ["That Y told Z that W knew"], None),
            ],
        ),
    ],
)
def test_what_lies_in_a_content_is_an_attribution_inside_another(text, attributions):
    assert found(text) == attributions


def test_a_content_runs_on_over_paragraphs_that_open_its_quotation_again():
    text = "(S Okello) (U said): “(C It is late.)\n\n“(C It is very late.)”\n\n(C Rain) fell."
    assert found(text) == [("Okello", "said", ["It is late.", "It is very late."], None)]


def test_what_nothing_joins_is_left_out():
    assert found("(S Okello) left. (C Rain) fell.") == []
    assert found("(S Okello) (U said). Nobody knows why it rained.") == []
    assert found("") == []


def test_parts_of_two_paragraphs_are_not_joined():
    assert found("(S Okello) (U said)\n\n(C it was late), (S Dahl) (U said).") == [
        ("Dahl", "said", ["it was late"], None)
    ]


def test_the_least_certain_part_gives_the_score():
    text = "Okello said it."
    spans = [
        TaggedSpan(0, 6, "source", 0.5),
        TaggedSpan(7, 11, "cue", 0.8),
        TaggedSpan(12, 14, "content", 0.9),
    ]
    (one,) = linked(text, [Span(0, len(text))], spans)
    assert one.score == 0.5


@pytest.mark.parametrize(
    "unit", ["(S a) (U b) (C c). ", "(C c) ", "(U b) ", "(S a) ", "(C (S a) (U b) c) (S a) (U b) "]
)
def test_much_of_anything_comes_to_an_end(unit):
    # Anything but a linear pass would not.
    plain, paragraphs, spans = marked(unit * 5000)
    for one in linked(plain, paragraphs, spans):
        assert one.contents
        assert all(span.start < span.end for span in one.contents)
