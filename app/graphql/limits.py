"""What a document may ask for, checked on its syntax tree before anything walks it without memory.

Every check here is one pass over the document. A fragment is measured once, whatever the number of its spreads, so a
short document that spreads fragments into fragments is refused as quickly as a long one is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    StringValueNode,
    ValueNode,
)

from app.graphql.errors import limit_error, validation_error


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that one operation may ask for; a storefront's largest real queries stay well below.

    `characters` and `tokens` are those of the document. `depth` counts nested fields, `nesting` nested selection sets
    of every kind. `introspections` counts `__schema` and `__type`, of which each may answer the whole schema. It,
    `fields`, `aliases`, `directives` and `root_fields` count what is left once every fragment is written out where it
    is spread. `list_items` is the length of any list among the inputs. `page_size` is the
    greatest `page_arguments` value. `cost` is 2 for an object and 1 for a scalar, times the page sizes around it.
    """

    characters: int = 100_000
    tokens: int = 6_000
    depth: int = 25
    nesting: int = 100
    fields: int = 10_000
    aliases: int = 500
    directives: int = 500
    root_fields: int = 50
    introspections: int = 4
    operations: int = 50
    list_items: int = 250
    page_size: int = 250
    page_arguments: tuple[str, ...] = ("first", "last")
    cost: int = 10_000_000


@dataclass(frozen=True, kw_only=True)
class SocketLimits:
    """Bounds of one socket (`per_client` of one client address), in seconds, bytes and counts.

    `init_seconds`: until connection_init. `ping_seconds`: between the server's pings; `pong_seconds`: until anything
    is heard after one. `operations`: open at a time. `per_client`: sockets open at a time from one address; behind a
    proxy that hides its clients this is one number for all of them. `message_bytes`: of one message from the client.
    `drain_seconds`: for queries and mutations to finish at shutdown.

    A subscriber that does not read: up to `queue` of its events wait; when the queue has been full for `patience`
    seconds, the subscription is ended with a LIMIT_EXCEEDED error, so that its client knows that it missed something
    and can start over. Nothing is dropped in silence. The same holds for all answers of a socket together once
    `waiting_bytes` of them wait.
    """

    init_seconds: float = 10.0
    ping_seconds: float = 20.0
    pong_seconds: float = 20.0
    operations: int = 100
    per_client: int = 500
    message_bytes: int = 1_000_000
    queue: int = 100
    patience: float = 10.0
    waiting_bytes: int = 8_000_000
    drain_seconds: float = 5.0


# PostgreSQL stores no text with it, and no client means it.
_NUL = "\0"

# The limits on the syntax tree alone: attribute of Size and Limits, what is counted, what helps.
_COUNTED = (
    ("depth", "levels of fields", "Select fewer nested levels."),
    ("nesting", "levels of selection sets", "Nest fewer fragments."),
    ("root_fields", "root fields", "Send several operations instead."),
    ("introspections", "questions about the schema", "One `__schema` answers all of them."),
    ("aliases", "aliases", "Send several operations instead."),
    ("directives", "directives", "Leave out those that do nothing."),
    ("fields", "fields, with every fragment written out", "Spread fragments in fewer places."),
)


@dataclass(slots=True)
class _Size:
    """How large a definition is, with the fragments it spreads left out (`spreads`) or written out."""

    depth: int = 0
    nesting: int = 0
    root_fields: int = 0
    introspections: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    # A spread: name of the fragment, fields above it, selection sets above it.
    spreads: list[tuple[str, int, int]] = field(default_factory=list)


def check_structure(document: DocumentNode, limits: Limits) -> GraphQLError | None:
    """The first limit that the document breaks, or a fragment that spreads itself; None for a decent document."""
    try:
        return _check_structure(document, limits)
    except GraphQLError as refusal:
        return refusal


def _check_structure(document: DocumentNode, limits: Limits) -> GraphQLError | None:
    fragments: dict[str, _Size] = {}
    operations: list[_Size] = []
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode | OperationDefinitionNode):
            longest, size = _measure(definition)
            if longest > limits.list_items:
                return _too_long(longest, limits)
            if isinstance(definition, FragmentDefinitionNode):
                fragments[definition.name.value] = size
            else:
                operations.append(size)
    if len(operations) > limits.operations:
        return limit_error(
            "operations", limits.operations, len(operations), "operations", "Send them in several documents."
        )
    cycle = _write_out_fragments(fragments, limits)
    if cycle is not None:
        return validation_error(f"Cannot spread fragment '{cycle}' within itself.")
    for operation in operations:
        _write_out(operation, fragments, limits)
    total = min(sum(operation.fields for operation in operations), limits.fields + 1)
    # The fields of a fragment are nobody's root fields until an operation spreads it.
    unspread = (replace(fragment, root_fields=0) for fragment in fragments.values())
    for size in (*operations, *unspread, _Size(fields=total)):
        for name, noun, advice in _COUNTED:
            maximum, found = getattr(limits, name), getattr(size, name)
            if found > maximum:
                return limit_error(name, maximum, None, noun, advice)
    return None


def check_values(values: object, limits: Limits) -> GraphQLError | None:
    """Refuse a list in `values`, the variables as they came, that is too long, and text that cannot be stored."""
    pending = [values]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            if len(value) > limits.list_items:
                return _too_long(len(value), limits)
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, str) and _NUL in value:
            return _unstorable()
    return None


def _unstorable() -> GraphQLError:
    return GraphQLError("Text must not contain the character U+0000.", extensions={"code": "BAD_USER_INPUT"})


def _too_long(length: int, limits: Limits) -> GraphQLError:
    return limit_error(
        "list_items", limits.list_items, length, "items in one list of the input", "Send several operations instead."
    )


def _measure(definition: FragmentDefinitionNode | OperationDefinitionNode) -> tuple[int, _Size]:
    """The longest list literal of a definition, and its size without its fragments."""
    size = _Size(directives=len(definition.directives or ()))
    longest = max((_longest_list(d) for d in definition.directives or ()), default=0)
    for variable in definition.variable_definitions or ():
        size.directives += len(variable.directives or ())
        if variable.default_value is not None:
            longest = max(longest, _longest_value(variable.default_value))
    pending: list[tuple[SelectionNode, int, int]] = [(s, 0, 1) for s in definition.selection_set.selections]
    while pending:
        node, depth, nesting = pending.pop()
        size.fields += 1
        size.nesting = max(size.nesting, nesting)
        if node.directives:
            size.directives += len(node.directives)
            longest = max(longest, *(_longest_list(directive) for directive in node.directives))
        if isinstance(node, FragmentSpreadNode):
            size.spreads.append((node.name.value, depth, nesting))
            continue
        if isinstance(node, FieldNode):
            size.root_fields += depth == 0
            size.introspections += node.name.value in ("__schema", "__type")
            depth += 1
            size.depth = max(size.depth, depth)
            size.aliases += node.alias is not None
            if node.arguments:
                longest = max(longest, _longest_list(node))
        if node.selection_set is not None:  # type: ignore[attr-defined]
            pending.extend((s, depth, nesting + 1) for s in node.selection_set.selections)  # type: ignore[attr-defined]
    return longest, size


def _longest_list(node: object) -> int:
    return max((_longest_value(argument.value) for argument in getattr(node, "arguments", None) or ()), default=0)


def _longest_value(value: ValueNode) -> int:
    longest, pending = 0, [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ListValueNode):
            longest = max(longest, len(node.values))
            pending.extend(node.values)
        elif isinstance(node, ObjectValueNode):
            pending.extend(member.value for member in node.fields)
        elif isinstance(node, StringValueNode) and _NUL in node.value:
            raise _unstorable()
    return longest


def _write_out_fragments(fragments: dict[str, _Size], limits: Limits) -> str | None:
    """Add to every fragment what it spreads, innermost first; the name of one that spreads itself, or None."""
    done: set[str] = set()
    for root in fragments:
        if root in done:
            continue
        path: list[tuple[str, Iterator[tuple[str, int, int]]]] = [(root, iter(fragments[root].spreads))]
        open_names = {root}
        while path:
            name, spreads = path[-1]
            inner = next((s[0] for s in spreads if s[0] in fragments and s[0] not in done), None)
            if inner is None:
                path.pop()
                open_names.remove(name)
                done.add(name)
                _write_out(fragments[name], fragments, limits)
            elif inner in open_names:
                return inner
            else:
                open_names.add(inner)
                path.append((inner, iter(fragments[inner].spreads)))
    return None


def _write_out(size: _Size, fragments: dict[str, _Size], limits: Limits) -> None:
    """Add what the spreads of `size` stand for. Counts stop just above their limit, so that they stay small numbers."""
    for name, depth, nesting in size.spreads:
        spread = fragments.get(name)
        if spread is None:
            continue  # the validation rules name it
        size.depth = max(size.depth, depth + spread.depth)
        size.nesting = max(size.nesting, nesting + spread.nesting)
        if depth == 0:
            size.root_fields = min(size.root_fields + spread.root_fields, limits.root_fields + 1)
        size.introspections = min(size.introspections + spread.introspections, limits.introspections + 1)
        size.aliases = min(size.aliases + spread.aliases, limits.aliases + 1)
        size.directives = min(size.directives + spread.directives, limits.directives + 1)
        size.fields = min(size.fields + spread.fields, limits.fields + 1)
