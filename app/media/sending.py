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
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD" or not self._wanted:
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._send_pieces(receive, send)
        finally:
            await to_thread.run_sync(self._content.close)

    async def _send_pieces(self, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            left = len(self._wanted)
            self._content.seek(self._wanted.start)
            while left and not gone.done():
                piece = await to_thread.run_sync(self._content.read, min(left, _PIECE))
                if not piece:
                    raise OSError("The file became shorter while it was sent.")
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
