"""Translations in files: what is read, refused, followed and written again."""

from pathlib import Path

import pytest
from sqlalchemy import text

from db.base import Row, light
from db.session import Database
from resolvers.exchange import FolderSummary, Summary, UnreadableError
from resolvers.exchange.translations import export_translations
from resolvers.languages import CODES
from schema.codes import LanguageCode
from tests.bilingual import GERMAN, HEAD, import_shop, write_shop
from tests.exchanging import counts, told, warned


@pytest.fixture
def shop(folder: Path) -> Path:
    return write_shop(folder / "shop")


def translations(summary: FolderSummary) -> Summary:
    found = summary.files[-1]
    assert found.file.endswith("translations")
    return found


async def stored(db: Database) -> set[tuple[str, int, str, str, str]]:
    async with db.read() as session:
        statement = text("select owner_kind, owner_id, field, language, value from translations")
        return set(await session.tuples(statement))


async def load(db: Database, shop: Path, rows: str, *, name: str = "de.csv") -> Summary:
    (shop / "translations" / name).write_text(rows, encoding="utf-8")
    return translations(await import_shop(db, shop))


async def test_everything_is_read_once(db: Database, shop: Path) -> None:
    summary = translations(await import_shop(db, shop))
    lines = len(GERMAN.splitlines()) - 1 + 3
    assert [finding.reason for finding in summary.findings] == []
    assert (counts(summary), summary.rows) == ((lines, 0, 0, 0), lines)
    before = await stored(db)
    (shop / "shop.toml").write_text((shop / "shop.toml").read_text() + "\n# touched\n")
    again = translations(await import_shop(db, shop))
    assert (counts(again), again.removed) == ((0, 0, lines, 0), 0)
    assert await stored(db) == before
    assert (await import_shop(db, shop)).is_unchanged


async def test_a_changed_row_follows_and_a_missing_one_goes(db: Database, shop: Path) -> None:
    await import_shop(db, shop)
    kept = [line for line in GERMAN.splitlines() if ",body_html," not in line and "PRODUCT_OPTION,Colour" not in line]
    summary = await load(db, shop, "\n".join(kept).replace("Hafenbecher", "Becher vom Hafen"))
    assert (summary.changed, summary.removed, summary.created) == (1, 6, 0)
    left = {(kind, field, value) for kind, _, field, language, value in await stored(db) if language == "DE"}
    assert ("product", "title", "Becher vom Hafen") in left
    assert not {field for kind, field, _ in left if kind in ("product", "page")} & {"description", "body", "body_text"}
    (shop / "translations" / "de.csv").unlink()
    (shop / "translations" / "pt.csv").unlink()
    await import_shop(db, shop)
    assert await stored(db) == set()


async def test_a_rehearsal_writes_nothing(db: Database, shop: Path) -> None:
    await import_shop(db, shop)
    before = await stored(db)
    (shop / "translations" / "de.csv").write_text(HEAD + "PRODUCT,mug,title,de,,,Harbour Mug,Neu\n")
    summary = translations(await import_shop(db, shop, dry_run=True))
    assert (summary.changed, summary.removed) == (1, len(GERMAN.splitlines()) - 2 + 1)
    assert await stored(db) == before


WRONG = [
    ("PRODUCT,cup,title,de,,,,Tasse", "Identification", "there is no product 'cup'"),
    ("PRODUCT,mug,colour,de,,,,Rot", "Field", "PRODUCT has no field 'colour'; these are: title, body_html"),
    ("PRODUKT,mug,title,de,,,,Becher", "Type", "'PRODUKT' is no type; these are: PRODUCT, "),
    ("PRODUCT,mug,title,tlh,,,,HIvje", "Locale", "'tlh' is not a language such as en, de or pt-BR"),
    ("PRODUCT,mug,title,en,,,,Mug", "Locale", "the shop is written in en; change the texts themselves"),
    ("PRODUCT,mug,body_html,de,,,,<script>x()</script>", "Translated content", "nothing of it can be shown"),
    ("PRODUCT_OPTION,Weight,name,de,,,,Gewicht", "Identification", "there is no option 'Weight'"),
    ("PRODUCT_OPTION_VALUE,Colour/Mud,name,de,,,,Schlamm", "Identification", "there is no option value 'Colour/Mud'"),
    ("MEDIA_IMAGE,product/mug/7,alt,de,,,,Bild", "Identification", "there is no media 'product/mug/7'"),
    ("METAFIELD,product/mug/custom.none,value,de,,,,x", "Identification", "there is no metafield"),
    ("METAFIELD,shop/custom.founded,value,de,,,,1931-04-18", "Identification", "is a date, which is no text"),
    ("METAOBJECT,maker/bob,name,de,,,,Bob", "Identification", "there is no metaobject 'maker/bob'"),
    ("METAOBJECT,maker/ada,shoe,de,,,,Schuh", "Field", "it has no value for 'shoe'; it has name, tools, founded"),
    ("METAOBJECT,maker/ada,founded,de,,,,1968", "Field", "is a number_integer, which is no text to translate"),
    ("LINK,main-menu,title,de,,,Old,Alt", "Identification", "there is no menu item 'main-menu'"),
    (
        "FILTER,tag,label,de,,,,Thema",
        "Identification",
        "the shop offers no filter 'tag'; it offers vendor,",
    ),
    ("FILTER,vendor,name,de,,,,Thema", "Field", "FILTER has no field 'name'; it has label"),
    ("MENU,footer,title,de,,,,Unten", "Identification", "there is no menu 'footer'"),
    ("COLLECTION_IMAGE,wool,alt,de,,,,Wolle", "Identification", "there is no picture of a collection 'wool'"),
    ("SHOP,,name,de,,,,Kai", "Field", "SHOP has no field 'name'"),
]


@pytest.mark.parametrize(("row", "column", "reason"), WRONG)
async def test_a_row_that_makes_no_sense_costs_only_itself(
    db: Database, shop: Path, row: str, column: str, reason: str
) -> None:
    summary = await load(db, shop, f"{HEAD}{row}\nPRODUCT,bowl,title,de,,,,Schale\n")
    assert told(summary) == [(2, column, row.split(",")[1])]
    assert summary.findings[0].reason.startswith(reason)
    assert {value for *_, language, value in await stored(db) if language == "DE"} == {"Schale"}


async def test_what_a_refused_row_may_have_meant_stays(db: Database, shop: Path) -> None:
    await import_shop(db, shop)
    await load(db, shop, f"{HEAD}PRODUCT,mug,body_html,de,,,,<script>x()</script>\n")
    assert {field for *_, field, language, _ in await stored(db) if language == "DE"} == {
        "description_html",
        "description",
    }


async def test_the_second_row_about_a_text_is_refused(db: Database, shop: Path) -> None:
    summary = await load(db, shop, f"{HEAD}PRODUCT,mug,title,de,,,,Eins\nPRODUCT,mug,title,de,,,,Zwei\n")
    assert [(finding.line, finding.reason) for finding in summary.findings] == [(3, "is translated on line 2 already")]


async def test_what_is_left_out_is_told(db: Database, shop: Path) -> None:
    rows = """PRODUCT,mug,handle,de,,,mug,becher
PRODUCT,mug,title,de,Germany,,Harbour Mug,Becher
ONLINE_STORE_THEME,9,title,de,,,x,y
PRODUCT,bowl,title,de,,,An older title,Schale
PRODUCT,jug,title,de,,,Jug,
"""
    summary = await load(db, shop, HEAD + rows)
    assert warned(summary) == [(2, "Field"), (3, "Market"), (4, "Type"), (5, "Default content")]
    assert counts(summary)[3] == 0
    assert {value for *_, language, value in await stored(db) if language == "DE"} == {"Schale"}


async def test_files_are_read_as_people_make_them(db: Database, shop: Path) -> None:
    rows = (HEAD + 'PRODUCT, mug ,body_html , de-DE,,,,x\nPRODUCT,mug,title,DE,,,,"  Größer\nBecher "\n').replace(
        ",Field,", ", field ,"
    )
    (shop / "translations" / "de.csv").write_bytes(rows.replace("\n", "\r\n").encode("utf-8-sig"))
    summary = translations(await import_shop(db, shop))
    assert told(summary) == [(2, "Locale", "mug")]
    assert {value for *_, language, value in await stored(db) if language == "DE"} == {"Größer\nBecher"}


async def test_a_file_without_the_columns_stops_the_import(db: Database, shop: Path) -> None:
    (shop / "translations" / "de.csv").write_text("Type,Identification\nPRODUCT,mug\n")
    with pytest.raises(UnreadableError, match="has no column 'Field'"):
        await import_shop(db, shop)


async def test_html_is_sanitised_at_the_door(db: Database, shop: Path) -> None:
    await load(db, shop, f"{HEAD}PRODUCT,mug,body_html,de,,,,<p onclick=x()>Tee</p><script>x()</script>\n")
    german = {(field, value) for *_, field, language, value in await stored(db) if language == "DE"}
    assert german == {("description_html", "<p>Tee</p>"), ("description", "Tee")}


async def test_importing_an_export_changes_nothing(db: Database, shop: Path) -> None:
    await import_shop(db, shop)
    before = await stored(db)
    for file in (shop / "translations").iterdir():
        file.unlink()
    assert await export_translations(db, shop / "translations") == 3
    assert sorted(file.name for file in (shop / "translations").iterdir()) == ["de.csv", "pt-BR.csv", "pt.csv"]
    summary = translations(await import_shop(db, shop))
    assert [finding.reason for finding in summary.findings] == []
    assert (summary.created, summary.changed, summary.removed, summary.refused) == (0, 0, 0, 0)
    assert await stored(db) == before


async def test_names_that_are_translated_alike_stand_on_one_row(db: Database, shop: Path, folder: Path) -> None:
    await import_shop(db, shop)
    await export_translations(db, folder / "out")
    lines = (folder / "out" / "de.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEAD.strip()
    assert [line.split(",")[1] for line in lines if line.startswith("PRODUCT_OPTION")] == [
        "Colour",
        "Size",
        "bowl/Colour/Kelp",
        "mug/Colour/Kelp",
        "Colour/Rust",
        "Size/Small",
    ]
    assert "METAOBJECT,maker/ada,tools,de,,,wheel; kiln,Scheibe; Ofen" in lines
    assert "SHOP,,slogan,de,,,Kept long.,Lange behalten." in lines


def kinds() -> dict[str, type[Row]]:
    """The row classes whose rows take their translations along; the shop stays, and variants have none of their own."""
    found = {row.wording.kind: row for row in Row.__subclasses__() if row.wording and not row.wording.parts}
    del found["shop"]
    return found


@pytest.mark.parametrize("kind", sorted(kinds()))
async def test_translations_go_with_what_they_translate(db: Database, shop: Path, kind: str) -> None:
    """Also those of what goes with it: the database may give their ids again."""
    await import_shop(db, shop)
    assert kind in {row[0] for row in await stored(db)}
    table = kinds()[kind].__tablename__
    async with db.write() as session:
        if kind in ("option", "option_value"):
            await session.change(text("DELETE FROM variants"))
        await session.change(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
    left = await stored(db)
    assert kind not in {row[0] for row in left}
    gone = {"product": {"Farbe", "Ein Becher"}, "option": {"Rost"}, "blog": {"Regen"}}.get(kind, set())
    assert not {row[4] for row in left} & gone


def test_the_languages_are_those_of_the_api() -> None:
    assert {code.value for code in LanguageCode} == CODES


def test_light_rows_know_their_wording() -> None:
    assert all(light(row).wording is row.wording for row in kinds().values())
