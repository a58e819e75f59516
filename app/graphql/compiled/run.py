"""Runs a compiled operation, level by level.

All objects that one selection set describes are built at once; then each field that has to be waited for is settled
for all of them together, so that a loader is asked once. Nothing is cancelled when a field fails: failures are marks
in the answer until it is whole, and only then is decided what each of them empties.
"""

from collections.abc import Mapping, Sequence
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from graphql import Undefined, is_list_type, is_non_null_type
from graphql.execution.values import VariableValues, get_argument_values
from orjson import Fragment
from strawberry.execution import optimized_is_awaitable

from app.graphql.compiled.completing import check_type, complete, listed, missing
from app.graphql.compiled.info import Place, RawInfo
from app.graphql.compiled.kinds import Kind
from app.graphql.compiled.marks import Err, Late, Uncompilable, Waiting
from app.graphql.compiled.plan import AbstractPlan, FieldPlan, ObjectPlan, Plans, is_object_of_any, known_of
from app.graphql.compiled.planned import Planned
from app.graphql.compiled.together import alone, here, in_tasks, together
from resolvers.context import RowSource

Found = list[tuple[Any, Any, Any, ObjectPlan]]
"""Objects that are still to be built: what holds each, under which key, the value, and its plan."""


class Run:
    """One execution. ``failures`` and ``late`` say whether the answer holds marks of either kind."""

    def __init__(
        self, plans: Plans, context: Any, variables: VariableValues, fragments: Mapping[str, Any], root: Any
    ) -> None:
        self.plans = plans
        self.context = context
        self.variables = variables
        self.fragments = fragments
        self.root = root
        self.failures = False
        self.late = False
        self._coming: list[Any] = []
        self._sources: list[RowSource] = []
        self.infos: dict[FieldPlan, Any] = {}
        self.given: dict[FieldPlan, dict[str, Any]] = {}
        self.kinds: dict[int, ObjectPlan] = {}
        """The plan of each object of an interface or a union, by its identity."""

    def failed(self, failure: Exception) -> Err | Late:
        """The mark of a failure, or of a value that has to be waited for."""
        if isinstance(failure, Uncompilable):
            raise failure
        if isinstance(failure, Waiting):
            self.late = True
            self._coming.append(failure.value)
            return Late(None, failure.value)
        self.failures = True
        return Err(failure)

    def abandon(self) -> None:
        """Put away what came late and nobody will await any more, and leave rows to whoever goes on instead."""
        for source in self._sources:
            self.context.planned.pop(source, None)
        for value in self._coming:
            if value.__class__ is CoroutineType and getcoroutinestate(value) == CORO_CREATED:
                value.close()

    def later(self, source: Any) -> Late:
        """The mark of a field whose resolver is called when the answer is whole."""
        self.late = True
        return Late(source)

    def raw_info(self, field: FieldPlan, place: Any = None) -> Any:
        """What graphql-core would tell a resolver of the field."""
        return RawInfo(field, self, place or Place(field.names, str(field.parent)))

    def info(self, field: FieldPlan) -> Any:
        """What Strawberry tells resolvers of the field; one for all its parents."""
        made = self.infos[field] = self.plans.schema.config.info_class(
            _raw_info=self.raw_info(field),
            _field=field.way.declared,  # type: ignore[arg-type]
        )
        return made

    def arguments(self, field: FieldPlan) -> dict[str, Any]:
        """The field's arguments, coerced once for all its parents. Raises what they fail with."""
        found = self.given.get(field)
        if found is None:
            found = self.given[field] = self._arguments(field)
        return found

    def _arguments(self, field: FieldPlan) -> dict[str, Any]:
        made = None if field.template is None else field.template.fill(self.variables.coerced)
        return self._coerced(field) if made is None else made

    def _coerced(self, field: FieldPlan) -> dict[str, Any]:
        values = get_argument_values(
            field.definition, field.nodes[0], self.variables, None, self.plans.served.hide_suggestions
        )
        info = self.infos.get(field) or (self.info(field) if field.way.declared else None)
        given = self.plans.served.converted(field.way, values, info)
        if not field.were_met:
            field.keep(given, self.plans.served.taken(field.parent, field.nodes[0].name.value))
        return given

    async def objects(self, plan: ObjectPlan, values: Sequence[Any], *, at_once: bool = False) -> list[dict[str, Any]]:
        """The answers for objects of one plan; ``at_once`` gives each field a task of its own."""
        build = plan.build
        built = [build(value, self) for value in values]
        waiting = plan.waiting
        planned = self.plans.in_sql.of(plan, self.plans) if waiting else None
        if len(waiting) == 1 and planned is None:
            await self.settle(waiting[0], values, built)
        elif waiting:
            settling = [self.settle(field, values, built) for field in waiting if not planned or field not in planned]
            if planned is not None:
                settling.append(self._settle_planned(planned, values, built))
            for result in await (in_tasks if at_once else together)(settling):
                if result.__class__ is Err:
                    raise result.failure
        return built

    async def _settle_planned(self, planned: Planned, values: Sequence[Any], built: Sequence[dict[str, Any]]) -> None:
        """Fill in what one statement answers, and what it does not as ever."""
        settling = []
        for field, places in (await planned.fill(self, values, built)).items():
            if len(places) == len(values):
                settling.append(self.settle(field, values, built))
            elif places:
                settling.append(self.settle(field, [values[n] for n in places], [built[n] for n in places]))
        for result in await together(settling) if settling else ():
            if result.__class__ is Err:
                raise result.failure

    async def settle(self, field: FieldPlan, parents: Sequence[Any], built: Sequence[dict[str, Any]]) -> None:
        """Fill a field in for all parents."""
        key, finish, way = field.key, field.complete, field.way
        if way.kind is Kind.ATTRIBUTE:
            values: Sequence[Any] = [_attribute(parent, way.attribute) for parent in parents]
        else:
            values = await self._values(field, parents)
        if finish is None:
            found: Found = []
            plan: Any = field.within
            known, is_abstract = field.known, field.is_abstract
            for holder, value in zip(built, values, strict=True):
                if value.__class__ in known:
                    found.append((holder, key, value, plan))
                elif is_abstract and (concrete := self._concrete(plan, value)):
                    found.append((holder, key, value, concrete))
                else:
                    await self.spread(field, field.type, value, holder, key, found)
            await self.descend(found)
            return
        for holder, value in zip(built, values, strict=True):
            if value.__class__ is Err:
                self.failures = True
                holder[key] = value
                continue
            try:
                holder[key] = finish(value, self)
            except Exception as failure:
                holder[key] = self.failed(failure)

    async def _values(self, field: FieldPlan, parents: Sequence[Any]) -> Sequence[Any]:
        """The field's value for each parent; an Err, or an exception, for each that failed."""
        way, is_shared = field.way, len(field.names) > 1
        if way.is_extended:
            values = [_called(self._extended, field, parent) for parent in parents]
            return await _awaited(values, own_tasks=True, is_shared=is_shared)
        try:
            arguments = self.arguments(field) if field.definition.args else {}
            if way.kind is Kind.EDGE:
                return await self._loaded(field, parents, arguments)
            if way.source is not None:
                self._plan_rows(field, way.source)
        except Exception as failure:
            return [Err(failure)] * len(parents)
        if way.kind is Kind.ANY:
            raw = self.raw_info(field)
            values = [_called(way.function, parent, raw, **arguments) for parent in parents]
        else:
            info = self.infos.get(field) or self.info(field) if way.info is not None else None
            values = [_called(way.call, parent, info, arguments) for parent in parents]
        # What a root field waits for has the field's own task.
        return await _awaited(values, own_tasks=way.kind is Kind.ANY, is_shared=is_shared)

    def _extended(self, field: FieldPlan, parent: Any) -> Any:
        """What a field with extensions answers for a parent: with arguments and an info of its own, since they may
        change them.
        """
        return field.way.call(parent, self.info(field), self._arguments(field))

    async def _loaded(self, field: FieldPlan, parents: Sequence[Any], arguments: dict[str, Any]) -> Sequence[Any]:
        way = field.way
        keys = [_attribute(parent, way.attribute) for parent in parents]
        wanted = [key for key in keys if key is not None and key.__class__ is not Err]
        if way.part is not None:
            part = way.part(**arguments)
            wanted = [(key, part) for key in wanted]
        values = await self.context.loader(way.loader).load_all(wanted)
        if way.pick is not None:
            values = [value if isinstance(value, Exception) else _called(way.pick, value) for value in values]
        found = iter(values)
        return [key if key is None or key.__class__ is Err else next(found) for key in keys]

    def _plan_rows(self, field: FieldPlan, source: RowSource) -> None:
        """Have the rows of the field's source answered as JSON, where that can be."""
        rows = self.plans.in_sql.rows_of(field, self.plans)
        planned = None if rows is None else rows.asked(self)
        if planned is not None:
            self._sources.append(source)
            self.context.planned[source] = planned

    async def spread(self, field: FieldPlan, kind: Any, value: Any, holder: Any, key: Any, found: Found) -> None:
        """Write lists out into what holds a value, and gather the objects in it that are to be built."""
        try:
            if value.__class__ is Err:
                raise value.failure
            await self._spread(field, kind, value, holder, key, found)
        except Exception as failure:
            holder[key] = self.failed(failure)

    async def _spread(self, field: FieldPlan, kind: Any, value: Any, holder: Any, key: Any, found: Found) -> None:
        if isinstance(value, Exception):
            raise value
        if is_non_null_type(kind):
            kind = kind.of_type
            if value is None or value is Undefined:
                raise missing(field)
        elif value is None or value is Undefined:
            holder[key] = None
            return
        if value.__class__ is Fragment:
            holder[key] = value
            return
        plan: Any = field.within
        if is_list_type(kind):
            if value.__class__ is not list:
                if optimized_is_awaitable(value):
                    raise Waiting(value)
                value = list(listed(field, value))
            items: list[Any] = [None] * len(value)
            holder[key] = items
            known, is_abstract = known_of(plan, kind.of_type), is_object_of_any(plan, kind.of_type)
            for place, item in enumerate(value):
                if item.__class__ in known:
                    found.append((items, place, item, plan))
                elif is_abstract and (concrete := self._concrete(plan, item)):
                    found.append((items, place, item, concrete))
                elif item.__class__ is Fragment:
                    # As below, without a coroutine for each.
                    items[place] = item
                else:
                    await self.spread(field, kind.of_type, item, items, place, found)
            return
        if plan is None:
            holder[key] = complete(field, kind, value, self)
            return
        if isinstance(plan, AbstractPlan):
            if optimized_is_awaitable(value):
                raise Waiting(value)
            name = await self.plans.served.object_type(plan.type, value, field.nodes, self.raw_info(field))
            plan = self.plans.of_type(plan, name)
        if type(value) not in plan.known:
            if optimized_is_awaitable(value):
                raise Waiting(value)
            check_type(field, plan, value, self)
        found.append((holder, key, value, plan))

    def _concrete(self, plan: AbstractPlan, value: Any) -> ObjectPlan | None:
        """The plan for what the value's class alone tells it to be; None where that has to be found out."""
        name = self.plans.served.named(plan.type, value)
        found = None if name is None else self.plans.of_type(plan, name)
        return found if found is not None and value.__class__ in found.known else None

    def plan_of(self, field: FieldPlan, answer: dict[str, Any]) -> ObjectPlan:
        """The plan that an object of the answer was built with."""
        within = field.within
        return within if isinstance(within, ObjectPlan) else self.kinds[id(answer)]

    async def descend(self, found: Found) -> None:
        """Build objects and put them where they belong."""
        groups: dict[ObjectPlan, list[tuple[Any, Any, Any]]] = {}
        for holder, key, value, plan in found:
            groups.setdefault(plan, []).append((holder, key, value))
        if len(groups) == 1:
            await self._group(*groups.popitem())
            return
        coroutines = [self._group(plan, places) for plan, places in groups.items()]
        for result in await together(coroutines) if coroutines else ():
            if result.__class__ is Err:
                raise result.failure

    async def _group(self, plan: ObjectPlan, places: list[tuple[Any, Any, Any]]) -> None:
        built = await self.objects(plan, [value for _, _, value in places])
        for (holder, key, _), one in zip(places, built, strict=True):
            holder[key] = one
            self.kinds[id(one)] = plan


def _attribute(parent: Any, name: str) -> Any:
    try:
        return getattr(parent, name)
    except Exception as failure:
        return Err(failure)


def _called(function: Any, *given: Any, **named: Any) -> Any:
    try:
        return function(*given, **named)
    except Exception as failure:
        return Err(failure)


def waits(value: Any) -> bool:
    """Whether a value has to be awaited."""
    return value.__class__ is CoroutineType or optimized_is_awaitable(value)


async def _await(value: Any) -> Any:
    return await value


async def _awaited(values: list[Any], *, own_tasks: bool, is_shared: bool) -> list[Any]:
    """Values, awaited where they have to be; also the items of lists that hold awaitables."""
    waiting = [(values, place) for place, value in enumerate(values) if waits(value)]
    if waiting:
        await _put_in(waiting, own_tasks=own_tasks, is_shared=is_shared)
    waiting = []
    for place, value in enumerate(values):
        if value.__class__ is list and any(map(waits, value)):
            items = values[place] = [*value]
            waiting += [(items, number) for number, item in enumerate(items) if waits(item)]
    if waiting:
        await _put_in(waiting, own_tasks=own_tasks, is_shared=is_shared)
    return values


async def _put_in(waiting: list[tuple[list[Any], int]], *, own_tasks: bool, is_shared: bool) -> None:
    """Put what awaitables come to where they stand; an Err for each that failed.

    One alone may do anything: it has a task of its own where its place is shared with others that go on meanwhile. So
    has each of ``own_tasks``; many others wait for loaders, or they would be as many statements.
    """
    values = [holder[place] for holder, place in waiting]
    coroutines = [value if value.__class__ is CoroutineType else _await(value) for value in values]
    if len(coroutines) == 1:
        came = [await (alone if is_shared else here)(coroutines[0])]
    else:
        came = await (in_tasks if own_tasks else together)(coroutines)
    for (holder, place), one in zip(waiting, came, strict=True):
        holder[place] = one
