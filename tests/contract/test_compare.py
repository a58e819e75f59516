"""The comparison finds each kind of difference, and nothing where there is none."""

import pytest
from graphql import GraphQLDirective, GraphQLSchema, build_schema
from graphql.language import DirectiveLocation

from tests.contract.compare import Kind, compare
from tests.contract.reference import reference

MISSING, NARROWER, EXTRA = Kind.MISSING, Kind.NARROWER, Kind.EXTRA
BASE = """
    schema { query: QueryRoot mutation: Mutation }
    directive @inContext(country: Country = ZZ) on QUERY | MUTATION
    directive @note(text: String) on OBJECT
    scalar URL
    enum Country { ZZ DE }
    enum Colour { RED BLUE }
    enum Sort { TITLE PRICE }
    interface Node { id: ID! }
    interface Media { alt: String }
    union Thing = Product | Video
    type Product implements Node {
        id: ID! title: String! tags: [String!]! vendor: String colour: Colour media: Media thing: Thing url: URL
        lists: [[Int]!] variants(first: Int = 10, filters: [Filter!], after: String): [Product!]!
    }
    type Video implements Media & Node { id: ID! alt: String }
    input Filter { price: Float colours: [Sort!] limit: Int = 5 handle: ID! }
    input Choice @oneOf { one: Int two: Int }
    type QueryRoot {
        products(first: Int, sort: Sort = TITLE, filter: Filter, choice: Choice, ids: [ID!]!): [Product!]!
    }
    type Mutation { add(id: ID!, count: Int = 1): Product }
"""


def changed(*changes: tuple[str, str]) -> GraphQLSchema:
    text = " ".join(BASE.split())
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return build_schema(text)


def test_a_schema_differs_from_itself_in_nothing() -> None:
    assert compare(changed(), changed()) == []
    assert compare(reference(), reference()) == []


@pytest.mark.parametrize(
    "change",
    [
        # Answering less than the reference allows:
        [("vendor: String", "vendor: String!")],
        [("lists: [[Int]!]", "lists: [[Int!]!]!")],
        [("media: Media", "media: Video")],
        [("thing: Thing", "thing: Product!")],
        [("enum Colour { RED BLUE }", "enum Colour { RED }")],
        # Taking more than the reference takes:
        [("handle: ID!", "handle: ID")],
        [("add(id: ID!", "add(id: ID")],
        [("filters: [Filter!]", "filters: [Filter]")],
        [("ids: [ID!]!", "ids: [ID]")],
        [("input Choice @oneOf", "input Choice")],
        [("on QUERY | MUTATION", "on QUERY | MUTATION | FIELD")],
        # What no client sees:
        [("vendor: String", 'vendor: String @deprecated(reason: "Gone.")')],
        [("vendor: String", '"Who made it." vendor: String')],
        [("directive @note(text: String) on OBJECT", "directive @other on OBJECT")],
        [("enum Country { ZZ DE }", "enum Country { DE ZZ }")],
    ],
)
def test_what_a_client_cannot_notice_is_no_difference(change: list[tuple[str, str]]) -> None:
    assert compare(changed(*change), changed()) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        # Types
        ([("scalar URL", ""), ("url: URL", "url: String")], {("URL", MISSING), ("Product.url", NARROWER)}),
        ([("scalar URL", "scalar URL scalar Colours type More { a: Colours }")], {("Colours", EXTRA), ("More", EXTRA)}),
        ([("scalar URL", "enum URL { A }")], {("URL", NARROWER)}),
        ([("scalar URL", "type URL { a: Int }")], {("URL", NARROWER)}),
        ([("enum Colour { RED BLUE }", "scalar Colour")], {("Colour", NARROWER)}),
        ([("union Thing = Product | Video", "interface Thing { a: Int }")], {("Thing", NARROWER)}),
        # Fields, on objects and interfaces
        ([("vendor: String", "")], {("Product.vendor", MISSING)}),
        ([("vendor: String", "vendor: String own: Int")], {("Product.own", EXTRA)}),
        (
            [("interface Media { alt: String }", "interface Media { id: ID }")],
            {("Media.alt", MISSING), ("Media.id", EXTRA)},
        ),
        # What is answered
        ([("title: String!", "title: String")], {("Product.title", NARROWER)}),
        ([("vendor: String", "vendor: ID")], {("Product.vendor", NARROWER)}),
        ([("tags: [String!]!", "tags: [String]!")], {("Product.tags", NARROWER)}),
        ([("tags: [String!]!", "tags: [String!]")], {("Product.tags", NARROWER)}),
        ([("tags: [String!]!", "tags: String!")], {("Product.tags", NARROWER)}),
        ([("vendor: String", "vendor: [String]")], {("Product.vendor", NARROWER)}),
        ([("lists: [[Int]!]", "lists: [[Int]]")], {("Product.lists", NARROWER)}),
        ([("media: Media", "media: Node")], {("Product.media", NARROWER)}),
        ([("media: Media", "media: Product")], {("Product.media", NARROWER)}),
        ([("thing: Thing", "thing: Node")], {("Product.thing", NARROWER)}),
        # Arguments
        ([(", after: String", "")], {("Product.variants(after:)", MISSING)}),
        ([("after: String", "after: String, before: String")], {("Product.variants(before:)", EXTRA)}),
        ([("after: String", "after: String, n: Int! = 3")], {("Product.variants(n:)", EXTRA)}),
        (
            [("after: String", "after: String, before: String!")],
            {("Product.variants(before:)", EXTRA), ("Product.variants", NARROWER)},
        ),
        ([("after: String", "after: String!")], {("Product.variants(after:)", NARROWER)}),
        ([("after: String", "after: ID")], {("Product.variants(after:)", NARROWER)}),
        ([("after: String", "after: [String]")], {("Product.variants(after:)", NARROWER)}),
        ([("ids: [ID!]!", "ids: ID!")], {("QueryRoot.products(ids:)", NARROWER)}),
        ([("filters: [Filter!]", "filters: [Filter!]!")], {("Product.variants(filters:)", NARROWER)}),
        ([("(first: Int = 10", "(first: Int! = 10")], {("Product.variants(first:)", NARROWER)}),
        # Defaults
        ([("(first: Int = 10", "(first: Int = 20")], {("Product.variants(first:)", NARROWER)}),
        ([("(first: Int = 10", "(first: Int")], {("Product.variants(first:)", NARROWER)}),
        ([("after: String", "after: String = null")], {("Product.variants(after:)", NARROWER)}),
        ([("sort: Sort = TITLE", "sort: Sort = PRICE")], {("QueryRoot.products(sort:)", NARROWER)}),
        ([("limit: Int = 5", "limit: Int = 6")], {("Filter.limit", NARROWER)}),
        ([("limit: Int = 5", "limit: Int")], {("Filter.limit", NARROWER)}),
        ([("price: Float", "price: Float = 1")], {("Filter.price", NARROWER)}),
        # Input objects
        ([("limit: Int = 5", "")], {("Filter.limit", MISSING)}),
        ([("limit: Int = 5", "limit: Int = 5 old: Int")], {("Filter.old", EXTRA)}),
        ([("limit: Int = 5", "limit: Int = 5 old: Int!")], {("Filter.old", EXTRA), ("Filter", NARROWER)}),
        ([("price: Float", "price: Float!")], {("Filter.price", NARROWER)}),
        ([("price: Float", "price: Int")], {("Filter.price", NARROWER)}),
        ([("input Filter {", "input Filter @oneOf {"), ("= 5", ""), ("handle: ID!", "handle: ID")],
         {("Filter", NARROWER), ("Filter.limit", NARROWER)}),
        # Enums: what is sent must be taken, what is answered must be known
        ([("enum Sort { TITLE PRICE }", "enum Sort { TITLE }")], {("Sort.PRICE", MISSING)}),
        ([("enum Sort { TITLE PRICE }", "enum Sort { TITLE PRICE BEST }")], {("Sort.BEST", EXTRA)}),
        ([("enum Country { ZZ DE }", "enum Country { ZZ }")], {("Country.DE", MISSING)}),
        ([("enum Colour { RED BLUE }", "enum Colour { RED BLUE GREEN }")], {("Colour.GREEN", EXTRA)}),
        # Membership
        ([("Product implements Node", "Product")], {("Product implements Node", MISSING)}),
        ([("Video implements Media & Node", "Video implements Node")], {("Video implements Media", MISSING)}),
        ([("union Thing = Product | Video", "union Thing = Product")], {("Thing | Video", MISSING)}),
        (
            [("union Thing = Product | Video", "union Thing = Product | Video | More type More { a: Int }")],
            {("Thing | More", EXTRA), ("More", EXTRA)},
        ),
        # Directives
        ([("directive @inContext(country: Country = ZZ) on QUERY | MUTATION", "")], {("@inContext", MISSING)}),
        ([("on QUERY | MUTATION", "on QUERY")], {("@inContext", NARROWER)}),
        ([("(country: Country = ZZ)", "")], {("@inContext(country:)", MISSING)}),
        ([("(country: Country = ZZ)", "(country: String)")], {("@inContext(country:)", NARROWER)}),
        ([("(country: Country = ZZ)", "(country: Country = DE)")], {("@inContext(country:)", NARROWER)}),
        ([("(country: Country = ZZ)", "(country: Country = ZZ, all: Int!)")],
         {("@inContext(all:)", EXTRA), ("@inContext", NARROWER)}),
        ([("scalar URL", "scalar URL directive @live on QUERY")], {("@live", EXTRA)}),
        # The roots are types like others
        ([(", count: Int = 1", "")], {("Mutation.add(count:)", MISSING)}),
        ([("mutation: Mutation", ""), ("type Mutation {", "type Other {")], {("Mutation", MISSING), ("Other", EXTRA)}),
    ],
)  # fmt: skip
def test_what_a_client_would_notice_is_found(change: list[tuple[str, str]], found: set[tuple[str, Kind]]) -> None:
    assert {(difference.place, difference.kind) for difference in compare(changed(*change), changed())} == found


def test_a_directive_that_may_no_longer_be_repeated_is_found() -> None:
    def schema(repeatable: bool) -> GraphQLSchema:
        tag = GraphQLDirective("tag", [DirectiveLocation.FIELD], is_repeatable=repeatable)
        return GraphQLSchema(changed().query_type, directives=[tag])

    found = compare(schema(False), schema(True))
    assert [(difference.place, difference.kind) for difference in found] == [("@tag", NARROWER)]
    assert compare(schema(True), schema(False)) == []


def test_a_difference_says_what_is_there_and_what_should_be() -> None:
    ours = changed(
        ("title: String!", "title: [Int]"), ("(first: Int = 10", "(first: Int = 20"), ("scalar URL", "enum URL { A }")
    )
    assert {difference.place: difference.detail for difference in compare(ours, changed())} == {
        "Product.title": "answers [Int], not String!",
        "Product.variants(first:)": "has the default 20, not the default 10",
        "URL": "is an enum, not a scalar",
    }


def test_a_field_that_is_taken_from_any_type_is_missed() -> None:
    cut = reference.__wrapped__()
    taken = set()
    for name, owner in cut.type_map.items():
        fields = getattr(owner, "fields", {})
        if len(fields) > 1 and not name.startswith("__"):
            field = sorted(fields)[0]
            del fields[field]
            taken.add(f"{name}.{field}")
    assert len(taken) > 300
    assert {found.place for found in compare(cut, reference())} == taken
