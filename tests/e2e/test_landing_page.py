"""The landing page in a real browser."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import OpenPage

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1400])
async def test_fits_every_screen(
    open_page: OpenPage, base_url: str, picture: Callable[[Page, str], Awaitable[None]], width: int, dark: bool
) -> None:
    page = await open_page(dark=dark, width=width)
    await page.goto(base_url)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("Open and answering")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (max(ground[:3]) < 80) is dark
    await picture(page, f"landing-{width}-{'dark' if dark else 'light'}")


async def test_every_link_works(open_page: OpenPage, base_url: str) -> None:
    page = await open_page()
    await page.goto(base_url)
    addresses = await page.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert {f"{base_url}/{name}" for name in ("graphiql", "health", "ready", "metrics")} <= set(addresses)
    for address in addresses:
        assert (await page.request.get(address)).status == 200, address


async def test_its_button_opens_the_explorer(open_page: OpenPage, base_url: str) -> None:
    page = await open_page()
    await page.goto(base_url)
    await page.get_by_role("link", name="Open the explorer").click()
    await expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=30_000)


async def test_its_example_runs_as_it_stands(open_page: OpenPage, base_url: str) -> None:
    page = await open_page()
    await page.goto(base_url)
    command = await page.locator("pre").inner_text()
    assert command.startswith(f"curl {base_url}/graphql ")
    body = command[command.index("-d '") + 4 : command.rindex("'")]
    answer = await page.request.post(f"{base_url}/graphql", headers={"Content-Type": "application/json"}, data=body)
    assert "errors" not in await answer.json()
    assert (await answer.json())["data"]["shop"]["name"] == await page.locator("h1").inner_text()
