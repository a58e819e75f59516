"""Bringing single rows to what a file says: written only where they differ."""

from collections.abc import Iterable, Mapping
from typing import Any

from db import exchange as db
from db.base import Row
from db.catalog import MediaRow
from db.session import Session
from resolvers.exchange.drafts import KEEP, Keep
from resolvers.exchange.pictures import Picture


def differs(standing: Any, values: Mapping[str, Any]) -> bool:
    """Whether a row says anything else than ``values``."""
    return any(getattr(standing, name) != value for name, value in values.items())


async def bring(session: Session, row: type[Row], standing: Any | None, values: dict[str, Any]) -> tuple[int, bool]:
    """Make or change a row with a numeric id; answers the id, and whether anything was written."""
    if standing is None:
        return (await session.add_keyed(row, [values]))[0], True
    if differs(standing, values):
        await session.change(db.changed(row, standing.id, values))
        return standing.id, True
    return standing.id, False


async def shop_pictures(session: Session, pictures: Iterable[tuple[Picture, str | Keep | None]]) -> dict[str, int]:
    """Ids of pictures that belong to the shop, by source; missing ones are made. Each comes with its alt text, or with
    KEEP where nothing is said of it.
    """
    wanted = {picture.source: (picture, alt) for picture, alt in pictures}
    if not wanted:
        return {}
    standing = {row.source: row for row in await session.rows(db.shop_pictures(sorted(wanted)))}
    found = {}
    for source, (picture, alt) in wanted.items():
        values = {"source": source, "width": picture.width, "height": picture.height}
        values |= {} if alt is KEEP else {"alt": alt}
        found[source], _ = await bring(session, MediaRow, standing.get(source), values)
    return found
