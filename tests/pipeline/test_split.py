import pytest
from nupunkt import load
from pydantic import ValidationError

from pipeline.ids import content_id
from pipeline.records import Article, SplitArticle
from pipeline.stages import clean
from pipeline.stages.split import NupunktSplitter, Options

CLEANER = clean.RuleCleaner(clean.Options())
SPLITTER = NupunktSplitter(Options())
SPLITTER.setup()


def split_article(text: str, splitter: NupunktSplitter = SPLITTER) -> SplitArticle:
    return splitter.process(CLEANER.process([Article(id="a", text=text)]))[0]


def sentences(text: str, **options: int) -> list[str]:
    splitter = NupunktSplitter(Options(**options)) if options else SPLITTER
    return [statement.text for statement in split_article(text, splitter).statements]


@pytest.mark.parametrize(
    "expected",
    [
        [
            "U.S. Sen. Jane Roe met Ms. Lee at No. 10 at 8 p.m. EST on Friday.",
            "She left at 9 p.m.",
            "The door shut.",
        ],
        ["It began at 5 p.m. Moscow time.", "It went on until 8 p.m. Monday."],
        ["He visited the U.S.", "The talks failed."],
        ["The envoy thanked the U.N. Security Council.", "U.S. Ambassador Roe agreed."],
        ["Lt. Gen. J. K. Roe and Prof. Li spoke.", "The war of Sept. 11 came up (see No. 5)."],
        ["Roe v. Wade was a U.S. case.", "Apple Inc. rose."],
        [
            "The freeze ends next month.",
            "Uganda will host the rest.",
            "Ankara wished it luck.",
            "He won 70.",
            "She won 7.",
        ],
        ["They sailed to Sulawesi.", "The crew of the St. Petersburg stayed behind."],
        ["It ended...", "Then it began again."],
        ["1. The army leaves.", "2. The police stay."],
        ["They reached a deal… perhaps.", "Nobody knows!", "Who would?"],
    ],
)
def test_hard_boundaries(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        # The case: short, and attributed in the same sentence.
        ['"We will go! Will they?" he said.', "Then he left."],
        ['"We will go! Will they?" Mr Orlov said.', "Then he left."],
        ["“We will not pay!” Ruiz, the head of the union, told reporters.", "Nobody moved."],
        ['The crowd chanted, "Traitors! Traitors!"', "Police looked on."],
        ['"Will you stay?" asked Ruiz.', '"Why?" Lee asked.', "He shrugged."],
        # Long: one statement a sentence, the cue in the last.
        ['"It is over.', 'We have waited eleven weeks for an answer, and none came," she said.', '"We go."'],
        # The quotation's own sentence, and one that says something of its own.
        ['"Go!"', "Orlov said he would not."],
        ['He asked, "Why?"', "The minister said nothing."],
        ['"They lied to us.', 'They lied to the whole country, and to themselves as well."'],
        # An omission within a quotation is no end.
        ["He told the court the laws “are set… And we have to leave them so.”", "He sat down."],
        ["“The harvest was the worst in forty years.” [The Courier.]", "Prices rose."],
    ],
)
def test_quotations(expected):
    assert sentences(" ".join(expected)) == expected


def test_no_statement_is_a_stray_mark():
    for text in ('He said: "No." ) Then he left. ”', "“He went.” ”", "He left . . . ”", '"Go." "'):
        for sentence in sentences(text):
            assert any(char.isalnum() for char in sentence)


def test_the_limit_for_whole_quotations_is_an_option():
    text = '"We will go! Will they?" he said.'
    assert sentences(text, whole_quote_words=5) == [text]
    assert sentences(text, whole_quote_words=4) == ['"We will go!', 'Will they?" he said.']


def test_an_article_like_the_ones_we_read():
    text = (
        "Orlov praised the ties between Norland and Sudland in a call with Ruiz. Despite U.S. moves, both "
        "nations value their pact. Norland\u2019s envoy agreed.\n"
        "Norland\u2019s leader Ana Orlov said the two are “neighbors that cannot be moved away.” She stated "
        "that the U.S.-Sudland talks change nothing.\n"
        "The palace called the exchange “warm.”\n"
        "Original Source: www.example.com"
    )
    article = split_article(text)
    assert [statement.paragraph for statement in article.statements] == [0, 0, 0, 1, 1, 2]
    assert article.statements[-1].text == "The palace called the exchange “warm.”"
    assert not any("Source" in statement.text for statement in article.statements)


def test_statements_are_trimmed_slices_of_the_original_with_content_ids():
    text = "ROME\u00a0— Ruiz\u2019s  party\u00a0left.   It came\u00adback.\r\n\r\n"
    text += "<p>Good</p> All rights reserved."
    article = split_article(text)
    assert [s.text for s in article.statements] == [
        "Ruiz\u2019s  party\u00a0left.",
        "It came\u00adback.",
        "Good",
    ]
    for statement in article.statements:
        assert statement.text == text[statement.start : statement.end] == statement.text.strip()
        assert statement.id == content_id("a", str(statement.start), str(statement.end), statement.text)
        paragraph = article.paragraphs[statement.paragraph]
        assert paragraph.start <= statement.start < statement.end <= paragraph.end
        assert not any(statement.overlaps(gone) for gone in article.dropped)


def test_the_same_sentence_twice_has_two_ids():
    assert len({s.id for s in split_article("It ended. It ended.").statements}) == 2


def test_a_heading_and_bullets_are_statements_of_their_own():
    lines = ["Talks fail", "- The army leaves", "• Police stay"]
    assert sentences("\n".join(lines)) == lines


def test_long_sentences_are_cut_at_spaces():
    text = "word " * 100
    parts = sentences(text, max_chars=42)
    assert all(len(part) <= 42 for part in parts)
    assert " ".join(parts) == text.strip()
    assert sentences("x" * 50, max_chars=20) == ["x" * 20, "x" * 20, "x" * 10]
    assert sentences("He went home.", max_chars=20) == ["He went home."]


def test_a_limit_too_small_is_an_error():
    with pytest.raises(ValidationError):
        Options(max_chars=0)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
def test_nothing_gives_no_statement(text):
    assert split_article(text).statements == ()


@pytest.mark.parametrize("text", ["Word", "😀👍", "\ud800 x", "\ufffd", "שלום. העולם"])
def test_odd_texts_lose_nothing(text):
    assert " ".join(sentences(text)) == text


def test_right_to_left_text_is_split():
    assert len(sentences("قال الوزير إن المحادثات فشلت. غادر الوفد المدينة.")) == 2


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("word ", 1_000_000),
        ("a", 1_000_000),
        ("U.S. President ", 1_000_000),
        ("A. ", 200_000),
        ('"', 200_000),
        ("“a. b ” ", 200_000),
        ('"Go! Stop!" he said. ', 200_000),
        ("“Go!” Lee Lee said. ", 200_000),
        ("at 8 p.m. The ", 200_000),
    ],
)
def test_much_of_anything_is_bounded_and_whole(unit, size):
    text = (unit * (size // len(unit))).strip()
    article = split_article(text)
    assert max(len(statement.text) for statement in article.statements) <= Options().max_chars
    assert sum(len(s.text.replace(" ", "")) for s in article.statements) == len(text.replace(" ", ""))


def test_neighbours_and_repeated_use_change_nothing():
    texts = ["U.S. Sen. Roe left. He spoke.", '"Go! Stop!" he said.', "One. Two."]
    cleaned = CLEANER.process([Article(id=str(i), text=text) for i, text in enumerate(texts)])
    together = SPLITTER.process(cleaned)
    assert together == [SPLITTER.process([article])[0] for article in reversed(cleaned)][::-1]
    fresh = NupunktSplitter(Options())
    assert fresh.process(cleaned) == together


def test_the_shared_model_of_nupunkt_is_left_as_it_is():
    assert "month" in load("default").abbreviations
