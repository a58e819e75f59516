"""Places where customers may collect what they bought."""

from enum import StrEnum
from typing import Annotated, TypeAlias

import strawberry
from strawberry import UNSET, Parent

from db.inventory import InventoryLevelRow, LocationRow
from db.stores import Place
from resolvers import stores
from resolvers.context import Info
from resolvers.paging import Page
from schema.caching import CATALOGUE, PART, STOCK
from schema.catalog.metafields import HasMetafields
from schema.fields import edge
from schema.node import Node
from schema.paging import SORTED_BY, After, Before, Connection, First, Last, Reverse, page_args
from schema.seo import itself


@strawberry.enum(description="What stores are sorted by.")
class LocationSortKeys(StrEnum):
    CITY = "CITY"
    DISTANCE = "DISTANCE"
    ID = "ID"
    NAME = "NAME"


@strawberry.input(description="Somewhere on Earth.")
class GeoCoordinateInput:
    latitude: float = strawberry.field(description="Degrees north, -90 to 90.")
    longitude: float = strawberry.field(description="Degrees east, -180 to 180.")

    def plain(self) -> Place:
        """The same for resolvers."""
        return stores.place(self.latitude, self.longitude)


Near: TypeAlias = Annotated[
    GeoCoordinateInput | None, strawberry.argument(description="Where the customer is; the nearest come first.")
]


@strawberry.type(description="Where a store is.", directives=[PART])
class LocationAddress:
    address1: str | None = strawberry.field(description="Street and number; may be null.")
    address2: str | None = strawberry.field(description="What else finds it; may be null.")
    city: str | None = strawberry.field(description="The town; may be null.")
    country_code: str | None = strawberry.field(description="The country's ISO code; may be null.")
    latitude: float | None = strawberry.field(description="Degrees north; may be null.")
    longitude: float | None = strawberry.field(description="Degrees east; may be null.")
    phone: str | None = strawberry.field(description="Its number; may be null.")
    province: str | None = strawberry.field(description="County, state or the like; may be null.")
    province_code: str | None = strawberry.field(description="The code of that; may be null.")
    zip: str | None = strawberry.field(description="The postal code; may be null.")

    @strawberry.field(description="The country's name; may be null.")
    @staticmethod
    async def country(location: Parent[LocationRow], info: Info) -> str | None:
        return await stores.country_of(info.context, location)

    @strawberry.field(description="The address, line by line.")
    @staticmethod
    async def formatted(location: Parent[LocationRow], info: Info) -> list[str]:
        return await stores.address_lines(info.context, location)


@strawberry.type(description="A store where customers may collect what they bought.", directives=[CATALOGUE])
class Location(HasMetafields, Node, row=LocationRow, by=stores.LocationById):
    address: LocationAddress = strawberry.field(resolver=itself, description="Where it is.")
    name: str = strawberry.field(description="Its name.")


@strawberry.type(description="Whether a variant can be collected at a store.", directives=[STOCK])
class StoreAvailability:
    location: Location = edge(stores.LocationById, key="location_id", description="The store.")

    @strawberry.field(description="Whether it can be collected.")
    @staticmethod
    async def available(level: Parent[InventoryLevelRow], info: Info) -> bool:
        return await stores.can_be_collected(info.context, level)

    @strawberry.field(description="How many are there; at least 0.")
    @staticmethod
    def quantity_available(level: Parent[InventoryLevelRow]) -> int:
        return stores.pieces(level)

    @strawberry.field(description="How long it usually takes; empty when the store does not say.")
    @staticmethod
    async def pick_up_time(level: Parent[InventoryLevelRow], info: Info) -> str:
        location = await info.context.loader(stores.LocationById).load(level.location_id)
        return (location.pickup_time if location else None) or ""


@strawberry.type
class StoreQuery:
    @strawberry.field(
        graphql_type=Connection[Location],
        description="Stores where customers may collect, at most 250 a page; DISTANCE is from `near`.",
    )
    @staticmethod
    async def locations(
        info: Info,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
        reverse: Reverse = False,
        sort_key: Annotated[LocationSortKeys | None, SORTED_BY] = LocationSortKeys.ID,
        near: Near = UNSET,
    ) -> Page[LocationRow]:
        args = page_args(first, after, last, before, reverse, sort_key)
        return await stores.list_locations(info.context, args, near.plain() if near else None)
