"""The pure rules of import and export: amounts, cells, metafields, rules of collections."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.base import light
from db.inventory import LocationRow
from db.pricing import MarketRow
from resolvers.amounts import (
    CURRENCIES,
    AmountError,
    Conversion,
    amount_text,
    convert,
    currency_code,
    decimal_text,
    exponent,
    minor_units,
    paid_in,
)
from resolvers.exchange import cells
from resolvers.exchange.cells import CellError
from resolvers.exchange.columns import known_name, market_of, metafield_of
from resolvers.exchange.metafields import Guess, Metafield, joined, parts, shown, stored
from resolvers.exchange.rules import RuleError, meets, parse_rules
from resolvers.exchange.setting import Setting
from resolvers.exchange.states import Price, Product, Variant
from schema.codes import CurrencyCode

CURRENCY = st.sampled_from(["EUR", "USD", "GBP", "JPY", "KWD"])
AMOUNTS = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("10", "EUR", 1000),
        ("10.5", "EUR", 1050),
        ("10,5", "EUR", 1050),
        (".5", "EUR", 50),
        ("10.", "EUR", 1000),
        ("4.0000", "EUR", 400),
        ("1,299.00", "EUR", 129900),
        ("1.299,00", "EUR", 129900),
        ("1 299,00", "EUR", 129900),
        ("1'299.00", "CHF", 129900),
        ("1,299,000", "USD", 129900000),
        ("$1,299.50", "USD", 129950),
        ("12 €", "EUR", 1200),
        ("EUR 12", "EUR", 1200),
        ("1200", "JPY", 1200),
        ("10.00", "JPY", 10),
        ("1.299", "KWD", 1299),
        ("0", "EUR", 0),
    ],
)
def test_amounts_that_people_type(text: str, currency: str, amount: int) -> None:
    assert minor_units(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("1,299", "EUR", "two ways"),
        ("1.299", "EUR", "two ways"),
        ("1,299", "JPY", "two ways"),
        ("-3", "EUR", "negative"),
        ("0.999", "EUR", "more decimals"),
        ("12.3456", "EUR", "more decimals"),
        ("", "EUR", "not an amount"),
        ("free", "EUR", "not an amount"),
        ("1e3", "EUR", "not an amount"),
        ("NaN", "EUR", "not an amount"),
        ("1,2,3", "EUR", "not an amount"),
        ("12,34.56", "EUR", "not an amount"),
        ("1.2,3.4", "EUR", "not an amount"),
        ("£3", "EUR", "not an amount"),
        ("\u0661\u0662", "EUR", "not an amount"),
        ("9" * 17, "EUR", "too large"),
    ],
)
def test_amounts_that_are_refused(text: str, currency: str, reason: str) -> None:
    with pytest.raises(AmountError, match=reason):
        minor_units(text, currency)


@given(amount=AMOUNTS, currency=CURRENCY)
def test_amounts_survive_being_written(amount: int, currency: str) -> None:
    assert minor_units(amount_text(amount, currency), currency) == amount
    text = decimal_text(amount, currency)
    assert Decimal(text) == Decimal(amount) / 10 ** exponent(currency)
    decimals = text.partition(".")[2]
    assert decimals
    assert decimals == "0" or not decimals.endswith("0")


def test_decimal_text() -> None:
    assert [decimal_text(amount, "EUR") for amount in (2999, 1000, 120000, 5, 0)] == [
        "29.99", "10.0", "1200.0", "0.05", "0.0",
    ]  # fmt: skip
    assert (decimal_text(1200, "JPY"), decimal_text(1290, "KWD")) == ("1200.0", "1.29")


def test_currencies_are_those_of_the_api() -> None:
    assert {code.value for code in CurrencyCode} == CURRENCIES
    assert {currency_code(code) for code in CURRENCIES} == CURRENCIES
    for text in ("", "eur", "EURO", "SLE", "DEM", "CLF"):
        with pytest.raises(AmountError, match=f"{text!r} is none of the API's currency codes"):
            currency_code(text)
        assert paid_in(text)["subunits"] is None


@given(
    amount=AMOUNTS,
    rate=st.integers(1, 10**9),
    rounding=st.integers(1, 1000).flatmap(lambda step: st.tuples(st.just(step), st.integers(0, step - 1))),
    exponents=st.tuples(st.sampled_from([0, 2, 3]), st.sampled_from([0, 2, 3])),
)
def test_converted_prices(amount: int, rate: int, rounding: tuple[int, int], exponents: tuple[int, int]) -> None:
    step, ending = rounding
    price = convert(amount, Conversion(rate, step, ending), exponents)
    exact = Decimal(amount) * rate * 10 ** exponents[1] / (Decimal(10) ** 6 * 10 ** exponents[0])
    if amount == 0:
        assert price == 0
        return
    assert price % step == ending
    assert price >= exact
    assert price - step < exact or price == ending
    assert convert(amount + 1, Conversion(rate, step, ending), exponents) >= price


@given(st.text())
def test_handles_are_stable(text: str) -> None:
    handle = cells.handle_of(text)
    assert cells.handle_of(handle) == handle
    assert not any(character.isspace() for character in handle)


@given(st.text())
def test_tags_are_stable(text: str) -> None:
    found = cells.tags(text)
    assert cells.tags(", ".join(found)) == found


def test_cells() -> None:
    assert cells.handle_of("  Wool Sock, 40\u201342 ") == "wool-sock-40-42"
    assert [cells.yes_or_no(word) for word in ("TRUE", "true", "Yes", "0")] == [True, True, True, False]
    assert [cells.pieces(text) for text in ("-1", "4.0", "1,200")] == [-1, 4, 1200]
    assert cells.code("'0012") == "0012"
    assert cells.looks_shortened("6.36E+11")
    assert cells.category("A &gt; B>C") == "A > B > C"
    for reader, text in (
        (cells.yes_or_no, "maybe"), (cells.pieces, "2.5"), (cells.pieces, "inf"), (cells.measure, "-1"),
        (cells.measure, "nan"), (cells.whole, "0"), (cells.weight_unit, "stone"), (cells.measure_unit, "cup"),
        (cells.status, "asleep"), (cells.policy, "sometimes"), (cells.category, "A > > B"), (cells.moment, "soon"),
    ):  # fmt: skip
        with pytest.raises(CellError):
            reader(text)


def test_headings() -> None:
    assert known_name("variant sku") == "Variant SKU"
    assert known_name("URL handle") == "Handle"
    assert known_name("Compare-at price") == "Variant Compare At Price"
    assert known_name("Colour swatch") is None
    assert metafield_of("Flour/Grain type (product.metafields.shopify.flour-grain-type)") == (
        "product", "shopify", "flour-grain-type",
    )  # fmt: skip
    market = market_of("compare at price / United  Kingdom")
    assert market is not None
    assert (market.what, market.market) == ("Compare At Price", "United Kingdom")


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["true", "false"], "boolean"),
        (["1", "-20"], "number_integer"),
        (["1", "2.5"], "number_decimal"),
        (["2026-03-31"], "date"),
        (["#1f3d4a"], "color"),
        (["https://a.example/b"], "url"),
        (['{"a": 1}'], "json"),
        (["a; b", "c"], "list.single_line_text_field"),
        (["1; 2", "3"], "list.single_line_text_field"),
        (["one\ntwo; three"], "multi_line_text_field"),
        (["007"], "single_line_text_field"),
        (["1", "many"], "single_line_text_field"),
    ],
)
def test_guessed_types(values: list[str], type_: str) -> None:
    guess = Guess("custom")
    for value in values:
        guess.see(value)
    assert guess.type == type_


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), min_size=1))
def test_lists_survive_being_written(items: list[str]) -> None:
    assert parts(joined(items)) == items


def test_a_list_of_nothing_survives_being_written() -> None:
    empty = stored("list.single_line_text_field", ";")
    assert (empty.value, shown(empty)) == ("[]", "[]")
    assert stored(empty.type, shown(empty)) == empty


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("dimension", "9 cm", '{"value": 9.0, "unit": "cm"}'),
        ("list.weight", '{"value": 1, "unit": "kg"}; 2 g', '[{"value": 1, "unit": "kg"}, {"value": 2.0, "unit": "g"}]'),
        ("list.number_integer", "1; 2", "[1, 2]"),
        ("boolean", "TRUE", "true"),
        ("rating", *['{"value": "4", "scale_min": "1", "scale_max": "5"}'] * 2),
        ("date", "2026-03-31", "2026-03-31"),
        ("date_time", "2026-03-31T09:30:00Z", "2026-03-31T09:30:00+00:00"),
    ],
)  # fmt: skip
def test_stored_values(type_: str, text: str, value: str) -> None:
    found = stored(type_, text)
    assert found == Metafield(type_, value)
    assert stored(type_, shown(found)) == found


@pytest.mark.parametrize(
    ("type_", "text"),
    [("number_integer", "1.5"), ("boolean", "yes"), ("color", "red"), ("json", "{"), ("dimension", "tall"),
     ("single_line_text_field", "a\nb"), ("date", "31.3.2026"), ("list.number_integer", "1; x")],
)  # fmt: skip
def test_values_that_do_not_fit(type_: str, text: str) -> None:
    with pytest.raises(CellError):
        stored(type_, text)


def setting() -> Setting:
    market = light(MarketRow)(
        id=1, handle="home", name="Home", **paid_in("EUR"), is_primary=True,
        rate=1_000_000, rounding_step=1, rounding_ending=0, languages=[],
    )  # fmt: skip
    place = light(LocationRow)(**dict.fromkeys(LocationRow.model_fields) | {"id": 1, "name": "H", "position": 1})
    return Setting("EUR", [market], [place])


def product() -> Product:
    def variant(name: str, amount: int, compare_at: int | None, pieces: int, grams: float) -> Variant:
        return Variant((name,), 1, {"grams": grams}, prices={1: Price(amount, compare_at, True)}, levels={1: pieces})

    return Product(
        "cup",
        {"title": "Café Cup", "product_type": "Cups", "vendor": "Hollin & Tarn"},
        category="Home > Cups",
        tags=["Stoneware", "gift"],
        variants=[variant("Rust", 1800, 2500, 0, 350), variant("Kelp", 2200, None, 7, 450)],
    )


@pytest.mark.parametrize(
    ("rules", "outcome"),
    [
        ("all: tag equals stoneware", True),
        ("all: tag equals STONEWARE; tag equals gift", True),
        ("all: tag equals linen; tag equals gift", False),
        ("any: tag equals linen; tag equals gift", True),
        ("all: tag not_equals gift", False),
        ("all: title starts_with cafe", True),
        ("all: title ends_with cup", True),
        ("all: title not_contains mug", True),
        ("all: vendor equals Hollin & Tarn", True),
        ("all: category contains cups", True),
        ("all: variant_price less_than 20", True),
        ("all: variant_price greater_than 22", False),
        ("all: variant_compare_at_price is_set", True),
        ("all: variant_inventory greater_than 0", True),
        ("all: variant_inventory equals -1", False),
        ("all: variant_title equals kelp", True),
        ("all: variant_weight greater_than 400", True),
        ("all: type is_not_set", False),
    ],
)
def test_rules(rules: str, outcome: bool) -> None:
    parsed = parse_rules(rules)
    assert parsed is not None
    assert meets(product(), parsed, setting()) is outcome


@pytest.mark.parametrize(
    "text", ["tag equals linen", "all:", "all: colour equals red", "all: tag is red", "all: tag equals",
     "all: variant_price less_than cheap"]
)  # fmt: skip
def test_rules_that_make_no_sense(text: str) -> None:
    with pytest.raises(RuleError):
        parse_rules(text)


def test_no_rules() -> None:
    assert parse_rules("") is None
