"""Menus and redirects from files."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import content as db
from db.content import MenuItemKind, MenuItemRow, MenuRow, RedirectRow
from db.session import Session
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import Head, once, read_head
from resolvers.exchange.content.places import Place, Places
from resolvers.exchange.pictures import shown
from resolvers.exchange.texts import ContentError, text_of
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
        changes.stay_within(file)
        head = read_head(file)
        menus = [_menu(table) for table in head.tables("menus")]
        head.close()
        once(handle for handle, _, _ in menus)
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
    for table in tables:
        title, to = table.required("title"), table.required("to")
        if level > MOST_LEVELS:
            raise ContentError(f"{title!r} is too deep: menus may have {MOST_LEVELS} levels")
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
        changes.stay_within(file)
        wanted = _redirects(file)
        changes.summary.rows += len(wanted)
        standing = {row.path: row for row in await session.rows(db.all_redirects())}
        for path, target in wanted.items():
            known = standing.get(path)
            changes.count(known, await bring(session, RedirectRow, known, {"path": path, "target": target}))
        await changes.remove(session, RedirectRow, standing, wanted, file.parent)


def _redirects(file: Path) -> dict[str, str]:
    """Targets by path. Raises ContentError, which names the line."""
    rows = csv.DictReader(io.StringIO(text_of(file), newline=""))
    if not {FROM, TO} <= set(rows.fieldnames or ()):
        raise ContentError(f"its columns must be {FROM!r} and {TO!r}")
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    try:
        for row in rows:
            path, target, line = (row[FROM] or "").strip(), (row[TO] or "").strip(), rows.line_num
            if not path.startswith("/") or not target:
                raise ContentError(f"line {line}: a path beginning with / and a target are needed")
            if path in found:
                raise ContentError(f"line {line}: {shown(path)} stands on line {lines[path]} already")
            found[path], lines[path] = target, line
    except csv.Error as error:
        raise ContentError(f"line {rows.line_num}: {error}") from error
    _refuse_circles(found, lines)
    return found


def _refuse_circles(targets: dict[str, str], lines: dict[str, int]) -> None:
    """Raises ContentError for a redirect that leads back to where it began."""
    safe: set[str] = set()
    for start in targets:
        way: dict[str, None] = {}
        path = start
        while path in targets and path not in safe:
            if path in way:
                circle = [*list(way)[list(way).index(path) :], path]
                named = " to ".join(shown(place) for place in [*circle[:4], *(["…"] if len(circle) > 4 else [])])
                raise ContentError(f"line {lines[path]}: redirects go in a circle, from {named}")
            way[path] = None
            path = targets[path]
        safe.update(way)
