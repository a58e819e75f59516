"""Rasterising, and how large a drawing is, so that every thing fills its picture alike."""

import importlib
import io
from functools import cache
from typing import Any

from PIL import Image

from db.demo.art.canvas import KINDS, Canvas, Params

# Needed by nobody but who redraws the pictures, hence no dependency of the project.
resvg: Any = importlib.import_module("resvg_py")

_ROOM, _COARSE = 2400, 8


def picture(canvas: Canvas, shrink: float = 1) -> Image.Image:
    raw = bytes(resvg.svg_to_bytes(svg_string=canvas.svg(shrink), skip_system_fonts=True))
    return Image.open(io.BytesIO(raw))


@cache
def _extent(
    kind: str, params: tuple[tuple[str, str], ...], c: str, given: "_Given"
) -> tuple[float, float, float, float]:
    del params  # part of the key: `given` carries the same values unhashed
    canvas = Canvas(_ROOM // _COARSE, _ROOM // _COARSE)
    middle = _ROOM / 2 / _COARSE
    with canvas.at(middle, middle, 1 / _COARSE):
        KINDS[kind].draw(canvas, c, given.params)
    solid = picture(canvas).getchannel("A").point(lambda alpha: 255 if alpha > 150 else 0)
    box = solid.getbbox() or (0, 0, 1, 1)
    x0, y0, x1, y1 = ((edge - middle) * _COARSE for edge in box)
    return x0, y0, x1, y1


class _Given:
    """Carries parameters past the cache, which looks at their text instead."""

    def __init__(self, params: Params) -> None:
        self.params = params

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given)


def extent(kind: str, c: str, params: Params) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the drawing around its origin; the pool of shadow does not count."""
    key = tuple(sorted((name, repr(value)) for name, value in params.items()))
    return _extent(kind, key, c, _Given(params))
