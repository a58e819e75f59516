"""What the rows of a driver become: a function for each shape, which builds light rows and nothing in between.

Nothing of a request ever stands in its text: that is made of numbers, and of the columns that row classes declare.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

from db.base import Row, light, table_of

Values: TypeAlias = Any
"""A row as a driver has it: its values in order."""
Shape: TypeAlias = tuple[type[Row] | None, ...]
"""For each thing selected its row class; None for a plain column."""
Process: TypeAlias = Callable[[Any], Any]
"""Makes a value of Python of the driver's."""
Reader: TypeAlias = Callable[[Sequence[Values], Sequence[Process]], list[Any]]
"""Makes what is read of a driver's rows; calls the processors on the columns that it was written for, in order."""


@lru_cache(maxsize=1024)
def reader(shape: Shape, processed: tuple[int, ...], *, alone: bool) -> Reader:
    """Reads tuples of light rows and plain values, None for a row that an outer join did not find. ``alone``, the
    light rows of one row class by themselves. ``processed`` are the columns that need a processor, from left to right.
    """
    namespace: dict[str, Any] = {f"k{place}": light(row) for place, row in enumerate(shape) if row is not None}
    namespace["new"] = object.__new__
    exec("\n".join(_lines(shape, processed, alone)), namespace)  # noqa: S102 - column names are our own source
    return cast(Reader, namespace["read"])


def _lines(shape: Shape, processed: tuple[int, ...], alone: bool) -> Iterator[str]:
    things = [f"o{place}" for place in range(len(shape))]
    targets = {
        thing: [thing] if row is None else [f"{thing}.{column.name}" for column in table_of(row).columns]
        for thing, row in zip(things, shape, strict=True)
    }
    every = [target for found in targets.values() for target in found]
    called = {every[place]: f"p{number}" for number, place in enumerate(processed)}
    yield "def read(rows, processors):"
    if called:
        yield f"    {', '.join(called.values())}, = processors"
    yield "    made = []"
    yield "    for row in rows:"
    for place, row in enumerate(shape):
        if row is not None:
            yield f"        {things[place]} = new(k{place})"
    yield f"        {', '.join(every)}, = row"
    for thing, row in zip(things, shape, strict=True):
        yield from (f"        {target} = {called[target]}({target})" for target in targets[thing] if target in called)
        if row is not None and not alone:
            key = next(iter(table_of(row).primary_key.columns))
            yield f"        if {thing}.{key.name} is None: {thing} = None"
    yield f"        made.append({things[0] if alone else '(' + ', '.join(things) + ',)'})"
    yield "    return made"
