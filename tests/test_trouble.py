"""What is wrong around the program is told in sentences, and mistakes of the program are not."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asyncpg.exceptions import (
    CannotConnectNowError,
    InsufficientPrivilegeError,
    InterfaceError,
    InvalidCatalogNameError,
    InvalidPasswordError,
    PostgresSyntaxError,
    TooManyConnectionsError,
    UndefinedTableError,
)
from cryptography.hazmat.primitives import serialization
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from app.settings import Settings
from app.tls import CertificateError, expiry, local_certificate
from app.trouble import told
from db import revision
from db.revision import MigrationError
from db.session import Database
from tests.databases import Databases


class TestWhatIsTold:
    """Each kind of trouble outside of the program has its sentence; a mistake of the program has none."""

    SETTINGS = Settings(database_url="postgresql+asyncpg://ada:s3cret@host/shop")

    @pytest.mark.parametrize(
        ("error", "part"),
        [
            (InvalidPasswordError("no"), "does not let us in (no)"),
            (InvalidCatalogNameError("no"), "is not there (no)"),
            (CannotConnectNowError("starting up"), "refuses: starting up"),
            (TooManyConnectionsError("full"), "refuses: full"),
            (InsufficientPrivilegeError("no"), "refuses: no"),
            (UndefinedTableError("no"), "run `storekeep migrate`"),
            (InterfaceError("connection is closed"), "does not answer (it closed the connection)"),
            (ConnectionRefusedError(111, "Connection refused"), "does not answer (Connection refused)"),
            (TimeoutError(), "does not answer (no answer in time)"),
            (OSError(28, "No space left on device", "var/x"), "The disk is full"),
            (PermissionError(13, "Permission denied", "var/x"), "var/x cannot be used: this user may not use it."),
            (OSError(40, "Too many links", "var/x"), "var/x cannot be used: Too many links."),
            (ExceptionGroup("several", [TimeoutError()]), "does not answer"),
            (MigrationError("no way"), "no way"),
        ],
    )
    def test_trouble(self, error: Exception, part: str) -> None:
        sentence = str(told(error, self.SETTINGS))
        assert part in sentence
        assert "s3cret" not in sentence

    @pytest.mark.parametrize(
        ("said", "part"),
        [
            ("attempt to write a readonly database", "may not write to it"),
            ("database is locked", "Another process"),
            ("database or disk is full", "make room"),
            ("database disk image is malformed", "put a backup"),
            ("no such table: shops", "run `storekeep migrate`"),
        ],
    )
    def test_trouble_with_sqlite(self, said: str, part: str) -> None:
        error = sqlite3.OperationalError(said)
        for one in (error, OperationalError("SELECT 1", {}, error)):
            assert part in str(told(one, self.SETTINGS))

    @pytest.mark.parametrize(
        "error",
        [
            KeyError("x"),
            ExceptionGroup("several", [KeyError("x")]),
            PostgresSyntaxError("near x"),
            OperationalError("SELEC 1", {}, sqlite3.OperationalError('near "SELEC": syntax error')),
        ],
    )
    def test_a_mistake_of_ours(self, error: Exception) -> None:
        assert told(error, self.SETTINGS) is None


async def test_postgresql_that_refuses_is_a_sentence(databases: Databases) -> None:
    url = make_url(await databases.fresh("postgresql", "empty"))
    settings = Settings(database_url=url.set(database="none", password="s3cret").render_as_string(hide_password=False))
    with pytest.raises(DBAPIError) as caught:
        async with Database(settings.database_url) as database:
            await revision.outdated(database)
    sentence = str(told(caught.value, settings))
    assert "is not there" in sentence
    assert "s3cret" not in sentence


class TestCertificate:
    def test_one_that_is_good(self, tmp_path: Path) -> None:
        certificate, key = local_certificate(tmp_path)
        assert expiry(certificate, key) > datetime.now(UTC) + timedelta(days=300)
        both = tmp_path / "both.pem"
        both.write_bytes(certificate.read_bytes() + key.read_bytes())
        assert expiry(both, None) == expiry(certificate, key)
        assert local_certificate(tmp_path) == (certificate, key)

    def test_half_a_pair_is_made_anew(self, tmp_path: Path) -> None:
        certificate, key = local_certificate(tmp_path)
        key.write_text("")
        before = certificate.read_bytes()
        local_certificate(tmp_path)
        assert expiry(certificate, key)
        assert certificate.read_bytes() != before
        assert key.stat().st_mode & 0o077 == 0

    def test_what_is_wrong_is_told(self, tmp_path: Path) -> None:
        certificate, key = local_certificate(tmp_path / "a")
        _, other = local_certificate(tmp_path / "b")
        missing, text = tmp_path / "none.pem", tmp_path / "text.pem"
        text.write_text("nothing of the kind")
        for pair, why in (
            ((missing, key), "none.pem cannot be read"),
            ((certificate, missing), "none.pem cannot be read"),
            ((text, key), "holds no certificate"),
            ((certificate, text), "holds no private key"),
            ((certificate, other), "do not belong together"),
        ):
            with pytest.raises(CertificateError, match=why):
                expiry(*pair)

    @pytest.mark.parametrize(("days", "why"), [(400, "expired on"), (-2, "not valid before")])
    def test_one_out_of_its_time(self, tmp_path: Path, days: int, why: str) -> None:
        certificate, key = local_certificate(tmp_path)
        with pytest.raises(CertificateError, match=why):
            expiry(certificate, key, datetime.now(UTC) + timedelta(days=days))

    def test_a_key_with_a_password(self, tmp_path: Path) -> None:
        certificate, key = local_certificate(tmp_path)
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        locked = serialization.BestAvailableEncryption(b"s3cret")
        key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
        with pytest.raises(CertificateError, match="is encrypted: store it without a password"):
            expiry(certificate, key)
