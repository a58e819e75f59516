"""How an answer is written where several processes can read it, and read again by who does not trust what stands there.

A mark, a checksum over the key and the rest, the header's length, the header (JSON), and the body (zlib).
"""

import zlib
from hashlib import blake2b
from math import inf
from typing import NamedTuple

import orjson

from app.graphql.caching.answers import Shared, shared_answer

MOST_BYTES = 1_000_000
"""The longest body that is written, and read."""

_MARK = b"storekeep:1\n"
_SUM, _LENGTH = 16, 4
_FRONT = len(_MARK) + _SUM + _LENGTH


class DamagedError(Exception):
    """What stands there is none of ours, or not as we wrote it."""


class Entry(NamedTuple):
    """An answer, and the position of the outbox before which everything went into it."""

    stamp: int
    shared: Shared


def written(key: str, stamp: int, shared: Shared) -> bytes:
    """An answer as it is written under its key."""
    beyond = shared.ends - shared.expires
    header = orjson.dumps(
        {
            "stamp": stamp,
            "tags": sorted(shared.tags),
            "maxAge": shared.max_age,
            "name": shared.name,
            "beyond": None if beyond == inf else beyond,
        }
    )
    # The fastest level: the next ones take twice the time and save a tenth.
    rest = len(header).to_bytes(_LENGTH, "big") + header + zlib.compress(shared.body, 1)
    return _MARK + _checksum(key, rest) + rest


def read(key: str, raw: bytes, seconds: float) -> Entry:
    """What stands under a key, and is to be kept for so many seconds more. Raises DamagedError."""
    rest = raw[len(_MARK) + _SUM :]
    if raw[: len(_MARK)] != _MARK or raw[len(_MARK) : len(_MARK) + _SUM] != _checksum(key, rest):
        raise DamagedError
    try:
        end = _FRONT + int.from_bytes(rest[:_LENGTH], "big")
        header = orjson.loads(raw[_FRONT:end])
        unpacking = zlib.decompressobj()
        body = unpacking.decompress(raw[end:], MOST_BYTES)
        if not unpacking.eof:
            raise DamagedError
        lasts = seconds + (inf if header["beyond"] is None else header["beyond"])
        shared = shared_answer(body, header["maxAge"], header["tags"], header["name"], lasts, seconds)
        return Entry(header["stamp"], shared)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise DamagedError from error


def _checksum(key: str, rest: bytes) -> bytes:
    return blake2b(rest, digest_size=_SUM, key=blake2b(key.encode(), digest_size=32).digest()).digest()
