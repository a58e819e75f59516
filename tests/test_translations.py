"""What an operation is answered in, and that everything a shop writes follows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, print_ast
from sqlalchemy import text

from db.session import Database
from resolvers.events import publish
from tests.api import Client, serving
from tests.bilingual import import_shop, write_shop
from tests.transport.serving import initialised
from tests.transport.serving import serving as socketed
from tests.transport.talking import hear, subscribe

DE = "@inContext(country: IE, language: DE)"


@pytest.fixture
async def quay(empty_url: str, folder: Path) -> AsyncIterator[Client]:
    """Somebody who asks the shop of `tests.bilingual`."""
    async with Database(empty_url) as database:
        await import_shop(database, write_shop(folder / "shop"))
    async with serving(empty_url, folder) as client:
        yield client


EVERYTHING = """query %s {
  shop { name description brand { slogan shortDescription } privacyPolicy { title body }
    metafield(key: "announcement") { value } }
  product(handle: "mug") { title description descriptionHtml productType handle seo { title description }
    featuredImage { altText } images(first: 1) { nodes { altText } } media(first: 1) { nodes { alt } }
    options { name values optionValues { name firstSelectableVariant { title } } }
    care: metafield(key: "care") { value } features: metafield(key: "features") { value }
    variants(first: 3) { nodes { title selectedOptions { name value } product { title } image { altText } } }
    collections(first: 1) { nodes { title } } }
  collection(handle: "clay") { image { altText }
    title description descriptionHtml seo { title } metafield(key: "tagline") { value }
    products(first: 3) { nodes { title variants(first: 1) { nodes { title } } } } }
  page(handle: "about") { title body bodySummary seo { title } }
  blog(handle: "journal") { title articleByHandle(handle: "rain") { image { altText } title
    content contentHtml excerpt excerptHtml
    blog { title } } }
  menu(handle: "main-menu") { title items { title url items { title resource { ... on Page { title } } } } }
  metaobject(handle: { type: "maker", handle: "ada" }) { field(key: "name") { value } fields { key value }
    seo { title { value } } }
}"""


async def test_everything_that_the_shop_wrote_is_in_german(quay: Client) -> None:
    found = await quay.run(EVERYTHING % DE)
    assert found == {
        "shop": {
            "name": "Quay",
            "description": "Dinge vom Wasser.",
            "brand": {"slogan": "Lange behalten.", "shortDescription": "Ein Laden."},
            "privacyPolicy": {"title": "Datenschutz", "body": "<p>Wir behalten wenig.</p>"},
            "metafield": {"value": "Sonntags geschlossen"},
        },
        "product": {
            "title": "Hafenbecher",
            "description": "Fasst Tee.",
            "descriptionHtml": "<p>Fasst <b>Tee</b>.</p>",
            "productType": "Becher",
            "handle": "mug",
            "seo": {"title": "Ein Becher für immer", "description": None},
            "featuredImage": {"altText": "Ein Becher"},
            "images": {"nodes": [{"altText": "Ein Becher"}]},
            "media": {"nodes": [{"alt": "Ein Becher"}]},
            "options": [
                {
                    "name": "Farbe",
                    "values": ["Rost", "Tang"],
                    "optionValues": [
                        {"name": "Rost", "firstSelectableVariant": {"title": "Rost / Klein"}},
                        {"name": "Tang", "firstSelectableVariant": {"title": "Tang / Klein"}},
                    ],
                },
                {
                    "name": "Größe",
                    "values": ["Klein", "Large"],
                    "optionValues": [
                        {"name": "Klein", "firstSelectableVariant": {"title": "Rost / Klein"}},
                        {"name": "Large", "firstSelectableVariant": {"title": "Rost / Large"}},
                    ],
                },
            ],
            "care": {"value": "Spülmaschinenfest."},
            "features": {"value": '["leicht", "stark"]'},
            "variants": {
                "nodes": [
                    {
                        "title": f"{color} / {size}",
                        "selectedOptions": [{"name": "Farbe", "value": color}, {"name": "Größe", "value": size}],
                        "product": {"title": "Hafenbecher"},
                        "image": {"altText": "Ein Becher"},
                    }
                    for color, size in (("Rost", "Klein"), ("Rost", "Large"), ("Tang", "Klein"))
                ]
            },
            "collections": {"nodes": [{"title": "Ton"}]},
        },
        "collection": {
            "image": {"altText": "Gebrannt"},
            "title": "Ton",
            "description": "Gebranntes.",
            "descriptionHtml": "<p>Gebranntes.</p>",
            "seo": {"title": "Dinge aus Ton"},
            "metafield": {"value": "Erde und Feuer"},
            # The order is that of the English titles, whatever is shown.
            "products": {
                "nodes": [
                    {"title": "Hafenbecher", "variants": {"nodes": [{"title": "Rost / Klein"}]}},
                    {"title": "Jug", "variants": {"nodes": [{"title": "Default Title"}]}},
                    {"title": "Tide Bowl", "variants": {"nodes": [{"title": "Seetang"}]}},
                ]
            },
        },
        "page": {
            "title": "Über uns",
            "body": "<p>Seit 1931.</p>",
            "bodySummary": "Seit 1931.",
            "seo": {"title": "Über das Geschäft"},
        },
        "blog": {
            "title": "Tagebuch",
            "articleByHandle": {
                "title": "Regen",
                "image": {"altText": "Tropfen"},
                "content": "Es regnet.",
                "contentHtml": "<p>Es regnet.</p>",
                "excerpt": "Nass.",
                "excerptHtml": "<p>Nass.</p>",
                "blog": {"title": "Tagebuch"},
            },
        },
        "menu": {
            "title": "Hauptmenü",
            "items": [
                {
                    "title": "Neu",
                    "url": "https://quay.example/collections/clay",
                    "items": [{"title": "Über uns", "resource": {"title": "Über uns"}}],
                }
            ],
        },
        "metaobject": {
            "field": {"value": "Ada vom Kai"},
            "fields": [
                {"key": "name", "value": "Ada vom Kai"},
                {"key": "tools", "value": '["Scheibe", "Ofen"]'},
                {"key": "founded", "value": "1968"},
            ],
            "seo": {"title": {"value": "Ada vom Kai"}},
        },
    }


LANGUAGES = [
    ("", "EN", "Harbour Mug", "Mugs"),
    ("@inContext(language: DE)", "DE", "Hafenbecher", "Becher"),
    ("@inContext(country: ZZ, language: DE)", "DE", "Hafenbecher", "Becher"),
    ("@inContext(country: DE)", "DE", "Hafenbecher", "Becher"),
    ("@inContext(country: DE, language: EN)", "EN", "Harbour Mug", "Mugs"),
    ("@inContext(country: IE)", "EN", "Harbour Mug", "Mugs"),
    # Nobody speaks it there: the market's own language.
    ("@inContext(country: DE, language: FR)", "DE", "Hafenbecher", "Becher"),
    ("@inContext(country: US, language: DE)", "EN", "Harbour Mug", "Mugs"),
    # A text without a translation is in the language without its region, else as it was written.
    ("@inContext(country: BR, language: PT_BR)", "PT_BR", "Caneca do Porto", "Canecas"),
    ("@inContext(country: BR, language: PT)", "EN", "Harbour Mug", "Mugs"),
    # The shop sells to nobody there: what no country in particular sees.
    ("@inContext(country: JP, language: DE)", "DE", "Hafenbecher", "Becher"),
]


@pytest.mark.parametrize(("directive", "language", "title", "kind"), LANGUAGES)
async def test_what_an_operation_is_answered_in(
    quay: Client, directive: str, language: str, title: str, kind: str
) -> None:
    query = 'query %s { product(handle: "mug") { title productType } localization { language { isoCode } } }'
    found = await quay.run(query % directive)
    assert found["product"] == {"title": title, "productType": kind}
    assert found["localization"]["language"]["isoCode"] == language


CHOOSE = """query($chosen: [SelectedOptionInput!]!, $any: Boolean) @inContext(language: %s) { product(handle: "mug") {
  variantBySelectedOptions(selectedOptions: $chosen, caseInsensitiveMatch: $any) { sku }
  selectedOrFirstAvailableVariant(selectedOptions: $chosen, caseInsensitiveMatch: $any) { sku }
  adjacentVariants(selectedOptions: $chosen, caseInsensitiveMatch: $any) { sku } } }"""


@pytest.mark.parametrize(
    ("language", "names", "any_case", "sku"),
    [
        ("DE", {"Farbe": "Tang", "Größe": "Klein"}, False, "M-K-S"),
        ("DE", {"Colour": "Kelp", "Size": "Small"}, False, "M-K-S"),
        ("DE", {"Farbe": "Kelp", "Size": "Klein"}, False, "M-K-S"),
        ("DE", {"farbe": "TANG", "größe": "klein"}, True, "M-K-S"),
        ("DE", {"farbe": "TANG", "größe": "klein"}, False, None),
        ("EN", {"Colour": "Kelp", "Size": "Small"}, False, "M-K-S"),
        ("EN", {"Farbe": "Tang", "Größe": "Klein"}, False, None),
    ],
)
async def test_options_are_chosen_by_the_names_that_are_shown_and_by_those_that_were_written(
    quay: Client, language: str, names: dict[str, str], any_case: bool, sku: str | None
) -> None:
    chosen = [{"name": name, "value": value} for name, value in names.items()]
    found = (await quay.run(CHOOSE % language, {"chosen": chosen, "any": any_case}))["product"]
    assert (found["variantBySelectedOptions"] or {}).get("sku") == sku
    if sku:
        assert found["selectedOrFirstAvailableVariant"]["sku"] == sku
        assert [variant["sku"] for variant in found["adjacentVariants"]] == ["M-R-S"]


FILTER = """query($name: String!, $value: String!) @inContext(language: %s) { collection(handle: "clay") {
  products(first: 9, filters: [{ variantOption: { name: $name, value: $value } }]) { nodes { handle } } } }"""


@pytest.mark.parametrize(
    ("language", "name", "value", "handles"),
    [
        ("DE", "Farbe", "Rost", ["mug"]),
        ("DE", "Colour", "Rust", ["mug"]),
        ("DE", "farbe", "tang", ["mug", "bowl"]),
        ("DE", "Colour", "Kelp", ["mug", "bowl"]),
        ("DE", "Farbe", "Seetang", ["mug", "bowl"]),
        ("DE", "Farbe", "Schlamm", []),
    ],
)
async def test_filters_take_both_as_well(
    quay: Client, language: str, name: str, value: str, handles: list[str]
) -> None:
    """A translation stands for what was written, wherever that is, as it does in counts: Kelp is Tang and Seetang."""
    found = await quay.run(FILTER % language, {"name": name, "value": value})
    assert [node["handle"] for node in found["collection"]["products"]["nodes"]] == handles


async def test_without_a_language_filters_know_only_what_was_written(quay: Client) -> None:
    query = FILTER.replace("@inContext(language: %s)", "")
    assert (await quay.run(query, {"name": "Farbe", "value": "Rost"}))["collection"]["products"]["nodes"] == []


async def test_nodes_are_translated(quay: Client) -> None:
    found = await quay.run(
        'query @inContext(language: DE) { product(handle: "mug") { id variants(first: 1) { nodes { id } }'
        ' options { id } metafield(key: "care") { id } } menu(handle: "main-menu") { items { id } } }'
    )
    ids = [
        found["product"]["id"],
        found["product"]["variants"]["nodes"][0]["id"],
        found["product"]["options"][0]["id"],
        found["product"]["metafield"]["id"],
        found["menu"]["items"][0]["id"],
    ]
    query = """query($ids: [ID!]!) @inContext(language: DE) { nodes(ids: $ids) { ... on Product { title }
      ... on ProductVariant { title } ... on ProductOption { name } ... on Metafield { value }
      ... on MenuItem { title } } }"""
    shown = [next(iter(node.values())) for node in (await quay.run(query, {"ids": ids}))["nodes"]]
    assert shown == ["Hafenbecher", "Rost / Klein", "Farbe", "Spülmaschinenfest.", "Neu"]


LINES = "lines(first: 9) { nodes { merchandise { ... on ProductVariant { title product { title } } } } }"


async def test_a_cart_speaks_whatever_it_is_asked_in(quay: Client) -> None:
    mug = await quay.run('{ product(handle: "mug") { variants(first: 1) { nodes { id } } } }')
    variant = mug["product"]["variants"]["nodes"][0]["id"]
    create = f"""mutation($id: ID!) @inContext(country: DE, language: DE) {{
      cartCreate(input: {{ lines: [{{ merchandiseId: $id }}] }}) {{ cart {{ id {LINES} }} }} }}"""
    made = (await quay.run(create, {"id": variant}))["cartCreate"]["cart"]
    german = [{"merchandise": {"title": "Rost / Klein", "product": {"title": "Hafenbecher"}}}]
    assert made["lines"]["nodes"] == german
    asked = await quay.run(f"query($id: ID!) {{ cart(id: $id) {{ {LINES} }} }}", {"id": made["id"]})
    english = [{"merchandise": {"title": "Rust / Small", "product": {"title": "Harbour Mug"}}}]
    assert asked["cart"]["lines"]["nodes"] == english


LOCALIZATION = """query %s { localization {
  availableCountries { isoCode name } availableLanguages { isoCode name endonymName } market { handle }
  language { isoCode name endonymName }
  country { isoCode name unitSystem market { id handle } currency { isoCode name symbol }
    availableLanguages { isoCode } defaultLanguage { isoCode endonymName } } } }"""


async def test_localization_in_german(quay: Client) -> None:
    found = (await quay.run(LOCALIZATION % "@inContext(country: US, language: PT_BR)"))["localization"]
    assert found["language"] == {
        "isoCode": "PT_BR",
        "name": "português (Brasil)",
        "endonymName": "português (Brasil)",
    }
    assert found["country"]["name"] == "Estados Unidos"
    assert found["country"]["unitSystem"] == "IMPERIAL_SYSTEM"
    assert found["country"]["market"]["handle"] == found["market"]["handle"] == "america"
    assert found["country"]["currency"] == {"isoCode": "USD", "name": "Dólar americano", "symbol": "US$"}
    german = (await quay.run(LOCALIZATION % "@inContext(country: AT)"))["localization"]
    assert german["country"]["name"] == "Österreich"
    assert german["country"]["defaultLanguage"] == {"isoCode": "DE", "endonymName": "Deutsch"}
    assert german["availableLanguages"] == [
        {"isoCode": "DE", "name": "Deutsch", "endonymName": "Deutsch"},
        {"isoCode": "EN", "name": "Englisch", "endonymName": "English"},
    ]
    assert [country["name"] for country in german["availableCountries"]] == [
        "Brasilien",
        "Deutschland",
        "Frankreich",
        "Irland",
        "Österreich",
        "Vereinigte Staaten",
    ]


@pytest.mark.parametrize("directive", ["", "@inContext(country: ZZ)", "@inContext(country: JP)"])
async def test_no_country_in_particular_is_the_shops_own(quay: Client, directive: str) -> None:
    found = (await quay.run(LOCALIZATION % directive))["localization"]
    assert (found["country"]["isoCode"], found["country"]["name"]) == ("IE", "Ireland")
    assert (found["market"]["handle"], found["language"]["isoCode"]) == ("europe", "EN")
    assert found["country"]["unitSystem"] == "METRIC_SYSTEM"


PRICES = """query %s { product(handle: "mug") { variants(first: 1) { nodes { price { amount currencyCode }
  compareAtPrice { amount } } } } }"""


@pytest.mark.parametrize(("country", "price", "before"), [("IE", "18.0", "20.0"), ("DE", "18.9", "21.0")])
async def test_an_adjustment_makes_a_market_dearer_in_the_same_currency(
    quay: Client, country: str, price: str, before: str
) -> None:
    found = await quay.run(PRICES % f"@inContext(country: {country})")
    variant = found["product"]["variants"]["nodes"][0]
    assert variant == {"price": {"amount": price, "currencyCode": "EUR"}, "compareAtPrice": {"amount": before}}


WITHOUT = [DE, "@inContext(language: DE)", "@inContext(country: DE, language: DE)", "@inContext(country: DE)"]


@pytest.mark.parametrize("directive", WITHOUT)
async def test_without_translations_every_answer_is_as_it_was_written(
    empty_url: str, folder: Path, directive: str
) -> None:
    shop = write_shop(folder / "shop")
    for file in (shop / "translations").iterdir():
        file.unlink()
    async with Database(empty_url) as database:
        await import_shop(database, shop)
    async with serving(empty_url, folder) as client:
        assert await client.run(EVERYTHING % directive) == await client.run(EVERYTHING % "")


async def test_what_a_language_costs(quay: Client) -> None:
    """One statement to settle the language, and one after each statement that answers rows with texts."""
    one = 'query %s { product(handle: "mug") { title } }'
    assert await quay.statements(one % "") == 1
    assert await quay.statements(one % "@inContext(country: IE)") == 2
    assert await quay.statements(one % "@inContext(language: EN)") == 2
    assert await quay.statements(one % "@inContext(language: DE)") == 3
    nothing = 'query @inContext(language: DE) { product(handle: "none") { title } }'
    assert await quay.statements(nothing) == 2
    # One root field after the other: what two of them ask may happen to meet in one statement.
    (operation,) = parse(EVERYTHING % "").definitions
    assert isinstance(operation, OperationDefinitionNode)
    roots = [f"query %s {{ {print_ast(root)} }}" for root in operation.selection_set.selections]
    counts = [[await quay.statements(root % directive) for directive in ("", DE)] for root in roots]
    assert counts == [[3, 7], [11, 25], [6, 12], [1, 3], [4, 9], [5, 11], [2, 4]]


WATCH = """subscription($ids: [ID!]!) @inContext(country: DE, language: DE) { inventoryUpdated(variantIds: $ids) {
  title quantityAvailable product { title } } }"""


async def test_a_subscription_speaks_its_language_at_every_event(quay: Client) -> None:
    mug = await quay.run('{ product(handle: "mug") { variants(first: 1) { nodes { id } } } }')
    variant = mug["product"]["variants"]["nodes"][0]["id"]
    async with socketed(quay.shop.endpoint) as served, served.socket() as socket:
        await initialised(socket)
        await subscribe(socket, "1", WATCH, variables={"ids": [variant]})
        heard = [(await asyncio.wait_for(hear(socket), 10))["payload"]["data"]["inventoryUpdated"]]
        async with quay.shop.database.write() as session:
            await session.change(text("UPDATE inventory_levels SET on_hand = on_hand - 2"))
            await publish(session, "inventory.changed", {"variant_ids": [int(variant.rpartition("/")[2])]})
        # What the import tells may be heard before it.
        while heard[-1]["quantityAvailable"] == 9:
            heard.append((await asyncio.wait_for(hear(socket), 10))["payload"]["data"]["inventoryUpdated"])
        assert heard[-1]["quantityAvailable"] == 7
        assert {(event["title"], event["product"]["title"]) for event in heard} == {("Rost / Klein", "Hafenbecher")}
