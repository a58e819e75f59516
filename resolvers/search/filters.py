"""Filters of a collection's products."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from db import search as db
from db.catalog import ProductRow
from db.search import Bounds, Condition
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


async def price_bounds(context: Context, least: float | None, most: float | None) -> Bounds:
    """Prices from ``least`` to ``most`` of the operation's currency, None for no end. Raises ClientError."""
    places = await decimals_of(context)
    return Bounds(_minor(least, places), _minor(most, places))


def _minor(amount: float | None, places: int) -> int | None:
    if amount is None:
        return None
    if not -1e12 < amount < 1e12:
        raise ClientError("BAD_REQUEST", f"{amount} is not a price.")
    return int(Decimal(str(amount)).scaleb(places).to_integral_value())


def filter_conditions(context: Context, filters: ProductFilters | None) -> tuple[Condition, ...]:
    """The conditions of filters on products, in the operation's market; none for no filters.

    Raises ClientError for too many.
    """
    if filters is None:
        return ()
    names = len(_by_name(filters.variant_options))
    kinds = names + len(_by_key(filters.product_metafields)) + len(_by_key(filters.variant_metafields))
    if kinds > MOST_KINDS:
        raise ClientError(
            "LIMIT_EXCEEDED",
            f"These filters are on {kinds} different options and metafields; {MOST_KINDS} are the most. Values of one"
            " of them may be as many as a list may have.",
            limit="filters",
            maximum=MOST_KINDS,
        )
    return (*_of_product(filters), *_of_variants(filters, context))


def _of_product(filters: ProductFilters) -> Iterable[Condition]:
    if filters.product_types:
        yield db.among(ProductRow.type_key, _folded(filters.product_types))
    if filters.vendors:
        yield db.among(ProductRow.vendor_key, _folded(filters.vendors))
    if filters.tags:
        yield db.tagged_with_any(_folded(filters.tags))
    if filters.categories:
        yield db.categorised(filters.categories)
    for (namespace, key), values in _by_key(filters.product_metafields).items():
        yield db.product_metafield(namespace, key, values)


def _of_variants(filters: ProductFilters, context: Context) -> Iterable[Condition]:
    met = []
    if filters.prices:
        met.append(db.variant_priced(context.country, filters.prices))
    for name, values in _by_name(filters.variant_options).items():
        met.append(db.variant_option(name, values, translated=context.may_translate))
    for (namespace, key), values in _by_key(filters.variant_metafields).items():
        met.append(db.variant_metafield(namespace, key, values))
    if len(set(filters.available)) == 1:
        met.append(db.variant_available(filters.available[0]))
    if met:
        yield db.with_variant(*met)


def _folded(names: Iterable[str]) -> list[str]:
    return [fold(storable(name)) for name in names]


def _by_name(options: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in options:
        same = next((known for known in found if known.lower() == storable(name).lower()), storable(name))
        found[same].append(storable(value))
    return found


def _by_key(metafields: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for namespace, key, value in metafields:
        found[storable(namespace), storable(key)].append(storable(value))
    return found
