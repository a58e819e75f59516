"""Languages: their codes, which one an operation is answered in, and what stands in for a missing translation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from babel import Locale, UnknownLocaleError

CODES = frozenset(
    {
        "AF", "AK", "AM", "AR", "AS", "AZ", "BE", "BG", "BM", "BN", "BO", "BR", "BS", "CA", "CE", "CKB", "CS", "CU",
        "CY", "DA", "DE", "DZ", "EE", "EL", "EN", "EO", "ES", "ET", "EU", "FA", "FF", "FI", "FIL", "FO", "FR", "FY",
        "GA", "GD", "GL", "GU", "GV", "HA", "HE", "HI", "HR", "HU", "HY", "IA", "ID", "IG", "II", "IS", "IT", "JA",
        "JV", "KA", "KI", "KK", "KL", "KM", "KN", "KO", "KS", "KU", "KW", "KY", "LA", "LB", "LG", "LN", "LO", "LT",
        "LU", "LV", "MG", "MI", "MK", "ML", "MN", "MO", "MR", "MS", "MT", "MY", "NB", "ND", "NE", "NL", "NN", "NO",
        "OM", "OR", "OS", "PA", "PL", "PS", "PT", "PT_BR", "PT_PT", "QU", "RM", "RN", "RO", "RU", "RW", "SA", "SC",
        "SD", "SE", "SG", "SH", "SI", "SK", "SL", "SN", "SO", "SQ", "SR", "SU", "SV", "SW", "TA", "TE", "TG", "TH",
        "TI", "TK", "TO", "TR", "TT", "UG", "UK", "UR", "UZ", "VI", "VO", "WO", "XH", "YI", "YO", "ZH", "ZH_CN",
        "ZH_TW", "ZU",
    }
)  # fmt: skip
"""What the API calls languages: ISO 639-1 in capitals, some with a region."""

DEFAULT = "EN"
"""The language of a shop that does not say which it is."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Something that we say ourselves, in English and German."""

    en: str
    de: str

    def said_in(self, language: str) -> str:
        """It in a language; in English where we do not speak it."""
        return self.de if _base(language) == "DE" else self.en


class LanguageError(ValueError):
    """A text that names no language; the message says so, for people."""


def language_code(text: str) -> str:
    """The code of a language as files write it, such as ``de`` or ``pt-BR``. Raises `LanguageError`."""
    code = text.strip().replace("-", "_").upper()
    if code not in CODES:
        raise LanguageError(f"{text!r} is not a language such as en, de or pt-BR")
    return code


def language_tag(code: str) -> str:
    """A code as files write it."""
    language, _, region = code.partition("_")
    return f"{language.lower()}-{region}" if region else language.lower()


def _base(code: str) -> str:
    return code.partition("_")[0]


def chosen(asked: str | None, spoken: Sequence[str], own: str) -> str:
    """The language of an operation: the one asked for, or that without its region, where the market speaks it.

    Else it is the market's first, and the shop's own in a market that names none.
    """
    known = list(spoken) or [own]
    return next((code for code in (asked, asked and _base(asked)) if code in known), known[0])


def preferred(language: str, own: str) -> tuple[str, ...]:
    """The languages whose translations are shown, best first, before what the shop wrote; none for its own language."""
    return tuple(code for code in dict.fromkeys((language, _base(language))) if code != own) if language != own else ()


@cache
def locale_of(code: str) -> Locale:
    """What is known of a language, to name things in it; English stands in for one that nothing is known of."""
    try:
        return Locale.parse(code)
    except UnknownLocaleError:
        return Locale.parse("en")


_NO_COUNTRIES = frozenset(
    ("AQ", "AS", "CP", "CQ", "DG", "EA", "EU", "EZ", "FM", "GU", "IC", "MH", "MP", "PR", "PW", "QO", "UN", "VI",
     "XA", "XB", "ZZ")
)  # fmt: skip
"""Codes of territories that the API does not call countries: groups, tests, and parts of others."""


def is_country(code: str) -> bool:
    """Whether the API knows a country by that code (ISO 3166-1 alpha-2)."""
    known = locale_of(DEFAULT).territories
    return code == "AN" or (len(code) == 2 and code.isalpha() and code in known and code not in _NO_COUNTRIES)


def country_name(code: str, language: str) -> str:
    """A country's name in a language; its code when it has none there."""
    return str(locale_of(language).territories.get(code) or code)
