"""`collections.csv`: collections by hand and by rule, with their metafields."""

from collections import defaultdict
from typing import Any

from db import exchange as db
from db.catalog import CollectionRow, MetafieldRow, ProductRow
from db.catalog.metafields import MetafieldOwner
from db.session import Session
from resolvers.exchange.cells import truth_text
from resolvers.exchange.columns import MetafieldKey, metafield_column
from resolvers.exchange.metafields import Metafield
from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.exchange.outgoing.values import read_values
from resolvers.exchange.rules import RuleError, parse_rules

_COLUMNS = (
    "Handle", "Title", "Body (HTML)", "Image Src", "Image Alt Text", "Sort Order", "Rules", "Products", "SEO Title",
    "SEO Description", "Published",
)  # fmt: skip


async def write_collections(out: Outgoing) -> None:
    """Write every collection, in the order in which they were made."""
    async with out.database.read() as session:
        collections = await session.rows(db.all_collections())
        rows = await session.rows(db.metafields(MetafieldOwner.COLLECTION, [row.id for row in collections]))
        media = await session.rows(db.media_by_id([row.media_id for row in collections if row.media_id is not None]))
        values = await read_values(session, out, [Metafield(row.type, row.value) for row in rows])
    pictures = {row.id: row for row in media}
    columns = _metafield_columns(out, rows)
    said: dict[int, dict[str, str]] = defaultdict(dict)
    for row in rows:
        said[row.owner_id][columns[_key(row)]] = values.cell(Metafield(row.type, row.value))
    progress = out.progress("collections.csv")
    with out.rows("collections.csv", [*_COLUMNS, *columns.values()]) as table:
        for done, collection in enumerate(collections, 1):
            async with out.database.read() as session:
                products = await _products(session, collection)
            picture = pictures.get(collection.media_id or 0)
            cells = _cells(out, collection, products) | said[collection.id]
            if picture and picture.source:
                cells |= {"Image Src": out.picture(picture.source), "Image Alt Text": picture.alt or ""}
            table.add(cells)
            progress(done, len(collections))


def _cells(out: Outgoing, collection: CollectionRow, products: list[str]) -> dict[str, str]:
    return {
        "Handle": collection.handle,
        "Title": collection.title,
        "Body (HTML)": collection.description_html,
        "Sort Order": collection.sort_order,
        "Rules": _rules(out, collection),
        "Products": ";".join(products),
        "SEO Title": collection.seo_title or "",
        "SEO Description": collection.seo_description or "",
        "Published": truth_text(collection.published_at is not None),
    }


async def _products(session: Session, collection: CollectionRow) -> list[str]:
    """Handles of what a collection by hand holds, in its order."""
    if collection.rules:
        return []
    places = await session.rows(db.collection_places(collection.id))
    handles = dict(await session.tuples(db.handles(ProductRow, [row.product_id for row in places])))
    return [handles[row.product_id] for row in sorted(places, key=lambda row: (row.position, row.product_id))]


def _rules(out: Outgoing, collection: CollectionRow) -> str:
    rules: dict[str, Any] | None = collection.rules
    if not rules:
        return ""
    said = "; ".join(" ".join(filter(None, (r["column"], r["relation"], r["value"]))) for r in rules["rules"])
    text = f"{rules['match']}: {said}"
    try:
        if parse_rules(text) == rules:
            return text
    except RuleError:
        pass
    out.leave_out(f"What fills the collection {collection.handle}", f"{text!r} would not be read back so")
    return ""


def _metafield_columns(out: Outgoing, rows: list[MetafieldRow]) -> dict[MetafieldKey, str]:
    """Headings of the metafields that occur: defined ones in their order, then what nobody defined."""
    known = out.setting.definitions
    occurring = {_key(row) for row in rows}
    keys = [key for key in known if key in occurring] + sorted(key for key in occurring if key not in known)
    return {key: metafield_column(key, known[key].name if key in known else key[2]) for key in keys}


def _key(row: MetafieldRow) -> MetafieldKey:
    return row.owner_kind, row.namespace, row.key
