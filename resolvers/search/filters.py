"""Filters of a collection's products."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from db import search as db
from db.catalog import ProductRow
from db.search import OF_VARIANTS, Active, Bounds, Condition, FilterKind
from resolvers.amounts import MOST
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.pricing import decimals_of
from resolvers.search.syntax import storable
from resolvers.text import fold

MOST_KINDS = 20
"""How many different options and metafields filters may be on: each is a condition of its own in the statement."""


@dataclass(frozen=True, slots=True)
class ProductFilters:
    """What a list of filters asks for, by what they filter on; empty ones ask for nothing.

    Values of one filter are alternatives, different filters must all hold. ``variant_options`` are (name, value),
    metafields (namespace, key, value): each name, and each namespace and key, is a filter of its own. Availability,
    prices, options and metafields of variants must hold for one and the same variant. ``prices`` are minor units of
    the market's currency, both ends included; a category stands for those below it too.
    """

    available: tuple[bool, ...] = ()
    product_types: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[int, ...] = ()
    prices: tuple[Bounds, ...] = ()
    variant_options: tuple[tuple[str, str], ...] = ()
    product_metafields: tuple[tuple[str, str, str], ...] = ()
    variant_metafields: tuple[tuple[str, str, str], ...] = ()
    foreign: frozenset[str] = frozenset()
    """Values of options, with small A to Z, that are translations of others that are asked for as well."""
    foreign_types: tuple[str, ...] = ()
    """Types of products that are so."""


async def price_bounds(context: Context, least: float | None, most: float | None) -> Bounds:
    """Prices from ``least`` to ``most`` of the operation's currency, None for no end. Raises ClientError."""
    places = await decimals_of(context)
    return Bounds(_minor(least, places, ROUND_CEILING), _minor(most, places, ROUND_FLOOR))


def _minor(amount: float | None, places: int, rounding: str) -> int | None:
    """Compared exactly: from 9.999 on is from 10.00 on, and up to 9.999 is up to 9.99."""
    if amount is None:
        return None
    if not -MOST <= amount <= MOST:
        raise ClientError("BAD_REQUEST", f"{amount} is not a price.")
    return int(Decimal(str(amount)).scaleb(places).to_integral_value(rounding))


async def filters_as_written(context: Context, filters: ProductFilters) -> ProductFilters:
    """The same filters with options, their values and types called as the shop wrote them, where the operation's
    language calls them otherwise. One statement, or none where nothing is translated or none of them is asked for.

    What is a translation of several options keeps its name.
    """
    wanted, types = filters.variant_options, filters.product_types
    if not (wanted or types) or not context.may_translate:
        return filters
    async with context.read() as session:
        if not session.languages:
            return filters
        names = sorted({storable(name) for pair in wanted for name in pair})
        of_types = sorted(map(storable, types))
        found = await session.tuples(db.names_translated(names, of_types, session.languages))
    written: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, translated, name in found:
        written[kind][translated].add(name)
    filters = _options_as_written(filters, written["option"], written["option_value"])
    return _types_as_written(filters, written["product"])


def _types_as_written(filters: ProductFilters, meant: Mapping[str, set[str]]) -> ProductFilters:
    written = {name: sorted(meant.get(_lowered(name), ())) for name in filters.product_types}
    types = dict.fromkeys(type_ for name, others in written.items() for type_ in (name, *others))
    foreign = tuple(name for name, others in written.items() if set(folded(others)) - set(folded([name])))
    return replace(filters, product_types=tuple(types), foreign_types=foreign)


def _options_as_written(
    filters: ProductFilters, options: Mapping[str, set[str]], values: Mapping[str, set[str]]
) -> ProductFilters:
    called: list[tuple[str, str]] = []
    foreign: set[str] = set()
    for name, value in filters.variant_options:
        meant = options.get(_lowered(name), set())
        option = next(iter(meant)) if len(meant) == 1 else name
        written = sorted(values.get(_lowered(value), set()) - {_lowered(value)})
        called += [(option, value), *((option, one) for one in written)]
        foreign |= {_lowered(value)} if written else set()
    return replace(filters, variant_options=tuple(called), foreign=frozenset(foreign))


def _lowered(name: str) -> str:
    return storable(name).translate(db.ASCII_LOWER)


def filter_conditions(context: Context, filters: ProductFilters | None) -> tuple[Condition, ...]:
    """The conditions of filters on products, in the operation's market; none for no filters.

    Raises ClientError for too many.
    """
    return conditions_of(active_filters(filters, context))


def conditions_of(active: Sequence[Active], *, passing: bool = False) -> tuple[Condition, ...]:
    """The conditions of such filters. With ``passing`` a list begins with what an index finds for none of them."""
    of_variant = [filter_.condition for filter_ in active if filter_.kind in OF_VARIANTS]
    of_product = [
        filter_.lookup.passing if passing and filter_.lookup else filter_.condition
        for filter_ in active
        if filter_.kind not in OF_VARIANTS
    ]
    return (*of_product, db.with_variant(*of_variant)) if of_variant else tuple(of_product)


def active_filters(filters: ProductFilters | None, context: Context) -> list[Active]:
    """The filters that narrow a list, each with its condition; none for no filters. Raises ClientError for too many."""
    if filters is None:
        return []
    active = [*_of_product(filters), *_of_variants(filters, context)]
    kinds = sum(bool(filter_.name) for filter_ in active)
    if kinds > MOST_KINDS:
        raise ClientError(
            "LIMIT_EXCEEDED",
            f"These filters are on {kinds} different options and metafields; {MOST_KINDS} are the most. Values of one"
            " of them may be as many as a list may have.",
            limit="filters",
            maximum=MOST_KINDS,
        )
    return active


def _of_product(filters: ProductFilters) -> Iterable[Active]:
    if filters.product_types:
        yield _on_columns(FilterKind.PRODUCT_TYPE, db.among(ProductRow.type_key, folded(filters.product_types)))
    if filters.vendors:
        yield _on_columns(FilterKind.VENDOR, db.among(ProductRow.vendor_key, folded(filters.vendors)))
    if filters.tags:
        tags = folded(filters.tags)
        yield Active(FilterKind.TAG, db.tagged_with_any(tags), lookup=db.lookup_of_tags(tags))
    if filters.categories:
        yield _on_columns(FilterKind.CATEGORY, db.categorised(filters.categories))
    for name, values in by_key(filters.product_metafields).items():
        yield Active(FilterKind.PRODUCT_METAFIELD, db.product_metafield(*name, values), name)


def _on_columns(kind: FilterKind, condition: Condition) -> Active:
    return Active(kind, condition, lookup=db.lookup(condition))


def _of_variants(filters: ProductFilters, context: Context) -> Iterable[Active]:
    if filters.prices:
        yield Active(FilterKind.PRICE, db.variant_priced(context.country, filters.prices))
    for option, values in by_name(filters.variant_options).items():
        yield Active(FilterKind.OPTION, db.variant_option(option, values, translated=context.may_translate), (option,))
    for name, values in by_key(filters.variant_metafields).items():
        yield Active(FilterKind.VARIANT_METAFIELD, db.variant_metafield(*name, values), name)
    if len(set(filters.available)) == 1:
        yield Active(FilterKind.AVAILABILITY, db.variant_available(filters.available[0]))


def folded(names: Iterable[str]) -> list[str]:
    """Names as they are compared."""
    return [fold(storable(name)) for name in names]


def by_name(options: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The values asked for of each option, whose name is given with small A to Z."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in options:
        found[storable(name).translate(db.ASCII_LOWER)].append(storable(value))
    return found


def by_key(metafields: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """The values asked for of each metafield, by namespace and key."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for namespace, key, value in metafields:
        found[storable(namespace), storable(key)].append(storable(value))
    return found
