"""Discounts: the codes that buyers enter, and what they take off a cart."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry
from strawberry import Parent

from schema.caching import PART, PRIVATE
from schema.pricing import MoneyV2


def none_yet(row: Parent[Any]) -> list[Any]:
    """Of a kind that no shop has yet."""
    return []


@strawberry.type(description="A code that the buyer entered.", directives=[PRIVATE])
class CartDiscountCode:
    @strawberry.field(description="Whether it takes anything off; it does not, since no shop has discounts yet.")
    @staticmethod
    def applicable(code: Parent[str]) -> bool:
        return False

    @strawberry.field(description="The code as it was entered.")
    @staticmethod
    def code(code: Parent[str]) -> str:
        return code


@strawberry.enum(description="How a discount is shared out.")
class DiscountApplicationAllocationMethod(StrEnum):
    ACROSS = "ACROSS"
    EACH = "EACH"


@strawberry.enum(description="Which lines a discount is for.")
class DiscountApplicationTargetSelection(StrEnum):
    ALL = "ALL"
    ENTITLED = "ENTITLED"
    EXPLICIT = "EXPLICIT"


@strawberry.enum(description="What kind of line a discount is for.")
class DiscountApplicationTargetType(StrEnum):
    LINE_ITEM = "LINE_ITEM"
    SHIPPING_LINE = "SHIPPING_LINE"


@strawberry.type(description="A share of a price.", directives=[PART])
class PricingPercentageValue:
    percentage: float = strawberry.field(description="In percent.")


PricingValue = Annotated[
    MoneyV2 | PricingPercentageValue,
    strawberry.union("PricingValue", description="How much a discount takes off.", directives=[PART]),
]


@strawberry.type(description="How a discount is applied to a cart.", directives=[PRIVATE])
class CartDiscountApplication:
    allocation_method: DiscountApplicationAllocationMethod = strawberry.field(description="How it is shared out.")
    target_selection: DiscountApplicationTargetSelection = strawberry.field(description="Which lines it is for.")
    target_type: DiscountApplicationTargetType = strawberry.field(description="What kind of line it is for.")
    value: PricingValue = strawberry.field(description="How much it takes off.")


@strawberry.interface(description="What a discount takes off a cart or a line of it.", directives=[PRIVATE])
class CartDiscountAllocation:
    discount_application: CartDiscountApplication = strawberry.field(description="The discount.")
    discounted_amount: MoneyV2 = strawberry.field(description="What it takes off here.")
    target_type: DiscountApplicationTargetType = strawberry.field(description="What kind of line it is for.")


@strawberry.type(description="What a discount takes off that needs no code.", directives=[PRIVATE])
class CartAutomaticDiscountAllocation(CartDiscountAllocation):
    title: str = strawberry.field(description="The discount's name.")


@strawberry.type(description="What a code takes off.", directives=[PRIVATE])
class CartCodeDiscountAllocation(CartDiscountAllocation):
    code: str = strawberry.field(description="The code.")


@strawberry.type(description="What a discount of the shop's own making takes off.", directives=[PRIVATE])
class CartCustomDiscountAllocation(CartDiscountAllocation):
    title: str = strawberry.field(description="The discount's name.")
