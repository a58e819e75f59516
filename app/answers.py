"""Where answers are kept that everybody may be given, and how they hear of changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from hashlib import blake2b

from sqlalchemy.exc import SQLAlchemyError

from app.graphql.caching.answers import Answers
from app.graphql.caching.changes import Changes, Heard
from app.graphql.caching.second import SecondLevel
from app.graphql.sharing import Sharing
from app.metrics import Metrics
from app.sdl import sdl
from app.settings import Settings
from app.version import package_version
from db.events import CHANGED, EventRow
from db.identity import identity
from db.session import Database
from resolvers.events import Relay
from resolvers.publishing import Publications
from schema.caching import AGES

logger = logging.getLogger("storekeep.cache")

STALE_AFTER = 10.0
"""Seconds that a change by another process may be unknown here before kept answers are given to nobody."""
EARLIER = 2_000
"""Of how many changes before the start a process reads, so as to believe what others have left meanwhile."""


def shared_answers(settings: Settings, database: Database, relay: Relay, metrics: Metrics) -> Sharing:
    """Where answers are kept, told of every change: of our own at once, of other processes' by the outbox."""

    def is_abreast() -> bool:
        return asyncio.get_running_loop().time() - relay.abreast_at < STALE_AFTER

    answers, publications = Answers(settings.answer_cache_bytes, is_abreast), Publications(database)
    second = second_level(settings, database, relay, metrics, is_abreast) if settings.shared_cache else None

    def changed(tags: Iterable[str]) -> None:
        publications.changed(tags)
        answers.changed(tags)

    async def happened(event: EventRow) -> None:
        # Of our own those too whose writer was cancelled between its commit and our being told.
        if event.topic == CHANGED and not database.was_told(event.payload["change"]):
            changed(event.payload["tags"])

    database.on_change(changed)
    relay.register(happened)
    counts = answers.counts
    metrics.watch_answers(
        {name: partial(getattr, counts, name) for name in counts.__slots__}, size=lambda: float(answers.size)
    )
    return Sharing(answers, publications.lasts, second, AGES)


def second_level(
    settings: Settings, database: Database, relay: Relay, metrics: Metrics, is_abreast: Callable[[], bool]
) -> SecondLevel:
    """Where processes leave answers to each other, told of every change as well, of our own by their position too."""
    from app.valkey import Valkey

    valkey = Valkey(settings.shared_cache or "", settings.shared_cache_place, settings.shared_cache_timeout)
    changes = Changes()

    async def happened(event: EventRow) -> None:
        if event.topic == CHANGED:
            changes.heard(event.position or 0, event.payload["tags"])

    registered = relay.register(happened, earlier=EARLIER)
    database.on_change(lambda tags: changes.made(asyncio.get_running_loop().time(), tags))

    def heard() -> Heard | None:
        if relay.position is None or registered.since is None or not is_abreast():
            return None
        return Heard(registered.since, relay.position, relay.abreast_at)

    second = SecondLevel(valkey, changes, heard)
    counts = second.counts
    events: dict[str, Callable[[], float]] = {name: partial(getattr, counts, name) for name in counts.__slots__}
    metrics.watch_shared_cache(events | {"errors": lambda: valkey.errors}, is_reachable=lambda: valkey.is_reachable)
    return second


async def serve_second_level(second: SecondLevel, database: Database) -> None:
    """Have answers left and found, until cancelled."""
    try:
        await second.run(await _known(lambda: namespace(database)))
    finally:
        await second.close()


async def namespace(database: Database) -> bytes:
    """Another for another database, schema or version of Storekeep."""
    known = await identity(database)
    # A tenth of a second of work, which nobody shall wait for.
    schema = await asyncio.to_thread(sdl)
    parts = "\0".join((known, package_version(), schema))
    return blake2b(parts.encode(), digest_size=24).digest()


async def _known(ask: Callable[[], Awaitable[bytes]]) -> bytes:
    while True:
        try:
            return await ask()
        except (OSError, SQLAlchemyError) as away:
            logger.warning("nothing is shared until the database answers, trying again in a second: %s", away)
            await asyncio.sleep(1)
