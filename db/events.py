"""Rows of the outbox: what happened, written in the transaction that made it happen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import (
    CTE,
    BigInteger,
    CheckConstraint,
    Delete,
    Executable,
    Index,
    Insert,
    Integer,
    String,
    bindparam,
    delete,
    func,
    literal,
    text,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, Tuples, table_of
from db.forms import formed
from db.types import BigId, Json, UtcDateTime, utc_now


class EventRow(Row, table=True):
    """One thing that happened.

    ``position`` is null until the relay publishes the event, and then its place in the one order.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("uq_events_position", "position", unique=True),
        Index(
            "ix_events_unpublished",
            "id",
            sqlite_where=text("position is null"),
            postgresql_where=text("position is null"),
        ),
        Index("ix_events_created_at", "created_at"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=BigId)
    topic: str
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    position: int | None = Field(default=None, sa_type=BigId)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class EventHeadRow(Row, table=True):
    """The last position given out; locking this one row is what puts events into one order."""

    __tablename__ = "event_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True)
    position: int = Field(default=0, sa_type=BigId)


CHANGED = "tags.changed"
"""The topic of the event by which a transaction says what it changed: its ``tags``, and the name of this ``change``."""

CHANNEL = "storekeep_events"
"""The PostgreSQL channel on which a commit says who has committed or published events."""


class _Notified(FunctionElement[str]):
    """Tells whoever listens who it is, once the transaction commits; where nobody can listen, nothing.

    PostgreSQL commits transactions that tell something one after the other, each with its wait for the disk.
    """

    name = "notified"
    type = String()
    inherit_cache = True


@compiles(_Notified, "postgresql")
def _notified_postgresql(element: _Notified, compiler: SQLCompiler, **kw: Any) -> str:
    return f"pg_notify('{CHANNEL}', {compiler.process(element.clauses, **kw)})"


@compiles(_Notified, "sqlite")
def _notified_sqlite(_element: _Notified, _compiler: SQLCompiler, **_: Any) -> str:
    return "''"


@formed
def happened(topic: str, payload: dict[str, Any], at: datetime, by: str | None) -> Executable:
    """Writes an event. With ``by``, whoever listens is told once the transaction commits; else a relay has to."""
    return _telling(table_of(EventRow).insert().values({"topic": topic, "payload": payload, "created_at": at}), by)


def happened_with(cause: CTE, topic: str, payload: Mapping[str, Any], at: datetime, by: str | None) -> Insert:
    """The same for each row of ``cause``, a part of the enclosing statement."""
    row = sqlalchemy.select(literal(topic, String), literal(payload, Json), literal(at, UtcDateTime)).select_from(cause)
    return _telling(table_of(EventRow).insert().from_select(("topic", "payload", "created_at"), row), by)


def _telling(event: Insert, by: str | None) -> Insert:
    return event if by is None else event.returning(_Notified(literal(by, String)))


@formed
def advance(count: int, by: str) -> Executable:
    """Takes the next ``count`` positions, and tells whoever listens; answers the last.

    Its row lock lets one relay publish at a time.
    """
    head = EventHeadRow
    change = update(head).values(position=head.position + count)
    return change.returning(col(head.position), _Notified(literal(by, String)))


@formed
def place(count: int, position: int) -> Executable:
    """Publishes so many events, in the order they were written, at the positions after this one; answers them whole."""
    unpublished = (
        select(col(EventRow.id).label("id"), func.row_number().over(order_by=col(EventRow.id)).label("n"))
        .where(col(EventRow.position).is_(None))
        .order_by(col(EventRow.id))
        .limit(bindparam(None, count, Integer, unique=True))
        .subquery()
    )
    return (
        update(EventRow)
        .where(col(EventRow.id) == unpublished.c.id)
        .values(position=unpublished.c.n + literal(position, BigInteger))
        .returning(*table_of(EventRow).columns)
    )


def head() -> SelectOfScalar[int]:
    """The last position given out."""
    return select(col(EventHeadRow.position))


@formed
def published_after(position: int, limit: int) -> SelectOfScalar[EventRow]:
    """Events after a position, in order."""
    some = bindparam(None, limit, Integer, unique=True)
    return select(EventRow).where(col(EventRow.position) > position).order_by(col(EventRow.position)).limit(some)


@formed
def waiting() -> Tuples:
    """(how many events wait for the relay, when the oldest was written)."""
    return select(func.count(), func.min(EventRow.created_at)).where(col(EventRow.position).is_(None))


def older_than(moment: datetime) -> Delete:
    """Published events from before a moment."""
    return delete(EventRow).where(col(EventRow.position).is_not(None), col(EventRow.created_at) < moment)
