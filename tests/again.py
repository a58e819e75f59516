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
    """The same shop asked with planned statements, and without any."""

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
            answers = [await one.get(query, variables) for one in (self.planned, self.plain)]
            # Nobody is told what answers to POST were built from, so that their statements need not tell either.
            answers.append(await self.planned.send(query, variables))
        texts = [FAILURE.sub("some", answer.text) for answer in answers]
        assert texts[1:] == texts[:1] * 2
        told, untold = here
        assert (untold.tables, untold.tags) == (told.tables, frozenset())
        return texts[0], told, there[0]

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
    async with serving(url, folder) as planned, serving(url, folder, plan_at=0) as plain:
        yield Again(planned, plain)
