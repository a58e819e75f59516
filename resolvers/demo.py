"""What only a demo shop does: sell without checkout, so that its stock moves."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import count
from random import choice

from db import inventory, storefront
from db.catalog import VariantRow
from db.session import Database
from db.shop import shops
from resolvers.cart.asked import NewCart, NewLine
from resolvers.cart.commands import create_cart
from resolvers.cart.wording import no_merchandise
from resolvers.catalog.products import ProductById
from resolvers.context import Context
from resolvers.errors import Change, ClientError, Problem, Refused
from resolvers.ids import global_id, numbered
from resolvers.inventory import StockByVariant, receive_stock, sell_stock
from resolvers.languages import Bilingual
from resolvers.shop import the_shop

_ONE_TO_HUNDRED = Bilingual("Buy from 1 to 100 pieces.", "Kaufen Sie 1 bis 100 Stück.")
_NOT_ENOUGH = Bilingual("There is not enough of it left.", "Davon ist nicht mehr genug da.")


@dataclass(frozen=True)
class DemoSale(Change):
    """What was bought."""

    variant: VariantRow


async def buy(context: Context, merchandise_id: str, quantity: int) -> DemoSale:
    """Buy some pieces at once, as a finished order would. Raises ClientError in a shop that is no demo."""
    await _only_in_a_demo(context)
    if not 1 <= quantity <= 100:
        raise Refused(Problem("INVALID", _ONE_TO_HUNDRED, ("quantity",)))
    async with context.write() as session:
        ids = [numbered(merchandise_id, "ProductVariant") or 0]
        variant = await session.first(storefront.variants_by_id(ids, context.country, context.now))
        if variant is None:
            raise Refused(Problem("INVALID", no_merchandise(merchandise_id), ("merchandiseId",)))
        if not await sell_stock(session, variant, quantity, "demo"):
            raise Refused(Problem("MERCHANDISE_NOT_ENOUGH_STOCK", _NOT_ENOUGH, ("quantity",)))
        await session.change(storefront.count_sales(variant.product_id, quantity))
    return DemoSale(variant)


async def _only_in_a_demo(context: Context) -> None:
    if not (await the_shop(context)).is_demo:
        raise ClientError("FORBIDDEN", "Only a demo shop sells without a checkout.")


POPULAR = 8
"""How many variants simulated shoppers fight for; few, so that whoever watches one soon sees it move."""
RESTOCK_AT = 3
"""With so many pieces left of something, a delivery comes."""
DELIVERIES = range(20, 60)
"""How many pieces a delivery brings."""
NAMES = ("Ada", "Bela", "Chidi", "Dalia", "Emre", "Freya", "Goran", "Hana", "Ines", "Jonas", "Kaya", "Liv")


@dataclass(frozen=True)
class Deed:
    """What a simulated shopper did."""

    who: str
    did: str
    what: str
    left: int | None


async def popular_variants(context: Context) -> list[VariantRow]:
    """The variants that simulated shoppers fight for: the first that somebody counts.

    Raises ClientError in a shop that is no demo, and NoShop where there is none.
    """
    await _only_in_a_demo(context)
    async with context.read() as session:
        return await session.rows(storefront.first_counted(POPULAR, context.country, context.now))


async def shop_around(contexts: Callable[[], Context], number: int, variants: list[VariantRow]) -> AsyncIterator[Deed]:
    """A shopper's life without end: opens a cart, adds, buys, and a delivery arrives before anything runs out.

    Shopper ``number`` begins at its own place among the variants. The caller decides how fast it goes.
    """
    who = NAMES[number % len(NAMES)]
    for turn in count(number):
        variant = variants[turn % len(variants)]
        title = await _title(contexts(), variant)
        if turn % 3 == number % 3:
            line = NewLine(global_id("ProductVariant", variant.id))
            await create_cart(contexts(), NewCart(lines=(line,)))
            yield Deed(who, "puts into a cart", title, None)
        if delivery := await _delivered(contexts(), variant):
            yield Deed("A van", f"delivers {delivery} of", title, await _left(contexts(), variant))
        try:
            await buy(contexts(), global_id("ProductVariant", variant.id), 1)
        except Refused:
            # Somebody else was faster.
            continue
        yield Deed(who, "buys", title, await _left(contexts(), variant))


async def _title(context: Context, variant: VariantRow) -> str:
    product = await context.loader(ProductById).load(variant.product_id)
    name = product.title if product else "?"
    return name if variant.title == "Default Title" else f"{name}, {variant.title}"


async def _left(context: Context, variant: VariantRow) -> int:
    return await context.loader(StockByVariant).load(variant.id)


async def _delivered(context: Context, variant: VariantRow) -> int:
    """Bring what runs short; answers how many pieces came, 0 when there are enough."""
    async with context.write() as session:
        # Locked, so that of two shoppers who find the shelf empty only one calls the van.
        places = await session.tuples(inventory.stocked_locations(variant.id))
        if sum(free for _, free in places) > RESTOCK_AT:
            return 0
        quantity = choice(DELIVERIES)  # noqa: S311 - nothing secret about a delivery
        await receive_stock(session, variant, quantity, "demo")
    return quantity


async def shop_of_its_own(database: Database) -> str | None:
    """The name of a shop that is no demo and stands in the database; None where the demo shop may be opened."""
    async with database.read() as session:
        shop = await session.first(shops())
    return shop.name if shop and not shop.is_demo else None
