"""A shop that is asked everything again: where selections are planned as statements, and where none are."""

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


class Again:
    """The same shop asked with planned statements, without any, and with planned ones that need not tell tags."""

    def __init__(self, planned: Client, plain: Client, untagged: Client) -> None:
        self.planned, self.plain, self.untagged = planned, plain, untagged

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
        with self.planned.watched() as here, self.plain.watched() as there, self.untagged.watched() as untold:
            ours = await self.planned.get(query, variables)
            theirs = await self.plain.get(query, variables)
            others = await self.untagged.send(query, variables)
        answer, *more = [FAILURE.sub("some", answer.text) for answer in (ours, theirs, others)]
        assert more == [answer, answer]
        assert (untold[0].statements, untold[0].tables) == (here[0].statements, here[0].tables)
        assert not untold[0].tags
        return answer, here[0], there[0]

    async def planned_as(self, query: str, variables: dict[str, Any] | None = None) -> str:
        """The answer, which took fewer statements and has the same tags."""
        for one in (_unsayable(query), query):
            answer, ours, theirs = await self._ask(one, variables)
            assert ours.statements < theirs.statements
            assert ours.tables == theirs.tables
            assert ours.tags == theirs.tags
        return answer


@asynccontextmanager
async def again(url: str, folder: Path) -> AsyncIterator[Again]:
    async with (
        serving(url, folder) as planned,
        serving(url, folder, plan_at=0) as plain,
        serving(url, folder) as untagged,
    ):
        yield Again(planned, plain, untagged)
