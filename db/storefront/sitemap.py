"""Named statements that list what has a page of its own, for sitemaps."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, null
from sqlmodel import col, select

from db.base import Tuples
from db.catalog import CollectionRow, ProductRow
from db.content import ArticleRow, BlogRow, MetaobjectDefinitionRow, MetaobjectRow, PageRow
from db.content import published as published_content
from db.storefront.visibility import published, visible

PAGE = 250
"""How many entries a page of a sitemap has."""


def sitemap_page(kind: str, country: str | None, now: datetime, page: int) -> Tuples:
    """(handle, title, time of the last change, type of a metaobject) of a page from 1 on, and one entry more."""
    row = _ROWS[kind]
    type_ = MetaobjectRow.type if row is MetaobjectRow else null()
    title = MetaobjectRow.display_name if row is MetaobjectRow else row.title
    listed = _listed(select(row.handle, title, row.updated_at, type_), kind, country, now)
    return listed.order_by(col(row.id)).offset((page - 1) * PAGE).limit(PAGE + 1)


def sitemap_size(kind: str, country: str | None, now: datetime) -> Tuples:
    """(how many entries there are,)"""
    return _listed(select(func.count()).select_from(_ROWS[kind]), kind, country, now)


_ROWS: dict[str, Any] = {
    "ARTICLE": ArticleRow,
    "BLOG": BlogRow,
    "COLLECTION": CollectionRow,
    "METAOBJECT": MetaobjectRow,
    "PAGE": PageRow,
    "PRODUCT": ProductRow,
}


def _listed(statement: Any, kind: str, country: str | None, now: datetime) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = statement
    match kind:
        case "PRODUCT":
            return found.where(*visible(country, now))
        case "COLLECTION":
            return found.where(*published(now))
        case "METAOBJECT":
            described = found.join(
                MetaobjectDefinitionRow, col(MetaobjectDefinitionRow.id) == MetaobjectRow.definition_id
            )
            shown = col(MetaobjectDefinitionRow.title_key).is_not(None)
            return described.where(shown, *published_content(MetaobjectRow, now))
        case "BLOG":
            return found
    return found.where(*published_content(_ROWS[kind], now))
