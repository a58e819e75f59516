"""Reads the German texts of the demo shop (`source/de/*.toml`) and sets them beside what they translate.

`words.toml` has types of products, names of options and of their values; the files of departments have tables named for
products, and all others have what is no product. Only what is written is translated. A text about something that the
shop does not have is a mistake; all mistakes are told at once.
"""

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from db.demo import authored
from db.demo.authored import HERE, Product, Table

COLUMNS = ["Type", "Identification", "Field", "Locale", "Market", "Status", "Default content", "Translated content"]
SOURCE = HERE / "source" / "de"
LOCALE = "de"
WORDS = "words.toml"
TEXTS = ("text_field", "json")
"""How types end whose values are texts, or hold some."""

Row = tuple[str, str, str, str, str]
"""Type, identification, field, the English and the German."""

_FIELDS = {"title": "title", "body": "body_html", "excerpt": "summary_html"}
_SEO = {"seo_title": "meta_title", "seo_description": "meta_description", "seo": "meta_description"}


def translations(source: Path = SOURCE) -> list[list[str]]:
    """The rows of translations/de.csv; none without German texts. Raises ValueError for texts about nothing."""
    if not source.is_dir():
        return []
    mistakes: list[str] = []
    rows = [row for row in _rows(source, mistakes) if row[4]]
    if mistakes:
        raise ValueError("the German texts are about what the shop does not have: " + "; ".join(mistakes))
    return [COLUMNS, *([type_, name, field, LOCALE, "", "", was, text] for type_, name, field, was, text in rows)]


def _rows(source: Path, mistakes: list[str]) -> Iterator[Row]:
    products = {product.data["handle"]: product for product in authored.products()}
    departments = {file.name for file in (HERE / "source").glob("*.toml")}
    words, said, content = _read(source / WORDS), Table(), Table()
    for file in sorted(source.glob("*.toml")):
        if file.name in departments:
            said |= _read(file)
        elif file.name != WORDS:
            for section, texts in _read(file).items():
                content.setdefault(section, {}).update(texts)
    mistakes += (f"section {name}" for name in content if name not in (*_SECTIONS, "shop", "shop_metafields"))
    mistakes += (f"product {handle}" for handle in said if handle not in products)
    shop = authored.shop()
    texts = {f"{d['namespace']}.{d['key']}" for d in shop["definitions"] if d["type"].endswith(TEXTS)}
    for handle, product in products.items():
        yield from _product(product, said.get(handle, {}), words.get("types", {}), texts, mistakes)
    yield from _words(products.values(), words, mistakes)
    for section, read in _SECTIONS.items():
        english = read(shop)
        for name, german in content.get(section, {}).items():
            if name in english:
                yield from _thing(_TYPES[section], name, english[name], german, mistakes)
            else:
                mistakes.append(f"{section} {name}")
    yield from _about_shop(shop, content, mistakes)


def _product(product: Product, said: Table, types: Table, texts: set[str], mistakes: list[str]) -> Iterator[Row]:
    handle = product.data["handle"]
    english = {name: product.says(name, "") for name in ("title", "body", "seo_title", "seo")}
    english["meta"] = {key: value for key, value in product.says("meta", {}).items() if key in texts}
    kind = product.says("type", "")
    type_rows = [("PRODUCT", handle, "product_type", kind, types[kind])] if kind in types else []
    rows = list(_thing("PRODUCT", handle, english, said, mistakes))
    at = next((n for n, row in enumerate(rows) if row[2] not in ("title", "body_html")), len(rows))
    yield from [*rows[:at], *type_rows, *rows[at:]]


def _words(products: Iterable[Product], words: Table, mistakes: list[str]) -> Iterator[Row]:
    options: dict[str, dict[str, None]] = {}
    types = set()
    for product in products:
        types.add(product.says("type", ""))
        for name, values in product.options.items():
            options.setdefault(name, {}).update(dict.fromkeys(values))
    mistakes += (f"type {name}" for name in words.get("types", {}) if name not in types)
    for name, german in words.get("options", {}).items():
        if name not in options:
            mistakes.append(f"option {name}")
        yield "PRODUCT_OPTION", name, "name", name, german
    for name, values in words.get("values", {}).items():
        for value, german in values.items():
            if value not in options.get(name, {}):
                mistakes.append(f"value {name}/{value}")
            yield "PRODUCT_OPTION_VALUE", f"{name}/{value}", "name", value, german


def _thing(type_: str, name: str, english: Table, german: Table, mistakes: list[str]) -> Iterator[Row]:
    """The rows of one thing; what of it is called otherwise in a file depends on what it is."""
    if type_ == "METAOBJECT":
        for key, text in german.items():
            if key not in english:
                mistakes.append(f"metaobject {name} {key}")
            yield type_, name, key, _cell(english.get(key, "")), _cell(text)
        return
    if type_ == "LINK":
        for title, text in german.items():
            if title not in english:
                mistakes.append(f"menu {name} {title}")
            yield type_, name, "title", title, text
        return
    fields = {**_FIELDS, **_SEO} if type_ != "SHOP_POLICY" else {"title": "title", "body": "body"}
    for key, field in fields.items():
        if key in german:
            yield type_, name, field, _cell(english.get(key, "")), _cell(german[key])
    mistakes += (f"{type_.lower()} {name} {key}" for key in german if key not in fields and key != "meta")
    known = _flat(english.get("meta", {}))
    for key, value in _flat(german.get("meta", {})).items():
        if key not in known:
            mistakes.append(f"{type_.lower()} {name} {key}")
        yield "METAFIELD", f"{type_.lower()}/{name}/{key}", "value", _cell(known.get(key, "")), _cell(value)


def _about_shop(shop: Table, content: Table, mistakes: list[str]) -> Iterator[Row]:
    english = {"description": shop["shop"]["description"], **shop["brand"]}
    for key, text in content.get("shop", {}).items():
        if not isinstance(english.get(key), str):
            mistakes.append(f"shop {key}")
        yield "SHOP", "", key, english.get(key, ""), text
    known = {f"{field['namespace']}.{field['key']}": field["value"] for field in shop.get("metafields", [])}
    for key, text in _flat(content.get("shop_metafields", {})).items():
        if key not in known:
            mistakes.append(f"shop metafield {key}")
        yield "METAFIELD", f"shop/{key}", "value", _cell(known.get(key, "")), _cell(text)


def _pages(_shop: Table) -> Table:
    return {file.stem: _document(file) for file in (HERE / "content" / "pages").glob("*.html")}


def _blogs(_shop: Table) -> Table:
    return {file.parent.name: _headed(_read(file)) for file in (HERE / "content" / "blogs").glob("*/blog.toml")}


def _articles(_shop: Table) -> Table:
    files = (HERE / "content" / "blogs").glob("*/*.html")
    return {f"{file.parent.name}/{file.stem}": _document(file) for file in files}


def _menus(_shop: Table) -> Table:
    def titles(items: list[Table]) -> Iterator[str]:
        for item in items:
            yield item["title"]
            yield from titles(item.get("items", []))

    menus = _read(HERE / "content" / "menus.toml")["menus"]
    return {menu["handle"]: dict.fromkeys(titles(menu.get("items", []))) for menu in menus}


def _metaobjects(_shop: Table) -> Table:
    found = {}
    for file in (HERE / "content" / "metaobjects").glob("*.toml"):
        said = _read(file)
        texts = {key for key, type_ in said["fields"].items() if type_.endswith(TEXTS)}
        for entry in said["entries"]:
            found[f"{file.stem}/{entry['handle']}"] = {key: entry[key].strip() for key in entry if key in texts}
    return found


def _policies(shop: Table) -> Table:
    return {
        kind: {"title": said["title"], "body": (HERE / said["file"]).read_text(encoding="utf-8")}
        for kind, said in shop["policies"].items()
    }


def _collections(_shop: Table) -> Table:
    found = {}
    with (HERE / "collections.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            meta = {}
            for heading, value in row.items():
                if (key := re.fullmatch(r".* \(collection\.metafields\.(.+)\)", heading)) and value:
                    meta[key[1]] = value
            columns = {"title": "Title", "body": "Body (HTML)", "seo_title": "SEO Title", "seo": "SEO Description"}
            found[row["Handle"]] = {key: row[column] for key, column in columns.items()} | {"meta": meta}
            found[row["Handle"]]["seo_description"] = row["SEO Description"]
    return found


_SECTIONS = {
    "collections": _collections,
    "pages": _pages,
    "blogs": _blogs,
    "articles": _articles,
    "menus": _menus,
    "metaobjects": _metaobjects,
    "policies": _policies,
}
_TYPES = {
    "collections": "COLLECTION",
    "pages": "PAGE",
    "blogs": "BLOG",
    "articles": "ARTICLE",
    "menus": "LINK",
    "metaobjects": "METAOBJECT",
    "policies": "SHOP_POLICY",
}


def _read(file: Path) -> Table:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _document(file: Path) -> Table:
    head, _, body = file.read_text(encoding="utf-8").removeprefix("+++\n").partition("\n+++\n")
    return {**_headed(tomllib.loads(head)), "body": body.strip()}


def _headed(head: Table) -> Table:
    seo = head.get("seo", {})
    said = {"seo_title": seo.get("title", ""), "seo_description": seo.get("description", "")}
    return {**said, **{name: head[name] for name in ("title", "excerpt") if name in head}}


def _flat(table: Table) -> Table:
    """Metafields by ``namespace.key``, whether that is one quoted key or two."""
    found: Table = {}
    for name, value in table.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": below for key, below in value.items()}
        else:
            found[name] = value
    return found


def _cell(value: Any) -> str:
    if isinstance(value, list):
        joined = "; ".join(value)
        return joined if not any(";" in item for item in value) else json.dumps(value, ensure_ascii=False)
    return str(value).strip()
