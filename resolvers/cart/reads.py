"""Reading carts and what they cost."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from db import cart as db
from db.cart import CartLineRow, CartRow
from db.paging import Children
from db.session import Session
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import parse_id
from resolvers.loading import Loader, PageLoader, grouped
from resolvers.markets import Money, Price, currency_of, price_for


class CartByToken(Loader[str, CartRow | None]):
    """Carts by the secret half of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartRow | None]:
        rows = {row.token: row for row in await session.rows(db.carts_by_token(keys))}
        return [rows.get(key) for key in keys]


class CartById(Loader[int, CartRow | None]):
    """Carts by number, for what belongs to them."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[CartRow | None]:
        rows = {row.id: row for row in await session.rows(db.carts_by_id(keys))}
        return [rows.get(key) for key in keys]


class LinesByCart(PageLoader[CartLineRow]):
    """A cart's lines, the newest first."""

    orders = {"NEWEST": db.LINES_NEWEST_FIRST}

    def children(self) -> Children:
        return db.lines_of_carts()


class AllLinesByCart(Loader[int, list[CartLineRow]]):
    """Every line of a cart, to add up."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[list[CartLineRow]]:
        rows = await session.rows(db.lines_of_cart_ids(keys))
        return grouped(((row.cart_id, row) for row in rows), keys)


class LineByKey(Loader[str, CartLineRow | None]):
    """Cart lines by the secret part of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartLineRow | None]:
        rows = {row.key: row for row in await session.rows(db.lines_by_key(keys))}
        return [rows.get(key) for key in keys]


class QuantityByCart(Loader[int, int]):
    """Pieces in a cart."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[int]:
        found = dict(await session.tuples(db.quantities_of_carts(keys)))
        return [int(found.get(key, 0)) for key in keys]


def token_of(cart_id: str) -> str | None:
    """The secret in a cart's global id; clients may send it with or without what precedes and follows it."""
    named = parse_id(cart_id)
    return named[1] if named and named[0] == "Cart" else None


async def find_cart(context: Context, cart_id: str) -> CartRow | None:
    """The cart of that global id; None for any other."""
    token = token_of(cart_id)
    return await context.loader(CartByToken).load(token) if token else None


@dataclass(frozen=True)
class LineCost:
    """What a line costs: one piece, what it cost before, and all pieces."""

    piece: Money
    piece_before: Money | None
    total: Money


async def line_cost(context: Context, line: CartLineRow) -> LineCost:
    """What a line costs in the market of its cart."""
    cart = await context.loader(CartById).load(line.cart_id)
    price = await price_for(context, line.variant_id, line.quantity, _country(context, cart))
    return _cost(price, line.quantity)


async def cart_total(context: Context, cart: CartRow) -> Money:
    """The sum of the lines, in the market of the cart."""
    country = _country(context, cart)
    total = Money(0, await currency_of(context, country))
    for line in await context.loader(AllLinesByCart).load(cart.id or 0):
        cost = _cost(await price_for(context, line.variant_id, line.quantity, country), line.quantity)
        total = Money(total.amount + cost.total.amount, total.currency)
    return total


def _country(context: Context, cart: CartRow | None) -> str | None:
    return (cart.country_code if cart else None) or context.country


def _cost(price: Price, quantity: int) -> LineCost:
    return LineCost(price.now, price.before, price.now.times(quantity))


async def watch_cart(context: Context, cart_id: str) -> AsyncIterator[CartRow]:
    """The cart as it stands, and again whenever it changes."""
    async with context.events.listen("cart.changed") as events:
        cart = await find_cart(context, cart_id)
        if cart is None:
            raise ClientError("NOT_FOUND", "There is no such cart: create one with cartCreate, and watch its id.")
        yield cart
        async for event in events:
            if event.payload["cart_id"] == cart.id:
                context.forget()
                changed = await find_cart(context, cart_id)
                if changed is None:
                    return
                yield changed
