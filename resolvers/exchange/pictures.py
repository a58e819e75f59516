"""Pictures that files name: on the web, in the media store, or beside the file."""

import os
import re
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from resolvers.exchange.cells import CellError
from resolvers.media import MediaStore, StoredFile

STORED = "media:"
"""Stands before the name of a file that the media store keeps; exports write it."""

_ADDRESS = re.compile(r'[^\s<>"\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Picture:
    """What shows the picture, as media rows keep it; sizes in pixels, None where they are not known."""

    source: str
    width: int | None = None
    height: int | None = None


class Pictures:
    """Finds what cells such as Image Src name. Files come from ``folder`` and go into the store once."""

    def __init__(self, store: MediaStore, folder: Path, *, dry_run: bool = False) -> None:
        self.store = store
        self.folder = folder.resolve()
        self.dry_run = dry_run
        self._files: dict[str, StoredFile] = {}
        self._coming: dict[str, Future[StoredFile]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> "Pictures":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def expect(self, texts: Iterable[str]) -> None:
        """Begin to take files into the store, on every core: looking whether a picture is whole takes time.

        Leaving this object as a context ends it. What cannot be taken is left for `find` to tell.
        """
        wanted = [text for text in texts if text not in self._files and not text.startswith(STORED)]
        if self.dry_run or not wanted:
            return
        _keep_memory()
        self._pool = self._pool or ThreadPoolExecutor(max_workers=os.cpu_count())
        for text in wanted:
            self._coming[text] = self._pool.submit(self._taken, text)

    def find(self, text: str) -> Picture:
        """The picture of a cell. Raises `CellError` when there is none."""
        if text.startswith("//"):
            text = f"https:{text}"
        if is_on_the_web(text):
            return Picture(_address(text))
        file = self.file(text)
        return Picture(file.name, file.width, file.height)

    def file(self, text: str) -> StoredFile:
        """A file of the store or of the folder. Raises `CellError` when there is none, or it cannot be served."""
        if text not in self._files:
            if coming := self._coming.pop(text, None):
                self._files[text] = coming.result()
            else:
                self._files[text] = self._stored(text) if text.startswith(STORED) else self._taken(text)
        return self._files[text]

    def _stored(self, text: str) -> StoredFile:
        try:
            found = self.store.find(text.removeprefix(STORED))
        except ValueError as error:
            raise CellError(f"{text!r}: {error}") from error
        if found is None:
            raise CellError(f"{text!r} is not in the media store")
        return found

    def _taken(self, text: str) -> StoredFile:
        try:
            path = (self.folder / text).resolve()
            if not path.is_relative_to(self.folder) or not path.is_file():
                raise CellError(f"{shown(text)} is neither a web address nor a file beside this one")
            content, extension = path.read_bytes(), path.suffix.removeprefix(".")
        except (OSError, RuntimeError) as error:
            # A name that is too long, links in a circle, a file that may not be read.
            raise CellError(f"{shown(text)} cannot be read: {error}") from error
        name = f"{sha256(content).hexdigest()[:32]}.{extension.lower()}"
        try:
            known = self.store.find(name)
            if known or self.dry_run:
                return known or StoredFile(name, len(content))
            return self.store.put(content, extension)
        except ValueError as error:
            raise CellError(f"{text!r}: {error}") from error


def _keep_memory() -> None:
    """Stop glibc from returning the memory of each picture to the system, only to ask for it again: half of the time.

    Its threshold for that follows the largest block that was ever freed, up to 32 MiB; elsewhere this does nothing.
    """
    bytearray(31 << 20)


def is_on_the_web(text: str) -> bool:
    """Whether a cell holds a web address."""
    return text.lower().startswith(("http://", "https://", "//"))


def _address(text: str) -> str:
    """A web address as it is stored. Raises `CellError` for one without a host, or that no page could show."""
    address = text.replace(" ", "%20")
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    if not host or not _ADDRESS.fullmatch(address):
        raise CellError(f"{shown(text)} is not a web address")
    return address


def shown(text: str) -> str:
    """A cell's text as a message quotes it."""
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def cell_of(source: str) -> str:
    """The cell that names a media row's source."""
    return source if "://" in source else f"{STORED}{source}"
