from pathlib import Path
from typing import Any

import pytest
from tiny_models import write_rows

from models.articles import AUTHOR_KEY, mention_kind, parse_article, read_articles
from models.errors import LabelError


def sentence(text: str, para: int = 0, **fields: Any) -> dict[str, Any]:
    return {"text": text, "para": para, "mentions": [], "speakers": [], "stances": []} | fields


def article(**fields: Any) -> dict[str, Any]:
    first = sentence(
        "Kenya thanked Peru.",
        mentions=[{"start": 14, "end": 18, "keys": ["peru"]}, {"start": 0, "end": 5, "keys": ["kenya"]}],
        speakers=["author"],
        stances=[["kenya", "+", "peru"]],
    )
    return {
        "id": "a1",
        "title": None,
        "countries": {"kenya": "KEN", "peru": "PER", "crowd": "-"},
        "sentences": [first, sentence("It rained."), sentence("Peru smiled.", 1)],
    } | fields


@pytest.mark.parametrize(
    ("text", "keys", "kind"),
    [
        ("Angela Merkel", ("merkel",), "name"),
        ("the Kremlin", ("kremlin",), "name"),
        ("US", ("us",), "name"),
        ("WHO", ("who",), "name"),
        ("us", ("author",), "pronoun"),
        ("I", ("author",), "pronoun"),
        ("It", ("peru",), "pronoun"),
        ("they", ("kenya", "peru"), "pronoun"),
        ("both countries", ("kenya", "peru"), "collective"),
        ("Chinese", ("china",), "nationality"),
        ("Chinese officials", ("china",), "nominal"),
        ("the ministry", ("ministry",), "nominal"),
        ("a spokesman", ("spokesman",), "nominal"),
    ],
)
def test_kind_is_read_off_the_words(text: str, keys: tuple[str, ...], kind: str) -> None:
    assert mention_kind(text, keys) == kind


def test_offsets_point_into_the_joined_text() -> None:
    parsed = parse_article(article())
    assert parsed.text == "Kenya thanked Peru. It rained.\n\nPeru smiled."
    assert [parsed.text[s.start : s.end] for s in parsed.sentences] == [
        "Kenya thanked Peru.",
        "It rained.",
        "Peru smiled.",
    ]
    assert [parsed.text[m.start : m.end] for m in parsed.sentences[0].mentions] == ["Kenya", "Peru"]
    assert parsed.sentences[0].stances == (("kenya", "+", "peru"),)


def test_the_author_and_a_dash_have_no_country() -> None:
    parsed = parse_article(article())
    assert parsed.countries == {"kenya": "KEN", "peru": "PER", "crowd": None, AUTHOR_KEY: None}
    assert parsed.title == ""


def mention(start: int, end: int, *keys: str) -> dict[str, Any]:
    return sentence("Kenya thanked Peru.", mentions=[{"start": start, "end": end, "keys": list(keys)}])


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (mention(3, 3, "kenya"), r"a1: a mention at 3 is empty; mark a word"),
        (mention(5, 6, "kenya"), r"a1: a mention at 5 is empty; mark a word"),
        (mention(0, 5), r"a1: a mention at 0 is empty"),
        (mention(14, 40, "peru"), r"a1: .*14"),
        (mention(-5, -1, "peru"), r"a1: .*-5"),
        (mention(0, 5, "chad"), r"a1: 'chad' is not in countries; add it there"),
        (sentence("Hm.", speakers=["chad"]), r"a1: 'chad' is not in countries; add it there"),
        (sentence("Hm.", stances=[["kenya", "+", "chad"]]), r"a1: 'chad' is not in countries; add it there"),
        (sentence("Hm.", stances=[["kenya", "!", "peru"]]), r"a1: unknown sign '!'; choose from: \+, -, \?"),
        (sentence("Hm.", stances=[["kenya", "peru"]]), r"a1: missing or malformed field"),
        ({"text": "Hm."}, r"a1: missing or malformed field 'para'|a1: missing or malformed field 'mentions'"),
    ],
)
def test_an_unusable_article_is_named_with_its_remedy(broken: dict[str, Any], message: str) -> None:
    with pytest.raises(LabelError, match=message):
        parse_article(article(sentences=[broken]))


def test_an_error_names_the_line(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "articles.jsonl", [article(), {"id": "a2"}])
    with pytest.raises(LabelError, match=r"articles\.jsonl:2: a2: missing or malformed field 'countries'"):
        read_articles(path)
