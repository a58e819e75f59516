"""Which operations are compiled, and when."""

from typing import Any

from graphql import ExecutionResult
from graphql.execution.values import VariableValues

from app.graphql.compiled.kinds import Served
from app.graphql.compiled.marks import Uncompilable
from app.graphql.compiled.mending import executed
from app.graphql.compiled.plan import Plans, flags_of
from app.graphql.compiled.run import Run
from app.graphql.documents import Operation

MOST_VARIANTS = 16
"""For how many combinations of its `@skip` and `@include` an operation is compiled."""


class Compiler:
    """Compiles operations of one schema when they are asked for the ``compile_at``-th time, and never for 0: what a
    stranger asks once is not worth the milliseconds. What was compiled lives as long as its document is remembered.
    """

    def __init__(self, served: Served, *, compile_at: int = 2) -> None:
        self._served = served
        self._compile_at = compile_at

    def plans(self, operation: Operation, variables: VariableValues) -> Plans | str:
        """The plans to run an operation by; or why it is left to graphql-core, in a word."""
        if not self._compile_at:
            return "off"
        memory = operation.compiled
        if memory.flags is None:
            memory.flags = flags_of(operation.node, operation.document.definitions)
        said = tuple(variables.coerced.get(name) for name in memory.flags)
        found: Plans | str | None = memory.plans.get(said)
        if found is not None:
            return found
        if not all(isinstance(value, bool) for value in said):
            return "flags"
        if len(memory.plans) >= MOST_VARIANTS:
            return "variants"
        memory.sights += 1
        if memory.sights < self._compile_at:
            return "first"
        flags = dict(zip(memory.flags, said, strict=True))
        try:
            found = Plans(self._served, operation.document.definitions, operation.node, flags)
        except Uncompilable as reason:
            found = str(reason)
        memory.plans[said] = found
        return found


async def run(
    plans: Plans, operation: Operation, variables: VariableValues, context: Any, root: Any = None
) -> ExecutionResult:
    """Execute an operation by its plans. Raises Uncompilable where what it met is left to graphql-core."""
    execution = Run(plans, context, variables, operation.document.definitions, root)
    data, errors = await executed(execution)
    return ExecutionResult(data, errors or None)
