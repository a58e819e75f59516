"""Random reads and changes in several processes, two of which share a Valkey: what is given is never older than the
bound, and nothing that is left there is somebody's own.
"""

import asyncio
from pathlib import Path
from random import Random

import pytest

from app.answers import STALE_AFTER
from bench.dataset import fill
from tests.api import serving
from tests.changing import another_process, change
from tests.databases import Databases
from tests.sharing import another_server, entries, left, second, sharing
from tests.test_caching_changes import CART, NEW_CART, QUESTIONS, abreast, data
from tests.valkeys import valkey_server


async def walk(databases: Databases, backend: str, folder: Path, seed: int, rounds: int) -> None:
    chance = Random(seed)
    url = await databases.fresh(backend, "changing", lambda db: fill(db, 6))
    with valkey_server() as valkey:
        async with (
            sharing(url, folder, valkey) as one,
            another_server(url, folder, valkey) as other,
            serving(url, folder) as plain,
            another_process(url) as elsewhere,
        ):
            carts = []
            for number in range(rounds):
                readers = [chance.choice((one, other)) for _ in range(8)]
                reading = [asyncio.create_task(data(reader, chance.choice(QUESTIONS))) for reader in readers]
                here = chance.random() < 0.5
                for n in range(chance.randint(1, 3)):
                    change_of = seed * 1_000_000 + number * 10 + n
                    await (change(one.shop.database, change_of) if here else elsewhere(change_of))
                if here:
                    # A process knows its own changes at once, whatever others have left meanwhile.
                    await abreast(one, plain, 0)
                carts.append((await one.run(NEW_CART, {"lines": []}))["cartCreate"]["cart"]["id"])
                assert (await other.send(CART, {"id": carts[-1]})).json()["data"]["cart"]["totalQuantity"] == 0
                await asyncio.gather(*reading)
                for kept in chance.sample((one, other), 2):
                    await abreast(kept, plain, STALE_AFTER)
            await left(one)
            hits = second(one).counts.hits + await other.count("hits")
            stale = second(one).counts.stale + await other.count("stale")
            bodies = b"".join(entry.shared.body for entry in entries(valkey))
        print(f"{backend}, seed {seed}: {hits} shared hits, {stale} stale, {len(bodies)} bytes left")
        assert hits > rounds
        assert stale > 0
        assert bodies
        assert not any(cart.rpartition("/")[2].partition("?")[0].encode() in bodies for cart in carts)


async def test_what_is_shared_is_what_is_there(databases: Databases, backend: str, tmp_path: Path) -> None:
    await walk(databases, backend, tmp_path, seed=11, rounds=8)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
async def test_what_is_shared_is_what_is_there_at_length(
    databases: Databases, backend: str, tmp_path: Path, seed: int
) -> None:
    await walk(databases, backend, tmp_path, seed, rounds=150)
