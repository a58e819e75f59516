"""The sitemap: what has pages of its own."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import strawberry
from strawberry import Parent

from resolvers import sitemap
from resolvers.context import Info
from resolvers.sitemap import SitemapEntry, SitemapPage
from schema.caching import CONTENT, PART


@strawberry.enum(description="What a sitemap lists.")
class SitemapType(StrEnum):
    ARTICLE = "ARTICLE"
    BLOG = "BLOG"
    COLLECTION = "COLLECTION"
    METAOBJECT = "METAOBJECT"
    PAGE = "PAGE"
    PRODUCT = "PRODUCT"


@strawberry.enum(description="How exact a count is.")
class CountPrecision(StrEnum):
    AT_LEAST = "AT_LEAST"
    EXACT = "EXACT"


@strawberry.type(description="How many there are.", directives=[PART])
class Count:
    @strawberry.field(description="The number.")
    @staticmethod
    def count(number: Parent[int]) -> int:
        return number

    @strawberry.field(graphql_type=CountPrecision, description="How exact it is; always exact.")
    @staticmethod
    def precision() -> str:
        return CountPrecision.EXACT.value


@strawberry.interface(description="A page of the online shop.", directives=[PART])
class SitemapResourceInterface:
    handle: str = strawberry.field(description="Its name in URLs.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A page of the online shop.", directives=[PART])
class SitemapResource(SitemapResourceInterface):
    title: str | None = strawberry.field(description="Its title.")

    @classmethod
    def is_type_of(cls, value: object, _info: Info) -> bool:
        return isinstance(value, SitemapEntry) and value.type is None


@strawberry.type(description="A metaobject's page of the online shop.", directives=[PART])
class SitemapResourceMetaobject(SitemapResourceInterface):
    type: str = strawberry.field(description="What kind it is.")

    @strawberry.field(description="Its name in URLs.")
    @staticmethod
    def online_store_url_handle(entry: Parent[SitemapEntry]) -> str | None:
        return entry.handle

    @classmethod
    def is_type_of(cls, value: object, _info: Info) -> bool:
        return isinstance(value, SitemapEntry) and value.type is not None


@strawberry.type(description="A page of a sitemap, of up to 250 entries.", directives=[PART])
class PaginatedSitemapResources:
    has_next_page: bool = strawberry.field(description="Whether there is another page.")
    items: list[SitemapResourceInterface] = strawberry.field(description="Its entries, in the order of their ids.")


@strawberry.type(description="Everything of a kind that has a page of its own.", directives=[CONTENT])
class Sitemap:
    @strawberry.field(graphql_type=Count | None, description="How many pages of entries there are, at least one.")
    @staticmethod
    async def pages_count(kind: Parent[str], info: Info) -> int:
        return await sitemap.sitemap_pages(info.context, kind)

    @strawberry.field(graphql_type=PaginatedSitemapResources | None, description="A page of entries.")
    @staticmethod
    async def resources(
        kind: Parent[str], info: Info, page: Annotated[int, strawberry.argument(description="Which one, from 1 on.")]
    ) -> SitemapPage:
        return await sitemap.sitemap_page(info.context, kind, page)


@strawberry.type
class SitemapQuery:
    @strawberry.field(graphql_type=Sitemap, description="What has pages of its own, for search engines.")
    @staticmethod
    def sitemap(type: Annotated[SitemapType, strawberry.argument(description="Of what kind.")]) -> str:
        return type.value
