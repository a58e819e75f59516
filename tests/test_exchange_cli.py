"""`storekeep import` and `storekeep export`, as a script sees them."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli_exchange import export_app, import_app
from tests.exchanging import CSV, SHOP

runner = CliRunner()


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """An installation of its own, with nothing in it yet."""
    monkeypatch.setenv("STOREKEEP_DATABASE_URL", f"sqlite+aiosqlite:///{folder / 'shop.db'}")
    monkeypatch.setenv("STOREKEEP_MEDIA_DIR", str(folder / "media"))
    return folder


def bring_in(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return runner.invoke(import_app, [str(argument) for argument in arguments], input=stdin)


def test_all_well(folder: Path) -> None:
    done = bring_in("products", CSV / "old.csv")
    assert done.exit_code == 0, done.output
    assert "(UTF-8, 6 rows): 2 created, 0 changed, 0 unchanged, 0 refused." in done.stdout
    again = bring_in("products", CSV / "old.csv")
    assert "0 created, 0 changed, 2 unchanged, 0 refused." in again.stdout
    assert again.exit_code == 0


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


@pytest.mark.parametrize("name", ["missing.csv", "empty.csv", "strange.csv"])
def test_nothing_to_read(folder: Path, name: str) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "strange.csv").write_text("a,b\n1,2\n")
    done = bring_in("products", folder / name)
    assert done.exit_code == 2
    assert name in done.stderr.replace("\n", "")


def test_usage() -> None:
    assert bring_in("products").exit_code == 2
    assert bring_in("products", CSV / "old.csv", "--currency", "POUNDS").exit_code == 2
    assert bring_in("products", CSV / "old.csv", "--report", "/nowhere/report.csv").exit_code == 2


def test_out_and_in_again(folder: Path) -> None:
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    assert bring_in("products", CSV / "scattered.csv", "--shop", folder / "shop.toml").exit_code == 0
    out = folder / "out.csv"
    written = runner.invoke(export_app, [str(out)])
    assert written.exit_code == 0, written.output
    assert "Wrote 3 products" in written.stdout
    shown = runner.invoke(export_app, [])
    assert shown.stdout == out.read_text(encoding="utf-8")
    again = bring_in("products", "-", stdin=out.read_bytes())
    assert "standard input (UTF-8, 5 rows): 0 created, 0 changed, 3 unchanged, 0 refused." in again.stdout
    assert runner.invoke(export_app, [str(folder / "none" / "out.csv")]).exit_code == 2


def test_a_folder(folder: Path) -> None:
    shop = folder / "shop"
    shop.mkdir()
    (shop / "shop.toml").write_text(SHOP, encoding="utf-8")
    assert bring_in("shop", shop).exit_code == 0
    assert "nothing has changed" in bring_in("shop", shop).stdout.replace("\n", " ")
    assert bring_in("shop", folder).exit_code == 2
