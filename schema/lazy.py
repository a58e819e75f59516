"""Names for types that live in another schema module (they break the circles of annotations)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.catalog.collections import Collection
    from schema.catalog.metafields import Metafield
    from schema.catalog.products import Product
    from schema.catalog.variants import ProductVariant
    from schema.content.metaobjects import Metaobject
    from schema.content.pages import Article, Page
    from schema.reviews import ProductRating, Review

LazyArticle = Annotated["Article", strawberry.lazy("schema.content.pages")]
LazyCollection = Annotated["Collection", strawberry.lazy("schema.catalog.collections")]
LazyMetafield = Annotated["Metafield", strawberry.lazy("schema.catalog.metafields")]
LazyMetaobject = Annotated["Metaobject", strawberry.lazy("schema.content.metaobjects")]
LazyPage = Annotated["Page", strawberry.lazy("schema.content.pages")]
LazyProduct = Annotated["Product", strawberry.lazy("schema.catalog.products")]
LazyProductVariant = Annotated["ProductVariant", strawberry.lazy("schema.catalog.variants")]
LazyReview = Annotated["Review", strawberry.lazy("schema.reviews")]
LazyProductRating = Annotated["ProductRating", strawberry.lazy("schema.reviews")]
