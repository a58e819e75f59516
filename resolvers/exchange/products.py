"""Importing the product file: rows become one change a product, each in a transaction of its own."""

from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import exchange as db
from db.catalog import MetafieldDefinitionRow
from db.session import Contradiction, Database, Session
from db.types import utc_now
from resolvers.exchange.cells import handle_of
from resolvers.exchange.columns import (
    MetafieldKey,
    known_name,
    market_of,
    metafield_column,
    metafield_name,
    metafield_of,
)
from resolvers.exchange.drafts import Drafter, ProductDraft, Reference
from resolvers.exchange.links import Links, read_links
from resolvers.exchange.merging import Unlinked, Wanted, merge
from resolvers.exchange.metafields import STANDARD, Guess, Metafield
from resolvers.exchange.pictures import Pictures, is_on_the_web
from resolvers.exchange.report import Finding, Progress, Reporter, Summary, nothing_to_tell
from resolvers.exchange.setting import Setting, setting_for
from resolvers.exchange.sheet import Row, Sheet, groups, look_through
from resolvers.exchange.states import Product, read_products
from resolvers.exchange.writing import Written, write_product
from resolvers.media import MediaStore
from resolvers.search.building import build_index

BATCH_PRODUCTS, BATCH_VARIANTS = 50, 500
"""How many are read at once; each is still written by itself."""


@dataclass
class Waiting:
    """Metafields of one product that named what was not there yet."""

    handle: str
    unlinked: list[Unlinked]


@dataclass
class ProductImport:
    """One run over one file. Use `import_products`, or `run` and then `link` once everything named is there."""

    database: Database
    setting: Setting
    sheet: Sheet
    drafter: Drafter
    summary: Summary
    dry_run: bool = False
    progress: Progress = nothing_to_tell
    files: Collection[str] = ()
    """Pictures that the file takes from beside it, in the order in which it names them."""
    waiting: list[Waiting] = field(default_factory=list)

    async def run(self) -> None:
        """Import every product of the file."""
        done = 0
        with self.drafter.pictures as pictures:
            pictures.expect(self.files)
            async for batch, rows in self._batches():
                await self._settle(batch)
                done += rows
                self.progress(done, self.sheet.rows)
        if self.sheet.damage:
            self.summary.refuse(Finding(None, "", "", f"the file {self.sheet.damage}"))

    async def _batches(self) -> AsyncIterator[tuple[list[ProductDraft], int]]:
        batch: list[ProductDraft] = []
        variants = rows = 0
        for handle, group in groups(self.sheet, _group):
            draft = self._drafted(handle, group)
            rows += len(group)
            if draft:
                batch.append(draft)
                variants += len(draft.variants)
            if len(batch) >= BATCH_PRODUCTS or variants >= BATCH_VARIANTS:
                yield batch, rows
                batch, variants, rows = [], 0, 0
        yield batch, rows

    def _drafted(self, handle: str, rows: list[Row]) -> ProductDraft | None:
        """The draft of a group; None when it is refused or empty, which is then told."""
        first = rows[0]
        if not first.cells:
            self.summary.tell(Finding(first.line, "", "", "the line is empty", refused=False))
            return None
        if not handle:
            self.summary.refuse(Finding(first.line, "Handle", "", "is empty"))
            return None
        draft, findings = self.drafter.draft(handle, rows)
        if any(finding.refused for finding in findings):
            self.summary.refuse(*findings)
            return None
        for finding in findings:
            self.summary.tell(finding)
        return draft

    async def _settle(self, drafts: list[ProductDraft]) -> None:
        if not drafts:
            return
        async with self.database.read() as session:
            standing = await read_products(session, [draft.handle for draft in drafts])
            links = await read_links(session, _references(drafts))
        for draft in drafts:
            await self._settle_one(draft, standing.pop(draft.handle, None), links)

    async def _settle_one(self, draft: ProductDraft, standing: Product | None, links: Links) -> None:
        wanted = merge(draft, standing, self.setting, links, utc_now())
        if any(finding.refused for finding in wanted.findings):
            self.summary.refuse(*wanted.findings)
            return
        if wanted.unlinked:
            self.waiting.append(Waiting(draft.handle, wanted.unlinked))
        if wanted.product == standing:
            self.summary.unchanged += 1
            return
        if not self.dry_run and not await self._write(draft, standing, wanted, links):
            return
        if standing:
            self.summary.changed += 1
        else:
            self.summary.created += 1

    async def _write(self, draft: ProductDraft, standing: Product | None, wanted: Wanted, links: Links) -> bool:
        """Write one product. Somebody else may have made it meanwhile: then it is merged once more, with theirs."""
        for attempt in (1, 2):
            try:
                async with self.database.bulk() as session:
                    if standing or attempt == 2:
                        standing = await locked_product(session, draft.handle, standing)
                        wanted = merge(draft, standing, self.setting, links, utc_now())
                    written = await write_product(session, self.setting, standing, wanted.product, utc_now())
            except Contradiction as error:
                if attempt == 2:
                    self.summary.refuse(Finding(draft.line, "", draft.handle, f"the database refuses it: {error}"))
            else:
                self._remember(written)
                return True
        return False

    def _remember(self, written: Written) -> None:
        self.setting.categories |= written.categories
        self.setting.lexicon.learn(written.lexicon)

    async def link(self) -> None:
        """Set the metafields that had to wait; what they name and is still not there is told."""
        for start in range(0, len(self.waiting), BATCH_PRODUCTS):
            some = self.waiting[start : start + BATCH_PRODUCTS]
            async with self.database.read() as session:
                links = await read_links(session, (entry.reference for one in some for entry in one.unlinked))
            for waiting in some:
                linked = self._linked(waiting, links)
                if linked and not self.dry_run:
                    await self._write_links(waiting.handle, linked)
        self.waiting.clear()

    def _linked(self, waiting: Waiting, links: Links) -> list[tuple[Unlinked, Metafield]]:
        found = []
        for entry in waiting.unlinked:
            if value := links.linked(entry.reference, partly=True):
                found.append((entry, value))
            missing = ", ".join(map(repr, links.missing(entry.reference)))
            if missing and not self.dry_run:
                where = (entry.reference.line, entry.reference.column, waiting.handle)
                self.summary.tell(Finding(*where, f"names {missing}, which is not there; left out", refused=False))
        return found

    async def _write_links(self, handle: str, linked: list[tuple[Unlinked, Metafield]]) -> None:
        async with self.database.bulk() as session:
            standing = await locked_product(session, handle)
            if standing is None:
                return
            wanted = standing.copied()
            for entry, value in linked:
                for variant in wanted.variants:
                    if entry.variant == variant.options:
                        variant.metafields[entry.key] = value
                if entry.variant is None:
                    wanted.metafields[entry.key] = value
            if wanted != standing:
                await write_product(session, self.setting, standing, wanted, utc_now())


async def locked_product(session: Session, handle: str, seen: Product | None = None) -> Product | None:
    """A product as it stands, kept so until the transaction ends; stock too, which carts and sales change.

    ``seen`` is what was read of it before; it is the answer when nothing has changed since.
    """
    found = await session.first(db.lock_product(handle))
    if found is None:
        return None
    levels = await session.rows(db.lock_levels(found.id))
    if (
        seen
        and (seen.id, seen.updated_at) == (found.id, found.updated_at)
        and seen.stock == {(level.variant_id, level.location_id): level.on_hand for level in levels}
    ):
        return seen
    return (await read_products(session, [handle])).get(handle)


def _group(row: Row) -> str:
    return handle_of(row.get("Handle"))


def _references(drafts: list[ProductDraft]) -> Iterator[Reference]:
    for draft in drafts:
        for said in (draft.metafields, *(variant.metafields for variant in draft.variants)):
            yield from (value for value in said.values() if isinstance(value, Reference))


async def prepare_products(
    database: Database,
    store: MediaStore,
    path: Path,
    *,
    dry_run: bool = False,
    currency: str | None = None,
    reporter: Reporter | None = None,
    progress: Progress = nothing_to_tell,
) -> ProductImport:
    """Look through a product file and learn its metafields. Raises `UnreadableError` when nothing can be read."""
    guesses: dict[str, Guess] = {}
    files: dict[str, None] = {}

    def learn(row: Row) -> None:
        for column in ("Image Src", "Variant Image"):
            if (text := row.cells.get(column)) and not is_on_the_web(text):
                files[text] = None
        for column, guess in guesses.items():
            if text := row.cells.get(column):
                guess.see(text)

    def name(heading: str) -> str | None:
        key = metafield_of(heading)
        if key and key[0] == "collection":
            return None
        if key:
            guesses[metafield_column(key)] = Guess(key[1])
        return known_name(heading)

    sheet = look_through(path, name, _group, learn)
    setting = await setting_for(database, currency, dry_run=dry_run)
    if not dry_run:
        await build_index(database)
    types = await _define(database, setting, sheet, guesses, dry_run=dry_run)
    pictures = Pictures(store, path.parent, dry_run=dry_run)
    drafter = Drafter(sheet, setting, pictures, types)
    summary = Summary(file=str(path), encoding=sheet.shown_encoding, rows=sheet.rows, reporter=reporter)
    _tell_columns(sheet, setting, summary)
    return ProductImport(database, setting, sheet, drafter, summary, dry_run, progress, files)


async def import_products(
    database: Database,
    store: MediaStore,
    path: Path,
    *,
    dry_run: bool = False,
    currency: str | None = None,
    reporter: Reporter | None = None,
    progress: Progress = nothing_to_tell,
) -> Summary:
    """Import a product file. A product that is refused costs only itself; the summary says how many and why.

    ``dry_run`` writes nothing and says what would happen. ``currency`` is that of a shop still to be made. Raises
    `UnreadableError` when nothing of the file can be read.
    """
    work = await prepare_products(
        database, store, path, dry_run=dry_run, currency=currency, reporter=reporter, progress=progress
    )
    await work.run()
    await work.link()
    return work.summary


async def _define(
    database: Database, setting: Setting, sheet: Sheet, guesses: dict[str, Guess], *, dry_run: bool
) -> dict[MetafieldKey, tuple[str, bool]]:
    """The type of each metafield column, and whether it is a guess; columns that are new become definitions."""
    types: dict[MetafieldKey, tuple[str, bool]] = {}
    new: list[dict[str, Any]] = []
    for column, guess in guesses.items():
        key = metafield_of(column)
        if key is None or column not in sheet.columns:
            continue
        if known := setting.definitions.get(key):
            types[key] = (known.type, known.is_inferred)
            continue
        type_, is_inferred = types[key] = (STANDARD.get(key, guess.type), key not in STANDARD)
        new.append(
            {"owner_kind": key[0], "namespace": key[1], "key": key[2], "type": type_, "is_inferred": is_inferred,
             "name": metafield_name(sheet.heading(column)) or key[2],
             "position": len(setting.definitions) + len(new) + 1}
        )  # fmt: skip
    if new and not dry_run:
        async with database.write() as session:
            await session.add_all(MetafieldDefinitionRow, new)
    return types


def _tell_columns(sheet: Sheet, setting: Setting, summary: Summary) -> None:
    """Say which columns are not used."""
    for heading in sheet.unknown:
        summary.tell(Finding(1, heading, "", "is not a column of this format, or stands twice; ignored", refused=False))
    for column, heading in sheet.headings.items():
        named = market_of(column)
        if named and not setting.market(named.market):
            summary.tell(Finding(1, heading, "", f"there is no market {named.market!r}; ignored", refused=False))
        elif named and named.what != "Included" and named.market == setting.primary.name:
            reason = "Variant Price is the price in the primary market; ignored"
            summary.tell(Finding(1, heading, "", reason, refused=False))
    if sheet.encoding == "Windows-1252":
        summary.tell(Finding(None, "", "", "the file is not UTF-8; read as Windows-1252", refused=False))
