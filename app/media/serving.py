"""The route under which files are served, pictures at the size and in the format that a page asks for."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.media import pictures
from app.media.asking import BadParameterError, accepts, is_current, read_name, read_range, read_transform
from app.media.pictures import Measures, Rendering, UnreadablePictureError
from app.media.sending import FileAnswer
from app.media.store import CONTENT_TYPES, FileMediaStore, extension_of
from app.media.variants import Busy, Render, VariantCache, VariantMaker, variant_key
from resolvers.media import StoredFile

logger = logging.getLogger("storekeep.media")

# Sent with every answer: pages of any origin may show and read the files, and nothing is guessed about them.
_ALWAYS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Length, Content-Range, ETag",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
# The name says what is in it, so the content under a URL never changes.
_FOREVER = "public, max-age=31536000, immutable"
# Formats that not every client shows.
_YOUNG = frozenset({"webp", "avif"})
_RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True)
class MediaLimits:
    """What serving pictures may take.

    ``cache_bytes`` on disk for resized pictures, and at most ``variants_of_one`` of one file among them. ``workers``
    threads resize; at most ``queue`` sizes wait for them, and ``queue_of_one`` of one file: what comes then is answered
    with 503.
    """

    cache_bytes: int = 1 << 30
    variants_of_one: int = 200
    workers: int = max(1, (os.cpu_count() or 1) // 2)
    queue: int = 64
    queue_of_one: int = 16


def media_routes(
    store: FileMediaStore, cache_dir: Path, limits: MediaLimits | None = None, render: Render = pictures.render
) -> list[BaseRoute]:
    """GET and HEAD of `/media/{name}`: a file of the store, a picture also transformed.

    `?width= height= crop= scale= format=` say how; other parameters are ignored, and so are these for other files.
    `name_320x240_crop_center.jpg` is `name.jpg?width=320&height=240&crop=center`.
    Resized pictures are kept in ``cache_dir``, which may be emptied at any time.
    """
    limits = limits or MediaLimits()
    cache = VariantCache(cache_dir, limits.cache_bytes, limits.variants_of_one)
    view = _MediaView(store, VariantMaker(cache, limits.workers, limits.queue, limits.queue_of_one, render))
    return [Route("/media/{name}", view.answer, methods=["GET"], include_in_schema=False)]


@dataclass(frozen=True)
class _Answer:
    """Which bytes under which tag; without a rendering those of the original."""

    etag: str
    extension: str
    rendering: Rendering | None = None
    negotiated: bool = False


class _MediaView:
    def __init__(self, store: FileMediaStore, maker: VariantMaker) -> None:
        self._store = store
        self._maker = maker

    async def answer(self, request: Request) -> Response:
        name, said = read_name(request.path_params["name"])
        try:
            file = await to_thread.run_sync(self._store.find, name)
            if file is None:
                return _refusal(404, "There is no such file.")
            return await self._answer(request, file, said)
        except BadParameterError as error:
            return _refusal(400, str(error))
        except FileNotFoundError:
            # Removed from the store in this moment.
            return _refusal(404, "There is no such file.")
        except Busy:
            retry = {"retry-after": str(_RETRY_AFTER_SECONDS)}
            return _refusal(503, "Too many pictures are being resized; try again in a moment.", retry)
        except UnreadablePictureError:
            logger.exception("The stored picture %s cannot be read", name)
            return _refusal(500, "The picture is stored, but cannot be read.")

    async def _answer(self, request: Request, file: StoredFile, said: Mapping[str, str]) -> Response:
        chosen = await self._chosen(request, file.name, said)
        headers = {
            **_ALWAYS,
            "accept-ranges": "bytes",
            "cache-control": _FOREVER,
            "etag": chosen.etag,
            **({"vary": "Accept"} if chosen.negotiated else {}),
        }
        if is_current(request.headers.get("if-none-match"), chosen.etag):
            return Response(status_code=304, headers=headers)
        content, size = await self._opened(file.name, chosen)
        headers["content-type"] = CONTENT_TYPES[chosen.extension]
        return _sent(request, content, size, headers, chosen.etag)

    async def _chosen(self, request: Request, name: str, said: Mapping[str, str]) -> _Answer:
        digest, extension = name.rpartition(".")[0], extension_of(name)
        picture = self._store.picture(name)
        if picture is None:
            return _Answer(f'"{digest}"', extension)
        transform = read_transform({**said, **request.query_params})
        target = transform.format or await self._shown(request, name, picture)
        rendering = pictures.plan(picture, target, transform)
        negotiated = transform.format is None
        if pictures.changes_nothing(picture, rendering):
            return _Answer(f'"{digest}"', extension, None, negotiated)
        return _Answer(f'"{digest}-{variant_key(rendering)}"', target, rendering, negotiated)

    async def _shown(self, request: Request, name: str, picture: Measures) -> str:
        """The original's format, or one that the client shows: its Accept header says which."""
        accept = request.headers.getlist("accept")
        original = picture.extension
        if original not in _YOUNG or accepts(accept, CONTENT_TYPES[original]):
            return original
        if accepts(accept, CONTENT_TYPES["webp"]):
            return "webp"
        transparent = await to_thread.run_sync(pictures.has_transparency, self._store.path(name))
        return "png" if transparent else "jpg"

    async def _opened(self, name: str, chosen: _Answer) -> tuple[BinaryIO, int]:
        path = self._store.path(name)
        if chosen.rendering is not None:
            content = await self._maker.get(name, path, chosen.rendering)
        else:
            content = await to_thread.run_sync(path.open, "rb")
        return content, content.seek(0, os.SEEK_END)


def _sent(request: Request, content: BinaryIO, size: int, headers: dict[str, str], etag: str) -> Response:
    wanted = None
    if request.method == "GET":
        wanted = read_range(request.headers.get("range"), request.headers.get("if-range"), etag, size)
    if wanted is None:
        return FileAnswer(content, range(size), 200, headers)
    if not wanted:
        content.close()
        return _refusal(416, "The file has no such bytes.", {"content-range": f"bytes */{size}"})
    headers["content-range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    return FileAnswer(content, wanted, 206, headers)


def _refusal(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(sentence, status, {**_ALWAYS, "cache-control": "no-store", **(headers or {})})
