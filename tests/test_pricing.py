"""What things cost: markets, units, quantities, price breaks, and that a cart's total is the sum of its lines."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col, select

from bench.dataset import price
from db.catalog import VariantRow
from db.inventory import InventoryLevelRow
from db.pricing import MarketCountryRow, MarketRow, PriceBreakRow, ProductPriceRow, VariantPriceRow, market_of
from db.session import Database
from resolvers.amounts import Money, paid_in
from resolvers.units import UNITS, unit_price
from tests.api import Client

VARIANT = 4
GID = f"gid://shopify/ProductVariant/{VARIANT}"
OTHER = "gid://shopify/ProductVariant/19"
EUROPE, BRITAIN = 1, 2


async def with_variant(guest: Client, **values: Any) -> None:
    """Plenty of the variant, changed so."""
    async with guest.shop.database.write() as session:
        mine = update(InventoryLevelRow).where(col(InventoryLevelRow.variant_id) == VARIANT)
        await session.change(mine.values(on_hand=10_000))
        if values:
            await session.change(update(VariantRow).where(col(VariantRow.id) == VARIANT).values(**values))


async def with_breaks(guest: Client, market: int, **amounts: int) -> None:
    """Price breaks ``from_10=300``: from ten pieces on, three of the currency."""
    rows = [
        {"market_id": market, "variant_id": VARIANT, "minimum_quantity": int(name.removeprefix("from_")), "amount": n}
        for name, n in amounts.items()
    ]
    async with guest.shop.database.write() as session:
        await session.add_all(PriceBreakRow, rows)


def shown(amount: int) -> str:
    """Minor units of a currency with two decimals, as the API writes them."""
    text = f"{amount / 100:.2f}"
    return text[:-1] if text.endswith("0") else text


async def test_a_market_of_another_precision(guest: Client) -> None:
    async with guest.shop.database.write() as session:
        await session.add_all(MarketRow, [{"id": 3, "handle": "jp", "name": "Japan", **paid_in("JPY")}])
        await session.add_all(MarketRow, [{"id": 4, "handle": "kw", "name": "Kuwait", **paid_in("KWD")}])
        await session.add_all(
            MarketCountryRow, [{"country_code": "JP", "market_id": 3}, {"country_code": "KW", "market_id": 4}]
        )
        price_row = {"variant_id": VARIANT, "product_id": 2}
        for market, amount, before in ((3, 1999, 2500), (4, 12_345, None)):
            of = price_row | {"market_id": market, "amount": amount, "compare_at_amount": before}
            await session.add_all(VariantPriceRow, [of])
            ranges = {"market_id": market, "product_id": 2, "minimum": amount, "maximum": amount}
            await session.add_all(ProductPriceRow, [ranges | {"compare_at_minimum": before or 0}])
    money = "{ amount currencyCode }"
    query = f"""query @inContext(country: %s) {{ node(id: "{GID}") {{ ... on ProductVariant {{ price {money}
      compareAtPrice {money} compareAtPriceV2 {money} product {{ priceRange {{ minVariantPrice {money} }}
      compareAtPriceRange {{ minVariantPrice {money} }} }} }} }}
      shop {{ paymentSettings {{ currencyCode enabledPresentmentCurrencies }} shipsToCountries }} }}"""
    japan = await guest.run(query % "JP")
    assert japan["node"]["price"] == {"amount": "1999.0", "currencyCode": "JPY"}
    assert japan["node"]["compareAtPrice"] == japan["node"]["compareAtPriceV2"]
    assert japan["node"]["compareAtPrice"] == {"amount": "2500.0", "currencyCode": "JPY"}
    assert japan["node"]["product"]["compareAtPriceRange"]["minVariantPrice"]["amount"] == "2500.0"
    kuwait = await guest.run(query % "KW")
    assert kuwait["node"]["price"] == {"amount": "12.345", "currencyCode": "KWD"}
    assert kuwait["node"]["compareAtPrice"] is None
    assert kuwait["node"]["product"]["priceRange"]["minVariantPrice"] == {"amount": "12.345", "currencyCode": "KWD"}
    assert kuwait["node"]["product"]["compareAtPriceRange"]["minVariantPrice"]["amount"] == "0.0"
    assert kuwait["shop"]["paymentSettings"]["currencyCode"] == "EUR"
    assert kuwait["shop"]["paymentSettings"]["enabledPresentmentCurrencies"] == ["EUR", "GBP", "JPY", "KWD"]
    assert kuwait["shop"]["shipsToCountries"] == ["DE", "GB", "JP", "KW"]


MEASURES = [
    ((250.0, "G", 1, "KG"), "WEIGHT", 4.0),
    ((0.75, "L", 100, "ML"), "VOLUME", 100 / 750),
    ((12.0, "ITEM", 1, "ITEM"), "COUNT", 1 / 12),
    ((2.5, "M", 1, "CM"), "LENGTH", 1 / 250),
    ((1.0, "FT2", 1, "M2"), "AREA", 1 / 0.09290304),
    ((250.0, "G", 1, "L"), "WEIGHT", None),
]


@pytest.mark.parametrize(("measured", "kind", "factor"), MEASURES)
async def test_a_unit_price_is_for_the_reference(
    guest: Client, measured: tuple[float, str, int, str], kind: str, factor: float | None
) -> None:
    names = ("unit_quantity", "unit_quantity_unit", "unit_reference", "unit_reference_unit")
    await with_variant(guest, **dict(zip(names, measured, strict=True)))
    query = f"""query @inContext(country: %s) {{ node(id: "{GID}") {{ ... on ProductVariant {{
      price {{ amount }} unitPrice {{ amount currencyCode }}
      unitPriceMeasurement {{ measuredType quantityUnit quantityValue referenceUnit referenceValue }} }} }} }}"""
    for country, currency in (("DE", "EUR"), ("GB", "GBP")):
        node = (await guest.run(query % country))["node"]
        quantity, unit, reference, reference_unit = measured
        assert node["unitPriceMeasurement"] == {
            "measuredType": kind,
            "quantityUnit": unit,
            "quantityValue": quantity,
            "referenceUnit": reference_unit,
            "referenceValue": reference,
        }
        if factor is None:
            assert node["unitPrice"] is None
        else:
            expected = round(float(node["price"]["amount"]) * factor, 2)
            assert abs(float(node["unitPrice"]["amount"]) - expected) <= 0.01
            assert node["unitPrice"]["currencyCode"] == currency


async def test_what_is_not_measured_has_no_unit_price(guest: Client) -> None:
    query = f'{{ node(id: "{GID}") {{ ... on ProductVariant {{ unitPrice {{ amount }} unitPriceMeasurement'
    assert (await guest.run(query + " { quantityValue } } } }"))["node"] == {
        "unitPrice": None,
        "unitPriceMeasurement": None,
    }


@given(
    amount=st.integers(0, 10**9),
    quantity=st.integers(1, 10**6).map(lambda n: n / 1000),
    reference=st.integers(1, 1000),
    unit=st.sampled_from(sorted(UNITS)),
)
def test_the_unit_price_of_what_it_holds_is_its_price(amount: int, quantity: float, reference: int, unit: str) -> None:
    found = unit_price(Money(amount, "EUR"), quantity, unit, reference, unit)
    assert found is not None
    exact = Decimal(amount) * reference / Decimal(str(quantity))
    assert abs(found.amount - exact) <= Decimal("0.5")


CART = """cart { id totalQuantity cost { totalAmount { amount currencyCode } subtotalAmount { amount } }
  lines(first: 250) { nodes { id quantity cost { totalAmount { amount } amountPerQuantity { amount currencyCode } } } }
  } userErrors { code field message } warnings { code }"""
CREATE = f"mutation($input: CartInput) {{ cartCreate(input: $input) {{ {CART} }} }}"
ADD = f"mutation($id: ID!, $lines: [CartLineInput!]!) {{ cartLinesAdd(cartId: $id, lines: $lines) {{ {CART} }} }}"
UPDATE = f"""mutation($id: ID!, $lines: [CartLineUpdateInput!]!) {{
  cartLinesUpdate(cartId: $id, lines: $lines) {{ {CART} }} }}"""


async def opened(guest: Client, quantity: int, **more: Any) -> dict[str, Any]:
    lines = [{"merchandiseId": GID, "quantity": quantity}]
    payload: dict[str, Any] = (await guest.run(CREATE, {"input": {"lines": lines, **more}}))["cartCreate"]
    return payload


RULE = {"quantity_minimum": 4, "quantity_increment": 2, "quantity_maximum": 10}
QUANTITIES = [
    (2, "MINIMUM_NOT_MET"),
    (5, "INVALID_INCREMENT"),
    (12, "MAXIMUM_EXCEEDED"),
    (4, None),
    (10, None),
]


@pytest.mark.parametrize(("quantity", "code"), QUANTITIES)
async def test_only_quantities_of_the_rule_go_into_a_cart(guest: Client, quantity: int, code: str | None) -> None:
    await with_variant(guest, **RULE)
    created = await opened(guest, quantity)
    cart = (await opened(guest, 4))["cart"]
    line = cart["lines"]["nodes"][0]["id"]
    change = {"id": cart["id"], "lines": [{"id": line, "quantity": quantity}]}
    updated = (await guest.run(UPDATE, change))["cartLinesUpdate"]
    for payload, root in ((created, "input"), (updated, "lines")):
        if code is None:
            assert payload["userErrors"] == []
            assert payload["cart"]["totalQuantity"] == quantity
        else:
            assert payload["cart"] is None
            assert [error["code"] for error in payload["userErrors"]] == [code]
            assert payload["userErrors"][0]["field"][0] == root


async def test_the_rule_is_about_the_line_that_results(guest: Client) -> None:
    await with_variant(guest, **RULE)
    cart = (await opened(guest, 8))["cart"]
    lines = [{"merchandiseId": GID, "quantity": 4}]
    refused = (await guest.run(ADD, {"id": cart["id"], "lines": lines}))["cartLinesAdd"]
    assert [error["code"] for error in refused["userErrors"]] == ["MAXIMUM_EXCEEDED"]
    lines[0]["quantity"] = 2
    added = (await guest.run(ADD, {"id": cart["id"], "lines": lines}))["cartLinesAdd"]
    assert added["cart"]["totalQuantity"] == 10
    query = f'{{ node(id: "{GID}") {{ ... on ProductVariant {{ quantityRule {{ minimum increment maximum }} }} }} }}'
    rule = (await guest.run(query))["node"]["quantityRule"]
    assert rule == {"minimum": 4, "increment": 2, "maximum": 10}


@pytest.mark.parametrize(
    ("country", "market", "currency", "usual"),
    [
        ("DE", EUROPE, "EUR", price(2, 1)),
        ("GB", BRITAIN, "GBP", price(2, 1) * 9 // 6),
    ],
)
async def test_more_pieces_cost_less_each(guest: Client, country: str, market: int, currency: str, usual: int) -> None:
    await with_variant(guest)
    await with_breaks(guest, market, from_10=300, from_50=200)
    other = EUROPE + BRITAIN - market
    await with_breaks(guest, other, from_2=1)
    for quantity, piece in ((1, usual), (9, usual), (10, 300), (49, 300), (50, 200), (400, 200)):
        payload = await opened(guest, quantity, buyerIdentity={"countryCode": country})
        assert payload["userErrors"] == []
        (line,) = payload["cart"]["lines"]["nodes"]
        assert line["cost"]["amountPerQuantity"] == {"amount": shown(piece), "currencyCode": currency}
        assert line["cost"]["totalAmount"]["amount"] == shown(piece * quantity)
        assert payload["cart"]["cost"]["totalAmount"] == {"amount": shown(piece * quantity), "currencyCode": currency}
    query = f"""query @inContext(country: {country}) {{ node(id: "{GID}") {{ ... on ProductVariant {{
      quantityPriceBreaks(first: 9) {{ nodes {{ minimumQuantity price {{ amount currencyCode }} }} }} }} }} }}"""
    breaks = (await guest.run(query))["node"]["quantityPriceBreaks"]["nodes"]
    assert breaks == [
        {"minimumQuantity": 10, "price": {"amount": "3.0", "currencyCode": currency}},
        {"minimumQuantity": 50, "price": {"amount": "2.0", "currencyCode": currency}},
    ]


async def test_a_total_is_the_sum_of_its_lines(guest: Client) -> None:
    await with_variant(guest)
    await with_breaks(guest, EUROPE, from_3=123)
    lines = [{"merchandiseId": f"gid://shopify/ProductVariant/{n}", "quantity": 1 + n % 4} for n in range(1, 60)]
    cart = (await guest.run(CREATE, {"input": {"lines": lines}}))["cartCreate"]["cart"]
    total = sum(Decimal(line["cost"]["totalAmount"]["amount"]) for line in cart["lines"]["nodes"])
    assert len(cart["lines"]["nodes"]) > 40
    assert Decimal(cart["cost"]["totalAmount"]["amount"]) == total > 0
    assert cart["cost"]["subtotalAmount"]["amount"] == cart["cost"]["totalAmount"]["amount"]
    assert cart["totalQuantity"] == sum(line["quantity"] for line in cart["lines"]["nodes"])


def test_without_a_country_only_the_primary_market_is_asked_for() -> None:
    assert "market_countries" not in str(market_of(None))
    assert "market_countries" in str(market_of("GB"))


async def test_the_market_is_that_of_the_country_or_the_primary_one(db: Database) -> None:
    async with db.write() as session:
        for number, (handle, is_primary) in enumerate((("uk", False), ("eu", True)), 1):
            market = {"handle": handle, "name": handle, "currency_code": "EUR", "is_primary": is_primary}
            await session.add(MarketRow, {"id": number, **market})
        await session.add(MarketCountryRow, {"country_code": "GB", "market_id": 1})
    async with db.read() as session:
        found = [
            await session.rows(select(MarketRow.handle).where(MarketRow.id == market_of(country)))
            for country in (None, "", "GB", "JP")
        ]
    assert found == [["eu"], ["eu"], ["uk"], ["eu"]]
