"""The explorer in a real browser, against a running shop."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.explorer import TABS, Explorer

pytestmark = pytest.mark.e2e

TakePicture = Callable[[Page, str], Awaitable[None]]


async def test_opens_with_every_tab_and_the_schema(explorer: Explorer) -> None:
    assert await explorer.titles() == TABS
    await expect(explorer.page).to_have_title("Storekeep explorer")
    await explorer.page.get_by_label("Show Documentation Explorer").click()
    await expect(explorer.page.locator(".graphiql-doc-explorer-content")).to_contain_text("QueryRoot")


async def test_the_brand_leads_to_the_landing_page(explorer: Explorer, base_url: str) -> None:
    brand = explorer.page.get_by_role("link", name="Storekeep")
    assert await brand.locator("img").evaluate("image => image.naturalWidth") > 0
    await brand.click()
    await expect(explorer.page).to_have_url(f"{base_url}/")


async def test_runs_queries(explorer: Explorer) -> None:
    await explorer.run("BrowseTheShop")
    assert len(await explorer.data("products", "nodes")) > 0
    await explorer.run("OneProduct")
    variants = await explorer.data("product", "variants", "nodes")
    assert any(variant["quantityAvailable"] for variant in variants)


async def test_the_query_builder_lists_the_schema(explorer: Explorer) -> None:
    await explorer.page.get_by_label("Show GraphiQL Explorer").click()
    await expect(explorer.page.locator(".graphiql-explorer-root")).to_contain_text("products")


async def test_a_tab_hears_what_the_tab_beside_bought(explorer: Explorer, picture: TakePicture) -> None:
    await explorer.watch("WatchTheStock")
    await explorer.has_badge("WatchTheStock", "")
    await explorer.run("BuyOne")
    left = await explorer.data("demoBuy", "variant", "quantityAvailable")
    assert await explorer.data("demoBuy", "userErrors") == []
    await explorer.has_badge("WatchTheStock", "1")
    await picture(explorer.page, "explorer-bought")
    await explorer.show("WatchTheStock")
    await explorer.shows(f'"quantityAvailable": {left}')
    await explorer.has_badge("WatchTheStock", "")
    await picture(explorer.page, "explorer-watching")


async def test_a_tab_opened_again_goes_on_listening(explorer: Explorer) -> None:
    await explorer.watch("WatchTheStock")
    await explorer.run("BuyOne")
    await explorer.has_badge("WatchTheStock", "1")
    await explorer.show("WatchTheStock")
    await explorer.show("WatchTheStock")
    await explorer.run("BuyOne")
    left = await explorer.data("demoBuy", "variant", "quantityAvailable")
    await explorer.has_badge("WatchTheStock", "1")
    await explorer.show("WatchTheStock")
    await explorer.shows(f'"quantityAvailable": {left}')


async def test_a_window_hears_what_another_window_bought(
    explorer: Explorer, open_page: OpenPage, base_url: str
) -> None:
    await explorer.watch("WatchTheStock")
    other = await Explorer(await open_page(dark=True), base_url).open()
    await other.run("BuyOne")
    left = await other.data("demoBuy", "variant", "quantityAvailable")
    await explorer.shows(f'"quantityAvailable": {left}')


async def test_the_stop_button_ends_a_subscription(explorer: Explorer) -> None:
    await explorer.watch("WatchTheStock")
    await explorer.press_run()
    await explorer.has_badge("WatchTheStock", None)
    await explorer.run("BuyOne")
    assert await explorer.badge("WatchTheStock") is None


async def test_a_new_tab_and_a_closed_one(explorer: Explorer) -> None:
    await explorer.watch("WatchTheStock")
    await explorer.page.get_by_label("New tab").click()
    await explorer.has_badge("WatchTheStock", "")
    await explorer.run("BuyOne")
    await explorer.has_badge("WatchTheStock", "1")
    await explorer.show("WatchTheStock")
    await explorer.tab("WatchTheStock").locator("xpath=following-sibling::button").click()
    await expect(explorer.tab("WatchTheStock")).to_have_count(0)
    assert [await explorer.badge(name) for name in TABS if name != "WatchTheStock"] == [None] * (len(TABS) - 1)


async def test_an_opened_cart_is_watched_and_filled(explorer: Explorer) -> None:
    await explorer.run("OpenACart")
    assert await explorer.data("cartCreate", "userErrors") == []
    cart = await explorer.data("cartCreate", "cart", "id")
    await explorer.watch("WatchTheCart")
    assert await explorer.variables() == {"cartId": cart}
    await explorer.run("AddALine")
    assert await explorer.data("cartLinesAdd", "cart", "totalQuantity") == 2
    await explorer.has_badge("WatchTheCart", "1")
    await explorer.show("WatchTheCart")
    await explorer.shows('"totalQuantity": 2')
    assert await explorer.data("cartUpdated", "id") == cart


async def test_a_cart_is_opened_for_a_reader_who_did_not(explorer: Explorer) -> None:
    await explorer.watch("WatchTheCart")
    cart = (await explorer.variables())["cartId"]
    assert cart.startswith("gid://shopify/Cart/")
    await explorer.run("AddALine")
    assert await explorer.data("cartLinesAdd", "cart", "id") == cart
    await explorer.has_badge("WatchTheCart", "1")


async def test_a_second_visit_finds_the_tabs_as_they_were_left(explorer: Explorer) -> None:
    await explorer.run("OpenACart")
    cart = await explorer.data("cartCreate", "cart", "id")
    await explorer.show("AddALine")
    await explorer.page.wait_for_timeout(1_000)  # GraphiQL stores its tabs half a second after a change.
    await explorer.reload()
    assert await explorer.titles() == TABS
    await explorer.show("WatchTheCart")
    assert await explorer.variables() == {"cartId": cart}


async def test_ids_that_are_gone_are_renewed(explorer: Explorer) -> None:
    await explorer.show("BuyOne")
    known = (await explorer.variables())["merchandiseId"]
    await explorer.page.wait_for_timeout(1_000)  # GraphiQL stores its tabs half a second after a change.
    gone = "gid://shopify/ProductVariant/999999999"
    await explorer.page.evaluate(
        """([known, gone]) => Object.keys(localStorage).forEach(
            key => localStorage.setItem(key, localStorage.getItem(key).replaceAll(known, gone)))""",
        [known, gone],
    )
    await explorer.reload()
    assert await explorer.titles() == TABS
    await explorer.show("BuyOne")
    assert await explorer.variables() == {"merchandiseId": known}


async def answer_instead(page: Page, operation: str, data: dict[str, Any]) -> None:
    """Answers one operation of the explorer's own in the shop's place, for shops unlike the demo."""

    async def answer(route: Route) -> None:
        if operation in (route.request.post_data or ""):
            await route.fulfill(json={"data": data})
        else:
            await route.fallback()

    await page.route("**/graphql", answer)


async def test_an_empty_shop_says_what_is_missing_until_it_is_filled(open_page: OpenPage, base_url: str) -> None:
    page = await open_page()
    await answer_instead(page, "ExplorerFindsStock", {"products": {"nodes": []}})
    explorer = await Explorer(page, base_url).open()
    await explorer.show("BuyOne")
    assert await explorer.variables() == {"merchandiseId": "no variant in stock yet"}
    await page.wait_for_timeout(1_000)  # GraphiQL stores its tabs half a second after a change.
    await page.unroute_all()
    await explorer.reload()
    await explorer.show("OneProduct")
    await explorer.show("BuyOne")
    assert (await explorer.variables())["merchandiseId"].startswith("gid://shopify/ProductVariant/")


async def test_a_shop_without_the_demo_offers_no_purchase(open_page: OpenPage, base_url: str) -> None:
    page = await open_page()
    await answer_instead(page, "ExplorerAsksForDemo", {"demoBuy": None})
    explorer = await Explorer(page, base_url).open()
    assert await explorer.titles() == [name for name in TABS if name != "BuyOne"]


async def test_a_mistake_is_explained_by_the_server(explorer: Explorer) -> None:
    await explorer.page.evaluate(
        """() => globalThis.__MONACO.editor.getModels()
            .find(model => model.uri.path.endsWith('operation.graphql')).setValue('query Mistake { nonsense }')"""
    )
    await explorer.press_run()
    assert "nonsense" in (await explorer.answer())["errors"][0]["message"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_follows_the_readers_colour_scheme(
    open_page: OpenPage, base_url: str, dark: bool, picture: TakePicture
) -> None:
    explorer = await Explorer(await open_page(dark=dark), base_url).open()
    await explorer.run("BrowseTheShop")
    ground = await explorer.page.locator(".graphiql-container").evaluate(
        "element => getComputedStyle(element).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert (max(ground[:3]) < 80) is dark
    await picture(explorer.page, f"explorer-{'dark' if dark else 'light'}")


async def test_a_phone_shows_the_answer_under_the_question(open_page: OpenPage, base_url: str) -> None:
    explorer = await Explorer(await open_page(width=390, height=844), base_url).open()
    await explorer.run("BrowseTheShop")
    asked = await explorer.page.locator(".graphiql-editors").bounding_box()
    answered = await explorer.page.locator(".graphiql-response").bounding_box()
    assert asked
    assert answered
    assert answered["y"] >= asked["y"] + asked["height"]
    assert answered["width"] > 250
