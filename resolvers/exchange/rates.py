"""Prices that follow a market's rate, brought to what the markets say now: many products at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from db import exchange, rates
from db.pricing import MarketRow, PriceBreakRow, VariantPriceRow
from db.session import Session
from db.types import utc_now
from resolvers.events import publish_all
from resolvers.exchange.setting import Setting
from resolvers.exchange.writing import PRODUCT_CHANGED

BATCH = 500
"""How many products are read at once."""


async def inherit_prices(session: Session, old: MarketRow, new: MarketRow) -> int:
    """Let prices of the market that was the primary one stand for it in the one that is now; all are fixed there.

    Answers how many variants are left without a price in the new one, because its currency is another: no rate is
    known for them. Joins the caller's transaction.
    """
    if old.currency_code == new.currency_code:
        for statement in rates.inherited(old.id, new.id):
            await session.change(statement)
    await session.change(rates.fixed_prices(new.id))
    return await session.first(rates.how_many_unpriced(old.id, new.id)) or 0


async def follow_rates(session: Session, setting: Setting, before: Sequence[MarketRow]) -> None:
    """Convert anew what nobody fixed, in every market whose rule is not what it was ``before``; new ones too.

    Ranges of prices follow, and an event tells of each product. Joins the caller's transaction.
    """
    rules = {market.id: _rule(market) for market in before}
    old = next((market.id for market in before if market.is_primary), None)
    turned = old != setting.primary.id
    markets = [m for m in setting.markets if not m.is_primary and (turned or rules.get(m.id) != _rule(m))]
    after = 0
    while markets:
        products = [key for _, key in await session.tuples(exchange.products_after(after, BATCH))]
        if not products:
            return
        await _Batch(session, setting, markets, products).convert()
        after = products[-1]


def _rule(market: MarketRow) -> tuple[Any, ...]:
    return market.currency_code, market.rate, market.rounding_step, market.rounding_ending


class _Batch:
    """Some products, and the markets in which their prices may not be what they should be."""

    def __init__(
        self, session: Session, setting: Setting, markets: Sequence[MarketRow], products: Sequence[int]
    ) -> None:
        self.session, self.setting, self.markets, self.products = session, setting, markets, products
        self.priced: dict[int, set[int]] = defaultdict(set)
        """Variants whose prices change, by product."""

    async def convert(self) -> None:
        """Write what differs, and tell."""
        prices = await self.session.rows(exchange.prices(self.products))
        await self._write_prices(prices)
        await self._write_breaks({price.variant_id: price.product_id for price in prices})
        if not self.priced:
            return
        changed, markets = sorted(self.priced), [market.id for market in self.markets]
        await self.session.change(rates.ranges_of_prices(markets, changed))
        await self.session.change(rates.missing_ranges(markets, changed))
        # Imports that run beside this one have to see that what they read is no longer so.
        await self.session.change(exchange.touched(changed, utc_now()))
        payloads = [{"product_id": key, "variant_ids": sorted(self.priced[key])} for key in changed]
        await publish_all(self.session, PRODUCT_CHANGED, payloads)

    async def _write_prices(self, prices: Sequence[VariantPriceRow]) -> None:
        standing = {(price.market_id, price.variant_id): price for price in prices}
        made, changed = [], []
        for base in (price for price in prices if price.market_id == self.setting.primary.id):
            for market in self.markets:
                known = standing.get((market.id, base.variant_id))
                amount, compare_at = self._converted(base, market)
                if known and (known.is_fixed or (known.amount, known.compare_at_amount) == (amount, compare_at)):
                    continue
                self.priced[base.product_id].add(base.variant_id)
                key = {"market_id": market.id, "variant_id": base.variant_id}
                values = {"amount": amount, "compare_at_amount": compare_at}
                if known:
                    changed.append({f"new_{name}": value for name, value in (key | values).items()})
                else:
                    made.append(key | values | {"product_id": base.product_id})
        await self.session.add_all(VariantPriceRow, made)
        await self.session.change_each(rates.repriced(), changed)

    def _converted(self, base: VariantPriceRow, market: MarketRow) -> tuple[int, int | None]:
        compare_at = base.compare_at_amount
        convert = self.setting.converted
        return convert(base.amount, market), None if compare_at is None else convert(compare_at, market)

    async def _write_breaks(self, products: dict[int, int]) -> None:
        """Price breaks are the primary market's, converted, in every other; ``products`` are those of variants."""
        rows = await self.session.rows(exchange.price_breaks(list(products)))
        base = [row for row in rows if row.market_id == self.setting.primary.id]
        for market in self.markets:
            theirs = [row for row in rows if row.market_id == market.id]
            standing = {(row.variant_id, row.minimum_quantity, row.amount) for row in theirs}
            wanted = {
                (row.variant_id, row.minimum_quantity, self.setting.converted(row.amount, market)) for row in base
            }
            variants = sorted({entry[0] for entry in standing ^ wanted})
            if not variants:
                continue
            for variant in variants:
                self.priced[products[variant]].add(variant)
            await self.session.change(exchange.removed_breaks(variants, market.id))
            names = ("variant_id", "minimum_quantity", "amount")
            new = [dict(zip(names, e, strict=True), market_id=market.id) for e in sorted(wanted) if e[0] in variants]
            await self.session.add_all(PriceBreakRow, new)
