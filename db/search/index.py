"""The index of full-text search: plain tables that both databases ask alike.

A text is taken apart when it is written, so that nothing depends on what a database takes for a word. Words, their
forms and their spellings only grow: one that no text has any more finds nothing.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum, IntFlag
from typing import Any

import sqlalchemy
from sqlalchemy import Delete, Executable, Index, SmallInteger, UniqueConstraint, delete, func
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.catalog import CategoryRow, CollectionRow, OptionRow, OptionValueRow, ProductRow, ProductTagRow, VariantRow
from db.content import ArticleRow, ArticleTagRow, PageRow
from db.keys import among
from db.types import BigId, SortText


class Kind(IntEnum):
    """What can be found, in the order in which equally good hits are told."""

    PRODUCT = 1
    COLLECTION = 2
    PAGE = 3
    ARTICLE = 4


ROWS: Mapping[Kind, type[ProductRow] | type[CollectionRow] | type[PageRow] | type[ArticleRow]] = {
    Kind.PRODUCT: ProductRow,
    Kind.COLLECTION: CollectionRow,
    Kind.PAGE: PageRow,
    Kind.ARTICLE: ArticleRow,
}


class Part(IntFlag):
    """In which parts of something a word occurs."""

    TITLE = 1
    TYPE = 2
    VENDOR = 4
    TAG = 8
    VARIANT = 16
    SKU = 32
    BARCODE = 64
    AUTHOR = 128
    BODY = 256
    CATEGORY = 512
    """The wider category that the one of its own, which is among its types, belongs to."""


EVERYWHERE = Part(1023)

PROMINENT = EVERYWHERE & ~Part.BODY
"""All but descriptions: where a word says what something is, and does not just come up."""

FARTHEST = 100
"""No distance is as large; a hit is worth the difference."""

DISTANCES: Mapping[Part, int] = {
    Part.SKU: 45,
    Part.BARCODE: 45,
    Part.TYPE: 50,
    Part.VARIANT: 55,
    Part.VENDOR: 55,
    Part.AUTHOR: 55,
    Part.TAG: 60,
    Part.CATEGORY: 75,
    Part.BODY: 90,
}
"""How far a word in each part is from a perfect hit, the nearest first; in a title it is nearer than in any of them,
unless that is of what is read and not bought: then from READ_TITLE to FARTHEST_TITLE, next to the type of a product.
"""

READ_TITLE, FARTHEST_TITLE = 51, 54


class SearchWordRow(Row, table=True):
    """A word of a language as the index knows it: without its ending; or a SKU or the like, kept whole."""

    __tablename__ = "search_words"
    __table_args__ = (UniqueConstraint("language", "word"),)

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    language: str = Field(max_length=8)
    word: str = Field(sa_type=SortText)


class SearchFormRow(Row, table=True):
    """A form in which texts have a word, such as its plural."""

    __tablename__ = "search_forms"
    __table_args__ = {"sqlite_with_rowid": False}

    language: str = Field(primary_key=True, max_length=8)
    form: str = Field(primary_key=True, sa_type=SortText)
    word_id: int = Field(foreign_key="search_words.id", ondelete="CASCADE", sa_type=BigId, index=True)


class SearchSpellingRow(Row, table=True):
    """What is left of a form when one or two of its letters go missing, by which mistyped words find it."""

    __tablename__ = "search_spellings"
    __table_args__ = {"sqlite_with_rowid": False}

    language: str = Field(primary_key=True, max_length=8)
    spelling: str = Field(primary_key=True, sa_type=SortText)
    form: str = Field(primary_key=True, sa_type=SortText)


class SearchPostingRow(Row, table=True):
    """That something has a word: in which `Part` s of it, and how far that is from a perfect hit."""

    __tablename__ = "search_postings"
    __table_args__ = (
        Index("ix_search_postings_nearest", "word_id", "kind", "distance", "owner_id", "parts"),
        {"sqlite_with_rowid": False},
    )

    kind: int = Field(primary_key=True, sa_type=SmallInteger)
    owner_id: int = Field(primary_key=True, sa_type=BigId)
    word_id: int = Field(primary_key=True, sa_type=BigId)
    distance: int = Field(sa_type=SmallInteger)
    parts: int = Field(sa_type=SmallInteger)


class SearchIndexRow(Row, table=True):
    """Which analysis built the index; no row as long as none did."""

    __tablename__ = "search_index"

    id: int = Field(default=1, primary_key=True)
    version: str


def words_named(language: str, words: Sequence[str]) -> Tuples:
    """(word, its id) of those that are known."""
    known = (col(SearchWordRow.word), col(SearchWordRow.id))
    return select(*known).where(col(SearchWordRow.language) == language, among(col(SearchWordRow.word), words))


def forms_named(language: str, forms: Sequence[str]) -> SelectOfScalar[str]:
    """Those of the forms that are known."""
    known = select(SearchFormRow.form).where(col(SearchFormRow.language) == language)
    return known.where(among(col(SearchFormRow.form), forms))


def added(row: type[Row]) -> Executable:
    """Inserts what is not there yet; another writer may be adding the same. SQLite reads PostgreSQL's words alike."""
    return postgresql.insert(table_of(row)).on_conflict_do_nothing()


def postings_of(kind: Kind, owners: Sequence[int]) -> Tuples:
    """(owner, word, distance, parts)."""
    row = SearchPostingRow
    columns = (col(row.owner_id), col(row.word_id), col(row.distance), col(row.parts))
    return sqlalchemy.select(*columns).where(col(row.kind) == kind, among(col(row.owner_id), owners))


def words_of(kind: Kind, owners: Sequence[int]) -> Tuples:
    """(owner, language, word, distance, parts)."""
    row, word = SearchPostingRow, SearchWordRow
    columns = (col(row.owner_id), col(word.language), col(word.word), col(row.distance), col(row.parts))
    found = sqlalchemy.select(*columns).join(word, col(word.id) == row.word_id)
    return found.where(col(row.kind) == kind, among(col(row.owner_id), owners))


def how_many(kind: Kind) -> SelectOfScalar[int]:
    """How many things there are of a kind, found or not."""
    return select(func.count(col(ROWS[kind].id)))


def removed_postings(kind: Kind, owners: Sequence[int]) -> Delete:
    row = SearchPostingRow
    return delete(row).where(col(row.kind) == kind, among(col(row.owner_id), owners))


def stale_postings(kind: Kind) -> Delete:
    """Postings of what is not there any more."""
    row = SearchPostingRow
    return delete(row).where(col(row.kind) == kind, col(row.owner_id).not_in(select(ROWS[kind].id)))


def stale_owners(kind: Kind) -> SelectOfScalar[int]:
    """Whose postings those are."""
    row = SearchPostingRow
    found = select(row.owner_id).where(col(row.kind) == kind, col(row.owner_id).not_in(select(ROWS[kind].id)))
    return found.distinct().order_by(col(row.owner_id))


def version() -> SelectOfScalar[str]:
    """Which analysis built the index."""
    return select(SearchIndexRow.version)


def no_version() -> Delete:
    return delete(SearchIndexRow)


# What is searched, as it stands.


def ids_after(kind: Kind, last: int, limit: int) -> SelectOfScalar[int]:
    """The next ids of a kind."""
    row = ROWS[kind]
    return select(row.id).where(col(row.id) > last).order_by(col(row.id)).limit(limit)


def owners_by_id(kind: Kind, ids: Sequence[int]) -> SelectOfScalar[Any]:
    """The rows of a kind."""
    row = ROWS[kind]
    return select(row).where(among(col(row.id), ids)).order_by(col(row.id))


def tags_of_products(ids: Sequence[int]) -> Tuples:
    """(product, tag)."""
    row = ProductTagRow
    return select(row.product_id, row.tag).where(among(row.product_id, ids))


def categories_of_products(ids: Sequence[int]) -> Tuples:
    """(product, the full name of its category), where it has one."""
    found = select(ProductRow.id, CategoryRow.full_name).join(
        CategoryRow, col(CategoryRow.id) == ProductRow.category_id
    )
    return found.where(among(col(ProductRow.id), ids))


def values_of_products(ids: Sequence[int]) -> Tuples:
    """(product, an option's value)."""
    found = select(OptionRow.product_id, OptionValueRow)
    return found.join(OptionRow, col(OptionRow.id) == OptionValueRow.option_id).where(among(OptionRow.product_id, ids))


def codes_of_products(ids: Sequence[int]) -> Tuples:
    """(product, SKU or null, bar code or null) for each variant."""
    row = VariantRow
    return select(row.product_id, row.sku, row.barcode).where(among(row.product_id, ids))


def tags_of_articles(ids: Sequence[int]) -> Tuples:
    """(article, tag)."""
    row = ArticleTagRow
    return select(row.article_id, row.name).where(among(row.article_id, ids))
