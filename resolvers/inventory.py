"""Stock: what is free to sell, selling it, and being told when it changes."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from db import inventory as db
from db.catalog import VariantRow
from db.catalog.products import InventoryPolicy
from db.documents import Sure
from db.inventory import InventoryMovementRow
from db.session import Session
from resolvers.catalog.variants import VariantById
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.events import publish
from resolvers.loading import RowLoader
from resolvers.planning import Where

MAX_WATCHED = 250
"""How many variants one subscription may watch."""


class StockByVariant(RowLoader[int, int]):
    """Pieces free to sell over all locations; 0 where nothing is stocked. May be negative."""

    fails_without = True

    def statement(self, keys: Any) -> Any:
        return db.stock_of_variants(keys)

    @staticmethod
    def made(variant: int, free: int) -> tuple[int, int]:
        return variant, free

    def missing(self, _key: int) -> int:
        return 0


@dataclass(frozen=True)
class ProductStock:
    """Whether any variant can be bought, and the pieces of its tracked variants (None when nobody counts)."""

    available: bool
    total: int | None


class StockByProduct(RowLoader[int, ProductStock]):
    """Stock of whole products."""

    fails_without = True

    def statement(self, keys: Any) -> Any:
        return db.stock_of_products(keys)

    @staticmethod
    def made(product: int, available: bool, total: int | None) -> tuple[int, ProductStock]:
        return product, ProductStock(available, total)

    def missing(self, _key: int) -> ProductStock:
        return ProductStock(available=False, total=None)


def can_be_bought(variant: VariantRow, stock: int) -> bool:
    """Whether a variant with that many free pieces can be bought now."""
    return variant.inventory_tracker is None or variant.inventory_policy == InventoryPolicy.CONTINUE or stock > 0


async def available_for_sale(context: Context, variant: VariantRow) -> bool:
    """Whether it can be bought now; asks for its stock only if that decides."""
    if can_be_bought(variant, 0):
        return True
    return await context.loader(StockByVariant).load(variant.id) > 0


def available_in_sql(place: Where, variant: Any) -> Any:
    """The same of an enclosing variant, said in SQL."""
    return Sure(db.can_be_bought(variant, place.value(StockByVariant, variant.id)))


async def quantity_available(context: Context, variant: VariantRow) -> int | None:
    """Pieces free to sell; None for a variant that nobody counts."""
    if variant.inventory_tracker is None:
        return None
    return await context.loader(StockByVariant).load(variant.id)


def quantity_in_sql(place: Where, variant: Any) -> Any:
    """The same of an enclosing variant, said in SQL."""
    return db.counted(variant, place.value(StockByVariant, variant.id))


async def sold_beyond_stock(context: Context, variant: VariantRow) -> bool:
    """Whether it can be bought although nothing of it is there."""
    if variant.inventory_tracker is None or variant.inventory_policy != InventoryPolicy.CONTINUE:
        return False
    return await context.loader(StockByVariant).load(variant.id) <= 0


async def sell_stock(session: Session, variant: VariantRow, quantity: int, reference: str) -> bool:
    """Take sold pieces off the shelves, the fullest first; joins the caller's transaction.

    False, with nothing taken that the caller's rollback would not return, when a variant that denies overselling has
    too few. Every piece taken has its line in the ledger, and one event says that the stock changed.
    """
    if variant.inventory_tracker is None:
        return True
    below_zero = variant.inventory_policy == InventoryPolicy.CONTINUE
    left = quantity
    places = await _fullest_first(session, variant)
    for number, (location, free) in enumerate(places):
        last = number == len(places) - 1
        taken = left if below_zero and last else min(left, max(free, 0))
        if taken and await session.change(db.take_stock(variant.id, location, taken, below_zero=below_zero)):
            line = {"variant_id": variant.id, "location_id": location, "delta": -taken}
            await session.add_all(InventoryMovementRow, [line | {"reason": "sale", "reference": reference}])
            left -= taken
    if left and not below_zero:
        return False
    await publish(session, "inventory.changed", {"variant_ids": [variant.id]})
    return True


async def receive_stock(session: Session, variant: VariantRow, quantity: int, reference: str) -> None:
    """Put pieces on the shelf that holds most of the variant, with a line in the ledger; joins the transaction."""
    (location, _), *_ = await _fullest_first(session, variant)
    await session.change(db.take_stock(variant.id, location, -quantity, below_zero=True))
    line = {"variant_id": variant.id, "location_id": location, "delta": quantity}
    await session.add_all(InventoryMovementRow, [line | {"reason": "count", "reference": reference}])
    await publish(session, "inventory.changed", {"variant_ids": [variant.id]})


async def _fullest_first(session: Session, variant: VariantRow) -> list[tuple[int, int]]:
    places = await session.tuples(db.stocked_locations(variant.id))
    return sorted(places, key=lambda place: -place[1])


async def watch_stock(context: Context, variant_ids: Sequence[int]) -> AsyncIterator[VariantRow]:
    """The variants as they stand, and each again whenever its stock changes. Raises ClientError when none is there."""
    if not 0 < len(variant_ids) <= MAX_WATCHED:
        raise ClientError("BAD_REQUEST", f"Watch from 1 to {MAX_WATCHED} variants, not {len(variant_ids)}.")
    watched = dict.fromkeys(variant_ids)
    async with context.events.listen("inventory.changed") as events:
        found = [row for row in await context.loader(VariantById).load_many(list(watched)) if row is not None]
        if not found:
            raise ClientError("NOT_FOUND", "There is no such variant: watch ids that a product's variants have.")
        for variant in found:
            yield variant
        async for event in events:
            changed = [i for i in event.payload["variant_ids"] if i in watched]
            context.forget()
            for row in await context.loader(VariantById).load_many(changed):
                if row is not None:
                    yield row
