"""Pages for people, not clients: self-contained HTML without a script, and the landing page at `/`."""

import html
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from app.headers import is_host
from app.pages.wording import ENGLISH

_HERE = Path(__file__).resolve().parent
_MARK = (_HERE.parent / "explorer" / "src" / "mark.svg").read_text()
_FRAME = Template((_HERE / "frame.html").read_text())
_LANDING = Template((_HERE / "landing.html").read_text())

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:{pictures}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_EXAMPLE = "{ shop { name } products(first: 3) { nodes { title } } }"

logger = logging.getLogger("storekeep.pages")


def host_of(request: Request) -> str | None:
    """Host and port as the client named them, None where they could be anything else than that."""
    host = request.headers.get("host", "")
    return host if is_host(host) else None


def frame(
    title: str,
    body: str,
    *,
    owner: str = "Storekeep",
    mark: str = _MARK,
    corner: str = "",
    refresh_seconds: int | None = None,
    status: int = 200,
    pictures: str = "",
    language: str = ENGLISH.language,
    footer: str = ENGLISH.footer,
) -> Response:
    """A page in our frame; it may not be stored by any cache.

    `body` and `mark` are HTML, `title`, `owner`, `corner` and `footer` are text; `language` is what they are in.

    Pictures are ours, and from where `pictures` says, as a Content-Security-Policy says it.
    """
    refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
    page = _FRAME.substitute(
        title=html.escape(title),
        refresh=refresh,
        icon=f"data:image/svg+xml,{quote(_MARK)}",
        mark=mark,
        owner=html.escape(owner),
        corner=html.escape(corner),
        language=html.escape(language),
        footer=html.escape(footer),
        body=body,
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY.format(pictures=f" {pictures}" if pictures else ""),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, status, headers)


@dataclass(frozen=True, slots=True)
class LandingInfo:
    """What the landing page says of this installation: `facts` in their order, their numbers grouped in thousands."""

    name: str
    version: str
    database: str
    facts: Mapping[str, int | str] = field(default_factory=dict)


def _facts(facts: Mapping[str, int | str]) -> str:
    def shown(value: int | str) -> str:
        return f"{value:,}" if isinstance(value, int) else html.escape(value)

    return "\n".join(f"<div><dt>{html.escape(name)}</dt><dd>{shown(value)}</dd></div>" for name, value in facts.items())


def _example(address: str) -> str:
    body = json.dumps({"query": _EXAMPLE})
    # --insecure: `make run TLS=1` serves a certificate that was made on this machine.
    trust = " --insecure" if address.startswith(("https://localhost", "https://127.")) else ""
    command = f"curl{trust} {address} \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"
    return f'<pre tabindex="0" aria-label="An example with curl">{html.escape(command, quote=False)}</pre>'


# No example: it would have to tell everybody the id of a document, which may be that of a client for few.
_TRUSTED_ONLY = (
    "<p>Only trusted documents are answered here: a client names one by its id, as <code>documentId</code>.</p>"
)


def _explorer_card(path: str | None) -> str:
    if path is None:
        return ""
    href = html.escape(path.lstrip("/"))
    return (
        '<section class="card wide door"><div><h2>Try it in the explorer</h2>'
        "<p>Tabs of ready queries, in pairs: watch the stock in one, buy in the next, and see the first one say so.</p>"
        f'</div><a class="button" href="{href}">Open the explorer</a></section>'
    )


def _landing(info: LandingInfo | None, example: str, endpoint: str, explorer: str | None) -> Response:
    if info is None:
        wording = {
            "tone": " bad",
            "status": "Not answering",
            "name": "The shop cannot be reached",
            "lead": "The server runs, but its data does not answer; its log says why, and so does storekeep doctor.",
        }
        facts: Mapping[str, int | str] = {}
    else:
        wording = {
            "tone": "",
            "status": "Open and answering",
            "name": html.escape(info.name),
            "lead": "A shop served by Storekeep: a GraphQL backend that you host yourself. It speaks the vocabulary of "
            "the Shopify Storefront API, so storefronts written for that one can talk to this one.",
        }
        facts = {**info.facts, "Database": info.database}
    body = _LANDING.substitute(
        wording,
        facts=_facts(facts),
        explorer=_explorer_card(explorer),
        endpoint=html.escape(endpoint),
        example=example,
    )
    title = f"{info.name} · Storekeep" if info else "Storekeep"
    corner = f"Version {info.version}" if info else ""
    return frame(title, body, corner=corner, status=200 if info else 503)


def landing_routes(
    info: Callable[[], Awaitable[LandingInfo]],
    *,
    endpoint: str = "/graphql",
    explorer: str | None = "/graphiql",
    trusted_only: bool = False,
) -> list[BaseRoute]:
    """`/` and the icon that browsers ask for.

    `info` is asked for every view. Where it raises, the page says that the data does not answer, with 503, and the
    cause goes to the log. `explorer` is None where none is served; with `trusted_only`, the page shows no
    query that would be refused.
    """

    async def landing(request: Request) -> Response:
        found: LandingInfo | None = None
        try:
            found = await info()
        except Exception:
            logger.exception("The landing page has no data to show")
        address = (
            f"{request.url.scheme}://{host_of(request) or '127.0.0.1'}{request.scope.get('root_path', '')}{endpoint}"
        )
        return _landing(found, _TRUSTED_ONLY if trusted_only else _example(address), endpoint, explorer)

    async def icon(_: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return Response(_MARK, media_type="image/svg+xml", headers=headers)

    return [Route("/", landing), Route("/favicon.ico", icon), Route("/favicon.svg", icon)]
