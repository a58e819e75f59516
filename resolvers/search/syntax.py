"""The search syntax of `query` arguments, read into a small tree. Total: every text has a meaning.

A query is terms, joined by ``AND`` (also when nothing stands between them) and ``OR``, turned round by ``NOT`` or a
prefixed ``-``, grouped by parentheses; NOT binds tighter than AND, AND tighter than OR. Connectives are upper case. A
term is a word, a "phrase" in double or single quotes, or ``key:`` with a comparator (none, ``>`` ``>=`` ``<`` ``<=``)
and a word or phrase. A ``*`` at a term's end asks for a beginning, ``key:*`` for any value. A backslash takes the
special meaning from the next character.

What people leave half-typed is completed, never refused: an open quote or parenthesis closes at the end; a closing
parenthesis too many, an operator with nothing to work on and a key without a value are left out.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from resolvers.errors import ClientError
from resolvers.search.analysis import LANGUAGE

MAX_CHARACTERS = 4096
"""The longest query."""

MAX_SPELT = 4 * MAX_CHARACTERS
"""The most that it may be written out: one character may stand for a whole sentence, as U+FDFA does."""

MAX_TERMS = 64
"""How many terms a query may have."""

MAX_NESTING = 12
"""How deep AND, OR and NOT may stand within each other; superfluous parentheses do not count."""

_QUOTES = "\"'"
_ENDS_WORD = "()"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Op(StrEnum):
    """How a term compares; ``EXISTS`` takes no value."""

    EQUAL = ""
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EXISTS = "*"


@dataclass(frozen=True, slots=True)
class Term:
    """One condition. ``field`` is lower case, None for free text; ``phrase`` was quoted; ``prefix`` ended in ``*``.

    ``language`` is what its words are in; ``of_few`` says that few things will be asked for them.
    """

    field: str | None
    op: Op
    value: str
    phrase: bool = False
    prefix: bool = False
    language: str = LANGUAGE
    of_few: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; never of another Not."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts, none of them an And."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more parts, none of them an Or."""

    parts: tuple["Node", ...]


Node: TypeAlias = And | Or | Not | Term


class _Mark(StrEnum):
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"


_CONNECTIVES = {"AND": _Mark.AND, "OR": _Mark.OR, "NOT": _Mark.NOT}


def parse(text: str, language: str = LANGUAGE, *, of_few: bool = False) -> Node | None:
    """The tree of a query in a language, None for one that asks for nothing.

    Takes time proportional to the text's length. Raises ClientError (BAD_REQUEST) above MAX_CHARACTERS, MAX_TERMS or
    MAX_NESTING, and never anything else. Characters that no database stores (NUL, lone surrogates) count as spaces.
    """
    check_length(text)
    groups, terms = [_Group()], 0
    for token in _tokens(storable(text)):
        group = groups[-1]
        if isinstance(token, Term):
            terms += 1
            if terms > MAX_TERMS:
                raise ClientError("BAD_REQUEST", f"A search query may have at most {MAX_TERMS} terms.")
            group.add(replace(token, language=language, of_few=of_few))
        elif token is _Mark.OPEN:
            groups.append(_Group())
        elif token is _Mark.CLOSE:
            if len(groups) > 1:
                groups[-2].add(groups.pop().closed())
        else:
            group.connect(token)
    while len(groups) > 1:
        groups[-2].add(groups.pop().closed())
    tree = groups[0].closed()
    if tree is not None and _nesting(tree) > MAX_NESTING:
        raise ClientError("BAD_REQUEST", f"AND, OR and NOT may be nested at most {MAX_NESTING} levels deep.")
    return tree


def check_length(text: str) -> None:
    """Raises ClientError (BAD_REQUEST) for a text that is too long to be searched for."""
    if len(text) > MAX_CHARACTERS or len(unicodedata.normalize("NFKD", text)) > MAX_SPELT:
        raise ClientError("BAD_REQUEST", f"A search query may have at most {MAX_CHARACTERS:,} characters.")


def unknown_keys(text: str, known: Set[str]) -> list[str]:
    """Keys of a query's terms that are not known, each once, in its order. Raises ClientError as `parse` does."""
    tree = parse(text) if ":" in text else None
    return list(dict.fromkeys(key for key in _keys(tree) if key not in known))


def _keys(node: Node | None) -> Iterator[str]:
    match node:
        case Term(str() as field):
            yield field
        case Not(part):
            yield from _keys(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _keys(part)


def storable(text: str) -> str:
    """Text that every database takes as a parameter: spaces in place of NUL and lone surrogates."""
    return _UNSTORABLE.sub(" ", text)


class _Group:
    """What has been read between two parentheses: branches of an OR, each a list of AND's parts."""

    def __init__(self) -> None:
        self.branches: list[list[Node]] = [[]]
        self.turned = False

    def add(self, node: Node | None) -> None:
        if node is not None:
            self.branches[-1].append(_opposite(node) if self.turned else node)
        self.turned = False

    def connect(self, mark: _Mark) -> None:
        self.turned = mark is _Mark.NOT and not self.turned
        if mark is _Mark.OR and self.branches[-1]:
            self.branches.append([])

    def closed(self) -> Node | None:
        return _joined(Or, [part for branch in self.branches if (part := _joined(And, branch)) is not None])


def _opposite(node: Node) -> Node:
    return node.part if isinstance(node, Not) else Not(node)


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node | None:
    parts: list[Node] = []
    for node in nodes:
        parts.extend(node.parts if isinstance(node, kind) else (node,))
    return kind(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)


def _nesting(node: Node) -> int:
    if isinstance(node, Term):
        return 0
    parts = (node.part,) if isinstance(node, Not) else node.parts
    return 1 + max(map(_nesting, parts))


def _tokens(text: str) -> Iterator[Term | _Mark]:
    at = 0
    while at < len(text):
        character = text[at]
        if character.isspace():
            at += 1
        elif character in _ENDS_WORD:
            yield _Mark(character)
            at += 1
        elif character == "-" and at + 1 < len(text) and not text[at + 1].isspace():
            yield _Mark.NOT
            at += 1
        else:
            token, at = _term(text, at)
            if token is not None:
                yield token


def _term(text: str, start: int) -> tuple[Term | _Mark | None, int]:
    """The term or connective that begins here, and where it ends; None for a key without a value."""
    if text[start] in _QUOTES:
        return _phrase(None, Op.EQUAL, text, start)
    name, at, _starred = _word(text, start, ":")
    if name and text.startswith(":", at):
        field = name.lower()
        op, at = _comparator(text, at + 1)
        if at < len(text) and text[at] in _QUOTES:
            return _phrase(field, op, text, at)
        value, at, starred = _word(text, at)
        return (_plain(field, op, value, starred) if value else None), at
    value, at, starred = _word(text, start)
    return _CONNECTIVES.get(text[start:at]) or _plain(None, Op.EQUAL, value, starred), at


def _plain(field: str | None, op: Op, value: str, starred: bool) -> Term:
    if op is not Op.EQUAL or not starred:
        return Term(field, op, value)
    return Term(field, op, value[:-1], prefix=True) if len(value) > 1 else Term(field, Op.EXISTS, "")


def _phrase(field: str | None, op: Op, text: str, at: int) -> tuple[Term, int]:
    quote, characters = text[at], []
    at += 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        characters.append(text[at])
        at += 1
    at += 1
    prefix = op is Op.EQUAL and text.startswith("*", at)
    return Term(field, op, "".join(characters), phrase=True, prefix=prefix), at + prefix


def _comparator(text: str, at: int) -> tuple[Op, int]:
    for op in (Op.AT_LEAST, Op.AT_MOST, Op.MORE, Op.LESS):
        if text.startswith(op.value, at):
            return op, at + len(op.value)
    return Op.EQUAL, at


def _word(text: str, at: int, stop: str = "") -> tuple[str, int, bool]:
    """A word without its escapes, where it ends, and whether it ends in a ``*`` that was not escaped."""
    characters, starred = [], False
    while at < len(text) and not text[at].isspace() and text[at] not in _ENDS_WORD and text[at] != stop:
        escaped = text[at] == "\\" and at + 1 < len(text)
        at += escaped
        characters.append(text[at])
        starred = text[at] == "*" and not escaped
        at += 1
    return "".join(characters), at, starred
