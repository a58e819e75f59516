"""The demo shop's files: complete, consistent, and what `db.demo.write` writes."""

import csv
import json
import re
import struct
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from db.demo import authored, models, write

DEMO = Path(authored.__file__).parent
COLUMNS = "title type vendor tag variant_price variant_compare_at_price variant_inventory variant_title variant_weight"
RELATIONS = "equals not_equals greater_than less_than starts_with ends_with contains not_contains is_set is_not_set"
SORT_ORDERS = "manual best-selling alpha-asc alpha-desc price-asc price-desc created created-desc"

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


@pytest.fixture(scope="module")
def lines() -> list[Row]:
    return rows("products.csv")


@pytest.fixture(scope="module")
def heads(lines: list[Row]) -> dict[str, Row]:
    """The first row of every product, by handle."""
    return {row["Handle"]: row for row in reversed(lines) if row["Title"]}


@pytest.fixture(scope="module")
def variants(lines: list[Row]) -> list[Row]:
    return [row for row in lines if row["Variant Price"]]


def metafield(row: Row, key: str) -> str:
    return next(value for name, value in row.items() if name.endswith(f"metafields.{key})"))


def test_csv_files_are_what_the_source_says() -> None:
    for name, text in write.files().items():
        assert (DEMO / name).read_text(encoding="utf-8") == text, f"{name}: run python -m db.demo.write"


def test_the_shop_is_large_enough(heads: dict[str, Row], variants: list[Row]) -> None:
    assert len(heads) >= 160
    assert len(variants) >= 650
    assert len({row["Google Shopping / Custom Label 0"] for row in heads.values()}) >= 8
    assert len({row["Vendor"] for row in heads.values()}) >= 12
    assert len(rows("collections.csv")) >= 20


def test_every_kind_of_product_is_there(heads: dict[str, Row], variants: list[Row]) -> None:
    assert {row["Status"] for row in heads.values()} == {"active", "draft", "archived"}
    assert {row["Variant Inventory Policy"] for row in variants} == {"deny", "continue"}
    assert {row["Variant Inventory Tracker"] for row in variants} == {"shopify", ""}
    assert sum(row["Gift Card"] == "true" for row in heads.values()) == 1
    assert any(row["Unit Price Base Measure Unit"] == "kg" for row in variants)
    assert any(row["Unit Price Base Measure Unit"] == "l" for row in variants)
    per_product = Counter(row["Handle"] for row in variants)
    assert any(count > 100 and heads[handle]["Option3 Name"] for handle, count in per_product.items())
    assert any(
        count == 1 and heads[handle]["Option1 Value"] == "Default Title" for handle, count in per_product.items()
    )
    stock: dict[str, int] = defaultdict(int)
    for row in variants:
        stock[row["Handle"]] += int(row["Variant Inventory Qty"])
    gone = [h for h, left in stock.items() if left == 0 and heads[h]["Status"] == "active"]
    assert len(gone) >= 4
    assert sum(row["Variant Inventory Qty"] == "0" for row in variants if stock[row["Handle"]]) >= 20


def test_handles_stand_together_and_titles_are_unique(lines: list[Row], heads: dict[str, Row]) -> None:
    order = [row["Handle"] for row in lines]
    assert sum(a != b for a, b in pairwise(order)) + 1 == len(set(order)) == len(heads)
    assert max(Counter(row["Title"] for row in heads.values()).values()) == 1


def test_texts_are_written_and_not_stamped(heads: dict[str, Row]) -> None:
    sentences: Counter[str] = Counter()
    for row in heads.values():
        said = re.sub(r"<[^>]+>", " ", "".join(re.findall(r"<p>.*?</p>", row["Body (HTML)"], re.S)))
        assert len(said) > 60, row["Handle"]
        sentences.update(s.strip() for s in re.split(r"(?<=[.!?])\s", said) if len(s) > 30)
    assert [s for s, count in sentences.items() if count > 1] == []


def test_variants_are_unique_and_numbered(variants: list[Row]) -> None:
    assert max(Counter(row["Variant SKU"] for row in variants).values()) == 1
    codes = [row["Variant Barcode"] for row in variants if row["Variant Barcode"]]
    assert max(Counter(codes).values()) == 1
    for code in codes:
        assert sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(code)) % 10 == 0
        assert code.startswith("29"), "only the range that belongs to nobody"
    chosen = [(r["Handle"], r["Option1 Value"], r["Option2 Value"], r["Option3 Value"]) for r in variants]
    assert max(Counter(chosen).values()) == 1


def test_prices_make_sense(variants: list[Row]) -> None:
    for row in variants:
        price = Decimal(row["Variant Price"])
        assert price > 0
        if row["Variant Compare At Price"]:
            assert Decimal(row["Variant Compare At Price"]) > price, row["Variant SKU"]
    assert sum(bool(row["Variant Compare At Price"]) for row in variants) >= 40
    for market in ("United Kingdom", "United States"):
        fixed = sum(bool(row[f"Price / {market}"]) for row in variants)
        assert 40 <= fixed < len(variants) / 2


def test_metafields_have_a_definition_and_a_target(heads: dict[str, Row], variants: list[Row]) -> None:
    definitions = [d for d in authored.shop()["definitions"] if d["owner"] == "product"]
    assert len({d["type"] for d in definitions}) >= 15
    skus = {row["Variant SKU"] for row in variants}
    series = {row["Handle"] for row in rows("collections.csv")}
    used: Counter[str] = Counter()
    for handle, row in heads.items():
        for definition in definitions:
            value = metafield(row, f"{definition['namespace']}.{definition['key']}")
            if not value:
                continue
            used[definition["type"]] += 1
            match definition["type"]:
                case "product_reference" | "list.product_reference":
                    assert set(value.split("; ")) <= set(heads), handle
                case "variant_reference":
                    assert value in skus, handle
                case "collection_reference":
                    assert value in series, handle
                case "json":
                    assert json.loads(value)
                case "dimension" | "weight":
                    assert set(json.loads(value)) == {"value", "unit"}, handle
                case "color":
                    assert re.fullmatch(r"#[0-9a-f]{6}", value), handle
    assert set(used) == {d["type"] for d in definitions}


def test_pictures_are_all_there_and_small(lines: list[Row]) -> None:
    named = {row["Image Src"] for row in lines} | {row["Variant Image"] for row in lines}
    named |= {row["Image Src"] for row in rows("collections.csv")} | {row["Preview Image"] for row in rows("media.csv")}
    shop = authored.shop()
    named |= {shop["brand"][name] for name in ("logo", "square_logo", "cover")}
    named |= {s["image"] for s in shop["swatches"].values() if isinstance(s, dict)}
    named.discard("")
    there = {f"pictures/{file.name}": file for file in (DEMO / "pictures").glob("*.webp")}
    assert sorted(named - set(there)) == []
    assert sorted(set(there) - named) == []
    assert sum(file.stat().st_size for file in there.values()) <= 8 * 2**20
    for name in sorted(there)[::25]:
        with Image.open(there[name]) as image:
            assert image.format == "WEBP"
            assert image.width >= 200


def test_every_product_has_a_described_picture_and_colours_show(lines: list[Row], heads: dict[str, Row]) -> None:
    described = [row["Image Alt Text"] for row in lines if row["Image Src"]]
    assert all(described)
    assert all(row["Image Src"] for row in heads.values())
    swatches = set(authored.shop()["swatches"])
    coloured = [row for row in lines if row["Option1 Value"] in swatches and row["Variant Price"]]
    assert len(coloured) >= 300
    assert all(row["Variant Image"] for row in coloured)


def test_inventory_adds_up(variants: list[Row]) -> None:
    places = [place["name"] for place in authored.shop()["locations"]]
    assert len(places) == 3
    counted = {row["SKU"]: [row[place] for place in places] for row in rows("inventory.csv")}
    tracked = {row["Variant SKU"]: row for row in variants if row["Variant Inventory Tracker"]}
    assert counted.keys() == tracked.keys()
    for sku, shares in counted.items():
        on_hand = sum(int(share) for share in shares if share != "not stocked")
        assert on_hand == int(tracked[sku]["Variant Inventory Qty"]), sku
    assert sum("not stocked" in shares for shares in counted.values()) >= 50


def test_collections_name_real_things(heads: dict[str, Row]) -> None:
    ruled = 0
    for row in rows("collections.csv"):
        assert bool(row["Rules"]) != bool(row["Products"]), row["Handle"]
        assert row["Sort Order"] in SORT_ORDERS.split(), row["Handle"]
        if row["Products"]:
            chosen = row["Products"].split(";")
            assert set(chosen) <= set(heads), row["Handle"]
            assert len(chosen) == len(set(chosen))
            continue
        ruled += 1
        joined, conditions = row["Rules"].split(": ", 1)
        assert joined in ("all", "any")
        for condition in conditions.split("; "):
            column, relation, *value = condition.split(" ", 2)
            assert column in COLUMNS.split(), condition
            assert relation in RELATIONS.split(), condition
            assert bool(value) != relation.endswith("_set"), condition
    assert ruled >= 8
    assert len(rows("collections.csv")) - ruled >= 6


def test_reviews_are_many_and_believable(heads: dict[str, Row]) -> None:
    said = rows("reviews.csv")
    assert len(said) >= 600
    assert {row["Product Handle"] for row in said} <= set(heads)
    assert len({row["Product Handle"] for row in said}) >= 120
    assert {row["Status"] for row in said} == {"published", "pending", "rejected"}
    assert max(Counter(row["Body"] for row in said if len(row["Body"]) > 12).values()) == 1
    ratings = Counter(int(row["Rating"]) for row in said)
    assert set(ratings) == {1, 2, 3, 4, 5}
    mean = sum(stars * count for stars, count in ratings.items()) / len(said)
    assert 4.0 < mean < 4.6
    assert sum(ratings[stars] for stars in (1, 2, 3)) >= len(said) / 10
    assert all(re.fullmatch(r"202[4-6]-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["Created At"]) for row in said)


def test_further_media_are_ours_and_small(heads: dict[str, Row]) -> None:
    found = rows("media.csv")
    kinds = Counter(row["Kind"] for row in found)
    assert kinds == {"video": 2, "external_video": 2, "model_3d": 2}
    for row in found:
        assert row["Handle"] in heads
        if row["Kind"] == "external_video":
            assert re.match(r"https://(www\.youtube\.com/embed|player\.vimeo\.com/video)/", row["Source"])
            continue
        file = DEMO / row["Source"]
        assert 0 < file.stat().st_size < 300_000
        if row["Kind"] == "video":
            assert file.read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize(("name", "make"), [("harbour-mug", models.mug), ("milking-stool", models.stool)])
def test_models_are_valid_gltf(name: str, make: Callable[[], bytes]) -> None:
    data = (DEMO / "media" / f"{name}.glb").read_bytes()
    assert data == make(), "run python -m db.demo.models"
    magic, version, size = struct.unpack_from("<4sII", data)
    assert (magic, version, size) == (b"glTF", 2, len(data))
    length, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    scene = json.loads(data[20 : 20 + length])
    binary = data[20 + length + 8 :]
    assert len(binary) == scene["buffers"][0]["byteLength"]
    for primitive in scene["meshes"][0]["primitives"]:
        points, order = (scene["accessors"][i] for i in (primitive["attributes"]["POSITION"], primitive["indices"]))
        view = scene["bufferViews"][order["bufferView"]]
        corners = struct.unpack_from(f"<{order['count']}H", binary, view["byteOffset"])
        assert len(corners) % 3 == 0
        assert max(corners) < points["count"]


def test_the_shop_file_is_complete() -> None:
    shop = authored.shop()
    assert shop["shop"]["primary_domain"].endswith(".example"), "nobody's domain"
    assert [m["currency"] for m in shop["markets"]] == ["EUR", "GBP", "USD"]
    assert [m["primary"] for m in shop["markets"]] == [True, False, False]
    countries = [country for market in shop["markets"] for country in market["countries"]]
    assert max(Counter(countries).values()) == 1
    assert all(Decimal(m["rate"]) > 0 for m in shop["markets"])
    wanted = "privacy refund shipping terms-of-service subscription contact-information legal-notice terms-of-sale"
    assert set(shop["policies"]) == set(wanted.split())
    for policy in shop["policies"].values():
        assert len((DEMO / policy["file"]).read_text(encoding="utf-8")) > 300
    assert sum(isinstance(s, dict) for s in shop["swatches"].values()) >= 2
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in authored.colours().values())
