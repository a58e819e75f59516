"""Who may share the answer of an operation, and for how long, known before it runs.

The rules are those of Apollo Server's `@cacheControl`; beside them, what stands in its arguments or variables can make
an operation somebody's own whatever its fields say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    get_named_type,
    is_leaf_type,
)

from schema.caching import CacheControlScope, belongs_to_somebody, hint_of, names_somebody


@dataclass(frozen=True, slots=True)
class Policy:
    """``max_age`` is in seconds, 0 where the answer may not be shared. ``personal``: it is about somebody."""

    max_age: int
    personal: bool

    @property
    def is_public(self) -> bool:
        """Whether everybody may be given the same answer."""
        return self.max_age > 0 and not self.personal


NOT_SHARED = Policy(0, personal=False)
PERSONAL = Policy(0, personal=True)


def policy_of(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Policy:
    """The policy of a valid operation. What `@skip` and `@include` leave out counts as if it were there."""
    if operation.operation is not OperationType.QUERY:
        return NOT_SHARED
    root = schema.query_type
    assert root is not None
    walk = _Walk(schema, fragments, root)
    walk.directives(operation.directives or ())
    for variable in operation.variable_definitions or ():
        walk.given(variable.variable.name.value, variable.default_value)
    walk.selections(root, operation.selection_set)
    return PERSONAL if walk.personal else Policy(walk.max_age or 0, personal=False)


def is_about_somebody(value: Any) -> bool:
    """Whether variables as JSON has them, or a value in them, name somebody or what is somebody's own."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if belongs_to_somebody(one):
                return True
        elif isinstance(one, dict):
            if any(map(names_somebody, one)):
                return True
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
    return False


class _Walk:
    """Looks at every selection once; ``max_age`` is None while nothing has restricted it."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], root: GraphQLNamedType
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._root = root
        self._seen: set[str] = set()
        self.max_age: int | None = None
        self.personal = False

    def selections(self, parent: GraphQLNamedType, node: SelectionSetNode) -> None:
        for selection in node.selections:
            self.directives(selection.directives or ())
            if isinstance(selection, FieldNode):
                self._field(parent, selection)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                self._part(parent, condition.name.value if condition else parent.name, selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in self._seen:
                self._seen.add(selection.name.value)
                fragment = self._fragments[selection.name.value]
                self.directives(fragment.directives or ())
                self._part(parent, fragment.type_condition.name.value, fragment.selection_set)

    def directives(self, directives: tuple[DirectiveNode, ...]) -> None:
        for directive in directives:
            self._arguments(directive.arguments or ())

    def given(self, name: str, value: ValueNode | None) -> None:
        """Something that is passed under a name: an argument, an input field or a variable's default."""
        if names_somebody(name):
            self.personal = True
        elif isinstance(value, StringValueNode):
            self.personal = self.personal or belongs_to_somebody(value.value)
        elif isinstance(value, ListValueNode):
            for item in value.values:
                self.given("", item)
        elif isinstance(value, ObjectValueNode):
            for one in value.fields:
                self.given(one.name.value, one.value)

    def _arguments(self, arguments: tuple[ArgumentNode, ...]) -> None:
        for argument in arguments:
            self.given(argument.name.value, argument.value)

    def _part(self, parent: GraphQLNamedType, name: str, node: SelectionSetNode) -> None:
        inner = self._schema.get_type(name)
        assert inner is not None
        if inner is not parent and inner is not self._root:
            self._restrict(inner, None)
        self.selections(inner, node)

    def _field(self, parent: GraphQLNamedType, node: FieldNode) -> None:
        self._arguments(node.arguments or ())
        if node.name.value == "__typename":
            return
        definition = self._schema.get_field(parent, node.name.value)  # type: ignore[arg-type]
        assert definition is not None
        inner = get_named_type(definition.type)
        if not is_leaf_type(inner):
            self._restrict(inner, definition)
        elif hint_of(definition) is not None or parent is self._root:
            self._restrict(None, definition)
        if node.selection_set is not None:
            self.selections(inner, node.selection_set)

    def _restrict(self, kind: Any, field: Any) -> None:
        """A field's own hint goes before that of its type, point by point; without any, the answer is not kept."""
        hints = [hint for one in (field, kind) if one is not None and (hint := hint_of(one)) is not None]
        # What is somebody's own stays so, whichever field leads to it.
        self.personal = self.personal or any(hint.scope is CacheControlScope.PRIVATE for hint in hints)
        age = next((hint.max_age for hint in hints if hint.max_age is not None), None)
        if age is None and any(hint.inherits for hint in hints):
            return
        self.max_age = min(age or 0, self.max_age if self.max_age is not None else age or 0)
