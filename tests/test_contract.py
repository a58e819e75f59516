"""Our schema accepts what the reference accepts and answers what it answers, and the demo shop shows it."""

import pytest

from schema import schema
from tests.contract import tables
from tests.contract.__main__ import main
from tests.contract.judge import Promise, full_types, judge, read_reasons
from tests.contract.presence import Demo, Plan, look
from tests.contract.reference import reference


def test_ours_agrees_with_the_reference() -> None:
    verdict = judge(schema._schema, reference(), Promise.read(), read_reasons())
    assert not verdict.failures, "\n".join(verdict.failures)


@pytest.fixture
def wanted() -> dict[str, list[str]]:
    """The fields that storefronts use of the types that are served in full, without those that come later."""
    theirs, promise = reference(), Promise.read()
    full = full_types(promise, theirs, tables.places(theirs))
    return {
        owner: [name for name in names if f"{owner}.{name}" not in promise.later]
        for owner, names in tables.fields().items()
        if owner in full
    }


def test_the_command_prints_the_comparison(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["contract"])
    assert main() == 0
    printed = capsys.readouterr().out
    assert "To come" in printed
    assert " 0 failures" in f" {printed.splitlines()[-1]}"


def test_the_command_wants_an_exact_version(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["contract", "--version", "latest"])
    assert main() == 2
    assert "'latest' is no exact version of @shopify/hydrogen-react" in capsys.readouterr().err


async def test_every_field_that_storefronts_use_has_a_real_value(demo: Demo, wanted: dict[str, list[str]]) -> None:
    findings = await look(demo, schema._schema, wanted, Plan.read())
    assert not findings.failures, "\n".join(findings.failures)
    assert len(findings.values) + len(Plan.read().exempt) == sum(map(len, wanted.values()))
