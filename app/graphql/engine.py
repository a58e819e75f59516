"""Runs one operation on Strawberry's resolvers: compiled where that can be, else straight on graphql-core.

Beside `app.graphql.compiled`, this is the only module that reaches into the execution of either library;
tests/test_transport_engine.py pins each place.
"""

from asyncio import Future, gather
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, TypeAlias, TypeGuard, cast

import strawberry
from graphql import ExecutionResult, Executor, FieldNode, GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution import (
    create_source_event_stream,
    default_field_resolver,
    default_type_resolver,
    map_source_to_response_event,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.pyutils import Path
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.graphql.compiled import PLAN_AT, Coercion, Compiler, Plans, Readers, Served, Uncompilable, run
from app.graphql.documents import Document, Operation

_MOST_COERCION_ERRORS = 20
_NO_VARIABLES = VariableValues({}, {})

Events: TypeAlias = AsyncGenerator[ExecutionResult, None]
# Carries out the execution of one event, for instance within a time limit.
Guard: TypeAlias = Callable[[Awaitable[ExecutionResult]], Awaitable[ExecutionResult]]


class _Awaitables:
    """Tells graphql-core what has to be awaited, and remembers it.

    Where a field's failure empties what is around it, its siblings are cancelled. Those that had not begun leave
    coroutines that nobody awaits and loaders' failures that nobody fetches, and Python would complain of each.
    """

    def __init__(self) -> None:
        self._seen: list[Any] = []

    def __call__(self, value: Any) -> TypeGuard[Awaitable[Any]]:
        if not optimized_is_awaitable(value):
            return False
        self._seen.append(value)
        return True

    def dispose(self) -> None:
        """Put away what nobody will await any more."""
        for value in self._seen:
            if isinstance(value, Future):
                value.add_done_callback(_fetched)
            elif isinstance(value, CoroutineType) and getcoroutinestate(value) == CORO_CREATED:
                value.close()


def _fetched(future: Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _unobserved(_how: str) -> None:
    return None


class InlineExecutor(Executor[Any]):
    """graphql-core's executor without increments, with the `info` that Strawberry's resolvers read.

    The plain one does not mind that the schema declares `@defer`, which graphql-core's `execute` refuses.
    """

    operation_extensions: dict[str, Any] | None = None
    is_awaitable: _Awaitables

    async def finished(self, serially: bool | None = None) -> ExecutionResult:
        """What the operation comes to, with nothing left behind."""
        clean = False
        try:
            result = cast(ExecutionResult, await _settled(self.execute_operation(serially)))
            clean = not result.errors
            return result
        finally:
            if not clean:
                try:
                    await self._settle()
                finally:
                    self.is_awaitable.dispose()

    async def _settle(self) -> None:
        """End what graphql-core would let go on in the background, which may begin more as it ends."""
        while self.background_futures:
            going_on = list(self.background_futures)
            for future in going_on:
                future.cancel()
            await gather(*going_on, return_exceptions=True)

    def build_per_event_executor(self, payload: Any) -> "InlineExecutor":
        executor = cast(InlineExecutor, super().build_per_event_executor(payload))
        executor.is_awaitable = _Awaitables()
        return executor

    def complete_awaitable_list_item_value(self, *given: Any) -> Coroutine[Any, Any, Any]:
        completed = super().complete_awaitable_list_item_value(*given)
        self.is_awaitable(completed)
        return completed

    def complete_list_item_value(self, item: Any, complete_results: list[Any], *rest: Any) -> bool:
        # Here, and above, graphql-core knows without asking that it has something to await.
        waits = super().complete_list_item_value(item, complete_results, *rest)
        return waits and self.is_awaitable(complete_results[-1])

    def build_resolve_info(
        self, field_def: GraphQLField, field_nodes: list[FieldNode], parent_type: GraphQLObjectType, path: Path
    ) -> Any:
        build = cast(Callable[..., Any], StrawberryGraphQLCoreExecutionContext.build_resolve_info)
        return build(self, field_def, field_nodes, parent_type, path)


class Engine:
    """Executes the operations of one schema. Strawberry's schema extensions are not run, so they are refused."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        suggestions: bool,
        compile_at: int = 2,
        plan_at: int = PLAN_AT,
        observe: Callable[[str], None] = _unobserved,
    ) -> None:
        if schema.extensions:
            raise ValueError("schema extensions are not run by this endpoint")
        self._schema = schema._schema
        self._hide_suggestions = not suggestions
        self._compiler = Compiler(
            Served(schema, hide_suggestions=not suggestions), compile_at=compile_at, plan_at=plan_at
        )
        self._readers = Readers()
        self._observe = observe

    def compile(self, document: Document) -> None:
        """Compile what is known to be asked for before it is."""
        for operation in document.operations:
            self._compiler.prepare(operation)

    def coerce(self, operation: Operation, variables: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The variables as resolvers read them, or every reason why they do not fit the operation's declaration."""
        declared = operation.node.variable_definitions
        if not declared:
            return _NO_VARIABLES
        memory = operation.compiled
        coercion: Coercion | None = memory.coercion
        if coercion is None:
            coercion = memory.coercion = Coercion(self._schema, declared, self._readers)
        return coercion.coerce(
            variables,
            lambda rest: get_variable_values(
                self._schema,
                rest,
                dict(variables),
                max_errors=_MOST_COERCION_ERRORS,
                hide_suggestions=self._hide_suggestions,
            ),
        )

    async def execute(self, operation: Operation, variables: VariableValues, context: Any) -> ExecutionResult:
        """Run a query or mutation to its end. Failed fields are among the result's errors, unmasked."""
        return await self._run(operation, variables, context)

    async def subscribe(
        self, operation: Operation, variables: VariableValues, make_context: Callable[[], Any], guard: Guard
    ) -> Events | ExecutionResult:
        """Open a subscription's source: its events' results as they come, or the errors for which it did not open.

        The source has a context of its own, and so has every event: a loader never answers from an earlier event.
        """
        executor = self._executor(operation, variables, make_context())
        source = await _settled(create_source_event_stream(executor))
        if isinstance(source, ExecutionResult):
            return source

        def run(event: Executor[Any]) -> Awaitable[ExecutionResult]:
            return guard(self._run(operation, variables, make_context(), cast(InlineExecutor, event)))

        return map_source_to_response_event(executor, source, run)

    async def _run(
        self, operation: Operation, variables: VariableValues, context: Any, event: InlineExecutor | None = None
    ) -> ExecutionResult:
        """Execute an operation, or what it answers to an event of a subscription, as quickly as it can be."""
        plans = self._compiler.plans(operation, variables)
        if isinstance(plans, Plans):
            try:
                result = await run(plans, operation, variables, context, event.root_value if event else None)
            except Uncompilable as reason:
                self._compiler.give_up(operation, variables, str(reason))
                if plans.serial:
                    raise
                plans = str(reason)
            else:
                self._observe("compiled")
                return result
        self._observe(plans)
        if event is None:
            return await self._executor(operation, variables, context).finished()
        event.context_value = context
        return await event.finished(False)

    def _executor(self, operation: Operation, variables: VariableValues, context: Any) -> InlineExecutor:
        fragments = operation.fragments
        return InlineExecutor(
            self._schema,
            cast(Any, fragments.definitions),
            fragments.details,
            None,
            context,
            operation.node,
            variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=_Awaitables(),
            hide_suggestions=self._hide_suggestions,
        )


async def _settled(value: Any) -> Any:
    """The value, or what it comes to: graphql-core answers at once where no resolver had to wait."""
    return await value if optimized_is_awaitable(value) else value
