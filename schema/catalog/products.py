"""Products."""

from datetime import datetime
from enum import StrEnum
from operator import attrgetter, itemgetter
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import CategoryRow, OptionRow, ProductRow, VariantRow
from resolvers import inventory, links, pricing
from resolvers.catalog import collections, media, products, variants
from resolvers.context import Info
from resolvers.media import picture_of
from resolvers.reviews import RatingByProduct, ReviewsByProduct
from resolvers.search import Facet
from resolvers.text import truncated
from schema.caching import CATALOGUE, PART, STOCK
from schema.catalog.filters import Filter
from schema.catalog.media import Image, Media
from schema.catalog.metafields import HasMetafields
from schema.catalog.variants import (
    CaseInsensitiveMatch,
    IgnoreUnknownOptions,
    ProductOption,
    ProductVariant,
    ProductVariantSortKeys,
    SelectedOptions,
    SomeOptions,
    selection,
)
from schema.fields import connection, edge
from schema.lazy import LazyCollection
from schema.node import Node
from schema.paging import Connection, TruncateAt, given
from schema.pricing import ProductPriceRange
from schema.reviews import ProductRating, ProductReviewSortKeys, Review
from schema.scalars import Html, Url
from schema.seo import SEO, itself
from schema.trackable import OnlineStorePublishable, Trackable

COUNTING = 12_500
"""What the filters of one list cost: 5 for each product that may have to be counted."""


@strawberry.enum(description="What pictures are sorted by.")
class ProductImageSortKeys(StrEnum):
    CREATED_AT = "CREATED_AT"
    ID = "ID"
    POSITION = "POSITION"
    RELEVANCE = "RELEVANCE"


@strawberry.enum(description="What media are sorted by.")
class ProductMediaSortKeys(StrEnum):
    ID = "ID"
    POSITION = "POSITION"
    RELEVANCE = "RELEVANCE"


@strawberry.type(description="A node of the product taxonomy.", directives=[CATALOGUE])
class TaxonomyCategory(Node, row=CategoryRow, by=products.CategoryById):
    name: str = strawberry.field(description="Its name, such as `Teapots`.")

    @strawberry.field(graphql_type=list["TaxonomyCategory"], description="What it is part of, from the top down.")
    @staticmethod
    async def ancestors(category: Parent[CategoryRow], info: Info) -> list[CategoryRow]:
        return await products.ancestors_of(info.context, category)


FirstOptions: TypeAlias = Annotated[int | None, strawberry.argument(description="Only so many; null: all of them.")]


async def _page(product: Parent[ProductRow], info: Info) -> Url | None:
    return Url(await links.product_page(info.context, product))


@strawberry.type(description="Something that the shop sells, in one or more variants.", directives=[CATALOGUE])
class Product(HasMetafields, Node, OnlineStorePublishable, Trackable, row=ProductRow, by=products.ProductById):
    available_for_sale: bool = edge(
        inventory.StockByProduct,
        key="id",
        pick=attrgetter("available"),
        description="Whether any of its variants can be bought now.",
        directives=[STOCK],
    )
    category: TaxonomyCategory | None = edge(
        products.CategoryById, key="category_id", description="Its place in the product taxonomy; may be null."
    )
    collections: Connection[LazyCollection] = connection(
        collections.CollectionsByProduct, key="id", description="The collections that show it, by id."
    )
    compare_at_price_range: ProductPriceRange = edge(
        pricing.RangesByProduct,
        key="id",
        pick=itemgetter(1),
        description="What its variants cost before; 0 for none on sale.",
    )
    created_at: datetime = strawberry.field(description="When it was created.")
    description_html: Html = strawberry.field(description="Its description; may be empty.")
    featured_image: Image | None = edge(
        media.FirstImageByProduct,
        key="id",
        pick=picture_of,
        description="The picture that stands for it; null without pictures.",
    )
    handle: str = strawberry.field(description="Its name in URLs; unique in the shop.")
    images: Connection[Image] = connection(
        media.PicturesByProduct,
        key="id",
        description="Its pictures.",
        sort=ProductImageSortKeys,
        default=ProductImageSortKeys.POSITION,
    )
    is_gift_card: bool = strawberry.field(description="Whether it is a gift card.")
    media: Connection[Media] = connection(
        media.MediaByProduct,
        key="id",
        description="Its pictures, videos and models.",
        sort=ProductMediaSortKeys,
        default=ProductMediaSortKeys.POSITION,
    )
    online_store_url: Url | None = strawberry.field(resolver=_page, description="Its page in the online shop.")
    price_range: ProductPriceRange = edge(
        pricing.RangesByProduct,
        key="id",
        pick=itemgetter(0),
        description="What its variants cost in the operation's market.",
    )
    product_type: str = strawberry.field(description="What the merchant calls its kind; may be empty.")
    published_at: datetime = strawberry.field(description="Since when it is offered.")
    rating: ProductRating = edge(RatingByProduct, key="id", description="What customers made of it, in stars.")
    reviews: Connection[Review] = connection(
        ReviewsByProduct,
        key="id",
        description="What customers wrote, the newest first, or those with the most stars; at most 250 a page.",
        sort=ProductReviewSortKeys,
        default=ProductReviewSortKeys.CREATED_AT,
    )
    seo: SEO = strawberry.field(resolver=itself, description="How search engines should show it.")
    tags: list[str] = edge(products.TagsByProduct, key="id", description="Its tags, in the merchant's order.")
    title: str = strawberry.field(description="Its name.")
    total_inventory: int | None = edge(
        inventory.StockByProduct,
        key="id",
        pick=attrgetter("total"),
        description="How many of all its variants are free to sell; null when nobody counts.",
        directives=[STOCK],
    )
    updated_at: datetime = strawberry.field(description="When it last changed.")
    variants: Connection[ProductVariant] = connection(
        variants.VariantsByProduct,
        key="id",
        description="Its variants, at most 2,048 in all.",
        sort=ProductVariantSortKeys,
        default=ProductVariantSortKeys.POSITION,
    )
    vendor: str = strawberry.field(description="Who makes it; may be empty.")

    @strawberry.field(
        graphql_type=list[ProductVariant],
        description="The variants that differ in one option from the selected ones, or from the first available.",
    )
    @staticmethod
    async def adjacent_variants(
        product: Parent[ProductRow],
        info: Info,
        selected_options: SomeOptions = UNSET,
        ignore_unknown_options: IgnoreUnknownOptions = True,
        case_insensitive_match: CaseInsensitiveMatch = False,
    ) -> list[VariantRow]:
        chosen = selection(selected_options, ignore_unknown_options, case_insensitive_match)
        return await variants.adjacent_variants(info.context, product.id, chosen)

    @strawberry.field(description="Its description without HTML, cut to `truncateAt` characters.")
    @staticmethod
    def description(product: Parent[ProductRow], truncate_at: TruncateAt = UNSET) -> str:
        return truncated(product.description, given(truncate_at))

    @strawberry.field(description="Which combinations of option values can be bought, as a `v1_` trie; may be empty.")
    @staticmethod
    async def encoded_variant_availability(product: Parent[ProductRow], info: Info) -> str | None:
        return (await info.context.loader(variants.EncodedVariants).load(product.id))[1]

    @strawberry.field(description="Which combinations of option values exist, as a `v1_` trie; may be empty.")
    @staticmethod
    async def encoded_variant_existence(product: Parent[ProductRow], info: Info) -> str | None:
        return (await info.context.loader(variants.EncodedVariants).load(product.id))[0]

    @strawberry.field(graphql_type=list[ProductOption], description="How its variants differ, at most 3 ways.")
    @staticmethod
    async def options(product: Parent[ProductRow], info: Info, first: FirstOptions = UNSET) -> list[OptionRow]:
        return await variants.options_of(info.context, product.id, given(first))

    @strawberry.field(
        graphql_type=ProductVariant | None,
        description="The selected variant, else the first that can be bought, else the first; null without variants.",
    )
    @staticmethod
    async def selected_or_first_available_variant(
        product: Parent[ProductRow],
        info: Info,
        selected_options: SomeOptions = UNSET,
        ignore_unknown_options: IgnoreUnknownOptions = True,
        case_insensitive_match: CaseInsensitiveMatch = False,
    ) -> VariantRow | None:
        chosen = selection(selected_options, ignore_unknown_options, case_insensitive_match)
        return await variants.selected_or_first_available(info.context, product.id, chosen)

    @strawberry.field(
        graphql_type=ProductVariant | None, description="The variant of exactly these options; null without one."
    )
    @staticmethod
    async def variant_by_selected_options(
        product: Parent[ProductRow],
        info: Info,
        selected_options: SelectedOptions,
        ignore_unknown_options: IgnoreUnknownOptions = False,
        case_insensitive_match: CaseInsensitiveMatch = False,
    ) -> VariantRow | None:
        chosen = selection(selected_options, ignore_unknown_options, case_insensitive_match)
        return await variants.variant_by_selection(info.context, product.id, chosen)


@strawberry.type(
    description="A page of a list of products. One of `first` and `last` is required, at most 250.", directives=[PART]
)
class ProductConnection(Connection[Product]):
    @strawberry.field(
        graphql_type=list[Filter],
        description="What the whole list can be filtered by: what the shop offers and the list has values of. Empty for"
        " a list without products, whatever is chosen.",
        metadata={"cost": COUNTING},
    )
    @staticmethod
    async def filters(page: Parent[products.ProductPage]) -> list[Facet]:
        return await page.filters()
