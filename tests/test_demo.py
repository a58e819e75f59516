"""Opening the demo shop, and the shoppers in it."""

import re
import shutil
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from db.session import Database
from resolvers.context import Context
from resolvers.demo import Deed, popular_variants, shop_around
from resolvers.events import EventStream
from resolvers.inventory import StockByVariant
from tests.commanding import Command, changed
from tests.exchanging import CSV, SHOP


class TestDemo:
    @pytest.fixture
    def small_demo(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A demo shop that is imported in no time."""
        folder = tmp_path / "demo"
        folder.mkdir()
        (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
        shutil.copy(CSV / "old.csv", folder / "products.csv")
        monkeypatch.setattr("app.demo.FOLDER", folder)
        return folder

    def test_it_says_what_came_in(self, command: Command, small_demo: Path) -> None:
        first = command("demo")
        assert (first.code, first.err) == (0, "")
        assert re.fullmatch(r"Imported the demo shop in \d+ s: 2 products \(1 of them hidden\)\.\n", first.out)
        again = command("demo")
        assert (again.code, again.out) == (0, "The demo shop is in the database, and nothing about it is new.\n")
        (small_demo / "products.csv").write_bytes((CSV / "padded.csv").read_bytes())
        later = command("demo")
        assert later.code == 0
        assert re.fullmatch(r"Brought the demo shop up to date in \d+ s; products: 2 new\.\n", later.out)

    def test_it_says_what_of_it_is_hidden(self, command: Command, small_demo: Path) -> None:
        rows = "one,One,1.00,active\ntwo,Two,2.00,draft\n"
        (small_demo / "products.csv").write_text(f"Handle,Title,Variant Price,Status\n{rows}")
        (small_demo / "collections.csv").write_text("Handle,Title,Published\nall,All,true\nold,Old,false\n")
        hidden = r"\(1 of them hidden\)"
        said = rf"Imported the demo shop in \d+ s: 2 products {hidden}, 2 collections {hidden}\.\n"
        assert re.fullmatch(said, command("demo").out)

    @pytest.mark.usefixtures("small_demo")
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
    def test_being_asked_to_end_is_no_failure(
        self, command: Command, small_url: str, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def one_deed(deed: Deed) -> str:
            signal.raise_signal(number)
            return deed.did

        monkeypatch.setattr("app.demo._told", one_deed)
        before = signal.getsignal(number)
        ended = command("demo", "--live", database_url=small_url)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.splitlines()[-1] == "The shoppers have gone home."
        assert signal.getsignal(number) == before

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
