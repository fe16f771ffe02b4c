"""What the chain predicted against what is annotated: spans to spans, actors to keys."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from models.articles import AUTHOR_KEY, LabelledArticle, LabelledMention
from pipeline.records import AUTHOR, Actor, ScoredArticle, Span

# An actor's id as a resolver has it: a string in records, an index while it works.
Id = TypeVar("Id", int, str)

# A name says whom a text means better than a noun or pronoun does, and a collective hardly says it.
_NAME_VOTES, _OTHER_VOTES, _COLLECTIVE_VOTES = 30, 10, 1


class HasOffsets(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def best_overlap(spans: Sequence[HasOffsets], found: HasOffsets) -> int | None:
    """The index of the span that shares most characters with ``found``, the first of equals; None if none does.

    ``spans`` are sorted and do not overlap one another.
    """
    best, most = None, 0
    for index in range(bisect_right(spans, found.start, key=lambda span: span.end), len(spans)):
        if spans[index].start >= found.end:
            break
        shared = min(spans[index].end, found.end) - max(spans[index].start, found.start)
        if shared > most:
            best, most = index, shared
    return best


def actor_keys(
    article: LabelledArticle,
    named: Iterable[tuple[LabelledMention, Sequence[tuple[Id, str | None]]]],
    fixed: Mapping[Id, str] | None = None,
) -> dict[Id, str]:
    """Predicted actor → annotated key by the largest overlap of mentions, one to one.

    Args:
        named: an annotated mention and the actors, with their countries, that were found for it. Members of a
            collective count for the keys of their country, and little.
        fixed: actors whose keys are known beforehand.
    """
    votes: Counter[tuple[Id, str]] = Counter()
    for mention, members in named:
        if len(members) == len(mention.keys) == 1:
            named_outright = mention.kind in ("name", "nationality")
            votes[members[0][0], mention.keys[0]] += _NAME_VOTES if named_outright else _OTHER_VOTES
        else:
            for actor, country in members:
                for key in mention.keys:
                    if country == article.countries[key]:
                        votes[actor, key] += _COLLECTIVE_VOTES
    mapped = dict(fixed or {})
    taken = set(mapped.values())
    for (actor, key), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if actor not in mapped and key not in taken:
            mapped[actor] = key
            taken.add(key)
    return mapped


def scored_keys(article: LabelledArticle, scored: ScoredArticle) -> dict[str, str]:
    """`actor_keys` of a scored article, by ids; the article's own voice is itself.

    A speaker that no mention stands for is judged by the words that name it.
    """
    labelled = [mention for sentence in article.sentences for mention in sentence.mentions]
    named: list[tuple[Span, tuple[Actor, ...]]] = [(mention, mention.actors) for mention in scored.mentions]
    mentioned = {actor.id for _, actors in named for actor in actors}
    unmentioned = {
        (speaker.actor, speaker.span): None
        for statement in scored.statements
        for speaker in statement.speakers
        if speaker.span is not None and speaker.actor.id not in mentioned
    }
    named += [(span, (actor,)) for actor, span in unmentioned]
    return actor_keys(
        article,
        (
            (labelled[index], [(actor.id, actor.country) for actor in actors])
            for span, actors in named
            if (index := best_overlap(labelled, span)) is not None
        ),
        {AUTHOR.id: AUTHOR_KEY},
    )
