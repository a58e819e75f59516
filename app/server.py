"""The server process: uvicorn, with a shutdown that lets everybody finish.

On SIGINT or SIGTERM it stops listening, drains (websockets: every subscription is completed, then the socket is closed
with 1001), lets plain requests finish within `grace` seconds, and ends with exit code 0. Drain and grace together are
the longest that it waits for others, plus a second; then the app is shut down in order. After a second signal it waits
for nobody; a third ends the process at once.
"""

import asyncio
import errno
import logging
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from types import FrameType
from typing import Any

import uvicorn

from app.trouble import Trouble

logger = logging.getLogger("storekeep.server")

Drain = Callable[[], Awaitable[None]]
# Told the addresses, such as http://127.0.0.1:8000, once they answer.
Started = Callable[[list[str]], None]
# How often a stop looks whether it is to hurry.
_LOOK_SECONDS = 0.1

_HOSTS = "set STOREKEEP_HOST or --host to 127.0.0.1 for this machine alone, to 0.0.0.0 for whoever reaches it."


class AddressError(Trouble):
    """An address cannot be listened on."""

    code = 3


def bound(host: str, port: int) -> list[socket.socket]:
    """Sockets that are bound to every address of ``host``, and do not listen yet. Raises AddressError.

    Whoever has much to do before it serves takes its address first. Close them if they are not served on after all.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as unknown:
        raise AddressError(f"{host} is not the name of an address: {_HOSTS}") from unknown
    sockets: list[socket.socket] = []
    missing: OSError | None = None
    for family, _, protocol, _, address in dict.fromkeys(found):
        try:
            sockets.append(_bound_socket(family, protocol, address))
        except OSError as error:
            # A name such as localhost also has an address of a kind that this machine may be without.
            if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                missing = error
                continue
            for one in sockets:
                one.close()
            raise AddressError(_refused(host, port, error)) from error
    if missing and not sockets:
        raise AddressError(_refused(host, port, missing)) from missing
    return sockets


def _bound_socket(family: int, protocol: int, address: Any) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # IPv4 has a socket of its own.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
    except OSError:
        made.close()
        raise
    return made


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"{host}:{port} is taken, perhaps by another Storekeep: end what listens there, "
            "or choose another port with --port or STOREKEEP_PORT."
        )
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}: choose one above 1023 with --port or STOREKEEP_PORT."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: {_HOSTS}"
    return f"{host}:{port} cannot be listened on ({error.strerror}): {_HOSTS}"


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
        try:
            await super().startup(sockets)
        except OSError as error:
            # Two may be bound to the same address; it is the second to listen that is told.
            await self.lifespan.shutdown()
            if error.errno != errno.EADDRINUSE or not sockets:
                raise
            host, port, *_ = sockets[0].getsockname()
            raise AddressError(_refused(host, port, error)) from error
        if self.started and self._on_started is not None:
            self._on_started(self.urls)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        if self._drain is not None and not self.force_exit:
            await self._unless_hurried(self._drained(self._drain))
        await self._unless_hurried(super().shutdown(sockets))
        if self.force_exit:
            for task in self.server_state.tasks:
                task.cancel()
            # uvicorn leaves it out then, and the app would be torn off in the middle. One that is over ends at once.
            await self.lifespan.shutdown()

    async def _drained(self, drain: Drain) -> None:
        try:
            await drain()
        except Exception:
            logger.exception("Draining failed; shutting down without it")

    async def _unless_hurried(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for ``work``, but no longer than until somebody is in a hurry. What it does without waiting, it does."""
        task = asyncio.ensure_future(work)
        await asyncio.wait([task], timeout=_LOOK_SECONDS)
        while not task.done() and not self.force_exit:
            await asyncio.wait([task], timeout=_LOOK_SECONDS)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

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
                # Of a process that is about to end, one signal more would only spoil the exit code.
                hurried = signal.SIG_DFL if self.force_exit else signal.SIG_IGN
                signal.signal(number, hurried if self.should_exit else handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self.force_exit:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        self.force_exit = self.should_exit
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


def slower_without() -> list[str]:
    """Which of the packages that make serving faster are missing; some systems have no builds of them."""
    return [name for name in ("uvloop", "httptools") if find_spec(name) is None]


def run(
    app: Any,
    sockets: list[socket.socket],
    *,
    drain: Drain | None = None,
    on_started: Started | None = None,
    **settings: Any,
) -> None:
    """Serve on ``sockets`` (see `bound`; closed afterwards) until a signal comes. `settings` are those of `configure`.
    Raises AddressError when somebody else has begun to listen there, and SystemExit(3) when the app does not start.
    """
    server = Server(configure(app, **settings), drain=drain, on_started=on_started)
    for name in slower_without():
        logger.warning("%s is not installed; serving goes on without it, and more slowly", name)
    factory = server.config.get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(server.serve(sockets))
