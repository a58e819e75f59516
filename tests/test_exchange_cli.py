"""`storekeep import` and `storekeep export`, as a script sees them."""

import asyncio
import csv
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from app.cli import app
from app.cli_exchange import export_app, import_app
from db import demo as demo_shop
from db import migrate
from db.session import Database
from tests.exchanging import CSV, SHOP, write_csv

runner = CliRunner()


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """An installation of its own, with nothing in it yet."""
    monkeypatch.setenv("STOREKEEP_DATABASE_URL", f"sqlite+aiosqlite:///{folder / 'shop.db'}")
    monkeypatch.setenv("STOREKEEP_MEDIA_DIR", str(folder / "media"))
    return folder


@pytest.fixture
def whole_shop(folder: Path) -> Path:
    """A small folder of everything that there is."""
    shop = folder / "whole"
    shop.mkdir()
    (shop / "shop.toml").write_text(SHOP, encoding="utf-8")
    (shop / "products.csv").write_text("Handle,Title,Price,Price / United Kingdom\nmug,Mug,18.00,16.00\n")
    (shop / "reviews.csv").write_text(
        "Product Handle,Rating,Title,Body,Author,Created At\nmug,5,Good,,Ada,2026-02-11\n"
    )
    (shop / "collections.csv").write_text("Handle,Title,Sort Order,Rules,Products\nall,All,manual,,mug;nothing\n")
    return shop


def bring_in(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return runner.invoke(import_app, [str(argument) for argument in arguments], input=stdin)


def test_all_well(folder: Path) -> None:
    done = bring_in("products", CSV / "old.csv")
    assert done.exit_code == 0, done.output
    assert "(UTF-8, 6 rows): 2 created, 0 changed, 0 unchanged, 0 refused." in done.stdout
    again = bring_in("products", CSV / "old.csv")
    assert "0 created, 0 changed, 2 unchanged, 0 refused." in again.stdout
    assert again.exit_code == 0


def test_a_folder_that_is_none_says_what_a_shop_is(folder: Path) -> None:
    for place, found in ((folder / "none", "is not a folder"), (folder, "has no shop.toml")):
        done = bring_in("shop", place)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"{place} {found}. A shop is imported from a folder with shop.toml and" in done.stderr
        assert "products.csv" in done.stderr
        assert "README.md describes them" in done.stderr


def test_refusals_and_their_report(folder: Path) -> None:
    report = folder / "report.csv"
    done = bring_in("products", CSV / "bad-rows.csv", "--report", report)
    assert done.exit_code == 1
    assert "refused: line 3, Variant Price (two-ways): '1,299' can be read in two ways" in done.stderr
    assert "4 created, 0 changed, 0 unchanged, 12 refused; 4 warnings." in done.stdout
    with report.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert list(rows[0]) == ["Line", "Column", "Handle", "Severity", "Reason"]
    assert sum(row["Severity"] == "warning" for row in rows) == 4
    assert {row["Handle"] for row in rows if row["Line"] == "3"} == {"two-ways"}


def test_a_rehearsal_leaves_no_trace(folder: Path) -> None:
    done = bring_in("products", CSV / "padded.csv", "--dry-run")
    assert done.exit_code == 0
    assert "would be 2 created, 0 changed, 0 unchanged, 0 refused; 1 warning." in done.stdout
    assert list(folder.iterdir()) == []


def test_a_rehearsal_of_a_whole_shop_finds_what_the_import_would(folder: Path, whole_shop: Path) -> None:
    rehearsed = bring_in("shop", whole_shop, "--dry-run")
    assert not (folder / "shop.db").exists()
    assert not (folder / "media").exists()
    done = bring_in("shop", whole_shop)
    assert rehearsed.exit_code == done.exit_code == 0, rehearsed.output
    assert rehearsed.stdout.replace("would be ", "") == done.stdout
    assert rehearsed.stderr == done.stderr


def test_a_rehearsal_beside_other_products_says_what_it_leaves_out(folder: Path, whole_shop: Path) -> None:
    assert bring_in("products", CSV / "old.csv", "--currency", "EUR").exit_code == 0
    rehearsed = bring_in("shop", whole_shop, "--dry-run")
    assert rehearsed.exit_code == 0, rehearsed.output
    assert "(reviews.csv): not rehearsed: it may be about the products that would be created" in rehearsed.stderr


def test_the_currency_of_a_shop_that_is_there_stays(folder: Path) -> None:
    assert bring_in("products", CSV / "old.csv", "--currency", "USD").exit_code == 0
    assert bring_in("products", CSV / "old.csv", "--currency", "USD").exit_code == 0
    other = bring_in("products", CSV / "old.csv", "--currency", "GBP")
    assert other.exit_code == 2
    assert "The shop sells in USD; GBP can only be given before it is there" in other.stderr


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "strange.csv"])
def test_nothing_to_read(folder: Path, name: str) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "strange.csv").write_text("a,b\n1,2\n")
    done = bring_in("products", folder / name)
    assert done.exit_code == 2
    # However long it is, a sentence stays on its line.
    assert str(folder / name) in done.stderr
    assert done.stderr.count("\n") == 1


def test_usage() -> None:
    assert bring_in("products").exit_code == 2
    assert bring_in("products", CSV / "old.csv", "--currency", "POUNDS").exit_code == 2
    assert bring_in("products", CSV / "old.csv", "--report", "/nowhere/report.csv").exit_code == 2


def test_out_and_in_again(folder: Path) -> None:
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    assert bring_in("products", CSV / "scattered.csv", "--shop", folder / "shop.toml").exit_code == 0
    out = folder / "out.csv"
    written = runner.invoke(export_app, ["products", str(out)])
    assert written.exit_code == 0, written.output
    assert "Wrote 3 products" in written.stdout
    shown = runner.invoke(export_app, ["products"])
    assert shown.stdout == out.read_text(encoding="utf-8")
    again = bring_in("products", "-", stdin=out.read_bytes())
    assert "standard input (UTF-8, 5 rows): 0 created, 0 changed, 3 unchanged, 0 refused." in again.stdout
    nowhere = runner.invoke(export_app, ["products", str(folder / "none" / "out.csv")])
    assert nowhere.exit_code == 2
    assert f"{folder / 'none' / 'out.csv'} cannot be written: No such file or directory" in nowhere.stderr


def test_a_device_or_a_link_stays_what_it_is(folder: Path) -> None:
    assert bring_in("products", CSV / "old.csv").exit_code == 0
    (folder / "link.csv").symlink_to(folder / "real.csv")
    assert runner.invoke(export_app, ["products", str(folder / "link.csv")]).exit_code == 0
    assert (folder / "link.csv").is_symlink()
    assert (folder / "real.csv").read_text(encoding="utf-8").startswith("Handle")
    os.mkfifo(folder / "pipe")
    with ThreadPoolExecutor() as pool:
        read = pool.submit((folder / "pipe").read_text, encoding="utf-8")
        assert runner.invoke(export_app, ["products", str(folder / "pipe")]).exit_code == 0
        assert read.result(10) == (folder / "real.csv").read_text(encoding="utf-8")
    assert (folder / "pipe").is_fifo()


def test_a_folder(folder: Path) -> None:
    shop = folder / "shop"
    shop.mkdir()
    (shop / "shop.toml").write_text(SHOP, encoding="utf-8")
    assert bring_in("shop", shop).exit_code == 0
    assert "nothing has changed since the last import.\n" in bring_in("shop", shop).stdout
    assert bring_in("shop", folder).exit_code == 2


async def _migrated(file: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{file}") as database:
        await migrate.upgrade(database)


@pytest.mark.parametrize("state", ["missing", "empty", "without a shop"])
def test_nothing_to_export_leaves_the_last_export(folder: Path, state: str) -> None:
    good, database = folder / "good.csv", folder / "shop.db"
    good.write_text("Handle\nmug\n", encoding="utf-8")
    if state == "empty":
        database.touch()
    elif state == "without a shop":
        asyncio.run(_migrated(database))
    for arguments in ([str(good)], []):
        done = runner.invoke(export_app, ["products", *arguments])
        assert done.exit_code == 2
        assert done.stdout == ""
        assert ("There is no shop" if state == "without a shop" else "run `storekeep migrate`.") in done.stderr
    assert good.read_text(encoding="utf-8") == "Handle\nmug\n"
    assert database.exists() == (state != "missing")
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


@pytest.fixture
def with_picture(folder: Path) -> Path:
    """A product file in a folder with a picture; another picture is on the web."""
    base = folder / "in"
    base.mkdir()
    shutil.copy(Path(demo_shop.__file__).parent / "pictures" / "swatch-pebble-stripe.webp", base / "mug.webp")
    row = {"Handle": "mug", "Title": "Mug", "Variant Price": "18", "Variant Image": "mug.webp"}
    web = {"Handle": "mug", "Image Src": "https://pictures.example/2.jpg"}
    return write_csv(base / "products.csv", [row | {"Image Src": "mug.webp"}, web])


def test_pictures_move_with_the_file(
    folder: Path, with_picture: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert bring_in("products", with_picture).exit_code == 0
    out = folder / "out" / "products.csv"
    out.parent.mkdir()
    kept = runner.invoke(export_app, ["products", str(out)])
    assert kept.exit_code == 0
    assert "Pictures that this shop keeps (1) are named media:…" in kept.stderr
    assert "0 created, 0 changed, 1 unchanged, 0 refused." in bring_in("products", out).stdout
    moved = runner.invoke(export_app, ["products", str(out), "--pictures", str(out.parent / "pictures")])
    assert (moved.exit_code, moved.stderr) == (0, "")
    with out.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    (copied,) = (out.parent / "pictures").iterdir()
    assert copied.read_bytes() == (with_picture.parent / "mug.webp").read_bytes()
    assert [row["Image Src"] for row in rows] == [f"pictures/{copied.name}", "https://pictures.example/2.jpg"]
    assert rows[0]["Variant Image"] == rows[0]["Image Src"]
    assert "0 created, 0 changed, 1 unchanged, 0 refused." in bring_in("products", out).stdout
    # Another installation reads it too.
    other = tmp_path_factory.mktemp("other")
    monkeypatch.setenv("STOREKEEP_DATABASE_URL", f"sqlite+aiosqlite:///{other / 'shop.db'}")
    monkeypatch.setenv("STOREKEEP_MEDIA_DIR", str(other / "media"))
    assert "1 created, 0 changed, 0 unchanged, 0 refused." in bring_in("products", out).stdout
    assert (other / "media" / copied.name).read_bytes() == copied.read_bytes()


def test_pictures_that_cannot_be_copied(folder: Path, with_picture: Path) -> None:
    assert bring_in("products", with_picture).exit_code == 0
    out = folder / "out.csv"
    outside = runner.invoke(export_app, ["products", str(out), "--pictures", str(folder.parent)])
    assert outside.exit_code == 2
    assert "is not within" in outside.stderr
    assert runner.invoke(export_app, ["products", "--pictures", str(folder)]).exit_code == 2
    assert not out.exists()
    (in_the_way := folder / "taken").touch()
    refused = runner.invoke(export_app, ["products", str(out), "--pictures", str(in_the_way)])
    assert refused.exit_code == 2
    assert f"{in_the_way} cannot be written" in refused.stderr
    for stored in (folder / "media").glob("*.webp"):
        stored.unlink()
    lost = runner.invoke(export_app, ["products", str(out), "--pictures", str(folder / "pictures")])
    assert lost.exit_code == 1
    assert "has lost (1)" in lost.stderr
    assert "media:" in out.read_text(encoding="utf-8")


def test_a_whole_shop_out_and_in_again(whole_shop: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bring_in("shop", whole_shop).exit_code == 0
    done = runner.invoke(export_app, ["shop", str(folder / "out")])
    assert (done.exit_code, done.output) == (0, f"{folder / 'out'}: 4 files.\n")
    assert runner.invoke(export_app, ["shop", str(folder / "out")]).exit_code == 0
    refused = runner.invoke(export_app, ["shop", str(whole_shop)])
    assert refused.exit_code == 2
    assert "holds something else" in refused.output
    monkeypatch.setenv("STOREKEEP_DATABASE_URL", f"sqlite+aiosqlite:///{folder / 'other.db'}")
    assert runner.invoke(export_app, ["shop", str(folder / "none")]).exit_code == 2
    assert not (folder / "none").exists()
    assert bring_in("shop", folder / "out").exit_code == 0
    assert runner.invoke(export_app, ["shop", str(folder / "again")]).exit_code == 0
    for name in ("shop.toml", "products.csv", "reviews.csv", "collections.csv"):
        assert (folder / "again" / name).read_bytes() == (folder / "out" / name).read_bytes()


def test_a_shop_that_an_import_made_contradicts_nothing(whole_shop: Path) -> None:
    assert bring_in("shop", whole_shop).exit_code == 0
    done = runner.invoke(app, ["check"])
    assert (done.exit_code, done.output) == (0, "Nothing contradicts itself.\n")


def test_what_cannot_be_written_is_told(whole_shop: Path, folder: Path) -> None:
    (whole_shop / "content").mkdir()
    (whole_shop / "content/menus.toml").write_text(
        '[[menus]]\nhandle = "m"\ntitle = "M"\n[[menus.items]]\ntitle = "Mug"\nto = "products/mug"\n'
    )
    assert bring_in("shop", whole_shop).exit_code == 0

    async def lose() -> None:
        async with Database(f"sqlite+aiosqlite:///{folder / 'shop.db'}") as database, database.write() as session:
            await session.change(text("delete from products"))

    asyncio.run(lose())
    done = runner.invoke(export_app, ["shop", str(folder / "out")])
    assert done.exit_code == 1
    assert "The item 'Mug' of the menu m is left out: what it leads to is gone" in done.output
