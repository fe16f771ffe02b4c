"""The tools in which people label: how each takes a project and gives it back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.io.read import Reject
from pipeline.labelling import doccano, label_studio, spreadsheet
from pipeline.labelling.answers import Answer
from pipeline.labelling.choices import ToolName
from pipeline.labelling.items import Item


@dataclass(frozen=True, slots=True)
class Tool:
    """``write``: items into a folder, with the name of the model that scored them; gives the files' paths.
    ``read``: what a file that the tool exported holds."""

    write: Callable[[Sequence[Item], Path, str], list[Path]]
    read: Callable[[Path], Iterator[Answer | Reject]]


TOOLS: dict[ToolName, Tool] = {
    "label-studio": Tool(label_studio.write_project, label_studio.read_export),
    "doccano": Tool(doccano.write_project, doccano.read_export),
    "csv": Tool(spreadsheet.write_project, spreadsheet.read_export),
}


def make_folder(folder: Path, *, overwrite: bool) -> None:
    """A folder for a labelling project.

    Raises:
        InputError: it is a file, or holds something and ``overwrite`` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: is a file; name a folder for the labelling project")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise InputError(f"{folder}: is not empty; name another folder or pass --overwrite")
    folder.mkdir(parents=True, exist_ok=True)
