"""Our schema accepts what the reference accepts and answers what it answers, and the demo shop shows it."""

import re
from pathlib import Path

import pytest

from schema import schema
from tests.contract import tables
from tests.contract.__main__ import main
from tests.contract.judge import OUTSIDE, Promise, full_types, judge, read_reasons
from tests.contract.presence import Demo, Plan, look
from tests.contract.reference import reference


def test_ours_agrees_with_the_reference() -> None:
    verdict = judge(schema._schema, reference(), Promise.read(), read_reasons())
    assert not verdict.failures, "\n".join(verdict.failures)


def test_the_readme_names_the_fields_that_are_missing() -> None:
    readme = " ".join((Path(__file__).parents[1] / "README.md").read_text().split())
    named = re.findall(r"`(?:\w+\.)?(\w+)`", readme.partition("these fields are missing:")[2].partition(". ")[0])
    ours = {name: set(kind.fields) for name, kind in schema._schema.type_map.items() if hasattr(kind, "fields")}
    places = [place.split(".") for place in read_reasons()[OUTSIDE] if "|" not in place] + [
        ["SitemapResource", "image"]
    ]
    assert set(named) == {field for _, field in places}
    assert [place for place in places if place[1] in ours[place[0]]] == []


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
