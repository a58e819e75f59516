"""The tables about products: stock, videos and models, quantity rules, reviews."""

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

from db import exchange as db
from db.catalog import MediaRow, MediaSourceRow, VariantRow
from db.catalog.media import MediaKind
from db.session import Session
from resolvers.amounts import amount_text
from resolvers.exchange.cells import same_word
from resolvers.exchange.export import export_products
from resolvers.exchange.inventory import NOT_STOCKED
from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.exchange.states import Product, read_products

BATCH = 50
_OPTIONS = [f"Option{n} {what}" for n in (1, 2, 3) for what in ("Name", "Value")]
_MEDIA = ("Handle", "Position", "Kind", "Alt", "Preview Image", "Source", "Mime Type", "Width", "Height")
_RULES = ("SKU", "Minimum", "Maximum", "Increment", "Price Breaks")
_REVIEWS = ("Product Handle", "Rating", "Title", "Body", "Author", "Created At", "Status")


async def write_products(out: Outgoing) -> None:
    """Write the product file."""
    with out.stream("products.csv") as file:
        await export_products(out.database, file, picture_cell=out.picture, progress=out.progress("products.csv"))


async def write_inventory(out: Outgoing) -> None:
    """Write how much lies where, of what is stocked anywhere."""
    places = _places(out)
    with out.rows("inventory.csv", ["Handle", *_OPTIONS, "SKU", *places.values()]) as table:
        async for _, found in _batches(out, "inventory.csv"):
            for product in found.values():
                for variant in product.variants:
                    if variant.levels:
                        row = {"Handle": product.handle, "SKU": variant.values["sku"] or ""}
                        for n, (option, value) in enumerate(zip(product.options, variant.options, strict=True), 1):
                            row |= {f"Option{n} Name": option.name, f"Option{n} Value": value}
                        levels = {name: variant.levels.get(key, NOT_STOCKED) for key, name in places.items()}
                        table.add(row | {name: str(level) for name, level in levels.items()})


def _places(out: Outgoing) -> dict[int, str]:
    """Columns by location."""
    taken = [same_word(name) for name in ("Handle", "SKU", *_OPTIONS)]
    taken += [same_word(location.name) for location in out.setting.locations]
    found = {}
    for location in out.setting.locations:
        if taken.count(same_word(location.name)) > 1:
            out.leave_out(f"The stock at {location.name!r}", "the table has another column of that name")
        else:
            found[location.id] = location.name
    return found


async def write_media(out: Outgoing) -> None:
    """Write the videos and models; pictures are in the product file."""
    with out.rows("media.csv", _MEDIA) as table:
        async for session, found in _batches(out, "media.csv"):
            handles = {product.id: product.handle for product in found.values()}
            media = [row for row in await session.rows(db.media(list(handles))) if row.kind != MediaKind.IMAGE]
            sources: dict[int, list[MediaSourceRow]] = defaultdict(list)
            for source in await session.rows(db.media_sources([row.id for row in media])):
                sources[source.media_id].append(source)
            for row in media:
                handle = handles[row.product_id or 0]
                if row.embed_url is None and len(sources[row.id]) != 1:
                    what = f"The {row.kind.lower()} at position {row.position} of {handle}"
                    out.leave_out(what, f"it has {len(sources[row.id])} files, and the table takes one")
                    continue
                table.add({"Handle": handle, **_medium(out, row, next(iter(sources[row.id]), None))})


def _medium(out: Outgoing, row: MediaRow, source: MediaSourceRow | None) -> dict[str, str]:
    cells = {
        "Position": str(row.position),
        "Kind": row.kind.lower(),
        "Alt": row.alt or "",
        "Preview Image": out.picture(row.source) if row.source else "",
        "Source": row.embed_url or "",
    }
    if source is None:
        return cells
    measures = {"Width": source.width, "Height": source.height}
    return cells | {
        "Source": out.medium(source.source),
        "Mime Type": source.mime_type,
        **{name: str(pixels) for name, pixels in measures.items() if pixels},
    }


async def write_quantity_rules(out: Outgoing) -> None:
    """Write how many at once and what many cost, of variants where either says anything."""
    written: dict[str, dict[str, str]] = {}
    with out.rows("quantity_rules.csv", _RULES) as table:
        async for session, found in _batches(out, "quantity_rules.csv"):
            variants = await session.rows(db.variants([product.id for product in found.values()]))
            breaks = await _breaks(session, out, [variant.id for variant in variants])
            for variant in variants:
                row = _rule(variant) | {"Price Breaks": breaks.get(variant.id, "")}
                if not any(row.values()):
                    continue
                if not variant.sku:
                    out.leave_out(f"The quantity rule of variant {variant.id}", "it has no SKU to be known by")
                elif variant.sku not in written:
                    written[variant.sku] = row
                    table.add({"SKU": variant.sku} | row)
                elif written[variant.sku] != row:
                    out.leave_out(f"A quantity rule of {variant.sku}", "several variants with that SKU have others")


def _rule(variant: VariantRow) -> dict[str, str]:
    values = {
        "Minimum": variant.quantity_minimum,
        "Maximum": variant.quantity_maximum,
        "Increment": variant.quantity_increment,
    }
    if values == {"Minimum": 1, "Maximum": None, "Increment": 1}:
        return {}
    return {name: str(value) for name, value in values.items() if value is not None}


async def _breaks(session: Session, out: Outgoing, variants: list[int]) -> dict[int, str]:
    """The cells of price breaks in the shop's currency, by variant."""
    primary = out.setting.primary
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in await session.rows(db.price_breaks(variants)):
        if row.market_id == primary.id:
            found[row.variant_id].append((row.minimum_quantity, row.amount))
    return {
        key: "; ".join(f"{quantity}: {amount_text(amount, primary.currency_code)}" for quantity, amount in sorted(rows))
        for key, rows in found.items()
    }


async def write_reviews(out: Outgoing) -> None:
    """Write what customers thought."""
    with out.rows("reviews.csv", _REVIEWS) as table:
        async for session, found in _batches(out, "reviews.csv"):
            handles = {product.id: product.handle for product in found.values()}
            reviews = await session.rows(db.reviews(list(handles)))
            for row in sorted(reviews, key=lambda row: (row.product_id, row.id)):
                written = row.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
                cells: dict[str, Any] = {
                    "Product Handle": handles[row.product_id],
                    "Rating": str(row.rating),
                    "Title": row.title,
                    "Body": row.body,
                    "Author": row.author,
                    "Created At": written,
                    "Status": row.status,
                }
                table.add(cells)


async def _batches(out: Outgoing, name: str) -> AsyncIterator[tuple[Session, dict[str, Product]]]:
    """Every product, in the order in which they were made, some at a time."""
    progress = out.progress(name)
    after = done = 0
    async with out.database.read() as session:
        total = await session.first(db.how_many_products()) or 0
    while True:
        async with out.database.read() as session:
            handles = await session.tuples(db.products_after(after, BATCH))
            if not handles:
                return
            yield session, await read_products(session, [handle for handle, _ in handles])
        after = handles[-1][1]
        done += len(handles)
        progress(done, total)
