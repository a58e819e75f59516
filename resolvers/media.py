"""Where files of pictures, videos and models live, as seen from the shop."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class StoredFile:
    """A file in the store. ``name`` is its content's hash and extension; sizes are bytes and pixels (None: no picture)."""

    name: str
    size: int
    width: int | None = None
    height: int | None = None


class MediaStore(Protocol):
    """Keeps files by content: putting the same bytes twice stores them once, and a name never changes its content."""

    def put(self, content: bytes, extension: str) -> StoredFile:
        """Store ``content``; raises ValueError for a picture that cannot be read. ``extension`` has no dot."""

    def find(self, name: str) -> StoredFile | None:
        """The file of that name, or None."""


def media_path(source: str) -> str:
    """The path under which the app serves a stored file, or the absolute URL of one that lives elsewhere."""
    return source if "://" in source else f"/media/{source}"
