"""A whole shop from a folder of files, and nothing at all when none of them has changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from db import exchange as db
from db.exchange import ImportRow
from db.session import Database
from resolvers.exchange import content, translations
from resolvers.exchange.collections import CollectionImport
from resolvers.exchange.inventory import import_inventory
from resolvers.exchange.media import import_media
from resolvers.exchange.products import ProductImport, prepare_products
from resolvers.exchange.quantity_rules import import_quantity_rules
from resolvers.exchange.report import Finding, Progress, Reporter, Summary, UnreadableError, nothing_to_tell
from resolvers.exchange.reviews import import_reviews
from resolvers.exchange.setting import Setting, read_setting
from resolvers.exchange.shop_file import import_shop_file
from resolvers.media import MediaStore
from resolvers.search.building import build_index

SHOP, PRODUCTS, INVENTORY, MEDIA = "shop.toml", "products.csv", "inventory.csv", "media.csv"
RULES, REVIEWS, COLLECTIONS = "quantity_rules.csv", "reviews.csv", "collections.csv"
READ = "*.toml", "*.csv", "policies/*", "pictures/*", "media/*", *content.READ, translations.READ
"""What of a folder counts as its content."""

FORMAT = "4"
"""Changes when the same files would be imported otherwise than before."""


@dataclass
class FolderSummary:
    """The outcome of a folder, file by file; ``is_unchanged`` when its content was imported before."""

    is_unchanged: bool = False
    files: list[Summary] = field(default_factory=list)

    @property
    def total(self) -> Summary:
        """All files together."""
        total = Summary()
        for summary in self.files:
            total.add(summary)
        return total

    @property
    def exit_code(self) -> int:
        """0 when all went well, 1 when something was refused."""
        return self.total.exit_code


async def import_folder(
    database: Database,
    store: MediaStore,
    folder: Path,
    *,
    is_demo: bool = False,
    dry_run: bool = False,
    reporter: Reporter | None = None,
    progress: Callable[[str], Progress] = lambda name: nothing_to_tell,
) -> FolderSummary:
    """Import shop.toml and, as far as they are there, the CSV files beside it.

    A folder with the content of its last import is not looked at again. ``progress`` answers the listener of a file.
    Raises `UnreadableError` for a folder without shop.toml, and for a file with nothing readable in it.
    """
    if not (folder / SHOP).is_file():
        raise UnreadableError(_expected(folder))
    name, fingerprint = _name(folder), fingerprint_of(folder, is_demo=is_demo)
    async with database.read() as session:
        last = await session.first(db.imports(name))
    if last and last.fingerprint == fingerprint:
        return FolderSummary(is_unchanged=True)
    summary = FolderSummary()
    await _Folder(database, store, folder, dry_run, reporter, progress, summary).run(is_demo)
    if not dry_run:
        async with database.write() as session:
            await session.change(db.removed_import(name))
            await session.add_all(ImportRow, [{"name": name, "fingerprint": fingerprint}])
    return summary


def _expected(folder: Path) -> str:
    found = f"{folder} has no {SHOP}" if folder.is_dir() else f"{folder} is not a folder"
    others = ", ".join((PRODUCTS, COLLECTIONS, INVENTORY, REVIEWS, MEDIA, RULES))
    return (
        f"{found}. A shop is imported from a folder with {SHOP} and, as far as it has them, {others},"
        f" {content.FOLDER}/ and {translations.FOLDER}/. README.md describes them under “Your own catalogue”, db/demo"
        " is an example, and `storekeep export shop FOLDER` writes one."
    )


def _name(folder: Path) -> str:
    return f"folder {folder.resolve()}"


def fingerprint_of(folder: Path, *, is_demo: bool) -> str:
    """A digest of every file in a folder that an import reads."""
    digest = sha256(f"{FORMAT} {is_demo}".encode())
    for pattern in READ:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(folder)} {path.stat().st_size} ".encode())
                digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@dataclass
class _Folder:
    database: Database
    store: MediaStore
    folder: Path
    dry_run: bool
    reporter: Reporter | None
    progress: Callable[[str], Progress]
    summary: FolderSummary

    async def run(self, is_demo: bool) -> None:
        shop = self.folder / SHOP
        self.summary.files.append(
            await import_shop_file(self.database, self.store, shop, is_demo=is_demo, dry_run=self.dry_run)
        )
        if not self.dry_run:
            # Of a shop that speaks other languages than before it is built anew, of a new one it is there at once.
            await build_index(self.database)
        products = await self._products()
        setting = await self._setting()
        if self.dry_run and products and products.summary.created:
            self._leave_out()
        elif setting:
            await self._rest(setting)
        if is_demo and not self.dry_run:
            async with self.database.write() as session:
                await session.change(db.presumed_sales())
        if products:
            # Last, because metafields name products, variants, collections and content.
            await products.link()
        if setting and not (self.dry_run and products and products.summary.created):
            await self._translations(setting)

    async def _products(self) -> ProductImport | None:
        path = self.folder / PRODUCTS
        if not path.is_file():
            return None
        work = await prepare_products(
            self.database,
            self.store,
            path,
            dry_run=self.dry_run,
            reporter=self.reporter,
            progress=self.progress(PRODUCTS),
        )
        await work.run()
        self.summary.files.append(work.summary)
        return work

    def _leave_out(self) -> None:
        """Say of what builds on new products that it cannot be rehearsed before they are there."""
        for name in (INVENTORY, MEDIA, RULES, REVIEWS, COLLECTIONS, content.FOLDER, translations.FOLDER):
            if (path := self.folder / name).exists():
                summary = Summary(str(path), reporter=self.reporter)
                reason = "not rehearsed: it may be about the products that would be created"
                summary.tell(Finding(None, "", name, reason, refused=False))
                self.summary.files.append(summary)

    async def _setting(self) -> Setting | None:
        async with self.database.read() as session:
            return await read_setting(session)

    async def _rest(self, setting: Setting) -> None:
        database, store, reporter, dry = self.database, self.store, self.reporter, self.dry_run
        add = self.summary.files.append
        collections: CollectionImport | None = None
        if path := self._path(INVENTORY):
            add(await import_inventory(database, setting, path, dry_run=dry, reporter=reporter))
        if path := self._path(MEDIA):
            add(await import_media(database, store, setting, path, dry_run=dry, reporter=reporter))
        if path := self._path(RULES):
            add(await import_quantity_rules(database, setting, path, dry_run=dry, reporter=reporter))
        if path := self._path(REVIEWS):
            add(await import_reviews(database, setting, path, dry_run=dry, reporter=reporter))
        if path := self._path(COLLECTIONS):
            collections = CollectionImport(database, store, setting, path, dry_run=dry, reporter=reporter)
            add(await collections.run())
        if (self.folder / content.FOLDER).is_dir():
            add(await content.import_content(database, store, self.folder, dry_run=dry, reporter=reporter))
        if collections:
            await collections.link()

    async def _translations(self, setting: Setting) -> None:
        """After everything that they translate."""
        path = self.folder / translations.FOLDER
        if path.is_dir():
            work = translations.import_translations(
                self.database, setting, path, dry_run=self.dry_run, reporter=self.reporter
            )
            self.summary.files.append(await work)

    def _path(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.is_file() else None
