"""Pages, blogs, menus, metaobjects and redirects: brought in from files, and read."""

from pathlib import Path
from typing import Any

import pytest

from app.media import FileMediaStore
from db.session import Database
from resolvers.exchange import import_folder
from resolvers.exchange.report import Summary
from tests.api import Client, serving
from tests.databases import Databases
from tests.exchanging import SHOP

FILES = {
    "shop.toml": SHOP + '\n[policies.terms-of-service]\ntitle = "Terms of service"\nbody = "<p>Be kind.</p>"\n',
    "products.csv": "Handle,Title,Price\nmug,Mug,18.00\njug,Jug,48.00\n",
    "collections.csv": "Handle,Title,Sort Order,Rules,Products\nclay,Clay,manual,,mug;jug\n",
    "content/pages/about.html": """+++
title = "About us"
published_at = 2025-03-01T09:00:00Z
[seo]
title = "Our story"
description = "How it began."
+++
<p>It began with a <strong>mug</strong>.</p><script>x()</script>
""",
    "content/pages/draft.html": '+++\ntitle = "Draft"\npublished = false\n+++\n<p>Not yet.</p>\n',
    "content/blogs/journal/blog.toml": 'title = "The journal"\n',
    "content/blogs/journal/clay.html": """+++
title = "On clay"
author = "Orla Byrne"
author_email = "orla@shop.example"
author_bio = "She throws."
published_at = 2025-04-02
tags = ["Makers", "Clay"]
excerpt = "<p>What the river leaves.</p>"
+++
<p>Clay is what the river leaves behind.</p>
""",
    "content/blogs/journal/wool.html": """+++
title = "On wool"
author = "Ben Okafor"
published_at = 2025-05-02
tags = ["Wool", "Makers"]
+++
<p>Wool is warm.</p>
""",
    "content/metaobjects/maker.toml": """name = "Maker"
title = "name"
description = "story"

[fields]
name = "single_line_text_field"
story = "multi_line_text_field"
founded = "number_integer"
best = "product_reference"
made = "list.product_reference"

[[entries]]
handle = "hollin"
name = "Hollin"
story = "By the tarn."
founded = "1931"
best = "mug"
made = "mug; jug"

[[entries]]
handle = "tarn"
name = "Tarn"
best = "nothing"
""",
    "content/menus.toml": """[[menus]]
handle = "main-menu"
title = "Main menu"

[[menus.items]]
title = "Clay"
to = "collections/clay"
tags = ["new"]

[[menus.items.items]]
title = "The mug"
to = "products/mug"

[[menus.items.items]]
title = "Gone"
to = "products/gone"

[[menus.items]]
title = "Home"
to = "/"

[[menus.items]]
title = "About"
to = "/pages/about"

[[menus.items]]
title = "Article"
to = "blogs/journal/clay"

[[menus.items]]
title = "Maker"
to = "metaobjects/maker/hollin"

[[menus.items]]
title = "Terms"
to = "policies/terms-of-service"

[[menus.items]]
title = "Elsewhere"
to = "https://elsewhere.example/x"
""",
    "content/redirects.csv": "Redirect from,Redirect to\n/old,/collections/clay\n/older,https://elsewhere.example/\n",
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "shop"


async def brought(database: Database, folder: Path, *, dry_run: bool = False) -> Summary:
    """What an import of the folder says of its content."""
    found = await import_folder(database, FileMediaStore(folder.parent / "media"), folder, dry_run=dry_run)
    return found.files[-1]


def counts(summary: Summary) -> tuple[int, int, int, int, int]:
    return summary.created, summary.changed, summary.unchanged, summary.removed, summary.refused


@pytest.fixture
async def database(backend: str, databases: Databases) -> Any:
    async with Database(await databases.fresh(backend, "empty")) as found:
        yield found


@pytest.fixture
async def visitor(backend: str, databases: Databases, tmp_path: Path) -> Any:
    """Somebody who reads what the files above say."""
    url = await databases.fresh(backend, "empty")
    async with Database(url) as database:
        await brought(database, written(tmp_path, FILES))
    async with serving(url, tmp_path) as client:
        yield client


async def test_a_second_import_changes_nothing(database: Database, tmp_path: Path) -> None:
    folder = written(tmp_path, FILES)
    first = await brought(database, folder)
    assert counts(first) == (10, 0, 0, 0, 0)
    assert [(found.handle, found.refused) for found in first.findings] == [
        ("metaobjects/maker.toml", False),
        ("menus.toml", False),
    ]
    (folder / "more.csv").write_text("something else")
    assert counts(await brought(database, folder)) == (0, 0, 10, 0, 0)


async def test_what_no_file_describes_goes(database: Database, tmp_path: Path) -> None:
    folder = written(tmp_path, FILES)
    await brought(database, folder)
    (folder / "content/pages/draft.html").unlink()
    (folder / "content/blogs/journal/wool.html").unlink()
    changed = FILES["content/pages/about.html"].replace("mug", "jug")
    (folder / "content/pages/about.html").write_text(changed)
    (folder / "content/menus.toml").write_text(FILES["content/menus.toml"].replace("The mug", "A mug"))
    (folder / "content/redirects.csv").write_text("Redirect from,Redirect to\n/old,/collections/clay\n")
    assert counts(await brought(database, folder, dry_run=True)) == (0, 2, 5, 3, 0)
    assert counts(await brought(database, folder)) == (0, 2, 5, 3, 0)


WRONG = [
    ("content/pages/about.html", "<p>no head</p>", "it must begin with a line of +++"),
    ("content/pages/about.html", '+++\ntitle = "About"\n<p>x</p>', "the second line of +++ is missing"),
    ("content/pages/about.html", "+++\ntitle = About\n+++\n", "it is not TOML"),
    ("content/pages/about.html", "+++\n+++\n", "title is missing"),
    ("content/pages/about.html", "+++\ntitle = 7\n+++\n", "title must be a text in quotes"),
    ("content/pages/about.html", '+++\ntitle = "x"\ntitel = "y"\n+++\n', "titel means nothing here; known are title"),
    ("content/pages/about.html", '+++\ntitle = "x"\npublished = "no"\n+++\n', "published must be true or false"),
    ("content/pages/about.html", '+++\ntitle = "x"\npublished_at = "no"\n+++\n', "published_at must be a date"),
    ("content/pages/About us.html", '+++\ntitle = "x"\n+++\n', "name it 'about-us'"),
    ("content/blogs/journal/blog.toml", "", "title is missing"),
    ("content/blogs/journal/clay.html", '+++\ntitle = "x"\n+++\n', "author is missing"),
    ("content/blogs/journal/clay.html", '+++\ntitle = "x"\nauthor = "y"\ntags = "z"\n+++\n', "tags must be a list"),
    ("content/blogs/journal/clay.html", '+++\ntitle = "x"\nauthor = "y"\nimage = "z.png"\n+++\n', "image: 'z.png'"),
    ("content/metaobjects/maker.toml", 'name = "Maker"\n', "[fields] must name"),
    ("content/metaobjects/maker.toml", '[fields]\nname = "nonsense"\n', "'nonsense' is not a type"),
    ("content/metaobjects/maker.toml", 'title = "x"\n[fields]\nname = "boolean"\n', "x is none of its fields"),
    (
        "content/metaobjects/maker.toml",
        '[fields]\nfounded = "number_integer"\n[[entries]]\nhandle = "a"\nfounded = "long ago"\n',
        "founded: ",
    ),
    ("content/menus.toml", '[[menus]]\nhandle = "x"\ntitle = "x"\nitems = 3\n', "items must be tables"),
    ("content/redirects.csv", "From,To\n/a,/b\n", "its columns must be 'Redirect from' and 'Redirect to'"),
    ("content/redirects.csv", "Redirect from,Redirect to\nold,/b\n", "line 2: a path beginning with /"),
]


@pytest.mark.parametrize(("name", "text", "reason"), WRONG)
async def test_a_file_that_makes_no_sense_costs_itself_alone(
    database: Database, tmp_path: Path, name: str, text: str, reason: str
) -> None:
    folder = written(tmp_path, FILES)
    await brought(database, folder)
    summary = await brought(database, written(tmp_path, {name: text}))
    refused = [found for found in summary.findings if found.refused]
    assert [found.handle for found in refused] == [name.removeprefix("content/")]
    assert reason in refused[0].reason
    assert (summary.created, summary.changed, summary.removed, summary.refused) == (0, 0, 0, 1)


READ = """{
  page(handle: "about") { title body bodySummary seo { title description } createdAt updatedAt onlineStoreUrl }
  draft: page(handle: "draft") { id }
  pages(first: 9, query: "story OR title:about", sortKey: TITLE) { nodes { handle } }
  pageByHandle(handle: "about") { handle }
  blog(handle: "journal") {
    title authors { name firstName lastName email bio }
    articleByHandle(handle: "clay") {
      title content(truncateAt: 9) contentHtml excerpt excerptHtml tags publishedAt onlineStoreUrl
      authorV2 { name } author { lastName } blog { handle } image { url } seo { title }
    }
    articles(first: 9, sortKey: PUBLISHED_AT, reverse: true) { nodes { handle } }
    clay: articles(first: 9, query: "tag:clay") { nodes { handle } }
  }
  blogs(first: 9) { nodes { handle } }
  articles(first: 9, sortKey: AUTHOR, query: "tag_not:wool OR author:ben") { nodes { handle } }
  metaobject(handle: {type: "maker", handle: "hollin"}) {
    type handle onlineStoreUrl seo { title { value } description { value } }
    field(key: "best") { type reference { ... on Product { handle } } }
    made: field(key: "made") { references(first: 9) { nodes { ... on Product { handle } } } }
    fields { key }
  }
  metaobjects(type: "maker", first: 9, sortKey: "updated_at") { nodes { handle } }
  urlRedirects(first: 9, query: "path:/old") { nodes { path target } }
}"""


async def test_content_is_read_as_the_files_say(visitor: Client) -> None:
    found = await visitor.run(READ)
    page = found["page"]
    assert page["body"] == "<p>It began with a <strong>mug</strong>.</p>"
    assert page["bodySummary"] == "It began with a mug."
    assert page["seo"] == {"title": "Our story", "description": "How it began."}
    assert page["onlineStoreUrl"].endswith("/pages/about")
    assert found["draft"] is None
    assert found["pages"]["nodes"] == [{"handle": "about"}]
    blog = found["blog"]
    assert [(author["firstName"], author["lastName"]) for author in blog["authors"]] == [
        ("Ben", "Okafor"),
        ("Orla", "Byrne"),
    ]
    article = blog["articleByHandle"]
    assert article["tags"] == ["Clay", "Makers"]
    assert article["publishedAt"] == "2025-04-02T00:00:00Z"
    assert (article["excerpt"], article["excerptHtml"]) == ("What the river leaves.", "<p>What the river leaves.</p>")
    assert len(article["content"]) <= 9
    assert blog["articles"]["nodes"] == [{"handle": "wool"}, {"handle": "clay"}]
    assert blog["clay"]["nodes"] == [{"handle": "clay"}]
    assert found["articles"]["nodes"] == [{"handle": "wool"}, {"handle": "clay"}]
    maker = found["metaobject"]
    assert maker["seo"] == {"title": {"value": "Hollin"}, "description": {"value": "By the tarn."}}
    assert maker["field"]["reference"] == {"handle": "mug"}
    assert maker["made"]["references"]["nodes"] == [{"handle": "mug"}, {"handle": "jug"}]
    assert [field["key"] for field in maker["fields"]] == ["name", "story", "founded", "best", "made"]
    assert found["metaobjects"]["nodes"] == [{"handle": "hollin"}, {"handle": "tarn"}]
    assert found["urlRedirects"]["nodes"] == [{"path": "/old", "target": "/collections/clay"}]


MENU = """{ menu(handle: "main-menu") { title itemsCount items { title type url resourceId tags
  resource { __typename ... on Article { handle } ... on Collection { handle } ... on Metaobject { handle }
    ... on Page { handle } ... on ShopPolicy { handle } }
  items { title type url resource { ... on Product { handle } } items { title } } } } }"""


async def test_a_menu_leads_where_it_says(visitor: Client) -> None:
    menu = (await visitor.run(MENU))["menu"]
    assert menu["itemsCount"] == 8
    assert [(item["type"], item["url"].partition(".example")[2]) for item in menu["items"]] == [
        ("COLLECTION", "/collections/clay"),
        ("FRONTPAGE", "/"),
        ("PAGE", "/pages/about"),
        ("ARTICLE", "/blogs/journal/clay"),
        ("METAOBJECT", "/pages/maker/hollin"),
        ("SHOP_POLICY", "/policies/terms-of-service"),
        ("HTTP", "/x"),
    ]
    kinds = [item["resource"] and item["resource"]["__typename"] for item in menu["items"]]
    assert kinds == ["Collection", None, "Page", "Article", "Metaobject", "ShopPolicy", None]
    (mug,) = menu["items"][0]["items"]
    assert (mug["title"], mug["resource"], mug["items"]) == ("The mug", {"handle": "mug"}, [])
    assert menu["items"][0]["tags"] == ["new"]


async def test_a_menu_is_read_in_as_many_statements_however_deep(visitor: Client) -> None:
    shallow = '{ menu(handle: "main-menu") { items { title } } }'
    deep = '{ menu(handle: "main-menu") { itemsCount items { title items { title items { title } } } } }'
    assert await visitor.statements(shallow) == await visitor.statements(deep) == 2


async def test_metaobjects_are_sorted_by_what_is_known(visitor: Client) -> None:
    error = await visitor.refused('{ metaobjects(type: "maker", first: 1, sortKey: "colour") { nodes { id } } }')
    assert error["extensions"]["code"] == "BAD_REQUEST"


SITEMAP = """query($type: SitemapType!, $page: Int!) { sitemap(type: $type) { pagesCount { count precision }
  resources(page: $page) { hasNextPage items { __typename handle updatedAt
    ... on SitemapResource { title } ... on SitemapResourceMetaobject { type onlineStoreUrlHandle } } } } }"""


@pytest.mark.parametrize(
    ("kind", "handles"),
    [
        ("ARTICLE", ["clay", "wool"]),
        ("BLOG", ["journal"]),
        ("COLLECTION", ["clay"]),
        ("METAOBJECT", ["hollin", "tarn"]),
        ("PAGE", ["about"]),
        ("PRODUCT", ["mug", "jug"]),
    ],
)
async def test_the_sitemap_lists_what_has_pages(visitor: Client, kind: str, handles: list[str]) -> None:
    found = (await visitor.run(SITEMAP, {"type": kind, "page": 1}))["sitemap"]
    assert found["pagesCount"] == {"count": 1, "precision": "EXACT"}
    assert not found["resources"]["hasNextPage"]
    assert [item["handle"] for item in found["resources"]["items"]] == handles
    assert {item["__typename"] for item in found["resources"]["items"]} == {
        "SitemapResourceMetaobject" if kind == "METAOBJECT" else "SitemapResource"
    }
    assert (await visitor.run(SITEMAP, {"type": kind, "page": 2}))["sitemap"]["resources"]["items"] == []


async def test_pages_of_a_sitemap_are_counted_from_one(visitor: Client) -> None:
    error = await visitor.refused(SITEMAP, {"type": "PAGE", "page": 0})
    assert error["extensions"]["code"] == "BAD_REQUEST"
