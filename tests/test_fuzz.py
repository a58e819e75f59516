"""Whatever a stranger asks: a clear answer, no fault of ours, and no more statements than its fields explain."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.media import FileMediaStore
from bench.dataset import fill
from db import demo as demo_shop
from db.session import Database
from resolvers.exchange.folder import import_folder
from schema import schema as served
from tests.api import Client, serving
from tests.databases import Databases
from tests.fuzzing import Finds, Judge, Operation, Writer, forgeries, gentle, ways

SCHEMA = served._schema
OBJECTS: dict[str, GraphQLObjectType] = {name: SCHEMA.type_map[name] for name in sorted(ways(SCHEMA))}  # type: ignore[misc]
FIELDS = [(kind, name) for kind, declared in OBJECTS.items() for name in declared.fields]
OURS = ("INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE", None)
"""Codes of what is no fault of the caller's."""


pytestmark = pytest.mark.timeout(600)


def sorts_of(kind: str, name: str) -> list[str | None]:
    """The sort keys of a connection."""
    argument = OBJECTS[kind].fields[name].args.get("sortKey")
    return sorted(argument.type.values) if argument and isinstance(argument.type, GraphQLEnumType) else [None]


PAGED = [(kind, name) for kind, name in FIELDS if {"first", "after"} <= OBJECTS[kind].fields[name].args.keys()]


def most_statements(operation: Operation) -> int:
    """What fields may cost whatever is found, and more where ids are of many kinds."""
    return 20 + 3 * sum(1 for _ in operation.walk())


def _refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")


@dataclass
class Stranger:
    """Somebody who asks a shop anything, and remembers what it told."""

    client: Client
    finds: Finds = field(default_factory=Finds)
    clean: float = 0.0
    """Which part of the first round was answered without an error."""

    async def ask(self, operation: Operation, *, remember: bool = True) -> bool:
        """Judge the answer; whether it has data and no error."""
        body = json.dumps({"query": operation.text, "variables": operation.values})
        with self.client.watched() as contexts:
            response = await self.client.http.post(
                "/graphql", content=body, headers={"Content-Type": "application/json"}
            )
        told = f"\n{body}\n{response.text[:2000]}"
        assert response.status_code < 500, told
        answer = json.loads(response.content, parse_constant=_refuse)
        data, errors = answer.get("data"), answer.get("errors", [])
        assert data is not None or errors, told
        for error in errors:
            assert error.get("extensions", {}).get("code") not in OURS, f"{error}{told}"
            assert 0 < len(error["message"]) < 1000, told
        wrong = Judge(SCHEMA, self.finds if remember else Finds()).wrong(operation, data) if data else None
        assert wrong is None, f"{wrong}{told}"
        statements = sum(context.statements for context in contexts)
        assert statements <= most_statements(operation), f"{statements} statements{told}"
        return bool(data) and not errors

    async def go_round(self, seed: int) -> float:
        """Ask once for every field, with any arguments; the part of the answers that have no error."""
        clean: Counter[bool] = Counter()
        for kind, name in FIELDS:
            operation = Writer(SCHEMA, Random(f"{seed} {kind} {name}"), self.finds).aimed(kind, name)
            assert operation is not None
            clean[await self.ask(operation)] += 1
        return clean[True] / clean.total()

    async def forge(self, kind: str, name: str, sort: str | None) -> int:
        """Go on from cursors that are nearly those of a connection; how many were tried."""
        asked = gentle(OBJECTS[kind], name) | {"first": 2} | ({"sortKey": sort} if sort else {})
        operation = Writer(SCHEMA, Random(1), self.finds, most=2).aimed(kind, name, asked)
        assert operation is not None
        await self.ask(operation)
        known = [cursor for cursor, by in self.finds.cursors(f"{kind}.{name}") if by == sort]
        forged = forgeries(known[0]) if known else []
        for cursor in forged:
            forgery = Writer(SCHEMA, Random(1), self.finds, most=2).aimed(kind, name, asked | {"after": cursor})
            assert forgery is not None
            await self.ask(forgery, remember=False)
        return len(forged)


async def import_demo(database: Database, media: Path) -> None:
    """The demo shop."""
    await import_folder(database, FileMediaStore(media), Path(demo_shop.__file__).parent, is_demo=True)


@pytest.fixture(scope="module", params=["the demo shop on SQLite", "the synthetic shop on PostgreSQL"])
async def stranger(
    request: pytest.FixtureRequest, demo: Client, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stranger]:
    """A stranger who has looked round."""
    if "demo" in request.param:
        known = Stranger(demo)
        known.clean = await known.go_round(0)
        yield known
    else:
        url = await databases.fresh("postgresql", "synthetic", lambda db: fill(db, 30))
        async with serving(url, tmp_path_factory.mktemp("media")) as client:
            known = Stranger(client)
            known.clean = await known.go_round(0)
            yield known


async def test_every_field_answers_whatever_its_arguments_are(stranger: Stranger) -> None:
    # Were nearly everything refused, little would have been tried.
    assert stranger.clean > 0.7


async def test_every_connection_refuses_forged_cursors(stranger: Stranger) -> None:
    tried: Counter[str] = Counter()
    for kind, name in PAGED:
        for sort in sorts_of(kind, name):
            tried[f"{kind}.{name}"] += await stranger.forge(kind, name, sort)
    # Some are empty for the first few of their parents.
    assert len(+tried) > len(PAGED) * 0.7, tried


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(dice=st.randoms(use_true_random=False))
async def test_no_operation_is_too_strange(stranger: Stranger, dice: Random) -> None:
    await stranger.ask(Writer(SCHEMA, dice, stranger.finds).operation(), remember=False)


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_many_strange_operations(backend: str, databases: Databases, tmp_path: Path) -> None:
    """The same at full size, with the demo shop on either database."""
    url = await databases.fresh(backend, "demo", lambda database: import_demo(database, tmp_path / "media"))
    async with serving(url, tmp_path) as client:
        stranger = Stranger(client)
        for seed in range(20):
            assert await stranger.go_round(seed) > 0.7
        for kind, name in PAGED:
            for sort in sorts_of(kind, name):
                await stranger.forge(kind, name, sort)
        clean = 0
        for seed in range(10_000):
            clean += await stranger.ask(Writer(SCHEMA, Random(seed), stranger.finds).operation())
        print(f"{clean} of 10,000 strange operations on {backend} were answered without an error")
        assert clean > 3_000
