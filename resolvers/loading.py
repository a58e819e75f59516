"""Loaders: every look-up of one kind within an operation becomes one statement."""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from aiodataloader import DataLoader

from db.paging import Children, Order, page_per_parent
from db.session import Session
from resolvers.context import Context
from resolvers.paging import Page, PageArgs, page_of

K = TypeVar("K")
R = TypeVar("R")


class Loader(DataLoader[K, R], Generic[K, R]):
    """One batched read. Subclass it beside the fields it serves; ``context.loader(…)`` makes it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    async def batch_load_fn(self, keys: list[K]) -> list[R]:
        """Called by aiodataloader with every key asked for since the event loop last turned."""
        self.context.observe(type(self).__name__, len(keys))
        async with self.context.read() as session:
            return await self.fetch(session, keys)

    @abstractmethod
    async def fetch(self, session: Session, keys: Sequence[K]) -> list[R]:
        """The answers in the order of the keys; None, or an empty list, for a miss."""


class PageLoader(Loader[tuple[int, PageArgs], Page[R]], Generic[R]):
    """A page for each parent; parents that ask for the same part share a statement."""

    orders: ClassVar[Mapping[str, Order]]
    """How the rows can be sorted; the first is the default."""

    @abstractmethod
    def children(self) -> Children:
        """Which rows, and how they hang on their parents."""

    def order(self, args: PageArgs) -> Order:
        """The order that the arguments ask for."""
        return self.orders[args.sort or next(iter(self.orders))]

    async def fetch(self, session: Session, keys: Sequence[tuple[int, PageArgs]]) -> list[Page[R]]:
        groups: dict[PageArgs, list[int]] = defaultdict(list)
        for parent, args in keys:
            groups[args].append(parent)
        found: dict[tuple[int, PageArgs], Page[R]] = {}
        for args, parents in groups.items():
            order = args.turned(self.order(args))
            window = args.window(order)
            rows: dict[int, list[tuple[R, ...]]] = defaultdict(list)
            for parent, *row in await session.tuples(page_per_parent(self.children(), parents, order, window)):
                rows[parent].append(tuple(row))
            for parent in parents:
                found[parent, args] = page_of(rows[parent], order, window)
        return [found[key] for key in keys]


def grouped(pairs: Iterable[tuple[K, R]], keys: Sequence[K]) -> list[list[R]]:
    """The second halves of pairs, gathered by their first halves in the order of the keys."""
    found: dict[K, list[R]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return [found[key] for key in keys]
