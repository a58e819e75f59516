"""`collections.csv`: collections by hand and by rule."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import exchange as db
from db.catalog import CollectionProductRow, CollectionRow, MetafieldRow, ProductRow
from db.catalog.collections import CollectionOrder
from db.catalog.metafields import MetafieldOwner
from db.search import Kind
from db.session import Database, Session
from db.types import utc_now
from resolvers.events import publish
from resolvers.exchange.cells import CellError, handle_of, yes_or_no
from resolvers.exchange.columns import MetafieldKey, metafield_column, metafield_of
from resolvers.exchange.drafts import KEEP, Keep, Reference
from resolvers.exchange.links import Links, read_links
from resolvers.exchange.metafields import LIST, Guess, Metafield, fallback, is_reference, parts, stored
from resolvers.exchange.pictures import Picture, Pictures, is_on_the_web
from resolvers.exchange.report import Reporter, Summary
from resolvers.exchange.rules import RuleError, parse_rules
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.table import BATCH, Edits, Table, named, open_table
from resolvers.exchange.upsert import bring, differs, shop_pictures
from resolvers.media import MediaStore
from resolvers.search.documents import documents_of, languages_of
from resolvers.search.indexing import index
from resolvers.text import fold, plain_text, safe_html

COLLECTION_CHANGED = "collection.changed"
_NAME = named(
    "Handle", "Title", "Body (HTML)", "Image Src", "Image Alt Text", "Sort Order", "Rules", "Products", "SEO Title",
    "SEO Description", "Published",
)  # fmt: skip


@dataclass
class Wanted:
    """A collection that a row describes."""

    values: dict[str, Any]
    published: bool
    products: list[str]
    picture: tuple[Picture, str | None] | Keep | None
    metafields: dict[MetafieldKey, Metafield | Reference]


@dataclass
class _Waiting:
    """Metafields of one collection that named what was not there yet."""

    row: Row
    handle: str
    metafields: dict[MetafieldKey, Reference]


class CollectionImport:
    """One run over one file: `run`, and then `link` once everything named is there. Collections that the file does not
    name stay.
    """

    def __init__(
        self,
        database: Database,
        store: MediaStore,
        setting: Setting,
        path: Path,
        *,
        dry_run: bool = False,
        reporter: Reporter | None = None,
    ) -> None:
        self._guesses: dict[str, Guess] = {}
        self._files: dict[str, None] = {}
        self.table = open_table(
            database, setting, path, self._name, "Handle", dry_run=dry_run, reporter=reporter, each=self._learn
        )
        self._pictures = Pictures(store, path.parent, dry_run=dry_run)
        self._waiting: list[_Waiting] = []

    def _name(self, heading: str) -> str | None:
        key = metafield_of(heading)
        if key and key[0] == MetafieldOwner.COLLECTION:
            self._guesses[metafield_column(key)] = Guess(key[1])
            return metafield_column(key)
        return _NAME(heading)

    def _learn(self, row: Row) -> None:
        if (text := row.get("Image Src")) and not is_on_the_web(text):
            self._files[text] = None
        for column, guess in self._guesses.items():
            if row.get(column):
                guess.see(row.get(column))

    async def run(self) -> Summary:
        """Make and change collections, each in a transaction; then see which products meet rules that are new.

        The setting learns the rules.
        """
        table, setting = self.table, self.table.setting
        types = _types(table, self._guesses)
        ruled = {row.id: row.rules for row in setting.ruled}
        with self._pictures as pictures:
            pictures.expect(self._files)
            for handle, (row, *others) in table.groups():
                for other in others:
                    table.refuse(other, "Handle", f"stands on line {row.line} already")
                wanted = _read(table, handle, row, pictures, types)
                if wanted:
                    await self._write(row, wanted)
        async with table.database.read() as session:
            setting.ruled = await session.rows(db.ruled_collections())
        if not table.dry_run and ruled != {row.id: row.rules for row in setting.ruled}:
            await refill(table)
        return table.summary

    async def _write(self, row: Row, wanted: Wanted) -> None:
        async with self.table.database.bulk() as session:
            writing = _Writing(session, self.table, row, wanted)
            made, changed = await writing.run()
        self.table.count(made=made, changed=changed)
        if writing.unlinked:
            self._waiting.append(_Waiting(row, wanted.values["handle"], writing.unlinked))

    async def link(self) -> None:
        """Set the metafields that had to wait; what they name and is still not there is told."""
        for waiting in self._waiting:
            async with self.table.database.bulk() as session:
                collection = await session.first(db.collections_by_handle([waiting.handle]))
                links = await read_links(session, waiting.metafields.values())
                if collection is not None:
                    await _link(session, collection.id, waiting, links)
            for reference in waiting.metafields.values():
                if missing := ", ".join(map(repr, links.missing(reference))):
                    self.table.warn(waiting.row, reference.column, f"names {missing}, which is not there; left out")
        self._waiting.clear()


async def _link(session: Session, key: int, waiting: _Waiting, links: Links) -> None:
    standing = await _metafields_of(session, key)
    changed = False
    for name, reference in waiting.metafields.items():
        if value := links.linked(reference, partly=True):
            changed |= await _bring_metafield(session, key, name, value, standing.get(name))
    if changed:
        await publish(session, COLLECTION_CHANGED, {"collection_id": key})


async def refill(table: Table) -> None:
    """Let every product be where the rules want it, a batch at a time."""
    edits = Edits(table, is_counted=False)
    after = 0
    while True:
        async with table.database.read() as session:
            found = dict(await session.tuples(db.products_after(after, BATCH)))
        if not found:
            return
        for handle in found:
            await edits.add(handle, Row(0, {}), lambda product: None)
        await edits.finish()
        after = max(found.values())


def _types(table: Table, guesses: dict[str, Guess]) -> dict[MetafieldKey, str]:
    types = {}
    for column, guess in guesses.items():
        key = metafield_of(column)
        if key:
            known = table.setting.definitions.get(key)
            types[key] = known.type if known else guess.type
    return types


def _read(table: Table, handle: str, row: Row, pictures: Pictures, types: dict[MetafieldKey, str]) -> Wanted | None:
    """What a row says; None when it is refused."""
    column = "Title"
    try:
        if not row.get("Title"):
            raise CellError("is empty")
        column = "Sort Order"
        order = row.get("Sort Order").casefold() or CollectionOrder.MANUAL
        if order not in set(CollectionOrder):
            raise CellError(f"{order!r} is not an order; these are: {', '.join(CollectionOrder)}")
        column = "Rules"
        rules = parse_rules(row.get("Rules"))
        column = "Published"
        published = yes_or_no(row.get("Published")) if row.get("Published") else True
    except (CellError, RuleError) as error:
        table.refuse(row, column, str(error))
        return None
    html = safe_html(row.get("Body (HTML)"))
    values = {
        "handle": handle,
        "title": row.get("Title"),
        "title_key": fold(row.get("Title")),
        "description": plain_text(html),
        "description_html": html,
        "sort_order": str(order),
        "rules": rules,
        "seo_title": row.get("SEO Title") or None,
        "seo_description": row.get("SEO Description") or None,
    }
    products = list(dict.fromkeys(handle_of(name) for name in row.get("Products").split(";") if name.strip()))
    if rules and products:
        table.warn(row, "Products", "is ignored, because rules fill this collection")
    return Wanted(
        values, published, [] if rules else products, _picture(table, row, pictures), _metafields(table, row, types)
    )


def _picture(table: Table, row: Row, pictures: Pictures) -> tuple[Picture, str | None] | Keep | None:
    if not row.get("Image Src"):
        return None
    try:
        return pictures.find(row.get("Image Src")), row.get("Image Alt Text") or None
    except CellError as error:
        table.warn(row, "Image Src", f"{error}; what stands there stays")
        return KEEP


def _metafields(table: Table, row: Row, types: dict[MetafieldKey, str]) -> dict[MetafieldKey, Metafield | Reference]:
    found: dict[MetafieldKey, Metafield | Reference] = {}
    for key, type_ in types.items():
        column = metafield_column(key)
        text = row.get(column)
        if not text:
            continue
        if is_reference(type_):
            names = parts(text) if type_.startswith(LIST) else [text]
            found[key] = Reference(type_, tuple(names), row.line, table.sheet.heading(column))
            continue
        try:
            found[key] = stored(type_, text)
        except CellError as error:
            table.warn(row, column, f"{error}; kept as text")
            found[key] = fallback(text)
    return found


async def _metafields_of(session: Session, key: int) -> dict[MetafieldKey, MetafieldRow]:
    rows = await session.rows(db.metafields(MetafieldOwner.COLLECTION, [key]))
    return {(row.owner_kind, row.namespace, row.key): row for row in rows}


async def _bring_metafield(
    session: Session, key: int, name: MetafieldKey, value: Metafield, standing: MetafieldRow | None
) -> bool:
    """Make it what a file says; answers whether it was not."""
    values = {"owner_kind": name[0], "owner_id": key, "namespace": name[1], "key": name[2],
              "type": value.type, "value": value.value}  # fmt: skip
    return (await bring(session, MetafieldRow, standing, values))[1]


class _Writing:
    """One collection."""

    def __init__(self, session: Session, table: Table, row: Row, wanted: Wanted) -> None:
        self.session, self.table, self.row, self.wanted = session, table, row, wanted
        self.changed = False
        self.unlinked: dict[MetafieldKey, Reference] = {}
        """What names things that are not there, or not yet."""

    async def run(self) -> tuple[bool, bool]:
        """(whether it was made, whether anything differs); in a rehearsal nothing is written."""
        standing = await self.session.first(db.collections_by_handle([self.wanted.values["handle"]]))
        if self.table.dry_run:
            return standing is None, standing is not None and differs(standing, self.wanted.values)
        values = dict(self.wanted.values)
        now = utc_now()
        picture = self.wanted.picture
        if picture is not KEEP:
            found = await shop_pictures(self.session, [picture] if picture else [])
            values["media_id"] = found[picture[0].source] if picture else None
        before = standing.published_at if standing else None
        values["published_at"] = (before or now) if self.wanted.published else None
        if standing is not None and not differs(standing, values):
            key = standing.id
        else:
            key, self.changed = await bring(self.session, CollectionRow, standing, values | {"updated_at": now})
        await self._write_places(key)
        await self._write_metafields(key)
        if self.changed:
            languages = await languages_of(self.session)
            await index(self.session, await documents_of(self.session, Kind.COLLECTION, [key], languages))
            await publish(self.session, COLLECTION_CHANGED, {"collection_id": key})
        return standing is None, self.changed

    async def _write_places(self, key: int) -> None:
        """Places of a collection by hand; those of one by rule follow from the products."""
        if self.wanted.values["rules"]:
            return
        handles = self.wanted.products
        ids = dict(await self.session.tuples(db.identities(ProductRow, handles))) if handles else {}
        for handle in self.wanted.products:
            if handle not in ids:
                self.table.warn(self.row, "Products", f"there is no product {handle!r}; left out")
        wanted = {ids[handle]: at for at, handle in enumerate((h for h in self.wanted.products if h in ids), 1)}
        standing = {row.product_id: row.position for row in await self.session.rows(db.collection_places(key))}
        if wanted != standing:
            self.changed = True
            await self.session.change(db.removed_places(key))
            rows = [{"collection_id": key, "product_id": product, "position": at} for product, at in wanted.items()]
            await self.session.add_all(CollectionProductRow, rows)

    async def _write_metafields(self, key: int) -> None:
        references = [value for value in self.wanted.metafields.values() if isinstance(value, Reference)]
        links = await read_links(self.session, references) if references else None
        standing = await _metafields_of(self.session, key)
        for name, said in self.wanted.metafields.items():
            value = links.linked(said) if isinstance(said, Reference) and links else said
            if isinstance(value, Metafield):
                self.changed |= await _bring_metafield(self.session, key, name, value, standing.get(name))
            elif isinstance(said, Reference):
                self.unlinked[name] = said
        gone = [
            row.id for name, row in standing.items() if self._has_column(name) and name not in self.wanted.metafields
        ]
        if gone:
            self.changed = True
            await self.session.change(db.removed(MetafieldRow, gone))

    def _has_column(self, name: MetafieldKey) -> bool:
        return metafield_column(name) in self.table.sheet.columns
