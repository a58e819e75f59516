"""`reviews.csv`: what customers thought."""

from datetime import datetime
from pathlib import Path
from typing import Any

from db import exchange as db
from db.catalog import ProductRow
from db.reviews import ReviewRow, ReviewStatus
from db.session import Database, Session
from resolvers.events import publish
from resolvers.exchange.cells import CellError, moment, whole
from resolvers.exchange.report import Reporter, Summary
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.table import BATCH, Table, named, open_table
from resolvers.exchange.upsert import differs
from resolvers.exchange.writing import PRODUCT_CHANGED

_NAME = named("Product Handle", "Rating", "Title", "Body", "Author", "Created At", "Status")


async def import_reviews(
    database: Database, setting: Setting, path: Path, *, dry_run: bool = False, reporter: Reporter | None = None
) -> Summary:
    """Add and change reviews; one is known again by its product, author and time. Others stay."""
    table = open_table(database, setting, path, _NAME, "Product Handle", dry_run=dry_run, reporter=reporter)
    batch: list[tuple[str, list[Row]]] = []
    for entry in table.groups():
        batch.append(entry)
        if len(batch) == BATCH:
            await _settle(table, batch)
            batch = []
    await _settle(table, batch)
    return table.summary


async def _settle(table: Table, batch: list[tuple[str, list[Row]]]) -> None:
    if not batch:
        return
    async with table.database.read() as session:
        ids = dict(await session.tuples(db.identities(ProductRow, [handle for handle, _ in batch])))
        standing = await session.rows(db.reviews(list(ids.values())))
    for handle, rows in batch:
        if handle not in ids:
            for row in rows:
                table.refuse(row, "Product Handle", f"there is no product {handle!r}")
            continue
        known = {(row.author, row.created_at): row for row in standing if row.product_id == ids[handle]}
        writing = [
            (known.get((values["author"], values["created_at"])), values)
            for row in rows
            if (values := _read(table, row)) is not None
        ]
        changed = [entry for entry in writing if entry[0] is None or differs(*entry)]
        if changed and not table.dry_run:
            async with table.database.bulk() as session:
                await _write(session, ids[handle], changed)
        for review, values in writing:
            table.count(made=review is None, changed=(review, values) in changed)


def _read(table: Table, row: Row) -> dict[str, Any] | None:
    """What a row says; None when it is refused."""
    column = "Rating"
    try:
        rating = whole(row.get("Rating") or "nothing")
        if rating > 5:
            raise CellError(f"{row.get('Rating')!r} is more than 5 stars")
        column = "Created At"
        created_at: datetime = moment(row.get("Created At"))
        column = "Author"
        if not row.get("Author"):
            raise CellError("is empty")
        column = "Status"
        status = (row.get("Status") or ReviewStatus.PUBLISHED).casefold()
        if status not in set(ReviewStatus):
            raise CellError(f"{status!r} is not a status; these are: {', '.join(ReviewStatus)}")
    except CellError as error:
        table.refuse(row, column, str(error))
        return None
    return {
        "rating": rating,
        "title": row.get("Title"),
        "body": row.get("Body"),
        "author": row.get("Author"),
        "status": str(status),
        "created_at": created_at,
    }


async def _write(session: Session, product_id: int, reviews: list[tuple[ReviewRow | None, dict[str, Any]]]) -> None:
    new = [values | {"product_id": product_id} for review, values in reviews if review is None]
    await session.add_all(ReviewRow, new)
    for review, values in reviews:
        if review is not None:
            await session.change(db.changed(ReviewRow, review.id, values))
    await publish(session, PRODUCT_CHANGED, {"product_id": product_id, "variant_ids": []})
