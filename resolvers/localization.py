"""Where a shop sells and what it speaks there, with the names of all that in the operation's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import get_currency_name, get_currency_symbol

from db import pricing as db
from db.pricing import MarketRow
from db.session import Session
from resolvers.context import Context
from resolvers.languages import country_name, locale_of
from resolvers.loading import Loader, picked
from resolvers.shop import language_of, the_shop
from resolvers.text import fold

_IMPERIAL = frozenset({"LR", "MM", "US"})


@dataclass(frozen=True)
class Language:
    """A language, and the one to name it in."""

    code: str
    said_in: str

    @property
    def name(self) -> str:
        """Its name in the operation's language; its code when it has none there."""
        return locale_of(self.code).get_display_name(locale_of(self.said_in)) or self.code

    @property
    def endonym(self) -> str:
        """What it calls itself."""
        return locale_of(self.code).get_display_name() or self.code


@dataclass(frozen=True)
class Currency:
    """A currency, and the language to name it in."""

    code: str
    said_in: str

    @property
    def name(self) -> str:
        """Its name."""
        return get_currency_name(self.code, locale=locale_of(self.said_in))

    @property
    def symbol(self) -> str:
        """How it is written beside amounts; its code when it has no sign."""
        return get_currency_symbol(self.code, locale=locale_of(self.said_in))


@dataclass(frozen=True)
class Country:
    """A country, the market that its customers see, and the languages that are spoken there."""

    code: str
    market: MarketRow
    languages: tuple[Language, ...]
    said_in: str

    @property
    def name(self) -> str:
        """Its name; its code when it has none in the language."""
        return country_name(self.code, self.said_in)

    @property
    def currency(self) -> Currency:
        """What is paid with."""
        return Currency(self.market.currency_code, self.said_in)

    @property
    def is_imperial(self) -> bool:
        """Whether it measures in inches and pounds."""
        return self.code in _IMPERIAL


@dataclass(frozen=True)
class Localization:
    """What the operation is answered for, and what else it could be."""

    country: Country
    countries: tuple[Country, ...]
    language: Language


class MarketById(Loader[int, MarketRow | None]):
    """Markets."""

    async def fetch(self, session: Session, keys: Sequence[int]) -> list[MarketRow | None]:
        return picked({row.id: row for row in await session.rows(db.markets())}, keys)


async def localization_of(context: Context) -> Localization:
    """Where the shop sells, countries by name. A country that it does not sell to counts as its own country.

    Raises NoShop before anything was imported.
    """
    shop = await the_shop(context)
    async with context.read() as session:
        markets = {row.id: row for row in await session.rows(db.markets())}
        sold_to = {row.country_code: markets[row.market_id] for row in await session.rows(db.countries_of_markets())}
    said_in = await language_of(context)

    def country(code: str, market: MarketRow) -> Country:
        spoken = market.languages or [shop.language_code]
        return Country(code, market, tuple(Language(known, said_in) for known in spoken), said_in)

    countries = [country(code, market) for code, market in sold_to.items()]
    here = next((known for known in countries if known.code == (context.country or shop.country_code)), None)
    if here is None:
        primary = next(market for market in markets.values() if market.is_primary)
        here = country(shop.country_code, sold_to.get(shop.country_code, primary))
    ordered = sorted(countries, key=lambda known: (fold(known.name), known.code))
    return Localization(here, tuple(ordered), Language(said_in, said_in))
