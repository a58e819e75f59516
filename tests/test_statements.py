"""How many statements each hot page and connection takes: pinned, the same for 20 rows and 200, and as data grows."""

from typing import Any

import pytest
from sqlalchemy import update

import bench.questions
from bench.dataset import BEGINNING, fill, stock
from db.catalog import MetafieldRow
from db.content import MenuItemKind, MenuItemRow, MenuRow, MetaobjectRow
from db.pricing import MarketRow
from db.shop import PolicyRow
from db.translations import TranslationRow
from resolvers.search.building import rebuild_index
from tests.api import Client, serving
from tests.databases import Databases

MONEY = "{ amount currencyCode }"
VARIANT = (
    f"id title sku availableForSale quantityAvailable price {MONEY} compareAtPrice {MONEY}"
    " selectedOptions { name value } image { url altText width height }"
)
LISTING = f"""query($first: Int!) {{ products(first: $first, sortKey: TITLE) {{
  pageInfo {{ hasNextPage endCursor }} nodes {{
  id handle title vendor availableForSale tags
  priceRange {{ minVariantPrice {MONEY} maxVariantPrice {MONEY} }}
  featuredImage {{ url altText width height }} rating {{ average count }}
  options(first: 3) {{ name optionValues {{ name swatch {{ color }} }} }}
  variants(first: 3) {{ nodes {{ {VARIANT} }} }} }} }} }}"""
DETAIL = f"""query($first: Int!) {{ product(handle: "product-7") {{ id title descriptionHtml seo {{ title description }}
  category {{ name }} metafield(key: "care") {{ value }} totalInventory encodedVariantExistence onlineStoreUrl
  images(first: $first) {{ nodes {{ url }} }} media(first: $first) {{ nodes {{ id previewImage {{ url }} }} }}
  options {{ name optionValues {{ name firstSelectableVariant {{ id title }} }} }}
  selectedOrFirstAvailableVariant {{ id title }} adjacentVariants {{ id title }}
  variants(first: $first) {{ nodes {{ {VARIANT} }} }} collections(first: $first) {{ nodes {{ handle }} }}
  reviews(first: $first) {{ nodes {{ rating title body author }} }} rating {{ average }} }} }}"""
SELECTION = f"""query {{ product(handle: "product-7") {{ title selectedOrFirstAvailableVariant(
  selectedOptions: [{{ name: "Size", value: "Large" }}]) {{ {VARIANT} }} }} }}"""
COLLECTION = f"""query($first: Int!) {{ collection(handle: "collection-3") {{ title image {{ url }}
  products(first: $first, sortKey: PRICE, filters: [{{ available: true }}]) {{ nodes {{ title
    priceRange {{ minVariantPrice {MONEY} }} featuredImage {{ url }}
    variants(first: 1) {{ nodes {{ {VARIANT} }} }} }} }} }} }}"""
HOME = f"""query($first: Int!) {{ shop {{ name primaryDomain {{ url }} brand {{ logo {{ image {{ url }} }} }} }}
  collections(first: $first) {{ nodes {{ title image {{ url }} products(first: 4) {{ nodes {{ title
    priceRange {{ minVariantPrice {MONEY} }} }} }} }} }}
  products(first: $first, sortKey: BEST_SELLING) {{ nodes {{ title featuredImage {{ url }} }} }} }}"""
RECOMMENDED = f"""query {{ productRecommendations(productId: "gid://shopify/Product/7") {{ title
  priceRange {{ minVariantPrice {MONEY} }} featuredImage {{ url }}
  variants(first: 2) {{ nodes {{ {VARIANT} }} }} }} }}"""
PREDICTIVE = """query { predictiveSearch(query: "product", types: [PRODUCT, COLLECTION, QUERY], limitScope: EACH) {
  products { id } collections { id } queries { text } } }"""
RELEVANCE = """query($first: Int!) { products(first: $first, sortKey: RELEVANCE, query: "product") { nodes { id } } }"""
FILTERS = "filters { id label values { label count input swatch { color } image { id } } }"
FACETS = f"""query($first: Int!) {{ collection(handle: "collection-1") {{
  products(first: $first, filters: [{{ available: true }}, {{ tag: "all" }}]) {{ nodes {{ title }} {FILTERS} }} }} }}"""
FACETS_OF_MANY = f"""query($first: Int!) {{ collections(first: $first) {{ nodes {{
  products(first: 2) {{ nodes {{ title }} {FILTERS} }} }} }} }}"""
SEARCH_FOR_MOST = """query($first: Int!) { search(query: "page prodcut xyzz", first: $first) {
  nodes { ... on Page { id } ... on Product { id } } } }"""
FACETS_OF_SEARCH = f"""query($first: Int!) {{ search(query: "product", first: $first, productFilters: [
  {{ available: true }}, {{ tag: "all" }}]) {{ nodes {{ __typename }} product{FILTERS[0].upper()}{FILTERS[1:]} }} }}"""
CART = f"""query {{ cart(id: "gid://shopify/Cart/bench-cart-1") {{ totalQuantity cost {{ totalAmount {MONEY} }}
  lines(first: 100) {{ nodes {{ quantity cost {{ totalAmount {MONEY} }}
    merchandise {{ ... on ProductVariant {{ {VARIANT} product {{ title }} }} }} }} }} }} }}"""

PAGES = {
    "listing": (LISTING, 9),
    "detail": (DETAIL, 17),
    "selection": (SELECTION, 7),
    # One of them says whether the collection is a large one.
    "collection": (COLLECTION, 9),
    # The shop and what it offers, the market's currency, and all counts.
    "facets": (FACETS, 5),
    "facets of many": (FACETS_OF_MANY, 5),
    "home": (HOME, 5),
    "recommendations": (RECOMMENDED, 11),
    "cart": (CART, 8),
    "predictive search": (PREDICTIVE, 4),
    "relevance": (RELEVANCE, 3),
    # The shop, the words and what was meant by them, no hits, other hits and their rows.
    "search for most": (SEARCH_FOR_MOST, 6),
    # The words, the hits and their rows, the shop, the market's currency, and all counts.
    "facets of a search": (FACETS_OF_SEARCH, 6),
}

PRODUCTS = "query($first: Int!) {{ products(first: $first) {{ nodes {{ {0} }} }} }}"
GROUPS = """query {{ cart(id: "gid://shopify/Cart/bench-cart-1") {{
  deliveryGroups(first: 9) {{ nodes {{ {} }} }} }} }}"""
CONNECTIONS = {
    "QueryRoot.products": ("query($first: Int!) { products(first: $first) { nodes { id } } }", 1),
    "QueryRoot.collections": ("query($first: Int!) { collections(first: $first) { nodes { id } } }", 1),
    "Collection.products": (
        "query($first: Int!) { collections(first: $first) { nodes { products(first: $first) { nodes { id } } } } }",
        2,
    ),
    "Product.variants": (PRODUCTS.format("variants(first: $first) { nodes { id } }"), 1),
    "Product.images": (PRODUCTS.format("images(first: $first) { nodes { id } }"), 1),
    "Product.media": (PRODUCTS.format("media(first: $first) { nodes { id } }"), 2),
    "Product.collections": (PRODUCTS.format("collections(first: $first) { nodes { id } }"), 1),
    "Product.reviews": (PRODUCTS.format("reviews(first: $first) { nodes { id } }"), 1),
    "ProductVariant.quantityPriceBreaks": (
        PRODUCTS.format("variants(first: 3) { nodes { quantityPriceBreaks(first: 3) { nodes { minimumQuantity } } } }"),
        3,
    ),
    "Metafield.references": (
        PRODUCTS.format('metafield(key: "care") { references(first: 3) { nodes { __typename } } }'),
        2,
    ),
    "QueryRoot.pages": ("query($first: Int!) { pages(first: $first, sortKey: TITLE) { nodes { id } } }", 1),
    "QueryRoot.blogs": ("query($first: Int!) { blogs(first: $first) { nodes { id authors { name } } } }", 3),
    "QueryRoot.articles": ("query($first: Int!) { articles(first: $first) { nodes { tags blog { title } } } }", 3),
    "Blog.articles": (
        "query($first: Int!) { blogs(first: $first) { nodes { articles(first: $first) { nodes { tags } } } } }",
        3,
    ),
    "QueryRoot.metaobjects": (
        'query($first: Int!) { metaobjects(type: "fact", first: $first) { nodes { seo { title { value } } } } }',
        2,
    ),
    "MetaobjectField.references": (
        'query($first: Int!) { metaobjects(type: "fact", first: $first) { nodes { fields {'
        " references(first: 3) { nodes { ... on Product { title } } } } } } }",
        2,
    ),
    "QueryRoot.locations": ("query($first: Int!) { locations(first: $first) { nodes { name address { city } } } }", 1),
    "ProductVariant.storeAvailability": (
        "query($first: Int!) { products(first: $first) { nodes { variants(first: 2) { nodes {"
        " storeAvailability(first: 3) { nodes { available pickUpTime location { name } } } } } } } }",
        5,
    ),
    "QueryRoot.urlRedirects": ("query($first: Int!) { urlRedirects(first: $first) { nodes { path } } }", 1),
    # The words, the hits, the rows of each kind among them; the total is one more.
    "QueryRoot.search": (
        'query($first: Int!) { search(query: "product", first: $first) { totalCount nodes { __typename } } }',
        4,
    ),
    "QueryRoot.productTags": ("query($first: Int!) { productTags(first: $first) { nodes } }", 1),
    "QueryRoot.productTypes": ("query($first: Int!) { productTypes(first: $first) { nodes } }", 1),
    "Cart.deliveryGroups": (GROUPS.format("id"), 1),
    "CartDeliveryGroup.cartLines": (GROUPS.format("cartLines(first: 9) { nodes { id } }"), 1),
    "Cart.lines": ('query { cart(id: "gid://shopify/Cart/bench-cart-1") { lines(first: 9) { nodes { id } } } }', 2),
}

ADD = """mutation($n: ID!) { cartLinesAdd(cartId: "gid://shopify/Cart/bench-cart-1",
  lines: [{ merchandiseId: $n, quantity: 1 }]) { userErrors { message } } }"""


async def stocked(client: Client, lines: int) -> Client:
    """The cart of the page above holds so many lines."""
    for number in range(1, lines + 1):
        await client.run(ADD, {"n": f"gid://shopify/ProductVariant/{number * 3}"})
    return client


def sizes(name: str, backend: str) -> int:
    """How many statements more it takes on SQLite, to see how much a filter by tags finds before one begins with it."""
    return int(name == "facets" and backend == "sqlite")


@pytest.mark.parametrize("name", [*PAGES, *CONNECTIONS])
async def test_the_number_is_the_pinned_one(guest: Client, name: str, backend: str) -> None:
    query, pinned = (PAGES | CONNECTIONS)[name]
    pinned += sizes(name, backend)
    await stocked(guest, 2)
    assert await guest.statements(query, {"first": 5}) == pinned
    assert await guest.statements(query, {"first": 20}) == pinned


async def test_the_numbers_stay_while_the_data_doubles(backend: str, databases: Databases, tmp_path: Any) -> None:
    url = await databases.fresh(backend, "larger", lambda db: fill(db, 110))
    async with serving(url, tmp_path) as client:
        await stocked(client, 2)
        before = {
            name: await client.statements(query, {"first": 20}) for name, (query, _) in (PAGES | CONNECTIONS).items()
        }
        await fill(client.shop.database, 110, after=110)
        await stocked(client, 8)
        after = {
            name: await client.statements(query, {"first": 200}) for name, (query, _) in (PAGES | CONNECTIONS).items()
        }
    pages = PAGES | CONNECTIONS
    assert after == before == {name: pinned + sizes(name, backend) for name, (_, pinned) in pages.items()}


GERMAN = {
    "listing": 19,
    "detail": 36,
    "selection": 13,
    "collection": 15,
    "facets": 10,
    "facets of many": 10,
    "relevance": 4,
    "facets of a search": 11,
    "search for most": 8,
    "home": 12,
    "recommendations": 17,
    "cart": 13,
    "QueryRoot.products": 3,
    "QueryRoot.collections": 3,
    "Collection.products": 5,
    "Product.variants": 5,
    "Product.images": 5,
    "Product.media": 5,
    "Product.collections": 5,
    "Product.reviews": 4,
    "ProductVariant.quantityPriceBreaks": 6,
    "Metafield.references": 5,
    "QueryRoot.pages": 3,
    "QueryRoot.blogs": 6,
    "QueryRoot.articles": 6,
    "Blog.articles": 6,
    "QueryRoot.metaobjects": 4,
    "MetaobjectField.references": 5,
    "QueryRoot.urlRedirects": 2,
    "QueryRoot.locations": 2,
    "QueryRoot.search": 6,
    "predictive search": 6,
    "ProductVariant.storeAvailability": 9,
    "QueryRoot.productTags": 2,
    "QueryRoot.productTypes": 2,
    "Cart.lines": 3,
    "Cart.deliveryGroups": 2,
    "CartDeliveryGroup.cartLines": 2,
}
"""The same in another language: one to settle which, and one after each that answers rows with texts; a search asks for
synonyms by themselves.
"""


@pytest.fixture
async def german(guest: Client) -> Client:
    """Somebody who asks in German a shop that has its products' titles in it."""
    async with guest.shop.database.write() as session:
        await session.change(update(MarketRow).values(languages=["EN", "DE"]))
        titles = [
            {
                "owner_kind": "product",
                "owner_id": n,
                "field": "title",
                "language": "DE",
                "value": f"Product {n} auf Deutsch",
            }
            for n in range(1, 31)
        ]
        await session.add_all(TranslationRow, titles)
    await rebuild_index(guest.shop.database)
    return guest


@pytest.mark.parametrize("name", [*PAGES, *CONNECTIONS])
async def test_another_language_takes_a_pinned_number_too(german: Client, name: str, backend: str) -> None:
    query = (PAGES | CONNECTIONS)[name][0].replace(" {", " @inContext(language: DE) {", 1)
    await stocked(german, 2)
    counted = [await german.statements(query, {"first": many}) for many in (5, 20)]
    assert counted == [GERMAN[name] + sizes(name, backend)] * 2


DONE = "{ cart { id } userErrors { message } warnings { message } }"
CREATE_CART = f"mutation($lines: [CartLineInput!]!) {{ cartCreate(input: {{ lines: $lines }}) {DONE} }}"
ADD_LINES = f"mutation($id: ID!, $lines: [CartLineInput!]!) {{ cartLinesAdd(cartId: $id, lines: $lines) {DONE} }}"
UPDATE_LINES = f"""mutation($id: ID!, $lines: [CartLineUpdateInput!]!) {{
  cartLinesUpdate(cartId: $id, lines: $lines) {DONE} }}"""
REMOVE_LINES = f"mutation($id: ID!, $ids: [ID!]!) {{ cartLinesRemove(cartId: $id, lineIds: $ids) {DONE} }}"
LINES_OF = "query($id: ID!) { cart(id: $id) { lines(first: 250) { nodes { id quantity } } } }"
PLENTY = [3 * p - 3 + v for p in range(1, 31) for v in (1, 2, 3) if stock(p, v) > 2]


@pytest.mark.parametrize("many", [1, 50])
async def test_a_cart_takes_as_many_statements_for_many_lines_as_for_one(guest: Client, many: int) -> None:
    """The cart and its lock, its lines with variants and stock, what is written in bulk, and the event. Where a
    statement can write to several tables, one reads and one writes.
    """
    changed = 2 if guest.shop.database.writes_in_one else 4
    lines = [{"merchandiseId": f"gid://shopify/ProductVariant/{n}", "quantity": 1} for n in PLENTY[:many]]
    assert len(lines) == many
    assert await guest.statements(CREATE_CART, {"lines": lines}) == 4
    cart = (await guest.run(CREATE_CART, {"lines": []}))["cartCreate"]["cart"]["id"]
    assert await guest.statements(ADD_LINES, {"id": cart, "lines": lines}) == changed
    assert await guest.statements(ADD_LINES, {"id": cart, "lines": lines}) == changed
    ids = [line["id"] for line in (await guest.run(LINES_OF, {"id": cart}))["cart"]["lines"]["nodes"]]
    changes = [{"id": gid, "quantity": 3} for gid in ids]
    assert await guest.statements(UPDATE_LINES, {"id": cart, "lines": changes}) == changed
    found = (await guest.run(LINES_OF, {"id": cart}))["cart"]["lines"]["nodes"]
    assert [line["quantity"] for line in found] == [3] * many
    assert await guest.statements(REMOVE_LINES, {"id": cart, "ids": ids}) == changed
    assert (await guest.run(LINES_OF, {"id": cart}))["cart"]["lines"]["nodes"] == []


async def test_adding_a_line_and_reading_the_whole_cart(guest: Client) -> None:
    few = 2 if guest.shop.database.writes_in_one else 4
    for sample in ("bench-cart-1", "bench-cart-1", "bench-cart-2"):
        lines = [{"merchandiseId": "gid://shopify/ProductVariant/4", "quantity": 1}]
        variables = {"cart": f"gid://shopify/Cart/{sample}", "lines": lines}
        assert await guest.statements(bench.questions.ADD.query, variables) == few
        # One more tells the language of the country.
        here = bench.questions.ADD.query.replace(") {", ") @inContext(country: GB) {", 1)
        assert await guest.statements(here, variables) == few + 1


async def test_adding_a_line_takes_as_many_statements_in_a_full_cart(guest: Client) -> None:
    first = await guest.statements(ADD, {"n": "gid://shopify/ProductVariant/4"})
    await stocked(guest, 10)
    assert await guest.statements(ADD, {"n": "gid://shopify/ProductVariant/4"}) == first


def test_every_connection_of_the_schema_is_counted() -> None:
    from schema import schema

    found = {
        f"{name}.{field}"
        for name, kind in schema._schema.type_map.items()
        for field, declared in getattr(kind, "fields", {}).items()
        if str(getattr(declared, "type", "")).rstrip("!").endswith("Connection")
    }
    assert found == set(CONNECTIONS)


LEADS_TO = {
    MenuItemKind.ARTICLE: "... on Article { title blog { title } }",
    MenuItemKind.BLOG: "... on Blog { title }",
    MenuItemKind.COLLECTION: "... on Collection { title image { url } }",
    MenuItemKind.METAOBJECT: "... on Metaobject { handle seo { title { value } } }",
    MenuItemKind.PAGE: "... on Page { title }",
    MenuItemKind.PRODUCT: "... on Product { title featuredImage { url } }",
    MenuItemKind.SHOP_POLICY: "... on ShopPolicy { title url }",
}
"""The kinds of things that a menu can lead to, and what is asked of them."""
KINDS = {"Article", "Blog", "Collection", "Metaobject", "Page", "Product", "ShopPolicy"}
ITEM = f"url resource {{ __typename {' '.join(LEADS_TO.values())} }}"
MENU = f'query {{ menu(handle: "everything") {{ items {{ {ITEM} items {{ {ITEM} }} }} }} }}'


def links(kind: MenuItemKind, number: int) -> list[dict[str, Any]]:
    """An item of the menu that leads to a thing of that kind, and one below it that leads to another."""
    top = 1000 * number + list(LEADS_TO).index(kind)
    item = {"menu_id": 1, "position": number, "title": "Here", "kind": kind}
    # Articles of the first blog, to which no item leads.
    times = 5 if kind is MenuItemKind.ARTICLE else 1
    return [
        item | {"id": top, "parent_id": None, "resource_id": number * times},
        item | {"id": top + 500, "parent_id": top, "resource_id": (number - 1) * times},
    ]


async def test_a_menu_takes_as_many_statements_for_many_items_as_for_few(guest: Client) -> None:
    """The menu and its items, the things of seven kinds, the blog of the articles, the pictures of the products, the
    shop, and what kinds of metaobjects there are.
    """
    counted = []
    async with guest.shop.database.write() as session:
        terms = [{"kind": f"kind_{n}", "handle": f"terms-{n}", "title": "Terms", "body": ""} for n in range(1, 6)]
        await session.add_all(PolicyRow, terms)
        await session.add_all(MenuRow, [{"id": 1, "handle": "everything", "title": "Everything"}])
    for numbers in ([3], [4, 5]):
        async with guest.shop.database.write() as session:
            await session.add_all(
                MenuItemRow, [item for kind in LEADS_TO for number in numbers for item in links(kind, number)]
            )
        items = (await guest.run(MENU))["menu"]["items"]
        assert {item["resource"]["__typename"] for item in items} == KINDS
        assert {below["resource"]["__typename"] for item in items for below in item["items"]} == KINDS
        counted.append(await guest.statements(MENU))
    assert counted == [13, 13]


ABOUT = '... on Metaobject { handle field(key: "about") { reference { %s } references(first: 9) { nodes { %s } } } }'
TITLE = "... on Product { title }"
FACTS = ABOUT % (TITLE, TITLE)
NODES = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id {FACTS} ... on Metafield {{
  value description reference {{ {FACTS} }} references(first: 9) {{ nodes {{ {FACTS} }} }} }} }} }}"""
NESTED = f"""query($first: Int!) {{ products(first: $first) {{ nodes {{ metafield(key: "facts") {{
  references(first: 9) {{ nodes {{ {ABOUT % (FACTS, FACTS)} }} }} }} }} }} }}"""


async def referring(client: Client) -> list[int]:
    """Give each product two facts about facts about products; answers the metafields' ids."""

    def fact(number: int, kind: str, value: str) -> dict[str, Any]:
        fields = [{"key": "about", "type": kind, "value": value}]
        named = {"id": number, "handle": f"more-{number}", "display_name": f"More {number}"}
        return named | {"definition_id": 1, "type": "fact", "fields": fields, "published_at": BEGINNING}

    gid = "gid://shopify/Metaobject/{}".format
    facts = [fact(100 + n, "metaobject_reference", gid(n)) for n in range(1, 31)]
    facts += [fact(200 + n, "list.metaobject_reference", f'["{gid(31 - n)}"]') for n in range(1, 31)]
    metafields = [
        {
            "owner_kind": "product",
            "owner_id": n,
            "namespace": "custom",
            "key": "facts",
            "type": "list.metaobject_reference",
            "value": f'["{gid(100 + n)}", "{gid(200 + n)}"]',
        }
        for n in range(1, 31)
    ]
    async with client.shop.database.write() as session:
        await session.add_all(MetaobjectRow, facts)
        return await session.add_keyed(MetafieldRow, metafields)


async def test_metaobjects_that_lead_to_others_take_a_statement_for_each_step(guest: Client) -> None:
    await referring(guest)
    nodes = (await guest.run(NESTED, {"first": 5}))["products"]["nodes"]
    first, second = nodes[0]["metafield"]["references"]["nodes"]
    ends = first["field"]["reference"]["field"], second["field"]["references"]["nodes"][0]["field"]
    assert [end["references"]["nodes"][0]["title"] for end in ends] == ["Product number 1", "Product number 30"]
    # Products, their metafields, what those lead to, what that leads to, and the products at the end.
    assert [await guest.statements(NESTED, {"first": many}) for many in (1, 5, 20)] == [5, 5, 5]


@pytest.mark.parametrize("many", [1, 10])
async def test_things_by_id_take_a_statement_for_each_kind(guest: Client, many: int) -> None:
    metafields = [f"gid://shopify/Metafield/{number}" for number in (await referring(guest))[:many]]
    metaobjects = [f"gid://shopify/Metaobject/{number}" for number in range(1, many + 1)]
    for ids, pinned in ((metaobjects, 2), (metafields, 4)):
        answer = (await guest.run(NODES, {"ids": ids}))["nodes"]
        assert [node["id"] for node in answer] == ids
        assert await guest.statements(NODES, {"ids": ids}) == pinned, ids
