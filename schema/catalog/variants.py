"""Variants and the options that tell them apart."""

from enum import StrEnum
from operator import attrgetter
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.catalog import OptionRow, OptionValueRow, VariantRow
from db.inventory import InventoryLevelRow
from db.pricing import PriceBreakRow
from resolvers import inventory, pricing, units
from resolvers.amounts import Money
from resolvers.catalog import media, products, variants
from resolvers.catalog.variants import Selection
from resolvers.context import Info
from resolvers.media import Picture, picture_of
from resolvers.paging import Page
from resolvers.stores import StoresByVariant
from schema.caching import CATALOGUE, PART, STOCK
from schema.catalog.media import Image, Media
from schema.catalog.metafields import HasMetafields
from schema.catalog.stores import Near, StoreAvailability
from schema.fields import edge
from schema.lazy import LazyProduct, LazyProductVariant
from schema.node import Node
from schema.paging import After, Before, Connection, First, Last, Reverse, page_args
from schema.pricing import MoneyV2, QuantityPriceBreak, QuantityRule, UnitPriceMeasurement
from schema.scalars import Color


@strawberry.enum(description="What variants are sorted by.")
class ProductVariantSortKeys(StrEnum):
    ID = "ID"
    POSITION = "POSITION"
    RELEVANCE = "RELEVANCE"
    SKU = "SKU"
    TITLE = "TITLE"


@strawberry.enum(description="Units of weight.")
class WeightUnit(StrEnum):
    GRAMS = "g"
    KILOGRAMS = "kg"
    OUNCES = "oz"
    POUNDS = "lb"


@strawberry.type(description="An option and the value chosen for it.", directives=[PART])
class SelectedOption:
    name: str = strawberry.field(description="The option, such as `Size`.")
    value: str = strawberry.field(description="The value, such as `XL`.")


@strawberry.input(description="An option and the value chosen for it.")
class SelectedOptionInput:
    name: str = strawberry.field(description="The option, such as `Size`.")
    value: str = strawberry.field(description="The value, such as `XL`.")


_SELECTED = "The values that are chosen, at most 250; of an option named twice the last counts."
_IGNORED = "Whether options and values that the product has not are left out of account."
_MATCHED = "Whether names and values match in capitals and small letters alike."
SomeOptions: TypeAlias = Annotated[list[SelectedOptionInput] | None, strawberry.argument(description=_SELECTED)]
SelectedOptions: TypeAlias = Annotated[list[SelectedOptionInput], strawberry.argument(description=_SELECTED)]
IgnoreUnknownOptions: TypeAlias = Annotated[bool | None, strawberry.argument(description=_IGNORED)]
CaseInsensitiveMatch: TypeAlias = Annotated[bool | None, strawberry.argument(description=_MATCHED)]


def selection(
    options: list[SelectedOptionInput] | None, ignore_unknown: bool | None, ignore_case: bool | None
) -> Selection:
    """Selected options for resolvers."""
    named = tuple(variants.SelectedOption(option.name, option.value) for option in options or ())
    return Selection(named, bool(ignore_unknown), bool(ignore_case))


@strawberry.type(description="How an option value looks.", directives=[PART])
class ProductOptionValueSwatch:
    @strawberry.field(description="Its colour; null when a picture alone shows it.")
    @staticmethod
    def color(value: Parent[OptionValueRow]) -> Color | None:
        return Color(value.swatch_color) if value.swatch_color else None

    image: Media | None = edge(media.MediaById, key="swatch_media_id", description="A picture of it; may be null.")


@strawberry.type(description="One choice of an option.", directives=[CATALOGUE])
class ProductOptionValue(Node, row=OptionValueRow, by=variants.ValueById):
    first_selectable_variant: LazyProductVariant | None = edge(
        variants.FirstVariantByValue,
        key="id",
        description="The variant with this value and the first values of the other options; null without any.",
    )
    name: str = strawberry.field(description="The value, such as `XL`.")

    @strawberry.field(graphql_type=ProductOptionValueSwatch | None, description="How it looks; null when not known.")
    @staticmethod
    def swatch(value: Parent[OptionValueRow]) -> OptionValueRow | None:
        return value if value.swatch_color or value.swatch_media_id else None


@strawberry.type(description="A way in which a product's variants differ.", directives=[CATALOGUE])
class ProductOption(Node, row=OptionRow, by=variants.OptionById):
    name: str = strawberry.field(description="Such as `Size`.")
    option_values: list[ProductOptionValue] = edge(
        variants.ValuesByOption, key="id", description="Its choices, in the merchant's order."
    )

    @strawberry.field(description="The names of its choices.", deprecation_reason="Use `optionValues`.")
    @staticmethod
    async def values(option: Parent[OptionRow], info: Info) -> list[str]:
        return [value.name for value in await info.context.loader(variants.ValuesByOption).load(option.id)]


@strawberry.type(description="One buyable combination of a product's options.", directives=[CATALOGUE])
class ProductVariant(HasMetafields, Node, row=VariantRow, by=variants.VariantById):
    barcode: str | None = strawberry.field(description="Its GTIN or other code; may be null.")
    requires_shipping: bool = strawberry.field(description="Whether it has to be sent.")
    sku: str | None = strawberry.field(description="The shop's own number for it; may be null.")
    taxable: bool = strawberry.field(description="Whether tax is charged on it.")
    title: str = strawberry.field(description="Its option values, joined by ` / `.")
    product: LazyProduct = edge(products.ProductById, key="product_id", description="The product it belongs to.")
    selected_options: list[SelectedOption] = edge(
        variants.SelectedOptionsByVariant, key="id", description="The values that make it this variant."
    )
    price: MoneyV2 = edge(
        pricing.PriceByVariant, key="id", pick=attrgetter("now"), description="What it costs in the operation's market."
    )
    price_v2: MoneyV2 = edge(
        pricing.PriceByVariant,
        key="id",
        pick=attrgetter("now"),
        description="What it costs.",
        deprecated="Use `price`.",
    )
    compare_at_price: MoneyV2 | None = edge(
        pricing.PriceByVariant,
        key="id",
        pick=attrgetter("before"),
        description="What it cost before; null when it is not on sale.",
    )
    compare_at_price_v2: MoneyV2 | None = edge(
        pricing.PriceByVariant,
        key="id",
        pick=attrgetter("before"),
        description="What it cost before.",
        deprecated="Use `compareAtPrice`.",
    )

    @strawberry.field(
        description="Whether it can be bought now.",
        directives=[STOCK],
        metadata={"in_sql": inventory.available_in_sql},
    )
    @staticmethod
    async def available_for_sale(variant: Parent[VariantRow], info: Info) -> bool:
        return await inventory.available_for_sale(info.context, variant)

    @strawberry.field(description="Whether it can be bought although nothing of it is in stock.", directives=[STOCK])
    @staticmethod
    async def currently_not_in_stock(variant: Parent[VariantRow], info: Info) -> bool:
        return await inventory.sold_beyond_stock(info.context, variant)

    @strawberry.field(
        description="How many are free to sell; null when nobody counts. May be negative.",
        directives=[STOCK],
        metadata={"in_sql": inventory.quantity_in_sql},
    )
    @staticmethod
    async def quantity_available(variant: Parent[VariantRow], info: Info) -> int | None:
        return await inventory.quantity_available(info.context, variant)

    @strawberry.field(graphql_type=Image | None, description="Its own picture, else the product's first; may be null.")
    @staticmethod
    async def image(variant: Parent[VariantRow], info: Info) -> Picture | None:
        return picture_of(await media.image_of_variant(info.context, variant))

    @strawberry.field(
        graphql_type=Connection[QuantityPriceBreak], description="Lower prices from larger quantities on."
    )
    @staticmethod
    async def quantity_price_breaks(
        variant: Parent[VariantRow],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Page[PriceBreakRow]:
        args = page_args(first, after, last, before)
        return await pricing.breaks_of(info.context, variant.id, args)

    @strawberry.field(graphql_type=QuantityRule, description="In what quantities it is sold.")
    @staticmethod
    def quantity_rule(variant: Parent[VariantRow]) -> VariantRow:
        return variant

    @strawberry.field(
        graphql_type=Connection[StoreAvailability],
        description="The stores that keep it, where customers may collect; the preferred and the nearest first.",
    )
    @staticmethod
    async def store_availability(
        variant: Parent[VariantRow],
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        near: Near = UNSET,
    ) -> Page[InventoryLevelRow]:
        args = page_args(first, after, last, before, reverse)
        return await info.context.loader(StoresByVariant, near.plain() if near else None).load((variant.id, args))

    @strawberry.field(
        graphql_type=MoneyV2 | None, description="What the reference quantity costs; null when not measured."
    )
    @staticmethod
    async def unit_price(variant: Parent[VariantRow], info: Info) -> Money | None:
        price = await pricing.price_of(info.context, variant.id)
        return units.unit_price(
            price.now,
            variant.unit_quantity,
            variant.unit_quantity_unit,
            variant.unit_reference,
            variant.unit_reference_unit,
        )

    @strawberry.field(
        graphql_type=UnitPriceMeasurement | None, description="How much it holds; null when not measured."
    )
    @staticmethod
    def unit_price_measurement(variant: Parent[VariantRow]) -> VariantRow | None:
        return variant if variant.unit_quantity is not None else None

    @strawberry.field(description="In its own unit; null when not known.")
    @staticmethod
    def weight(variant: Parent[VariantRow]) -> float | None:
        return variants.weight_in(variant.grams, variant.weight_unit)

    @strawberry.field(graphql_type=WeightUnit, description="The unit of its weight.")
    @staticmethod
    def weight_unit(variant: Parent[VariantRow]) -> str:
        return variant.weight_unit
