"""Every setting, read from ``STOREKEEP_…`` variables of the environment and of a ``.env`` file."""

import re
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "STOREKEEP_"
ELSEWHERE = frozenset({"TEST_DATABASE_URL", "CHROMIUM", "E2E_URL", "E2E_PICTURES"})
"""Variables with our prefix that the tests read; no settings, but no misspellings either."""

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?")


class Environment(StrEnum):
    """Where this instance runs. Production tells strangers nothing about the schema."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """Settings that make no sense; the message names each, and no password."""


class Settings(BaseSettings):
    """The one place where settings are declared; each description is what the documentation shows."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True)

    env: Environment = Field(
        Environment.DEVELOPMENT,
        description="`development` or `production`: that has no explorer, no introspection and no hints at names in"
        " errors, and writes its log as JSON.",
    )
    database_url: str = Field(
        "sqlite+aiosqlite:///var/storekeep.db",
        description="`sqlite+aiosqlite:///path` or `postgresql+asyncpg://user:password@host/name`.",
    )
    database_readers: int = Field(
        16,
        ge=1,
        le=1_000,
        description="Statements that a server reads from PostgreSQL at once, each on a connection of its own; half as"
        " many transactions write.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on; `0.0.0.0` for all.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 for any that is free.")
    tls_certificate: Path | None = Field(None, description="A certificate file (PEM); with the key, serves https.")
    tls_key: Path | None = Field(
        None,
        description="The certificate's private key file (PEM, not encrypted), unless the certificate's file has it.",
    )
    media_dir: Path = Field(Path("var/media"), description="Where pictures, videos and models are kept.")
    cache_dir: Path = Field(Path("var/cache/media"), description="Where resized pictures are kept.")
    cache_bytes: int = Field(1_000_000_000, ge=10_000_000, description="How much of them at most, in bytes.")
    answer_cache_bytes: int = Field(
        64_000_000, ge=0, description="Memory for answers that everybody may be given, in bytes; 0 keeps none."
    )
    shared_cache: str | None = Field(
        None,
        description="A Valkey or Redis where several processes share such answers, "
        "`redis://user:password@host:6379/0` or `rediss://…` for TLS; see the README.",
    )
    shared_cache_timeout: float = Field(0.1, gt=0, le=5, description="Seconds that an answer waits for it at most.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",), description="Sites whose pages may call (`https://shop.example`), separated by commas; `*` for all."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1",),
        description="IP addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by"
        " commas; the host is that of `Host`, which a proxy hands on.",
    )
    time_limit: float = Field(30.0, gt=0, le=600, description="Seconds that one operation may take.")
    compile_at: int = Field(
        2, ge=0, description="How often an operation is asked for until it is compiled; `0` compiles none."
    )
    plan_at: int = Field(
        10, ge=0, description="How often it is answered until it is planned as one statement; `0` plans none."
    )
    max_body: int = Field(1_000_000, ge=1_000, description="Bytes that one request may have.")
    max_cost: int = Field(10_000_000, ge=100, description="The most that one operation may cost; see the README.")
    max_depth: int = Field(25, ge=5, description="How deep one operation may be.")
    trusted_documents: Path | None = Field(
        None,
        description="A manifest of documents that clients name by an id, or a folder of them; see the README.",
    )
    trusted_documents_only: bool = Field(False, description="`true` answers those documents and no others.")
    grace: float = Field(10.0, gt=0, le=600, description="Seconds that running requests are given at shutdown.")
    log_level: str = Field("INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            # From nothing: what make_url says repeats the URL, password and all.
            raise ValueError("is not a database URL") from None
        if url.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
            raise ValueError(f"begins with {url.drivername}; use sqlite+aiosqlite or postgresql+asyncpg")
        if url.drivername == "sqlite+aiosqlite" and (url.database or ":memory:").startswith((":memory:", "file:")):
            raise ValueError("names no file; write sqlite+aiosqlite:///path")
        return value

    @field_validator("shared_cache")
    @classmethod
    def _known_cache(cls, value: str | None) -> str | None:
        return value if value is None else checked_cache_url(value)

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if value != "*" and not _ORIGIN.fullmatch(value.lower().removesuffix("/")):
                raise ValueError(f"has {value!r}, which is no site; write scheme://host or scheme://host:port, or *")
        return values

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            try:
                ip_network(value)
            except ValueError as wrong:
                raise ValueError(
                    f"has {value!r}, which is no IP address and no network; write 10.0.0.7 or 10.0.0.0/8"
                ) from wrong
        return values

    @field_validator("shared_cache_timeout", "time_limit", "grace", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        # Compared with any bound, NaN is told that it exceeds it.
        if isinstance(value, str) and value.strip().lstrip("+-").lower() == "nan":
            raise ValueError("must be a number")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in _LEVELS:
            raise ValueError(f"must be one of {', '.join(_LEVELS)}")
        return value.upper()

    @model_validator(mode="after")
    def _key_has_a_certificate(self) -> Self:
        if self.tls_key and not self.tls_certificate:
            raise ValueError(f"{PREFIX}TLS_KEY: is of no use without {PREFIX}TLS_CERTIFICATE")
        return self

    @model_validator(mode="after")
    def _what_is_shared_is_kept(self) -> Self:
        if self.shared_cache and not self.answer_cache_bytes:
            raise ValueError(f"{PREFIX}SHARED_CACHE: is of no use where {PREFIX}ANSWER_CACHE_BYTES is 0")
        return self

    @model_validator(mode="after")
    def _somebody_is_answered(self) -> Self:
        if self.trusted_documents_only and not self.trusted_documents:
            raise ValueError(f"{PREFIX}TRUSTED_DOCUMENTS_ONLY: answers nobody without {PREFIX}TRUSTED_DOCUMENTS")
        return self

    @property
    def production(self) -> bool:
        """Whether strangers are to learn nothing about the schema."""
        return self.env is Environment.PRODUCTION

    @property
    def has_explorer(self) -> bool:
        """Whether the explorer is served; it would have nothing to ask where only trusted documents are answered."""
        return not self.production and not self.trusted_documents_only

    @property
    def database_place(self) -> str:
        """Where the database is, for people: a file, or host and name, without a password."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite":
            return str(url.database)
        port = f":{url.port}" if url.port else ""
        return f"{url.host or url.query.get('host') or 'localhost'}{port}/{url.database or url.username or ''}"

    @property
    def shared_cache_place(self) -> str:
        """Where the shared cache is, for people: host, port and number, without a password; empty without one."""
        if self.shared_cache is None:
            return ""
        url = urlsplit(self.shared_cache)
        host = url.netloc.rpartition("@")[2]
        return f"{host if url.port else f'{host}:6379'}/{url.path.strip('/') or 0}"


def checked_cache_url(value: str) -> str:
    """The URL of a shared cache as it is. Raises ValueError that says what is wrong, without the value."""
    try:
        url = urlsplit(value)
        known = url.hostname and (url.port is None or url.port > 0)
    except ValueError:
        known = None
    if not known:
        raise ValueError("is no URL of a cache; write redis://host:6379/0")
    if url.scheme not in ("redis", "rediss"):
        raise ValueError(f"begins with {url.scheme}; use redis or rediss")
    if not re.fullmatch(r"/?|/\d{1,5}", url.path):
        raise ValueError("names after its host something else than the number of a database; write redis://host:6379/0")
    # Of the client's options these alone are the operator's: by the others, an answer could be made to wait.
    if url.fragment or any(not name.startswith("ssl_") for name, _ in parse_qsl(url.query, keep_blank_values=True)):
        raise ValueError("has an option that is not known; of options, there are those that begin with ssl_")
    return value


def load(**overrides: Any) -> Settings:
    """The settings, those given here before the environment's. Raises SettingsError that names every wrong one."""
    wrong = list(_misspelt())
    try:
        settings = Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as invalid:
        wrong += [_told(error) for error in invalid.errors()]
    else:
        if not wrong:
            return settings
    # From nothing: what was caught repeats the values, passwords among them.
    raise SettingsError("\n  ".join(["These settings make no sense:", *wrong])) from None


def _misspelt() -> list[str]:
    """What is to be said of each variable with our prefix that is none of ours."""
    try:
        given = {**DotEnvSettingsSource(Settings).env_vars, **EnvSettingsSource(Settings).env_vars}
    except OSError as unreadable:
        raise SettingsError(f"The file .env cannot be read: {unreadable.strerror}.") from unreadable
    except UnicodeDecodeError as unreadable:
        raise SettingsError("The file .env is not UTF-8 text.") from unreadable
    known = [name.upper() for name in Settings.model_fields]
    lines = []
    for name in sorted(name.upper() for name in given):
        word = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and word not in ELSEWHERE and word not in known:
            nearest = get_close_matches(word, known, n=1, cutoff=0.5)
            hint = f"; did you mean {PREFIX}{nearest[0]}?" if nearest else "; the README lists them all"
            lines.append(f"{name}: is no setting{hint}")
    return lines


_PLAIN = {
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le:g}",
    "enum": "must be {expected}",
    "bool_parsing": "must be true or false",
}
"""What the validator's findings are called here; it speaks to programmers."""


def _told(error: ErrorDetails) -> str:
    said = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return said
    name = str(error["loc"][0])
    context = {
        key: str(value).replace("'", "") if key == "expected" else value for key, value in error.get("ctx", {}).items()
    }
    plain = _PLAIN[error["type"]].format(**context) if error["type"] in _PLAIN else said
    value = without_password(str(error["input"])) if name in ("database_url", "shared_cache") else error["input"]
    return f"{PREFIX}{name.upper()}: {plain} (it is {value!r})"


def without_password(url: str) -> str:
    """What may be printed of a database URL, be it well-formed or not: no password, and none of its options."""
    front, at, place = url.rpartition("@")
    place = place.partition("?")[0]
    if at:
        scheme, separator, user = front.partition("://")
        name = re.split(r"[^\w.-]", user, maxsplit=1)[0]
        return f"{scheme}://{name}{'' if name == user else ':***'}@{place}" if separator else f"***@{place}"
    # What looks like host and port may be a user and a password.
    return "***" if "=" in place else re.sub(r"(?<!/):(?!/|\d+(/|$)).*", ":***", place)
