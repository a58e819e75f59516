"""Reading metaobjects and their fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import content as db
from db.content import MetaobjectDefinitionRow, MetaobjectRow
from db.paging import page
from db.session import Session
from resolvers import links
from resolvers.context import Context
from resolvers.loading import Loader, picked
from resolvers.paging import Page, PageArgs, page_of


@dataclass(frozen=True, slots=True)
class MetaobjectValue:
    """A field of a metaobject. A reference is a global id, a list of them JSON."""

    key: str
    type: str
    value: str


class MetaobjectById(Loader[int, MetaobjectRow | None]):
    """What a storefront may see of metaobjects."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MetaobjectRow | None]:
        rows = await session.rows(db.metaobjects_by_id(keys, self.context.now))
        return picked({row.id: row for row in rows}, keys)


class MetaobjectByHandle(Loader[tuple[str, str], MetaobjectRow | None]):
    """The same by (type, handle)."""

    async def fetch(self, session: Session, keys: Sequence[tuple[str, str]]) -> list[MetaobjectRow | None]:
        rows = await session.rows(db.metaobjects_by_handle(keys, self.context.now))
        return picked({(row.type, row.handle): row for row in rows}, keys)


class DefinitionById(Loader[int, MetaobjectDefinitionRow | None]):
    """Kinds of metaobjects."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MetaobjectDefinitionRow | None]:
        return picked({row.id: row for row in await session.rows(db.definitions())}, keys)


def values_of(metaobject: MetaobjectRow) -> list[MetaobjectValue]:
    """The fields that it has values for, in the order of their definition."""
    return [MetaobjectValue(field["key"], field["type"], field["value"]) for field in metaobject.fields]


def value_of(metaobject: MetaobjectRow, key: str | None) -> MetaobjectValue | None:
    """One of its fields; None when it has no value for it."""
    return next((value for value in values_of(metaobject) if value.key == key), None)


async def title_of(context: Context, metaobject: MetaobjectRow) -> MetaobjectValue | None:
    """The field that stands as its title; None without one."""
    definition = await _definition_of(context, metaobject)
    return value_of(metaobject, definition.title_key)


async def summary_of(context: Context, metaobject: MetaobjectRow) -> MetaobjectValue | None:
    """The field that describes it to search engines; None without one."""
    definition = await _definition_of(context, metaobject)
    return value_of(metaobject, definition.description_key)


async def page_of_metaobject(context: Context, metaobject: MetaobjectRow) -> str | None:
    """Its page in the online shop; None for a kind that has no pages."""
    if not await has_pages(context, metaobject):
        return None
    return await links.address(context, f"pages/{metaobject.type}/{metaobject.handle}")


async def has_pages(context: Context, metaobject: MetaobjectRow) -> bool:
    """Whether its kind is shown on pages of its own."""
    return (await _definition_of(context, metaobject)).title_key is not None


async def _definition_of(context: Context, metaobject: MetaobjectRow) -> MetaobjectDefinitionRow:
    found = await context.loader(DefinitionById).load(metaobject.definition_id)
    if found is None:
        raise LookupError(f"metaobject {metaobject.id} is of no kind")
    return found


async def find_metaobject(
    context: Context, metaobject_id: int | None, named: tuple[str, str] | None
) -> MetaobjectRow | None:
    """One metaobject by id, else by (type, handle); None when neither is given or nothing visible has it."""
    if metaobject_id is not None:
        return await context.loader(MetaobjectById).load(metaobject_id)
    return await context.loader(MetaobjectByHandle).load(named) if named is not None else None


async def list_metaobjects(context: Context, type_: str, args: PageArgs) -> Page[MetaobjectRow]:
    """A page of the metaobjects of a type, sorted by `id` or `updated_at`."""
    order = args.turned(db.METAOBJECT_ORDERS[args.sort or "id"])
    window = args.window(order)
    conditions = [db.of_type(type_), *db.published(MetaobjectRow, context.now)]
    async with context.read() as session:
        return page_of(await session.tuples(page(MetaobjectRow, conditions, order, window)), order, window)
