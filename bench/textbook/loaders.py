"""Batched look-ups, each in a session of its own, fresh for every request."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiodataloader import DataLoader
from sqlmodel import col, func, select

from bench.textbook.database import sessions
from bench.textbook.models import (
    CartLine,
    InventoryLevel,
    Market,
    Media,
    ProductPrice,
    Review,
    Variant,
    VariantPrice,
)


async def load_price_ranges(ids: Sequence[int]) -> list[tuple[ProductPrice, str] | None]:
    statement = (
        select(ProductPrice, Market.currency_code)
        .join(Market)
        .where(Market.is_primary, col(ProductPrice.product_id).in_(ids))
    )
    async with sessions() as session:
        found = {price.product_id: (price, currency) for price, currency in await session.exec(statement)}
    return [found.get(key) for key in ids]


async def load_prices(ids: Sequence[int]) -> list[tuple[VariantPrice, str] | None]:
    statement = (
        select(VariantPrice, Market.currency_code)
        .join(Market)
        .where(Market.is_primary, col(VariantPrice.variant_id).in_(ids))
    )
    async with sessions() as session:
        found = {price.variant_id: (price, currency) for price, currency in await session.exec(statement)}
    return [found.get(key) for key in ids]


async def load_stock(ids: Sequence[int]) -> list[int]:
    statement = (
        select(InventoryLevel.variant_id, func.sum(InventoryLevel.on_hand - InventoryLevel.reserved))
        .where(col(InventoryLevel.variant_id).in_(ids))
        .group_by(col(InventoryLevel.variant_id))
    )
    async with sessions() as session:
        found = {variant: int(pieces) for variant, pieces in await session.exec(statement)}
    return [found.get(key, 0) for key in ids]


async def load_variants_of_products(ids: Sequence[int]) -> list[list[Variant]]:
    statement = (
        select(Variant)
        .where(col(Variant.product_id).in_(ids))
        .order_by(col(Variant.product_id), col(Variant.position), col(Variant.id))
    )
    found: dict[int, list[Variant]] = defaultdict(list)
    async with sessions() as session:
        for variant in await session.exec(statement):
            found[variant.product_id].append(variant)
    return [found[key] for key in ids]


async def load_variants(ids: Sequence[int]) -> list[Variant | None]:
    async with sessions() as session:
        found = {variant.id: variant for variant in await session.exec(select(Variant).where(col(Variant.id).in_(ids)))}
    return [found.get(key) for key in ids]


async def load_images_of_products(ids: Sequence[int]) -> list[list[Media]]:
    statement = (
        select(Media)
        .where(col(Media.product_id).in_(ids), Media.kind == "IMAGE")
        .order_by(col(Media.product_id), col(Media.position), col(Media.id))
    )
    found: dict[int | None, list[Media]] = defaultdict(list)
    async with sessions() as session:
        for image in await session.exec(statement):
            found[image.product_id].append(image)
    return [found[key] for key in ids]


async def load_reviews_of_products(ids: Sequence[int]) -> list[list[Review]]:
    statement = (
        select(Review)
        .where(col(Review.product_id).in_(ids), Review.status == "published")
        .order_by(col(Review.product_id), col(Review.created_at).desc(), col(Review.id).desc())
    )
    found: dict[int, list[Review]] = defaultdict(list)
    async with sessions() as session:
        for review in await session.exec(statement):
            found[review.product_id].append(review)
    return [found[key] for key in ids]


async def load_ratings(ids: Sequence[int]) -> list[tuple[int, float | None]]:
    statement = (
        select(Review.product_id, func.count(), func.avg(Review.rating))
        .where(col(Review.product_id).in_(ids), Review.status == "published")
        .group_by(col(Review.product_id))
    )
    async with sessions() as session:
        found = {product: (count, float(mean)) for product, count, mean in await session.exec(statement)}
    return [found.get(key, (0, None)) for key in ids]


async def load_lines_of_carts(ids: Sequence[int]) -> list[list[CartLine]]:
    statement = select(CartLine).where(col(CartLine.cart_id).in_(ids)).order_by(col(CartLine.id).desc())
    found: dict[int, list[CartLine]] = defaultdict(list)
    async with sessions() as session:
        for line in await session.exec(statement):
            found[line.cart_id].append(line)
    return [found[key] for key in ids]


class Loaders:
    """One of each, for one request."""

    def __init__(self) -> None:
        self.price_ranges: DataLoader[Any, Any] = DataLoader(load_price_ranges)
        self.prices: DataLoader[Any, Any] = DataLoader(load_prices)
        self.stock: DataLoader[Any, Any] = DataLoader(load_stock)
        self.variants_of_products: DataLoader[Any, Any] = DataLoader(load_variants_of_products)
        self.variants: DataLoader[Any, Any] = DataLoader(load_variants)
        self.images_of_products: DataLoader[Any, Any] = DataLoader(load_images_of_products)
        self.reviews_of_products: DataLoader[Any, Any] = DataLoader(load_reviews_of_products)
        self.ratings: DataLoader[Any, Any] = DataLoader(load_ratings)
        self.lines_of_carts: DataLoader[Any, Any] = DataLoader(load_lines_of_carts)
