"""Annotated articles: the label format of the reader and of end-to-end evaluation.

One JSON object a line: ``{"id", "title", "countries": {key: country}, "sentences": [{"text", "para",
"mentions": [{"start", "end", "keys"}], "speakers": [key…], "stances": [[holder, "+"|"-"|"?", target]…]}]}``.
Sentences of one ``para`` are joined by a space, paragraphs by an empty line.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from countryinfo import CountryInfo

from models.errors import LabelError
from models.label_files import read_labels
from models.labels import MentionKind, Stance

# The article's own voice: a speaker and a holder, and what a columnist's "I" stands for.
AUTHOR_KEY = "author"
SIGNS: dict[str, Stance] = {"+": "support", "-": "oppose"}
# What careful readers differ on.
ARGUABLE = "?"

PRONOUNS = frozenset(
    "i me my mine myself you your yours yourself he him his himself she her hers herself it its itself "
    "we us our ours ourselves they them their theirs themselves who whom whose which that this these those "
    "one".split()
)


@dataclass(frozen=True, slots=True)
class LabelledMention:
    """``start``/``end`` are offsets into the article's text; several keys make a collective."""

    start: int
    end: int
    keys: tuple[str, ...]
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """``stances`` holds (holder, sign, target) with sign ``+``, ``-`` or ``?``."""

    start: int
    end: int
    paragraph: int
    mentions: tuple[LabelledMention, ...]
    speakers: tuple[str, ...]
    stances: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """``countries`` maps an actor's key to its country, None where none applies."""

    id: str
    title: str
    text: str
    countries: dict[str, str | None]
    sentences: tuple[LabelledSentence, ...]


def mention_kind(text: str, keys: tuple[str, ...]) -> MentionKind:
    """The kind that the annotation leaves implicit, read off the mention's words."""
    # "US" and "WHO" are names; "they" is a pronoun whether it stands for one actor or for several.
    if text.lower() in PRONOUNS and (text == "I" or not text.isupper()):
        return "pronoun"
    if len(keys) > 1:
        return "collective"
    words = text.split()
    if text in _demonyms():
        return "nationality"
    # A name starts with a capital after an article at most; "the Kremlin" is one, "the ministry" none.
    first = words[1] if len(words) > 1 and words[0].lower() in ("the", "a", "an") else words[0]
    if first[:1].isupper() and not _is_described(words):
        return "name"
    return "nominal"


def _is_described(words: list[str]) -> bool:
    """Whether a lower-case noun heads the words ("Chinese officials"), which a name's tail never is."""
    return words[-1][:1].islower()


@cache
def _demonyms() -> frozenset[str]:
    # countryinfo keys its table by names and codes; the values repeat, a set does not mind.
    table = CountryInfo("france").all()
    return frozenset(entry["demonym"] for entry in table.values() if entry.get("demonym"))


def parse_article(row: dict[str, Any]) -> LabelledArticle:
    """An annotated article from its JSON object, with sentence offsets turned into article offsets.

    Raises:
        LabelError: a field is missing, a span misses its sentence, or a key has no country.
    """
    text, previous = "", None
    sentences = []
    try:
        countries = {key: None if value == "-" else value for key, value in row["countries"].items()}
        countries[AUTHOR_KEY] = None
        for sentence in row["sentences"]:
            if previous is not None:
                text += " " if sentence["para"] == previous else "\n\n"
            previous = sentence["para"]
            start = len(text)
            text += sentence["text"]
            mentions = []
            stances = tuple((holder, sign, target) for holder, sign, target in sentence["stances"])
            used = [
                *sentence["speakers"],
                *(key for holder, _, target in stances for key in (holder, target)),
            ]
            for mention in sorted(sentence["mentions"], key=lambda m: m["start"]):
                surface = sentence["text"][mention["start"] : mention["end"]]
                keys = tuple(mention["keys"])
                if not surface.strip() or not keys:
                    raise LabelError(f"{row['id']}: a mention at {mention['start']} is empty; mark a word")
                if not 0 <= mention["start"] < mention["end"] <= len(sentence["text"]):
                    raise LabelError(f"{row['id']}: a mention at {mention['start']} leaves its sentence")
                used += keys
                mentions.append(
                    LabelledMention(
                        start + mention["start"], start + mention["end"], keys, mention_kind(surface, keys)
                    )
                )
            for key in used:
                if key not in countries:
                    raise LabelError(f"{row['id']}: {key!r} is not in countries; add it there")
            for _, sign, _ in stances:
                if sign not in (*SIGNS, ARGUABLE):
                    raise LabelError(
                        f"{row['id']}: unknown sign {sign!r}; choose from: {', '.join((*SIGNS, ARGUABLE))}"
                    )
            sentences.append(
                LabelledSentence(
                    start=start,
                    end=len(text),
                    paragraph=sentence["para"],
                    mentions=tuple(mentions),
                    speakers=tuple(sentence["speakers"]),
                    stances=stances,
                )
            )
    except (KeyError, TypeError, ValueError) as error:
        raise LabelError(f"{row.get('id', '?')}: missing or malformed field {error}") from error
    title = row.get("title") or ""
    # A dash stands for an article without a headline.
    return LabelledArticle(row["id"], "" if title == "-" else title, text, countries, tuple(sentences))


def read_articles(path: Path) -> list[LabelledArticle]:
    """All annotated articles of a JSONL file, in order.

    Raises:
        LabelError: the first unusable row, by line number.
    """
    return read_labels(path, parse_article)
