"""Random reads and changes in two processes: what is kept is never older than the bound, and never somebody's own."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any, Protocol

import httpx2
import pytest

from bench.dataset import fill
from bench.questions import DETAIL, LISTING
from tests.api import serving
from tests.changing import another_process, change
from tests.databases import Databases

BOUND = 2.0
"""Seconds until a change by another process is seen, on a machine that is not busy with other things."""

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    (LISTING.query, {"first": 20, "after": None}),
    *((DETAIL.query, {"handle": f"product-{n}"}) for n in (1, 2, 3)),
    ("{ shop { name } localization { country { isoCode } } }", {}),
    ("{ products(first: 5, sortKey: BEST_SELLING, reverse: true) { nodes { id } } }", {}),
    ("{ products(first: 9) { nodes { availableForSale totalInventory variants(first: 9) { nodes { id } } } } }", {}),
    ("{ product(handle: \"product-2\") { variants(first: 9) { nodes { sku quantityAvailable } } } }", {}),
    ("{ collections(first: 3) { nodes { products(first: 5) { nodes { title } filters { values { count } } } } } }", {}),
    ("{ search(query: \"product\", first: 5) { totalCount nodes { ... on Product { title } } } }", {}),
    ("query @inContext(language: DE, country: DE) { products(first: 2) { nodes { title rating { average } } } }", {}),
    ("{ node(id: \"gid://shopify/ProductVariant/2\") { ... on ProductVariant { price { amount } title } } }", {}),
    ("{ product(handle: \"product-1\") { vendor } pages(first: 20, reverse: true) { nodes { title } } }", {}),
)  # fmt: skip
NEW_CART = (
    """mutation ($lines: [CartLineInput!]) { cartCreate(input: {lines: $lines}) { cart { id totalQuantity } } }"""
)
CART = "query ($id: ID!) { cart(id: $id) { id totalQuantity note } }"


class Asked(Protocol):
    """A shop that can be asked."""

    async def send(self, query: str, variables: dict[str, Any]) -> httpx2.Response: ...


async def data(client: Asked, question: tuple[str, dict[str, Any]]) -> Any:
    return (await client.send(*question)).json()


async def abreast(kept: Asked, plain: Asked, seconds: float) -> None:
    """Every answer is as it is without keeping any, at the latest after so many seconds."""
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    for question in QUESTIONS:
        fresh = await data(plain, question)
        while await data(kept, question) != fresh:
            assert clock() < until, f"an old answer is given to {question[0]}"
            await asyncio.sleep(0.05)


async def walk(databases: Databases, backend: str, folder: Path, seed: int, rounds: int) -> None:
    chance = Random(seed)
    url = await databases.fresh(backend, "changing", lambda db: fill(db, 6))
    async with (
        serving(url, folder, answer_cache_bytes=64_000_000) as kept,
        serving(url, folder) as plain,
        another_process(url) as elsewhere,
    ):
        carts = []
        for number in range(rounds):
            reading = [asyncio.create_task(data(kept, chance.choice(QUESTIONS))) for _ in range(6)]
            here = chance.random() < 0.5
            for n in range(chance.randint(1, 3)):
                one = seed * 1_000_000 + number * 10 + n
                await (change(kept.shop.database, one) if here else elsewhere(one))
            carts.append((await kept.run(NEW_CART, {"lines": []}))["cartCreate"]["cart"]["id"])
            assert (await kept.run(CART, {"id": carts[-1]}))["cart"]["totalQuantity"] == 0
            await asyncio.gather(*reading)
            await abreast(kept, plain, BOUND)
        answers = kept.shop.answers
        assert answers.counts.hits > rounds
        assert answers.counts.invalidations > rounds / 4
        bodies = b"".join(shared.body for shared in answers.all())
        assert not any(cart.rpartition("/")[2].partition("?")[0].encode() in bodies for cart in carts)


async def test_what_is_kept_is_what_is_there(databases: Databases, backend: str, tmp_path: Path) -> None:
    await walk(databases, backend, tmp_path, seed=7, rounds=12)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(20))
async def test_what_is_kept_is_what_is_there_at_length(
    databases: Databases, backend: str, tmp_path: Path, seed: int
) -> None:
    await walk(databases, backend, tmp_path, seed, rounds=150)
