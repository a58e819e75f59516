"""Filters of products."""

import strawberry
from strawberry import UNSET

from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import numbered
from resolvers.search import ProductFilters, price_bounds
from schema.paging import given


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
    product_type: str | None = strawberry.field(default=UNSET, description="Its type.")
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
    return ProductFilters(
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


def _metafield(wanted: MetafieldFilter | TaxonomyMetafieldFilter) -> tuple[str, str, str]:
    return (wanted.namespace, wanted.key, wanted.value)


def _category(wanted: CategoryFilter) -> int:
    number = numbered(wanted.id, "TaxonomyCategory")
    if number is None:
        raise ClientError("BAD_REQUEST", f"{wanted.id[:80]!r} is not the id of a category.")
    return number
