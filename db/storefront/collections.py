"""Named statements that find collections, and products in them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal
from sqlalchemy import select as sa_select
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.catalog.collections import CollectionProductRow, CollectionRow
from db.catalog.products import (
    ProductRow,
)
from db.keys import among, each_has, keys_among, mostly
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


def sizes_of_collection(collection_id: int, conditions: Sequence[Condition]) -> Select[*tuple[Any, ...]]:
    """How many products are in it, then how many of the shop each condition finds that is looked up in an index:
    whatever a storefront may see, and counted up to `LARGE`.
    """
    members = col(CollectionProductRow.collection_id) == collection_id
    counted = [sa_select(col(CollectionProductRow.product_id)).where(members)]
    counted += [sa_select(col(ProductRow.id)).where(each) for each in conditions if keys_among(each)]
    some = (each.limit(LARGE).subquery() for each in counted)
    return sa_select(*(sa_select(func.count()).select_from(each).scalar_subquery() for each in some))


def on_the_way(conditions: Sequence[Condition], found: Sequence[int]) -> tuple[Condition, ...]:
    """The conditions, those of them that find much looked at on the way through all products in order.

    ``found`` is what `sizes_of_collection` says of them. SQLite would take the index of such a one, whatever it finds,
    and for a page would read and sort all of that.
    """
    sizes = iter(found)
    return tuple(mostly(each) if keys_among(each) and next(sizes) == LARGE else each for each in conditions)


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
