"""Loaders: every look-up of one kind within an operation becomes one statement."""

from abc import abstractmethod
from asyncio import Future, get_event_loop
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import starmap
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

from aiodataloader import DataLoader, dispatch_queue
from aiodataloader import Loader as Asked

from db.documents import Found, Unsayable, first_children, symbols_of
from db.paging import Children, Order, page_per_parent
from db.session import Session
from resolvers.context import Context, RowSource
from resolvers.errors import ClientError
from resolvers.paging import Page, PageArgs, page_of

K = TypeVar("K")
R = TypeVar("R")


class _Batch:
    """Keys that are asked for at once, and stand for one."""

    __slots__ = ("keys",)

    def __init__(self, keys: list[Any]) -> None:
        self.keys = keys


class _Answers(dict[Any, Any]):
    """What the keys of a batch lead to, and those that were asked for with it."""


class Loader(DataLoader[K, R], Generic[K, R]):
    """One batched read. Subclass it beside the fields it serves; ``context.loader(…)`` makes it."""

    keys_are_text: ClassVar[bool] = False
    """Whether the last part of a global id is a key as it stands; else it is a number."""
    in_sql: ClassVar[bool] = False
    """Whether what it finds can be said within another statement, by `found` or `page_found`."""
    is_joined: ClassVar[bool] = False
    """Whether it is only joined there: its statement selects at most one row for a key, beginning with that."""
    fails_without: ClassVar[bool] = False
    """Whether a key without a row leads to something else than None."""

    def __init__(self, context: Context) -> None:
        # What aiodataloader does itself, but for the questions that it asks of each loader's functions anew.
        self.loop = get_event_loop()
        self._cache = {}
        self._queue = []
        self.context = context
        self._batches: dict[K, _Batch] = {}

    def get_cache_key(self, key: K) -> K:
        """Called by aiodataloader: what a key is remembered by, which is itself."""
        return key

    def load(self, key: K) -> Future[R]:
        """What the key leads to. Whoever stops waiting, as the siblings of a refused field do, stops alone."""
        known = self._cache.get(key)
        if known is None:
            known = self._cache.get(cast(Any, self._batches.get(key)))
            if known is None:
                return super().load(key)
        elif known.done() and not known.cancelled():
            return known
        if known.cancelled():
            return self.clear(key).load(key)
        # A future that is waited for in two places would be cancelled in both.
        own: Future[R] = self.loop.create_future()
        if known.done():
            self._hand_on(key, own, known)
        else:
            known.add_done_callback(partial(self._hand_on, key, own))
        return own

    def do_resolve_reject(self, key: K, future: Future[R]) -> None:
        """Called by aiodataloader to have a key loaded: in the second turn of the event loop from now on, as it does
        itself, which takes a task for each turn.
        """
        self._queue.append(Asked(key=key, future=future))
        if len(self._queue) == 1:
            self.loop.call_soon(self.loop.call_soon, dispatch_queue, self)

    def knows(self, keys: Iterable[K]) -> bool:
        """Whether all of these have been asked for already."""
        return all(key in self._cache for key in keys)

    async def load_all(self, keys: Sequence[K]) -> list[Any]:
        """What each key leads to, in order; in place of what failed, its exception. For an executor that asks for all
        parents of a level at once, and cancels none of them alone.

        What nobody asked for before has one future for all of it, where `load` would make one for each.
        """
        if self.knows(keys):
            # As below, for what was primed, at a third of its cost.
            known = [self._cache[key] for key in keys]
            if all(future.done() and not future.cancelled() for future in known):
                return [future.exception() or future.result() for future in known]
        futures: dict[Any, Future[Any]] = {}
        new: list[K] = []
        for key in dict.fromkeys(keys):
            batch: Any = self._batches.get(key)
            if key in self._cache:
                futures[key] = self.load(key)
            elif batch not in self._cache:
                new.append(key)
            elif batch not in futures:
                futures[batch] = self.load(batch)
        if new:
            batch = _Batch(new)
            self._batches.update(dict.fromkeys(new, batch))
            futures[batch] = super().load(batch)
        answers: dict[K, Any] = {}
        for asked, future in futures.items():
            if not future.done():
                with suppress(Exception):  # told below, in its place
                    await future
            came: Any = future.exception() or future.result()
            if not isinstance(asked, _Batch):
                answers[asked] = came
            else:
                answers.update(came if isinstance(came, _Answers) else dict.fromkeys(asked.keys, came))
        return [answers[key] for key in keys]

    def clear(self, key: K) -> Self:
        """Forget what the key leads to."""
        self._batches.pop(key, None)
        return super().clear(key)

    def _hand_on(self, key: K, own: Future[R], known: Future[Any]) -> None:
        if own.done():
            return
        if known.cancelled():
            self.load(key).add_done_callback(partial(self._hand_on, key, own))
            return
        came: Any = known.exception() or known.result()
        if isinstance(came, _Answers) and not isinstance(key, _Batch):
            came = came[key]
        if isinstance(came, Exception):
            own.set_exception(came)
        else:
            own.set_result(came)

    async def batch_load_fn(self, keys: list[K]) -> list[R]:
        """Called by aiodataloader with everything asked for since the event loop last turned."""
        every: list[K] = []
        for key in keys:
            if isinstance(key, _Batch):
                every += key.keys
            else:
                every.append(key)
        self.context.observe(type(self).__name__, len(every))
        found = await self.answer(every)
        if not any(isinstance(key, _Batch) for key in keys):
            return found
        if len(found) != len(every):
            raise TypeError(f"{type(self).__name__} answered {len(found)} of {len(every)} keys.")
        answers: Any = _Answers(zip(every, found, strict=True))
        return [answers if isinstance(key, _Batch) else answers[key] for key in keys]

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


class _Declared(Loader[K, R], Generic[K, R]):
    """A loader that is a statement, and what becomes of its rows."""

    in_sql = True
    made: ClassVar[Callable[..., tuple[Any, Any]]]
    """Makes of what the statement selects the key, and what it leads to. It only puts values into their places, since
    it is also given columns for values and row classes for rows.
    """

    @abstractmethod
    def statement(self, keys: Any) -> Any:
        """The statement that finds the rows of keys."""

    def found(self, key: Any) -> Found:
        statement = self.statement(key)
        return Found(statement, self.made(*symbols_of(statement))[1])


class RowLoader(_Declared[K, R], Generic[K, R]):
    """What one row says, for each key."""

    def __init__(self, context: Context, source: RowSource | None = None) -> None:
        super().__init__(context)
        self.source = source
        """What its rows are the source of; see `Context.tuples`."""

    def missing(self, _key: K) -> Any:
        """What a key without a row leads to, or the exception that it fails with."""
        return None

    async def fetch(self, session: Session, keys: Sequence[K]) -> list[R]:
        rows = await self.context.tuples(session, self.statement(keys), self.source)
        found = dict(starmap(self.made, rows))
        return [found[key] if key in found else self.missing(key) for key in keys]


class RowsLoader(_Declared[K, list[R]], Generic[K, R]):
    """What several rows say, for each key, in the order of the statement."""

    async def fetch(self, session: Session, keys: Sequence[K]) -> list[list[R]]:
        return grouped(starmap(self.made, await session.tuples(self.statement(keys))), keys)


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

    def shown(self, rows: list[Any]) -> list[R]:
        """What stands in the page for its rows; the rows themselves unless a loader says otherwise."""
        return rows

    def page_found(self, key: Any, args: PageArgs, size: Any) -> Found:
        """The first rows of a page in SQL; ``size`` is a mark for how many. Raises Unsayable for any other page."""
        if args.after is not None or args.before is not None or args.first is None:
            raise Unsayable
        children = self.children()
        return Found(first_children(children, key, args.turned(self.order(args)), size), self.shown([children.row])[0])

    async def fetch(self, session: Session, keys: Sequence[tuple[int, PageArgs]]) -> list[Page[R]]:
        return await self.pages(session, keys, self.children())

    async def pages(self, session: Session, keys: Sequence[tuple[int, PageArgs]], children: Children) -> list[Page[R]]:
        """A page of these rows for each key, one statement for all that ask for the same part.

        What asks for no part that there can be has its ClientError for an answer, and the others have theirs.
        """
        groups: dict[PageArgs, list[int]] = defaultdict(list)
        for parent, args in keys:
            groups[args].append(parent)
        found: dict[PageArgs, dict[int, Any]] = {}
        for args, parents in groups.items():
            order = args.turned(self.order(args))
            try:
                window = args.window(order)
            except ClientError as refused:
                found[args] = dict.fromkeys(parents, refused)
                continue
            rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            statement = page_per_parent(children, list(dict.fromkeys(parents)), order, window)
            for row in await session.tuples(statement):
                rows[row[0]].append(row)
            pages = found[args] = {parent: page_of(rows[parent], order, window, at=1) for parent in parents}
            for page in pages.values():
                page.nodes = self.shown(page.nodes)
        return [found[args][parent] for parent, args in keys]


def picked(found: Mapping[K, R], keys: Sequence[K]) -> list[R | None]:
    """What was found, in the order of the keys; None for a miss."""
    return [found.get(key) for key in keys]


def grouped(pairs: Iterable[tuple[K, R]], keys: Sequence[K]) -> list[list[R]]:
    """The second halves of pairs, gathered by their first halves in the order of the keys."""
    found: dict[K, list[R]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return [found[key] for key in keys]
