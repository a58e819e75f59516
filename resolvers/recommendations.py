"""Which products to show beside one: those that the merchant chose, then those that are like it."""

from collections.abc import Sequence

import orjson

from db import storefront as db
from db.catalog import ProductRow
from db.catalog.metafields import MetafieldOwner
from resolvers.catalog.products import ProductById, find_product
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import numbered
from resolvers.metafields import metafield_of
from resolvers.pricing import RangesByProduct

MOST = 10
"""How many products are recommended beside one."""

DEAR = 3
"""A product that costs so many times as much is not what one adds to a purchase: it comes after all that cost less."""

CHOSEN = "shopify--discovery--product_recommendation"
"""The namespace of the metafields in which merchants choose, as lists of products."""


async def recommendations(
    context: Context, product_id: int | None, handle: str | None, *, complementary: bool
) -> list[ProductRow] | None:
    """Products to show beside one, never itself; None when there is no such product."""
    if product_id is None and handle is None:
        raise ClientError("BAD_REQUEST", "Provide productId or productHandle: recommendations are beside a product.")
    product = await find_product(context, product_id, handle)
    if product is None:
        return None
    chosen = await _chosen(context, product, "complementary_products" if complementary else "related_products")
    alike = await _alike(context, product, complementary) if len(chosen) < MOST else []
    return list({row.id: row for row in (*chosen, *alike) if row.id != product.id}.values())[:MOST]


async def _chosen(context: Context, product: ProductRow, key: str) -> list[ProductRow]:
    """What the merchant chose and a storefront may see, in that order."""
    metafield = await metafield_of(context, MetafieldOwner.PRODUCT, product.id, CHOSEN, key)
    if metafield is None or metafield.type != "list.product_reference":
        return []
    numbers = [number for gid in orjson.loads(metafield.value) if (number := numbered(gid, "Product")) is not None]
    return [row for row in await context.loader(ProductById).load_many(numbers) if row is not None]


async def _alike(context: Context, product: ProductRow, complementary: bool) -> list[ProductRow]:
    """The most alike first; of complementary ones first those that a shopper may add without a second thought."""
    limit = 3 * MOST if complementary else MOST
    async with context.read() as session:
        statement = db.recommended(
            product,
            await session.rows(db.collections_shared(product.id)),
            await session.rows(db.tags_shared(product.id)),
            complementary=complementary,
            country=context.country,
            now=context.now,
            limit=limit,
        )
        rows = await session.rows(statement)
    return await _affordable_first(context, product, rows) if complementary else rows


async def _affordable_first(context: Context, product: ProductRow, rows: Sequence[ProductRow]) -> list[ProductRow]:
    own, *others = await context.loader(RangesByProduct).load_many([product.id, *(row.id for row in rows)])
    most = DEAR * own[0].min_variant_price.amount
    dear = {row.id for row, ranges in zip(rows, others, strict=True) if ranges[0].min_variant_price.amount > most}
    return sorted(rows, key=lambda row: row.id in dear)
