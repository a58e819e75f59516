"""The lines of carts: what they are about, and what they cost."""

from typing import Annotated, Any

import strawberry
from strawberry import Parent

from db.cart import CartLineRow
from resolvers.amounts import Money
from resolvers.cart import reads
from resolvers.catalog.variants import VariantById
from resolvers.context import Info
from resolvers.ids import global_id
from schema.caching import PRIVATE
from schema.catalog.variants import ProductVariant
from schema.discounts import CartDiscountAllocation, none_yet
from schema.fields import edge
from schema.node import Node
from schema.pricing import MoneyV2

Merchandise = Annotated[
    ProductVariant, strawberry.union("Merchandise", description="What a cart line is about.", directives=[PRIVATE])
]


@strawberry.type(description="A note for the shop.", directives=[PRIVATE])
class Attribute:
    @strawberry.field(description="Its name.")
    @staticmethod
    def key(note: Parent[dict[str, str]]) -> str:
        return note["key"]

    @strawberry.field(description="Its text; may be null.")
    @staticmethod
    def value(note: Parent[dict[str, str]]) -> str | None:
        return note["value"]


@strawberry.type
class CartLineAmounts:
    @strawberry.field(graphql_type=MoneyV2, description="What all pieces cost before discounts.")
    @staticmethod
    def subtotal_amount(cost: Parent[reads.LineCost]) -> Money:
        return cost.total

    @strawberry.field(graphql_type=MoneyV2, description="What all pieces cost.")
    @staticmethod
    def total_amount(cost: Parent[reads.LineCost]) -> Money:
        return cost.total


@strawberry.type(description="What a cart line costs, in the cart's market.", directives=[PRIVATE])
class CartLineCost(CartLineAmounts):
    @strawberry.field(graphql_type=MoneyV2, description="What one piece costs.")
    @staticmethod
    def amount_per_quantity(cost: Parent[reads.LineCost]) -> Money:
        return cost.piece

    @strawberry.field(graphql_type=MoneyV2 | None, description="What one cost before; null when not on sale.")
    @staticmethod
    def compare_at_amount_per_quantity(cost: Parent[reads.LineCost]) -> Money | None:
        return cost.piece_before


@strawberry.type(description="What a cart line costs, under the names of older clients.", directives=[PRIVATE])
class CartLineEstimatedCost(CartLineAmounts):
    @strawberry.field(graphql_type=MoneyV2, description="What one piece costs.")
    @staticmethod
    def amount(cost: Parent[reads.LineCost]) -> Money:
        return cost.piece

    @strawberry.field(graphql_type=MoneyV2 | None, description="What one cost before; null when not on sale.")
    @staticmethod
    def compare_at_amount(cost: Parent[reads.LineCost]) -> Money | None:
        return cost.piece_before


def line_global_id(row: Parent[Any], info: Info) -> strawberry.ID:
    """A line's id, which is no number."""
    return strawberry.ID(global_id("CartLine", row.key))


def attribute_of(row: Parent[Any], key: Annotated[str, strawberry.argument(description="Its name.")]) -> Any:
    """The note of that name; None for any other."""
    return next((note for note in row.attributes if note["key"] == key), None)


@strawberry.interface(description="A line of a cart.", directives=[PRIVATE])
class BaseCartLine(Node):
    attribute: Attribute | None = strawberry.field(resolver=attribute_of, description="The note of that name; or null.")
    attributes: list[Attribute] = strawberry.field(description="Notes on it.")

    @strawberry.field(graphql_type=CartLineCost, description="What it costs.")
    @staticmethod
    async def cost(line: Parent[CartLineRow], info: Info) -> reads.LineCost:
        return await reads.line_cost(info.context, line)

    discount_allocations: list[CartDiscountAllocation] = strawberry.field(
        resolver=none_yet, description="What discounts take off it; empty, since no shop has discounts yet."
    )

    @strawberry.field(
        graphql_type=CartLineEstimatedCost, description="What it costs.", deprecation_reason="Use `cost` instead."
    )
    @staticmethod
    async def estimated_cost(line: Parent[CartLineRow], info: Info) -> reads.LineCost:
        return await reads.line_cost(info.context, line)

    id: strawberry.ID = strawberry.field(resolver=line_global_id, description="The global id; never null.")
    merchandise: Merchandise = edge(VariantById, key="variant_id", description="What it is about.")
    quantity: int = strawberry.field(description="How many pieces.")


@strawberry.type(
    description="That a line belongs to another, as a warranty belongs to what it covers.", directives=[PRIVATE]
)
class CartLineParentRelationship:
    parent: Annotated["CartLine", strawberry.lazy("schema.cart.lines")] = strawberry.field(
        description="The line it belongs to."
    )


@strawberry.type(description="Some pieces of one variant.", directives=[PRIVATE])
class CartLine(BaseCartLine, row=CartLineRow, by=reads.LineByKey):
    @strawberry.field(
        graphql_type=CartLineParentRelationship | None,
        description="What it belongs to; null, since lines stand by themselves so far.",
    )
    @staticmethod
    def parent_relationship(line: Parent[CartLineRow]) -> None:
        return None


@strawberry.type(
    description="A line that consists of others. None does so far: no shop sells bundles yet.", directives=[PRIVATE]
)
class ComponentizableCartLine(BaseCartLine):
    line_components: list[CartLine] = strawberry.field(description="What it consists of.")
