"""Carts changed by one statement that writes: what it relies on, what comes between, and what it leaves to the lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel import col, select

from bench.dataset import fill
from db import cart as db
from db.cart import CartLineRow, CartRow
from db.events import CHANNEL, EventRow
from db.postgres import FRESH, Postgres
from db.session import Contradiction, Database, Tally
from db.tags import Footprint
from db.types import utc_now
from tests.api import Client, serving
from tests.conftest import SYNTHETIC
from tests.databases import Databases
from tests.test_cart import ADD, CREATE, PLENTY, READ, REMOVE, UPDATE, gid, opened, quantities, variant
from tests.test_reading import connected, kill

LINE = {"variant_id": 4, "quantity": 2, "attributes": [{"key": "a", "value": None}]}


def new_line(key: str, place: int = 0) -> dict[str, Any]:
    return {**LINE, "key": key, "attributes_hash": key, "place": place}


@pytest.fixture
async def url(databases: Databases) -> str:
    return await databases.fresh("postgresql", "small", lambda db: fill(db, 3))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url, readers=2) as database:
        async with database.write() as session:
            await session.add(CartRow, {"token": "here"})
        yield database


async def cart_of(database: Database) -> CartRow:
    async with database.read() as session:
        cart = await session.first(select(CartRow).where(col(CartRow.token) == "here"))
    assert cart is not None
    return cart


async def lines_of(database: Database) -> list[tuple[str, int]]:
    async with database.read() as session:
        rows = await session.rows(select(CartLineRow).order_by(col(CartLineRow.id)))
    assert all(row.attributes == LINE["attributes"] for row in rows)
    return [(row.key, row.quantity) for row in rows]


async def save(
    database: Database,
    version: int,
    gone: list[int] | None = None,
    changed: list[dict[str, int]] | None = None,
    new: list[dict[str, Any]] | None = None,
) -> list[tuple[Any, ...]]:
    cart = await cart_of(database)
    told = {"cart_id": cart.id}
    return await database.at_once(
        db.save_lines(cart.id, version, utc_now(), gone, changed, new, told, database.told_by), Tally()
    )


async def events(database: Database) -> list[tuple[str, Any]]:
    async with database.read() as session:
        return [(row.topic, row.payload) for row in await session.rows(select(EventRow))]


async def test_lines_come_change_and_go_with_a_version_and_an_event_each(database: Database) -> None:
    before = await cart_of(database)
    made = await save(database, 1, new=[new_line("b", 1), new_line("a", 0), new_line("c", 2)])
    ids = {key: number for number, key in made}
    assert sorted(ids, key=ids.__getitem__) == ["a", "b", "c"]
    assert await save(database, 2, changed=[{"id": ids["a"], "quantity": 7}]) == [(None, None)]
    assert await lines_of(database) == [("a", 7), ("b", 2), ("c", 2)]
    changed = [{"id": ids["a"], "quantity": 1}, {"id": ids["c"], "quantity": 9}]
    assert await save(database, 3, [ids["b"]], changed) == [(None, None)]
    assert len(await save(database, 4, changed=[{"id": ids["c"], "quantity": 8}], new=[new_line("d")])) == 1
    assert await lines_of(database) == [("a", 1), ("c", 8), ("d", 2)]
    after = await cart_of(database)
    assert (after.version, after.created_at) == (5, before.created_at)
    assert after.updated_at > before.updated_at
    assert await events(database) == [(db.CHANGED, {"cart_id": after.id})] * 4


async def test_nothing_is_written_to_a_cart_of_another_version(database: Database) -> None:
    ((number, _),) = await save(database, 1, new=[new_line("a")])
    before = await cart_of(database)
    for version in (1, 3):
        gone, changed = [number], [{"id": number, "quantity": 5}]
        assert await save(database, version, gone) == []
        assert await save(database, version, changed=changed, new=[new_line("b")]) == []
    assert await lines_of(database) == [("a", 2)]
    assert await cart_of(database) == before
    assert len(await events(database)) == 1


async def test_what_contradicts_the_database_leaves_nothing_behind(database: Database) -> None:
    nobodys = {**new_line("a"), "variant_id": 10_000}
    with pytest.raises(Contradiction, match="variant"):
        await save(database, 1, new=[new_line("b"), nobodys])
    assert await lines_of(database) == []
    assert await events(database) == []
    assert (await cart_of(database)).version == 1


async def test_who_listens_is_told_where_no_relay_tells(database: Database, url: str) -> None:
    told = asyncio.Queue[str]()
    async with connected(url) as listening:
        await listening.add_listener(CHANNEL, lambda *said: told.put_nowait(str(said[-1])))
        await save(database, 1, new=[new_line("a")])
        assert await asyncio.wait_for(told.get(), 10) == database.name
        woken = []
        with database.relaying(lambda: woken.append(True)):
            await save(database, 2, new=[new_line("b")])
        assert woken == [True]
        await listening.fetch("select 1")
        assert told.empty()


async def test_no_kept_answer_shows_what_is_written_so(database: Database) -> None:
    assert isinstance(database._store, Postgres)
    prepared, _ = await database._store.at_once(
        db.save_lines(1, 0, utc_now(), [1], [{"id": 1, "quantity": 1}], [new_line("a")], {}, None)
    )
    changes = Footprint()
    changes.change(prepared.compiled, lambda: [{}])
    assert changes.told() == []


async def test_sqlite_leaves_it_to_the_lock(databases: Databases) -> None:
    async with Database(await databases.fresh("sqlite", "small", lambda db: fill(db, 3))) as database:
        assert not database.writes_at_once
        async with database.write() as session:
            await session.add(CartRow, {"token": "here"})
        with pytest.raises(TypeError, match="SQLite"):
            await save(database, 1)


async def test_a_connection_that_was_lost_is_not_noticed(database: Database, url: str) -> None:
    """Neither where its end was heard of, nor where it stood idle for long, and is asked whether it lives."""
    for version in range(1, 4):
        await save(database, version, new=[new_line(str(version))])
        await kill(url)
    await save(database, 4, new=[new_line("4")])
    await asyncio.sleep(FRESH * 1.1)
    await save(database, 5, new=[new_line("5")])
    assert len(await lines_of(database)) == 5


async def test_what_is_given_up_leaves_its_connection(database: Database, url: str) -> None:
    await save(database, 1, new=[new_line("a")])
    async with connected(url) as other, held(other, "update carts set note = 'held' where token = 'here'"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await save(database, 2, new=[new_line("b")])
        await until(url, waits=False)
    assert await lines_of(database) == [("a", 2)]
    await save(database, 2, new=[new_line("c")])
    assert await lines_of(database) == [("a", 2), ("c", 2)]
    # It can still begin a transaction as well.
    async with database.write() as session:
        assert await session.change(text("update carts set note = 'free' where token = 'here'")) == 1


@asynccontextmanager
async def held(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> AsyncIterator[None]:
    """A transaction that has carried out a statement, and is rolled back."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(statement)
    try:
        yield
    finally:
        await transaction.rollback()


@pytest.fixture
async def shopper(databases: Databases, tmp_path: Any) -> AsyncIterator[Client]:
    url = await databases.fresh("postgresql", "synthetic", lambda db: fill(db, SYNTHETIC))
    async with serving(url, tmp_path) as client:
        yield client


async def until(url: str, *, waits: bool) -> None:
    """Return once somebody waits for a lock, or nobody does."""
    async with connected(url) as watching, asyncio.timeout(20):
        for _ in range(1_000):
            if bool(await watching.fetchval(WAITING)) is waits:
                return
            await asyncio.sleep(0.01)


WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


async def test_what_came_between_is_taken_into_account(shopper: Client) -> None:
    """Somebody changes the cart between what is read and what is written: it is done again, under the lock."""
    line = {"merchandiseId": gid(PLENTY), "quantity": 1}
    cart = await opened(shopper, line)
    url = shopper.shop.database.url.render_as_string(hide_password=False)
    async with connected(url) as other:
        transaction = other.transaction()
        await transaction.start()
        changed = "update carts set version = version + 1 where token = $1 returning id"
        number = await other.fetchval(changed, cart["id"].rsplit("/", 1)[1])
        await other.execute("update cart_lines set quantity = 5 where cart_id = $1", number)
        adding = asyncio.create_task(shopper.run(ADD, {"id": cart["id"], "lines": [line]}))
        await until(url, waits=True)
        await transaction.commit()
    answer = (await adding)["cartLinesAdd"]
    assert (answer["userErrors"], quantities(answer["cart"])) == ([], {gid(PLENTY): 6})
    assert (await shopper.run(READ, {"id": cart["id"]}))["cart"] == answer["cart"]


async def test_what_takes_more_than_a_statement_is_done_under_the_lock(shopper: Client) -> None:
    """A line that becomes one of another variant keeps its id, which is taken until the old one is gone."""
    cart = await opened(shopper, {"merchandiseId": gid(PLENTY), "quantity": 1})
    line = cart["lines"]["nodes"][0]["id"]
    other = {"id": line, "merchandiseId": gid(variant(4, 1))}
    changed = (await shopper.run(UPDATE, {"id": cart["id"], "lines": [other]}))["cartLinesUpdate"]["cart"]
    assert [(node["id"], node["merchandise"]["id"]) for node in changed["lines"]["nodes"]] == [
        (line, gid(variant(4, 1)))
    ]
    # Here only one goes.
    removed = (await shopper.run(REMOVE, {"id": cart["id"], "ids": [line]}))["cartLinesRemove"]
    assert (removed["userErrors"], removed["cart"]["totalQuantity"]) == ([], 0)
    # And here nothing is in the cart, nor asked for.
    nothing = (await shopper.run(REMOVE, {"id": cart["id"], "ids": []}))["cartLinesRemove"]
    assert (nothing["userErrors"], nothing["cart"]["lines"]["nodes"]) == ([], [])


async def test_many_hands_on_many_carts(shopper: Client) -> None:
    """What is added and taken away at once, in carts that several change, adds up."""
    carts = [(await shopper.run(CREATE, {"input": {}}))["cartCreate"]["cart"]["id"] for _ in range(3)]
    line = {"merchandiseId": gid(variant(4, 1)), "quantity": 1}
    added = [shopper.run(ADD, {"id": cart, "lines": [line]}) for cart in carts * 3]
    assert all(one["cartLinesAdd"]["userErrors"] == [] for one in await asyncio.gather(*added))
    for cart in carts:
        assert (await shopper.run(READ, {"id": cart}))["cart"]["totalQuantity"] == 3
    found = [(await shopper.run(READ, {"id": cart}))["cart"]["lines"]["nodes"][0]["id"] for cart in carts]
    once = [shopper.run(REMOVE, {"id": cart, "ids": [gone]}) for cart, gone in zip(carts, found, strict=True)]
    again = [shopper.run(REMOVE, {"id": cart, "ids": [gone]}) for cart, gone in zip(carts, found, strict=True)]
    refused = [one["cartLinesRemove"]["userErrors"] for one in await asyncio.gather(*once, *again)]
    assert sorted(len(errors) for errors in refused) == [0, 0, 0, 1, 1, 1]
