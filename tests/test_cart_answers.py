"""What commands on carts answer: they have it from their own transaction, and a query must find the same."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select, update

from bench.dataset import price, stock
from db.catalog import ProductRow, VariantRow
from db.catalog.products import ProductStatus
from db.pricing import MarketRow, PriceBreakRow
from db.shop import ShopRow
from db.translations import TranslationRow
from tests.api import Client
from tests.test_cart import ADD, CREATE, READ, REMOVE, UPDATE, gid, variant

SCOPES = ("", "country: GB", "country: DE", "language: DE", "country: GB, language: DE")


def within(scope: str, query: str) -> str:
    """The same query, asked in a country or language, with more of what could be taken from elsewhere."""
    more = "id title price { amount currencyCode } compareAtPrice { amount } quantityAvailable"
    query = query.replace(
        "merchandise { ... on ProductVariant { id title", f"merchandise {{ ... on ProductVariant {{ {more}"
    )
    return query.replace(" {", f" @inContext({scope}) {{", 1) if scope else query


@pytest.fixture
async def shop(guest: Client) -> Client:
    """Somebody who asks a shop that speaks two languages and gives pieces cheaper by the dozen."""
    async with guest.shop.database.write() as session:
        await session.change(update(MarketRow).values(languages=["EN", "DE"]))
        (value,) = await session.rows(select(VariantRow.option1_id).where(col(VariantRow.id) == variant(2, 1)))
        assert value is not None
        texts = {"owner_kind": "option_value", "field": "name", "language": "DE"}
        await session.add(TranslationRow, texts | {"owner_id": value, "value": "Winzig"})
        breaks = [{"market_id": m, "variant_id": variant(2, 1), "minimum_quantity": 3, "amount": m} for m in (1, 2)]
        await session.add_all(PriceBreakRow, breaks)
        await session.change(
            update(VariantRow).where(col(VariantRow.id) == variant(3, 1)).values(inventory_tracker=None)
        )
    return guest


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("buyer", [None, "GB", "DE"])
async def test_an_answer_is_what_a_query_finds(shop: Client, scope: str, buyer: str | None) -> None:
    async def same(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        (answer,) = (await shop.run(within(scope, query), variables)).values()
        assert answer["userErrors"] == []
        found = (await shop.run(within(scope, READ), {"id": answer["cart"]["id"]}))["cart"]
        assert answer["cart"] == found
        return found

    lines = [{"merchandiseId": gid(variant(2, 1)), "quantity": 2}, {"merchandiseId": gid(variant(3, 1))}]
    cart = await same(CREATE, {"input": {"lines": lines, "buyerIdentity": {"countryCode": buyer}}})
    assert (cart["cost"]["totalAmount"]["currencyCode"] == "GBP") == (
        buyer == "GB" or (buyer is None and "GB" in scope)
    )
    gone = cart["lines"]["nodes"][0]["id"]
    # To the line that there is, which becomes cheaper, and to new ones.
    more = [*lines, {"merchandiseId": gid(variant(4, 1)), "attributes": [{"key": "a", "value": "b"}]}]
    cart = await same(ADD, {"id": cart["id"], "lines": more})
    assert [line["quantity"] for line in cart["lines"]["nodes"]] == [1, 2, 4]
    assert cart["lines"]["nodes"][2]["merchandise"]["title"].startswith("Winzig") == ("language: DE" in scope)
    assert cart["lines"]["nodes"][2]["cost"]["amountPerQuantity"]["amount"] in ("0.01", "0.02")
    changes = [{"id": line["id"], "quantity": 3} for line in cart["lines"]["nodes"][:2]]
    await same(UPDATE, {"id": cart["id"], "lines": changes})
    other = {"id": changes[0]["id"], "merchandiseId": gid(variant(6, 2))}
    cart = await same(UPDATE, {"id": cart["id"], "lines": [other]})
    await hide(shop, 2)
    cart = await same(ADD, {"id": cart["id"], "lines": [{"merchandiseId": gid(variant(3, 1))}]})
    assert len(cart["lines"]["nodes"]) == 2, "what is not offered waits unseen"
    cart = await same(REMOVE, {"id": cart["id"], "ids": [gone]})
    last = [line["id"] for line in cart["lines"]["nodes"]]
    await same(REMOVE, {"id": cart["id"], "ids": last})
    await same(CREATE, {"input": {}})


async def hide(shop: Client, product: int) -> None:
    async with shop.shop.database.write() as session:
        draft = update(ProductRow).where(col(ProductRow.id) == product).values(status=ProductStatus.DRAFT)
        await session.change(draft)


async def test_each_of_many_at_once_is_answered_the_cart_as_it_left_it(guest: Client) -> None:
    cart = (await guest.run(CREATE, {"input": {}}))["cartCreate"]["cart"]["id"]
    products = [product for product in range(2, 20) if stock(product, 1) > 2][:4]
    wanted = [variant(product, 1) for product in products] * 2

    async def add(number: int) -> dict[str, Any]:
        lines = [{"merchandiseId": gid(number), "quantity": 1}]
        answer: dict[str, Any] = (await guest.run(ADD, {"id": cart, "lines": lines}))["cartLinesAdd"]
        assert answer["userErrors"] == answer["warnings"] == []
        return answer["cart"]

    answers = sorted(await asyncio.gather(*map(add, wanted)), key=lambda one: one["totalQuantity"])
    assert [one["totalQuantity"] for one in answers] == list(range(1, len(wanted) + 1))
    for one in answers:
        lines = one["lines"]["nodes"]
        costs = sum(round(float(line["cost"]["totalAmount"]["amount"]) * 100) for line in lines)
        assert round(float(one["cost"]["totalAmount"]["amount"]) * 100) == costs
        assert one["totalQuantity"] == sum(line["quantity"] for line in lines)
    assert round(float(answers[-1]["cost"]["totalAmount"]["amount"]) * 100) == 2 * sum(
        price(product, 1) for product in products
    )
    assert (await guest.run(READ, {"id": cart}))["cart"] == answers[-1]


async def test_what_another_process_has_committed_meanwhile_is_answered(shop: Client) -> None:
    """Nothing is kept from one operation to the next."""
    lines = [{"merchandiseId": gid(variant(3, 1))}]
    cart = (await shop.run(CREATE, {"input": {"lines": lines}}))["cartCreate"]["cart"]
    async with shop.shop.database.write() as session:
        await session.change(text("UPDATE variant_prices SET amount = 5"))
        await session.change(text("UPDATE cart_lines SET quantity = 7"))
    cart = (await shop.run(ADD, {"id": cart["id"], "lines": lines}))["cartLinesAdd"]["cart"]
    assert cart["totalQuantity"] == 8
    assert cart["cost"]["totalAmount"]["amount"] == "0.4"


@pytest.mark.parametrize(("scope", "place"), [("", 0), ("language: DE", 1), ("language: FR", 0), ("country: GB", 0)])
async def test_shoppers_are_told_in_their_language(shop: Client, scope: str, place: int) -> None:
    few, none = gid(variant(1, 2)), gid(variant(5, 3))
    lines = [{"merchandiseId": few, "quantity": 9}, {"merchandiseId": few, "attributes": [{"key": "a", "value": "b"}]}]
    lines.append({"merchandiseId": none})
    asked = {"lines": lines, "discountCodes": ["SUMMER"], "giftCardCodes": ["1234"]}
    answer = (await shop.run(within(scope, CREATE), {"input": asked}))["cartCreate"]
    assert [warning["message"].removeprefix("Large").removeprefix("Medium") for warning in answer["warnings"]] == [
        texts[place]
        for texts in (
            (
                "Only 2 pieces are there; the line was cut down to 2.",
                "Es sind nur 2 Stück da; der Posten wurde auf 2 verringert.",
            ),
            (
                " was not put into the cart: no more of it is there than is in the cart already.",
                " kam nicht in den Warenkorb: Es ist nicht mehr davon da, als schon darin ist.",
            ),
            (
                " was not put into the cart: it is sold out.",
                " kam nicht in den Warenkorb: Es ist nichts mehr davon da.",
            ),
            ("There is no discount code SUMMER.", "Den Rabattcode SUMMER gibt es nicht."),
            ("This shop takes no gift cards yet.", "Dieser Laden nimmt noch keine Gutscheinkarten an."),
        )
    ]


@pytest.mark.parametrize(("scope", "place"), [("", 0), ("language: DE", 1)])
async def test_shoppers_read_in_their_language_what_they_can_mend(shop: Client, scope: str, place: int) -> None:
    async def refused(query: str, variables: dict[str, Any]) -> str:
        (answer,) = (await shop.run(within(scope, query), variables)).values()
        assert answer["cart"] is None
        (error,) = answer["userErrors"]
        return str(error["message"])

    many = {"lines": [{"merchandiseId": gid(variant(2, 1)), "quantity": 1_000_001}]}
    assert await refused(CREATE, {"input": many}) == (
        "The quantity must be at most 1000000.", "Die Menge darf höchstens 1000000 sein.",
    )[place]  # fmt: skip
    assert await refused(CREATE, {"input": {"note": "x" * 5_001}}) == (
        "A note has at most 5,000 characters.", "Eine Notiz hat höchstens 5.000 Zeichen.",
    )[place]  # fmt: skip
    assert await refused(ADD, {"id": "gid://shopify/Cart/none", "lines": []}) == (
        "The specified cart does not exist.", "Diesen Warenkorb gibt es nicht.",
    )[place]  # fmt: skip


async def test_a_shop_that_is_written_in_german_says_what_we_say_in_german(guest: Client) -> None:
    async with guest.shop.database.write() as session:
        await session.change(update(ShopRow).values(language_code="DE"))
    answer = (await guest.run(CREATE, {"input": {"discountCodes": ["SOMMER"]}}))["cartCreate"]
    assert [warning["message"] for warning in answer["warnings"]] == ["Den Rabattcode SOMMER gibt es nicht."]
