"""Metafields of collections that name what a folder brings later: the first import sets them all."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.session import Database
from tests.bilingual import import_shop, write_shop
from tests.exchanging import counts, told

DEFINITIONS = "".join(
    f"""
[[definitions]]
owner = "collection"
namespace = "custom"
key = "{key}"
name = "{key.title()}"
type = "{type_}"
"""
    for key, type_ in {
        "guide": "page_reference",
        "stories": "list.article_reference",
        "maker": "metaobject_reference",
        "parent": "collection_reference",
        "best": "product_reference",
        "portrait": "file_reference",
    }.items()
)
COLLECTIONS = """Handle,Title,Rules,Guide (collection.metafields.custom.guide),\
Stories (collection.metafields.custom.stories),Maker (collection.metafields.custom.maker),\
Parent (collection.metafields.custom.parent),Best (collection.metafields.custom.best)
clay,Clay,all: tag equals clay,about,journal/rain,maker/ada,water,mug
water,Water,,about,,maker/bob,,bowl
"""
STANDING = """select c.handle, m.key, m.value from metafields m join collections c on c.id = m.owner_id
  where m.owner_kind = 'collection' order by c.handle, m.key"""


@pytest.fixture
def shop(folder: Path) -> Path:
    shop = write_shop(folder / "shop")
    (shop / "shop.toml").write_text((shop / "shop.toml").read_text() + DEFINITIONS)
    (shop / "collections.csv").write_text(COLLECTIONS)
    for file in (shop / "translations").iterdir():
        file.unlink()
    return shop


async def standing(db: Database) -> dict[tuple[str, str], Any]:
    async with db.read() as session:
        rows = await session.tuples(text(STANDING))
    return {(handle, key): value for handle, key, value in rows}


async def test_the_first_import_is_complete_and_the_second_changes_nothing(db: Database, shop: Path) -> None:
    first = await import_shop(db, shop)
    found = await standing(db)
    assert set(found) == {
        ("clay", "guide"),
        ("clay", "stories"),
        ("clay", "maker"),
        ("clay", "parent"),
        ("clay", "best"),
        ("water", "guide"),
        ("water", "best"),
    }
    assert found["clay", "guide"].startswith("gid://shopify/Page/")
    assert json.loads(found["clay", "stories"])[0].startswith("gid://shopify/Article/")
    assert found["clay", "maker"].startswith("gid://shopify/Metaobject/")
    assert found["clay", "parent"].startswith("gid://shopify/Collection/")
    of_collections = next(file for file in first.files if file.file.endswith("collections.csv"))
    assert [(one.line, one.column, one.reason) for one in of_collections.findings] == [
        (3, "Maker (collection.metafields.custom.maker)", "names 'maker/bob', which is not there; left out")
    ]
    assert (counts(of_collections), told(of_collections)) == ((2, 0, 0, 0), [])
    (shop / "shop.toml").write_text((shop / "shop.toml").read_text() + "\n# touched\n")
    second = await import_shop(db, shop)
    assert [(file.created, file.changed, file.removed, file.refused) for file in second.files] == [(0, 0, 0, 0)] * len(
        second.files
    )
    assert await standing(db) == found


async def test_of_a_list_what_is_there_is_kept(db: Database, shop: Path) -> None:
    (shop / "collections.csv").write_text(COLLECTIONS.replace("journal/rain", "journal/rain; journal/gone"))
    summary = await import_shop(db, shop)
    assert len(json.loads((await standing(db))["clay", "stories"])) == 1
    of_collections = next(file for file in summary.files if file.file.endswith("collections.csv"))
    assert (2, "names 'journal/gone', which is not there; left out") in [
        (one.line, one.reason) for one in of_collections.findings
    ]


async def test_what_is_gone_later_stays_and_is_told(db: Database, shop: Path) -> None:
    await import_shop(db, shop)
    found = await standing(db)
    (shop / "collections.csv").write_text(COLLECTIONS.replace("maker/ada", "maker/eve").replace(",about,,", ",,,"))
    summary = await import_shop(db, shop)
    of_collections = next(file for file in summary.files if file.file.endswith("collections.csv"))
    assert sorted(one.line for one in of_collections.findings) == [2, 3]
    del found["water", "guide"]
    assert await standing(db) == found


async def test_a_picture_keeps_its_description_when_a_metafield_names_it_too(db: Database, shop: Path) -> None:
    page = shop / "content" / "pages" / "about.html"
    head, _, body = page.read_text().rpartition("+++\n")
    page.write_text(f'{head}[metafields.custom]\nportrait = "pictures/rain.webp"\n+++\n{body}')
    toml = shop / "shop.toml"
    toml.write_text(toml.read_text() + DEFINITIONS.replace('"collection"', '"page"'))
    await import_shop(db, shop)
    async with db.read() as session:
        query = "select m.alt from articles a join media m on m.id = a.media_id"
        assert await session.tuples(text(query)) == [("Drops",)]
        named = "select value from metafields where key = 'portrait' and owner_kind = 'page'"
        assert (await session.tuples(text(named)))[0][0].startswith("gid://shopify/MediaImage/")
