"""What statements read and change, as tags: an answer is out of date once somebody changed what it was built from.

Tags are read off the statements themselves, so that nobody has to name them. A read of a whole table has the tag
``products``; one that is confined to keys has ``variants/product_id/7`` for each and ``variants/product_id/*``. A
change has the table's tag and, by each of its keys, those it is confined to, or the star. Where both have a tag in
common, the read has to be repeated. What cannot be told is taken to be the whole table.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Column,
    Integer,
    Select,
    Table,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlmodel.sql.expression import SelectOfScalar

from db.base import Row, table_of
from db.forms import Given
from db.keys import among, keys_among
from db.trees import conditions_of, conjuncts, elements_of, is_itself, is_join, sources_of

Parameters = Sequence[Mapping[str, Any]]
MOST_KEYS = 250
"""Of how many keys of a table tags are kept; of more, it is the whole table."""
MOST_TOLD = 1_000
"""How many tags a change tells; of more, only whole tables."""
PRIVATE = frozenset({"carts", "cart_lines", "events", "event_head", "imports", "inventory_movements"})
"""Tables that no shared answer is built from: what reads one is nobody else's, and a change of them is not told."""
COUNTERS = {"products": "sold_count"}
"""Columns that change often and only sort: what does not mention one does not depend on it."""
REACHED = {("inventory_levels", "variant_id"): ("variants", "product_id")}
"""Keys that lead on to those of another table, which reads are confined to instead."""

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_WORD = re.compile(r"(?<![.\w])[a-z_]+(?![.\w])")
_CHANGED = re.compile(
    r"\b(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?\"?(\w+)", re.I
)


@dataclass(frozen=True, slots=True)
class _Part:
    """A table that a statement reads or changes: all of it, or the keys of ``column`` that the parameter has."""

    table: str
    column: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class _Effect:
    """A change of a table: by each key column the parameter that has its values, None for any."""

    table: str
    keys: Mapping[str, str | None]
    counter_alone: bool = False


@dataclass(frozen=True, slots=True)
class _Nature:
    reads: tuple[_Part, ...]
    counters: tuple[str, ...]
    effects: tuple[_Effect, ...]
    tables: frozenset[str]
    """Those that it reads."""


_KNOWN: WeakKeyDictionary[Any, _Nature] = WeakKeyDictionary()


@dataclass(slots=True)
class Footprint:
    """What the statements of one operation have read, or those of one transaction changed."""

    is_tagged: bool = True
    """Whether anybody will ask for the tags of what is read. If not, only its tables are noted."""
    tables: set[str] = field(default_factory=set)
    _tags: set[str] = field(default_factory=set)
    _keys: dict[str, set[Any]] = field(default_factory=dict)
    """Keys of what was read, by what stands before them in a tag: most answers are kept by nobody, and need no tags."""

    @property
    def tags(self) -> set[str]:
        """All of it as tags."""
        for prefix, keys in self._keys.items():
            self._tags.update([f"{prefix}{key}" for key in keys])
        self._keys.clear()
        return self._tags

    @property
    def is_private(self) -> bool:
        """Whether anything was read that is nobody else's."""
        return not self.tables.isdisjoint(PRIVATE)

    def read(self, compiled: Any, bound: Callable[[], Parameters]) -> None:
        """Note what a compiled statement read; ``bound`` tells with which parameters, where that matters."""
        nature = _nature(compiled)
        self.tables.update(nature.tables)
        if not self.is_tagged:
            return
        parameters = bound() if any(part.column is not None for part in nature.reads) else ()
        self._tags.update(nature.counters)
        for part in nature.reads:
            self._note(part.table, part.column, _values(parameters, part.parameter))

    def read_at(self, reads: "Reads", keys: Iterable[Any]) -> None:
        """Note what such a statement reads for these keys."""
        confined = self._confined(reads)
        known = _few(set(keys)) if confined else None
        for table, column, _ in confined:
            self._note(table, column, known)

    def read_with(self, reads: "Reads", values: Mapping[str, Any]) -> None:
        """Note what such a statement reads with these values in the places of its marks."""
        for table, column, mark in self._confined(reads):
            self._note(table, column, _few(_keys_in(mark.of(values))))

    def _confined(self, reads: "Reads") -> Sequence[tuple[str, str, Given]]:
        """Note what is read whatever the keys are; answers what is left to be noted for them."""
        self.tables.update(reads.tables)
        if not self.is_tagged:
            return ()
        self._tags.update(reads.whole)
        return reads.confined

    def _note(self, table: str, column: str | None, keys: set[Any] | None) -> None:
        if column is None or keys is None:
            self._tags.add(table)
        else:
            prefix = f"{table}/{column}/"
            self._tags.add(prefix + "*")
            self._keys.setdefault(prefix, set()).update(keys)

    def change(self, compiled: Any, bound: Callable[[], Parameters]) -> None:
        """Note what a compiled statement changed; ``bound`` tells with which parameters, where that matters."""
        effects = [effect for effect in _nature(compiled).effects if effect.table not in PRIVATE]
        parameters = bound() if effects else ()
        for effect in effects:
            self.tables.add(effect.table)
            if effect.table in COUNTERS:
                self._tags.add(_counter(effect.table))
            if effect.counter_alone:
                continue
            self._tags.add(effect.table)
            for column, parameter in effect.keys.items():
                keys = _values(parameters, parameter)
                self._tags.update(f"{effect.table}/{column}/{key}" for key in (("*",) if keys is None else keys))

    def reached(self) -> dict[tuple[str, str], list[int]]:
        """Keys of changed rows that lead on to another table's; by that table and the key there."""
        found = {}
        for (table, column), target in REACHED.items():
            prefix = f"{table}/{column}/"
            keys = [tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)]
            if "*" in keys:
                self.tags.add(f"{table}/{target[1]}/*")
            elif keys:
                found[target] = [int(key) for key in keys]
        return found

    def reach(self, target: tuple[str, str], keys: Iterable[int]) -> None:
        """Note what those keys led on to."""
        for (table, _), found in REACHED.items():
            if found == target:
                self.tags.update(f"{table}/{target[1]}/{key}" for key in keys)

    def told(self) -> list[str]:
        """The tags of a change as they are told to others; of very many, those of whole tables."""
        if len(self.tags) <= MOST_TOLD:
            return sorted(self.tags)
        whole = {name for name in self.tables if name in self.tags}
        stars = {f"{name}/{key}/*" for name in whole for key in tag_keys(name)}
        return sorted(whole | stars | {tag for tag in self.tags if "/" not in tag})


@dataclass(frozen=True, slots=True)
class Reads:
    """What a statement reads whatever it is asked for, and the tables of which it reads what the keys are asked for:
    each with the column that has them, and the mark in their place.
    """

    tables: frozenset[str]
    whole: frozenset[str]
    confined: tuple[tuple[str, str, Given], ...]

    def unconfined(self) -> "Reads":
        """The same where it is not known which keys are asked for."""
        return Reads(self.tables, self.whole | {table for table, *_ in self.confined}, ())


def reads_of(statement: Any) -> Reads:
    """What a statement reads that was built with a mark for its keys, as `among` has it."""
    compiled = statement.compile(dialect=_DIALECT)
    marks = {name: bind.value for bind, name in compiled.bind_names.items() if isinstance(bind.value, Given)}
    nature = _Reader(compiled).nature()
    whole, confined = set(nature.counters), []
    for part in nature.reads:
        if part.column is not None and part.parameter in marks:
            confined.append((part.table, part.column, marks[part.parameter]))
        else:
            whole.add(part.table)
    return Reads(nature.tables, frozenset(whole), tuple(confined))


def reached_by(target: tuple[str, str], keys: Sequence[int]) -> SelectOfScalar[int]:
    """What the keys of changed rows lead on to."""
    table = _tables()[target[0]]
    return cast(SelectOfScalar[int], select(table.c[target[1]]).where(among(table.c.id, keys)).distinct())


def _values(parameters: Parameters, name: str | None) -> set[Any] | None:
    """The keys that a parameter has in all executions; None where they are not known, or too many."""
    found: set[Any] = set()
    for one in parameters:
        value = one.get(name) if name is not None else None
        if value is None or len(found) > MOST_KEYS:
            return None
        found |= _keys_in(value)
    return _few(found) if parameters else None


def _keys_in(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list) else {value}


def _few(keys: set[Any]) -> set[Any] | None:
    return keys if len(keys) <= MOST_KEYS else None


def _nature(compiled: Any) -> _Nature:
    known = _KNOWN.get(compiled)
    if known is None:
        known = _KNOWN[compiled] = _Reader(compiled).nature()
    return known


class _Reader:
    """Reads one compiled statement: its text says which tables there are, its tree what they are confined to."""

    def __init__(self, compiled: Any) -> None:
        self.text: str = compiled.string
        self.statement = compiled.statement
        self.column_keys: Sequence[str] = compiled.column_keys or ()
        self.names = {bind.key: name for bind, name in compiled.bind_names.items()}
        self.elements = elements_of(self.statement)
        self.sources = [(one, times, sources_of(one)) for one, times in self.elements if isinstance(one, Select)]

    def nature(self) -> _Nature:
        effects = tuple(self._effects())
        targets = {effect.table for effect in effects}
        mentioned = [word for word in _WORD.findall(self.text) if word in _tables()]
        names = [name for name in dict.fromkeys(mentioned) if name not in targets]
        counters = tuple(_counter(name) for name in names if name in COUNTERS and self._counts(name))
        confined = {name: self._confined(name, mentioned.count(name)) for name in names}
        reads = tuple(confined[name] or self._led(name, mentioned.count(name), confined) for name in names)
        return _Nature(reads, counters, effects, frozenset(names))

    def _counts(self, table: str) -> bool:
        """Whether the counter is mentioned beside being one of a row's columns."""
        return not isinstance(self.statement, Select) or any(
            isinstance(one, Column) and one.name == COUNTERS[table] and getattr(one.table, "name", None) == table
            for one, _ in self.elements
        )

    def _own(self, table: str, mentions: int) -> list[Any] | None:
        """The selections that have a table among their own sources; None if those are not all of its mentions."""
        own = [(query, times) for query, times, sources in self.sources if table in sources]
        return [query for query, _ in own] if sum(times for _, times in own) == mentions else None

    def _confined(self, table: str, mentions: int) -> _Part | None:
        """The part where every mention of the table is confined to the same keys, or to rows that are."""
        parts = set()
        for query in self._own(table, mentions) or ():
            conditions = list(conditions_of(query))
            if not any(is_itself(one, table) for one in conditions):
                parts.add(next((part for one in conditions if (part := self._keys(one, table))), None))
        return parts.pop() if len(parts) == 1 else None

    def _led(self, table: str, mentions: int, confined: Mapping[str, _Part | None]) -> _Part:
        """The part where the table hangs on one whose keys its own lead to, and that is confined; else all of it."""
        for (name, column), (target, key) in REACHED.items():
            part = confined.get(target)
            if name != table or part is None or part.column != key:
                continue
            own = self._own(table, mentions)
            if own is not None and all(
                any(is_join(one, (table, column), (target, "id")) for one in conditions_of(query)) for query in own
            ):
                return _Part(table, key, part.parameter)
        return _Part(table)

    def _keys(self, condition: Any, table: str) -> _Part | None:
        pair = keys_among(condition)
        if pair is None and isinstance(condition, BinaryExpression) and condition.operator is operators.eq:
            pair = (condition.left, condition.right)
        if pair is None or not isinstance(pair[1], BindParameter) or not isinstance(pair[0], Column):
            return None
        column, bind = pair
        if getattr(column.table, "name", None) != table or column.name not in _keys_of(table):
            return None
        return _Part(table, column.name, self.names.get(bind.key)) if bind.key in self.names else None

    def _effects(self) -> Iterable[_Effect]:
        statement = self.statement
        changed = [(verb.upper(), name) for verb, name in _CHANGED.findall(self.text) if name in _tables()]
        plain = isinstance(statement, Insert | Update | Delete) and len(changed) == 1
        for verb, name in changed:
            own = self._changed_keys(name) if plain else dict.fromkeys(_keys_of(name))
            alone = plain and isinstance(statement, Update) and self._set() == {COUNTERS.get(name)}
            yield _Effect(name, own, counter_alone=alone)
            if verb.startswith(("DELETE", "TRUNCATE")):
                for follower in _followers(name):
                    yield _Effect(follower, dict.fromkeys(_keys_of(follower)))

    def _changed_keys(self, table: str) -> dict[str, str | None]:
        statement = self.statement
        if isinstance(statement, Insert):
            replaced = statement._post_values_clause is not None or statement.select is not None
            names = set(self.names.values())
            return {key: key if key in names and not replaced else None for key in _keys_of(table)}
        found: dict[str, str | None] = dict.fromkeys(_keys_of(table))
        for condition in conjuncts(statement._where_criteria):
            part = self._keys(condition, table)
            if part is not None and part.column is not None:
                found[part.column] = part.parameter
        if isinstance(statement, Update):
            found |= dict.fromkeys(self._set() & found.keys())
        return found

    def _set(self) -> set[Any]:
        """The columns that an update may set; where they are named by its parameters, all of these."""
        return {getattr(column, "name", column) for column in self.statement._values or ()} | set(self.column_keys)


def _counter(table: str) -> str:
    return f"{table}.{COUNTERS[table]}"


def _tables() -> Mapping[str, Table]:
    return Row.metadata.tables


@cache
def tag_keys(table: str) -> tuple[str, ...]:
    """By what rows of a table are told apart in tags: whole numbers that are a key or a foreign key, or reached."""
    reached = tuple(key for (name, _), (_, key) in REACHED.items() if name == table)
    return _keys_of(table) + reached


@cache
def _keys_of(table: str) -> tuple[str, ...]:
    columns = _tables()[table].columns
    return tuple(c.name for c in columns if (c.primary_key or c.foreign_keys) and isinstance(c.type, Integer))


def _followers(table: str) -> frozenset[str]:
    """Tables whose rows change or go when one of a table goes: by foreign keys, and translations with their owners."""
    found: set[str] = set()
    pending = [table]
    while pending:
        gone = pending.pop()
        after = {
            name for name, one in _tables().items() if any(key.column.table.name == gone for key in one.foreign_keys)
        }
        if gone in _worded():
            after.add("translations")
        pending.extend(after - found)
        found |= after
    return frozenset(found - {table})


def _worded() -> frozenset[str]:
    pending, found = list(Row.__subclasses__()), set()
    while pending:
        row = pending.pop()
        pending.extend(row.__subclasses__())
        if row.wording is not None:
            found.add(table_of(row).name)
    return frozenset(found)
