"""Reading pictures, videos and models."""

from collections.abc import Sequence
from typing import Any

from db import storefront as db
from db.catalog import MediaRow, MediaSourceRow, VariantRow
from db.documents import Found
from db.paging import Children
from db.session import Session
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, grouped, picked
from resolvers.media import Picture


class MediaById(Loader[int, MediaRow | None]):
    """Media of the shop, and of products that a storefront may see."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MediaRow | None]:
        statement = db.media_by_id(keys, self.context.country, self.context.now)
        rows = {row.id: row for row in await session.rows(statement)}
        return picked(rows, keys)


class MediaByProduct(PageLoader[MediaRow]):
    """Everything that shows a product, by position unless asked otherwise."""

    orders = db.MEDIA_ORDERS

    def children(self) -> Children:
        return db.media_of_products()


class PicturesByProduct(PageLoader[Picture]):
    """Its pictures, as such."""

    orders = db.MEDIA_ORDERS

    def children(self) -> Children:
        return db.images_of_products()

    def shown(self, rows: list[MediaRow]) -> list[Picture]:
        return [Picture(row.id, row.source or "", row.alt, row.width, row.height) for row in rows]


class FirstImageByProduct(Loader[int, MediaRow | None]):
    """The picture that stands for a product."""

    in_sql = True

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MediaRow | None]:
        found = {product: row for product, row, *_ in await session.tuples(db.first_images_of_products(keys))}
        return picked(found, keys)

    def found(self, key: Any) -> Found:
        return Found(db.first_image_of_product(key), MediaRow)


class SourcesByMedia(Loader[int, list[MediaSourceRow]]):
    """The files of a video or model."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[MediaSourceRow]]:
        rows = await session.rows(db.sources_of_media(keys))
        return grouped(((row.media_id, row) for row in rows), keys)


async def image_of_variant(context: Context, variant: VariantRow) -> MediaRow | None:
    """A variant's own picture, else the one that stands for its product."""
    if variant.media_id is not None:
        return await context.loader(MediaById).load(variant.media_id)
    return await context.loader(FirstImageByProduct).load(variant.product_id)
