"""The tables that `stancewire score` prints."""

from collections.abc import Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from models.labels import SENTIMENTS, STANCES
from pipeline.aggregate import CountryPair, PairStance
from pipeline.commands.console import plain
from pipeline.records import Actor, ScoredArticle, Speaker, StanceRecord

_STYLES = {"support": "green", "oppose": "red"}
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
        counts = (f"{pair.support}", f"{pair.neutral}", f"{pair.oppose}")
        table.add_row(plain(pair.holder), Text("→ ") + plain(pair.target), *counts)
    return table


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
