"""What every row class shares, and the light rows that readers hand out."""

from collections.abc import Mapping
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

from sqlalchemy import MetaData, Select, Table
from sqlmodel import SQLModel

from db.wording import Wording

R = TypeVar("R", bound="Row")
Tuples: TypeAlias = Select[*tuple[Any, ...]]
"""A statement over several row classes and columns."""


class Row(SQLModel):
    """A table's row. Subclass it with ``table=True``; columns only, no relationships."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    wording: ClassVar[Wording | None] = None
    """Which of its columns have translations; None for none."""


def table_of(row: type[Row]) -> Table:
    """The Core table behind a row class."""
    return cast(Table, row.__table__)  # type: ignore[attr-defined]


@cache
def light(row: type[R]) -> type[R]:
    """The read-side twin of a row class: the same attributes in slots, built positionally in column order.

    It is typed as the row class, because it answers every plain attribute that the row class declares; it is not a
    subclass, has no identity map and cannot be written back.
    """
    names = [column.name for column in table_of(row).columns]
    arguments = ", ".join(names)
    body = "\n".join(f"    self.{name} = {name}" for name in names)
    namespace: dict[str, Any] = {}
    exec(f"def __init__(self, {arguments}):\n{body}", namespace)  # noqa: S102 - column names are our own source

    def shown(self: object) -> str:
        return f"{row.__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    values = attrgetter(*names) if len(names) > 1 else lambda self: (getattr(self, names[0]),)

    def same(self: object, other: object) -> bool:
        return type(other) is type(self) and bool(values(self) == values(other))

    return cast(
        type[R],
        type(
            row.__name__,
            (),
            {
                "__slots__": tuple(names),
                "__init__": namespace["__init__"],
                "__repr__": shown,
                "__eq__": same,
                "__hash__": None,
                "__doc__": row.__doc__,
                "__module__": row.__module__,
                "wording": row.wording,
            },
        ),
    )


def with_defaults(row: type[Row], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values to insert, completed with the row class's defaults; a missing ``id`` is the database's to give."""
    filled = dict(values)
    for name, declared in row.model_fields.items():
        if name not in filled and name != "id" and not declared.is_required():
            filled[name] = declared.get_default(call_default_factory=True, validated_data={})
    return filled
