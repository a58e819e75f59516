"""Named statements that find pictures, videos and models."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Tuples
from db.catalog.media import MediaKind, MediaRow, MediaSourceRow
from db.catalog.products import (
    ProductRow,
)
from db.documents import Said, first_children, holds, joined, quoted, word
from db.forms import Asked
from db.keys import among
from db.paging import Children, Order, Window, page_per_parent
from db.storefront.visibility import visible


def media_by_id(ids: Sequence[int], country: str | None, now: datetime) -> SelectOfScalar[MediaRow]:
    shown = or_(col(MediaRow.product_id).is_(None), *[and_(*visible(country, now))])
    return (
        select(MediaRow)
        .outerjoin(ProductRow, col(ProductRow.id) == MediaRow.product_id)
        .where(among(MediaRow.id, ids), shown)
    )


MEDIA_ORDERS = {
    "POSITION": Order("media.position", (col(MediaRow.position), col(MediaRow.id))),
    "RELEVANCE": Order("media.position", (col(MediaRow.position), col(MediaRow.id))),
    "CREATED_AT": Order("media.created", (col(MediaRow.created_at), col(MediaRow.id))),
    "ID": Order("media.id", (col(MediaRow.id),)),
}


_MEDIA = Children(MediaRow, col(MediaRow.product_id), is_fixed=True)
_IMAGES = Children(MediaRow, col(MediaRow.product_id), where=(col(MediaRow.kind) == MediaKind.IMAGE,), is_fixed=True)


def media_of_products() -> Children:
    return _MEDIA


def images_of_products() -> Children:
    return _IMAGES


IMAGES_BY_POSITION = MEDIA_ORDERS["POSITION"]


def first_images_of_products(ids: Sequence[int]) -> Tuples | Asked[Tuples]:
    """(product id, the picture that stands for it, …)."""
    return page_per_parent(_IMAGES, ids, IMAGES_BY_POSITION, Window(0))


def first_image_of_product(product: Any) -> Tuples:
    """The same picture for a product of an enclosing statement, or for a mark for products."""
    return first_children(_IMAGES, product, IMAGES_BY_POSITION, 1)


def file_url_of(base_url: Any, source: Any) -> Said:
    """The absolute URL of a file, as `MediaRow` names it."""
    elsewhere = holds(source, word("://"))
    return quoted(case((elsewhere, source), else_=joined(base_url, word("/media/"), source)))


def sources_of_media(ids: Sequence[int]) -> SelectOfScalar[MediaSourceRow]:
    return select(MediaSourceRow).where(among(MediaSourceRow.media_id, ids)).order_by(col(MediaSourceRow.id))
