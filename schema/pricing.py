"""Money, prices and what is measured for them."""

from enum import StrEnum

import strawberry
from strawberry import Parent

from db.catalog import VariantRow
from db.pricing import PriceBreakRow
from resolvers import amounts, pricing, units
from resolvers.amounts import Money
from resolvers.context import Info
from schema.caching import PART
from schema.codes import CurrencyCode
from schema.scalars import Decimal


@strawberry.type(description="An amount of money in a currency.", directives=[PART])
class MoneyV2:
    @strawberry.field(
        description='The amount, such as `"29.99"` or `"10.0"`.', metadata={"in_sql": amounts.decimal_in_sql}
    )
    @staticmethod
    def amount(money: Parent[Money]) -> Decimal:
        return Decimal(amounts.decimal_text(money.amount, money.currency))

    currency: CurrencyCode = strawberry.field(
        name="currencyCode", description="The currency of the amount.", metadata={"in_sql": amounts.currency_in_sql}
    )


@strawberry.type(description="The lowest and the highest of several prices.", directives=[PART])
class ProductPriceRange:
    min_variant_price: MoneyV2 = strawberry.field(name="minVariantPrice", description="The lowest.")
    max_variant_price: MoneyV2 = strawberry.field(name="maxVariantPrice", description="The highest.")


@strawberry.enum(description="What a unit measures.")
class UnitPriceMeasurementMeasuredType(StrEnum):
    AREA = "AREA"
    COUNT = "COUNT"
    LENGTH = "LENGTH"
    UNKNOWN = "UNKNOWN"
    VOLUME = "VOLUME"
    WEIGHT = "WEIGHT"


@strawberry.enum(description="Units that goods are measured in.")
class UnitPriceMeasurementMeasuredUnit(StrEnum):
    CL = "CL"
    CM = "CM"
    FLOZ = "FLOZ"
    FT = "FT"
    FT2 = "FT2"
    G = "G"
    GAL = "GAL"
    IN = "IN"
    ITEM = "ITEM"
    KG = "KG"
    L = "L"
    LB = "LB"
    M = "M"
    M2 = "M2"
    M3 = "M3"
    MG = "MG"
    ML = "ML"
    MM = "MM"
    OZ = "OZ"
    PT = "PT"
    QT = "QT"
    UNKNOWN = "UNKNOWN"
    YD = "YD"


@strawberry.type(
    description="How much a variant holds, and the quantity that its unit price is for.", directives=[PART]
)
class UnitPriceMeasurement:
    @strawberry.field(
        graphql_type=UnitPriceMeasurementMeasuredType | None, description="What is measured; null when not known."
    )
    @staticmethod
    def measured_type(variant: Parent[VariantRow]) -> str | None:
        return units.measured_type(variant.unit_quantity_unit)

    @strawberry.field(
        graphql_type=UnitPriceMeasurementMeasuredUnit | None, description="The unit of what it holds; null if none."
    )
    @staticmethod
    def quantity_unit(variant: Parent[VariantRow]) -> str | None:
        return variant.unit_quantity_unit

    @strawberry.field(description="How much it holds.")
    @staticmethod
    def quantity_value(variant: Parent[VariantRow]) -> float:
        return variant.unit_quantity or 0.0

    @strawberry.field(
        graphql_type=UnitPriceMeasurementMeasuredUnit | None, description="The unit of the reference; null if none."
    )
    @staticmethod
    def reference_unit(variant: Parent[VariantRow]) -> str | None:
        return variant.unit_reference_unit

    @strawberry.field(description="The quantity that the unit price is for.")
    @staticmethod
    def reference_value(variant: Parent[VariantRow]) -> int:
        return variant.unit_reference or 0


@strawberry.type(description="In what quantities a variant is sold.", directives=[PART])
class QuantityRule:
    @strawberry.field(description="Only multiples of this many.")
    @staticmethod
    def increment(variant: Parent[VariantRow]) -> int:
        return variant.quantity_increment

    @strawberry.field(description="At most this many; null for no limit.")
    @staticmethod
    def maximum(variant: Parent[VariantRow]) -> int | None:
        return variant.quantity_maximum

    @strawberry.field(description="At least this many.")
    @staticmethod
    def minimum(variant: Parent[VariantRow]) -> int:
        return variant.quantity_minimum


@strawberry.type(description="A lower price from a quantity on.", directives=[PART])
class QuantityPriceBreak:
    minimum_quantity: int = strawberry.field(description="From this many pieces on.")

    @strawberry.field(graphql_type=MoneyV2, description="What one piece costs then.")
    @staticmethod
    async def price(row: Parent[PriceBreakRow], info: Info) -> Money:
        return Money(row.amount, await pricing.currency_of(info.context))
