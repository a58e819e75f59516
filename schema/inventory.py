"""Watching stock."""

from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from db.catalog import VariantRow
from resolvers import inventory
from resolvers.context import Info
from resolvers.ids import numbered
from schema.catalog.variants import ProductVariant
from schema.fields import watch
from schema.permissions import Anyone


@strawberry.type
class InventorySubscription:
    @watch(
        ProductVariant,
        allow=(Anyone,),
        description="The variants as they are, at most 250, and each again whenever its stock changes.",
    )
    @staticmethod
    async def inventory_updated(
        info: Info,
        variant_ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="The variants' global ids, 1 to 250.")
        ],
    ) -> AsyncIterator[VariantRow]:
        numbers = [numbered(gid, "ProductVariant") or 0 for gid in variant_ids]
        async for variant in inventory.watch_stock(info.context, numbers):
            yield variant
