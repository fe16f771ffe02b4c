"""Which articles are copies of earlier ones: one agency story in many outlets is one story.

Two articles are copies where the sets of their four-word sequences resemble each other, by MinHash and
locality-sensitive hashing (Broder 1997, On the resemblance and containment of documents). Fixed
permutations: the same articles in the same order give the same copies on every machine.
"""

import re
from collections.abc import Iterable
from zlib import crc32

from datasketch import MinHash, MinHashLSH

# Jaccard similarity of two copies, as MinHash estimates it. A reprint that drops a quarter of the story is
# one still; two reports on one event that share their quotations are not.
RESEMBLANCE = 0.7

_WORD = re.compile(r"\w+")
_SEQUENCE = 4
_PERMUTATIONS = 126
# Bands times rows: of the pairs that resemble each other by 0.7, 93 % meet in a band; by 0.8, all but 0.2 %.
_BANDS = (21, 6)


class Stories:
    """The distinct articles met so far; about 8 kB of memory each."""

    def __init__(self) -> None:
        self._blank = MinHash(_PERMUTATIONS, hashfunc=crc32)
        self._sketches: dict[str, MinHash] = {}
        self._index = MinHashLSH(num_perm=_PERMUTATIONS, params=_BANDS)

    def original(self, article_id: str, texts: Iterable[str]) -> str | None:
        """The id of the earlier article that this one copies, the most alike; None where it is a new story.

        ``texts``: its statements. An article without a word is never a copy.
        """
        sequences = _sequences(texts)
        if not sequences:
            return None
        sketch = self._blank.copy()
        sketch.update_batch(sequences)
        # Ids break ties, for the index gives its finds in the order of a set.
        alike = [(self._sketches[other].jaccard(sketch), other) for other in self._index.query(sketch)]
        closest = max(alike, default=(0.0, ""))
        if closest[0] >= RESEMBLANCE:
            return closest[1]
        self._sketches[article_id] = sketch
        self._index.insert(article_id, sketch, check_duplication=False)
        return None


def _sequences(texts: Iterable[str]) -> list[bytes]:
    words = _WORD.findall(" ".join(texts).casefold())
    length = min(_SEQUENCE, len(words))
    return (
        [" ".join(words[start : start + length]).encode() for start in range(len(words) - length + 1)]
        if words
        else []
    )
