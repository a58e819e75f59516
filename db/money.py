"""Amounts of money as text, written by the database."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func

from db.documents import Said, column_of, divided, in_quotes, is_one_of, joined, number, word


def decimal_of(amount: Any, currency: Any, others: Mapping[int, Sequence[str]], usual: Sequence[str]) -> Said:
    """An amount of minor units, not negative, with at least one decimal and no further zeros at the end.

    Currencies have two decimals but for ``others``, by how many those have. The ``usual`` ones, of two, are looked for
    first: they are too few for PostgreSQL to make a table of them, as it does of the others in each statement anew.
    """
    two = _decimals(amount, 2)
    cases = [(is_one_of(column_of(currency), codes), _decimals(amount, places)) for places, codes in others.items()]
    return in_quotes(case((is_one_of(column_of(currency), usual), two), *cases, else_=two))


def hundredths_of(count: Any) -> Said:
    """A number of hundredths, not negative, as the number with a fraction that it is; null for null."""
    return Said((_decimals(count, 2),), count)


def _decimals(amount: Any, places: int) -> ColumnElement[str]:
    """The digits with a point in front of the last ``places``, zeros at the end left out but for one."""
    if places == 0:
        return joined(amount, word(".0"))
    unit = number(10**places)
    digits = func.substr(cast(amount % unit + unit, String), number(2))
    rest = func.coalesce(func.nullif(func.rtrim(digits, word("0")), word("")), word("0"))
    return joined(divided(amount, unit), word("."), rest)
