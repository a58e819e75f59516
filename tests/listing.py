"""Every connection of the schema: how to ask for a page of it, and how its rows change while somebody pages."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import select

from bench.dataset import fill
from db.base import Row, table_of
from db.cart import CartLineRow
from db.catalog import (
    CollectionProductRow,
    CollectionRow,
    MediaRow,
    MetafieldRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.content import ArticleRow, BlogRow, MetaobjectRow, PageRow, RedirectRow
from db.inventory import InventoryLevelRow, LocationRow
from db.pricing import PriceBreakRow, ProductPriceRow
from db.reviews import ReviewRow
from db.session import Database
from schema import schema
from tests.api import Client

PAGE = "edges {{ cursor node {node} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}"


@dataclass(frozen=True)
class Listed:
    """A connection. ``around`` is the query that it stands in, ``node`` what is asked of its rows.

    ``row`` and ``belongs`` say which rows of the database it lists, ``identity`` the column that tells them apart and
    ``shown`` the one that the API shows. ``new`` is what a copy of such a row has instead, ``moves`` what an update
    changes, ``also`` the rows that are copied, and moved, with it.
    """

    row: type[Row]
    around: str = "{}"
    node: str = "{ id }"
    args: str = ""
    sorts: tuple[str, ...] = ()
    belongs: Callable[[Any], bool] = lambda row: True
    identity: str = "id"
    shown: str = "id"
    new: Callable[[int], dict[str, Any]] | None = None
    moves: tuple[str, ...] = ()
    also: tuple[tuple[type[Row], str, tuple[str, ...]], ...] = ()


def _handle(number: int) -> dict[str, Any]:
    return {"handle": f"new-{number}"}


def _of(product: int) -> Callable[[Any], bool]:
    return lambda row: row.product_id == product


FIXED = {1, 7}
"""Ids of what lists are asked of; those rows stay as they are."""
PRODUCT = 'product(handle: "product-7") {{ {} }}'
MANY = [f"gid://shopify/Product/{number}" for number in range(10, 25)]
_SORTED_PRODUCT = ("title_key", "vendor_key", "type_key", "created_at", "updated_at", "sold_count")
_PRODUCT: dict[str, Any] = {
    "row": ProductRow,
    "belongs": lambda row: row.id not in FIXED and row.id not in range(10, 25),
    "new": _handle,
    "moves": _SORTED_PRODUCT,
    "also": ((ProductPriceRow, "product_id", ("minimum",)), (CollectionProductRow, "product_id", ())),
}
_TITLED: dict[str, Any] = {
    "belongs": lambda row: row.id not in FIXED,
    "new": _handle,
    "moves": ("title_key", "updated_at"),
}
_ARTICLE: dict[str, Any] = {
    "row": ArticleRow,
    "new": _handle,
    "moves": ("title_key", "author_key", "published_at", "updated_at"),
}
_REFERENCED: dict[str, Any] = {
    "row": ProductRow,
    "node": "{ ... on Product { id } }",
    "belongs": lambda row: f"gid://shopify/Product/{row.id}" in MANY,
}
LISTS = {
    "QueryRoot.products": Listed(**_PRODUCT),
    "QueryRoot.collections": Listed(CollectionRow, **_TITLED | {"belongs": lambda row: row.id > 20}),
    "QueryRoot.pages": Listed(PageRow, **_TITLED),
    "QueryRoot.blogs": Listed(BlogRow, **_TITLED),
    "QueryRoot.articles": Listed(**_ARTICLE),
    "QueryRoot.metaobjects": Listed(
        MetaobjectRow,
        args='type: "fact"',
        sorts=('"id"', '"updated_at"'),
        belongs=lambda row: row.id not in FIXED,
        new=_handle,
        moves=("updated_at",),
    ),
    "QueryRoot.urlRedirects": Listed(RedirectRow, new=lambda n: {"path": f"/new/{n}"}, moves=("target",)),
    "QueryRoot.locations": Listed(
        LocationRow,
        args="near: {latitude: 53.3, longitude: -6.2}",
        belongs=lambda row: row.id not in FIXED,
        new=lambda n: {"name": f"New {n}"},
        moves=("city", "latitude", "longitude"),
    ),
    "QueryRoot.search": Listed(
        ProductRow,
        node="{ ... on Node { id } }",
        # A product that sells out goes to the end, also of a reversed list.
        args='query: "product", unavailableProducts: SHOW, types: [PRODUCT]',
        belongs=_PRODUCT["belongs"],
    ),
    "QueryRoot.products asked": Listed(**_PRODUCT | {"new": None}, args='query: "product"', sorts=("RELEVANCE",)),
    "QueryRoot.productTags": Listed(ProductTagRow, node=""),
    "QueryRoot.productTypes": Listed(ProductRow, node=""),
    "Collection.products": Listed(around='collection(handle: "collection-1") {{ {} }}', **_PRODUCT),
    "Blog.articles": Listed(around='blog(handle: "blog-1") {{ {} }}', belongs=lambda row: row.blog_id == 1, **_ARTICLE),
    "Product.variants": Listed(
        VariantRow,
        PRODUCT,
        belongs=_of(7),
        new=lambda n: {"sku": f"S{n}", "option1_id": 1000 + n % 60, "option2_id": 1000 + n // 60 % 60},
        moves=("position", "sku", "title"),
    ),
    "Product.images": Listed(MediaRow, PRODUCT, belongs=_of(7), new=lambda n: {}, moves=("position", "created_at")),
    "Product.media": Listed(MediaRow, PRODUCT, belongs=_of(7), new=lambda n: {}, moves=("position",)),
    "Product.reviews": Listed(ReviewRow, PRODUCT, belongs=_of(7), new=lambda n: {}, moves=("rating", "created_at")),
    "Product.collections": Listed(
        CollectionProductRow,
        PRODUCT,
        belongs=lambda row: row.product_id == 7 and row.collection_id not in FIXED,
        identity="collection_id",
        shown="collection_id",
    ),
    "ProductVariant.quantityPriceBreaks": Listed(
        PriceBreakRow,
        'node(id: "gid://shopify/ProductVariant/1") {{ ... on ProductVariant {{ {} }} }}',
        "{ minimumQuantity }",
        belongs=lambda row: row.variant_id == 1,
        identity="minimum_quantity",
        shown="minimum_quantity",
        # Between those that are there, which are even, and none of them twice.
        new=lambda n: {"minimum_quantity": n * 7919 % 500_009 * 2 + 1},
    ),
    "ProductVariant.storeAvailability": Listed(
        InventoryLevelRow,
        'node(id: "gid://shopify/ProductVariant/1") {{ ... on ProductVariant {{ {} }} }}',
        "{ location { id } }",
        belongs=lambda row: row.variant_id == 1,
        identity="location_id",
        shown="location_id",
    ),
    "Metafield.references": Listed(
        around='product(handle: "product-1") {{ metafield(key: "many") {{ {} }} }}', **_REFERENCED
    ),
    "MetaobjectField.references": Listed(
        around='metaobject(handle: {{type: "fact", handle: "fact-1"}}) {{ field(key: "about") {{ {} }} }}',
        **_REFERENCED,
    ),
    "Cart.lines": Listed(
        CartLineRow,
        'cart(id: "gid://shopify/Cart/bench-cart-1") {{ {} }}',
        belongs=lambda row: row.cart_id == 1,
        shown="key",
        new=lambda n: {"key": f"new-{n}", "attributes_hash": f"new-{n}"},
        moves=("quantity",),
    ),
}
"""Every connection of the schema by its field; a further one is one more entry."""


EMPTY = {"Cart.deliveryGroups", "CartDeliveryGroup.cartLines"}
"""Connections of what no shop has yet."""


def connections() -> dict[str, Any]:
    """The fields of the schema that are connections."""
    return {
        f"{name}.{field}": declared
        for name, kind in schema._schema.type_map.items()
        for field, declared in getattr(kind, "fields", {}).items()
        if str(getattr(declared, "type", "")).rstrip("!").endswith("Connection")
    }


def _orders(name: str, field: Any) -> list[tuple[str, str, bool]]:
    key = field.args.get("sortKey")
    sorts = LISTS[name].sorts or (tuple(key.type.values) if key and hasattr(key.type, "values") else ("",))
    return [
        (name, sort, reverse) for sort in sorts for reverse in ([False, True] if "reverse" in field.args else [False])
    ]


def field_of(name: str) -> str:
    """The connection that a list is a page of; several lists may be of one, asked in another way."""
    return name.partition(" ")[0]


BEGINNINGS = [name for name in LISTS if "after" not in connections()[field_of(name)].args]
"""Lists of which nobody can ask for more than the first rows."""
CASES = [case for name in LISTS if name not in BEGINNINGS for case in _orders(name, connections()[field_of(name)])]
"""(connection, sort key or nothing, whether it is reversed) of every other list and order that can be asked for."""


async def filled(db: Database) -> None:
    """The synthetic shop, and enough of what it has little of."""
    await fill(db, 30)
    async with db.write() as session:
        await session.add_all(PriceBreakRow, [
            {"market_id": 1, "variant_id": 1, "minimum_quantity": n * 80_000, "amount": 100} for n in range(1, 13)
        ])  # fmt: skip
        await session.add_all(MetafieldRow, [
            {"owner_kind": "product", "owner_id": 1, "namespace": "custom", "key": "many",
             "type": "list.product_reference", "value": _json(MANY)},
        ])  # fmt: skip
        fields = [{"key": "about", "type": "list.product_reference", "value": _json(MANY)}]
        await session.change(update(MetaobjectRow).where(table_of(MetaobjectRow).c.id == 1).values(fields=fields))
        there = {7 % 50 + 1, 49 + 1, 1}
        await session.add_all(CollectionProductRow, [
            {"collection_id": n, "product_id": 7, "position": n} for n in range(1, 20) if n not in there
        ])  # fmt: skip
        line = {"cart_id": 1, "attributes_hash": ""}
        await session.add_all(CartLineRow, [
            line | {"key": f"line-{n}", "variant_id": n, "quantity": n} for n in range(1, 13)
        ])  # fmt: skip
        await session.add_all(MediaRow, [
            {"product_id": 7, "position": n, "source": f"https://cdn.example/more/{n}.jpg"} for n in range(3, 12)
        ])  # fmt: skip
        stores = await session.add_keyed(LocationRow, [_store(n) for n in range(12)])
        await session.add_all(InventoryLevelRow, [{"variant_id": 1, "location_id": store} for store in stores])
        choices = [{"id": 1000 + n, "option_id": 1, "position": n, "name": f"More {n}"} for n in range(60)]
        await session.add_all(OptionValueRow, choices)
        await session.add_all(BlogRow, [
            {"handle": f"more-{n}", "title": f"More {n}", "title_key": f"more {n}"} for n in range(9)
        ])  # fmt: skip


def _store(number: int) -> dict[str, Any]:
    return {"name": f"Store {number}", "position": number, "pickup": True}


def _json(items: list[str]) -> str:
    return "[" + ", ".join(f'"{item}"' for item in items) + "]"


async def page(client: Client, case: tuple[str, str, bool], args: str, node: str | None = None) -> dict[str, Any]:
    """A page of a list as it is answered; ``node`` is what is asked of its rows, if more than their ids."""
    name, sort, reverse = case
    listed = LISTS[name]
    order = [f"sortKey: {sort}"] if sort else []
    asked = ", ".join(part for part in (listed.args, *order, "reverse: true" if reverse else "", args) if part)
    text = f"{field_of(name).partition('.')[2]}({asked}) {{ {PAGE.format(node=node or listed.node)} }}"
    found: Any = await client.run(f"{{ {listed.around.format(text)} }}")
    while "edges" not in found:
        (found,) = found.values()
    return dict(found)


def ids(answer: dict[str, Any]) -> list[str]:
    """What tells the rows of a page apart, as the API shows it."""
    nodes = [edge["node"] for edge in answer["edges"]]
    named = [_innermost(node) for node in nodes]
    return [str(name).rpartition("/")[2].partition("?")[0] for name in named]


def _innermost(node: Any) -> Any:
    return _innermost(next(iter(node.values()))) if isinstance(node, dict) else node


_NUMBERS = count(1)


class Meddler:
    """Somebody who adds, moves and removes rows of a list, and leaves some alone."""

    def __init__(self, db: Database, name: str, chance: random.Random) -> None:
        self.db, self.listed, self.chance = db, LISTS[name], chance
        self.spared: set[str] = set()
        self.moved: set[str] = set()

    async def rows(self) -> list[Any]:
        """The rows that may change."""
        async with self.db.read() as session:
            found = await session.rows(select(self.listed.row))
        return [row for row in found if self.listed.belongs(row)]

    async def spare(self) -> set[str]:
        """Choose whom to leave alone: half of them."""
        there = sorted({self._shown(row) for row in await self.rows()})
        self.spared = set(self.chance.sample(there, (len(there) + 1) // 2))
        return self.spared

    def _shown(self, row: Any) -> str:
        return str(getattr(row, self.listed.shown))

    async def meddle(self) -> None:
        """One change of each kind that the list knows."""
        rows = await self.rows()
        table = table_of(self.listed.row)
        own = table.c[self.listed.identity]
        others = [row for row in rows if self._shown(row) not in self.spared]
        async with self.db.write() as session:
            if self.listed.new:
                await self._copy(session, self.chance.choice(rows))
            if self.listed.moves and others:
                mover, like = self.chance.choice(others), self.chance.choice(rows)
                self.moved.add(self._shown(mover))
                values = {name: getattr(like, name) for name in self.listed.moves if name != "sku"}
                await session.change(update(table).where(own == getattr(mover, self.listed.identity)).values(values))
                for row, parent, names in self.listed.also:
                    if names:
                        values = {name: self.chance.randrange(30_000) for name in names}
                        child = table_of(row)
                        await session.change(update(child).where(child.c[parent] == mover.id).values(values))
            if len(others) > 2 and len(rows) > 6:
                gone = getattr(self.chance.choice(others), self.listed.identity)
                doomed = [row for row in rows if getattr(row, self.listed.identity) == gone]
                keys = list(table.primary_key.columns)
                for row in doomed:
                    await session.change(delete(table).where(*(key == getattr(row, key.name) for key in keys)))

    async def _copy(self, session: Any, row: Any) -> None:
        number = next(_NUMBERS)
        assert self.listed.new
        values = {column.name: getattr(row, column.name) for column in table_of(self.listed.row).columns}
        if "id" in values:
            del values["id"]
            (key,) = await session.add_keyed(self.listed.row, [values | self.listed.new(number)])
        else:
            await session.add_all(self.listed.row, [values | self.listed.new(number)])
        for child, parent, _ in self.listed.also:
            for one in await session.rows(select(child).where(table_of(child).c[parent] == row.id)):
                copied = {column.name: getattr(one, column.name) for column in table_of(child).columns}
                await session.add_all(child, [copied | {parent: key}])
