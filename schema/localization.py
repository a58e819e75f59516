"""Countries, currencies and languages of the shop."""

from enum import StrEnum

import strawberry
from strawberry import Parent

from db.pricing import MarketRow
from resolvers import localization as local
from resolvers.context import Info
from schema.caching import CONTENT, PART
from schema.codes import CountryCode, CurrencyCode, LanguageCode
from schema.node import Node


@strawberry.enum(description="Systems of measures.")
class UnitSystem(StrEnum):
    IMPERIAL_SYSTEM = "IMPERIAL_SYSTEM"
    METRIC_SYSTEM = "METRIC_SYSTEM"


@strawberry.type(description="A group of countries that see the same prices and languages.", directives=[PART])
class Market(Node, row=MarketRow, by=local.MarketById):
    handle: str = strawberry.field(description="Its name, such as `europe`; unique among markets.")


@strawberry.type(description="A language that the shop speaks.", directives=[PART])
class Language:
    name: str = strawberry.field(description="Its name in the operation's language, such as `German`.")

    @strawberry.field(description="What it calls itself, such as `Deutsch`.")
    @staticmethod
    def endonym_name(language: Parent[local.Language]) -> str:
        return language.endonym

    @strawberry.field(graphql_type=LanguageCode, description="Its code, to be named in `@inContext`.")
    @staticmethod
    def iso_code(language: Parent[local.Language]) -> str:
        return language.code


@strawberry.type(description="A currency.", directives=[PART])
class Currency:
    name: str = strawberry.field(description="Its name in the operation's language, such as `Euro`.")
    symbol: str = strawberry.field(description="How it is written beside amounts, such as `€`.")

    @strawberry.field(graphql_type=CurrencyCode, description="Its code.")
    @staticmethod
    def iso_code(currency: Parent[local.Currency]) -> str:
        return currency.code


@strawberry.type(description="A country that the shop sells to.", directives=[PART])
class Country:
    name: str = strawberry.field(description="Its name in the operation's language, such as `Germany`.")

    @strawberry.field(
        graphql_type=list[Language], description="What the shop speaks there, the language of its market first."
    )
    @staticmethod
    def available_languages(country: Parent[local.Country]) -> tuple[local.Language, ...]:
        return country.languages

    @strawberry.field(graphql_type=Currency, description="What its customers pay with.")
    @staticmethod
    def currency(country: Parent[local.Country]) -> local.Currency:
        return country.currency

    @strawberry.field(graphql_type=Language, description="What the shop speaks there unless asked otherwise.")
    @staticmethod
    def default_language(country: Parent[local.Country]) -> local.Language:
        return country.languages[0]

    @strawberry.field(graphql_type=CountryCode, description="Its code, to be named in `@inContext`.")
    @staticmethod
    def iso_code(country: Parent[local.Country]) -> str:
        return country.code

    @strawberry.field(
        graphql_type=Market | None,
        description="The market that it belongs to; never null.",
        deprecation_reason="Use `isoCode`.",
    )
    @staticmethod
    def market(country: Parent[local.Country]) -> MarketRow:
        return country.market

    @strawberry.field(description="Whether it measures in metres or in feet.")
    @staticmethod
    def unit_system(country: Parent[local.Country]) -> UnitSystem:
        return UnitSystem.IMPERIAL_SYSTEM if country.is_imperial else UnitSystem.METRIC_SYSTEM


@strawberry.type(
    description="Where and in which language an operation is answered, and what else could be asked for.",
    directives=[CONTENT],
)
class Localization:
    @strawberry.field(graphql_type=list[Country], description="The countries that the shop sells to, by name.")
    @staticmethod
    def available_countries(found: Parent[local.Localization]) -> tuple[local.Country, ...]:
        return found.countries

    @strawberry.field(graphql_type=list[Language], description="What the shop speaks in the operation's country.")
    @staticmethod
    def available_languages(found: Parent[local.Localization]) -> tuple[local.Language, ...]:
        return found.country.languages

    @strawberry.field(
        graphql_type=Country,
        description="The operation's country; the shop's own for none, and for one that it does not sell to.",
    )
    @staticmethod
    def country(found: Parent[local.Localization]) -> local.Country:
        return found.country

    @strawberry.field(
        graphql_type=Language,
        description="The operation's language: the one it names where its market speaks it, else its market's first."
        " The shop's own for an operation that names no country and no language.",
    )
    @staticmethod
    def language(found: Parent[local.Localization]) -> local.Language:
        return found.language

    @strawberry.field(
        graphql_type=Market,
        description="The market whose prices the operation shows.",
        deprecation_reason="Use `country`.",
    )
    @staticmethod
    def market(found: Parent[local.Localization]) -> MarketRow:
        return found.country.market


@strawberry.type
class LocalizationQuery:
    @strawberry.field(
        graphql_type=Localization, description="The countries, currencies and languages that the shop knows."
    )
    @staticmethod
    async def localization(info: Info) -> local.Localization:
        return await local.localization_of(info.context)
