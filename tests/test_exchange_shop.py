"""A whole shop as files, and back."""

import os
import re
import tomllib
from collections import Counter
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.media import FileMediaStore
from db import demo as demo_shop
from db.base import Row
from db.catalog import MediaRow
from db.session import Database
from resolvers.exchange import UnreadableError, export_folder, import_folder
from resolvers.exchange.outgoing.staging import OWN
from resolvers.exchange.outgoing.toml import toml
from tests.databases import Databases
from tests.nasty import Nasty
from tests.test_content import FILES, written

DEMO = Path(demo_shop.__file__).parent
OF_THE_DATABASE = {
    "alembic_version", "event_head", "imports", "events", "event_log", "outbox", "inventory_movements",
    "search_words", "search_forms", "search_spellings", "search_postings", "search_index",
}  # fmt: skip
"""Tables that say what happened, or what follows from the others, and not what the shop is."""


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


async def exported(database: Database, folder: Path, target: str, store: str = "store") -> tuple[Path, list[str]]:
    _, left_out = await export_folder(database, FileMediaStore(folder / store).path, folder / target)
    return folder / target, left_out


async def imported(database: Database, folder: Path, source: Path, store: str = "store") -> list[str]:
    """What an import refused or warned of."""
    summary = await import_folder(database, FileMediaStore(folder / store), source, is_demo=True)
    return [f"{found.severity}: {found.handle}: {found.reason}" for found in summary.total.findings]


async def everything(database: Database) -> dict[str, list[Any]]:
    """Every row of every table but for times, ids replaced by the place of what they name in its table."""
    tables = {name: table for name, table in Row.metadata.tables.items() if name not in OF_THE_DATABASE}
    read: dict[str, list[dict[str, Any]]] = {}
    async with database.read() as session:
        for name, table in tables.items():
            key = list(table.primary_key.columns)
            rows = await session.tuples(table.select().order_by(*key))
            read[name] = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
    places: dict[str, dict[int, Any]] = {}
    for name, rows in read.items():
        # Pictures are told apart by what they show; in which order they came is nobody's business.
        places[name] = {
            row["id"]: (row["source"], row["embed_url"]) if name == "media" else at
            for at, row in enumerate(rows)
            if "id" in row
        }
    kinds = {"product": "products", "variant": "variants", "collection": "collections", "shop": "shops",
             "page": "pages", "blog": "blogs", "article": "articles", "location": "locations",
             "option": "product_options", "option_value": "product_option_values", "menu": "menus",
             "menu_item": "menu_items", "metafield": "metafields", "metaobject": "metaobjects", "policy": "policies",
             "media": "media"}  # fmt: skip
    gids = {"Product": "products", "ProductVariant": "variants", "Collection": "collections", "Page": "pages",
            "Article": "articles", "Metaobject": "metaobjects", "MediaImage": "media"}  # fmt: skip

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            known = "|".join(gids)
            return re.sub(
                rf"gid://shopify/({known})/(\d+)", lambda gid: f"<{places[gids[gid[1]]][int(gid[2])]}>", value
            )
        if isinstance(value, list):
            return [replaced(item) for item in value]
        return {key: replaced(item) for key, item in value.items()} if isinstance(value, dict) else value

    def shown(name: str, row: dict[str, Any]) -> dict[str, Any]:
        table = tables[name]
        found = {}
        for column in table.columns:
            value = row[column.name]
            foreign = next(iter(column.foreign_keys), None)
            if column.name == "published_at":
                value = value is not None
            elif column.name.endswith("_at") or (column.name == "id" and name != "shops"):
                continue
            elif foreign is not None and value is not None:
                value = places[foreign.column.table.name][value]
            elif column.name == "owner_id":
                value = places[kinds[row["owner_kind"]]][value]
            elif column.name == "resource_id" and value is not None:
                kind = {"SHOP_POLICY": "policies"}.get(row["kind"], f"{row['kind'].lower()}s")
                value = places[kind][value]
            found[column.name] = replaced(value)
        return found

    return {name: sorted((shown(name, row) for row in rows), key=repr) for name, rows in read.items()}


async def same_again(first: Database, second: Database, folder: Path, store: str = "store") -> None:
    """Export a shop, import it elsewhere, and export it again: the shops are equal, and so are all bytes."""
    before = await everything(first)
    once, left_out = await exported(first, folder, "once", store)
    assert left_out == []
    assert await imported(second, folder, once, "other") == []
    after = await everything(second)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert files((await exported(second, folder, "again", "other"))[0]) == files(once)


async def test_the_demo_shop(db: Database, demo_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "store").symlink_to(demo_folder / "media")
    async with Database(f"sqlite+aiosqlite:///{demo_folder / 'shop.db'}") as demo:
        await same_again(demo, db, tmp_path)
    left = Counter(Path(name).parts[0] for name in files(tmp_path / "once"))
    assert left["pictures"] > 300
    for kind in ("policies", "content", "media"):
        assert left[kind] == len(files(DEMO / kind)), kind


def nasty(folder: Path, seed: int) -> Path:
    """The files of a shop with awkward texts."""
    for name, content in Nasty(seed).files.items():
        path = folder / "nasty" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    return folder / "nasty"


async def nasty_again(backend: str, databases: Databases, folder: Path, seed: int) -> None:
    urls = [await databases.fresh(backend, "empty") for _ in range(2)]
    async with Database(urls[0]) as first, Database(urls[1]) as second:
        assert [found for found in await imported(first, folder, nasty(folder, seed)) if "refused" in found] == []
        await same_again(first, second, folder)


@pytest.mark.parametrize("seed", range(2))
async def test_a_nasty_shop(backend: str, databases: Databases, tmp_path: Path, seed: int) -> None:
    await nasty_again(backend, databases, tmp_path, seed)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(2, 60))
async def test_many_nasty_shops(backend: str, databases: Databases, tmp_path: Path, seed: int) -> None:
    await nasty_again(backend, databases, tmp_path, seed)


@pytest.fixture
async def small(db: Database, tmp_path: Path) -> Database:
    """A database with the small shop of the tests of content."""
    await imported(db, tmp_path, written(tmp_path, FILES))
    return db


FILTERS = """
[[definitions]]
owner = "product"
namespace = "custom"
key = "finish"
name = "Finish"
type = "single_line_text_field"

[[filters]]
by = "option"
name = "Size"
presentation = "swatch"
order = "merchant"

[[filters]]
by = "product_metafield"
namespace = "custom"
key = "finish"

[[filters]]
by = "product_metafield"
namespace = "custom"
key = "guessed"
label = "Guess"

[[filters]]
by = "variant_metafield"
namespace = "custom"
key = "nobody-defined"
"""


@pytest.mark.parametrize("filters", [FILTERS, "filters = []"])
async def test_filters_go_along(backend: str, databases: Databases, tmp_path: Path, filters: str) -> None:
    source = written(tmp_path, FILES)
    shop = (source / "shop.toml").read_text()
    (source / "shop.toml").write_text(f"{filters}\n{shop}" if "[[" not in filters else f"{shop}\n{filters}")
    # What an import guesses is no text that could be filtered by, and no name for a filter.
    products = "Handle,Title,Guess (product.metafields.custom.guessed)\nguess,Guess,"
    (source / "products.csv").write_text(products + """"{""a"": 1}"\n""")
    urls = [await databases.fresh(backend, "empty") for _ in range(2)]
    async with Database(urls[0]) as first, Database(urls[1]) as second:
        await imported(first, tmp_path, source)
        target, _ = await exported(first, tmp_path, "out")
        await imported(second, tmp_path, target)
        assert (await everything(second))["shops"] == (await everything(first))["shops"]
        assert (await exported(second, tmp_path, "again"))[0].joinpath("shop.toml").read_bytes() == (
            target / "shop.toml"
        ).read_bytes()
    assert tomllib.loads((target / "shop.toml").read_text())["filters"] == tomllib.loads(filters)["filters"]


async def test_an_export_brings_an_earlier_one_up_to_date(small: Database, tmp_path: Path) -> None:
    target, _ = await exported(small, tmp_path, "out")
    (target / "README").write_text("Mine.")
    (target / "content/pages/mine.html").write_text("Not imported yet.")
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*.*") if path.is_file() and path.name != OWN}
    was = files(target)
    async with small.write() as session:
        await session.change(text("delete from pages where handle = 'draft'"))
        await session.change(text("delete from blogs"))
        await session.change(text("update articles set title = 'x'"))
        await session.change(text("update pages set title = 'Another' where handle = 'about'"))
    await exported(small, tmp_path, "out")
    now = files(target)
    assert {name for name in was if name not in now} == {
        "content/pages/draft.html",
        "content/blogs/journal/blog.toml",
        "content/blogs/journal/clay.html",
        "content/blogs/journal/wool.html",
    }
    assert not (target / "content/blogs").exists()
    changed = {name for name in now if now[name] != was.get(name)}
    assert changed == {"content/pages/about.html", "content/menus.toml", OWN}
    assert now["content/pages/about.html"] == was["content/pages/about.html"].replace(b'"About us"', b'"Another"')
    untouched = [path for path in before if path.exists() and str(path.relative_to(target)) not in changed]
    assert all(path.stat().st_mtime_ns == before[path] for path in untouched)


async def test_what_leads_nowhere_is_named(small: Database, tmp_path: Path) -> None:
    async with small.write() as session:
        await session.change(text("delete from pages where handle = 'about'"))
        await session.change(text("update variants set sku = null, quantity_minimum = 2"))
        await session.add_all(MediaRow, [{"source": "a.png"}])
        await session.change(text("update shops set logo_id = (select max(id) from media)"))
    target, left_out = await exported(small, tmp_path, "out")
    assert sorted(left_out) == [
        "The item 'About' of the menu main-menu is left out: what it leads to is gone",
        "The media store has lost a.png, which is still named media:…",
        "The quantity rule of variant 1 is left out: it has no SKU to be known by",
        "The quantity rule of variant 2 is left out: it has no SKU to be known by",
    ]
    assert 'logo = "media:a.png"' in (target / "shop.toml").read_text()


async def refused(database: Database, folder: Path, target: str) -> str:
    """Why an export is refused, which then has left everything as it was."""
    before = files(folder)
    with pytest.raises(UnreadableError) as caught:
        await exported(database, folder, target)
    assert files(folder) == before
    assert not [name for name in os.listdir(folder) if name.endswith(".part")]
    return str(caught.value).replace(str(folder), "…")


async def test_it_never_writes_over_what_is_not_its_own(small: Database, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("Dear")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    for name in ("mine", "file", "link", "shop"):
        assert await refused(small, tmp_path, name) == (
            f"…/{name} holds something else; name a new folder, or one of an earlier export"
        )
    target, _ = await exported(small, tmp_path, "out")
    async with small.write() as session:
        await session.change(text("update pages set handle = 'new' where handle = 'about'"))
    (target / "content/pages/new.html").write_text("Mine.")
    assert (await refused(small, tmp_path, "out")).startswith(
        "…/out has files that no export wrote, and this one would replace: content/pages/new.html. Import or move"
    )
    (target / "content/pages/new.html").unlink()
    (tmp_path / "elsewhere").mkdir()
    for path in (target / "content/blogs/journal").iterdir():
        path.rename(tmp_path / "elsewhere" / path.name)
    (target / "content/blogs/journal").rmdir()
    (target / "content/blogs/journal").symlink_to(tmp_path / "elsewhere")
    assert await refused(small, tmp_path, "out") == (
        "…/out/content/blogs/journal leads out of the folder; nothing was written"
    )
    for name in ("../../etc/passwd", "/etc/passwd", ".git/config", "content/../../x", "nul\0"):
        (target / OWN).write_text(f"{name}\n")
        assert f"names {name!r}, which no export wrote" in await refused(small, tmp_path, "out")
    (target / OWN).write_bytes(b"\xff\xfe\n")
    assert "cannot be read" in await refused(small, tmp_path, "out")


async def test_a_link_in_place_of_its_list_leads_nowhere(small: Database, tmp_path: Path) -> None:
    target, _ = await exported(small, tmp_path, "out")
    (tmp_path / "mine").write_text("Dear")
    (target / f"{OWN}.part").symlink_to(tmp_path / "mine")
    await exported(small, tmp_path, "out")
    assert (tmp_path / "mine").read_text() == "Dear"


async def test_pictures_that_the_store_has_lost_stay_in_the_folder(small: Database, tmp_path: Path) -> None:
    name = f"{'a' * 32}.png"
    (tmp_path / "store").mkdir(exist_ok=True)
    (tmp_path / "store" / name).write_bytes(b"picture")
    async with small.write() as session:
        await session.add_all(MediaRow, [{"source": name}])
        await session.change(text("update shops set logo_id = (select max(id) from media)"))
    target, left_out = await exported(small, tmp_path, "out")
    assert left_out == []
    before = files(target)
    (tmp_path / "store" / name).unlink()
    _, left_out = await exported(small, tmp_path, "out")
    assert left_out == [f"The media store has lost {name}; the last export's copy stays"]
    assert files(target) == before


async def test_there_must_be_a_shop_and_a_place(db: Database, tmp_path: Path) -> None:
    assert await refused(db, tmp_path, "out") == "There is no shop in the database yet: import one first."
    await imported(db, tmp_path, written(tmp_path, FILES))
    (tmp_path / "file").write_text("")
    assert "cannot be written" in await refused(db, tmp_path, "file/out")


SCALARS = st.one_of(
    st.text(),
    st.text(st.sampled_from("\"'\\\n\r\t+ az\x7f\x00\u2028é😀")),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
ENTRIES = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


@given(ENTRIES)
def test_toml_says_what_it_was_given(entries: dict[str, Any]) -> None:
    text = toml(entries)
    assert tomllib.loads(text) == entries
    assert "+++" not in (line.strip() for line in text.splitlines())


def test_toml_is_as_people_write_it() -> None:
    assert toml(
        {
            "title": "Plain",
            "quoted": 'a "b"',
            "long": 'one\n"two"\n',
            "tags": ["a", "b"],
            "many": ["x" * 40] * 3,
            "seo": {"title": None, "text": "y"},
            "items": [{"to": "/", "items": [{"to": "x"}]}],
            "odd key": 1,
            "none": None,
        }
    ) == (
        'title = "Plain"\nquoted = \'a "b"\'\nlong = """\none\n"two"\n"""\ntags = ["a", "b"]\nmany = [\n'
        + f'    "{"x" * 40}",\n' * 3
        + ']\n"odd key" = 1\n\n[seo]\ntext = "y"\n\n[[items]]\nto = "/"\n\n[[items.items]]\nto = "x"\n'
    )
