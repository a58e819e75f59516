"""The directives that an operation may carry: `@inContext` and `@defer`.

They are plain graphql-core directives. Strawberry's own operation directives install a hook on the resolver of every
field, which costs several times the query; these are read once an operation, by whoever hosts the schema.
"""

from enum import Enum
from typing import cast

import strawberry
from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDefaultInput,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
)
from strawberry.types.enum import StrawberryEnumDefinition


def install_directives(schema: strawberry.Schema, country: type[Enum], language: type[Enum]) -> None:
    """Declare `@inContext` and `@defer` in `schema`.

    `country` and `language` are the Strawberry enums of the directive's arguments; a type of the schema that already
    has the name of one of ours (`BuyerInput`, `VisitorConsent`) is used instead of it. Installing twice is an error.
    """
    core = schema._schema
    if core.get_directive("inContext") is not None:
        raise ValueError("the directives are installed already")
    kwargs = core.to_kwargs()
    kwargs["directives"] = (*core.directives, _in_context(schema, country, language), _defer())
    kwargs["assume_valid"] = False
    rebuilt = GraphQLSchema(**kwargs)
    # Strawberry finds its way back from graphql-core's schema through this attribute.
    rebuilt._strawberry_schema = schema  # type: ignore[attr-defined]
    schema._schema = rebuilt


def _in_context(schema: strawberry.Schema, country: type[Enum], language: type[Enum]) -> GraphQLDirective:
    buyer = _existing(schema, "BuyerInput") or _buyer_input()
    consent = _existing(schema, "VisitorConsent") or _visitor_consent()
    return GraphQLDirective(
        name="inContext",
        description="The market, language and buyer that the whole operation is answered for.",
        locations=(DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION),
        args={
            "country": GraphQLArgument(
                _enum(schema, country),
                description="Prices and availability are those of this country; `ZZ` or null: of no particular one.",
            ),
            "language": GraphQLArgument(
                _enum(schema, language), description="Texts are in this language where it exists; null: the default."
            ),
            "buyer": GraphQLArgument(
                cast(GraphQLInputObjectType, buyer), description="Who buys; null for an anonymous buyer."
            ),
            "preferredLocationId": GraphQLArgument(
                GraphQLID, description="The location whose stock is shown first; null: none is preferred."
            ),
            "visitorConsent": GraphQLArgument(
                cast(GraphQLInputObjectType, consent), description="What the visitor agreed to; null: not known."
            ),
        },
    )


def _defer() -> GraphQLDirective:
    return GraphQLDirective(
        name="defer",
        description="The fragment may arrive after the rest; a server may also answer it in place.",
        locations=(DirectiveLocation.FRAGMENT_SPREAD, DirectiveLocation.INLINE_FRAGMENT),
        args={
            "if": GraphQLArgument(
                GraphQLBoolean, description="Whether to defer; true by default.", default=GraphQLDefaultInput(True)
            ),
            "label": GraphQLArgument(GraphQLString, description="Tells the deferred fragments of an answer apart."),
        },
    )


def _buyer_input() -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        "BuyerInput",
        description="The customer that an operation is carried out for.",
        fields={
            "companyLocationId": GraphQLInputField(
                GraphQLID, description="The company location that the customer buys for; null for a private customer."
            ),
            "customerAccessToken": GraphQLInputField(
                GraphQLNonNull(GraphQLString), description="The customer's access token."
            ),
        },
    )


def _visitor_consent() -> GraphQLInputObjectType:
    def answer(to: str) -> GraphQLInputField:
        return GraphQLInputField(GraphQLBoolean, description=f"Whether {to} is agreed to; null: not asked yet.")

    return GraphQLInputObjectType(
        "VisitorConsent",
        description="What the visitor of a shop agreed to.",
        fields={
            "analytics": answer("measuring visits"),
            "marketing": answer("advertising"),
            "preferences": answer("remembering preferences"),
            "saleOfData": answer("passing data on to others"),
        },
    )


def _existing(schema: strawberry.Schema, name: str) -> GraphQLNamedType | None:
    return schema._schema.get_type(name)


def _enum(schema: strawberry.Schema, enum: type[Enum]) -> GraphQLEnumType:
    definition = getattr(enum, "__strawberry_definition__", None)
    if not isinstance(definition, StrawberryEnumDefinition):
        raise TypeError(f"{enum.__name__} is not a Strawberry enum")
    return schema.schema_converter.from_enum(definition)
