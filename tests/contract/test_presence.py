"""The search for real values finds them wherever they are, and takes nothing empty for one."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import GraphQLSchema, build_schema, graphql_sync

from tests.contract.presence import Findings, Plan, is_real, look

SCHEMA = """
    type Query {
        shop: Shop
        products(first: Int!, after: String): ProductConnection!
        product(handle: String!): Product
    }
    type Shop { name: String founded: Int open: Boolean tags: [String!]! logo: Picture }
    type ProductConnection { nodes: [Product!]! edges: [ProductEdge!]! pageInfo: PageInfo! }
    type ProductEdge { cursor: String! node: Product! }
    type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! }
    type Product { title: String media(first: Int!): MediaConnection! note(key: String!): String related: [Product!] }
    type MediaConnection { nodes: [Media!]! edges: [MediaEdge!]! }
    type MediaEdge { node: Media! }
    interface Media { alt: String }
    type Video implements Media { alt: String length: Int sources: [Source!]! }
    type Model implements Media { alt: String sources: [Source!]! }
    type Source { format: String }
    type Picture { url: String }
    type Island { size: Int }
    union Place = Island
"""
PLAN = Plan({"shop": ["shop"], "products": ["products(first: 2, after: $after)"]})


class Shop:
    """Five products on three pages; only the last one has a video and a note."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.queries: list[str] = []

    async def run(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        self.queries.append(query)
        root = {
            "shop": {"name": "Ours", "founded": 0, "open": False, "tags": [""], "logo": None},
            "products": self.products,
        }
        result = graphql_sync(self.schema, query, root, variable_values=dict(variables))
        assert not result.errors, result.errors
        assert result.data is not None
        return result.data

    def products(self, _: object, first: int, after: str | None = None) -> dict[str, Any]:
        start = int(after or 0)
        nodes = [self.product(number) for number in range(start, min(start + first, 5))]
        page = {"endCursor": str(start + first), "hasNextPage": start + first < 5, "hasPreviousPage": start > 0}
        return {"nodes": nodes, "edges": [{"cursor": "c", "node": node} for node in nodes], "pageInfo": page}

    def product(self, number: int) -> dict[str, Any]:
        last = number == 4
        media = [{"__typename": "Video", "alt": "", "length": 7, "sources": [{"format": "mp4"}]}] if last else []
        return {
            "title": f"Product {number}",
            "media": lambda _, first: {"nodes": media, "edges": [{"node": one} for one in media]},
            "note": lambda _, key: "care" if last and key == "wash" else None,
            "related": [],
        }


async def found(wanted: dict[str, list[str]], plan: Plan = PLAN) -> tuple[Findings, Shop]:
    shop = Shop(build_schema(SCHEMA))
    return await look(shop, shop.schema, wanted, plan), shop


async def test_values_are_found_in_the_shop_and_on_the_last_page() -> None:
    findings, _ = await found(
        {
            "Shop": ["name"],
            "Product": ["title", "media"],
            "Video": ["length", "sources"],
            "Source": ["format"],
            "PageInfo": ["endCursor", "hasNextPage", "hasPreviousPage"],
            "ProductEdge": ["cursor", "node"],
            "ProductConnection": ["nodes", "edges", "pageInfo"],
            "MediaEdge": ["node"],
        }
    )
    assert findings.failures == []
    assert findings.values["Video.length"] == 7
    assert findings.values["Source.format"] == "mp4"
    assert len(findings.values) == 15


async def test_nothing_more_is_asked_than_is_needed() -> None:
    _, shop = await found({"Product": ["title"]})
    assert len(shop.queries) == 1


@pytest.mark.parametrize(
    "place", ["Shop.founded", "Shop.open", "Shop.tags", "Shop.logo", "Video.alt", "Product.related", "Model.sources"]
)
async def test_what_is_empty_is_no_value(place: str) -> None:
    owner, name = place.split(".")
    findings, _ = await found({owner: [name]})
    assert [failure.partition(":")[0] for failure in findings.failures] == [place]
    exempt = Plan(PLAN.roots, exempt={place: "Never."})
    assert (await found({owner: [name]}, exempt))[0].failures == []


async def test_an_exemption_that_no_longer_applies_is_a_failure() -> None:
    findings, _ = await found(
        {"Shop": ["name"]}, Plan(PLAN.roots, exempt={"Shop.name": "None.", "Shop.other": "None."})
    )
    assert findings.failures == [
        "Shop.name: has the value 'Ours'; remove it from presence.toml.",
        "Shop.other: presence.toml exempts a field that nobody asks for.",
    ]


async def test_a_field_with_needs_is_asked_with_each_of_the_plans_arguments() -> None:
    findings, _ = await found({"Product": ["note"]})
    assert findings.failures == ["Product.note: no real value in the demo shop, on 1 ways."]
    plan = Plan(PLAN.roots, {"Product.note": ['key: "size"', 'key: "wash"']})
    findings, _ = await found({"Product": ["note"]}, plan)
    assert (findings.failures, findings.values) == ([], {"Product.note": "care"})


async def test_what_the_schema_does_not_have_is_a_failure() -> None:
    findings, _ = await found({"Product": ["colour"], "Planet": ["size"], "Place": ["size"], "Island": ["size"]})
    assert sorted(findings.failures) == [
        "Island: no way leads there from shop, products.",
        "Place: the schema has no such type with fields.",
        "Planet: the schema has no such type with fields.",
        "Product.colour: the schema has no such field.",
    ]


@pytest.mark.parametrize("value", [None, "", 0, 0.0, False, [], "0", "0.0", [[]], [None], {"nodes": []}, {"edges": []}])
def test_defaults_are_not_real(value: object) -> None:
    assert not is_real(value)


@pytest.mark.parametrize(
    "value", ["a", 1, -1, True, "0.01", ["a"], {"__typename": "A"}, {"nodes": [{"__typename": "A"}]}]
)
def test_values_are_real(value: object) -> None:
    assert is_real(value)
