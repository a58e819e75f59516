"""Stock: what is sold was there, every piece has its line in the ledger, whoever buys at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete, func, update
from sqlmodel import col, select

from db.catalog import ProductRow, VariantRow
from db.events import EventRow
from db.inventory import InventoryLevelRow, InventoryMovementRow
from db.shop import ShopRow
from resolvers.reconcile import contradictions
from tests.api import Client

VARIANT = 4
GID = f"gid://shopify/ProductVariant/{VARIANT}"
STATE = "availableForSale currentlyNotInStock quantityAvailable"
BUY = f"""mutation($id: ID!, $quantity: Int!) {{ demoBuy(merchandiseId: $id, quantity: $quantity) {{
  variant {{ {STATE} }} userErrors {{ code field message }} }} }}"""
READ = f"query($id: ID!) {{ node(id: $id) {{ ... on ProductVariant {{ {STATE} product {{ totalInventory }} }} }} }}"


async def on_shelves(guest: Client, *pieces: int, **variant: Any) -> None:
    """So many pieces of the variant at each location, as if that had always been so."""
    async with guest.shop.database.write() as session:
        await session.change(delete(InventoryLevelRow).where(col(InventoryLevelRow.variant_id) == VARIANT))
        await session.change(delete(InventoryMovementRow).where(col(InventoryMovementRow.variant_id) == VARIANT))
        places = [{"variant_id": VARIANT, "location_id": n} for n in range(1, len(pieces) + 1)]
        levels = [place | {"on_hand": count} for place, count in zip(places, pieces, strict=True)]
        lines = [place | {"delta": count, "reason": "count"} for place, count in zip(places, pieces, strict=True)]
        await session.add_all(InventoryLevelRow, levels)
        await session.add_all(InventoryMovementRow, lines)
        if variant:
            await session.change(update(VariantRow).where(col(VariantRow.id) == VARIANT).values(**variant))


async def buy(guest: Client, quantity: int = 1) -> dict[str, Any]:
    payload: dict[str, Any] = (await guest.run(BUY, {"id": GID, "quantity": quantity}))["demoBuy"]
    return payload


async def left(guest: Client) -> dict[str, Any]:
    state: dict[str, Any] = (await guest.run(READ, {"id": GID}))["node"]
    return state


async def sold(guest: Client) -> list[InventoryMovementRow]:
    async with guest.shop.database.read() as session:
        mine = select(InventoryMovementRow).where(InventoryMovementRow.variant_id == VARIANT)
        return await session.rows(
            mine.where(InventoryMovementRow.reason == "sale").order_by(col(InventoryMovementRow.id))
        )


async def told(guest: Client) -> int:
    async with guest.shop.database.read() as session:
        changed = select(func.count()).select_from(EventRow).where(col(EventRow.topic) == "inventory.changed")
        return (await session.first(changed)) or 0


async def sales(guest: Client) -> int:
    async with guest.shop.database.read() as session:
        return (await session.first(select(ProductRow.sold_count).where(ProductRow.id == 2))) or 0


@pytest.mark.parametrize("shelves", [(5,), (3, 2), (2, 3)])
async def test_twenty_at_once_buy_the_five_that_are_there(guest: Client, shelves: tuple[int, ...]) -> None:
    """I1: nothing is sold twice, and nothing stays on the shelf while somebody is sent away."""
    await on_shelves(guest, *shelves)
    before = await told(guest), await sales(guest)
    answers = await asyncio.gather(*[buy(guest) for _ in range(20)])
    refused = [answer["userErrors"][0] for answer in answers if answer["userErrors"]]
    assert len(refused) == 15
    assert {(error["code"], *error["field"]) for error in refused} == {("MERCHANDISE_NOT_ENOUGH_STOCK", "quantity")}
    assert sum(movement.delta for movement in await sold(guest)) == -5
    assert len(await sold(guest)) == 5
    assert (await told(guest), await sales(guest)) == (before[0] + 5, before[1] + 5)
    assert await left(guest) == {
        "availableForSale": False,
        "currentlyNotInStock": False,
        "quantityAvailable": 0,
        "product": {"totalInventory": (await left(guest))["product"]["totalInventory"]},
    }
    assert await contradictions(guest.shop.database) == []


async def test_every_buyer_sees_a_number_of_their_own(guest: Client) -> None:
    await on_shelves(guest, 6)
    answers = await asyncio.gather(*[buy(guest) for _ in range(6)])
    assert all(0 <= answer["variant"]["quantityAvailable"] <= 5 for answer in answers)
    assert [(await buy(guest))["userErrors"][0]["code"]] == ["MERCHANDISE_NOT_ENOUGH_STOCK"]


async def test_an_order_may_come_from_several_shelves_the_fullest_first(guest: Client) -> None:
    await on_shelves(guest, 2, 4)
    assert (await buy(guest, 5))["variant"]["quantityAvailable"] == 1
    assert [(line.location_id, line.delta) for line in await sold(guest)] == [(2, -4), (1, -1)]
    assert await contradictions(guest.shop.database) == []


async def test_a_refused_sale_leaves_no_trace(guest: Client) -> None:
    await on_shelves(guest, 2, 1)
    before = await told(guest), await sales(guest), await left(guest)
    assert (await buy(guest, 4))["variant"] is None
    assert await sold(guest) == []
    assert (await told(guest), await sales(guest), await left(guest)) == before


async def test_what_goes_on_selling_goes_below_zero(guest: Client) -> None:
    await on_shelves(guest, 2, inventory_policy="continue")
    assert (await left(guest))["currentlyNotInStock"] is False
    assert (await buy(guest, 3))["variant"] == {
        "availableForSale": True,
        "currentlyNotInStock": True,
        "quantityAvailable": -1,
    }
    answers = await asyncio.gather(*[buy(guest) for _ in range(5)])
    assert all(answer["userErrors"] == [] for answer in answers)
    assert (await left(guest))["quantityAvailable"] == -6
    assert await contradictions(guest.shop.database) == []


async def test_what_nobody_counts_never_runs_out(guest: Client) -> None:
    await on_shelves(guest, 1, inventory_tracker=None)
    before = await told(guest)
    assert (await buy(guest, 50))["variant"] == {
        "availableForSale": True,
        "currentlyNotInStock": False,
        "quantityAvailable": None,
    }
    assert await sold(guest) == []
    assert await told(guest) == before


async def test_what_is_reserved_is_not_sold(guest: Client) -> None:
    await on_shelves(guest, 5)
    async with guest.shop.database.write() as session:
        reserved = update(InventoryLevelRow).where(col(InventoryLevelRow.variant_id) == VARIANT).values(reserved=4)
        await session.change(reserved)
    assert (await buy(guest, 2))["userErrors"][0]["code"] == "MERCHANDISE_NOT_ENOUGH_STOCK"
    assert (await buy(guest, 1))["variant"]["availableForSale"] is False


@pytest.mark.parametrize("quantity", [0, -1, 101, 2_000_000_000])
async def test_so_many_cannot_be_bought(guest: Client, quantity: int) -> None:
    payload = await buy(guest, quantity)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", ["quantity"])]


async def test_only_a_demo_shop_sells_without_a_checkout(guest: Client) -> None:
    async with guest.shop.database.write() as session:
        await session.change(update(ShopRow).values(is_demo=False))
    error = await guest.refused(BUY, {"id": GID, "quantity": 1})
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert await sold(guest) == []
