"""Column types that behave the same on SQLite and PostgreSQL."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key; SQLite numbers rows by itself only in a column spelt INTEGER."""

SortText = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by code point on both databases, so that pages and cursors agree."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def read_json(text: str) -> Any:
    """What a stored text of JSON says, without the time that the standard library takes. Whole numbers of more than 64
    bits become floats; nothing of ours is one.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # Half of a surrogate pair, which SQLite stores as it was written.
        return json.loads(text)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are stored in UTC")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None] | None:
        # By `process_result_value` it would be three calls for each of very many times; asyncpg answers them in UTC.
        return _in_utc if dialect.name == "sqlite" else None


def _in_utc(stored: str | None) -> datetime | None:
    if stored is None:
        return None
    if "+" in stored:
        # Somebody wrote it by hand, and named its zone.
        return datetime.fromisoformat(stored).astimezone(UTC)
    return datetime.fromisoformat(f"{stored}+00:00")


def utc_now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
