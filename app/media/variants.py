"""Transformed pictures: made once, kept on disk within a limit, and never more at a time than the machine bears."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import BinaryIO, TypeAlias

import PIL
from anyio import to_thread

from app.media import pictures
from app.media.files import is_part, remove_abandoned, write_whole
from app.media.pictures import Rendering

logger = logging.getLogger("storekeep.media")

# What a file takes at least on most disks.
_BLOCK = 4096
# Eviction leaves this part of the limit, so that it is not needed again at once.
_KEPT = 0.9
# Other processes write to the same folder: look again after this part of the limit was written here.
_LOOK_AGAIN = 0.05
# Seconds within which a second use is not noted.
_NOTED = 60


class Busy(Exception):  # noqa: N818 (the client is told to come back)
    """So many pictures wait to be made that another one would wait too long."""


def variant_key(rendering: Rendering) -> str:
    """What a variant of a file is called. Another release of the drawing library may draw other bytes."""
    return sha256(f"{rendering}{PIL.__version__}".encode()).hexdigest()[:16]


class VariantCache:
    """Variants on disk: ``most_bytes`` of them, and ``most_of_one`` of one file; the least recently used go first.

    Safe to use from several threads and processes; the limit holds for the folder, to within a twentieth for each
    process that writes to it.
    """

    def __init__(self, folder: Path, most_bytes: int, most_of_one: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._most_of_one = most_of_one
        self._lock = Lock()
        # Bytes in the folder as last seen or written here, and those written since it was last looked at.
        self._bytes: int | None = None
        self._written = 0

    def open(self, name: str, key: str) -> BinaryIO | None:
        """The variant ``key`` of the file ``name``, opened, or None. Whoever gets it closes it."""
        path = self._path(name, key)
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        if time.time() - os.fstat(file.fileno()).st_mtime > _NOTED:
            # Somebody may have evicted it just now; what is open stays readable.
            with suppress(FileNotFoundError):
                os.utime(path)
        return file

    def store(self, name: str, key: str, content: bytes) -> None:
        """Keep a variant, and let go of others where a limit is passed. Raises OSError when the disk refuses."""
        path = self._path(name, key)
        write_whole(path, content)
        with self._lock:
            self._written += _on_disk(len(content))
            if self._bytes is not None:
                self._bytes += _on_disk(len(content))
            self._evict_of_one(path.parent)
            if self._bytes is None or self._bytes > self._most_bytes or self._written > self._most_bytes * _LOOK_AGAIN:
                self._evict()

    def _path(self, name: str, key: str) -> Path:
        return self._folder / name / key

    def _evict_of_one(self, folder: Path) -> None:
        with os.scandir(folder) as entries:
            count = sum(1 for _ in entries)
        if count <= self._most_of_one:
            return
        remove_abandoned(folder)
        oldest = sorted(_files(folder))
        for _, _, path in oldest[: len(oldest) - int(self._most_of_one * _KEPT)]:
            path.unlink(missing_ok=True)

    def _evict(self) -> None:
        found = sorted(file for folder in self._folder.iterdir() if folder.is_dir() for file in _files(folder))
        total = sum(size for _, size, _ in found)
        if total > self._most_bytes:
            for _, size, path in found:
                path.unlink(missing_ok=True)
                total -= size
                if total <= self._most_bytes * _KEPT:
                    break
        self._bytes, self._written = total, 0


Render: TypeAlias = Callable[[Path, Rendering], bytes]
"""Draws a stored picture as it is asked for."""


class VariantMaker:
    """Makes variants in ``workers`` threads of its own.

    The same variant is made once however many ask for it. At most ``queue`` are made or wait at a time, and
    ``queue_of_one`` of one file, so that a flood of sizes of one picture leaves room for the others.
    """

    def __init__(
        self, cache: VariantCache, workers: int, queue: int, queue_of_one: int, render: Render = pictures.render
    ) -> None:
        self._cache = cache
        self._render = render
        self._queue = queue
        self._queue_of_one = queue_of_one
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="pictures")
        self._running: dict[tuple[str, str], asyncio.Task[bytes]] = {}

    async def get(self, name: str, source: Path, rendering: Rendering) -> BinaryIO:
        """The variant, opened; whoever gets it closes it. Raises Busy, UnreadablePictureError, FileNotFoundError."""
        key = variant_key(rendering)
        kept = await to_thread.run_sync(self._cache.open, name, key)
        if kept is not None:
            return kept
        task = self._running.get((name, key))
        if task is None:
            self._refuse_when_busy(name)
            task = asyncio.create_task(self._make(name, key, source, rendering))
            self._running[name, key] = task
            task.add_done_callback(lambda done: self._finished(name, key, done))
        # Whoever leaves does not take the others' picture away.
        return BytesIO(await asyncio.shield(task))

    def _refuse_when_busy(self, name: str) -> None:
        of_files = Counter(file for file, _ in self._running)
        if len(self._running) >= self._queue or of_files[name] >= self._queue_of_one:
            raise Busy

    async def _make(self, name: str, key: str, source: Path, rendering: Rendering) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._rendered, name, key, source, rendering
        )

    def _rendered(self, name: str, key: str, source: Path, rendering: Rendering) -> bytes:
        made = self._cache.open(name, key)
        if made is not None:
            # Between the look before the queue and now.
            with made:
                return made.read()
        content = self._render(source, rendering)
        try:
            self._cache.store(name, key, content)
        except OSError as error:
            # The client can have its picture all the same.
            logger.warning("A resized picture could not be kept: %s", error)
        return content

    def _finished(self, name: str, key: str, task: asyncio.Task[bytes]) -> None:
        del self._running[name, key]
        if not task.cancelled():
            # Looked at here because everybody who waited may have left.
            task.exception()


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Last use, bytes on disk and path of each variant in a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            # Another process may evict at the same time.
            with suppress(FileNotFoundError):
                found = entry.stat()
                if not is_part(entry.name):
                    yield found.st_mtime, _on_disk(found.st_size), Path(entry.path)


def _on_disk(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
