"""Headers that are refused before anything reads them, and what reads the others however they are made."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus

from app.graphql.negotiation import _RANGE, MOST_CHARACTERS, _accepted, _is_json, accepted, is_json
from app.headers import MOST_HEADER_BYTES, decent, is_host
from tests.transport.serving import Served, make_endpoint, serving

JSON = "application/json"


def many() -> dict[str, str]:
    return {f"x-{n}": "x" * 1_000 for n in range(MOST_HEADER_BYTES // 1_000)}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Served]:
    endpoint = make_endpoint()
    async with serving(endpoint, decent(endpoint.before(Starlette(routes=endpoint.routes())))) as found:
        yield found


@pytest.mark.parametrize(
    "host",
    [
        "shop.test",
        "localhost:8000",
        "127.0.0.1:80",
        "[::1]:8000",
        "[::ffff:1.2.3.4]",
        "my_service:8000",
        "a",
        "x.de.",
        "a:",
        "[fe80::1%25eth0]:1",
    ],
)
async def test_a_host_is_answered(served: Served, host: str) -> None:
    assert is_host(host)
    response = await served.post("{ hello }", headers={"host": host})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["a b", "a#b", "a/b", "user:pw@a", "ex<script>", "[", "a:port", "a:123456", ".", "-a", "a" * 262, "ä.de"],
)
async def test_what_is_no_host_is_told(served: Served, host: str) -> None:
    address, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    head = f"POST /graphql HTTP/1.1\r\nhost: {host}\r\ncontent-type: {JSON}\r\ncontent-length: 2\r\n\r\n{{}}"
    writer.write(head.encode("latin-1"))
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    head, _, body = answer.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 400 ")
    (error,) = json.loads(body)["errors"]
    assert "Host" in error["message"]
    assert error["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("head", ["HTTP/1.0", "HTTP/1.1\r\nhost:"])
async def test_who_names_no_host_is_answered(served: Served, head: str) -> None:
    """As old clients and probes do."""
    address, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(address, int(port))
    writer.write(f"GET /graphql?query=%7Bhello%7D {head}\r\n\r\n".encode())
    assert b" 200 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_too_many_bytes_of_headers_are_told(served: Served) -> None:
    most = {"x-some": "x" * (MOST_HEADER_BYTES - 1_000)}
    assert (await served.post("{ hello }", headers=most)).status_code == 200
    for headers in ({"x-some": "x" * MOST_HEADER_BYTES}, many()):
        response = await served.post("{ hello }", headers=headers)
        assert response.status_code == 431
        (error,) = response.json()["errors"]
        assert f"{MOST_HEADER_BYTES:,} bytes" in error["message"]
        assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "headers", "maximum": MOST_HEADER_BYTES}
        assert response.headers["access-control-allow-origin"] == "*"


async def test_sockets_are_refused_alike(served: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await served.socket(additional_headers=many())
    assert refused.value.response.status_code == 431


async def test_what_is_too_long_to_be_read_is_told(served: Served) -> None:
    long = f"{JSON};x={'y' * MOST_CHARACTERS}"
    response = await served.post("{ hello }", headers={"accept": long})
    assert response.status_code == 406
    assert f"{MOST_CHARACTERS:,} characters" in response.json()["errors"][0]["message"]
    response = await served.post("{ hello }", headers={"content-type": long})
    assert response.status_code == 415


def test_what_is_long_is_not_remembered() -> None:
    before = _accepted.cache_info().currsize + _is_json.cache_info().currsize
    long = f"{JSON};x={'y' * MOST_CHARACTERS}"
    assert accepted((long,)) is None
    assert not is_json(long)
    assert accepted(("",) * (MOST_CHARACTERS + 1)) is None
    assert _accepted.cache_info().currsize + _is_json.cache_info().currsize == before


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (f'text/plain;x="never closed, {JSON}', None),
        (f'text/plain;x="closed", {JSON}', JSON),
        (f'text/plain;x="a\\"b,", {JSON}', JSON),
        (f'{JSON};x="a\\', JSON),
    ],
)
def test_a_quote_goes_on_to_its_end(accept: str, media: str | None) -> None:
    assert accepted((accept,)) == media


def test_no_range_is_looked_for_twice() -> None:
    """Quotes that are never closed were looked for from each of them."""
    attack = '"' + '\\"' * 200_000
    assert _RANGE.findall(attack) == [attack]
