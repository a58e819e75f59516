"""Who may share an answer: what the schema declares, and what an operation comes to."""

import pytest
from graphql import is_composite_type

from app.graphql.caching.policy import NOT_SHARED, PERSONAL, Policy, is_about_somebody
from app.graphql.documents import Documents, Timing
from app.graphql.limits import Limits
from resolvers.ids import global_id
from schema import schema
from schema.caching import CacheControlScope, belongs_to_somebody, hint_of

CORE = schema._schema
DOCUMENTS = Documents(CORE, Limits(), introspection=True, suggestions=True)


def policy(text: str) -> Policy:
    return DOCUMENTS.prepare(text, Timing()).operation(None).policy


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("{ shop { name } }", 300),
        ("{ products(first: 3) { nodes { title } } }", 60),
        ("{ products(first: 3) { nodes { featuredImage { url } priceRange { minVariantPrice { amount } } } } }", 60),
        ("{ products(first: 3) { nodes { title availableForSale } } }", 10),
        ("{ shop { name } products(first: 3) { nodes { title } } }", 60),
        ("{ node(id: \"gid://shopify/Product/1\") { ... on Product { variants(first: 1) { nodes { sku } } } } }", 60),
        ("{ ...A } fragment A on QueryRoot { shop { ...B } } fragment B on Shop { name }", 300),
        ("{ shop { name @skip(if: true) } products(first: 1) @skip(if: true) { nodes { id } } }", 60),
        ("query Q($c: CountryCode) @inContext(country: $c, language: DE) { shop { name } }", 300),
        ("{ localization { country { isoCode currency { symbol } } } }", 300),
        ("{ search(query: \"mug\", first: 3) { nodes { ... on Product { title } ... on Page { title } } } }", 60),
    ],
)  # fmt: skip
def test_an_answer_is_shared_as_long_as_its_least_field(text: str, seconds: int) -> None:
    assert policy(text) == Policy(seconds, personal=False)


@pytest.mark.parametrize(
    "text",
    [
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        "{ shop { name } __type(name: \"Shop\") { name } }",
        "mutation { cartCreate { cart { id } } }",
        "subscription { inventoryUpdated(variantIds: [\"gid://shopify/ProductVariant/1\"]) { id } }",
    ],
)  # fmt: skip
def test_what_nobody_declared_is_not_shared(text: str) -> None:
    assert policy(text) == NOT_SHARED


@pytest.mark.parametrize(
    "text",
    [
        "{ cart(id: \"gid://shopify/Cart/1\") { id } }",
        "query ($id: ID!) { shop { name } cart(id: $id) { totalQuantity } }",
        "query ($id: ID!) { node(id: $id) { ... on Cart { note } } }",
        "query ($id: ID!) { node(id: $id) { ...C } } fragment C on Cart { note }",
        "{ node(id: \"gid://shopify/Cart/abc\") { id } }",
        "{ nodes(ids: [\"gid://shopify/Product/1\", \"gid://shopify/CartLine/abc\"]) { id } }",
        "query ($id: ID = \"gid://shopify/Cart/abc\") { product(id: $id) { id } }",
        "query ($t: String!) @inContext(buyer: {customerAccessToken: $t}) { shop { name } }",
        "query ($b: BuyerInput) @inContext(buyer: $b) { shop { name } }",
        "query ($cartId: ID!) { product(id: $cartId) { id } }",
    ],
)  # fmt: skip
def test_what_is_somebodys_own_makes_an_operation_personal(text: str) -> None:
    assert policy(text) == PERSONAL


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"handle": "mug", "first": 3, "filters": [{"price": {"min": 1.0}}], "none": None}, False),
        ({"id": "gid://shopify/Product/1"}, False),
        ({"id": "gid://shopify/Cart/abc?key=1"}, True),
        ({"ids": [["gid://shopify/Product/1"], ["gid://shopify/CartLine/1"]]}, True),
        ({"input": {"deep": [{"customerAccessToken": None}]}}, True),
        ({"buyer": None}, True),
        ({"cartId": "1"}, True),
    ],
)
def test_variables_that_name_somebody_are_found(variables: dict[str, object], found: bool) -> None:
    assert is_about_somebody(variables) is found


def test_every_type_that_a_query_can_reach_says_who_may_share_it() -> None:
    """A new type without a hint is never shared, so nothing leaks; but it should be a decision, not an oversight."""
    answers = {"Mutation", "Subscription", "QueryRoot", "CartUserError", "CartWarning", "UserError", "DisplayableError"}
    silent = {
        name
        for name, kind in CORE.type_map.items()
        if is_composite_type(kind) and not name.startswith("__") and hint_of(kind) is None
    }
    assert {name for name in silent - answers if not name.endswith("Payload")} == set()


def test_the_ids_of_all_that_is_private_are_known_as_somebodys() -> None:
    node = CORE.type_map["Node"]
    private = [
        name
        for name, kind in CORE.type_map.items()
        if node in getattr(kind, "interfaces", ())
        and (hint := hint_of(kind)) is not None
        and hint.scope is CacheControlScope.PRIVATE
    ]
    assert {"Cart", "CartLine", "MailingAddress"} <= set(private)
    assert [name for name in private if not belongs_to_somebody(global_id(name, "x"))] == []
