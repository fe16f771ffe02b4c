"""Annotated articles as records of the chain: what a stage would hand on, were it and all before it right."""

from bisect import bisect_right
from collections.abc import Sequence

from models.articles import AUTHOR_KEY, LabelledArticle, LabelledMention, LabelledSentence
from models.labels import MentionKind
from pipeline.actors.countries import CountryTable
from pipeline.quotes import Quotation, quotations
from pipeline.records import (
    AUTHOR,
    Actor,
    Article,
    AttributedArticle,
    AttributedStatement,
    How,
    Mention,
    ReadArticle,
    ResolvedArticle,
    ResolvedMention,
    ResolvedStatement,
    Span,
    Speaker,
    SplitArticle,
    Statement,
    TaggedSpan,
    grow,
)

_FIRST_PERSON = frozenset("i me my mine we us our ours".split())
_HOW: dict[MentionKind, How] = {
    "name": "name",
    "nationality": "demonym",
    "pronoun": "pronoun",
    "nominal": "nominal",
    "collective": "collective",
}


def unannotated(article: LabelledArticle) -> Article:
    """The article as a user would hand it in."""
    return Article(id=article.id, text=article.text, title=article.title or None)


def split_article(article: LabelledArticle) -> SplitArticle:
    """With the annotated sentences and paragraphs; nothing is dropped."""
    paragraphs: dict[int, Span] = {}
    for sentence in article.sentences:
        first = paragraphs.get(sentence.paragraph, Span(sentence.start, sentence.end)).start
        paragraphs[sentence.paragraph] = Span(first, sentence.end)
    index = {number: place for place, number in enumerate(paragraphs)}
    return grow(
        SplitArticle,
        unannotated(article),
        clean_text=article.text,
        paragraphs=tuple(paragraphs.values()),
        dropped=(),
        statements=tuple(
            Statement(
                sentence.start,
                sentence.end,
                id=f"{article.id}:{number}",
                text=article.text[sentence.start : sentence.end],
                paragraph=index[sentence.paragraph],
            )
            for number, sentence in enumerate(article.sentences)
        ),
    )


def read_article(article: LabelledArticle, tagged: Sequence[TaggedSpan] = ()) -> ReadArticle:
    """With the annotated mentions too. Sources, cues and contents are not annotated: ``tagged`` are a reader's."""
    return grow(
        ReadArticle,
        split_article(article),
        mentions=tuple(
            Mention(m.start, m.end, text=article.text[m.start : m.end], kind=m.kind, score=1.0)
            for m in _mentions(article)
        ),
        tagged=tuple(tagged),
    )


def attributed_article(article: LabelledArticle) -> AttributedArticle:
    """With a source for each annotated speaker: the mention that names it, here or in an earlier sentence."""
    read = read_article(article)
    quoted = quotations(read.text, read.paragraphs)
    return grow(
        AttributedArticle,
        read,
        statements=tuple(
            _attributed(statement, tuple(_voices(article, sentence, quoted).values()))
            for statement, sentence in zip(read.statements, article.sentences, strict=True)
        ),
    )


def resolved_article(article: LabelledArticle, countries: CountryTable) -> ResolvedArticle:
    """With the annotated actors and speakers; an actor's id is its key."""
    attributed = attributed_article(article)
    quoted = quotations(attributed.text, attributed.paragraphs)
    actors = _actors(article, countries)
    return grow(
        ResolvedArticle,
        attributed,
        mentions=tuple(
            grow(
                ResolvedMention,
                mention,
                actors=tuple(actors[key] for key in labelled.keys),
                how=_HOW[labelled.kind],
                confidence=1.0,
            )
            for mention, labelled in zip(attributed.mentions, _mentions(article), strict=True)
        ),
        statements=tuple(
            grow(ResolvedStatement, statement, speakers=_speakers(article, sentence, quoted, actors))
            for statement, sentence in zip(attributed.statements, article.sentences, strict=True)
        ),
    )


def _mentions(article: LabelledArticle) -> list[LabelledMention]:
    return [mention for sentence in article.sentences for mention in sentence.mentions]


def _attributed(statement: Statement, voices: Sequence[LabelledMention]) -> AttributedStatement:
    return grow(
        AttributedStatement,
        statement,
        kind="indirect" if voices else "narration",
        cue=None,
        sources=tuple(Span(voice.start, voice.end) for voice in voices),
        attribution="cued" if voices else "author",
        confidence=1.0,
    )


def _voices(
    article: LabelledArticle, sentence: LabelledSentence, quoted: Sequence[Quotation]
) -> dict[str, LabelledMention]:
    """The mention by which the text names each speaker; those that it never does have none."""
    mentions = _mentions(article)
    known = mentions[: bisect_right(mentions, sentence.start, key=lambda mention: mention.start)]
    found = {}
    for key in sentence.speakers:
        if key == AUTHOR_KEY:
            continue
        # What names the speaker stands outside the quotation, and before a pronoun that repeats it.
        own = [m for m in sentence.mentions if key in m.keys and not _is_first_person(article, m)]
        own = [m for m in own if not any(q.start < m.start < q.end for q in quoted)] or own
        own.sort(key=lambda m: (m.kind == "pronoun", m.start))
        earlier = [m for m in known if key in m.keys and not _is_first_person(article, m)]
        for mention in own[:1] or earlier[-1:]:
            found[key] = mention
    return found


def _is_first_person(article: LabelledArticle, mention: LabelledMention) -> bool:
    return article.text[mention.start : mention.end].lower() in _FIRST_PERSON


def _speakers(
    article: LabelledArticle,
    sentence: LabelledSentence,
    quoted: Sequence[Quotation],
    actors: dict[str, Actor],
) -> tuple[Speaker, ...]:
    voices = _voices(article, sentence, quoted)
    speakers = []
    for key in dict.fromkeys(sentence.speakers or (AUTHOR_KEY,)):
        voice = voices.get(key)
        speakers.append(
            Speaker(
                actor=actors[key],
                how="author" if key == AUTHOR_KEY else _HOW[voice.kind] if voice else "carried",
                span=Span(voice.start, voice.end) if voice else None,
                confidence=1.0,
            )
        )
    return tuple(speakers)


def _actors(article: LabelledArticle, countries: CountryTable) -> dict[str, Actor]:
    """Key → actor. The annotation gives no kinds; all that the chain asks of one is whether it is a state."""
    states = set()
    names: dict[str, str] = {}
    for mention in _mentions(article):
        if len(mention.keys) == 1 and mention.kind in ("name", "nationality"):
            (key,) = mention.keys
            text = article.text[mention.start : mention.end]
            names.setdefault(key, text)
            word = countries.find(text)
            if word and word.kind in ("name", "demonym") and word.code == article.countries[key]:
                states.add(key)
    return {
        key: AUTHOR
        if key == AUTHOR_KEY
        else Actor(key, names.get(key, key), "country" if key in states else "unknown", country)
        for key, country in article.countries.items()
    }
