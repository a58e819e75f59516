"""What things cost in the operation's market."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import pricing as db
from db.paging import Children
from db.pricing import MarketRow, PriceBreakRow
from db.session import Session
from resolvers.amounts import Money, exponent
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, picked
from resolvers.paging import Page, PageArgs


@dataclass(frozen=True)
class Price:
    """What a variant costs, and what it is said to have cost before (None when it is not on sale)."""

    now: Money
    before: Money | None


@dataclass(frozen=True)
class PriceRange:
    """The lowest and the highest of a product's prices."""

    min_variant_price: Money
    max_variant_price: Money


class TheMarket(Loader[int, MarketRow | None]):
    """The operation's market, under the key 1: that of its country, else the primary one."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MarketRow | None]:
        row = await session.first(db.market(self.context.country))
        return [row if key == 1 else None for key in keys]


async def currency_of(context: Context) -> str:
    """The currency that the operation's market pays in. Raises LookupError before a shop was imported."""
    market = await context.loader(TheMarket).load(1)
    if market is None:
        raise LookupError("there is no primary market")
    return market.currency_code


async def decimals_of(context: Context) -> int:
    """How many decimals that currency has; 0 before a shop was imported."""
    market = await context.loader(TheMarket).load(1)
    return exponent(market.currency_code) if market else 0


class PriceByVariant(Loader[int, Price | None]):
    """Prices in the operation's market; None for what is not sold there."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Price | None]:
        found = {}
        for variant, amount, before, currency in await session.tuples(
            db.prices_of_variants(keys, self.context.country)
        ):
            found[variant] = Price(Money(amount, currency), None if before is None else Money(before, currency))
        return picked(found, keys)


class RangesByProduct(Loader[int, tuple[PriceRange, PriceRange] | None]):
    """(range of prices, range of prices before) in the operation's market; None for what is not sold there."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[tuple[PriceRange, PriceRange] | None]:
        found = {}
        for row, currency in await session.tuples(db.price_ranges_of_products(keys, self.context.country)):
            prices = PriceRange(Money(row.minimum, currency), Money(row.maximum, currency))
            before = PriceRange(Money(row.compare_at_minimum, currency), Money(row.compare_at_maximum, currency))
            found[row.product_id] = (prices, before)
        return picked(found, keys)


class BreaksByVariant(PageLoader[PriceBreakRow]):
    """A variant's price breaks in the operation's market, the smallest quantity first."""

    orders = {"QUANTITY": db.BREAKS_BY_QUANTITY}

    def children(self) -> Children:
        return db.price_breaks(self.context.country)


async def price_of(context: Context, variant_id: int) -> Price:
    """What a variant costs. Raises LookupError for a variant without a price, which the importer never leaves."""
    price = await context.loader(PriceByVariant).load(variant_id)
    if price is None:
        raise LookupError(f"variant {variant_id} has no price in the market of {context.country or 'no country'}")
    return price


async def ranges_of(context: Context, product_id: int) -> tuple[PriceRange, PriceRange]:
    """A product's prices, and those before; zeros for a product without variants."""
    ranges = await context.loader(RangesByProduct).load(product_id)
    if ranges is None:
        nothing = Money(0, await currency_of(context))
        return PriceRange(nothing, nothing), PriceRange(nothing, nothing)
    return ranges


async def breaks_of(context: Context, variant_id: int, args: PageArgs) -> Page[PriceBreakRow]:
    """A page of a variant's price breaks in the operation's market."""
    return await context.loader(BreaksByVariant).load((variant_id, args))
