"""Makes product files of any size, the same for the same seed.

python -m bench.products_csv FILE --products 20000
"""

import argparse
import csv
import random
from collections.abc import Iterator
from pathlib import Path

_TEXT = "amber birch clay dune ember fern grove heath isle juniper kelp linen maple nettle oat pine quartz reed sage"
_WORDS = _TEXT.split()
_COLOURS = ["Rust", "Kelp", "Oat", "Ink", "Moss"]
_HEADING = (
    "Handle|Title|Body (HTML)|Vendor|Product Category|Type|Tags|Published|Option1 Name|Option1 Value|Variant SKU|"
    "Variant Grams|Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy|"
    "Variant Fulfillment Service|Variant Price|Variant Compare At Price|Variant Requires Shipping|Variant Taxable|"
    "Variant Barcode|Image Src|Image Position|Image Alt Text|Gift Card|SEO Title|SEO Description|"
    "Google Shopping / Condition|Material (product.metafields.custom.material)|"
    "Features (product.metafields.custom.features)|Variant Image|Variant Weight Unit|Cost per item|"
    "Price / United Kingdom|Compare At Price / United Kingdom|Included / United States|Price / United States|Status"
)
COLUMNS = _HEADING.split("|")
SHOP = """
[shop]
name = "Bench"
currency = "EUR"

[[locations]]
name = "Store"

[[markets]]
name = "Europe"
primary = true
currency = "EUR"
countries = ["IE"]

[[markets]]
name = "United Kingdom"
currency = "GBP"
countries = ["GB"]
rate = "0.86"
ending = "0.95"

[[markets]]
name = "United States"
currency = "USD"
countries = ["US"]
rate = "1.12"
"""
"""A shop.toml that the files fit."""


def write(path: Path, products: int, *, variants: int = 5, pictures: int = 3, seed: int = 1) -> None:
    """Write a file of that many products, with so many variants and pictures each (variants at least as many)."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for number in range(products):
            writer.writerows(_rows(chance, number, variants, pictures))


def _rows(chance: random.Random, number: int, variants: int, pictures: int) -> Iterator[dict[str, str]]:
    name = " ".join(chance.choices(_WORDS, k=2)).title()
    handle = f"{name.lower().replace(' ', '-')}-{number}"
    address = f"https://pictures.example/{handle}"
    for at in range(max(variants, pictures)):
        row = {"Handle": handle}
        if at == 0:
            row |= _head(chance, name, number)
        if at < variants:
            row |= _variant(chance, number, at) | {"Variant Image": f"{address}-{at % pictures}.jpg"}
        if at < pictures:
            row |= {
                "Image Src": f"{address}-{at}.jpg",
                "Image Position": str(at + 1),
                "Image Alt Text": f"{name}, {at}",
            }
        yield row


def _head(chance: random.Random, name: str, number: int) -> dict[str, str]:
    sentence = " ".join(chance.choices(_WORDS, k=40)).capitalize()
    return {
        "Title": f"{name} {number}",
        "Body (HTML)": f"<p>{sentence}.</p><ul><li>{chance.choice(_WORDS)}</li><li>{chance.choice(_WORDS)}</li></ul>",
        "Vendor": f"{chance.choice(_WORDS).title()} & Co",
        "Product Category": f"Home > {chance.choice(_WORDS[:6]).title()} > {chance.choice(_WORDS[6:]).title()}",
        "Type": chance.choice(_WORDS).title(),
        "Tags": ", ".join(sorted(set(chance.choices(_WORDS, k=4)))),
        "Published": "true",
        "Option1 Name": "Colour",
        "Gift Card": "false",
        "SEO Title": name,
        "SEO Description": sentence[:150],
        "Google Shopping / Condition": "new",
        "Material (product.metafields.custom.material)": chance.choice(_WORDS),
        "Features (product.metafields.custom.features)": "; ".join(chance.choices(_WORDS, k=3)),
        "Included / United States": "true",
        "Status": "active",
    }


def _variant(chance: random.Random, number: int, at: int) -> dict[str, str]:
    price = chance.randrange(500, 50_000)
    return {
        "Option1 Value": _COLOURS[at] if at < len(_COLOURS) else f"Shade {at}",
        "Variant SKU": f"SKU-{number}-{at}",
        "Variant Grams": str(chance.randrange(50, 5000)),
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": str(chance.randrange(-2, 200)),
        "Variant Inventory Policy": "deny",
        "Variant Fulfillment Service": "manual",
        "Variant Price": f"{price / 100:.2f}",
        "Variant Compare At Price": f"{price * 12 // 1000:.2f}" if at % 3 == 0 else "",
        "Variant Requires Shipping": "true",
        "Variant Taxable": "true",
        "Variant Barcode": f"29{number:08d}{at:03d}",
        "Variant Weight Unit": "kg",
        "Cost per item": f"{price // 200}.00",
        "Price / United Kingdom": f"{price // 120}.95" if at == 0 else "",
    }


def main() -> None:
    """Write a file as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--products", type=int, default=20_000)
    parser.add_argument("--variants", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    write(given.file, given.products, variants=given.variants, pictures=given.pictures, seed=given.seed)


if __name__ == "__main__":
    main()
