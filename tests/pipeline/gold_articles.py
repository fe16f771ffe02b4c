"""Annotated articles small enough to count by hand."""

from typing import Any

from models.articles import LabelledArticle, parse_article


def labelled(id_: str, countries: dict[str, str | None], *sentences: dict[str, Any]) -> LabelledArticle:
    return parse_article({"id": id_, "title": "-", "countries": countries, "sentences": list(sentences)})


def sentence(
    text: str,
    mentions: dict[str, str],
    speakers: tuple[str, ...] = ("author",),
    stances: tuple[str, ...] = (),
    para: int = 0,
) -> dict[str, Any]:
    """``mentions``: words → keys, comma-separated; each is the first such words. ``stances``: "holder + target"."""
    return {
        "text": text,
        "para": para,
        "mentions": [
            {"start": text.index(words), "end": text.index(words) + len(words), "keys": keys.split(",")}
            for words, keys in mentions.items()
        ],
        "speakers": list(speakers),
        "stances": [stance.split() for stance in stances],
    }


CALL = labelled(
    "call",
    {"ruto": "KEN", "kenya": "KEN", "peru": "PER"},
    sentence(
        "Ruto of Kenya thanked Lima.",
        {"Ruto": "ruto", "Kenya": "kenya", "Lima": "peru"},
        stances=("ruto + peru",),
        para=3,
    ),
    sentence(
        "“I trust both,” he said.",
        {"I": "ruto", "both": "kenya,peru", "he": "ruto"},
        speakers=("ruto",),
        stances=("ruto + kenya", "ruto + peru"),
        para=3,
    ),
    sentence("It rained.", {}, speakers=(), para=4),
)
