"""Named statements over the places where customers may collect what they bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal, true
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.inventory import InventoryLevelRow, LocationRow
from db.keys import among
from db.letters import SmallLetters
from db.paging import Children, Order
from db.types import SortText

_METRES = 111_195.0
"""How long a degree of latitude is."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on Earth, in degrees."""

    latitude: float
    longitude: float


def is_store() -> ColumnElement[bool]:
    """Whether customers may collect from the enclosing statement's location."""
    return col(LocationRow.pickup).is_(true())


def locations_by_id(ids: Sequence[int]) -> SelectOfScalar[LocationRow]:
    """Those that customers may collect from."""
    return select(LocationRow).where(among(LocationRow.id, ids), is_store())


def _text(column: Any) -> ColumnElement[str]:
    return cast(SmallLetters(func.coalesce(column, "")), SortText)


def _away(near: Place) -> ColumnElement[int]:
    """Square metres as on a map that is flat around ``near``; what has no coordinates lies beyond all else."""
    aside = func.abs(col(LocationRow.longitude) - literal(near.longitude))
    shorter = case((aside > 180, 360 - aside), else_=aside) * literal(_METRES * cos(radians(near.latitude)))
    up = (col(LocationRow.latitude) - literal(near.latitude)) * literal(_METRES)
    return func.coalesce(cast(up * up + shorter * shorter, BigInteger), literal(2**62, BigInteger))


def location_orders(near: Place | None) -> dict[str, Order]:
    """How stores can be sorted by LocationSortKeys; by distance only from somewhere."""
    ident = col(LocationRow.id)
    orders = {
        "ID": Order("locations.id", (ident,)),
        "CITY": Order("locations.city", (_text(col(LocationRow.city)), ident)),
        "NAME": Order("locations.name", (_text(col(LocationRow.name)), ident)),
    }
    if near is not None:
        orders["DISTANCE"] = Order("locations.distance", (_away(near), ident))
    return orders


def stores_of_variants() -> Children:
    """Stock of variants where customers may collect it."""
    stored = and_(col(LocationRow.id) == InventoryLevelRow.location_id, is_store())
    return Children(InventoryLevelRow, col(InventoryLevelRow.variant_id), joins=((LocationRow, stored),))


def stores_order(near: Place | None, preferred: int | None) -> Order:
    """The preferred store first, then by distance, else in the shop's order."""
    later = case((col(LocationRow.id) == literal(preferred or 0), 0), else_=1)
    place = col(LocationRow.position) if near is None else _away(near)
    return Order("stores" if near is None else "stores.distance", (later, place, col(LocationRow.id)))
