"""Whatever a stranger asks: a clear answer, never a fault of ours, and never more statements than its fields explain."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema import schema as served
from tests.api import Client
from tests.fuzzing import Finds, Operation, Writer, misshapen

SCHEMA = served._schema
assert SCHEMA.query_type is not None
ROOTS = sorted(SCHEMA.query_type.fields)
OURS = {"INTERNAL_SERVER_ERROR", "TIMEOUT", None}


def bound(operation: Operation) -> int:
    return 3 * sum(1 for _ in operation.walk()) + 20


def _refuse_constant(name: str) -> Any:
    raise AssertionError(f"{name} is not JSON")


async def play(client: Client, operation: Operation, finds: Finds) -> bool:
    """Ask, judge the answer, note what it tells; whether it has data without an error."""
    body = json.dumps({"query": operation.text, "variables": operation.values})
    with client.watched() as contexts:
        response = await client.http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    answer = json.loads(response.content, parse_constant=_refuse_constant)
    told = f"{body}\n{response.text[:2000]}"
    assert response.status_code < 500, told
    errors = answer.get("errors", [])
    for error in errors:
        assert error.get("extensions", {}).get("code") not in OURS, f"{error}\n{told}"
        assert 0 < len(error["message"]) < 1000, told
    data = answer.get("data")
    assert data is not None or errors, told
    for asked in operation.fields if data else ():
        wrong = misshapen(SCHEMA, asked.type, asked, data[asked.alias], finds)
        assert wrong is None, f"{wrong}\n{told}"
    statements = sum(context.statements for context in contexts)
    assert statements <= bound(operation), f"{statements} statements\n{told}"
    return bool(data) and not errors
