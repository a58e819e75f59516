"""What holds of every part of the schema, found by walking it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    Undefined,
    get_nullable_type,
    is_introspection_type,
    is_list_type,
    is_specified_scalar_type,
)
from strawberry.permission import BasePermission
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from app.graphql.limits import Limits
from app.sdl import sdl
from db.base import Row, light, table_of
from schema import schema
from schema.node import Node
from schema.permissions import Anyone
from tests.api import Client
from tests.contract.walk import composites

ROOT = Path(__file__).parents[1]
CORE = schema._schema


def ours() -> Iterator[GraphQLNamedType]:
    for found in CORE.type_map.values():
        if not is_introspection_type(found) and not is_specified_scalar_type(found):
            yield found


def definitions() -> Iterator[StrawberryObjectDefinition]:
    """Strawberry's side of every type and interface with fields."""
    for found in composites(CORE):
        yield found.extensions["strawberry-definition"]


def inputs() -> Iterator[tuple[str, GraphQLArgument | GraphQLInputField]]:
    """Everything that a client can send a value for, by its place."""
    for found in composites(CORE):
        for name, field in found.fields.items():
            yield from ((f"{found.name}.{name}({argument}:)", taken) for argument, taken in field.args.items())
    for taken in CORE.directives:
        yield from ((f"@{taken.name}({argument}:)", value) for argument, value in taken.args.items())
    for kind in ours():
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def test_the_written_schema_is_this_one() -> None:
    assert (ROOT / "schema.graphql").read_text() == sdl(), "run `storekeep schema schema.graphql` and commit it"


def test_the_roots_have_the_names_that_storefronts_know() -> None:
    roots = [CORE.query_type, CORE.mutation_type, CORE.subscription_type]
    assert [root.name if root else None for root in roots] == ["QueryRoot", "Mutation", "Subscription"]


def test_every_type_is_described() -> None:
    bare = [found.name for found in ours() if not found.description]
    # What they are is said by the language.
    assert set(bare) <= {"QueryRoot", "Mutation", "Subscription"}


def test_every_field_is_described() -> None:
    bare = [f"{o.name}.{name}" for o in composites(CORE) for name, field in o.fields.items() if not field.description]
    assert bare == []


def test_everything_that_a_client_can_send_is_described() -> None:
    assert [place for place, taken in inputs() if not taken.description] == []


def test_no_argument_has_null_for_its_default() -> None:
    def default(taken: Any) -> Any:
        found = getattr(taken, "default", None)
        return Undefined if found is None else getattr(found, "value", Undefined)

    assert [place for place, taken in inputs() if default(taken) is None] == []
    assert "= null" not in sdl()


def test_values_of_enums_are_words_in_capitals() -> None:
    enums = [found for found in ours() if isinstance(found, GraphQLEnumType)]
    assert len(enums) > 15
    assert [v for e in enums for v in e.values if not v.replace("_", "").isalnum() or not v.isupper()] == []


def test_every_deprecation_says_what_to_use() -> None:
    fields = [(f"{o.name}.{name}", field) for o in composites(CORE) for name, field in o.fields.items()]
    reasons = {place: field.deprecation_reason for place, field in fields if field.deprecation_reason is not None}
    assert reasons
    assert [place for place, reason in reasons.items() if not reason.startswith("Use `")] == []


def test_every_connection_pages_in_both_directions() -> None:
    for owner in composites(CORE):
        for name, field in owner.fields.items():
            if str(get_nullable_type(field.type)).endswith("Connection"):
                # As in the reference: the beginning of a list of texts, and no more.
                if str(get_nullable_type(field.type)) == "StringConnection":
                    continue
                missing = {"first", "after", "last", "before"} - set(field.args)
                assert not missing, f"{owner.name}.{name} lacks {missing}"


@pytest.mark.parametrize("root", ["Mutation", "Subscription"])
def test_every_mutation_and_subscription_says_who_may_use_it(root: str) -> None:
    definition = next(found for found in definitions() if found.name == root)
    for field in definition.fields:
        allow = field.metadata.get("allow")
        assert allow, f"{root}.{field.name} does not declare who may use it"
        asked = {permission for permission in allow if issubclass(permission, BasePermission)}
        assert asked <= set(field.permission_classes)
        assert asked or Anyone in allow


def test_every_payload_can_be_refused() -> None:
    mutation = CORE.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        payload = get_nullable_type(field.type)
        assert isinstance(payload, GraphQLObjectType), name
        assert str(payload.fields["userErrors"].type).startswith("["), name
        refused = payload.extensions["strawberry-definition"].origin.refused
        assert refused((), "EN").user_errors == [], name


def described_rows() -> Iterator[tuple[type[Row], StrawberryObjectDefinition]]:
    for definition in definitions():
        origin = definition.origin
        if issubclass(origin, Node) and origin.rows is not None:
            yield origin.rows, definition


def resolverless(definition: StrawberryObjectDefinition) -> Iterator[StrawberryField]:
    return (field for field in definition.fields if field.base_resolver is None)


def test_every_field_without_a_resolver_is_an_attribute_of_its_row() -> None:
    described = list(described_rows())
    assert len(described) >= 16
    for row, definition in described:
        for field in resolverless(definition):
            assert field.python_name in light(row).__slots__, f"{definition.name}.{field.name}"
            column = table_of(row).columns[field.python_name]
            kind = CORE.type_map[definition.name]
            assert isinstance(kind, GraphQLObjectType)
            nullable = not str(kind.fields[_shown(field)].type).endswith("!")
            assert nullable or not column.nullable or field.python_name in REQUIRED_IN_SQL, (
                f"{definition.name}.{field.name} promises a value that its column may lack"
            )


REQUIRED_IN_SQL: frozenset[str] = frozenset({"published_at"})
"""Columns that may be null, of rows that are only shown when they are not."""


def _shown(field: StrawberryField) -> str:
    return schema.config.name_converter.get_graphql_name(field)


def test_every_loader_that_a_field_names_reads_by_an_attribute_of_its_row() -> None:
    seen = 0
    for row, definition in described_rows():
        for field in definition.fields:
            if "loader" in field.metadata:
                assert field.metadata["key"] in light(row).__slots__, f"{definition.name}.{field.name}"
                seen += 1
    assert seen > 15


def test_no_two_types_describe_the_same_rows() -> None:
    seen: dict[Any, str] = {}
    for found in Node.found.values():
        key = (found.rows, found.kind)
        assert key not in seen, f"{found.__name__} and {seen[key]}"
        seen[key] = found.__name__


NEVER_ANSWERED: frozenset[str] = frozenset({"DeliveryAddress", "PricingValue"})
"""Unions that clients ask for, and that no shop has a value of yet: discounts and addresses come later."""


def test_every_type_of_a_union_can_be_told_from_the_others() -> None:
    unions = [found for found in ours() if isinstance(found, GraphQLUnionType)]
    for union in (found for found in unions if found.name not in NEVER_ANSWERED):
        for member in union.types:
            origin = member.extensions["strawberry-definition"].origin
            assert issubclass(origin, Node), f"{member.name} of {union.name}"
            assert origin.rows is not None, f"{member.name} of {union.name}"


def test_every_scalar_of_ours_is_specified() -> None:
    names = {found.name for found in ours() if isinstance(found, GraphQLScalarType)}
    assert names >= {"Decimal", "URL", "HTML", "Color", "DateTime"}


class TestLists:
    """Every list that a client can send is refused above 250 items, wherever it stands."""

    LISTS: ClassVar[list[str]] = sorted(
        place for place, taken in inputs() if is_list_type(get_nullable_type(taken.type))
    )

    def test_the_cap_is_that_of_storefronts(self) -> None:
        assert Limits().list_items == 250
        assert len(self.LISTS) > 10

    @pytest.mark.parametrize("count", [250, 251])
    @pytest.mark.parametrize("written", ["literal", "variable"])
    async def test_node_ids(self, demo: Client, count: int, written: str) -> None:
        ids = [f"gid://shopify/Product/{n}" for n in range(900_000, 900_000 + count)]
        if written == "literal":
            answer = await demo.send("{ nodes(ids: [" + ", ".join(f'"{gid}"' for gid in ids) + "]) { id } }")
        else:
            answer = await demo.send("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids})
        if count == 250:
            assert answer.json() == {"data": {"nodes": [None] * 250}}
        else:
            assert answer.json()["errors"][0]["extensions"]["code"] == "LIMIT_EXCEEDED"

    @pytest.mark.parametrize(
        "selection",
        [
            'product(handle: "none") { metafields(identifiers: [%s]) { id } }',
            'product(handle: "none") { adjacentVariants(selectedOptions: [%s]) { id } }',
            'product(handle: "none") { variantBySelectedOptions(selectedOptions: [%s]) { id } }',
            'collection(handle: "none") { products(first: 1, filters: [%s]) { nodes { id } } }',
        ],
    )
    async def test_lists_of_inputs(self, demo: Client, selection: str) -> None:
        items = {"metafields": '{key: "a"}', "Options": '{name: "a", value: "b"}', "filters": "{available: true}"}
        item = next(value for name, value in items.items() if name in selection)
        await demo.run("{ %s }" % (selection % ", ".join([item] * 250)))
        error = await demo.refused("{ %s }" % (selection % ", ".join([item] * 251)))
        assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
