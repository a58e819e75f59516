"""The server process: uvicorn, with a shutdown that lets everybody finish.

On SIGINT or SIGTERM it stops listening, drains (websockets: every subscription is completed, then the socket is closed
with 1001), lets plain requests finish within `grace` seconds, and ends with exit code 0. A second signal ends it at
once. Drain and grace together are the longest that a stop can take, plus a second.
"""

import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn

logger = logging.getLogger("storekeep.server")

Drain = Callable[[], Awaitable[None]]
# Told the addresses, such as http://127.0.0.1:8000, once they answer.
Started = Callable[[list[str]], None]


class Server(uvicorn.Server):
    """uvicorn closes websockets with 1012 before the app hears of the shutdown; this one asks the app first.

    `drain` must end by itself; what it raises is logged and does not stop the shutdown.
    """

    def __init__(
        self, config: uvicorn.Config, *, drain: Drain | None = None, on_started: Started | None = None
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_started = on_started

    @property
    def urls(self) -> list[str]:
        """Where the started server listens."""
        scheme = "https" if self.config.is_ssl else "http"
        names = [found.getsockname() for server in self.servers for found in server.sockets]
        return [f"{scheme}://{f'[{name[0]}]' if ':' in name[0] else name[0]}:{name[1]}" for name in names]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._on_started is not None:
            self._on_started(self.urls)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        if self._drain is not None and not self.force_exit:
            try:
                await self._drain()
            except Exception:
                logger.exception("Draining failed; shutting down without it")
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle the signals that stop the process, and do not raise them again afterwards: being asked to stop is no
        failure, so the exit code is 0.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True


def configure(
    app: Any,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    ssl_certfile: str | None = None,
    ssl_keyfile: str | None = None,
    grace: float = 10.0,
    message_bytes: int = 1_000_000,
    trusted_proxies: Sequence[str] = ("127.0.0.1",),
) -> uvicorn.Config:
    """The server's settings. `message_bytes` bounds a websocket's message before the app sees it; the forwarded
    address and scheme are believed from `trusted_proxies` only. Logging is left as the app set it up.
    """
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        ssl_certfile=ssl_certfile,
        ssl_keyfile=ssl_keyfile,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=message_bytes,
        # A compressed message would cost memory and time that its size does not show.
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=max(1, round(grace)),
        # Longer than proxies keep theirs, so that none sends a request into a connection that is being closed.
        timeout_keep_alive=75,
        forwarded_allow_ips=list(trusted_proxies),
    )


def run(app: Any, *, drain: Drain | None = None, on_started: Started | None = None, **settings: Any) -> None:
    """Serve until a signal comes. `settings` are those of `configure`. Raises SystemExit(3) when the app does not
    start or the address is taken.
    """
    server = Server(configure(app, **settings), drain=drain, on_started=on_started)
    factory = server.config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(server.serve())
