"""Conditions on products, variants and collections that searches and filters are put together from.

What they say of a product or collection is true or false and never null, so that the opposite holds for every row
that it does not hold for. Text is compared with the folded ``*_key`` columns where there is one: the caller folds its
side. Descriptions, SKUs and bar codes have none; they are compared without regard to the case of A to Z.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, and_, cast, exists, false, func, literal, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.base import Tuples
from db.catalog import (
    CategoryRow,
    CollectionRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.catalog.metafields import MetafieldOwner
from db.inventory import variant_is_available
from db.keys import among, each_has, mostly
from db.letters import AsciiLower
from db.pricing import VariantPriceRow, market_of
from db.search.words import ASCII_LOWER, Condition, Words, has_folded, has_written
from db.translations import TranslationRow
from db.types import UtcDateTime

_LAST = "\U0010ffff"
_BACKSLASH, _QUOTE = "\x01", "\x02"


@dataclass(frozen=True, slots=True)
class Bounds:
    """A stretch of whole numbers, both ends included; None is no end."""

    low: int | None = None
    high: int | None = None


def all_of(*conditions: Condition) -> Condition:
    """Every one of them; true for none."""
    return and_(true(), *conditions)


def any_of(*conditions: Condition) -> Condition:
    """At least one of them; false for none."""
    return or_(false(), *conditions)


def opposite(condition: Condition) -> Condition:
    """Not that."""
    return not_(condition)


def is_text(column: Any, key: str, *, prefix: bool = False) -> Condition:
    """Whether a folded column equals the key, or begins with it."""
    return and_(column >= key, column < key + _LAST) if prefix else column == key


def is_code(column: Any, code: str, *, prefix: bool = False) -> Condition:
    """Whether a SKU or the like equals the code, or begins with it; A to Z in either case. Null for null."""
    code = code.translate(ASCII_LOWER)
    text = AsciiLower(column)
    return (func.substr(text, 1, len(code)) if prefix else text) == code


def within(column: Any, bounds: Bounds) -> Condition:
    """Whether a number lies within bounds; false for null."""
    low = [] if bounds.low is None else [column >= bounds.low]
    high = [] if bounds.high is None else [column <= bounds.high]
    return and_(column.is_not(None), *low, *high)


def between(column: Any, since: datetime | None, until: datetime | None) -> Condition:
    """Whether a time is at or after ``since`` and before ``until``; None is no end. False for null."""
    low = [] if since is None else [column >= since]
    high = [] if until is None else [column < until]
    return and_(column.is_not(None), *low, *high)


def is_given(column: Any) -> Condition:
    """Whether a column holds anything but null and the empty text."""
    filled = [] if isinstance(column.type, UtcDateTime) else [column != ""]
    return and_(column.is_not(None), *filled)


def is_(column: Any, value: bool) -> Condition:
    """Whether a column that is true or false is that."""
    condition: Condition = column.is_(true() if value else false())
    return condition


# Conditions on the enclosing statement's product.


def product_has(words: Words) -> Condition:
    """Whether a product's title, vendor, type, tags, description, or a variant's SKU or bar code has the words."""
    product = ProductRow
    coded = or_(has_written(col(VariantRow.sku), words), has_written(col(VariantRow.barcode), words))
    return or_(
        *(has_folded(col(key), words) for key in (product.title_key, product.vendor_key, product.type_key)),
        _in_products(col(ProductTagRow.product_id), has_folded(col(ProductTagRow.tag_key), words)),
        has_written(col(product.description), words),
        _in_products(col(VariantRow.product_id), coded),
    )


def of_type(key: str, text: str, *, prefix: bool = False) -> Condition:
    """Whether a product's type is that folded text, or begins with it; or is one that is so translated in any of the
    shop's languages, with A to Z in either case.
    """
    row, other = TranslationRow, aliased(ProductRow)
    translated = (
        select(col(other.type_key))
        .join(row, col(row.owner_id) == other.id)
        .where(
            col(row.owner_kind) == "product", col(row.field) == "product_type", is_code(row.value, text, prefix=prefix)
        )
    )
    return or_(is_text(col(ProductRow.type_key), key, prefix=prefix), col(ProductRow.type_key).in_(translated))


def tagged(key: str, *, prefix: bool = False) -> Condition:
    """Whether a product has a tag of that folded text, or one that begins with it."""
    return _in_products(col(ProductTagRow.product_id), is_text(col(ProductTagRow.tag_key), key, prefix=prefix))


def tagged_with_any(keys: Sequence[str]) -> Condition:
    """Whether a product has a tag of any of those folded texts."""
    return _in_products(col(ProductTagRow.product_id), among(col(ProductTagRow.tag_key), keys))


@dataclass(frozen=True, slots=True)
class Lookup:
    """Two more forms of a condition for which a database would begin with what an index finds, all of it.

    ``found`` is for counting some of that: the enclosing statement may find a product several times. ``passing`` is
    asked of one product after the other, in whatever order a list goes through them.
    """

    found: Condition
    passing: Condition


def lookup(condition: Condition) -> Lookup:
    """That of a condition on columns of the product."""
    return Lookup(condition, mostly(condition))


def lookup_of_tags(keys: Sequence[str]) -> Lookup:
    """That of `tagged_with_any`."""
    tagged = and_(col(ProductTagRow.product_id) == ProductRow.id, among(col(ProductTagRow.tag_key), keys))
    return Lookup(tagged, mostly(each_has(ProductRow, tagged)))


def tagged_at_all() -> Condition:
    """Whether a product has any tag."""
    return exists().where(col(ProductTagRow.product_id) == ProductRow.id).correlate(ProductRow)


def with_code(column: Any, code: str, *, prefix: bool = False) -> Condition:
    """Whether a column of any of the product's variants is that code."""
    return _in_products(col(VariantRow.product_id), is_code(column, code, prefix=prefix))


def with_any_code(column: Any) -> Condition:
    """Whether any of the product's variants has something in that column."""
    return _in_products(col(VariantRow.product_id), is_given(column))


def priced_within(country: str | None, bounds: Bounds) -> Condition:
    """Whether any of the product's variants costs an amount within bounds, in the country's market."""
    return _in_products(col(VariantPriceRow.product_id), _amounts(country, [bounds]))


def with_variant(*conditions: Condition) -> Condition:
    """Whether one and the same variant of the product meets every condition."""
    return each_has(ProductRow, col(VariantRow.product_id) == ProductRow.id, *conditions)


def categorised(ids: Sequence[int]) -> Condition:
    """Whether a product is in one of the categories, or in one below them."""
    chosen, below = aliased(CategoryRow), aliased(CategoryRow)
    path = col(chosen.full_name) + " > "
    under = select(col(below.id)).join(
        chosen,
        or_(col(below.id) == chosen.id, func.substr(col(below.full_name), 1, func.length(path)) == path),
    )
    within_them = under.where(among(chosen.id, ids))
    return and_(col(ProductRow.category_id).is_not(None), col(ProductRow.category_id).in_(within_them))


def product_metafield(namespace: str, key: str, values: Sequence[str]) -> Condition:
    """Whether the product's metafield has one of the values, or is a list of texts that holds one."""
    return _metafield(MetafieldOwner.PRODUCT, ProductRow, namespace, key, values)


def _in_products(product: Any, condition: Condition) -> Condition:
    return col(ProductRow.id).in_(select(product).where(condition))


# Conditions on a variant, to be met together in `with_variant`.


def variant_available(value: bool) -> Condition:
    """Whether it can be bought now, or cannot."""
    return variant_is_available() if value else not_(variant_is_available())


def variant_priced(country: str | None, ranges: Sequence[Bounds]) -> Condition:
    """Whether it costs an amount within any of the ranges, in the country's market."""
    same = col(VariantPriceRow.variant_id) == VariantRow.id
    return each_has(VariantRow, same, _amounts(country, ranges))


def _amounts(country: str | None, ranges: Sequence[Bounds]) -> Condition:
    here = col(VariantPriceRow.market_id) == market_of(country)
    return and_(here, any_of(*(within(col(VariantPriceRow.amount), bounds) for bounds in ranges)))


def variant_option(name: str, values: Sequence[str], *, translated: bool = False) -> Condition:
    """Whether its option of that name has one of the values; A to Z in either case.

    ``translated`` takes names and values in any of the shop's languages.
    """
    lowered = [value.translate(ASCII_LOWER) for value in values]
    of_name, of_value = is_code(col(OptionRow.name), name), among(AsciiLower(col(OptionValueRow.name)), lowered)
    if translated:
        of_name = or_(of_name, _translated("option", OptionRow.id, [name.translate(ASCII_LOWER)]))
        of_value = or_(of_value, _translated("option_value", OptionValueRow.id, lowered))
    of_variant = col(OptionValueRow.id).in_((VariantRow.option1_id, VariantRow.option2_id, VariantRow.option3_id))
    return (
        exists()
        .where(of_variant, col(OptionRow.id) == OptionValueRow.option_id, of_value, of_name)
        .correlate(VariantRow)
    )


def names_translated(options: Sequence[str], types: Sequence[str], languages: Sequence[str]) -> Tuples:
    """(kind, a translated name, the name that was written) of options, their values, and products' types.

    ``options`` are names of options and values, as translated into one of the languages, and ``types`` those of types.
    All answers have small A to Z, but for types as they were written.
    """
    row = TranslationRow
    found = []
    for kind, owner, field, written, names in (
        ("option", OptionRow, "name", AsciiLower(col(OptionRow.name)), options),
        ("option_value", OptionValueRow, "name", AsciiLower(col(OptionValueRow.name)), options),
        ("product", ProductRow, "product_type", col(ProductRow.product_type), types),
    ):
        if not names:
            continue
        translated = AsciiLower(col(row.value))
        of_kind = select(
            literal(kind, String).label("kind"), translated.label("translated"), written.label("written")
        ).join_from(row, owner, col(owner.id) == col(row.owner_id))
        found.append(
            of_kind.where(
                col(row.owner_kind) == kind,
                col(row.field) == field,
                col(row.language).in_(languages),
                among(translated, [name.translate(ASCII_LOWER) for name in names]),
            )
        )
    return select(*union_all(*found).subquery().c).distinct()


def _translated(kind: str, column: Any, lowered: Sequence[str]) -> Condition:
    """Whether a column is the id of something whose name is translated as one of the texts."""
    row = TranslationRow
    named = select(col(row.owner_id)).where(
        col(row.owner_kind) == kind, col(row.field) == "name", among(AsciiLower(col(row.value)), lowered)
    )
    return col(column).in_(named)


def variant_metafield(namespace: str, key: str, values: Sequence[str]) -> Condition:
    """Whether its metafield has one of the values, or is a list of texts that holds one."""
    return _metafield(MetafieldOwner.VARIANT, VariantRow, namespace, key, values)


def _metafield(owner: MetafieldOwner, row: Any, namespace: str, key: str, values: Sequence[str]) -> Condition:
    field = MetafieldRow
    spellings = {json.dumps(value, ensure_ascii=ascii) for value in values for ascii in (True, False)}
    parts = sorted(f'"{_unescaped(text[1:-1])}"' for text in spellings)
    items = func.replace(func.replace(col(field.value), "\\\\", _BACKSLASH), '\\"', _QUOTE)
    listed = or_(*(func.replace(items, part, "") != items for part in parts))
    return (
        exists()
        .where(
            col(field.owner_kind) == owner,
            col(field.owner_id) == row.id,
            col(field.namespace) == namespace,
            col(field.key) == key,
            or_(among(field.value, values), and_(func.substr(col(field.type), 1, 5) == "list.", listed)),
        )
        .correlate(row)
    )


def _unescaped(text: str) -> str:
    """A JSON text whose only quotes are those around it; the stand-ins cannot stand in valid JSON themselves."""
    return text.replace("\\\\", _BACKSLASH).replace('\\"', _QUOTE)


# Conditions on the enclosing statement's collection.


def collection_has(words: Words) -> Condition:
    """Whether a collection's title or description has the words."""
    return or_(has_folded(col(CollectionRow.title_key), words), has_written(col(CollectionRow.description), words))


def collection_has_rules() -> Condition:
    """Whether rules choose a collection's products; a JSON null is none."""
    rules = col(CollectionRow.rules)
    return and_(rules.is_not(None), cast(rules, Text) != "null")
