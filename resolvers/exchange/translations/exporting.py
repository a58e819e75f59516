"""Writing translations, a file for each language."""

import csv
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from db import content, exchange
from db import shop as shop_db
from db import translating as db
from db.catalog import CollectionRow, ProductRow
from db.catalog.metafields import MetafieldOwner
from db.content import ArticleRow, BlogRow, MenuItemRow, MenuRow, PageRow
from db.inventory import LocationRow
from db.session import Database, Session
from resolvers.exchange.translations.fields import (
    COLUMNS,
    DEFAULT,
    FIELD,
    FIELDS,
    KINDS,
    LOCALE,
    NAMED,
    TRANSLATED,
    TYPE,
    Target,
)
from resolvers.exchange.translations.owners import entry_target, filter_name, filter_target, target_of
from resolvers.languages import language_tag

BATCH = 200
"""How many things are looked up at once."""

_Texts = Mapping[int, Mapping[str, str]]
"""By id and column."""


async def export_translations(database: Database, folder: Path) -> int:
    """Write a file such as ``de.csv`` into the folder for each language; answers how many.

    Importing them again changes nothing. Names of options and values that are translated alike wherever they occur
    stand on one row; files of languages that nothing is translated into any more are left for others to remove.
    """
    async with database.read() as session:
        languages = await session.rows(db.languages())
        for language in languages:
            with _opened(folder, language) as out:
                writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
                writer.writeheader()
                async for type_, name, field, target, value in _rows(session, language):
                    row = {TYPE: type_, NAMED: name, FIELD: field, LOCALE: language_tag(language)}
                    cells = {DEFAULT: target.cell(target.present), TRANSLATED: target.cell(value)}
                    writer.writerow(row | cells)
    return len(languages)


def _opened(folder: Path, language: str) -> TextIO:
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"{language_tag(language)}.csv").open("w", encoding="utf-8", newline="")


_HANDLED: dict[str, Any] = {"PRODUCT": ProductRow, "COLLECTION": CollectionRow, "PAGE": PageRow, "BLOG": BlogRow}
"""What is known by its handle alone."""

_Row = tuple[str, str, str, Target, str]
"""Type, identification, field, what is translated, and the translation."""


async def _rows(session: Session, language: str) -> AsyncIterator[_Row]:
    for type_, kind in KINDS.items():
        if type_ == "PRODUCT_OPTION":
            for row in await _options(session, language):
                yield row
        if type_ in ("PRODUCT_OPTION", "PRODUCT_OPTION_VALUE"):
            continue
        texts: dict[int, dict[str, str]] = defaultdict(dict)
        for key, name, value in await session.tuples(db.texts_of(language, kind)):
            texts[key][name] = value
        ids = list(texts)
        for start in range(0, len(ids), BATCH):
            for name, row in await _named(session, type_, ids[start : start + BATCH]):
                for one in await _fields(session, type_, name, row, texts[row.id]):
                    yield one


async def _fields(session: Session, type_: str, name: str, row: Any, texts: Mapping[str, str]) -> list[_Row]:
    if type_ == "METAOBJECT":
        definitions = {known.id: known for known in await session.rows(content.definitions())}
        entries = [entry for entry in row.fields if entry["key"] in texts]
        targets = [(entry["key"], entry_target(row, entry, definitions[row.definition_id])) for entry in entries]
    elif type_ == "FILTER":
        target = filter_target(row.entry, row.language)
        targets = [("label", target)] if target.field.name in texts else []
    else:
        known = FIELDS[type_].items()
        targets = [(field, target_of(type_, column, row)) for field, column in known if column.name in texts]
    return [(type_, name, field, target, texts[target.field.name]) for field, target in targets]


async def _named(session: Session, type_: str, ids: Sequence[int]) -> list[tuple[str, Any]]:
    """(identification, row) of things of a type, in the order of their names."""
    match type_:
        case "PRODUCT" | "COLLECTION" | "PAGE" | "BLOG":
            rows = await session.rows(db.rows_by_id(_HANDLED[type_], ids))
            found = [(known.handle, known) for known in rows]
        case "ARTICLE":
            blogs = {blog.id: blog.handle for blog in await session.rows(content.all_blogs())}
            articles = await session.rows(db.rows_by_id(ArticleRow, ids))
            found = [(f"{blogs[article.blog_id]}/{article.handle}", article) for article in articles]
        case "COLLECTION_IMAGE" | "ARTICLE_IMAGE":
            found = await _pictures(session, type_, ids)
        case "MENU":
            menu_rows = await session.rows(db.rows_by_id(MenuRow, ids))
            found = [(menu.handle, menu) for menu in menu_rows]
        case "FILTER":
            return [
                (filter_name(entry), _Filter(shop.id, entry, shop.language_code))
                for shop in await session.rows(shop_db.shops())
                for entry in shop.filters or ()
            ]
        case "MEDIA_IMAGE":
            media = await session.tuples(db.media_with_handles(ids))
            found = [(f"product/{handle}/{medium.position}", medium) for handle, medium in media]
        case "METAFIELD":
            return await _metafields(session, ids)
        case "LINK":
            menus = {menu.id: menu.handle for menu in await session.rows(content.all_menus())}
            items = await session.rows(db.rows_by_id(MenuItemRow, ids))
            found = list({(menus[item.menu_id], item.title): (menus[item.menu_id], item) for item in items}.values())
        case "METAOBJECT":
            definitions = await session.rows(content.definitions())
            every = [(known, await session.rows(content.all_metaobjects(known.id))) for known in definitions]
            wanted = set(ids)
            found = [(f"{known.type}/{row.handle}", row) for known, rows in every for row in rows if row.id in wanted]
        case "SHOP":
            found = [("", shop) for shop in await session.rows(shop_db.shops())]
        case _:
            policies = await session.rows(shop_db.policies())
            found = [(policy.kind.replace("_", "-"), policy) for policy in policies if policy.id in set(ids)]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


@dataclass(frozen=True)
class _Filter:
    """A filter that the shop offers, by the shop's id, and the shop's language."""

    id: int
    entry: Mapping[str, Any]
    language: str


async def _pictures(session: Session, type_: str, ids: Sequence[int]) -> list[tuple[str, Any]]:
    """Pictures by the first collection that has them, or by the first article if no collection does."""
    media = {row.id: row for row in await session.rows(exchange.media_by_id(ids))}
    collections = await session.rows(db.collections_with_media(ids))
    named = {row.media_id: (row.handle, media[row.media_id or 0]) for row in reversed(collections)}
    if type_ == "ARTICLE_IMAGE":
        found = await session.tuples(db.articles_with_media([key for key in ids if key not in named]))
        named = {row.media_id: (f"{blog}/{row.handle}", media[row.media_id]) for blog, row in reversed(found)}
    return list(named.values())


async def _metafields(session: Session, ids: Sequence[int]) -> list[tuple[str, Any]]:
    rows = await session.rows(db.metafields_by_id(ids))
    owners: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        owners[row.owner_kind].append(row.owner_id)
    paths = {kind: await _paths(session, kind, keys) for kind, keys in owners.items()}
    found = [
        (f"{row.owner_kind}{paths[row.owner_kind][row.owner_id]}/{row.namespace}.{row.key}", row)
        for row in rows
        if row.owner_id in paths[row.owner_kind]
    ]
    return sorted(found, key=lambda pair: pair[0])


async def _paths(session: Session, kind: str, ids: Sequence[int]) -> dict[int, str]:
    """What stands between the kind of an owner and the metafield, by the owner's id."""
    if kind == MetafieldOwner.SHOP:
        return {1: ""}
    if kind in (MetafieldOwner.PRODUCT, MetafieldOwner.COLLECTION):
        row = ProductRow if kind == MetafieldOwner.PRODUCT else CollectionRow
        return {key: f"/{handle}" for key, handle in await session.tuples(exchange.handles(row, ids))}
    if kind == MetafieldOwner.LOCATION:
        return {row.id: f"/{row.name}" for row in await session.rows(db.rows_by_id(LocationRow, ids))}
    return {row.id: f"/{name}" for name, row in await _named(session, kind.upper(), ids)}


async def _options(session: Session, language: str) -> list[_Row]:
    """Rows of options, then of their values: one where all that are called alike are translated alike."""
    options = {key: value for key, _, value in await session.tuples(db.texts_of(language, "option"))}
    values = {key: value for key, _, value in await session.tuples(db.texts_of(language, "option_value"))}
    found_options: dict[int, tuple[str, str, Any]] = {}
    found_values: dict[int, tuple[str, str, Any]] = {}
    for handle, option, value in await session.tuples(db.options_of_everything(list(options), list(values))):
        found_options[option.id] = (option.name, handle, option)
        found_values[value.id] = (f"{option.name}/{value.name}", handle, value)
    return [
        *_collapsed("PRODUCT_OPTION", found_options.items(), options),
        *_collapsed("PRODUCT_OPTION_VALUE", found_values.items(), values),
    ]


def _collapsed(
    type_: str, found: Iterable[tuple[int, tuple[str, str, Any]]], texts: Mapping[int, str]
) -> Iterator[_Row]:
    alike: dict[str, list[tuple[str, Any, str | None]]] = defaultdict(list)
    for key, (name, handle, row) in found:
        alike[name].append((handle, row, texts.get(key)))
    column = FIELDS[type_]["name"]
    for name, members in sorted(alike.items()):
        said = {value for _, _, value in members}
        if len(said) == 1 and None not in said:
            members = [("", members[0][1], members[0][2])]
        for handle, row, value in members:
            if value is not None:
                yield type_, f"{handle}/{name}" if handle else name, "name", target_of(type_, column, row), value
