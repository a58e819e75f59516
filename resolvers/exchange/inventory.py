"""`inventory.csv`: how many pieces of each variant lie where."""

from pathlib import Path

from db.session import Database
from resolvers.exchange.cells import CellError, pieces, same_word
from resolvers.exchange.report import Reporter, Summary
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.states import Product, Variant
from resolvers.exchange.table import Edits, open_table

NOT_STOCKED = "not stocked"
_COLUMNS = {
    name.casefold(): name
    for name in ("Handle", "SKU", *(f"Option{n} {what}" for n in (1, 2, 3) for what in ("Name", "Value")))
}


async def import_inventory(
    database: Database, setting: Setting, path: Path, *, dry_run: bool = False, reporter: Reporter | None = None
) -> Summary:
    """Set stock by location: one column for each, named as the location is. An empty cell leaves what is there.

    A variant is found by its option values, or by its SKU where the file has no options.
    """
    locations = {same_word(location.name): location.id for location in setting.locations}

    def name(heading: str) -> str | None:
        word = same_word(heading)
        return _COLUMNS.get(heading.casefold()) or (f"at {locations[word]}" if word in locations else None)

    table = open_table(database, setting, path, name, "Handle", dry_run=dry_run, reporter=reporter)
    at = {f"at {key}": key for key in locations.values() if f"at {key}" in table.sheet.columns}
    edits = Edits(table)
    for handle, rows in table.groups():

        def stock(product: Product, rows: list[Row] = rows) -> None:
            for row in rows:
                _stock(_variant(product, row), row, at)

        await edits.add(handle, rows[0], stock)
    await edits.finish()
    return table.summary


def _variant(product: Product, row: Row) -> Variant:
    chosen = [same_word(row.get(f"Option{n} Value")) for n in (1, 2, 3) if row.get(f"Option{n} Value")]
    sku = row.get("SKU")
    for variant in product.variants:
        if chosen and [same_word(value) for value in variant.options] == chosen:
            return variant
    matching = [variant for variant in product.variants if sku and variant.values["sku"] == sku]
    if len(matching) == 1:
        return matching[0]
    raise CellError(f"line {row.line}: the product has no variant {' / '.join(chosen) or sku!r}")


def _stock(variant: Variant, row: Row, at: dict[str, int]) -> None:
    for column, location in at.items():
        text = row.get(column)
        if same_word(text) == NOT_STOCKED:
            variant.levels.pop(location, None)
        elif text:
            variant.levels[location] = pieces(text)
