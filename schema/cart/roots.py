"""Reading carts, changing them, and watching them change."""

from collections.abc import AsyncIterator
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET

from db.cart import CartRow
from resolvers.cart import commands, details, reads
from resolvers.cart.asked import CartChange
from resolvers.context import Info
from schema.cart.carts import Cart
from schema.cart.inputs import (
    AttributeInput,
    CartBuyerIdentityInput,
    CartInput,
    CartLineInput,
    CartLineUpdateInput,
    plain_notes,
)
from schema.cart.payloads import (
    CartAttributesUpdatePayload,
    CartBuyerIdentityUpdatePayload,
    CartCreatePayload,
    CartDiscountCodesUpdatePayload,
    CartGiftCardCodesAddPayload,
    CartGiftCardCodesRemovePayload,
    CartGiftCardCodesUpdatePayload,
    CartLinesAddPayload,
    CartLinesRemovePayload,
    CartLinesUpdatePayload,
    CartNoteUpdatePayload,
)
from schema.fields import command, watch
from schema.permissions import Anyone

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
Codes: TypeAlias = Annotated[list[str], strawberry.argument(description="The codes, at most 250.")]


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

    @command(
        CartNoteUpdatePayload, allow=(Anyone,), description="Replaces the note on a cart; an empty one removes it."
    )
    @staticmethod
    async def cart_note_update(
        info: Info, cart_id: CartId, note: Annotated[str, strawberry.argument(description="The new note.")]
    ) -> CartChange:
        return await details.set_note(info.context, cart_id, note)

    @command(CartAttributesUpdatePayload, allow=(Anyone,), description="Replaces the attributes of a cart.")
    @staticmethod
    async def cart_attributes_update(
        info: Info,
        cart_id: CartId,
        attributes: Annotated[list[AttributeInput], strawberry.argument(description="The new ones, at most 50.")],
    ) -> CartChange:
        return await details.set_attributes(info.context, cart_id, plain_notes(attributes) or ())

    @command(
        CartBuyerIdentityUpdatePayload,
        allow=(Anyone,),
        description="Says who a cart belongs to; another country means the prices of its market, and what that does not"
        " sell waits unseen.",
    )
    @staticmethod
    async def cart_buyer_identity_update(
        info: Info,
        cart_id: CartId,
        buyer_identity: Annotated[CartBuyerIdentityInput, strawberry.argument(description="What to change.")],
    ) -> CartChange:
        return await details.set_buyer(info.context, cart_id, buyer_identity.plain())

    @command(
        CartDiscountCodesUpdatePayload,
        allow=(Anyone,),
        description="Replaces the discount codes of a cart, in any case of letters; warns of those that do not apply.",
    )
    @staticmethod
    async def cart_discount_codes_update(info: Info, cart_id: CartId, discount_codes: Codes) -> CartChange:
        return await details.set_discount_codes(info.context, cart_id, discount_codes)

    @command(
        CartGiftCardCodesAddPayload,
        allow=(Anyone,),
        description="Has gift cards pay for a cart; warns, since no shop has any yet.",
    )
    @staticmethod
    async def cart_gift_card_codes_add(info: Info, cart_id: CartId, gift_card_codes: Codes) -> CartChange:
        return await details.try_gift_cards(info.context, cart_id, gift_card_codes)

    @command(
        CartGiftCardCodesUpdatePayload,
        allow=(Anyone,),
        description="Replaces the gift cards that pay for a cart; warns, since no shop has any yet.",
    )
    @staticmethod
    async def cart_gift_card_codes_update(info: Info, cart_id: CartId, gift_card_codes: Codes) -> CartChange:
        return await details.try_gift_cards(info.context, cart_id, gift_card_codes)

    @command(
        CartGiftCardCodesRemovePayload,
        allow=(Anyone,),
        description="Has gift cards pay for a cart no more; refused for any that does not.",
    )
    @staticmethod
    async def cart_gift_card_codes_remove(
        info: Info,
        cart_id: CartId,
        applied_gift_card_ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Their global ids, at most 250.")
        ],
    ) -> CartChange:
        return await details.remove_gift_cards(info.context, cart_id, applied_gift_card_ids)


@strawberry.type
class CartSubscription:
    @watch(Cart, allow=(Anyone,), description="The cart as it is, and again whenever anybody changes it.")
    @staticmethod
    async def cart_updated(info: Info, cart_id: CartId) -> AsyncIterator[CartRow]:
        async for cart in reads.watch_cart(info.context, cart_id):
            yield cart
