"""Keeping validation texts out of training."""

import hashlib
import re
import unicodedata

_NO_WORD = re.compile(r"\W+")


def text_key(text: str) -> str:
    """A short key that two texts share when their words are the same, whatever their case, quotes or spacing."""
    words = _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
