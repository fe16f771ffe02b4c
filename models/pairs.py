"""Pair labels, the stance model's label format, and the windows that they make.

JSONL, one row a (holder, target) pair: ``{"id", "article", "text", "holder": [[start, end], …] | null,
"target": [[start, end], …], "stance", "sentiment", "weight"}``; spans are character offsets into
``text``, all mentions of that actor in it; holder null is the article's own voice. Optional fields
say more: ``"statement": [start, end]``, the part of ``text`` that is judged (default all of it; what
comes before is context), ``"speaks": true``, the holder is the statement's speaker, and ``"scheme"``, the
annotation scheme that the stance follows (default: our guide's; DSE's rows say ``"dse"``). A teacher's
opinion stands beside the gold labels as ``"soft_stance"`` and ``"soft_sentiment"``: three probabilities,
in the order of `STANCES` and `SENTIMENTS`, to which training fits instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from models.errors import LabelError
from models.label_files import read_labels
from models.labels import GUIDE, IGNORED, SENTIMENTS, STANCES, Sentiment, Stance

Key = TypeVar("Key")
Distribution = tuple[float, float, float]
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class PairLabel:
    """One labelled pair. ``holder`` is None for the article's own voice; a label is None where unknown."""

    id: str
    article: str
    text: str
    statement: tuple[int, int]
    holder: Spans | None
    target: Spans
    speaks: bool
    stance: Stance | None
    sentiment: Sentiment | None
    soft_stance: Distribution | None
    soft_sentiment: Distribution | None
    weight: float
    scheme: str = GUIDE


@dataclass(frozen=True, slots=True)
class StanceWindow:
    """A statement with its context and its actors, as the stance model takes it.

    ``actors[i]`` holds all mentions of actor i in ``text`` (none: it stands outside the window);
    ``pairs`` index into ``actors``, holder first, with `AUTHOR_INDEX` for the article's own voice.
    """

    text: str
    statement: tuple[int, int]
    actors: tuple[Spans, ...]
    speakers: frozenset[int]
    pairs: tuple[tuple[int, int], ...]


AUTHOR_INDEX = -1
# Statements before the judged one that a window holds, so that pronouns have something to stand on.
CONTEXT_STATEMENTS = 2


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A window and the labels of its pairs: indices into `STANCES` and `SENTIMENTS`, or `IGNORED`.

    The targets are what training fits to: the soft label where there is one, else the gold one as a
    distribution, else zeros.
    """

    window: StanceWindow
    stances: tuple[int, ...]
    sentiments: tuple[int, ...]
    stance_targets: tuple[Distribution, ...]
    sentiment_targets: tuple[Distribution, ...]
    weights: tuple[float, ...]
    schemes: tuple[str, ...]
    ids: tuple[str, ...]


def parse_pair(row: dict[str, Any]) -> PairLabel:
    """A pair label from its JSON object.

    Raises:
        LabelError: a field is missing, a label unknown, or a span lies outside the text.
    """
    try:
        text = row["text"]
        if not isinstance(text, str):
            raise TypeError(f"text: {text!r} is no string")
        label = PairLabel(
            id=str(row["id"]),
            article=str(row["article"]),
            text=text,
            statement=_spans([row.get("statement") or (0, len(text))])[0],
            holder=None if row["holder"] is None else _spans(row["holder"]),
            target=_spans(row["target"]),
            speaks=bool(row.get("speaks", False)),
            stance=row.get("stance"),
            sentiment=row.get("sentiment"),
            soft_stance=_distribution(row.get("soft_stance")),
            soft_sentiment=_distribution(row.get("soft_sentiment")),
            weight=float(row.get("weight", 1.0)),
            scheme=str(row.get("scheme", GUIDE)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise LabelError(f"{row.get('id', '?')}: missing or malformed field {error}") from error
    for name, value, choices in (
        ("stance", label.stance, STANCES),
        ("sentiment", label.sentiment, SENTIMENTS),
    ):
        if value is not None and value not in choices:
            raise LabelError(f"{label.id}: unknown {name} {value!r}; choose from: {', '.join(choices)}, null")
    if not label.target:
        raise LabelError(f"{label.id}: the target has no span; mark at least one mention")
    for start, end in (label.statement, *(label.holder or ()), *label.target):
        if not 0 <= start < end <= len(text):
            raise LabelError(
                f"{label.id}: span [{start}, {end}] lies outside the text of {len(text)} characters"
            )
    return label


def _spans(values: Iterable[Iterable[int]]) -> Spans:
    return tuple(sorted((int(start), int(end)) for start, end in values))


def _distribution(values: Sequence[float] | None) -> Distribution | None:
    if values is None:
        return None
    first, second, third = (float(value) for value in values)
    if min(first, second, third) < 0 or abs(first + second + third - 1) > 0.01:
        raise ValueError(f"{list(values)} (three probabilities that sum to 1 are needed)")
    return first, second, third


def read_pairs(path: Path) -> list[PairLabel]:
    """All pair labels of a JSONL file, in order.

    Raises:
        LabelError: the first unusable row, by line number.
    """
    return read_labels(path, parse_pair)


# What a row needs to say; the fields beside these have a default that fits labels of people.
_ROW_FIELDS = ("id", "article", "text", "statement", "holder", "target", "speaks", "stance", "sentiment")


def pair_row(label: PairLabel) -> dict[str, Any]:
    """The JSON object of a label that people gave: no soft labels, weight 1."""
    values = asdict(label)
    return {name: values[name] for name in _ROW_FIELDS}


_ONE_HOT: dict[int, Distribution] = {
    IGNORED: (0.0, 0.0, 0.0),
    0: (1.0, 0.0, 0.0),
    1: (0.0, 1.0, 0.0),
    2: (0.0, 0.0, 1.0),
}


def labelled_windows(labels: Iterable[PairLabel]) -> list[LabelledWindow]:
    """Pairs of one statement gathered into one window, so that it is encoded once; in order of appearance."""
    groups: dict[tuple[str, str, tuple[int, int]], list[PairLabel]] = {}
    for label in labels:
        groups.setdefault((label.article, label.text, label.statement), []).append(label)
    return [_window(group) for group in groups.values()]


def _window(group: list[PairLabel]) -> LabelledWindow:
    actors: dict[Spans, int] = {}
    for label in group:
        for spans in (label.holder, label.target):
            if spans is not None:
                actors.setdefault(spans, len(actors))
    holders = [AUTHOR_INDEX if label.holder is None else actors[label.holder] for label in group]
    window = StanceWindow(
        text=group[0].text,
        statement=group[0].statement,
        actors=tuple(actors),
        speakers=frozenset(h for h, label in zip(holders, group, strict=True) if label.speaks),
        pairs=tuple((h, actors[label.target]) for h, label in zip(holders, group, strict=True)),
    )
    stances = tuple(_index(STANCES, label.stance) for label in group)
    sentiments = tuple(_index(SENTIMENTS, label.sentiment) for label in group)
    return LabelledWindow(
        window=window,
        stances=stances,
        sentiments=sentiments,
        stance_targets=tuple(
            label.soft_stance or _ONE_HOT[s] for s, label in zip(stances, group, strict=True)
        ),
        sentiment_targets=tuple(
            label.soft_sentiment or _ONE_HOT[s] for s, label in zip(sentiments, group, strict=True)
        ),
        weights=tuple(label.weight for label in group),
        schemes=tuple(label.scheme for label in group),
        ids=tuple(label.id for label in group),
    )


def candidate_pairs(
    inside: Sequence[Key], speakers: Sequence[Key], context: Sequence[Key], author: Key
) -> list[tuple[Key, Key]]:
    """The (holder, target) pairs worth a score in one statement, in a fixed order.

    Every ordered pair of the actors ``inside`` the statement; its speakers as holders even where they
    stand outside; the article's own voice as holder; and as targets of the first two the actors of the
    ``context``, since a statement often leaves unsaid whom it is about ("called the measure a slap").
    """
    holders = list(dict.fromkeys([*inside, *speakers]))
    targets = list(dict.fromkeys([*inside, *context]))
    pairs = [(holder, target) for holder in holders for target in targets if author not in (holder, target)]
    pairs += [(author, target) for target in dict.fromkeys(inside)]
    return [(holder, target) for holder, target in pairs if holder != target and target != author]


def _index(choices: tuple[str, ...], label: str | None) -> int:
    return IGNORED if label is None else choices.index(label)
