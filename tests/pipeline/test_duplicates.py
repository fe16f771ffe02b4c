import random

from pipeline.duplicates import Stories

WORDS = [
    f"{first}{second}" for first in ("ba", "ke", "mi", "so", "tu") for second in ("lon", "rat", "vid", "nep")
]


def story(seed: int, words: int = 200) -> list[str]:
    """An invented story as statements of ten words each."""
    chosen = random.Random(seed).choices(WORDS, k=words)
    return [" ".join(chosen[start : start + 10]) for start in range(0, words, 10)]


def test_reprints_are_copies_of_the_first_print() -> None:
    stories, agency = Stories(), story(1)
    assert stories.original("agency", agency) is None
    assert stories.original("other", story(2)) is None
    assert stories.original("same", agency) == "agency"
    assert stories.original("cut", agency[:-3]) == "agency"
    assert (
        stories.original("retouched", [agency[0].upper() + "!", *agency[1:], "Reporting by A. Bee"])
        == "agency"
    )


def test_shared_quotations_make_no_copy() -> None:
    stories = Stories()
    assert stories.original("a", story(1)) is None
    assert stories.original("b", story(1)[:8] + story(2)[:12]) is None
    assert stories.original("c", story(2)) is None


def test_the_most_similar_story_is_the_original() -> None:
    stories = Stories()
    assert stories.original("a", story(1)) is None
    assert stories.original("b", story(1)[:12] + story(3)[:8]) is None
    assert stories.original("c", story(1)[:11] + story(3)[:9]) == "b"


def test_short_and_empty_articles() -> None:
    stories = Stories()
    assert stories.original("a", ["Rain fell."]) is None
    assert stories.original("b", ["Rain", "fell"]) == "a"
    assert stories.original("c", []) is stories.original("d", ["…"]) is None
