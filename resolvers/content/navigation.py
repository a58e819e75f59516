"""Reading menus and redirects."""

from collections.abc import Sequence
from typing import Any

from db import content as db
from db.content import MenuItemKind, MenuItemRow, MenuRow, RedirectRow
from db.paging import page
from db.session import Session
from resolvers import links
from resolvers.catalog.collections import CollectionById
from resolvers.catalog.products import ProductById
from resolvers.content.metaobjects import MetaobjectById, page_of_metaobject
from resolvers.content.pages import ArticleById, BlogById, PageById
from resolvers.context import Context
from resolvers.ids import global_id
from resolvers.loading import Loader, grouped, picked
from resolvers.paging import Page, PageArgs, page_of
from resolvers.search import redirect_query
from resolvers.shop import PolicyById

_RESOURCES: dict[str, tuple[str, type[Loader[int, Any]]]] = {
    MenuItemKind.ARTICLE: ("Article", ArticleById),
    MenuItemKind.BLOG: ("Blog", BlogById),
    MenuItemKind.COLLECTION: ("Collection", CollectionById),
    MenuItemKind.METAOBJECT: ("Metaobject", MetaobjectById),
    MenuItemKind.PAGE: ("Page", PageById),
    MenuItemKind.PRODUCT: ("Product", ProductById),
    MenuItemKind.SHOP_POLICY: ("ShopPolicy", PolicyById),
}

_PATHS = {
    MenuItemKind.CATALOG: "collections/all",
    MenuItemKind.COLLECTIONS: "collections",
    MenuItemKind.CUSTOMER_ACCOUNT_PAGE: "account",
    MenuItemKind.FRONTPAGE: "",
    MenuItemKind.SEARCH: "search",
}


class MenuById(Loader[int, MenuRow | None]):
    """Menus."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MenuRow | None]:
        return picked({row.id: row for row in await session.rows(db.menus_by_id(keys))}, keys)


class MenuByHandle(Loader[str, MenuRow | None]):
    """The same by handle."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[MenuRow | None]:
        return picked({row.handle: row for row in await session.rows(db.menus_by_handle(keys))}, keys)


class ItemsByMenu(Loader[int, list[MenuItemRow]]):
    """All items of menus at once, whatever their depth: a menu is read as a whole."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[MenuItemRow]]:
        rows = await session.rows(db.items_of_menus(keys))
        return grouped([(row.menu_id, row) for row in rows], keys)


class MenuItemById(Loader[int, MenuItemRow | None]):
    """Single items."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MenuItemRow | None]:
        return picked({row.id: row for row in await session.rows(db.menu_items_by_id(keys))}, keys)


class RedirectById(Loader[int, RedirectRow | None]):
    """Paths that have moved."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[RedirectRow | None]:
        return picked({row.id: row for row in await session.rows(db.redirects_by_id(keys))}, keys)


async def items_below(context: Context, menu_id: int, parent_id: int | None) -> list[MenuItemRow]:
    """The items of a menu below one of them; those at the top for None."""
    return [item for item in await context.loader(ItemsByMenu).load(menu_id) if item.parent_id == parent_id]


async def resource_of(context: Context, item: MenuItemRow) -> Any:
    """The row that an item leads to; None for what is no resource, gone or invisible."""
    if item.kind not in _RESOURCES or item.resource_id is None:
        return None
    return await context.loader(_RESOURCES[item.kind][1]).load(item.resource_id)


def resource_id_of(item: MenuItemRow) -> str | None:
    """The global id of what an item leads to; None for what is no resource."""
    if item.kind not in _RESOURCES or item.resource_id is None:
        return None
    return global_id(_RESOURCES[item.kind][0], item.resource_id)


async def url_of(context: Context, item: MenuItemRow) -> str | None:
    """Where an item leads to; None when that is gone, invisible or has no page."""
    if item.url is not None:
        return item.url
    if item.kind in _PATHS:
        return await links.address(context, _PATHS[MenuItemKind(item.kind)])
    resource = await resource_of(context, item)
    return None if resource is None else await _page(context, item.kind, resource)


async def _page(context: Context, kind: str, resource: Any) -> str | None:
    match kind:
        case MenuItemKind.ARTICLE:
            blog = await context.loader(BlogById).load(resource.blog_id)
            return await links.address(context, f"blogs/{blog.handle}/{resource.handle}") if blog else None
        case MenuItemKind.METAOBJECT:
            return await page_of_metaobject(context, resource)
        case _:
            return await links.address(context, f"{_FOLDERS[kind]}/{resource.handle}")


_FOLDERS = {
    MenuItemKind.BLOG.value: "blogs",
    MenuItemKind.COLLECTION.value: "collections",
    MenuItemKind.PAGE.value: "pages",
    MenuItemKind.PRODUCT.value: "products",
    MenuItemKind.SHOP_POLICY.value: "policies",
}


async def list_redirects(context: Context, args: PageArgs, query: str | None) -> Page[RedirectRow]:
    """A page of redirects, in the order of their ids."""
    order = args.turned(db.REDIRECT_ORDER)
    window = args.window(order)
    asked = await redirect_query(context, query)
    async with context.read() as session:
        return page_of(await session.tuples(page(RedirectRow, asked, order, window)), order, window)
