"""Every setting, read from ``STOREKEEP_…`` variables of the environment and of a ``.env`` file."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "STOREKEEP_"


class Environment(StrEnum):
    """Where this instance runs. Production tells strangers nothing about the schema."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class SettingsError(Exception):
    """Settings that make no sense; the message names each."""


class Settings(BaseSettings):
    """The one place where settings are declared; each description is what the documentation shows."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True)

    env: Environment = Field(Environment.DEVELOPMENT, description="`development` or `production`.")
    database_url: str = Field(
        "sqlite+aiosqlite:///var/storekeep.db",
        description="`sqlite+aiosqlite:///path` or `postgresql+asyncpg://user:password@host/name`.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on; `0.0.0.0` for all.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on; 0 for any that is free.")
    tls_certificate: Path | None = Field(None, description="A certificate file (PEM); with the key, serves https.")
    tls_key: Path | None = Field(None, description="The certificate's private key file (PEM).")
    media_dir: Path = Field(Path("var/media"), description="Where pictures, videos and models are kept.")
    cache_dir: Path = Field(Path("var/cache/media"), description="Where resized pictures are kept.")
    cache_bytes: int = Field(1_000_000_000, ge=10_000_000, description="How much of them at most, in bytes.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        ("*",), description="Sites whose pages may call, separated by commas; `*` for all."
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1",), description="Addresses whose X-Forwarded-… headers are believed, separated by commas."
    )
    time_limit: float = Field(30.0, gt=0, le=600, description="Seconds that one operation may take.")
    max_body: int = Field(1_000_000, ge=1_000, description="Bytes that one request may have.")
    max_cost: int = Field(10_000_000, ge=100, description="The most that one operation may cost; see the README.")
    max_depth: int = Field(25, ge=5, description="How deep one operation may be.")
    grace: float = Field(10.0, gt=0, description="Seconds that running requests are given at shutdown.")
    log_level: str = Field("INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        try:
            driver = make_url(value).drivername
        except ArgumentError as unreadable:
            raise ValueError("is not a database URL") from unreadable
        if driver not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
            raise ValueError(f"begins with {driver}; use sqlite+aiosqlite or postgresql+asyncpg")
        return value

    @field_validator("cors_origins", "trusted_proxies", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @property
    def production(self) -> bool:
        """Whether strangers are to learn nothing about the schema."""
        return self.env is Environment.PRODUCTION


def load(**overrides: Any) -> Settings:
    """The settings, those given here before the environment's. Raises SettingsError that names every wrong one."""
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as wrong:
        lines = [
            f"  {PREFIX}{'_'.join(map(str, error['loc'])).upper()}: {error['msg'].removeprefix('Value error, ')}"
            f" (it is {_without_password(error['input'])!r})"
            for error in wrong.errors()
        ]
        raise SettingsError("These settings make no sense:\n" + "\n".join(lines)) from wrong


def _without_password(value: Any) -> Any:
    """What may be printed of a value that was refused."""
    return re.sub(r"(?<=:)[^:@/]*(?=@)", "***", value) if isinstance(value, str) else value
