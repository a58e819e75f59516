"""A thin layer over SVG: shapes, shading and placement, so that a drawing reads as a list of parts.

Lengths are pixels of a 1200 pixel picture. A thing that stands has its origin at the middle of its base and grows
upwards into negative y; a thing that lies or hangs has its origin in its middle.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

WOOD, OAK, WALNUT = "#c9965f", "#ddb684", "#7b533a"
STEEL, BRASS, COPPER, IRON = "#b4bbc1", "#c8a04a", "#c47a52", "#43444b"
CLAY, LEAF, MOSS, CREAM, INK, WHITE = "#bd6a45", "#5e8260", "#3f6149", "#f4ecdc", "#2c2938", "#fdfbf6"
DEEP = "#1f1b2e"


def mix(one: str, other: str, share: float) -> str:
    """The colour that lies `share` (0 to 1) of the way from `one` to `other`; both as #rrggbb."""
    a = [int(one[i : i + 2], 16) for i in (1, 3, 5)]
    b = [int(other[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True))


def light(colour: str, share: float = 0.2) -> str:
    """Towards white."""
    return mix(colour, "#ffffff", share)


def dark(colour: str, share: float = 0.2) -> str:
    """Towards the violet black that all shadows share: grey would make the colours look dirty."""
    return mix(colour, DEEP, share)


def brightness(colour: str) -> float:
    """Perceived brightness, 0 to 1."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return (0.299 * r + 0.587 * g + 0.114 * b) / 255


def scatter(seed: int, count: int) -> Iterator[tuple[float, float]]:
    """Pairs in 0..1 that look random and are the same on every machine."""
    state = seed * 2654435761 % 2**32 or 1
    for _ in range(count):
        pair = []
        for _ in range(2):
            state = (1664525 * state + 1013904223) % 2**32
            pair.append((state >> 8) / 2**24)
        yield pair[0], pair[1]


class Params(dict[str, object]):
    """What a product's source says about its drawing; every reader has a default."""

    def n(self, name: str, default: float) -> float:
        value = self.get(name, default)
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is a number, not {value!r}")
        return float(value)

    def s(self, name: str, default: str) -> str:
        return str(self.get(name, default))

    def b(self, name: str, default: bool = False) -> bool:
        return bool(self.get(name, default))

    def l(self, name: str, default: list[str]) -> list[str]:  # noqa: E743 - one letter a reader: n s b l
        value = self.get(name, default)
        return [str(item) for item in value] if isinstance(value, list) else default


class Canvas:
    """Collects shapes; `svg()` is the finished document."""

    def __init__(self, width: int = 1200, height: int = 1200) -> None:
        self.width, self.height = width, height
        self._defs: list[str] = []
        self._parts: list[str] = []
        self._known: dict[str, str] = {}

    def svg(self, shrink: float = 1) -> str:
        """The document; `shrink` 4 makes it a quarter as large, for looking at quickly."""
        w, h = round(self.width / shrink), round(self.height / shrink)
        size = f'width="{w}" height="{h}" viewBox="0 0 {self.width} {self.height}"'
        defs, parts = "".join(self._defs), "".join(self._parts)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{defs}</defs>{parts}</svg>'

    def _define(self, markup: str) -> str:
        """Registers a definition once and answers its reference; `ID` in the markup stands for its name."""
        if markup not in self._known:
            name = f"d{len(self._known)}"
            self._known[markup] = f"url(#{name})"
            self._defs.append(markup.replace("ID", name, 1))
        return self._known[markup]

    # Paints

    def ramp(self, stops: list[tuple[float, str]], angle: str = "across") -> str:
        """A linear gradient over the shape that uses it; `angle` is across, down or slant."""
        ends = {"across": (1, 0), "down": (0, 1), "slant": (1, 1)}[angle]
        marks = "".join(f'<stop offset="{at}" stop-color="{colour}"/>' for at, colour in stops)
        return self._define(
            f'<linearGradient id="ID" x1="0" y1="0" x2="{ends[0]}" y2="{ends[1]}">{marks}</linearGradient>'
        )

    def round(self, c: str) -> str:
        """Paint of something that curves away to both sides, lit from the left."""
        return self.ramp([(0, dark(c, 0.05)), (0.22, light(c, 0.14)), (0.55, c), (1, dark(c, 0.24))])

    def down(self, c: str) -> str:
        """Paint of something flat, lit from above."""
        return self.ramp([(0, light(c, 0.09)), (1, dark(c, 0.1))], "down")

    def slant(self, c: str) -> str:
        return self.ramp([(0, light(c, 0.13)), (0.5, c), (1, dark(c, 0.14))], "slant")

    def glow(self, c: str, opacity: float) -> str:
        """A radial gradient from `c` to nothing."""
        stops = f'<stop offset="0" stop-color="{c}" stop-opacity="{opacity}"/>'
        stops += f'<stop offset=".55" stop-color="{c}" stop-opacity="{round(opacity * 0.42, 3)}"/>'
        return self._define(
            f'<radialGradient id="ID">{stops}<stop offset="1" stop-color="{c}" stop-opacity="0"/></radialGradient>'
        )

    # Shapes

    def raw(self, markup: str) -> None:
        self._parts.append(markup)

    def path(self, d: str, fill: str = "none", **more: object) -> None:
        self.raw(f'<path d="{d}" fill="{fill}"{_attributes(more)}/>')

    def stroke(self, d: str, colour: str, width: float, **more: object) -> None:
        more = {"stroke_linecap": "round", "stroke_linejoin": "round", **more}
        self.path(d, "none", stroke=colour, stroke_width=width, **more)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, **more: object) -> None:
        self.raw(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{fill}"{_attributes(more)}/>')

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **more: object) -> None:
        self.raw(f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="{fill}"{_attributes(more)}/>')

    def disc(self, x: float, y: float, r: float, fill: str, **more: object) -> None:
        self.oval(x, y, r, r, fill, **more)

    def shadow(self, width: float, y: float = 0, x: float = 0, strength: float = 0.3) -> None:
        """The soft pool under a standing thing that is `width` wide."""
        self.oval(x + width * 0.04, y + 4, width * 0.66, max(22, width * 0.085), self.glow(DEEP, strength))

    def barrel(self, w: float, h: float, c: str, foot: float | None = None, y: float = 0, curve: float = 0.09) -> None:
        """An upright cylinder or cone with a rounded base: `w` wide at the top, `foot` at the bottom."""
        foot = w if foot is None else foot
        t, b, e = w / 2, foot / 2, foot * curve
        d = f"M{-t} {y - h} L{t} {y - h} L{b} {y - e} C{b} {y + e * 0.6} {-b} {y + e * 0.6} {-b} {y - e} Z"
        self.path(d, self.round(c))

    # Placement

    @contextmanager
    def at(
        self, x: float, y: float, scale: float = 1, turn: float = 0, mirror: bool = False, **more: object
    ) -> Iterator[None]:
        sx = -scale if mirror else scale
        self.raw(f'<g transform="translate({x} {y}) rotate({turn}) scale({sx} {scale})"{_attributes(more)}>')
        yield
        self.raw("</g>")

    @contextmanager
    def clip(self, d: str) -> Iterator[None]:
        """What is drawn inside shows only within the outline `d`."""
        inside = self._define(f'<clipPath id="ID"><path d="{d}"/></clipPath>')
        self.raw(f'<g clip-path="{inside}">')
        yield
        self.raw("</g>")

    @contextmanager
    def lifted(self, blur: float = 16, dx: float = 8, dy: float = 20, strength: float = 0.26) -> Iterator[None]:
        """A thing that lies on, or hangs before, the ground: its outline casts the shadow."""
        drop = (
            f'<feDropShadow dx="{dx}" dy="{dy}" stdDeviation="{blur}" flood-color="{DEEP}" flood-opacity="{strength}"/>'
        )
        room = 'x="-6%" y="-4%" width="114%" height="116%" color-interpolation-filters="sRGB"'
        self.raw(f'<g filter="{self._define(f"""<filter id="ID" {room}>{drop}</filter>""")}">')
        yield
        self.raw("</g>")


def _attributes(more: Mapping[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())


Drawing = Callable[[Canvas, str, Params], None]


@dataclass(frozen=True)
class Kind:
    """One drawable thing. `lies`: its origin is its middle, not its base; `hangs`: it comes down from the upper edge."""

    draw: Drawing
    lies: bool
    hangs: bool


KINDS: dict[str, Kind] = {}


def drawing(lies: bool = False, hangs: bool = False) -> Callable[[Drawing], Drawing]:
    """Registers a drawing under its function's name."""

    def register(draw: Drawing) -> Drawing:
        KINDS[draw.__name__] = Kind(draw, lies or hangs, hangs)
        return draw

    return register
