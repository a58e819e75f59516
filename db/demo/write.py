"""Writes the shop's CSV files from what people wrote under `source/`: products, inventory, reviews, further media,
translations.

python -m db.demo.write            writes the files
python -m db.demo.write --check    changes nothing; fails when a file is not what would be written
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from typing import Any

from db.demo import authored, german
from db.demo.authored import HERE, Product, Table, Variant, number_from

HEAD = """Handle|Title|Body (HTML)|Vendor|Product Category|Type|Tags|Published|Option1 Name|Option1 Value
Option1 Linked To|Option2 Name|Option2 Value|Option2 Linked To|Option3 Name|Option3 Value|Option3 Linked To
Variant SKU|Variant Grams|Variant Inventory Tracker|Variant Inventory Qty|Variant Inventory Policy
Variant Fulfillment Service|Variant Price|Variant Compare At Price|Variant Requires Shipping|Variant Taxable
Unit Price Total Measure|Unit Price Total Measure Unit|Unit Price Base Measure|Unit Price Base Measure Unit
Variant Barcode|Image Src|Image Position|Image Alt Text|Gift Card|SEO Title|SEO Description
Google Shopping / Google Product Category|Google Shopping / Gender|Google Shopping / Age Group
Google Shopping / MPN|Google Shopping / Condition|Google Shopping / Custom Product
Google Shopping / Custom Label 0|Google Shopping / Custom Label 1|Google Shopping / Custom Label 2
Google Shopping / Custom Label 3|Google Shopping / Custom Label 4"""
TAIL = ["Variant Image", "Variant Weight Unit", "Variant Tax Code", "Cost per item"]
FIXED = {"United Kingdom": "uk", "United States": "us"}


def money(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def barcode(sku: str) -> str:
    """An EAN-13 from the range kept free for a shop's own use, so that it is nobody's product."""
    digits = f"29{number_from('ean ' + sku, 10**10):010d}"
    odd_even = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-odd_even % 10}"


class Sheet:
    """The columns of products.csv, and the rows of a product."""

    def __init__(self, shop: Table) -> None:
        self.markets = [m["name"] for m in shop["markets"]]
        self.primary = next(m["name"] for m in shop["markets"] if m["primary"])
        self.meta = {f"{d['namespace']}.{d['key']}": d["name"] for d in shop["definitions"] if d["owner"] == "product"}
        self.columns = [*HEAD.replace("\n", "|").split("|"), *(self._meta(key) for key in self.meta), *TAIL]
        for market in self.markets:
            self.columns.append(f"Included / {market}")
            if market != self.primary:
                self.columns += [f"Price / {market}", f"Compare At Price / {market}"]
        self.columns.append("Status")

    def _meta(self, key: str) -> str:
        return f"{self.meta[key]} (product.metafields.{key})"

    def rows(self, p: Product) -> Iterator[dict[str, str]]:
        for i in range(max(len(p.variants), len(p.pictures))):
            row = {"Handle": p.handle}
            if i == 0:
                row |= self.product(p)
            if i < len(p.variants):
                row |= self.variant(p, p.variants[i], i == 0)
            if i < len(p.pictures):
                row |= {
                    "Image Src": f"pictures/{p.pictures[i].file}",
                    "Image Position": str(i + 1),
                    "Image Alt Text": p.pictures[i].alt,
                }
            yield row

    def product(self, p: Product) -> dict[str, str]:
        said = {
            "Title": p.title,
            "Body (HTML)": p.body.strip(),
            "Vendor": p.vendor,
            "Product Category": p.category,
            "Type": p.type,
            "Tags": ", ".join([*p.says("tags", []), p.department["tag"]]),
            "Published": str(p.says("published", True)).lower(),
            "Gift Card": str(bool(p.says("gift_card"))).lower(),
            "SEO Title": p.says("seo_title", ""),
            "SEO Description": p.says("seo", ""),
            "Google Shopping / Google Product Category": p.category,
            "Google Shopping / Gender": p.says("gender", ""),
            "Google Shopping / Age Group": p.says("age", ""),
            "Google Shopping / MPN": p.sku,
            "Google Shopping / Condition": "new",
            "Google Shopping / Custom Product": "false",
            "Google Shopping / Custom Label 0": p.department["tag"],
            "Status": p.says("status", "active"),
        }
        said |= {self._meta(key): _text(value) for key, value in p.says("meta", {}).items()}
        left_out = p.says("not_in", [])
        said |= {f"Included / {market}": str(market not in left_out).lower() for market in self.markets}
        return said

    def variant(self, p: Product, v: Variant, first: bool) -> dict[str, str]:
        price, was = float(p.of("price", v)), p.of("was", v)
        voucher = bool(p.says("gift_card"))
        shipped = p.says("ships", not voucher)
        backorder = p.says("backorder", [])
        cont = backorder is True or (isinstance(backorder, list) and any(x in backorder for x in (v.title, *v.values)))
        row = {
            "Variant SKU": v.sku,
            "Variant Grams": str(p.of("grams", v, 0)),
            "Variant Inventory Tracker": "" if p.says("untracked") else "shopify",
            "Variant Inventory Qty": str(p.quantity(v)),
            "Variant Inventory Policy": "continue" if cont else "deny",
            "Variant Fulfillment Service": "manual",
            "Variant Price": money(price),
            "Variant Compare At Price": money(was),
            "Variant Requires Shipping": str(shipped).lower(),
            "Variant Taxable": str(not voucher).lower(),
            "Variant Barcode": barcode(v.sku) if shipped else "",
            "Variant Weight Unit": p.says("weight_unit", "kg"),
            "Cost per item": money(price * p.says("margin", 0.46)) if shipped else "",
        }
        for i, (name, value) in enumerate(zip(p.options, v.values, strict=True), 1):
            row |= {f"Option{i} Name": name if first else "", f"Option{i} Value": value}
        if unit := p.of("unit", v):
            measures = ("Total Measure", "Total Measure Unit", "Base Measure", "Base Measure Unit")
            row |= {f"Unit Price {name}": str(x) for name, x in zip(measures, unit, strict=True)}
        if shown := p.picture_of(v):
            row["Variant Image"] = f"pictures/{shown.file}"
        for market, name in FIXED.items():
            row |= {
                f"Price / {market}": money(p.of(name, v)),
                f"Compare At Price / {market}": money(p.of(f"{name}_was", v)),
            }
        return row


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "; ".join(value) if isinstance(value, list) else str(value).strip()


def shares(p: Product, v: Variant, places: list[Table]) -> list[str]:
    """How a variant's pieces lie over the locations; a place that does not keep it says so."""
    total = p.quantity(v)
    luck = number_from("where " + v.sku, 100)
    if luck < 12:
        parts = [None, total - total // 3, total // 3]
    elif luck < 24:
        parts = [min(total, 2), total - min(total, 2), None]
    else:
        shop = min(total, 1 + luck % 5)
        parts = [shop, (total - shop) - (total - shop) // 2, (total - shop) // 2]
    return ["not stocked" if part is None else str(part) for part in parts[: len(places)]]


def inventory(shop: Table) -> list[list[str]]:
    places = shop["locations"]
    head = ["Handle"]
    for i in (1, 2, 3):
        head += [f"Option{i} Name", f"Option{i} Value"]
    found = [[*head, "SKU", *(place["name"] for place in places)]]
    for p in authored.products():
        for v in [] if p.says("untracked") else p.variants:
            pairs = [x for pair in zip(p.options, v.values, strict=True) for x in pair]
            found.append([p.handle, *pairs, *[""] * (6 - len(pairs)), v.sku, *shares(p, v, places)])
    return found


def reviews() -> list[list[str]]:
    """From `source/reviews/*.txt`: `[handle]`, then a line each: rating, date, (status,) author | title | body."""
    found = [["Product Handle", "Rating", "Title", "Body", "Author", "Created At", "Status"]]
    for file in sorted((HERE / "source" / "reviews").glob("*.txt")):
        handle = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                handle = line.strip("[] ")
            elif line and not line.startswith("#"):
                who, title, body = (part.strip() for part in line.split("|", 2))
                rating, day, author = who.split(" ", 2)
                status = "published"
                if author.split(" ")[0] in ("pending", "rejected"):
                    status, author = author.split(" ", 1)
                clock = number_from(line, 13 * 3600) + 7 * 3600
                at = f"{day}T{clock // 3600:02d}:{clock // 60 % 60:02d}:{clock % 60:02d}Z"
                found.append([handle, rating, title, body, author, at, status])
    return found


def media() -> list[list[str]]:
    found = [["Handle", "Position", "Kind", "Alt", "Preview Image", "Source", "Mime Type", "Width", "Height"]]
    for p in authored.products():
        for i, m in enumerate(p.says("media", []), len(p.pictures) + 1):
            size = [str(m.get("width", "")), str(m.get("height", ""))]
            found.append(
                [
                    p.handle,
                    str(i),
                    m["kind"],
                    m["alt"],
                    f"pictures/{m.get('preview', p.pictures[0].file)}",
                    m["source"],
                    m.get("mime", ""),
                    *size,
                ]
            )
    return found


def products(shop: Table) -> list[list[str]]:
    sheet = Sheet(shop)
    found = [sheet.columns]
    for p in authored.products():
        for row in sheet.rows(p):
            stray = set(row) - set(sheet.columns)
            if stray:
                raise KeyError(f"{p.handle}: no such column {stray}")
            found.append([row.get(column, "") for column in sheet.columns])
    return found


def files() -> dict[str, str]:
    """File name → text of every CSV file."""
    shop = authored.shop()
    tables = {
        "products.csv": products(shop),
        "inventory.csv": inventory(shop),
        "reviews.csv": reviews(),
        "media.csv": media(),
        "translations/de.csv": german.translations(),
    }
    texts = {}
    for name, rows in tables.items():
        if not rows:
            continue
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        texts[name] = out.getvalue()
    return texts


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes the CSV files of the demo shop.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when a file differs")
    check = parser.parse_args().check
    stale = []
    for name, text in files().items():
        file = HERE / name
        if check and (not file.exists() or file.read_bytes() != text.encode()):
            stale.append(name)
        elif not check:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text.encode())
    if stale:
        sys.stderr.write(f"{', '.join(stale)}: not what `python -m db.demo.write` would write\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
