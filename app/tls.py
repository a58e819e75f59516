"""Certificates: whether one can be served with, and one for this machine, so that clients which insist on https can be
tried here.
"""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from app.trouble import Trouble

_DAYS = 365


class CertificateError(Trouble):
    """A certificate cannot be served with; the message names the file."""


def expiry(certificate: Path, key: Path | None, now: datetime | None = None) -> datetime:
    """Until when a certificate is good. Raises CertificateError unless it can be served with ``now``, or at once.

    Without ``key``, the certificate's own file has to hold the key.
    """
    found = _certificate(certificate)
    private = _key(key or certificate)
    if found.public_key() != private.public_key():
        raise CertificateError(f"{key or certificate} is not the key of {certificate}: they do not belong together.")
    now = now or datetime.now(UTC)
    if found.not_valid_after_utc < now:
        raise CertificateError(f"{certificate} expired on {found.not_valid_after_utc:%Y-%m-%d}: renew it.")
    if found.not_valid_before_utc > now:
        raise CertificateError(f"{certificate} is not valid before {found.not_valid_before_utc:%Y-%m-%d %H:%M} UTC.")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise CertificateError(f"{certificate} cannot be served with: {error.reason or error}.") from error
    return found.not_valid_after_utc


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_content(file))
    except ValueError as error:
        raise CertificateError(f"{file} holds no certificate in PEM form.") from error


def _key(file: Path) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(_content(file), password=None)
    except TypeError as error:
        raise CertificateError(f"The key in {file} is encrypted: store it without a password.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateError(f"{file} holds no private key in PEM form.") from error


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CertificateError(f"{file} cannot be read: {error.strerror}.") from error


def local_certificate(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) for localhost, made in ``folder`` when there is none or it has less than a week to live.

    It is signed by itself: browsers warn, and clients have to be told to trust it.
    """
    certificate, key = folder / "localhost.pem", folder / "localhost-key.pem"
    if not _lives(certificate, key):
        folder.mkdir(parents=True, exist_ok=True)
        _make(certificate, key)
    return certificate, key


def _lives(certificate: Path, key: Path) -> bool:
    """Whether a pair made earlier can be used; half a pair, left by a start that was cut short, cannot."""
    try:
        return expiry(certificate, key) > datetime.now(UTC) + timedelta(days=7)
    except CertificateError:
        return False


def _make(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")), x509.IPAddress(ip_address("::1"))]
    )
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
