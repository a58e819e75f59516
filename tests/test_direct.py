"""Fields that are resolved without Strawberry's detour, and those that must not be."""

import strawberry
from graphql import GraphQLField, GraphQLObjectType
from strawberry import Parent
from strawberry.permission import BasePermission

from schema import schema
from schema.direct import install_direct_resolvers


class Never(BasePermission):
    """Refuses everybody."""

    message = "never"

    def has_permission(self, source: object, info: strawberry.Info, **kwargs: object) -> bool:
        return False


def told(thing: Parent[object]) -> str:
    return "told"


def is_direct(field: GraphQLField) -> bool:
    return field.resolve is not None and field.resolve.__module__ == "schema.direct"


def field_of(kind: str, name: str, of: strawberry.Schema = schema) -> GraphQLField:
    found = of._schema.type_map[kind]
    assert isinstance(found, GraphQLObjectType)
    field: GraphQLField = found.fields[name]
    return field


def test_columns_edges_and_plain_resolvers_take_the_short_way() -> None:
    """A column, a field that reads the path, an edge, a property behind an interface, a field of a generic type."""
    for kind, name in (
        ("Product", "title"),
        ("Product", "id"),
        ("Product", "rating"),
        ("MoneyV2", "amount"),
        ("CartLine", "quantity"),
        ("ProductConnection", "nodes"),
        ("ProductVariant", "price"),
    ):
        assert is_direct(field_of(kind, name)), f"{kind}.{name}"


def test_arguments_and_operations_stay_with_strawberry() -> None:
    for kind, name in (
        ("Product", "variants"),
        ("Image", "url"),
        ("Mutation", "cartCreate"),
        ("QueryRoot", "products"),
    ):
        assert not is_direct(field_of(kind, name)), f"{kind}.{name}"


async def test_permissions_are_still_asked() -> None:
    @strawberry.type
    class Thing:
        secret: str = strawberry.field(resolver=told, permission_classes=[Never])
        known: str = strawberry.field(resolver=told)

    @strawberry.type
    class Query:
        @strawberry.field
        @staticmethod
        def thing() -> Thing:
            return Thing()

    own = strawberry.Schema(query=Query)
    install_direct_resolvers(own)
    assert is_direct(field_of("Thing", "known", own))
    assert not is_direct(field_of("Thing", "secret", own))
    answer = await own.execute("{ thing { known } }")
    assert answer.data == {"thing": {"known": "told"}}
    refused = await own.execute("{ thing { secret } }")
    assert refused.errors is not None
    assert refused.errors[0].message == "never"
