"""The shared cache is away, slow, or holds nonsense; several want to compute the same. None of it fails an answer."""

import asyncio
import logging
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.tls import local_certificate
from app.valkey import SHORTEST
from tests.api import Client
from tests.commanding import Command
from tests.sharing import entries, is_sharing, left, second, sharing, unshared
from tests.test_caching import LISTING, SHOP, later, status
from tests.test_cli import finding
from tests.valkeys import ValkeyServer, valkey_server


@pytest.fixture
async def one(small_url: str, tmp_path: Path, valkey: ValkeyServer) -> AsyncIterator[Client]:
    """A shop that shares, and does not wait for long."""
    async with sharing(small_url, tmp_path, valkey, shared_cache_timeout=1.0) as client:
        yield client


@pytest.fixture
async def other(small_url: str, tmp_path: Path, valkey: ValkeyServer) -> AsyncIterator[Client]:
    """Another process of the same shop."""
    async with sharing(small_url, tmp_path, valkey) as client:
        yield client


def titles(n: int) -> str:
    """One of any number of questions."""
    return f"{{ products(first: 2) {{ nodes {{ n{n}: title }} }} }}"


async def all_answered(client: Client, numbers: range) -> None:
    """Each is answered as without a shared cache."""
    for n in numbers:
        response = await client.send(titles(n))
        assert (response.status_code, status(response)) == (200, "fwd=miss")
        assert len(response.json()["data"]["products"]["nodes"]) == 2


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of the shared cache."""
    return [record.getMessage() for record in caplog.records if record.name == "storekeep.cache"]


@asynccontextmanager
async def speaking(*lines: bytes) -> AsyncIterator[str]:
    """A server that answers the first thing it is sent with the first line, and all that follows with the last."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        remaining = list(lines)
        while await reader.read(65536):
            writer.write(remaining.pop(0) if len(remaining) > 1 else remaining[0])
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def encrypting(certificate: Path, key: Path, port: int) -> AsyncIterator[str]:
    """A server that hands what it decrypts to a port of this machine, and back: the wheel's Valkey knows no TLS."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(65536):
            writer.write(some)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pass_on(reader, back), pass_on(there, writer))

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(connect, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"rediss://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class TestAway:
    async def test_a_shop_opens_without_it_and_finds_it_later(
        self, small_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "storekeep.cache")
        with valkey_server() as server:
            server.stop()
            async with unshared(small_url, tmp_path, server.url) as client:
                await all_answered(client, range(5))
                assert "storekeep_shared_cache_up 0.0" in (await client.http.get("/metrics")).text
                assert (await client.http.get("/ready")).status_code == 200
                await later(lambda: bool(said(caplog)))
                # It is asked again meanwhile, and nothing is said of that.
                await asyncio.sleep(SHORTEST * 1.5)
                server.start()
                await later(lambda: is_sharing(client), seconds=20)
                await client.send(SHOP)
                await left(client)
                assert len(entries(server)) == 1
        where = server.url.removeprefix("redis://")
        assert [line.partition(": ")[0] for line in said(caplog)] == [
            f"the shared cache {where} is not used while it fails",
            f"the shared cache {where} answers",
        ]

    async def test_one_that_is_killed_costs_nothing_and_may_come_back_empty(
        self, one: Client, other: Client, valkey: ValkeyServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        await one.send(SHOP)
        await left(one)
        valkey.stop()
        await all_answered(one, range(20))
        assert second(one).counts.hits == 0
        assert len(said(caplog)) == 1
        assert status(await one.send(SHOP)) == "hit"
        valkey.start()
        await later(lambda: is_sharing(one), seconds=20)
        await later(lambda: is_sharing(other), seconds=20)
        await one.send(titles(99))
        await left(one)
        assert status(await other.send(titles(99))) == "hit; detail=shared"

    async def test_one_that_does_not_answer_keeps_one_waiting_and_no_more(
        self, one: Client, valkey: ValkeyServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Who asks while somebody waits waits as well, and who asks later does not."""
        valkey.hold()
        await all_answered(one, range(20))
        told = (await one.http.get("/metrics")).text
        assert 'storekeep_shared_cache{event="errors"} 1.0' in told
        assert "storekeep_shared_cache_up 0.0" in told
        assert len(said(caplog)) == 1
        valkey.release()
        await later(lambda: is_sharing(one), seconds=20)

    async def test_many_at_once_do_not_wait_for_each_other(self, one: Client, valkey: ValkeyServer) -> None:
        valkey.hold()
        await asyncio.gather(*(all_answered(one, range(n, n + 1)) for n in range(100)))
        assert not is_sharing(one)
        valkey.release()

    async def test_a_client_that_goes_away_meanwhile_spoils_no_connection(
        self, one: Client, other: Client, valkey: ValkeyServer
    ) -> None:
        for n in range(20):
            asking = asyncio.create_task(one.send(titles(n)))
            for _ in range(n):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await other.send(SHOP)
        await left(other)
        assert status(await one.send(SHOP)) == "hit; detail=shared"
        assert (await one.run(titles(1)))["products"]["nodes"][0].keys() == {"n1"}

    @pytest.mark.parametrize(
        "lines", [(b"HTTP/1.1 400 Bad Request\r\n\r\n",), (b"+PONG\r\n", b"+PONG\r\n"), (b"+PONG\r\n", b"\0" * 99)]
    )
    async def test_one_that_speaks_nonsense(self, small_url: str, tmp_path: Path, lines: tuple[bytes, ...]) -> None:
        async with speaking(*lines) as url, unshared(small_url, tmp_path, url, shared_cache_timeout=0.5) as client:
            await all_answered(client, range(10))

    async def test_one_that_is_full_costs_nothing(self, small_url: str, tmp_path: Path) -> None:
        with valkey_server("--maxmemory", "1", "--maxmemory-policy", "noeviction") as full:
            async with sharing(small_url, tmp_path, full) as client:
                await all_answered(client, range(10))

    async def test_its_password_is_needed_and_never_told(
        self, small_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with valkey_server("--requirepass", "s3cret") as server:
            right, wrong = (server.url.replace("//", f"//:{word}@") for word in ("s3cret", "s4cret"))
            async with unshared(small_url, tmp_path, right) as client:
                await later(lambda: is_sharing(client))
            async with unshared(small_url, tmp_path, wrong) as client:
                await later(lambda: bool(said(caplog)))
                await all_answered(client, range(3))
                assert not is_sharing(client)
        assert "s3cret" not in caplog.text
        assert "s4cret" not in caplog.text

    def test_the_doctor(self, command: Command, empty_url: str) -> None:
        assert "Shared cache" not in command("doctor", database_url=empty_url).out
        with valkey_server("--requirepass", "s3cret") as server:
            url = server.url.replace("//", "//:s3cret@")
            well = command("doctor", database_url=empty_url, shared_cache=url, shared_cache_timeout=5)
            assert finding(well, "Shared cache") == f"✓ Shared cache: 127.0.0.1:{server.port}/0"
        ill = command("doctor", database_url=empty_url, shared_cache=url)
        assert ill.code == 1
        assert "STOREKEEP_SHARED_CACHE" in finding(ill, "Shared cache")
        assert "s3cret" not in well.out + ill.out + ill.err


class TestEncrypted:
    async def test_an_encrypted_connection_is_made_to_whom_the_certificate_names(
        self, small_url: str, tmp_path: Path, valkey: ValkeyServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        certificate, key = local_certificate(tmp_path / "tls")
        async with encrypting(certificate, key, valkey.port) as url:
            trusting = f"{url}/0?ssl_ca_certs={certificate}"
            async with unshared(small_url, tmp_path, trusting) as client:
                await later(lambda: is_sharing(client))
                await client.send(SHOP)
                await left(client)
                assert len(entries(valkey)) == 1
            async with unshared(small_url, tmp_path, url) as client:
                await later(lambda: bool(said(caplog)))
                assert "certificate" in said(caplog)[0].lower()
                await all_answered(client, range(2))


class TestGarbage:
    async def test_what_is_not_as_we_wrote_it_is_computed_anew(
        self, one: Client, other: Client, small_url: str, tmp_path: Path, valkey: ValkeyServer
    ) -> None:
        right = await one.send(LISTING)
        await one.send(SHOP)
        await left(one)
        with valkey.client() as client:
            raw = {key: client.get(key) or b"" for key in client.scan_iter()}
            key, shop = key_of(raw, b"products"), key_of(raw, b"shops")
            good = raw[key]
            spoilt = [
                b"",
                b"{}",
                os.urandom(500),
                good[:-1],
                good + b"!",
                good[:40] + bytes([good[40] ^ 1]) + good[41:],
                good.replace(b"storekeep:1", b"storekeep:2"),
                raw[shop],
            ]
            for number, bad in enumerate(spoilt):
                client.set(key, bad, px=60_000)
                other.shop.answers.changed(["products"])
                found = await other.send(LISTING)
                assert (number, status(found), found.content) == (number, "fwd=miss", right.content)
                await left(other)
                assert second(other).counts.damaged == number + 1
                assert client.get(key) not in spoilt
            client.delete(key)
            client.lpush(key, "of another kind")
            other.shop.answers.changed(["products"])
            assert (await other.send(LISTING)).content == right.content
            await left(other)
            client.set(key, good)
            other.shop.answers.changed(["products"])
            assert status(await other.send(LISTING)) == "fwd=miss", "it says for ever, which we never do"
        assert second(other).counts.damaged == len(spoilt) + 2
        assert is_sharing(other)


def key_of(raw: dict[bytes, bytes], part: bytes) -> bytes:
    """The key of what has a part."""
    return next(key for key, entry in raw.items() if part in entry)


class TestLease:
    async def test_of_several_processes_one_computes(self, one: Client, other: Client, valkey: ValkeyServer) -> None:
        for client in (one, other):
            # So that both have compiled it, and nobody waits for that.
            assert status(await client.send(LISTING)) == "fwd=miss"
            await left(client)
            with valkey.client() as emptying:
                emptying.flushall()
        for client in (one, other):
            client.shop.answers.changed(["products"])
        with one.watched() as here, other.watched() as there:
            sent = await asyncio.gather(*(client.send(LISTING) for client in (one, other) for _ in range(10)))
        assert len({response.content for response in sent}) == 1
        assert len(here) + len(there) == 1

    async def test_of_many_in_one_process_one_asks(self, one: Client, valkey: ValkeyServer) -> None:
        await asyncio.gather(*(one.send(LISTING) for _ in range(20)))
        with valkey.client() as client:
            assert client.info("commandstats")["cmdstat_get"]["calls"] == 1

    async def test_who_waits_is_given_what_is_left_meanwhile(
        self, one: Client, other: Client, valkey: ValkeyServer
    ) -> None:
        await one.send(LISTING)
        await left(one)
        with valkey.client() as client:
            (key,) = client.scan_iter()
            good = client.getdel(key)
            assert good is not None
            client.set(key + b":lease", b"", px=60_000)
            asking = asyncio.create_task(other.send(LISTING))
            await later(lambda: second(other).counts.waits == 1)
            client.set(key, good, px=60_000)
            assert status(await asking) == "hit; detail=shared"

    async def test_who_computes_no_more_keeps_nobody_waiting(
        self, one: Client, other: Client, valkey: ValkeyServer
    ) -> None:
        """The process that had the lease may have died."""
        await one.send(LISTING)
        await left(one)
        with valkey.client() as client:
            (key,) = client.scan_iter()
            client.delete(key)
            client.set(key + b":lease", b"", px=60_000)
            assert status(await other.send(LISTING)) == "fwd=miss"
            assert second(other).counts.waits == 1
            await left(other)
            assert list(client.scan_iter()) == [key], "who left an answer ends the lease"

    async def test_the_lease_of_what_cannot_be_shared_ends(self, one: Client, valkey: ValkeyServer) -> None:
        response = await one.send(
            "query ($after: String) { products(first: 1, after: $after) { nodes { id } } }", {"after": "?"}
        )
        assert response.json()["errors"]
        await left(one)
        with valkey.client() as client:
            assert client.info("commandstats")["cmdstat_set"]["calls"] == 1
            assert list(client.scan_iter()) == []
