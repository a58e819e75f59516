"""Filters of products: what a list offers, and what a client asks for."""

from enum import StrEnum

import strawberry
from strawberry import UNSET, Parent

from resolvers.catalog import media
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import numbered
from resolvers.search import FacetValue, ProductFilters, filters_as_written, price_bounds
from schema.caching import PART
from schema.catalog.media import MediaImage
from schema.fields import edge
from schema.paging import given
from schema.scalars import Color, Json


@strawberry.enum(description="What kind of values a filter has.")
class FilterType(StrEnum):
    BOOLEAN = "BOOLEAN"
    LIST = "LIST"
    PRICE_RANGE = "PRICE_RANGE"


@strawberry.enum(description="How the values of a filter are to be shown.")
class FilterPresentation(StrEnum):
    IMAGE = "IMAGE"
    SWATCH = "SWATCH"
    TEXT = "TEXT"


@strawberry.type(description="How a value of a filter looks.", directives=[PART])
class Swatch:
    @strawberry.field(description="Its colour; null when a picture alone shows it.")
    @staticmethod
    def color(value: Parent[FacetValue]) -> Color | None:
        return Color(value.color) if value.color else None

    image: MediaImage | None = edge(media.MediaById, key="media_id", description="A picture of it; may be null.")


@strawberry.type(description="A value that a list of products can be filtered by.", directives=[PART])
class FilterValue:
    count: int = strawberry.field(
        description="How many products there are if it is chosen instead of the filter's other values, and all other"
        " filters stay. Of a list of more than 2,500 products the first 2,500 by id are counted."
    )
    id: str = strawberry.field(description="Tells it apart from every other value of the list's filters.")
    image: MediaImage | None = edge(
        media.MediaById, key="image_id", description="What shows it where the presentation is IMAGE; else null."
    )
    label: str = strawberry.field(description="What people call it.")

    @strawberry.field(description="The `ProductFilter` that asks for it, as a text of JSON; the same text every time.")
    @staticmethod
    def input(value: Parent[FacetValue]) -> Json:
        return Json(value.input)

    swatch: Swatch | None = strawberry.field(description="How it looks where the presentation is SWATCH; may be null.")


@strawberry.type(description="Something that a list of products can be filtered by.", directives=[PART])
class Filter:
    id: str = strawberry.field(description="Tells it apart from the list's other filters; the same in every list.")
    label: str = strawberry.field(description="What people call it.")
    presentation: FilterPresentation | None = strawberry.field(
        description="How its values are to be shown; null where they are no list."
    )
    type: FilterType = strawberry.field(description="What kind of values it has.")
    values: list[FilterValue] = strawberry.field(
        description="What can be chosen, at most 250: what the list has without any filter, and what is chosen now."
    )


@strawberry.input(description="A range of prices in the operation's currency, both ends included.")
class PriceRangeFilter:
    max: float | None = strawberry.field(default=UNSET, description="At most this; null: no limit.")
    min: float | None = strawberry.field(default=0, description="At least this.")


@strawberry.input(description="A variant's option.")
class VariantOptionFilter:
    name: str = strawberry.field(description="The option, such as `Size`.")
    value: str = strawberry.field(description="The value, such as `XL`.")


@strawberry.input(description="A metafield's value.")
class MetafieldFilter:
    key: str = strawberry.field(description="The metafield's key.")
    namespace: str = strawberry.field(description="The metafield's namespace.")
    value: str = strawberry.field(description="Its value, as text.")


@strawberry.input(description="A node of the product taxonomy, and all below it.")
class CategoryFilter:
    id: str = strawberry.field(description="The global id of the category.")


@strawberry.input(description="The value of a metafield that the product's category defines.")
class TaxonomyMetafieldFilter:
    key: str = strawberry.field(description="The metafield's key.")
    namespace: str = strawberry.field(description="The metafield's namespace.")
    value: str = strawberry.field(description="Its value, as text.")


@strawberry.input(description="One condition on products. Several of one kind are alternatives, all kinds must hold.")
class ProductFilter:
    available: bool | None = strawberry.field(default=UNSET, description="Whether it can be bought now.")
    category: CategoryFilter | None = strawberry.field(default=UNSET, description="Its place in the taxonomy.")
    price: PriceRangeFilter | None = strawberry.field(default=UNSET, description="What a variant costs.")
    product_metafield: MetafieldFilter | None = strawberry.field(default=UNSET, description="A metafield of it.")
    product_type: str | None = strawberry.field(default=UNSET, description="Its type, as written or as shown.")
    product_vendor: str | None = strawberry.field(default=UNSET, description="Its vendor.")
    tag: str | None = strawberry.field(default=UNSET, description="One of its tags.")
    taxonomy_metafield: TaxonomyMetafieldFilter | None = strawberry.field(
        default=UNSET, description="A metafield that its category defines."
    )
    variant_metafield: MetafieldFilter | None = strawberry.field(default=UNSET, description="A variant's metafield.")
    variant_option: VariantOptionFilter | None = strawberry.field(default=UNSET, description="A variant's option.")


async def plain_filters(context: Context, filters: list[ProductFilter]) -> ProductFilters | None:
    """Filters for resolvers; None for none."""
    if not filters:
        return None
    ranges = [f.price for f in filters if f.price]
    plain = ProductFilters(
        available=tuple(f.available for f in filters if f.available is not None and f.available is not UNSET),
        product_types=tuple(f.product_type for f in filters if f.product_type),
        vendors=tuple(f.product_vendor for f in filters if f.product_vendor),
        tags=tuple(f.tag for f in filters if f.tag),
        categories=tuple(_category(f.category) for f in filters if f.category),
        prices=tuple([await price_bounds(context, given(range_.min), given(range_.max)) for range_ in ranges]),
        variant_options=tuple((f.variant_option.name, f.variant_option.value) for f in filters if f.variant_option),
        product_metafields=tuple(
            _metafield(named) for f in filters for named in (f.product_metafield, f.taxonomy_metafield) if named
        ),
        variant_metafields=tuple(_metafield(f.variant_metafield) for f in filters if f.variant_metafield),
    )
    return await filters_as_written(context, plain)


def _metafield(wanted: MetafieldFilter | TaxonomyMetafieldFilter) -> tuple[str, str, str]:
    return (wanted.namespace, wanted.key, wanted.value)


def _category(wanted: CategoryFilter) -> int:
    number = numbered(wanted.id, "TaxonomyCategory")
    if number is None:
        raise ClientError("BAD_REQUEST", f"{wanted.id[:80]!r} is not the id of a category.")
    return number
