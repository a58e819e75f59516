"""The schema as text."""

from graphql import print_schema

from schema import schema


def sdl() -> str:
    """The schema in GraphQL's definition language, as `schema.graphql` holds it."""
    return print_schema(schema._schema).rstrip() + "\n"
