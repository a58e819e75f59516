"""The columns of the product file: their names through the years, and those that name a market or a metafield."""

import re
from dataclasses import dataclass
from typing import TypeAlias

MetafieldKey: TypeAlias = tuple[str, str, str]
"""(owner kind, namespace, key)."""

GOOGLE = "mm-google-shopping"
"""The namespace of the Google Shopping columns' metafields."""

BEFORE_GOOGLE = (
    """
Handle|Title|Body (HTML)|Vendor|Product Category|Type|Tags|Published|Option1 Name|Option1 Value|Option1 Linked To
Option2 Name|Option2 Value|Option2 Linked To|Option3 Name|Option3 Value|Option3 Linked To|Variant SKU|Variant Grams
Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy|Variant Fulfillment Service|Variant Price
Variant Compare At Price|Variant Requires Shipping|Variant Taxable|Unit Price Total Measure
Unit Price Total Measure Unit|Unit Price Base Measure|Unit Price Base Measure Unit|Variant Barcode|Image Src
Image Position|Image Alt Text|Gift Card|SEO Title|SEO Description
""".strip()
    .replace("\n", "|")
    .split("|")
)

GOOGLE_COLUMNS = {
    "Google Shopping / Google Product Category": "google_product_category",
    "Google Shopping / Gender": "gender",
    "Google Shopping / Age Group": "age_group",
    "Google Shopping / MPN": "mpn",
    "Google Shopping / AdWords Grouping": "adwords_grouping",
    "Google Shopping / AdWords Labels": "adwords_labels",
    "Google Shopping / Condition": "condition",
    "Google Shopping / Custom Product": "custom_product",
    "Google Shopping / Custom Label 0": "custom_label_0",
    "Google Shopping / Custom Label 1": "custom_label_1",
    "Google Shopping / Custom Label 2": "custom_label_2",
    "Google Shopping / Custom Label 3": "custom_label_3",
    "Google Shopping / Custom Label 4": "custom_label_4",
}
RETIRED = frozenset({"Google Shopping / AdWords Grouping", "Google Shopping / AdWords Labels"})
"""Columns that today's exports lack; written only where a product has them."""

BEFORE_MARKETS = ["Variant Image", "Variant Weight Unit", "Variant Tax Code", "Cost per item"]
LAST = ["Status"]

_ALIASES = {
    "url handle": "Handle",
    "description": "Body (HTML)",
    "body html": "Body (HTML)",
    "standard product type": "Product Category",
    "published on online store": "Published",
    "sku": "Variant SKU",
    "barcode": "Variant Barcode",
    "price": "Variant Price",
    "compare-at price": "Variant Compare At Price",
    "charge tax": "Variant Taxable",
    "tax code": "Variant Tax Code",
    "inventory tracker": "Variant Inventory Tracker",
    "inventory quantity": "Variant Inventory Qty",
    "continue selling when out of stock": "Variant Inventory Policy",
    "weight value (grams)": "Variant Grams",
    "weight unit for display": "Variant Weight Unit",
    "requires shipping": "Variant Requires Shipping",
    "fulfillment service": "Variant Fulfillment Service",
    "product image url": "Image Src",
    "variant image url": "Variant Image",
}
_KNOWN = {
    **{name.casefold(): name for name in (*BEFORE_GOOGLE, *GOOGLE_COLUMNS, *BEFORE_MARKETS, *LAST)},
    **_ALIASES,
}
_METAFIELD = re.compile(
    r"(?P<name>.*?)\s*\((?P<owner>product|variant|collection)\.metafields\.(?P<ns>[^.()]+)\.(?P<key>[^()]+)\)"
)
_DELIMITING = re.compile(r'[",;\t]')
_MARKET = re.compile(r"(?P<what>Included|Price|Compare[ -]At Price)\s*/\s*(?P<market>.+)", re.IGNORECASE)
_WHAT = {"included": "Included", "price": "Price", "compare at price": "Compare At Price"}


@dataclass(frozen=True)
class MarketColumn:
    """What a column says about a market: whether the product is Included, its Price, its Compare At Price."""

    what: str
    market: str


def known_name(heading: str) -> str | None:
    """The key under which a column's cells are kept: its name today; None for one that is not of the format."""
    if metafield := metafield_of(heading):
        return metafield_column(metafield)
    if market := market_of(heading):
        return f"{market.what} / {market.market}"
    return _KNOWN.get(heading.casefold())


def metafield_of(heading: str) -> MetafieldKey | None:
    """The metafield that a heading such as ``Care (product.metafields.custom.care)`` names."""
    found = _METAFIELD.fullmatch(heading)
    return (found["owner"], found["ns"].strip(), found["key"].strip()) if found else None


def metafield_column(key: MetafieldKey, name: str = "") -> str:
    """A metafield's heading; without a name, the key of its cells. The name has no delimiters, nor line breaks."""
    owner, namespace, rest = key
    name = " ".join(_DELIMITING.sub(" ", name).split())
    column = f"({owner}.metafields.{namespace}.{rest})"
    return f"{name} {column}" if name else column


def metafield_name(heading: str) -> str:
    """The part of a metafield's heading that is for people."""
    found = _METAFIELD.fullmatch(heading)
    return found["name"].strip() if found else heading


def market_of(heading: str) -> MarketColumn | None:
    """The market that a heading such as ``Price / United Kingdom`` names."""
    found = _MARKET.fullmatch(heading)
    if not found:
        return None
    return MarketColumn(_WHAT[found["what"].casefold().replace("-", " ")], " ".join(found["market"].split()))


def google_key(column: str) -> MetafieldKey:
    """The metafield that a Google Shopping column fills."""
    return ("product", GOOGLE, GOOGLE_COLUMNS[column])
