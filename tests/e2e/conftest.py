"""A Chromium, a running shop, and pages that may talk to nobody else.

`STOREKEEP_CHROMIUM` names the browser, else it is looked for on the PATH. `STOREKEEP_E2E_URL` names a shop that runs
already; without it one is started. `STOREKEEP_E2E_PICTURES` names a directory for pictures of the pages.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.e2e.explorer import Explorer
from tests.e2e.running import build_explorer, shop
from tests.e2e.watching import Watch

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Awaitable[Page]]
TakePicture = Callable[[Page, str], Awaitable[None]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; without one there is nothing to test, and one line says so."""
    named = os.environ.get("STOREKEEP_CHROMIUM")
    if named:
        found = shutil.which(named)
    else:
        candidates = ("chromium", "chromium-browser", "google-chrome")
        found = next(filter(None, map(shutil.which, candidates)), None)
    if found is None:
        missing = f"STOREKEEP_CHROMIUM is {named}, not a program" if named else "there is no Chromium on the PATH"
        pytest.exit(f"{missing}: install one (apt-get install chromium) or name it in STOREKEEP_CHROMIUM", returncode=1)
    return found


@pytest.fixture(scope="session")
def base_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the running shop, its explorer built."""
    build_explorer()
    running = os.environ.get("STOREKEEP_E2E_URL")
    if running:
        yield running.rstrip("/")
        return
    with shop(tmp_path_factory.mktemp("shop")) as url:
        yield url


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(browser: Browser, base_url: str) -> AsyncIterator[OpenPage]:
    """Opens pages, each of a visitor of its own; in the end none may have called elsewhere or complained."""
    watches: list[Watch] = []
    async with AsyncExitStack() as stack:

        async def opened(*, dark: bool = False, width: int = 1400, height: int = 860) -> Page:
            context = await browser.new_context(
                color_scheme="dark" if dark else "light", viewport={"width": width, "height": height}
            )
            stack.push_async_callback(context.close)
            watches.append(await Watch.over(context, base_url))
            return await context.new_page()

        yield opened
        for watch in watches:
            watch.verify()


@pytest.fixture
async def explorer(open_page: OpenPage, base_url: str) -> Explorer:
    """The explorer, opened by somebody who was never here before."""
    return await Explorer(await open_page(), base_url).open()


@pytest.fixture
def picture() -> TakePicture:
    """Takes a picture of a page where pictures are wanted."""
    folder = os.environ.get("STOREKEEP_E2E_PICTURES")

    async def take(page: Page, name: str) -> None:
        if folder:
            await page.screenshot(path=Path(folder, f"{name}.png"))

    return take
