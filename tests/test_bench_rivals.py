"""The servers to compare with that are written in JavaScript: they answer as Storekeep does, or the run ends."""

from pathlib import Path

import pytest

from bench.contenders import RIVALS
from bench.questions import QUESTIONS
from tests.test_bench import quick_run

pytestmark = pytest.mark.proof


def test_all_rivals_answer_alike_and_are_measured(folder: Path) -> None:
    result, kept = quick_run(folder)
    for question in QUESTIONS:
        assert {rival.name for rival in RIVALS} <= set(result["figures"][question.key])
    # A schema made from the database asks it once, whatever the question.
    assert result["figures"]["Q1"]["postgraphile"]["statements"] == 1
    assert result["facts"]["machine"]["mercurius"] > ""
    assert "| Q5 | postgraphile |" in kept.with_suffix(".md").read_text()
