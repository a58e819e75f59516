"""The schema as text."""

from typing import Any

from graphql import (
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_schema,
)

from schema import schema
from schema.caching import CacheControl, hint_of


def sdl() -> str:
    """The schema in GraphQL's definition language, as `schema.graphql` holds it, with its `@cacheControl` hints."""
    text = print_schema(schema._schema).rstrip() + "\n"
    for place, hint in sorted(_hints(text), reverse=True):
        text = f"{text[:place]} {hint}{text[place:]}"
    return text


def _hints(text: str) -> list[tuple[int, str]]:
    """Where in the printed schema a hint belongs, and how it is written: graphql-core prints no applied directives."""
    found: list[tuple[int, str]] = []

    def note(definition: Any, node: Any) -> None:
        hint = hint_of(definition)
        if hint is not None:
            found.append((node.loc.end, _written(hint)))

    for node in parse(text).definitions:
        if isinstance(node, UnionTypeDefinitionNode):
            note(schema._schema.type_map[node.name.value], node.name)
        elif isinstance(node, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
            kind: Any = schema._schema.type_map[node.name.value]
            note(kind, node.interfaces[-1] if node.interfaces else node.name)
            for field in node.fields or ():
                note(kind.fields[field.name.value], field.type)
    return found


def _written(hint: CacheControl) -> str:
    given = {
        "maxAge": hint.max_age,
        "scope": hint.scope.value if hint.scope else None,
        "inheritMaxAge": "true" if hint.inherits else None,
    }
    return f"@cacheControl({', '.join(f'{name}: {value}' for name, value in given.items() if value is not None)})"
