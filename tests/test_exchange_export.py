"""Export is the inverse of import: for made shops of every kind, and for the demo shop, byte for byte."""

import csv
import io
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.media import FileMediaStore
from db import demo as demo_shop
from db.session import Database
from resolvers.exchange import import_folder
from resolvers.exchange.shop_file import import_shop_file
from resolvers.exchange.states import NEW, Product
from tests.databases import Databases
from tests.exchanging import SHOP, Bench, counts

TEXT = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("\n\",;'é&<>=+@"), max_size=30)
WORD = st.text("abcdefghijklmnopqrstuvwxyzäß -/'\"&;", min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
AMOUNT = st.integers(0, 10**9).map(lambda amount: f"{amount // 100}.{amount % 100:02d}")
MAYBE_AMOUNT = st.just("") | AMOUNT
TRUTH = st.sampled_from(["true", "false"])
PICTURE = st.integers(1, 5).map(lambda number: f"https://pictures.example/{number}.jpg?v=1")
NOTE = "Note (variant.metafields.custom.note)"
HEIGHT = "Height (product.metafields.custom.height)"
GOES_WITH = "Goes with (product.metafields.custom.goes_with)"
FACTS = "Facts (product.metafields.custom.facts)"

VARIANT = st.fixed_dictionaries(
    {
        "Variant SKU": st.just("") | st.text("AB'0", min_size=1, max_size=5),
        "Variant Grams": st.sampled_from(["", "0", "12", "0.5", "453.59"]),
        "Variant Inventory Tracker": st.sampled_from(["", "shopify"]),
        "Variant Inventory Qty": st.just("") | st.integers(-50, 500).map(str),
        "Variant Inventory Policy": st.sampled_from(["deny", "continue"]),
        "Variant Fulfillment Service": st.sampled_from(["manual", "robot"]),
        "Variant Price": AMOUNT,
        "Variant Compare At Price": MAYBE_AMOUNT,
        "Variant Requires Shipping": TRUTH,
        "Variant Taxable": TRUTH,
        "Unit Price Total Measure": st.sampled_from(["", "250", "1.5"]),
        "Unit Price Total Measure Unit": st.sampled_from(["", "ml", "kg"]),
        "Unit Price Base Measure": st.sampled_from(["", "1", "100"]),
        "Unit Price Base Measure Unit": st.sampled_from(["", "l", "kg"]),
        "Variant Barcode": st.sampled_from(["", "0012345", "'1"]),
        "Variant Image": st.just("") | PICTURE,
        "Variant Weight Unit": st.sampled_from(["g", "kg", "oz", "lb"]),
        "Variant Tax Code": st.just("") | WORD,
        "Cost per item": MAYBE_AMOUNT,
        "Price / United Kingdom": MAYBE_AMOUNT,
        "Compare At Price / United Kingdom": MAYBE_AMOUNT,
        "Price / Japan": st.just("") | st.integers(0, 10**6).map(str),
        NOTE: st.just("") | TEXT,
        "Image Src": st.just("") | PICTURE,
        "Image Alt Text": st.just("") | TEXT,
    }
)
HEAD = st.fixed_dictionaries(
    {
        "Title": WORD,
        "Body (HTML)": TEXT,
        "Vendor": st.just("") | TEXT,
        "Product Category": st.sampled_from(["", "Home", "Home > Kitchen", "Home & Garden > Kitchen > Mugs"]),
        "Type": st.just("") | WORD,
        "Tags": st.lists(WORD, max_size=3).map(", ".join),
        "Published": TRUTH,
        "Option1 Linked To": st.sampled_from(["", "product.metafields.shopify.color-pattern"]),
        "Gift Card": TRUTH,
        "SEO Title": TEXT,
        "SEO Description": TEXT,
        "Google Shopping / MPN": st.just("") | WORD,
        "Google Shopping / AdWords Labels": st.just("") | WORD,
        HEIGHT: st.sampled_from(["", "9 cm", '{"value": 1.5, "unit": "in"}']),
        GOES_WITH: st.sampled_from(["", "product-1", "product-0; product-1", "product-0"]),
        FACTS: st.lists(WORD, max_size=3).map("; ".join),
        "Included / United Kingdom": TRUTH,
        "Included / Japan": TRUTH,
        "Status": st.sampled_from(["active", "draft", "archived"]),
    }
)


@st.composite
def shops(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rows of two products with variants of one to three options."""
    rows = []
    for number in range(2):
        names = draw(st.sampled_from([[], ["Colour"], ["Colour", "Size"], ["Size", "Finish", "Scent"]]))
        head = draw(HEAD) | {f"Option{n} Name": name for n, name in enumerate(names, 1)}
        chosen = st.tuples(*[st.sampled_from(["Rust", "Ink & Oat", "1/2", "L"]) for _ in names])
        for at, values in enumerate(draw(st.lists(chosen, min_size=1, max_size=4, unique=True))):
            row = {"Handle": f"product-{number}", **draw(VARIANT)} | (head if at == 0 else {})
            rows.append(row | {f"Option{n} Value": value for n, value in enumerate(values, 1)})
    return rows


def without_ids(products: dict[str, Product]) -> list[Product]:
    """Products as anybody sees them: without keys and times, which every database gives itself."""
    return [
        replace(
            product,
            id=NEW,
            updated_at=None,
            values=product.values | {"published_at": product.values["published_at"] is not None},
            options=[replace(o, id=NEW, values=[replace(v, id=NEW) for v in o.values]) for o in product.options],
            variants=[replace(v, id=NEW) for v in product.variants],
            media=[replace(medium, id=NEW) for medium in product.media],
            metafields={key: m for key, m in product.metafields.items() if "gid://" not in m.value},
        )
        for product in products.values()
    ]


async def bench_on(url: str, folder: Path) -> Bench:
    """A furnished bench."""
    bench = Bench(Database(url), folder)
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    await import_shop_file(bench.db, bench.store, folder / "shop.toml")
    return bench


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=shops())
async def test_import_of_export_is_the_identity(databases: Databases, backend: str, rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = await bench_on(await databases.fresh(backend, "empty"), folder)
        other = await bench_on(await databases.fresh(backend, "empty"), folder)
        try:
            summary = await first.load(*rows)
            assert counts(summary) == (2, 0, 0, 0), summary.findings
            exported = await first.export()
            (folder / "exported.csv").write_text(exported, encoding="utf-8", newline="")
            again = await first.load_file(folder / "exported.csv")
            assert counts(again) == (0, 0, 2, 0)
            moved = await other.load_file(folder / "exported.csv")
            assert counts(moved) == (2, 0, 0, 0), moved.findings
            assert await other.export() == exported
            there, here = without_ids(await other.products()), without_ids(await first.products())
            assert [asdict(product) for product in there] == [asdict(product) for product in here]
        finally:
            await first.db.close()
            await other.db.close()


async def test_the_columns(db: Database, folder: Path) -> None:
    bench = Bench(db, folder)
    await import_shop_file(db, bench.store, _shop_file(folder))
    old = "Google Shopping / AdWords Labels"
    await bench.load({"Handle": "cup", "Title": "Cup", "Variant Price": "3", NOTE: "thin", HEIGHT: "4 cm", old: "cups"})
    heading = next(csv.reader(io.StringIO(await bench.export())))
    assert heading[:3] == ["Handle", "Title", "Body (HTML)"]
    assert old in heading
    assert heading[heading.index("Google Shopping / Custom Label 4") + 1 :] == [
        HEIGHT,
        NOTE,
        "Variant Image",
        "Variant Weight Unit",
        "Variant Tax Code",
        "Cost per item",
        "Included / Europe",
        "Included / United Kingdom",
        "Price / United Kingdom",
        "Compare At Price / United Kingdom",
        "Included / Japan",
        "Price / Japan",
        "Compare At Price / Japan",
        "Status",
    ]
    assert len(heading) == 64


def _shop_file(folder: Path) -> Path:
    path = folder / "shop.toml"
    path.write_text(SHOP, encoding="utf-8")
    return path


@pytest.mark.timeout(300)
async def test_the_demo_shop_moves_byte_for_byte(
    demo_folder: Path, databases: Databases, backend: str, folder: Path
) -> None:
    source = Bench(Database(f"sqlite+aiosqlite:///{demo_folder / 'shop.db'}"), folder)
    target = Bench(Database(await databases.fresh(backend, "empty")), folder)
    target.store = FileMediaStore(demo_folder / "media")
    try:
        exported = await source.export()
        path = folder / "exported.csv"
        path.write_text(exported, encoding="utf-8", newline="")
        # The collections come first, because metafields name them.
        await import_folder(target.db, target.store, _without_products(folder), is_demo=True)
        summary = await target.load_file(path)
        assert summary.findings == []
        assert await target.export() == exported
        again = await target.load_file(path)
        assert (again.created, again.changed, again.refused) == (0, 0, 0)
        assert await target.off_ledger() == []
    finally:
        await source.db.close()
        await target.db.close()


def _without_products(folder: Path) -> Path:
    """The demo shop's settings and collections."""
    shop, copy = Path(demo_shop.__file__).parent, folder / "demo"
    copy.mkdir()
    for name in ("shop.toml", "collections.csv"):
        shutil.copy(shop / name, copy / name)
    for name in ("policies", "pictures"):
        shutil.copytree(shop / name, copy / name)
    return copy
