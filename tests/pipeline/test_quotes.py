import pytest

from pipeline.quotes import parts_within, quotations, quoted_share
from pipeline.records import Span


def paragraphs_of(text: str) -> list[Span]:
    spans, start = [], 0
    for block in text.split("\n\n"):
        spans.append(Span(start, start + len(block)))
        start += len(block) + 2
    return spans


def found(text: str) -> list[str]:
    return [text[quote.start : quote.end] for quote in quotations(text, paragraphs_of(text))]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ('"We will pay," the minister said.', ['"We will pay,"']),
        ("“We will pay,” the minister said, “but not today.”", ["“We will pay,”", "“but not today.”"]),
        ("She called it « une erreur » in Paris.", ["« une erreur »"]),
        ("Er sprach von „Mut“ in Berlin.", ["„Mut“"]),
        ("'We will pay,' the minister said.", ["'We will pay,'"]),
        ("‘We will pay,’ the minister said.", ["‘We will pay,’"]),
        ("''We will pay,'' the minister said.", ["''We will pay,''"]),
        ("“He told me ‘never’ and left,” she said.", ["“He told me ‘never’ and left,”"]),
        ("\"He told me 'never' and left,\" she said.", ["\"He told me 'never' and left,\""]),
        ("The leaders' ties and Peru's debt don't matter.", []),
        ("Prices rose in '98 and ’99, 'tis said.", []),
        ('The 12" pipe and the 6" pipe leak.', []),
        ("It said 'the parties' offer' was dead.", ["'the parties' offer'"]),
        ("Nothing is quoted here.", []),
        ("", []),
    ],
)
def test_finds_outermost_quotations(text, quoted):
    assert found(text) == quoted


def test_a_quotation_runs_over_paragraphs_that_open_it_again():
    text = "“The dam stands.\n\n“It will stand next year.\n\n“Ask the engineers,” she said.\n\nRain fell."
    (quote,) = quotations(text, paragraphs_of(text))
    assert text[quote.start : quote.end].endswith("“Ask the engineers,”")
    assert [text[part.start : part.end] for part in quote.parts] == [
        "“The dam stands.",
        "“It will stand next year.",
        "“Ask the engineers,”",
    ]
    assert quote.closed
    assert quote.words == 11


def test_an_open_quotation_ends_with_its_paragraph_unless_the_next_one_opens_again():
    text = 'He said "the dam stands. Nobody closed this.\n\nRain fell on "the old" town.'
    first, second = quotations(text, paragraphs_of(text))
    assert not first.closed
    assert text[first.start : first.end] == '"the dam stands. Nobody closed this.'
    assert second.closed
    assert text[second.start : second.end] == '"the old"'


def test_a_second_opening_mark_ends_the_quotation_that_was_never_closed():
    text = "“We will pay, he said. “We will pay twice,” she said."
    first, second = quotations(text, paragraphs_of(text))
    assert (first.closed, second.closed) == (False, True)
    assert text[second.start : second.end] == "“We will pay twice,”"


@pytest.mark.parametrize(
    ("quoted", "scare"), [("“reform”", True), ("“a very old lie”", True), ("“a very old lie, sir”", False)]
)
def test_up_to_four_words_are_a_scare_quote(quoted, scare):
    text = f"They sell {quoted} to everybody."
    (quote,) = quotations(text, [Span(0, len(text))])
    assert quote.is_scare is scare


def test_paragraphs_alone_are_searched():
    text = "“Dropped byline”\n\nKept text."
    assert quotations(text, [Span(18, len(text))]) == []


def test_quoted_share_counts_words():
    text = "“One two three,” she said."
    parts = [part for quote in quotations(text, [Span(0, len(text))]) for part in quote.parts]
    assert quoted_share(text, Span(0, len(text)), parts) == pytest.approx(3 / 5)
    assert quoted_share(text, Span(len(text), len(text)), parts) == 0.0
    assert list(parts_within(parts, Span(20, 25))) == []


@pytest.mark.parametrize("unit", ['"', "'", "“", "“a ", "' a", '" a', "'a\n\n", "''"])
def test_stray_marks_by_the_hundred_thousand_end(unit):
    # Anything but a linear pass would not come to an end here.
    text = unit * (200_000 // len(unit))
    found = quotations(text, paragraphs_of(text))
    edges = [edge for quote in found for edge in (quote.start, quote.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
