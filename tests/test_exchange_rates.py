"""Prices follow their market when shop.toml changes it, without the products' file."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.session import Database
from resolvers.exchange import UnreadableError, import_folder
from resolvers.exchange.rates import follow_rates
from resolvers.exchange.setting import read_setting
from resolvers.exchange.shop_file import import_shop_file
from resolvers.reconcile import contradictions
from tests.databases import Databases
from tests.exchanging import SHOP, Bench, write_csv

ROWS = [
    {"Handle": "mug", "Title": "Mug", "Option1 Name": "Colour", "Option1 Value": "Rust", "Variant SKU": "M-R",
     "Variant Price": "18.00", "Variant Compare At Price": "25.00", "Included / Japan": "false"},
    {"Handle": "mug", "Option1 Value": "Kelp", "Variant SKU": "M-K", "Variant Price": "22.00"},
    {"Handle": "jug", "Title": "Jug", "Variant SKU": "J", "Variant Price": "48.00", "Price / United Kingdom": "40.00",
     "Compare At Price / United Kingdom": "44.00"},
    {"Handle": "gift", "Title": "Gift", "Variant SKU": "G", "Variant Price": "0"},
]  # fmt: skip
BREAKS = "SKU,Minimum,Maximum,Increment,Price Breaks\nM-R,1,,1,10: 15.00\n"
US = '\n[[markets]]\nname = "United States"\ncurrency = "USD"\ncountries = ["US"]\nrate = "1.12"\nending = "0.99"\n'
OTHER = SHOP.replace('rate = "0.86"', 'rate = "0.9"').replace('rate = "160"', 'rate = "155.5"\nstep = "100"') + US


async def opened(database: Database, folder: Path, toml: str) -> Bench:
    """A shop with these products under these markets."""
    bench = Bench(database, folder)
    shop = folder / "shop"
    shop.mkdir(exist_ok=True)
    (shop / "shop.toml").write_text(toml, encoding="utf-8")
    write_csv(shop / "products.csv", ROWS)
    (shop / "quantity_rules.csv").write_text(BREAKS, encoding="utf-8")
    await import_folder(database, bench.store, shop)
    return bench


@pytest.fixture
async def bench(db: Database, folder: Path) -> Bench:
    return await opened(db, folder, SHOP)


async def set_up(bench: Bench, toml: str) -> None:
    """Import shop.toml alone."""
    path = bench.folder / "changed.toml"
    path.write_text(toml, encoding="utf-8")
    await import_shop_file(bench.db, bench.store, path)


async def everything(bench: Bench) -> list[list[tuple[Any, ...]]]:
    """Every price, range and price break, by market and SKU or handle."""
    return [
        await bench.query(
            "select m.name, v.sku, t.amount, t.compare_at_amount, t.is_fixed from variant_prices t"
            " join markets m on m.id = t.market_id join variants v on v.id = t.variant_id order by m.name, v.sku"
        ),
        await bench.query(
            "select m.name, p.handle, t.minimum, t.maximum, t.compare_at_minimum, t.compare_at_maximum, t.is_included"
            " from product_prices t join markets m on m.id = t.market_id join products p on p.id = t.product_id"
            " order by m.name, p.handle"
        ),
        await bench.query(
            "select m.name, v.sku, t.minimum_quantity, t.amount from price_breaks t"
            " join markets m on m.id = t.market_id join variants v on v.id = t.variant_id"
            " order by m.name, v.sku, t.minimum_quantity"
        ),
    ]


async def told(bench: Bench) -> list[Any]:
    """Which SKUs the events since the last call are about, by product."""
    rows = await bench.query("select topic, payload from events where topic <> 'tags.changed' order by id")
    payloads = [payload if isinstance(payload, dict) else json.loads(payload) for _, payload in rows]
    skus = dict(await bench.query("select id, sku from variants"))
    async with bench.db.write() as session:
        await session.change(text("delete from events"))
    return [sorted(skus[key] for key in payload["variant_ids"]) for payload in payloads]


async def test_another_rate_gives_what_an_import_under_it_gives(
    bench: Bench, databases: Databases, backend: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = await everything(bench)
    await told(bench)
    await set_up(bench, OTHER)
    async with Database(await databases.fresh(backend, "empty")) as other:
        fresh = await opened(other, tmp_path_factory.mktemp("fresh"), OTHER)
        assert await everything(bench) == await everything(fresh)
    assert await contradictions(bench.db) == []
    assert await told(bench) == [["M-K", "M-R"], ["J"], ["G"]]
    # And back again; the new market goes with all its prices.
    await set_up(bench, SHOP)
    assert await everything(bench) == before
    assert await told(bench) == [["M-K", "M-R"], ["J"]]


async def test_only_what_follows_the_rate_is_told(bench: Bench) -> None:
    await told(bench)
    await set_up(bench, SHOP.replace('rate = "0.86"', 'rate = "0.9"'))
    # The jug's price in pounds is fixed, and the gift is free everywhere.
    assert await told(bench) == [["M-K", "M-R"]]
    times = await bench.query("select handle, updated_at > created_at from products order by handle")
    assert [handle for handle, moved in times if moved] == ["mug"]
    await set_up(bench, SHOP.replace('rate = "0.86"', 'rate = "0.9"'))
    assert await told(bench) == []


async def test_another_primary_market_inherits_the_prices(bench: Bench) -> None:
    before = await everything(bench)
    renamed = SHOP.replace('name = "Europe"', 'handle = "euro"\nname = "Europe"')
    await set_up(bench, renamed)
    assert await bench.column("select handle from markets where is_primary") == ["euro"]
    assert await everything(bench) == before
    # One that was there keeps its own prices, which are fixed from now on; the others follow them.
    turned = renamed.replace("primary = true\n", "").replace('rate = "0.86"\nending = "0.95"', "primary = true")
    await set_up(bench, turned)
    prices = {(market, sku): (amount, bool(fixed)) for market, sku, amount, _, fixed in (await everything(bench))[0]}
    assert prices["United Kingdom", "M-R"] == (1595, True)
    assert prices["Europe", "M-R"] == (1800, True)
    assert prices["Japan", "M-R"] == (2552, False)
    assert await contradictions(bench.db) == []


async def test_a_primary_market_without_prices_in_its_currency_is_refused(bench: Bench) -> None:
    before = await everything(bench)
    dollars = SHOP.replace('name = "Europe"\nprimary = true\ncurrency = "EUR"', US.split("\n", 2)[2] + "primary = true")
    with pytest.raises(UnreadableError, match="4 variants have no price in USD"):
        await set_up(bench, dollars.replace('rate = "1.12"\n', "").replace('countries = ["IE", "DE"]\n', ""))
    assert await everything(bench) == before
    assert await bench.column("select name from markets where is_primary") == ["Europe"]


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
async def test_what_was_interrupted_is_finished_the_next_time(bench: Bench, at_once: int) -> None:
    whole = await everything(bench)
    async with bench.db.write() as session:
        for statement in (
            "delete from variant_prices where not is_fixed and variant_id = (select min(id) from variants)",
            "update variant_prices set amount = 1 where not is_fixed",
            "update price_breaks set amount = 1 where market_id not in (select id from markets where is_primary)",
        ):
            await session.change(text(statement))
    async with bench.db.read() as session:
        setting = await read_setting(session)
    await follow_rates(bench.db, setting, at_once=at_once)
    assert await everything(bench) == whole
