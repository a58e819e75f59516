"""Menus and redirects from files."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import content as db
from db.content import MenuItemKind, MenuItemRow, MenuRow, RedirectRow
from db.session import Session
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import ContentError, Head, read_head
from resolvers.exchange.content.places import Place, Places
from resolvers.exchange.upsert import bring

MOST_LEVELS = 3
"""How deep menus may be, as themes expect them."""

FROM, TO = "Redirect from", "Redirect to"


@dataclass(frozen=True)
class _Item:
    title: str
    place: Place
    tags: tuple[str, ...] = ()
    items: "tuple[_Item, ...]" = field(default=())


async def bring_menus(session: Session, file: Path, changes: Changes, places: Places) -> None:
    """Make the menus those of ``menus.toml``."""
    with changes.refusing(file):
        head = read_head(file)
        menus = [_menu(table) for table in head.tables("menus")]
        head.close()
        changes.summary.rows += len(menus)
        standing = {row.handle: row for row in await session.rows(db.all_menus())}
        for handle, title, tables in menus:
            known = standing.get(handle)
            items = tuple([item async for item in _items(session, tables, places, changes, file, 1)])
            key, changed = await bring(session, MenuRow, known, {"handle": handle, "title": title})
            if _tree(await session.rows(db.items_of_menus([key])), None) != items:
                changed = True
                await session.change(db.removed_items(key))
                await _add(session, key, None, items)
            changes.count(known, (key, changed))
        await changes.remove(session, MenuRow, standing, {handle for handle, _, _ in menus}, file.parent)


def _menu(table: Head) -> tuple[str, str, list[Head]]:
    handle, title, items = table.required("handle"), table.required("title"), table.tables("items")
    table.close()
    return handle, title, items


async def _items(session: Session, tables: list[Head], places: Places, changes: Changes, file: Path, level: int) -> Any:
    if tables and level > MOST_LEVELS:
        raise ContentError(f"menus may have {MOST_LEVELS} levels")
    for table in tables:
        title, to = table.required("title"), table.required("to")
        tags, below = tuple(table.texts("tags")), table.tables("items")
        table.close()
        place = await places.find(session, to)
        if place is None:
            changes.warn(file, f"{title!r} leads to {to!r}, which is not there; it is left out")
            continue
        items = tuple([item async for item in _items(session, below, places, changes, file, level + 1)])
        yield _Item(title, place, tags, items)


def _tree(rows: list[MenuItemRow], parent: int | None) -> tuple[_Item, ...]:
    return tuple(
        _Item(row.title, Place(MenuItemKind(row.kind), row.resource_id, row.url), tuple(row.tags), _tree(rows, row.id))
        for row in rows
        if row.parent_id == parent
    )


async def _add(session: Session, menu: int, parent: int | None, items: tuple[_Item, ...]) -> None:
    rows = [
        {
            "menu_id": menu,
            "parent_id": parent,
            "position": position,
            "title": item.title,
            "kind": item.place.kind.value,
            "resource_id": item.place.resource_id,
            "url": item.place.url,
            "tags": list(item.tags),
        }
        for position, item in enumerate(items, 1)
    ]
    for key, item in zip(await session.add_keyed(MenuItemRow, rows), items, strict=True):
        await _add(session, menu, key, item.items)


async def bring_redirects(session: Session, file: Path, changes: Changes) -> None:
    """Make the redirects those of ``redirects.csv``."""
    with changes.refusing(file):
        wanted = dict(_redirects(file))
        changes.summary.rows += len(wanted)
        standing = {row.path: row for row in await session.rows(db.all_redirects())}
        for path, target in wanted.items():
            known = standing.get(path)
            changes.count(known, await bring(session, RedirectRow, known, {"path": path, "target": target}))
        await changes.remove(session, RedirectRow, standing, wanted, file.parent)


def _redirects(file: Path) -> Iterator[tuple[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"it cannot be read: {error}") from error
    rows = csv.DictReader(text.splitlines())
    if not {FROM, TO} <= set(rows.fieldnames or ()):
        raise ContentError(f"its columns must be {FROM!r} and {TO!r}")
    for number, row in enumerate(rows, 2):
        path, target = (row[FROM] or "").strip(), (row[TO] or "").strip()
        if not path.startswith("/") or not target:
            raise ContentError(f"line {number}: a path beginning with / and a target are needed")
        yield path, target
