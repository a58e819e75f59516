"""Files on disk, named by what is in them."""

import re
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from threading import Lock

from app.media import pictures
from app.media.files import remove_abandoned, write_whole
from app.media.pictures import Measures
from resolvers.media import StoredFile

# What may be stored and how it is announced. Nothing here can carry a script, so svg is not among them.
CONTENT_TYPES = {
    "avif": "image/avif",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "glb": "model/gltf-binary",
    "usdz": "model/vnd.usdz+zip",
}
_SYNONYMS = {"jpeg": "jpg"}
_NAME = re.compile(r"[0-9a-f]{32}\.([a-z0-9]{2,5})")
# Sizes of pictures that are remembered; one takes about 300 bytes.
_MOST_REMEMBERED = 20_000


class FileMediaStore:
    """A `MediaStore` in a folder, which is made when it is missing. Safe to use from several threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pictures: OrderedDict[str, Measures] = OrderedDict()
        self._lock = Lock()
        folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(folder)

    def put(self, content: bytes, extension: str) -> StoredFile:
        """Store ``content`` and say what it is called.

        A picture gets the extension of the format that it really has. Raises ValueError with a sentence for its owner
        when nothing is in it, when its kind is not served, or when it is a picture that cannot be read.
        """
        extension = extension.lower()
        extension = _SYNONYMS.get(extension, extension)
        if extension not in CONTENT_TYPES:
            raise ValueError(f"Files of the kind {extension!r} are not served; these are: {', '.join(CONTENT_TYPES)}.")
        if not content:
            raise ValueError("The file is empty.")
        picture = pictures.check(content) if extension in pictures.FORMATS else None
        name = f"{sha256(content).hexdigest()[:32]}.{picture.extension if picture else extension}"
        path = self._folder / name
        if not path.is_file():
            write_whole(path, content)
        if picture is not None:
            self._remember(name, picture)
        return _stored(name, len(content), picture)

    def find(self, name: str) -> StoredFile | None:
        """The file of that name, or None. Raises ValueError for a picture that was damaged after it was stored."""
        if not is_name(name):
            return None
        try:
            size = self.path(name).stat().st_size
        except FileNotFoundError:
            return None
        return _stored(name, size, self.picture(name))

    def path(self, name: str) -> Path:
        """Where the file of that name is, or would be. Raises ValueError for what cannot be a name."""
        if not is_name(name):
            raise ValueError(f"{name!r} names no file of the store.")
        return self._folder / name

    def picture(self, name: str) -> Measures | None:
        """What the picture of that name measures; None for other kinds. Raises ValueError, FileNotFoundError."""
        if extension_of(name) not in pictures.FORMATS:
            return None
        with self._lock:
            known = self._pictures.get(name)
            if known is not None:
                self._pictures.move_to_end(name)
                return known
        measured = pictures.measure(self.path(name))
        self._remember(name, measured)
        return measured

    def _remember(self, name: str, picture: Measures) -> None:
        with self._lock:
            self._pictures[name] = picture
            self._pictures.move_to_end(name)
            if len(self._pictures) > _MOST_REMEMBERED:
                self._pictures.popitem(last=False)


def is_name(name: str) -> bool:
    """Whether a file of the store can be called that."""
    match = _NAME.fullmatch(name)
    return match is not None and match[1] in CONTENT_TYPES


def extension_of(name: str) -> str:
    """The extension of a file's name, without its dot."""
    return name.rpartition(".")[2]


def _stored(name: str, size: int, picture: Measures | None) -> StoredFile:
    if picture is None:
        return StoredFile(name, size)
    return StoredFile(name, size, picture.width, picture.height)
