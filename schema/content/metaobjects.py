"""Metaobjects: content with fields of the shop's own making."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import UNSET, Parent

from db.content import MetaobjectRow
from resolvers import metafields
from resolvers.content import metaobjects
from resolvers.content.metaobjects import MetaobjectValue
from resolvers.context import Info
from resolvers.paging import Page
from schema.caching import CONTENT, PART
from schema.catalog.metafields import MetafieldReference
from schema.node import Node
from schema.paging import After, Before, Connection, First, Last, page_args
from schema.scalars import Url
from schema.trackable import OnlineStorePublishable


@strawberry.type(description="A field of a metaobject.", directives=[PART])
class MetaobjectField:
    key: str = strawberry.field(description="Its name.")
    type: str = strawberry.field(description="The type of its value, such as `single_line_text_field`.")
    value: str | None = strawberry.field(description="The value as text; lists and objects as JSON.")

    @strawberry.field(
        graphql_type=MetafieldReference | None, description="What it refers to; null for other types and lists."
    )
    @staticmethod
    async def reference(field: Parent[MetaobjectValue], info: Info) -> Any:
        return await metafields.reference_of(info.context, field)

    @strawberry.field(
        graphql_type=Connection[MetafieldReference] | None,
        description="What a list refers to, at most 250 a page; null for other types.",
    )
    @staticmethod
    async def references(
        field: Parent[MetaobjectValue],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Page[Any] | None:
        return await metafields.references_of(info.context, field, page_args(first, after, last, before))


@strawberry.type(description="What search engines are told of a metaobject.", directives=[PART])
class MetaobjectSEO:
    @strawberry.field(graphql_type=MetaobjectField | None, description="The text below the title; may be null.")
    @staticmethod
    async def description(row: Parent[MetaobjectRow], info: Info) -> MetaobjectValue | None:
        return await metaobjects.summary_of(info.context, row)

    @strawberry.field(graphql_type=MetaobjectField | None, description="The title; may be null.")
    @staticmethod
    async def title(row: Parent[MetaobjectRow], info: Info) -> MetaobjectValue | None:
        return await metaobjects.title_of(info.context, row)


async def _page(row: Parent[MetaobjectRow], info: Info) -> Url | None:
    found = await metaobjects.page_of_metaobject(info.context, row)
    return None if found is None else Url(found)


@strawberry.type(description="Content with fields of the shop's own making.", directives=[CONTENT])
class Metaobject(Node, OnlineStorePublishable, row=MetaobjectRow, by=metaobjects.MetaobjectById):
    handle: str = strawberry.field(description="Its name; unique in its type.")
    online_store_url: Url | None = strawberry.field(
        resolver=_page, description="Where it is in the online shop; null for a type that has no pages."
    )
    type: str = strawberry.field(description="What kind it is.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(graphql_type=MetaobjectField | None, description="The field of that name; null without a value.")
    @staticmethod
    def field(
        row: Parent[MetaobjectRow], key: Annotated[str, strawberry.argument(description="Its name.")]
    ) -> MetaobjectValue | None:
        return metaobjects.value_of(row, key)

    @strawberry.field(graphql_type=list[MetaobjectField], description="The fields that have a value.")
    @staticmethod
    def fields(row: Parent[MetaobjectRow]) -> list[MetaobjectValue]:
        return metaobjects.values_of(row)

    @strawberry.field(
        graphql_type=MetaobjectSEO | None, description="What search engines are told; null for a type without pages."
    )
    @staticmethod
    async def seo(row: Parent[MetaobjectRow], info: Info) -> MetaobjectRow | None:
        return row if await metaobjects.has_pages(info.context, row) else None
