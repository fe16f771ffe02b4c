"""Folders on this machine or in an object store (``s3://``, ``gs://``), by one set of calls.

A file written here appears under its name whole or not at all. On this machine it is written beside its
place, flushed to the disk and renamed; an object store shows an object once its upload is complete.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from pipeline.errors import InputError

TEMPORARY = ".partial"
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_READ_BUFFER = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that need not exist.

    ``shown``: its name for messages, without a URL's query and credentials. ``where``: opens it again, on
    another machine too.
    """

    filesystem: fs.FileSystem
    path: str
    shown: str
    where: str

    @property
    def local(self) -> Path | None:
        """Its path on this machine, None in an object store."""
        return Path(self.path) if isinstance(self.filesystem, fs.LocalFileSystem) else None

    def at(self, name: str) -> str:
        return f"{self.path}/{name}" if name else self.path

    def show(self, name: str) -> str:
        return f"{self.shown}/{name}" if name else self.shown

    def exists(self, name: str = "") -> bool:
        return self._type(name) != fs.FileType.NotFound

    def is_file(self, name: str = "") -> bool:
        return self._type(name) == fs.FileType.File

    def _type(self, name: str) -> fs.FileType:
        return self.filesystem.get_file_info(self.at(name)).type

    def files(self, under: str = "", *, deep: bool = False) -> dict[str, int]:
        """Name as seen from here → size of the files in a folder of ours, sorted; none where it is absent."""
        selector = fs.FileSelector(self.at(under), allow_not_found=True, recursive=deep)
        found = {
            info.path.removeprefix(self.path).lstrip("/"): info.size
            for info in self.filesystem.get_file_info(selector)
            if info.is_file
        }
        return dict(sorted(found.items()))

    def open(self, name: str) -> io.BufferedReader:
        """A file for reading, buffered and seekable.

        Raises:
            OSError: it cannot be opened.
        """
        if self.local is not None:
            return (self.local / name).open("rb")
        # Arrow's files are raw streams to Python's io, which types do not tell.
        raw: Any = self.filesystem.open_input_file(self.at(name))
        return io.BufferedReader(raw, _READ_BUFFER)

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    @contextmanager
    def writing(self, name: str) -> Iterator[pa.NativeFile]:
        """A stream to a new file that replaces one of that name when the block ends well, and only then."""
        if self.local is None:
            file = self.filesystem.open_output_stream(self.at(name))
            try:
                yield file
            except BaseException:
                # Closing an upload publishes what there is of it.
                with suppress(OSError):
                    file.close()
                    self.remove(name)
                raise
            file.close()
            return
        place = self.local / name
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.with_name(place.name + TEMPORARY)
        try:
            with self.filesystem.open_output_stream(str(temporary)) as file:
                yield file
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(place)
        except BaseException:
            # On a full disk room matters: nothing half-written stays.
            temporary.unlink(missing_ok=True)
            raise

    def write(self, name: str, data: bytes) -> None:
        with self.writing(name) as file:
            file.write(data)

    def remove(self, name: str) -> None:
        """Removes a file; one that is not there is fine."""
        with suppress(FileNotFoundError):
            self.filesystem.delete_file(self.at(name))

    def remove_folder(self, name: str) -> None:
        """Removes a folder of ours and all that is in it; one that is not there is fine."""
        with suppress(FileNotFoundError):
            self.filesystem.delete_dir(self.at(name))


def open_folder(where: str | Path) -> Folder:
    """The folder of a path or URL; nothing is created.

    Raises:
        InputError: the URL is none that is known, or does not parse.
    """
    text = str(where)
    if not is_url(text):
        path = Path(text).absolute().as_posix()
        return Folder(fs.LocalFileSystem(), path, text.rstrip("/") or text, path)
    try:
        filesystem, path = fs.FileSystem.from_uri(text)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"{_shown(text)}: cannot be opened ({error}); use a path, or a URL such as s3://bucket/folder, "
            "gs://bucket/folder or file:///folder"
        ) from error
    return Folder(filesystem, path.rstrip("/"), _shown(text), text)


def is_url(where: str) -> bool:
    return _REMOTE.match(where) is not None


def _shown(url: str) -> str:
    """A URL without its query and without credentials before the host."""
    return re.sub(r"://[^/]*@", "://", url.partition("?")[0]).rstrip("/")
