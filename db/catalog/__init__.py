"""Products, their variants, options and media, and the collections that show them."""

from db.catalog.collections import CollectionProductRow, CollectionRow
from db.catalog.media import MediaRow, MediaSourceRow
from db.catalog.metafields import MetafieldDefinitionRow, MetafieldRow
from db.catalog.products import (
    CategoryRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)

__all__ = [
    "CategoryRow",
    "CollectionProductRow",
    "CollectionRow",
    "MediaRow",
    "MediaSourceRow",
    "MetafieldDefinitionRow",
    "MetafieldRow",
    "OptionRow",
    "OptionValueRow",
    "ProductRow",
    "ProductTagRow",
    "VariantRow",
]
