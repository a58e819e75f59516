"""Named statements that find collections, and products in them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, literal
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


def size_of_collection(collection_id: int) -> SelectOfScalar[int]:
    """How many products are in it, whatever a storefront may see; counted up to `LARGE`."""
    member = col(CollectionProductRow.product_id)
    some = select(member).where(col(CollectionProductRow.collection_id) == collection_id).limit(LARGE).subquery()
    return select(func.count()).select_from(some)


def products_of_large_collection(
    country: str | None, now: datetime, collection_id: int, *, with_prices: bool, conditions: Sequence[Condition] = ()
) -> Children:
    """The same of one collection that holds much of the shop: its products are found by going through all in order.

    How much it holds is not known: the less it is, the farther a page goes, so `LARGE` must not be small.
    """
    inside = each_has(
        ProductRow,
        col(CollectionProductRow.product_id) == ProductRow.id,
        col(CollectionProductRow.collection_id) == collection_id,
    )
    joins = priced(country) if with_prices else ()
    return Children(ProductRow, literal(collection_id), joins, (*visible(country, now), mostly(inside), *conditions))


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
