"""Which pairs of an annotated article become labels."""

from models.article_pairs import article_pairs
from models.articles import parse_article

COUNTRIES = {"kremlin": "RUS", "russia": "RUS", "kyiv": "UKR", "opposition": "UKR", "union": "-"}


def stances(*listed: list[str]) -> dict[str, str]:
    """Holder > target → stance of a sentence that mentions all of `COUNTRIES`, the author apart."""
    text = " ".join(COUNTRIES)
    mentions = [
        {"start": text.index(key), "end": text.index(key) + len(key), "keys": [key]} for key in COUNTRIES
    ]
    sentence = {"text": text, "para": 0, "mentions": mentions, "speakers": ["author"], "stances": listed}
    article = parse_article({"id": "a", "title": "-", "countries": COUNTRIES, "sentences": [sentence]})
    pairs = {row["id"].partition(":0:")[2]: row["stance"] for row in article_pairs(article)}
    return {pair: stance for pair, stance in pairs.items() if not pair.startswith("author")}


def test_unlisted_pairs_are_neutral() -> None:
    found = stances(["kremlin", "-", "union"])
    assert found.pop("kremlin>union") == "oppose"
    assert set(found.values()) == {"neutral"}
    assert len(found) == len(COUNTRIES) * (len(COUNTRIES) - 1) - 1


def test_arguable_pairs_are_left_out() -> None:
    assert "kremlin>union" not in stances(["kremlin", "?", "union"])


def test_an_unlisted_pair_between_the_states_of_a_listed_one_is_left_out() -> None:
    found = stances(["kremlin", "-", "kyiv"])
    assert found["kremlin>kyiv"] == "oppose"
    assert not {"russia>kyiv", "russia>opposition", "kremlin>opposition"} & set(found)
    # The other direction is another matter.
    assert found["kyiv>russia"] == "neutral"


def test_a_stance_within_a_state_makes_no_other_pair_of_it_doubtful() -> None:
    found = stances(["opposition", "-", "kyiv"])
    assert found["kyiv>opposition"] == "neutral"
    assert found["kremlin>russia"] == "neutral"
