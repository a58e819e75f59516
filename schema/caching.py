"""Who may share an answer, and for how long: `@cacheControl`, with the meaning that Apollo Server gives it.

Nothing is shared unless it is said: a field that answers objects may be kept as long as its own hint says, else its
type's, else not at all; a scalar is kept as its parent is. What an operation comes to is the least of its fields.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry
from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInt,
    GraphQLSchema,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter


class CacheControlScope(Enum):
    """Who may be given the same answer."""

    PUBLIC = "PUBLIC"
    PRIVATE = "PRIVATE"


@dataclass(frozen=True)
class CacheControl:
    """A hint on a type or field, as one of its Strawberry ``directives``. ``max_age`` is in seconds.

    With ``inherits``, what is answered may be kept as long as what it is part of.
    """

    max_age: int | None = None
    scope: CacheControlScope | None = None
    inherits: bool = False


def _public(seconds: int) -> CacheControl:
    return CacheControl(seconds, CacheControlScope.PUBLIC)


CATALOGUE = _public(60)
CONTENT = _public(300)
_OF_STOCK = 10
STOCK = _public(_OF_STOCK)
AGES = {"inventory_levels": _OF_STOCK}
"""Seconds for which an answer may be kept that was built from a table, whatever its fields say: what is filtered,
counted or chosen by stock shows stock as well.
"""
PART = CacheControl(inherits=True)
"""What has nothing of its own to say: amounts, pictures, pages of lists."""
PRIVATE = CacheControl(scope=CacheControlScope.PRIVATE)
"""What is somebody's own."""

_NAMES = frozenset({"buyer", "buyeridentity", "cartid", "checkoutid", "customerid", "email", "phone"})
_THINGS = re.compile(r"gid://[^/]*/\w*(cart|checkout|customer|order|mailingaddress|giftcard|token)", re.IGNORECASE)


def names_somebody(name: str) -> bool:
    """Whether an argument, input field or variable of this name takes what is somebody's own."""
    plain = name.replace("_", "").lower()
    return plain in _NAMES or plain.endswith("token")


def belongs_to_somebody(value: str) -> bool:
    """Whether a text is, or has in it, the global id of what is somebody's own."""
    return _THINGS.search(value) is not None


def hint_of(definition: Any) -> CacheControl | None:
    """What a field or type of graphql-core's schema says of itself; None for nothing."""
    declared = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    hints = (hint for hint in getattr(declared, "directives", None) or () if isinstance(hint, CacheControl))
    return next(hints, None)


def install_cache_control(schema: strawberry.Schema) -> None:
    """Declare `@cacheControl` in ``schema``. No operation can carry it."""
    core = schema._schema
    kwargs = core.to_kwargs()
    kwargs["directives"] = (*core.directives, _directive())
    kwargs["assume_valid"] = False
    rebuilt = GraphQLSchema(**kwargs)
    rebuilt._strawberry_schema = schema  # type: ignore[attr-defined]
    schema._schema = rebuilt


def _directive() -> GraphQLDirective:
    scope = GraphQLEnumType(
        "CacheControlScope",
        {
            "PUBLIC": GraphQLEnumValue(CacheControlScope.PUBLIC, description="Everybody gets the same answer."),
            "PRIVATE": GraphQLEnumValue(CacheControlScope.PRIVATE, description="It is somebody's own."),
        },
        description="Who may share an answer.",
    )
    return GraphQLDirective(
        name="cacheControl",
        description="Who may share an answer with this in it, and for how long.",
        locations=(
            DirectiveLocation.FIELD_DEFINITION,
            DirectiveLocation.OBJECT,
            DirectiveLocation.INTERFACE,
            DirectiveLocation.UNION,
        ),
        args={
            "maxAge": GraphQLArgument(GraphQLInt, description="Seconds; null: not at all, unless it inherits."),
            "scope": GraphQLArgument(scope, description="With whom; null: with everybody."),
            "inheritMaxAge": GraphQLArgument(
                GraphQLBoolean, description="Whether it may be kept as long as what it is part of; null: it may not."
            ),
        },
    )
