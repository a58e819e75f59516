"""Rows that the statement which finds them writes as JSON: the same answers, by one statement."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from graphql.execution.values import VariableValues
from orjson import Fragment
from sqlalchemy import delete, text, update
from sqlmodel import col

from app.graphql import Limits
from app.graphql.compiled import Compiler, Plans, Served
from app.graphql.compiled.planned import PLAN_AT
from app.graphql.compiled.run import Run
from app.graphql.documents import Documents, Timing
from app.graphql.engine import Engine
from db.catalog import ProductRow
from db.pricing import VariantPriceRow
from db.reviews import ReviewRow
from resolvers.catalog.products import PRODUCT, find_product
from resolvers.context import Context
from resolvers.events import EventStream
from resolvers.planning import REST
from schema import schema
from tests.again import Again, again

NODE = "id handle title rating { count } variants(first: 2) { nodes { id title price { amount } } }"


@pytest.fixture
async def shop(shop_url: str, tmp_path: Path) -> AsyncIterator[Again]:
    async with again(shop_url, tmp_path) as both:
        yield both


async def one_statement(shop: Again, query: str, variables: dict[str, Any] | None = None) -> str:
    """The answer, which is built from the same by one statement."""
    answer = await shop.planned_as(query, variables)
    with shop.planned.watched() as contexts:
        await shop.planned.get(query, variables)
    assert [context.statements for context in contexts] == [1]
    return answer


@pytest.mark.parametrize(
    "query",
    [
        f"{{ products(first: 7) {{ nodes {{ {NODE} }} pageInfo {{ hasNextPage startCursor endCursor }} }} }}",
        f"{{ products(first: 250) {{ nodes {{ __typename a: title {NODE} tags }} }} }}",
        f"{{ products(last: 7) {{ __typename edges {{ cursor node {{ {NODE} }} }} pageInfo {{ hasPreviousPage }} }} }}",
        f"{{ products(first: 4, sortKey: TITLE, reverse: true) {{ edges {{ node {{ {NODE} }} cursor }} }} }}",
        f"{{ products(first: 4, sortKey: CREATED_AT) {{ edges {{ node {{ {NODE} }} cursor }} }} }}",
        f"{{ products(first: 4, sortKey: BEST_SELLING) {{ nodes {{ {NODE} }} }} }}",
        f'{{ product(handle: "product-3") {{ {NODE} }} }}',
        f'{{ productByHandle(handle: "product-3") {{ {NODE} }} }}',
        f'{{ product(id: "gid://shopify/Product/3") {{ {NODE} }} }}',
        '{ product(handle: "product-3") { variants(first: 3) { nodes { price { amount } was: compareAtPrice { amount }'
        " } edges { node { compareAtPrice { currencyCode } } } } few: variants(first: 1) { nodes { price {"
        " amount } } } } }",
    ],
)
async def test_rows_of_which_all_can_be_said(shop: Again, query: str) -> None:
    answer = await shop.planned_as(query)
    with shop.planned.watched() as contexts:
        assert (await shop.planned.get(query)).text == answer
    assert [context.statements for context in contexts] == [1]


@pytest.mark.parametrize(
    "query",
    [
        'query { product(handle: "nothing") { title rating { count } } }',
        'query { product(handle: "product-3") { id } }',
        f"query {{ products(first: 0) {{ nodes {{ {NODE} }} pageInfo {{ hasNextPage startCursor }} }} }}",
        "query { products(first: 3) { pageInfo { endCursor } } }",
        "query { products(first: -1) { nodes { title rating { count } } } }",
        'query { products(first: 1, after: "nonsense") { nodes { title rating { count } } } }',
        f"query {{ products(first: 3) {{ a: nodes {{ {NODE} }} b: nodes {{ vendor rating {{ average }} }} }} }}",
        f"query {{ products(first: 3) {{ nodes {{ {NODE} }} edges {{ cursor node {{ vendor tags }} }} }} }}",
        f"query {{ a: products(first: 3) {{ nodes {{ {NODE} }} }} b: products(first: 2) {{ nodes {{ tags }} }} }}",
        f'query {{ a: product(handle: "product-1") {{ {NODE} }} b: product(handle: "product-2") {{ tags }} }}',
        f'query {{ product(handle: "product-1") {{ {NODE} }} productByHandle(handle: "product-2") {{ tags }} }}',
        f"query {{ products(first: 3, sortKey: PRICE) {{ nodes {{ {NODE} priceRange {{ minVariantPrice {{ amount }}"
        " } } } }",
        f"query {{ products(first: 3) {{ nodes {{ {NODE} }} }} productTags(first: 2) {{ nodes }} }}",
        "query { products(first: 2) { nodes { tags } edges { node { tags images(first: 2) { pageInfo { hasNextPage }"
        " } } } } }",
        'query { a: product(handle: "product-1") { tags rating { count } } b: product(handle: "product-2") { tags'
        " rating { count } reviews(first: 2) { edges { cursor } } } }",
        f'query {{ products(first: 3, query: "product") {{ nodes {{ {NODE} }} }} }}',
        f"query {{ products(first: 3) {{ nodes {{ {NODE} }} filters {{ label values {{ label count }} }} }} }}",
        'query { product(handle: "product-1") { title variants(first: 2, after: "x") { nodes { id } } tags } }',
        'query { product(handle: "product-1") { title tags } node(id: "gid://shopify/Product/1") { id } }',
        'query { product(id: "gid://shopify/Product/1") { title tags } node(id: "gid://shopify/Product/1") {'
        " ... on Product { title tags } } }",
        'query { product(id: "gid://shopify/Product/1") { title tags } node(id: "gid://shopify/Product/2") {'
        " ... on Product { title tags } } }",
        'query { product(id: "gid://shopify/Product/1") { title tags } productRecommendations(productId:'
        ' "gid://shopify/Product/1") { title tags } }',
        f'query {{ product(handle: "product-1") {{ {NODE} }} productRecommendations(productHandle: "product-1") {{'
        " title tags } }",
    ],
)
@pytest.mark.parametrize("where", ["", "@inContext(country: GB) ", "@inContext(language: DE) "])
async def test_the_same_by_no_more_statements(shop: Again, query: str, where: str) -> None:
    query = query.replace("query ", f"query {where}", 1)
    # What a node turns out to be, and so which loaders it asks, is known once it was met.
    await shop.ask(query)
    for _ in range(2):
        _, ours, theirs = await shop.ask(query)
        assert ours.statements <= theirs.statements
        assert ours.tags == theirs.tags


async def test_a_page_goes_on_where_one_ended(shop: Again) -> None:
    """In either direction, and in the one statement after the first pages as well."""
    query = (
        "query ($first: Int, $after: String) { products(first: $first, after: $after, sortKey: TITLE) {"
        f" nodes {{ {NODE} }} pageInfo {{ endCursor }} }} }}"
    )
    after, seen = None, 0
    for _ in range(PLAN_AT + 2):
        _, ours, _ = await shop.ask(query, {"first": 2, "after": after})
        assert ours.statements == 1 or seen
        page = (await shop.plain.run(query, {"first": 2, "after": after}))["products"]
        after, seen = page["pageInfo"]["endCursor"], seen + len(page["nodes"])
    assert seen == 2 * (PLAN_AT + 2)
    assert ours.statements == 1


async def test_a_row_that_cannot_be_said_has_all_of_them_answered_as_ever(shop: Again) -> None:
    query = f"{{ products(first: 5) {{ nodes {{ {NODE} }} }} }}"
    await one_statement(shop, query)
    async with shop.database.write() as session:
        await session.change(delete(VariantPriceRow).where(col(VariantPriceRow.product_id) == 3))
    answer, ours, theirs = await shop.ask(query)
    assert '"path":["products","nodes",2,"variants","nodes",0,"price"]' in answer
    assert ours.tags is not None
    assert theirs.tags is not None
    assert ours.tags >= theirs.tags
    counts = []
    for _ in range(REST + 1):
        with shop.planned.watched() as contexts:
            await shop.planned.get(query)
        counts += [context.statements for context in contexts]
    assert counts == [counts[0]] * REST + [counts[0] + 1]


async def test_what_a_shop_writes_does_not_break_out_of_its_text(shop: Again) -> None:
    hostile = 'a "quoted"\n\\\t\n, {} \u2028'
    async with shop.database.write() as session:
        await session.change(update(ProductRow).where(col(ProductRow.id) == 2).values(title=hostile, vendor=hostile))
    answer = await one_statement(shop, "{ products(first: 3) { nodes { title vendor tags rating { count } } } }")
    assert "\\n\\\\\\t" in answer


async def test_what_goes_on_without_the_plans_reads_rows_again(shop: Again) -> None:
    query = '{ product(handle: "product-1") { title tags } }'
    engine = Engine(schema, suggestions=True)
    documents = Documents(schema._schema, Limits(), introspection=True, suggestions=True)
    operation = documents.prepare(query, Timing()).operation(None)
    variables = engine.coerce(operation, {})
    assert isinstance(variables, VariableValues)
    plans = Compiler(Served(schema), compile_at=1, plan_at=1).plans(operation, variables)
    assert isinstance(plans, Plans)
    context = Context(shop.database, EventStream())
    run = Run(plans, context, variables, {}, None)
    (answer,) = await run.objects(plans.root, [None])
    assert isinstance(answer["product"], Fragment)
    assert await find_product(context, None, "product-1", PRODUCT) == answer["product"]
    run.abandon()
    row = await find_product(context, None, "product-1", PRODUCT)
    assert row is not None
    assert row.handle == "product-1"


@pytest.mark.parametrize("rating", ["__typename", "t: __typename", "count @include(if: $no) __typename", "average"])
async def test_a_total_of_which_nothing_is_said(shop: Again, rating: str) -> None:
    declared = "query ($no: Boolean = false) " if "$no" in rating else ""
    for of in ('product(handle: "product-1") {', "products(first: 3) { nodes {"):
        query = f"{declared}{{ {of} title rating {{ {rating} }} tags {'} }' if 'nodes' in of else '}'} }}"
        answer = await shop.planned_as(query)
        assert '"errors"' not in answer
    async with shop.database.write() as session:
        await session.change(delete(ReviewRow))
    assert '"errors"' not in await shop.planned_as(query)


@pytest.mark.parametrize("unsayable", ["", "description(truncateAt: 9)"])
async def test_a_statement_that_fails_is_left_to_loaders(
    shop: Again, unsayable: str, caplog: pytest.LogCaptureFixture
) -> None:
    query = f"{{ products(first: 3) {{ nodes {{ {unsayable} {NODE} }} }} }}"
    answer = await shop.planned_as(query)
    async with shop.database.write() as session:
        # Only planned statements look at it.
        await session.change(text("ALTER TABLE markets RENAME COLUMN subunits TO elsewhere"))
    told = []
    for _ in range(2):
        assert (await shop.planned.get(query)).text == (await shop.plain.get(query)).text
        told.append(caplog.text.count("a planned statement failed"))
    assert 0 < told[0] == told[1]
    async with shop.database.write() as session:
        await session.change(text("ALTER TABLE markets RENAME COLUMN elsewhere TO subunits"))
    for _ in range(REST):
        await shop.planned.get(query)
    assert await shop.planned_as(query) == answer
