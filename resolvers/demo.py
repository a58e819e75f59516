"""What only a demo shop does: sell without checkout, so that its stock moves."""

from dataclasses import dataclass

from db import catalog
from db.catalog import VariantRow
from resolvers.context import Context
from resolvers.errors import Change, ClientError, Problem, Refused
from resolvers.ids import numbered
from resolvers.inventory import sell_stock
from resolvers.shop import the_shop


@dataclass(frozen=True)
class DemoSale(Change):
    """What was bought."""

    variant: VariantRow


async def buy(context: Context, merchandise_id: str, quantity: int) -> DemoSale:
    """Buy some pieces at once, as a finished order would. Raises ClientError in a shop that is no demo."""
    if not (await the_shop(context)).is_demo:
        raise ClientError("FORBIDDEN", "Only a demo shop sells without a checkout.")
    if not 1 <= quantity <= 100:
        raise Refused(Problem("INVALID", "Buy from 1 to 100 pieces.", ("quantity",)))
    async with context.write() as session:
        ids = [numbered(merchandise_id, "ProductVariant") or 0]
        variant = await session.first(catalog.reads.variants_by_id(ids, context.country, context.now))
        if variant is None:
            message = f"The merchandise with id {merchandise_id} does not exist."
            raise Refused(Problem("INVALID", message, ("merchandiseId",)))
        if not await sell_stock(session, variant, quantity, "demo"):
            raise Refused(Problem("MERCHANDISE_NOT_ENOUGH_STOCK", "There is not enough of it left.", ("quantity",)))
        await session.change(catalog.reads.count_sales(variant.product_id, quantity))
    return DemoSale(variant)
