"""What the catalogue looks like in GraphQL; each type is made from a model."""

import base64
from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from bench.textbook import models
from bench.textbook.loaders import Loaders


@dataclass
class Context:
    """Fresh for every request."""

    loaders: Loaders


Info: TypeAlias = strawberry.Info[Context, None]


def gid(kind: str, key: int | str | None) -> strawberry.ID:
    """A global id."""
    return strawberry.ID(f"gid://shopify/{kind}/{key}")


def key_of(gid: str) -> str:
    """What a global id ends with."""
    return gid.rsplit("/", 1)[-1].split("?", 1)[0]


def cursor_of(product: models.Product) -> str:
    """Where a product stands in the list."""
    return base64.b64encode(str(product.id).encode()).decode()


def id_at(cursor: str) -> int:
    """The id of the product at a cursor."""
    return int(base64.b64decode(cursor))


@strawberry.type
class Money:
    amount: str
    currency_code: str

    @classmethod
    def of(cls, minor: int, currency: str) -> "Money":
        """An amount in hundredths, as the contract writes it."""
        whole, hundredths = divmod(minor, 100)
        decimals = f"{hundredths:02d}"
        return cls(amount=f"{whole}.{decimals[0] if decimals[1] == '0' else decimals}", currency_code=currency)


@strawberry.type
class PriceRange:
    min_variant_price: Money
    max_variant_price: Money


@strawberry.type
class Image:
    url: str
    alt_text: str | None
    width: int | None
    height: int | None

    @classmethod
    def from_model(cls, image: models.Media) -> "Image":
        return cls(url=image.source or "", alt_text=image.alt, width=image.width, height=image.height)


@strawberry.type
class ImageConnection:
    nodes: list[Image]


@strawberry.type
class Review:
    id: strawberry.ID
    rating: int
    title: str
    body: str
    author: str
    created_at: str

    @classmethod
    def from_model(cls, review: models.Review) -> "Review":
        return cls(
            id=gid("Review", review.id),
            rating=review.rating,
            title=review.title,
            body=review.body,
            author=review.author,
            created_at=review.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )


@strawberry.type
class ReviewConnection:
    nodes: list[Review]


@strawberry.type
class Rating:
    average: float | None
    count: int


@strawberry.type
class ProductVariant:
    id: strawberry.ID
    title: str
    sku: str | None
    variant: strawberry.Private[models.Variant]

    @classmethod
    def from_model(cls, variant: models.Variant) -> "ProductVariant":
        return cls(id=gid("ProductVariant", variant.id), title=variant.title, sku=variant.sku, variant=variant)

    @strawberry.field
    async def available_for_sale(self, info: Info) -> bool:
        if self.variant.inventory_tracker is None or self.variant.inventory_policy == "continue":
            return True
        pieces: int = await info.context.loaders.stock.load(self.variant.id)
        return pieces > 0

    @strawberry.field
    async def price(self, info: Info) -> Money:
        price, currency = await info.context.loaders.prices.load(self.variant.id)
        return Money.of(price.amount, currency)

    @strawberry.field
    async def compare_at_price(self, info: Info) -> Money | None:
        price, currency = await info.context.loaders.prices.load(self.variant.id)
        return None if price.compare_at_amount is None else Money.of(price.compare_at_amount, currency)


@strawberry.type
class ProductVariantConnection:
    nodes: list[ProductVariant]


@strawberry.type
class Product:
    id: strawberry.ID
    handle: str
    title: str
    description_html: str
    vendor: str
    product_type: str
    key: strawberry.Private[int | None]

    @classmethod
    def from_model(cls, product: models.Product) -> "Product":
        return cls(
            id=gid("Product", product.id),
            handle=product.handle,
            title=product.title,
            description_html=product.description_html,
            vendor=product.vendor,
            product_type=product.product_type,
            key=product.id,
        )

    @strawberry.field
    async def price_range(self, info: Info) -> PriceRange:
        price, currency = await info.context.loaders.price_ranges.load(self.key)
        return PriceRange(
            min_variant_price=Money.of(price.minimum, currency), max_variant_price=Money.of(price.maximum, currency)
        )

    @strawberry.field
    async def featured_image(self, info: Info) -> Image | None:
        images = await info.context.loaders.images_of_products.load(self.key)
        return Image.from_model(images[0]) if images else None

    @strawberry.field
    async def images(self, info: Info, first: int) -> ImageConnection:
        images = await info.context.loaders.images_of_products.load(self.key)
        return ImageConnection(nodes=[Image.from_model(image) for image in images[:first]])

    @strawberry.field
    async def variants(self, info: Info, first: int) -> ProductVariantConnection:
        variants = await info.context.loaders.variants_of_products.load(self.key)
        return ProductVariantConnection(nodes=[ProductVariant.from_model(variant) for variant in variants[:first]])

    @strawberry.field
    async def reviews(self, info: Info, first: int) -> ReviewConnection:
        reviews = await info.context.loaders.reviews_of_products.load(self.key)
        return ReviewConnection(nodes=[Review.from_model(review) for review in reviews[:first]])

    @strawberry.field
    async def rating(self, info: Info) -> Rating:
        count, mean = await info.context.loaders.ratings.load(self.key)
        return Rating(average=None if mean is None else round(mean, 2), count=count)


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class ProductConnection:
    nodes: list[Product]
    page_info: PageInfo


@strawberry.type
class Shop:
    name: str
