"""The official Hydrogen starter on our shop: every kind of page, and a cart from the first line to the last."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.e2e.asking import Shop, dollars
from tests.e2e.conftest import TakePicture
from tests.e2e.hydrogen import starter
from tests.e2e.watching import Watch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

NOISE = {
    "https://cdn.shopify.com/shopifycloud/": "the consent banner of Hydrogen's makers, no part of the shop",
}
# What Hydrogen's pages ask of any shop, and only its makers' have: a 200 with errors does not trouble them.
UNANSWERED = "ensureCookies"

# The starter's drawers have a `main` of their own.
MAIN = "main:not(aside main)"
MONEY = "{ amount currencyCode }"


@pytest.fixture(scope="module")
def storefront(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with starter(base_url, tmp_path_factory.mktemp("hydrogen")) as url:
        yield url


@pytest.fixture
def shop(base_url: str) -> Shop:
    return Shop(base_url)


@pytest.fixture
async def page(browser: Browser, storefront: str, shop: Shop) -> AsyncIterator[Page]:
    """A visitor who was never here before; in the end nothing was refused, nothing failed, and nothing complained."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, base_url=storefront)
    watch = await Watch.over(context, storefront, shop.url, noise=NOISE)
    shop.look()
    unanswered: list[str] = []
    context.on("request", lambda request: unanswered.append(request.url) if asks_in_vain(request) else None)
    try:
        yield await context.new_page()
        await context.pages[0].wait_for_load_state("networkidle")
    finally:
        await context.close()
    bad = Counter({key: count for key, count in shop.operations().items() if key[1] != "ok"})
    # The name of what is refused is not counted; so many were theirs, and none is left for the shop's own pages.
    assert bad == Counter({("other", "refused"): len(unanswered)}), bad
    watch.verify()


def asks_in_vain(request: Request) -> bool:
    return request.method == "POST" and "/api/" in request.url and UNANSWERED in (request.post_data or "")


async def visit(page: Page, address: str) -> None:
    """Opens a page and waits until it has come alive: what is clicked while React still takes over the server's HTML
    makes it draw that part anew, and complain of it (#421).
    """
    await page.goto(address, wait_until="networkidle")
    await page.evaluate("new Promise(done => requestIdleCallback(done, { timeout: 5000 }))")


async def pictures_are_there(page: Page) -> None:
    """Every picture that is on the screen was loaded, has a text in its place, and is no larger than asked for."""
    await page.wait_for_load_state("networkidle")
    found = await page.locator("img").evaluate_all(
        """images => images.filter(image => image.loading !== 'lazy' || image.complete).map(image => ({
             url: image.currentSrc, width: image.naturalWidth, alt: image.alt,
             asked: Number(new URL(image.currentSrc || image.src).searchParams.get('width')) }))"""
    )
    assert found
    for image in found:
        assert image["width"] > 0, image
        assert image["alt"], image
        assert not image["asked"] or image["width"] <= image["asked"], image


async def test_home(page: Page, shop: Shop, picture: TakePicture) -> None:
    data = shop.ask(
        "query @inContext(country: US) { collections(first: 1, sortKey: UPDATED_AT, reverse: true) { nodes { title } }"
        " products(first: 4, sortKey: UPDATED_AT, reverse: true) {"
        f" nodes {{ title priceRange {{ minVariantPrice {MONEY} }} }} }} shop {{ name }}"
        ' menu(handle: "main-menu") { items { title } } }'
    )
    await visit(page, "/")
    await expect(page.get_by_role("heading", level=1)).to_have_text(data["collections"]["nodes"][0]["title"])
    header = page.locator("header.header")
    await expect(header.locator("strong")).to_have_text(data["shop"]["name"])
    assert await header.locator(".header-menu-item").all_inner_texts() == [
        item["title"] for item in data["menu"]["items"]
    ]
    items = page.locator(".recommended-products .product-item")
    await expect(items).to_have_count(4)
    for number, product in enumerate(data["products"]["nodes"]):
        await expect(items.nth(number)).to_contain_text(product["title"])
        await expect(items.nth(number)).to_contain_text(dollars(product["priceRange"]["minVariantPrice"]["amount"]))
    await pictures_are_there(page)
    await picture(page, "hydrogen-home")
    await page.set_viewport_size({"width": 390, "height": 844})
    await pictures_are_there(page)
    await picture(page, "hydrogen-home-390")


async def test_the_menu_leads_through_the_shop(page: Page, shop: Shop) -> None:
    await visit(page, "/")
    links = page.locator(".header-menu-desktop a")
    addresses = await links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert addresses
    assert all(address.startswith("/") for address in addresses), addresses
    for address in addresses:
        assert (await page.request.get(address)).status == 200, address


async def test_collections_in_pages(page: Page, shop: Shop, picture: TakePicture) -> None:
    nodes = shop.ask("query @inContext(country: US) { collections(first: 8) { nodes { title } } }")["collections"][
        "nodes"
    ]
    titles = [node["title"] for node in nodes]
    await visit(page, "/collections")
    shown = page.locator(".collection-item")
    await expect(shown).to_have_count(4)
    await picture(page, "hydrogen-collections")
    await page.get_by_role("link", name="Load more").click()
    await expect(shown).to_have_count(8)
    assert [text.strip() for text in await shown.all_inner_texts()] == titles


async def test_a_collection_in_pages_both_ways(page: Page, shop: Shop, picture: TakePicture) -> None:
    data = shop.ask(
        'query @inContext(country: US) { collection(handle: "kitchen") { title description'
        f" products(first: 16) {{ nodes {{ title priceRange {{ minVariantPrice {MONEY} }} }} }} }} }}"
    )["collection"]
    products = data["products"]["nodes"]
    await visit(page, "/collections/kitchen")
    await expect(page.get_by_role("heading", level=1)).to_have_text(data["title"])
    await expect(page.locator(".collection-description")).to_have_text(data["description"])
    items = page.locator(".collection .product-item")
    await expect(items).to_have_count(8)
    await picture(page, "hydrogen-collection")
    await page.get_by_role("link", name="Load more").click()
    await expect(items).to_have_count(16)
    assert await items.locator("h4").all_inner_texts() == [product["title"] for product in products]
    prices = [dollars(product["priceRange"]["minVariantPrice"]["amount"]) for product in products]
    assert await items.locator("small").all_inner_texts() == prices
    # Opened anew at the second page, the first one is before it.
    await visit(page, page.url)
    await page.evaluate("history.replaceState({}, '')")
    await visit(page, page.url)
    await expect(items).to_have_count(8)
    assert await items.locator("h4").all_inner_texts() == [product["title"] for product in products[8:]]
    await page.get_by_role("link", name="Load previous").click()
    await expect(items).to_have_count(16)
    assert await items.locator("h4").all_inner_texts() == [product["title"] for product in products]


async def test_everything_is_a_collection_too(page: Page) -> None:
    await visit(page, "/collections/all")
    await expect(page.locator(".product-item")).to_have_count(8)
    await pictures_are_there(page)


PRODUCT = f"""query($handle: String!) @inContext(country: US) {{ product(handle: $handle) {{ title description
  options {{ name optionValues {{ name }} }}
  variants(first: 100) {{ nodes {{ price {MONEY} compareAtPrice {MONEY} availableForSale
    selectedOptions {{ name value }} }} }} }} }}"""


async def test_each_choice_is_another_variant(page: Page, shop: Shop, picture: TakePicture) -> None:
    product = shop.ask(PRODUCT, handle="harbour-mug")["product"]
    await visit(page, "/products/harbour-mug")
    await expect(page.get_by_role("heading", level=1)).to_have_text(product["title"])
    await pictures_are_there(page)
    await picture(page, "hydrogen-product")
    shown = set()
    for variant in product["variants"]["nodes"]:
        for option in variant["selectedOptions"]:
            await choose(page, option["name"], option["value"])
        price = page.locator(".product-main .product-price")
        await expect(price).to_contain_text(dollars(variant["price"]["amount"]))
        button = page.locator(".product-form").get_by_role("button", name=re.compile("Add to cart|Sold out"))
        await expect(button).to_have_text("Add to cart" if variant["availableForSale"] else "Sold out")
        shown.add(await price.inner_text())
    assert len(shown) > 1
    await page.set_viewport_size({"width": 390, "height": 844})
    await picture(page, "hydrogen-product-390")


async def choose(page: Page, name: str, value: str) -> None:
    """Clicks a value of an option; swatches bear their name as a label."""
    group = page.locator(".product-options").filter(has=page.get_by_role("heading", name=name, exact=True))
    button = (
        group.locator(".product-options-item")
        .filter(has=page.locator(f"[aria-label='{value}']"))
        .or_(group.get_by_role("button", name=value, exact=True))
    )
    if urlencode({name: value}) not in page.url:
        async with page.expect_response(lambda response: ".data" in response.url):
            await button.first.click()
    await expect(page).to_have_url(re.compile(re.escape(urlencode({name: value}))))
    await expect(button.first).to_have_css("border-color", "rgb(0, 0, 0)")


async def test_search(page: Page, shop: Shop, picture: TakePicture) -> None:
    data = shop.ask(
        'query @inContext(country: US) { products: search(query: "mug", types: [PRODUCT], first: 8) {'
        " nodes { ... on Product { title } } } }"
    )
    await visit(page, "/search?q=mug")
    results = page.locator(".search-results-item")
    await expect(results.first).to_be_visible()
    text = await page.locator(".search").inner_text()
    for product in data["products"]["nodes"]:
        assert product["title"] in text
    await picture(page, "hydrogen-search")


async def test_search_while_typing(page: Page, shop: Shop) -> None:
    await visit(page, "/")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_placeholder("Search").fill("mug")
    result = page.locator(".predictive-search-result-item").filter(has_text="Harbour Stoneware Mug")
    await expect(result).to_be_visible()


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/pages/about", '{ shown: page(handle: "about") { title } }'),
        ("/blogs/journal", '{ shown: blog(handle: "journal") { title } }'),
        (
            "/blogs/journal/no-two-are-twins",
            '{ blog(handle: "journal") { shown: articleByHandle(handle: "no-two-are-twins") { title } } }',
        ),
        ("/policies/refund-policy", "{ shop { shown: refundPolicy { title } } }"),
    ],
)
async def test_what_the_shop_wrote(page: Page, shop: Shop, picture: TakePicture, address: str, query: str) -> None:
    data = shop.ask(query)
    shown = data.get("shown") or next(iter(data.values()))["shown"]
    await visit(page, address)
    await expect(page.locator(MAIN).get_by_role("heading", level=1).first).to_contain_text(shown["title"])
    await page.wait_for_load_state("networkidle")
    await picture(page, f"hydrogen{address.replace('/', '-')}")


async def test_lists_of_blogs_and_policies(page: Page, shop: Shop) -> None:
    blogs = shop.ask("{ blogs(first: 10) { nodes { title } } }")["blogs"]["nodes"]
    await visit(page, "/blogs")
    for blog in blogs:
        await expect(page.locator(MAIN).get_by_role("heading", name=blog["title"])).to_be_visible()
    await visit(page, "/policies")
    for title in ("Privacy policy", "Refund policy", "Shipping policy"):
        await expect(page.locator(".policies").get_by_role("link", name=title)).to_be_visible()


async def test_sitemap(page: Page, shop: Shop, storefront: str) -> None:
    index = await (await page.request.get("/sitemap.xml")).text()
    parts = re.findall(r"<loc>(.*?)</loc>", index)
    assert any("/sitemap/products/1.xml" in part for part in parts)
    products = await (await page.request.get("/sitemap/products/1.xml")).text()
    count = shop.ask("{ sitemap(type: PRODUCT) { pagesCount { count } resources(page: 1) { items { handle } } } }")
    for item in count["sitemap"]["resources"]["items"]:
        assert f"/products/{item['handle']}<" in products
    await visit(page, "/")


async def test_an_old_address_leads_to_the_new_one(page: Page) -> None:
    assert (await page.request.get("/collections/crockery-of-old")).status == 404
    await visit(page, "/catalogue")
    await expect(page).to_have_url(re.compile("/collections/all$"))


async def test_a_page_that_is_not_there(page: Page, storefront: str) -> None:
    await visit(page, "/")
    assert (await page.request.get("/nothing-like-it")).status == 404


def posted(page: Page) -> AbstractAsyncContextManager[object]:
    """Waits until the starter has had an answer to what is sent in the meantime."""
    return page.expect_response(lambda response: response.request.method == "POST" and "/cart" in response.url)


async def test_a_cart_from_the_first_line_to_the_last(page: Page, shop: Shop, picture: TakePicture) -> None:
    product = shop.ask(PRODUCT, handle="harbour-mug")["product"]
    variant = next(node for node in product["variants"]["nodes"] if node["availableForSale"])
    price = float(variant["price"]["amount"])
    query = "&".join(f"{option['name']}={option['value']}" for option in variant["selectedOptions"])
    await visit(page, f"/products/harbour-mug?{query}")
    await page.wait_for_load_state("networkidle")
    async with posted(page):
        await page.get_by_role("button", name="Add to cart").click()
    drawer = page.locator(".overlay.expanded .cart-main")
    await expect(drawer.locator(".cart-line")).to_have_count(1)
    await expect(drawer.locator(".cart-subtotal")).to_contain_text(dollars(variant["price"]["amount"]))
    await page.wait_for_load_state("networkidle")
    await picture(page, "hydrogen-drawer")

    await visit(page, "/cart")
    await page.wait_for_load_state("networkidle")
    main = page.locator(".cart .cart-main")
    await expect(main.locator(".cart-line")).to_contain_text(product["title"])
    for option in variant["selectedOptions"]:
        await expect(main.locator(".cart-line")).to_contain_text(f"{option['name']}: {option['value']}")
    async with posted(page):
        await main.get_by_role("button", name="Increase quantity").click()
    await expect(main.locator(".cart-line")).to_contain_text("Quantity: 2")
    await expect(main.locator(".cart-subtotal")).to_contain_text(dollars(str(2 * price)))
    await page.wait_for_load_state("networkidle")
    await picture(page, "hydrogen-cart")

    await main.get_by_placeholder("Discount code").fill("SUMMER")
    async with posted(page):
        await main.get_by_role("button", name="Apply discount code").click()
    await main.get_by_placeholder("Gift card code").fill("1234")
    async with posted(page):
        await main.get_by_role("button", name="Apply gift card code").click()
    await expect(main.locator(".cart-subtotal")).to_contain_text(dollars(str(2 * price)))

    checkout = await main.get_by_role("link", name="Continue to Checkout").get_attribute("href")
    assert checkout
    assert checkout.startswith(f"{shop.url}/cart/c/")
    await visit(page, checkout)
    await expect(page.get_by_role("heading", name="Your cart")).to_be_visible()
    await expect(page.locator(".sum")).to_contain_text(dollars(str(2 * price)))
    await expect(page.locator(".lines")).to_contain_text(product["title"])
    await page.wait_for_load_state("networkidle")
    await picture(page, "checkout")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await picture(page, "checkout-390")
    await page.set_viewport_size({"width": 1280, "height": 900})

    await visit(page, "/cart")
    await page.wait_for_load_state("networkidle")
    async with posted(page):
        await main.get_by_role("button", name="Remove").first.click()
    await expect(main.locator(".cart-line")).to_have_count(0)
    await expect(main).to_contain_text("Looks like you haven")
    sent = {name for name, _ in shop.operations()}
    assert sent >= {
        "CartQuery",
        "cartCreate",
        "cartLinesUpdate",
        "cartLinesRemove",
        "cartDiscountCodesUpdate",
        "cartGiftCardCodesAdd",
    }


async def test_links_that_fill_a_cart(page: Page, shop: Shop) -> None:
    product = shop.ask(PRODUCT.replace("availableForSale", "id availableForSale"), handle="harbour-mug")["product"]
    variant = next(node for node in product["variants"]["nodes"] if node["availableForSale"])
    number = variant["id"].rsplit("/", 1)[1]
    await visit(page, f"/cart/{number}:2?discount=SUMMER")
    await expect(page).to_have_url(re.compile(re.escape(f"{shop.url}/cart/c/")))
    await expect(page.locator(".sum")).to_contain_text(dollars(str(2 * float(variant["price"]["amount"]))))
