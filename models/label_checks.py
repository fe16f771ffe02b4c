"""What is wrong, or likely wrong, with a file of pair labels: every finding names its row and a remedy."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from models.annotators import TENTATIVE, AnnotatorAgreement, annotator_agreement
from models.errors import LabelError
from models.inference import label_features
from models.label_errors import FOLDS, out_of_fold, suspects
from models.label_files import label_lines
from models.labels import STANCES
from models.leaks import text_key
from models.pairs import PairLabel, Spans, parse_pair, read_pairs
from models.registry import Checkpoint

Level = Literal["error", "warning"]

# Fewer rows of a class than this teach next to nothing of it.
FEWEST_OF_A_CLASS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """``place``: file and line, or the file where all of it is meant; ``id``: the row's, where it has one."""

    level: Level
    check: str
    place: str
    id: str | None
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LabelReport:
    """``rows``: usable rows. ``classes``: how many rows bear each stance. ``findings``: errors first."""

    rows: int
    classes: dict[str, int]
    agreement: AnnotatorAgreement
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    label: PairLabel
    annotators: dict[str, str]


def check_labels(path: Path, against: Sequence[Path], checkpoint: Checkpoint) -> LabelReport:
    """Checks a label file by itself, against validation files, and by what ``checkpoint`` sees of its pairs.

    Raises:
        LabelError: a file cannot be read, or a validation file has an unusable row.
    """
    rows: list[_Row] = []
    findings: list[Finding] = []
    for number, found in label_lines(path, _row):
        place = f"{path.name}:{number}"
        if isinstance(found, LabelError):
            findings.append(
                Finding("error", "row", place, None, str(found), "correct the row, or take it out")
            )
        else:
            label, annotators = found
            rows.append(_Row(place, label, annotators))
    agreement = annotator_agreement([row.annotators for row in rows])
    for check in (_missed_words, _without_label, _repeated_ids, _repeated_pairs):
        findings += check(rows)
    findings += _leaks(rows, against)
    classes: Counter[str] = Counter(row.label.stance for row in rows if row.label.stance)
    findings += _balance(path.name, classes)
    findings += _disagreement(path.name, agreement)
    findings += _likely_errors(path.name, rows, checkpoint)
    return LabelReport(
        rows=len(rows),
        classes={stance: classes[stance] for stance in STANCES},
        agreement=agreement,
        findings=tuple(sorted(findings, key=lambda finding: finding.level != "error")),
    )


def _row(values: dict[str, Any]) -> tuple[PairLabel, dict[str, str]]:
    """The label, and who gave it which stance, as `stancewire labels import` writes it."""
    annotators = values.get("annotators") or {}
    if not isinstance(annotators, dict):
        raise LabelError(f"{values.get('id', '?')}: annotators must map names to labels")
    return parse_pair(values), {str(name): str(label) for name, label in annotators.items()}


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its edges, and with the rest of a word that it cuts."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
            end += 1
    return start, end


def _missed_words(rows: Sequence[_Row]) -> Iterator[Finding]:
    for row in rows:
        text = row.label.text
        for name, spans in (("holder", row.label.holder or ()), ("target", row.label.target)):
            for start, end in spans:
                wanted = whole_words(text, start, end)
                if wanted == (start, end) and any(map(str.isalnum, text[start:end])):
                    continue
                marked = f"{name} [{start}, {end}] marks {text[start:end]!r}"
                if any(map(str.isalnum, text[slice(*wanted)])):
                    remedy = f"did you mean {list(wanted)}, {text[slice(*wanted)]!r}?"
                else:
                    remedy = f"mark the words that name the {name}"
                yield _of(row, "error", "span", f"{marked}, no whole word", remedy)


def _without_label(rows: Sequence[_Row]) -> Iterator[Finding]:
    for row in rows:
        label = row.label
        if not (label.stance or label.sentiment or label.soft_stance or label.soft_sentiment):
            yield _of(row, "warning", "label", "bears no label; training learns nothing from it", "label it")


def _repeated_ids(rows: Sequence[_Row]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for row in rows:
        before = first.setdefault(row.label.id, row.place)
        if before != row.place:
            yield _of(row, "error", "duplicate", f"has the id of {before}", "give each row an id of its own")


def _repeated_pairs(rows: Sequence[_Row]) -> Iterator[Finding]:
    """The same words judged twice: an error in one place of one text, else a warning, for context may differ."""
    exact: dict[Any, _Row] = {}
    alike: dict[Any, _Row] = {}
    for row in rows:
        label = row.label
        same = exact.setdefault((label.scheme, label.text, label.statement, label.holder, label.target), row)
        if same is not row:
            yield _repetition(row, same, "error", "the same pair")
            continue
        words = (
            label.scheme,
            text_key(_statement(label)),
            _named(label, label.holder),
            _named(label, label.target),
        )
        similar = alike.setdefault(words, row)
        if similar is not row:
            yield _repetition(row, similar, "warning", "the same words, holder and target in another text")


def _repetition(row: _Row, first: _Row, level: Level, what: str) -> Finding:
    mine, other = row.label.stance, first.label.stance
    if mine == other:
        return _of(row, level, "duplicate", f"{what} as {first.place}: it counts twice", "take one out")
    return _of(
        row,
        level,
        "contradiction",
        f"{what} as {first.place}, but {mine} here and {other} there",
        "decide by the guideline and correct one, or take both out",
    )


def _leaks(rows: Sequence[_Row], against: Sequence[Path]) -> Iterator[Finding]:
    statements: dict[str, str] = {}
    articles: dict[str, str] = {}
    for path in against:
        for label in read_pairs(path):
            statements.setdefault(text_key(_statement(label)), f"{path.name}, {label.id}")
            articles.setdefault(label.article, path.name)
    for row in rows:
        held_out = statements.get(text_key(_statement(row.label)))
        if held_out:
            yield _of(
                row,
                "error",
                "leak",
                f"its statement stands in validation too ({held_out})",
                "take it out of one of the two; training would leave it out",
            )
        elif row.label.article in articles:
            yield _of(
                row,
                "warning",
                "leak",
                f"another statement of its article {row.label.article!r} stands in {articles[row.label.article]}",
                "keep all of an article in one file",
            )


def _balance(name: str, classes: Mapping[str, int]) -> Iterator[Finding]:
    for stance in STANCES:
        if classes[stance] < FEWEST_OF_A_CLASS:
            yield Finding(
                "warning",
                "balance",
                name,
                None,
                f"{classes[stance]} rows are {stance}; fewer than {FEWEST_OF_A_CLASS} teach next to nothing",
                f"label more statements that may be {stance}",
            )


def _disagreement(name: str, agreement: AnnotatorAgreement) -> Iterator[Finding]:
    if agreement.alpha is not None and agreement.alpha < TENTATIVE:
        yield Finding(
            "warning",
            "agreement",
            name,
            None,
            f"Krippendorff's α of the annotators is {agreement.alpha:.2f} over {agreement.items} rows; "
            f"below {TENTATIVE} labels are not reliable",
            "discuss the rows on which they differ against the guideline, then label them again",
        )


def _likely_errors(name: str, rows: Sequence[_Row], checkpoint: Checkpoint) -> Iterator[Finding]:
    judged = [row for row in rows if row.label.stance]
    if not judged:
        return
    labels = np.array([STANCES.index(row.label.stance) for row in judged if row.label.stance])
    features = label_features(checkpoint, [row.label for row in judged])
    probabilities = out_of_fold(features, labels, [row.label.article for row in judged], len(STANCES))
    if probabilities is None:
        yield Finding(
            "warning",
            "likely error",
            name,
            None,
            "too few articles or classes to look for likely label errors",
            f"label statements of {FOLDS} articles or more, with two stances among them",
        )
        return
    for suspect in suspects(probabilities, labels):
        row = judged[suspect.index]
        yield _of(
            row,
            "warning",
            "likely error",
            f"is {row.label.stance}, to which a model that has not seen it gives {suspect.given:.2f}; "
            f"{STANCES[suspect.proposed]} has {suspect.probability:.2f}",
            "read it again",
        )


def _statement(label: PairLabel) -> str:
    return label.text[slice(*label.statement)]


def _named(label: PairLabel, spans: Spans | None) -> tuple[str, ...] | None:
    return None if spans is None else tuple(label.text[slice(*span)].casefold() for span in spans)


def _of(row: _Row, level: Level, check: str, problem: str, remedy: str) -> Finding:
    return Finding(level, check, row.place, row.label.id, problem, remedy)
