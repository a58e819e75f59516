"""Importing a whole shop from a folder."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from db import demo as demo_shop
from db.session import Database
from resolvers.exchange import FolderSummary, UnreadableError, import_folder, import_products
from resolvers.reconcile import contradictions
from tests.exchanging import SHOP, Bench, counts, warned

FILES = {
    "shop.toml": SHOP
    + """
[policies.terms-of-service]
title = "Terms of service"
file = "policies/terms.html"

[[metafields]]
namespace = "custom"
key = "founded"
type = "date"
value = "1931-04-18"
description = "When it opened."
""",
    "policies/terms.html": "<p>Be kind.</p><script>x()</script>",
    "products.csv": """Handle,Title,Tags,Option1 Name,Option1 Value,SKU,Inventory tracker,Inventory quantity,Price,\
Product image URL,Series (product.metafields.custom.series)
mug,Mug,"clay, new",Colour,Rust,M-R,shopify,5,18.00,pictures/mug.webp,clay
mug,,,,Kelp,M-K,shopify,-1,22.00,,
jug,Jug,clay,Title,Default Title,J,shopify,3,48.00,,clay
rug,Rug,wool,Title,Default Title,R,,,120.00,,
""",
    "inventory.csv": """Handle,Option1 Name,Option1 Value,SKU,Shop,Store
mug,Colour,rust,M-R,2,3
mug,Colour,Kelp,M-K,-1,not stocked
jug,,,J,0,3
""",
    "media.csv": """Handle,Position,Kind,Alt,Preview Image,Source,Mime Type,Width,Height
mug,2,model_3d,Turn it,pictures/mug.webp,media/mug.glb,model/gltf-binary,,
mug,3,external_video,How it is made,,https://www.youtube.com/embed/abc123,,,
""",
    "quantity_rules.csv": """SKU,Minimum,Maximum,Increment,Price Breaks
J,2,20,2,10: 40.00; 20: 36.50
""",
    "reviews.csv": """Product Handle,Rating,Title,Body,Author,Created At,Status
mug,5,Heavy,Good in the hand.,Ada N.,2026-02-11T12:03:15Z,published
mug,3,Fine,,Ben O.,2026-02-12,pending
""",
    "collections.csv": """Handle,Title,Sort Order,Rules,Products,Tint (collection.metafields.custom.tint)
clay,Clay,manual,,jug;mug;nothing,#c98d6c
under-50,Under 50,price-asc,all: variant_price less_than 50,,
""",
}  # fmt: skip


@pytest.fixture
def shop(folder: Path) -> Path:
    """A folder with a small shop in it."""
    base = folder / "shop"
    for name, written in FILES.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written, encoding="utf-8")
    (base / "pictures").mkdir()
    shutil.copy(Path(demo_shop.__file__).parent / "pictures" / "swatch-pebble-stripe.webp", base / "pictures/mug.webp")
    (base / "media").mkdir()
    (base / "media" / "mug.glb").write_bytes(b"glTF" + bytes(20))
    return base


@pytest.fixture
def bench(db: Database, folder: Path) -> Bench:
    return Bench(db, folder)


def outcome(summary: FolderSummary) -> dict[str, tuple[int, int, int, int]]:
    return {Path(file.file).stem: counts(file) for file in summary.files}


async def test_a_whole_shop(bench: Bench, shop: Path) -> None:
    summary = await import_folder(bench.db, bench.store, shop)
    assert outcome(summary) == {
        "shop": (1, 0, 0, 0),
        "products": (3, 0, 0, 0),
        "inventory": (0, 2, 0, 0),
        "media": (0, 1, 0, 0),
        "quantity_rules": (0, 1, 0, 0),
        "reviews": (2, 0, 0, 0),
        "collections": (2, 0, 0, 0),
    }
    assert warned(summary.files[-1]) == [(2, "Products")]
    mug = await bench.product("mug")
    places = await bench.column("select id from locations order by position")
    assert [variant.levels for variant in mug.variants] == [{places[0]: 2, places[1]: 3}, {places[0]: -1}]
    assert [(medium.kind, medium.position) for medium in mug.media] == [
        ("IMAGE", 1),
        ("MODEL_3D", 2),
        ("EXTERNAL_VIDEO", 3),
    ]
    assert mug.media[0].width
    assert mug.metafields["product", "custom", "series"].value == "clay"
    placed = await bench.query(
        "select c.handle, p.handle, k.position from collection_products k join products p on p.id = k.product_id"
        " join collections c on c.id = k.collection_id order by c.handle, k.position, p.handle"
    )
    assert placed == [("clay", "jug", 1), ("clay", "mug", 2), ("under-50", "jug", 0), ("under-50", "mug", 0)]
    assert await bench.query("select kind, handle, body from policies") == [
        ("terms_of_service", "terms-of-service", "<p>Be kind.</p>")
    ]
    breaks = await bench.query(
        "select m.name, b.minimum_quantity, b.amount from price_breaks b join markets m on m.id = b.market_id"
        " order by m.name, b.minimum_quantity"
    )
    assert breaks == [
        ("Europe", 10, 4000),
        ("Europe", 20, 3650),
        ("Japan", 10, 6400),
        ("Japan", 20, 5840),
        ("United Kingdom", 10, 3495),
        ("United Kingdom", 20, 3195),
    ]
    assert await bench.query("select embed_url, origin_url, host from media where host is not null") == [
        ("https://www.youtube.com/embed/abc123", "https://www.youtube.com/watch?v=abc123", "YOUTUBE")
    ]
    assert await bench.query(
        "select owner_kind, key, type, description from metafield_definitions m where description is not null"
    ) == [("shop", "founded", "date", "When it opened.")]
    assert await bench.off_ledger() == []
    assert await contradictions(bench.db) == []


async def test_again_and_after_a_change(bench: Bench, shop: Path) -> None:
    await import_folder(bench.db, bench.store, shop)
    standing = await bench.products()
    events = await bench.column("select count(*) from events")
    assert (await import_folder(bench.db, bench.store, shop)).is_unchanged
    # A file that says the same in other words.
    (shop / "reviews.csv").write_text(FILES["reviews.csv"] + "\n", encoding="utf-8")
    again = await import_folder(bench.db, bench.store, shop)
    assert (again.total.created, again.total.changed, again.total.refused) == (0, 0, 0)
    assert await bench.products() == standing
    assert await bench.column("select count(*) from events") == events
    # A product leaves the collection whose rules it no longer meets, in its own transaction.
    (shop / "products.csv").write_text(FILES["products.csv"].replace("48.00", "52.00"), encoding="utf-8")
    changed = await import_folder(bench.db, bench.store, shop)
    assert outcome(changed)["products"] == (0, 1, 2, 0)
    under = "select p.handle from collection_products k join products p on p.id = k.product_id join collections c"
    under += " on c.id = k.collection_id where c.handle = 'under-50'"
    assert await bench.column(under) == ["mug"]
    # Other rules find other products.
    (shop / "collections.csv").write_text(FILES["collections.csv"].replace("less_than", "greater_than"))
    await import_folder(bench.db, bench.store, shop)
    assert sorted(await bench.column(under)) == ["jug", "rug"]


async def test_references_to_what_comes_later(bench: Bench, shop: Path) -> None:
    definition = '\n[[definitions]]\nowner = "product"\nnamespace = "custom"\nkey = "series"\n'
    toml = FILES["shop.toml"] + definition + 'name = "Series"\ntype = "collection_reference"\n'
    (shop / "shop.toml").write_text(toml, encoding="utf-8")
    summary = await import_folder(bench.db, bench.store, shop)
    assert warned(summary.files[1]) == []
    clay = (await bench.column("select id from collections where handle = 'clay'"))[0]
    mug = await bench.product("mug")
    assert mug.metafields["product", "custom", "series"].value == f"gid://shopify/Collection/{clay}"
    assert counts(await import_products(bench.db, bench.store, shop / "products.csv")) == (0, 0, 3, 0)


async def test_a_demo_shop_has_best_sellers_from_the_start(bench: Bench, shop: Path) -> None:
    best = "select handle, sold_count from products order by sold_count desc, id"
    await import_folder(bench.db, bench.store, shop)
    assert await bench.column("select max(sold_count) from products") == [0]
    with (shop / "reviews.csv").open("a", encoding="utf-8") as reviews:
        reviews.write("mug,4,,,Cy,2026-02-13,\njug,2,,,Di,2026-02-14,\n")
    await import_folder(bench.db, bench.store, shop, is_demo=True)
    # The mug's pending review does not count.
    assert await bench.query(best) == [("mug", 27), ("jug", 6), ("rug", 0)]
    async with bench.db.write() as session:
        await session.change(text("update products set sold_count = 1 where handle = 'mug'"))
    (shop / "reviews.csv").write_text(FILES["reviews.csv"], encoding="utf-8")
    await import_folder(bench.db, bench.store, shop, is_demo=True)
    assert await bench.query(best) == [("jug", 6), ("mug", 1), ("rug", 0)]


async def test_a_rehearsal_writes_nothing(bench: Bench, shop: Path) -> None:
    summary = await import_folder(bench.db, bench.store, shop, dry_run=True)
    assert outcome(summary)["products"] == (3, 0, 0, 0)
    assert await bench.column("select count(*) from shops") == [0]
    assert await bench.column("select count(*) from imports") == [0]
    assert list((bench.folder / "store").glob("*.webp")) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('currency = "GBP"', 'currency = "POUNDS"', "United Kingdom"),
        ('rate = "0.86"', 'rate = "none"', "United Kingdom"),
        ("primary = true", "primary = false", "markets"),
        ('type = "date"', 'type = "day"', "custom.founded"),
        ('value = "1931-04-18"', 'value = "long ago"', "custom.founded"),
        ("policies/terms.html", "policies/none.html", "policies.terms-of-service"),
        ('Rust = "#b4593a"', 'Rust = "pictures/none.webp"', "swatches.Rust"),
        ("[shop]", "[shop", "shop.toml"),
        (
            "[[metafields]]",
            '[[definitions]]\nowner = "shop"\nnamespace = "custom"\nkey = "founded"\ntype = "date"\n[[metafields]]',
            "described under",
        ),
    ],
)
async def test_mistakes_in_the_settings_are_named(bench: Bench, shop: Path, old: str, new: str, named: str) -> None:
    (shop / "shop.toml").write_text(FILES["shop.toml"].replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UnreadableError, match=named):
        await import_folder(bench.db, bench.store, shop)
    assert await bench.column("select count(*) from shops") == [0]


async def test_mistakes_in_the_files_cost_only_themselves(bench: Bench, shop: Path) -> None:
    bad = {
        "inventory.csv": "jug,,,J,many,3\nlamp,,,L,1,1\nrug,,,X,1,1\n",
        "media.csv": "jug,1,image,,,https://a.example/b.png,,,\njug,2,video,,,media/none.mp4,,,\n",
        "quantity_rules.csv": "M-R,5,2,,\nNONE,1,,,\nM-K,,,,1: 3.00\n",
        "reviews.csv": "mug,6,,,Cy,2026-01-01,\nmug,5,,,,2026-01-01,\nmug,5,,,Di,soon,\nlamp,5,,,Di,2026-01-01,\n",
        "collections.csv": "bad,Bad,sideways,,,\nworse,Worse,manual,all: shade equals red,,\n",
    }
    for name, rows in bad.items():
        text = FILES[name].replace("jug,,,J,0,3\n", "") if name == "inventory.csv" else FILES[name]
        (shop / name).write_text(text + rows, encoding="utf-8")
    summary = await import_folder(bench.db, bench.store, shop)
    refused = {Path(file.file).stem: file.refused for file in summary.files}
    assert refused == {
        "shop": 0, "products": 0, "inventory": 3, "media": 2, "quantity_rules": 3, "reviews": 4, "collections": 2,
    }  # fmt: skip
    assert summary.exit_code == 1
    assert await bench.column("select count(*) from reviews") == [2]
    assert sum(variant.stock or 0 for variant in (await bench.product("jug")).variants) == 3


async def test_a_mistake_takes_nothing_away(bench: Bench, shop: Path) -> None:
    rows = FILES["collections.csv"].splitlines()
    pictured = "\n".join([rows[0] + ",Image Src", rows[1] + ",pictures/mug.webp", rows[2] + ",", ""])
    (shop / "collections.csv").write_text(pictured, encoding="utf-8")
    await import_folder(bench.db, bench.store, shop)
    media = await bench.query("select * from media order by id")
    pictures = await bench.query("select handle, media_id from collections order by id")
    (shop / "collections.csv").write_text(pictured.replace("mug.webp", "jug.webp"), encoding="utf-8")
    (shop / "media.csv").write_text(FILES["media.csv"].replace("mug.glb", "jug.glb"), encoding="utf-8")
    summary = await import_folder(bench.db, bench.store, shop)
    assert warned(summary.files[-1]) == [(2, "Image Src"), (2, "Products")]
    assert {Path(file.file).stem: file.refused for file in summary.files if file.refused} == {"media": 1}
    assert await bench.query("select * from media order by id") == media
    assert await bench.query("select handle, media_id from collections order by id") == pictures


async def test_a_folder_that_is_none(bench: Bench) -> None:
    with pytest.raises(UnreadableError):
        await import_folder(bench.db, bench.store, bench.folder)
