"""Opening the demo shop, and the shoppers in it."""

import os
import re
import shutil
import signal
import sys
from io import StringIO
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from rich.console import Console
from sqlalchemy import text

from app.demo import open_demo
from app.settings import Settings
from db.session import Database
from resolvers.context import Context
from resolvers.demo import popular_variants, shop_around
from resolvers.events import EventStream
from resolvers.inventory import StockByVariant
from tests.commanding import Command, changed
from tests.exchanging import CSV, SHOP

ROOT = Path(__file__).parents[1]


class TestDemo:
    async def test_it_says_what_came_in(self, tmp_path: Path) -> None:
        folder = tmp_path / "demo"
        folder.mkdir()
        (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
        shutil.copy(CSV / "old.csv", folder / "products.csv")
        settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", media_dir=tmp_path / "media")

        async def told() -> str:
            written = StringIO()
            await open_demo(settings, Console(file=written, width=200), folder)
            return written.getvalue()

        assert re.fullmatch(r"Imported the demo shop in \d+ s: 2 products \(1 of them hidden\)\.\n", await told())
        assert await told() == "The demo shop is in the database, and nothing about it is new.\n"
        (folder / "products.csv").write_bytes((CSV / "padded.csv").read_bytes())
        assert re.fullmatch(r"Brought the demo shop up to date in \d+ s; products: 2 new\.\n", await told())

    async def test_it_says_what_of_it_is_hidden(self, tmp_path: Path) -> None:
        folder = tmp_path / "hidden"
        folder.mkdir()
        (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
        rows = "one,One,1.00,active\ntwo,Two,2.00,draft\n"
        (folder / "products.csv").write_text(f"Handle,Title,Variant Price,Status\n{rows}")
        (folder / "collections.csv").write_text("Handle,Title,Published\nall,All,true\nold,Old,false\n")
        settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", media_dir=tmp_path / "media")
        written = StringIO()
        await open_demo(settings, Console(file=written, width=200), folder)
        hidden = r"\(1 of them hidden\)"
        said = rf"Imported the demo shop in \d+ s: 2 products {hidden}, 2 collections {hidden}\.\n"
        assert re.fullmatch(said, written.getvalue())

    def test_it_does_not_overwrite_a_shop(self, command: Command, small_url: str) -> None:
        changed(small_url, "UPDATE shops SET is_demo = false, name = 'Ours [sic]'")
        ended = command("demo", database_url=small_url)
        assert (ended.code, ended.out) == (1, "")
        assert "holds the shop Ours [sic], which the demo shop would overwrite" in ended.err
        live = command("demo", "--live", database_url=small_url)
        assert live.code == 1
        assert "There is no demo shop" in live.err

    def test_shoppers_come_and_go(self, command: Command, small_url: str) -> None:
        ended = command("demo", "--live", "--seconds", "1", database_url=small_url)
        assert (ended.code, ended.err) == (0, "")
        first, *deeds, last = ended.out.splitlines()
        assert first == "3 shoppers are in the shop; Ctrl+C sends them home."
        assert any(" buys " in deed for deed in deeds)
        assert last == "The shop closes for the day."

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_being_asked_to_end_is_no_failure(self, small_url: str, tmp_path: Path, number: signal.Signals) -> None:
        command = [sys.executable, "-m", "app.cli", "demo", "--live"]
        settings = {"STOREKEEP_DATABASE_URL": small_url, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        with Popen(command, env=os.environ | settings, cwd=tmp_path, stdout=PIPE, stderr=PIPE, text=True) as live:
            assert live.stdout
            assert live.stdout.readline() == "3 shoppers are in the shop; Ctrl+C sends them home.\n"
            assert live.stdout.readline()
            live.send_signal(number)
            said, complained = live.communicate()
        assert (live.returncode, complained) == (0, "")
        assert said.splitlines()[-1] == "The shoppers have gone home."

    def test_nothing_to_sell(self, command: Command, small_url: str) -> None:
        changed(small_url, "UPDATE variants SET inventory_tracker = NULL")
        ended = command("demo", "--live", database_url=small_url)
        assert ended.code == 1
        assert "there is nothing to buy" in ended.err

    async def test_a_delivery_says_what_came_and_what_is_there(self, small_url: str) -> None:
        async with Database(small_url) as database:
            stream = EventStream()

            def contexts() -> Context:
                return Context(database, stream)

            (variant, *_) = await popular_variants(contexts())
            async with database.write() as session:
                await session.change(
                    text("UPDATE inventory_levels SET on_hand = 1 WHERE variant_id = :id").bindparams(id=variant.id)
                )
            deeds = shop_around(contexts, 1, [variant])
            delivery = await anext(deed async for deed in deeds if deed.who == "A van")
            came = int(re.fullmatch(r"delivers (\d+) of", delivery.did)[1])  # type: ignore[index]
            stock = await contexts().loader(StockByVariant).load(variant.id)
            assert delivery.left == stock
            assert 20 <= came < 60
            assert came < stock <= came + 3
            bought = await anext(deed async for deed in deeds if deed.did == "buys")
            assert bought.left == stock - 1
