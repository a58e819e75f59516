"""`shop.toml`: the shop, its brand and policies, where it sells and stores, and what its metafields mean."""

from resolvers.exchange.shop_file.reading import LOCATION, MILLION
from resolvers.exchange.shop_file.writing import import_shop_file

__all__ = ["LOCATION", "MILLION", "import_shop_file"]
