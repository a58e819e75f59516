"""Random changes of a shop, made here or by a process of its own that is told of each by a line."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

from sqlalchemy import delete, insert, text, update
from sqlmodel import col, select

from db import inventory, storefront
from db.catalog import CollectionProductRow, MediaRow, ProductRow, VariantRow
from db.content import PageRow
from db.pricing import VariantPriceRow
from db.reviews import ReviewRow
from db.session import Database, Session
from db.shop import ShopRow
from db.types import utc_now

Change = Callable[[Session, Random, int], Awaitable[object]]


async def _one(session: Session, chance: Random, row: type[ProductRow] | type[VariantRow] | type[MediaRow]) -> int:
    ids = await session.rows(select(row.id).order_by(col(row.id)))
    return chance.choice(ids)


async def rename_shop(session: Session, _chance: Random, n: int) -> object:
    return await session.change(update(ShopRow).values(name=f"Shop {n}"))


async def retitle(session: Session, chance: Random, n: int) -> object:
    product = await _one(session, chance, ProductRow)
    return await session.change(update(ProductRow).where(col(ProductRow.id) == product).values(title=f"Title {n}"))


async def retitle_by_text(session: Session, chance: Random, n: int) -> object:
    product = await _one(session, chance, ProductRow)
    return await session.change(text(f"UPDATE products SET vendor = 'Vendor {n}' WHERE id = {product}"))  # noqa: S608


async def hide_or_show(session: Session, chance: Random, n: int) -> object:
    product = await _one(session, chance, ProductRow)
    shown = None if n % 3 == 0 else utc_now()
    return await session.change(update(ProductRow).where(col(ProductRow.id) == product).values(published_at=shown))


async def sell(session: Session, chance: Random, n: int) -> object:
    variant = await _one(session, chance, VariantRow)
    ((location, _),) = (await session.tuples(inventory.stocked_locations(variant)))[:1] or [(1, 0)]
    await session.change(inventory.take_stock(variant, location, 1 + n % 3, below_zero=True))
    product = await session.first(select(VariantRow.product_id).where(col(VariantRow.id) == variant))
    return await session.change(storefront.count_sales(product or 0, 1 + n % 50))


async def reprice(session: Session, chance: Random, n: int) -> object:
    variant = await _one(session, chance, VariantRow)
    where = col(VariantPriceRow.variant_id) == variant
    return await session.change(update(VariantPriceRow).where(where).values(amount=1000 + n))


async def describe_media(session: Session, chance: Random, n: int) -> object:
    ids = await session.rows(select(MediaRow.id).order_by(col(MediaRow.id)))
    changes = [{"media": chance.choice(ids), "said": f"Alt {n}"}]
    return await session.change_each(text("UPDATE media SET alt = :said WHERE id = :media"), changes)


async def review(session: Session, chance: Random, n: int) -> object:
    values = {"product_id": await _one(session, chance, ProductRow), "rating": 1 + n % 5, "title": f"Review {n}"}
    return await session.add_all(ReviewRow, [values | {"body": "", "author": "A", "status": "published"}])


async def forget_reviews(session: Session, chance: Random, _n: int) -> object:
    product = await _one(session, chance, ProductRow)
    return await session.change(delete(ReviewRow).where(col(ReviewRow.product_id) == product))


async def leave_collection(session: Session, chance: Random, _n: int) -> object:
    product = await _one(session, chance, ProductRow)
    return await session.change(delete(CollectionProductRow).where(col(CollectionProductRow.product_id) == product))


async def drop_variant(session: Session, chance: Random, _n: int) -> object:
    """Prices, stock and lines of carts go with it, by foreign keys alone; the last few stay."""
    ids = await session.rows(select(VariantRow.id).order_by(col(VariantRow.id)))
    if len(ids) < 6:
        return None
    return await session.change(delete(VariantRow).where(col(VariantRow.id) == chance.choice(ids)))


async def write_page(session: Session, _chance: Random, n: int) -> object:
    values = {"handle": f"page-{n}", "title": f"Page {n}", "title_key": f"page {n}", "published_at": utc_now()}
    return await session.change(
        insert(PageRow).values(**values, body=f"<p>{n}</p>", created_at=utc_now(), updated_at=utc_now())
    )


CHANGES: tuple[Change, ...] = (
    rename_shop,
    retitle,
    retitle_by_text,
    hide_or_show,
    sell,
    reprice,
    describe_media,
    review,
    forget_reviews,
    leave_collection,
    drop_variant,
    write_page,
)


async def change(database: Database, seed: int) -> None:
    """One transaction with one to three changes that the seed chooses."""
    chance = Random(seed)
    async with database.write() as session:
        for n in range(chance.randint(1, 3)):
            await chance.choice(CHANGES)(session, chance, seed * 10 + n)


@asynccontextmanager
async def another_process(url: str) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """A process that makes the change of a seed; it has committed when the call returns."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.changing", url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    async def make(seed: int) -> None:
        stdin.write(f"{seed}\n".encode())
        assert await stdout.readline() == b"done\n"

    try:
        yield make
    finally:
        stdin.close()
        await process.wait()


async def _main() -> None:
    async with Database(sys.argv[1]) as database:
        while line := await asyncio.to_thread(sys.stdin.readline):
            await change(database, int(line))
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
