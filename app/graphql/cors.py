"""Which other sites' pages may call the endpoint from a browser, and may open its websocket.

Answers never allow credentials, so that any origin may be let in by default: a page of another site gets what anybody
gets. With an allow-list, other origins are answered without the headers that make a browser hand the answer over.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

ANY = "*"
EXPOSED = "x-request-id, server-timing"
_PREFLIGHT_SECONDS = "86400"


class Cors:
    """`origins` are origins such as `https://shop.example`, or `*` for any."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._any = ANY in self._origins

    def answer_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What every answer carries."""
        allowed = self._allowed_origin(headers.get("origin"))
        found = {} if self._any else {"vary": "Origin"}
        if allowed is not None:
            found |= {"access-control-allow-origin": allowed, "access-control-expose-headers": EXPOSED}
        return found

    def preflight_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What a preflight is answered with: every header that it asks for is allowed, since none of them is trusted
        for having been sent by a page.
        """
        answer = self.answer_headers(headers)
        if "access-control-allow-origin" not in answer:
            return answer
        answer["access-control-allow-methods"] = "GET, POST, OPTIONS"
        answer["access-control-max-age"] = _PREFLIGHT_SECONDS
        answer["vary"] = ", ".join(filter(None, (answer.get("vary"), "Access-Control-Request-Headers")))
        asked = headers.get("access-control-request-headers")
        if asked:
            answer["access-control-allow-headers"] = asked
        return answer

    def may_connect(self, headers: Mapping[str, str]) -> bool:
        """Whether a websocket may be opened: browsers do not ask first, so its Origin is checked here.

        A client that is no browser sends none and may. The same origin always may: its host and port are those that
        the request was sent to.
        """
        origin = headers.get("origin")
        if origin is None or self._any or self._allowed_origin(origin) is not None:
            return True
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()

    def _allowed_origin(self, origin: str | None) -> str | None:
        if self._any:
            return ANY
        return origin if origin is not None and origin.lower() in self._origins else None
