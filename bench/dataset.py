"""A synthetic shop of any size: the same for the same number, written in bulk.

Per product three variants, two pictures, five reviews and two markets' prices; collection 1 holds them all. Tests use
it small.
"""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from db.base import Row, table_of
from db.cart import CartRow
from db.catalog import (
    CollectionProductRow,
    CollectionRow,
    MediaRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.content import (
    ArticleRow,
    ArticleTagRow,
    BlogRow,
    MetaobjectDefinitionRow,
    MetaobjectRow,
    PageRow,
    RedirectRow,
)
from db.inventory import InventoryLevelRow, InventoryMovementRow, LocationRow
from db.pricing import MarketCountryRow, MarketRow, ProductPriceRow, VariantPriceRow
from db.reviews import ReviewRow
from db.session import Database, Session
from db.shop import ShopRow
from resolvers.amounts import paid_in
from resolvers.search.building import rebuild_index

BLOGS = 5
NUMBERED = (
    ProductRow,
    OptionRow,
    OptionValueRow,
    MediaRow,
    VariantRow,
    ReviewRow,
    CollectionRow,
    BlogRow,
    ArticleRow,
    MetaobjectDefinitionRow,
    LocationRow,
)
"""Rows whose ids are given here, and not by the database."""
COLLECTIONS = 50
SIZES = ("Small", "Medium", "Large")
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 500


def price(product: int, variant: int) -> int:
    """A variant's price in minor units of the primary market."""
    return 500 + (product * 37 + variant * 211) % 20_000


def stock(product: int, variant: int) -> int:
    """How many pieces of a variant there are; every eleventh or so is sold out."""
    return (product * 7 + variant * 3) % 11


async def fill(db: Database, products: int, *, after: int = 0) -> None:
    """Add that many products, numbered from ``after`` + 1 on; the shop, markets and collections with the first."""
    async with db.write() as session:
        if not after:
            await _shop(session)
    for start in range(after, after + products, CHUNK):
        numbers = range(start + 1, min(start + CHUNK, after + products) + 1)
        async with db.write() as session:
            for row, values in _rows(numbers):
                await session.add_all(row, values)
    if not db.is_sqlite:
        async with db.write() as session:
            for row in NUMBERED:
                name = table_of(row).name
                statement = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608
                await session.returning(text(statement))
    await rebuild_index(db)
    async with db.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.exec_driver_sql("ANALYZE")


async def _shop(session: Session) -> None:
    shop = {"name": "Anchor Goods", "domain": "anchor.example", "country_code": "DE", "currency_code": "EUR"}
    await session.add_all(ShopRow, [shop | {"money_format": "€{{amount}}", "is_demo": True}])
    await session.add_all(
        MarketRow,
        [
            {"id": 1, "handle": "eu", "name": "Europe", **paid_in("EUR"), "is_primary": True},
            {"id": 2, "handle": "uk", "name": "United Kingdom", **paid_in("GBP"), "rate": 850_000},
        ],
    )
    await session.add_all(
        MarketCountryRow, [{"country_code": "DE", "market_id": 1}, {"country_code": "GB", "market_id": 2}]
    )
    await session.add_all(
        LocationRow,
        [
            {"id": 1, "name": "Warehouse", "city": "Lorient", "latitude": 47.7, "longitude": -3.4, "pickup": True},
            {"id": 2, "name": "Store", "position": 2, "city": "Cork", "pickup": True},
        ],
    )
    await session.add_all(
        CollectionRow,
        [
            {
                "id": n,
                "handle": f"collection-{n}",
                "title": f"Collection {n}",
                "title_key": f"collection {n}",
                "published_at": BEGINNING,
            }
            for n in range(1, COLLECTIONS + 1)
        ],
    )
    await session.add_all(CartRow, [{"token": f"bench-cart-{n}"} for n in range(1, 101)])
    await session.add_all(BlogRow, [{"id": n, **_titled("blog", n)} for n in range(1, BLOGS + 1)])
    fields = [{"key": "about", "type": "list.product_reference"}]
    await session.add_all(MetaobjectDefinitionRow, [{"id": 1, "type": "fact", "name": "Fact", "fields": fields}])


def _rows(numbers: range) -> Iterator[tuple[type[Row], list[dict[str, Any]]]]:
    yield ProductRow, [_product(p) for p in numbers]
    yield (
        ProductTagRow,
        [
            {"product_id": p, "tag": tag, "tag_key": tag, "position": place}
            for p in numbers
            for place, tag in enumerate((f"tag-{p % 20}", "all"))
        ],
    )
    yield OptionRow, [{"id": p, "product_id": p, "position": 1, "name": "Size"} for p in numbers]
    yield (
        OptionValueRow,
        [
            {"id": p * 3 - 3 + v, "option_id": p, "position": v, "name": SIZES[v - 1]}
            for p in numbers
            for v in (1, 2, 3)
        ],
    )
    yield (
        MediaRow,
        [
            {
                "id": p * 2 - 2 + n,
                "product_id": p,
                "position": n,
                "alt": f"Picture {n} of product {p}",
                "source": f"https://cdn.example/p/{p}/{n}.jpg",
                "width": 1200,
                "height": 1200,
            }
            for p in numbers
            for n in (1, 2)
        ],
    )
    variants = [(p, v, p * 3 - 3 + v) for p in numbers for v in (1, 2, 3)]
    yield VariantRow, [_variant(*variant) for variant in variants]
    yield (
        VariantPriceRow,
        [
            {
                "market_id": m,
                "variant_id": i,
                "product_id": p,
                "amount": price(p, v) * (1 if m == 1 else 9) // (m * 5 - 4),
            }
            for p, v, i in variants
            for m in (1, 2)
        ],
    )
    yield ProductPriceRow, [_range(p, m) for p in numbers for m in (1, 2)]
    yield InventoryLevelRow, [{"variant_id": i, "location_id": 1, "on_hand": stock(p, v)} for p, v, i in variants]
    yield (
        InventoryMovementRow,
        [{"variant_id": i, "location_id": 1, "delta": stock(p, v), "reason": "import"} for p, v, i in variants],
    )
    yield (
        CollectionProductRow,
        [
            {"collection_id": c, "product_id": p, "position": p}
            for p in numbers
            for c in {1, p % COLLECTIONS + 1, (p * 7) % COLLECTIONS + 1}
        ],
    )
    yield (
        MetafieldRow,
        [
            {
                "owner_kind": "product",
                "owner_id": p,
                "namespace": "custom",
                "key": "care",
                "type": "single_line_text_field",
                "value": f"Care for {p}",
            }
            for p in numbers
        ],
    )
    yield ReviewRow, [_review(p, n) for p in numbers for n in range(1, 6)]
    yield from _content(numbers)


def _content(numbers: range) -> Iterator[tuple[type[Row], list[dict[str, Any]]]]:
    """A page, an article, a metaobject and a redirect for each product."""
    yield PageRow, [_titled("page", p) | {"published_at": BEGINNING} for p in numbers]
    yield ArticleRow, [_article(p) for p in numbers]
    yield ArticleTagRow, [{"article_id": p, "key": "news", "name": "News"} for p in numbers]
    yield MetaobjectRow, [_fact(p) for p in numbers]
    yield RedirectRow, [{"path": f"/old/{p}", "target": f"/products/product-{p}"} for p in numbers]


def _titled(kind: str, number: int) -> dict[str, Any]:
    title = f"{kind.capitalize()} {number}"
    return {"handle": f"{kind}-{number}", "title": title, "title_key": title.lower()}


def _article(p: int) -> dict[str, Any]:
    blog, author = p % BLOGS + 1, f"Author {p % 7}"
    written = {"author_name": author, "author_key": author.lower(), "content": "News.", "content_html": "<p>News.</p>"}
    of_blog = {"id": p, "blog_id": blog, "blog_key": f"blog {blog}", "published_at": BEGINNING + timedelta(minutes=p)}
    return _titled("article", p) | written | of_blog


def _fact(p: int) -> dict[str, Any]:
    about = {"key": "about", "type": "list.product_reference", "value": f'["gid://shopify/Product/{p}"]'}
    named = {"handle": f"fact-{p}", "display_name": f"Fact {p}", "definition_id": 1, "type": "fact"}
    return named | {"fields": [about], "published_at": BEGINNING}


def _product(p: int) -> dict[str, Any]:
    body = f"A fine product with number {p}. {_words(p).capitalize()}. It does what it should and does it well."
    return {
        "id": p,
        "handle": f"product-{p}",
        "title": f"Product number {p}",
        "title_key": f"product number {p}",
        "description": body,
        "description_html": f"<p>{body}</p>",
        "vendor": f"Vendor {p % 40}",
        "vendor_key": f"vendor {p % 40}",
        "product_type": f"Type {p % 12}",
        "type_key": f"type {p % 12}",
        "published_at": BEGINNING,
        "sold_count": p % 97,
        "created_at": BEGINNING + timedelta(minutes=p),
        "updated_at": BEGINNING + timedelta(minutes=p),
    }


_SYLLABLES = ["ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "wi", "zo", "ka", "le"]
_WORDS = 20


def _words(p: int) -> str:
    """Words of a product: a few are in many of them, many in a few, and a larger shop has more of both."""
    ranks = (int(math.exp(((p * 7919 + n * 104_729) % 10_007) / 10_007 * math.log(20 + p))) for n in range(_WORDS))
    return " ".join(_word(rank) for rank in ranks)


def _word(rank: int) -> str:
    """The word that is the so-and-so-manyth by how common it is."""
    word = ""
    while rank or len(word) < 4:
        rank, syllable = divmod(rank, len(_SYLLABLES))
        word += _SYLLABLES[syllable]
    return word


def _variant(p: int, v: int, i: int) -> dict[str, Any]:
    return {
        "id": i,
        "product_id": p,
        "position": v,
        "title": SIZES[v - 1],
        "sku": f"SKU-{p}-{v}",
        "option1_id": i,
        "inventory_tracker": "shopify",
        "grams": 250.0,
    }


def _range(p: int, m: int) -> dict[str, Any]:
    prices = [price(p, v) * (1 if m == 1 else 9) // (m * 5 - 4) for v in (1, 2, 3)]
    return {"market_id": m, "product_id": p, "minimum": min(prices), "maximum": max(prices)}


def _review(p: int, n: int) -> dict[str, Any]:
    return {
        "id": p * 5 - 5 + n,
        "product_id": p,
        "rating": 1 + (p * 17 + n) % 5,
        "title": f"Review {n}",
        "body": f"Body of review {n}. " + "Quite good. " * 8,
        "author": f"Author {(p * 31 + n) % 2000}",
        "created_at": BEGINNING + timedelta(minutes=p, seconds=n),
    }
