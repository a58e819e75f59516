"""German texts of the demo shop: what is written becomes a file that the shop takes without a word."""

import csv
import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete

from db.demo import german
from db.session import Database
from db.translations import TranslationRow
from resolvers.exchange.setting import read_setting
from resolvers.exchange.translations import import_translations
from tests.exchanging import counts

SOURCE = {
    "01-kitchen.toml": '''
["harbour-mug"]
title = "Hafenbecher aus Steinzeug"
body = """
<p>Der Becher neben der Kasse.</p>
"""
seo = "Ein dickwandiger Becher."
meta = { "custom.care" = "Spülmaschinenfest.", "custom.features" = ["Fuß ohne Glasur", "Griff; für drei Finger"] }

["tide-bowls"]
title = "Gezeitenschalen, drei Stück"
''',
    "words.toml": """
[types]
Mugs = "Becher"

[options]
Colour = "Farbe"

[values.Colour]
"Sea Salt" = "Meersalz"
Kelp = "Tang"
""",
    "content.toml": """
[pages.about]
title = "Über uns"
body = "<p>Seit 1931.</p>"
seo_title = "Unsere Geschichte"

[blogs.journal]
title = "Das Kai-Tagebuch"

[articles."journal/no-two-are-twins"]
title = "Keine zwei sind Zwillinge"
body = "<p>Die Glasur entscheidet.</p>"
excerpt = "<p>Vom Brennen.</p>"

[menus.main-menu]
New = "Neu"

[metaobjects."maker/hollin-and-tarn"]
craft = "Töpferei"

[policies.privacy]
title = "Datenschutz"
body = "<p>Wir behalten wenig.</p>"

[collections.kitchen]
title = "Küche"
body = "<p>Töpfe.</p>"
seo_title = "Küche & Tafel"
seo_description = "Steinzeug."
meta = { "custom.tagline" = "Koch, als käme wer" }

[shop]
slogan = "Gutes, lange behalten."

[shop_metafields]
"custom.announcement" = "Sonntags geschlossen."
""",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "de"
    folder.mkdir()
    for name, text in SOURCE.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_what_is_written_stands_beside_what_it_translates(source: Path) -> None:
    head, *rows = german.translations(source)
    assert head == german.COLUMNS
    assert {row[3] for row in rows} == {"de"}
    shown = {(row[0], row[1], row[2]): (row[6], row[7]) for row in rows}
    assert len(shown) == len(rows)
    assert shown["PRODUCT", "tide-bowls", "title"] == ("Tide Bowls, Set of Three", "Gezeitenschalen, drei Stück")
    assert shown["PRODUCT", "harbour-mug", "product_type"] == ("Mugs", "Becher")
    assert shown["PRODUCT", "harbour-mug", "body_html"][1] == "<p>Der Becher neben der Kasse.</p>"
    assert shown["METAFIELD", "product/harbour-mug/custom.features", "value"] == (
        "Unglazed foot; Three-finger handle; Keeps heat",
        '["Fuß ohne Glasur", "Griff; für drei Finger"]',
    )
    assert shown["PRODUCT_OPTION_VALUE", "Colour/Sea Salt", "name"] == ("Sea Salt", "Meersalz")
    assert shown["LINK", "main-menu", "title"] == ("New", "Neu")
    assert shown["METAOBJECT", "maker/hollin-and-tarn", "craft"] == ("Pottery", "Töpferei")


async def test_the_shop_takes_it_without_a_word(source: Path, demo_folder: Path, tmp_path: Path) -> None:
    shutil.copy(demo_folder / "shop.db", tmp_path / "shop.db")
    (tmp_path / "translations").mkdir()
    rows = german.translations(source)
    with (tmp_path / "translations" / "de.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}") as database:
        async with database.read() as session:
            setting = await read_setting(session)
        assert setting is not None
        async with database.write() as session:
            await session.change(delete(TranslationRow))
        summary = await import_translations(database, setting, tmp_path / "translations")
    assert [(finding.line, finding.column, finding.reason) for finding in summary.findings] == []
    assert counts(summary)[0] == len(rows) - 1


def test_texts_about_nothing_are_told_all_at_once(source: Path) -> None:
    (source / "02-living.toml").write_text('["no-lamp"]\ntitle = "Keine Lampe"\n', encoding="utf-8")
    with (source / "words.toml").open("a", encoding="utf-8") as out:
        out.write('Beige = "Beige"\n')
    with pytest.raises(ValueError, match=r"product no-lamp; value Colour/Beige$"):
        german.translations(source)


def test_nothing_is_written_before_there_is_german(tmp_path: Path) -> None:
    assert german.translations(tmp_path / "none") == []
