"""Named statements that find collections, and products in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BindParameter, ScalarSelect, Select, and_, case, func, literal
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.catalog.collections import CollectionProductRow, CollectionRow
from db.catalog.products import (
    ProductRow,
)
from db.keys import among, each_has, mostly
from db.paging import Children, Order
from db.storefront.products import priced
from db.storefront.visibility import Condition, published, visible
from db.types import BigId


def products_of_collections(
    country: str | None, now: datetime, *, with_prices: bool, conditions: Sequence[Condition] = ()
) -> Children:
    member = col(CollectionProductRow.product_id)
    return Children(
        ProductRow,
        col(CollectionProductRow.collection_id),
        joins=((CollectionProductRow, member == ProductRow.id), *(priced(country) if with_prices else ())),
        where=(*visible(country, now), *conditions),
        member=member,
    )


LARGE = 2_000
"""From so many products on a sorted collection is read along the order of the whole shop."""


MUCH = 1_000
"""From so many products on that filters find in such a collection, they are asked of each that is passed on the way. Of
100,000 a page passes some 2,000 then, in the time that it takes to read and sort what the filters find; more where
other filters leave little of it.
"""


def sizes_of_collection(collection_id: int, lookups: Sequence[Condition]) -> Select[int, int]:
    """How many products are in it, counted up to `LARGE`, and how many of those all the lookups find together, up to
    `MUCH`.

    Both whatever a storefront may see; the second is 0 where the collection is not so large, and for no lookups.
    """
    product, of = col(CollectionProductRow.product_id), col(CollectionProductRow.collection_id)
    # One parameter in all places: what the statement reads is then known to be of this collection alone.
    wanted = literal(collection_id, BigId)
    size = _counted(sa_select(product).where(of == wanted), LARGE)
    # A product that has several of the tags is found several times.
    met = _counted(sa_select(col(ProductRow.id)).distinct().where(*lookups, _inside(wanted)), MUCH)
    return sa_select(size, case((size == LARGE, met), else_=0) if lookups else literal(0))


def _counted(found: Select[int], most: int) -> ScalarSelect[int]:
    return sa_select(func.count()).select_from(found.limit(most).subquery()).scalar_subquery()


def _inside(collection_id: int | BindParameter[int]) -> Condition:
    return each_has(
        ProductRow,
        col(CollectionProductRow.product_id) == ProductRow.id,
        col(CollectionProductRow.collection_id) == collection_id,
    )


def products_of_large_collection(
    country: str | None, now: datetime, collection_id: int, *, with_prices: bool, conditions: Sequence[Condition] = ()
) -> Children:
    """The same of one collection that holds much of the shop: its products are found by going through all in order.

    How much it holds is not known: the less it is, the farther a page goes, so `LARGE` must not be small. The same goes
    for what filters find in it: from `MUCH` on they are to be asked in passing. SQLite would begin with an index for
    them in any case, and for a page would read and sort all that it finds.
    """
    joins = priced(country) if with_prices else ()
    where = (*visible(country, now), mostly(_inside(collection_id)), *conditions)
    return Children(ProductRow, literal(collection_id), joins, where)


BY_HAND = Order("collection.manual", (col(CollectionProductRow.position), col(CollectionProductRow.product_id)))


def collections_by_id(ids: Sequence[int], now: datetime) -> SelectOfScalar[CollectionRow]:
    return select(CollectionRow).where(among(CollectionRow.id, ids), *published(now))


def collections_by_handle(handles: Sequence[str], now: datetime) -> SelectOfScalar[CollectionRow]:
    return select(CollectionRow).where(among(CollectionRow.handle, handles), *published(now))


COLLECTION_ORDERS = {
    "ID": Order("collections.id", (col(CollectionRow.id),)),
    "RELEVANCE": Order("collections.id", (col(CollectionRow.id),)),
    "TITLE": Order("collections.title", (col(CollectionRow.title_key), col(CollectionRow.id))),
    "UPDATED_AT": Order("collections.updated", (col(CollectionRow.updated_at), col(CollectionRow.id))),
}


def collections_of_products(now: datetime) -> Children:
    member = and_(col(CollectionProductRow.collection_id) == CollectionRow.id)
    return Children(
        CollectionRow,
        col(CollectionProductRow.product_id),
        joins=((CollectionProductRow, member),),
        where=published(now),
    )
