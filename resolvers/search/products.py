"""What the search syntax can ask of products."""

from functools import partial

from db import search as db
from db.catalog import ProductRow, VariantRow
from db.search import Condition, Kind, Part
from resolvers.context import Context
from resolvers.pricing import decimals_of
from resolvers.search.meaning import (
    Meaning,
    condition,
    handle,
    identifier,
    keyed,
    moment,
    reversed_,
    searched,
    tag,
    yes_or_no,
)
from resolvers.search.syntax import And, Node, Not, Op, Or, Term, parse, storable
from resolvers.search.values import amounts
from resolvers.shop import language_of
from resolvers.text import fold

PRICE = "variants.price"


_TAG = tag(db.tagged, db.tagged_at_all)


def _code(column: object) -> Meaning:
    def meaning(term: Term) -> Condition | None:
        if term.op is Op.EXISTS:
            return db.with_any_code(column)
        return db.with_code(column, term.value, prefix=term.prefix) if term.op is Op.EQUAL else None

    return meaning


def _for_sale(value: bool) -> Condition:
    found = db.with_variant(db.variant_available(True))
    return found if value else db.opposite(found)


def _price(country: str | None, places: int, term: Term) -> Condition | None:
    if term.op is Op.EXISTS:
        return db.priced_within(country, db.Bounds())
    bounds = amounts(term.op, term.value, places)
    return None if bounds is None else db.priced_within(country, bounds)


def _type(term: Term) -> Condition | None:
    """The type as shown: as written, or as translated."""
    if term.op is not Op.EQUAL:
        return _WRITTEN_TYPE(term)
    return db.of_type(fold(term.value), storable(term.value), prefix=term.prefix)


_WRITTEN_TYPE = keyed(ProductRow.type_key)
_KEYS: dict[str | None, Meaning] = {
    None: searched(Kind.PRODUCT, db.product_has),
    "available_for_sale": yes_or_no(_for_sale),
    "barcode": _code(VariantRow.barcode),
    "created_at": moment(ProductRow.created_at),
    "gift_card": yes_or_no(partial(db.is_, ProductRow.is_gift_card)),
    "handle": handle(ProductRow.handle),
    "id": identifier(ProductRow.id, "Product"),
    "product_type": _WRITTEN_TYPE,
    "published_at": moment(ProductRow.published_at),
    "sku": _code(VariantRow.sku),
    "tag": _TAG,
    "tag_not": reversed_(_TAG),
    "title": searched(Kind.PRODUCT, partial(db.has_folded, ProductRow.title_key), Part.TITLE),
    "updated_at": moment(ProductRow.updated_at),
    "variants.barcode": _code(VariantRow.barcode),
    "variants.sku": _code(VariantRow.sku),
    "vendor": keyed(ProductRow.vendor_key),
}

PRODUCT_KEYS = frozenset(key for key in (*_KEYS, PRICE) if key)
"""What a query on products may compare; so the sets of other names on other things."""


def product_condition(
    tree: Node | None, country: str | None, places: int, *, translated: bool = False
) -> Condition | None:
    """What a tree asks of products, None for nothing.

    Prices are those of the country's market, whose currency has ``places`` decimals. ``translated`` takes types in any
    of the shop's languages.
    """
    keys: dict[str | None, Meaning] = {**_KEYS, PRICE: partial(_price, country, places)}
    if translated:
        keys["product_type"] = _type
    return condition(tree, lambda term: keys[term.field](term) if term.field in keys else None)


async def product_query(context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The conditions of a `query` argument on products, none for one that asks for nothing; see `Query`.

    Looks up the market's currency if the query names a price. Raises ClientError above the bounds of the syntax.
    """
    tree = parse(query, await language_of(context), of_few=of_few) if query else None
    places = await decimals_of(context) if tree is not None and _names_price(tree) else 0
    found = product_condition(tree, context.country, places, translated=context.may_translate)
    return [] if found is None else [found]


def _names_price(node: Node) -> bool:
    match node:
        case Term():
            return node.field == PRICE
        case Not(part):
            return _names_price(part)
        case And(parts) | Or(parts):
            return any(map(_names_price, parts))
