"""Which operations are compiled, and when."""

from collections import OrderedDict
from typing import Any, TypeAlias

from graphql import ExecutionResult
from graphql.execution.values import VariableValues

from app.graphql.compiled.kinds import Served
from app.graphql.compiled.marks import Uncompilable
from app.graphql.compiled.mending import executed
from app.graphql.compiled.plan import Plans, Weight, flags_of
from app.graphql.compiled.planned import PLAN_AT, InSql
from app.graphql.compiled.run import Run
from app.graphql.documents import Memory, Operation

MOST_VARIANTS = 16
"""For how many combinations of its `@skip` and `@include` an operation is compiled."""

MOST_WEIGHT = 15_000
"""What all that is compiled weighs at most; each is 3 to 5 kB."""

_Key: TypeAlias = tuple[int, tuple[Any, ...]]

_CHARACTERS = 20
"""Of a document, which is kept as long as anything that was compiled of it, so many weigh 1 as well."""


class Compiler:
    """Compiles operations of one schema when they are asked for the ``compile_at``-th time, and never for 0: what a
    stranger asks once is not worth the milliseconds.

    A selection set that is met for the ``plan_at``-th time is planned as one statement where it can be, and never for
    0: that takes longer to make than a few answers.

    All that is compiled weighs no more than ``most`` together; what was unused for longest goes first, also where its
    document has been forgotten before.
    """

    def __init__(self, served: Served, *, compile_at: int = 2, plan_at: int = PLAN_AT, most: int = MOST_WEIGHT) -> None:
        self._served = served
        self._in_sql = InSql(plan_at=plan_at)
        self._compile_at = compile_at
        self._most = most
        self._known: OrderedDict[_Key, tuple[Memory, Plans, int]] = OrderedDict()
        self._weight = Weight()

    @property
    def weight(self) -> int:
        """What all that is compiled weighs: a selection set on a type and a field in it are 1 each, and so are
        every `_CHARACTERS` characters of a document.
        """
        return self._weight.total

    def plans(self, operation: Operation, variables: VariableValues) -> Plans | str:
        """The plans to run an operation by; or why it is left to graphql-core, in a word."""
        if not self._compile_at:
            return "off"
        # What was compiled grows as it meets types that it had not met.
        self._forget()
        memory = operation.compiled
        if memory.flags is None:
            memory.flags = flags_of(operation.node, operation.fragments.definitions)
        said = _said(memory.flags, variables)
        found: Plans | str | None = memory.plans.get(said)
        if found is not None:
            if isinstance(found, Plans):
                self._known.move_to_end((id(memory), said))
            return found
        if not all(isinstance(value, bool) for value in said):
            return "flags"
        if len(memory.plans) >= MOST_VARIANTS:
            return "variants"
        memory.sights += 1
        if memory.sights < self._compile_at:
            return "first"
        return self._compiled(operation, memory.flags, said)

    def prepare(self, operation: Operation) -> None:
        """Compile an operation before anybody asks for it; where variables decide what it selects, at first sight."""
        if not self._compile_at:
            return
        memory = operation.compiled
        memory.flags = flags_of(operation.node, operation.fragments.definitions)
        memory.sights = self._compile_at - 1
        if not memory.flags:
            self._compiled(operation, (), ())

    def give_up(self, operation: Operation, variables: VariableValues, reason: str) -> None:
        """Leave to graphql-core from now on what met, as it ran, something that cannot be compiled."""
        memory = operation.compiled
        said = _said(memory.flags or (), variables)
        key = id(memory), said
        if key in self._known:
            self._drop(key)
            memory.plans[said] = reason

    def _compiled(self, operation: Operation, names: tuple[str, ...], said: tuple[Any, ...]) -> Plans | str:
        memory, flags = operation.compiled, dict(zip(names, said, strict=True))
        found: Plans | str
        try:
            found = Plans(self._served, operation.fragments.definitions, operation.node, flags, self._in_sql)
        except Uncompilable as reason:
            found = str(reason)
        else:
            own = len(operation.text) // _CHARACTERS
            self._known[id(memory), said] = memory, found, own
            found.among = self._weight
            self._weight.total += found.weight + own
        memory.plans[said] = found
        self._forget()
        return found

    def _forget(self) -> None:
        while self._weight.total > self._most and len(self._known) > 1:
            self._drop(next(iter(self._known)))

    def _drop(self, key: _Key) -> None:
        memory, plans, own = self._known.pop(key)
        del memory.plans[key[1]]
        plans.among = None
        self._weight.total -= plans.weight + own


def _said(flags: tuple[str, ...], variables: VariableValues) -> tuple[Any, ...]:
    return tuple([variables.coerced.get(name) for name in flags])


async def run(
    plans: Plans, operation: Operation, variables: VariableValues, context: Any, root: Any = None
) -> ExecutionResult:
    """Execute an operation by its plans. Raises Uncompilable where what it met is left to graphql-core."""
    execution = Run(plans, context, variables, operation.fragments.definitions, root)
    data, errors = await executed(execution)
    return ExecutionResult(data, errors or None)
