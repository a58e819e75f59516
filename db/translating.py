"""Named statements by which translations in files find what they translate, and are found again."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Delete, delete, tuple_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.catalog import CollectionRow, MediaRow, MetafieldRow, OptionRow, OptionValueRow, ProductRow
from db.content import ArticleRow, BlogRow
from db.keys import among
from db.translations import TranslationRow


def options_named(names: Sequence[str]) -> SelectOfScalar[OptionRow]:
    """The options of that name, of every product."""
    return select(OptionRow).where(among(OptionRow.name, names)).order_by(col(OptionRow.id))


def values_named(names: Sequence[str]) -> Tuples:
    """(option, value) where both their names, with a slash between, are among the texts; of every product."""
    row = OptionValueRow
    found = select(OptionRow, row).join(row, col(row.option_id) == OptionRow.id)
    named = col(OptionRow.name) + "/" + col(row.name)
    return found.where(among(named, names)).order_by(col(row.id))


def rows_by_id(row: type[Row], ids: Sequence[int]) -> SelectOfScalar[Any]:
    key = table_of(row).c.id
    return select(row).where(among(key, ids)).order_by(key)


def options_of_everything(option_ids: Sequence[int], value_ids: Sequence[int]) -> Tuples:
    """(handle of the product, option, value or null) of options and values that are called as these are."""
    names = select(OptionRow.name).where(among(OptionRow.id, option_ids))
    of_values = select(OptionRow.name).join(OptionValueRow, col(OptionValueRow.option_id) == OptionRow.id)
    named = of_values.where(among(OptionValueRow.id, value_ids))
    return (
        select(ProductRow.handle, OptionRow, OptionValueRow)
        .join(OptionRow, col(OptionRow.product_id) == ProductRow.id)
        .join(OptionValueRow, col(OptionValueRow.option_id) == OptionRow.id)
        .where(col(OptionRow.name).in_(names) | col(OptionRow.name).in_(named))
        .order_by(col(ProductRow.handle), col(OptionRow.position), col(OptionValueRow.position), col(OptionValueRow.id))
    )


def media_with_handles(ids: Sequence[int]) -> Tuples:
    """(handle of the product, media) of what belongs to a product."""
    found = select(ProductRow.handle, MediaRow).join(MediaRow, col(MediaRow.product_id) == ProductRow.id)
    return found.where(among(MediaRow.id, ids)).order_by(col(ProductRow.handle), col(MediaRow.position))


def collections_with_media(ids: Sequence[int]) -> SelectOfScalar[CollectionRow]:
    """Collections that show one of the pictures."""
    return select(CollectionRow).where(among(CollectionRow.media_id, ids)).order_by(col(CollectionRow.handle))


def articles_with_media(ids: Sequence[int]) -> Tuples:
    """(handle of the blog, article) of those that show one of the pictures."""
    found = select(BlogRow.handle, ArticleRow).join(ArticleRow, col(ArticleRow.blog_id) == BlogRow.id)
    return found.where(among(ArticleRow.media_id, ids)).order_by(col(BlogRow.handle), col(ArticleRow.handle))


def metafields_by_id(ids: Sequence[int]) -> SelectOfScalar[MetafieldRow]:
    row = MetafieldRow
    ordered = (col(row.owner_kind), col(row.owner_id), col(row.namespace), col(row.key))
    return select(row).where(among(row.id, ids)).order_by(*ordered)


def standing(language: str, kind: str, ids: Sequence[int]) -> Tuples:
    """(id, field, text) of some things of a kind in a language."""
    row = TranslationRow
    found = select(row.owner_id, row.field, row.value)
    return found.where(row.language == language, row.owner_kind == kind, among(row.owner_id, ids))


def keys_in(language: str) -> Tuples:
    """(kind, id, field) of every text in a language."""
    row = TranslationRow
    return select(row.owner_kind, row.owner_id, row.field).where(row.language == language)


def products_of_options(ids: Sequence[int]) -> SelectOfScalar[int]:
    """The products that options belong to."""
    return select(OptionRow.product_id).where(among(OptionRow.id, ids)).distinct()


def products_of_values(ids: Sequence[int]) -> SelectOfScalar[int]:
    """The products that values of options belong to."""
    found = select(OptionRow.product_id).join(OptionValueRow, col(OptionValueRow.option_id) == OptionRow.id)
    return found.where(among(OptionValueRow.id, ids)).distinct()


def languages() -> SelectOfScalar[str]:
    """The languages that something is translated into."""
    return select(TranslationRow.language).distinct().order_by(col(TranslationRow.language))


def texts_of(language: str, kind: str) -> Tuples:
    """(id, field, text) of everything of a kind in a language."""
    row = TranslationRow
    found = select(row.owner_id, row.field, row.value).where(row.language == language, row.owner_kind == kind)
    return found.order_by(col(row.owner_id), col(row.field))


def removed(language: str, texts: Sequence[tuple[str, int, str]]) -> Delete:
    """Takes away texts, named by (kind, id, field), of a language."""
    row = TranslationRow
    named = tuple_(col(row.owner_kind), col(row.owner_id), col(row.field))
    return delete(row).where(col(row.language) == language, named.in_(texts))
