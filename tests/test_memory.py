"""However many requests there are: a server's memory stays what it is once its caches are filled."""

import asyncio
import gc
import json
import os
import re
import sys
import tracemalloc
import weakref
from asyncio.subprocess import PIPE, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from contextvars import Context
from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random
from typing import Any
from weakref import ReferenceType

import pytest
from graphql.language import Node, Token
from sqlalchemy import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from app.graphql import Limits
from app.graphql.caching.answers import Answers, Computed, shared_answer
from app.graphql.compiled import Plans
from app.graphql.documents import Documents, Timing
from app.graphql.engine import Engine
from app.graphql.sharing import write
from bench.dataset import fill
from bench.questions import ADD, DETAIL, LISTING, QUESTIONS, TINY
from db.session import Database
from resolvers.context import Context as ShopContext
from resolvers.events import EventStream
from resolvers.planning import Plan, RowPlan
from schema import schema
from tests.api import Client
from tests.databases import Databases

ROOT = Path(__file__).parents[1]
PRODUCTS = 30
REQUESTS = 1_000_000
CONNECTIONS = 8
OF_TIMERS = (asyncio.TimerHandle, Context, ReferenceType)
"""Event loops forget timers that were called off only when there are a hundred."""


def requests(chance: Random, *, new_documents: bool) -> Iterator[dict[str, Any]]:
    """What shoppers send and strangers try, without end; with new documents, of which only so many are remembered."""
    by_handle = "query($handle: String!) { product(handle: $handle) { title } }"
    search = "query($words: String!) { search(query: $words, first: 3) { totalCount } }"
    document, left = "", 0
    while True:
        number = chance.randrange(1, PRODUCTS + 1)
        # Of which so many are remembered that a million requests would not fill what remembers them.
        word = "".join(chance.choices("abcd", k=5))
        match chance.randrange(40):
            case 0:
                yield {"query": DETAIL.query, "variables": {"handle": f"product-{number}"}}
            case 1:
                yield {"query": LISTING.query, "variables": {"first": chance.choice((3, 20)), "after": None}}
            case 2:
                line = {"merchandiseId": f"gid://shopify/ProductVariant/{number}", "quantity": 1}
                yield {"query": ADD.query, "variables": {"cart": f"gid://shopify/Cart/{word}", "lines": [line]}}
            case 3:
                yield {"query": search, "variables": {"words": word}}
            case 4 | 5:
                yield {"query": by_handle, "variables": {"handle": word}}
            case 6:
                yield {"query": "{ shop { nome } }"}
            case 7:
                yield {"query": "{ shop { name "}
            case 8 if new_documents:
                if not left:
                    # Some are compiled, some planned as well; some are long for what they come to.
                    document, left = strange(chance), chance.choice((1, 2, 12))
                left -= 1
                yield {"query": document}
            case _:
                yield {"query": TINY.query}


def strange(chance: Random) -> str:
    """A document that nobody has sent before."""
    alias = f"a{chance.randrange(10**9)}"
    match chance.randrange(4):
        case 0:
            return f"{{ {alias}: shop {{ {'name ' * chance.randrange(2_000)} id }} }}"
        case 1:
            number = chance.randrange(1, PRODUCTS + 1)
            return f'{{ node(id: "gid://shopify/Product/{number}") {{ ... on Product {{ {alias}: title tags }} }} }}'
        case 2:
            fields = f"{alias}: title vendor rating {{ count }} variants(first: 2) {{ nodes {{ price {{ amount }} }} }}"
            return f"{{ products(first: 3) {{ nodes {{ {fields} {'title ' * chance.randrange(300)} }} }} }}"
        case _:
            return f"{{ {alias}: shop {{ name }} }}"


async def test_no_request_leaves_an_object_behind(guest: Client) -> None:
    chance = Random(1)

    async def ask(count: int) -> int:
        asked = requests(chance, new_documents=False)
        for _ in range(count):
            response = await guest.http.post("/graphql", json=next(asked))
            assert response.status_code < 500
        gc.collect()
        return sum(type(each) not in OF_TIMERS for each in gc.get_objects())

    # asyncpg keeps a hundred statements for each connection; most of them have been met by then.
    await ask(800)
    found = [await ask(100) for _ in range(8)]
    # Caches are filled by fits and starts; what every tenth request left behind would be 10 more each time.
    assert min(after - before for before, after in pairwise(found)) < 10, found


async def test_an_operation_that_has_ended_needs_no_collector(guest: Client) -> None:
    """What it leaves would be new memory for each of the next thousands, until the collector looks for cycles."""
    asked = [(TINY.query, {}), (LISTING.query, {"first": 3, "after": None}), (DETAIL.query, {"handle": "product-1"})]
    for query, variables in asked:
        await guest.run(query, variables)
    gc.collect()
    gc.disable()
    try:
        with guest.watched() as contexts:
            for query, variables in asked:
                await guest.run(query, variables)
            kept = [weakref.ref(context) for context in contexts]
            contexts.clear()
        # Tasks end in a turn of their own.
        await asyncio.sleep(0.05)
        left = [context for each in kept if (context := each()) is not None]
    finally:
        gc.enable()
    assert len(kept) == len(asked)
    assert left == []


def test_documents_that_are_forgotten_need_no_collector() -> None:
    """It seldom looks through what is old, and so much is forgotten meanwhile that it would be the most of all."""
    documents = Documents(schema._schema, Limits(), introspection=True, suggestions=True)
    engine = Engine(schema, suggestions=True)
    known = [documents.prepare(question.query, Timing()) for question in QUESTIONS]
    operations = [each.operation(None) for each in known]
    for document, operation in zip(known, operations, strict=True):
        engine.compile(document)
        assert operation.cost is not None
        assert operation.policy is not None
    kept = [weakref.ref(each) for operation in operations for each in (operation, *operation.compiled.plans.values())]
    functions = [weakref.ref(plans().root.build) for plans in kept if isinstance(plans(), Plans)]  # type: ignore[union-attr]
    assert len(functions) == len(QUESTIONS)
    # What validation leaves behind is young, and found soon.
    gc.collect()
    gc.disable()
    try:
        nodes = sum(isinstance(each, Node | Token) for each in gc.get_objects())
        del documents, engine, known, operations, document, operation
        left = sum(isinstance(each, Node | Token) for each in gc.get_objects())
    finally:
        gc.enable()
    assert [each for each in (*kept, *functions) if each() is not None] == []
    assert nodes - left > 500


async def what_planning_leaves(url: str) -> dict[str, int]:
    """Count what is alive after documents were planned, and of that what their engine takes along when it goes.

    Everything alive counts, so it has a process of its own.
    """
    events = EventStream()
    kept = [
        (
            Documents(schema._schema, Limits(), introspection=True, suggestions=True),
            Engine(schema, suggestions=True, compile_at=1, plan_at=1),
        )
    ]

    async def ask(alias: str) -> None:
        ((documents, engine),) = kept
        for query in (LISTING.query, DETAIL.query):
            operation = documents.prepare(query.replace("title", f"{alias}: title", 1), Timing()).operation(None)
            variables = engine.coerce(operation, {"first": 3, "handle": "product-1"})
            context = ShopContext(database, events)
            result = await engine.execute(operation, variables, context)
            assert (result.errors, context.statements) == (None, 1)

    def found(*kinds: type) -> list[Any]:
        gc.collect()
        return [each for each in gc.get_objects() if isinstance(each, kinds)]

    async with Database(url) as database:
        # What all of them share is made once: the statements of loaders.
        for alias in ("first", "second"):
            await ask(alias)
        before = found(ClauseElement, SQLCompiler)
        known = set(map(id, before))
        for number in range(5):
            await ask(f"next{number}")
        parts = [each for each in found(ClauseElement, SQLCompiler) if id(each) not in known]
        plans = [weakref.ref(each) for each in found(Plan, RowPlan)]
        gc.disable()
        kept.clear()
        return {"parts": len(parts), "plans": len(plans), "forgotten": sum(each() is None for each in plans)}


async def test_statements_that_are_planned_need_no_collector(small_url: str) -> None:
    """SQLAlchemy's parts of them hold each other; of those none may grow old."""
    program = (
        "import asyncio, json, sys; from tests.test_memory import what_planning_leaves;"
        "print(json.dumps(asyncio.run(what_planning_leaves(sys.argv[1]))))"
    )
    process = await create_subprocess_exec(sys.executable, "-c", program, small_url, cwd=ROOT, stdout=PIPE)
    out, _ = await process.communicate()
    left = json.loads(out)
    assert left["parts"] == 0
    # They are forgotten with what they were compiled for.
    assert left["plans"] == left["forgotten"] >= 14


async def test_answers_take_about_what_they_are_counted_as() -> None:
    answers = Answers(3_000_000)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(5_000):
            # Some are of a few bytes, as most strangers' are, and some of a page of products.
            payload = {"data": {f"a{number}": {"name": "x" * (number % 7) ** 4}}}

            async def compute(payload: dict[str, Any] = payload) -> Computed[None]:
                return Computed(None, shared_answer(write(payload), 60, ["shop", "currency"], None, inf))

            given = await answers.share(answers.key(number), compute)
            assert given.shared is not None
            # What a GET has it remember besides.
            assert len(given.shared.etag) > len(given.shared.keys) > 0
        taken = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert answers.counts.evictions > 1_000
    assert answers.size * 0.5 < taken < answers.size * 1.3


@asynccontextmanager
async def served(url: str, folder: Path) -> AsyncIterator[tuple[Process, int]]:
    """A server as it runs in production, and its port."""
    settings = {
        "STOREKEEP_DATABASE_URL": url,
        "STOREKEEP_ENV": "production",
        # Full after a few thousand answers; the usual 64 MB would still be filling at the end.
        "STOREKEEP_ANSWER_CACHE_BYTES": "2_000_000",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
    process = await create_subprocess_exec(*command, env=os.environ | settings, cwd=folder, stdout=PIPE, stderr=STDOUT)
    assert process.stdout is not None
    found, draining = None, None
    try:
        while line := (await process.stdout.readline()).decode():
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/graphql", line):
                break
        assert found, line
        # What it logs would fill the pipe.
        draining = asyncio.create_task(process.stdout.read())
        yield process, int(found[1])
    finally:
        process.terminate()
        await process.wait()
        if draining is not None:
            await draining


async def send(port: int, asked: Iterator[dict[str, Any]], count: int) -> None:
    """So many requests on one connection, one after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        body = json.dumps(next(asked)).encode()
        head = f"POST /graphql HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        assert int(answer.split(b" ", 2)[1]) < 500
        length = re.search(rb"content-length: (\d+)", answer, re.IGNORECASE)
        assert length is not None
        await reader.readexactly(int(length[1]))
    writer.close()
    await writer.wait_closed()


def megabytes(process: Process) -> float:
    """What the process holds of the machine's memory; Linux tells."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1000


@pytest.mark.proof
@pytest.mark.timeout(3600)
async def test_a_million_requests_leave_no_memory_behind(backend: str, databases: Databases, tmp_path: Path) -> None:
    url = await databases.fresh(backend, "synthetic", lambda db: fill(db, PRODUCTS))
    asked = requests(Random(1), new_documents=True)
    async with served(url, tmp_path) as (process, port):
        measured = [megabytes(process)]
        for _ in range(20):
            part = REQUESTS // 20 // CONNECTIONS
            await asyncio.gather(*(send(port, asked, part) for _ in range(CONNECTIONS)))
            measured.append(megabytes(process))
    print(f"{backend}: {', '.join(f'{each:.0f}' for each in measured)} MB")
    # The caches are full after a quarter; what is left is how the allocator cuts its pages.
    assert max(measured[16:]) < max(measured[5:10]) * 1.05 + 2
