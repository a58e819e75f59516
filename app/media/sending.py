"""Sends an open file piece by piece, and stops when nobody listens any more."""

import asyncio
from collections.abc import Mapping
from typing import BinaryIO

from anyio import to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_PIECE = 256 * 1024


class FileAnswer(Response):
    """Answers with the bytes of ``content`` at the positions ``wanted``, and closes it."""

    def __init__(self, content: BinaryIO, wanted: range, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=status, headers={**headers, "content-length": str(len(wanted))})
        self._content = content
        self._wanted = wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD" or len(self._wanted) <= _PIECE:
            # Most pictures are one piece: one trip to a thread opens the way for the next request.
            length = 0 if scope["method"] == "HEAD" else len(self._wanted)
            body = await to_thread.run_sync(self._whole, length)
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        try:
            await send(start)
            await self._send_pieces(receive, send)
        finally:
            await to_thread.run_sync(self._content.close)

    def _whole(self, length: int) -> bytes:
        with self._content as content:
            content.seek(self._wanted.start)
            return _read(content, length)

    async def _send_pieces(self, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            left = len(self._wanted)
            self._content.seek(self._wanted.start)
            while left and not gone.done():
                piece = await to_thread.run_sync(_read, self._content, min(left, _PIECE))
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
        finally:
            gone.cancel()


def _read(content: BinaryIO, length: int) -> bytes:
    """Exactly ``length`` bytes. Raises OSError when the file became shorter, so that no wrong answer looks whole."""
    piece = content.read(length)
    if len(piece) < length:
        raise OSError("The file became shorter while it was sent.")
    return piece


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
