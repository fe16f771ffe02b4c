from itertools import pairwise

import pytest
from pydantic import ValidationError

from pipeline.records import Article, CleanArticle
from pipeline.stages.clean import Options, RuleCleaner, plain_text


def clean(text: str, **options: bool) -> CleanArticle:
    cleaner = RuleCleaner(Options(**options))
    cleaner.setup()
    return cleaner.process([Article(id="a", text=text, title="T")])[0]


def paragraphs(article: CleanArticle) -> list[str]:
    return [article.text[span.start : span.end] for span in article.paragraphs]


def dropped(article: CleanArticle) -> list[tuple[str, str]]:
    return [(span.reason, article.text[span.start : span.end]) for span in article.dropped]


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("a\u00a0b\u2003c\u3000d", "a b c d"),
        ("\ufeffa\u200bb\u00adc\u202ed\x00e\tf", " a b c d e f"),
        ("one\r\ntwo\rthree\u2028four\x85five", "one \ntwo\nthree\nfour\nfive"),
        ("\uff35\uff33\uff01 \uff02x\uff02", 'US! "x"'),
        ("non\u2011stop", "non-stop"),
        ("Xi\u2019s \u201cties\u201d \u2018x\u2019", "Xi's \u201cties\u201d \u2018x\u2019"),
        ("half \u00bd \u2026 \ufb01n", "half \u00bd \u2026 \ufb01n"),
        ("bad \ud83d and \ufffd", "bad \ufffd and \ufffd"),
    ],
)
def test_characters_are_replaced_one_for_one(raw, plain):
    assert plain_text(raw) == plain
    assert len(plain) == len(raw)


def test_offsets_hold_for_both_texts_and_the_rest_of_the_record_is_kept():
    text = "\ufeffOSLO\u00a0\u2014 Norway\u2019s minister \u201cagreed\u201d.\r\n\r\n"
    text += "<p>He left.</p>\r\nSource: Dagsnytt"
    article = clean(text)
    assert len(article.clean_text) == len(text)
    assert (article.id, article.title, article.text) == ("a", "T", text)
    assert paragraphs(article) == ["Norway\u2019s minister \u201cagreed\u201d.", "He left."]
    assert article.clean_text[article.paragraphs[0].start :].startswith(
        "Norway's minister \u201cagreed\u201d."
    )


@pytest.mark.parametrize(
    "dateline",
    [
        "BEIJING (Reuters) —",
        "WASHINGTON, Oct. 3 (AP) -",
        "MOSCOW, Aug. 18 (Xinhuanet) --",
        "DAR ES SALAAM —",
        "PARIS, March 5 —",
        "MEXICO CITY, 11 March —",
        "ABUJA, Sunday —",
        "OSLO/BILBAO, 3 June \u2013",
        "PORT-AU-PRINCE, Haiti Oct. 3, 2004 -",
        "KELOWNA, B.C. (CP) -",
        "Canadian Press - OTTAWA (CP) -",
        "London (CNN) —",
        "(CNN) —",
        "(CBS/AP)",
        "AFP -",
        "GENEVA:",
        "NDJAMENA :",
        "JAKARTA (Antara):",
        "BRASÍLIA —",
        "Vienna, Austria --",
    ],
)
def test_datelines_are_dropped(dateline):
    article = clean(f"{dateline} The delegates rejected the plan.")
    assert dropped(article) == [("dateline", dateline)]
    assert paragraphs(article) == ["The delegates rejected the plan."]


def test_datelines_on_a_line_of_their_own_and_glued_to_the_text():
    assert paragraphs(clean("CNN —\nThe delegates left.")) == ["The delegates left."]
    assert paragraphs(clean("(CNN)The delegates left.")) == ["The delegates left."]
    assert paragraphs(clean("ROME—The delegates left.")) == ["The delegates left."]


@pytest.mark.parametrize(
    "text",
    [
        "By Monday, the talks had failed.",
        "Moscow - Beijing's closest partner - said no.",
        "NATO — The alliance met on Friday.",
        "IRAN — The regime has fallen.",
        "ORLOV: We will not go.",
        "CARROT AND STICK: The bloc hopes for a deal.",
        "The minister (AP) - not named - left.",
        "Source: US plans to leave the treaty.",
        "He named his source: a minister.",
        "Reporting by The Courier shows that the minister lied.",
        "Read more than ten books, the judge told him.",
        "This report was published by a charity on Monday and accuses the army.",
        "Follow the money, he said. It leads on X days to Moscow.",
        "Copyright law was changed. The judges reserved all rights of appeal.",
        "Five < six and seven > three, said <Author>.",
        "See www.example.org for the ministry's figures, Lee said.",
    ],
)
def test_body_text_stays(text):
    article = clean(text)
    assert dropped(article) == []
    assert paragraphs(article) == [text]


def test_bare_capitals_count_only_where_no_sentence_stands_before():
    assert dropped(clean("ZORGVILLE — The mayor resigned.")) == [("dateline", "ZORGVILLE —")]
    assert dropped(clean("The mayor resigned.\n\nZORGVILLE — The council met.")) == []
    assert dropped(clean("The mayor resigned.\n\nNAIROBI — The council met.")) == [("dateline", "NAIROBI —")]


@pytest.mark.parametrize(
    "byline",
    [
        "By Ana Ruiz",
        "By ANA RUIZ, Staff Writer",
        "By Ana Ruiz and Omar Ali, Reuters",
        "By Ana Ruiz in Cairo",
        "By Ana Ruiz | Associated Press",
        "BY ANA RUIZ",
        "By Reuters",
        "By Ana de la Cruz, political correspondent",
    ],
)
def test_bylines_are_dropped(byline):
    article = clean(f"Talks fail\n{byline}\nThe delegates left.")
    assert dropped(article) == [("byline", byline)]
    assert paragraphs(article) == ["Talks fail", "The delegates left."]


def test_byline_that_runs_into_a_dateline():
    article = clean("By Ana Ruiz BOGOTA, Colombia (Reuters) - The delegates left.")
    assert dropped(article) == [("byline", "By Ana Ruiz"), ("dateline", "BOGOTA, Colombia (Reuters) -")]
    assert paragraphs(article) == ["The delegates left."]


def test_a_byline_further_down_is_text():
    text = "\n".join(["The talks went on."] * 5 + ["By Hook And Crook"])
    assert "By Hook And Crook" in paragraphs(clean(text))


@pytest.mark.parametrize(
    "footer",
    [
        "Original Source: www.cnn.com",
        "Source: Al Jazeera",
        "Source: https://example.org/a?b=1",
        "(Reporting by Ana Ruiz in Cairo and Omar Ali; Editing by Jo Lee)",
        "Additional reporting by Ana Ruiz",
        "© 2024 Example Media. All rights reserved.",
        "Copyright 2024 Example Media",
        "All rights reserved.",
        "Read the rest here.",
        "Read more at www.example.com",
        "Read the full story at The Courier.",
        "Follow Ana Ruiz on Twitter.",
        "Follow us on Twitter @example",
        "This article was originally published in The Courier.",
        "Sign up for our daily newsletter",
    ],
)
@pytest.mark.parametrize("glue", ["\n\n", "\n", " ", "\r\n"])
def test_footers_are_dropped_however_they_are_glued(footer, glue):
    article = clean(f"NATO backed Ukraine.{glue}{footer}")
    assert dropped(article) == [("footer", footer)]
    assert paragraphs(article) == ["NATO backed Ukraine."]


def test_several_footers_and_one_without_a_space():
    article = clean("It ended.Original Source: www.cnn.com")
    assert paragraphs(article) == ["It ended."]
    article = clean(
        "It ended. (Reporting by Ana Ruiz; Editing by Jo Lee) © 2024 Example. All rights reserved."
    )
    assert paragraphs(article) == ["It ended."]
    assert {reason for reason, _ in dropped(article)} == {"footer"}
    article = clean(
        "It ended.\n(Reporting by Ana Ruiz in Cairo and by Omar Ali in\nLondon; editing by Jo Lee)"
    )
    assert paragraphs(article) == ["It ended."]


def test_markup_between_paragraphs_is_dropped_and_within_them_blanked():
    text = "<p>Ruiz <b>praised</b> Ali.</p><p>He left.</p><script>if (a<b) go();</script>\n\n* * *\nhttps://example.org/x"
    article = clean(text)
    assert paragraphs(article) == ["Ruiz <b>praised</b> Ali.", "He left."]
    assert ("markup", "<script>if (a<b) go();</script>") in dropped(article)
    assert dropped(article)[-2:] == [("markup", "* * *"), ("markup", "https://example.org/x")]
    assert "Ruiz    praised     Ali." in article.clean_text
    assert len(article.clean_text) == len(text)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("datelines", "ROME — The delegates left."),
        ("datelines", "CNN —\nThe delegates left."),
        ("bylines", "By Ana Ruiz\n\nThe delegates left."),
        ("bylines", "By Ana Ruiz ROME (Reuters) - The delegates left."),
        ("footers", "The delegates left. Read the rest here."),
        ("footers", "The delegates left.\n\nAll rights reserved."),
        ("markup", "The delegates left.<br>They came back."),
        ("markup", "The delegates left.\nhttps://example.org/"),
        ("markup", "The delegates left.\n***"),
    ],
)
def test_each_option_turns_its_rules_off(option, text):
    reason = option.removesuffix("s")
    assert reason in {reason for reason, _ in dropped(clean(text))}
    kept = clean(text, **{option: False})
    assert reason not in {reason for reason, _ in dropped(kept)}


def test_an_unknown_option_is_an_error():
    with pytest.raises(ValidationError):
        Options(dateline=True)


def test_a_paragraph_a_line():
    text = "Talks fail\nThe delegates left Geneva on Monday.\nThey blamed the hosts.\n- a demand\n- one more"
    assert paragraphs(clean(text)) == text.split("\n")


def test_lines_wrapped_by_hand_are_one_paragraph():
    first = (
        "The delegates left Geneva on Monday after a week of talks that had\n"
        "brought the two governments no closer. They blamed their hosts.\n"
        "Another round was set for May, though neither side said who would\n"
        "attend."
    )
    second = (
        "Both governments asked President\nOrlov to mediate between the two neighbours again, an envoy said."
    )
    article = clean(f"{first}\n\n{second}")
    assert paragraphs(article) == [first, second]
    assert "\n" not in article.clean_text[article.paragraphs[0].start : article.paragraphs[0].end]


def test_a_new_paragraph_within_wrapped_lines():
    text = (
        "The delegates left Geneva on Monday after a week of talks that had\n"
        "brought nothing.\n"
        "A new round was set for May, though neither side said who would\n"
        "attend."
    )
    assert len(paragraphs(clean(text))) == 2


def test_paragraphs_are_trimmed_and_in_order():
    article = clean("  \n\n  One came. \t\n \u00a0\nTwo went.\u200b\n")
    assert paragraphs(article) == ["One came.", "Two went."]


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "\ufeff\u200b", "<p></p>", "By Ana Ruiz"])
def test_nothing_to_read_gives_no_paragraph(text):
    assert clean(text).paragraphs == ()


@pytest.mark.parametrize(
    "text",
    [
        "Word",
        "قال الوزير إن المحادثات فشلت.",
        "😀👩‍👩‍👧🇺🇦",
        "\ud800\udfff",
        "\ufffd\ufffd",
        "Ã¢â\u201a¬â„¢ caf\x92",
    ],
)
def test_odd_texts_are_one_paragraph(text):
    article = clean(text)
    assert len(article.paragraphs) == 1
    article.clean_text.encode()


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        ("word ", 1_000_000),
        ("a", 1_000_000),
        ("A. ", 1_000_000),
        ("<", 1_000_000),
        ("(", 1_000_000),
        ("\n", 300_000),
        ("<b ", 300_000),
        ("<!--", 300_000),
        ("<script>", 300_000),
        (") ", 300_000),
        ("All rights reserved. ", 300_000),
        ("AAAA BBBB x\n", 300_000),
        ("By A A A A A A A A A A A A A A A a a\n", 300_000),
    ],
)
def test_much_of_anything_keeps_its_length(unit, size):
    text = unit * (size // len(unit))
    article = clean(text)
    assert len(article.clean_text) == len(text)
    spans = sorted([*article.paragraphs, *article.dropped])
    assert all(one.end <= two.start for one, two in pairwise(spans))


def test_an_article_does_not_depend_on_its_neighbours():
    cleaner = RuleCleaner(Options())
    one, two = Article(id="1", text="ROME — A <b>b"), Article(id="2", text="</b> It ended. Read more")
    assert cleaner.process([one, two]) == cleaner.process([one]) + cleaner.process([two])
