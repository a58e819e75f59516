"""`translations/*.csv`: what the shop wrote, in its other languages, in the columns of Shopify's translation export."""

from resolvers.exchange.translations.exporting import export_translations
from resolvers.exchange.translations.importing import import_translations

FOLDER = "translations"
READ = "translations/*.csv"
"""What of a shop's folder counts as its translations."""

__all__ = ["FOLDER", "READ", "export_translations", "import_translations"]
