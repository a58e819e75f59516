"""Importing product files as merchants have them, on both databases."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import Database
from resolvers.exchange import UnreadableError
from resolvers.exchange.products import locked_product
from resolvers.exchange.sheet import LONGEST_CELL
from resolvers.exchange.shop_file import import_shop_file
from tests.exchanging import CSV, SHOP, Bench, counts, told, warned

ROW = {"Handle": "mug", "Title": "Mug", "Option1 Name": "Colour", "Option1 Value": "Rust", "Variant Price": "18.00"}


@pytest.fixture
def bench(db: Database, folder: Path) -> Bench:
    return Bench(db, folder)


@pytest.fixture
async def furnished(bench: Bench) -> Bench:
    """A bench with three markets, two locations, a swatch and definitions."""
    path = bench.folder / "shop.toml"
    path.write_text(SHOP, encoding="utf-8")
    await import_shop_file(bench.db, bench.store, path)
    return bench


@pytest.mark.parametrize(
    ("name", "products", "encoding"),
    [
        ("padded.csv", 2, "UTF-8"),
        ("old.csv", 2, "UTF-8"),
        ("windows-1252.csv", 1, "Windows-1252"),
        ("scattered.csv", 3, "UTF-8"),
    ],
)
async def test_files_import_twice_with_the_same_result(bench: Bench, name: str, products: int, encoding: str) -> None:
    rehearsal = await bench.load_file(CSV / name, dry_run=True)
    assert counts(rehearsal) == (products, 0, 0, 0)
    assert await bench.column("select count(*) from products") == [0]
    assert await bench.column("select count(*) from shops") == [0]
    first = await bench.load_file(CSV / name)
    assert counts(first) == (products, 0, 0, 0)
    assert first.encoding == encoding
    standing = await bench.products()
    events = await bench.column("select count(*) from events")
    again = await bench.load_file(CSV / name)
    assert counts(again) == (0, 0, products, 0)
    assert await bench.products() == standing
    assert await bench.column("select count(*) from events") == events
    assert await bench.off_ledger() == []


async def test_padded_cells_and_headings(bench: Bench) -> None:
    summary = await bench.load_file(CSV / "padded.csv")
    assert warned(summary) == [(4, "")]
    product = await bench.product("plum-slice")
    assert product.values["title"] == "Plum Slice"
    assert product.values["description_html"] == "<p><span>Plums on yeast dough.</span><br></p>"
    assert product.values["description"] == "Plums on yeast dough."
    assert product.category == "Food, Beverages & Tobacco > Food Items > Bakery > Cakes"
    assert product.options[0].name == "Title"
    assert product.variants[0].values["weight_unit"] == "lb"
    allergens = product.metafields["product", "shopify", "allergen-information"]
    assert (allergens.type, allergens.value) == ("list.single_line_text_field", '["wheat", "milk"]')
    assert ("product", "shopify", "flavor") not in (await bench.product("poppy-bun")).metafields
    paths = await bench.column("select full_name from categories order by id")
    assert paths == [
        "Food, Beverages & Tobacco",
        "Food, Beverages & Tobacco > Food Items",
        "Food, Beverages & Tobacco > Food Items > Bakery",
        "Food, Beverages & Tobacco > Food Items > Bakery > Cakes",
    ]


async def test_an_old_export(bench: Bench) -> None:
    await bench.load_file(CSV / "old.csv")
    pedal = await bench.product("gravel-pedal")
    assert pedal.values["status"] == "active"
    assert pedal.values["published_at"] is not None
    assert pedal.tags == ["Pedals", "parts"]
    assert [(o.name, [v.name for v in o.values]) for o in pedal.options] == [
        ("Color", ["Red", "Blue"]),
        ("Size", ["M", "L"]),
    ]
    assert [variant.title for variant in pedal.variants] == ["Red / M", "Red / L", "Blue / M"]
    red, large, blue = pedal.variants
    assert (red.stock, large.stock, blue.stock) == (-1, 4, None)
    assert (red.values["barcode"], blue.values["sku"]) == ("0012345678905", None)
    assert blue.values["inventory_tracker"] is None
    assert [price.amount for variant in pedal.variants for price in variant.prices.values()] == [3800, 3800, 123800]
    assert next(iter(red.prices.values())).compare_at == 4550
    assert [(p.position, p.source, p.alt) for p in pedal.pictures] == [
        (1, "https://pictures.example/pedal-red.jpg?v=1", "A red pedal"),
        (2, "https://pictures.example/pedal-box.jpg", None),
        (3, "https://pictures.example/pedal-blue.jpg", None),
        (4, "https://pictures.example/pedal-shoe.jpg", None),
    ]
    assert (red.picture, large.picture) == ("https://pictures.example/pedal-red.jpg?v=1", None)
    google = {key[2]: m.value for key, m in pedal.metafields.items() if key[1] == "mm-google-shopping"}
    assert google == {"google_product_category": "sporting goods > cycling", "adwords_grouping": "Pedals"}
    spoke = await bench.product("spare-spoke")
    assert spoke.values["published_at"] is None
    assert spoke.variants[0].title == "Default Title"


async def test_windows_1252_with_semicolons(bench: Bench) -> None:
    summary = await bench.load_file(CSV / "windows-1252.csv")
    assert "Windows-1252" in summary.findings[0].reason
    product = await bench.product("cafe-creme")
    assert product.values["title"] == "Café crème \u2013 große Tüte"
    assert product.values["description"] == "Süß, kräftig, 250 g für 9,50 €"
    assert [price.amount for variant in product.variants for price in variant.prices.values()] == [950, 103400]


async def test_rows_of_a_product_that_stand_apart(bench: Bench) -> None:
    await bench.load_file(CSV / "scattered.csv")
    sock = await bench.product("wool-sock")
    assert [variant.values["sku"] for variant in sock.variants] == ["SOCK-G", "SOCK-N"]
    assert [value.name for value in sock.options[0].values] == ["Grey", "Green"]
    assert len((await bench.product("felt-sole")).variants) == 2


async def test_a_bad_row_costs_only_its_own_product(bench: Bench) -> None:
    summary = await bench.load_file(CSV / "bad-rows.csv")
    assert counts(summary) == (4, 0, 0, 12)
    assert sorted(told(summary)) == [
        (3, "Variant Price", "two-ways"),
        (5, "", "shifted"),
        (6, "Variant Price", "below-nothing"),
        (7, "Handle", ""),
        (8, "Title", "no-title"),
        (10, "Option1 Value", "twice"),
        (11, "Status", "odd-status"),
        (12, "Variant Inventory Qty", "half-piece"),
        (13, "Option1 Value", "no-value"),
        (16, "Option1 Name", "renamed"),
        (17, "Variant Price", "no-price"),
        (18, "Variant Grams", "heavy"),
        (18, "Variant Weight Unit", "heavy"),
    ]
    assert warned(summary) == [(1, "Colour swatch"), (1, "Price / Mars"), (19, "Image Src"), (19, "Variant SKU")]
    assert summary.exit_code == 1
    assert sorted(await bench.products()) == ["good-one", "good-three", "good-two", "lost-picture"]
    assert "1299 or 1.29" in next(f.reason for f in summary.findings if f.handle == "two-ways")


async def test_ids_outlive_another_import(furnished: Bench) -> None:
    small = ROW | {"Option2 Name": "Size", "Option2 Value": "S", "Variant SKU": "M-S", "Variant Inventory Qty": "5"}
    large = {
        "Handle": "mug",
        "Option1 Value": "Rust",
        "Option2 Value": "L",
        "Variant SKU": "M-L",
        "Variant Price": "20",
    }
    await furnished.load(small, large)
    before = await furnished.product("mug")
    ids = {variant.values["sku"]: variant.id for variant in before.variants}
    # Renamed options, another order, another spelling, one variant renamed but for its SKU, and one more.
    renamed = {"Option1 Name": "Color", "Option2 Name": "Fit", "Option1 Value": "RUST"}
    summary = await furnished.load(
        large | renamed | {"Title": "Mug"},
        small | renamed | {"Option2 Value": "Small"},
        large | renamed | {"Option2 Value": "XL", "Variant SKU": "M-XL"},
    )
    assert counts(summary) == (0, 1, 0, 0)
    after = await furnished.product("mug")
    assert [(v.title, v.id) for v in after.variants][:2] == [("RUST / L", ids["M-L"]), ("RUST / Small", ids["M-S"])]
    assert after.id == before.id
    assert after.options[0].id == before.options[0].id
    assert after.variants[1].stock == 5
    # Options that change places.
    swapped = {"Option1 Name": "Fit", "Option2 Name": "Color", "Option2 Value": "RUST", "Title": "Mug"}
    await furnished.load(
        large | swapped | {"Option1 Value": "L"},
        small | swapped | {"Option1 Value": "Small"},
        large | swapped | {"Option1 Value": "XL", "Variant SKU": "M-XL"},
    )
    turned = await furnished.product("mug")
    assert [v.id for v in turned.variants] == [v.id for v in after.variants]
    assert [option.name for option in turned.options] == ["Fit", "Color"]
    # One variant less: its stock leaves the books.
    await furnished.load(large | swapped | {"Option1 Value": "L"})
    assert [v.id for v in (await furnished.product("mug")).variants] == [ids["M-L"]]
    assert await furnished.column("select sum(delta) from inventory_movements") == [0]
    assert await furnished.off_ledger() == []


async def test_two_variants_that_trade_places(bench: Bench) -> None:
    def rows(first: str, second: str) -> list[dict[str, str]]:
        return [
            ROW | {"Option1 Value": first, "Variant SKU": "A", "Variant Inventory Qty": "1"},
            {
                "Handle": "mug",
                "Option1 Value": second,
                "Variant SKU": "B",
                "Variant Price": "9",
                "Variant Inventory Qty": "2",
            },
        ]

    await bench.load(*rows("Red", "Blue"))
    assert counts(await bench.load(*rows("Blue", "Red"))) == (0, 1, 0, 0)
    product = await bench.product("mug")
    assert {v.title: (v.values["sku"], v.stock) for v in product.variants} == {"Blue": ("A", 1), "Red": ("B", 2)}
    assert counts(await bench.load(*rows("Blue", "Red"))) == (0, 0, 1, 0)


async def test_columns_that_are_missing_keep_what_stands(furnished: Bench) -> None:
    full = ROW | {
        "Vendor": "Hollin",
        "Tags": "clay",
        "Variant SKU": "M-1",
        "Variant Inventory Qty": "7",
        "Image Src": "https://p.example/1.png",
    }
    await furnished.load(full, {"Handle": "mug", "Option1 Value": "Kelp", "Variant SKU": "M-2", "Variant Price": "19"})
    before = await furnished.product("mug")
    summary = await furnished.load(
        {"Handle": "mug", "Variant SKU": "M-2", "Variant Inventory Qty": "3", "Variant Price": "21"}
    )
    assert counts(summary) == (0, 1, 0, 0)
    after = await furnished.product("mug")
    assert (after.values, after.tags, after.media) == (before.values, before.tags, before.media)
    assert [(v.title, v.stock) for v in after.variants] == [("Rust", 7), ("Kelp", 3)]
    for variant, amount in zip(after.variants, (1800, 2100), strict=True):
        assert amount in {price.amount for price in variant.prices.values()}
    unknown = await furnished.load(
        {"Handle": "mug", "Variant SKU": "M-9", "Variant Price": "3"},
        {"Handle": "mug", "Variant SKU": "M-2", "Variant Price": "3"},
    )
    assert told(unknown) == [(2, "Variant SKU", "mug")]


async def test_prices_by_market(furnished: Bench) -> None:
    row = ROW | {
        "Variant Compare At Price": "25.00", "Price / United Kingdom": "", "Compare At Price / United Kingdom": "",
        "Price / Japan": "", "Included / Japan": "false",
    }  # fmt: skip
    await furnished.load(row)

    async def prices() -> dict[str, tuple[int, int | None, bool]]:
        found = await furnished.query(
            "select m.name, p.amount, p.compare_at_amount, p.is_fixed from variant_prices p join markets m"
            " on m.id = p.market_id"
        )
        return {name: (amount, compared, bool(fixed)) for name, amount, compared, fixed in found}

    assert await prices() == {
        "Europe": (1800, 2500, True),
        "United Kingdom": (1595, 2195, False),
        "Japan": (2880, 4000, False),
    }
    await furnished.load(row | {"Price / United Kingdom": "16", "Compare At Price / Japan": "9"})
    assert (await prices())["United Kingdom"] == (1600, None, True)
    ranges = await furnished.query(
        "select m.name, r.minimum, r.maximum, r.compare_at_maximum, r.is_included from product_prices r join markets m"
        " on m.id = r.market_id order by m.name"
    )
    assert [(n, low, high, top, bool(here)) for n, low, high, top, here in ranges] == [
        ("Europe", 1800, 1800, 2500, True),
        ("Japan", 2880, 2880, 4000, False),
        ("United Kingdom", 1600, 1600, 0, True),
    ]
    assert counts(await furnished.load(row | {"Price / United Kingdom": "16"})) == (0, 0, 1, 0)


async def test_metafields_swatches_and_references(furnished: Bench) -> None:
    columns = ("Height (product.metafields.custom.height)", "Goes with (product.metafields.custom.goes_with)")
    pick, note, years = (
        "Pick (product.metafields.custom.pick)",
        "Note (variant.metafields.custom.note)",
        "Years (product.metafields.custom.years)",
    )
    mug = ROW | {columns[0]: "9 cm", columns[1]: "jug; cup", pick: "J-1", note: "two\nlines", years: "3"}
    jug = ROW | {"Handle": "jug", "Title": "Jug", "Variant SKU": "J-1", columns[1]: "mug", years: "12"}
    summary = await furnished.load(mug, jug)
    assert warned(summary) == [(2, columns[1])]
    products = await furnished.products()
    found = products["mug"].metafields
    assert found["product", "custom", "height"].value == '{"value": 9.0, "unit": "cm"}'
    assert found["product", "custom", "pick"].value == f"gid://shopify/ProductVariant/{products['jug'].variants[0].id}"
    # Of a list stays what is there.
    assert found["product", "custom", "goes_with"].value == f'["gid://shopify/Product/{products["jug"].id}"]'
    linked = products["jug"].metafields["product", "custom", "goes_with"].value
    assert linked == f'["gid://shopify/Product/{products["mug"].id}"]'
    assert products["mug"].variants[0].metafields["variant", "custom", "note"].value == "two\nlines"
    assert found["product", "custom", "years"].type == "number_integer"
    assert products["mug"].options[0].values[0].swatch_color == "#b4593a"
    bad = await furnished.load(mug | {columns[0]: "tall", columns[1]: "jug", years: "many"})
    assert told(bad) == [(2, columns[0], "mug")]
    odd = await furnished.load(mug | {columns[1]: "jug", years: "many"})
    assert counts(odd) == (0, 1, 0, 0)
    assert (await furnished.product("mug")).metafields["product", "custom", "years"].type == "single_line_text_field"


@pytest.mark.parametrize(
    "named",
    ["p" * 300 + ".png", "circle.png", "https://", "http://[::1", 'https://p.example/"<.png', "../../etc/passwd"],
)
async def test_a_picture_that_is_none_costs_itself_alone(bench: Bench, named: str) -> None:
    (bench.folder / "circle.png").symlink_to(bench.folder / "circle.png")
    summary = await bench.load(ROW | {"Image Src": named})
    assert counts(summary) == (1, 0, 0, 0)
    assert warned(summary) == [(2, "Image Src")]
    assert (await bench.product("mug")).media == []


@pytest.mark.parametrize("with_positions", [True, False])
async def test_a_picture_that_cannot_be_had_leaves_the_standing_one(bench: Bench, with_positions: bool) -> None:
    def rows(*sources: str) -> list[dict[str, str]]:
        head = ROW | {"Variant Image": sources[1], "Image Alt Text": "of the mug"}
        found = [(head if n == 1 else {"Handle": "mug"}) | {"Image Src": s} for n, s in enumerate(sources, 1)]
        return [row | ({"Image Position": str(n)} if with_positions else {}) for n, row in enumerate(found, 1)]

    one, two, three = (f"https://p.example/{n}.png" for n in (1, 2, 3))
    await bench.load(*rows(one, two, three))
    before = await bench.product("mug")
    summary = await bench.load(*rows(one, "picturse/2.png", three))
    assert counts(summary) == (0, 0, 1, 0)
    assert warned(summary) == [(3, "Image Src"), (2, "Variant Image")]
    assert await bench.product("mug") == before
    # What another row names now is no longer at that place; and where nothing stood, nothing comes.
    await bench.load(*rows("nowhere.png", one, two, "nowhere-else.png"))
    after = await bench.product("mug")
    assert [(picture.source, picture.position) for picture in after.pictures] == [(one, 2), (two, 3)]
    assert {p.source: p.id for p in after.pictures}.items() <= {p.source: p.id for p in before.pictures}.items()


async def test_events_say_what_changed(furnished: Bench) -> None:
    row = ROW | {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "4"}
    await furnished.load(row)
    product = await furnished.product("mug")
    variant = product.variants[0].id
    async with furnished.db.write() as session:
        await session.change(text("delete from events"))
    await furnished.load(row | {"Title": "Big Mug"})
    await furnished.load(row | {"Title": "Big Mug", "Variant Inventory Qty": "-2"})
    await furnished.load(row | {"Title": "Big Mug", "Variant Inventory Qty": "-2"})
    events = await furnished.query("select topic, payload from events where topic <> 'tags.changed' order by id")
    payloads = [(topic, payload if isinstance(payload, dict) else json.loads(payload)) for topic, payload in events]
    assert payloads == [
        ("product.changed", {"product_id": product.id, "variant_ids": []}),
        ("product.changed", {"product_id": product.id, "variant_ids": [variant]}),
        ("inventory.changed", {"variant_ids": [variant]}),
    ]
    assert await furnished.column("select delta from inventory_movements order by id") == [4, -6]
    assert await furnished.off_ledger() == []


async def test_stock_that_was_sold_meanwhile_is_read_again(bench: Bench) -> None:
    await bench.load(ROW | {"Variant Inventory Qty": "5"})
    seen = await bench.product("mug")
    async with bench.db.write() as session:
        assert await locked_product(session, "mug", seen) is seen
        await session.change(text("update inventory_levels set on_hand = 3"))
        now = await locked_product(session, "mug", seen)
    assert now is not None
    assert now.variants[0].stock == 3


async def test_nothing_to_read(bench: Bench) -> None:
    empty = bench.folder / "empty.csv"
    empty.write_text("")
    strange = bench.folder / "strange.csv"
    strange.write_text("a,b\n1,2\n")
    for path in (empty, strange, bench.folder / "missing.csv"):
        with pytest.raises(UnreadableError):
            await bench.load_file(path)
    with pytest.raises(UnreadableError):
        await bench.load(ROW, currency="DOLLARS")


async def test_an_open_quotation_mark(bench: Bench) -> None:
    path = bench.folder / "open.csv"
    rest = "x,X,S,2\n"
    begun = 'Handle,Title,Variant SKU,Variant Price\nfine,Fine,S,2\nopen,"Open,S,2\n'
    path.write_text(begun + rest * (LONGEST_CELL // len(rest)))
    summary = await bench.load_file(path)
    assert (summary.created, summary.refused) == (1, 1)
    assert "line 3" in summary.findings[-1].reason


async def test_the_most_variants(bench: Bench) -> None:
    def rows(count: int) -> list[dict[str, str]]:
        return [ROW | {"Option1 Value": str(n)} for n in range(count)]

    assert told(await bench.load(*rows(2049))) == [(2, "", "mug")]
    assert counts(await bench.load(*rows(2048))) == (1, 0, 0, 0)
    assert await bench.column("select count(*) from variants") == [2048]


async def test_published_since(bench: Bench) -> None:
    async def since() -> datetime | None:
        moment: datetime | None = (await bench.product("mug")).values["published_at"]
        return moment

    await bench.load(ROW | {"Published": "true"})
    first = await since()
    await bench.load(ROW | {"Published": "TRUE", "Title": "Mugs"})
    assert await since() == first
    await bench.load(ROW | {"Published": "false"})
    assert await since() is None


async def test_updated_at_moves_only_with_a_change(bench: Bench) -> None:
    await bench.load(ROW)
    before = await bench.query("select updated_at from products")
    await bench.load(ROW)
    assert await bench.query("select updated_at from products") == before
    await bench.load(ROW | {"Tags": "new"})
    assert await bench.query("select updated_at from products") != before
