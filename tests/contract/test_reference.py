"""The reference is the one we pinned, or the test fails and says why."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.contract import reference
from tests.contract.reference import UnavailableError


def packed(path: Path, name: str, content: bytes) -> Path:
    with tarfile.open(path, "w:gz") as package:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        package.addfile(member, io.BytesIO(content))
    return path


def test_the_reference_is_fetched_and_read() -> None:
    schema = reference.reference()
    assert schema.query_type is not None
    assert schema.query_type.name == "QueryRoot"
    assert len(schema.type_map) > 400
    reference.check(reference.archive(reference.VERSION), reference.VERSION)


def test_an_archive_that_was_changed_is_refused(tmp_path: Path) -> None:
    changed = packed(tmp_path / "shopify-hydrogen-react-2026.4.4.tgz", "package/storefront.schema.json", b"{}")
    with pytest.raises(UnavailableError, match="is not the @shopify/hydrogen-react"):
        reference.archive(reference.VERSION, tmp_path)
    reference.check(changed, "2099.1.0")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("package/other.json", b"{}", "holds no readable"),
        ("package/storefront.schema.json", b"{", "holds no readable"),
        ("package/storefront.schema.json", b"[]", "is not an introspection result"),
        ("package/storefront.schema.json", b'{"data": {}}', "is not an introspection result"),
    ],
)
def test_an_archive_without_a_schema_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(UnavailableError, match=told):
        reference.read(packed(tmp_path / "package.tgz", name, content))


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "package.tgz").write_bytes(b"not found")
    with pytest.raises(UnavailableError, match="holds no readable"):
        reference.read(tmp_path / "package.tgz")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            ["sh", "-c", "echo no such version >&2; exit 1"],
            "could not fetch @shopify/hydrogen-react@9.9.9.*no such version",
        ),
        (["/nowhere/npm"], "could not fetch .*No such file"),
    ],
)
def test_without_npm_the_failure_says_so(tmp_path: Path, command: list[str], told: str) -> None:
    with pytest.raises(UnavailableError, match=f"(?s){told}"):
        reference.archive("9.9.9", tmp_path, lambda: command)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize("version", ["latest", "^2026.4.0", "someone/else", "../2026.4.4", "2026.4.4 --registry=x", ""])
def test_only_an_exact_version_is_fetched(tmp_path: Path, version: str) -> None:
    with pytest.raises(UnavailableError, match="is no exact version"):
        reference.archive(version, tmp_path, lambda: pytest.fail("npm was asked"))


def test_an_npm_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("npm", 100)

    monkeypatch.setattr(subprocess, "run", hang)
    with pytest.raises(UnavailableError, match="timed out after 100 seconds"):
        reference.archive("9.9.9", tmp_path)
