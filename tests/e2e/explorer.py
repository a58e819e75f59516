"""The explorer as its reader handles it."""

import json
from typing import Any, Self

from playwright.async_api import Locator, Page, expect

TABS = [
    "BrowseTheShop",
    "OneProduct",
    "SearchTheShop",
    "NarrowAList",
    "AskInGerman",
    "ReadWhatItTells",
    "WatchTheStock",
    "BuyOne",
    "OpenACart",
    "WatchTheCart",
    "AddALine",
]

# GraphiQL's editors show only the lines on screen; their models hold the whole text.
_EDITOR_TEXT = """suffix => globalThis.__MONACO.editor.getModels()
  .find(model => model.uri.path.endsWith(suffix))?.getValue() ?? ''"""


class Explorer:
    """One open page of it."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self._url = f"{base_url}/graphiql"

    async def open(self) -> Self:
        await self.page.goto(self._url)
        return await self.settled()

    async def reload(self) -> Self:
        await self.page.reload()
        return await self.settled()

    async def settled(self) -> Self:
        """Waits for the editors and for the schema, without which nothing is coloured or completed."""
        await expect(self.page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=30_000)
        await expect(self.page.locator(".graphiql-doc-explorer-content, .graphiql-sidebar").first).to_be_visible()
        return self

    def tab(self, name: str) -> Locator:
        return self.page.locator("[id^=graphiql-session-tab-]").filter(has_text=name)

    async def titles(self) -> list[str]:
        return await self.page.locator("[id^=graphiql-session-tab-]").all_inner_texts()

    async def show(self, name: str) -> Self:
        await self.tab(name).click()
        await self.page.wait_for_function(
            f"name => ({_EDITOR_TEXT})('operation.graphql').includes(name)", arg=f" {name}"
        )
        return self

    async def press_run(self) -> None:
        await self.page.locator(".graphiql-execute-button").click()

    async def run(self, name: str) -> dict[str, Any]:
        """Opens a tab, runs it, and returns the answer; for queries and mutations."""
        await self.show(name)
        await self.press_run()
        return await self.answer()

    async def watch(self, name: str) -> Self:
        """Opens a tab and starts its subscription; returns when it shows how things stand."""
        await self.show(name)
        await self.press_run()
        await self.answer()
        return self

    async def _text(self, editor: str) -> str:
        return str(await self.page.evaluate(_EDITOR_TEXT, editor))

    async def answer(self) -> dict[str, Any]:
        """The response on screen, waiting for one that is not empty."""
        await self.page.wait_for_function(f"() => ({_EDITOR_TEXT})('response.json').trim().endsWith('}}')")
        answer: dict[str, Any] = json.loads(await self._text("response.json"))
        return answer

    async def data(self, *path: str) -> Any:
        """A value in the response on screen, which must be free of errors."""
        answer = await self.answer()
        assert "errors" not in answer, answer
        value: Any = answer["data"]
        for step in path:
            value = value[step]
        return value

    async def variables(self) -> dict[str, Any]:
        variables: dict[str, Any] = json.loads(await self._text("variables.json"))
        return variables

    async def shows(self, text: str) -> None:
        await self.page.wait_for_function(
            f"text => ({_EDITOR_TEXT})('response.json').includes(text)", arg=text, timeout=10_000
        )

    async def badge(self, name: str) -> str | None:
        """None for a tab that does not listen, "" for one that does, else its number of unread events."""
        content = await self.tab(name).evaluate("tab => getComputedStyle(tab, '::after').content")
        return None if content == "none" else str(json.loads(content))

    async def has_badge(self, name: str, wanted: str | None) -> None:
        content = "none" if wanted is None else json.dumps(wanted)
        await self.page.wait_for_function(
            "([tab, content]) => getComputedStyle(tab, '::after').content === content",
            arg=[await self.tab(name).element_handle(), content],
            timeout=10_000,
        )
