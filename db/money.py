"""Amounts of money as text, written by the database."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from db.documents import MISSING, Said, Text, column_of, divided, in_quotes, joined, number, unless_null, word

_EXACT = 10**15
"""Below this, PostgreSQL writes a quotient of floating point with the digits of the decimal that it is. No amount that
is believed is larger.
"""


def decimal_of(amount: Any, currency: Any) -> Said:
    """An amount in the smallest unit of a market's currency, not negative, with at least one decimal and no further
    zeros at the end.
    """
    amount, unit = column_of(amount), _subunits_of(currency)
    return _where_named(currency, in_quotes(_Decimal(amount, unit, _decimals(amount, unit))).text)


def code_of(currency: Any) -> Said:
    """The code of a market's currency."""
    return _where_named(currency, in_quotes(column_of(currency)).text)


def hundredths_of(count: Any) -> Said:
    """A number of hundredths, not negative, as the number with a fraction that it is; null for null."""
    return Said((_decimals(count, number(100)),), count)


def _subunits_of(currency: Any) -> Any:
    """The column `subunits` beside that of a market's currency."""
    return column_of(currency).table.c.subunits


def _where_named(currency: Any, text: Text) -> Said:
    """What is said of a currency that the API has a name for; nothing can be said of any other."""
    return Said(unless_null(_subunits_of(currency), text, nullable=False))


class _Decimal(FunctionElement[str]):
    """An amount, its unit, and how it is written where that is the quickest way."""

    name = "decimal"
    type = String()
    inherit_cache = True


@compiles(_Decimal)
def _written(element: _Decimal, compiler: SQLCompiler, **kw: Any) -> str:
    _, _, plain = element.clauses
    return compiler.process(plain, **kw)


@compiles(_Decimal, "postgresql")
def _divided(element: _Decimal, compiler: SQLCompiler, **kw: Any) -> str:
    # Writing its digits one by one takes half as long again, in a statement that writes hundreds.
    amount, unit = (f"({compiler.process(part, **kw)})" for part in tuple(element.clauses)[:2])
    whole, fraction = f"({amount} / {unit})::text || '.0'", f"({amount} / {unit}::float8)::text"
    return f"CASE WHEN {amount} % {unit} = 0 THEN {whole} WHEN {amount} < {_EXACT} THEN {fraction} ELSE '{MISSING}' END"


def _decimals(amount: Any, unit: Any) -> ColumnElement[str]:
    """An amount in units, each a power of ten, with a point and at least one decimal, and no further zeros."""
    digits = func.substr(cast(amount % unit + unit, String), number(2))
    rest = func.coalesce(func.nullif(func.rtrim(digits, word("0")), word("")), word("0"))
    return joined(divided(amount, unit), word("."), rest)
