"""What an operation comes to on each type: fields merged, fragments written out, `@skip` and `@include` decided.

A plan knows nothing of one request. Object types are planned with the operation; what an interface or a union may turn
out to be is planned when it does, since few of the many possible types are ever met.
"""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import NoneType
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    is_scalar_type,
    is_specified_scalar_type,
)
from strawberry import UNSET

from app.graphql.compiled.inputs import Convert
from app.graphql.compiled.kinds import Kind, Served, Way
from app.graphql.compiled.marks import Uncompilable
from app.graphql.compiled.planned import InSql, Planned, PlannedRows
from app.graphql.compiled.source import Sources
from app.graphql.compiled.variables import Template
from resolvers.paging import PageArgs

MOST_PLANS = 500
"""How many selection sets, each on one type, an operation may come to."""


_UNCHANGING = (str, int, float, Enum, NoneType)
"""What nobody can change who is given it."""


@dataclass(eq=False)
class FieldPlan:
    """A field of an object type, asked for under one response name. ``names`` lead to it from the root."""

    number: int
    key: str
    names: tuple[str, ...]
    nodes: list[FieldNode]
    parent: GraphQLObjectType
    definition: GraphQLField
    way: Way
    within: "ObjectPlan | AbstractPlan | None" = None
    """What is selected of its value; None for a leaf."""
    complete: Callable[[Any, Any], Any] | None = None
    """Completes one value without waiting, where that is possible; generated."""
    template: Template | None = None
    """What its arguments come to; None where they have to be coerced anew, or were not met yet."""
    were_met: bool = False
    """Whether it is known by now which of the two it is."""
    page: PageArgs | None = None
    """The page from the start that it asks for in every request; None where that is not known, or differs."""
    sights: int = 0
    """How often it was met, until the rows of its source are planned as one statement."""
    planned: PlannedRows | None = None

    def keep(self, given: Mapping[str, Any], taken: Mapping[str, tuple[str, Convert | None]]) -> None:
        """Remember how its arguments are come by, where they are variables or plain; ``taken`` are the keywords of all
        that it may be given, and what is made of their values, None where that is left to Strawberry.
        """
        self.were_met = True
        said, varying = {node.name.value: node.value for node in self.nodes[0].arguments or ()}, []
        for name, (keyword, convert) in taken.items():
            kind, value = self.definition.args[name].type, said.get(name)
            if isinstance(value, VariableNode):
                if convert is None:
                    return
                varying.append((keyword, value.name.value, not is_non_null_type(kind), convert))
            elif value is not None and not _is_plain(kind):
                return
        changing = {keyword for keyword, *_ in varying}
        keywords = [keyword for keyword, _ in taken.values() if keyword in changing or keyword in given]
        fixed = {keyword: None if keyword in changing else given[keyword] for keyword in keywords}
        if all(value is UNSET or isinstance(value, _UNCHANGING) for value in fixed.values()):
            self.template = Template(fixed, varying)

    @cached_property
    def type(self) -> Any:
        """Its GraphQL type."""
        return self.definition.type

    @cached_property
    def known(self) -> Container[Any]:
        """Classes whose instances need no second look to be the object that its value is; none where it is a list."""
        return known_of(self.within, self.type)

    @cached_property
    def is_abstract(self) -> bool:
        """Whether its value is an object of an interface or a union."""
        return is_object_of_any(self.within, self.type)

    @property
    def name(self) -> str:
        """Type and field, as messages name it."""
        return f"{self.parent}.{self.nodes[0].name.value}"

    @property
    def children_wait(self) -> bool:
        """Whether something in its value has to be waited for."""
        return self.within is not None and self.within.waits

    @property
    def waits(self) -> bool:
        """Whether it is settled for all its parents at once, after they have been built."""
        return self.way.kind in (Kind.AWAIT, Kind.EDGE, Kind.ANY) or self.children_wait


@dataclass(eq=False)
class ObjectPlan:
    """A selection set on an object type."""

    number: int
    type: GraphQLObjectType
    fields: list[FieldPlan | str] = field(default_factory=list)
    """In the order of the answer; a response name alone asks for the type's name."""
    waiting: list[FieldPlan] = field(default_factory=list)
    known: set[Any] = field(default_factory=set)
    """Classes whose instances are of this type, whatever their values."""
    build: Callable[[Any, Any], dict[str, Any]] = field(init=False)
    """Makes the answer of one object, but for what has to be waited for; generated."""
    sights: int = 0
    """How often it was met, until it is planned as one statement."""
    planned: Planned | None = None

    @property
    def waits(self) -> bool:
        """Whether something in it has to be waited for."""
        return bool(self.waiting)


@dataclass(eq=False)
class AbstractPlan:
    """A selection set on an interface or a union."""

    type: GraphQLAbstractType
    names: tuple[str, ...]
    nodes: list[FieldNode]
    by_type: dict[str, ObjectPlan] = field(default_factory=dict)
    waits = True


@dataclass
class Weight:
    """What several plans weigh together."""

    total: int = 0


class Plans:
    """The plans of one operation under certain flags. Raises Uncompilable for what is left to graphql-core."""

    def __init__(
        self,
        served: Served,
        fragments: Mapping[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        flags: Mapping[str, Any],
        in_sql: InSql | None = None,
    ) -> None:
        self.in_sql = in_sql or InSql(plan_at=0)
        self._sources = Sources(served)
        self.served = served
        self.schema = served.schema
        self.core = served.core
        self.operation = operation
        self._fragments = fragments
        self._flags = flags
        self._count = 0
        self._fields = 0
        self._asking: Counter[Any] = Counter()
        self.among: Weight | None = None
        """What it weighs together with others, which grows with it."""
        root = self.core.get_root_type(operation.operation)
        assert root is not None
        self.serial = operation.operation.value == "mutation"
        self.root = self._object(root, (), [operation.selection_set])

    def __del__(self) -> None:
        # Functions and the namespace that they find each other in are a cycle, which only the collector would free.
        self._sources.names.clear()

    @property
    def weight(self) -> int:
        """How many selection sets on types, and fields in them, it holds so far."""
        return self._count + self._fields

    @property
    def functions(self) -> Mapping[str, Any]:
        """What was generated, and the constants that it refers to."""
        return self._sources.names

    def of_type(self, plan: AbstractPlan, name: str) -> ObjectPlan:
        """The plan for what turned out to be of that object type; made when first asked for."""
        found = plan.by_type.get(name)
        if found is None:
            kind, before = self.core.type_map[name], self.weight
            assert isinstance(kind, GraphQLObjectType)
            try:
                found = plan.by_type[name] = self._object(kind, plan.names, _selected(plan.nodes))
            finally:
                if self.among is not None:
                    self.among.total += self.weight - before
        return found

    def _object(self, kind: GraphQLObjectType, names: tuple[str, ...], sets: list[SelectionSetNode]) -> ObjectPlan:
        self._count += 1
        if self._count > MOST_PLANS:
            raise Uncompilable("size")
        plan = ObjectPlan(self._count, kind)
        rows = kind.extensions.get("rows")
        if rows is not None and rows[1] is None:
            plan.known.add(rows[0])
        for key, nodes in self._collected(kind, sets).items():
            plan.fields.append(self._field(kind, key, names, nodes))
        every = self.serial and not names
        plan.waiting = [f for f in plan.fields if isinstance(f, FieldPlan) and (f.waits or every)]
        self._sources.add(plan)
        self._asking.update(_loaders(plan.waiting))
        return plan

    def may_plan(self, plan: ObjectPlan, fields: Collection[FieldPlan]) -> bool:
        """Whether one statement for these fields of a selection set takes the place of at least one that no other
        shares in; else there could be more of them than without it.
        """
        left = _loaders(one for one in plan.waiting if one not in fields)
        return any(self._asking[loader] == 1 for loader in _loaders(fields) - left)

    def _field(
        self, kind: GraphQLObjectType, key: str, names: tuple[str, ...], nodes: list[FieldNode]
    ) -> FieldPlan | str:
        name = nodes[0].name.value
        if name == "__typename":
            return key
        if name.startswith("__"):
            raise Uncompilable("introspection")
        definition = kind.fields[name]
        self._fields += 1
        way = self.served.way(kind, name)
        plan = FieldPlan(self._fields, key, (*names, key), nodes, kind, definition, way)
        named = get_named_type(definition.type)
        if is_object_type(named):
            plan.within = self._object(named, plan.names, _selected(nodes))
        elif is_abstract_type(named):
            plan.within = AbstractPlan(named, plan.names, nodes)
            if self.serial:
                # What has been written by the time it turns out cannot be left to graphql-core any more.
                for one in self.core.get_possible_types(named):
                    self.of_type(plan.within, one.name)
        elif not is_leaf_type(named):
            raise Uncompilable("type")
        if way.kind is Kind.LATE and plan.within is not None:
            raise Uncompilable("place")
        return plan

    def _collected(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for one in sets:
            self._collect(kind, one, found, seen)
        return found

    def _collect(
        self, kind: GraphQLObjectType, sets: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for selection in sets.selections:
            if not self._included(selection.directives or ()):
                continue
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                found.setdefault(key, []).append(selection)
                continue
            part: Any = selection
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in seen:
                    continue
                seen.add(name)
                part = self._fragments[name]
            if self._applies(part.type_condition, kind):
                self._collect(kind, part.selection_set, found, seen)

    def _applies(self, condition: Any, kind: GraphQLObjectType) -> bool:
        if condition is None:
            return True
        wanted: Any = self.core.type_map[condition.name.value]
        return wanted is kind or (is_abstract_type(wanted) and self.core.is_sub_type(wanted, kind))

    def _included(self, directives: Iterable[DirectiveNode]) -> bool:
        for directive in directives:
            if directive.name.value in ("skip", "include"):
                value: Any = (directive.arguments or ())[0].value
                said = self._flags[value.name.value] if isinstance(value, VariableNode) else value.value
                if said == (directive.name.value == "skip"):
                    return False
        return True


def known_of(plan: Any, kind: Any) -> Container[Any]:
    """Classes whose instances need no second look to be objects of that plan where a value of ``kind`` is to be."""
    is_object = isinstance(plan, ObjectPlan) and not is_list_type(kind.of_type if is_non_null_type(kind) else kind)
    return plan.known if is_object else ()


def is_object_of_any(plan: Any, kind: Any) -> bool:
    """Whether a value of ``kind`` is an object of an interface or a union."""
    return isinstance(plan, AbstractPlan) and not is_list_type(kind.of_type if is_non_null_type(kind) else kind)


def _is_plain(kind: Any) -> bool:
    kind = get_nullable_type(kind)
    return is_enum_type(kind) or (is_scalar_type(kind) and is_specified_scalar_type(kind))


def _loaders(fields: Iterable[FieldPlan]) -> set[Any]:
    return {one.way.loader for one in fields if one.way.kind is Kind.EDGE}


def _selected(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    return [node.selection_set for node in nodes if node.selection_set]


def flags_of(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> tuple[str, ...]:
    """The variables that `@skip` and `@include` look at in what an operation selects, by the alphabet."""
    found: set[str] = set()
    for directive in _directives(operation.selection_set, fragments):
        if directive.name.value in ("skip", "include") and directive.arguments:
            value = directive.arguments[0].value
            if isinstance(value, VariableNode):
                found.add(value.name.value)
    return tuple(sorted(found))


def _directives(sets: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[DirectiveNode]:
    pending, seen = [sets], set[str]()
    while pending:
        for selection in pending.pop().selections:
            yield from selection.directives or ()
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in seen:
                    seen.add(name)
                    pending.append(fragments[name].selection_set)
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set is not None:
                pending.append(selection.selection_set)
