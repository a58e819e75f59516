"""Reading the places where customers may collect what they bought, and what is there."""

from collections.abc import Sequence
from math import isfinite

from db import stores as db
from db.inventory import InventoryLevelRow, LocationRow
from db.paging import Children, Order, page
from db.session import Session
from db.stores import Place
from resolvers.catalog.variants import VariantById
from resolvers.context import Context
from resolvers.errors import ClientError
from resolvers.inventory import can_be_bought
from resolvers.languages import country_name
from resolvers.loading import Loader, PageLoader, picked
from resolvers.paging import Page, PageArgs, page_of
from resolvers.shop import language_of


class LocationById(Loader[int, LocationRow | None]):
    """Locations that customers may collect from."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[LocationRow | None]:
        return picked({row.id: row for row in await session.rows(db.locations_by_id(keys))}, keys)


class StoresByVariant(PageLoader[InventoryLevelRow]):
    """Where a variant may be collected: the preferred store first, then the nearest, else in the shop's order."""

    in_sql = False

    def __init__(self, context: Context, near: Place | None) -> None:
        super().__init__(context)
        self.near = near

    def order(self, args: PageArgs) -> Order:
        return db.stores_order(self.near, self.context.preferred_location)

    def children(self) -> Children:
        return db.stores_of_variants()


def place(latitude: float, longitude: float) -> Place:
    """Somewhere on Earth. Raises ClientError for degrees that lie nowhere."""
    if not isfinite(latitude) or not isfinite(longitude) or abs(latitude) > 90 or abs(longitude) > 180:
        raise ClientError("BAD_REQUEST", "near has a latitude from -90 to 90 and a longitude from -180 to 180.")
    return Place(latitude, longitude)


async def list_locations(context: Context, args: PageArgs, near: Place | None) -> Page[LocationRow]:
    """A page of the stores, sorted by a LocationSortKeys value. Raises ClientError for a distance from nowhere."""
    orders = db.location_orders(near)
    if args.sort == "DISTANCE" and near is None:
        raise ClientError("BAD_REQUEST", "Sorting by DISTANCE needs near: say from where.")
    order = args.turned(orders[args.sort or "ID"])
    window = args.window(order)
    async with context.read() as session:
        rows = await session.tuples(page(LocationRow, [db.is_store()], order, window))
    return page_of(rows, order, window)


async def can_be_collected(context: Context, level: InventoryLevelRow) -> bool:
    """Whether a variant can be collected at a store."""
    variant = await context.loader(VariantById).load(level.variant_id)
    return variant is not None and can_be_bought(variant, pieces(level))


def pieces(level: InventoryLevelRow) -> int:
    """What is free to sell at a place; never negative."""
    return max(level.on_hand - level.reserved, 0)


async def country_of(context: Context, location: LocationRow) -> str | None:
    """The country's name in the operation's language; None where no country is known."""
    if location.country_code is None:
        return None
    language = await language_of(context)
    return country_name(location.country_code, language)


async def address_lines(context: Context, location: LocationRow) -> list[str]:
    """An address as it is written on a parcel, without the name."""
    town = " ".join(part for part in (location.zip, location.city) if part)
    lines = (location.address1, location.address2, town, location.province, await country_of(context, location))
    return [line for line in lines if line]
