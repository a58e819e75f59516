"""Core statements as the drivers take them, each form compiled once: the text, its parameters, and what rows become.

SQLAlchemy runs a statement through a connection, a context and a result of its own, which takes longer than the driver
does. Here it only writes the text and knows its types. What of its private parts that needs is used in this module
alone: the cache key with the values it extracts, and of the compiler the order and the processors of parameters, their
late rendering, and the columns of the result.
"""

import re
from collections.abc import Callable, Container, Sequence
from typing import Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Dialect, Executable, Integer
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from db.forms import Asked, Form
from db.shapes import Process, Reader, Shape, Values, reader

FORMS = 500
"""How many forms of statements are kept; the app has about two hundred."""

_NOTHING: tuple[Any, ...] = ()
_NUMBER = 604_730_192_855_371_000
"""Stands for a number that is written into a text, and the next ones for others; no statement has it."""


class _Extracted(NamedTuple):
    """A parameter's value, under both names by which SQLAlchemy reads it."""

    value: Any
    effective_value: Any


class _Slot(NamedTuple):
    """Where a parameter's value is: among those that the statement brings, unless it is always the same."""

    place: int | None
    fixed: Any
    process: Callable[[Any], Any] | None

    def value(self, given: Sequence[Any]) -> Any:
        value = self.fixed if self.place is None else given[self.place]
        return value if self.process is None else self.process(value)


class Prepared:
    """One form of statement. It holds no values of any statement that had this form."""

    def __init__(self, compiled: SQLCompiler) -> None:
        self.is_known = False
        """Whether `know_types` was called."""
        self.spared = 0
        """How often it is still to be kept off the event loop, for whoever would carry it out there."""
        self._compiled: SQLCompiler | None = compiled
        self._dialect = compiled.dialect
        self._types = [column.type for column in cast(Any, compiled)._result_columns]
        self._shape: Shape | None = None
        self._named: dict[str, _Slot] = {}
        self._processed: tuple[int, ...] = ()
        self._processors: list[Process] = []
        self._readers: dict[bool, Reader] = {}
        late = compiled.literal_execute_params | compiled.post_compile_params
        self._places: dict[int, int] = {}
        if compiled.cache_key is not None:
            clones = cast(Any, compiled)._cache_key_bind_match[0]
            for place, original in enumerate(compiled.cache_key[1]):
                self._places |= {id(bind): place for bind in clones[original]}
        # What is written into the text, the digits of a number, has a value that whoever asks brings.
        self._is_plain = all(
            bind.literal_execute and not bind.expanding and isinstance(bind.type, Integer) and id(bind) in self._places
            for bind in late
        )
        self._written = [self._slot(bind, None) for bind in late] if self._is_plain else []
        self._pieces: list[str | int] = []
        """Of the text, and which of the numbers that are written into it stand between them."""
        self._last: tuple[list[str], str] | None = None
        """The numbers that were written last, and the text: its hash, which takes as long as all else, stays known."""
        self._parameters: list[Any] = []
        self._varying: list[tuple[int, int, Callable[[Any], Any] | None]] = []
        """Which of the parameters differ from statement to statement: where they are among those, and among the values
        that the statement brings, and what is made of such a value.
        """

    @property
    def compiled(self) -> SQLCompiler:
        """What SQLAlchemy made of the form."""
        assert self._compiled is not None
        return self._compiled

    def forget_compiled(self) -> None:
        """Keep only what is needed to ask, as has been done before, and to read what is answered as plain values.

        Nothing is forgotten of a statement with lists that are written out.
        """
        if self._is_plain:
            self._compiled = None
            self._places = {}

    def named(self, statement: Executable | Asked[Any]) -> dict[str, Any]:
        """The values of a statement of this form by the names of their parameters, as they were given."""
        if isinstance(statement, Asked):
            if not self._named:
                self._named = {name: self._slot(bind, None) for bind, name in self.compiled.bind_names.items()}
            given = statement.form.given(statement.values)
            return {name: slot.value(given) for name, slot in self._named.items()}
        found = cast(Any, statement)._generate_cache_key()
        extracted = found[1] if found is not None else None
        return dict(self.compiled.construct_params(extracted_parameters=extracted, escape_names=False))

    def _slot(self, bind: BindParameter[Any], process: Callable[[Any], Any] | None) -> _Slot:
        return _Slot(self._places.get(id(bind)), bind.effective_value, process)

    def bind(
        self, given: Sequence[Any] | None, named: Any = None, places: Container[int] | None = None
    ) -> tuple[str, list[Any]]:
        """The text and the parameters, in order, for values in the order of a statement's cache key. Those in other
        ``places`` are always the same; without any, each may differ.
        """
        if not self._is_plain or given is None or named:
            return self._bound_by_sqlalchemy(given, named)
        if not self._pieces:
            self._write(given, places)
        numbers = [str(int(slot.value(given))) for slot in self._written]
        last = self._last
        if last is None or last[0] != numbers:
            text = "".join([one if isinstance(one, str) else numbers[one] for one in self._pieces])
            last = self._last = numbers, text
        parameters = self._parameters.copy()
        for number, place, process in self._varying:
            value = given[place]
            parameters[number] = value if process is None else process(value)
        return last[1], parameters

    def _write(self, first: Sequence[Any], places: Container[int] | None) -> None:
        given = list(first)
        marks = {str(_NUMBER + place): place for place in range(len(self._written))}
        for mark, place in marks.items():
            given[cast(int, self._written[place].place)] = int(mark)
        text, names, processors, _ = self._rendered(given, None)
        pieces = re.split(f"({'|'.join(marks)})", text) if marks else [text]
        self._pieces = [marks.get(one, one) for one in pieces]
        binds = {name: bind for bind, name in self.compiled.bind_names.items()}
        slots = [self._slot(binds[name], processors.get(name)) for name in names]
        self._parameters = [slot.value(first) for slot in slots]
        self._varying = [
            (number, slot.place, slot.process)
            for number, slot in enumerate(slots)
            if slot.place is not None and (places is None or slot.place in places)
        ]

    def _bound_by_sqlalchemy(self, given: Any, named: Any) -> tuple[str, list[Any]]:
        """The same for what is not only values put into their places, such as lists that are written out."""
        text, names, processors, values = self._rendered(given, named)
        return text, [processors[name](values[name]) if name in processors else values[name] for name in names]

    def _rendered(self, given: Any, named: Any) -> tuple[str, Sequence[str], dict[str, Any], Any]:
        compiled: Any = self.compiled
        extracted = None if given is None else [_Extracted(value, value) for value in given]
        values = compiled.construct_params(extracted_parameters=extracted, escape_names=False, _collected_params=named)
        processors = dict(compiled._bind_processors)
        if not (compiled.literal_execute_params or compiled.post_compile_params):
            return compiled.string, compiled.positiontup or _NOTHING, processors, values
        late = compiled._process_parameters_for_postcompile(values)
        processors.update(late.processors)
        return late.statement, late.positiontup or _NOTHING, processors, values

    def know_types(self, kinds: Sequence[Any] | None = None) -> None:
        """``kinds``: what the driver calls the types of the result's columns, from left to right, if it knows them."""
        kinds = [None] * len(self._types) if kinds is None else kinds
        # Text that was written by hand has columns that only the driver knows.
        found = (
            [
                (place, stored._cached_result_processor(self._dialect, kind))
                for place, (stored, kind) in enumerate(zip(self._types, kinds, strict=True))
            ]
            if self._types
            else []
        )
        self._processed = tuple(place for place, process in found if process is not None)
        self._processors = [process for _, process in found if process is not None]
        self.is_known = True

    def values(self, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """Rows of the driver as tuples of Python values, one for each column."""
        if not self._processors:
            return list(map(tuple, rows))
        made = []
        for row in rows:
            values = list(row)
            for place, process in zip(self._processed, self._processors, strict=True):
                values[place] = process(values[place])
            made.append(tuple(values))
        return made

    def tuples(self, statement: Executable | Asked[Any], rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """What the driver's rows are for a statement of this form: tuples of light rows and plain values."""
        shape = self.shape(statement)
        return self._made(shape, rows, alone=False) if any(shape) else self.values(rows)

    def singles(self, statement: Executable | Asked[Any], rows: Sequence[Values]) -> list[Any]:
        """The same for a statement over one row class or one column, without the tuples around it."""
        (row,) = shape = self.shape(statement)
        return self._made(shape, rows, alone=True) if row else [value for (value,) in self.values(rows)]

    def _made(self, shape: Shape, rows: Sequence[Values], *, alone: bool) -> list[Any]:
        read = self._readers.get(alone)
        if read is None:
            read = self._readers[alone] = reader(shape, self._processed, alone=alone)
        return read(rows, self._processors)

    def shape(self, statement: Any) -> Shape:
        """What a statement of this form selects; nothing for text that was written by hand."""
        if self._shape is None:
            statement = statement.form.statement if isinstance(statement, Asked) else statement
            entries = getattr(statement, "column_descriptions", ())
            self._shape = tuple(e["expr"] if e.get("entity") is e["expr"] else None for e in entries)
        return self._shape


class Statements:
    """The forms of statements that were met last, for one kind of database."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._forms: LRUCache[Any, Prepared] = LRUCache(FORMS)
        self._asked: WeakKeyDictionary[Form[Any], Prepared] = WeakKeyDictionary()

    def prepare(self, statement: Executable | Asked[Any]) -> tuple[Prepared, str, list[Any]]:
        """The form of a statement, its text, and its parameters in order."""
        if isinstance(statement, Asked):
            form = statement.form
            given = form.given(statement.values)
            prepared = self._asked.get(form)
            if prepared is not None:
                return prepared, *prepared.bind(given, places=form.places)
            compiled = cast(Any, form.statement).compile(dialect=self._dialect, cache_key=form.cache_key)
            prepared = self._asked[form] = Prepared(compiled)
            text, parameters = prepared.bind(given, places=form.places)
            if form.once:
                prepared.forget_compiled()
                form.forget_statement()
            return prepared, text, parameters
        element: Any = statement
        found = element._generate_cache_key()
        if found is None:
            prepared = Prepared(element.compile(dialect=self._dialect))
            return prepared, *prepared.bind(None)
        key, binds, named = found
        given = [bind.effective_value for bind in binds]
        known = self._forms.get(key)
        if known is None:
            known = self._forms[key] = Prepared(element.compile(dialect=self._dialect, cache_key=found))
        return known, *known.bind(given, named)
