"""The index says what the texts say: while things come, change and go, and after all of it was built anew."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process, create_subprocess_exec
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy import text as sql
from sqlmodel import col

from app.media import FileMediaStore
from bench.dataset import fill
from db.catalog import ProductRow
from db.content import PageRow
from db.pricing import MarketRow
from db.search import Kind, Part, SearchIndexRow, SearchPostingRow
from db.session import Database
from resolvers.exchange import import_products
from resolvers.exchange.content import import_content
from resolvers.exchange.setting import read_setting
from resolvers.exchange.translations import import_translations
from resolvers.search.analysis import (
    Document,
    analysed,
    begins_alike,
    chunks,
    code,
    distance,
    misspellings,
    question,
    spellings,
    upright,
)
from resolvers.search.building import build_index, index_contradictions, rebuild_index
from tests.api import Client
from tests.databases import Databases

ROOT = Path(__file__).parent.parent
PAGE = '+++\ntitle = "{title}"\n+++\n<p>{text}</p>\n'


async def test_content_that_changes_and_goes_is_followed(db: Database, tmp_path: Path) -> None:
    place = tmp_path / "content" / "pages"
    place.mkdir(parents=True)
    for round_, pages in enumerate(({"one": "Ferns", "two": "Mosses"}, {"one": "Lichens"}, {})):
        for old in place.glob("*.html"):
            old.unlink()
        for handle, text in pages.items():
            (place / f"{handle}.html").write_text(PAGE.format(title=handle, text=text), encoding="utf-8")
        await import_content(db, FileMediaStore(tmp_path / "media"), tmp_path)
        assert await index_contradictions(db) == [], round_


async def test_what_contradicts_the_texts_is_told_and_mended(small_url: str) -> None:
    async with Database(small_url) as db:
        assert await index_contradictions(db) == []
        async with db.write() as session:
            await session.change(update(ProductRow).where(col(ProductRow.id) == 2).values(title="Something else"))
            await session.change(delete(PageRow).where(col(PageRow.id) == 1))
            await session.change(delete(SearchPostingRow).where(col(SearchPostingRow.kind) == int(Kind.ARTICLE)))
        told = " ".join(await index_contradictions(db))
        assert "Product 2: the search index does not say" in told
        assert "Page 1 is in the search index, but not in the shop" in told
        assert "Article 3" in told
        assert await build_index(db) is None
        async with db.write() as session:
            await session.change(update(SearchIndexRow).values(version="0"))
        assert "older version" in (await index_contradictions(db))[0]
        seen: list[tuple[int, int]] = []
        assert await build_index(db, lambda done, of: seen.append((done, of)))
        assert seen[-1][0] == seen[-1][1]
        assert await index_contradictions(db) == []


def test_a_title_that_is_the_word_is_nearest() -> None:
    def distance_of(*texts: tuple[Part, str]) -> int:
        return analysed(Document(Kind.PRODUCT, 1, texts)).words["mug"][0]

    exact, longer = distance_of((Part.TITLE, "Mugs")), distance_of((Part.TITLE, "A mug for the camp"))
    also = distance_of((Part.TITLE, "Camp mug"), (Part.TYPE, "Mugs"))
    others = [distance_of((part, "mug")) for part in (Part.TYPE, Part.VENDOR, Part.TAG, Part.BODY)]
    assert 0 == exact < also < longer < min(others)
    assert others == sorted(others)


def test_what_is_read_comes_after_what_is_bought_and_called_so() -> None:
    def distances(kind: Kind, part: Part, *texts: str) -> list[int]:
        return [analysed(Document(kind, 1, ((part, text),))).words["mug"][0] for text in texts]

    titles = ("Mug", "Camp mug", "A camp mug with a handle", "A camp mug with a handle and a lid")
    pages, articles = (distances(kind, Part.TITLE, *titles) for kind in (Kind.PAGE, Kind.ARTICLE))
    assert pages == articles == sorted(set(pages))
    bought = [*distances(Kind.PRODUCT, Part.TITLE, *titles), *distances(Kind.PRODUCT, Part.TYPE, "Mugs")]
    assert max(bought) < min(pages) <= max(pages) < min(distances(Kind.PRODUCT, Part.TAG, "mug"))


CATALOGUE = "Handle,Title,Product Category,Published,Variant Price\nwarm,Winter Warmer,{category},true,5\n"


async def test_products_are_found_by_their_categories(guest: Client, tmp_path: Path) -> None:
    db = guest.shop.database

    async def found(ask: str) -> list[str]:
        text = "query($ask: String!) { search(query: $ask, first: 9) { nodes { ... on Product { handle } } } }"
        return [node["handle"] for node in (await guest.run(text, {"ask": ask}))["search"]["nodes"]]

    for category, ask in (
        ("Home & Garden > Linens & Bedding > Bedding > Blankets", "winter blanket"),
        ("Home & Garden > Linens & Bedding > Duvet Covers", "duvetcover"),
        ("Apparel & Accessories > Clothing > Outerwear > Rain Coats", "outerwear"),
        ("Furniture", "furniture"),
    ):
        assert await found(ask) == []
        (tmp_path / "products.csv").write_text(CATALOGUE.format(category=category), encoding="utf-8")
        await import_products(db, FileMediaStore(tmp_path / "media"), tmp_path / "products.csv")
        assert await found(ask) == ["warm"], ask
        assert await index_contradictions(db) == []
    assert await found("blanket") == await found("apparel") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Fisherman\u2019s T-Shirt", [["fisherman"], ["t", "shirt"]]),
        ("CAFETIÈRE, 8-cup", [["cafetiere"], ["8", "cup"]]),
        ("Smørrebrød", [["smorrebrod"]]),
        ("?! 🙂", []),
    ],
)
def test_texts_are_taken_apart(text: str, words: list[list[str]]) -> None:
    assert chunks(text) == words


def test_codes_are_kept_whole() -> None:
    assert code(" HT-Mug / 01 ") == "ht-mug-01"
    assert "ht-mug-01" in question("HT-MUG-01", "en", is_open=False)[0].words


@pytest.mark.parametrize(
    ("typed", "meant", "slips"),
    [("jaket", "jacket", 1), ("lmap", "lamp", 1), ("umbrlela", "umbrella", 1), ("wellintgosn", "wellingtons", 2)],
)
def test_slips_share_a_spelling_with_what_was_meant(typed: str, meant: str, slips: int) -> None:
    assert distance(typed, meant, 2) == slips
    assert misspellings(typed) & spellings(meant)
    assert begins_alike(typed, meant)


def test_short_words_and_numbers_are_never_mended() -> None:
    assert misspellings("mug") == misspellings("450ml") == set()
    assert distance("kitten", "sitting", 2) is None
    assert not begins_alike("couch", "pouch")
    assert begins_alike("ajcket", "jacket")


GERMAN_QUERY = """query($ask: String!) @inContext(country: DE, language: DE) {
  search(query: $ask, first: 9) { nodes { ... on Product { title } } } }"""
SAID = "Type,Identification,Field,Locale,Translated content\nPRODUCT,product-7,title,de,{title}\n"


async def test_what_is_translated_is_found_in_its_language_at_once(guest: Client, tmp_path: Path) -> None:
    db = guest.shop.database

    async def found(ask: str) -> list[str]:
        return [node["title"] for node in (await guest.run(GERMAN_QUERY, {"ask": ask}))["search"]["nodes"]]

    async with db.write() as session:
        await session.change(update(MarketRow).values(languages=["DE", "EN"]))
    assert "older version" in (await index_contradictions(db))[0]
    assert await build_index(db)
    for title, word in (("Wollene Reisedecke", "decken"), ("Reisekoffer", "koffer")):
        (tmp_path / "de.csv").write_text(SAID.format(title=title), encoding="utf-8")
        async with db.read() as session:
            setting = await read_setting(session)
        assert setting is not None
        await import_translations(db, setting, tmp_path)
        assert await found(word) == [title]
        assert await index_contradictions(db) == []
    assert await found("decken") == []
    (tmp_path / "de.csv").write_text(SAID.partition("\n")[0] + "\n", encoding="utf-8")
    await import_translations(db, setting, tmp_path)
    assert await found("koffer") == []
    assert await index_contradictions(db) == []


def test_the_end_of_a_joined_word_is_found_where_words_are_joined() -> None:
    def beginnings(word: str, language: str) -> tuple[str, ...]:
        return question(word, language, is_open=False)[0].beginnings

    (end,) = beginnings("becher", "DE")
    forms = analysed(Document(Kind.PRODUCT, 1, ((Part.TITLE, "Steinzeugbecher"),), "DE")).forms
    assert [upright(form) for form in forms if form.startswith(end)] == ["steinzeugbech"]
    assert beginnings("mug", "EN") == beginnings("tee", "DE") == ()


async def vocabulary(db: Database) -> list[list[tuple[Any, ...]]]:
    """Words, forms and slips of the keyboard, whatever their numbers."""
    statements = (
        "select language, word from search_words order by 1, 2",
        "select f.language, form, word from search_forms f join search_words w on w.id = word_id order by 1, 2, 3",
        "select language, spelling, form from search_spellings order by 1, 2, 3",
    )
    async with db.read() as session:
        return [await session.tuples(sql(one)) for one in statements]


async def importing(url: str, folder: Path, products: Sequence[int]) -> Process:
    """A process of its own that imports products of which each has words of its own and words of all others."""
    rows = [f"p-{n},Mug {n} of stoneware,Kiln {n % 7} and glaze{n},18.00" for n in products]
    file = folder / f"{products[0]}.csv"
    file.write_text("\n".join(("Handle,Title,Body (HTML),Variant Price", *rows, "")), encoding="utf-8")
    settings = {"STOREKEEP_DATABASE_URL": url, "STOREKEEP_MEDIA_DIR": str(folder / "media")}
    command = [sys.executable, "-m", "app.cli", "import", "products", str(file)]
    return await create_subprocess_exec(*command, env=os.environ | settings, cwd=ROOT, stdout=PIPE, stderr=STDOUT)


async def test_two_processes_learn_the_same_words_at_once(databases: Databases, tmp_path: Path) -> None:
    url = await databases.fresh("postgresql", "small", lambda db: fill(db, 3))
    waiting: Any = sql(
        "select count(*) from pg_locks where not granted and relation = 'search_words'::regclass"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    async with Database(url) as db:
        async with db.write() as session:
            # Both come as far as the vocabulary before either may look at it.
            await session.change(sql("lock table search_words in access exclusive mode"))
            imports = [await importing(url, tmp_path, order) for order in (range(40), range(79, 39, -1))]
            while await session.tuples(waiting) != [(2,)]:
                assert [one.returncode for one in imports] == [None, None]
                await asyncio.sleep(0.05)
        for one in imports:
            said, _ = await one.communicate()
            assert one.returncode == 0, said.decode()
            assert "40 created, 0 changed, 0 unchanged, 0 refused" in said.decode()
        assert await index_contradictions(db) == []
        learned = await vocabulary(db)
        await rebuild_index(db)
        assert await vocabulary(db) == learned
