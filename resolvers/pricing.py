"""What things cost in the operation's market."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from db import pricing as db
from db.paging import Children
from db.pricing import MarketRow, PriceBreakRow
from db.session import Session
from resolvers.amounts import Money, exponent
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader
from resolvers.paging import Page, PageArgs


@dataclass(slots=True)
class Price:
    """What a variant costs, and what it is said to have cost before (None when it is not on sale)."""

    now: Money
    before: Money | None


@dataclass(slots=True)
class PriceRange:
    """The lowest and the highest of a product's prices."""

    min_variant_price: Money
    max_variant_price: Money


Ranges: TypeAlias = tuple[PriceRange, PriceRange]


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


class PriceByVariant(Loader[int, Price]):
    """Prices in the operation's market. Raises LookupError for a variant without one, which the importer never
    leaves.
    """

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Price]:
        found: dict[int, Price] = {}
        for variant, amount, before, currency in await session.tuples(
            db.prices_of_variants(keys, self.context.country)
        ):
            found[variant] = Price(Money(amount, currency), None if before is None else Money(before, currency))
        # A loader's future fails with an exception that stands in the place of its answer.
        return [found[key] if key in found else cast(Any, self._missing(key)) for key in keys]

    def _missing(self, key: int) -> LookupError:
        market = f"the market of {self.context.country or 'no country'}"
        return LookupError(f"variant {key} has no price in {market}")


class RangesByProduct(Loader[int, Ranges]):
    """(range of prices, range of prices before) in the operation's market; zeros for a product without variants."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Ranges]:
        found: dict[int, Ranges] = {}
        for row, currency in await session.tuples(db.price_ranges_of_products(keys, self.context.country)):
            prices = PriceRange(Money(row.minimum, currency), Money(row.maximum, currency))
            before = PriceRange(Money(row.compare_at_minimum, currency), Money(row.compare_at_maximum, currency))
            found[row.product_id] = (prices, before)
        if any(key not in found for key in keys):
            nothing = Money(0, await currency_of(self.context))
            found |= {key: (PriceRange(nothing, nothing),) * 2 for key in keys if key not in found}
        return [found[key] for key in keys]


class BreaksByVariant(PageLoader[PriceBreakRow]):
    """A variant's price breaks in the operation's market, the smallest quantity first."""

    orders = {"QUANTITY": db.BREAKS_BY_QUANTITY}

    def children(self) -> Children:
        return db.price_breaks(self.context.country)


async def price_of(context: Context, variant_id: int) -> Price:
    """What a variant costs. Raises LookupError for a variant without a price, which the importer never leaves."""
    return await context.loader(PriceByVariant).load(variant_id)


async def breaks_of(context: Context, variant_id: int, args: PageArgs) -> Page[PriceBreakRow]:
    """A page of a variant's price breaks in the operation's market."""
    return await context.loader(BreaksByVariant).load((variant_id, args))
