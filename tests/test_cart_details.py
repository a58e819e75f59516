"""What is said of a cart: notes, buyer, codes, and the page where its checkout leads."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col, select
from starlette.applications import Starlette

from app.pages.cart import cart_routes
from bench.dataset import price
from db.pricing import MarketCountryRow, MarketRow
from db.shop import ShopRow
from db.translations import TranslationRow
from tests.api import Client
from tests.test_cart import PLENTY, gid, opened, written_events

CHANGE = """cart { id note updatedAt attributes { key value } buyerIdentity { countryCode email phone }
  discountCodes { code applicable } cost { totalAmount { currencyCode } } }
  userErrors { code field message } warnings { code message target }"""
COMMANDS = {
    "cartNoteUpdate": ("note", "String!", "Ring twice"),
    "cartAttributesUpdate": ("attributes", "[AttributeInput!]!", [{"key": "gift", "value": "yes"}]),
    "cartBuyerIdentityUpdate": ("buyerIdentity", "CartBuyerIdentityInput!", {"email": "ada@shop.example"}),
    "cartDiscountCodesUpdate": ("discountCodes", "[String!]!", ["SUMMER"]),
    "cartGiftCardCodesAdd": ("giftCardCodes", "[String!]!", ["1234"]),
    "cartGiftCardCodesUpdate": ("giftCardCodes", "[String!]!", ["1234"]),
    "cartGiftCardCodesRemove": ("appliedGiftCardIds", "[ID!]!", []),
}


async def told(guest: Client, command: str, cart_id: str, value: Any) -> dict[str, Any]:
    name, kind, _ = COMMANDS[command]
    asked = f"{command}(cartId: $id, {name}: $value) {{ ... @defer {{ {CHANGE} }} }}"
    query = f"mutation($id: ID!, $value: {kind}) {{ {asked} }}"
    answer: dict[str, Any] = (await guest.run(query, {"id": cart_id, "value": value}))[command]
    return answer


async def test_a_note_is_replaced_and_removed(guest: Client) -> None:
    cart = await opened(guest, note="First")
    assert (await told(guest, "cartNoteUpdate", cart["id"], "Ring twice"))["cart"]["note"] == "Ring twice"
    assert (await told(guest, "cartNoteUpdate", cart["id"], ""))["cart"]["note"] is None


async def test_attributes_are_replaced_as_a_whole(guest: Client) -> None:
    cart = await opened(guest, attributes=[{"key": "a", "value": "1"}])
    given = [{"key": "b", "value": "2"}]
    assert (await told(guest, "cartAttributesUpdate", cart["id"], given))["cart"]["attributes"] == given
    assert (await told(guest, "cartAttributesUpdate", cart["id"], []))["cart"]["attributes"] == []


async def test_another_country_means_the_prices_of_its_market(guest: Client) -> None:
    cart = await opened(
        guest, {"merchandiseId": gid(PLENTY)}, buyerIdentity={"countryCode": "DE", "email": "a@shop.example"}
    )
    assert cart["cost"]["totalAmount"] == {"amount": f"{price(2, 1) / 100:.2f}".rstrip("0"), "currencyCode": "EUR"}
    change = (await told(guest, "cartBuyerIdentityUpdate", cart["id"], {"countryCode": "GB"}))["cart"]
    assert change["cost"]["totalAmount"]["currencyCode"] == "GBP"
    assert change["buyerIdentity"] == {"countryCode": "GB", "email": "a@shop.example", "phone": None}


async def test_of_a_buyer_what_is_left_out_stays_and_null_goes(guest: Client) -> None:
    cart = await opened(guest, buyerIdentity={"countryCode": "DE", "email": "a@shop.example", "phone": "+49301234567"})
    change = await told(guest, "cartBuyerIdentityUpdate", cart["id"], {"email": None, "countryCode": "ZZ"})
    assert change["cart"]["buyerIdentity"] == {"countryCode": None, "email": None, "phone": "+49301234567"}
    assert (await told(guest, "cartBuyerIdentityUpdate", cart["id"], {}))["userErrors"] == []


async def test_addresses_of_older_clients_are_taken_and_not_kept(guest: Client) -> None:
    address = {"firstName": "Ada", "address1": "1 Quay", "city": "Cork", "country": "Ireland", "zip": "T12"}
    preferences = [{"deliveryAddress": address, "deliveryAddressValidationStrategy": "STRICT", "oneTimeUse": True}]
    buyer = {"countryCode": "DE", "email": "a@shop.example", "deliveryAddressPreferences": preferences}
    cart = await opened(guest, buyerIdentity=buyer)
    assert cart["buyerIdentity"] == {"countryCode": "DE", "email": "a@shop.example", "phone": None}
    change = await told(guest, "cartBuyerIdentityUpdate", cart["id"], {"deliveryAddressPreferences": preferences})
    assert change["userErrors"] == []
    assert change["cart"]["buyerIdentity"] == cart["buyerIdentity"]
    read = "query($id: ID!) { cart(id: $id) { buyerIdentity { deliveryAddressPreferences { __typename } } } }"
    assert (await guest.run(read, {"id": cart["id"]}))["cart"]["buyerIdentity"] == {"deliveryAddressPreferences": []}


async def test_codes_are_remembered_and_none_applies(guest: Client) -> None:
    cart = await opened(guest, discountCodes=["WELCOME"])
    change = await told(guest, "cartDiscountCodesUpdate", cart["id"], ["Summer", " SUMMER ", "", "autumn"])
    assert change["cart"]["discountCodes"] == [
        {"code": "Summer", "applicable": False},
        {"code": "autumn", "applicable": False},
    ]
    assert [(warning["code"], warning["target"]) for warning in change["warnings"]] == [
        ("DISCOUNT_NOT_FOUND", cart["id"])
    ] * 2
    assert "Summer" in change["warnings"][0]["message"]
    assert (await told(guest, "cartDiscountCodesUpdate", cart["id"], []))["cart"]["discountCodes"] == []


async def test_a_cart_opens_with_codes_and_says_that_they_do_not_apply(guest: Client) -> None:
    query = f"mutation($input: CartInput!) {{ cartCreate(input: $input) {{ {CHANGE} }} }}"
    given = {"discountCodes": ["WELCOME"], "giftCardCodes": ["1234"], "buyerIdentity": {}}
    answer = (await guest.run(query, {"input": given}))["cartCreate"]
    assert answer["cart"]["discountCodes"] == [{"code": "WELCOME", "applicable": False}]
    codes = [warning["code"] for warning in answer["warnings"]]
    assert codes == ["DISCOUNT_NOT_FOUND", "PAYMENTS_GIFT_CARDS_UNAVAILABLE"]


async def test_gift_cards_pay_for_nothing_yet(guest: Client) -> None:
    cart = await opened(guest)
    for command in ("cartGiftCardCodesAdd", "cartGiftCardCodesUpdate"):
        (warning,) = (await told(guest, command, cart["id"], ["1234"]))["warnings"]
        assert (warning["code"], warning["target"]) == ("PAYMENTS_GIFT_CARDS_UNAVAILABLE", cart["id"])
        assert (await told(guest, command, cart["id"], []))["warnings"] == []
    refused = await told(guest, "cartGiftCardCodesRemove", cart["id"], ["gid://shopify/AppliedGiftCard/1"])
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [
        ("INVALID", ["appliedGiftCardIds", "0"])
    ]


@pytest.mark.parametrize("command", COMMANDS)
async def test_every_change_is_an_event_and_takes_two_statements(guest: Client, command: str) -> None:
    cart, value = await opened(guest), COMMANDS[command][2]
    name, kind, _ = COMMANDS[command]
    query = f"mutation($id: ID!, $value: {kind}) {{ {command}(cartId: $id, {name}: $value) {{ cart {{ id }} }} }}"
    before = await written_events(guest)
    assert await guest.statements(query, {"id": cart["id"], "value": value}) == 2
    assert await written_events(guest) == before + 1


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_cart_that_is_none_is_refused(guest: Client, command: str) -> None:
    answer = await told(guest, command, "gid://shopify/Cart/none", COMMANDS[command][2])
    assert answer["cart"] is None
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [("INVALID", ["cartId"])]


@pytest.mark.parametrize(
    ("command", "value", "code", "field"),
    [
        ("cartNoteUpdate", "n" * 5001, "NOTE_TOO_LONG", ["note"]),
        ("cartAttributesUpdate", [{"key": "", "value": ""}], "INVALID", ["attributes", "0"]),
        ("cartBuyerIdentityUpdate", {"email": "e" * 256}, "INVALID", ["buyerIdentity", "email"]),
        ("cartDiscountCodesUpdate", ["ok", "c" * 256], "INVALID", ["discountCodes", "1"]),
    ],
)
async def test_what_is_too_long_is_refused_and_changes_nothing(
    guest: Client, command: str, value: Any, code: str, field: list[str]
) -> None:
    cart, before = await opened(guest), await written_events(guest)
    answer = await told(guest, command, cart["id"], value)
    assert [(error["code"], error["field"]) for error in answer["userErrors"]] == [(code, field)]
    assert await written_events(guest) == before
    read = await guest.run("query($id: ID!) { cart(id: $id) { updatedAt } }", {"id": cart["id"]})
    assert read["cart"]["updatedAt"] == cart["updatedAt"]


async def test_what_no_shop_has_yet_is_empty_not_an_error(guest: Client) -> None:
    cart = await opened(guest, {"merchandiseId": gid(PLENTY)})
    query = """query($id: ID!) { cart(id: $id) {
      appliedGiftCards { id } discountAllocations { discountedAmount { amount } }
      buyerIdentity { customer { id } preferences { wallet } deliveryAddressPreferences { __typename } }
      cost { totalTaxAmount { amount } totalTaxAmountEstimated totalDutyAmount { amount } }
      estimatedCost { totalAmount { amount } subtotalAmount { amount } totalTaxAmount { amount } }
      deliveryGroups(first: 10) { nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } }
      lines(first: 1) { nodes { discountAllocations { targetType }
        estimatedCost { amount { amount } totalAmount { amount } }
        ... on CartLine { parentRelationship { parent { id } } }
        ... on ComponentizableCartLine { lineComponents { id } } } } } }"""
    total = {"amount": f"{price(2, 1) / 100:.2f}".rstrip("0")}
    assert (await guest.run(query, {"id": cart["id"]}))["cart"] == {
        "appliedGiftCards": [],
        "discountAllocations": [],
        "buyerIdentity": {"customer": None, "preferences": None, "deliveryAddressPreferences": []},
        "cost": {"totalTaxAmount": None, "totalTaxAmountEstimated": True, "totalDutyAmount": None},
        "estimatedCost": {"totalAmount": total, "subtotalAmount": total, "totalTaxAmount": None},
        "deliveryGroups": {
            "nodes": [],
            "edges": [],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "endCursor": None},
        },
        "lines": {
            "nodes": [
                {
                    "discountAllocations": [],
                    "estimatedCost": {"amount": total, "totalAmount": total},
                    "parentRelationship": None,
                }
            ]
        },
    }


async def german(guest: Client) -> None:
    """Let the shop speak German too, in Germany before all else."""
    async with guest.shop.database.write() as session:
        await session.change(update(MarketRow).values(languages=["EN", "DE"]))
        germany = select(MarketCountryRow.market_id).where(MarketCountryRow.country_code == "DE")
        await session.change(update(MarketRow).where(col(MarketRow.id).in_(germany)).values(languages=["DE", "EN"]))
        title = {"owner_kind": "product", "owner_id": 2, "field": "title", "language": "DE", "value": "Produkt zwei"}
        await session.add_all(TranslationRow, [title])


class TestPage:
    """`Cart.checkoutUrl`."""

    async def url(self, guest: Client, *lines: dict[str, Any], **more: Any) -> str:
        cart = await opened(guest, *lines, **more)
        query = "query($id: ID!) { cart(id: $id) { checkoutUrl } }"
        url: str = (await guest.run(query, {"id": cart["id"]}))["cart"]["checkoutUrl"]
        assert url == f"http://shop.test/cart/c/{cart['id'].rsplit('/', 1)[1]}"
        return url

    async def test_shows_the_lines_and_the_total_in_the_carts_market(self, guest: Client) -> None:
        url = await self.url(
            guest,
            {"merchandiseId": gid(PLENTY), "quantity": 2, "attributes": [{"key": "for", "value": "<Ada>"}]},
            buyerIdentity={"countryCode": "GB"},
        )
        answer = await guest.http.get(url, headers={"Accept-Language": "de"})
        pounds = price(2, 1) * 9 // 6
        assert answer.status_code == 200
        assert f"2 &times; £{pounds / 100:.2f}" in answer.text
        assert f"<span>Total, 2 pieces</span><span>£{2 * pounds / 100:.2f}</span>" in answer.text
        assert "for: &lt;Ada&gt;" in answer.text
        assert "does not take payments online yet" in answer.text
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "<script" not in answer.text

    async def test_shows_what_the_buyer_said_and_the_way_back(self, guest: Client) -> None:
        said = {"note": "Ring <twice>\nthen knock", "attributes": [{"key": "gift", "value": "<yes>"}]}
        answer = await guest.http.get(await self.url(guest, {"merchandiseId": gid(PLENTY)}, **said))
        assert '<h2>Your note</h2><p class="note">Ring &lt;twice&gt;\nthen knock</p>' in answer.text
        assert "<h2>Details</h2><p>gift: &lt;yes&gt;</p>" in answer.text
        assert '<a class="button" href="https://anchor.example">Back to Anchor Goods</a>' in answer.text
        plain = (await guest.http.get(await self.url(guest, {"merchandiseId": gid(PLENTY)}))).text
        assert "<section class=" not in plain.partition("</ul>")[2]

    async def test_a_shop_that_is_nowhere_has_no_way_back(self, guest: Client) -> None:
        async with guest.shop.database.write() as session:
            await session.change(update(ShopRow).values(domain="localhost"))
        answer = await guest.http.get(await self.url(guest))
        assert answer.status_code == 200
        assert "Back to" not in answer.text

    async def test_speaks_the_language_of_the_carts_country(self, guest: Client) -> None:
        await german(guest)
        lines = {"merchandiseId": gid(PLENTY), "quantity": 2}
        url = await self.url(guest, lines, note="Klingeln", buyerIdentity={"countryCode": "DE"})
        answer = await guest.http.get(url, headers={"Accept-Language": "en-US,en;q=0.9"})
        assert '<html lang="de">' in answer.text
        assert "<h1>Ihr Warenkorb</h1>" in answer.text
        assert "<h2>Produkt zwei</h2>" in answer.text
        assert "<h2>Ihre Nachricht</h2>" in answer.text
        euros = f"{2 * price(2, 1) / 100:.2f}".replace(".", ",")
        assert f"<span>Summe, 2 Stück</span><span>{euros}\xa0€</span>" in answer.text
        english = await guest.http.get(f"{url}?locale=en")
        assert '<html lang="en">' in english.text
        assert "<h1>Your cart</h1>" in english.text
        assert "Produkt zwei" not in english.text

    @pytest.mark.parametrize(
        ("accepted", "language"),
        [
            ("de-AT,en;q=0.5", "de"),
            ("en;q=0.5, de", "de"),
            ("en, de;q=0.9", "en"),
            ("tlh, de;q=0.1", "de"),
            ("en-US; q=0.1, de ; q=0.5", "de"),
            ("de;q=0, en;q=0.1", "en"),
            ("fr-CH, fr;q=0.9, de;q=0.8, en;q=0.7", "de"),
            ("", "en"),
            ("*;q=x,;;,=", "en"),
        ],
    )
    async def test_a_cart_without_a_country_speaks_the_browsers_language(
        self, guest: Client, accepted: str, language: str
    ) -> None:
        await german(guest)
        answer = await guest.http.get(await self.url(guest), headers={"Accept-Language": accepted})
        assert f'<html lang="{language}">' in answer.text
        missing = await guest.http.get("/cart/c/none", headers={"Accept-Language": accepted})
        assert ("Diesen Warenkorb gibt es nicht" in missing.text) is (language == "de")

    async def test_its_address_says_the_storefronts_language(self, guest: Client) -> None:
        await german(guest)
        cart = await opened(guest, buyerIdentity={"countryCode": "GB"})
        query = "query($id: ID!) @inContext(language: DE) { cart(id: $id) { checkoutUrl } }"
        url = (await guest.run(query, {"id": cart["id"]}))["cart"]["checkoutUrl"]
        assert url.endswith("?locale=de")
        assert '<html lang="de">' in (await guest.http.get(url)).text
        assert '<html lang="en">' in (await guest.http.get(url.replace("=de", "=tlh"))).text

    async def test_an_empty_cart_is_shown_as_one(self, guest: Client) -> None:
        answer = await guest.http.get(await self.url(guest))
        assert answer.status_code == 200
        assert "There is nothing in it." in answer.text

    @pytest.mark.parametrize("token", ["none", "%00", "a" * 200, "..%2e"])
    async def test_any_other_address_is_a_404(self, guest: Client, token: str) -> None:
        answer = await guest.http.get(f"/cart/c/{token}")
        assert answer.status_code == 404
        assert "There is no such cart" in answer.text
        assert answer.headers["cache-control"] == "private, no-store"

    async def test_data_that_does_not_answer_is_said(self) -> None:
        async def failing(*_: Any) -> dict[str, Any]:
            return {"data": None, "errors": [{"message": "Something failed on our side."}]}

        transport = httpx2.ASGITransport(Starlette(routes=cart_routes(failing)))
        async with httpx2.AsyncClient(transport=transport, base_url="http://shop.test") as client:
            answer = await client.get("/cart/c/some")
        assert answer.status_code == 503
        assert "The cart cannot be shown" in answer.text
