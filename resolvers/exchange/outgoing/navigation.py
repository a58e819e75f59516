"""Menus and redirects."""

from collections import defaultdict
from typing import Any

from db import content as db
from db import exchange
from db import shop as shop_db
from db.content import MenuItemKind, MenuItemRow
from db.session import Session
from resolvers.exchange.content.navigation import FROM, TO
from resolvers.exchange.content.places import FIXED, ROWS
from resolvers.exchange.outgoing.staging import Outgoing


async def write_menus(out: Outgoing) -> None:
    """Write every menu, whatever its depth, with the paths of what it leads to."""
    async with out.database.read() as session:
        menus = sorted(await session.rows(db.all_menus()), key=lambda menu: menu.id)
        items = await session.rows(db.items_of_menus([menu.id for menu in menus]))
        paths = await _paths(session, items)
    found = []
    for menu in menus:
        of_menu = [item for item in items if item.menu_id == menu.id]
        tree = _tree(out, menu.handle, of_menu, paths, None)
        found.append({"handle": menu.handle, "title": menu.title, "items": tree or None})
    if found:
        out.toml("content/menus.toml", {"menus": found})


def _tree(
    out: Outgoing, menu: str, items: list[MenuItemRow], paths: dict[int, str], parent: int | None
) -> list[dict[str, Any]]:
    found = []
    for item in items:
        if item.parent_id != parent:
            continue
        if item.id not in paths:
            out.leave_out(f"The item {item.title!r} of the menu {menu}", "what it leads to is gone")
            continue
        below = _tree(out, menu, items, paths, item.id)
        found.append({"title": item.title, "to": paths[item.id], "tags": item.tags or None, "items": below or None})
    return found


async def _paths(session: Session, items: list[MenuItemRow]) -> dict[int, str]:
    """What items lead to as `places` reads it, by the item's id."""
    fixed = {kind: path for path, kind in FIXED.items()}
    wanted: dict[str, set[int]] = defaultdict(set)
    for item in items:
        if item.resource_id is not None:
            wanted[item.kind].add(item.resource_id)
    named: dict[tuple[str, int], str] = {}
    for folder, (kind, row) in ROWS.items():
        for key, handle in await session.tuples(exchange.handles(row, sorted(wanted[kind]))):
            named[kind, key] = f"{folder}/{handle}"
    for kind, folder, statement in (
        (MenuItemKind.ARTICLE, "blogs", db.article_paths),
        (MenuItemKind.METAOBJECT, "metaobjects", db.metaobject_paths),
    ):
        for key, parent, handle in await session.tuples(statement(sorted(wanted[kind]))):
            named[kind, key] = f"{folder}/{parent}/{handle}"
    for policy in await session.rows(shop_db.policies()):
        named[MenuItemKind.SHOP_POLICY, policy.id] = f"policies/{policy.handle}"
    found = {}
    for item in items:
        path = item.url or fixed.get(MenuItemKind(item.kind)) or named.get((item.kind, item.resource_id or 0))
        # A path that means something else, such as that of a collection called "all", would not be read back.
        if path and (item.kind in fixed or path not in FIXED):
            found[item.id] = path
    return found


async def write_redirects(out: Outgoing) -> None:
    """Write every redirect, in the order in which they were made."""
    async with out.database.read() as session:
        redirects = sorted(await session.rows(db.all_redirects()), key=lambda row: row.id)
    with out.rows("content/redirects.csv", (FROM, TO)) as table:
        table.add_all({FROM: row.path, TO: row.target} for row in redirects)
