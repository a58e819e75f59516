"""A small shop that is written in English and speaks German, as a folder of files."""

import shutil
from pathlib import Path

from app.media import FileMediaStore
from db import demo as demo_shop
from db.session import Database
from resolvers.exchange import FolderSummary, import_folder

SHOP = """
[shop]
name = "Quay"
description = "Things by the water."
language = "en"
primary_domain = "quay.example"
country = "IE"
currency = "EUR"

[brand]
slogan = "Kept long."
short_description = "A shop."

[[locations]]
name = "Shop"

[[markets]]
handle = "europe"
name = "Europe"
primary = true
currency = "EUR"
countries = ["IE", "FR"]
languages = ["en", "de"]

[[markets]]
handle = "germany"
name = "Germany"
currency = "EUR"
countries = ["DE", "AT"]
languages = ["de", "en"]
adjustment = "5"

[[markets]]
handle = "america"
name = "America"
currency = "USD"
countries = ["US", "BR"]
rate = "1.1"
languages = ["en", "pt-BR"]

[[filters]]
by = "vendor"
label = "Maker"

[[filters]]
by = "product_type"

[[filters]]
by = "option"
name = "Colour"

[[filters]]
by = "product_metafield"
key = "care"
label = "Care"

[policies.privacy]
title = "Privacy policy"
body = "<p>We keep little.</p>"

[[metafields]]
namespace = "custom"
key = "announcement"
type = "single_line_text_field"
value = "Closed on Sundays"

[[metafields]]
namespace = "custom"
key = "founded"
type = "date"
value = "1931-04-18"
"""

PRODUCTS = """Handle,Title,Body (HTML),Type,Tags,Option1 Name,Option1 Value,Option2 Name,Option2 Value,SKU,\
Inventory tracker,Inventory quantity,Price,Compare-at price,Product image URL,Image alt text,SEO Title,\
Care (product.metafields.custom.care),Features (product.metafields.custom.features)
mug,Harbour Mug,<p>Holds <b>tea</b>.</p>,Mugs,clay,Colour,Rust,Size,Small,M-R-S,shopify,9,18.00,20.00,\
pictures/mug.webp,A mug,A mug to keep,Dishwasher safe.,light; strong
mug,,,,,,Rust,,Large,M-R-L,shopify,9,22.00,,,,,,
mug,,,,,,Kelp,,Small,M-K-S,shopify,9,18.00,,,,,,
bowl,Tide Bowl,<p>Round.</p>,Bowls,clay,Colour,Kelp,,,B-K,shopify,9,9.00,,,,,,
jug,Jug,,Jugs,clay,Title,Default Title,,,J,shopify,9,48.00,,,,,,
"""

COLLECTIONS = """Handle,Title,Body (HTML),Sort Order,Rules,SEO Title,Tagline (collection.metafields.custom.tagline),\
Image Src,Image Alt Text
clay,Clay,<p>Fired things.</p>,alpha-asc,all: tag equals clay,Clay things,Earth and fire,pictures/clay.webp,Fired
"""

CONTENT = {
    "pages/about.html": '+++\ntitle = "About"\n\n[seo]\ntitle = "About us"\n+++\n<p>Since 1931.</p>',
    "blogs/journal/blog.toml": 'title = "Journal"',
    "blogs/journal/rain.html": """+++
title = "Rain"
author = "Ada N."
image = "pictures/rain.webp"
image_alt = "Drops"
excerpt = "<p>Wet.</p>"
+++
<p>It rains.</p>""",
    "metaobjects/maker.toml": """name = "Maker"
title = "name"

[fields]
name = "single_line_text_field"
tools = "list.single_line_text_field"
founded = "number_integer"

[[entries]]
handle = "ada"
name = "Ada of the Quay"
tools = "wheel; kiln"
founded = "1968"
""",
    "menus.toml": """[[menus]]
handle = "main-menu"
title = "Main menu"

[[menus.items]]
title = "New"
to = "collections/clay"

[[menus.items.items]]
title = "About us"
to = "pages/about"
""",
}

DRAWN = {"mug": "swatch-pebble-stripe", "clay": "collection-stoneware", "rain": "collection-wool"}
"""What is drawn on its pictures, by pictures of the demo shop."""

HEAD = "Type,Identification,Field,Locale,Market,Status,Default content,Translated content\n"

GERMAN = f"""{HEAD}PRODUCT,mug,title,de,,,Harbour Mug,Hafenbecher
PRODUCT,mug,body_html,de,,,<p>Holds <b>tea</b>.</p>,<p>Fasst <b>Tee</b>.</p>
PRODUCT,mug,product_type,de,,,Mugs,Becher
PRODUCT,mug,meta_title,de,,,A mug to keep,Ein Becher für immer
PRODUCT_OPTION,Colour,name,de,,,Colour,Farbe
PRODUCT_OPTION,mug/Size,name,de,,,Size,Größe
PRODUCT_OPTION_VALUE,Colour/Rust,name,de,,,Rust,Rost
PRODUCT_OPTION_VALUE,Colour/Kelp,name,de,,,Kelp,Tang
PRODUCT_OPTION_VALUE,bowl/Colour/Kelp,name,de,,,Kelp,Seetang
PRODUCT_OPTION_VALUE,mug/Size/Small,name,de,,,Small,Klein
MEDIA_IMAGE,product/mug/1,alt,de,,,A mug,Ein Becher
COLLECTION,clay,title,de,,,Clay,Ton
COLLECTION,clay,body_html,de,,,<p>Fired things.</p>,<p>Gebranntes.</p>
COLLECTION,clay,meta_title,de,,,Clay things,Dinge aus Ton
METAFIELD,product/mug/custom.care,value,de,,,Dishwasher safe.,Spülmaschinenfest.
METAFIELD,product/mug/custom.features,value,de,,,light; strong,leicht; stark
METAFIELD,collection/clay/custom.tagline,value,de,,,Earth and fire,Erde und Feuer
METAFIELD,shop/custom.announcement,value,de,,,Closed on Sundays,Sonntags geschlossen
COLLECTION_IMAGE,clay,alt,de,,,Fired,Gebrannt
PAGE,about,title,de,,,About,Über uns
PAGE,about,body_html,de,,,<p>Since 1931.</p>,<p>Seit 1931.</p>
PAGE,about,meta_title,de,,,About us,Über das Geschäft
BLOG,journal,title,de,,,Journal,Tagebuch
ARTICLE,journal/rain,title,de,,,Rain,Regen
ARTICLE,journal/rain,body_html,de,,,<p>It rains.</p>,<p>Es regnet.</p>
ARTICLE,journal/rain,summary_html,de,,,<p>Wet.</p>,<p>Nass.</p>
ARTICLE_IMAGE,journal/rain,alt,de,,,Drops,Tropfen
MENU,main-menu,title,de,,,Main menu,Hauptmenü
LINK,main-menu,title,de,,,New,Neu
LINK,main-menu,title,de,,,About us,Über uns
METAOBJECT,maker/ada,name,de,,,Ada of the Quay,Ada vom Kai
METAOBJECT,maker/ada,tools,de,,,wheel; kiln,Scheibe; Ofen
FILTER,vendor,label,de,,,Maker,Werkstatt
FILTER,product_type,label,de,,,Product type,Art
FILTER,product_metafield/custom.care,label,de,,,Care,Pflege
SHOP,,description,de,,,Things by the water.,Dinge vom Wasser.
SHOP,,slogan,de,,,Kept long.,Lange behalten.
SHOP,,short_description,de,,,A shop.,Ein Laden.
SHOP_POLICY,privacy,title,de,,,Privacy policy,Datenschutz
SHOP_POLICY,privacy,body,de,,,<p>We keep little.</p>,<p>Wir behalten wenig.</p>
"""

PORTUGUESE = f"""{HEAD}PRODUCT,mug,title,pt-BR,,,Harbour Mug,Caneca do Porto
PRODUCT,mug,product_type,pt,,,Mugs,Canecas
PRODUCT,mug,title,pt,,,Harbour Mug,Caneca
"""


def write_shop(folder: Path) -> Path:
    """The folder, with translations into German and a little Portuguese."""
    files = {
        "shop.toml": SHOP,
        "products.csv": PRODUCTS,
        "collections.csv": COLLECTIONS,
        "translations/de.csv": GERMAN,
        "translations/pt.csv": PORTUGUESE,
        **{f"content/{name}": text for name, text in CONTENT.items()},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "pictures").mkdir()
    drawn = Path(demo_shop.__file__).parent / "pictures"
    for name, picture in (
        ("mug", "swatch-pebble-stripe"),
        ("clay", "collection-stoneware"),
        ("rain", "collection-wool"),
    ):
        shutil.copy(drawn / f"{picture}.webp", folder / "pictures" / f"{name}.webp")
    return folder


async def import_shop(db: Database, folder: Path, *, dry_run: bool = False) -> FolderSummary:
    """Import what the folder says now."""
    return await import_folder(db, FileMediaStore(folder.parent / "media"), folder, dry_run=dry_run)
