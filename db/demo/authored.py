"""Reads what people wrote about the demo shop (`source/*.toml`, `shop.toml`) and works out variants and pictures.

A department's file is edited by hand; `write.py` turns it into the CSV files a merchant would export, `draw.py` into
pictures. A product says only what is particular to it:

    options   option name → values; every combination is a variant, except those named in `skip`
    price     euros; a number, or a table by option value (`{"250 g" = 9.5, "1 kg" = 32}`); so too `was` (the price
              before the sale), `grams`, `unit` (measure, unit, base, base unit) and the fixed prices `uk` and `us`
    stock     by variant title or option value, where a number is meant; elsewhere `level` is the usual amount, and the
              quantity around it is derived from the SKU, so that it is different everywhere and the same every time
    ships     false for what is not sent (gift cards never are)
    backorder true, or option values that may be sold below zero;  `untracked`: nobody counts it
    art       what to draw (`kind`, colour `c`, parameters);  `art_by` changes it by option value;  `views`: more
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import product as combinations
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Table = dict[str, Any]


def number_from(text: str, below: int) -> int:
    """A number in 0..below-1 that depends on the text alone."""
    return int.from_bytes(sha256(text.encode()).digest()[:6]) % below


def slug(text: str) -> str:
    plain = text.lower().replace("é", "e").replace("ü", "u").replace("&", " ")
    return "-".join("".join(x if x.isalnum() else " " for x in plain).split())


@dataclass(frozen=True)
class Picture:
    """One picture of a product: `view` is hero, detail, family, shelf, wide or tall; `value` the option value shown."""

    file: str
    view: str
    value: str
    alt: str


@dataclass(frozen=True)
class Variant:
    values: tuple[str, ...]
    sku: str

    @property
    def title(self) -> str:
        return " / ".join(self.values)


@dataclass(frozen=True)
class Product:
    data: Table
    department: Table
    swatches: dict[str, str] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.data[name]
        except KeyError:
            raise AttributeError(f"{self.data.get('handle')} says nothing about {name}") from None

    def says(self, name: str, default: Any = None) -> Any:
        return self.data.get(name, default)

    @cached_property
    def options(self) -> dict[str, list[str]]:
        return self.data.get("options") or {"Title": ["Default Title"]}

    @cached_property
    def variants(self) -> list[Variant]:
        skip = set(self.says("skip", []))
        found = []
        for values in combinations(*self.options.values()):
            if " / ".join(values) in skip:
                continue
            parts = [self.data["sku"], *(_short(v) for v in values if v != "Default Title")]
            found.append(Variant(values, "-".join(parts).upper()))
        return found

    def of(self, name: str, variant: Variant, default: Any = None) -> Any:
        """What the source says about `name` for this variant: a plain value, or a table by title or option value."""
        said = self.says(name, default)
        if not isinstance(said, dict):
            return said
        for key in (variant.title, *variant.values):
            if key in said:
                return said[key]
        return default

    def quantity(self, variant: Variant) -> int:
        """Pieces on hand over all locations."""
        if self.says("untracked") or self.says("sold_out"):
            return 0
        fixed = self.of("stock", variant)
        if fixed is not None:
            return int(fixed)
        level = int(self.says("level", 24))
        return level // 3 + number_from(variant.sku, level + 1)

    def colour_of(self, value: str) -> str | None:
        return self.says("art_by", {}).get(value, {}).get("c") or self.swatches.get(value)

    @cached_property
    def pictured(self) -> list[str]:
        """The option values that each have a picture of their own; [""] when there is nothing to tell apart."""
        by_value = self.says("art_by", {})
        for values in self.options.values():
            if all(v in by_value or v in self.swatches for v in values):
                return values
        return [""]

    def picture_of(self, variant: Variant) -> Picture | None:
        for picture in self.pictures:
            if picture.view == "hero" and picture.value in variant.values:
                return picture
        return None

    @cached_property
    def pictures(self) -> list[Picture]:
        handle, title, look = self.data["handle"], self.data["title"], self.data["look"]
        found = [
            Picture(
                f"{handle}-{slug(v)}.webp" if v else f"{handle}.webp",
                "hero",
                v,
                f"{title} in {v}: {look}" if v else f"{title}: {look}",
            )
            for v in self.pictured
        ]
        said = {
            "detail": f"{title}, seen up close",
            "family": f"All colours of {title} side by side",
            "shelf": f"{title} on a shelf with books and a plant",
            "wide": f"{title} in a bright room",
            "tall": f"{title} against the wall",
        }
        views: list[str] = self.says("views", [])
        return found + [Picture(f"{handle}-{view}.webp", view, self.pictured[0], said[view]) for view in views]


def _short(value: str) -> str:
    """An option value as part of a SKU: initials of long words, digits whole."""
    words = slug(value).split("-")
    return "".join(
        w if w.isdigit() or (len(words) == 1 and len(w) < 5) else w[:3] if len(words) == 1 else w[:2] for w in words
    )


def shop() -> Table:
    return tomllib.loads((HERE / "shop.toml").read_text(encoding="utf-8"))


def colours() -> dict[str, str]:
    """Swatch name → hex; a patterned swatch answers with the colour it is nearest to."""
    return {name: s if isinstance(s, str) else s["color"] for name, s in shop()["swatches"].items()}


def products() -> Iterator[Product]:
    """Every product in shop order: departments by file name, products as written."""
    swatches = colours()
    for file in sorted((HERE / "source").glob("*.toml")):
        department = tomllib.loads(file.read_text(encoding="utf-8"))
        for data in department.pop("product"):
            yield Product(data, department, swatches)
