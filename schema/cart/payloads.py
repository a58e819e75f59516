"""What commands on carts answer."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import strawberry
from strawberry import Parent

from resolvers.cart.asked import CartChange, Notice
from resolvers.context import Info
from resolvers.errors import Problem
from resolvers.shop import language_of
from schema.cart.carts import Cart
from schema.errors import DisplayableError


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
    DISCOUNT_NOT_FOUND = "DISCOUNT_NOT_FOUND"
    MERCHANDISE_NOT_ENOUGH_STOCK = "MERCHANDISE_NOT_ENOUGH_STOCK"
    MERCHANDISE_OUT_OF_STOCK = "MERCHANDISE_OUT_OF_STOCK"
    PAYMENTS_GIFT_CARDS_UNAVAILABLE = "PAYMENTS_GIFT_CARDS_UNAVAILABLE"


@strawberry.type(description="Why a cart could not be changed.")
class CartUserError(DisplayableError):
    code: CartErrorCode | None = strawberry.field(default=None, description="For programs; may be null.")


@strawberry.type(description="Something that the customer should know although the cart was changed.")
class CartWarning:
    code: CartWarningCode = strawberry.field(description="For programs.")
    message: str = strawberry.field(description="For people.")
    target: strawberry.ID = strawberry.field(description="The global id of the line, merchandise or cart it is about.")


async def _warnings(notices: Iterable[Notice], info: Info) -> list[CartWarning]:
    # For all of them, and not in each: what many objects wait for has to be a loader.
    language = await language_of(info.context)
    return [
        CartWarning(code=CartWarningCode(n.code), message=n.message.said_in(language), target=strawberry.ID(n.target))
        for n in notices
    ]


@strawberry.type
class CartPayload:
    cart: Cart | None = strawberry.field(default=None, description="The cart as it is now; null when refused.")
    user_errors: list[CartUserError] = strawberry.field(
        default_factory=list, description="Why it was not changed; empty when it was."
    )
    notices: strawberry.Private[Sequence[Notice]] = ()

    @strawberry.field(
        graphql_type=list[CartWarning],
        description="What to know although it was changed; empty when all went as asked.",
    )
    @staticmethod
    def warnings(change: Parent[CartChange], info: Info) -> Any:
        # Most have none, and wait for nothing.
        return _warnings(change.notices, info) if change.notices else []

    @classmethod
    def refused(cls, problems: Iterable[Problem], language: str) -> Any:
        """The payload of a command that was not carried out, for people who speak a language."""
        errors = [
            CartUserError(code=CartErrorCode(p.code), message=p.message.said_in(language), field=list(p.field) or None)
            for p in problems
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


@strawberry.type(description="What `cartAttributesUpdate` answers.")
class CartAttributesUpdatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartBuyerIdentityUpdate` answers.")
class CartBuyerIdentityUpdatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartDiscountCodesUpdate` answers.")
class CartDiscountCodesUpdatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartGiftCardCodesAdd` answers.")
class CartGiftCardCodesAddPayload(CartPayload):
    pass


@strawberry.type(description="What `cartGiftCardCodesRemove` answers.")
class CartGiftCardCodesRemovePayload(CartPayload):
    pass


@strawberry.type(description="What `cartGiftCardCodesUpdate` answers.")
class CartGiftCardCodesUpdatePayload(CartPayload):
    pass


@strawberry.type(description="What `cartNoteUpdate` answers.")
class CartNoteUpdatePayload(CartPayload):
    pass
