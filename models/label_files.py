"""Label files: JSONL whose every line is checked, with errors that name file and line."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from models.errors import LabelError

Label = TypeVar("Label")


def read_labels(path: Path, parse: Callable[[dict[str, Any]], Label]) -> list[Label]:
    """Every row of a JSONL file, parsed, in order; empty lines are passed over.

    Raises:
        LabelError: the file cannot be read, or its first unusable row, by line number.
    """
    labels = []
    for number, label in label_lines(path, parse):
        if isinstance(label, LabelError):
            raise LabelError(f"{path}:{number}: {label}") from label
        labels.append(label)
    return labels


def label_lines(
    path: Path, parse: Callable[[dict[str, Any]], Label]
) -> Iterator[tuple[int, Label | LabelError]]:
    """Line number and parsed row of every line that is not empty; an unusable row gives its error instead.

    Raises:
        LabelError: on iteration, the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _parsed(line, parse)
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: cannot be read: {error}") from error


def _parsed(line: str, parse: Callable[[dict[str, Any]], Label]) -> Label | LabelError:
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise LabelError("the line holds no JSON object; write one row a line")
        return parse(row)
    except json.JSONDecodeError as error:
        return LabelError(f"{error}; write one JSON object a line")
    except LabelError as error:
        return error
