"""What customers thought."""

from datetime import datetime
from enum import StrEnum

import strawberry

from db.reviews import ReviewRow
from resolvers.catalog.products import ProductById
from resolvers.reviews import ReviewById
from schema.caching import CATALOGUE, PART
from schema.fields import edge
from schema.lazy import LazyProduct
from schema.node import Node


@strawberry.enum(
    description="What reviews are sorted by. CREATED_AT: the newest first, RATING: the most stars first, unless"
    " `reverse`. By the keys of products it is the other way: CREATED_AT has the oldest first."
)
class ProductReviewSortKeys(StrEnum):
    CREATED_AT = "CREATED_AT"
    RATING = "RATING"


@strawberry.type(description="How many reviews gave a number of stars.", directives=[PART])
class ProductRatingCount:
    count: int = strawberry.field(description="How many reviews.")
    stars: int = strawberry.field(description="From 1 to 5.")


@strawberry.type(description="What all reviews of a product come to.", directives=[PART])
class ProductRating:
    average: float | None = strawberry.field(description="The mean of the stars, to two places; null without reviews.")
    count: int = strawberry.field(description="How many reviews there are.")

    distribution: list[ProductRatingCount] = strawberry.field(description="How many gave 1, 2, 3, 4 and 5 stars.")


@strawberry.type(description="What a customer thought of a product.", directives=[CATALOGUE])
class Review(Node, row=ReviewRow, by=ReviewById):
    author: str = strawberry.field(description="The name that the customer gave.")
    body: str = strawberry.field(description="The text; may be empty.")
    created_at: datetime = strawberry.field(description="When it was written.")
    product: LazyProduct | None = edge(ProductById, key="product_id", description="What was reviewed; null when gone.")
    rating: int = strawberry.field(description="From 1 to 5 stars.")
    title: str = strawberry.field(description="The headline; may be empty.")
