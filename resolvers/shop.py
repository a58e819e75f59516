"""Reading the shop and its policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db import pricing, shop, storefront
from db.session import Session
from db.shop import PolicyRow, ShopRow
from resolvers.context import Context
from resolvers.languages import DEFAULT
from resolvers.loading import Loader, picked


class TheShop(Loader[int, ShopRow | None]):
    """The one shop, under the key 1."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[ShopRow | None]:
        row = await session.first(shop.shops())
        return [row if key == 1 else None for key in keys]


class SynonymsOfShop(Loader[int, Sequence[Mapping[str, Any]]]):
    """The groups of words that mean the same, under the key 1."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[Sequence[Mapping[str, Any]]]:
        said = await session.first(shop.synonyms()) or []
        return [said if key == 1 else [] for key in keys]


class NoShop(RuntimeError):  # noqa: N818 - says what is wrong
    """The database holds no shop yet."""


async def the_shop(context: Context) -> ShopRow:
    """The shop's row. Raises NoShop before anything was imported."""
    row = await context.loader(TheShop).load(1)
    if row is None:
        raise NoShop("There is no shop in the database yet: run `storekeep demo` or `storekeep import products FILE`.")
    return row


async def language_of(context: Context) -> str:
    """What an operation is asked and answered in: its own language, else the shop's."""
    spoken = await context.speaks()
    if spoken is None:
        shop = await context.loader(TheShop).load(1)
        spoken = shop.language_code if shop else DEFAULT
    return spoken


class PolicyByKind(Loader[str, PolicyRow | None]):
    """The shop's legal texts."""

    async def fetch(self, session: Session, keys: Sequence[str]) -> list[PolicyRow | None]:
        rows = {row.kind: row for row in await session.rows(shop.policies())}
        return picked(rows, keys)


class PolicyById(Loader[int, PolicyRow | None]):
    """The same by id."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[PolicyRow | None]:
        rows = {row.id: row for row in await session.rows(shop.policies())}
        return picked(rows, keys)


async def countries_sold_to(context: Context) -> list[str]:
    """ISO codes of every country that a market covers."""
    async with context.read() as session:
        return await session.rows(pricing.market_countries())


async def presentment_currencies(context: Context) -> list[str]:
    """The currencies that some market sells in, the primary one first."""
    async with context.read() as session:
        return list(dict.fromkeys([row.currency_code for row in await session.rows(pricing.markets())]))


@dataclass(frozen=True)
class HowMuch:
    """How much a storefront may see of the shop, and how much is hidden from it: drafts, and what is not for sale."""

    products: int
    variants: int
    collections: int
    hidden_products: int
    hidden_collections: int


async def how_much(context: Context) -> HowMuch:
    """How much the shop offers in the operation's market."""
    async with context.read() as session:
        (counted,) = await session.tuples(storefront.how_much(context.country, context.now))
    products, variants, collections, every_product, every_collection = counted
    return HowMuch(products, variants, collections, every_product - products, every_collection - collections)


async def shop_facts(context: Context, *, with_hidden: bool) -> tuple[str, dict[str, int | str]]:
    """(the shop's name, how much it offers, and how much of it nobody sees if that may be told)."""
    shop_row = await the_shop(context)
    found = await how_much(context)
    hidden = (found.hidden_products, found.hidden_collections) if with_hidden else (0, 0)
    return shop_row.name, {
        "Products": _counted(found.products, hidden[0]),
        "Variants": found.variants,
        "Collections": _counted(found.collections, hidden[1]),
    }


def _counted(shown: int, hidden: int) -> int | str:
    return f"{shown:,} + {hidden:,} hidden" if hidden else shown
