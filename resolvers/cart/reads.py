"""Reading carts and what they cost."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from db import cart as db
from db.cart import CartLineRow, CartRow
from db.pricing import PriceBreakRow, VariantPriceRow
from db.session import Session
from resolvers.amounts import Money
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.ids import parse_id
from resolvers.languages import language_tag
from resolvers.loading import Loader, picked
from resolvers.paging import Page, PageArgs, page_among, page_of


class CartByToken(Loader[str, CartRow | None]):
    """Carts by the secret half of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartRow | None]:
        rows = {row.token: row for row in await session.rows(db.carts_by_token(keys))}
        return picked(rows, keys)


class LineByKey(Loader[str, CartLineRow | None]):
    """Cart lines by the secret part of their ids."""

    keys_are_text = True

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[CartLineRow | None]:
        rows = {
            row.key: row
            for row in await session.rows(db.offered_lines_by_key(keys, self.context.country, self.context.now))
        }
        return picked(rows, keys)


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


@dataclass
class Contents:
    """The lines of a cart, and what variants cost in its market: amounts, and those of breaks by their quantity."""

    currency: str
    lines: dict[int, CartLineRow] = field(default_factory=dict)
    """Those whose merchandise is offered."""
    prices: dict[int, VariantPriceRow] = field(default_factory=dict)
    breaks: dict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))

    def hold(self, line: CartLineRow | None, price: VariantPriceRow | None, less: PriceBreakRow | None) -> None:
        """Take in what a row of a statement has."""
        if line is not None:
            self.lines[line.id] = line
        if price is not None:
            self.prices[price.variant_id] = price
        if less is not None:
            self.breaks[less.variant_id][less.minimum_quantity] = less.amount

    def cost(self, line: CartLineRow) -> LineCost:
        """What a line costs: a piece's price, or that of the largest break that the line's quantity reaches.

        A variant without a price there costs nothing.
        """
        price, breaks = self.prices.get(line.variant_id), self.breaks.get(line.variant_id, {})
        reached = [least for least in breaks if least <= line.quantity]
        piece = Money(breaks[max(reached)] if reached else price.amount if price else 0, self.currency)
        before = price.compare_at_amount if price else None
        return LineCost(piece, None if before is None else Money(before, self.currency), piece.times(line.quantity))


class ContentsByCart(Loader[int, Contents]):
    """What is in carts, priced in the market of each cart's country, else in the operation's."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Contents]:
        found: dict[int, Contents] = {}
        statement = db.contents_of_carts(keys, self.context.country, self.context.now)
        for cart, currency, *row in await session.tuples(statement):
            found.setdefault(cart, Contents(currency)).hold(*row)
        return [found[key] for key in keys]


async def lines_of(context: Context, cart: CartRow, args: PageArgs) -> Page[CartLineRow]:
    """A page of a cart's lines, the newest first. Raises ClientError for a page that there cannot be.

    Who asks for them asks what they cost as well, so all are read for that.
    """
    order = args.turned(db.LINES_NEWEST_FIRST)
    window = args.window(order)
    contents = await context.loader(ContentsByCart).load(cart.id)
    return page_among([(line, line.id) for line in contents.lines.values()], order, window)


async def line_cost(context: Context, line: CartLineRow) -> LineCost:
    """What a line costs in the market of its cart."""
    return (await context.loader(ContentsByCart).load(line.cart_id)).cost(line)


def total_of(contents: Contents) -> Money:
    """The sum of a cart's lines, in its market."""
    return Money(sum(contents.cost(line).total.amount for line in contents.lines.values()), contents.currency)


def quantity_of(contents: Contents) -> int:
    """How many pieces a cart holds."""
    return sum(line.quantity for line in contents.lines.values())


def checkout_url(context: Context, cart: CartRow) -> str:
    """The page where the buyer goes on from here, in the language that the operation names, if it names one.

    It has the cart's secret in it.
    """
    spoken = f"?locale={language_tag(context.language)}" if context.language else ""
    return f"{context.base_url}/cart/c/{cart.token}{spoken}"


def delivery_groups(args: PageArgs) -> Page[Any]:
    """What is sent together: nothing, while carts have no addresses. Raises ClientError as every page does."""
    return page_of([], db.DELIVERY_GROUPS, args.window(db.DELIVERY_GROUPS))


async def watch_cart(context: Context, cart_id: str) -> AsyncIterator[CartRow]:
    """The cart as it stands, and again whenever it changes."""
    async with context.events.listen(db.CHANGED) as events:
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
