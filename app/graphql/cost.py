"""What an operation may cost, known before it runs.

An object costs 2 and a scalar 1, times the page sizes around them. A page size is a literal, a variable or the
argument's default; where a list is asked for by a list of keys, its length counts like a page size. A field that takes
more than its answer shows says so in its metadata, under `cost`, and costs that besides: of a connection once, however
long its page is. The plan of an operation is made once; the price of one request is then a few multiplications.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    value_from_ast_untyped,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from app.graphql.errors import limit_error
from app.graphql.limits import Limits

OBJECT = 2
SCALAR = 1


@dataclass(frozen=True, slots=True)
class _Factor:
    """A number that a variable gives: its value, or the length of its list; `fallback` where it gives none."""

    variable: str
    argument: str
    fallback: int | None

    def value(self, variables: Mapping[str, Any]) -> int | None:
        if self.variable not in variables:
            return self.fallback
        found = variables[self.variable]
        if isinstance(found, list):
            return len(found)
        return found if isinstance(found, int) else None


@dataclass(slots=True)
class _Node:
    """A selection set: what it costs whatever the variables are, and the parts that depend on them."""

    own: int = 0
    # What its fields cost besides, which the page sizes of the field that it belongs to do not multiply.
    besides: int = 0
    parts: "list[tuple[list[_Factor | int], _Node]]" = field(default_factory=list)
    # A page size among the literals that is above the limit: argument and value.
    too_large: tuple[str, int] | None = None

    @property
    def is_constant(self) -> bool:
        return not self.parts


@dataclass(frozen=True, slots=True)
class CostPlan:
    """The cost of an operation as a function of its variables."""

    root: _Node
    pages: frozenset[_Factor]
    limits: Limits

    def price(self, variables: Mapping[str, Any]) -> int:
        """The cost with these coerced variables."""
        return _price(self.root, variables, {})

    def refuse(self, variables: Mapping[str, Any]) -> GraphQLError | None:
        """Why these variables make the operation too large; None when they do not."""
        if self.root.too_large is not None:
            return _page_error(*self.root.too_large, self.limits)
        for factor in self.pages:
            size = factor.value(variables)
            if size is not None and size > self.limits.page_size:
                return _page_error(factor.argument, size, self.limits)
        price = self.price(variables)
        if price > self.limits.cost:
            return limit_error(
                "cost", self.limits.cost, price, "points of cost", "Ask for smaller pages, or for fewer fields of each."
            )
        return None

    def refuse_always(self) -> GraphQLError | None:
        """Why the operation is too large whatever its variables are; None when it is not."""
        return self.refuse({factor.variable: 1 for factor in self.pages})


def plan_cost(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    limits: Limits,
) -> CostPlan:
    """The plan of a valid operation: its fragments exist, do not spread themselves, and its fields are defined."""
    planner = _Planner(schema, fragments, limits)
    root_type = schema.get_root_type(operation.operation)
    assert root_type is not None
    root = planner.selections(root_type, operation.selection_set)
    root.own += root.besides
    return CostPlan(root, frozenset(planner.pages), limits)


class _Planner:
    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._schema = schema
        self._fragments = fragments
        self._limits = limits
        self._planned: dict[str, _Node] = {}
        self.pages: set[_Factor] = set()

    def selections(self, parent: GraphQLNamedType, node: SelectionSetNode) -> _Node:
        plan = _Node()
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                self._field(plan, parent, selection)
            elif isinstance(selection, FragmentSpreadNode):
                _spread(plan, self._fragment(selection.name.value))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inner = self._type(condition.name.value) if condition else parent
                _spread(plan, self.selections(inner, selection.selection_set))
        return plan

    def _fragment(self, name: str) -> _Node:
        planned = self._planned.get(name)
        if planned is None:
            definition = self._fragments[name]
            inner = self._type(definition.type_condition.name.value)
            planned = self._planned[name] = self.selections(inner, definition.selection_set)
        return planned

    def _type(self, name: str) -> GraphQLNamedType:
        found = self._schema.get_type(name)
        assert found is not None
        return found

    def _field(self, plan: _Node, parent: GraphQLNamedType, node: FieldNode) -> None:
        definition = self._schema.get_field(parent, node.name.value)  # type: ignore[arg-type]
        assert definition is not None
        inner = get_named_type(definition.type)
        if is_leaf_type(inner) or node.selection_set is None:
            plan.own += SCALAR
            return
        plan.besides += _besides(definition)
        selected = self.selections(inner, node.selection_set)
        plan.own += OBJECT + selected.besides
        _add(plan, self._factors(plan, definition, node), selected)

    def _factors(self, plan: _Node, definition: GraphQLField, node: FieldNode) -> list[_Factor | int]:
        """The page sizes of a field; of `first` and `last` given together both count."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        factors: list[_Factor | int] = []
        for name, argument in definition.args.items():
            if name in self._limits.page_arguments:
                factor = _page(name, argument, given.get(name))
                if isinstance(factor, _Factor):
                    self.pages.add(factor)
                elif factor is not None and factor > self._limits.page_size:
                    plan.too_large = (name, factor)
            elif _is_list(definition.type) and _is_list(argument.type):
                factor = _length(name, given.get(name))
            else:
                continue
            if factor is not None:
                factors.append(factor)
        return factors


def _spread(plan: _Node, inner: _Node) -> None:
    plan.besides += inner.besides
    _add(plan, [], inner)


def _add(plan: _Node, factors: list[_Factor | int], inner: _Node) -> None:
    if inner.too_large is not None:
        plan.too_large = inner.too_large
    if inner.is_constant and all(isinstance(factor, int) for factor in factors):
        plan.own += inner.own * _product(factors, {})
    else:
        plan.parts.append((factors, inner))


def _price(node: _Node, variables: Mapping[str, Any], known: dict[int, int]) -> int:
    """A fragment's node stands in several places, and is priced once."""
    if node.is_constant:
        return node.own
    price = known.get(id(node))
    if price is None:
        parts = [_product(factors, variables) * _price(inner, variables, known) for factors, inner in node.parts]
        price = node.own + sum(parts)
        known[id(node)] = price
    return price


def _product(factors: list[_Factor | int], variables: Mapping[str, Any]) -> int:
    product = 1
    for factor in factors:
        value = factor if isinstance(factor, int) else factor.value(variables)
        # Whoever asks for a page of none or of less is refused, or answered with nothing, by the field itself.
        product *= max(value, 1) if value is not None else 1
    return product


def _page(name: str, argument: GraphQLArgument, value: ValueNode | None) -> _Factor | int | None:
    default = _default(argument)
    if value is None:
        return default
    if isinstance(value, VariableNode):
        return _Factor(value.name.value, name, default)
    return int(value.value) if isinstance(value, IntValueNode) else None


def _length(name: str, value: ValueNode | None) -> _Factor | int | None:
    if isinstance(value, VariableNode):
        return _Factor(value.name.value, name, None)
    return len(value.values) if isinstance(value, ListValueNode) else None


def _default(argument: GraphQLArgument) -> int | None:
    if argument.default is not None:
        literal = argument.default.literal
        found = argument.default.value if literal is None else value_from_ast_untyped(literal)
    else:
        found = argument.default_value
    return found if isinstance(found, int) else None


def _besides(definition: GraphQLField) -> int:
    declared = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return int(declared.metadata.get("cost", 0)) if isinstance(declared, StrawberryField) else 0


def _is_list(type_: Any) -> bool:
    return isinstance(get_nullable_type(type_), GraphQLList)


def _page_error(argument: str, size: int, limits: Limits) -> GraphQLError:
    return GraphQLError(
        f"'{argument}' is {size:,}; at most {limits.page_size:,} are allowed in a page. Ask for further pages instead.",
        extensions={"code": "LIMIT_EXCEEDED", "limit": "page_size", "maximum": limits.page_size},
    )
