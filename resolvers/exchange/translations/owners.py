"""Finding what the rows of a file translate."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db import content, exchange, translating
from db import shop as shop_db
from db.catalog import MediaRow, MetafieldRow, OptionRow
from db.catalog.metafields import MetafieldOwner
from db.content import MenuItemRow, MetaobjectDefinitionRow, MetaobjectRow
from db.search import FilterKind
from db.session import Session
from db.wording import label_field
from resolvers.exchange.cells import CellError
from resolvers.exchange.sheet import Row
from resolvers.exchange.translations.fields import (
    DEFAULT,
    FIELD,
    FIELDS,
    KINDS,
    NAMED,
    TYPE,
    Target,
    TextField,
    is_text,
)
from resolvers.search.offers import words_in


class NotFoundError(CellError):
    """A row names something that is not there, or cannot be translated; ``column`` says in which of its cells."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def is_general(row: Row, owners: "Owners") -> bool:
    """Whether a row is about an option or value of every product that has it."""
    return row.get(TYPE) in ("PRODUCT_OPTION", "PRODUCT_OPTION_VALUE") and not owners.of_product(row)


class Owners:
    """What the rows at hand can be about: what the shop wrote itself, all of it, and the products that they name."""

    def __init__(self) -> None:
        self._content: _Content | None = None
        self._pictures: dict[str, MediaRow] = {}

    async def learn(self, session: Session, rows: Sequence[Row]) -> None:
        """Read what these rows name."""
        if self._content is None:
            self._content = await _read_content(session)
        named = [(row.get(TYPE), row.get(NAMED)) for row in rows]
        products = [name.split("/")[_PRODUCT_AT[type_]] for type_, name in named if _is_about_product(type_, name)]
        found = await session.tuples(exchange.products_by_handle(list(dict.fromkeys(products))))
        self._products = {product.handle: product for product, _ in found}
        ids = [product.id for product in self._products.values()]
        self._options = _grouped(await session.rows(exchange.options(ids)), "product_id")
        self._values = _grouped(await session.rows(exchange.option_values(ids)), "option_id")
        self._media = _grouped(await session.rows(exchange.media(ids)), "product_id")
        collections = [
            name.split("/")[1] if type_ == "METAFIELD" else name
            for type_, name in named
            if type_ in ("COLLECTION", "COLLECTION_IMAGE") or (type_ == "METAFIELD" and name.startswith("collection/"))
        ]
        rows_found = await session.rows(exchange.collections_by_handle(list(dict.fromkeys(collections))))
        self._collections = {collection.handle: collection for collection in rows_found}
        self._pictures = await _pictures_of(session, self._collections)
        await self._learn_metafields(session, named)
        await self._learn_options(session, named)

    async def _learn_metafields(self, session: Session, named: Iterable[tuple[str, str]]) -> None:
        owners: dict[str, set[int]] = defaultdict(set)
        for type_, name in named:
            if type_ == "METAFIELD" and (owner := self._metafield_owner(name)):
                owners[owner[0]].add(owner[1])
        self._metafields: dict[tuple[str, int, str], MetafieldRow] = {}
        for kind, keys in owners.items():
            for row in await session.rows(exchange.metafields(kind, sorted(keys))):
                self._metafields[kind, row.owner_id, f"{row.namespace}.{row.key}"] = row

    async def _learn_options(self, session: Session, named: Sequence[tuple[str, str]]) -> None:
        options = [name for type_, name in named if type_ == "PRODUCT_OPTION"]
        values = [name for type_, name in named if type_ == "PRODUCT_OPTION_VALUE"]
        self._everywhere: dict[tuple[str, str], list[Any]] = defaultdict(list)
        if options:
            for option in await session.rows(translating.options_named(options)):
                self._everywhere["PRODUCT_OPTION", option.name].append(option)
        if values:
            for option, value in await session.tuples(translating.values_named(values)):
                self._everywhere["PRODUCT_OPTION_VALUE", f"{option.name}/{value.name}"].append(value)

    def find(self, row: Row) -> list[Target]:
        """The texts that a row translates. Raises NotFoundError."""
        type_, name, field = row.get(TYPE), row.get(NAMED), row.get(FIELD)
        if type_ == "METAOBJECT":
            return [self._entry(name, field)]
        if type_ == "FILTER":
            return [self._filter(name, field)]
        known = FIELDS[type_].get(field)
        if known is None:
            raise NotFoundError(FIELD, f"{type_} has no field {field!r}; these are: {', '.join(FIELDS[type_])}")
        found = self._rows(type_, name, row)
        if not found:
            raise NotFoundError(NAMED, f"there is no {_CALLED.get(type_, KINDS[type_].replace('_', ' '))} {name!r}")
        return [target_of(type_, known, one) for one in found]

    def of_product(self, row: Row) -> list[Any]:
        """The option or value that a row names of one product; empty when it names those of all."""
        handle, _, rest = row.get(NAMED).partition("/")
        product = self._products.get(handle)
        options: list[OptionRow] = self._options.get(product.id, []) if product else []
        if row.get(TYPE) == "PRODUCT_OPTION":
            return [option for option in options if option.name == rest]
        values = ((option, value) for option in options for value in self._values.get(option.id, []))
        return [value for option, value in values if f"{option.name}/{value.name}" == rest]

    def _rows(self, type_: str, name: str, row: Row) -> list[Any]:
        match type_:
            case "PRODUCT":
                return _maybe(self._products.get(name))
            case "PRODUCT_OPTION" | "PRODUCT_OPTION_VALUE":
                return self.of_product(row) or self._everywhere.get((type_, name), [])
            case "MEDIA_IMAGE":
                return self._medium(name)
            case "COLLECTION":
                return _maybe(self._collections.get(name))
            case "COLLECTION_IMAGE":
                return _maybe(self._pictures.get(name))
            case "METAFIELD":
                owner = self._metafield_owner(name)
                return _maybe(self._metafields.get((*owner, name.rpartition("/")[2])) if owner else None)
            case "LINK":
                return self._known.links.get((name, row.get(DEFAULT)), [])
        return _maybe(self._known.rows.get((type_, name)))

    @property
    def _known(self) -> "_Content":
        assert self._content is not None
        return self._content

    def _medium(self, name: str) -> list[MediaRow]:
        kind, _, rest = name.partition("/")
        handle, _, position = rest.partition("/")
        product = self._products.get(handle) if kind == "product" else None
        media = self._media.get(product.id, []) if product else []
        return [medium for medium in media if str(medium.position) == position]

    def _metafield_owner(self, name: str) -> tuple[str, int] | None:
        """The kind and id of what a metafield hangs on, by the path of the metafield."""
        kind, _, rest = name.partition("/")
        handle = rest.rpartition("/")[0]
        if kind == MetafieldOwner.SHOP:
            return kind, 1
        if kind == MetafieldOwner.PRODUCT:
            owner = self._products.get(handle)
        elif kind == MetafieldOwner.COLLECTION:
            owner = self._collections.get(handle)
        else:
            owner = self._known.rows.get((kind.upper(), handle))
        return (kind, owner.id) if owner else None

    def _filter(self, name: str, field: str) -> Target:
        if field not in FIELDS["FILTER"]:
            raise NotFoundError(FIELD, f"FILTER has no field {field!r}; it has {', '.join(FIELDS['FILTER'])}")
        found = self._known.filters.get(name.lower())
        if found is None:
            known = ", ".join(self._known.filters) or "none of its own"
            raise NotFoundError(NAMED, f"the shop offers no filter {name!r}; it offers {known}")
        return filter_target(found, self._known.rows["SHOP", ""].language_code)

    def _entry(self, name: str, key: str) -> Target:
        found = self._known.rows.get(("METAOBJECT", name))
        if found is None:
            raise NotFoundError(NAMED, f"there is no metaobject {name!r}; write its type and handle as type/handle")
        entry = next((entry for entry in found.fields if entry["key"] == key), None)
        if entry is None:
            keys = ", ".join(entry["key"] for entry in found.fields)
            raise NotFoundError(FIELD, f"it has no value for {key!r}; it has {keys}")
        return entry_target(found, entry, self._known.definitions[found.definition_id])


def target_of(type_: str, field: TextField, row: Any) -> Target:
    """A text of a row. Raises NotFoundError for one that is the same in every language."""
    kind_of_value = row.type if type_ == "METAFIELD" else None
    if kind_of_value is not None and not is_text(kind_of_value):
        raise NotFoundError(NAMED, f"is a {kind_of_value}, which is no text to translate")
    return Target(KINDS[type_], row.id, field, getattr(row, field.name) or "", kind_of_value)


def entry_target(row: MetaobjectRow, entry: dict[str, Any], definition: MetaobjectDefinitionRow) -> Target:
    """A field of a metaobject. Raises NotFoundError for one that is the same in every language."""
    if not is_text(entry["type"]):
        raise NotFoundError(FIELD, f"is a {entry['type']}, which is no text to translate")
    is_title = entry["key"] == definition.title_key
    return Target("metaobject", row.id, TextField(entry["key"]), entry["value"], entry["type"], is_title)


def filter_name(entry: Mapping[str, Any]) -> str:
    """How files identify a filter that the shop offers: by what it is on."""
    metafield = ".".join(entry[part] for part in ("namespace", "key") if part in entry)
    return "/".join(filter(None, (entry["by"], entry.get("name") or metafield)))


def filter_target(entry: Mapping[str, Any], language: str) -> Target:
    """What a filter is called in the shop's language; by us, or as what it is on, where the shop has not said."""
    ours = words_in(language).labels.get(FilterKind(entry["by"]))
    present = entry.get("label") or ours or entry.get("name") or entry.get("key") or ""
    return Target("shop", 1, TextField(label_field(entry)), present)


class _Content:
    """Everything that the shop wrote beside its catalogue: by type and identification, links by what they say, and
    filters.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Any] = {}
        self.links: dict[tuple[str, str], list[MenuItemRow]] = defaultdict(list)
        self.definitions: dict[int, MetaobjectDefinitionRow] = {}
        self.filters: dict[str, Mapping[str, Any]] = {}


async def _read_content(session: Session) -> _Content:
    found = _Content()
    for shop in await session.rows(shop_db.shops()):
        found.rows["SHOP", ""] = shop
        found.filters = {filter_name(entry).lower(): entry for entry in shop.filters or ()}
    for policy in await session.rows(shop_db.policies()):
        found.rows["SHOP_POLICY", policy.kind.replace("_", "-")] = policy
        found.rows["SHOP_POLICY", policy.kind] = policy
    for location in await session.rows(exchange.locations()):
        found.rows["LOCATION", location.name] = location
    for page in await session.rows(content.all_pages()):
        found.rows["PAGE", page.handle] = page
    for blog in await session.rows(content.all_blogs()):
        found.rows["BLOG", blog.handle] = blog
        articles = {f"{blog.handle}/{row.handle}": row for row in await session.rows(content.all_articles(blog.id))}
        for name, article in articles.items():
            found.rows["ARTICLE", name] = article
        for name, picture in (await _pictures_of(session, articles)).items():
            found.rows["ARTICLE_IMAGE", name] = picture
    for definition in await session.rows(content.definitions()):
        found.definitions[definition.id] = definition
        for metaobject in await session.rows(content.all_metaobjects(definition.id)):
            found.rows["METAOBJECT", f"{definition.type}/{metaobject.handle}"] = metaobject
    for menu in await session.rows(content.all_menus()):
        found.rows["MENU", menu.handle] = menu
        for item in await session.rows(content.items_of_menus([menu.id])):
            found.links[menu.handle, item.title].append(item)
    return found


_PRODUCT_AT = {"PRODUCT": 0, "PRODUCT_OPTION": 0, "PRODUCT_OPTION_VALUE": 0, "MEDIA_IMAGE": 1, "METAFIELD": 1}
"""Which part of an identification is a product's handle."""


def _is_about_product(type_: str, name: str) -> bool:
    if type_ in ("MEDIA_IMAGE", "METAFIELD"):
        return name.startswith("product/")
    return type_ in _PRODUCT_AT


_CALLED = {"COLLECTION_IMAGE": "picture of a collection", "ARTICLE_IMAGE": "picture of an article"}
"""What people call things that the database calls otherwise."""


async def _pictures_of(session: Session, owners: Mapping[str, Any]) -> dict[str, MediaRow]:
    """The pictures of collections or articles that have one, by the same names."""
    ids = {row.media_id for row in owners.values() if row.media_id is not None}
    media = {row.id: row for row in await session.rows(exchange.media_by_id(sorted(ids)))} if ids else {}
    return {name: media[row.media_id] for name, row in owners.items() if row.media_id in media}


def _maybe(row: Any | None) -> list[Any]:
    return [] if row is None else [row]


def _grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
