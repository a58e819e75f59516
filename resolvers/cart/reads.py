"""Reading carts and what they cost."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from db import cart as db
from db.cart import CartLineRow, CartRow
from db.paging import Children
from db.session import Session
from resolvers.amounts import Money
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import parse_id
from resolvers.loading import Loader, PageLoader, picked
from resolvers.pricing import PriceList, price_list


class CartByToken(Loader[str, CartRow | None]):
    """Carts by the secret half of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartRow | None]:
        rows = {row.token: row for row in await session.rows(db.carts_by_token(keys))}
        return picked(rows, keys)


class LinesByCart(PageLoader[CartLineRow]):
    """A cart's lines, the newest first."""

    orders = {"NEWEST": db.LINES_NEWEST_FIRST}

    def children(self) -> Children:
        return db.lines_of_carts(self.context.country, self.context.now)


class LineByKey(Loader[str, CartLineRow | None]):
    """Cart lines by the secret part of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartLineRow | None]:
        rows = {
            row.key: row
            for row in await session.rows(db.offered_lines_by_key(keys, self.context.country, self.context.now))
        }
        return picked(rows, keys)


class QuantityByCart(Loader[int, int]):
    """Pieces in a cart."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[int]:
        found = dict(await session.tuples(db.quantities_of_carts(keys, self.context.country, self.context.now)))
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


@dataclass(frozen=True)
class CartCosts:
    """What a cart costs in all, and the prices that its lines are charged by."""

    total: Money
    prices: PriceList

    def line(self, line: CartLineRow) -> LineCost:
        """What one of its lines costs."""
        return _cost(self.prices, line)


class CostsByCart(Loader[int, CartCosts]):
    """What carts cost, each in the market of its country, else of the operation's."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[CartCosts]:
        countries = {row.id: row.country_code for row in await session.rows(db.carts_by_id(keys))}
        lines = await session.rows(db.lines_of_cart_ids(keys, self.context.country, self.context.now))
        found = {}
        for country in set(countries.values()):
            carts = [cart for cart in keys if countries.get(cart) == country]
            theirs = [line for line in lines if line.cart_id in carts]
            variants = list({line.variant_id for line in theirs})
            prices = await price_list(session, variants, country or self.context.country)
            for cart in carts:
                total = sum(_cost(prices, line).total.amount for line in theirs if line.cart_id == cart)
                found[cart] = CartCosts(Money(total, prices.currency), prices)
        return [found[key] for key in keys]


def _cost(prices: PriceList, line: CartLineRow) -> LineCost:
    piece = prices.piece(line.variant_id, line.quantity)
    return LineCost(piece.now, piece.before, piece.now.times(line.quantity))


async def line_cost(context: Context, line: CartLineRow) -> LineCost:
    """What a line costs in the market of its cart."""
    return (await context.loader(CostsByCart).load(line.cart_id)).line(line)


async def cart_total(context: Context, cart: CartRow) -> Money:
    """The sum of the lines, in the market of the cart."""
    return (await context.loader(CostsByCart).load(cart.id)).total


async def watch_cart(context: Context, cart_id: str) -> AsyncIterator[CartRow]:
    """The cart as it stands, and again whenever it changes."""
    async with context.events.listen("cart.changed") as events:
        cart = await find_cart(context, cart_id)
        if cart is None:
            raise ClientError("NOT_FOUND", "There is no such cart: create one with cartCreate, and watch its id.")
        yield cart
        version = cart.version
        async for event in events:
            if event.payload["cart_id"] != cart.id:
                continue
            context.forget()
            changed = await find_cart(context, cart_id)
            if changed is None:
                return
            if changed.version != version:
                # What was written before the first look, or together with what was shown since, is no news.
                version = changed.version
                yield changed
