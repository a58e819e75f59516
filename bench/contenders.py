"""Who takes part: how each server is started, which questions it is asked, and in which words.

Every one is a single process in the setting that its documentation gives for production, with the same number of
connections to the same database.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.postgraphile import vocabulary
from bench.questions import CACHED, DETAIL, LARGE, LISTING, QUESTIONS, TINY, Question
from db.session import READERS

ROOT = Path(__file__).parent.parent
POOL = READERS + READERS // 2
"""Connections to PostgreSQL that a server may have: as many as Storekeep has, of which a third may only write."""
Variables = dict[str, Any]
Answer = dict[str, Any]


@dataclass(frozen=True)
class Dialect:
    """How a question is put: the path, the body, and what the answer's data is in everybody's words."""

    path: Callable[[Question], str]
    body: Callable[[Question, Variables], str]
    answer: Callable[[Question, Answer], Answer]


@dataclass(frozen=True, eq=False)
class Contender:
    """A server that can be started. ``{port}`` and ``{node}`` in its command are filled in.

    ``package`` is the folder of its npm packages; ``prepare`` is SQL for the database, run once before it starts.
    """

    name: str
    title: str
    command: tuple[str, ...]
    dialect: Dialect
    questions: tuple[Question, ...] = QUESTIONS
    databases: tuple[str, ...] = ("postgresql",)
    environment: Mapping[str, str] = field(default_factory=dict)
    package: Path | None = None
    prepare: Path | None = None


def _body(query: str, variables: Variables) -> str:
    return json.dumps({"query": query, "variables": variables})


SAME_WORDS = Dialect(
    path=lambda _: "/graphql",
    body=lambda question, variables: _body(question.query, variables),
    answer=lambda _, data: data,
)
POSTGRAPHILE = Dialect(
    path=lambda _: "/graphql",
    body=lambda question, given: _body(vocabulary.DOCUMENTS[question], vocabulary.variables(question, given)),
    answer=vocabulary.answer,
)
FLOOR = replace(
    SAME_WORDS, path=lambda question: f"/bodies/{question.key}" if question in CACHED else f"/{question.key}"
)

_STOREKEEP = (sys.executable, "-m", "app.cli", "serve", "--port", "{port}")
_UVICORN = (sys.executable, "-m", "uvicorn", "--port", "{port}", "--no-access-log")


def _mercurius(name: str, title: str, batching: str) -> Contender:
    folder = ROOT / "bench" / "mercurius"
    return Contender(name, title, ("{node}", str(folder / "server.mjs"), batching), SAME_WORDS, package=folder)


STOREKEEP = Contender("storekeep", "Storekeep", _STOREKEEP, SAME_WORDS, databases=("postgresql", "sqlite"))
TEXTBOOK = Contender(
    "textbook",
    "Strawberry and SQLModel by the textbook",
    (*_UVICORN, "bench.textbook.app:app"),
    SAME_WORDS,
    databases=("postgresql", "sqlite"),
)
MERCURIUS = (
    _mercurius("mercurius", "Mercurius, JIT, its own loaders", "loaders"),
    _mercurius("mercurius-dataloader", "Mercurius, JIT, DataLoader", "dataloader"),
)
POSTGRAPHILE_5 = Contender(
    "postgraphile",
    "PostGraphile 5",
    ("{node}", str(ROOT / "bench" / "postgraphile" / "server.mjs")),
    POSTGRAPHILE,
    package=ROOT / "bench" / "postgraphile",
    prepare=ROOT / "bench" / "postgraphile" / "schema.sql",
)
APOLLO = Contender(
    "apollo",
    "Apollo Server 5, DataLoader",
    ("{node}", str(ROOT / "bench" / "apollo" / "server.mjs")),
    SAME_WORDS,
    package=ROOT / "bench" / "apollo",
)
FLOOR_SERVER = Contender(
    "floor",
    "Starlette: one statement, a constant, or a given body",
    (*_UVICORN, "bench.floor.app:app"),
    FLOOR,
    questions=(LISTING, DETAIL, TINY, LARGE, *CACHED),
)
FLOOR_WITH_STATEMENT = Contender(
    "floor-statement",
    "Starlette: one statement for the tiny question as well",
    (*_UVICORN, "bench.floor.app:app"),
    replace(SAME_WORDS, path=lambda _: "/shop"),
    questions=(TINY,),
)
# The one that answers from its cache is a process of its own, so that the other one's questions stay uncached.
STOREKEEP_CACHED = Contender(
    "storekeep-cached",
    "Storekeep, answers from its cache",
    _STOREKEEP,
    SAME_WORDS,
    environment={"STOREKEEP_ANSWER_CACHE_BYTES": "64000000"},
    questions=CACHED,
    databases=("postgresql", "sqlite"),
)

RIVALS = (TEXTBOOK, *MERCURIUS, POSTGRAPHILE_5, APOLLO)
CONTENDERS = (STOREKEEP, *RIVALS, FLOOR_SERVER, FLOOR_WITH_STATEMENT, STOREKEEP_CACHED)


def chosen(names: list[str] | None, database: str) -> list[Contender]:
    """Those of that name, or all, that run on that kind of database; Storekeep is always among them, and first."""
    usable = [one for one in CONTENDERS if database in one.databases]
    return [one for one in usable if names is None or one is STOREKEEP or one.name in names]
