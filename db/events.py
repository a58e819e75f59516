"""Rows of the outbox: what happened, written in the transaction that made it happen."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from db.base import Row
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

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
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
