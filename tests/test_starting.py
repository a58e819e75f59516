"""What a start loads, and what the server that comes of it is made of."""

import gc
import json
import subprocess
import sys
from pathlib import Path

import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.garbage import uncollected
from app.server import configure, slower_without

ROOT = Path(__file__).parents[1]


def in_a_process(program: str) -> object:
    """What a program of Python prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_fast_event_loop_and_parser_serve() -> None:
    assert slower_without() == []
    config = configure(None)
    assert config.get_loop_factory() is uvloop.new_event_loop
    config.load()
    assert config.http_protocol_class is HttpToolsProtocol


def test_a_start_loads_only_what_serves() -> None:
    """Each takes a noticeable part of the two seconds, and no request needs it."""
    spared = ("alembic", "resolvers.exchange", "app.demo", "app.cli_exchange", "hypothesis", "redis")
    loaded = in_a_process("import json, sys, app.cli, app.serving; print(json.dumps(sorted(sys.modules)))")
    assert isinstance(loaded, list)
    assert [name for name in spared if name in loaded] == []


def test_what_stays_is_left_out_of_the_search_for_garbage() -> None:
    program = (
        "import gc, json, app.serving; from app.garbage import spare_what_stays; spare_what_stays();"
        "print(json.dumps([gc.get_freeze_count(), gc.get_threshold(), gc.isenabled()]))"
    )
    frozen, thresholds, is_enabled = in_a_process(program)  # type: ignore[misc]
    assert frozen > 100_000
    assert (thresholds, is_enabled) == ([50_000, 50, 100], True)


def test_garbage_is_searched_for_again_after_loading() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
