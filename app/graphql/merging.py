"""Whether all fields with one response name can be answered by one value (the specification's FieldsInSetCanMerge).

The specification compares fields in pairs, which is quadratic and worse. Comparing every field with the first of its
group says the same: "has the same shape as" and "is the same field as" are equivalences. So the fields of a selection
set are grouped by response name; each group must have one shape, and those of its members that can apply to the same
object must be one field with one set of arguments; then the sub-selections of the group are merged and looked at in
the same way. A set of fields is looked at once, and the whole has a budget.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
    is_object_type,
    print_ast,
)

from app.graphql.errors import limit_error

# Fields looked at; a real document's are a few hundred, and each is looked at two or three times.
BUDGET = 40_000


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """A field where it stands: the type it is selected on decides what it is."""

    node: FieldNode
    parent: GraphQLNamedType
    type: Any


_Source: TypeAlias = tuple[GraphQLNamedType, SelectionSetNode]


class _Conflict(Exception):  # noqa: N818 (found, not failed)
    def __init__(self, error: GraphQLError) -> None:
        super().__init__(error.message)
        self.error = error


def check_merging(schema: GraphQLSchema, document: DocumentNode, budget: int = BUDGET) -> list[GraphQLError]:
    """The first conflict of a document that is valid otherwise, or that it takes too long to look for one."""
    merging = _Merging(schema, document, budget)
    try:
        for definition in document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                root = schema.get_root_type(definition.operation)
                assert root is not None
                merging.check([(root, definition.selection_set)])
    except _Conflict as conflict:
        return [conflict.error]
    return []


class _Merging:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, budget: int) -> None:
        self._schema = schema
        self._fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self._budget = budget
        self._left = budget
        self._arguments: dict[int, object] = {}
        self._groups: dict[frozenset[int], list[list[_Field]]] = {}
        self._seen: set[tuple[bool, frozenset[int]]] = set()

    def check(self, sources: list[_Source]) -> None:
        self._walk(sources, by_shape=True)
        self._walk(sources, by_shape=False)

    def _walk(self, root: list[_Source], *, by_shape: bool) -> None:
        pending = [root]
        while pending:
            groups = self._grouped(pending.pop())
            # Selection sets that only spread the same fragments are different nodes with the same fields.
            key = (by_shape, frozenset(id(member.node) for group in groups for member in group))
            if key in self._seen:
                continue
            self._seen.add(key)
            for group in groups:
                for together in (group,) if by_shape else _applying_together(group):
                    if len(together) > 1:
                        (self._same_shape if by_shape else self._same_field)(together)
                    below = _sub_selections(together)
                    if below:
                        pending.append(below)

    def _grouped(self, sources: list[_Source]) -> list[list[_Field]]:
        """The fields of these selection sets by response name, with fragments written out once."""
        key = frozenset(id(selection_set) for _, selection_set in sources)
        known = self._groups.get(key)
        if known is None:
            grouped: dict[str, list[_Field]] = {}
            for found in self._fields(sources):
                name = (found.node.alias or found.node.name).value
                grouped.setdefault(name, []).append(found)
            known = self._groups[key] = list(grouped.values())
        return known

    def _fields(self, sources: list[_Source]) -> Iterator[_Field]:
        spread: set[str] = set()
        pending = list(sources)
        while pending:
            parent, selection_set = pending.pop()
            self._spend(len(selection_set.selections))
            for selection in selection_set.selections:
                if isinstance(selection, FieldNode):
                    definition = self._schema.get_field(parent, selection.name.value)  # type: ignore[arg-type]
                    assert definition is not None
                    yield _Field(selection, parent, definition.type)
                elif isinstance(selection, FragmentSpreadNode):
                    name = selection.name.value
                    if name not in spread:
                        spread.add(name)
                        fragment = self._fragments[name]
                        pending.append((self._type(fragment.type_condition.name.value), fragment.selection_set))
                else:
                    condition = selection.type_condition  # type: ignore[attr-defined]
                    inner = self._type(condition.name.value) if condition else parent
                    pending.append((inner, selection.selection_set))  # type: ignore[attr-defined]

    def _type(self, name: str) -> GraphQLNamedType:
        found = self._schema.get_type(name)
        assert found is not None
        return found

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            advice = "Give fields that are selected several times the same sub-selection, in one fragment."
            raise _Conflict(limit_error("overlaps", self._budget, None, "fields that overlap", advice))

    def _same_shape(self, group: list[_Field]) -> None:
        first = group[0]
        shape = _shape(first.type)
        for other in group[1:]:
            if other.type is not first.type and _shape(other.type) != shape:
                reason = f"they return conflicting types '{first.type}' and '{other.type}'"
                raise _conflict(first, other, reason)

    def _same_field(self, group: list[_Field]) -> None:
        first = group[0]
        name, arguments = first.node.name.value, self._arguments_of(first.node)
        for other in group[1:]:
            if other.node.name.value != name:
                raise _conflict(first, other, f"'{name}' and '{other.node.name.value}' are different fields")
            if self._arguments_of(other.node) != arguments:
                raise _conflict(first, other, "they have differing arguments")

    def _arguments_of(self, node: FieldNode) -> object:
        if not node.arguments:
            return ()
        known = self._arguments.get(id(node))
        if known is None:
            known = frozenset((argument.name.value, _value_key(argument.value)) for argument in node.arguments)
            self._arguments[id(node)] = known
        return known


def _applying_together(group: list[_Field]) -> Iterable[list[_Field]]:
    """The members that can apply to one object: those on one object type, and those on abstract types with all."""
    if len(group) == 1:
        return (group,)
    abstract: list[_Field] = []
    concrete: dict[str, list[_Field]] = {}
    for member in group:
        (concrete.setdefault(member.parent.name, []) if is_object_type(member.parent) else abstract).append(member)
    return [abstract + members for members in concrete.values()] or [abstract]


def _sub_selections(group: list[_Field]) -> list[_Source]:
    return [
        (get_named_type(member.type), member.node.selection_set)
        for member in group
        if member.node.selection_set is not None
    ]


def _shape(type_: Any) -> tuple[str, ...]:
    """Lists and non-null as they are nested, then the type of a leaf; any composite type has the shape of another."""
    shape: list[str] = []
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        shape.append("!" if isinstance(type_, GraphQLNonNull) else "[]")
        type_ = type_.of_type
    shape.append(type_.name if is_leaf_type(type_) else "{}")
    return tuple(shape)


def _value_key(value: ValueNode) -> object:
    if isinstance(value, ListValueNode):
        return ("[", *(_value_key(item) for item in value.values))
    if isinstance(value, ObjectValueNode):
        return frozenset((member.name.value, _value_key(member.value)) for member in value.fields)
    if isinstance(value, VariableNode):
        return ("$", value.name.value)
    return (value.kind, print_ast(value))


def _conflict(first: _Field, other: _Field, reason: str) -> _Conflict:
    name = (first.node.alias or first.node.name).value
    return _Conflict(
        GraphQLError(
            f"Fields '{name}' conflict because {reason}."
            " Use different aliases on the fields to fetch both if this was intentional.",
            [first.node, other.node],
        )
    )
