"""Codes of countries, currencies and languages."""

from schema.codes.countries import CountryCode
from schema.codes.currencies import CurrencyCode
from schema.codes.languages import LanguageCode

__all__ = ["CountryCode", "CurrencyCode", "LanguageCode", "in_particular"]


def in_particular(country: str | None) -> str | None:
    """The code of a country; None for `ZZ`, which is no country in particular."""
    return None if country == CountryCode.ZZ else country
