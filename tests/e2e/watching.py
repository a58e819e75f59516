"""A watch over what the browser does while a page is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Route, WebSocket


@dataclass
class Watch:
    """What a page must not do: talk to another host, or complain. ``noise`` is excused: addresses, and why."""

    hosts: frozenset[str]
    noise: Mapping[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def over(cls, context: BrowserContext, *addresses: str, noise: Mapping[str, str] | None = None) -> Self:
        """Lets nothing out of `context` but requests to these addresses; what is noise is answered with nothing."""
        watch = cls(frozenset(urlsplit(address).netloc for address in addresses), noise or {})
        await context.route("**/*", watch._gate)
        context.on("page", watch._attend)
        return watch

    async def _gate(self, route: Route) -> None:
        if urlsplit(route.request.url).netloc in self.hosts:
            await route.continue_()
        elif any(route.request.url.startswith(address) for address in self.noise):
            await route.fulfill(status=200, content_type="text/javascript", body="")
        else:
            self.foreign.append(route.request.url)
            await route.abort()

    def _attend(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("websocket", self._websocket)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _websocket(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).netloc not in self.hosts:
            self.foreign.append(socket.url)

    def verify(self) -> None:
        assert self.foreign == []
        assert self.complaints == []
