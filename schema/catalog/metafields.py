"""Metafields: typed extra values."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import MetafieldRow
from db.catalog.metafields import MetafieldOwner
from resolvers import metafields
from resolvers.context import Info
from resolvers.paging import Page
from schema.caching import CATALOGUE, PART
from schema.catalog.media import MediaImage, Model3d, Video
from schema.fields import edge
from schema.lazy import (
    LazyArticle,
    LazyCollection,
    LazyMetafield,
    LazyMetaobject,
    LazyPage,
    LazyProduct,
    LazyProductVariant,
)
from schema.node import Node
from schema.paging import After, Before, Connection, First, Last, page_args

MetafieldReference = Annotated[
    LazyArticle
    | LazyCollection
    | MediaImage
    | LazyMetaobject
    | Model3d
    | LazyPage
    | LazyProduct
    | LazyProductVariant
    | Video,
    strawberry.union("MetafieldReference", description="What a metafield can refer to.", directives=[PART]),
]


@strawberry.type(description="A typed value under a namespace and key.", directives=[CATALOGUE])
class Metafield(Node, row=MetafieldRow, by=metafields.MetafieldById):
    created_at: datetime = strawberry.field(description="When it was first set.")
    description: str | None = edge(
        metafields.DescriptionByMetafield, key="id", description="What its definition says it is for; may be null."
    )
    key: str = strawberry.field(description="Its name within the namespace.")
    namespace: str = strawberry.field(description="The group it belongs to.")
    type: str = strawberry.field(description="The type of its value, such as `number_integer` or `list.color`.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    value: str = strawberry.field(description="The value as text; lists and objects as JSON.")

    @strawberry.field(
        graphql_type=MetafieldReference | None, description="What it refers to; null for other types and lists."
    )
    @staticmethod
    async def reference(row: Parent[MetafieldRow], info: Info) -> Any:
        return await metafields.reference_of(info.context, row)

    @strawberry.field(
        graphql_type=Connection[MetafieldReference] | None,
        description="What a list refers to, at most 250 a page; null for other types.",
    )
    @staticmethod
    async def references(
        row: Parent[MetafieldRow],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Page[Any] | None:
        return await metafields.references_of(info.context, row, page_args(first, after, last, before))


@strawberry.input(description="Names a metafield.")
class HasMetafieldsIdentifier:
    key: str = strawberry.field(description="Its name within the namespace.")
    namespace: str | None = strawberry.field(default=UNSET, description="Its group; `custom` when left out.")


Key: TypeAlias = Annotated[str, strawberry.argument(description="Its name within the namespace.")]
Namespace: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Its group; `custom` when null or left out.")
]
Identifiers: TypeAlias = Annotated[
    list[HasMetafieldsIdentifier], strawberry.argument(description="Their names, at most 250.")
]


@strawberry.interface(description="Anything that can carry metafields.", directives=[PART])
class HasMetafields:
    @strawberry.field(
        graphql_type=LazyMetafield | None, description="The metafield of that name; null when there is none."
    )
    @staticmethod
    async def metafield(row: Parent[Any], info: Info, key: Key, namespace: Namespace = UNSET) -> MetafieldRow | None:
        owner = OWNERS[info.path.typename or ""]
        return await metafields.metafield_of(info.context, owner, row.id, namespace or None, key)

    @strawberry.field(
        graphql_type=list[LazyMetafield | None],
        description="The metafields of those names, in that order, at most 250; null for each that there is not.",
    )
    @staticmethod
    async def metafields(row: Parent[Any], info: Info, identifiers: Identifiers) -> list[MetafieldRow | None]:
        owner = OWNERS[info.path.typename or ""]
        names = [(identifier.namespace or None, identifier.key) for identifier in identifiers]
        return await metafields.metafields_of(info.context, owner, row.id, names)


OWNERS = {
    "Product": MetafieldOwner.PRODUCT,
    "ProductVariant": MetafieldOwner.VARIANT,
    "Collection": MetafieldOwner.COLLECTION,
    "Shop": MetafieldOwner.SHOP,
    "Article": MetafieldOwner.ARTICLE,
    "Blog": MetafieldOwner.BLOG,
    "Location": MetafieldOwner.LOCATION,
    "Page": MetafieldOwner.PAGE,
}
"""Which metafields belong to which type."""
