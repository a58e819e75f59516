"""Where queries of the catalogue begin."""

from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import CollectionRow, ProductRow
from db.shop import ShopRow
from resolvers import shop
from resolvers.catalog import collections, products
from resolvers.catalog.products import ProductPage
from resolvers.context import Info
from resolvers.ids import numbered
from resolvers.paging import Page
from resolvers.recommendations import recommendations
from resolvers.search import COLLECTION_KEYS, PRODUCT_KEYS
from schema.asked import asked
from schema.caching import CATALOGUE
from schema.catalog.collections import Collection
from schema.catalog.products import Product, ProductConnection
from schema.node import Node, find_node
from schema.paging import SORTED_BY, After, Before, Connection, First, Last, Reverse, StringConnection, page_args
from schema.shop import Shop


@strawberry.enum(description="What products are sorted by.")
class ProductSortKeys(StrEnum):
    BEST_SELLING = "BEST_SELLING"
    CREATED_AT = "CREATED_AT"
    ID = "ID"
    PRICE = "PRICE"
    PRODUCT_TYPE = "PRODUCT_TYPE"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"
    VENDOR = "VENDOR"


@strawberry.enum(description="What collections are sorted by.")
class CollectionSortKeys(StrEnum):
    ID = "ID"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


API_VERSION = "2026-04"
"""The version of the Storefront API whose names and meanings are kept."""


@strawberry.type(description="A version of the API.", directives=[CATALOGUE])
class ApiVersion:
    @strawberry.field(description="Its name for people.")
    @staticmethod
    def display_name(handle: Parent[str]) -> str:
        return handle if handle == API_VERSION else handle.capitalize()

    @strawberry.field(description="Its name in paths, such as `2026-04`.")
    @staticmethod
    def handle(handle: Parent[str]) -> str:
        return handle

    @strawberry.field(description="Whether clients can rely on it.")
    @staticmethod
    def supported(handle: Parent[str]) -> bool:
        return handle == API_VERSION


@strawberry.enum(description="What is recommended beside a product.")
class ProductRecommendationIntent(StrEnum):
    COMPLEMENTARY = "COMPLEMENTARY"
    RELATED = "RELATED"


GlobalId: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The global id.")]
SomeId: TypeAlias = Annotated[strawberry.ID | None, strawberry.argument(description="The global id.")]
GlobalIds: TypeAlias = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most 250.")]
Handle: TypeAlias = Annotated[str, strawberry.argument(description="The name in URLs.")]
SomeHandle: TypeAlias = Annotated[str | None, strawberry.argument(description="The name in URLs.")]
SearchText: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="Only what this search asks for, such as `tag:sale AND title:mug`; "
        "the answer's `extensions.search` warns of keys that it does not know."
    ),
]
HowMany: TypeAlias = Annotated[int, strawberry.argument(description="How many from the start, 0 to 250.")]
Intent: TypeAlias = Annotated[
    ProductRecommendationIntent | None,
    strawberry.argument(description="What kind; related ones by default."),
]


def number_of(gid: str | None, kind: str) -> int | None:
    """The number in a global id; 0, which nothing has, for an id of something else. None where none is given."""
    return numbered(gid, kind) or 0 if gid else None


@strawberry.type
class CatalogQuery:
    @strawberry.field(
        graphql_type=Collection | None, description="The collection of that id, else of that handle; or null."
    )
    @staticmethod
    async def collection(
        info: Info,
        id: SomeId = UNSET,
        handle: SomeHandle = UNSET,
    ) -> CollectionRow | None:
        number = number_of(id, "Collection")
        return await collections.find_collection(info.context, number, handle or None)

    @strawberry.field(
        graphql_type=Collection | None,
        description="The collection of that handle; or null.",
        deprecation_reason="Use `collection`.",
    )
    @staticmethod
    async def collection_by_handle(info: Info, handle: Handle) -> CollectionRow | None:
        return await collections.find_collection(info.context, None, handle)

    @strawberry.field(graphql_type=Connection[Collection], description="Collections, at most 250 a page.")
    @staticmethod
    async def collections(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[CollectionSortKeys | None, SORTED_BY] = CollectionSortKeys.ID,
        query: SearchText = UNSET,
    ) -> Page[CollectionRow]:
        args = page_args(first, after, last, before, reverse, sort_key)
        return await collections.list_collections(info.context, args, asked(info, query, COLLECTION_KEYS))

    @strawberry.field(
        graphql_type=Node | None,
        description="What has that global id; null for any other id.",
        directives=[CATALOGUE],
    )
    @staticmethod
    async def node(info: Info, id: GlobalId) -> Any:
        return await find_node(info.context, id)

    @strawberry.field(
        graphql_type=list[Node | None],
        description="What has those global ids, at most 250; null for each unknown.",
        directives=[CATALOGUE],
    )
    @staticmethod
    async def nodes(info: Info, ids: GlobalIds) -> list[Any]:
        return [find_node(info.context, gid) for gid in ids]

    @strawberry.field(
        graphql_type=Product | None,
        description="The product of that id, else of that handle; or null.",
        metadata={"source": products.PRODUCT},
    )
    @staticmethod
    async def product(
        info: Info,
        id: SomeId = UNSET,
        handle: SomeHandle = UNSET,
    ) -> ProductRow | None:
        number = number_of(id, "Product")
        return await products.find_product(info.context, number, handle or None, products.PRODUCT)

    @strawberry.field(
        graphql_type=Product | None,
        description="The product of that handle; or null.",
        deprecation_reason="Use `product`.",
        metadata={"source": products.PRODUCT},
    )
    @staticmethod
    async def product_by_handle(info: Info, handle: Handle) -> ProductRow | None:
        return await products.find_product(info.context, None, handle, products.PRODUCT)

    @strawberry.field(
        graphql_type=list[Product] | None,
        description="Up to 10 products to show beside one: those that the merchant chose in its metafields, then those "
        "that share collections, tags or (unless complementary) its type. Null when there is no such product.",
    )
    @staticmethod
    async def product_recommendations(
        info: Info,
        product_id: SomeId = UNSET,
        product_handle: SomeHandle = UNSET,
        intent: Intent = ProductRecommendationIntent.RELATED,
    ) -> list[ProductRow] | None:
        number = number_of(product_id, "Product")
        complementary = intent is ProductRecommendationIntent.COMPLEMENTARY
        return await recommendations(info.context, number, product_handle or None, complementary=complementary)

    @strawberry.field(
        graphql_type=ProductConnection,
        description="Products, at most 250 a page.",
        metadata={"source": products.PRODUCTS},
    )
    @staticmethod
    async def products(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[ProductSortKeys | None, SORTED_BY] = ProductSortKeys.ID,
        query: SearchText = UNSET,
    ) -> ProductPage:
        args = page_args(first, after, last, before, reverse, sort_key)
        return await products.list_products(info.context, args, asked(info, query, PRODUCT_KEYS))

    @strawberry.field(graphql_type=StringConnection, description="The tags of products by the alphabet, at most 250.")
    @staticmethod
    async def product_tags(info: Info, first: HowMany) -> Page[str]:
        return await products.list_tags(info.context, page_args(first, None, None, None))

    @strawberry.field(graphql_type=StringConnection, description="The types of products by the alphabet, at most 250.")
    @staticmethod
    async def product_types(info: Info, first: HowMany) -> Page[str]:
        return await products.list_types(info.context, page_args(first, None, None, None))

    @strawberry.field(
        graphql_type=list[ApiVersion], description="The versions that paths may name; any other is served alike."
    )
    @staticmethod
    def public_api_versions() -> list[str]:
        return [API_VERSION, "unstable"]

    @strawberry.field(graphql_type=Shop, description="The shop.")
    @staticmethod
    async def shop(info: Info) -> ShopRow:
        return await shop.the_shop(info.context)
