"""The whole chain against annotated articles: raw text in, rows out, compared at actor and country level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.articles import AUTHOR_KEY, LabelledArticle, LabelledSentence
from models.metrics import SpanScores, span_scores
from pipeline.records import AUTHOR, Article, ResolvedStatement, ScoredArticle

SIGNS = {"support": "+", "oppose": "-"}

# (sentence, holder's country, sign, target's country); the article's own voice is a holder of its own.
CountryPair = tuple[int, str, str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Scores over all articles. Shares lie between 0 and 1.

    ``statements``: exact boundaries. ``mentions``: exact offsets. ``speakers``: share of sentences whose set
    of speaker countries is right, the article's own voice counted as one. ``pairs``: support and oppose
    rows as (sentence, holder country, sign, target country), arguable ones left out on both sides;
    ``article_pairs`` the same without the sentence. ``by_sign``: ``pairs`` of one sign.
    """

    statements: SpanScores
    mentions: SpanScores
    speakers: float
    pairs: SpanScores
    article_pairs: SpanScores
    by_sign: dict[str, SpanScores]


def unannotated(article: LabelledArticle) -> Article:
    """The article as a user would hand it in."""
    return Article(id=article.id, text=article.text, title=article.title or None)


def agreement(gold: Sequence[LabelledArticle], scored: Sequence[ScoredArticle]) -> Agreement:
    """Compares scored articles with their annotation, in the same order."""
    pairs = list(zip(gold, scored, strict=True))
    wanted = [_gold_pairs(article) for article, _ in pairs]
    found = [
        _found_pairs(article, rows) - arguable
        for (article, rows), (_, arguable) in zip(pairs, wanted, strict=True)
    ]
    gold_pairs = [sure for sure, _ in wanted]
    speakers = [right for article, rows in pairs for right in _speakers_right(article, rows)]
    return Agreement(
        statements=span_scores(
            [{(s.start, s.end) for s in article.sentences} for article, _ in pairs],
            [{(s.start, s.end) for s in rows.statements} for _, rows in pairs],
        ),
        mentions=span_scores(
            [{(m.start, m.end) for s in article.sentences for m in s.mentions} for article, _ in pairs],
            [{(m.start, m.end) for m in rows.mentions} for _, rows in pairs],
        ),
        speakers=sum(speakers) / len(speakers) if speakers else 0.0,
        pairs=span_scores(gold_pairs, found),
        article_pairs=span_scores(_without_sentence(gold_pairs), _without_sentence(found)),
        by_sign={
            name: span_scores(_of_sign(gold_pairs, sign), _of_sign(found, sign))
            for name, sign in SIGNS.items()
        },
    )


def _gold_pairs(article: LabelledArticle) -> tuple[set[CountryPair], set[CountryPair]]:
    """The pairs that count, and the arguable ones (under either sign), which count for neither side."""
    sure: set[CountryPair] = set()
    arguable: set[CountryPair] = set()
    for index, sentence in enumerate(article.sentences):
        for holder, sign, target in sentence.stances:
            held_by = AUTHOR_KEY if holder == AUTHOR_KEY else article.countries[holder]
            aimed_at = article.countries[target]
            if held_by is None or aimed_at is None:
                continue
            if sign == "?":
                arguable |= {(index, held_by, either, aimed_at) for either in SIGNS.values()}
            else:
                sure.add((index, held_by, sign, aimed_at))
    return sure, arguable - sure


def _found_pairs(article: LabelledArticle, scored: ScoredArticle) -> set[CountryPair]:
    places = {statement.id: _sentence_of(article.sentences, statement) for statement in scored.statements}
    found = set()
    for row in scored.stances:
        held_by = AUTHOR_KEY if row.holder == AUTHOR else row.holder.country
        sign, index = SIGNS.get(row.stance), places[row.statement_id]
        if sign and held_by and row.target.country and index is not None:
            found.add((index, held_by, sign, row.target.country))
    return found


def _sentence_of(sentences: Sequence[LabelledSentence], statement: ResolvedStatement) -> int | None:
    """The annotated sentence that shares most characters with a statement."""
    shared = [min(s.end, statement.end) - max(s.start, statement.start) for s in sentences]
    best = max(range(len(shared)), key=shared.__getitem__, default=None)
    return best if best is not None and shared[best] > 0 else None


def _speakers_right(article: LabelledArticle, scored: ScoredArticle) -> list[bool]:
    """For each sentence, whether its speakers' countries are those of the statements that it shares most with."""
    found: list[set[str | None]] = [set() for _ in article.sentences]
    for statement in scored.statements:
        index = _sentence_of(article.sentences, statement)
        if index is not None:
            found[index] |= {
                AUTHOR_KEY if speaker.actor == AUTHOR else speaker.actor.country
                for speaker in statement.speakers
            }
    return [
        {AUTHOR_KEY if key == AUTHOR_KEY else article.countries[key] for key in sentence.speakers}
        == countries
        for sentence, countries in zip(article.sentences, found, strict=True)
    ]


def _without_sentence(pairs: Iterable[set[CountryPair]]) -> list[set[tuple[str, str, str]]]:
    return [{pair[1:] for pair in one} for one in pairs]


def _of_sign(pairs: Iterable[set[CountryPair]], sign: str) -> list[set[CountryPair]]:
    return [{pair for pair in one if pair[2] == sign} for one in pairs]
