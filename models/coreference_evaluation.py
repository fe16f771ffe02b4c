"""Accuracy of the coreference model on annotated articles, their mentions being given."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.articles import LabelledArticle, LabelledMention, read_articles
from models.checkpoints import Checkpoint
from models.coreference_features import article_spans, nation_number
from models.links import AHEAD, BACK, Links, link_texts
from models.metrics import SpanScores, span_scores
from models.reader_features import line_paragraphs

# Found and annotated links of one article: (mention, other) by index.
_Pairs = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class LinkReport:
    """Scores of what links two mentions, by relation. ``antecedent``: a mention's choice of an earlier one, right
    where both stand for the same actors; ``member``: of a collective; ``country``: of two single actors;
    ``nation``: the country itself of a single actor, beside the ones that the model was taught."""

    links: dict[str, SpanScores]


def evaluate_coreference(checkpoint: Checkpoint, path: Path) -> LinkReport:
    """Scores over the articles of a file.

    Raises:
        LabelError: the file has an unusable row.
    """
    articles = read_articles(path)
    texts = [(a.text, line_paragraphs(a.text), article_spans(a)) for a in articles]
    found = link_texts(checkpoint, texts)
    relations = {"antecedent": _antecedents, "member": _members, "country": _countries, "nation": _nations}
    scores = {}
    for name, pairs_of in relations.items():
        pairs = [pairs_of(article, links) for article, links in zip(articles, found, strict=True)]
        scores[name] = span_scores([wanted for wanted, _ in pairs], [got for _, got in pairs])
    return LinkReport(scores)


def _mentions(article: LabelledArticle) -> list[LabelledMention]:
    return [mention for sentence in article.sentences for mention in sentence.mentions]


def _antecedents(article: LabelledArticle, links: Links) -> tuple[_Pairs, _Pairs]:
    """A mention that takes up an actor counts once, whichever earlier mention of that actor is chosen."""
    mentions = _mentions(article)
    wanted, got = set(), set()
    for index, mention in enumerate(mentions):
        earlier = [other for other in range(index) if mentions[other].keys == mention.keys]
        if earlier:
            wanted.add((index, earlier[-1]))
        best = max(_near(mentions, index, ahead=0), key=lambda other: links.same(index, other), default=None)
        if best is not None and links.same(index, best) > links.new[index]:
            got.add((index, earlier[-1] if best in earlier else best))
    return wanted, got


def _members(article: LabelledArticle, links: Links) -> tuple[_Pairs, _Pairs]:
    mentions = _mentions(article)
    asked = [
        (index, other)
        for index, mention in enumerate(mentions)
        if len(mention.keys) > 1
        for other in _near(mentions, index)
        if len(mentions[other].keys) == 1
    ]
    wanted = {(one, other) for one, other in asked if mentions[other].keys[0] in mentions[one].keys}
    return wanted, {(one, other) for one, other in asked if links.member(one, other) > 0}


def _countries(article: LabelledArticle, links: Links) -> tuple[_Pairs, _Pairs]:
    mentions = _mentions(article)
    codes = [article.countries[m.keys[0]] if len(m.keys) == 1 else None for m in mentions]
    asked = [
        (index, other)
        for index, mention in enumerate(mentions)
        if len(mention.keys) == 1
        for other in _near(mentions, index)
        if codes[other] is not None
    ]
    wanted = {(one, other) for one, other in asked if codes[one] == codes[other]}
    return wanted, {(one, other) for one, other in asked if links.country(one, other) > 0}


def _nations(article: LabelledArticle, links: Links) -> tuple[_Pairs, _Pairs]:
    single = [(index, m) for index, m in enumerate(_mentions(article)) if len(m.keys) == 1]
    wanted = {(index, nation_number(article, mention, links.codes)) for index, mention in single}
    return wanted, {(index, int(links.nations[index].argmax())) for index, _ in single}


def _near(mentions: Sequence[LabelledMention], index: int, ahead: int = AHEAD) -> list[int]:
    """The mentions that one is compared with."""
    reach = range(max(0, index - BACK), min(len(mentions), index + ahead + 1))
    return [other for other in reach if other != index]
