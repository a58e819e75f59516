"""The shop itself: one row, and its policies."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint
from sqlmodel import Field, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row
from db.forms import formed
from db.types import Json, UtcDateTime, utc_now
from db.wording import Wording


class ShopRow(Row, table=True):
    """The only row of its table; its id is always 1.

    ``language_code`` is what everything is written in. ``filters`` are those that it offers, in their order:
    ``{"by": …, "label": …}`` and what else tells them apart; ``synonyms`` are groups of words that mean the same to
    whoever searches, ``{"words": […], "language": …}``, in every language without one. Null where it has said nothing.
    """

    __tablename__ = "shops"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)
    wording: ClassVar[Wording | None] = Wording(
        "shop", ("description", "slogan", "short_description"), labels="filters"
    )

    id: int = Field(default=1, primary_key=True)
    name: str
    description: str | None = None
    email: str | None = None
    domain: str
    country_code: str = Field(max_length=2)
    currency_code: str = Field(max_length=3)
    money_format: str
    slogan: str | None = None
    short_description: str | None = None
    colors: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    logo_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL")
    square_logo_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL")
    cover_id: int | None = Field(default=None, foreign_key="media.id", ondelete="SET NULL")
    card_brands: list[str] = Field(default_factory=list, sa_type=Json)
    digital_wallets: list[str] = Field(default_factory=list, sa_type=Json)
    language_code: str = Field(default="EN", max_length=10, sa_column_kwargs={"server_default": "EN"})
    filters: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    synonyms: list[dict[str, Any]] | None = Field(default=None, sa_type=Json)
    is_demo: bool = False
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class PolicyRow(Row, table=True):
    """One of the shop's legal texts."""

    __tablename__ = "policies"
    wording: ClassVar[Wording | None] = Wording("policy", ("title", "body"))

    id: int = Field(default=None, primary_key=True)
    kind: str = Field(unique=True)
    handle: str = Field(unique=True)
    title: str
    body: str
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


@formed
def shops() -> SelectOfScalar[ShopRow]:
    """The shop, as a statement of one row or none."""
    return select(ShopRow)


@formed
def synonyms() -> SelectOfScalar[Any]:
    """The words that mean the same, as a statement of one value or none."""
    return select(ShopRow.synonyms)


@formed
def policies() -> SelectOfScalar[PolicyRow]:
    """Every policy."""
    return select(PolicyRow).order_by(col(PolicyRow.id))
