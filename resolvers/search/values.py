"""Values of search terms, read as what their key holds. None is a value that cannot be read as that."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from db.search import Bounds
from resolvers.search.syntax import Op

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_INTEGER = re.compile(r"[0-9]+")
_LARGEST = 2**63 - 2
_TRUTHS = {"true": True, "false": False}
Stretch = tuple[datetime | None, datetime | None]


def truth(op: Op, text: str) -> bool | None:
    """``true`` or ``false``, in any case."""
    return _TRUTHS.get(text.lower()) if op is Op.EQUAL else None


def amounts(op: Op, text: str, places: int) -> Bounds | None:
    """The amounts, in minor units of a currency with that many decimals, that compare so with a decimal number.

    Compared exactly: more than 9.999 is 10.00 and up. A number between two amounts equals none.
    """
    if not _NUMBER.fullmatch(text):
        return None
    exact = Decimal(text).scaleb(places)
    floor, ceiling = (
        max(-_LARGEST, min(int(exact.to_integral_value(mode)), _LARGEST)) for mode in (ROUND_FLOOR, ROUND_CEILING)
    )
    return _bounds(op, floor, ceiling)


def identifiers(op: Op, text: str, kind: str) -> Bounds | None:
    """The ids that compare so with a plain or global id of a kind such as ``Product``."""
    digits = text.removeprefix(f"gid://shopify/{kind}/")
    if not _INTEGER.fullmatch(digits):
        return None
    number = _LARGEST if len(digits) > 18 else int(digits)
    return _bounds(op, number, number)


def _bounds(op: Op, floor: int, ceiling: int) -> Bounds | None:
    match op:
        case Op.EQUAL:
            return Bounds(ceiling, floor)
        case Op.MORE:
            return Bounds(low=floor + 1)
        case Op.AT_LEAST:
            return Bounds(low=ceiling)
        case Op.LESS:
            return Bounds(high=ceiling - 1)
        case Op.AT_MOST:
            return Bounds(high=floor)
        case Op.EXISTS:
            return None


def moments(op: Op, text: str) -> Stretch | None:
    """The times, from and before, that compare so with an ISO date or time; UTC where no zone is given.

    A date means the whole day and a time without fractions the whole second: ``>2024-05-01`` begins on 2 May.
    """
    moment = _moment(text)
    if moment is None:
        return None
    start, end = moment
    match op:
        case Op.EQUAL:
            return start, end
        case Op.MORE:
            return end, None
        case Op.AT_LEAST:
            return start, None
        case Op.LESS:
            return None, start
        case Op.AT_MOST:
            return None, end
        case Op.EXISTS:
            return None


def _moment(text: str) -> tuple[datetime, datetime] | None:
    try:
        if len(text) == len("2024-05-01"):
            day = date.fromisoformat(text)
            start, length = datetime(day.year, day.month, day.day, tzinfo=UTC), timedelta(days=1)
        else:
            read = datetime.fromisoformat(text)
            start = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
            length = timedelta(microseconds=1) if "." in text else timedelta(seconds=1)
        return start, start + length
    except (ValueError, OverflowError):
        return None
