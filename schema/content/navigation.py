"""Menus and redirects."""

from typing import Annotated, Any

import strawberry
from strawberry import Parent

from db.content import MenuItemKind, MenuItemRow, MenuRow, RedirectRow
from resolvers.content import navigation
from resolvers.context import Info
from schema.caching import CONTENT, PART
from schema.content.metaobjects import Metaobject
from schema.content.pages import Article, Blog, Page
from schema.lazy import LazyCollection, LazyProduct
from schema.node import Node
from schema.scalars import Url
from schema.shop import ShopPolicy

MenuItemType = strawberry.enum(MenuItemKind, name="MenuItemType", description="What a menu's item leads to.")

MenuItemResource = Annotated[
    Article | Blog | LazyCollection | Metaobject | Page | LazyProduct | ShopPolicy,
    strawberry.union("MenuItemResource", description="What a menu's item can lead to.", directives=[PART]),
]


@strawberry.type(description="A link of a menu.", directives=[CONTENT])
class MenuItem(Node, row=MenuItemRow, by=navigation.MenuItemById):
    tags: list[str] = strawberry.field(description="What narrows a collection that it leads to.")
    title: str = strawberry.field(description="What it says.")

    @strawberry.field(
        graphql_type=list[Annotated["MenuItem", strawberry.lazy("schema.content.navigation")]],
        description="The items below it, in order.",
    )
    @staticmethod
    async def items(item: Parent[MenuItemRow], info: Info) -> list[MenuItemRow]:
        return await navigation.items_below(info.context, item.menu_id, item.id)

    @strawberry.field(
        graphql_type=MenuItemResource | None, description="What it leads to; null for an address, or when it is gone."
    )
    @staticmethod
    async def resource(item: Parent[MenuItemRow], info: Info) -> Any:
        return await navigation.resource_of(info.context, item)

    @strawberry.field(description="The global id of what it leads to; null for an address.")
    @staticmethod
    def resource_id(item: Parent[MenuItemRow]) -> strawberry.ID | None:
        found = navigation.resource_id_of(item)
        return None if found is None else strawberry.ID(found)

    @strawberry.field(graphql_type=MenuItemType, description="What kind of thing it leads to.")
    @staticmethod
    def type(item: Parent[MenuItemRow]) -> MenuItemKind:
        return MenuItemKind(item.kind)

    @strawberry.field(description="Where it leads; null when what it leads to is gone.")
    @staticmethod
    async def url(item: Parent[MenuItemRow], info: Info) -> Url | None:
        found = await navigation.url_of(info.context, item)
        return None if found is None else Url(found)


@strawberry.type(description="A tree of links.", directives=[CONTENT])
class Menu(Node, row=MenuRow, by=navigation.MenuById):
    handle: str = strawberry.field(description="Its name, such as `main-menu`.")
    title: str = strawberry.field(description="Its title.")

    @strawberry.field(graphql_type=list[MenuItem], description="The items at its top, in order.")
    @staticmethod
    async def items(menu: Parent[MenuRow], info: Info) -> list[MenuItemRow]:
        return await navigation.items_below(info.context, menu.id, None)

    @strawberry.field(description="How many items it has, those below others as well.")
    @staticmethod
    async def items_count(menu: Parent[MenuRow], info: Info) -> int:
        return len(await info.context.loader(navigation.ItemsByMenu).load(menu.id))


@strawberry.type(description="A path that has moved.", directives=[CONTENT])
class UrlRedirect(Node, row=RedirectRow, by=navigation.RedirectById):
    path: str = strawberry.field(description="Where something was.")
    target: str = strawberry.field(description="Where it is.")
