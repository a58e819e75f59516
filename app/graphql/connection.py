"""One open websocket: a reader, a writer, a keeper of time, and a task for every operation."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from graphql import GraphQLError
from starlette.types import Receive, Scope, Send

from app.graphql import frames
from app.graphql.errors import RequestError, format_error, internal_error, limit_error
from app.graphql.frames import Close, Complete, Signal, Subscribe, read_frame, write_frame
from app.graphql.http import read_base_url, read_headers
from app.graphql.limits import SocketLimits
from app.graphql.runner import Prepared, Runner
from app.metrics import Metrics, Outcome

logger = logging.getLogger("storekeep.graphql")

# Answers to pings and the like that may wait for a client that does not read; the next message is read after them.
_MOST_SIGNALS = 64
# Until a socket that was told to close has been let go of.
_CLOSE_SECONDS = 2.0


class _Running:
    """An operation of the socket. `room` counts how many more of its messages may wait; from when it has `begun`, the
    runner counts it.
    """

    def __init__(self, id_: str, type_: str, queue: int) -> None:
        self.id = id_
        self.type = type_
        self.room = asyncio.Semaphore(queue)
        self.task: asyncio.Future[None] | None = None
        self.begun = False
        self.unwanted = False


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A message that waits to be written; `last` is the one after which its operation is over."""

    text: str
    operation: _Running | None = None
    last: bool = False

    @property
    def size(self) -> int:
        """Bytes that it holds, nearly: most of an answer is ASCII."""
        return len(self.text)


class Connection:
    """Serves one socket that has been accepted."""

    def __init__(
        self, runner: Runner, metrics: Metrics, limits: SocketLimits, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._runner = runner
        self._metrics = metrics
        self._limits = limits
        self._receive = receive
        self._send = send
        self._base_url = read_base_url(scope, read_headers(scope))
        self._running: dict[str, _Running] = {}
        self._tasks: set[asyncio.Future[None]] = set()
        self._outgoing: asyncio.Queue[_Outgoing | Close] = asyncio.Queue()
        self._signals = asyncio.Semaphore(_MOST_SIGNALS)
        self._waiting = 0
        self._may_wait = asyncio.Event()
        self._may_wait.set()
        self._initialised = asyncio.Event()
        self._heard = asyncio.Event()
        self._draining = False
        self._finished = asyncio.Event()

    async def serve(self) -> None:
        """Returns when the socket is closed, by whichever side. Nothing of it runs on."""
        parts = [asyncio.ensure_future(part()) for part in (self._read, self._write, self._keep_time)]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            await self._close(next(iter(done)).exception())
        finally:
            for running in self._running.values():
                running.unwanted = True
            await _cancel([*parts, *self._tasks])
            self._finished.set()

    async def drain(self) -> None:
        """Complete the subscriptions, let the other operations finish in time, close with 1001."""
        self._draining = True
        subscriptions = [running for running in self._running.values() if running.type == "subscription"]
        await _cancel([running.task for running in subscriptions if running.task])
        for running in subscriptions:
            if running.id in self._running and not running.unwanted:
                self._put(_Outgoing(write_frame("complete", running.id), running, last=True))
        others = [running.task for running in self._running.values() if running.task and not running.task.done()]
        if others:
            await asyncio.wait(others, timeout=self._limits.drain_seconds)
        self._put(Close(frames.GOING_AWAY, "The server is shutting down"))
        with suppress(TimeoutError):
            await asyncio.wait_for(self._finished.wait(), _CLOSE_SECONDS)

    async def _close(self, why: BaseException | None) -> None:
        """Say goodbye, unless the client has gone already."""
        if why is None or isinstance(why, OSError):
            return
        if not isinstance(why, Close):
            logger.error("A websocket failed: %s", why, exc_info=why)
            why = Close(frames.INTERNAL, "Internal server error")
        with suppress(OSError, TimeoutError):
            message = {"type": "websocket.close", "code": why.code, "reason": why.reason}
            await asyncio.wait_for(self._send(message), _CLOSE_SECONDS)

    async def _read(self) -> None:
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            frame = read_frame(dict(message), self._limits.message_bytes)
            self._heard.set()
            if isinstance(frame, Signal):
                await self._signal(frame)
            elif isinstance(frame, Complete):
                self._stop(frame.id)
            else:
                await self._subscribe(frame)

    async def _write(self) -> None:
        while True:
            item = await self._outgoing.get()
            if isinstance(item, Close):
                raise item
            self._account(-item.size)
            operation = item.operation
            if operation is None:
                self._signals.release()
            else:
                if not item.last:
                    operation.room.release()
                # Forgotten before its last message is sent: the client may use the id again as soon as it reads it.
                elif self._running.get(operation.id) is operation:
                    del self._running[operation.id]
                if operation.unwanted:
                    continue
            await self._send({"type": "websocket.send", "text": item.text})

    async def _keep_time(self) -> None:
        limits = self._limits
        try:
            await asyncio.wait_for(self._initialised.wait(), limits.init_seconds)
        except TimeoutError:
            raise Close(frames.INIT_TIMEOUT, "Connection initialisation timeout") from None
        while True:
            await asyncio.sleep(limits.ping_seconds)
            self._heard.clear()
            if not self._signals.locked():
                await self._answer(write_frame("ping"))
            try:
                await asyncio.wait_for(self._heard.wait(), limits.pong_seconds)
            except TimeoutError:
                raise Close(frames.PING_TIMEOUT, "Nothing was heard after a ping") from None

    async def _signal(self, frame: Signal) -> None:
        if frame.type == "ping":
            await self._answer(write_frame("pong"))
        elif frame.type == "connection_init":
            if self._initialised.is_set():
                raise Close(frames.TOO_MANY_INITS, "Too many initialisation requests")
            self._initialised.set()
            await self._answer(write_frame("connection_ack"))

    async def _answer(self, text: str) -> None:
        await self._signals.acquire()
        self._put(_Outgoing(text))

    def _put(self, item: _Outgoing | Close) -> None:
        self._outgoing.put_nowait(item)
        if isinstance(item, _Outgoing):
            self._account(item.size)

    def _account(self, size: int) -> None:
        self._waiting += size
        if self._waiting < self._limits.waiting_bytes:
            self._may_wait.set()
        else:
            self._may_wait.clear()

    def _stop(self, id_: str) -> None:
        running = self._running.pop(id_, None)
        if running is not None:
            running.unwanted = True
            if running.task is not None:
                running.task.cancel()

    async def _subscribe(self, frame: Subscribe) -> None:
        if not self._initialised.is_set():
            raise Close(frames.UNAUTHORIZED, "Unauthorized")
        if frame.id in self._running:
            raise Close(frames.DUPLICATE_ID, f"Subscriber for {frame.id} already exists")
        if self._draining:
            return
        most = self._limits.operations
        if len(self._running) >= most:
            advice = "Complete one first, or open another socket."
            await self._refuse(frame.id, [limit_error("operations", most, None, "operations open on a socket", advice)])
            return
        try:
            prepared = self._runner.prepare(frame.parameters, self._base_url)
        except RequestError as refusal:
            # What has status 200 is an answer: clients whose document is not known yet look for it there.
            refuse = self._answer_with if refusal.status == 200 else self._refuse
            await refuse(frame.id, refusal.errors)
            return
        except Exception as failure:
            await self._refuse(frame.id, [internal_error(failure, "unknown")])
            return
        running = _Running(frame.id, prepared.operation.type, self._limits.queue)
        self._running[frame.id] = running
        running.task = asyncio.ensure_future(self._guarded(running, prepared))
        self._tasks.add(running.task)
        running.task.add_done_callback(self._tasks.discard)
        running.task.add_done_callback(lambda task: self._count(running, prepared, task))

    async def _refuse(self, id_: str, errors: list[GraphQLError]) -> None:
        await self._answer(write_frame("error", id_, [format_error(error) for error in errors]))

    async def _answer_with(self, id_: str, errors: list[GraphQLError]) -> None:
        await self._answer(write_frame("next", id_, {"errors": [format_error(error) for error in errors]}))
        await self._answer(write_frame("complete", id_))

    async def _guarded(self, running: _Running, prepared: Prepared) -> None:
        # Made here: of a task that is cancelled before its first step nothing runs, and nobody would await the work.
        work = self._stream if running.type == "subscription" else self._run
        try:
            await work(running, prepared)
        except RequestError as refusal:
            self._end(running, [format_error(error) for error in refusal.errors])
        except Exception as failure:
            self._end(running, [format_error(internal_error(failure, running.id))])

    def _count(self, running: _Running, prepared: Prepared, task: asyncio.Future[None]) -> None:
        """Count an operation that ended before the runner heard of it. Subscriptions are counted by their events."""
        if running.begun or running.type == "subscription":
            return
        outcome: Outcome = "cancelled" if task.cancelled() else "refused"
        name = prepared.operation.name
        self._metrics.observe_operation(name, running.type, outcome, perf_counter() - prepared.started)

    def _end(self, running: _Running, errors: list[dict[str, Any]]) -> None:
        self._put(_Outgoing(write_frame("error", running.id, errors), running, last=True))

    async def _run(self, running: _Running, prepared: Prepared) -> None:
        await self._room(running)
        running.begun = True
        answer = await self._runner.run(prepared)
        self._put(_Outgoing(write_frame("next", running.id, answer.payload), running))
        self._put(_Outgoing(write_frame("complete", running.id), running, last=True))

    async def _stream(self, running: _Running, prepared: Prepared) -> None:
        with self._metrics.subscriptions.track_inprogress():
            async with aclosing(self._runner.stream(prepared)) as answers:
                async for answer in answers:
                    if "data" not in answer.payload:
                        self._end(running, answer.payload["errors"])
                        return
                    await self._room(running)
                    self._put(_Outgoing(write_frame("next", running.id, answer.payload), running))
        self._put(_Outgoing(write_frame("complete", running.id), running, last=True))

    async def _room(self, running: _Running) -> None:
        """Return when one more answer of this operation may wait to be written. Raises RequestError when none may."""
        # A source that always has an event ready would otherwise never let the writer run.
        await asyncio.sleep(0)
        limits = self._limits
        try:
            async with asyncio.timeout(limits.patience):
                await running.room.acquire()
                await self._may_wait.wait()
        except TimeoutError:
            name, most, noun = (
                ("queue", limits.queue, "events that were not read")
                if self._may_wait.is_set()
                else ("waiting_bytes", limits.waiting_bytes, "bytes of answers that were not read")
            )
            advice = "Read faster, or subscribe to less; then subscribe again."
            raise RequestError([limit_error(name, most, None, noun, advice)]) from None


async def _cancel(tasks: Sequence[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
