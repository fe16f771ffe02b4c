"""Label files: JSONL whose every line is checked, with errors that name file and line."""

import json
from collections.abc import Callable
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
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        row = json.loads(line)
                        if not isinstance(row, dict):
                            raise LabelError("the line holds no JSON object; write one row a line")
                        labels.append(parse(row))
                    except (json.JSONDecodeError, LabelError) as error:
                        raise LabelError(f"{path}:{number}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: cannot be read: {error}") from error
    return labels
