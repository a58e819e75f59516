"""Named statements about the languages that a shop speaks."""

from sqlmodel import col, select

from db.base import Tuples
from db.pricing import MarketRow, market_of
from db.shop import ShopRow


def spoken(country: str | None) -> Tuples:
    """(the language that the shop writes in, those of the country's market or none); no row without a shop."""
    found = select(ShopRow.language_code, MarketRow.languages)
    return found.outerjoin(MarketRow, col(MarketRow.id) == market_of(country))
