"""What an answer with marks in it comes to: late values put in, failures located, and nulls where they belong."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, is_list_type, is_non_null_type, located_error
from graphql.pyutils import Path

from app.graphql.compiled.marks import Err, Late
from app.graphql.compiled.plan import FieldPlan, ObjectPlan
from app.graphql.compiled.run import Run, waits
from app.graphql.compiled.together import in_tasks

_NOTHING = object()
"""What stands for a value that may not be null and is: it empties what is around it."""


async def executed(run: Run) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The data of an operation, and its errors in the order of the document."""
    try:
        return await _executed(run)
    except BaseException:
        run.abandon()
        raise
    finally:
        # They know the run: a cycle, which only the collector would free.
        run.infos.clear()


async def _executed(run: Run) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    root = run.plans.root
    if run.plans.serial:
        return await _one_after_the_other(run, root)
    (answer,) = await run.objects(root, [run.root], at_once=True)
    if not run.failures and not run.late:
        return answer, []
    await _put_in(run, answer)
    bubbling = _Bubbling(run)
    data = bubbling.object(root, answer, None)
    return (None if data is _NOTHING else data), bubbling.errors


async def _one_after_the_other(run: Run, root: ObjectPlan) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """A mutation's fields; what follows one that empties the answer is not begun."""
    answer = root.build(run.root, run)
    bubbling = _Bubbling(run)
    for field in root.waiting:
        await run.settle(field, [run.root], [answer])
        if run.failures or run.late:
            await _put_in(run, answer)
            if not bubbling.field(root, field, answer, None):
                return None, bubbling.errors
    return answer, bubbling.errors


async def _put_in(run: Run, answer: dict[str, Any]) -> None:
    """Ask for everything late in the answer at once, put in what came, and so on until nothing is."""
    while run.late:
        run.late = False
        waiting: list[tuple[Any, Any, FieldPlan, Any, Late, Path]] = []

        def seen(holder: Any, key: Any, field: FieldPlan, kind: Any, path: Path, to: Any = waiting) -> None:
            if holder[key].__class__ is Late:
                to.append((holder, key, field, kind, holder[key], path))

        _walk(run, run.plans.root, answer, None, seen)
        coming = [_come(run, field, late, path) for _, _, field, _, late, path in waiting]
        came = await in_tasks(coming)
        found: list[Any] = []
        for (holder, key, field, kind, _, _), value in zip(waiting, came, strict=True):
            await run.spread(field, kind, value, holder, key, found)
        await run.descend(found)


async def _come(run: Run, field: FieldPlan, late: Late, path: Path) -> Any:
    if late.value is not None:
        return await late.value
    way = field.way
    arguments = run.arguments(field) if field.definition.args else {}
    info = run.plans.schema.config.info_class(
        _raw_info=run.raw_info(field, path),
        _field=way.declared,  # type: ignore[arg-type]
    )
    value = way.call(late.source, info, arguments)
    return await value if waits(value) else value


def _walk(run: Run, plan: ObjectPlan, answer: dict[str, Any], path: Path | None, seen: Callable[..., None]) -> None:
    """Call ``seen`` for every value of an answer, lists' items included, from the outside in."""

    def value(holder: Any, key: Any, field: FieldPlan, kind: Any, at: Path) -> None:
        seen(holder, key, field, kind, at)
        found = holder[key]
        if found.__class__ is list and is_list_type(inner := _nullable(kind)):
            for place in range(len(found)):
                value(found, place, field, inner.of_type, at.add_key(place))
        elif found.__class__ is dict and field.within is not None:
            _walk(run, run.plan_of(field, found), found, at, seen)

    for field in plan.fields:
        if isinstance(field, FieldPlan):
            value(answer, field.key, field, field.type, Path(path, field.key, plan.type.name))


def _nullable(kind: Any) -> Any:
    return kind.of_type if is_non_null_type(kind) else kind


class _Bubbling:
    """Sets null where a value failed, or around it where it must not be null.

    As where fields are executed one after the other, nothing is said of what follows a failure that empties what is
    around it.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.errors: list[GraphQLError] = []

    def object(self, plan: ObjectPlan, answer: dict[str, Any], path: Path | None) -> Any:
        """The answer of an object, or `_NOTHING`."""
        for field in plan.fields:
            if isinstance(field, FieldPlan) and not self.field(plan, field, answer, path):
                return _NOTHING
        return answer

    def field(self, plan: ObjectPlan, field: FieldPlan, answer: dict[str, Any], path: Path | None) -> bool:
        """Settle one field of an object; False where it empties the object."""
        value = self._value(field, field.type, answer[field.key], Path(path, field.key, plan.type.name))
        answer[field.key] = value
        return value is not _NOTHING

    def _value(self, field: FieldPlan, kind: Any, value: Any, path: Path) -> Any:
        inner = _nullable(kind)
        if value.__class__ is Err:
            self.errors.append(located_error(value.failure, field.nodes, path.as_list()))
            value = _NOTHING
        elif value.__class__ is list and is_list_type(inner):
            value = self._list(field, inner.of_type, value, path)
        elif value.__class__ is dict and field.within is not None:
            value = self.object(self._run.plan_of(field, value), value, path)
        return None if value is _NOTHING and inner is kind else value

    def _list(self, field: FieldPlan, kind: Any, values: list[Any], path: Path) -> Any:
        for place, item in enumerate(values):
            value = self._value(field, kind, item, path.add_key(place))
            if value is _NOTHING:
                return _NOTHING
            values[place] = value
        return values
