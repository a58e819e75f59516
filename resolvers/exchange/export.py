"""Writing the product file: what import reads, column by column."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TextIO

from db import exchange as db
from db.catalog.metafields import MetafieldOwner
from db.session import Database
from resolvers.amounts import amount_text
from resolvers.exchange.cells import truth_text
from resolvers.exchange.columns import (
    BEFORE_GOOGLE,
    BEFORE_MARKETS,
    GOOGLE,
    GOOGLE_COLUMNS,
    LAST,
    RETIRED,
    MetafieldKey,
    google_key,
    metafield_column,
)
from resolvers.exchange.csv_rows import CsvRows
from resolvers.exchange.fields import PRODUCT, VARIANT, Column
from resolvers.exchange.links import Names, read_names
from resolvers.exchange.pictures import cell_of
from resolvers.exchange.report import Progress, UnreadableError, nothing_to_tell
from resolvers.exchange.setting import Setting, read_setting
from resolvers.exchange.states import Medium, Metafields, Product, Variant, read_products

BATCH = 20


async def export_products(
    database: Database,
    out: TextIO,
    *,
    picture_cell: Callable[[str], str] = cell_of,
    progress: Progress = nothing_to_tell,
) -> int:
    """Write every product, in the order they were made; answers how many. Nothing but the batch at hand is kept.

    Importing the file into an empty shop of the same settings gives the same products; importing it here changes
    nothing. ``picture_cell`` says how the file names a picture, by its source. Raises `UnreadableError` without a shop.
    """
    async with database.read() as session:
        setting = await read_setting(session)
        total = await session.first(db.how_many_products()) or 0
        occurring = {tuple(key) for key in await session.tuples(db.metafield_keys())}
    if setting is None:
        raise UnreadableError("There is no shop in the database yet: import one first.")
    sheet = _Columns(setting, occurring, picture_cell)
    writer = CsvRows(out, sheet.names)
    after = done = 0
    while True:
        async with database.read() as session:
            found = await session.tuples(db.products_after(after, BATCH))
            products = await read_products(session, [handle for handle, _ in found])
            names = await read_names(session, _metafields(products.values()))
        if not found:
            return done
        for product in products.values():
            writer.add_all(sheet.rows(product, names))
        after = found[-1][1]
        done += len(found)
        progress(done, total)


def _metafields(products: Iterable[Product]) -> Iterable[Any]:
    for product in products:
        yield from product.metafields.values()
        for variant in product.variants:
            yield from variant.metafields.values()


class _Columns:
    """The columns of one export, and the rows of a product in them."""

    def __init__(self, setting: Setting, occurring: set[tuple[Any, ...]], picture_cell: Callable[[str], str]) -> None:
        self.setting = setting
        self.picture_cell = picture_cell
        self.google = {
            google_key(name): name for name in GOOGLE_COLUMNS if name not in RETIRED or google_key(name) in occurring
        }
        self.metafields = _metafield_columns(setting, occurring)
        self.markets: dict[tuple[str, int], str] = {}
        for market in setting.markets:
            self.markets["Included", market.id] = f"Included / {market.name}"
            if not market.is_primary:
                self.markets["Price", market.id] = f"Price / {market.name}"
                self.markets["Compare At Price", market.id] = f"Compare At Price / {market.name}"
        self.names = [
            *BEFORE_GOOGLE,
            *self.google.values(),
            *self.metafields.values(),
            *BEFORE_MARKETS,
            *self.markets.values(),
            *LAST,
        ]

    def rows(self, product: Product, names: Names) -> Iterable[dict[str, str]]:
        """One row for each variant and each picture, side by side; what is the product's own stands on the first."""
        pictures = product.pictures
        for at in range(max(len(product.variants), len(pictures), 1)):
            row = {"Handle": product.handle}
            if at == 0:
                row |= self._head(product, names)
            if at < len(product.variants):
                row |= self._variant(product.variants[at], names)
            if at < len(pictures):
                row |= self._picture(pictures[at])
            yield row

    def _head(self, product: Product, names: Names) -> dict[str, str]:
        values = product.values
        row = self._plain(PRODUCT, values) | {
            "Title": values["title"],
            "Body (HTML)": values["description_html"],
            "Product Category": product.category or "",
            "Tags": ", ".join(product.tags),
            "Published": truth_text(values["published_at"] is not None),
        }
        for n, option in enumerate(product.options, 1):
            row |= {f"Option{n} Name": option.name, f"Option{n} Linked To": option.linked_to or ""}
        for market, found in product.ranges.items():
            row[self.markets["Included", market]] = truth_text(found.is_included)
        return row | self._said(product.metafields, names)

    def _plain(self, columns: Iterable[Column], values: Mapping[str, Any]) -> dict[str, str]:
        return {column.heading: column.cell(values[column.field], self.setting.currency) for column in columns}

    def _said(self, metafields: Metafields, names: Names) -> dict[str, str]:
        row = {}
        for key, metafield in metafields.items():
            column = self.google.get(key) or self.metafields.get(key)
            if column:
                row[column] = names.cell(metafield)
        return row

    def _variant(self, variant: Variant, names: Names) -> dict[str, str]:
        row = self._plain(VARIANT, variant.values)
        row |= {f"Option{n} Value": value for n, value in enumerate(variant.options, 1)}
        row["Variant Inventory Qty"] = "" if variant.stock is None else str(variant.stock)
        row["Variant Image"] = self.picture_cell(variant.picture) if variant.picture else ""
        for market in self.setting.markets:
            price = variant.prices.get(market.id)
            if price is None or not price.is_fixed:
                continue
            row |= {
                self._price("Price", market): _amount(price.amount, market.currency_code),
                self._price("Compare At Price", market): _amount(price.compare_at, market.currency_code),
            }
        return row | self._said(variant.metafields, names)

    def _price(self, what: str, market: Any) -> str:
        return f"Variant {what}" if market.is_primary else self.markets[what, market.id]

    def _picture(self, medium: Medium) -> dict[str, str]:
        return {
            "Image Src": self.picture_cell(medium.source or ""),
            "Image Position": str(medium.position),
            "Image Alt Text": medium.alt or "",
        }


def _metafield_columns(setting: Setting, occurring: set[tuple[Any, ...]]) -> dict[MetafieldKey, str]:
    """Headings of the metafields that occur: defined ones in their order, then what nobody defined."""
    owners = (MetafieldOwner.PRODUCT, MetafieldOwner.VARIANT)
    keys = [key for key in setting.definitions if key in occurring and key[0] in owners]
    keys += sorted((owner, ns, key) for owner, ns, key in occurring if (owner, ns, key) not in setting.definitions)
    known = setting.definitions
    return {
        key: metafield_column(key, known[key].name if key in known else key[2])
        for key in keys
        if key[1] != GOOGLE or key[2] not in GOOGLE_COLUMNS.values()
    }


def _amount(value: int | None, currency: str) -> str:
    return "" if value is None else amount_text(value, currency)
