"""Loaders: every look-up of one kind within an operation becomes one statement."""

from abc import abstractmethod
from asyncio import Future
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import starmap
from typing import Any, ClassVar, Generic, TypeVar, cast

from aiodataloader import DataLoader

from db.documents import Found, Unsayable, part_of, symbols_of
from db.paging import Children, Order, page_per_parent
from db.session import Session
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.paging import Page, PageArgs, page_of

K = TypeVar("K")
R = TypeVar("R")


class Loader(DataLoader[K, R], Generic[K, R]):
    """One batched read. Subclass it beside the fields it serves; ``context.loader(…)`` makes it."""

    keys_are_text: ClassVar[bool] = False
    """Whether the last part of a global id is a key as it stands; else it is a number."""
    in_sql: ClassVar[bool] = False
    """Whether what it finds can be said within another statement, by `found` or `page_found`."""
    fails_without: ClassVar[bool] = False
    """Whether a key without a row leads to something else than None."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def load(self, key: K) -> Future[R]:
        """What the key leads to. Whoever stops waiting, as the siblings of a refused field do, stops alone."""
        known = self._cache.get(key)
        if known is None:
            return super().load(key)
        if known.done():
            return self.clear(key).load(key) if known.cancelled() else known
        # A future that is waited for in two places would be cancelled in both.
        own: Future[R] = self.loop.create_future()
        known.add_done_callback(partial(self._hand_on, key, own))
        return own

    async def load_all(self, keys: Sequence[K]) -> list[Any]:
        """What each key leads to, in order; in place of what failed, its exception. For an executor that asks for all
        parents of a level at once, and cancels none of them alone.
        """
        futures = [self.load(key) if key in self._cache else super(Loader, self).load(key) for key in keys]
        for future in futures:
            if not future.done():
                with suppress(Exception):  # told below, in its place
                    await future
        return [future.exception() or future.result() for future in futures]

    def _hand_on(self, key: K, own: Future[R], known: Future[R]) -> None:
        if own.done():
            return
        if known.cancelled():
            self.load(key).add_done_callback(partial(self._hand_on, key, own))
        elif failure := known.exception():
            own.set_exception(failure)
        else:
            own.set_result(known.result())

    async def batch_load_fn(self, keys: list[K]) -> list[R]:
        """Called by aiodataloader with every key asked for since the event loop last turned."""
        self.context.observe(type(self).__name__, len(keys))
        return await self.answer(keys)

    async def answer(self, keys: Sequence[K]) -> list[R]:
        """The answers in the order of the keys, on a connection of its own.

        A loader that asks others does so here, before it has one: there are only so many, and whoever held one while
        waiting for another could wait forever.
        """
        async with self.context.read() as session:
            return await self.fetch(session, keys)

    @abstractmethod
    async def fetch(self, session: Session, keys: Sequence[K]) -> list[R]:
        """The answers in the order of the keys; None, or an empty list, for a miss."""

    def found(self, key: Any) -> Found:
        """The same in SQL: the row for a key, which is a column of an enclosing statement or a mark for keys, and what
        it comes to. Raises Unsayable.
        """
        raise Unsayable


class RowLoader(Loader[K, R], Generic[K, R]):
    """What one row says, for each key."""

    in_sql = True
    made: ClassVar[Callable[..., tuple[Any, Any]]]
    """Makes of what the statement selects the key, and what it leads to. It only puts values into their places, since
    it is also given columns for values and row classes for rows.
    """

    @abstractmethod
    def statement(self, keys: Any) -> Any:
        """The statement that finds the rows of keys."""

    def missing(self, _key: K) -> Any:
        """What a key without a row leads to, or the exception that it fails with."""
        return None

    async def fetch(self, session: Session, keys: Sequence[K]) -> list[R]:
        found = dict(starmap(self.made, await session.tuples(self.statement(keys))))
        return [found[key] if key in found else self.missing(key) for key in keys]

    def found(self, key: Any) -> Found:
        statement = self.statement(key)
        return Found(statement, self.made(*symbols_of(statement))[1])


class PageLoader(Loader[tuple[int, PageArgs], Page[R]], Generic[R]):
    """A page for each parent; parents that ask for the same part share a statement."""

    in_sql = True
    orders: ClassVar[Mapping[str, Order]]
    """How the rows can be sorted; the first is the default."""

    @abstractmethod
    def children(self) -> Children:
        """Which rows, and how they hang on their parents."""

    def order(self, args: PageArgs) -> Order:
        """The order that the arguments ask for."""
        return self.orders[args.sort or next(iter(self.orders))]

    def shown(self, row: Any) -> R:
        """What stands in the page for a row; the row itself unless a loader says otherwise."""
        return cast(R, row)

    def page_found(self, key: Any, args: PageArgs, size: Any) -> Found:
        """The first rows of a page in SQL; ``size`` is a mark for how many. Raises Unsayable for any other page."""
        if args.after is not None or args.before is not None or args.first is None:
            raise Unsayable
        children = self.children()
        return Found(part_of(children, key, args.turned(self.order(args)), size), self.shown(children.row))

    async def fetch(self, session: Session, keys: Sequence[tuple[int, PageArgs]]) -> list[Page[R]]:
        return await self.pages(session, keys, self.children())

    async def pages(self, session: Session, keys: Sequence[tuple[int, PageArgs]], children: Children) -> list[Page[R]]:
        """A page of these rows for each key, one statement for all that ask for the same part.

        What asks for no part that there can be has its ClientError for an answer, and the others have theirs.
        """
        groups: dict[PageArgs, list[int]] = defaultdict(list)
        for parent, args in keys:
            groups[args].append(parent)
        found: dict[tuple[int, PageArgs], Any] = {}
        for args, parents in groups.items():
            order = args.turned(self.order(args))
            try:
                window = args.window(order)
            except ClientError as refused:
                found.update({(parent, args): refused for parent in parents})
                continue
            rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            statement = page_per_parent(children, list(dict.fromkeys(parents)), order, window)
            for parent, row, *values in await session.tuples(statement):
                rows[parent].append((self.shown(row), *values))
            for parent in parents:
                found[parent, args] = page_of(rows[parent], order, window)
        return [found[key] for key in keys]


def picked(found: Mapping[K, R], keys: Sequence[K]) -> list[R | None]:
    """What was found, in the order of the keys; None for a miss."""
    return [found.get(key) for key in keys]


def grouped(pairs: Iterable[tuple[K, R]], keys: Sequence[K]) -> list[list[R]]:
    """The second halves of pairs, gathered by their first halves in the order of the keys."""
    found: dict[K, list[R]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return [found[key] for key in keys]
