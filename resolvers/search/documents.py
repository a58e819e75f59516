"""What of each kind of thing is searched."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from db import search as db
from db.catalog import CollectionRow
from db.content import ArticleRow, PageRow
from db.pricing import markets
from db.search import Kind, Part
from db.session import Session
from db.shop import shops
from resolvers.languages import DEFAULT, preferred
from resolvers.search.analysis import Document

DEFAULT_VALUE = "Default Title"
"""The option value of a product that has no options to choose from."""

CATEGORIES = " > "
"""What stands between the names in a category's full one."""


def product_document(
    owner: int,
    *,
    title: str,
    kind: str,
    category: str,
    vendor: str,
    description: str,
    tags: Iterable[str],
    values: Iterable[str],
    codes: Iterable[tuple[str | None, str | None]],
) -> Document:
    """A product; ``codes`` are (SKU, bar code) of its variants.

    Of the names in the full one of its ``category`` the last is a type like any other, the one before it a wider one;
    those above say too little.
    """
    wider, own = ["", "", *category.split(CATEGORIES)][-2:]
    parts = [(Part.TITLE, title), (Part.TYPE, kind), (Part.VENDOR, vendor), (Part.BODY, description)]
    parts += [(Part.TYPE, own), (Part.CATEGORY, wider)]
    parts += [(Part.TAG, tag) for tag in tags]
    parts += [(Part.VARIANT, value) for value in dict.fromkeys(values) if value != DEFAULT_VALUE]
    for sku, barcode in codes:
        parts += [(Part.SKU, sku or ""), (Part.BARCODE, barcode or "")]
    return Document(Kind.PRODUCT, owner, _said(parts))


def collection_document(owner: int, title: str, description: str) -> Document:
    """A collection."""
    return Document(Kind.COLLECTION, owner, _said([(Part.TITLE, title), (Part.BODY, description)]))


def page_document(page: PageRow) -> Document:
    """A page."""
    return Document(Kind.PAGE, page.id, _said([(Part.TITLE, page.title), (Part.BODY, page.body_text)]))


def article_document(article: ArticleRow, tags: Iterable[str]) -> Document:
    """An article."""
    parts = [(Part.TITLE, article.title), (Part.AUTHOR, article.author_name), (Part.BODY, article.content)]
    parts += [(Part.BODY, article.excerpt or ""), *((Part.TAG, tag) for tag in tags)]
    return Document(Kind.ARTICLE, article.id, _said(parts))


def _said(parts: Iterable[tuple[Part, str]]) -> tuple[tuple[Part, str], ...]:
    return tuple((part, text) for part, text in parts if text)


async def languages_of(session: Session) -> list[str]:
    """The languages in which things are found: the shop's own first, and the others that some market speaks."""
    shop = await session.first(shops())
    own = shop.language_code if shop else DEFAULT
    return spoken_in(own, [market.languages for market in await session.rows(markets())])


def spoken_in(own: str, languages: Iterable[Sequence[str]]) -> list[str]:
    """The shop's own language, then the others of its markets."""
    return [own, *sorted({code for codes in languages for code in codes} - {own})]


async def documents_of(
    session: Session, kind: Kind, ids: Sequence[int], languages: Sequence[str], *, own: str | None = None
) -> list[Document]:
    """What of those things is searched, as it stands, in each of the languages; nothing for what is not there.

    ``own`` is the shop's language, the first unless said otherwise; categories are named in it alone.
    """
    own = own or languages[0]
    found: list[Document] = []
    for language in languages:
        reading = session if language == own else session.speaking(preferred(language, own))
        found += [replace(one, language=language) for one in await _documents(reading, kind, ids, language == own)]
    return found


async def _documents(session: Session, kind: Kind, ids: Sequence[int], is_own: bool) -> list[Document]:
    rows = await session.rows(db.owners_by_id(kind, ids))
    match kind:
        case Kind.PRODUCT:
            return await _products(session, rows, is_own)
        case Kind.COLLECTION:
            collections: list[CollectionRow] = rows
            return [collection_document(row.id, row.title, row.description) for row in collections]
        case Kind.PAGE:
            return [page_document(row) for row in rows]
        case Kind.ARTICLE:
            tags = _grouped(await session.tuples(db.tags_of_articles(ids)))
            return [article_document(row, sorted(tag for (tag,) in tags[row.id])) for row in rows]


async def _products(session: Session, rows: Sequence[Any], is_own: bool) -> list[Document]:
    ids = [row.id for row in rows]
    categories = dict(await session.tuples(db.categories_of_products(ids))) if is_own else {}
    tags = _grouped(await session.tuples(db.tags_of_products(ids)))
    values = _grouped(await session.tuples(db.values_of_products(ids)))
    codes = _grouped(await session.tuples(db.codes_of_products(ids)))
    return [
        product_document(
            row.id,
            title=row.title,
            kind=row.product_type,
            category=categories.get(row.id, ""),
            vendor=row.vendor,
            description=row.description,
            tags=(tag for (tag,) in tags[row.id]),
            values=(value.name for (value,) in values[row.id]),
            codes=codes[row.id],
        )
        for row in rows
    ]


def _grouped(found: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for owner, *rest in found:
        groups[owner].append(tuple(rest))
    return groups
