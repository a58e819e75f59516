"""Trees of fields that one statement answers: the same answers, letter by letter, by fewer statements."""

import gc
import re
import weakref
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from graphql.execution.values import VariableValues
from sqlalchemy import delete, text, update
from sqlmodel import col

from app.graphql import Limits
from app.graphql.compiled import Compiler, Plans, Served
from app.graphql.compiled.planned import MOST_SIZE, PLAN_AT, InSql, StatementsByShape, planned_of
from app.graphql.documents import Documents, Timing
from app.graphql.engine import Engine
from bench.questions import DETAIL, LARGE, LISTING, samples
from db.catalog import MediaRow, VariantRow
from db.documents import Found
from db.pricing import MarketCountryRow, MarketRow, ProductPriceRow, VariantPriceRow
from db.reviews import ReviewRow
from db.session import Database, Session
from resolvers.amounts import CURRENCIES, MOST, paid_in
from resolvers.context import Context
from resolvers.events import EventStream
from resolvers.loading import Loader
from resolvers.paging import PageArgs
from resolvers.planning import Plan
from schema import schema
from tests.again import Again, again

PRODUCTS = 30
HOSTILE = [
    'say "cheese"',
    "back\\slash \\n",
    "new\nline\ttab\r\x01\x1f\x7f",
    "çedilla 🧀 \u2028 ﷽",
    "a\ttab\t",
    '{"":0}',
    "'; DROP TABLE products; --",
    "%s {} $1 :a ?",
]
EVERYTHING = """query ($handle: String!, $variants: Int = 3, $none: Boolean = false) {
  product(handle: $handle) {
    __typename t: title
    priceRange { minVariantPrice { ...Money } maxVariantPrice { ...Money __typename } }
    compareAtPriceRange { maxVariantPrice { ...Money } }
    featuredImage { id url altText width height again: url }
    images(first: 9) { edges { node { url altText } } nodes { height } }
    variants(first: $variants) {
      __typename
      nodes {
        id barcode sku taxable title price { ...Money } compareAtPrice { ...Money } availableForSale quantityAvailable
        __typename hidden: title @include(if: $none)
      }
    }
    turned: variants(first: 2, reverse: true, sortKey: TITLE) { edges { node { title } } }
    rating { average count }
    reviews(first: 10) { nodes { id rating title body author createdAt } }
    totalInventory availableForSale tags
  }
}
fragment Money on MoneyV2 { currencyCode amount }"""


@pytest.fixture
async def shop(shop_url: str, tmp_path: Path) -> AsyncIterator[Again]:
    async with again(shop_url, tmp_path) as both:
        yield both


@pytest.mark.parametrize("country", ["", "@inContext(country: GB)"])
@pytest.mark.parametrize("question", [LISTING, DETAIL, LARGE], ids=lambda question: question.key)
async def test_a_question_takes_one_statement(shop: Again, question: Any, country: str) -> None:
    query = question.query.replace(") {", f") {country} {{", 1)
    variables = samples(question, PRODUCTS, 10)[0]
    _, ours, theirs = await shop.ask(query, variables)
    assert ours.statements == (2 if country else 1) < theirs.statements
    assert ours.tables == theirs.tables
    assert ours.tags == theirs.tags


async def test_all_that_can_be_said(shop: Again) -> None:
    for handle in ("product-1", "product-7", "nothing"):
        for variants in (0, 1, 250):
            await shop.ask(EVERYTHING, {"handle": handle, "variants": variants})
    answer = await shop.planned_as(EVERYTHING, {"handle": "product-2", "none": True})
    assert '"hidden":"' in answer


async def test_texts_are_escaped_as_ever(shop: Again) -> None:
    async with shop.database.write() as session:
        for number, hostile in enumerate(HOSTILE, 1):
            variant = update(VariantRow).where(col(VariantRow.product_id) == number)
            await session.change(variant.values(title=hostile, sku=hostile, barcode=None))
            await session.change(update(MediaRow).where(col(MediaRow.product_id) == number).values(alt=hostile))
            review = update(ReviewRow).where(col(ReviewRow.product_id) == number)
            await session.change(review.values(title=hostile, body=hostile * 3, author=hostile))
    for number in range(1, len(HOSTILE) + 1):
        await shop.planned_as(EVERYTHING, {"handle": f"product-{number}"})


async def test_pictures_that_are_ours_and_those_of_others(shop: Again) -> None:
    async with shop.database.write() as session:
        first = update(MediaRow).where(col(MediaRow.product_id) == 1)
        await session.change(first.values(source="0f3a.jpg", width=None, height=None, alt=None))
        await session.change(delete(MediaRow).where(col(MediaRow.product_id) == 2))
    assert '"url":"http://shop.test/media/0f3a.jpg"' in await shop.planned_as(EVERYTHING, {"handle": "product-1"})
    assert '"featuredImage":null' in await shop.planned_as(EVERYTHING, {"handle": "product-2"})


async def test_amounts_in_currencies_of_any_precision(shop: Again) -> None:
    currencies = {"JP": "JPY", "KW": "KWD", "BH": "BHD", "FR": "EUR", "US": "USD", "CL": "CLF", "SL": "SLE"}
    amounts = [0, 1, 9, 10, 99, 100, 101, 110, 1000, 1001, 1010, 1100, 1999, 2500, 10_000, 12_345, MOST - 1, MOST]
    async with shop.database.write() as session:
        rows = [
            {"id": number, "handle": currency.lower(), "name": currency, **paid_in(currency)}
            for number, currency in enumerate(currencies.values(), 3)
        ]
        await session.add_all(MarketRow, rows)
        countries = [{"country_code": code, "market_id": n} for n, code in enumerate(currencies, 3)]
        await session.add_all(MarketCountryRow, countries)
        for market in range(3, 3 + len(currencies)):
            for variant, amount in enumerate(amounts, 1):
                price = {"market_id": market, "variant_id": variant, "product_id": (variant + 2) // 3}
                await session.add_all(
                    VariantPriceRow, [price | {"amount": amount, "compare_at_amount": min(amount + 1, MOST)}]
                )
            for product in range(1, 7):
                of = {"market_id": market, "product_id": product, "minimum": amounts[product], "maximum": 10**15}
                await session.add_all(ProductPriceRow, [of])
    for country, currency in currencies.items():
        query = f"query @inContext(country: {country}) {{ products(first: 6) {{ nodes {{ priceRange {{" + (
            "minVariantPrice { amount currencyCode } maxVariantPrice { amount } } variants(first: 3) {"
            " nodes { price { amount } compareAtPrice { amount currencyCode } } } } } }"
        )
        answer, ours, theirs = await shop.ask(query)
        # What is none of the API's is not written by the database: loaders are asked after all, and refuse it.
        assert (ours.statements < theirs.statements) == (currency in CURRENCIES)
        assert f'"currencyCode":"{currency}"' in answer or currency not in CURRENCIES
        assert ('"errors"' in answer) == (currency not in CURRENCIES)


@pytest.mark.parametrize("amount", [MOST + 1, 2**53 + 1])
async def test_amounts_that_nobody_believes(shop: Again, amount: int) -> None:
    """They come into the database by another hand."""
    async with shop.database.write() as session:
        prices = update(VariantPriceRow).where(col(VariantPriceRow.variant_id) == 1)
        await session.change(prices.values(amount=amount))
    query = "{ products(first: 1) { nodes { variants(first: 1) { nodes { price { amount } } } } } }"
    answer, *_ = await shop.ask(query)
    assert f'"{amount // 100}.{amount % 100:02}'.rstrip("0") in answer


async def test_stars_and_moments(shop: Again) -> None:
    dice = Random(1)
    async with shop.database.write() as session:
        await session.change(delete(ReviewRow))
        for product in range(1, PRODUCTS):
            for number in range(product):
                moment = datetime(2024, 1, 1 + number, 23, 59, 59, dice.randrange(10**6), tzinfo=UTC)
                stars = {"rating": dice.randint(1, 5), "author": "A", "created_at": moment}
                await session.add_all(ReviewRow, [{"product_id": product} | stars])
        # Thirty-three stars of eight customers: a half between two hundredths.
        await session.change(update(ReviewRow).where(col(ReviewRow.product_id) == 8).values(rating=4))
        first = text("UPDATE reviews SET rating = 5 WHERE id = (SELECT min(id) FROM reviews WHERE product_id = 8)")
        await session.change(first)
    answer = await shop.planned_as(EVERYTHING, {"handle": "product-8"})
    assert '"rating":{"average":4.13,"count":8}' in answer
    await shop.ask("{ products(first: 30) { nodes { rating { average count } reviews(first: 3) { nodes { createdAt"
                   " rating } } } } }")  # fmt: skip
    answer = await shop.planned_as(EVERYTHING, {"handle": f"product-{PRODUCTS}"})
    assert '"rating":{"average":null,"count":0}' in answer


async def test_what_is_missing_is_left_to_loaders(shop: Again) -> None:
    async with shop.database.write() as session:
        await session.change(delete(VariantPriceRow).where(col(VariantPriceRow.variant_id) == 5))
        await session.change(delete(ProductPriceRow).where(col(ProductPriceRow.product_id) == 3))
    answer, *_ = await shop.ask("{ product(handle: \"product-2\") { title variants(first: 3) { nodes { price { amount"
                                " } } } } }")  # fmt: skip
    assert '"path":["product","variants","nodes",1,"price"]' in answer
    answer, *_ = await shop.ask("{ p: product(id: \"gid://shopify/Product/3\") { priceRange { minVariantPrice {"
                                " amount currencyCode } } rating { count } } }")  # fmt: skip
    assert '"minVariantPrice":{"amount":"0.0"' in answer or '"p":null' in answer


@pytest.mark.parametrize(
    "part",
    [
        "last: 2",
        'first: 1, after: "nonsense"',
        "first: -1",
        "first: 1, last: 1",
        "first: null",
    ],
)
async def test_other_parts_of_lists_are_left_to_loaders(shop: Again, part: str) -> None:
    await shop.ask(
        f'{{ product(handle: "product-1") {{ id variants({part}) {{ nodes {{ id }} }} rating {{ count }} }} }}'
    )


async def test_pages_go_on_where_one_ended(shop: Again) -> None:
    query = "query ($after: String) { product(handle: \"product-1\") { variants(first: 1, after: $after) {" \
            " nodes { id } pageInfo { hasNextPage endCursor } } } }"  # fmt: skip
    after = None
    for _ in range(3):
        await shop.ask(query, {"after": after})
        after = (await shop.plain.run(query, {"after": after}))["product"]["variants"]["pageInfo"]["endCursor"]


async def test_a_database_that_fails_is_told_for_every_field(shop: Again) -> None:
    query = '{ product(handle: "product-1") { title rating { count } featuredImage { url } } }'
    await shop.ask(query)
    async with shop.database.write() as session:
        await session.change(text("ALTER TABLE reviews RENAME TO gone"))
    answer = (await shop.planned.get(query)).json()
    assert answer["data"] == {"product": None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INTERNAL_SERVER_ERROR"}
    assert answer["errors"][0]["path"][0] == "product"


def plans_of(query: str, **settings: Any) -> Plans:
    engine = Engine(schema, suggestions=True)
    documents = Documents(schema._schema, Limits(), introspection=True, suggestions=True)
    operation = documents.prepare(query, Timing()).operation(None)
    variables = engine.coerce(operation, {})
    assert isinstance(variables, VariableValues)
    plans = Compiler(Served(schema), compile_at=1, **settings).plans(operation, variables)
    assert isinstance(plans, Plans)
    return plans


def selection(plans: Plans, *path: str) -> Any:
    plan: Any = plans.root
    for key in path:
        plan = next(field for field in plan.fields if field.key == key).within
    return plan


def planned_product(query: str) -> Any:
    planned = planned_of(selection(plans_of(query), "product"))
    assert planned is not None
    return planned


def written_for(planned: Any, context: Context, pages: list[Any]) -> tuple[Plan, str]:
    """The plan of a selection with these pages, and the text of its statement."""
    plan = Plan(context, list(planned.fields.values()), pages)
    assert plan.form is not None
    return plan, str(plan.form.statement.compile(dialect=context.db.engine.dialect))


async def test_no_word_of_a_client_stands_in_a_statement(small_url: str) -> None:
    planned = planned_product(
        '{ product(handle: "evil-handle") { evilVariants: variants(first: 3) { evilNodes: nodes { evilTitle: title'
        " ...evilFragment } } } } fragment evilFragment on ProductVariant { evilPrice: price { evilAmount: amount } }"
    )
    async with Database(small_url) as database:
        context = Context(database, EventStream())
        pages = [one.way.part(first=3) for one in planned.pages]
        plan, written = written_for(planned, context, pages)
        (answer,) = (await plan.ask(context, [1], pages)).values()
        assert '"evilTitle":' in answer[1]
    assert "variant_prices" in written
    assert "evil" not in written.lower()


def test_a_statement_writes_no_more_fields_than_it_may() -> None:
    aliases = " ".join(f"a{n}: price {{ amount currencyCode }}" for n in range(MOST_SIZE // 5))
    planned = planned_product(
        f'{{ product(handle: "p") {{ variants(first: 9) {{ nodes {{ {aliases} }} }} rating {{ count }} }} }}'
    )
    assert [field.key for field in planned.fields] == ["rating"]


def test_no_more_is_planned_than_there_may_be() -> None:
    """What had to go is planned again when it has been met as often as the first time."""
    in_sql = InSql(plan_at=2, most=2)
    asked = [plans_of(f'{{ product(handle: "{n}") {{ rating {{ count }} }} }}') for n in range(3)]
    first, second, third = [(selection(plans, "product"), plans) for plans in asked]
    assert in_sql.of(*first) is None
    assert in_sql.of(*first) is not None
    assert [in_sql.of(*second) for _ in range(2)][1] is not None
    assert in_sql.of(*first) is not None
    assert [in_sql.of(*third) for _ in range(2)][1] is not None
    assert in_sql.of(*second) is None
    assert in_sql.of(*first) is not None
    assert in_sql.of(*second) is not None


def test_what_was_forgotten_takes_what_was_planned_of_it_along() -> None:
    in_sql = InSql(plan_at=1)
    plans = plans_of('{ product(handle: "p") { rating { count } } }')
    planned = in_sql.of(selection(plans, "product"), plans)
    assert planned is not None
    gone = [weakref.ref(planned), *map(weakref.ref, planned.fields)]
    gc.disable()
    try:
        del plans, planned
        assert [one() for one in gone] == [None] * len(gone)
    finally:
        gc.enable()
    again = plans_of('{ product(handle: "p") { rating { count } } }')
    assert in_sql.of(selection(again, "product"), again) is not None


def test_each_shape_is_planned_when_it_was_met_as_often_as_the_setting_says() -> None:
    shapes = StatementsByShape[str](3, 2)
    # The first was met as often before it comes here.
    assert shapes.find("usual", lambda: "a") == "a"
    assert [shapes.find("other", lambda: "b") for _ in range(3)] == [None, None, "b"]


async def test_orders_that_are_asked_for_once_do_not_push_out_the_usual_one(shop: Again) -> None:
    query = (
        'query ($by: ProductVariantSortKeys, $turned: Boolean) { product(handle: "product-1") {'
        " variants(first: 3, sortKey: $by, reverse: $turned) { nodes { title price { amount } } } } }"
    )
    usual = {"by": "POSITION", "turned": False}
    await shop.planned_as(query, usual)
    for by in ("ID", "SKU", "TITLE"):
        for turned in (True, False):
            await shop.ask(query, {"by": by, "turned": turned})
            await shop.planned_as(query, usual)
    for _ in range(PLAN_AT):
        await shop.ask(query, {"by": "SKU", "turned": True})
    await shop.planned_as(query, {"by": "SKU", "turned": True})


async def test_how_many_are_asked_for_makes_no_other_statement(small_url: str) -> None:
    planned = planned_product('query ($n: Int) { product(handle: "p") { variants(first: $n) { nodes { title } } } }')
    async with Database(small_url) as database:
        context = Context(database, EventStream())
        part = planned.pages[0].way.part
        plan, written = written_for(planned, context, [part(first=3)])
        assert "POSTCOMPILE" not in written
        found = [(await plan.ask(context, [1], [part(first=n)])).popitem()[1][1].count("title") for n in (0, 1, 2, 250)]
        assert found == [0, 1, 2, 3]


async def test_what_several_fields_of_a_lists_rows_are_made_of_is_joined_to_them_once(small_url: str) -> None:
    planned = planned_product(
        '{ product(handle: "p") { variants(first: 3) { nodes { price { amount } compareAtPrice { amount } priceV2 {'
        " currencyCode } } } } }"
    )
    async with Database(small_url) as database:
        context = Context(database, EventStream())
        _, written = written_for(planned, context, [one.way.part(first=3) for one in planned.pages])
    assert written.count("JOIN variant_prices") == 1 == len(re.findall("(FROM|JOIN) variant_prices", written))


class Unplannable(Loader[int, int]):
    """Declares what it cannot keep."""

    in_sql = True

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[int]:
        return list(keys)

    def found(self, key: Any) -> Found:
        raise ZeroDivisionError


async def test_what_cannot_be_planned_by_a_fault_of_ours_is_left_to_loaders(
    small_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    planned = planned_of(selection(plans_of('{ product(handle: "p") { rating { count } } }'), "product"))
    assert planned is not None
    planned.fields = {one: replace(said, loader=Unplannable) for one, said in planned.fields.items()}
    async with Database(small_url) as database:
        run: Any = SimpleNamespace(context=Context(database, EventStream()))
        built: list[dict[str, Any]] = [{}]
        for _ in range(3):
            left = await planned.fill(run, [SimpleNamespace(id=1)], built)
            assert list(left.values()) == [[0]]
        assert built == [{}]
    assert caplog.text.count("could not be planned") == 1


def test_loaders_that_others_ask_too_are_left_alone() -> None:
    """Both selections ask for ratings in one statement; planned they would be two."""
    plans = plans_of('{ a: product(handle: "a") { rating { count } } b: product(handle: "b") { rating { count } } }')
    assert InSql(plan_at=1).of(selection(plans, "a"), plans) is None


async def test_names_that_a_client_chose_are_no_part_of_a_statement(small_url: str) -> None:
    query = '{ product(handle: "p") { rating { chosen: count average } images(first: 2) { nodes { mine: url } } } }'
    planned = planned_product(query)
    async with Database(small_url) as database:
        plan = Plan(Context(database, EventStream()), list(planned.fields.values()), [PageArgs(first=2)])
        assert plan.form is not None
        compiled = plan.form.statement.compile(dialect=database.engine.dialect)
    assert '"average":' in str(compiled)
    assert {"chosen", "mine"} <= set(compiled.params.values())
    assert "chosen" not in str(compiled)
    assert "mine" not in str(compiled)
