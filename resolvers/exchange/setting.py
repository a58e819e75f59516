"""What of the shop an import has to know, read once: currency, markets, locations, rules, swatches, definitions."""

from dataclasses import dataclass, field
from typing import Any

from db import exchange as db
from db import pricing
from db import shop as shop_db
from db.base import light
from db.catalog import CategoryRow, CollectionRow, MetafieldDefinitionRow
from db.exchange import SwatchRow
from db.inventory import LocationRow
from db.pricing import MarketCountryRow, MarketRow
from db.session import Database, Session
from db.shop import ShopRow
from resolvers.amounts import AmountError, Conversion, convert, currency_code, exponent, paid_in
from resolvers.exchange.cells import same_word
from resolvers.exchange.columns import MetafieldKey
from resolvers.exchange.report import UnreadableError
from resolvers.languages import DEFAULT
from resolvers.search.documents import spoken_in
from resolvers.search.indexing import Lexicon
from resolvers.text import fold

DEFAULT_CURRENCY = "EUR"
COLOR_OPTIONS = frozenset(
    {"color", "colour", "colors", "colours", "farbe", "couleur", "kleur", "colore", "cor", "shade", "pattern"}
)
"""Folded names of options whose values are shown with swatches."""


@dataclass
class Setting:
    """The shop as an import sees it."""

    currency: str
    markets: list[MarketRow]
    locations: list[LocationRow]
    ruled: list[CollectionRow] = field(default_factory=list)
    swatches: dict[str, SwatchRow] = field(default_factory=dict)
    definitions: dict[MetafieldKey, MetafieldDefinitionRow] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    language: str = DEFAULT
    """What everything is written in."""
    lexicon: Lexicon = field(default_factory=Lexicon)

    def __post_init__(self) -> None:
        self.primary = next(market for market in self.markets if market.is_primary)
        self.followers = [market for market in self.markets if not market.is_primary]
        self.first_location = self.locations[0]
        self._by_name = {same_word(market.name): market for market in self.markets}
        self._conversions = {
            market.id: (
                Conversion(market.rate, market.rounding_step, market.rounding_ending),
                (exponent(self.primary.currency_code), exponent(market.currency_code)),
            )
            for market in self.markets
        }

    @property
    def other_languages(self) -> list[str]:
        """What some market speaks beside the language that everything is written in."""
        return spoken_in(self.language, [market.languages for market in self.markets])[1:]

    def market(self, name: str) -> MarketRow | None:
        """The market of that name, however it is spelt."""
        return self._by_name.get(same_word(name))

    def converted(self, amount: int, market: MarketRow) -> int:
        """A price of the primary market in another."""
        return convert(amount, *self._conversions[market.id])

    def swatch(self, option: str, value: str) -> SwatchRow | None:
        """How a value of an option is shown, where the option is about colour."""
        return self.swatches.get(fold(value)) if fold(option) in COLOR_OPTIONS else None


async def read_setting(session: Session) -> Setting | None:
    """The setting as it stands; None for a database without a shop, a primary market or a location."""
    shop = await session.first(shop_db.shops())
    markets = await session.rows(pricing.markets())
    locations = await session.rows(db.locations())
    if not shop or not locations or not any(market.is_primary for market in markets):
        return None
    return Setting(
        currency=shop.currency_code,
        markets=markets,
        locations=locations,
        ruled=await session.rows(db.ruled_collections()),
        swatches={swatch.name_key: swatch for swatch in await session.rows(db.swatches())},
        definitions={(row.owner_kind, row.namespace, row.key): row for row in await session.rows(db.definitions())},
        categories={row.full_name: row.id for row in await session.rows(db.categories())},
        language=shop.language_code,
    )


async def setting_for(database: Database, currency: str | None, *, dry_run: bool) -> Setting:
    """The setting, after making what an empty installation lacks: a shop, one market, one location.

    ``currency`` is that of a shop still to be made. Raises `UnreadableError` for a code that is no currency, and for
    one that is not the standing shop's.
    """
    try:
        if currency is not None:
            currency_code(currency)
    except AmountError as error:
        raise UnreadableError(str(error)) from error
    async with database.read() as session:
        standing = await read_setting(session)
    if standing and currency not in (None, standing.currency):
        raise UnreadableError(f"The shop sells in {standing.currency}; {currency} can only be given before it is there")
    if standing:
        return standing
    if dry_run:
        return _imagined(currency or DEFAULT_CURRENCY)
    async with database.write() as session:
        await _furnish(session, currency or DEFAULT_CURRENCY)
    async with database.read() as session:
        made = await read_setting(session)
    assert made is not None
    return made


def _shop(currency: str) -> dict[str, Any]:
    return {
        "id": 1,
        "name": "My shop",
        "domain": "localhost",
        "country_code": "IE" if currency == DEFAULT_CURRENCY else currency[:2],
        "currency_code": currency,
        "money_format": f"{{{{amount}}}} {currency}",
    }


def _market(currency: str) -> dict[str, Any]:
    return {"handle": "home", "name": "Home", **paid_in(currency), "is_primary": True}


async def _furnish(session: Session, currency: str) -> None:
    """Make what is missing of shop, primary market and location."""
    shop = await session.first(shop_db.shops())
    if shop is None:
        shop = await session.add(ShopRow, _shop(currency))
    if not any(market.is_primary for market in await session.rows(pricing.markets())):
        market = await session.add(MarketRow, _market(shop.currency_code))
        taken = {row.country_code for row in await session.rows(db.market_countries())}
        if shop.country_code not in taken:
            await session.add(MarketCountryRow, {"country_code": shop.country_code, "market_id": market.id})
    if not await session.rows(db.locations()):
        await session.add(LocationRow, {"name": "Home", "country_code": shop.country_code})


def _imagined(currency: str) -> Setting:
    """What `_furnish` would make, for a rehearsal."""
    market = light(MarketRow)(
        id=0, handle="home", name="Home", **paid_in(currency), is_primary=True,
        rate=1_000_000, rounding_step=1, rounding_ending=0, languages=[],
    )  # fmt: skip
    location = light(LocationRow)(**dict.fromkeys(LocationRow.model_fields) | {"id": 0, "name": "Home", "position": 1})
    return Setting(currency, [market], [location])


async def category_id(session: Session, setting: Setting, full_name: str, made: dict[str, int]) -> int:
    """The category of that path; it and its ancestors are made when they are missing, and noted in ``made``."""
    known = setting.categories.get(full_name) or made.get(full_name)
    if known:
        return known
    standing = await session.first(db.category(full_name))
    if standing is None:
        ancestors, _, name = full_name.rpartition(" > ")
        parent = await category_id(session, setting, ancestors, made) if ancestors else None
        standing = await session.add(CategoryRow, {"name": name, "full_name": full_name, "parent_id": parent})
    made[full_name] = standing.id
    return standing.id
