"""The official Hydrogen starter, made by its own generator, with its settings naming our shop.

Of its source two files are edited: the server's entry, to let its pages load our pictures, and Vite's configuration, to
read the settings from the environment as the starter's own command line does. Nothing of it is kept in this repository.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.e2e.running import free_port, wait_until_it_answers
from tests.transport.node import installed, node

PACKAGES = Path(__file__).parent / "npm" / "storefronts"
SCAFFOLD = (
    *("--path", "shop", "--mock-shop", "--language", "ts", "--styling", "none", "--markets", "none", "--routes"),
    *("--no-install-deps", "--no-git", "--no-shortcut"),
)
SETTINGS = {
    "SESSION_SECRET": "only-for-tests",
    # Hydrogen wants 32 characters; Storekeep looks at none of them.
    "PUBLIC_STOREFRONT_API_TOKEN": "0" * 32,
    "PUBLIC_STOREFRONT_ID": "1",
}
EDITS = {
    "app/entry.server.tsx": [
        ("createContentSecurityPolicy({\n", "createContentSecurityPolicy({\n    ...OURS(context.env),\n"),
        ("storeDomain: context.env.PUBLIC_STORE_DOMAIN", "storeDomain: new URL(context.env.PUBLIC_STORE_DOMAIN).host"),
        (
            "export default async",
            "const OURS = (env: Env) => ({\n"
            "  imgSrc: [\"'self'\", 'data:', env.PUBLIC_STORE_DOMAIN],\n"
            "  connectSrc: [env.PUBLIC_STORE_DOMAIN],\n"
            "});\n\nexport default async",
        ),
    ],
    "vite.config.ts": [
        ("import {defineConfig}", "import {defineConfig, loadEnv}"),
        ("oxygen()", "oxygen({env: loadEnv('', process.cwd(), ['PUBLIC_', 'PRIVATE_', 'SESSION_'])})"),
    ],
}


def built() -> Path:
    """The starter's folder, its build complete; made once for each lock file and each edit."""
    home = installed(PACKAGES, 300)
    shop = home / f"hydrogen-{sha256(repr((SCAFFOLD, EDITS)).encode()).hexdigest()[:12]}" / "shop"
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shop / ".done").exists():
            shutil.rmtree(shop.parent, ignore_errors=True)
            shop.parent.mkdir()
            modules = home / "node_modules"
            _node(shop.parent, modules / "@shopify/create-hydrogen/dist/create-app.js", *SCAFFOLD)
            for name, edits in EDITS.items():
                _edit(shop / name, edits)
            (shop / ".env").unlink()
            _node(shop, modules / "@react-router/dev/bin.js", "build")
            (shop / ".done").touch()
    return shop


@contextmanager
def starter(shop_url: str, folder: Path) -> Iterator[str]:
    """Address of a running starter whose shop is ours; in the end it may not have logged an error of the shop's."""
    shop, port = built(), free_port()
    env = {
        **os.environ,
        **SETTINGS,
        "PUBLIC_STORE_DOMAIN": shop_url,
        "PUBLIC_CHECKOUT_DOMAIN": urlsplit(shop_url).netloc,
    }
    vite = [*node(), str(shop.parents[1] / "node_modules/vite/bin/vite.js")]
    log = folder / "hydrogen.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*vite, "preview", "--host", "127.0.0.1", "--port", str(port), "--strictPort"],
            cwd=shop,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(f"{url}/robots.txt", server, log)
        yield url
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    complaints = [line for line in log.read_text().splitlines() if "[h2:error" in line]
    assert complaints == []


def _edit(path: Path, edits: list[tuple[str, str]]) -> None:
    text = path.read_text()
    for old, new in edits:
        assert text.count(old) == 1, f"{path} does not hold {old!r} once: the starter has changed"
        text = text.replace(old, new)
    path.write_text(text)


def _node(cwd: Path, script: Path, *arguments: str) -> None:
    env = {**os.environ, "CI": "1", "SHOPIFY_CLI_NO_ANALYTICS": "1"}
    done = subprocess.run(
        [*node(), str(script), *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=200
    )
    if done.returncode != 0:
        pytest.fail(f"{script.name} failed:\n{done.stdout}{done.stderr}", pytrace=False)
