"""A shop that is asked everything twice: where selections are planned as statements, and where none are."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from db.session import Database
from resolvers.context import Context
from tests.api import Client, serving

FAILURE = re.compile(r"[0-9a-f]{16}")
"""The number of a failure, each of which has another one."""
PRODUCTS = re.compile(r"\bproduct\([^)]*\) *\{|\bproducts\([^)]*\) *\{ *(nodes|edges *\{ *node) *\{")
UNSAYABLE = "unsayable: description(truncateAt: 9)"


def _unsayable(query: str) -> str:
    return PRODUCTS.sub(rf"\g<0> {UNSAYABLE}", query)


class Two:
    """The same shop asked twice: with planned statements, and without any."""

    def __init__(self, planned: Client, plain: Client) -> None:
        self.planned, self.plain = planned, plain

    @property
    def database(self) -> Database:
        return self.plain.shop.database

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> tuple[str, Context, Context]:
        """The answer, which is the same, and the contexts of both.

        Products are also asked for what no statement can say, so that only their edges are planned.
        """
        await self._ask(_unsayable(query), variables)
        return await self._ask(query, variables)

    async def _ask(self, query: str, variables: dict[str, Any] | None) -> tuple[str, Context, Context]:
        with self.planned.watched() as here, self.plain.watched() as there:
            ours = await self.planned.send(query, variables)
            theirs = await self.plain.send(query, variables)
        answers = [FAILURE.sub("some", answer.text) for answer in (ours, theirs)]
        assert answers[0] == answers[1]
        return answers[0], here[0], there[0]

    async def planned_as(self, query: str, variables: dict[str, Any] | None = None) -> str:
        """The answer, which took fewer statements and has the same tags."""
        for one in (_unsayable(query), query):
            answer, ours, theirs = await self._ask(one, variables)
            assert ours.statements < theirs.statements
            assert ours.tables == theirs.tables
            assert ours.tags == theirs.tags
        return answer


@asynccontextmanager
async def two(url: str, folder: Path) -> AsyncIterator[Two]:
    async with serving(url, folder) as planned, serving(url, folder, plan_at=0) as plain:
        yield Two(planned, plain)
