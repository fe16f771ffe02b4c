"""What annotators answer, whatever the tool, and the labels that come of it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.errors import LabelError
from models.labels import STANCES
from models.pairs import PairLabel, Spans, pair_row, parse_pair
from pipeline.errors import InputError
from pipeline.io.read import Reject

# Two careful readers may differ; the marks or the text are wrong. Neither is trained on.
ARGUABLE, UNUSABLE = "arguable", "unusable"
ANSWERS = (*STANCES, ARGUABLE, UNUSABLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One annotator's answer to one item. ``pair``: without a label, its spans as the annotator left them."""

    place: str
    pair: PairLabel
    annotator: str
    answer: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A pair with its label, and what each annotator answered."""

    pair: PairLabel
    annotators: dict[str, str]

    def row(self) -> dict[str, Any]:
        return pair_row(self.pair) | {"annotators": self.annotators}


def packed(pair: PairLabel) -> dict[str, Any]:
    """What a tool carries along with an item, so that its export needs nothing else to be read back."""
    row = pair_row(pair)
    return {name: row[name] for name in ("id", "article", "text", "statement", "holder", "target", "speaks")}


def unpacked(values: Any) -> PairLabel:
    """The pair of what `packed` gave.

    Raises:
        LabelError: it is something else, or was changed on the way.
    """
    if not isinstance(values, dict):
        raise LabelError("does not carry its pair; export the project that `stancewire sample` wrote, whole")
    return parse_pair(values)


def with_marks(
    pair: PairLabel, holder: Sequence[tuple[int, int]], target: Sequence[tuple[int, int]]
) -> PairLabel:
    """The pair with the spans that an annotator marked; where none is marked, those that were given stay.

    Raises:
        LabelError: a holder is marked though the article itself is the holder, or a span is outside the text.
    """
    if holder and pair.holder is None:
        raise LabelError("a holder is marked, but the question is about the article's own voice; unmark it")
    for start, end in (*holder, *target):
        if not 0 <= start < end <= len(pair.text):
            raise LabelError(f"the mark [{start}, {end}] lies outside the text; mark it again")
    return replace(
        pair,
        holder=_spans(holder) or pair.holder,
        target=_spans(target) or pair.target,
    )


def _spans(values: Iterable[tuple[int, int]]) -> Spans:
    return tuple(sorted(set(values)))


def checked_answer(values: Sequence[str]) -> str:
    """The one answer among what an annotator chose.

    Raises:
        LabelError: there is none, more than one, or an unknown one.
    """
    if not values:
        raise LabelError("has no answer; choose one, or leave the item out")
    if len(values) > 1:
        raise LabelError(f"has several answers ({', '.join(values)}); choose one")
    answer = values[0].strip().casefold()
    if answer not in ANSWERS:
        raise LabelError(f"has the unknown answer {values[0]!r}; choose from: {', '.join(ANSWERS)}")
    return answer


def decide(answers: Iterable[Answer], adjudicator: str | None = None) -> tuple[list[Decided], list[Reject]]:
    """One label a pair, in order of first appearance, and the pairs that get none, with the reason.

    The adjudicator's answer decides where there is one. Elsewhere the answer decides that more annotators give
    than any other; so it does over the marks, among those who gave it. An annotator who answers an item twice
    counts once if the answers are the same, else not at all.
    """
    by_pair: dict[str, list[Answer]] = {}
    for answer in answers:
        by_pair.setdefault(answer.pair.id, []).append(answer)
    decided, rejects = [], []
    for id_, given in by_pair.items():
        try:
            decided.append(_decided(given, adjudicator))
        except LabelError as problem:
            rejects.append(Reject(given[0].place, str(problem), id_))
    return decided, rejects


def _decided(given: Sequence[Answer], adjudicator: str | None) -> Decided:
    if len({(answer.pair.text, answer.pair.statement) for answer in given}) > 1:
        raise LabelError("the same id stands with different texts; import the projects one by one")
    answers: dict[str, Answer] = {}
    for answer in given:
        first = answers.setdefault(answer.annotator, answer)
        if (first.answer, first.pair) != (answer.answer, answer.pair):
            raise LabelError(
                f"{answer.annotator} answers twice, {first.answer} and {answer.answer}; keep one of the two"
            )
    annotators = {name: answers[name].answer for name in sorted(answers)}
    judges = [answers[adjudicator]] if adjudicator in answers else list(answers.values())
    winner = _most(Counter(answer.answer for answer in judges))
    if winner is None:
        said = ", ".join(f"{name}: {answer}" for name, answer in annotators.items())
        raise LabelError(f"no answer has more votes than every other ({said}); adjudicate it")
    if winner not in STANCES:
        raise LabelError(f"is {winner}, which is not trained on")
    pair = _most(Counter(answer.pair for answer in judges if answer.answer == winner))
    if pair is None:
        raise LabelError("the annotators agree on the answer but mark different words; adjudicate it")
    return Decided(replace(pair, stance=winner), annotators)


def _most(votes: Counter[Any]) -> Any | None:
    (first, count), *others = votes.most_common(2)
    return None if others and others[0][1] == count else first


def json_lines(path: Path) -> Iterator[tuple[str, Any]]:
    """Place and value of every line of a JSONL file; a line that is no JSON gives its `LabelError`.

    Raises:
        InputError: on iteration, the file cannot be read.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                yield f"{path.name}:{number}", json.loads(line)
            except json.JSONDecodeError as error:
                yield f"{path.name}:{number}", LabelError(f"is no JSON ({error}); export the file again")


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}); name the tool's export, in UTF-8") from error
