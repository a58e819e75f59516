"""Every server is asked everything first: the same answers and the same effects, or there is nothing to measure."""

import json
import re
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import islice
from typing import Any

from bench.database import Filled
from bench.questions import ADD, Question, samples
from bench.servers import Server

_LINE_ID = re.compile(r"gid://shopify/CartLine/[^?\"]+")
_ANYTHING = re.compile(r'"endCursor": ".*"')


class DifferenceError(Exception):
    """Two servers answered the same question differently; the message is a diff."""


@dataclass(frozen=True)
class Asked:
    """What a server was asked, what it answered, and what that did to the carts."""

    server: str
    variables: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    effects: list[object] = field(default_factory=list)


async def ask_all(server: Server, question: Question, shop: Filled, products: int, breadth: int) -> Asked:
    """Ask every sample of a question; of a list one page after the other, by the server's own cursors."""
    await shop.empty_carts()
    _, before = await shop.carts()
    variables = samples(question, products, breadth)
    answers = []
    for given in variables:
        answers.append(answer := server.ask(question, given))
        if question.page_size is not None:
            page = answer["products"]["pageInfo"]
            if page["hasNextPage"] and len(variables) < breadth:
                variables.append({**given, "after": page["endCursor"]})
    if question != ADD:
        return Asked(server.name, variables, answers)
    lines, after = await shop.carts()
    return Asked(server.name, variables, answers, [*lines, f"{after - before} changes of carts"])


def check_equal(question: Question, ours: Asked, theirs: Asked) -> None:
    """Raise DifferenceError at the first answer that differs, cursors and the keys of cart lines aside."""
    for number, (one, other) in enumerate(zip(ours.answers, theirs.answers, strict=True)):
        _check(f"{question.key} is answered differently for {ours.variables[number]}", ours, theirs, one, other)
    _check(f"{question.key} leaves different carts", ours, theirs, ours.effects, theirs.effects)


def _check(what: str, ours: Asked, theirs: Asked, one: Any, other: Any) -> None:
    left, right = comparable(one), comparable(other)
    if left != right:
        lines = unified_diff(right.splitlines(), left.splitlines(), theirs.server, ours.server, n=3, lineterm="")
        raise DifferenceError("\n".join([f"{what}:", *islice(lines, 60)]))


def comparable(answer: Any) -> str:
    """An answer as text, without what each server may choose for itself: a cursor, a line's key, 3 or 3.0."""
    text = json.dumps(_numbers(answer), indent=1, ensure_ascii=False, default=str)
    text = _ANYTHING.sub('"endCursor": "…"', text)
    return _LINE_ID.sub("gid://shopify/CartLine/…", text)


def _numbers(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {key: _numbers(value) for key, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [_numbers(value) for value in answer]
    return int(answer) if isinstance(answer, float) and answer.is_integer() else answer
