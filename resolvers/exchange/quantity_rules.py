"""`quantity_rules.csv`: how many at once, and what many cost."""

from pathlib import Path
from typing import Any

from db import exchange as db
from db.catalog import VariantRow
from db.pricing import PriceBreakRow
from db.session import Database, Session
from db.types import utc_now
from resolvers.amounts import AmountError, minor_units
from resolvers.events import publish
from resolvers.exchange.cells import CellError, whole
from resolvers.exchange.report import Reporter, Summary
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.table import Table, named, open_table
from resolvers.exchange.upsert import differs
from resolvers.exchange.writing import PRODUCT_CHANGED

_NAME = named("SKU", "Minimum", "Maximum", "Increment", "Price Breaks")


async def import_quantity_rules(
    database: Database, setting: Setting, path: Path, *, dry_run: bool = False, reporter: Reporter | None = None
) -> Summary:
    """Set quantity rules and price breaks of the variants with these SKUs.

    Price breaks such as ``10: 9.50; 50: 8.90`` are in the shop's currency, and converted for the other markets.
    """
    table = open_table(database, setting, path, _NAME, "SKU", dry_run=dry_run, reporter=reporter)
    for sku, (row, *others) in table.groups():
        for other in others:
            table.refuse(other, "SKU", f"stands on line {row.line} already")
        read = _read(table, row)
        if read is None:
            continue
        async with database.bulk() as session:
            changed = await _settle(session, table, sku, *read)
        if changed is None:
            table.refuse(row, "SKU", f"there is no variant {sku!r}")
        else:
            table.count(made=False, changed=changed)
    return table.summary


def _read(table: Table, row: Row) -> tuple[dict[str, Any], dict[int, int]] | None:
    """The rule and the price breaks by quantity; None when the row is refused."""
    column = "Minimum"
    try:
        minimum = whole(row.get("Minimum") or "1")
        column = "Increment"
        increment = whole(row.get("Increment") or "1")
        column = "Maximum"
        maximum = whole(row.get("Maximum")) if row.get("Maximum") else None
        if maximum is not None and maximum < minimum:
            raise CellError("is less than the minimum")
        column = "Price Breaks"
        breaks = _breaks(row.get("Price Breaks"), table.setting.primary.currency_code)
    except (CellError, AmountError) as error:
        table.refuse(row, column, str(error))
        return None
    return {"quantity_minimum": minimum, "quantity_maximum": maximum, "quantity_increment": increment}, breaks


def _breaks(text: str, currency: str) -> dict[int, int]:
    found = {}
    for part in (part.strip() for part in text.split(";") if part.strip()):
        quantity, _, price = part.partition(":")
        if whole(quantity) < 2:
            raise CellError(f"{part!r} must begin with two pieces at least")
        found[whole(quantity)] = minor_units(price, currency)
    return found


async def _settle(
    session: Session, table: Table, sku: str, rule: dict[str, Any], breaks: dict[int, int]
) -> bool | None:
    """Whether anything differs, which is then written; None without such a variant."""
    variants = await session.rows(db.variants_by_sku([sku]))
    if not variants:
        return None
    ids = [variant.id for variant in variants]
    standing = {
        (row.market_id, row.variant_id, row.minimum_quantity, row.amount)
        for row in await session.rows(db.price_breaks(ids))
    }
    wanted = {
        (market.id, key, quantity, amount if market.is_primary else table.setting.converted(amount, market))
        for market in table.setting.markets
        for key in ids
        for quantity, amount in breaks.items()
    }
    differing = [variant for variant in variants if differs(variant, rule)]
    if standing == wanted and not differing:
        return False
    if not table.dry_run:
        for variant in differing:
            await session.change(db.changed(VariantRow, variant.id, rule | {"updated_at": utc_now()}))
        await session.change(db.removed_breaks(ids))
        names = ("market_id", "variant_id", "minimum_quantity", "amount")
        await session.add_all(PriceBreakRow, [dict(zip(names, entry, strict=True)) for entry in sorted(wanted)])
        for product in {variant.product_id for variant in variants}:
            priced = [variant.id for variant in variants if variant.product_id == product]
            await publish(session, PRODUCT_CHANGED, {"product_id": product, "variant_ids": priced})
    return True
