"""What tests of import and export share."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.media import FileMediaStore
from db.session import Database
from resolvers.exchange import Finding, Summary, export_products, import_products
from resolvers.exchange.states import Product, read_products

CSV = Path(__file__).parent / "fixtures" / "csv"

SHOP = """
[shop]
name = "Test Bench"
primary_domain = "bench.example"
country = "IE"
currency = "EUR"

[[locations]]
name = "Shop"

[[locations]]
name = "Store"

[[markets]]
name = "Europe"
primary = true
currency = "EUR"
countries = ["IE", "DE"]

[[markets]]
name = "United Kingdom"
currency = "GBP"
countries = ["GB"]
rate = "0.86"
ending = "0.95"

[[markets]]
name = "Japan"
currency = "JPY"
countries = ["JP"]
rate = "160"

[[definitions]]
owner = "product"
namespace = "custom"
key = "height"
name = "Height"
type = "dimension"

[[definitions]]
owner = "product"
namespace = "custom"
key = "goes_with"
name = "Goes with"
type = "list.product_reference"

[[definitions]]
owner = "product"
namespace = "custom"
key = "pick"
name = "Pick"
type = "variant_reference"

[[definitions]]
owner = "variant"
namespace = "custom"
key = "note"
name = "Note"
type = "multi_line_text_field"

[swatches]
Rust = "#b4593a"
"""


def told(summary: Summary) -> list[tuple[int, str, str]]:
    """(line, column, handle) of what was refused."""
    return [(finding.line or 0, finding.column, finding.handle) for finding in summary.findings if finding.refused]


def warned(summary: Summary) -> list[tuple[int | None, str]]:
    """(line, column) of the warnings."""
    return [(finding.line, finding.column) for finding in summary.findings if not finding.refused]


def counts(summary: Summary) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, refused."""
    return summary.created, summary.changed, summary.unchanged, summary.refused


def write_csv(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """A product file with the columns that occur in the rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


class Bench:
    """One database, one media store and one folder to import from."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.folder = folder
        self.store = FileMediaStore(folder / "store")
        self.findings: list[Finding] = []

    async def load(self, *rows: dict[str, str], **options: Any) -> Summary:
        """Import these rows."""
        return await self.load_file(write_csv(self.folder / "rows.csv", rows), **options)

    async def load_file(self, path: Path, **options: Any) -> Summary:
        """Import a file."""
        return await import_products(self.db, self.store, path, **options)

    async def products(self) -> dict[str, Product]:
        """Every product as it stands."""
        handles = await self.column("select handle from products")
        async with self.db.read() as session:
            return await read_products(session, handles)

    async def product(self, handle: str) -> Product:
        """One of them."""
        return (await self.products())[handle]

    async def export(self) -> str:
        """The product file."""
        out = io.StringIO()
        await export_products(self.db, out)
        return out.getvalue()

    async def column(self, statement: str) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in await self.query(statement)]

    async def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows of a query, as the database has them."""
        async with self.db.read() as session:
            return await session.tuples(text(statement))

    async def off_ledger(self) -> list[Any]:
        """Levels that are not the sum of their movements."""
        return await self.query(
            "select l.variant_id, l.on_hand, coalesce(sum(m.delta), 0) from inventory_levels l"
            " left join inventory_movements m on m.variant_id = l.variant_id and m.location_id = l.location_id"
            " group by l.variant_id, l.location_id, l.on_hand having l.on_hand <> coalesce(sum(m.delta), 0)"
        )
