"""What a kind of database has to offer to those who read and write."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncEngine

from db.forms import Asked
from db.prepared import Prepared
from db.shapes import Values


class Source(Protocol):
    """What answers a session's statements."""

    async def fetch(self, statement: Executable | Asked[Any]) -> tuple[Prepared, Sequence[Values]]:
        """What a statement finds, as the driver answers it."""


class Writing(Source, Protocol):
    """What carries out statements that write, within one transaction."""

    async def execute(self, statement: Executable, parameters: Any) -> tuple[CursorResult[Any], Sequence[Any]]:
        """What SQLAlchemy makes of a statement, and every row that it answers."""

    async def carry_out(self, statements: Sequence[Asked[Any]]) -> Prepared:
        """Statements of one form, in one round trip."""


class Store(Source, Protocol):
    """One kind of database: what reads outside of transactions, and gives transactions."""

    @property
    def engine(self) -> AsyncEngine: ...

    @property
    def engine_for_reading(self) -> AsyncEngine: ...

    @property
    def idle(self) -> int: ...

    def transaction(self) -> AbstractAsyncContextManager[Writing]: ...

    def bulk(self) -> AbstractAsyncContextManager[Writing]: ...

    async def close(self) -> None: ...
