"""Carts: what they hold, what they cost, and who they belong to."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET, Parent

from db.cart import CartRow
from resolvers.cart import reads
from resolvers.cart.reads import ContentsByCart, quantity_of, total_of
from resolvers.context import Info
from resolvers.ids import global_id
from resolvers.paging import Page
from schema.caching import PRIVATE
from schema.cart.delivery import CartDeliveryGroup, CartPreferences, DeliveryAddress
from schema.cart.lines import Attribute, BaseCartLine, attribute_of
from schema.codes import CountryCode
from schema.customers import Customer
from schema.discounts import CartDiscountAllocation, CartDiscountCode, none_yet
from schema.fields import edge
from schema.node import Node
from schema.paging import After, Before, Connection, First, Last, Reverse, page_args
from schema.payments import AppliedGiftCard
from schema.pricing import MoneyV2
from schema.scalars import Url
from schema.seo import itself


def _total(description: str) -> Any:
    return edge(ContentsByCart, key="id", pick=total_of, description=description)


@strawberry.type
class CartAmounts:
    checkout_charge_amount: MoneyV2 = _total("What is to be paid at checkout, as far as is known.")
    subtotal_amount: MoneyV2 = _total("The sum of its lines.")
    total_amount: MoneyV2 = _total("What is to be paid, as far as is known.")


@strawberry.type(description="What a cart costs, in its market; before taxes and shipping.", directives=[PRIVATE])
class CartCost(CartAmounts):
    @strawberry.field(description="Whether the subtotal may still change; it does not.")
    @staticmethod
    def subtotal_amount_estimated() -> bool:
        return False

    @strawberry.field(description="Whether the total may still change; taxes and shipping come at checkout.")
    @staticmethod
    def total_amount_estimated() -> bool:
        return True

    @strawberry.field(
        graphql_type=MoneyV2 | None,
        description="Customs duties; null: it is not known before checkout.",
        deprecation_reason="Use `totalAmount` instead.",
    )
    @staticmethod
    def total_duty_amount(cart: Parent[CartRow]) -> None:
        return None

    @strawberry.field(
        description="Whether it may still change; it may.", deprecation_reason="Use `totalAmountEstimated` instead."
    )
    @staticmethod
    def total_duty_amount_estimated() -> bool:
        return True

    @strawberry.field(
        graphql_type=MoneyV2 | None,
        description="Taxes; null: it is not known before checkout.",
        deprecation_reason="Use `totalAmount` instead.",
    )
    @staticmethod
    def total_tax_amount(cart: Parent[CartRow]) -> None:
        return None

    @strawberry.field(
        description="Whether it may still change; it may.", deprecation_reason="Use `totalAmountEstimated` instead."
    )
    @staticmethod
    def total_tax_amount_estimated() -> bool:
        return True


@strawberry.type(description="What a cart costs, under the names of older clients.", directives=[PRIVATE])
class CartEstimatedCost(CartAmounts):
    @strawberry.field(graphql_type=MoneyV2 | None, description="Customs duties; null: it is not known before checkout.")
    @staticmethod
    def total_duty_amount(cart: Parent[CartRow]) -> None:
        return None

    @strawberry.field(graphql_type=MoneyV2 | None, description="Taxes; null: it is not known before checkout.")
    @staticmethod
    def total_tax_amount(cart: Parent[CartRow]) -> None:
        return None


@strawberry.type(description="Who the cart belongs to.", directives=[PRIVATE])
class CartBuyerIdentity:
    @strawberry.field(
        graphql_type=CountryCode | None, description="Where the buyer is; decides the market. May be null."
    )
    @staticmethod
    def country_code(cart: Parent[CartRow]) -> str | None:
        return cart.country_code

    @strawberry.field(graphql_type=Customer | None, description="The customer; null, since no shop has accounts yet.")
    @staticmethod
    def customer(cart: Parent[CartRow]) -> None:
        return None

    delivery_address_preferences: list[DeliveryAddress] = strawberry.field(
        resolver=none_yet,
        description="Where the buyer has things sent; empty, since carts take no addresses yet.",
        deprecation_reason="Use `email` and `phone` instead.",
    )
    email: str | None = strawberry.field(description="The buyer's address; may be null.")
    phone: str | None = strawberry.field(description="The buyer's number; may be null.")

    @strawberry.field(
        graphql_type=CartPreferences | None, description="How the buyer likes to pay and get things; null: not known."
    )
    @staticmethod
    def preferences(cart: Parent[CartRow]) -> None:
        return None


def cart_global_id(row: Parent[Any]) -> strawberry.ID:
    """A cart's id, which is its secret."""
    return strawberry.ID(global_id("Cart", row.token))


async def lines_of_cart(
    cart: Parent[CartRow],
    info: Info,
    first: First = UNSET,
    after: After = UNSET,
    last: Last = UNSET,
    before: Before = UNSET,
    reverse: Reverse = False,
) -> Any:
    """A page of a cart's lines."""
    return await reads.lines_of(info.context, cart, page_args(first, after, last, before, reverse))


@strawberry.type(
    description="What a shopper means to buy. Its id is a secret: whoever knows it may change the cart.",
    directives=[PRIVATE],
)
class Cart(Node, row=CartRow, by=reads.CartByToken):
    applied_gift_cards: list[AppliedGiftCard] = strawberry.field(
        resolver=none_yet, description="Gift cards that pay for some of it; empty, since no shop has any yet."
    )
    attribute: Attribute | None = strawberry.field(resolver=attribute_of, description="The note of that name; or null.")
    attributes: list[Attribute] = strawberry.field(description="Notes on it.")
    buyer_identity: CartBuyerIdentity = strawberry.field(resolver=itself, description="Who it belongs to.")

    @strawberry.field(
        description="The page where the buyer goes on from here, in the operation's language; as secret as the id."
    )
    @staticmethod
    def checkout_url(cart: Parent[CartRow], info: Info) -> Url:
        return Url(reads.checkout_url(info.context, cart))

    cost: CartCost = strawberry.field(resolver=itself, description="What it costs.")
    created_at: datetime = strawberry.field(description="When it was opened.")

    @strawberry.field(
        graphql_type=Connection[CartDeliveryGroup],
        description="What is sent together, and how; empty, since no shop has delivery options yet.",
    )
    @staticmethod
    def delivery_groups(
        cart: Parent[CartRow],
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
    ) -> Page[Any]:
        return reads.delivery_groups(page_args(first, after, last, before, reverse))

    discount_allocations: list[CartDiscountAllocation] = strawberry.field(
        resolver=none_yet, description="What discounts take off all of it; empty, since no shop has discounts yet."
    )
    discount_codes: list[CartDiscountCode] = strawberry.field(
        description="The codes that the buyer entered, in that order; at most 250."
    )
    estimated_cost: CartEstimatedCost = strawberry.field(
        resolver=itself, description="What it costs.", deprecation_reason="Use `cost` instead."
    )
    id: strawberry.ID = strawberry.field(resolver=cart_global_id, description="The global id; never null.")
    lines: Connection[BaseCartLine] = strawberry.field(
        resolver=lines_of_cart, description="Its lines, the newest first; at most 500 in all."
    )
    note: str | None = strawberry.field(description="A note for the shop; may be null.")

    total_quantity: int = edge(ContentsByCart, key="id", pick=quantity_of, description="How many pieces it holds.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
