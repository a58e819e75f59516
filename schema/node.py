"""Global ids, and telling what a row is."""

from typing import Any, ClassVar

import strawberry
from strawberry import Parent
from strawberry.schema.schema_converter import GraphQLCoreConverter

from db.base import Row, light
from resolvers.context import Context, Info
from resolvers.ids import global_id, global_id_in_sql, parse_id
from resolvers.loading import Loader
from schema.caching import PART


def node_id(row: Parent[Any], info: Info) -> strawberry.ID:
    """The global id under the name of the type that is being resolved."""
    return strawberry.ID(global_id(info.path.typename or "", row.id))


@strawberry.interface(description="Anything that has a global id.", directives=[PART])
class Node:
    rows: ClassVar[type[Row] | None] = None
    kind: ClassVar[str | None] = None
    by: ClassVar[type[Loader[Any, Any]] | None] = None
    found: ClassVar[dict[str, type["Node"]]] = {}

    id: strawberry.ID = strawberry.field(
        resolver=node_id, description="The global id; never null.", metadata={"in_sql": global_id_in_sql}
    )

    def __init_subclass__(
        cls, *, row: type[Row] | None = None, kind: str | None = None, by: type[Loader[Any, Any]] | None = None
    ) -> None:
        """``row`` is what the type describes, ``kind`` which of them if not all, ``by`` loads one for ``node``."""
        cls.rows, cls.kind, cls.by = row, kind, by
        if row is not None:
            Node.found[cls.__name__] = cls

    @classmethod
    def is_type_of(cls, value: object, info: Info) -> bool:
        return (
            cls.rows is not None
            and isinstance(value, light(cls.rows))
            and (cls.kind is None or getattr(value, "kind", None) == cls.kind)
        )


def declare_rows(schema: strawberry.Schema) -> None:
    """Note on each type of ``schema`` that describes rows which they are, as (light row class, their kind or None): an
    executor tells their type by that alone, where `is_type_of` would be asked of every type for every row.
    """
    for kind in schema._schema.type_map.values():
        declared = kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        described = getattr(declared, "origin", None)
        if isinstance(described, type) and issubclass(described, Node) and described.rows is not None:
            kind.extensions["rows"] = (light(described.rows), described.kind)


async def find_node(context: Context, gid: str) -> Any:
    """The row behind a global id; None for an id of nothing, of something invisible, and of an unknown type."""
    named = parse_id(gid)
    kind = Node.found.get(named[0]) if named else None
    if named is None or kind is None or kind.by is None:
        return None
    key = _key(named[1], kind.by)
    row = None if key is None else await context.loader(kind.by).load(key)
    return row if row is not None and (kind.kind is None or row.kind == kind.kind) else None


def _key(text: str, loader: type[Loader[Any, Any]]) -> int | str | None:
    if loader.keys_are_text:
        return text
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
