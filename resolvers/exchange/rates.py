"""Prices that follow a market's rate, brought to what the markets say now: many products at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from db import exchange, rates
from db.pricing import MarketRow, PriceBreakRow, VariantPriceRow
from db.session import Database, Session
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


async def follow_rates(database: Database, setting: Setting, *, at_once: int = BATCH) -> None:
    """Convert what nobody fixed, wherever it is not what the markets' rates make it; new markets get their prices.

    Ranges of prices follow, and an event tells of each product. ``at_once`` many products make one transaction, so that
    others can write between; when it is interrupted, the next run does the rest.
    """
    after = 0
    while True:
        async with database.read() as session:
            products = [key for _, key in await session.tuples(exchange.products_after(after, at_once))]
            differ = bool(products) and (await _differences(session, setting, products)).priced
        if not products:
            return
        if differ:
            async with database.bulk() as session:
                await session.rows(exchange.lock_products(products))
                await _write(session, setting, await _differences(session, setting, products))
        after = products[-1]


@dataclass
class _Differences:
    """What is not as the rates make it: prices that are missing, prices that changed, and the same of price breaks."""

    made: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    breaks: list[dict[str, Any]] = field(default_factory=list)
    stale: dict[int, list[int]] = field(default_factory=dict)
    """Variants whose price breaks are replaced, by market."""
    priced: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """All variants concerned, by product."""


async def _differences(session: Session, setting: Setting, products: Sequence[int]) -> _Differences:
    found = _Differences()
    prices = await session.rows(exchange.prices(products))
    _compare_prices(setting, prices, found)
    owners = {price.variant_id: price.product_id for price in prices}
    _compare_breaks(setting, await session.rows(exchange.price_breaks(list(owners))), owners, found)
    return found


def _compare_prices(setting: Setting, prices: Sequence[VariantPriceRow], found: _Differences) -> None:
    standing = {(price.market_id, price.variant_id): price for price in prices}
    for base in (price for price in prices if price.market_id == setting.primary.id):
        for market in setting.followers:
            known = standing.get((market.id, base.variant_id))
            if known and known.is_fixed:
                continue
            amount = setting.converted(base.amount, market)
            compare_at = base.compare_at_amount and setting.converted(base.compare_at_amount, market)
            if known and (known.amount, known.compare_at_amount) == (amount, compare_at):
                continue
            key = {"market_id": market.id, "variant_id": base.variant_id}
            values = {"amount": amount, "compare_at_amount": compare_at}
            if known:
                found.changed.append({f"new_{name}": value for name, value in (key | values).items()})
            else:
                found.made.append(key | values | {"product_id": base.product_id})
            found.priced[base.product_id].add(base.variant_id)


def _compare_breaks(
    setting: Setting, rows: Sequence[PriceBreakRow], owners: dict[int, int], found: _Differences
) -> None:
    """Price breaks are the primary market's, converted, in every other; ``owners`` are the variants' products."""
    base = [row for row in rows if row.market_id == setting.primary.id]
    for market in setting.followers:
        standing = {(r.variant_id, r.minimum_quantity, r.amount) for r in rows if r.market_id == market.id}
        wanted = {(r.variant_id, r.minimum_quantity, setting.converted(r.amount, market)) for r in base}
        stale = {variant for variant, _, _ in standing ^ wanted}
        if not stale:
            continue
        found.stale[market.id] = sorted(stale)
        for variant in stale:
            found.priced[owners[variant]].add(variant)
        found.breaks += [
            {"market_id": market.id, "variant_id": variant, "minimum_quantity": quantity, "amount": amount}
            for variant, quantity, amount in sorted(wanted)
            if variant in stale
        ]


async def _write(session: Session, setting: Setting, found: _Differences) -> None:
    await session.add_all(VariantPriceRow, found.made)
    await session.change_each(rates.repriced(), found.changed)
    for market, variants in found.stale.items():
        await session.change(exchange.removed_breaks(variants, market))
    await session.add_all(PriceBreakRow, found.breaks)
    products, markets = sorted(found.priced), [market.id for market in setting.followers]
    await session.change(rates.ranges_of_prices(markets, products))
    await session.change(rates.missing_ranges(markets, products))
    # Imports that run beside this one have to see that what they read is no longer so.
    await session.change(exchange.touched(products, utc_now()))
    payloads = [{"product_id": key, "variant_ids": sorted(found.priced[key])} for key in products]
    await publish_all(session, PRODUCT_CHANGED, payloads)
