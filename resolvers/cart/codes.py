"""Codes that buyers enter. No shop has discounts or gift cards yet, so none applies; what was entered is kept."""

from collections.abc import Iterator, Sequence

from db.cart import CartRow
from resolvers.cart import wording
from resolvers.cart.asked import MAX_KEY, Notice, Path
from resolvers.errors import Problem
from resolvers.ids import global_id


def entered(codes: Sequence[str]) -> list[str]:
    """Each code once, whatever case its letters have, as it was entered first; without blank ones."""
    first: dict[str, str] = {}
    for code in codes:
        if code.strip():
            first.setdefault(code.strip().casefold(), code.strip())
    return list(first.values())


def code_problems(codes: Sequence[str], path: Path) -> Iterator[Problem]:
    """What is wrong with codes."""
    for number, code in enumerate(codes):
        if len(code.strip()) > MAX_KEY:
            yield Problem("INVALID", wording.long_code(MAX_KEY), (*path, str(number)))


def unknown_codes(cart: CartRow) -> list[Notice]:
    """That its discount codes do not exist."""
    target = global_id("Cart", cart.token)
    return [Notice("DISCOUNT_NOT_FOUND", wording.no_discount(code), target) for code in cart.discount_codes]


def no_gift_cards(cart: CartRow, codes: Sequence[str]) -> list[Notice]:
    """That gift cards do not pay for anything, if any was tried."""
    if not entered(codes):
        return []
    return [Notice("PAYMENTS_GIFT_CARDS_UNAVAILABLE", wording.NO_GIFT_CARDS, global_id("Cart", cart.token))]
