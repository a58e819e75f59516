"""Codes of countries, currencies and languages."""

from schema.codes.countries import CountryCode
from schema.codes.currencies import CurrencyCode
from schema.codes.languages import LanguageCode

__all__ = ["CountryCode", "CurrencyCode", "LanguageCode"]
