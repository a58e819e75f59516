"""Named statements that find metafields."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case, exists
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db import content
from db.base import Tuples
from db.catalog.collections import CollectionRow
from db.catalog.metafields import MetafieldDefinitionRow, MetafieldOwner, MetafieldRow
from db.catalog.products import (
    ProductRow,
    VariantRow,
)
from db.content import ArticleRow, BlogRow, PageRow
from db.inventory import LocationRow
from db.keys import among
from db.storefront.visibility import published, visible
from db.stores import is_store


def metafields_of(owner: MetafieldOwner, ids: Sequence[int], names: Sequence[str]) -> SelectOfScalar[MetafieldRow]:
    """Metafields of owners of one kind whose ``namespace.key`` is among the names."""
    row = MetafieldRow
    name = col(row.namespace) + "." + col(row.key)
    return select(row).where(col(row.owner_kind) == owner, among(row.owner_id, ids), among(name, names))


def metafields_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[MetafieldRow]:
    """Metafields whose owner a storefront may see."""
    row = MetafieldRow
    product = exists().where(col(ProductRow.id) == row.owner_id, *visible(country, now))
    variant = exists().where(
        col(VariantRow.id) == row.owner_id, col(ProductRow.id) == VariantRow.product_id, *visible(country, now)
    )
    collection = exists().where(col(CollectionRow.id) == row.owner_id, *published(now))
    store = exists().where(col(LocationRow.id) == row.owner_id, is_store())
    page = exists().where(col(PageRow.id) == row.owner_id, *content.published(PageRow, now))
    blog = exists().where(col(BlogRow.id) == row.owner_id)
    article = exists().where(col(ArticleRow.id) == row.owner_id, *content.published(ArticleRow, now))
    shown = case(
        (col(row.owner_kind) == MetafieldOwner.PRODUCT, product),
        (col(row.owner_kind) == MetafieldOwner.VARIANT, variant),
        (col(row.owner_kind) == MetafieldOwner.COLLECTION, collection),
        (col(row.owner_kind) == MetafieldOwner.LOCATION, store),
        (col(row.owner_kind) == MetafieldOwner.PAGE, page),
        (col(row.owner_kind) == MetafieldOwner.BLOG, blog),
        (col(row.owner_kind) == MetafieldOwner.ARTICLE, article),
        else_=col(row.owner_kind) == MetafieldOwner.SHOP,
    )
    return select(row).where(among(row.id, ids), shown)


def descriptions_of_metafields(ids: Sequence[int]) -> Tuples:
    """(metafield id, what its definition says it is for)."""
    row, defined = MetafieldRow, MetafieldDefinitionRow
    same = and_(
        col(defined.owner_kind) == row.owner_kind, col(defined.namespace) == row.namespace, col(defined.key) == row.key
    )
    return select(row.id, defined.description).join(defined, same).where(among(row.id, ids))
