"""Data in and out: the product CSV that hosted shops export, and whole shops in a folder.

**The product file.** One row for each variant and each picture of a product, which a *Handle* holds together; the
product's own columns stand on its first row. Encodings: UTF-8 with or without mark, UTF-16 with mark, else
Windows-1252. Delimiters: comma, semicolon, tab. Line ends, letter case of headings and space around cells do not
matter. Columns may be missing: what they would say stays as it is, or is the default for a new product
(``Status`` active, ``Published`` true). An empty cell takes a value away, but for ``Title``, ``Published``,
``Included / …`` and ``Variant Inventory Qty``, where it says nothing. Headings of the newer template (``URL handle``,
``Price``, …) are understood too; other columns are ignored, with a warning.

- Rows of one product may stand apart: they are set aside in a temporary file until its last row was read, so that each
  product is still one change and memory does not grow with the file.
- A product is known again by its handle; a variant by its option values, else by its SKU; a picture by its source. A
  file with options names all of a product's variants; others go. A file without ``Option1 Value`` changes the variants
  whose SKU it names.
- Options: a name from the first row that has one; values that differ only in case and spaces are one value, in the
  spelling that came first.
- Prices: ``1299``, ``1299.5``, ``1,299.00``, ``1.299,00``, ``1 299,00``, with the currency's own sign if it pleases;
  what can be read in two ways (``1,299``) is refused. ``Variant Price`` is in the primary market's currency.
  ``Price / Market`` and ``Compare At Price / Market`` fix prices in another; an empty cell lets it be converted.
- Stock: ``Variant Inventory Qty`` is the stock over all locations, negative or not; a difference is booked at the first
  location, with a movement. An empty ``Variant Inventory Tracker`` means that nobody counts.
- Pictures: a web address, the path of a file beside the CSV, or ``media:name`` for a file that the media store already
  has. One that cannot be had is told in a warning, and the picture that stands at its place stays. Exports name
  pictures in the same three ways: by address, by file when they are asked to copy them, else by ``media:name``.
- Metafields: ``Name (product.metafields.namespace.key)``, ``variant.metafields`` too. The type is that of the
  definition, or the one that it has in every shop, as recommended products do (`metafields.STANDARD`); an unknown
  column gets the narrowest type that fits all of its values in the file (see `metafields.Guess`), and later values that
  do not fit become text. Lists stand between semicolons, or as a JSON array where an item has one itself; measures are
  JSON or ``9 cm``; references name handles and SKUs, and become global ids. ``Google Shopping / …`` columns are
  metafields in the namespace ``mm-google-shopping``.
- HTML is sanitised, categories grow into a tree, collections with rules take the product in or let it go in the same
  transaction.

**A folder** has a ``shop.toml`` and, as far as they are wanted, ``products.csv``, ``inventory.csv`` (a column for each
location; ``not stocked``), ``media.csv`` (videos and models), ``quantity_rules.csv``, ``reviews.csv`` and
``collections.csv`` (rules such as ``all: tag equals linen; variant_price less_than 50``). Converted prices follow when
``shop.toml`` changes a rate, a currency or a rounding, and new markets get theirs. Another market becomes the primary
one with the prices that it has, and with those of the former one where the currency is the same.

`export_folder` writes such a folder. Its texts are files that people can read and keep under version control.

``translations/*.csv`` have what the shop wrote in its other languages; see `resolvers.exchange.translations`.

Every import can be repeated: what is the same is not written.
"""

from resolvers.exchange.export import export_products
from resolvers.exchange.folder import FolderSummary, import_folder
from resolvers.exchange.outgoing import export_folder
from resolvers.exchange.products import import_products
from resolvers.exchange.report import Finding, Progress, Reporter, Summary, UnreadableError

__all__ = [
    "Finding",
    "FolderSummary",
    "Progress",
    "Reporter",
    "Summary",
    "UnreadableError",
    "export_folder",
    "export_products",
    "import_folder",
    "import_products",
]
