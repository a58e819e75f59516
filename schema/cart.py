"""Carts: what they hold and cost, how they change, and watching them change."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.cart import CartLineRow, CartRow
from resolvers.amounts import Money
from resolvers.cart import commands, reads
from resolvers.cart.commands import CartChange, LineChange, NewCart, NewLine
from resolvers.catalog.variants import VariantById
from resolvers.context import Info
from resolvers.errors import Problem
from resolvers.ids import global_id
from schema.catalog.variants import ProductVariant
from schema.codes import CountryCode, in_particular
from schema.errors import DisplayableError
from schema.fields import command, connection, edge, watch
from schema.node import Node
from schema.paging import Connection
from schema.permissions import Anyone
from schema.pricing import MoneyV2
from schema.seo import itself

Merchandise = Annotated[ProductVariant, strawberry.union("Merchandise", description="What a cart line is about.")]


@strawberry.type(description="A note for the shop.")
class Attribute:
    @strawberry.field(description="Its name.")
    @staticmethod
    def key(note: Parent[dict[str, str]]) -> str:
        return note["key"]

    @strawberry.field(description="Its text; may be null.")
    @staticmethod
    def value(note: Parent[dict[str, str]]) -> str | None:
        return note["value"]


@strawberry.input(description="A note for the shop.")
class AttributeInput:
    key: str = strawberry.field(description="Its name.")
    value: str = strawberry.field(description="Its text.")


@strawberry.type(description="What a cart line costs, in the cart's market.")
class CartLineCost:
    @strawberry.field(graphql_type=MoneyV2, description="What one piece costs.")
    @staticmethod
    def amount_per_quantity(cost: Parent[reads.LineCost]) -> Money:
        return cost.piece

    @strawberry.field(graphql_type=MoneyV2 | None, description="What one cost before; null when not on sale.")
    @staticmethod
    def compare_at_amount_per_quantity(cost: Parent[reads.LineCost]) -> Money | None:
        return cost.piece_before

    @strawberry.field(graphql_type=MoneyV2, description="What all pieces cost before discounts.")
    @staticmethod
    def subtotal_amount(cost: Parent[reads.LineCost]) -> Money:
        return cost.total

    @strawberry.field(graphql_type=MoneyV2, description="What all pieces cost.")
    @staticmethod
    def total_amount(cost: Parent[reads.LineCost]) -> Money:
        return cost.total


def line_global_id(row: Parent[Any], info: Info) -> strawberry.ID:
    """A line's id, which is no number."""
    return strawberry.ID(global_id("CartLine", row.key))


def _attribute(row: Parent[Any], key: Annotated[str, strawberry.argument(description="Its name.")]) -> Any:
    return next((note for note in row.attributes if note["key"] == key), None)


@strawberry.interface(description="A line of a cart.")
class BaseCartLine(Node):
    attribute: Attribute | None = strawberry.field(resolver=_attribute, description="The note of that name; or null.")
    attributes: list[Attribute] = strawberry.field(description="Notes on it.")
    id: strawberry.ID = strawberry.field(resolver=line_global_id, description="The global id; never null.")
    quantity: int = strawberry.field(description="How many pieces.")

    @strawberry.field(graphql_type=CartLineCost, description="What it costs.")
    @staticmethod
    async def cost(line: Parent[CartLineRow], info: Info) -> reads.LineCost:
        return await reads.line_cost(info.context, line)

    merchandise: Merchandise = edge(VariantById, key="variant_id", description="What it is about.")


@strawberry.type(description="Some pieces of one variant.")
class CartLine(BaseCartLine, row=CartLineRow, by=reads.LineByKey):
    pass


@strawberry.type(description="What a cart costs, in its market; before taxes and shipping.")
class CartCost:
    @strawberry.field(graphql_type=MoneyV2, description="What is to be paid at checkout, as far as is known.")
    @staticmethod
    async def checkout_charge_amount(cart: Parent[CartRow], info: Info) -> Money:
        return await reads.cart_total(info.context, cart)

    @strawberry.field(graphql_type=MoneyV2, description="The sum of its lines.")
    @staticmethod
    async def subtotal_amount(cart: Parent[CartRow], info: Info) -> Money:
        return await reads.cart_total(info.context, cart)

    @strawberry.field(description="Whether the subtotal may still change; it does not.")
    @staticmethod
    def subtotal_amount_estimated() -> bool:
        return False

    @strawberry.field(graphql_type=MoneyV2, description="What is to be paid, as far as is known.")
    @staticmethod
    async def total_amount(cart: Parent[CartRow], info: Info) -> Money:
        return await reads.cart_total(info.context, cart)

    @strawberry.field(description="Whether the total may still change; taxes and shipping come at checkout.")
    @staticmethod
    def total_amount_estimated() -> bool:
        return True


@strawberry.type(description="Who the cart belongs to.")
class CartBuyerIdentity:
    email: str | None = strawberry.field(description="The buyer's address; may be null.")
    phone: str | None = strawberry.field(description="The buyer's number; may be null.")

    @strawberry.field(
        graphql_type=CountryCode | None, description="Where the buyer is; decides the market. May be null."
    )
    @staticmethod
    def country_code(cart: Parent[CartRow]) -> str | None:
        return cart.country_code


def cart_global_id(row: Parent[Any]) -> strawberry.ID:
    """A cart's id, which is its secret."""
    return strawberry.ID(global_id("Cart", row.token))


@strawberry.type(description="What a shopper means to buy. Its id is a secret: whoever knows it may change the cart.")
class Cart(Node, row=CartRow, by=reads.CartByToken):
    attribute: Attribute | None = strawberry.field(resolver=_attribute, description="The note of that name; or null.")
    attributes: list[Attribute] = strawberry.field(description="Notes on it.")
    buyer_identity: CartBuyerIdentity = strawberry.field(resolver=itself, description="Who it belongs to.")
    cost: CartCost = strawberry.field(resolver=itself, description="What it costs.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    id: strawberry.ID = strawberry.field(resolver=cart_global_id, description="The global id; never null.")
    lines: Connection[BaseCartLine] = connection(
        reads.LinesByCart, key="id", description="Its lines, the newest first; at most 500 in all."
    )
    note: str | None = strawberry.field(description="A note for the shop; may be null.")

    @strawberry.field(description="How many pieces it holds.")
    @staticmethod
    async def total_quantity(cart: Parent[CartRow], info: Info) -> int:
        return await reads.total_quantity(info.context, cart)

    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.enum(description="Why a cart could not be changed.")
class CartErrorCode(StrEnum):
    CART_TOO_LARGE = "CART_TOO_LARGE"
    INVALID = "INVALID"
    INVALID_INCREMENT = "INVALID_INCREMENT"
    INVALID_MERCHANDISE_LINE = "INVALID_MERCHANDISE_LINE"
    MAXIMUM_EXCEEDED = "MAXIMUM_EXCEEDED"
    MINIMUM_NOT_MET = "MINIMUM_NOT_MET"
    NOTE_TOO_LONG = "NOTE_TOO_LONG"
    SELLING_PLAN_NOT_APPLICABLE = "SELLING_PLAN_NOT_APPLICABLE"


@strawberry.enum(description="What to know about a cart that was changed.")
class CartWarningCode(StrEnum):
    MERCHANDISE_NOT_ENOUGH_STOCK = "MERCHANDISE_NOT_ENOUGH_STOCK"
    MERCHANDISE_OUT_OF_STOCK = "MERCHANDISE_OUT_OF_STOCK"


@strawberry.type(description="Why a cart could not be changed.")
class CartUserError(DisplayableError):
    code: CartErrorCode | None = strawberry.field(default=None, description="For programs; may be null.")


@strawberry.type(description="Something that the customer should know although the cart was changed.")
class CartWarning:
    code: CartWarningCode = strawberry.field(description="For programs.")
    message: str = strawberry.field(description="For people.")
    target: strawberry.ID = strawberry.field(description="The global id of the line or merchandise it is about.")


@strawberry.type
class CartPayload:
    cart: Cart | None = strawberry.field(default=None, description="The cart as it is now; null when refused.")
    user_errors: list[CartUserError] = strawberry.field(
        default_factory=list, description="Why it was not changed; empty when it was."
    )
    warnings: list[CartWarning] = strawberry.field(
        default_factory=list, description="What to know although it was changed; empty when all went as asked."
    )

    @classmethod
    def refused(cls, problems: Iterable[Problem]) -> Any:
        """The payload of a command that was not carried out."""
        errors = [
            CartUserError(code=CartErrorCode(p.code), message=p.message, field=list(p.field) or None) for p in problems
        ]
        return cls(user_errors=errors)


@strawberry.type(description="What `cartCreate` answers.")
class CartCreatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartLinesAdd` answers.")
class CartLinesAddPayload(CartPayload):
    pass


@strawberry.type(description="What `cartLinesUpdate` answers.")
class CartLinesUpdatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartLinesRemove` answers.")
class CartLinesRemovePayload(CartPayload):
    pass


@strawberry.input(description="What to put into a cart.")
class CartLineInput:
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="Notes on the line.")
    merchandise_id: strawberry.ID = strawberry.field(description="The global id of a variant.")
    quantity: int | None = strawberry.field(default=1, description="How many; at least 1.")
    selling_plan_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Refused for goods that are not sold under a plan."
    )

    def plain(self) -> NewLine:
        """The same for resolvers."""
        return NewLine(
            self.merchandise_id,
            1 if self.quantity is None else self.quantity,
            plain_notes(self.attributes) or (),
            self.selling_plan_id or None,
        )


@strawberry.input(description="How to change a line of a cart; what is left out or null stays as it is.")
class CartLineUpdateInput:
    attributes: list[AttributeInput] | None = strawberry.field(
        default=UNSET, description="The new notes; an empty list removes them."
    )
    id: strawberry.ID = strawberry.field(description="The line's global id.")
    merchandise_id: strawberry.ID | None = strawberry.field(default=UNSET, description="Another variant.")
    quantity: int | None = strawberry.field(default=UNSET, description="The new quantity; 0 removes the line.")
    selling_plan_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="Refused for goods that are not sold under a plan."
    )

    def plain(self) -> LineChange:
        """The same for resolvers."""
        return LineChange(
            self.id,
            None if self.quantity is UNSET else self.quantity,
            self.merchandise_id or None,
            plain_notes(self.attributes),
            self.selling_plan_id or None,
        )


@strawberry.input(description="Who a cart belongs to.")
class CartBuyerIdentityInput:
    country_code: CountryCode | None = strawberry.field(default=UNSET, description="Where the buyer is.")
    email: str | None = strawberry.field(default=UNSET, description="The buyer's address.")
    phone: str | None = strawberry.field(default=UNSET, description="The buyer's number.")


@strawberry.input(description="A cart to open.")
class CartInput:
    attributes: list[AttributeInput] | None = strawberry.field(default=UNSET, description="Notes on it.")
    buyer_identity: CartBuyerIdentityInput | None = strawberry.field(default=UNSET, description="Whose it is.")
    lines: list[CartLineInput] | None = strawberry.field(default=UNSET, description="What to put in; at most 250.")
    note: str | None = strawberry.field(default=UNSET, description="A note for the shop.")

    def plain(self) -> NewCart:
        """The same for resolvers."""
        buyer = self.buyer_identity or CartBuyerIdentityInput()
        country = buyer.country_code.value if buyer.country_code else None
        return NewCart(
            lines=tuple(line.plain() for line in self.lines or ()),
            attributes=plain_notes(self.attributes) or (),
            note=self.note or None,
            country=in_particular(country),
            email=buyer.email or None,
            phone=buyer.phone or None,
        )


def plain_notes(notes: list[AttributeInput] | None) -> tuple[commands.Attribute, ...] | None:
    """Notes for resolvers; None where nothing was said."""
    if notes is None or notes is UNSET:
        return None
    return tuple(commands.Attribute(note.key, note.value) for note in notes)


CartId: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The cart's global id.")]
NewCartInput: TypeAlias = Annotated[
    CartInput | None, strawberry.argument(description="What it begins with; null: an empty cart.")
]
NewLines: TypeAlias = Annotated[list[CartLineInput], strawberry.argument(description="What to add, at most 250.")]
LineChanges: TypeAlias = Annotated[
    list[CartLineUpdateInput], strawberry.argument(description="What to change, at most 250.")
]
LineIds: TypeAlias = Annotated[
    list[strawberry.ID], strawberry.argument(description="The lines' global ids, at most 250.")
]


@strawberry.type
class CartQuery:
    @strawberry.field(graphql_type=Cart | None, description="The cart of that id; null for any other id.")
    @staticmethod
    async def cart(info: Info, id: CartId) -> CartRow | None:
        return await reads.find_cart(info.context, id)


@strawberry.type
class CartMutation:
    @command(CartCreatePayload, allow=(Anyone,), description="Opens a cart, with lines if given.")
    @staticmethod
    async def cart_create(info: Info, input: NewCartInput = UNSET) -> CartChange:
        return await commands.create_cart(info.context, (input or CartInput()).plain())

    @command(
        CartLinesAddPayload,
        allow=(Anyone,),
        description="Puts more into a cart, at most 250 lines at once; equal lines merge.",
    )
    @staticmethod
    async def cart_lines_add(info: Info, cart_id: CartId, lines: NewLines) -> CartChange:
        return await commands.add_lines(info.context, cart_id, [line.plain() for line in lines])

    @command(CartLinesUpdatePayload, allow=(Anyone,), description="Changes lines of a cart, at most 250 at once.")
    @staticmethod
    async def cart_lines_update(info: Info, cart_id: CartId, lines: LineChanges) -> CartChange:
        return await commands.update_lines(info.context, cart_id, [line.plain() for line in lines])

    @command(CartLinesRemovePayload, allow=(Anyone,), description="Takes lines out of a cart, at most 250 at once.")
    @staticmethod
    async def cart_lines_remove(info: Info, cart_id: CartId, line_ids: LineIds) -> CartChange:
        return await commands.remove_lines(info.context, cart_id, line_ids)


@strawberry.type
class CartSubscription:
    @watch(Cart, allow=(Anyone,), description="The cart as it is, and again whenever anybody changes it.")
    @staticmethod
    async def cart_updated(info: Info, cart_id: CartId) -> AsyncIterator[CartRow]:
        async for cart in reads.watch_cart(info.context, cart_id):
            yield cart
