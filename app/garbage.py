"""Python's search for cyclic garbage, of which a server that is laid out well makes hardly any."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is searched meanwhile: for loading modules, all of which stay; it takes a sixth of the time otherwise."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def spare_what_stays() -> None:
    """Leave what lives as long as the process out of the search, and search less often.

    An answer makes tens of thousands of objects that reference counting frees; looking through them again and again
    for cycles takes a quarter of the processor time, and nothing is found.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
