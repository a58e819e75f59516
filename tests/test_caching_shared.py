"""Answers that processes leave to each other: found, believed while nothing has changed, and never somebody's own."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from math import inf
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from app.graphql.caching.answers import shared_answer
from app.graphql.caching.changes import Changes, Heard
from app.graphql.caching.entries import MOST_BYTES, written
from app.graphql.caching.second import PREFIX
from bench.dataset import fill
from db import events
from db.catalog import ProductRow
from db.identity import identity
from db.session import Database
from db.types import utc_now
from tests.api import Client
from tests.databases import Databases
from tests.sharing import ROOT, another_server, entries, left, second, sharing
from tests.test_caching import ADD, LISTING, SHOP, later, renamed, shows, status
from tests.valkeys import ValkeyServer

TITLES = "query Titles($n: Int!) @inContext(language: DE) { products(first: $n) { nodes { title } } }"


@pytest.fixture
async def one(small_url: str, tmp_path: Path, valkey: ValkeyServer) -> AsyncIterator[Client]:
    """A shop that shares."""
    async with sharing(small_url, tmp_path, valkey) as client:
        yield client


@pytest.fixture
async def other(small_url: str, tmp_path: Path, valkey: ValkeyServer) -> AsyncIterator[Client]:
    """Another process of the same shop."""
    async with sharing(small_url, tmp_path, valkey) as client:
        yield client


async def heard(client: Client, position: int) -> None:
    """The shop has heard of all changes up to a position."""
    await later(lambda: (client.shop.relay.position or 0) >= position)


async def published(client: Client) -> int:
    """The position of the last change, once this shop has heard of all that were committed."""
    relay = client.shop.relay
    for _ in range(250):
        async with client.shop.database.read() as session:
            ((waiting, _),) = await session.tuples(events.waiting())
            last = await session.first(events.head()) or 0
        if not waiting and relay.position == last:
            return last
        await asyncio.sleep(0.02)
    raise TimeoutError


class TestGiving:
    async def test_what_one_process_computed_is_given_by_the_other(self, one: Client, other: Client) -> None:
        first = await one.send(LISTING)
        await left(one)
        with other.watched() as contexts:
            found = await other.send(LISTING)
        assert (status(first), status(found)) == ("fwd=miss", "hit; detail=shared")
        assert contexts == []
        assert found.content == first.content
        for name in ("cache-control", "content-type"):
            assert found.headers[name] == first.headers[name]
        assert status(await other.send(LISTING)) == "hit"
        assert second(other).counts.hits == 1

    async def test_a_server_in_a_process_of_its_own(
        self, one: Client, small_url: str, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        computed = await one.send(TITLES, {"n": 2})
        await left(one)
        async with another_server(small_url, tmp_path, valkey) as server:
            found = await server.send(TITLES, {"n": 2})
            assert (status(found), found.content) == ("hit; detail=shared", computed.content)
            told = (await server.http.get("/metrics")).text
            assert 'storekeep_operations_total{operation="Titles",outcome="ok",type="query"} 1.0' in told
            await server.send(SHOP)
            for _ in range(500):
                if await server.count("writes"):
                    break
            assert status(await one.send(SHOP)) == "hit; detail=shared"

    async def test_what_is_asked_otherwise_is_another_answer(self, one: Client, other: Client) -> None:
        await one.send(TITLES, {"n": 1})
        await left(one)
        for query, variables, host in (
            (TITLES, {"n": 2}, "shop.test"),
            (TITLES.replace("DE", "EN"), {"n": 1}, "shop.test"),
            (TITLES.replace("title", "handle"), {"n": 1}, "shop.test"),
            (TITLES, {"n": 1}, "elsewhere.test"),
        ):
            assert status(await other.send(query, variables, host=host)) == "fwd=miss"
        assert status(await other.send(TITLES, {"n": 1})) == "hit; detail=shared"

    async def test_a_trusted_document_is_known_by_its_text(
        self, one: Client, small_url: str, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        """The same id may name another document in another process, and the same document another id."""
        (tmp_path / "a.json").write_text(json.dumps({"it": LISTING}))
        (tmp_path / "b.json").write_text(json.dumps({"it": SHOP}))
        await one.send(LISTING)
        await left(one)
        for file, expected in (("a.json", "hit; detail=shared"), ("b.json", "fwd=miss")):
            async with sharing(small_url, tmp_path, valkey, trusted_documents=tmp_path / file) as client:
                response = await client.http.post("/graphql", json={"documentId": "it"})
                assert (file, status(response)) == (file, expected)

    async def test_another_shop_in_the_same_place_is_another(
        self, one: Client, backend: str, databases: Databases, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        await one.send(LISTING)
        await left(one)
        url = await databases.fresh(backend, "small", lambda db: fill(db, 3))
        async with sharing(url, tmp_path, valkey) as stranger:
            assert status(await stranger.send(LISTING)) == "fwd=miss"
        assert len(entries(valkey)) == 2

    async def test_a_copy_of_a_database_has_another_identity(
        self, backend: str, databases: Databases, small_url: str
    ) -> None:
        async with Database(small_url) as one, Database(small_url) as same:
            assert await identity(one) == await identity(same)
            async with Database(await databases.fresh(backend, "small")) as copy:
                assert await identity(one) != await identity(copy)

    async def test_an_answer_is_kept_for_five_minutes_together(
        self, one: Client, other: Client, valkey: ValkeyServer
    ) -> None:
        await one.send(LISTING)
        await left(one)
        with valkey.client() as client:
            (key,) = client.keys()
            assert 0 < client.pttl(key) <= 300_000
            client.pexpire(key, 600)
        assert status(await other.send(LISTING)) == "hit; detail=shared"
        assert other.shop.answers.all()[0].expires <= monotonic() + 0.6
        await asyncio.sleep(0.61)
        assert status(await other.send(LISTING)) == "fwd=miss"

    async def test_a_day_of_publication_is_kept_to(self, one: Client, other: Client) -> None:
        first = (await one.run("{ products(first: 1) { nodes { id title } } }"))["products"]["nodes"][0]["title"]
        async with one.shop.database.write() as session:
            hidden = update(ProductRow).where(col(ProductRow.title) == first)
            await session.change(hidden.values(published_at=utc_now() + timedelta(seconds=4)))
        await heard(other, await published(one))
        assert first not in (await one.send(LISTING)).text
        await left(one)
        found = await other.send(LISTING)
        assert status(found) == "hit; detail=shared"
        assert found.headers["cache-control"] in ("public, max-age=3", "public, max-age=2", "public, max-age=1")
        await shows(other, LISTING, first)

    async def test_what_is_long_stays_at_home(self, one: Client, valkey: ValkeyServer) -> None:
        for length, writes in ((MOST_BYTES + 1, 0), (MOST_BYTES, 1)):
            turn = second(one).turn(length)
            assert await turn.find() is None
            turn.begin()
            turn.keep(shared_answer(b"x" * length, 60, ["shops"], None, inf))
            turn.end()
            await left(one)
            assert second(one).counts.writes == writes
        assert [len(entry.shared.body) for entry in entries(valkey)] == [MOST_BYTES]

    async def test_the_metrics_tell(self, one: Client, other: Client) -> None:
        await one.send(LISTING)
        await left(one)
        await other.send(LISTING)
        told = (await one.http.get("/metrics")).text + (await other.http.get("/metrics")).text
        for line in ('{event="writes"} 1.0', '{event="misses"} 1.0', '{event="hits"} 1.0', '{event="errors"} 0.0'):
            assert f"storekeep_shared_cache{line}" in told
        assert told.count("storekeep_shared_cache_up 1.0") == 2

    def test_without_the_setting_nothing_of_it_is_loaded(self, tmp_path: Path) -> None:
        program = (
            "import sys; from app.main import create_shop; from app.settings import Settings;"
            "shop = create_shop(Settings(database_url='sqlite+aiosqlite:///x.db'));"
            "print(shop.second, 'redis' in sys.modules)"
        )
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
        assert done.stdout == b"None False\n"


class TestBelieving:
    async def test_a_change_here_is_seen_at_once(self, one: Client, other: Client) -> None:
        """Before it has gone through the outbox, while what the other left is still there."""
        for n in range(10):
            await published(other)
            await one.send(SHOP)
            await left(one)
            await renamed(other.shop.database, f"Shop {n}")
            assert (await other.run(SHOP))["shop"]["name"] == f"Shop {n}"
            await heard(one, await published(other))

    async def test_a_change_elsewhere_is_seen_once_it_is_heard_of(self, one: Client, other: Client) -> None:
        await one.send(SHOP)
        await left(one)
        await renamed(one.shop.database, "Renamed")
        await heard(other, await published(one))
        assert (await other.run(SHOP))["shop"]["name"] == "Renamed"
        assert second(other).counts.stale == 1

    async def test_what_was_computed_before_a_change_and_left_after_it_is_not_believed(
        self, one: Client, other: Client
    ) -> None:
        before = one.shop.relay.position
        late = second(one).turn("late")
        assert await late.find() is None
        late.begin()
        # Committed and not told to the one: as if its relay were behind.
        await renamed(other.shop.database, "Renamed")
        late.keep(shared_answer(b"{}", 60, ["shops"], None, inf))
        assert one.shop.relay.position == before
        await left(one)
        assert second(one).counts.writes == 1
        await heard(other, await published(other))
        assert await second(other).turn("late").find() is None
        assert second(other).counts.stale == 1

    async def test_what_changes_while_an_answer_is_computed_is_not_in_it_for_certain(
        self, databases: Databases, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        """The stamp is of before: the shop is read, renamed, and heard of, while the products cannot be read yet."""
        url = await databases.fresh("postgresql", "small", lambda db: fill(db, 3))
        asked = "{ shop { name } products(first: 1) { nodes { title } } }"
        async with sharing(url, tmp_path, valkey) as one, sharing(url, tmp_path, valkey) as other:
            async with Database(url) as third, third.write() as session:
                await session.change(text("LOCK TABLE products IN ACCESS EXCLUSIVE MODE"))
                with one.watched() as contexts:
                    asking = asyncio.create_task(one.send(asked))
                    await later(lambda: bool(contexts) and contexts[0].statements > 0)
                    await renamed(other.shop.database, "Renamed")
                    await heard(one, await published(other))
            before = (await asking).json()["data"]["shop"]["name"]
            await left(one)
            assert before != "Renamed"
            assert (await other.run(asked))["shop"]["name"] == "Renamed"

    async def test_what_is_known_to_be_old_is_not_left(self, one: Client) -> None:
        turn = second(one).turn("old")
        assert await turn.find() is None
        turn.begin()
        await renamed(one.shop.database, "Renamed")
        turn.keep(shared_answer(b"{}", 60, ["shops"], None, inf))
        turn.keep(shared_answer(b"{}", 60, ["pages"], None, inf))
        turn.end()
        await left(one)
        assert second(one).counts.writes == 1

    async def test_a_change_of_something_else_costs_nothing(self, one: Client, other: Client) -> None:
        await one.send(LISTING)
        await left(one)
        await renamed(one.shop.database, "Renamed")
        await heard(other, await published(one))
        assert status(await other.send(LISTING)) == "hit; detail=shared"

    async def test_who_starts_later_reads_what_has_changed_before(
        self, one: Client, small_url: str, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        for query in (LISTING, SHOP):
            await one.send(query)
        await left(one)
        for n in range(3):
            await renamed(one.shop.database, f"Shop {n}")
        last = await published(one)
        assert last >= 3
        async with sharing(small_url, tmp_path, valkey) as late:
            assert late.shop.relay.position == last
            assert status(await late.send(LISTING)) == "hit; detail=shared"
            assert (await late.run(SHOP))["shop"]["name"] == "Shop 2"

    async def test_what_is_ahead_of_us_is_not_believed(self, one: Client, valkey: ValkeyServer) -> None:
        """As after a database was put back to what it was."""
        position, level = one.shop.relay.position or 0, second(one)
        shared = shared_answer(b"{}", 60, ["pages"], None, inf)
        for ahead, is_found in ((0, True), (1, False)):
            key = level.key((ahead,)) or ""
            await level.place.leave(key, written(key, position + ahead, shared), 60)
            assert (await level.turn(ahead).find() is not None) is is_found

    async def test_who_has_not_heard_of_changes_asks_nobody(self, one: Client, other: Client) -> None:
        await one.send(SHOP)
        await left(one)
        other.shop.relay.abreast_at -= 3600
        assert status(await other.send(SHOP)) == "fwd=miss"
        assert (second(other).counts.hits, second(other).counts.misses) == (0, 0)


class TestRemembering:
    def test_a_tag_that_changed_later_is_told(self) -> None:
        changes, heard = Changes(), Heard(0, 9, at=0)
        changes.heard(3, ["a", "b"])
        changes.heard(5, ["b"])
        known = [(stamp, tag) for stamp in (2, 3, 4, 5, 9) for tag in "abc" if changes.none_since(stamp, [tag], heard)]
        assert known == [(2, "c"), *((3, tag) for tag in "ac"), *((4, tag) for tag in "ac")] + [
            (stamp, tag) for stamp in (5, 9) for tag in "abc"
        ]

    def test_nothing_is_known_of_what_was_before_us_or_is_ahead(self) -> None:
        changes = Changes()
        assert [changes.none_since(stamp, ["a"], Heard(4, 6, at=0)) for stamp in range(3, 8)] == [
            False, True, True, True, False,
        ]  # fmt: skip

    def test_what_is_forgotten_counts_as_changed(self) -> None:
        changes, heard = Changes(most=2), Heard(0, 9, at=0)
        for position in range(1, 6):
            changes.heard(position, [f"t{position}"])
        assert len(changes) == 2
        assert [changes.none_since(stamp, ["unheard of"], heard) for stamp in range(2, 5)] == [False, True, True]

    def test_a_change_of_our_own_counts_until_it_has_come_back(self) -> None:
        changes = Changes(most=2)
        changes.made(10, ["a"])
        assert not changes.none_since(5, ["a"], Heard(0, 5, at=9))
        assert not changes.none_since(5, ["a"], Heard(0, 5, at=10))
        assert changes.none_since(5, ["b"], Heard(0, 5, at=9))
        assert changes.none_since(5, ["a"], Heard(0, 5, at=11))
        assert len(changes) == 0

    def test_so_do_those_that_are_forgotten(self) -> None:
        changes = Changes(most=2)
        changes.made(10, ["a", "b"])
        changes.made(12, ["c"])
        assert len(changes) == 2
        assert not changes.none_since(5, ["x"], Heard(0, 5, at=10))
        assert changes.none_since(5, ["x"], Heard(0, 5, at=11))
        assert not changes.none_since(5, ["c"], Heard(0, 5, at=11))


class TestKeepingOut:
    async def test_what_is_somebodys_own_is_never_there(self, one: Client, valkey: ValkeyServer) -> None:
        cart = (await one.run(ADD))["cartCreate"]["cart"]["id"]
        read = "query ($id: ID!) { cart(id: $id) { totalQuantity } }"
        node = "query ($id: ID!) { node(id: $id) { id } }"
        buyer = "query ($b: BuyerInput) @inContext(buyer: $b) { shop { name } }"
        wrong = "{ products(first: 1, after: \"?\") { nodes { title } } }"  # fmt: skip
        for query, variables in ((read, {"id": cart}), (node, {"id": cart}), (buyer, {"b": None}), (ADD, {})):
            assert "errors" not in (await one.send(query, variables)).json()
        assert (await one.send(wrong)).json()["errors"]
        await left(one)
        with valkey.client() as client:
            assert client.keys() == []
            asked = client.info("commandstats")
        # What may be shared by its fields was looked for, and came to nothing; for the others nobody asked.
        assert asked["cmdstat_get"]["calls"] == 1
        assert "cmdstat_set" not in asked or asked["cmdstat_set"]["calls"] == 1

    async def test_keys_tell_nothing_of_what_was_asked(self, one: Client, valkey: ValkeyServer) -> None:
        await one.send(TITLES, {"n": 2})
        await left(one)
        with valkey.client() as client:
            (key,) = client.keys()
        assert key.decode().startswith(PREFIX)
        assert set(key.decode().removeprefix(PREFIX)) <= set("0123456789abcdef")
