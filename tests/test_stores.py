"""Stores: where customers may collect, what is there, and which come first."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from db.catalog import VariantRow
from db.inventory import InventoryLevelRow, LocationRow
from tests.api import Client

VARIANT = "gid://shopify/ProductVariant/4"
STOCK = f"""query($near: GeoCoordinateInput, $reverse: Boolean) {{ node(id: "{VARIANT}") {{ ... on ProductVariant {{
  storeAvailability(first: 9, near: $near, reverse: $reverse) {{
    nodes {{ available quantityAvailable pickUpTime location {{ name }} }} }} }} }} }}"""
CORK, OSLO, FIJI = ((51.9, -8.5), (59.9, 10.8), (-17.7, 178.0))


async def stores(guest: Client, *places: tuple[str, float | None, float | None], **said: Any) -> None:
    """These and no other stores, each with three pieces of the variant."""
    async with guest.shop.database.write() as session:
        await session.change(update(LocationRow).values(pickup=False))
        rows = [
            {"id": n, "name": name, "latitude": north, "longitude": east, "position": n, "pickup": True, **said}
            for n, (name, north, east) in enumerate(places, 11)
        ]
        await session.add_all(LocationRow, rows)
        levels = [{"variant_id": 4, "location_id": row["id"], "on_hand": 3} for row in rows]
        await session.add_all(InventoryLevelRow, levels)


def near(place: tuple[float, float]) -> dict[str, float]:
    return {"latitude": place[0], "longitude": place[1]}


async def found(guest: Client, **variables: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await guest.run(STOCK, variables))["node"]["storeAvailability"]["nodes"]
    return nodes


async def names(guest: Client, **variables: Any) -> list[str]:
    return [store["location"]["name"] for store in await found(guest, **variables)]


async def test_a_warehouse_is_no_store(guest: Client) -> None:
    await stores(guest, ("Cork", *CORK))
    answer = await guest.run(
        '{ locations(first: 9) { nodes { id name } } node(id: "gid://shopify/Location/1") { id } }'
    )
    assert answer == {"locations": {"nodes": [{"id": "gid://shopify/Location/11", "name": "Cork"}]}, "node": None}
    assert await names(guest) == ["Cork"]


async def test_what_is_there_can_be_collected(guest: Client) -> None:
    await stores(guest, ("Cork", *CORK), pickup_time="In an hour")
    here = {"quantityAvailable": 3, "pickUpTime": "In an hour", "location": {"name": "Cork"}}
    assert await found(guest) == [{"available": True, **here}]
    async with guest.shop.database.write() as session:
        await session.change(
            update(InventoryLevelRow).where(col(InventoryLevelRow.location_id) == 11).values(on_hand=2, reserved=5)
        )
    assert await found(guest) == [{"available": False, **here, "quantityAvailable": 0}]
    async with guest.shop.database.write() as session:
        await session.change(update(VariantRow).where(col(VariantRow.id) == 4).values(inventory_policy="continue"))
    assert await found(guest) == [{"available": True, **here, "quantityAvailable": 0}]


async def test_the_nearest_store_comes_first_also_across_the_date_line(guest: Client) -> None:
    await stores(guest, ("Nowhere", None, None), ("Oslo", *OSLO), ("Fiji", *FIJI), ("Cork", *CORK))
    assert await names(guest) == ["Nowhere", "Oslo", "Fiji", "Cork"]
    assert await names(guest, near=near((53.3, -6.2))) == ["Cork", "Oslo", "Fiji", "Nowhere"]
    assert await names(guest, near=near((53.3, -6.2)), reverse=True) == ["Nowhere", "Fiji", "Oslo", "Cork"]
    assert (await names(guest, near=near((-14.0, -172.0))))[0] == "Fiji"


async def test_the_preferred_store_comes_before_the_nearest(guest: Client) -> None:
    await stores(guest, ("Oslo", *OSLO), ("Fiji", *FIJI), ("Cork", *CORK))
    preferred = STOCK.replace("Boolean) {", 'Boolean) @inContext(preferredLocationId: "gid://shopify/Location/12") {')
    answer = await guest.run(preferred, {"near": near(OSLO)})
    nodes = answer["node"]["storeAvailability"]["nodes"]
    assert [store["location"]["name"] for store in nodes] == ["Fiji", "Oslo", "Cork"]


async def test_stores_are_sorted_as_asked(guest: Client) -> None:
    await stores(guest, ("Zebra", *CORK), ("apple", *OSLO), ("Mango", *FIJI))
    query = """query($key: LocationSortKeys, $near: GeoCoordinateInput) {
      locations(first: 9, sortKey: $key, near: $near) { nodes { name } } }"""

    async def by(key: str, **variables: Any) -> list[str]:
        answer = await guest.run(query, {"key": key, **variables})
        return [store["name"] for store in answer["locations"]["nodes"]]

    assert await by("NAME") == ["apple", "Mango", "Zebra"]
    assert await by("ID") == ["Zebra", "apple", "Mango"]
    assert await by("DISTANCE", near=near(FIJI)) == ["Mango", "apple", "Zebra"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("sortKey: DISTANCE", "needs near"),
        ("near: {latitude: 91, longitude: 0}", "latitude"),
        ("near: {latitude: 0, longitude: -180.5}", "longitude"),
        ("near: {latitude: 1e308, longitude: 0}", "latitude"),
    ],
)
async def test_a_place_that_is_none_is_told(guest: Client, arguments: str, word: str) -> None:
    error = await guest.refused(f"{{ locations(first: 1, {arguments}) {{ nodes {{ id }} }} }}")
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert word in error["message"]


async def test_the_demo_shop_says_where_it_is(demo: Client) -> None:
    query = """{ locations(first: 9) { nodes { name address { country countryCode provinceCode formatted }
      metafield(key: "opening_hours") { value description } } } }"""
    galway, cork = (await demo.run(query))["locations"]["nodes"]
    german = (await demo.run(f"query @inContext(country: DE, language: DE) {query}"))["locations"]["nodes"][0]
    assert german["address"]["country"] == "Irland"
    assert galway["name"] == "Galway Store"
    assert galway["address"] == {
        "country": "Ireland",
        "countryCode": "IE",
        "provinceCode": "G",
        "formatted": ["12 Saltgate Quay", "H91 X0QH Galway", "County Galway", "Ireland"],
    }
    assert galway["metafield"]["description"] == "When somebody is there."
    assert cork["metafield"]["value"].endswith("ring at the gate")
