"""Both servers are asked everything first: the same answers, or there is nothing to measure."""

import json
import re
from dataclasses import dataclass
from difflib import unified_diff
from itertools import islice
from typing import Any

from bench.questions import LISTING, Question, samples
from bench.servers import Server

_LINE_ID = re.compile(r"gid://shopify/CartLine/[^?\"]+")


class DifferenceError(Exception):
    """The servers answered the same question differently; the message is a diff."""


@dataclass(frozen=True)
class Asked:
    """What a server was asked, what it answered, and how many statements an operation took on average."""

    variables: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    statements: float


def ask_all(server: Server, question: Question, products: int, breadth: int) -> Asked:
    """Ask every sample of a question; of a list one page after the other, by the server's own cursors."""
    before = server.statements()
    variables = samples(question, products, breadth)
    answers = []
    for given in variables:
        answers.append(answer := server.run(question.query, given))
        if question.page_size is not None:
            page = answer["products"]["pageInfo"]
            if page["hasNextPage"] and len(variables) < breadth:
                variables.append({**given, "after": page["endCursor"]})
    return Asked(variables, answers, (server.statements() - before) / len(answers))


def check_equal(question: Question, ours: Asked, theirs: Asked) -> None:
    """Raise DifferenceError at the first answer that differs, cursors and the keys of cart lines aside."""
    for number, (one, other) in enumerate(zip(ours.answers, theirs.answers, strict=True)):
        left, right = comparable(one), comparable(other)
        if left != right:
            difference = unified_diff(right.splitlines(), left.splitlines(), "textbook", "storekeep", n=3, lineterm="")
            shown = "\n".join(islice(difference, 60))
            raise DifferenceError(f"{question.key} is answered differently for {ours.variables[number]}:\n{shown}")


def comparable(answer: Any) -> str:
    """An answer as text, without what each server may choose for itself."""
    text = json.dumps(answer, indent=1, ensure_ascii=False)
    text = re.sub(r'"endCursor": ".*"', '"endCursor": "…"', text)
    return _LINE_ID.sub("gid://shopify/CartLine/…", text)


def growth(server: Server) -> dict[int, int]:
    """Statements of the listing for pages of 20 and of 40 products."""
    found = {}
    for size in (20, 40):
        before = server.statements()
        server.run(LISTING.query, {"first": size, "after": None})
        found[size] = server.statements() - before
    return found
