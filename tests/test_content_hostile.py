"""Files of content as nobody should write them: each is refused with its name, its line and what to do."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.session import Database
from resolvers.exchange import UnreadableError
from resolvers.exchange.texts import LARGEST, parsed
from tests.databases import Databases
from tests.test_content import FILES, brought, written

DEEP = '[[menus]]\nhandle = "m"\ntitle = "M"\n' + "".join(
    f'[[menus{".items" * n}]]\ntitle = "Level {n}"\nto = "/"\n' for n in range(1, 5)
)
NESTED = "x = " + "[" * 100_000
DOTTED = " . ".join(["a", '"b c"', "'d.e'"] * 33_000)
TWICE = '[[menus]]\nhandle = "m"\ntitle = "M"\n' * 2
ENTRIES = '[fields]\nname = "single_line_text_field"\n[[entries]]\nhandle = "a"\n[[entries]]\nhandle = "a"\n'


@pytest.fixture
async def database(databases: Databases) -> Any:
    async with Database(await databases.fresh("sqlite", "empty")) as found:
        yield found


def put(name: str, content: bytes | str) -> Callable[[Path], None]:
    """A file in the folder of content."""

    def write(folder: Path) -> None:
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "content" / name).write_bytes(data)

    return write


def link(name: str, target: str) -> Callable[[Path], None]:
    """A link in its place, to what stands beside the folder of the shop."""

    def write(folder: Path) -> None:
        (folder.parent / "secret.html").write_text('+++\ntitle = "Secret"\n+++\n')
        (folder.parent / "secrets").mkdir()
        (folder.parent / "secrets/blog.toml").write_text('title = "Secrets"\n')
        path = folder / "content" / name
        path.unlink(missing_ok=True)
        path.symlink_to(folder.parent / target)

    return write


def huge(name: str) -> Callable[[Path], None]:
    """A file that takes no room and yet is too long."""
    return lambda folder: os.truncate(folder / "content" / name, LARGEST + 1)


def redirects(*lines: str) -> str:
    return "\n".join(("Redirect from,Redirect to", *lines, ""))


HOSTILE = [
    (put("pages/about.html", b'+++\ntitle = "x"\n+++\nca\xff\xe9'), "pages/about.html", "line 4: it is not UTF-8"),
    (put("menus.toml", b"\xff"), "menus.toml", "line 1: it is not UTF-8"),
    (put("redirects.csv", b"Redirect from,Redirect to\n/a,\xff\n"), "redirects.csv", "line 2: it is not UTF-8"),
    (put("pages/about.html", '+++\ntitle = "x"\n+++\n\0'), "pages/about.html", "line 4: it has a zero byte"),
    (huge("pages/about.html"), "pages/about.html", "it has more than 10 million bytes"),
    (huge("redirects.csv"), "redirects.csv", "it has more than 10 million bytes"),
    (link("pages/about.html", "secret.html"), "pages/about.html", "a link that leads out of the folder"),
    (link("pages/more.html", "secret.html"), "pages/more.html", "a link that leads out of the folder"),
    (link("menus.toml", "secret.html"), "menus.toml", "a link that leads out of the folder"),
    (link("blogs/secrets", "secrets"), "blogs/secrets", "a link that leads out of the folder"),
    (link("blogs/journal/blog.toml", "secrets/blog.toml"), "blogs/journal/blog.toml", "leads out of the folder"),
    (link("pages/about.html", "shop/content/pages/about.html"), "pages/about.html", "a link that leads nowhere"),
    (put("menus.toml", DEEP), "menus.toml", "'Level 4' is too deep: menus may have 3 levels"),
    (put("menus.toml", NESTED), "menus.toml", "line 1: it is not TOML that anybody wrote: its tables are too deep"),
    (put("menus.toml", f"a = 1\n{DOTTED} = 1"), "menus.toml", "line 2: more than 32 names are joined by dots"),
    (put("menus.toml", f"a = {{ {DOTTED} = 1 }}"), "menus.toml", "line 1: more than 32 names are joined by dots"),
    (put("menus.toml", f"\n\n[{DOTTED}]"), "menus.toml", "line 3: more than 32 names are joined by dots"),
    (put("menus.toml", f"a = 1\nb = {'7' * 5000}"), "menus.toml", "line 2: a number is too long"),
    (put("menus.toml", "a = 1\nb = yes\n"), "menus.toml", "it is not TOML: Invalid value (at line 2"),
    (put("menus.toml", 'a = 1\nb = """\nno end'), "menus.toml", "(at the end, line 3)"),
    (put("menus.toml", TWICE), "menus.toml", "'m' stands twice"),
    (put("metaobjects/maker.toml", ENTRIES), "metaobjects/maker.toml", "'a' stands twice"),
    (put("metaobjects/Maker.toml", ENTRIES), "metaobjects/maker.toml", "some systems cannot tell it from Maker.toml"),
    (put("pages/ABOUT.html", '+++\ntitle = "x"\n+++\n'), "pages/about.html", "cannot tell it from ABOUT.html"),
    (put("redirects.csv", redirects("/a,/b", "/b,/c", "/x,/a", "/c,/a")), "redirects.csv",
     "line 2: redirects go in a circle, from '/a' to '/b' to '/c' to '/a'"),
    (put("redirects.csv", redirects("/a,/a")), "redirects.csv", "line 2: redirects go in a circle, from '/a' to '/a'"),
    (put("redirects.csv", redirects("/a,/b", "/a,/c")), "redirects.csv", "line 3: '/a' stands on line 2 already"),
]  # fmt: skip


@pytest.mark.parametrize(("harm", "name", "reason"), HOSTILE)
async def test_it_is_refused_and_costs_only_itself(
    database: Database, tmp_path: Path, harm: Callable[[Path], None], name: str, reason: str
) -> None:
    folder = written(tmp_path, FILES)
    await brought(database, folder)
    harm(folder)
    summary = await brought(database, folder)
    found = {finding.handle: finding.reason for finding in summary.findings if finding.refused}
    assert reason in found[name]
    assert (summary.created, summary.changed, summary.removed) == (0, 0, 0)


async def test_a_long_chain_of_redirects_is_none(database: Database, tmp_path: Path) -> None:
    folder = written(tmp_path, FILES)
    chain = [f"/{n},/{n + 1}" for n in range(20_000)]
    (folder / "content/redirects.csv").write_text(redirects(*reversed(chain)))
    summary = await brought(database, folder)
    assert summary.refused == 0
    assert summary.created > 20_000


POLICIES = [
    ('file = "../secret.html"', "'../secret.html' is not a file beside this one"),
    ('file = "/etc/hostname"', "'/etc/hostname' is not a file beside this one"),
    ("file = 7", "7 is not a file beside this one"),
    ('file = "bad.html"', "bad.html: line 1: it is not UTF-8"),
    ('file = "none.html"', "none.html: it cannot be read"),
]


@pytest.mark.parametrize(("said", "reason"), POLICIES)
async def test_policies_come_from_beside_the_shop_file(
    database: Database, tmp_path: Path, said: str, reason: str
) -> None:
    policy = f'\n[policies.refund]\ntitle = "Refund"\n{said}\n'
    folder = written(tmp_path, FILES | {"shop.toml": FILES["shop.toml"] + policy})
    (tmp_path / "secret.html").write_text("Secret.")
    (folder / "bad.html").write_bytes(b"\xff")
    with pytest.raises(UnreadableError) as caught:
        await brought(database, folder)
    assert reason in str(caught.value)


def said(table: str, line: str) -> Callable[[Path], object]:
    """A line more in another entry of a table."""
    return lambda shop: shop.write_text(
        f'{FILES["shop.toml"]}\n[[{table}]]\nname = "Europe"\ncurrency = "EUR"\n{line}\n'
    )


def test_a_name_in_quotation_marks_may_have_dots() -> None:
    name = ".".join("0123456789abcdef" * 2) + ".ip6.arpa"
    assert parsed(f'x = "b.{name}"\n"{name}" = 1') == {"x": f"b.{name}", name: 1}


SHOPS: list[tuple[Callable[[Path], object], str]] = [
    (lambda shop: shop.write_text(f"a = 1\n{DOTTED} = 1"), "line 2: more than 32 names are joined by dots"),
    (lambda shop: shop.write_text("[shop]\nname = yes\n"), "it is not TOML: Invalid value (at line 2"),
    (lambda shop: shop.write_text(NESTED), "line 1: it is not TOML that anybody wrote"),
    (lambda shop: shop.write_bytes(b"[shop]\nname = '\xff'"), "line 2: it is not UTF-8; save it as that"),
    (lambda shop: os.truncate(shop, LARGEST + 1), "it has more than 10 million bytes"),
    (lambda shop: shop.write_text(f'"\\"".{DOTTED} = 1'), "line 1: more than 32 names are joined by dots"),
    (lambda shop: shop.write_text('[shop]\nname = "Q\\u0000x"\n'), "a text in it has a zero byte"),
    (said("markets", 'countries = ["UK"]'), "Europe: 'UK' is not the code of a country such as GB"),
    (said("markets", 'countries = "GB"'), "Europe: countries must be a list"),
    (said("markets", "countries = [1, {a=2}]"), "Europe: 1 is not the code of a country"),
    (said("markets", "rate = 99999999999999999999"), "Europe: rate must be more than zero, at most a million"),
    (said("locations", "address1 = {a=1}"), "locations: address1 must be a text in quotes"),
    (said("locations", "latitude = true"), "locations: latitude must be a number"),
]


@pytest.mark.parametrize(("harm", "reason"), SHOPS)
async def test_a_broken_shop_file_is_told(
    database: Database, tmp_path: Path, harm: Callable[[Path], object], reason: str
) -> None:
    folder = written(tmp_path, FILES)
    harm(folder / "shop.toml")
    with pytest.raises(UnreadableError) as caught:
        await brought(database, folder)
    assert str(caught.value).startswith(f"{folder / 'shop.toml'}: {reason}")
