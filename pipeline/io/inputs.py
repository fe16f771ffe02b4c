"""What an input names: a file, a folder, or a pattern with wildcards, on this machine or in an object store."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.io.folders import Folder, is_url, open_folder
from pipeline.io.formats import FORMATS

_KNOWN = ", ".join(FORMATS)
# A question mark is a wildcard too; a query has a key and a value.
_QUERY = re.compile(r"\?[a-z_]+=.*$")
_WILDCARD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Input:
    """``files``: name seen from ``root`` → bytes, sorted by name. ``alone``: the user named one file."""

    root: Folder
    files: dict[str, int]
    alone: bool

    def digest(self, name: str) -> str:
        """The sha256 of a file, streamed.

        Raises:
            OSError: it cannot be read.
        """
        with self.root.open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find_input(source: str | Path, *, leave_out: Folder | None = None) -> Input:
    """The files of an input. Hidden ones and those in the folder ``leave_out`` are none.

    In a pattern ``*`` and ``?`` stand for any characters but ``/``, ``**`` for any folders, and ``[…]`` for
    one of some characters.

    Raises:
        InputError: there is no such input, nothing in it is of a format that is read, or it is out of reach.
    """
    where, query = str(source), ""
    if is_url(where) and (found := _QUERY.search(where)):
        where, query = where[: found.start()], found[0]
    try:
        wild = _WILDCARD.search(where)
        if wild and not (not is_url(where) and Path(where).exists()):
            above, _, rest = where[: wild.start()].rpartition("/")
            root = open_folder(_folder_named(above, where) + query)
            return _matching(root, rest + where[wild.start() :], where, leave_out)
        place = open_folder(where + query)
        if not place.is_file():
            return _within(place, leave_out)
        above, _, name = where.rpartition("/")
        return _only(open_folder(_folder_named(above, where) + query), name)
    except OSError as error:
        raise InputError(f"{where}: cannot be read: {error.strerror or error}") from error


def _folder_named(above: str, where: str) -> str:
    """The folder of a path whose last part is cut off."""
    return above or ("/" if where.startswith("/") else ".")


def _only(root: Folder, name: str) -> Input:
    suffix = Path(name).suffix
    if suffix.lower() not in FORMATS:
        raise InputError(
            f"{root.show(name)}: {suffix or 'a file without a suffix'} is not read; use {_KNOWN}"
        )
    return Input(root, {name: root.filesystem.get_file_info(root.at(name)).size}, alone=True)


def _within(folder: Folder, leave_out: Folder | None) -> Input:
    if not folder.exists():
        raise InputError(
            f"{folder.shown}: no such file or folder; name a file ({_KNOWN}), a folder of such files "
            "or a pattern such as 'news/*.jsonl'"
        )
    if leave_out is not None and leave_out.where == folder.where:
        raise InputError(f"{folder.shown}: is the input folder; name another folder for the run")
    files = _visible(folder, leave_out)
    if not any(Path(name).suffix.lower() in FORMATS for name in files):
        raise InputError(f"{folder.shown}: no file of a known type in this folder; put {_KNOWN} files there")
    return Input(folder, files, alone=False)


def _matching(root: Folder, pattern: str, where: str, leave_out: Folder | None) -> Input:
    matches = re.compile(_translated(pattern)).fullmatch
    files = {name: size for name, size in _visible(root, leave_out).items() if matches(name)}
    if not files:
        raise InputError(f"{where}: no file matches; quote the pattern, so that the shell leaves it alone")
    return Input(root, files, alone=False)


def _visible(root: Folder, leave_out: Folder | None) -> dict[str, int]:
    ours = None
    if leave_out is not None and type(leave_out.filesystem) is type(root.filesystem):
        ours = f"{leave_out.path}/"
    return {
        name: size
        for name, size in root.files(deep=True).items()
        if not (ours and root.at(name).startswith(ours))
        and not any(p.startswith(".") for p in name.split("/"))
    }


def _translated(pattern: str) -> str:
    """The regular expression of a pattern; Python has one of its own from 3.13 on (`glob.translate`)."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", pattern)
    meaning = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        meaning.get(part) or (part.replace("[!", "[^") if index % 2 else re.escape(part))
        for index, part in enumerate(parts)
    )
