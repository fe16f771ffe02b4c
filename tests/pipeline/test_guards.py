"""What news does with quotation marks, colons, dashes and lines, on raw text through clean, split and attribute.

Mentions are marked in the texts instead of read; no source, cue or content is tagged.
"""

import re

import pytest

from models.labels import MentionKind
from pipeline.records import Article, AttributedArticle, Mention, ReadArticle, grow
from pipeline.stages import attribute, clean, split

CLEANER = clean.RuleCleaner(clean.Options())
SPLITTER = split.NupunktSplitter(split.Options())
ATTRIBUTOR = attribute.SpanAttributor(attribute.Options())
PRONOUNS = ("he", "she", "they", "we")


def attributed(marked: str) -> AttributedArticle:
    """The article of a text in which ``<X>`` marks a mention."""
    plain, places = "", []
    for piece in re.split(r"(<[^>]*>)", marked):
        name = piece[1:-1] if piece.startswith("<") else ""
        if name:
            places.append((len(plain), name))
        plain += name or piece
    (article,) = SPLITTER.process(CLEANER.process([Article(id="a", text=plain)]))
    mentions = tuple(
        Mention(start, start + len(name), name, kind(name), 1.0)
        for start, name in places
        if any(p.start <= start < p.end for p in article.paragraphs)
    )
    return ATTRIBUTOR.process([grow(ReadArticle, article, mentions=mentions, tagged=())])[0]


def kind(name: str) -> MentionKind:
    return "pronoun" if name.lower() in PRONOUNS else "name" if name[0].isupper() else "nominal"


def told(marked: str) -> list[tuple[str, str]]:
    """Kind and source of each statement, sources joined by a plus sign."""
    article = attributed(marked)
    return [
        (s.kind, "+".join(article.text[one.start : one.end] for one in s.sources)) for s in article.statements
    ]


def speakers(marked: str) -> list[str]:
    return [speaker for _, speaker in told(marked)]


@pytest.mark.parametrize(
    "text",
    [
        # According to
        "According to <Okello>, the bridge is late.",
        "The bridge is late, according to <Okello>, the mayor of <Oslo>.",
        "The bridge, according to <Okello>, is late.",
        # Headline colons
        "<Okello>: <Norway> must pay",
        "<Okello> to <Norway>: Pay now",
        "<Okello> on <Norway>: Pay or leave",
        "<Okello> (Red Party): <Norway> must pay",
        "<Norway> must pay: <Okello>",
        "‘<Norway> must pay’: <Okello>",
        # Dashes
        "“<Norway> must pay” – <Okello>",
        "'<Norway> must pay' - <Okello>",
        "The bridge — <Okello> said — is late.",
        # Scare quotes and nicknames around the speaker
        'Ama "The Hammer" <Okello> said the "old" bridge was late.',
        # Time stamps of live blogs
        "10:45 a.m. <Okello> said the bridge was late.",
        "2:30 p.m.: <Okello> says the bridge is late.",
        "16:55 – <Okello> says the bridge is late.",
        "[14:02] <Okello>: the bridge is late.",
        "UPDATE 14:30: The bridge is late, <Okello> says.",
    ],
)
def test_the_speaker_of_one_sentence(text):
    assert speakers(text) == ["Okello"]


@pytest.mark.parametrize(
    "text",
    [
        'The so-called "peace plan" of <Norway> was dropped.',
        "<Chad>'s “experts” met <Okello> in the “old” town.",
        'The boxer, known as "the Hammer", met <Okello>.',
        "CARROT AND STICK: <Norway> hopes for a deal.",
        "The talks have three goals: <Norway>, <Chad> and peace.",
        "<Norway> called in the envoy of <Chad>.",
        "<Okello> heard two blasts and accepted with thanks an offer of <Norway>.",
        "Photo: <Okello> says goodbye.\n\nThe town slept.",
        "By <Okello> Dahl\n\nThe town slept.",
    ],
)
def test_nobody_speaks_in(text):
    assert set(told(text)) == {("narration", "")}


@pytest.mark.parametrize("mark", ['"{}"', "“{}”", '"{}”', '“{}"', "''{}''", "``{}''", "«{}»", "„{}“", "‘{}’"])
def test_marks_of_every_kind_and_mismatched_ones_make_a_quotation(mark):
    quoted = mark.format("The bridge will open in May,")
    assert told(f"{quoted} <Okello> said.") == [("direct", "Okello")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A mark that was never closed, or never opened
        ("“<We> will pay, <Okello> said. “<We> will pay twice,” <Dahl> said.", ["Okello", "Dahl"]),
        ('<Okello> said the bridge is late." <Norway> paid.', ["Okello", ""]),
        ('<Okello> said "the bridge is late.\n\n<Norway> paid for it.', ["Okello", ""]),
        # Floating quotations, which no cue attributes
        ("<Okello> was angry. “The bridge will not open in May.” Rain fell.", ["", "Okello", ""]),
        ("Rain fell.\n\n“The bridge will not open in May.”\n\nRain fell.", ["", "", ""]),
        # Dash and name behind a quotation, in its paragraph or on a line of their own
        ("“The bridge will open in May.” - <Okello>", ["Okello", "Okello"]),
        ("“The bridge will open in May.”\n\n— <Okello>, mason\n\nRain fell.", ["Okello", "Okello", ""]),
        ("<Dahl> said no.\n\n“The bridge will open.”\n— <Okello>", ["Dahl", "Okello", "Okello"]),
        ("<Okello> spoke “well”\n- <Norway> paid.", ["", ""]),
        # Several paragraphs
        (
            "“<We> pay.\n\n“<We> pay twice.\n\n“<We> go home,” <Okello> said.\n\nRain fell.",
            ["Okello"] * 3 + [""],
        ),
        ("<Okello> said: “<We> pay.\n\n“<We> pay twice. <We> go.”\n\nRain fell.", ["Okello"] * 3 + [""]),
        # Transcripts
        ("<RUIZ> (on camera): Will <you> pay?\n<OKELLO>: Yes. <We> will.", ["RUIZ", "OKELLO", "OKELLO"]),
        (
            "<Ruiz>: Will <you> pay?\n\n<Okello>: <We> will. Nobody else will.\n\n<Ruiz>: When?",
            ["Ruiz", "Okello", "Okello", "Ruiz"],
        ),
        (
            "<Okello> met the Courier.\n\nQ: Will <you> pay?\nA: Yes. <We> will.\nQ: When?\n\nRain fell.",
            ["", "", "Okello", "Okello", "", ""],
        ),
        ("<OKELLO>: <NORWAY> MUST PAY\n\nRain fell.", ["OKELLO", ""]),
        ("<Okello>: <Norway> must pay\n\nRain fell. It was cold.", ["Okello", "", ""]),
        # Captions and their credits
        ("<Okello> meets <Dahl> in Oslo. (AP Photo/Jane Roe)\n\n<Dahl> said no.", ["", "Dahl"]),
        ("<Okello>, left, meets <Dahl>. REUTERS/Jane Roe\n\n<Dahl> said no.", ["", "Dahl"]),
        ("<Okello> meets <Dahl>. (Photo by Jane Roe/Getty Images)\n\n<Dahl> said no.", ["", "Dahl"]),
        # Bylines and time stamps on lines of their own
        ("By Jane Roe and John Doe\n<Okello> said no.", ["Okello"]),
        ("10:45 a.m.\n\n<Okello> said no.\n\n[11:02 GMT]\n\nRain fell.", ["Okello", ""]),
        # Coordinate speakers
        ("<Moscow> and <Beijing> both said that they would pay.", ["Moscow and Beijing"]),
        ("<Moscow>, <Beijing> and <Chad> said so.", ["Moscow, Beijing and Chad"]),
    ],
)
def test_the_speakers_of_several_sentences(text, expected):
    assert speakers(text) == expected


@pytest.mark.parametrize(
    "text",
    ["10:45 a.m. Monday was cold.", "At 8 p.m. Rain fell.", "10:45 a.m. is early.", "12:30 trains left."],
)
def test_a_time_of_day_that_belongs_to_the_sentence_stays(text):
    assert attributed(text).dropped == ()


@pytest.mark.parametrize(
    "text",
    [
        "The picture was not taken. AP photo editors resigned.",
        "They asked the agencies. Reuters/Ipsos polls show a lead.",
        "They spoke of the (photo by then lost) document.",
    ],
)
def test_pictures_in_sentences_stay(text):
    assert attributed(text).dropped == ()
