"""What the search syntax can ask of products."""

from functools import partial

from db import search as db
from db.catalog import ProductRow, VariantRow
from db.search import Condition, Kind, Part
from resolvers.context import Context
from resolvers.pricing import decimals_of
from resolvers.search.asking import language_of
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
from resolvers.search.syntax import And, Node, Not, Op, Or, Term, parse
from resolvers.search.values import amounts

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


_KEYS: dict[str | None, Meaning] = {
    None: searched(Kind.PRODUCT, db.product_has),
    "available_for_sale": yes_or_no(_for_sale),
    "barcode": _code(VariantRow.barcode),
    "created_at": moment(ProductRow.created_at),
    "gift_card": yes_or_no(partial(db.is_, ProductRow.is_gift_card)),
    "handle": handle(ProductRow.handle),
    "id": identifier(ProductRow.id, "Product"),
    "product_type": keyed(ProductRow.type_key),
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


def product_condition(tree: Node | None, country: str | None, places: int) -> Condition | None:
    """What a tree asks of products, None for nothing.

    Prices are those of the country's market, whose currency has ``places`` decimals.
    """
    keys: dict[str | None, Meaning] = {**_KEYS, PRICE: partial(_price, country, places)}
    return condition(tree, lambda term: keys[term.field](term) if term.field in keys else None)


async def product_query(context: Context, query: str | None, *, of_few: bool = False) -> list[Condition]:
    """The conditions of a `query` argument on products, none for one that asks for nothing; see `Query`.

    Looks up the market's currency if the query names a price. Raises ClientError above the bounds of the syntax.
    """
    tree = parse(query, await language_of(context), of_few=of_few) if query else None
    places = await decimals_of(context) if tree is not None and _names_price(tree) else 0
    found = product_condition(tree, context.country, places)
    return [] if found is None else [found]


def _names_price(node: Node) -> bool:
    match node:
        case Term():
            return node.field == PRICE
        case Not(part):
            return _names_price(part)
        case And(parts) | Or(parts):
            return any(map(_names_price, parts))
