"""Finding data that contradicts itself."""

from db import reconcile as db
from db.session import Database


async def contradictions(database: Database) -> list[str]:
    """A sentence for each: stock that is not the sum of its movements, ranges that are not those of the prices."""
    findings: list[str] = []
    async with database.read() as session:
        for variant, location, on_hand, moved in await session.tuples(db.stock_off_ledger()):
            findings.append(
                f"Variant {variant} at location {location}: {on_hand} on hand, but its movements come to {moved}."
            )
        for market, product, low, high, lowest, highest in await session.tuples(db.ranges_off_prices()):
            findings.append(
                f"Product {product} in market {market}: its range is {low} to {high}, its prices {lowest} to {highest}."
            )
        for cart, line in await session.tuples(db.lines_without_price()):
            findings.append(f"Line {line} of cart {cart}: its variant has no price in the primary market.")
    return findings
