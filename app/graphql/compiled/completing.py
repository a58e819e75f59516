"""Completing values the thorough way, as the specification's CompleteValue has it and graphql-core says it.

Generated code calls this for whatever is not of the usual class: None, exceptions, awaitables, other iterables.
"""

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any

from graphql import Executor, GraphQLError, Undefined, is_leaf_type, is_list_type, is_non_null_type
from graphql.pyutils import inspect, is_iterable
from orjson import Fragment
from strawberry.execution import optimized_is_awaitable

from app.graphql.compiled.marks import Err, Waiting

if TYPE_CHECKING:
    from app.graphql.compiled.plan import FieldPlan, ObjectPlan
    from app.graphql.compiled.run import Run


def complete(field: "FieldPlan", kind: Any, value: Any, run: "Run") -> Any:
    """What stands in the answer for a value in which nothing has to be waited for.

    Raises what the field fails with, and Waiting for a value that is an awaitable after all. Failures of a list's
    items stand in it as marks.
    """
    if value.__class__ is Err:
        raise value.failure
    if isinstance(value, Exception):
        raise value
    if is_non_null_type(kind):
        completed = complete(field, kind.of_type, value, run)
        if completed is None:
            raise missing(field)
        return completed
    if value is None or value is Undefined:
        return None
    if optimized_is_awaitable(value):
        raise Waiting(value)
    if is_list_type(kind):
        item = Item(field, kind.of_type)
        return [item(one, run) for one in listed(field, value)]
    if is_leaf_type(kind):
        return Executor.complete_leaf_value(kind, value)
    if value.__class__ is Fragment:
        return value
    plan: Any = field.within
    check_type(field, plan, value, run)
    return plan.build(value, run)


class Completion:
    """Completes values of one field, or of one type within it."""

    __slots__ = ("_field", "_kind")

    def __init__(self, field: "FieldPlan", kind: Any) -> None:
        self._field = field
        self._kind = kind

    def __call__(self, value: Any, run: "Run") -> Any:
        return complete(self._field, self._kind, value, run)


class Item(Completion):
    """Completes items of a list, where a failure is the item's own."""

    __slots__ = ()

    def __call__(self, value: Any, run: "Run") -> Any:
        try:
            return complete(self._field, self._kind, value, run)
        except Exception as failure:
            return run.failed(failure)


def missing(field: "FieldPlan") -> TypeError:
    """What a field fails with that must not be null and is."""
    return TypeError(f"Cannot return null for non-nullable field {field.name}.")


def listed(field: "FieldPlan", value: Any) -> Any:
    """A list's items. Raises Waiting for those that come one by one, GraphQLError for what has none."""
    if isinstance(value, AsyncIterable):
        raise Waiting(_gathered(value))
    if not is_iterable(value):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.name}'.")
    return value


async def _gathered(values: AsyncIterable[Any]) -> list[Any]:
    return [value async for value in values]


def check_type(field: "FieldPlan", plan: "ObjectPlan", value: Any, run: "Run") -> None:
    """Raises GraphQLError for a value that is not of the object type; remembers classes that always are."""
    is_type_of = plan.type.is_type_of
    if is_type_of is None:
        plan.known.add(type(value))
    elif not is_type_of(value, run.raw_info(field)):
        message = f"Expected value of type '{plan.type}' but got: {inspect(value)}."
        raise GraphQLError(message, field.nodes)
