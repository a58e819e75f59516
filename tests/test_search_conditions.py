"""What queries and filters find, on both databases."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from db.catalog import (
    CategoryRow,
    CollectionProductRow,
    CollectionRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.inventory import InventoryLevelRow, LocationRow
from db.paging import Children, Order, Window, page_per_parent
from db.pricing import MarketCountryRow, MarketRow, VariantPriceRow
from db.search import Bounds, Condition, variant_priced
from db.session import Database, Session
from resolvers.amounts import paid_in
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.events import EventStream
from resolvers.search import ProductFilters, collection_query, filter_conditions, product_query
from resolvers.search.building import rebuild_index
from resolvers.search.syntax import MAX_NESTING
from resolvers.text import fold
from tests.databases import Databases

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
EUROPE, JAPAN = 1, 2


async def add_variant(
    session: Session,
    product: int,
    values: tuple[int, ...],
    *,
    amount: int,
    on_hand: int | None = None,
    reserved: int = 0,
    **more: Any,
) -> int:
    options = {f"option{at}_id": value for at, value in enumerate(values, 1)}
    tracker = None if on_hand is None else "shop"
    row = await session.add(
        VariantRow,
        {"product_id": product, "position": 1, "title": "-", "inventory_tracker": tracker, **options, **more},
    )
    variant = row.id
    if on_hand is not None:
        for location, pieces in ((1, on_hand), (2, 0)):
            stock = {
                "variant_id": variant,
                "location_id": location,
                "on_hand": pieces,
                "reserved": reserved * (2 - location),
            }
            await session.add(InventoryLevelRow, stock)
    for market, price in ((EUROPE, amount), (JAPAN, amount * 2)):
        price_row = {"market_id": market, "variant_id": variant, "product_id": product, "amount": price}
        await session.add(VariantPriceRow, price_row)
    return variant


async def add_product(session: Session, title: str, options: dict[str, list[str]], **more: Any) -> dict[str, int]:
    """A product; answers its id under "" and the ids of its option values under their names."""
    tags = more.pop("tags", ())
    vendor, kind = more.get("vendor", ""), more.get("product_type", "")
    keys = {"title_key": fold(title), "vendor_key": fold(vendor), "type_key": fold(kind)}
    row = await session.add(ProductRow, {"title": title, "handle": fold(title).replace(" ", "-"), **keys, **more})
    product = row.id
    for at, tag in enumerate(tags):
        await session.add(ProductTagRow, {"product_id": product, "tag": tag, "tag_key": fold(tag), "position": at})
    ids = {"": product}
    for at, (name, values) in enumerate(options.items(), 1):
        option = await session.add(OptionRow, {"product_id": product, "position": at, "name": name})
        for position, value in enumerate(values, 1):
            entry = {"option_id": option.id, "name": value, "position": position}
            ids[value] = (await session.add(OptionValueRow, entry)).id
    return ids


async def add_metafield(session: Session, owner: str, owner_id: int, key: str, value: str, kind: str) -> None:
    entry = {"owner_kind": owner, "owner_id": owner_id, "namespace": "custom", "key": key, "value": value, "type": kind}
    await session.add(MetafieldRow, entry)


async def fill(db: Database) -> None:
    async with db.write() as session:
        for ident, handle, currency in ((EUROPE, "europe", "EUR"), (JAPAN, "japan", "JPY")):
            market = {"id": ident, "handle": handle, "name": handle, **paid_in(currency)}
            await session.add(MarketRow, {**market, "is_primary": ident == EUROPE})
        await session.add(MarketCountryRow, {"country_code": "JP", "market_id": JAPAN})
        for ident in (1, 2):
            await session.add(LocationRow, {"id": ident, "name": f"Shelf {ident}"})
        for ident, name in ((1, "Home"), (2, "Home > Cups"), (3, "Homeware")):
            await session.add(CategoryRow, {"id": ident, "name": name, "full_name": name})
        await _mug(session)
        await _shirt(session)
        await _rest(session)
        for title, rules in (("Summer picks", None), ("On sale", {"match": "all", "rules": []})):
            keys = {"title_key": fold(title), "handle": fold(title).replace(" ", "-"), "updated_at": NOON}
            more = {"rules": rules, "description": "Überall schön"}
            collection = await session.add(CollectionRow, {"title": title, **more, **keys})
            for product in NAMES:
                place = {"collection_id": collection.id, "product_id": product, "position": product}
                await session.add(CollectionProductRow, place)

    await rebuild_index(db)


async def _mug(session: Session) -> None:
    mug = await add_product(
        session,
        "Crème Mug 100%",
        {"Color": ["Red", "Blue"], "Size": ["S", "L"]},
        vendor="Österhaag",
        product_type="Cup",
        tags=["Sale", "kitchen_ware"],
        description="Thrown by hand. Hält Tee heiß; for two-handed sips.",
        created_at=NOON,
        updated_at=NOON + timedelta(days=1),
        published_at=NOON,
        category_id=2,
    )
    red_small = await add_variant(
        session,
        mug[""],
        (mug["Red"], mug["S"]),
        amount=1000,
        on_hand=3,
        reserved=3,
        sku="MUG-RS",
        barcode="4006381333931",
    )
    await add_variant(session, mug[""], (mug["Red"], mug["L"]), amount=2000, on_hand=5, sku="MUG-RL")
    await add_variant(session, mug[""], (mug["Blue"], mug["S"]), amount=1500, on_hand=-1)
    await add_metafield(session, "product", mug[""], "material", "clay", "single_line_text_field")
    await add_metafield(session, "variant", red_small, "grip", '["left", "ri\\"ght"]', "list.single_line_text_field")


async def _shirt(session: Session) -> None:
    shirt = await add_product(
        session,
        "T-Shirt (blue)",
        {"color": ["blue"]},
        vendor="Kelp & Co",
        product_type="Top",
        tags=["sale", "new"],
        created_at=NOON - timedelta(days=400),
        updated_at=NOON - timedelta(days=300),
        category_id=3,
    )
    await add_variant(session, shirt[""], (shirt["blue"],), amount=1500, on_hand=0, sku="TS1")
    await add_metafield(session, "product", shirt[""], "material", "cotton", "single_line_text_field")


async def _rest(session: Session) -> None:
    card = await add_product(
        session, "Gift Card", {"Value": ["10"]}, is_gift_card=True, created_at=NOON, updated_at=NOON, category_id=1
    )
    await add_variant(session, card[""], (card["10"],), amount=999)
    lamp = await add_product(session, "Lamp 🙂", {"Title": ["Default Title"]}, created_at=NOON, updated_at=NOON)
    await add_variant(
        session, lamp[""], (lamp["Default Title"],), amount=5000, on_hand=0, inventory_policy="continue", sku="lamp%1"
    )


@pytest.fixture
async def shop(backend: str, databases: Databases) -> AsyncIterator[Context]:
    """A context on four products, sold in euros, and in yen in Japan."""
    database = Database(await databases.fresh(backend, "searchable", fill))
    yield Context(database, EventStream())
    await database.close()


NAMES = {1: "mug", 2: "shirt", 3: "card", 4: "lamp"}
ALL = "mug shirt card lamp"


async def found(context: Context, conditions: list[Condition] | tuple[Condition, ...]) -> str:
    statement = select(ProductRow.id).where(*conditions).order_by(col(ProductRow.id))
    async with context.read() as session:
        return " ".join(NAMES[ident or 0] for ident in await session.rows(statement))


QUERIES = [
    ("", ALL),
    ("mug", "mug"),
    ("MU", "mug"),
    ("ug", ""),
    ("mug creme", "mug"),
    ("crème", "mug"),
    ("mug shirt", ""),
    ("mug OR shirt", "mug shirt"),
    ("-mug", "shirt card lamp"),
    ("NOT (mug OR shirt)", "card lamp"),
    ("mug OR shirt kelp", "mug shirt"),
    ("shirt", "shirt"),
    ("t-shirt", "shirt"),
    ('"t shirt"', "shirt"),
    ('"t shir"', ""),
    ('"t shir"*', "shirt"),
    ('"shirt t"', ""),
    # A product is found by what its variants are called; a phrase has to stand in a text.
    ("blue", "mug shirt"),
    ('"blue"', "shirt"),
    ("mugs", "mug"),
    ("tshirts", "shirt"),
    ("creme* mug*", "mug"),
    ("osterhaag", "mug"),
    ("cup", "mug"),
    ("kitchen", "mug"),
    ("ware", "mug"),
    ("thrown", "mug"),
    ("handed", "mug"),
    ("hält", "mug"),
    ("HÄLT", "mug"),
    ("heiß", "mug"),
    ("mug-rl", "mug"),
    ("4006381", "mug"),
    ("100%", "mug"),
    ("¾", ""),
    ("100_", "mug"),
    ("%", ALL),
    ("🙂", "lamp"),
    ("*", ALL),
    ("-*", ""),
    ("title:mug", "mug"),
    ("title:thrown", ""),
    ("title:'creme mug'", "mug"),
    ("title:*", ALL),
    ("tag:SALE", "mug shirt"),
    ("tag:sal", ""),
    ("tag:sal*", "mug shirt"),
    ("tag:kitchen%ware", ""),
    ("tag:*", "mug shirt"),
    ("-tag:*", "card lamp"),
    ("tag_not:sale", "card lamp"),
    ("-tag_not:sale", "mug shirt"),
    ("tag:sale tag:new", "shirt"),
    ("vendor:osterhaag", "mug"),
    ("vendor:'kelp & co'", "shirt"),
    ("vendor:k*", "shirt"),
    ("vendor:''", "card lamp"),
    ("vendor:*", "mug shirt"),
    ("product_type:Cup", "mug"),
    ("handle:t-shirt-(blue)", ""),
    (r"handle:t-shirt-\(blue\)", "shirt"),
    ("handle:gift*", "card"),
    ("id:2", "shirt"),
    ("id:>=3", "card lamp"),
    ("id:'gid://shopify/Product/1'", "mug"),
    ("id:99999999999999999999", ""),
    ("id:gid://shopify/Collection/1", ALL),
    ("sku:mug-rs", "mug"),
    ("sku:mug", ""),
    ("sku:MUG*", "mug"),
    ("variants.sku:lamp%1", "lamp"),
    ("sku:lamp_1", ""),
    ("sku:*", "mug shirt lamp"),
    ("barcode:4006381333931", "mug"),
    ("gift_card:true", "card"),
    ("gift_card:false", "mug shirt lamp"),
    ("available_for_sale:true", "mug card lamp"),
    ("available_for_sale:FALSE", "shirt"),
    ("-available_for_sale:true", "shirt"),
    ("available_for_sale:maybe", ALL),
    ("variants.price:15", "mug shirt"),
    ("variants.price:>15", "mug lamp"),
    ("variants.price:>=15", "mug shirt lamp"),
    ("variants.price:<9.995", "card"),
    ("variants.price:<=9.985", ""),
    ("variants.price:9.991", ""),
    ("variants.price:>40 OR variants.price:<10", "card lamp"),
    ("variants.price:>999999999999999999", ""),
    ("variants.price:<999999999999999999", ALL),
    ("variants.price:>cheap", ALL),
    ("variants.price:*", ALL),
    ("created_at:2024-05-01", "mug card lamp"),
    ("created_at:>2024-05-01", ""),
    ("created_at:>=2024-05-01", "mug card lamp"),
    ("created_at:<2024-05-01", "shirt"),
    ("created_at:<='2024-05-01T12:00:00Z'", ALL),
    ("created_at:<2024-05-01T14:00:00+02:00", "shirt"),
    ("created_at:>2024-05-01T11:59:59.999", "mug card lamp"),
    ("created_at:>banana", ALL),
    ("created_at:>banana OR mug", "mug"),
    ("created_at:9999-12-31", ALL),
    ("updated_at:>2024-05-01", "mug"),
    ("published_at:2024-05-01", "mug"),
    ("-published_at:2024-05-01", "shirt card lamp"),
    ("published_at:*", "mug"),
    ("unknown:thing", ALL),
    ("-unknown:thing", ALL),
    ("unknown:thing OR lamp", "lamp"),
    ("unknown:thing lamp", "lamp"),
]


async def test_products_are_found_as_documented(shop: Context) -> None:
    answers = [(query, await found(shop, await product_query(shop, query))) for query, _ in QUERIES]
    assert answers == QUERIES


async def test_prices_are_those_of_the_market(shop: Context) -> None:
    japan = replace(shop, country="JP")
    assert await found(japan, await product_query(japan, "variants.price:>=4000")) == "mug lamp"
    assert await found(japan, await product_query(japan, "variants.price:<1999")) == "card"
    assert await found(japan, filter_conditions(japan, ProductFilters(prices=(Bounds(high=1998),)))) == "card"


async def test_the_currency_is_looked_up_for_prices_alone(shop: Context) -> None:
    for query, statements in (("mug tag:x", 1), ("mug OR -variants.price:>1", 1)):
        before = shop.statements
        assert len(await product_query(shop, query)) == 1
        assert shop.statements - before == statements


async def test_collections_are_found_as_documented(shop: Context) -> None:
    queries = [
        ("", "Summer picks, On sale"),
        ("sale", "On sale"),
        ("title:pic", "Summer picks"),
        ("überall", "Summer picks, On sale"),
        ("collection_type:smart", "On sale"),
        ("collection_type:custom", "Summer picks"),
        ("collection_type:other", "Summer picks, On sale"),
        ("handle:on-sale", "On sale"),
        ("id:1", "Summer picks"),
        ("updated_at:<2024-05-01", ""),
        ("updated_at:2024-05-01 -sale", "Summer picks"),
        ("vendor:x", "Summer picks, On sale"),
    ]
    async with shop.read() as session:
        answers = [
            (
                query,
                ", ".join(
                    await session.rows(
                        select(CollectionRow.title)
                        .where(*await collection_query(shop, query))
                        .order_by(col(CollectionRow.id))
                    )
                ),
            )
            for query, _ in queries
        ]
    assert answers == queries


FILTERS = [
    (ProductFilters(), ALL),
    (ProductFilters(available=(True,)), "mug card lamp"),
    (ProductFilters(available=(False,)), "mug shirt"),
    (ProductFilters(available=(True, False)), ALL),
    (ProductFilters(product_types=("cup",)), "mug"),
    (ProductFilters(product_types=("cup", "TOP")), "mug shirt"),
    (ProductFilters(vendors=("Österhaag",)), "mug"),
    (ProductFilters(vendors=("Österhaag",), product_types=("Top",)), ""),
    (ProductFilters(tags=("Sale",)), "mug shirt"),
    (ProductFilters(tags=("new", "kitchen_ware")), "mug shirt"),
    (ProductFilters(categories=(1,)), "mug card"),
    (ProductFilters(categories=(2,)), "mug"),
    (ProductFilters(categories=(2, 3)), "mug shirt"),
    (ProductFilters(categories=(9,)), ""),
    (ProductFilters(prices=(Bounds(1500, 1500),)), "mug shirt"),
    (ProductFilters(prices=(Bounds(low=2001),)), "lamp"),
    (ProductFilters(prices=(Bounds(high=999), Bounds(low=5000))), "card lamp"),
    (ProductFilters(prices=(Bounds(),)), ALL),
    (ProductFilters(variant_options=(("Color", "Blue"),)), "mug shirt"),
    (ProductFilters(variant_options=(("COLOR", "red"), ("color", "blue"))), "mug shirt"),
    (ProductFilters(variant_options=(("color", "blue"), ("size", "s"))), "mug"),
    (ProductFilters(variant_options=(("color", "blue"), ("size", "l"))), ""),
    (ProductFilters(variant_options=(("size", "blue"),)), ""),
    (ProductFilters(variant_options=(("color", "red"), ("size", "s")), available=(True,)), ""),
    (ProductFilters(variant_options=(("color", "red"), ("size", "l")), available=(True,)), "mug"),
    (ProductFilters(variant_options=(("color", "red"),), prices=(Bounds(1500, 1500),)), ""),
    (ProductFilters(prices=(Bounds(1500, 1500),), available=(True,)), ""),
    (ProductFilters(product_metafields=(("custom", "material", "clay"),)), "mug"),
    (
        ProductFilters(product_metafields=(("custom", "material", "clay"), ("custom", "material", "cotton"))),
        "mug shirt",
    ),
    (ProductFilters(product_metafields=(("custom", "material", "clay"), ("custom", "other", "cotton"))), ""),
    (ProductFilters(variant_metafields=(("custom", "grip", "left"),)), "mug"),
    (ProductFilters(variant_metafields=(("custom", "grip", 'ri"ght'),)), "mug"),
    (ProductFilters(variant_metafields=(("custom", "grip", "ght"),)), ""),
    (ProductFilters(variant_metafields=(("custom", "grip", "left"),), available=(True,)), ""),
    (ProductFilters(product_metafields=(("custom", "grip", "left"),)), ""),
]


async def test_filters_narrow_as_documented(shop: Context) -> None:
    answers = [(filters, await found(shop, filter_conditions(shop, filters))) for filters, _ in FILTERS]
    assert answers == FILTERS
    assert filter_conditions(shop, None) == ()
    assert len({filters for filters, _ in FILTERS}) == len(FILTERS), "filters are keys of loaders"


async def test_filters_hold_on_pages_of_several_collections(shop: Context) -> None:
    options = ProductFilters(variant_options=(("color", "blue"), ("size", "s")), prices=(Bounds(1500),), tags=("sale",))
    children = Children(
        ProductRow,
        col(CollectionProductRow.collection_id),
        joins=((CollectionProductRow, col(CollectionProductRow.product_id) == ProductRow.id),),
        where=(*filter_conditions(shop, options), *await product_query(shop, "mug -shirt")),
    )
    order = Order("title", (col(ProductRow.title_key), col(ProductRow.id)))
    async with shop.read() as session:
        rows = await session.tuples(page_per_parent(children, [1, 2], order, Window(5)))
    assert [(parent, product.id) for parent, product, *_keys in rows] == [(1, 1), (2, 1)]


HOSTILE = [
    "'; DROP TABLE products; --",
    "\"' OR 1=1",
    "%",
    "_",
    "\\",
    "[a-z]*",
    "[^",
    "***",
    "***=(a+)+$",
    "a\x00b",
    "\ud800",
    "🙂" * 1000,
    "\u202e\u05e9\u05dc\u05d5\u05dd\u202c",
    "(" * 4096,
    "-" * 4096,
    "a" + "-" * 4000 + "b",
    "é" * 4096,
    ":v1 $1 ? %(x)s {y}",
    "\uffff\U0010ffff",
]


async def test_hostile_text_is_only_ever_a_parameter(shop: Context) -> None:
    forms = [
        "{}",
        "title:{}",
        "tag:{}*",
        "vendor:{}",
        "sku:{}*",
        "handle:{}",
        "id:{}",
        "variants.price:>{}",
        "created_at:{}",
    ]
    for text in HOSTILE:
        for form in forms:
            with suppress(ClientError):
                await found(shop, await product_query(shop, form.format(text)))
        with suppress(ClientError):
            async with shop.read() as session:
                await session.rows(select(CollectionRow.id).where(*await collection_query(shop, text)))
        pair, triple = (text, text), (text, text, text)
        filters = ProductFilters(
            vendors=pair,
            tags=pair,
            product_types=pair,
            variant_options=(pair,),
            product_metafields=(triple,),
            variant_metafields=(triple,),
        )
        assert await found(shop, filter_conditions(shop, filters)) == ""
    assert await found(shop, await product_query(shop, "")) == ALL


async def test_the_text_of_a_statement_holds_nothing_of_the_query(shop: Context) -> None:
    secret = "Zanzibar"
    query = " ".join(f"{key}{secret}" for key in ("", "title:", "tag:", "vendor:", "sku:", "handle:", "product_type:"))
    names = (secret, secret, secret)
    filters = ProductFilters(
        vendors=names,
        tags=names,
        variant_options=(names[:2],),
        product_metafields=(names,),
        variant_metafields=(names,),
    )
    conditions = [
        *await product_query(shop, query),
        *await collection_query(shop, secret),
        *filter_conditions(shop, filters),
    ]
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        assert "zanzibar" not in str(select(ProductRow.id).where(*conditions).compile(dialect=dialect)).lower()


def test_what_a_variant_costs_is_looked_up_for_each() -> None:
    """Where PostgreSQL plans for any number of them, it would read every price of the shop first."""
    priced = select(VariantRow.id).where(variant_priced(None, [Bounds(low=1)]))
    assert "OFFSET 0" in str(priced.compile(dialect=postgresql.dialect()))


async def test_the_largest_queries_run(shop: Context) -> None:
    nested = "t -(b OR " * (MAX_NESTING // 3) + "c"
    keyed = "(tag:x (sku:a* OR " * (MAX_NESTING // 2) + "variants.price:>1"
    for query in ("a " * 64, " OR ".join(["a"] * 64), " OR ".join(["sku:x variants.price:1"] * 32), nested, keyed):
        assert isinstance(await found(shop, await product_query(shop, query)), str)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(st.sampled_from("abt-( )\"'*:>%_\\🙂éÉß½ \t"), max_size=30))
async def test_a_query_and_its_opposite_share_out_all_products(shop: Context, text: str) -> None:
    conditions = await product_query(shop, text)
    with_it = (await found(shop, conditions)).split()
    without = (await found(shop, [~condition for condition in conditions])).split() if conditions else []
    assert sorted(with_it + without) == sorted(ALL.split())


async def test_filters_may_be_on_so_many_options_and_metafields(shop: Context) -> None:
    options = tuple((f"Option {n}", "red") for n in range(10))
    metafields = tuple(("custom", f"key{n}", "red") for n in range(10))
    values = tuple(("custom", "key0", f"value {n}") for n in range(200))
    most = ProductFilters(variant_options=options, product_metafields=metafields + values)
    assert await found(shop, filter_conditions(shop, most)) == ""
    one_more = replace(most, variant_metafields=(("custom", "other", "red"),))
    with pytest.raises(ClientError) as caught:
        filter_conditions(shop, one_more)
    assert (caught.value.code, caught.value.details) == ("LIMIT_EXCEEDED", {"limit": "filters", "maximum": 20})
