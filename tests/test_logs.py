"""What the log shows of a failure, and what it keeps to itself."""

import subprocess
import sys

import pytest

FAILURE = """
import logging
from app.logs import configure_logs
configure_logs("INFO", as_json={as_json})
def work(token):
    raise ValueError("the shelf fell")
try:
    work("s3cret" + "-of-a-cart")
except ValueError as failure:
    logging.getLogger("storekeep.x").error("A request failed", exc_info=failure)
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_failure_is_told_without_the_values_of_variables(as_json: bool) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FAILURE.format(as_json=as_json)], capture_output=True, text=True, check=True
    )
    assert "A request failed" in ran.stderr
    assert "the shelf fell" in ran.stderr
    assert "work" in ran.stderr
    assert "s3cret-of-a-cart" not in ran.stderr
