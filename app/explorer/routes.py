"""Serves the explorer at its own path, whatever state its build is in."""

import html
import json
import re
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from app.explorer.build import AGAIN
from app.explorer.state import Phase, State, Trouble, Workshop
from app.pages import frame, host_of

PATH = "/graphiql"
_PAGE = Template((Path(__file__).resolve().parent / "page.html").read_text())
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
_BUILDING_SECONDS = 2
_WAITING_SECONDS = 5
_MISSING = Trouble(
    "It has not been built yet.", f"Wait a moment if the server has just been started; else {AGAIN[5:]}."
)


def _policy(request: Request) -> str:
    """Nothing from, and nothing to, another host. Not every browser counts websockets to `'self'`: they are named."""
    host = host_of(request)
    sockets = f" ws://{host} wss://{host}" if host else ""
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
        f"img-src 'self' data:; worker-src 'self' blob:; connect-src 'self'{sockets}; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=4)
def _manifest(directory: Path) -> dict[str, Any]:
    """A build never changes, so neither does its list of files."""
    manifest: dict[str, Any] = json.loads((directory / "manifest.json").read_bytes())
    return manifest


def _explorer(request: Request, directory: Path, endpoint: str) -> Response:
    manifest = _manifest(directory)
    root = html.escape(request.scope.get("root_path", ""))
    base = f"{root}{PATH}/assets"
    preload = "".join(f'<link rel="modulepreload" href="{base}/{name}">' for name in manifest["preload"])
    page = _PAGE.substitute(
        base=base,
        icon=manifest["icon"],
        style=manifest["style"],
        script=manifest["script"],
        preload=preload,
        endpoint=root + html.escape(endpoint),
    )
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _policy(request),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, headers=headers)


def _notice(state: State, endpoint: str) -> Response:
    if state.phase is Phase.BUILDING:
        step = f" Right now: {html.escape(state.step)}." if state.step else ""
        status, tone, seconds = "Being built", "", _BUILDING_SECONDS
        text = f'<p class="lead">The first build takes about a minute.{step} This page opens it when it is done.</p>'
    else:
        trouble = state.trouble or _MISSING
        status, tone, seconds = "Not there", " bad", _WAITING_SECONDS
        text = f'<p class="lead">{html.escape(trouble.problem)} {_with_code(trouble.remedy)}</p>'
        if trouble.details:
            text += f"<pre>{html.escape(trouble.details)}</pre>"
    body = (
        f'<section class="opening"><span class="status{tone}">{status}</span><h1>The explorer</h1>{text}'
        f"<p>The shop itself is open: <code>{html.escape(endpoint)}</code> answers clients all the while, "
        '<a href="./">and this is where they find it</a>.</p></section>'
    )
    page = frame("Storekeep explorer", body, refresh_seconds=seconds, status=503)
    page.headers["Retry-After"] = str(seconds)
    return page


def _with_code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _asset(request: Request, workshop: Workshop) -> Response:
    name = request.path_params["name"]
    state = workshop.state()
    for build in (state.build, state.former) if _NAME.fullmatch(name) else ():
        if build is None or not workshop.complete(build) or name not in _manifest(workshop.directory(build))["files"]:
            continue
        path = workshop.directory(build) / "assets" / name
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": _policy(request),
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if _accepts_gzip(request):
            path = path.with_name(f"{name}.gz")
            headers["Content-Encoding"] = "gzip"
        return FileResponse(path, headers=headers, media_type=_TYPES.get(Path(name).suffix, "application/octet-stream"))
    return PlainTextResponse("No such file.\n", 404, {"Cache-Control": "no-store"})


def _accepts_gzip(request: Request) -> bool:
    """`gzip` or `*`, unless it is given weight zero."""
    weights: dict[str, float] = {}
    for part in ",".join(request.headers.getlist("accept-encoding")).split(","):
        coding, _, parameter = part.partition(";")
        found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weights[coding.strip().lower()] = float(found[1]) if found else 1.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def explorer_routes(endpoint: str = "/graphql", workshop: Workshop | None = None) -> list[BaseRoute]:
    """`/graphiql` and its assets. The build's state is read for every page, so a build may end while the server runs.

    While there is nothing to show, `/graphiql` answers 503 with a page that says what to do and looks again by itself.
    """
    shop = workshop or Workshop()

    def page(request: Request) -> Response:
        state = shop.state()
        if state.build is None:
            return _notice(state, endpoint)
        return _explorer(request, shop.directory(state.build), endpoint)

    def asset(request: Request) -> Response:
        return _asset(request, shop)

    return [Route(PATH, page), Route(f"{PATH}/assets/{{name}}", asset)]
