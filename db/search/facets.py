"""Facets: what the products of a list can be filtered by, and how many each value would show, in one statement.

A filter does not narrow its own values: a value's count is that of the products there would be if it were chosen
instead of the others of its filter. So every product and every variant is marked with the filters that it fails, one
bit each, and counts for a filter if it fails none but that one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CTE
from sqlmodel import col

from db.base import Tuples
from db.catalog import (
    CategoryRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.catalog.metafields import MetafieldOwner
from db.inventory import variant_is_available
from db.keys import among
from db.letters import AsciiLower
from db.paging import Children, joined
from db.pricing import VariantPriceRow, market_of
from db.search.conditions import Lookup
from db.search.words import Condition

MOST_COUNTED = 2_500
"""The most products of one list that are counted: its first by id."""
FACET_TYPES = ("single_line_text_field", "number_integer", "number_decimal", "boolean")
"""The types of metafields whose values are counted."""


class FilterKind(StrEnum):
    """What a filter is on; the values are how a shop's file names them."""

    AVAILABILITY = "availability"
    PRICE = "price"
    PRODUCT_TYPE = "product_type"
    VENDOR = "vendor"
    TAG = "tag"
    CATEGORY = "category"
    OPTION = "option"
    PRODUCT_METAFIELD = "product_metafield"
    VARIANT_METAFIELD = "variant_metafield"


OF_VARIANTS = (FilterKind.AVAILABILITY, FilterKind.PRICE, FilterKind.OPTION, FilterKind.VARIANT_METAFIELD)
"""Filters that have to hold for one and the same variant."""


@dataclass(frozen=True, slots=True)
class Active:
    """A filter that is set, on the enclosing statement's product, or on its variant if its kind is one of those.

    ``name`` is the option's, with small A to Z, or the metafield's namespace and key; empty for other kinds. ``lookup``
    is there where the database would begin with what an index finds for the condition.
    """

    kind: FilterKind
    condition: Condition
    name: tuple[str, ...] = ()
    lookup: Lookup | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to count: kinds, and of metafields those of these namespaces and keys."""

    kinds: frozenset[FilterKind]
    product_metafields: tuple[tuple[str, str], ...] = ()
    variant_metafields: tuple[tuple[str, str], ...] = ()


def facet_counts(
    products: Children,
    parents: Sequence[int],
    active: Sequence[Active],
    wanted: Wanted,
    country: str | None,
    most: int = MOST_COUNTED,
) -> Tuples:
    """Every value that the first ``most`` products of each list have, with how many products it would show.

    (parent, kind, products, name, what the name is written like, value, what it is written like, low, high, colour,
    picture, an option, an owner). ``low`` and ``high`` are the prices that there are, a category's id, or the sum and
    number of an option value's positions; the name of a metafield is its namespace and its key, and it is written like
    its type. The option is the first that is called so, by id; the owner the first option value, metafield, or product
    of a type, that says the value.
    """
    parts = union_all(*_parts(_Counted(_first(products, parents, most), active, wanted, country))).subquery("facets")
    return select(*parts.c)


class _Counted:
    """The lists with their marks, as parts of one statement."""

    def __init__(self, first: Subquery, active: Sequence[Active], wanted: Wanted, country: str | None) -> None:
        self.wanted = wanted
        self.bits = [(filter_, 1 << place) for place, filter_ in enumerate(active)]
        self.base = _base(first, self._marks(of_variants=False))
        self.narrowed = any(filter_.kind in OF_VARIANTS for filter_ in active)
        self.variants = self._variants(country)
        base = self.base.c
        met: Any = literal(1)
        if self.narrowed:
            meets = select(self.variants.c.product_id).where(self.variants.c.fails == 0)
            met = case((base.id.in_(meets), 1), else_=0)
        self.products = select(self.base, met.label("met")).cte("counted_products")

    def _marks(self, *, of_variants: bool) -> ColumnElement[int]:
        marks: ColumnElement[int] = literal(0, BigInteger)
        for filter_, bit in self.bits:
            if (filter_.kind in OF_VARIANTS) is of_variants:
                marks = marks + case((filter_.condition, 0), else_=bit)
        return marks

    def _variants(self, country: str | None) -> CTE:
        base, variant = self.base.c, VariantRow
        columns: list[Any] = [base.parent, base.id.label("product_id"), base.fails.label("product_fails")]
        columns += [col(variant.id), col(variant.option1_id), col(variant.option2_id), col(variant.option3_id)]
        source: Any = self.base.join(variant, col(variant.product_id) == base.id)
        if FilterKind.AVAILABILITY in self.wanted.kinds:
            columns.append(case((variant_is_available(), 1), else_=0).label("available"))
        if FilterKind.PRICE in self.wanted.kinds:
            price = and_(
                col(VariantPriceRow.variant_id) == variant.id, col(VariantPriceRow.market_id) == market_of(country)
            )
            source = source.outerjoin(VariantPriceRow, price)
            columns.append(col(VariantPriceRow.amount))
        marked = select(*columns, self._marks(of_variants=True).label("fails")).select_from(source)
        return marked.cte("counted_variants")

    @property
    def of_options(self) -> list[tuple[Active, int]]:
        """The filters on options that are set, with their bits."""
        return [(filter_, bit) for filter_, bit in self.bits if filter_.kind is FilterKind.OPTION]

    def of_products(self, kind: FilterKind, name: Sequence[Any] = ()) -> Condition:
        """Whether a row of ``products`` counts for a filter; ``name`` are the columns that name it."""
        return and_(self._but(self.products.c.fails, kind, name), self.products.c.met == 1)

    def of_variants(self, kind: FilterKind, name: Sequence[Any] = ()) -> Condition:
        """Whether a row of ``variants`` does."""
        return and_(self.variants.c.product_fails == 0, self._but(self.variants.c.fails, kind, name))

    def _but(self, fails: Any, kind: FilterKind, name: Sequence[Any]) -> Condition:
        """Whether nothing is failed but the filter itself."""
        own = [
            and_(fails == bit, *(column == part for column, part in zip(name, filter_.name, strict=True)))
            for filter_, bit in self.bits
            if filter_.kind is kind
        ]
        return or_(fails == 0, *own)


def _first(products: Children, parents: Sequence[int], most: int) -> Subquery:
    """(parent, id) of the first products of each list."""
    # SQLite would go through the whole list to sort it by the other column of the same value.
    key = col(ProductRow.id) if products.member is None else products.member
    source = joined(products.row, products.joins)
    found = select(products.parent.label("parent"), key.label("id")).select_from(source).where(*products.where)
    if len(parents) == 1:
        return found.where(products.parent == parents[0]).order_by(key).limit(most).subquery("first")
    number = func.row_number().over(partition_by=products.parent, order_by=key).label("n")
    numbered = found.add_columns(number).where(among(products.parent, parents)).subquery().c
    return select(numbered.parent, numbered.id).where(numbered.n <= most).subquery("first")


def _base(first: Subquery, marks: ColumnElement[int]) -> CTE:
    """Some products, with what a product can be filtered by and the marks of what it fails."""
    row = ProductRow
    columns = (row.type_key, row.product_type, row.vendor_key, row.vendor, row.category_id)
    return (
        select(first.c.parent, first.c.id, *(col(column) for column in columns), marks.label("fails"))
        .select_from(first)
        .join(row, col(row.id) == first.c.id)
        .cte("counted")
    )


def _parts(counted: _Counted) -> Iterable[Any]:
    kinds = counted.wanted.kinds
    if FilterKind.AVAILABILITY in kinds:
        yield _availability(counted)
    if FilterKind.PRICE in kinds:
        yield _prices(counted)
    if FilterKind.OPTION in kinds:
        yield _options(counted)
    products = counted.products.c
    if FilterKind.PRODUCT_TYPE in kinds:
        first = {"value_id": func.min(products.id)}
        yield _written(counted, FilterKind.PRODUCT_TYPE, products.type_key, products.product_type, **first)
    if FilterKind.VENDOR in kinds:
        yield _written(counted, FilterKind.VENDOR, products.vendor_key, products.vendor)
    if FilterKind.TAG in kinds:
        yield _tags(counted)
    if FilterKind.CATEGORY in kinds:
        yield _categories(counted)
    if FilterKind.PRODUCT_METAFIELD in kinds:
        yield _metafields(counted, FilterKind.PRODUCT_METAFIELD, counted.wanted.product_metafields)
    if FilterKind.VARIANT_METAFIELD in kinds:
        yield _metafields(counted, FilterKind.VARIANT_METAFIELD, counted.wanted.variant_metafields)


_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("name", String),
    ("title", String),
    ("value", String),
    ("label", String),
    ("low", BigInteger),
    ("high", BigInteger),
    ("color", String),
    ("media", BigInteger),
    ("name_id", BigInteger),
    ("value_id", BigInteger),
)


def _row(parent: Any, kind: FilterKind, count: Any, **found: Any) -> Any:
    """The columns of every part alike; what a part has nothing to say about is null, of the type it has elsewhere."""
    told: list[Any] = [cast(found.get(name, null()), type_).label(name) for name, type_ in _COLUMNS]
    return select(parent, literal(kind.value, String).label("kind"), count.label("products"), *told)


def _how_many(product: Any, counts: Condition) -> ColumnElement[int]:
    return func.count(distinct(case((counts, product))))


def _once_each(counts: Condition) -> ColumnElement[int]:
    """The same where no product comes twice."""
    return func.count(case((counts, 1)))


def _availability(counted: _Counted) -> Any:
    variants = counted.variants.c
    many = _how_many(variants.product_id, counted.of_variants(FilterKind.AVAILABILITY))
    row = _row(variants.parent, FilterKind.AVAILABILITY, many, value=variants.available)
    return row.group_by(variants.parent, variants.available)


def _prices(counted: _Counted) -> Any:
    variants = counted.variants.c
    counts = counted.of_variants(FilterKind.PRICE)
    amount = case((counts, variants.amount))
    many = _how_many(variants.product_id, and_(counts, variants.amount.is_not(None)))
    row = _row(variants.parent, FilterKind.PRICE, many, low=func.min(amount), high=func.max(amount))
    return row.group_by(variants.parent)


def _options(counted: _Counted) -> Any:
    chosen, option, value = _chosen(counted).c, OptionRow, OptionValueRow
    name, key = AsciiLower(col(option.name)), AsciiLower(col(value.name))
    met = [chosen.met, *(and_(chosen[f"met{bit}"], name == filter_.name[0]) for filter_, bit in counted.of_options)]
    many = _how_many(chosen.product_id, and_(chosen.product_fails == 0, or_(*met)))
    found: dict[str, Any] = {"name": name, "title": func.min(option.name), "value": key, "label": func.min(value.name)}
    found |= {"low": func.sum(col(value.position) * chosen.variants), "high": func.sum(chosen.variants)}
    found |= {"color": func.min(col(value.swatch_color)), "media": func.min(col(value.swatch_media_id))}
    found |= {"name_id": func.min(col(option.id)), "value_id": func.min(col(value.id))}
    row = _row(chosen.parent, FilterKind.OPTION, many, **found)
    return (
        row.join(value, col(value.id) == chosen.option)
        .join(option, col(option.id) == value.option_id)
        .group_by(chosen.parent, name, key)
    )


def _chosen(counted: _Counted) -> Subquery:
    """(parent, value, its product, how many variants have it, whether one of them fails nothing, …nothing but one
    filter on options): each value by itself, for its name is long to sort by.
    """
    variants = counted.variants.c
    every = (
        union_all(
            *(
                select(
                    variants.parent, variants.product_id, variants.product_fails, variants.fails, option.label("option")
                )
                for option in (variants.option1_id, variants.option2_id, variants.option3_id)
            )
        )
        .subquery("every")
        .c
    )
    fails = [("met", 0), *((f"met{bit}", bit) for _, bit in counted.of_options)]
    return (
        select(
            every.parent,
            every.option,
            func.max(every.product_id).label("product_id"),
            func.max(every.product_fails).label("product_fails"),
            func.count().label("variants"),
            *((func.max(case((every.fails == bit, 1), else_=0)) == 1).label(name) for name, bit in fails),
        )
        .where(every.option.is_not(None))
        .group_by(every.parent, every.option)
        .subquery("chosen")
    )


def _written(counted: _Counted, kind: FilterKind, key: Any, written: Any, **found: Any) -> Any:
    products = counted.products.c
    many = _once_each(counted.of_products(kind))
    row = _row(products.parent, kind, many, value=key, label=func.min(written), **found)
    return row.where(key != "").group_by(products.parent, key)


def _tags(counted: _Counted) -> Any:
    products, tag = counted.products.c, ProductTagRow
    many = _once_each(counted.of_products(FilterKind.TAG))
    row = _row(products.parent, FilterKind.TAG, many, value=col(tag.tag_key), label=func.min(tag.tag))
    source = counted.products.join(tag, col(tag.product_id) == products.id)
    return row.select_from(source).group_by(products.parent, col(tag.tag_key))


def _categories(counted: _Counted) -> Any:
    """Of each category that a product is in itself; what is below a category counts for it as well."""
    products, category = counted.products.c, CategoryRow
    many = _once_each(counted.of_products(FilterKind.CATEGORY))
    found = {"title": func.min(category.full_name), "label": func.min(category.name), "low": col(category.id)}
    row = _row(products.parent, FilterKind.CATEGORY, many, **found)
    source = counted.products.join(category, col(category.id) == products.category_id)
    return row.select_from(source).group_by(products.parent, col(category.id))


def _metafields(counted: _Counted, kind: FilterKind, names: Sequence[tuple[str, str]]) -> Any:
    field = MetafieldRow
    of_product = kind is FilterKind.PRODUCT_METAFIELD
    owners: Any = counted.products if of_product else counted.variants
    owner = MetafieldOwner.PRODUCT if of_product else MetafieldOwner.VARIANT
    name = (col(field.namespace), col(field.key))
    if of_product:
        many = _once_each(counted.of_products(kind, name))
    else:
        many = _how_many(owners.c.product_id, counted.of_variants(kind, name))
    found: dict[str, Any] = {"name": name[0], "title": name[1], "value": col(field.value)}
    found |= {"label": func.min(field.type), "value_id": func.min(col(field.id))}
    row = _row(owners.c.parent, kind, many, **found)
    here = and_(
        col(field.owner_kind) == owner,
        col(field.owner_id) == owners.c.id,
        or_(*(and_(name[0] == namespace, name[1] == key) for namespace, key in names)),
        col(field.type).in_(FACET_TYPES),
    )
    return row.select_from(owners.join(field, here)).group_by(owners.c.parent, *name, col(field.value))
