"""Metafields of pages, blogs and articles: from files, and read by whoever may see what they hang on."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.session import Database
from tests.api import Client, serving
from tests.databases import Databases
from tests.test_content import FILES, brought, counts, written

DEFINED = [
    ("page", "tint", "color"),
    ("page", "best", "product_reference"),
    ("page", "maker", "metaobject_reference"),
    ("page", "more", "list.article_reference"),
    ("blog", "about", "page_reference"),
    ("article", "minutes", "number_integer"),
    ("article", "short", "boolean"),
    ("article", "words", "list.single_line_text_field"),
    ("article", "gone", "page_reference"),
]
SHOP = FILES["shop.toml"] + "".join(
    f'\n[[definitions]]\nowner = "{owner}"\nnamespace = "custom"\nkey = "{key}"\ntype = "{kind}"\n'
    for owner, key, kind in DEFINED
)


def headed(name: str, metafields: str) -> str:
    """A file of the small shop with metafields in its head."""
    head, fence, body = FILES[name].removeprefix("+++").partition("\n+++\n")
    return f"+++{head}\n[metafields]\n{metafields}{fence}{body}"


MORE = FILES | {
    "shop.toml": SHOP,
    "content/pages/about.html": headed(
        "content/pages/about.html",
        'custom.tint = "#1f3d4a"\ncustom.best = "mug"\ncustom.maker = "maker/hollin"\n'
        'custom.more = ["journal/clay", "journal/wool"]',
    ),
    "content/pages/draft.html": headed("content/pages/draft.html", 'custom.tint = "#ffffff"'),
    "content/blogs/journal/blog.toml": FILES["content/blogs/journal/blog.toml"]
    + '\n[metafields.custom]\nabout = "about"\n',
    "content/blogs/journal/clay.html": headed(
        "content/blogs/journal/clay.html",
        'custom.minutes = 4\ncustom.short = true\ncustom.words = ["a; b", "c"]\ncustom.gone = "nowhere"',
    ),
    "content/metaobjects/maker.toml": FILES["content/metaobjects/maker.toml"]
    .replace('made = "list', 'friends = "list.metaobject_reference"\nhome = "page_reference"\nmade = "list')
    .replace('founded = "1931"', 'founded = "1931"\nfriends = "maker/tarn; maker/hollin"\nhome = "about"'),
}

READ = """{
  page(handle: "about") {
    tint: metafield(key: "tint") { id type value }
    best: metafield(key: "best") { reference { ... on Product { handle } } }
    maker: metafield(key: "maker") { reference { ... on Metaobject { handle
      home: field(key: "home") { reference { ... on Page { handle } } }
      friends: field(key: "friends") { references(first: 9) { nodes { ... on Metaobject { handle } } } } } } }
    more: metafield(key: "more") { references(first: 9) { nodes { ... on Article { handle } } } }
  }
  blog(handle: "journal") {
    about: metafield(key: "about") { reference { ... on Page { handle } } }
    articleByHandle(handle: "clay") {
      metafields(identifiers: [{key: "minutes"}, {key: "short"}, {key: "words"}, {key: "gone"}]) { value }
    }
  }
}"""


@pytest.fixture
async def database(backend: str, databases: Databases) -> Any:
    async with Database(await databases.fresh(backend, "empty")) as found:
        yield found


@pytest.fixture
async def visitor(backend: str, databases: Databases, tmp_path: Path) -> Any:
    url = await databases.fresh(backend, "empty")
    async with Database(url) as database:
        await brought(database, written(tmp_path, MORE))
    async with serving(url, tmp_path) as client:
        yield client


async def test_they_are_read_as_the_files_say(visitor: Client) -> None:
    found = await visitor.run(READ)
    page = found["page"]
    assert (page["tint"]["type"], page["tint"]["value"]) == ("color", "#1f3d4a")
    assert page["best"]["reference"] == {"handle": "mug"}
    maker = page["maker"]["reference"]
    assert maker["home"]["reference"] == {"handle": "about"}
    assert maker["friends"]["references"]["nodes"] == [{"handle": "tarn"}, {"handle": "hollin"}]
    assert page["more"]["references"]["nodes"] == [{"handle": "clay"}, {"handle": "wool"}]
    assert found["blog"]["about"]["reference"] == {"handle": "about"}
    assert found["blog"]["articleByHandle"]["metafields"] == [
        {"value": "4"},
        {"value": "true"},
        {"value": '["a; b", "c"]'},
        None,
    ]


HIDDEN = [
    ("page", "draft", "update pages set published_at = published_at where handle = 'draft'"),
    ("page", "about", "update pages set published_at = '2999-01-01 00:00:00+00:00' where handle = 'about'"),
    ("article", "clay", "update articles set published_at = null where handle = 'clay'"),
    ("blog", "journal", "delete from blogs where handle = 'journal'"),
]


@pytest.mark.parametrize(("owner", "handle", "hide"), HIDDEN)
async def test_those_of_what_is_hidden_are_not_found(visitor: Client, owner: str, handle: str, hide: str) -> None:
    database = visitor.shop.database
    async with database.read() as session:
        named = f"select m.id from metafields m join {owner}s o on o.id = m.owner_id"  # noqa: S608 - our own words
        chosen = text(f"{named} where m.owner_kind = :owner and o.handle = :handle")
        found = await session.tuples(chosen.bindparams(owner=owner, handle=handle))
        ids = [row[0] for row in found]
    assert ids
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    gids = {"ids": [f"gid://shopify/Metafield/{key}" for key in ids]}
    before = (await visitor.run(query, gids))["nodes"]
    assert before == ([None] if handle == "draft" else [{"id": gid} for gid in gids["ids"]])
    async with database.write() as session:
        await session.change(text(hide))
    assert (await visitor.run(query, gids))["nodes"] == [None] * len(ids)


async def test_a_second_import_changes_nothing_and_a_changed_one_is_counted(database: Database, tmp_path: Path) -> None:
    folder = written(tmp_path, MORE)
    first = await brought(database, folder)
    assert (counts(first), first.warnings) == ((10, 0, 0, 0, 0), 3)
    (folder / "more.csv").write_text("something else")
    assert counts(await brought(database, folder)) == (0, 0, 10, 0, 0)
    about = folder / "content/pages/about.html"
    about.write_text(MORE["content/pages/about.html"].replace("#1f3d4a", "#ffffff"))
    assert counts(await brought(database, folder)) == (0, 1, 9, 0, 0)
    about.write_text(FILES["content/pages/about.html"])
    assert counts(await brought(database, folder)) == (0, 1, 9, 0, 0)
    about.unlink()
    assert counts(await brought(database, folder))[3] == 1
    async with database.read() as session:
        kinds = "select owner_kind, count(*) from metafields group by owner_kind order by owner_kind"
        found = await session.tuples(text(kinds))
    assert found == [("article", 3), ("page", 1)]


WRONG = [
    ("custom.colour = 1", "metafields.custom.colour is not described by any of shop.toml's [[definitions]] for pages"),
    ("colour = 1", "metafields.colour must be a table of keys"),
    ("custom.tint = 2026-01-01", "metafields.custom.tint must be a text in quotes, a number"),
    ('custom.tint = "red"', "metafields.custom.tint: 'red' is not a colour"),
]


@pytest.mark.parametrize(("said", "reason"), WRONG)
async def test_what_makes_no_sense_costs_its_file(database: Database, tmp_path: Path, said: str, reason: str) -> None:
    folder = written(tmp_path, MORE)
    await brought(database, folder)
    summary = await brought(
        database, written(tmp_path, {"content/pages/about.html": headed("content/pages/about.html", said)})
    )
    (refused,) = [found for found in summary.findings if found.refused]
    assert refused.handle == "pages/about.html"
    assert reason in refused.reason
    assert (summary.changed, summary.removed) == (0, 0)
