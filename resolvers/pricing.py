"""What things cost in the operation's market."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from db import pricing as db
from db.documents import optional
from db.paging import Children
from db.pricing import MarketRow, PriceBreakRow, ProductPriceRow
from db.session import Session
from resolvers.amounts import Money, exponent
from resolvers.context import Context
from resolvers.loading import Loader, PageLoader, RowLoader
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


class PriceByVariant(RowLoader[int, Price]):
    """Prices in the operation's market. Raises LookupError for a variant without one, which the importer never
    leaves.
    """

    fails_without = True
    is_joined = True

    def statement(self, keys: Any) -> Any:
        return db.prices_of_variants(keys, self.context.country)

    @staticmethod
    def made(variant: int, amount: int, before: int | None, currency: str) -> tuple[int, Price]:
        return variant, Price(Money(amount, currency), optional(before, Money, currency))

    def missing(self, key: int) -> LookupError:
        market = f"the market of {self.context.country or 'no country'}"
        return LookupError(f"variant {key} has no price in {market}")


class RangesByProduct(RowLoader[int, Ranges]):
    """(range of prices, range of prices before) in the operation's market; zeros for a product without variants."""

    fails_without = True

    def statement(self, keys: Any) -> Any:
        return db.price_ranges_of_products(keys, self.context.country)

    @staticmethod
    def made(row: ProductPriceRow, currency: str) -> tuple[int, Ranges]:
        prices = PriceRange(Money(row.minimum, currency), Money(row.maximum, currency))
        before = PriceRange(Money(row.compare_at_minimum, currency), Money(row.compare_at_maximum, currency))
        return row.product_id, (prices, before)

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Ranges]:
        found: list[Any] = await super().fetch(session, keys)
        if None not in found:
            return found
        nothing = Money(0, await currency_of(self.context))
        return [(PriceRange(nothing, nothing),) * 2 if one is None else one for one in found]


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
