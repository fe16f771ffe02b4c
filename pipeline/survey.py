"""What a whole run comes to, each story once: the first of two passes over it that a report makes."""

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from pipeline.aggregate import Level, PairCounts
from pipeline.duplicates import Stories
from pipeline.io.results import StoredArticle


@dataclass(slots=True)
class Survey:
    """Sums over the articles of a run. But for ``articles``, ``copies`` and ``outlets``, copies are left out.

    ``copies``: id of each copy → id of the article it copies. ``outlets``: articles by source, None where it
    is not told. ``days``: articles by day of publication, None where it is not told or not understood.
    ``attributed``: statements that somebody other than the article itself is said to have made.
    """

    articles: int = 0
    statements: int = 0
    attributed: int = 0
    stances: Counter[str] = field(default_factory=Counter)
    copies: dict[str, str] = field(default_factory=dict)
    outlets: Counter[str | None] = field(default_factory=Counter)
    days: Counter[date | None] = field(default_factory=Counter)
    levels: dict[Level, PairCounts] = field(
        default_factory=lambda: {"countries": PairCounts("countries"), "actors": PairCounts("actors")}
    )


def survey(articles: Iterable[StoredArticle]) -> Survey:
    """Memory grows with distinct articles (see `Stories`) and with distinct pairs of actors."""
    found, stories = Survey(), Stories()
    for article in articles:
        found.articles += 1
        found.outlets[article.source] += 1
        original = stories.original(article.id, [statement.text for statement in article.statements])
        if original is not None:
            found.copies[article.id] = original
            continue
        found.days[day_of(article.published_at)] += 1
        found.statements += len(article.statements)
        found.attributed += sum(statement.kind != "narration" for statement in article.statements)
        for record in article.stances:
            found.stances[record.stance] += 1
        for level in found.levels.values():
            level.add(article)
    return found


def day_of(published_at: str | None) -> date | None:
    """The day of an ISO 8601 date or time, or of one as in mail and RSS; None where it is neither."""
    if published_at is None:
        return None
    with suppress(ValueError):
        return datetime.fromisoformat(published_at.strip()).date()
    with suppress(ValueError):
        return parsedate_to_datetime(published_at).date()
    return None
