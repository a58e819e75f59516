"""Statements that are built once, and asked again and again with other values.

To build a statement and to tell that it has been met before takes SQLAlchemy longer than the database takes to answer
most of them. So what is asked in every second is built with marks in the places of its values; who asks brings only
those.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, cast

from sqlalchemy import ClauseElement, Executable
from sqlalchemy.util import LRUCache

P = ParamSpec("P")
S = TypeVar("S", bound=Executable)

MOST = 300
"""How many forms are remembered."""


class Given:
    """Stands in a statement for a value that whoever asks it brings, or for what ``made`` makes of that."""

    __slots__ = ("made", "name")

    def __init__(self, name: str, made: Callable[[Any], Any] | None = None) -> None:
        self.name = name
        self.made = made

    def __add__(self, more: int) -> "Given":
        return Given(self.name, lambda value: value + more)

    def listed(self) -> "Given":
        """Its value as a list."""
        return Given(self.name, list)

    def of(self, values: Mapping[str, Any]) -> Any:
        """What it stands for among these values."""
        value = values[self.name]
        return value if self.made is None else self.made(value)


class Form(Generic[S]):
    """A statement that was built with marks, and which of its parameters they are.

    ``once`` says that only one database will be asked by it, for which it is written once and then forgotten. Parts of
    a statement hold each other, parameters hold themselves, and old garbage is seldom looked for.
    """

    def __init__(self, statement: S, *, once: bool = False) -> None:
        self.statement = statement
        self.once = once
        self.cache_key: Any = cast(Any, statement)._generate_cache_key()
        self._parameters = [bind.effective_value for bind in self.cache_key[1]]
        self._marks = [
            (place, one.name, one.made) for place, one in enumerate(self._parameters) if isinstance(one, Given)
        ]
        self.places = frozenset(place for place, *_ in self._marks)
        """Of the parameters that differ from statement to statement."""

    def forget_statement(self) -> None:
        """Keep only its parameters' values."""
        del self.statement, self.cache_key

    def given(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters' values, in the order in which SQLAlchemy extracts them."""
        found = self._parameters.copy()
        for place, name, made in self._marks:
            value = values[name]
            found[place] = value if made is None else made(value)
        return found


class Asked(NamedTuple, Generic[S]):
    """A statement of a form, and its values by name."""

    form: Form[S]
    values: Mapping[str, Any]


_MARKS = (Given, ClauseElement)
"""What is given in the place of a value where a statement is built: a mark, or a part of the enclosing statement."""
_FORMS: LRUCache[Any, Form[Any]] = LRUCache(MOST)


def asked(shape: Hashable, build: Callable[[], S], values: Mapping[str, Any]) -> Asked[S]:
    """A statement that ``build`` makes with marks for these values, unless one of that ``shape`` was made before."""
    form = _FORMS.get(shape)
    if form is None:
        form = _FORMS[shape] = Form(build())
    return Asked(form, values)


def formed(build: Callable[P, S]) -> Callable[P, Asked[S]]:
    """Has a function called with marks for its arguments, once for each combination of those that are None.

    It must do nothing with them but put them into the statement. Who calls it with marks gets the statement itself, as
    a part of another one.
    """
    names = list(signature(build).parameters)
    forms: dict[tuple[str, ...], Form[S]] = {}

    @wraps(build)
    def ask(*args: P.args, **named: P.kwargs) -> Asked[S]:
        values = dict(zip(names, args, strict=False)) | named
        if [value for value in values.values() if isinstance(value, _MARKS)]:
            return cast(Asked[S], build(*args, **named))
        missing = tuple([name for name, value in values.items() if value is None])
        form = forms.get(missing)
        if form is None:
            marks: Any = {name: None if name in missing else Given(name) for name in names}
            form = forms[missing] = Form(cast(Callable[..., S], build)(**marks))
        return Asked(form, values)

    return ask
