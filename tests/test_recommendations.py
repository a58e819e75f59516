"""What is shown beside a product: the merchant's choice first, then what is like it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.dataset import fill
from db.catalog import MetafieldRow, ProductRow
from db.pricing import ProductPriceRow
from db.session import Database
from resolvers.recommendations import CHOSEN
from tests.api import Client, serving
from tests.databases import Databases
from tests.exchanging import Bench

ASK = """query($id: ID!, $country: CountryCode!) @inContext(country: $country) {
  related: productRecommendations(productId: $id, intent: RELATED) { id }
  complementary: productRecommendations(productId: $id, intent: COMPLEMENTARY) { id productType } }"""


def gid(number: int) -> str:
    return f"gid://shopify/Product/{number}"


CHOICE = (9, 40, 9, 7, 99, 12, 11)
"""One twice, the product itself, one that there is not, a draft and one that is not sold in Britain."""


async def choose(db: Database) -> None:
    await fill(db, 40)
    async with db.write() as session:
        of = {"owner_kind": "product", "owner_id": 7, "namespace": CHOSEN, "type": "list.product_reference"}
        lists = {"related_products": CHOICE, "complementary_products": tuple(reversed(CHOICE))}
        value = {key: orjson.dumps([gid(number) for number in numbers]).decode() for key, numbers in lists.items()}
        await session.add_all(MetafieldRow, [of | {"key": key, "value": text} for key, text in value.items()])
        many = orjson.dumps([gid(number) for number in range(1, 31)]).decode()
        await session.add_all(MetafieldRow, [of | {"owner_id": 8, "key": "related_products", "value": many}])
        single = of | {"owner_id": 9, "key": "related_products", "type": "product_reference", "value": gid(3)}
        await session.add_all(MetafieldRow, [single])
        await session.change(ProductRow.__table__.update().where(ProductRow.id == 12).values(status="draft"))  # type: ignore[attr-defined]
        away = (ProductPriceRow.product_id == 11) & (ProductPriceRow.market_id == 2)
        await session.change(ProductPriceRow.__table__.update().where(away).values(is_included=False))  # type: ignore[attr-defined]
        dear = (ProductPriceRow.product_id == 21) & (ProductPriceRow.market_id == 1)
        await session.change(ProductPriceRow.__table__.update().where(dear).values(minimum=10**7, maximum=10**7))  # type: ignore[attr-defined]


@pytest.fixture
async def shop(backend: str, databases: Databases, tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(await databases.fresh(backend, "chosen", choose), tmp_path) as client:
        yield client


async def beside(shop: Client, number: int, country: str = "DE") -> dict[str, list[int]]:
    data: dict[str, Any] = await shop.run(ASK, {"id": gid(number), "country": country})
    return {intent: [int(row["id"].rsplit("/", 1)[1]) for row in rows] for intent, rows in data.items()}


def begins(found: Sequence[int], chosen: Sequence[int]) -> None:
    assert found[: len(chosen)] == list(chosen)
    assert len(set(found)) == len(found) == 10


async def test_what_the_merchant_chose_comes_first(shop: Client) -> None:
    found = await beside(shop, 7)
    begins(found["related"], (9, 40, 11))
    begins(found["complementary"], (11, 9, 40))
    assert 7 not in found["related"] + found["complementary"]
    abroad = await beside(shop, 7, "GB")
    begins(abroad["related"], (9, 40))
    begins(abroad["complementary"], (9, 40))
    assert 11 not in abroad["related"] + abroad["complementary"]


RELATED = f"Related products (product.metafields.{CHOSEN}.related_products)"
COMPLEMENTARY = f"Complementary products (product.metafields.{CHOSEN}.complementary_products)"


async def test_what_a_product_file_recommends_is_shown(backend: str, databases: Databases, tmp_path: Path) -> None:
    """Handles as hosted shops export them, also of products that come later in the file; one that there is not."""
    row = {"Vendor": "Anchor", "Published": "true", "Variant Price": "18.00"}
    rows = [row | {"Handle": name, "Title": name.capitalize()} for name in ("mug", "tray", "jug", "bowl")]
    rows[0] |= {RELATED: "bowl; nothing; jug", COMPLEMENTARY: "tray"}
    rows[2] |= {RELATED: "mug"}
    url = await databases.fresh(backend, "empty")
    async with Database(url) as database:
        summary = await Bench(database, tmp_path).load(*rows)
        assert (summary.created, summary.refused) == (4, 0)
        assert [(finding.line, finding.column) for finding in summary.findings] == [(2, RELATED)]
    async with serving(url, tmp_path) as client:
        ask = """{{ productRecommendations(productHandle: "{}", intent: {}) {{ handle }} }}"""

        async def shown(handle: str, intent: str) -> list[str]:
            data = await client.run(ask.format(handle, intent))
            return [product["handle"] for product in data["productRecommendations"]]

        assert (await shown("mug", "RELATED"))[:2] == ["bowl", "jug"]
        assert (await shown("mug", "COMPLEMENTARY"))[:1] == ["tray"]
        assert (await shown("jug", "RELATED"))[:1] == ["mug"]


async def test_no_more_than_ten_are_shown_however_many_were_chosen(shop: Client) -> None:
    assert (await beside(shop, 8))["related"] == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]


async def test_a_metafield_of_another_type_chooses_nothing(shop: Client) -> None:
    assert (await beside(shop, 9))["related"][0] != 3


async def test_what_is_much_dearer_is_no_complement_while_there_is_other(shop: Client) -> None:
    for number in (1, 2, 3, 4, 5):
        assert 21 not in (await beside(shop, number))["complementary"]


async def test_the_demo_shop_recommends_beside_everything_and_always_the_same(demo: Client) -> None:
    nodes = (await demo.run("{ products(first: 250) { nodes { id productType } } }"))["products"]["nodes"]
    kinds = {node["id"]: node["productType"] for node in nodes}
    for node in nodes[::9]:
        asked = {"id": node["id"], "country": "DE"}
        found = await demo.run(ASK, asked)
        assert await demo.run(ASK, asked) == found
        for rows in found.values():
            ids = [row["id"] for row in rows]
            assert 4 <= len(set(ids)) == len(ids) <= 10, node
            assert node["id"] not in ids
        assert kinds[node["id"]] not in {row["productType"] for row in found["complementary"]}
