"""Pair labels of annotated articles: every candidate pair of every sentence."""

from collections.abc import Iterator

from models.articles import ARGUABLE, AUTHOR_KEY, SIGNS, LabelledArticle
from models.pairs import CONTEXT_STATEMENTS, candidate_pairs


def article_pairs(article: LabelledArticle) -> Iterator[dict]:
    """Every candidate pair of every sentence: the listed ones, and the others as neutral where that is safe.

    A pair on which careful readers differ (``?``) is left out, and so is an unlisted one between the two
    countries of a listed one: where "Kremlin → Kyiv" is listed, "Russia → Ukraine" is no true neutral.
    Two actors of one country are not each other's twins: that the opposition attacks the premier makes
    no other pair of the same state doubtful.
    """
    for index, sentence in enumerate(article.sentences):
        context = article.sentences[max(0, index - CONTEXT_STATEMENTS) : index]
        start = context[0].start if context else sentence.start
        spans: dict[str, list[list[int]]] = {}
        for mention in (m for s in (*context, sentence) for m in s.mentions):
            for key in mention.keys:
                spans.setdefault(key, []).append([mention.start - start, mention.end - start])
        inside = [key for mention in sentence.mentions for key in mention.keys]
        listed = {(holder, target): sign for holder, sign, target in sentence.stances}
        between = {(article.countries[holder], article.countries[target]) for holder, target in listed}
        twins = {states for states in between if None not in states and states[0] != states[1]}
        for holder, target in candidate_pairs(inside, sentence.speakers, list(spans), AUTHOR_KEY):
            sign = listed.get((holder, target))
            countries = (article.countries[holder], article.countries[target])
            if sign == ARGUABLE or (sign is None and countries in twins):
                continue
            yield {
                "id": f"{article.id}:{index}:{holder}>{target}",
                "article": article.id,
                "text": article.text[start : sentence.end],
                "statement": [sentence.start - start, sentence.end - start],
                # A speaker that the window does not mention has no span, yet is not the author.
                "holder": None if holder == AUTHOR_KEY else spans.get(holder, []),
                "target": spans[target],
                "speaks": holder in sentence.speakers,
                "stance": SIGNS[sign] if sign else "neutral",
                "sentiment": None,
            }
