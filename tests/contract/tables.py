"""The names that public storefronts use, counted from their documents: what must work before anything else."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLDirective, GraphQLEnumType, GraphQLInputObjectType, GraphQLSchema, get_named_type

from tests.contract.walk import closure, composites

FOLDER = Path(__file__).parent / "tables"
_ARGUMENT = re.compile(r"([@\w.]+)\(([\w,]*)\)")


def names(table: str) -> list[str]:
    """The rows of a table, without its heading."""
    return (FOLDER / f"{table}.tsv").read_text(encoding="utf-8").splitlines()[1:]


def places(reference: GraphQLSchema) -> frozenset[str]:
    """Every place of the reference that the tables name or that follows from what they name.

    A storefront that sends a variable may send every field of its input and every value of its enum, and one that has
    a fragment on a type needs that type as a member of unions and with its interfaces.
    """
    return frozenset(
        {*names("fields"), *_arguments(), *_directives(reference), *_inputs(reference), *_memberships(reference)}
        | set(names("enum-literals"))
        | set(names("input-fields-literal"))
    )


def fields() -> dict[str, list[str]]:
    """The fields that storefronts select, by type."""
    found: dict[str, list[str]] = {}
    for name in names("fields"):
        owner, _, field = name.partition(".")
        found.setdefault(owner, []).append(field)
    return found


def _arguments() -> Iterator[str]:
    for name in names("args"):
        match = _ARGUMENT.fullmatch(name)
        assert match, name
        yield f"{match[1]}({match[2]}:)"


def _directives(reference: GraphQLSchema) -> Iterator[str]:
    """The directives that storefronts write, with every argument, since these are few and combined at will."""
    for directive in _written(reference):
        yield f"@{directive.name}"
        yield from (f"@{directive.name}({argument}:)" for argument in directive.args)


def _written(reference: GraphQLSchema) -> list[GraphQLDirective]:
    used = {name.partition("(")[0] for name in names("directives")}
    return [directive for directive in reference.directives if f"@{directive.name}" in used]


def _inputs(reference: GraphQLSchema) -> Iterator[str]:
    """Fields and values of the input types that storefronts send, and of those inside them."""
    sent = [reference.type_map[name] for name in {*names("inputs"), *names("variable-types")}]
    sent += [get_named_type(one.type) for directive in _written(reference) for one in directive.args.values()]
    used = set(_arguments())
    for owner in composites(reference):
        for field_name, field in owner.fields.items():
            for name, argument in field.args.items():
                if f"{owner.name}.{field_name}({name}:)" in used:
                    sent.append(get_named_type(argument.type))
    for name in closure(sent):
        yield name
        found = reference.type_map[name]
        if isinstance(found, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field in found.fields)
        elif isinstance(found, GraphQLEnumType):
            yield from (f"{name}.{value}" for value in found.values)


def _memberships(reference: GraphQLSchema) -> Iterator[str]:
    """Unions and interfaces that storefronts meet, with the types that they have fragments on or fields of."""
    met = {owner for owner, _, _ in (name.partition(".") for name in names("fields"))}
    met |= set(names("type-conditions"))
    for owner in composites(reference):
        for field_name, field in owner.fields.items():
            if field_name in fields().get(owner.name, ()):
                met.add(get_named_type(field.type).name)
        yield from (
            f"{owner.name} implements {found.name}" for found in owner.interfaces if {owner.name, found.name} <= met
        )
    for name in met:
        yield name
        found = reference.type_map[name]
        yield from (f"{name} | {member.name}" for member in getattr(found, "types", ()) if member.name in met)
