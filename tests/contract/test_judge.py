"""A difference is allowed only with a reason that fits, and a reason only with a difference."""

from collections.abc import Mapping

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, build_schema, specified_directives, specified_scalar_types

from tests.contract import report, tables
from tests.contract.compare import compare
from tests.contract.judge import Promise, Verdict, full_types, judge, read_reasons
from tests.contract.reference import reference

THEIRS = """
    schema { query: QueryRoot mutation: Mutation }
    type QueryRoot { product(id: ID!): Product products(first: Int, sort: Sort): ProductConnection cart: Cart }
    type Mutation { add(cart: CartInput): Cart }
    enum Sort { TITLE PRICE }
    type Product { title: String vendor: String plans(first: Int): [String] }
    type ProductConnection { nodes: [Product] total: Int }
    type Cart { note: String total: Int }
    input CartInput { note: String }
"""
USED = frozenset(
    {
        "Product",
        "Product.title",
        "Product.plans",
        "Cart",
        "Cart.note",
        "QueryRoot.products",
        "QueryRoot.products(sort:)",
    }
    | {"Sort.TITLE", "QueryRoot.product", "ProductConnection.nodes", "QueryRoot.cart", "Mutation.add"}
)
PROMISE = Promise(frozenset({"Product"}), frozenset({"product", "products"}))
CUT = ("vendor: String", "")


def judged(
    *changes: tuple[str, str],
    reasons: Mapping[str, list[str]] | None = None,
    promise: Promise = PROMISE,
) -> Verdict:
    text = THEIRS
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return judge(build_schema(text), build_schema(THEIRS), promise, reasons or {}, USED)


def test_without_differences_all_is_well() -> None:
    assert judged() == Verdict()


def test_types_bring_their_connections_and_arguments_their_inputs() -> None:
    full = full_types(PROMISE, build_schema(THEIRS), USED)
    assert full == {"Product", "ProductConnection", "Sort"}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (("title: String", ""), "Product.title"),
        (("title: String", "title: [String]"), "Product.title"),
        (("title: String", "title(n: Int!): String"), "Product.title"),
        (("nodes: [Product]", ""), "ProductConnection.nodes"),
        (("sort: Sort", ""), "QueryRoot.products(sort:)"),
        (("TITLE PRICE", "PRICE"), "Sort.TITLE"),
        (("product(id: ID!): Product", ""), "QueryRoot.product"),
    ],
)
@pytest.mark.parametrize("reason", [None, "outside the tables"])
def test_what_storefronts_use_must_be_there_whatever_the_reason(
    change: tuple[str, str], place: str, reason: str | None
) -> None:
    failures = judged(change, reasons={reason: [place]} if reason else {}).failures
    assert any(failure.startswith(f"{place}: ") and "storefronts use it" in failure for failure in failures)


def test_what_they_do_not_use_may_be_missing_for_a_reason() -> None:
    assert "gives no reason" in judged(CUT).failures[0]
    verdict = judged(CUT, reasons={"outside the tables": ["Product.vendor"]})
    assert not verdict.failures
    assert [(reason, difference.place) for reason, difference in verdict.explained] == [
        ("outside the tables", "Product.vendor")
    ]


@pytest.mark.parametrize("reason", ["our addition", "deprecated but accepted", "legacy input tolerated"])
def test_what_is_extra_needs_a_reason_for_extras(reason: str) -> None:
    more = ("vendor: String", "vendor: String own(n: Int): Int")
    assert "gives no reason" in judged(more).failures[0]
    assert not judged(more, reasons={reason: ["Product.own"]}).failures
    assert "is no reason for that" in judged(more, reasons={"outside the tables": ["Product.own"]}).failures[0]
    assert "is no reason for that" in judged(CUT, reasons={reason: ["Product.vendor"]}).failures[0]


@pytest.mark.parametrize("reason", ["our addition", "outside the tables"])
def test_a_reason_that_no_longer_applies_is_a_failure(reason: str) -> None:
    assert judged(reasons={reason: ["Product.vendor"]}).failures == [
        f"Product.vendor: {reason!r} applies no longer; remove it from reasons.toml."
    ]


def test_a_reason_for_what_comes_later_anyway_is_a_failure() -> None:
    reasons = {"outside the tables": ["Cart.total"]}
    assert "applies no longer" in judged(("total: Int }\n    input", "}\n    input"), reasons=reasons).failures[0]


def test_a_reason_stands_once_and_is_one_of_the_four() -> None:
    twice = {"outside the tables": ["Product.vendor"], "our addition": ["Product.vendor"]}
    assert "stands twice" in judged(CUT, reasons=twice).failures[0]
    assert "none of the four reasons" in judged(reasons={"we like it": ["Product.vendor"]}).failures[0]


def test_what_was_not_promised_comes_later() -> None:
    verdict = judged(("cart: Cart }", "}"), ("note: String total: Int", "total: Int"))
    assert not verdict.failures
    assert [difference.place for difference in verdict.to_come] == ["Cart.note", "QueryRoot.cart"]


def test_what_was_not_promised_must_be_right_where_it_is_there() -> None:
    failures = judged(("note: String total", "note: Int total")).failures
    assert failures == ["Cart.note: narrower, answers Int, not String (storefronts use it)."]


def test_a_promised_place_may_come_later_until_it_is_there() -> None:
    promise = Promise(PROMISE.types, PROMISE.queries, later={"Product.plans": "come with plans"})
    missing = judged(("plans(first: Int): [String]", ""), promise=promise)
    assert not missing.failures
    assert [difference.place for difference in missing.to_come] == ["Product.plans"]
    assert judged(promise=promise).failures == ["Product.plans: nothing is left to come; remove it from served.toml."]
    wrong = judged(("plans(first: Int): [String]", "plans(first: Int): Int"), promise=promise)
    assert "must be right" in wrong.failures[0]


def test_a_promised_type_must_be_there() -> None:
    verdict = judged(
        ("product(id: ID!): Product", "product(id: ID!): Int"),
        ("type Product { title: String vendor: String plans(first: Int): [String] }", ""),
        ("nodes: [Product]", "nodes: [Int]"),
    )
    assert "Product: missing, ours has no such type (storefronts use it)." in verdict.failures


def test_a_promise_of_what_the_reference_does_not_know_is_a_failure() -> None:
    promise = Promise(frozenset({"Prodcut"}), frozenset({"prodcut"}), frozenset({"ad"}))
    assert len(judged(promise=promise).failures) == 3


def test_the_tables_name_what_the_reference_has() -> None:
    theirs = reference()
    used = tables.places(theirs)
    assert {len(tables.names("fields")), len(tables.names("args"))} == {719, 181}
    assert set(tables.names("fields")) <= used
    for place in ("Product.title", "Product.images(first:)", "ProductSortKeys.VENDOR", "CountryCode.DE", "@inContext"):
        assert place in used
    for place in ("CartInput.lines", "MailingAddressInput.city", "@inContext(buyer:)", "MediaImage implements Media"):
        assert place in used
    for place in (
        "Product.variantsCount",
        "Shop.termsOfSale",
        "Image.url(nothing:)",
        "MetafieldReference | GenericFile",
    ):
        assert place not in used
    # As the tables were counted.
    inputs = {name for name in used if isinstance(theirs.type_map.get(name), GraphQLInputObjectType)}
    fields = {place for place in used if place.partition(".")[0] in inputs and "." in place}
    enums = {name for name in used if isinstance(theirs.type_map.get(name), GraphQLEnumType)}
    assert (len(inputs), len(fields), len(enums)) == (36, 135, 44)
    # Everything that the tables name is missed where it is not served.
    nothing = build_schema("schema { query: QueryRoot } type QueryRoot { nothing: Int }")
    known = {found.place for found in compare(nothing, theirs)} | nothing.type_map.keys()
    known |= {*specified_scalar_types, *(f"@{directive.name}" for directive in specified_directives)}
    for place in used:
        owner = place.split(".")[0].split("(")[0].split(" ")[0]
        assert owner in known, place


def test_the_report_names_everything() -> None:
    verdict = judged(("cart: Cart }", "}"), CUT, ("note: String total", "note: Int own: Int total"))
    text = "\n".join(report.lines(verdict, "1.2.3", USED))
    for part in (
        "1.2.3",
        "missing  QueryRoot: cart*",
        "Cart.note: narrower",
        "Product.vendor: missing",
        "Cart.own: extra",
    ):
        assert part in text
    assert "3 failures, 0 differences with a reason, 1 to come." in text
    older, newer = build_schema(THEIRS), build_schema(THEIRS.replace("vendor: String", "maker: String"))
    told = "\n".join(report.news(compare(older, newer), "1", "2", USED))
    assert "2 adds to 1" in told
    assert "missing  Product: maker" in told
    assert "extra    Product: vendor" in told


def test_the_files_are_well_formed() -> None:
    assert Promise.read().types
    assert set(read_reasons()) <= {
        "our addition", "outside the tables", "deprecated but accepted", "legacy input tolerated",
    }  # fmt: skip
