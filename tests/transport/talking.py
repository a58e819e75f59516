"""A client's side of graphql-transport-ws, for tests."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed


async def say(socket: ClientConnection, **frame: Any) -> None:
    await socket.send(json.dumps(frame))


async def subscribe(socket: ClientConnection, id_: str, query: str, **payload: Any) -> None:
    await say(socket, type="subscribe", id=id_, payload={"query": query, **payload})


async def hear(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 5))
    return frame


async def hear_all(socket: ClientConnection, id_: str) -> list[dict[str, Any]]:
    """The frames of one operation up to its last; frames of others are not looked at."""
    frames = []
    while True:
        frame = await hear(socket)
        if frame.get("id") == id_:
            frames.append(frame)
            if frame["type"] in ("complete", "error"):
                return frames


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the server closes, once it does."""
    with pytest.raises(ConnectionClosed) as caught:
        await asyncio.wait_for(_drained(socket), 5)
    assert caught.value.rcvd is not None, "the socket was cut off"
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def _drained(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def settled(check: Callable[[], bool]) -> None:
    for _ in range(200):
        if check():
            return
        await asyncio.sleep(0.01)
    pytest.fail("did not settle")
