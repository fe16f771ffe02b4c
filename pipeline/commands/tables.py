"""What the commands print of articles and stances: tables, and an article with its stances."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.labels import SENTIMENTS, STANCES
from pipeline.aggregate import CountryPair, Counts, PairCounts, PairStance
from pipeline.commands.console import plain
from pipeline.io.results import StoredArticle, StoredStatement
from pipeline.printable import printable
from pipeline.records import Actor, ScoredArticle, Span, Speaker, StanceRecord

_STYLES = {"support": "green", "oppose": "red"}
_SPEAKER, _HOLDER, _TARGET = "yellow", "bold cyan", "bold magenta"
_QUOTE_WIDTH = 90


def strongest_table(pairs: Sequence[PairStance]) -> Table:
    """``p``: the probability of the stance in the statement quoted, the clearest one.

    ``statements``: how many of those that take a side take this one.
    """
    table = _table("Strongest stances", "holder", "stance", "target", right=("p", "statements"))
    table.add_column("quote", ratio=1)
    for pair in pairs:
        table.add_row(
            _actor(pair.holder),
            _stance(pair.stance),
            Text("→ ") + _actor(pair.target),
            f"{pair.example.probability:.2f}",
            f"{pair.statements} of {pair.statements + pair.opposed}",
            plain(pair.example.text, _QUOTE_WIDTH),
        )
    return table


def country_table(pairs: Sequence[CountryPair]) -> Table:
    table = _table("Stances between countries", "holder", "target", right=STANCES)
    for pair in pairs:
        counts = pair.counts
        shown = (f"{counts.support}", f"{counts.neutral}", f"{counts.oppose}")
        table.add_row(plain(pair.holder), Text("→ ") + plain(pair.target), *shown)
    return table


def pair_counts_table(level: PairCounts, rows: Sequence[tuple[str, str, Counts]]) -> Table:
    table = _table(f"Stances between {level.level}", "holder", "target", right=_COUNTED)
    for holder, target, counts in rows:
        table.add_row(_key(level, holder), Text("→ ") + _key(level, target), *_counted(counts))
    return table


def target_counts_table(level: PairCounts, rows: Sequence[tuple[str, Counts]]) -> Table:
    table = _table("Most contested targets", "target", right=_COUNTED)
    for target, counts in rows:
        table.add_row(_key(level, target), *_counted(counts))
    return table


_COUNTED = ("net", "95 % interval", *STANCES, "articles")


def _counted(counts: Counts) -> list[Text]:
    low, high = counts.net_interval
    style = _STYLES["support"] if low > 0 else _STYLES["oppose"] if high < 0 else ""
    numbers = (counts.support, counts.neutral, counts.oppose, counts.articles)
    return [
        Text(f"{counts.net:+.2f}", style),
        Text(f"{low:+.2f} to {high:+.2f}"),
        *(Text(f"{number:,}") for number in numbers),
    ]


def _key(level: PairCounts, key: str) -> Text:
    return _actor(level.actors[key]) if level.level == "actors" else plain(key)


def print_article(console: Console, article: StoredArticle) -> None:
    """Each statement with who says it and, below, whose stances it holds; neutral ones are only counted."""
    console.print(plain(article.title or article.id), style="bold")
    told = [article.source, article.published_at, article.url]
    console.print(plain(" · ".join([one for one in told if one] or [article.id])), style="dim")
    console.print(
        Text.assemble(
            "Colours: ", ("speaker", _SPEAKER), ", ", ("holder", _HOLDER), ", ", ("target", _TARGET), "\n"
        )
    )
    for number, statement in enumerate(article.statements, 1):
        stances = [record for record in article.stances if record.statement_id == statement.id]
        speakers = Text(", ").join([_speaker(one) for one in statement.speakers])
        speakers.stylize(_SPEAKER)
        console.print(Text(f"{number:>3}  ") + speakers + Text(f" ({statement.kind})", "dim"))
        taken = [record for record in stances if record.stance != "neutral"]
        console.print(_marked(statement, taken), soft_wrap=True)
        for record in taken:
            console.print(
                Text.assemble(
                    "     ",
                    (_actor(record.holder).plain, _HOLDER),
                    " ",
                    _stance(record.stance),
                    f" {_stance_probability(record):.2f} → ",
                    (_actor(record.target).plain, _TARGET),
                )
            )
        if len(stances) > len(taken):
            console.print(f"     {len(stances) - len(taken)} neutral", style="dim")


def _marked(statement: StoredStatement, stances: Sequence[StanceRecord]) -> Text:
    """The statement's text with speakers, holders and targets coloured; of two colours the later one stays."""
    styles = [""] * len(statement.text)
    roles = (
        (_SPEAKER, {one.actor.id for one in statement.speakers}),
        (_TARGET, {record.target.id for record in stances}),
        (_HOLDER, {record.holder.id for record in stances}),
    )
    spans: list[tuple[Span | None, str]] = [(one.span, _SPEAKER) for one in statement.speakers]
    spans += [(one, style) for style, actors in roles for one in statement.mentions if one.actor in actors]
    for span, style in spans:
        if span is not None and statement.covers(span):
            first, last = span.start - statement.start, span.end - statement.start
            styles[first:last] = [style] * (last - first)
    pieces = groupby(zip(statement.text, styles, strict=True), key=itemgetter(1))
    return Text("     ").append_tokens(
        (printable("".join(character for character, _ in piece)), style) for style, piece in pieces
    )


def statement_table(article: ScoredArticle) -> Table:
    table = _table("Statements", "#", "kind", "speaker")
    table.add_column("statement", ratio=1)
    for number, statement in enumerate(article.statements, 1):
        speakers = Text(", ").join([_speaker(one) for one in statement.speakers])
        table.add_row(f"{number}", statement.kind, speakers, plain(statement.text))
    return table


def stance_table(article: ScoredArticle) -> Table:
    """Every stance of one article in text order; ``#`` is the statement's number in `statement_table`."""
    numbers = {statement.id: number for number, statement in enumerate(article.statements, 1)}
    table = _table("Stances", "#", "holder", "stance", "target", right=("p",))
    table.add_column("sentiment toward target")
    for record in article.stances:
        table.add_row(
            f"{numbers[record.statement_id]}",
            _actor(record.holder),
            _stance(record.stance),
            Text("→ ") + _actor(record.target),
            f"{_stance_probability(record):.2f}",
            f"{record.sentiment} {record.sentiment_probabilities[SENTIMENTS.index(record.sentiment)]:.2f}",
        )
    return table


def _table(title: str, *left: str, right: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in left:
        table.add_column(heading)
    for heading in right:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _stance_probability(record: StanceRecord) -> float:
    if record.stance == "unsure":
        return max(record.stance_probabilities)
    return record.stance_probabilities[STANCES.index(record.stance)]


def _actor(actor: Actor) -> Text:
    return plain(f"{actor.name} ({actor.country})" if actor.country else actor.name)


def _speaker(speaker: Speaker) -> Text:
    name = _actor(speaker.actor)
    return name if speaker.how in ("name", "author") else name + Text(f" [{speaker.how}]")


def _stance(stance: str) -> Text:
    return Text(stance, style=_STYLES.get(stance, "dim"))
