"""What resolvers are told about the field they answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from graphql.pyutils import Path, gather_with_cancel
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.execution import optimized_is_awaitable

if TYPE_CHECKING:
    from app.graphql.compiled.plan import FieldPlan
    from app.graphql.compiled.run import Run


class Place:
    """Where a field stands in the document: a path without places in lists, since it is answered for all of them.

    A field that has to know its place in the answer says so with ``metadata={"needs_place": True}``.
    """

    __slots__ = ("_names", "typename")

    def __init__(self, names: tuple[str, ...], typename: str) -> None:
        self._names = names
        self.typename = typename

    @property
    def key(self) -> str:
        """The response name."""
        return self._names[-1]

    @property
    def prev(self) -> "Path | None":
        """The field around it; None at the root."""
        path: Path | None = None
        for name in self._names[:-1]:
            path = Path(path, name, None)
        return path

    def as_list(self) -> list[str | int]:
        """The response names from the root."""
        return list(self._names)


def _track(_values: Sequence[Any]) -> None:
    return None


_HELPERS = GraphQLResolveInfoHelpers(gather=lambda values: gather_with_cancel(*values), track=_track)


class RawInfo:
    """graphql-core's info for resolvers; made for each field, not for each of its parents."""

    __slots__ = ("_field", "_run", "path")
    is_awaitable = staticmethod(optimized_is_awaitable)
    abort_signal = None
    operation_extensions: dict[str, Any] | None = None
    async_helpers = _HELPERS

    def __init__(self, field: "FieldPlan", run: "Run", path: Any) -> None:
        self._field = field
        self._run = run
        self.path = path

    @property
    def field_name(self) -> str:
        return self._field.nodes[0].name.value

    @property
    def field_nodes(self) -> list[Any]:
        return self._field.nodes

    @property
    def return_type(self) -> Any:
        return self._field.type

    @property
    def parent_type(self) -> Any:
        return self._field.parent

    @property
    def schema(self) -> Any:
        return self._run.plans.core

    @property
    def fragments(self) -> Any:
        return self._run.fragments

    @property
    def root_value(self) -> Any:
        return self._run.root

    @property
    def operation(self) -> Any:
        return self._run.plans.operation

    @property
    def variable_values(self) -> dict[str, Any]:
        return self._run.variables.coerced

    @property
    def context(self) -> Any:
        return self._run.context
