"""Rasterising, and how large a drawing is, so that every thing fills its picture alike."""

import importlib
import io
from typing import Any

from PIL import Image

from db.demo.art.canvas import KINDS, Canvas, Params

# Needed by nobody but who redraws the pictures, hence no dependency of the project.
resvg: Any = importlib.import_module("resvg_py")

Box = tuple[float, ...]
_ROOM, _COARSE = 2400, 8
_KNOWN: dict[str, Box] = {}


def picture(canvas: Canvas, shrink: float = 1) -> Image.Image:
    raw = bytes(resvg.svg_to_bytes(svg_string=canvas.svg(shrink), skip_system_fonts=True))
    return Image.open(io.BytesIO(raw))


def extent(kind: str, c: str, params: Params) -> Box:
    """Left, top, right, bottom of the drawing around its origin; the pool of shadow does not count."""
    key = f"{kind} {c} {sorted(params.items())}"
    if key not in _KNOWN:
        canvas = Canvas(_ROOM // _COARSE, _ROOM // _COARSE)
        middle = _ROOM / 2 / _COARSE
        with canvas.at(middle, middle, 1 / _COARSE):
            KINDS[kind].draw(canvas, c, params)
        solid = picture(canvas).getchannel("A").point(lambda alpha: 255 if alpha > 150 else 0)
        x0, y0, x1, y1 = solid.getbbox() or (0, 0, 1, 1)
        _KNOWN[key] = tuple((edge - middle) * _COARSE for edge in (x0, y0, x1, y1))
    return _KNOWN[key]
