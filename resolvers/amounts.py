"""Amounts of money: what people type, minor units, the API's decimal text, and conversion between markets.

Amounts are integers in minor units of their currency; how many decimals a currency has is CLDR's answer.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from babel.core import UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol

from db.documents import Said
from db.money import code_of, decimal_of
from resolvers.planning import Where

MOST = 10**15
"""The largest amount that is believed, in minor units; more is a slip of the keyboard."""

CURRENCIES = frozenset(
    {
        "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
        "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BYR", "BZD", "CAD", "CDF", "CHF", "CLP",
        "CNY", "COP", "CRC", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP",
        "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS",
        "INR", "IQD", "IRR", "ISK", "JEP", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KID", "KMF", "KRW", "KWD",
        "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LTL", "LVL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK",
        "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD",
        "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD",
        "SCR", "SDG", "SEK", "SGD", "SHP", "SLL", "SOS", "SRD", "SSP", "STD", "STN", "SYP", "SZL", "THB", "TJS",
        "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VEF", "VES",
        "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "XXX", "YER", "ZAR", "ZMW",
    }
)  # fmt: skip
"""The currencies that the API has a name for: ISO 4217 codes, and few that are not."""

_SPACES = re.compile(r"[\s'\u2019\u00a0\u202f]+")
_DIGITS = re.compile(r"[0-9]+")


class AmountError(ValueError):
    """Text that is not an amount of money, or could be two; the message says which, for people."""


@dataclass(slots=True)
class Money:
    """An amount in minor units of an ISO 4217 currency."""

    amount: int
    currency: str

    def times(self, quantity: int) -> "Money":
        """So many of it."""
        return Money(self.amount * quantity, self.currency)


@dataclass(frozen=True)
class Conversion:
    """How a market's prices follow the primary market's.

    ``rate`` is what one unit of the primary currency is worth, in millionths; results are rounded up to the next
    amount that is ``ending`` more than a multiple of ``step``, both in minor units of the market's currency.
    """

    rate: int = 1_000_000
    step: int = 1
    ending: int = 0


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals amounts of a currency have: 0, 2 or 3."""
    return int(get_currency_precision(currency))


def paid_in(currency: str) -> dict[str, Any]:
    """What the row of a market says of the currency that is paid there."""
    return {"currency_code": currency, "subunits": 10 ** exponent(currency) if currency in CURRENCIES else None}


@lru_cache(maxsize=256)
def _signs(currency: str) -> tuple[str, ...]:
    signs = {currency, currency.lower()}
    for locale in ("en", "de"):
        try:
            signs.add(get_currency_symbol(currency, locale))
        except UnknownLocaleError:
            continue
    signs |= {sign[-1] for sign in signs if not sign[-1].isalpha()}
    return tuple(sorted(signs, key=len, reverse=True))


def currency_code(text: str) -> str:
    """The code of a currency that shops can sell in. Raises `AmountError` for any other text."""
    if text not in CURRENCIES:
        raise AmountError(f"{text!r} is none of the API's currency codes (CurrencyCode), such as EUR")
    return text


def convert(amount: int, conversion: Conversion, exponents: tuple[int, int]) -> int:
    """An amount of the primary market as the market's price; nothing stays nothing.

    ``exponents`` are those of the primary market's currency and of the market's.
    """
    if amount == 0:
        return 0
    source, target = exponents
    exact: int = amount * conversion.rate * 10**target
    unit: int = 1_000_000 * 10**source
    steps = -(-(exact - conversion.ending * unit) // (unit * conversion.step))
    return max(steps, 0) * conversion.step + conversion.ending


@lru_cache(maxsize=4096)
def decimal_text(amount: int, currency: str) -> str:
    """The API's Decimal: at least one decimal, no further trailing zeros, such as ``29.99``, ``10.0``, ``1200.0``."""
    whole, _, decimals = amount_text(amount, currency).partition(".")
    return f"{whole}.{decimals.rstrip('0') or '0'}"


def decimal_in_sql(_place: Where, money: Any) -> Said:
    """The same of columns, said in SQL."""
    return decimal_of(money.amount, money.currency)


def currency_in_sql(_place: Where, money: Any) -> Said:
    """The code of the currency, said in SQL."""
    return code_of(money.currency)


def amount_text(amount: int, currency: str) -> str:
    """An amount with all decimals of its currency, such as ``18.00`` EUR or ``1200`` JPY; `minor_units` reads it."""
    places = exponent(currency)
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def minor_units(text: str, currency: str) -> int:
    """What people type for a price, in minor units.

    Thousands may be grouped by comma, point, apostrophe or space, decimals follow a point or a comma, and the
    currency's own sign may stand before or after. Raises `AmountError` for what is no amount, is negative, has more
    decimals than the currency, or can be read in two ways (``1,299`` may be 1299 or 1.299).
    """
    bare = _without_sign(text.strip(), currency)
    if bare.startswith("-"):
        raise AmountError(f"{text!r} is negative")
    whole, decimals = _parts(bare, text, exponent(currency))
    places = exponent(currency)
    if decimals[places:].strip("0"):
        raise AmountError(f"{text!r} has more decimals than {currency} ({places})")
    amount = int(whole + decimals[:places].ljust(places, "0"))
    if amount > MOST:
        raise AmountError(f"{text!r} is too large to be a price")
    return amount


def _without_sign(text: str, currency: str) -> str:
    for sign in _signs(currency):
        if text.startswith(sign):
            return text[len(sign) :].strip()
        if text.endswith(sign):
            return text[: -len(sign)].strip()
    return text


def _parts(bare: str, shown: str, places: int) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    points, commas = bare.count("."), bare.count(",")
    mark = max(".", ",", key=bare.rfind)
    if points and commas:
        if bare.count(mark) > 1:
            raise AmountError(f"{shown!r} is not an amount")
        whole, decimals = bare.rsplit(mark, 1)
        whole = _ungrouped(whole, "." if mark == "," else ",", shown)
    elif points + commas > 1:
        whole, decimals = _ungrouped(bare, mark, shown), ""
    elif points + commas == 1:
        whole, decimals = bare.split(mark)
        if len(decimals) == 3 and whole.strip("0") and places != 3 and _DIGITS.fullmatch(decimals):
            raise AmountError(
                f"{shown!r} can be read in two ways; write {whole}{decimals} or {whole}.{decimals[:places] or '0'}"
            )
        whole = _ungrouped(whole, " ", shown)
    else:
        whole, decimals = _ungrouped(bare, " ", shown), ""
    whole = whole or ("0" if decimals else "")
    if not _DIGITS.fullmatch(whole) or (decimals and not _DIGITS.fullmatch(decimals)):
        raise AmountError(f"{shown!r} is not an amount")
    return whole, decimals


def _ungrouped(whole: str, mark: str, shown: str) -> str:
    """Digits without their thousands marks, which must stand every three digits."""
    groups = _SPACES.sub(" ", whole).split(mark)
    if len(groups) == 1:
        groups = _SPACES.sub(" ", whole).split(" ")
    if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
        raise AmountError(f"{shown!r} is not an amount")
    return "".join(groups)
