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
_MENUS = HERE / "content" / "menus.toml"
TEXTS = ("text_field", "json")
"""How types end whose values are texts, or hold some."""

Row = tuple[str, str, str, str, str]
"""Type, identification, field, the English and the German."""

_VIEWS = {
    "detail": "{} aus der Nähe",
    "family": "{} in allen Farben nebeneinander",
    "shelf": "{} in einem Regal mit Büchern und einer Pflanze",
    "wide": "{} in einem hellen Raum",
    "tall": "{} an der Wand",
}
"""Alternative texts of pictures, by what they show."""
_PICTURED = ("look", "media")
"""What files say of a product's pictures."""

_FIELDS = {"title": "title", "body": "body_html", "excerpt": "summary_html"}
_IMAGES = {("COLLECTION", "image_alt"): "COLLECTION_IMAGE", ("ARTICLE", "image_alt"): "ARTICLE_IMAGE"}
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
    mistakes += (f"section {name}" for name in content if name not in (*_SECTIONS, *_NAMED, "shop", "shop_metafields"))
    mistakes += (f"product {handle}" for handle in said if handle not in products)
    shop = authored.shop()
    texts = {f"{d['namespace']}.{d['key']}" for d in shop["definitions"] if d["type"].endswith(TEXTS)}
    for handle, product in products.items():
        german = said.get(handle, {})
        yield from _product(product, german, words.get("types", {}), texts, mistakes)
        yield from _pictures(product, german, words.get("values", {}), mistakes)
    yield from _words(products.values(), words, mistakes)
    for section, read in _SECTIONS.items():
        english = read(shop)
        for name, german in content.get(section, {}).items():
            if name in english:
                yield from _thing(_TYPES[section], name, english[name], german, mistakes)
            else:
                mistakes.append(f"{section} {name}")
    for section, (type_, field, read) in _NAMED.items():
        written = read(shop)
        for name, text in content.get(section, {}).items():
            if name not in written:
                mistakes.append(f"{section} {name}")
            yield type_, name, field, written.get(name, ""), text
    yield from _about_shop(shop, content, mistakes)


def _product(product: Product, said: Table, types: Table, texts: set[str], mistakes: list[str]) -> Iterator[Row]:
    handle = product.data["handle"]
    english = {name: product.says(name, "") for name in ("title", "body", "seo_title", "seo")}
    english["meta"] = {key: value for key, value in product.says("meta", {}).items() if key in texts}
    kind = product.says("type", "")
    type_rows = [("PRODUCT", handle, "product_type", kind, types[kind])] if kind in types else []
    about = {name: text for name, text in said.items() if name not in _PICTURED}
    rows = list(_thing("PRODUCT", handle, english, about, mistakes))
    at = next((n for n, row in enumerate(rows) if row[2] not in ("title", "body_html")), len(rows))
    yield from [*rows[:at], *type_rows, *rows[at:]]


def _pictures(product: Product, said: Table, values: Table, mistakes: list[str]) -> Iterator[Row]:
    """Alternative texts of a product's pictures, made as the English ones are, and of its other media."""
    handle, title = product.data["handle"], said.get("title", product.title)
    for place, picture in enumerate(product.pictures if "look" in said else [], 1):
        text = _VIEWS.get(picture.view, "{}").format(title)
        if picture.view == "hero":
            option = next((name for name, known in product.options.items() if picture.value in known), "")
            shown = values.get(option, {}).get(picture.value, picture.value)
            text = f"{title} in {shown}: {said['look']}" if shown else f"{title}: {said['look']}"
        yield "MEDIA_IMAGE", f"product/{handle}/{place}", "alt", picture.alt, text
    media, texts = product.says("media", []), said.get("media", [])
    if texts and len(texts) != len(media):
        mistakes.append(f"{len(texts)} media of {handle}, which has {len(media)}")
    for place, (medium, text) in enumerate(zip(media, texts, strict=False), len(product.pictures) + 1):
        yield "MEDIA_IMAGE", f"product/{handle}/{place}", "alt", medium["alt"], text


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
    german = dict(german)
    if (type_, "image_alt") in _IMAGES and (alt := german.pop("image_alt", None)):
        yield _IMAGES[type_, "image_alt"], name, "alt", english.get("image_alt", ""), alt
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

    menus = _read(_MENUS)["menus"]
    return {menu["handle"]: dict.fromkeys(titles(menu.get("items", []))) for menu in menus}


def _menu_titles(_shop: Table) -> Table:
    return {menu["handle"]: menu["title"] for menu in _read(_MENUS)["menus"]}


def _filters(shop: Table) -> Table:
    """What filters are called, by what they are on: by the shop, or by the definition of their metafield."""
    names = {f"{d['namespace']}.{d['key']}": d["name"] for d in shop["definitions"] if d["owner"] == "product"}
    found = {}
    for one in shop.get("filters", []):
        metafield = f"{one.get('namespace', 'custom')}.{one['key']}" if "key" in one else ""
        name = "/".join(filter(None, (one["by"], one.get("name") or metafield)))
        found[name] = one.get("label") or names.get(metafield, "")
    return {name: label for name, label in found.items() if label}


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
            found[row["Handle"]] |= {"seo_description": row["SEO Description"], "image_alt": row["Image Alt Text"]}
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
_NAMED = {"menu_titles": ("MENU", "title", _menu_titles), "filters": ("FILTER", "label", _filters)}
"""Sections of one text a thing: what type it is, the field, and what reads the English."""
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
    return {**said, **{name: head[name] for name in ("title", "excerpt", "image_alt") if name in head}}


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
