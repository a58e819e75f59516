"""The smaller files of a shop's folder: read like the product file, with columns of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from db.session import Database
from db.types import utc_now
from resolvers.exchange.cells import CellError, handle_of
from resolvers.exchange.merging import complete
from resolvers.exchange.products import locked_product
from resolvers.exchange.report import Finding, Reporter, Summary, UnreadableError
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Name, Row, Sheet, groups, look_through
from resolvers.exchange.states import Product, read_products
from resolvers.exchange.writing import write_product

BATCH = 50


def named(*columns: str) -> Name:
    """Recognises these columns, in any case."""
    known = {column.casefold(): column for column in columns}
    return lambda heading: known.get(heading.casefold())


@dataclass
class Table:
    """One small file at work."""

    database: Database
    setting: Setting
    sheet: Sheet
    summary: Summary
    by: str
    dry_run: bool = False

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """Refuse what a row describes."""
        self.summary.refuse(Finding(row.line, self.sheet.heading(column), self._name(row), reason))

    def warn(self, row: Row, column: str, reason: str) -> None:
        """Tell what was left out."""
        self.summary.tell(Finding(row.line, self.sheet.heading(column), self._name(row), reason, refused=False))

    def _name(self, row: Row) -> str:
        return row.get(self.by)

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """Rows of the same thing; a row that does not say which is refused."""
        for name, rows in groups(self.sheet, self.group):
            if name:
                yield name, rows
            elif rows[0].cells:
                self.refuse(rows[0], self.by, "is empty")

    def group(self, row: Row) -> str:
        """What a row belongs to."""
        return _group(row, self.by)

    def count(self, *, made: bool, changed: bool) -> None:
        """Count one thing."""
        if made:
            self.summary.created += 1
        elif changed:
            self.summary.changed += 1
        else:
            self.summary.unchanged += 1


def _group(row: Row, by: str) -> str:
    return handle_of(row.get(by)) if by.endswith("Handle") else row.get(by)


def open_table(
    database: Database,
    setting: Setting,
    path: Path,
    name: Name,
    by: str,
    *,
    dry_run: bool = False,
    reporter: Reporter | None = None,
    each: Callable[[Row], None] = lambda row: None,
) -> Table:
    """Look through a small file whose rows belong to what column ``by`` names. Raises `UnreadableError`."""
    sheet = look_through(path, name, lambda row: _group(row, by), each)
    if by not in sheet.columns:
        raise UnreadableError(f"{path} has no column {by!r}")
    table = Table(
        database, setting, sheet, Summary(str(path), sheet.shown_encoding, sheet.rows, reporter=reporter), by, dry_run
    )
    for heading in sheet.unknown:
        reason = "is not a column of this format, or stands twice; ignored"
        table.summary.tell(Finding(1, heading, "", reason, refused=False))
    return table


Edit = Callable[[Product], None]
"""Changes a product; raises `CellError` when it cannot."""


@dataclass
class Edits:
    """Changes to products, by handle, with the row that asks for each."""

    table: Table
    is_counted: bool = True
    waiting: dict[str, tuple[Row, Edit]] = field(default_factory=dict)

    async def add(self, handle: str, row: Row, edit: Edit) -> None:
        """Have a product changed, soon."""
        self.waiting[handle] = (row, edit)
        if len(self.waiting) >= BATCH:
            await self.finish()

    async def finish(self) -> None:
        """Carry out what waits: each product in a transaction of its own, those that stay the same in none."""
        table = self.table
        async with table.database.read() as session:
            standing = await read_products(session, list(self.waiting))
        for handle, (row, edit) in self.waiting.items():
            if handle not in standing:
                table.refuse(row, table.by, f"there is no product {handle!r}")
                continue
            try:
                changed = _edited(standing[handle], edit, table.setting) != standing[handle]
                if changed and not table.dry_run:
                    await self._write(handle, edit, standing[handle])
            except CellError as error:
                table.refuse(row, "", str(error))
                continue
            if self.is_counted:
                table.count(made=False, changed=changed)
        self.waiting.clear()

    async def _write(self, handle: str, edit: Edit, seen: Product) -> None:
        async with self.table.database.bulk() as session:
            standing = await locked_product(session, handle, seen)
            if standing is None:
                raise CellError("the product is gone")
            wanted = _edited(standing, edit, self.table.setting)
            if wanted != standing:
                await write_product(session, self.table.setting, standing, wanted, utc_now())


def _edited(standing: Product, edit: Edit, setting: Setting) -> Product:
    product = standing.copied()
    edit(product)
    complete(product, setting)
    return product
