"""Carts changed by one statement that writes: what it relies on, what comes between, and what it leaves to the lock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Column, text
from sqlmodel import col, select

from bench.dataset import fill
from db import cart as db
from db.base import light
from db.cart import CartLineRow, CartRow
from db.events import CHANNEL, EventRow
from db.postgres import FRESH, Postgres
from db.session import Contradiction, Database, Tally
from db.tags import Footprint
from db.types import utc_now
from tests.api import Client, serving
from tests.conftest import SYNTHETIC
from tests.databases import Databases
from tests.test_cart import (
    ADD,
    CART,
    CREATE,
    PLENTY,
    READ,
    REMOVE,
    UPDATE,
    gid,
    opened,
    quantities,
    variant,
    written_events,
)
from tests.test_reading import connected, kill

NOTE = "mutation($id: ID!, $note: String!) { cartNoteUpdate(cartId: $id, note: $note) { userErrors { message } } }"
LINE = {"variant_id": 4, "quantity": 2, "attributes": [{"key": "a", "value": None}]}


def new_line(key: str, place: int = 0) -> dict[str, Any]:
    return {**LINE, "key": key, "attributes_hash": key, "place": place}


@pytest.fixture
async def url(databases: Databases) -> str:
    return await databases.fresh("postgresql", "small", lambda db: fill(db, 3))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url, readers=4) as database:
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
    return await database.write_in_one(
        db.save_lines(cart.id, version, utc_now(), gone, changed, new, told, database.told_by), Tally()
    )


async def saved(database: Database, version: int, *lines: Any, **named: Any) -> dict[str, int]:
    """`save`, which answers the cart as it is then; answers the ids of new lines by their keys."""
    ((*cart, ids),) = await save(database, version, *lines, **named)
    made: CartRow = light(CartRow)(*cart)
    assert made == await cart_of(database)
    assert made.version == version + 1
    return ids or {}


async def events(database: Database) -> list[tuple[str, Any]]:
    async with database.read() as session:
        return [(row.topic, row.payload) for row in await session.rows(select(EventRow))]


async def test_lines_come_change_and_go_with_a_version_and_an_event_each(database: Database) -> None:
    before = await cart_of(database)
    ids = await saved(database, 1, new=[new_line("b", 1), new_line("a", 0), new_line("c", 2)])
    assert sorted(ids, key=ids.__getitem__) == ["a", "b", "c"]
    assert not await saved(database, 2, changed=[{"id": ids["a"], "quantity": 7}])
    assert await lines_of(database) == [("a", 7), ("b", 2), ("c", 2)]
    changed = [{"id": ids["a"], "quantity": 1}, {"id": ids["c"], "quantity": 9}]
    assert not await saved(database, 3, [ids["b"]], changed)
    assert list(await saved(database, 4, changed=[{"id": ids["c"], "quantity": 8}], new=[new_line("d")])) == ["d"]
    assert await lines_of(database) == [("a", 1), ("c", 8), ("d", 2)]
    after = await cart_of(database)
    assert (after.version, after.created_at) == (5, before.created_at)
    assert after.updated_at > before.updated_at
    assert await events(database) == [(db.CHANGED, {"cart_id": after.id})] * 4


async def test_nothing_is_written_to_a_cart_of_another_version(database: Database) -> None:
    number = (await saved(database, 1, new=[new_line("a")]))["a"]
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
    prepared, _ = await database._store.write_in_one(
        db.save_lines(1, 0, utc_now(), [1], [{"id": 1, "quantity": 1}], [new_line("a")], {}, None)
    )
    changes = Footprint()
    changes.change(prepared.compiled, lambda: [{}])
    assert changes.told() == []


async def test_sqlite_refuses_to(databases: Databases) -> None:
    async with Database(await databases.fresh("sqlite", "small", lambda db: fill(db, 3))) as database:
        assert not database.writes_in_one
        async with database.write() as session:
            await session.add(CartRow, {"token": "here"})
        with pytest.raises(TypeError, match="SQLite"):
            await save(database, 1)


def test_many_lines_do_not_bring_the_cart_with_each() -> None:
    """Its notes may be as long as all else together, and lines are many."""
    asked: Any = db.goods_of_cart("here", [4], None, utc_now())
    columns = [one for one in asked.form.statement.selected_columns if isinstance(one, Column)]
    assert [one.name for one in columns if one.table.name == "carts"] == ["id", "version"]


async def test_a_connection_whose_end_was_heard_of_is_not_used(database: Database, url: str) -> None:
    for version in range(1, 4):
        await save(database, version, new=[new_line(str(version))])
        await kill(url)
    assert len(await lines_of(database)) == 3


def unheard(url: str) -> None:
    """`kill`, of which the event loop hears only with what comes next."""
    ended = Thread(target=lambda: asyncio.run(kill(url)))
    ended.start()
    ended.join()


@pytest.mark.parametrize("is_another_gone", [False, True])
async def test_a_connection_that_stood_idle_is_asked_whether_it_lives(
    database: Database, url: str, is_another_gone: bool
) -> None:
    """Also where one was used just now, but is known to be gone."""
    cart = await cart_of(database)
    statement = db.save_lines(cart.id, 1, utc_now(), None, None, [new_line("a")], {}, None)
    async with database.write(), database.write():
        pass
    await asyncio.sleep(FRESH * 1.1)
    if is_another_gone:
        async with database.write() as session:
            ((pid,),) = await session.tuples(text("select pg_backend_pid()"))
        async with connected(url) as other:
            await other.execute(f"select pg_terminate_backend({pid})")
        await asyncio.sleep(0.1)
    unheard(url)
    assert len(await database.write_in_one(statement)) == 1
    assert await lines_of(database) == [("a", 2)]


async def test_what_is_given_up_leaves_its_connection(database: Database, url: str) -> None:
    await save(database, 1, new=[new_line("a")])
    assert isinstance(database._store, Postgres)
    (before,) = database._store._writers.idle
    async with connected(url) as other, held(other, "update carts set note = 'held' where token = 'here'"):
        given_up = asyncio.create_task(save(database, 2, new=[new_line("b")]))
        await until(url, waits=True)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await until(url, waits=False)
    assert await lines_of(database) == [("a", 2)]
    await save(database, 2, new=[new_line("c")])
    assert await lines_of(database) == [("a", 2), ("c", 2)]
    # It can still begin a transaction as well.
    async with database.write() as session:
        assert await session.change(text("update carts set note = 'free' where token = 'here'")) == 1
    assert database._store._writers.idle == [before]


OPEN = text(
    "select count(*) from pg_stat_activity where xact_start is not null and datname = current_database()"
    " and pid <> pg_backend_pid()"
)


@pytest.mark.parametrize(("writes", "answered"), [(True, 1), (False, 1), (False, 2), (False, 4)])
async def test_what_is_given_up_as_it_is_prepared_leaves_nothing_open(
    database: Database, writes: bool, answered: int
) -> None:
    """Cancelled when the server has answered so often, but nobody has heard it yet."""
    statement = db.save_lines(1, 0, utc_now(), None, None, None, {}, None)
    reading: Any = db.goods_of_cart("here", [4], None, utc_now())

    async def ask() -> object:
        if writes:
            return await database.write_in_one(statement)
        async with database.read() as session:
            return await session.tuples(reading)

    await cart_of(database)
    asking: Any = asyncio.create_task(ask())
    heard = None
    while answered and not asking.done():
        waiter = asking._fut_waiter
        if waiter is not None and waiter.done() and waiter is not heard:
            heard, answered = waiter, answered - 1
        if answered:
            await asyncio.sleep(0)
    assert not asking.done()
    asking.cancel()
    await asyncio.wait([asking])
    assert await opened_by_others(database) == 0
    assert await database.write_in_one(statement) == []


async def opened_by_others(database: Database) -> int:
    """How many connections but one of its own are in a transaction, once that is none or two seconds are over."""
    async with Database(database.url.render_as_string(hide_password=False)) as another, another.read() as session:
        for _ in range(200):
            ((found,),) = await session.tuples(OPEN)
            if not found:
                break
            await asyncio.sleep(0.01)
        return int(found)


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_who_is_cancelled_twice_writes_nothing(database: Database, url: str, turns: int) -> None:
    await save(database, 1, new=[new_line("a")])
    async with connected(url) as other, held(other, "update carts set note = 'held' where token = 'here'"):
        given_up = asyncio.create_task(save(database, 2, new=[new_line("b")]))
        await until(url, waits=True)
        given_up.cancel()
        for _ in range(turns):
            await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await until(url, waits=False)
    assert await lines_of(database) == [("a", 2)]
    assert await opened_by_others(database) == 0


async def test_what_the_driver_refuses_leaves_nothing_open(database: Database) -> None:
    with pytest.raises(asyncpg.DataError):
        await database.write_in_one(db.save_lines(1, 2**70, utc_now(), None, None, None, {}, None))
    assert await opened_by_others(database) == 0


async def test_statements_can_be_left_unprepared(database: Database, url: str) -> None:
    mark = "&" if "?" in url else "?"
    async with Database(f"{url}{mark}prepared_statement_cache_size=0") as another:
        for version in range(1, 4):
            await save(another, version, new=[new_line(str(version))])
        async with another.write() as session:
            assert await session.tuples(text("select count(*) from pg_prepared_statements")) == [(0,)]
    assert len(await lines_of(database)) == 3


async def test_a_database_that_has_sessions_read_is_told_otherwise(database: Database, url: str) -> None:
    async with connected(url) as other:
        name = await other.fetchval("select current_database()")
        await other.execute(f"alter database {name} set default_transaction_read_only = on")
    async with Database(url) as another:
        for version in range(1, 4):
            await save(another, version, new=[new_line(str(version))])
    assert len(await lines_of(database)) == 3


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


async def test_a_variant_that_went_between_is_none(shopper: Client) -> None:
    cart = await opened(shopper)
    url = shopper.shop.database.url.render_as_string(hide_password=False)
    async with connected(url) as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("delete from variants where id = $1", PLENTY)
        lines = [{"merchandiseId": gid(PLENTY), "quantity": 1}]
        adding = asyncio.create_task(shopper.run(ADD, {"id": cart["id"], "lines": lines}))
        await until(url, waits=True)
        await transaction.commit()
    (error,) = (await adding)["cartLinesAdd"]["userErrors"]
    assert (error["code"], error["field"]) == ("INVALID", ["lines", "0", "merchandiseId"])


async def test_what_takes_more_than_a_statement_is_done_under_the_lock(shopper: Client) -> None:
    """A line that becomes one of another variant keeps its id, which is taken until the old one is gone."""
    cart = await opened(shopper, {"merchandiseId": gid(PLENTY), "quantity": 1})
    line = cart["lines"]["nodes"][0]["id"]
    other = {"id": line, "merchandiseId": gid(variant(4, 1))}
    changed = (await shopper.run(UPDATE, {"id": cart["id"], "lines": [other]}))["cartLinesUpdate"]["cart"]
    assert [(node["id"], node["merchandise"]["id"]) for node in changed["lines"]["nodes"]] == [
        (line, gid(variant(4, 1)))
    ]
    # That takes what is read in vain, and the five statements under the lock.
    back = {"id": line, "merchandiseId": gid(PLENTY)}
    few = UPDATE.replace(CART, "cart { id } userErrors { message }")
    assert await shopper.statements(few, {"id": cart["id"], "lines": [back]}) == 6
    # Here only one goes.
    removed = (await shopper.run(REMOVE, {"id": cart["id"], "ids": [line]}))["cartLinesRemove"]
    assert (removed["userErrors"], removed["cart"]["totalQuantity"]) == ([], 0)
    # And here nothing is in the cart, nor asked for.
    nothing = (await shopper.run(REMOVE, {"id": cart["id"], "ids": []}))["cartLinesRemove"]
    assert (nothing["userErrors"], nothing["cart"]["lines"]["nodes"]) == ([], [])


async def test_many_hands_on_many_carts(shopper: Client) -> None:
    """What is added, noted and taken away at once, in carts that several change, adds up, and each is told once."""
    carts = [(await shopper.run(CREATE, {"input": {}}))["cartCreate"]["cart"]["id"] for _ in range(3)]
    line = {"merchandiseId": gid(variant(4, 1)), "quantity": 1}
    before = await written_events(shopper)
    added = [shopper.run(ADD, {"id": cart, "lines": [line]}) for cart in carts * 3]
    noted = [shopper.run(NOTE, {"id": cart, "note": "mine"}) for cart in carts * 2]
    for answer in await asyncio.gather(*added, *noted):
        assert [change["userErrors"] for change in answer.values()] == [[]]
    for cart in carts:
        assert (await shopper.run(READ, {"id": cart}))["cart"]["totalQuantity"] == 3
    async with shopper.shop.database.read() as session:
        made = await session.rows(select(CartRow).where(col(CartRow.note) == "mine"))
    assert [cart.version for cart in made] == [6, 6, 6]
    assert await written_events(shopper) == before + 3 * 5
    found = [(await shopper.run(READ, {"id": cart}))["cart"]["lines"]["nodes"][0]["id"] for cart in carts]
    twice = [shopper.run(REMOVE, {"id": cart, "ids": [gone]}) for cart, gone in zip(carts * 2, found * 2, strict=True)]
    refused = [one["cartLinesRemove"]["userErrors"] for one in await asyncio.gather(*twice)]
    assert sorted(len(errors) for errors in refused) == [0, 0, 0, 1, 1, 1]
