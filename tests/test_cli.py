"""The ``storekeep`` command: what it says, and with what code it ends."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import cli
from app.tls import local_certificate
from app.version import package_version
from db import revision
from tests.commanding import Command, Ended, changed

ROOT = Path(__file__).parents[1]
COMMANDS = ["serve", "migrate", "schema", "check", "doctor", "demo", "import", "export"]
WAYS = ("import", "export")


class TestHelp:
    def test_every_command_is_listed(self, command: Command) -> None:
        ended = command("--help")
        assert ended.code == 0
        for name in COMMANDS:
            assert name in ended.out
        assert set(COMMANDS) == {
            *(one.name or one.callback.__name__ for one in cli.app.registered_commands if one.callback),
            *(group.name for group in cli.app.registered_groups),
        }

    @pytest.mark.parametrize(
        "words", [*([name] for name in COMMANDS), *([way, what] for way in WAYS for what in ("products", "shop"))]
    )
    def test_every_command_explains_itself(self, command: Command, words: list[str]) -> None:
        ended = command(*words, "--help")
        assert ended.code == 0
        assert len(ended.out.splitlines()) > 8
        said = " ".join(ended.out[ended.out.index("Exit codes:") :].split())
        for code in (0, 1, 2, *([3] if words == ["serve"] else []), 130):
            assert f" {code} " in said

    @pytest.mark.parametrize(
        "words", [["nonsense"], ["migrate", "--nonsense"], ["demo", "--shoppers", "0"], ["import"]]
    )
    def test_what_is_not_understood_ends_with_2(self, command: Command, words: list[str]) -> None:
        assert command(*words).code == 2

    def test_the_version(self, command: Command) -> None:
        ended = command("--version")
        assert (ended.code, ended.out) == (0, f"Storekeep {package_version()}\n")

    def test_it_does_not_wait_for_the_shop_to_be_loaded(self) -> None:
        shown = "import sys, app.cli; print(sorted({'sqlalchemy', 'strawberry', 'PIL', 'uvicorn'} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == "[]\n"


class TestSchema:
    def test_it_is_printed_and_written_and_compared(self, command: Command, tmp_path: Path) -> None:
        printed = command("schema")
        assert printed.out == (ROOT / "schema.graphql").read_text()
        assert command("schema", "--check").code == 1
        assert command("schema", "mine.graphql").code == 0
        assert (tmp_path / "mine.graphql").read_text() == printed.out
        same = command("schema", "mine.graphql", "--check")
        assert (same.code, same.out) == (0, "mine.graphql is the schema of this code.\n")
        (tmp_path / "mine.graphql").write_text(printed.out + "\n")
        ended = command("schema", "--check", "mine.graphql")
        assert ended.code == 1
        assert "run `storekeep schema mine.graphql`" in ended.err

    def test_a_place_that_cannot_be_written(self, command: Command, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        for place, why in (
            ("nowhere/mine.graphql", "it is not there"),
            (".", "it is a folder"),
            ("file/mine.graphql", "something in its path is a file"),
        ):
            ended = command("schema", place)
            assert ended.code == 1
            assert ended.err.startswith(f"{place} cannot be used: {why}")


class TestMigrate:
    def test_up_and_down_and_looking(self, command: Command, empty_url: str) -> None:
        newest = revision.newest_revision()
        there = command("migrate", "--check", database_url=empty_url)
        assert (there.code, there.out) == (0, f"The database is at {newest}, the newest revision.\n")
        assert command("migrate", database_url=empty_url).out == f"The database is at {newest}, as before.\n"
        down = command("migrate", "--down", "--to", "base", database_url=empty_url)
        assert (down.code, down.out) == (0, "The database is without tables.\n")
        gone = command("migrate", "--check", database_url=empty_url)
        assert gone.code == 1
        assert "run `storekeep migrate`" in gone.err
        again = command("migrate", "--down", "--to", "base", database_url=empty_url)
        assert (again.code, again.out) == (0, "The database is without tables, as before.\n")
        assert command("migrate", database_url=empty_url).out == f"The database is at {newest}.\n"
        assert command("migrate", "--check", database_url=empty_url).code == 0

    @pytest.mark.parametrize(
        ("words", "why"),
        [(["--down"], "Going down drops tables"), (["--to", "base"], "add --down")],
    )
    def test_tables_are_not_dropped_by_half_a_command(self, command: Command, words: list[str], why: str) -> None:
        ended = command("migrate", *words)
        assert ended.code == 2
        assert why in ended.err

    def test_tables_that_somebody_changed_are_told(self, command: Command, empty_url: str) -> None:
        changed(empty_url, "ALTER TABLE carts ADD COLUMN colour text")
        ended = command("migrate", "--check", database_url=empty_url)
        assert ended.code == 1
        assert "colour" in ended.err

    @pytest.mark.parametrize("words", [["--to", "nonsense"], ["--down", "--to", "-99"], ["--to", "+99"]])
    def test_a_revision_that_is_none(self, command: Command, empty_url: str, words: list[str]) -> None:
        ended = command("migrate", *words, database_url=empty_url)
        known = ", ".join(revision.revisions())
        assert ended.code == 1
        assert ended.err == f"There is no way to revision {words[-1]!r}: known are base, {known} and head.\n"

    def test_a_revision_that_is_none_makes_no_database(self, command: Command, tmp_path: Path) -> None:
        assert command("migrate", "--to", "nonsense").code == 1
        assert list(tmp_path.iterdir()) == []

    def test_a_database_of_a_newer_version(self, command: Command, empty_url: str) -> None:
        changed(empty_url, "UPDATE alembic_version SET version_num = '9999'")
        for words in (["migrate"], ["migrate", "--check"], ["check"], ["serve"], ["demo"], ["demo", "--live"]):
            ended = command(*words, database_url=empty_url)
            assert ended.code == 1
            assert "which this version of Storekeep does not know" in ended.err


READERS = [["check"], ["serve"], ["demo", "--live"], ["migrate", "--check"]]


@pytest.mark.parametrize("words", READERS)
class TestWithoutADatabase:
    def test_one_that_is_missing_is_not_made(self, command: Command, tmp_path: Path, words: list[str]) -> None:
        ended = command(*words)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == "There is no database at var/storekeep.db yet: run `storekeep migrate`.\n"
        assert list(tmp_path.iterdir()) == []

    def test_an_empty_file_stays_empty(self, command: Command, tmp_path: Path, words: list[str]) -> None:
        (tmp_path / "new.db").touch()
        ended = command(*words, database_url="sqlite+aiosqlite:///new.db")
        assert (ended.code, ended.out) == (1, "")
        assert "run `storekeep migrate`" in ended.err
        assert [(file.name, file.stat().st_size) for file in tmp_path.iterdir()] == [("new.db", 0)]

    def test_one_without_tables(self, command: Command, empty_url: str, words: list[str]) -> None:
        assert command("migrate", "--down", "--to", "base", database_url=empty_url).code == 0
        ended = command(*words, database_url=empty_url)
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == "The database has no tables yet: run `storekeep migrate`.\n"

    def test_what_is_no_database(self, command: Command, tmp_path: Path, words: list[str]) -> None:
        (tmp_path / "new.db").write_text("A letter to my aunt. " * 99)
        ended = command(*words, database_url="sqlite+aiosqlite:///new.db")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == "The database new.db: It is no SQLite database: correct STOREKEEP_DATABASE_URL.\n"

    def test_a_folder_in_its_place(self, command: Command, tmp_path: Path, words: list[str]) -> None:
        ended = command(*words, database_url=f"sqlite+aiosqlite:///{tmp_path}")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == f"{tmp_path} cannot be used: it is a folder.\n"


AWAY = "postgresql+asyncpg://ada:s3cret@127.0.0.1:1/shop"
NOWHERE = "postgresql+asyncpg://ada:s3cret@nowhere.invalid/shop"
COMMANDS_WITH_DATABASE = [
    ["migrate"], ["migrate", "--check"], ["check"], ["serve"], ["serve", "--demo"], ["demo"], ["demo", "--live"],
    ["export", "products"], ["import", "shop", "."],
]  # fmt: skip


@pytest.mark.parametrize("url", [AWAY, NOWHERE])
@pytest.mark.parametrize("words", COMMANDS_WITH_DATABASE)
def test_a_database_that_is_away_is_a_sentence(command: Command, words: list[str], url: str) -> None:
    ended = command(*words, database_url=url)
    assert (ended.code, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 1
    assert "does not answer" in ended.err
    assert "s3cret" not in ended.err


def test_a_mistake_of_ours_keeps_its_traceback() -> None:
    def broken() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        cli.main(broken)


@pytest.mark.parametrize("words", [*COMMANDS_WITH_DATABASE, ["doctor"]])
def test_wrong_settings_are_named(command: Command, words: list[str]) -> None:
    ended = command(*words, port="http", prot="1")
    assert ended.code == 2
    for line in ("STOREKEEP_PORT: must be a whole number (it is 'http')", "did you mean STOREKEEP_PORT?"):
        assert line in ended.err + ended.out


class TestCheck:
    def test_nothing_contradicts_itself(self, command: Command, small_url: str) -> None:
        ended = command("check", database_url=small_url)
        assert (ended.code, ended.out) == (0, "Nothing contradicts itself.\n")

    def test_without_a_shop_there_is_nothing_to_praise(self, command: Command, empty_url: str) -> None:
        ended = command("check", database_url=empty_url)
        assert (ended.code, ended.out) == (1, "")
        assert "There is no shop" in ended.err

    PLANTED = (
        ("UPDATE inventory_levels SET on_hand = on_hand + 1 WHERE variant_id = 2", "Variant 2 at location 1"),
        ("DELETE FROM inventory_movements WHERE variant_id = 2", "Variant 2 at location 1"),
        ("UPDATE product_prices SET minimum = 1 WHERE product_id = 3 AND market_id = 2", "Product 3 in market 2"),
        ("UPDATE variant_prices SET amount = 99999 WHERE variant_id = 5 AND market_id = 1", "Product 2 in market 1"),
        (
            "INSERT INTO cart_lines (cart_id, key, variant_id, quantity, attributes, attributes_hash)"
            " VALUES (1, 'k', 4, 1, '[]', 'h'); DELETE FROM variant_prices WHERE variant_id = 4 AND market_id = 1",
            "of cart 1: its variant has no price",
        ),
    )

    @pytest.mark.parametrize(("statements", "told"), PLANTED)
    def test_each_planted_contradiction_is_found(
        self, command: Command, small_url: str, statements: str, told: str
    ) -> None:
        changed(small_url, *statements.split("; "))
        ended = command("check", database_url=small_url)
        assert ended.code == 1
        assert told in ended.err
        assert ended.out.startswith("Contradictions found: ")


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody else listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def finding(ended: Ended, about: str) -> str:
    """What the doctor says about something."""
    return next(line for line in ended.out.splitlines() if line[2:].startswith(about))


class TestDoctor:
    def test_a_healthy_installation(self, command: Command, empty_url: str) -> None:
        ended = command("doctor", database_url=empty_url)
        for about in ("Python", "SQLite", "Media folder", "Cache folder", "Address", "Database"):
            assert finding(ended, about).startswith("✓"), about

    def test_nothing_is_left_behind(self, command: Command, tmp_path: Path) -> None:
        ended = command("doctor")
        assert ended.code == 1
        assert finding(ended, "Database").startswith("✗")
        assert "run `storekeep migrate`" in finding(ended, "Database")
        assert "(will be made)" in finding(ended, "Media folder")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("url", [AWAY, NOWHERE])
    def test_a_database_that_is_away(self, command: Command, url: str) -> None:
        ended = command("doctor", database_url=url)
        assert ended.code == 1
        assert "STOREKEEP_DATABASE_URL" in finding(ended, "Database")
        assert "s3cret" not in ended.out

    def test_a_database_that_somebody_changed(self, command: Command, empty_url: str) -> None:
        changed(empty_url, "ALTER TABLE carts ADD COLUMN colour text")
        ended = command("doctor", database_url=empty_url)
        assert ended.code == 1
        assert "colour" in finding(ended, "Database")

    @pytest.mark.parametrize(("name", "about"), [("media_dir", "Media"), ("cache_dir", "Cache")])
    def test_a_folder_that_cannot_be_written(self, command: Command, tmp_path: Path, name: str, about: str) -> None:
        # Not even root can make a folder below a file.
        (tmp_path / "file").touch()
        ended = command("doctor", **{name: tmp_path / "file" / "folder"})
        assert ended.code == 1
        assert finding(ended, about).startswith("✗")
        assert "cannot be written" in finding(ended, about)

    def test_a_port_that_is_taken(self, command: Command, taken: int) -> None:
        ended = command("doctor", port=taken)
        assert ended.code == 1
        assert f"127.0.0.1:{taken} is taken" in finding(ended, "Address")
        assert "STOREKEEP_PORT" in finding(ended, "Address")

    def test_a_certificate(self, command: Command, tmp_path: Path) -> None:
        certificate, key = local_certificate(tmp_path / "tls")
        well = command("doctor", tls_certificate=certificate, tls_key=key)
        assert "good until" in finding(well, "Certificate")
        ill = command("doctor", tls_certificate=certificate)
        assert ill.code == 1
        assert "holds no private key" in finding(ill, "Certificate")
        assert "Certificate" not in command("doctor").out

    def test_an_explorer_that_was_not_built_is_none_of_productions(self, command: Command, empty_url: str) -> None:
        assert "Explorer" in command("doctor", database_url=empty_url).out
        ended = command("doctor", database_url=empty_url, env="production")
        assert "Explorer" not in ended.out
        assert (ended.code, ended.out.splitlines()[-1]) == (0, "All is well.")


class TestServe:
    def test_an_address_that_is_taken_ends_with_3(self, command: Command, tmp_path: Path, taken: int) -> None:
        ended = command("serve", "--demo", "--port", str(taken))
        assert (ended.code, ended.out) == (3, "")
        assert f"127.0.0.1:{taken} is taken" in ended.err
        assert "--port or STOREKEEP_PORT" in ended.err
        assert list(tmp_path.iterdir()) == []

    def test_an_address_that_is_not_ours_ends_with_3(self, command: Command) -> None:
        # An address for documentation, which is nobody's.
        ended = command("serve", "--host", "192.0.2.1")
        assert ended.code == 3
        assert "192.0.2.1 is no address of this machine" in ended.err

    def test_a_certificate_that_is_missing(self, command: Command, tmp_path: Path) -> None:
        ended = command("serve", "--demo", tls_certificate="none.pem")
        assert (ended.code, ended.out) == (1, "")
        assert ended.err == "none.pem cannot be read: No such file or directory.\n"
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_that_cannot_be_made(self, command: Command, empty_url: str, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        ended = command("serve", database_url=empty_url, media_dir=tmp_path / "file" / "media")
        assert ended.code == 1
        assert "cannot be used: something in its path is a file" in ended.err

    def test_two_signals_close_it_in_order(self, small_url: str, tmp_path: Path) -> None:
        with serving_process(small_url, tmp_path) as server:
            # Two that differ: of one that is still to be delivered, a second is none.
            server.send_signal(signal.SIGTERM)
            server.send_signal(signal.SIGINT)
            assert server.communicate(timeout=20) == ("Closed.\n", "")
            assert server.returncode == 0

    @pytest.mark.parametrize("late", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_at_the_very_end_spoils_nothing(
        self, small_url: str, tmp_path: Path, late: signal.Signals
    ) -> None:
        with serving_process(small_url, tmp_path) as server:
            server.send_signal(signal.SIGTERM)
            assert server.stdout is not None
            assert server.stdout.readline() == "Closed.\n"
            while server.poll() is None:
                server.send_signal(late)
            assert server.communicate(timeout=20) == ("", "")
            assert server.returncode == 0


@contextmanager
def serving_process(url: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """`storekeep serve` in a process of its own, when it has said that it is open."""
    settings = {"STOREKEEP_DATABASE_URL": url, "STOREKEEP_PORT": "0", "PYTHONPATH": str(ROOT)}
    # Of whoever runs the tests, no setting.
    inherited = {name: value for name, value in os.environ.items() if not name.upper().startswith("STOREKEEP_")}
    command = [sys.executable, "-m", "app.cli", "serve"]
    with subprocess.Popen(
        command, env=inherited | settings, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if "Ctrl+C closes it" in line:
                    break
            assert server.stdout.readline() == "\n"
            yield server
        finally:
            server.kill()
