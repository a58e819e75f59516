"""Changing what is said of a cart: notes, buyer and codes. Each command is one transaction; its lines stay."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db.cart import CHANGED
from resolvers.cart import wording
from resolvers.cart.asked import Attribute, CartChange, buyer_problems, note_problems, notes_problems, plain
from resolvers.cart.codes import code_problems, entered, no_gift_cards, unknown_codes
from resolvers.cart.commands import new_version
from resolvers.context import Context
from resolvers.errors import Problem, Refused
from resolvers.events import publish


async def set_note(context: Context, cart_id: str, note: str) -> CartChange:
    """Replace the note; an empty one removes it."""
    return await _set(context, cart_id, {"note": note or None}, note_problems(note, ("note",)))


async def set_attributes(context: Context, cart_id: str, attributes: Sequence[Attribute]) -> CartChange:
    """Replace the attributes."""
    problems = notes_problems(attributes, ("attributes",))
    return await _set(context, cart_id, {"attributes": plain(attributes)}, problems)


async def set_buyer(context: Context, cart_id: str, buyer: Mapping[str, str | None]) -> CartChange:
    """Change ``country_code``, ``email`` or ``phone``: what is not named stays, None removes it."""
    return await _set(context, cart_id, buyer, buyer_problems(buyer, ("buyerIdentity",)))


async def set_discount_codes(context: Context, cart_id: str, codes: Sequence[str]) -> CartChange:
    """Replace the discount codes; a warning for each that does not apply."""
    values = {"discount_codes": entered(codes)}
    change = await _set(context, cart_id, values, code_problems(codes, ("discountCodes",)))
    return CartChange(change.cart, unknown_codes(change.cart))


async def try_gift_cards(context: Context, cart_id: str, codes: Sequence[str]) -> CartChange:
    """Have gift cards pay: the cart stays as it is, with a warning that none does."""
    change = await _set(context, cart_id, {}, ())
    return CartChange(change.cart, no_gift_cards(change.cart, codes))


async def remove_gift_cards(context: Context, cart_id: str, ids: Sequence[str]) -> CartChange:
    """Have gift cards pay no more; refused for those that do not, which are all."""
    problems = (
        Problem("INVALID", wording.no_gift_card(gid), ("appliedGiftCardIds", str(n))) for n, gid in enumerate(ids)
    )
    return await _set(context, cart_id, {}, problems)


async def _set(context: Context, cart_id: str, values: Mapping[str, Any], problems: Iterable[Problem]) -> CartChange:
    refused = list(problems)
    if refused:
        raise Refused(*refused)
    async with context.write() as session:
        cart = await new_version(session, cart_id, values)
        await publish(session, CHANGED, {"cart_id": cart.id})
    return CartChange(cart)
