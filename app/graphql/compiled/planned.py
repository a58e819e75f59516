"""Which fields of objects are answered by one statement that writes their JSON, and putting its texts into the answer.

Fields that are edges are taken together for all objects of a selection set, with whatever is selected of what they lead
to. What the statement does not answer, for some object or for all of them, is settled as ever.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import ReferenceType, ref

import orjson
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from app.graphql.compiled.kinds import Kind
from db.documents import Alias, Leaf, Unsayable
from db.forms import Asked
from db.session import Session
from resolvers.context import RowsInJson
from resolvers.errors import ClientError
from resolvers.paging import PageArgs
from resolvers.planning import Plan, RowPlan, Wanted

if TYPE_CHECKING:
    from app.graphql.compiled.plan import FieldPlan, ObjectPlan, Plans
    from app.graphql.compiled.run import Run

T = TypeVar("T")
_LOGGER = logging.getLogger("storekeep.planning")

PLAN_AT = 10
"""At which sight a selection set is planned: its statement takes as long to make as some ten answers without it."""
MOST_PLANNED = 150
"""How many selection sets, and fields that answer with rows, are planned at once."""
MOST_SIZE = 200
"""What one statement may weigh: some tens of kilobytes of text, which take some tens of milliseconds to make."""
MOST_KEYS = 1_000
"""For how many objects a statement is asked; for more, databases join faster than they look up one by one."""
MOST_FORMS = 4
"""How many statements a selection set may come to, by how its pages are sorted, whether a country is named, and whether
they tell tags.
"""
MOST_ROW_FORMS = 16
"""The same of rows, where each order, direction and part of a list has a statement that finds them."""


class StatementsByShape(Generic[T]):
    """The statements that something comes to, by what they depend on; those that were unused for longest are forgotten.

    The first is made at once, as what asks was met ``plan_at`` times already; the others when they were asked for as
    often.
    """

    def __init__(self, plan_at: int, most: int) -> None:
        self._plan_at = plan_at
        self._most = most
        self._made: OrderedDict[Any, T | int | None] = OrderedDict()

    def find(self, shape: Hashable, make: Callable[[], T]) -> T | None:
        """The statement of that shape; None where there is none yet, or it cannot be made."""
        found = self._made.get(shape, 0)
        if isinstance(found, int):
            found += 1 if self._made else self._plan_at
            found = _made(make) if found >= self._plan_at else found
        self._made[shape] = found
        self._made.move_to_end(shape)
        if len(self._made) > self._most:
            self._made.popitem(last=False)
        return None if isinstance(found, int) else found


def _made(make: Callable[[], T]) -> T | None:
    try:
        return make()
    except Unsayable:
        return None
    except Exception:
        # A fault of ours that nobody who asks can mend, and loaders do not have.
        _LOGGER.exception("a selection set could not be planned as one statement")
        return None


@dataclass
class Planned:
    """The fields of a selection set that one statement may answer."""

    by_shape: StatementsByShape[Plan]
    """By how their pages are sorted, whether a country is named, and whether tags are told."""
    fields: dict["FieldPlan", Wanted] = field(default_factory=dict)
    pages: list["FieldPlan"] = field(default_factory=list)
    weight: int = 0
    """What the operation's plans weighed when it was seen that they may be planned."""

    def __contains__(self, one: "FieldPlan") -> bool:
        return one in self.fields

    async def fill(
        self, run: "Run", values: Sequence[Any], built: Sequence[dict[str, Any]]
    ) -> dict["FieldPlan", list[int]]:
        """Put in what the statement answers; says of each field for which objects it did not."""
        left = {one: list(range(len(values))) for one in self.fields}
        keys = list({value.id: None for value in values})
        pages = _asked_pages(run, self.pages)
        plan = None if pages is None else self._plan(run.context, keys, pages)
        if plan is None or pages is None:
            return left
        asked = await plan.ask(run.context, keys, pages)
        for one, said in self.fields.items():
            texts = asked.get(said)
            if texts is None:
                continue
            left[one] = []
            for place, (value, holder) in enumerate(zip(values, built, strict=True)):
                text = texts.get(value.id)
                if text is None:
                    left[one].append(place)
                else:
                    holder[one.key] = None if text == "null" else orjson.Fragment(text)
        return left

    def _plan(self, context: Any, keys: Sequence[Any], pages: Sequence[PageArgs]) -> Plan | None:
        if not context.is_as_written or len(keys) > MOST_KEYS or not all(key.__class__ is int for key in keys):
            return None
        if all(one.way.part is None and context.loader(one.way.loader).knows(keys) for one in self.fields):
            # As where a resolver looked at what it answers with.
            return None
        shape = (context.country is None, context.is_tagged, *_sorting(pages))
        return self.by_shape.find(shape, lambda: Plan(context, list(self.fields.values()), pages))


@dataclass
class PlannedRows:
    """What is asked for of rows that a statement finds, where nobody needs them but to answer with them."""

    fields: list[Wanted]
    pages: list["FieldPlan"]
    by_shape: StatementsByShape[RowPlan]
    """Also by the statement that finds the rows."""

    def asked(self, run: "Run") -> RowsInJson | None:
        """What answers a statement's rows for this operation; None where it has a page that cannot be said."""
        pages = _asked_pages(run, self.pages)
        return None if pages is None else partial(self._tuples, run.context, pages)

    async def _tuples(
        self, context: Any, pages: Sequence[PageArgs], session: Session, statement: Any
    ) -> list[Any] | None:
        if not isinstance(statement, Asked) or session.languages:
            return None
        shape = (statement.form, context.country is None, context.is_tagged, *_sorting(pages))
        plan = self.by_shape.find(shape, lambda: RowPlan(context, statement.form.statement, self.fields, pages))
        return None if plan is None else await plan.tuples(context, session, statement, pages)


def _sorting(pages: Iterable[PageArgs]) -> Iterator[Hashable]:
    return ((page.sort, page.reverse) for page in pages)


def _asked_pages(run: "Run", fields: Iterable["FieldPlan"]) -> list[PageArgs] | None:
    """The pages that are asked for; None where one is not from the start, or there can be no such page."""
    found = []
    for one in fields:
        page = one.page
        if page is None:
            try:
                page = one.way.part(**run.arguments(one))  # type: ignore[misc]
                size = page.size
            except (ClientError, GraphQLError):
                # Said in its place when the field is settled.
                return None
            if page.first != size or page.after is not None or page.before is not None:
                return None
            if one.template is not None and not one.template.varying:
                one.page = page
        found.append(page)
    return found


class InSql:
    """What is planned of all that is compiled, at most so many at once; what was unused for longest is left to loaders
    again. Nothing is planned where ``plan_at`` is 0. What was compiled keeps what was planned of it.
    """

    def __init__(self, *, plan_at: int = PLAN_AT, most: int = MOST_PLANNED) -> None:
        self._plan_at = plan_at
        self._most = most
        self._used: OrderedDict[ReferenceType[Any], None] = OrderedDict()

    def of(self, plan: "ObjectPlan", plans: "Plans") -> Planned | None:
        """How a selection set is answered by one statement; None where it is not, or has not been met often enough."""
        found: Planned | None = self._met(plan, lambda: self._planned(plan, plans))
        if found is None:
            return None
        if found.weight != plans.weight:
            # What interfaces and unions turned out to be may ask the same loaders.
            found.weight = plans.weight
            if not plans.may_plan(plan, found.fields):
                del self._used[ref(plan)]
                plan.planned = None
                return None
        return found

    def rows_of(self, one: "FieldPlan", plans: "Plans") -> PlannedRows | None:
        """How the rows of a field's source are answered as JSON; None where they are not, or not yet."""
        found: PlannedRows | None = self._met(one, lambda: planned_rows(one, plans, self._plan_at))
        return found

    def _met(self, one: "ObjectPlan | FieldPlan", make: Callable[[], Any]) -> Any:
        if one.planned is not None:
            self._used.move_to_end(ref(one))
        elif one.sights < self._plan_at:
            one.sights += 1
            if one.sights == self._plan_at and (made := make()) is not None:
                one.planned = made
                self._keep(one)
        return one.planned

    def _planned(self, plan: "ObjectPlan", plans: "Plans") -> Planned | None:
        planned = planned_of(plan, self._plan_at)
        if planned is None or not plans.may_plan(plan, planned.fields):
            return None
        planned.weight = plans.weight
        return planned

    def _keep(self, one: "ObjectPlan | FieldPlan") -> None:
        self._used[ref(one, self._forgotten)] = None
        if len(self._used) > self._most:
            gone = self._used.popitem(last=False)[0]()
            if gone is not None:
                gone.planned, gone.sights = None, 0

    def _forgotten(self, one: ReferenceType[Any]) -> None:
        self._used.pop(one, None)


def planned_of(plan: "ObjectPlan", plan_at: int = PLAN_AT) -> Planned | None:
    """What of a selection set's fields one statement may answer; None for nothing."""
    found = Planned(StatementsByShape(plan_at, MOST_FORMS))
    fields = 0
    for one in plan.waiting:
        if one.way.kind is Kind.EDGE and one.way.attribute == "id" and one.way.loader.in_sql:
            pages = list(found.pages)
            try:
                field = _field(one, pages)
            except Unsayable:
                continue
            if fields + field.size <= MOST_SIZE:
                fields += field.size
                found.fields[one], found.pages = field, pages
    return found if found.fields else None


def planned_rows(one: "FieldPlan", plans: "Plans", plan_at: int) -> PlannedRows | None:
    """What is asked for of the rows that a field of the root answers with; None where that cannot be said of each."""
    source, roots = one.way.source, plans.root.waiting
    if source is None or one not in roots or sum(other.way.source is source for other in roots) > 1:
        return None
    # What is found by a key may share a statement with what other fields of the root find.
    if not source.is_page and len(roots) > 1:
        return None
    holder, pages = _rows_within(one), list["FieldPlan"]()
    try:
        fields = [] if holder is None else list(_within(holder, pages))
    except Unsayable:
        return None
    if not 0 < sum(field.size for field in fields) <= MOST_SIZE:
        return None
    return PlannedRows(fields, pages, StatementsByShape(plan_at, MOST_ROW_FORMS))


def _rows_within(one: "FieldPlan") -> "FieldPlan | None":
    """The field whose values are the rows that another answers with, itself or as the only part of a page."""
    if one.way.source is None or not one.way.source.is_page:
        return one
    found = []
    for part in _fields_of(one):
        if part.way.attribute == "nodes":
            found.append(part)
        elif part.way.attribute == "edges":
            found += [inner for inner in _fields_of(part) if inner.way.attribute == "node"]
    return found[0] if len(found) == 1 else None


def _fields_of(one: "FieldPlan") -> Iterator["FieldPlan"]:
    plan: Any = one.within
    return (part for part in plan.fields if not isinstance(part, str))


def _field(one: "FieldPlan", pages: list["FieldPlan"]) -> Wanted:
    """A field, and what is selected of it. Raises Unsayable."""
    way = one.way
    nullable, kind = not is_non_null_type(one.type), one.type
    if not nullable:
        kind = kind.of_type
    is_list = is_list_type(kind)
    if is_list:
        if not is_non_null_type(kind.of_type):
            raise Unsayable
        kind = kind.of_type.of_type
    said = way.declared.metadata.get("in_sql") if way.declared is not None else None
    page = None
    if way.kind is Kind.EDGE:
        if not way.loader.in_sql:
            raise Unsayable
        if way.part is not None:
            page = len(pages)
            pages.append(one)
    elif way.kind in (Kind.CALL, Kind.AWAIT):
        if said is None or way.is_extended or any(node.arguments for node in one.nodes):
            raise Unsayable
    elif way.kind is not Kind.ATTRIBUTE:
        raise Unsayable
    leaf = _leaf(kind) if is_leaf_type(kind) else None
    within = () if leaf is not None else tuple(_within(one, pages))
    if page is not None:
        _check_page(within)
    return Wanted(
        name=_named(one.key, one.parent),
        parent=one.parent.name,
        nullable=nullable,
        leaf=leaf,
        names=tuple(kind.values) if isinstance(kind, GraphQLEnumType) else (),
        is_list=is_list,
        attribute=way.attribute,
        loader=way.loader,
        pick=way.pick,
        page=page,
        in_sql=said,
        within=within,
    )


def _check_page(parts: Iterable[Wanted]) -> None:
    """Raises Unsayable where more is asked for of a page than its rows: of that no statement would be spared."""
    for part in parts:
        inner = part.within if part.attribute == "edges" else ()
        if part.constant is None and part.attribute not in ("nodes", "edges"):
            raise Unsayable
        if any(one.constant is None and one.attribute != "node" for one in inner):
            raise Unsayable


def _within(one: "FieldPlan", pages: list["FieldPlan"]) -> Iterator[Wanted]:
    plan: Any = one.within
    if not hasattr(plan, "fields"):
        raise Unsayable
    for inner in plan.fields:
        if isinstance(inner, str):
            yield Wanted(_named(inner, plan.type), plan.type.name, constant=plan.type.name)
        else:
            yield _field(inner, pages)


def _named(key: str, parent: GraphQLObjectType) -> str:
    """A response name, which the schema may have as well."""
    return key if key in parent.fields or key == "__typename" else Alias(key)


def _leaf(kind: Any) -> Leaf:
    if kind is GraphQLInt:
        return Leaf.WHOLE
    if kind is GraphQLFloat:
        return Leaf.NUMBER
    if kind is GraphQLBoolean:
        return Leaf.TRUTH
    if kind is GraphQLString or kind is GraphQLID:
        return Leaf.TEXT
    if isinstance(kind, GraphQLScalarType):
        if kind.coerce_output_value is str:
            return Leaf.TEXT
        if kind.name == "DateTime":
            return Leaf.MOMENT
    if isinstance(kind, GraphQLEnumType) and all(name == declared.value for name, declared in kind.values.items()):
        return Leaf.TEXT
    raise Unsayable
