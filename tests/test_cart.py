"""Carts over HTTP: merging, stock, refusals that change nothing, and many hands on one cart."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select, update

from bench.dataset import price, stock
from db.catalog import VariantRow
from db.catalog.products import InventoryPolicy
from db.events import EventRow
from db.session import Database
from tests.api import Client

CART = """cart { id totalQuantity note attributes { key value } createdAt updatedAt
  buyerIdentity { countryCode email phone }
  cost { totalAmount { amount currencyCode } subtotalAmount { amount } checkoutChargeAmount { amount } }
  lines(first: 250) { nodes { __typename id quantity attributes { key value }
    cost { totalAmount { amount } amountPerQuantity { amount } subtotalAmount { amount }
      compareAtAmountPerQuantity { amount } }
    merchandise { ... on ProductVariant { id title product { title } } } } } }
  userErrors { code field message } warnings { code message target }"""
CREATE = f"mutation($input: CartInput) {{ cartCreate(input: $input) {{ {CART} }} }}"
ADD = f"mutation($id: ID!, $lines: [CartLineInput!]!) {{ cartLinesAdd(cartId: $id, lines: $lines) {{ {CART} }} }}"
UPDATE = (
    "mutation($id: ID!, $lines: [CartLineUpdateInput!]!)"
    f" {{ cartLinesUpdate(cartId: $id, lines: $lines) {{ {CART} }} }}"
)
REMOVE = f"mutation($id: ID!, $ids: [ID!]!) {{ cartLinesRemove(cartId: $id, lineIds: $ids) {{ {CART} }} }}"
READ = f"query($id: ID!) {{ cart(id: $id) {{ {CART[len('cart { ') : CART.index('userErrors')].rsplit('}', 1)[0]} }} }}"


def gid(number: int) -> str:
    return f"gid://shopify/ProductVariant/{number}"


def variant(product: int, place: int) -> int:
    return product * 3 - 3 + place


PLENTY, FEW, NONE = variant(2, 1), variant(1, 2), variant(5, 3)


async def opened(guest: Client, *lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await guest.run(CREATE, {"input": {"lines": list(lines), **more}})
    assert answer["cartCreate"]["userErrors"] == []
    cart: dict[str, Any] = answer["cartCreate"]["cart"]
    return cart


async def written_events(guest: Client) -> int:
    async with guest.shop.database.read() as session:
        return len(await session.rows(select(EventRow)))


def quantities(cart: dict[str, Any]) -> dict[str, int]:
    return {line["merchandise"]["id"]: line["quantity"] for line in cart["lines"]["nodes"]}


def test_the_numbers_below_mean_what_they_say() -> None:
    assert (stock(2, 1), stock(1, 2), stock(5, 3)) == (6, 2, 0)


async def test_a_cart_opens_with_lines_and_adds_them_up(guest: Client) -> None:
    cart = await opened(
        guest,
        {"merchandiseId": gid(PLENTY), "quantity": 2, "attributes": [{"key": "engraving", "value": "Ada"}]},
        {"merchandiseId": gid(FEW)},
        note="Ring twice",
        attributes=[{"key": "gift", "value": "yes"}],
        buyerIdentity={"countryCode": "DE", "email": "ada@shop.example", "phone": "+49301234567"},
    )
    total = 2 * price(2, 1) + price(1, 2)
    assert cart["totalQuantity"] == 3
    assert cart["note"] == "Ring twice"
    assert cart["attributes"] == [{"key": "gift", "value": "yes"}]
    assert cart["buyerIdentity"] == {"countryCode": "DE", "email": "ada@shop.example", "phone": "+49301234567"}
    assert cart["cost"]["totalAmount"] == {"amount": f"{total / 100:.2f}".rstrip("0"), "currencyCode": "EUR"}
    assert [line["__typename"] for line in cart["lines"]["nodes"]] == ["CartLine", "CartLine"]
    assert cart["lines"]["nodes"][1]["attributes"] == [{"key": "engraving", "value": "Ada"}]
    read = (await guest.run(READ, {"id": cart["id"]}))["cart"]
    assert read == cart


async def test_a_cart_can_be_opened_with_nothing(guest: Client) -> None:
    answer = await guest.run("mutation { cartCreate { cart { totalQuantity lines(first: 1) { nodes { id } } } } }")
    assert answer["cartCreate"]["cart"] == {"totalQuantity": 0, "lines": {"nodes": []}}


async def test_the_same_again_merges_and_other_attributes_do_not(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY), "quantity": 1})
    again = [
        {"merchandiseId": gid(PLENTY), "quantity": 2},
        {"merchandiseId": gid(PLENTY), "attributes": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]},
        {"merchandiseId": gid(PLENTY), "attributes": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]},
    ]
    answer = (await guest.run(ADD, {"id": cart["id"], "lines": again}))["cartLinesAdd"]
    assert sorted(line["quantity"] for line in answer["cart"]["lines"]["nodes"]) == [2, 3]
    assert answer["warnings"] == []


async def test_prices_are_those_of_the_buyers_market(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)}, buyerIdentity={"countryCode": "GB"})
    assert cart["cost"]["totalAmount"]["currencyCode"] == "GBP"
    pounds = price(2, 1) * 9 // 6
    assert cart["cost"]["totalAmount"]["amount"] == f"{pounds / 100:.2f}".rstrip("0")


async def test_more_than_there_is_becomes_what_there_is_with_a_warning(guest: Client) -> None:
    cart = await opened(guest)
    answer = await guest.run(ADD, {"id": cart["id"], "lines": [{"merchandiseId": gid(FEW), "quantity": 9}]})
    change = answer["cartLinesAdd"]
    assert change["userErrors"] == []
    assert quantities(change["cart"]) == {gid(FEW): 2}
    (warning,) = change["warnings"]
    assert warning["code"] == "MERCHANDISE_NOT_ENOUGH_STOCK"
    assert warning["target"] == change["cart"]["lines"]["nodes"][0]["id"]


async def test_lines_of_one_variant_share_what_there_is_of_it(guest: Client) -> None:
    def noted(*quantities: int) -> list[dict[str, Any]]:
        return [
            {"merchandiseId": gid(FEW), "quantity": quantity, "attributes": [{"key": "for", "value": str(number)}]}
            for number, quantity in enumerate(quantities)
        ]

    cart = await opened(guest)
    change = (await guest.run(ADD, {"id": cart["id"], "lines": noted(1, 9, 1)}))["cartLinesAdd"]
    lines = change["cart"]["lines"]["nodes"]
    assert {line["attributes"][0]["value"]: line["quantity"] for line in lines} == {"0": 1, "1": 1}
    assert [(warning["code"], warning["message"]) for warning in change["warnings"]] == [
        ("MERCHANDISE_NOT_ENOUGH_STOCK", "Only 1 more piece is there; the line was cut down to 1."),
        ("MERCHANDISE_OUT_OF_STOCK", change["warnings"][1]["message"]),
    ]
    assert "no more of it is there than is in the cart already" in change["warnings"][1]["message"]


async def test_what_is_sold_out_is_left_out_with_a_warning(guest: Client) -> None:
    cart = await opened(guest)
    lines = [{"merchandiseId": gid(NONE)}, {"merchandiseId": gid(PLENTY)}]
    change = (await guest.run(ADD, {"id": cart["id"], "lines": lines}))["cartLinesAdd"]
    assert quantities(change["cart"]) == {gid(PLENTY): 1}
    assert [(w["code"], w["target"]) for w in change["warnings"]] == [("MERCHANDISE_OUT_OF_STOCK", gid(NONE))]


async def test_lines_change_and_go(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY), "quantity": 2}, {"merchandiseId": gid(FEW)})
    few, plenty = cart["lines"]["nodes"]
    change = await guest.run(
        UPDATE, {"id": cart["id"], "lines": [{"id": plenty["id"], "quantity": 5}, {"id": few["id"], "quantity": 0}]}
    )
    assert quantities(change["cartLinesUpdate"]["cart"]) == {gid(PLENTY): 5}
    change = await guest.run(REMOVE, {"id": cart["id"], "ids": [plenty["id"]]})
    assert change["cartLinesRemove"]["cart"]["lines"]["nodes"] == []


async def test_attributes_stay_when_left_out_and_go_when_emptied(guest: Client) -> None:
    line = {"merchandiseId": gid(PLENTY), "attributes": [{"key": "a", "value": "1"}]}
    cart = await opened(guest, line)
    ident = cart["lines"]["nodes"][0]["id"]

    async def after(**change: Any) -> Any:
        lines = [{"id": ident, **change}]
        answer = await guest.run(UPDATE, {"id": cart["id"], "lines": lines})
        return answer["cartLinesUpdate"]["cart"]["lines"]["nodes"][0]["attributes"]

    assert await after(quantity=2) == [{"key": "a", "value": "1"}]
    assert await after(attributes=None) == [{"key": "a", "value": "1"}]
    assert await after(attributes=[]) == []


async def test_a_line_that_becomes_another_merges_with_it(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY), "quantity": 2}, {"merchandiseId": gid(FEW)})
    few = cart["lines"]["nodes"][0]["id"]
    lines = [{"id": few, "merchandiseId": gid(PLENTY)}]
    change = await guest.run(UPDATE, {"id": cart["id"], "lines": lines})
    assert quantities(change["cartLinesUpdate"]["cart"]) == {gid(PLENTY): 3}


async def test_changes_of_one_command_follow_one_another(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY), "quantity": 2}, {"merchandiseId": gid(FEW)})
    few, plenty = (line["id"] for line in cart["lines"]["nodes"])
    lines = [
        {"id": plenty, "quantity": 4},
        {"id": plenty, "attributes": [{"key": "a", "value": "1"}]},
        {"id": few, "merchandiseId": gid(PLENTY)},
    ]
    change = (await guest.run(UPDATE, {"id": cart["id"], "lines": lines}))["cartLinesUpdate"]
    found = [(line["id"], line["quantity"], line["attributes"]) for line in change["cart"]["lines"]["nodes"]]
    assert sorted(found) == sorted([(plenty, 4, [{"key": "a", "value": "1"}]), (few, 1, [])])
    assert (await guest.run(READ, {"id": cart["id"]}))["cart"] == change["cart"]


async def test_lines_can_take_each_others_place(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)}, {"merchandiseId": gid(FEW), "quantity": 2})
    few, plenty = (line["id"] for line in cart["lines"]["nodes"])
    lines = [
        {"id": few, "merchandiseId": gid(variant(4, 1))},
        {"id": plenty, "merchandiseId": gid(FEW)},
        {"id": few, "merchandiseId": gid(PLENTY)},
    ]
    change = (await guest.run(UPDATE, {"id": cart["id"], "lines": lines}))["cartLinesUpdate"]
    found = {line["id"]: line["merchandise"]["id"] for line in change["cart"]["lines"]["nodes"]}
    assert found == {few: gid(PLENTY), plenty: gid(FEW)}


@pytest.mark.parametrize("first", [{"quantity": 0}, {"merchandiseId": gid(FEW)}])
async def test_a_line_that_is_gone_cannot_be_changed_once_more(guest: Client, first: dict[str, Any]) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)}, {"merchandiseId": gid(FEW)})
    _, plenty = (line["id"] for line in cart["lines"]["nodes"])
    lines = [{"id": plenty, **first}, {"id": plenty, "quantity": 2}]
    change = (await guest.run(UPDATE, {"id": cart["id"], "lines": lines}))["cartLinesUpdate"]
    errors = [(error["code"], error["field"]) for error in change["userErrors"]]
    assert errors == [("INVALID_MERCHANDISE_LINE", ["lines", "1", "id"])]
    assert (await guest.run(READ, {"id": cart["id"]}))["cart"] == cart


async def test_a_line_is_removed_once_however_often_it_is_named(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)})
    line = cart["lines"]["nodes"][0]["id"]
    change = (await guest.run(REMOVE, {"id": cart["id"], "ids": [line, line]}))["cartLinesRemove"]
    assert change["userErrors"] == []
    assert change["cart"]["lines"]["nodes"] == []


async def test_a_cart_holds_500_lines(guest: Client, shop_url: str) -> None:
    async with Database(shop_url) as database, database.write() as session:
        await session.change(update(VariantRow).values(inventory_policy=InventoryPolicy.CONTINUE))

    def noted(start: int, count: int) -> list[dict[str, Any]]:
        notes = [[{"key": "n", "value": str(n)}] for n in range(start, start + count)]
        return [{"merchandiseId": gid(PLENTY), "attributes": note} for note in notes]

    cart = await opened(guest, *noted(0, 250))
    await guest.run(ADD, {"id": cart["id"], "lines": noted(250, 250)})
    for more, codes in ((noted(500, 1), ["CART_TOO_LARGE"]), (noted(7, 1), [])):
        change = (await guest.run(ADD, {"id": cart["id"], "lines": more}))["cartLinesAdd"]
        assert [error["code"] for error in change["userErrors"]] == codes
    assert change["cart"]["totalQuantity"] == 501


REFUSALS = [
    (ADD, {"lines": [{"merchandiseId": gid(999_999)}]}, "INVALID", ["lines", "0", "merchandiseId"]),
    (ADD, {"lines": [{"merchandiseId": "gid://shopify/Product/1"}]}, "INVALID", ["lines", "0", "merchandiseId"]),
    (ADD, {"lines": [{"merchandiseId": "no id"}]}, "INVALID", ["lines", "0", "merchandiseId"]),
    (ADD, {"lines": [{"merchandiseId": gid(PLENTY), "quantity": 0}]}, "INVALID", ["lines", "0", "quantity"]),
    (ADD, {"lines": [{"merchandiseId": gid(PLENTY), "quantity": -1}]}, "INVALID", ["lines", "0", "quantity"]),
    (
        ADD,
        {"lines": [{"merchandiseId": gid(FEW)}, {"merchandiseId": gid(PLENTY), "quantity": 2_000_000}]},
        "MAXIMUM_EXCEEDED",
        ["lines", "1", "quantity"],
    ),
    (
        ADD,
        {"lines": [{"merchandiseId": gid(PLENTY), "sellingPlanId": "gid://shopify/SellingPlan/1"}]},
        "SELLING_PLAN_NOT_APPLICABLE",
        ["lines", "0", "sellingPlanId"],
    ),
    (UPDATE, {"lines": [{"id": "gid://shopify/CartLine/none"}]}, "INVALID_MERCHANDISE_LINE", ["lines", "0", "id"]),
    (REMOVE, {"ids": ["gid://shopify/CartLine/none"]}, "INVALID_MERCHANDISE_LINE", ["lineIds", "0"]),
]


LONG = [
    ({"note": "n" * 5001}, "NOTE_TOO_LONG", ["input", "note"]),
    ({"attributes": [{"key": "k" * 256, "value": "v"}]}, "INVALID", ["input", "attributes", "0"]),
    ({"attributes": [{"key": "", "value": "v"}]}, "INVALID", ["input", "attributes", "0"]),
    ({"attributes": [{"key": "k", "value": "v" * 5001}]}, "INVALID", ["input", "attributes", "0"]),
    ({"attributes": [{"key": "k", "value": "v"}] * 51}, "INVALID", ["input", "attributes"]),
    ({"buyerIdentity": {"email": "e" * 256}}, "INVALID", ["input", "buyerIdentity", "email"]),
    (
        {"lines": [{"merchandiseId": gid(PLENTY), "attributes": [{"key": "k", "value": "v" * 5001}]}]},
        "INVALID",
        ["input", "lines", "0", "attributes", "0"],
    ),
]


@pytest.mark.parametrize(("given", "code", "field"), LONG)
async def test_texts_have_their_limits(guest: Client, given: dict[str, Any], code: str, field: list[str]) -> None:
    answer = (await guest.run(CREATE, {"input": given}))["cartCreate"]
    assert answer["cart"] is None
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [(code, field)]


async def test_text_that_no_database_stores_is_refused(guest: Client) -> None:
    for query, variables in (
        (CREATE, {"input": {"note": "a\0b"}}),
        ('mutation { cartCreate(input: { note: "a\\u0000b" }) { cart { id } } }', {}),
        ('{ product(handle: "\\u0000") { id } }', {}),
        ("query($id: ID!) { cart(id: $id) { id } }", {"id": "gid://shopify/Cart/\0"}),
    ):
        error = await guest.refused(query, variables)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(("mutation", "variables", "code", "field"), REFUSALS)
async def test_a_refusal_names_the_field_and_changes_nothing(
    guest: Client, mutation: str, variables: dict[str, Any], code: str, field: list[str]
) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)})
    before = await written_events(guest)
    (payload,) = (await guest.run(mutation, {"id": cart["id"], **variables})).values()
    assert payload["cart"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, field)]
    assert (await guest.run(READ, {"id": cart["id"]}))["cart"] == cart
    assert await written_events(guest) == before


@pytest.mark.parametrize(
    "ident", ["gid://shopify/Cart/unknown", "gid://shopify/Product/1", "", "Cart", "gid://shopify/Cart/"]
)
async def test_an_unknown_cart_is_null_and_cannot_be_changed(guest: Client, ident: str) -> None:
    assert (await guest.run("query($id: ID!) { cart(id: $id) { id } }", {"id": ident}))["cart"] is None
    change = (await guest.run(ADD, {"id": ident, "lines": [{"merchandiseId": gid(PLENTY)}]}))["cartLinesAdd"]
    assert change["cart"] is None
    assert [(error["code"], error["field"]) for error in change["userErrors"]] == [("INVALID", ["cartId"])]


async def test_the_id_may_carry_what_clients_append(guest: Client) -> None:
    cart = await opened(guest)
    found = await guest.run("query($id: ID!) { cart(id: $id) { id } }", {"id": cart["id"] + "?key=abc"})
    assert found["cart"]["id"] == cart["id"]


async def test_another_carts_line_cannot_be_touched(guest: Client) -> None:
    mine, theirs = await opened(guest), await opened(guest, {"merchandiseId": gid(PLENTY)})
    line = theirs["lines"]["nodes"][0]["id"]
    change = (await guest.run(REMOVE, {"id": mine["id"], "ids": [line]}))["cartLinesRemove"]
    assert change["userErrors"][0]["code"] == "INVALID_MERCHANDISE_LINE"
    assert (await guest.run(READ, {"id": theirs["id"]}))["cart"] == theirs


async def test_every_acknowledged_add_counts(guest: Client) -> None:
    """I6: twenty parallel adds of one piece change the quantity by twenty."""
    await guest.run('mutation { demoBuy(merchandiseId: "gid://shopify/ProductVariant/4") { variant { id } } }')
    cart = await opened(guest)
    many = variant(4, 1)  # 9 pieces: 4 * 7 + 3 = 31 % 11
    lines = [{"merchandiseId": gid(many), "quantity": 1}]
    answers = await asyncio.gather(*[guest.run(ADD, {"id": cart["id"], "lines": lines}) for _ in range(9)])
    assert all(answer["cartLinesAdd"]["userErrors"] == [] for answer in answers)
    assert quantities((await guest.run(READ, {"id": cart["id"]}))["cart"]) == {gid(many): 9}


async def test_too_many_lines_at_once_are_refused_before_anything_happens(guest: Client) -> None:
    cart = await opened(guest)
    lines = [{"merchandiseId": gid(PLENTY)}] * 251
    error = await guest.refused(ADD, {"id": cart["id"], "lines": lines})
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
