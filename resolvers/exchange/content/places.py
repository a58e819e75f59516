"""What a menu's item leads to, as files write it."""

from dataclasses import dataclass
from typing import Any

from db import content as db
from db import exchange
from db import shop as shop_db
from db.catalog import CollectionRow, ProductRow
from db.content import BlogRow, MenuItemKind, PageRow
from db.session import Session

FIXED = {
    "/": MenuItemKind.FRONTPAGE,
    "account": MenuItemKind.CUSTOMER_ACCOUNT_PAGE,
    "collections": MenuItemKind.COLLECTIONS,
    "collections/all": MenuItemKind.CATALOG,
    "search": MenuItemKind.SEARCH,
}
ROWS: dict[str, tuple[MenuItemKind, Any]] = {
    "blogs": (MenuItemKind.BLOG, BlogRow),
    "collections": (MenuItemKind.COLLECTION, CollectionRow),
    "pages": (MenuItemKind.PAGE, PageRow),
    "products": (MenuItemKind.PRODUCT, ProductRow),
}


@dataclass(frozen=True)
class Place:
    """A kind of thing, and which one; or a web address."""

    kind: MenuItemKind
    resource_id: int | None = None
    url: str | None = None


class Places:
    """Finds what texts such as ``collections/kitchen`` name."""

    async def find(self, session: Session, text: str) -> Place | None:
        """A place of the shop by its path, or a web address; None for what is not there."""
        if "://" in text or text.startswith(("mailto:", "tel:")):
            return Place(MenuItemKind.HTTP, url=text)
        path = text if text == "/" else text.strip("/")
        if path in FIXED:
            return Place(FIXED[path])
        folder, _, name = path.partition("/")
        kind, key = await self._resource(session, folder, name)
        return Place(kind, key) if kind and key is not None else None

    async def _resource(self, session: Session, folder: str, name: str) -> tuple[MenuItemKind | None, int | None]:
        if folder == "policies":
            policies = {row.handle: row.id for row in await session.rows(shop_db.policies())}
            return MenuItemKind.SHOP_POLICY, policies.get(name)
        if folder == "metaobjects":
            type_, _, handle = name.partition("/")
            return MenuItemKind.METAOBJECT, await session.first(db.metaobject_named(type_, handle))
        if folder == "blogs" and "/" in name:
            blog, _, handle = name.partition("/")
            return MenuItemKind.ARTICLE, await session.first(db.article_named(blog, handle))
        if folder in ROWS:
            kind, row = ROWS[folder]
            found = dict(await session.tuples(exchange.identities(row, [name])))
            return kind, found.get(name)
        return None, None
