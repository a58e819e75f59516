"""From the parameters of a request to its answer, in the same way for every transport."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import strawberry
from graphql import ExecutionResult, GraphQLError
from graphql.execution.values import VariableValues

from app.graphql.caching.policy import PERSONAL, Policy, is_about_somebody
from app.graphql.compiled import PLAN_AT
from app.graphql.documents import Documents, Operation, Timing
from app.graphql.engine import Engine
from app.graphql.errors import (
    INTERNAL,
    Masking,
    RequestError,
    format_error,
    internal_error,
    timeout_error,
    with_code,
)
from app.graphql.limits import Limits, check_values
from app.graphql.parameters import Parameters
from app.graphql.persisted import DocumentFinder, RegisteredTexts, TrustedDocuments
from app.graphql.scope import OperationScope, read_scope
from app.graphql.time_limit import TimeLimit
from app.metrics import Metrics, Outcome

MakeContext = Callable[[OperationScope], Any]


@dataclass(slots=True)
class Answer:
    """What goes back to the client, and what it cost. Without `data`, the operation was not started."""

    payload: dict[str, Any]
    outcome: Outcome = "ok"
    statements: int = 0
    sql_seconds: float = 0.0
    context: Any = None
    """What it was made in, which may know what it was built from."""

    @property
    def is_private(self) -> bool:
        """Whether it was built from what is nobody else's, or that is not known."""
        return bool(getattr(self.context, "is_private", True))

    @property
    def tags(self) -> frozenset[str]:
        """What it was built from, where that is known and it is tagged."""
        found: frozenset[str] = getattr(self.context, "tags", frozenset())
        return found

    @property
    def tables(self) -> frozenset[str]:
        """The tables that it was built from, where those are known."""
        found: frozenset[str] = getattr(self.context, "tables", frozenset())
        return found


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that is valid, within its limits and has its variables; `given` are those as they were sent."""

    operation: Operation
    given: Mapping[str, Any]
    variables: VariableValues
    scope: OperationScope
    policy: Policy
    timing: Timing
    started: float


class Runner:
    """Runs operations of one schema. Safe for any number of concurrent operations on one event loop."""

    def __init__(
        self,
        schema: strawberry.Schema,
        make_context: MakeContext,
        limits: Limits,
        metrics: Metrics,
        *,
        introspection: bool,
        suggestions: bool,
        time_limit: float,
        trusted: TrustedDocuments | None = None,
        trusted_only: bool = False,
        compile_at: int = 2,
        plan_at: int = PLAN_AT,
    ) -> None:
        self._core = schema._schema
        self._engine = Engine(
            schema,
            suggestions=suggestions,
            compile_at=compile_at,
            plan_at=plan_at,
            observe=metrics.observe_execution,
        )
        self._make_context = make_context
        self._limits = limits
        self._metrics = metrics
        self._time_limit = time_limit
        self.documents = Documents(self._core, limits, introspection=introspection, suggestions=suggestions)
        trusted = trusted or TrustedDocuments()
        for document in trusted.by_text.values():
            self._engine.compile(document)
        registered = RegisteredTexts()
        metrics.watch_registered(lambda: len(registered))
        self._finder = DocumentFinder(self.documents, trusted, registered, metrics, trusted_only=trusted_only)

    def prepare(
        self, parameters: Parameters, base_url: str, check: Callable[[Prepared], None] = lambda _: None
    ) -> Prepared:
        """Everything that can be refused before execution. Raises RequestError; the refusal is counted.

        `base_url` is how the client reached us; ``check`` raises what its transport refuses.
        """
        started, timing = perf_counter(), Timing()
        operation: Operation | None = None
        try:
            document = self._finder.find(parameters, timing)
            operation = document.operation(parameters.operation_name)
            prepared = self._admit(operation, parameters, base_url, timing, started)
            check(prepared)
            return prepared
        except RequestError:
            name, type_ = (operation.name, operation.type) if operation else (None, "unknown")
            self._metrics.observe_operation(name, type_, "refused", perf_counter() - started)
            raise

    def _admit(
        self, operation: Operation, parameters: Parameters, base_url: str, timing: Timing, started: float
    ) -> Prepared:
        too_long = check_values(parameters.variables, self._limits) if parameters.variables else None
        if too_long is not None:
            raise RequestError([too_long])
        variables = self._engine.coerce(operation, parameters.variables)
        if isinstance(variables, list):
            raise RequestError(with_code(variables, "BAD_USER_INPUT"))
        too_dear = operation.cost.refuse(variables.coerced)
        if too_dear is not None:
            raise RequestError([too_dear])
        try:
            scope = read_scope(self._core, operation.node, variables, base_url)
        except GraphQLError as error:
            raise RequestError(with_code([error], "BAD_USER_INPUT")) from None
        given, policy = parameters.variables, operation.policy
        # Answers of mutations and subscriptions are never shared.
        if given and operation.type == "query" and is_about_somebody(given):
            policy = PERSONAL
        return Prepared(operation, given, variables, scope, policy, timing, started)

    def deadline(self) -> float:
        """When an operation that begins now has to end, by the event loop's clock."""
        return asyncio.get_running_loop().time() + self._time_limit

    async def run(self, prepared: Prepared, until: float | None = None, *, is_tagged: bool = False) -> Answer:
        """Run a query or mutation, within the time limit; ``until`` is its end where it has begun before. Cancelling
        this call cancels its resolvers.

        The answer has its tags only if it ``is_tagged``.
        """
        operation, started = prepared.operation, perf_counter()
        context: Any = None
        answer: Answer | None = None
        limit = TimeLimit(self.deadline() if until is None else until)
        try:
            with limit:
                context = self._context(prepared, is_tagged=is_tagged)
                result = await self._engine.execute(operation, prepared.variables, context)
            answer = self._answer(operation, result, context)
        except Exception as failure:
            if limit.expired:
                answer = self._too_late(operation)
            else:
                shown = internal_error(failure, _name(operation))
                answer = Answer({"data": None, "errors": [format_error(shown)]}, "error")
        finally:
            prepared.timing.execute = perf_counter() - started
            self._count(operation, answer, context, prepared.started)
        return answer

    def late(self, prepared: Prepared) -> Answer:
        """What an operation comes to whose time was over before it was its turn."""
        answer = self._too_late(prepared.operation)
        self._count(prepared.operation, answer, None, prepared.started)
        return answer

    def _too_late(self, operation: Operation) -> Answer:
        error = timeout_error(self._time_limit, _name(operation))
        return Answer({"data": None, "errors": [format_error(error)]}, "timeout")

    def count_kept(self, name: str | None, seconds: float) -> None:
        """Count a query that was answered from memory."""
        self._metrics.observe_operation(name, "query", "ok", seconds)

    async def stream(self, prepared: Prepared) -> AsyncGenerator[Answer, None]:
        """The events of a subscription, each executed within the time limit. Close it to close its source.

        Raises RequestError where the source did not open. A source that fails later ends with an answer without
        `data` whose error says so.
        """
        operation = prepared.operation
        event = _Event()

        def make_context() -> Any:
            event.started = perf_counter()
            event.context = self._context(prepared, is_tagged=False)
            return event.context

        within_time = partial(self._within_time, operation)
        limit = TimeLimit(self.deadline())
        try:
            with limit:
                events = await self._engine.subscribe(operation, prepared.variables, make_context, within_time)
        except Exception as failure:
            late = limit.expired
            name = _name(operation)
            error = timeout_error(self._time_limit, name) if late else internal_error(failure, name)
            raise RequestError([error]) from None
        if isinstance(events, ExecutionResult):
            masking = Masking(_name(operation))
            raise RequestError([masking.shown(error) for error in events.errors or ()])
        try:
            async for result in events:
                answer = self._answer(operation, result, event.context)
                self._count(operation, answer, event.context, event.started)
                yield answer
        except Exception as failure:
            shown = Masking(_name(operation)).shown(GraphQLError(str(failure), original_error=failure))
            yield Answer({"errors": [format_error(shown)]}, "error")
        finally:
            await events.aclose()

    def _context(self, prepared: Prepared, *, is_tagged: bool) -> Any:
        context = self._make_context(prepared.scope)
        leave = None if is_tagged else getattr(context, "leave_untagged", None)
        if leave is not None:
            leave()
        return context

    async def _within_time(self, operation: Operation, execution: Awaitable[ExecutionResult]) -> ExecutionResult:
        limit = TimeLimit(self.deadline())
        try:
            with limit:
                return await execution
        except TimeoutError:
            if not limit.expired:
                raise
            return ExecutionResult(None, [timeout_error(self._time_limit, _name(operation))])

    def _answer(self, operation: Operation, result: ExecutionResult, context: Any) -> Answer:
        payload: dict[str, Any] = {"data": result.data}
        if extensions := getattr(context, "extensions", None):
            payload["extensions"] = extensions
        if not result.errors:
            return Answer(payload)
        masking = Masking(_name(operation))
        payload["errors"] = [format_error(masking.shown(error)) for error in result.errors]
        return Answer(payload, "error")

    def _count(self, operation: Operation, answer: Answer | None, context: Any, started: float) -> None:
        statements = int(getattr(context, "statements", 0))
        if answer is not None:
            answer.statements = statements
            answer.sql_seconds = float(getattr(context, "sql_seconds", 0.0))
            answer.context = context
        close = getattr(context, "close", None)
        if close is not None:
            close()
        outcome: Outcome = answer.outcome if answer is not None else "cancelled"
        self._metrics.observe_operation(operation.name, operation.type, outcome, perf_counter() - started, statements)


@dataclass(slots=True)
class _Event:
    """The event of a subscription that is being answered."""

    context: Any = None
    started: float = 0.0


def _name(operation: Operation) -> str:
    return operation.name or "anonymous"


def is_internal(payload: Mapping[str, Any]) -> bool:
    """Whether nothing was answered, for a reason that is ours."""
    errors = payload.get("errors") or ()
    return payload.get("data") is None and any(e.get("extensions", {}).get("code") == INTERNAL for e in errors)
