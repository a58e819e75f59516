"""Settings: from the environment and from a file, with every wrong one named."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from app.settings import PREFIX, Environment, Settings, SettingsError, load
from db.session import READERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of ours, and no .env file."""
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


WRONG = [
    ("ENV", "prod", "must be development or production"),
    ("PORT", "http", "must be a whole number"),
    ("PORT", "80.5", "must be a whole number"),
    ("PORT", "-1", "must be at least 0"),
    ("PORT", "65536", "must be at most 65535"),
    ("DATABASE_URL", "shop.db", "is not a database URL"),
    ("DATABASE_URL", "postgresql+asyncpg://host:port/shop", "is not a database URL"),
    ("DATABASE_URL", "mysql://host/shop", "use sqlite+aiosqlite or postgresql+asyncpg"),
    ("DATABASE_URL", "postgresql://host/shop", "use sqlite+aiosqlite or postgresql+asyncpg"),
    ("DATABASE_URL", "sqlite+aiosqlite://", "names no file"),
    ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "names no file"),
    ("CACHE_BYTES", "1", "must be at least 10000000"),
    ("SHARED_CACHE", "valkey:6379", "is no URL of a cache"),
    ("SHARED_CACHE", "valkey://host:6379", "begins with valkey; use redis or rediss"),
    ("SHARED_CACHE", "localhost", "is no URL of a cache"),
    ("SHARED_CACHE", "redis://", "is no URL of a cache"),
    ("SHARED_CACHE", "redis://host:port", "is no URL of a cache"),
    ("SHARED_CACHE", "unix://host/run/valkey.sock", "begins with unix; use redis or rediss"),
    ("SHARED_CACHE", "redis://host/shop", "something else than the number of a database"),
    ("SHARED_CACHE", "redis://host/0?socket_timeout=60", "has an option that is not known"),
    ("CORS_ORIGINS", "shop.example", "'shop.example', which is no site"),
    ("CORS_ORIGINS", "https://a.example,https://b.example/path", "'https://b.example/path', which is no site"),
    ("CORS_ORIGINS", "https://*.example", "which is no site"),
    ("TRUSTED_PROXIES", "10.0.0.1,nginx", "'nginx', which is no IP address"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "'10.0.0.1/8', which is no IP address and no network"),
    ("TRUSTED_PROXIES", "*", "'*', which is no IP address"),
    ("TIME_LIMIT", "0", "must be more than 0"),
    ("TIME_LIMIT", "soon", "must be a number"),
    ("TIME_LIMIT", "inf", "must be at most 600"),
    ("TIME_LIMIT", "nan", "must be a number"),
    ("TIME_LIMIT", "-nan", "must be a number"),
    ("MAX_BODY", "10", "must be at least 1000"),
    ("MAX_COST", "1", "must be at least 100"),
    ("MAX_DEPTH", "1", "must be at least 5"),
    ("TRUSTED_DOCUMENTS_ONLY", "perhaps", "must be true or false"),
    ("GRACE", "0", "must be more than 0"),
    ("GRACE", "nan", "must be a number"),
    ("GRACE", "inf", "must be at most 600"),
    ("SHARED_CACHE_TIMEOUT", "nan", "must be a number"),
    ("LOG_LEVEL", "LOUD", "must be one of DEBUG, INFO, WARNING, ERROR"),
]


@pytest.mark.parametrize(("name", "value", "why"), WRONG)
def test_a_wrong_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    line = next(line for line in str(caught.value).splitlines() if name in line)
    assert line.startswith(f"  {PREFIX}{name}: ")
    assert why in line
    assert "(it is " in line
    assert repr(value) in line or name in ("DATABASE_URL", "SHARED_CACHE")


def test_every_wrong_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PORT", "x"), ("ENV", "x"), ("MAX_DEPTH", "x")):
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert len(str(caught.value).splitlines()) == 4


URLS = [
    ("mysql://ada:s3cret@host/shop", "mysql://ada:***@host/shop"),
    ("postgresql+asyncpg://ada:s3cret@host:port/shop", "postgresql+asyncpg://ada:***@host:port/shop"),
    ("mysql://ada:s3@cr:et/@host/shop", "mysql://ada:***@host/shop"),
    ("mysql://ada:://s3cret@host/shop", "mysql://ada:***@host/shop"),
    ("mysql://ada:?s3cret@host/shop", "mysql://ada:***@host/shop"),
    ("mysql://ada@host:3306/shop?password=s3cret", "mysql://ada@host:3306/shop"),
    ("mysql://host/shop?password=s3cret@1", "mysql://host:***@1"),
    ("mysql://ada:s3cret", "mysql://ada:***"),
    ("mysql:/ada:s3cret@host", "***@host"),
    ("ada:s3cret/shop", "ada:***"),
    ("host=db password=s3cret", "***"),
    ("mysql://host:3306/shop", "mysql://host:3306/shop"),
]


@pytest.mark.parametrize(("url", "shown"), URLS)
def test_a_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str, shown: str) -> None:
    monkeypatch.setenv("STOREKEEP_DATABASE_URL", url)
    with pytest.raises(SettingsError) as caught:
        load()
    assert f"(it is {shown!r})" in str(caught.value)
    assert "s3" not in str(caught.value)
    assert caught.value.__suppress_context__


PLACES = [
    ("sqlite+aiosqlite:///var/shop.db", "var/shop.db"),
    ("postgresql+asyncpg://ada:s3cret@host:5433/shop", "host:5433/shop"),
    ("postgresql+asyncpg://ada:s3cret@host", "host/ada"),
    ("postgresql+asyncpg:///shop?host=/run/postgresql&password=s3cret", "/run/postgresql/shop"),
]


@pytest.mark.parametrize(("url", "place"), PLACES)
def test_people_are_told_where_the_database_is(url: str, place: str) -> None:
    assert load(database_url=url).database_place == place


MISSPELT = [
    ("STOREKEEP_PROT", "did you mean STOREKEEP_PORT?"),
    ("STOREKEEP_DATABASE", "did you mean STOREKEEP_DATABASE_URL?"),
    ("STOREKEEP_ZZZZ", "the README lists them all"),
]


@pytest.mark.parametrize(("name", "hint"), MISSPELT)
def test_a_misspelt_name_is_told_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, "1")
        with pytest.raises(SettingsError, match=re.escape(f"{name}: is no setting; {hint}")):
            load()
    (tmp_path / ".env").write_text(f"{name.lower()}=1\n")
    with pytest.raises(SettingsError, match=re.escape(f"{name}: is no setting; {hint}")):
        load()


def test_misspelt_names_are_told_with_wrong_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREKEEP_PROT", "1")
    monkeypatch.setenv("STOREKEEP_MAX_DEPTH", "x")
    with pytest.raises(SettingsError) as caught:
        load()
    assert [line.split(":")[0].strip() for line in str(caught.value).splitlines()[1:]] == [
        "STOREKEEP_PROT",
        "STOREKEEP_MAX_DEPTH",
    ]


def test_every_variable_that_the_tests_read_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    read = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        if "node_modules" not in file.parts
        for name in re.findall(r"environ[^\n]*\bSTOREKEEP_([A-Z0-9_]+)", file.read_text())
    }
    assert {"CHROMIUM", "TEST_DATABASE_URL"} <= read
    for name in read - {name.upper() for name in Settings.model_fields}:
        monkeypatch.setenv(PREFIX + name, "somewhere")
    load()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"STOREKEEP_HOST=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env is not UTF-8"):
        load()


def test_a_key_is_of_no_use_without_its_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREKEEP_TLS_KEY", "key.pem")
    with pytest.raises(SettingsError, match="STOREKEEP_TLS_KEY: is of no use without STOREKEEP_TLS_CERTIFICATE"):
        load()
    assert load(tls_certificate=Path("certificate.pem")).tls_key == Path("key.pem")


def test_a_shared_cache_needs_one_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREKEEP_ANSWER_CACHE_BYTES", "0")
    assert load().shared_cache is None
    with pytest.raises(SettingsError, match="STOREKEEP_SHARED_CACHE: is of no use where STOREKEEP_ANSWER_CACHE_BYTES"):
        load(shared_cache="redis://host")


CACHES = [
    ("redis://host", "host:6379/0"),
    ("redis://ada:s3cret@host:6380/3", "host:6380/3"),
    ("rediss://:s3cret@host/1?ssl_ca_certs=/etc/ca.pem", "host:6379/1"),
    ("redis://[::1]:6379", "[::1]:6379/0"),
]


@pytest.mark.parametrize(("url", "place"), CACHES)
def test_people_are_told_where_the_shared_cache_is(url: str, place: str) -> None:
    assert load(shared_cache=url).shared_cache_place == place


@pytest.mark.parametrize("url", ["redis://ada:s3cret@host/x", "redis://:s3cret@host/0?db=1", "http://ada:s3cret@host"])
def test_the_password_of_a_shared_cache_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("STOREKEEP_SHARED_CACHE", url)
    with pytest.raises(SettingsError, match="STOREKEEP_SHARED_CACHE: ") as caught:
        load()
    assert "s3cret" not in str(caught.value)


def test_only_trusted_documents_need_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREKEEP_TRUSTED_DOCUMENTS_ONLY", "true")
    with pytest.raises(SettingsError, match="_ONLY: answers nobody without STOREKEEP_TRUSTED_DOCUMENTS"):
        load()
    assert load(trusted_documents=Path("documents")).trusted_documents_only


@pytest.mark.parametrize(
    ("env", "only", "has_explorer"),
    [("development", False, True), ("development", True, False), ("production", False, False)],
)
def test_the_explorer_is_served_where_it_can_ask(env: str, only: bool, has_explorer: bool) -> None:
    settings = load(env=env, trusted_documents=Path("documents"), trusted_documents_only=only)
    assert settings.has_explorer is has_explorer


def test_without_any_there_are_defaults() -> None:
    settings = load()
    assert settings.env is Environment.DEVELOPMENT
    assert (settings.host, settings.port, settings.production) == ("127.0.0.1", 8000, False)
    assert settings.database_url == "sqlite+aiosqlite:///var/storekeep.db"
    assert settings.database_readers == READERS


def test_the_environment_goes_before_the_file_and_the_caller_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("STOREKEEP_PORT=8001\nSTOREKEEP_HOST=0.0.0.0\nSTOREKEEP_ENV=production\nOTHER=1\n")
    assert (load().port, load().host, load().production) == (8001, "0.0.0.0", True)  # noqa: S104 - a value, not a listener
    monkeypatch.setenv("STOREKEEP_PORT", "8002")
    assert load().port == 8002
    assert load(port=8003, host=None).port == 8003


def test_an_empty_variable_is_none() -> None:
    defaults = load()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PORT", "DATABASE_URL", "ENV", "TLS_KEY", "CORS_ORIGINS"):
            patch.setenv(PREFIX + name, "")
        assert load() == defaults


LISTS: list[tuple[str, str, tuple[str, ...]]] = [
    ("cors_origins", "*", ("*",)),
    ("cors_origins", "https://a.example", ("https://a.example",)),
    ("cors_origins", " https://a.example , http://b:3000,, ", ("https://a.example", "http://b:3000")),
    ("cors_origins", "http://[::1]:3000,capacitor://localhost", ("http://[::1]:3000", "capacitor://localhost")),
    ("trusted_proxies", " 10.0.0.7 , 10.1.0.0/16,::1", ("10.0.0.7", "10.1.0.0/16", "::1")),
]


@pytest.mark.parametrize(("name", "written", "read"), LISTS)
def test_lists_are_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, read: tuple[str, ...]
) -> None:
    monkeypatch.setenv(PREFIX + name.upper(), written)
    assert getattr(load(), name) == read


def test_capitals_do_not_matter_for_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOREKEEP_LOG_LEVEL", "debug")
    assert load().log_level == "DEBUG"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_here_and_in_the_readme(name: str) -> None:
    field: Any = Settings.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
    row = next(line for line in README.splitlines() if f"| `{PREFIX}{name.upper()}` |" in line)
    assert row.endswith(f"| {field.description} |")
