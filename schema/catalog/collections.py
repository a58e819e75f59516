"""Collections, and filters of what they show."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import strawberry
from strawberry import UNSET, Parent

from db.catalog import CollectionRow
from resolvers import links
from resolvers.catalog import collections, media, products
from resolvers.catalog.products import ProductPage
from resolvers.context import Info
from resolvers.media import Picture, picture_of
from resolvers.text import truncated
from schema.caching import CATALOGUE
from schema.catalog.filters import ProductFilter, plain_filters
from schema.catalog.media import Image
from schema.catalog.metafields import HasMetafields
from schema.catalog.products import ProductConnection
from schema.node import Node
from schema.paging import SORTED_BY, After, Before, First, Last, Reverse, TruncateAt, given, page_args
from schema.scalars import Html, Url
from schema.seo import SEO, itself
from schema.trackable import OnlineStorePublishable, Trackable


@strawberry.enum(description="What a collection's products are sorted by.")
class ProductCollectionSortKeys(StrEnum):
    BEST_SELLING = "BEST_SELLING"
    COLLECTION_DEFAULT = "COLLECTION_DEFAULT"
    CREATED = "CREATED"
    ID = "ID"
    MANUAL = "MANUAL"
    PRICE = "PRICE"
    RELEVANCE = "RELEVANCE"
    TITLE = "TITLE"


async def _page(collection: Parent[CollectionRow], info: Info) -> Url | None:
    return Url(await links.collection_page(info.context, collection))


@strawberry.type(description="A named set of products.", directives=[CATALOGUE])
class Collection(
    HasMetafields, Node, OnlineStorePublishable, Trackable, row=CollectionRow, by=collections.CollectionById
):
    handle: str = strawberry.field(description="Its name in URLs; unique in the shop.")
    online_store_url: Url | None = strawberry.field(resolver=_page, description="Its page in the online shop.")
    seo: SEO = strawberry.field(resolver=itself, description="How search engines should show it.")
    title: str = strawberry.field(description="Its name.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Its description without HTML, cut to `truncateAt` characters.")
    @staticmethod
    def description(collection: Parent[CollectionRow], truncate_at: TruncateAt = UNSET) -> str:
        return truncated(collection.description, given(truncate_at))

    @strawberry.field(description="Its description; may be empty.")
    @staticmethod
    def description_html(collection: Parent[CollectionRow]) -> Html:
        return Html(collection.description_html)

    @strawberry.field(graphql_type=Image | None, description="The picture that stands for it; may be null.")
    @staticmethod
    async def image(collection: Parent[CollectionRow], info: Info) -> Picture | None:
        if collection.media_id is None:
            return None
        return picture_of(await info.context.loader(media.MediaById).load(collection.media_id))

    @strawberry.field(
        graphql_type=ProductConnection,
        description="What it shows, at most 250 a page; narrowed by filters, of which different kinds must all hold.",
    )
    @staticmethod
    async def products(
        collection: Parent[CollectionRow],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[ProductCollectionSortKeys | None, SORTED_BY] = ProductCollectionSortKeys.COLLECTION_DEFAULT,
        filters: Annotated[
            list[ProductFilter] | None, strawberry.argument(description="Show only what meets these, at most 250.")
        ] = UNSET,
    ) -> ProductPage:
        args = page_args(first, after, last, before, reverse, sort_key)
        chosen = await plain_filters(info.context, filters or [])
        return await products.products_of(info.context, collection, args, chosen)
