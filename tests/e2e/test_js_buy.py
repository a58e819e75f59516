"""A page without a framework, on the JS Buy SDK: it browses our shop, and fills, changes and empties a cart."""

import re
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.asking import Shop
from tests.e2e.conftest import TakePicture
from tests.e2e.hydrogen import PACKAGES
from tests.e2e.watching import Watch
from tests.transport.node import installed

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

MONEY = "{ amount currencyCode }"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """What a test serves is nobody's news."""


@pytest.fixture(scope="module")
def storefront(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("plain")
    shutil.copy(Path(__file__).parent / "plain_shop.html", folder / "index.html")
    shutil.copy(installed(PACKAGES, 300) / "node_modules/shopify-buy/index.umd.min.js", folder / "shopify-buy.js")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.fixture
def shop(base_url: str) -> Shop:
    return Shop(base_url)


@pytest.fixture
async def page(browser: Browser, storefront: str, shop: Shop) -> AsyncIterator[Page]:
    """The page, opened; in the end nothing was refused, nothing failed, and nothing complained."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    watch = await Watch.over(context, storefront, shop.url)
    shop.look()
    page = await context.new_page()
    await page.goto(f"{storefront}/?shop={shop.url}")
    yield page
    await page.wait_for_load_state("networkidle")
    await context.close()
    assert {outcome for _, outcome in shop.operations()} == {"ok"}
    watch.verify()


async def test_it_browses(page: Page, shop: Shop, picture: TakePicture) -> None:
    data = shop.ask(
        f"""{{ shop {{ name }} collections(first: 10) {{ nodes {{ title }} }}
        products(first: 12) {{ nodes {{ title variants(first: 1) {{ nodes {{ price {MONEY} }} }} }} }} }}"""
    )
    await page.evaluate("browse()")
    await expect(page.get_by_role("heading", level=1)).to_have_text(data["shop"]["name"])
    titles = [collection["title"] for collection in data["collections"]["nodes"]]
    assert await page.locator("#collections li").all_inner_texts() == titles
    prices = [(node["title"], node["variants"]["nodes"][0]["price"]) for node in data["products"]["nodes"]]
    shown = await page.locator("#products li").all_inner_texts()
    assert [text.strip() for text in shown] == [f"{t} {price['amount']} {price['currencyCode']}" for t, price in prices]
    await page.wait_for_load_state("networkidle")
    sizes = await page.locator("#products img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert all(0 < size <= 320 for size in sizes), sizes
    await picture(page, "js-buy")
    await page.set_viewport_size({"width": 390, "height": 844})
    await picture(page, "js-buy-390")


async def test_it_shows_one_product(page: Page, shop: Shop) -> None:
    query = f"""{{ product(handle: "harbour-mug") {{ title variants(first: 50) {{
        nodes {{ id title availableForSale price {MONEY} }} }} }} }}"""
    product = shop.ask(query)["product"]
    variant = next(node for node in product["variants"]["nodes"] if node["availableForSale"])
    assert await page.evaluate("detail('harbour-mug')") == variant["id"]
    detail = page.locator("#detail")
    await expect(detail.get_by_role("heading")).to_have_text(product["title"])
    price = f"{variant['price']['amount']} {variant['price']['currencyCode']}"
    await expect(detail).to_contain_text(f"{variant['title']}: {price}")
    await expect(detail).to_contain_text("go with it")


async def test_it_fills_changes_and_empties_a_cart(page: Page, shop: Shop) -> None:
    variant = await page.evaluate("detail('harbour-mug')")
    price = shop.ask(f"query($id: ID!) {{ node(id: $id) {{ ... on ProductVariant {{ price {MONEY} }} }} }}", id=variant)
    amount, currency = float(price["node"]["price"]["amount"]), price["node"]["price"]["currencyCode"]
    total, lines = page.locator("#total"), page.locator("#lines li")

    def money(pieces: int) -> str:
        text = f"{pieces * amount:.2f}"
        return f"{text[:-1] if text.endswith('0') else text} {currency}"

    opened = await page.evaluate("open()")
    assert opened["lines"] == []
    added = await page.evaluate("variant => add(variant, 1)", variant)
    await expect(lines).to_have_count(1)
    await expect(total).to_have_text(money(1))
    await page.evaluate("line => update(line, 2)", added["lines"][0])
    await expect(lines).to_contain_text(["2 × Harbour Stoneware Mug"])  # noqa: RUF001
    await expect(total).to_have_text(money(2))
    assert (await page.evaluate("note('Ring twice')"))["note"] == "Ring twice"
    assert (await page.evaluate("email('ada@shop.example')"))["email"] == "ada@shop.example"
    await page.evaluate("discount('SUMMER')")
    await expect(total).to_have_text(money(2))
    again = await page.evaluate("id => again(id)", opened["id"])
    assert again["lines"] == added["lines"]
    checkout = f"{shop.url}/cart/c/{opened['id'].rsplit('/', 1)[1]}"
    await expect(page.locator("#checkout")).to_have_attribute("href", re.compile(re.escape(checkout)))
    replaced = await page.evaluate("variant => replace(variant, 1)", variant)
    await expect(total).to_have_text(money(1))
    await page.evaluate("line => remove(line)", replaced["lines"][0])
    await expect(lines).to_have_count(0)
    await expect(total).to_have_text(f"0.0 {currency}")
