"""Names made comparable: slugs for ids and folded tokens for matching."""

import re
import unicodedata

_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SPECIAL = str.maketrans(
    {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "’": "'"}
)
_POSSESSIVE = re.compile(r"(?:['’`]s?)$")


def plain(text: str) -> str:
    """Text without accents and with straight apostrophes: "Reykjavík" as "Reykjavik"."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold(text: str) -> str:
    """Text in lower case without accents, so "Erdoğan" and "Erdogan" compare equal."""
    return plain(text).lower()


def slug(text: str) -> str:
    """Lower-case words joined by hyphens; text without a Latin letter or digit keeps its own letters."""
    found = _NOT_SLUG.sub("-", fold(text)).strip("-")
    return found or "-".join(re.findall(r"\w+", text.lower())) or "actor"


def bare(word: str) -> str:
    """A word without a possessive ending or surrounding punctuation."""
    return _POSSESSIVE.sub("", word.strip('"“”,;:()[]!?')) or word
