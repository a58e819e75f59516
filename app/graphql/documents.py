"""From the text of a document to operations that are ready to run, and a bounded memory of those.

Valid documents are remembered, since storefronts send the same few all day; refused ones are not, since whoever
sends those should not be able to push the others out.
"""

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter
from types import MappingProxyType
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    Source,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.language import SourceLocation
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.graphql.caching.policy import Policy, policy_of
from app.graphql.cost import CostPlan, plan_cost
from app.graphql.errors import RequestError, limit_error, with_code
from app.graphql.limits import Limits, check_structure
from app.graphql.merging import check_merging

# More than a person reads at once; each costs time.
_MOST_ERRORS = 20
_NEWLINE = re.compile(r"\r\n|[\n\r]")
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)


class IndexedSource(Source):
    """A source that finds its lines once, not once for every error in it."""

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.body))]

    def get_location(self, position: int) -> SourceLocation:
        line = bisect_right(self._line_starts, position)
        return SourceLocation(line, position - self._line_starts[line - 1] + 1)


@dataclass(slots=True)
class Memory:
    """What a compiler remembers of an operation: how often it was seen, which variables its `@skip` and `@include`
    look at, what it came to for their values, and how values of its variables are coerced.
    """

    sights: int = 0
    flags: tuple[str, ...] | None = None
    plans: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    coercion: Any = None


class Fragments:
    """The fragments of a document by their names: `definitions` as they were parsed, `details` as graphql-core's
    executor reads them.
    """

    def __init__(self, node: DocumentNode) -> None:
        self.definitions: Mapping[str, FragmentDefinitionNode] = MappingProxyType(
            {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        )
        self.details = {name: FragmentDetails(definition) for name, definition in self.definitions.items()}


class Operation:
    """One operation of a document, ready to run. `name` is None for an anonymous one; `text` is that of the document.

    It does not know its document: a forgotten one would be a cycle, which only the collector frees.
    """

    def __init__(
        self, schema: GraphQLSchema, text: str, fragments: Fragments, node: OperationDefinitionNode, limits: Limits
    ) -> None:
        self.text = text
        self.fragments = fragments
        self.node = node
        self.name = node.name.value if node.name else None
        self.type = node.operation.value
        self.compiled = Memory()
        self._schema = schema
        self._limits = limits

    @cached_property
    def cost(self) -> CostPlan:
        """What it costs, as far as that is known before its variables are."""
        return plan_cost(self._schema, self.node, self.fragments.definitions, self._limits)

    @cached_property
    def policy(self) -> Policy:
        """Who may share its answer, as far as that is known before its variables are."""
        return policy_of(self._schema, self.node, self.fragments.definitions)


class Document:
    """A valid document, with the directives that change nothing today taken out."""

    def __init__(self, schema: GraphQLSchema, node: DocumentNode, text: str, limits: Limits) -> None:
        self.size = len(text)
        fragments = Fragments(node)
        self.operations = [
            Operation(schema, text, fragments, d, limits)
            for d in node.definitions
            if isinstance(d, OperationDefinitionNode)
        ]

    def operation(self, name: str | None) -> Operation:
        """The one to run. Raises RequestError for a name that is missing or unknown."""
        if name is None and len(self.operations) == 1:
            return self.operations[0]
        for operation in self.operations:
            if name is not None and operation.name == name:
                return operation
        message = (
            "The document has several operations: say which one to run in operationName."
            if name is None
            else f"The document has no operation named '{name}'."
        )
        raise RequestError([GraphQLError(message, extensions={"code": "BAD_REQUEST"})])


@dataclass(slots=True)
class Timing:
    """Seconds that an operation spent in each phase; zero where the cache answered."""

    parse: float = 0.0
    validate: float = 0.0
    execute: float = 0.0


class Documents:
    """Parses and validates documents for one schema, and remembers the valid ones.

    The memory holds at most `max_count` documents whose texts have at most `max_characters` characters together; the
    one unused for longest goes first. Those that are pinned stay, and are not counted. Rules are chosen once:
    graphql-core and Strawberry both keep work by rule.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        *,
        introspection: bool,
        suggestions: bool,
        max_count: int = 1_000,
        max_characters: int = 400_000,
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._suggestions = suggestions
        self._rules = (
            *(rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule),
            MaybeNullValidationRule,
            OneOfInputValidationRule,
            *(() if introspection else (NoSchemaIntrospectionCustomRule,)),
        )
        self._max_count = max_count
        self._max_characters = max_characters
        self._characters = 0
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._pinned: dict[str, Document] = {}

    def __len__(self) -> int:
        return len(self._known)

    @property
    def characters(self) -> int:
        """How long the remembered texts are together."""
        return self._characters

    def prepare(self, text: str, timing: Timing) -> Document:
        """The document of this text. Raises RequestError with every fault of it, or the first limit it breaks."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        pinned = self._pinned.get(text)
        if pinned is not None:
            return pinned
        started = perf_counter()
        node = self._parse(text)
        parsed = perf_counter()
        timing.parse = parsed - started
        try:
            self._validate(node)
        finally:
            timing.validate = perf_counter() - parsed
        document = Document(self._schema, _without_defer(node), text, self._limits)
        self._remember(text, document)
        return document

    def pin(self, text: str, document: Document) -> None:
        """Keep a document that was prepared for this text, whatever else is asked for."""
        self._pinned[text] = document

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            error = limit_error(
                "characters", limits.characters, len(text), "characters", "Send long values as variables."
            )
            raise RequestError([error])
        try:
            node = parse(IndexedSource(text), max_tokens=limits.tokens)
        except GraphQLSyntaxError as error:
            if error.message.endswith("tokens. Parsing aborted."):
                advice = "Send values as variables, and several operations instead of one."
                raise RequestError([limit_error("tokens", limits.tokens, None, "tokens", advice)]) from None
            raise RequestError(with_code([error], "GRAPHQL_PARSE_FAILED")) from None
        _unlink_tokens(node)
        return node

    def _validate(self, node: DocumentNode) -> None:
        broken = check_structure(node, self._limits)
        if broken is not None:
            raise RequestError([broken])
        errors = validate(self._schema, node, self._rules, _MOST_ERRORS, hide_suggestions=not self._suggestions)
        if not errors:
            errors = check_merging(self._schema, node)
        if not errors:
            return
        if not self._suggestions:
            for error in errors:
                error.message = _SUGGESTION.sub("", error.message)
        raise RequestError(with_code(errors, "GRAPHQL_VALIDATION_FAILED"))

    def _remember(self, text: str, document: Document) -> None:
        if document.size * 4 > self._max_characters:
            return
        self._known[text] = document
        self._characters += document.size
        while len(self._known) > self._max_count or self._characters > self._max_characters:
            _, oldest = self._known.popitem(last=False)
            self._characters -= oldest.size


def _unlink_tokens(node: DocumentNode) -> None:
    """Part the tokens of a document that was parsed: linked both ways, they stay until the collector looks for cycles.

    Locations keep those they begin and end with, and nobody walks from one to the next.
    """
    token = node.loc.start_token if node.loc else None
    while token is not None:
        following, token.prev, token.next = token.next, None, None
        token = following


class _DeferOut(Visitor):
    """Takes `@defer` out: whatever its `if` says, the fragment is answered in place."""

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> Any:
        return _undeferred(node)

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> Any:
        return _undeferred(node)


def _undeferred(node: FragmentSpreadNode | InlineFragmentNode) -> FragmentSpreadNode | InlineFragmentNode | None:
    kept = tuple(directive for directive in node.directives or () if directive.name.value != "defer")
    if len(kept) == len(node.directives or ()):
        return None
    return replace(node, directives=kept)


def _without_defer(node: DocumentNode) -> DocumentNode:
    if not _mentions_defer(node):
        return node
    stripped: DocumentNode = visit(node, _DeferOut())
    return stripped


def _mentions_defer(document: DocumentNode) -> bool:
    pending: list[SelectionSetNode] = [
        definition.selection_set
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    while pending:
        for selection in pending.pop().selections:
            if not isinstance(selection, FieldNode) and any(
                d.name.value == "defer" for d in selection.directives or ()
            ):
                return True
            if not isinstance(selection, FragmentSpreadNode) and selection.selection_set is not None:  # type: ignore[attr-defined]
                pending.append(selection.selection_set)  # type: ignore[attr-defined]
    return False
