"""Pictures that files name: on the web, in the media store, or beside the file."""

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from resolvers.exchange.cells import CellError
from resolvers.media import MediaStore, StoredFile

STORED = "media:"
"""Stands before the name of a file that the media store keeps; exports write it."""


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

    async def fetch(self, texts: Iterable[str]) -> None:
        """Take files into the store ahead of need, on every core: looking whether a picture is whole takes time.

        What cannot be taken is left for `find` to tell.
        """
        wanted = [text for text in texts if text not in self._files and not text.startswith(STORED)]
        if self.dry_run or not wanted:
            return

        def take(text: str) -> None:
            with suppress(CellError):
                self.file(text)

        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            await asyncio.gather(*(loop.run_in_executor(pool, take, text) for text in wanted))

    def find(self, text: str) -> Picture:
        """The picture of a cell. Raises `CellError` when there is none."""
        if text.startswith("//"):
            text = f"https:{text}"
        if is_on_the_web(text):
            return Picture(text.replace(" ", "%20"))
        file = self.file(text)
        return Picture(file.name, file.width, file.height)

    def file(self, text: str) -> StoredFile:
        """A file of the store or of the folder. Raises `CellError` when there is none, or it cannot be served."""
        if text not in self._files:
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
        path = (self.folder / text).resolve()
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise CellError(f"{text!r} is neither a web address nor a file beside this one")
        content, extension = path.read_bytes(), path.suffix.removeprefix(".")
        name = f"{sha256(content).hexdigest()[:32]}.{extension.lower()}"
        try:
            known = self.store.find(name)
            if known or self.dry_run:
                return known or StoredFile(name, len(content))
            return self.store.put(content, extension)
        except ValueError as error:
            raise CellError(f"{text!r}: {error}") from error


def is_on_the_web(text: str) -> bool:
    """Whether a cell holds a web address."""
    return text.lower().startswith(("http://", "https://", "//"))


def cell_of(source: str) -> str:
    """The cell that names a media row's source."""
    return source if "://" in source else f"{STORED}{source}"
