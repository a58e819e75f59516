"""Changing carts. Each command is one transaction, and no two on the same cart mix; a refusal leaves all as it was."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from db import cart as db
from db.base import light
from db.cart import CartRow
from db.catalog import VariantRow
from db.session import Contradiction, Session
from resolvers.cart import wording
from resolvers.cart.asked import (
    MAX_LINES,
    MAX_QUANTITY,
    CartChange,
    LineChange,
    NewCart,
    NewLine,
    Notice,
    Path,
    buyer_problems,
    note_problems,
    notes_problems,
    plain,
)
from resolvers.cart.basket import Basket, Line, Offer
from resolvers.cart.codes import code_problems, entered, no_gift_cards, unknown_codes
from resolvers.cart.reads import token_of
from resolvers.context import Context
from resolvers.errors import Problem, Refused
from resolvers.ids import global_id, numbered, parse_id
from resolvers.inventory import can_be_bought

Change: TypeAlias = Callable[[Basket], list[Notice]]
"""Changes lines, and answers what the customer should know of it. It may be called again with what is there then."""


async def create_cart(context: Context, new: NewCart) -> CartChange:
    """Open a cart, with lines if given. Its country is the given one, else the operation's."""
    problems = [
        *notes_problems(new.attributes, ("input", "attributes")),
        *note_problems(new.note, ("input", "note")),
        *buyer_problems(new.buyer, ("input", "buyerIdentity")),
        *code_problems(new.discount_codes, ("input", "discountCodes")),
    ]
    if problems:
        raise Refused(*problems)
    async with context.write() as session:
        values = {
            "token": secrets.token_urlsafe(24),
            "country_code": new.buyer.get("country_code") or context.country,
            "email": new.buyer.get("email"),
            "phone": new.buyer.get("phone"),
            "note": new.note,
            "attributes": plain(new.attributes),
            "discount_codes": entered(new.discount_codes),
        }
        cart = await session.add(CartRow, values)
        empty = Basket(cart.id, cart.version)
        basket = await _read(session, context, cart, _variants(new.lines)) if new.lines else empty
        notices = _add(basket, new.lines, ("input", "lines"))
        await basket.save(session)
    basket.keep(context, cart)
    return CartChange(cart, [*notices, *unknown_codes(cart), *no_gift_cards(cart, new.gift_card_codes)])


async def add_lines(context: Context, cart_id: str, lines: Sequence[NewLine]) -> CartChange:
    """Add lines; the same variant with the same attributes merges into one line."""
    return await _changed(context, cart_id, lambda basket: _add(basket, lines, ("lines",)), _variants(lines))


async def update_lines(context: Context, cart_id: str, changes: Sequence[LineChange]) -> CartChange:
    """Change quantities, variants or attributes of lines; a quantity of 0 removes the line."""

    def change(basket: Basket) -> list[Notice]:
        lines = _named_lines(basket, [change.id for change in changes], ("lines",), ("id",))
        touched = [
            _change(basket, line.key, change, ("lines", str(number)))
            for number, (line, change) in enumerate(zip(lines, changes, strict=True))
        ]
        return _fit_stock(basket, touched)

    others = [numbered(change.merchandise_id, "ProductVariant") for change in changes if change.merchandise_id]
    return await _changed(context, cart_id, change, others)


async def remove_lines(context: Context, cart_id: str, line_ids: Sequence[str]) -> CartChange:
    """Remove lines."""

    def change(basket: Basket) -> list[Notice]:
        for line in dict.fromkeys(_named_lines(basket, line_ids, ("lineIds",), ())):
            basket.remove(line)
        return []

    return await _changed(context, cart_id, change)


async def new_version(session: Session, cart_id: str, values: Mapping[str, Any] | None = None) -> CartRow:
    """A new version of the cart, with these values, locked until the transaction ends. Refused for no cart's id."""
    token = token_of(cart_id)
    rows = await session.returning(db.touch_cart(token, values or {})) if token else []
    if not rows:
        raise Refused(Problem("INVALID", wording.NO_CART, ("cartId",)))
    cart: CartRow = light(CartRow)(*rows[0])
    return cart


async def _changed(context: Context, cart_id: str, change: Change, variants: Sequence[int | None] = ()) -> CartChange:
    """A cart whose lines were changed. Where the database can, that takes two statements, and no lock between them.

    Under the lock it is done where somebody else changed the cart or its variants meanwhile, and where a line becomes
    another one.
    """
    done = await _changed_in_one(context, cart_id, change, variants) if context.db.writes_in_one else None
    if done is None:
        async with context.write() as session:
            cart = await new_version(session, cart_id)
            basket = await _read(session, context, cart, variants)
            done = basket, cart, change(basket)
            await basket.save(session)
    basket, cart, notices = done
    basket.keep(context, cart)
    return CartChange(cart, notices)


async def _changed_in_one(
    context: Context, cart_id: str, change: Change, variants: Sequence[int | None]
) -> tuple[Basket, CartRow, list[Notice]] | None:
    token = token_of(cart_id)
    async with context.db.read(context.tally) as session:
        basket = await Basket.read(session, context, token, variants) if token else None
    if basket is None:
        return None
    notices = change(basket)
    try:
        cart = await basket.save_in_one(context)
    except Contradiction:
        # As a rule a variant that was read is gone, of which is told what is read once more.
        return None
    return None if cart is None else (basket, cart, notices)


async def _read(session: Session, context: Context, cart: CartRow, variants: Sequence[int | None]) -> Basket:
    """What is in a cart that nobody else can change now."""
    found = await Basket.read(session, context, cart.token, variants)
    return Basket(cart.id, cart.version) if found is None else found


def _variants(lines: Sequence[NewLine]) -> list[int | None]:
    """What lines are about; None for an id of no variant."""
    return [numbered(line.merchandise_id, "ProductVariant") for line in lines]


def _add(basket: Basket, lines: Sequence[NewLine], path: Path) -> list[Notice]:
    wanted, offers = _variants(lines), basket.offers
    problems = [
        problem
        for number, (line, variant) in enumerate(zip(lines, wanted, strict=True))
        if (problem := _problem_of(line, offers.get(variant), (*path, str(number))))
    ]
    if problems:
        raise Refused(*problems)
    touched = [
        basket.put(offers[variant].variant.id, line.quantity, plain(line.attributes))
        for line, variant in zip(lines, wanted, strict=True)
    ]
    if len(basket) > MAX_LINES:
        raise Refused(Problem("CART_TOO_LARGE", wording.too_many_lines(MAX_LINES), path))
    broken = [
        problem
        for line in dict.fromkeys(touched)
        if (problem := _rule_problem(line, offers[line.variant_id].variant, path))
    ]
    if broken:
        raise Refused(*broken)
    return _fit_stock(basket, touched)


def _problem_of(line: NewLine, offer: Offer | None, path: Path) -> Problem | None:
    if offer is None:
        return _no_merchandise(line.merchandise_id, path)
    noted = next(notes_problems(line.attributes, (*path, "attributes")), None)
    return noted or _plan_problem(line.selling_plan_id, path) or _quantity_problem(line.quantity, 1, path)


def _plan_problem(plan: str | None, path: Path) -> Problem | None:
    if plan is None:
        return None
    return Problem("SELLING_PLAN_NOT_APPLICABLE", wording.NO_PLAN, (*path, "sellingPlanId"))


def _quantity_problem(quantity: int, least: int, path: Path) -> Problem | None:
    if quantity < least:
        return Problem("INVALID", wording.too_few(least), (*path, "quantity"))
    if quantity > MAX_QUANTITY:
        return Problem("MAXIMUM_EXCEEDED", wording.too_many(MAX_QUANTITY), (*path, "quantity"))
    return None


def _rule_problem(line: Line, variant: VariantRow, path: Path) -> Problem | None:
    at_least, step, at_most = variant.quantity_minimum, variant.quantity_increment, variant.quantity_maximum
    if line.quantity < at_least:
        return Problem("MINIMUM_NOT_MET", wording.sold_from(variant, at_least), path)
    if line.quantity % step:
        return Problem("INVALID_INCREMENT", wording.sold_in_steps(variant, step), path)
    if line.quantity > min(at_most or MAX_QUANTITY, MAX_QUANTITY):
        return Problem("MAXIMUM_EXCEEDED", wording.sold_up_to(variant, at_most or MAX_QUANTITY), path)
    return None


def _change(basket: Basket, key: str, change: LineChange, path: Path) -> Line:
    """Carries out one change; answers the line that results, which is in the basket no more if it was removed."""
    line = basket.find(key)
    if line is None:
        # An earlier change of the same command removed it, or made it one with another.
        raise Refused(_no_line(change.id, (*path, "id")))
    quantity = line.quantity if change.quantity is None else change.quantity
    noted = next(notes_problems(change.attributes or (), (*path, "attributes")), None)
    problem = noted or _plan_problem(change.selling_plan_id, path) or _quantity_problem(quantity, 0, path)
    if problem:
        raise Refused(problem)
    if quantity == 0:
        basket.remove(line)
        return line
    variant = numbered(change.merchandise_id, "ProductVariant") if change.merchandise_id else line.variant_id
    offer = basket.offers.get(variant)
    if offer is None:
        raise Refused(_no_merchandise(change.merchandise_id or global_id("ProductVariant", line.variant_id), path))
    attributes = line.attributes if change.attributes is None else plain(change.attributes)
    result = basket.change(line, offer.variant.id, quantity, attributes)
    broken = _rule_problem(result, offer.variant, path)
    if broken:
        raise Refused(broken)
    return result


def _named_lines(basket: Basket, ids: Sequence[str], path: Path, leaf: Path) -> list[Line]:
    lines = [_line_of(basket, gid) for gid in ids]
    problems = [
        _no_line(gid, (*path, str(number), *leaf))
        for number, (gid, line) in enumerate(zip(ids, lines, strict=True))
        if line is None
    ]
    if problems:
        raise Refused(*problems)
    return [line for line in lines if line is not None]


def _line_of(basket: Basket, gid: str) -> Line | None:
    named = parse_id(gid)
    return basket.find(named[1]) if named and named[0] in ("CartLine", "ComponentizableCartLine") else None


def _no_line(gid: str, path: Path) -> Problem:
    return Problem("INVALID_MERCHANDISE_LINE", wording.no_line(gid), path)


def _no_merchandise(gid: str, path: Path) -> Problem:
    return Problem("INVALID", wording.no_merchandise(gid), (*path, "merchandiseId"))


def _fit_stock(basket: Basket, touched: Iterable[Line]) -> list[Notice]:
    """Cuts lines down to what can be bought, and says so: the customer gets the rest, not an error.

    Lines of one variant share what there is of it, the first come first; those that were not touched keep theirs.
    """
    notices = []
    lines = [line for line in dict.fromkeys(touched) if line in basket]
    taken = basket.pieces()
    for line in lines:
        taken[line.variant_id] -= line.quantity
    for line in lines:
        offer = basket.offers[line.variant_id]
        variant, before = offer.variant, taken[line.variant_id]
        free = offer.free - before
        if can_be_bought(variant, free - line.quantity + 1):
            taken[line.variant_id] += line.quantity
            continue
        taken[line.variant_id] += max(free, 0)
        if free <= 0:
            basket.remove(line)
            message = wording.all_taken(variant) if before else wording.sold_out(variant)
            target = global_id("ProductVariant", line.variant_id)
            notices.append(Notice("MERCHANDISE_OUT_OF_STOCK", message, target))
        else:
            line.quantity = free
            message = wording.cut_down(free, is_more=before > 0)
            notices.append(Notice("MERCHANDISE_NOT_ENOUGH_STOCK", message, global_id("CartLine", line.key)))
    return notices
