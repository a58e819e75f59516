"""Where things are shown: a palette of rooms, and the ways to arrange a thing in one."""

from dataclasses import dataclass
from math import hypot

from db.demo.art.canvas import DEEP, LEAF, Canvas, Params, brightness, dark, light, mix
from db.demo.art.gallery import KINDS
from db.demo.art.measure import extent


@dataclass(frozen=True)
class Room:
    """Wall, floor and the accent shape behind the thing."""

    wall: str
    floor: str
    accent: str


ROOMS = {
    "sand": Room("#f3e8d8", "#e6d3b9", "#ead9bf"),
    "sage": Room("#e1e8dc", "#c9d5c3", "#d2ddcb"),
    "blush": Room("#f6e3da", "#eaccbe", "#efd5c8"),
    "mist": Room("#e1e9ee", "#c8d6df", "#d2dee6"),
    "butter": Room("#f8ecca", "#eedaa2", "#f2e2b2"),
    "lilac": Room("#e9e3ee", "#d5cade", "#ded5e5"),
    "clay": Room("#eacbb8", "#d9ad93", "#e0bba4"),
    "teal": Room("#cfe0dd", "#aec9c5", "#bdd4d0"),
    "stone": Room("#e7e4df", "#d2cdc5", "#dbd7d0"),
    "dusk": Room("#bcc6d4", "#9cabbf", "#a9b7c9"),
}


def _distance(one: str, other: str) -> float:
    return hypot(*(int(one[i : i + 2], 16) - int(other[i : i + 2], 16) for i in (1, 3, 5)))


def room_for(colours: list[str], choice: list[str]) -> str:
    """The room of `choice` against which all of `colours` stand out; the first one that is good enough wins."""
    scored = [(min(_distance(ROOMS[name].wall, c) for c in colours), name) for name in choice]
    for distance, name in scored:
        if distance > 95:
            return name
    return max(scored)[1]


def backdrop(k: Canvas, room: str, motif: str, lies: bool = False) -> None:
    """Wall, floor and a large quiet shape: arch, sun, window, panel or none."""
    r, w, h = ROOMS[room], k.width, k.height
    horizon = h if lies else h * 0.72
    k.rect(0, 0, w, h, k.ramp([(0, light(r.wall, 0.3)), (1, r.wall)], "down"))
    x = w / 2
    match motif:
        case "arch":
            half = min(w, h) * 0.36
            k.path(
                f"M{x - half} {horizon} V{h * 0.16 + half} A{half} {half} 0 0 1 {x + half} {h * 0.16 + half} "
                f"V{horizon} Z",
                r.accent,
            )
        case "sun":
            k.disc(x, h * (0.5 if lies else 0.46), min(w, h) * 0.37, r.accent)
        case "window":
            for i in range(2):
                for j in range(2):
                    gx, gy = x - 330 + i * 350, h * 0.1 + j * 260
                    k.path(f"M{gx} {gy} h310 l60 230 h-310 Z", light(r.wall, 0.55), opacity=0.7)
        case "panel":
            k.rect(x - 330, h * 0.13, 660, h if not lies else h * 0.74, r.accent, 28)
        case "shelf":
            pass
    if not lies:
        k.rect(0, horizon, w, h - horizon, k.ramp([(0, r.floor), (1, light(r.floor, 0.25))], "down"))


def put(k: Canvas, kind: str, c: str, p: Params, x: float, y: float, box: tuple[float, float]) -> None:
    """Draws the thing as large as `box` (width, height) allows, centred on `x`, its base or its middle at `y`."""
    if KINDS[kind].hangs:
        scale = min(box) / 900
        with k.at(x, y, scale):
            KINDS[kind].draw(k, c, p)
        return
    x0, y0, x1, y1 = extent(kind, c, p)
    scale = min(box[0] / (x1 - x0), box[1] / (y1 - y0), 2.1) * p.n("size", 1.0)
    middle = (y0 + y1) / 2 if KINDS[kind].lies else 0
    with k.at(round(x - (x0 + x1) / 2 * scale, 1), round(y - middle * scale, 1), round(scale, 3)):
        KINDS[kind].draw(k, c, p)


def hero(k: Canvas, kind: str, c: str, p: Params, room: str, motif: str) -> None:
    """The thing alone, in the middle."""
    lies = KINDS[kind].lies
    backdrop(k, room, motif, lies)
    w, h = k.width, k.height
    if lies:
        put(k, kind, c, p, w / 2, h / 2, (w * 0.76, h * 0.76))
    else:
        put(k, kind, c, p, w / 2, h * 0.815, (w * 0.7, h * 0.64))


def detail(k: Canvas, kind: str, c: str, p: Params, room: str) -> None:
    """Closer: the thing fills the picture and runs out of it."""
    lies = KINDS[kind].lies
    backdrop(k, room, "none", lies)
    w, h = k.width, k.height
    put(k, kind, c, p, w * 0.34, h * (0.62 if lies else 1.02), (w * 1.45, h * 1.2))


def family(k: Canvas, things: list[tuple[str, str, Params]], room: str) -> None:
    """Up to five versions of a thing (kind, colour, parameters) side by side."""
    some = things[:5]
    lies = KINDS[some[0][0]].lies
    backdrop(k, room, "none", lies)
    w, h = k.width, k.height
    x0, y0, x1, y1 = extent(*some[0])
    behind = len(some) // 2 if len(some) > 3 and x1 - x0 > 0.75 * (y1 - y0) else 0
    rows = (
        [(some[:behind], 0.28 if lies else 0.5), (some[behind:], 0.72 if lies else 0.9)]
        if behind
        else [(some, 0.5 if lies else 0.8)]
    )
    widest = len(some) - behind
    cell = w / (widest + (0.55 if widest < 3 else 0.2))
    for row, level in rows:
        for i, (kind, c, p) in enumerate(row):
            x = w / 2 + (i - (len(row) - 1) / 2) * cell
            put(k, kind, c, p, x, h * level, (cell * 0.92, h * (0.4 if behind else 0.6)))


def on_shelf(k: Canvas, kind: str, c: str, p: Params, room: str, seed: int) -> None:
    """On a board with quiet company: books, a plant, a bowl."""
    r = ROOMS[room]
    backdrop(k, room, "none", True)
    y, w = k.height * 0.76, k.width
    k.rect(w * 0.06, y + 34, w * 0.88, 26, k.glow(DEEP, 0.3), 13)
    k.rect(w * 0.06, y, w * 0.88, 36, k.down("#c9a27a"), 6)
    left = seed % 2 == 0
    tones = [mix(r.floor, DEEP, 0.35), light(r.floor, 0.5), mix(r.floor, "#b25a45", 0.55), mix(r.floor, "#395b64", 0.5)]
    with k.at(w * (0.14 if left else 0.86), y, 1, mirror=not left):
        x = 0.0
        for i, (wide, tall) in enumerate(((40, 250), (30, 220), (52, 270), (34, 236))):
            k.rect(x, -tall, wide, tall, tones[(i + seed) % 4], 4)
            k.rect(x + 6, -tall + 34, wide - 12, 10, light(tones[(i + seed) % 4], 0.45), 3)
            x += wide + 3
    with k.at(w * (0.83 if left else 0.17), y, 0.72):
        if seed % 3 == 0:
            k.barrel(170, 150, light(r.floor, 0.5), 130)
            for i in range(7):
                with k.at(0, -140, turn=-54 + i * 18):
                    k.path(
                        "M0 0 C-34 -90 -24 -190 0 -260 C24 -190 34 -90 0 0 Z",
                        k.round(mix(LEAF, "#2f5a44", 0.12 * (i % 3))),
                    )
        elif seed % 3 == 1:
            k.path("M-120 -110 C-116 -20 -60 0 0 0 C60 0 116 -20 120 -110 Z", k.round(mix(r.floor, DEEP, 0.25)))
            for x, c2 in ((-60, "#d98e5f"), (20, "#e2b25c"), (70, "#c76b4a")):
                k.disc(x, -124, 48, k.round(c2))
        else:
            k.path(
                "M-40 -300 L40 -300 L34 -220 C40 -190 100 -170 100 -90 C100 -20 60 0 0 0 C-60 0 -100 -20 "
                "-100 -90 C-100 -170 -40 -190 -34 -220 Z",
                k.round(mix(r.floor, "#ffffff", 0.35)),
            )
            k.stroke("M0 -290 C10 -380 40 -420 60 -470", dark(LEAF, 0.1), 7)
            for i in range(5):
                k.oval(24 + i * 9, -340 - i * 30, 22, 13, LEAF)
    high = k.height * 0.46
    middle = y - high * 0.62 if KINDS[kind].lies else y
    put(k, kind, c, p, w * (0.53 if left else 0.47), middle, (w * 0.37, high))


def contrast_rooms(colours: list[str]) -> list[str]:
    """Rooms to try for a thing of these colours, quiet ones first."""
    if min(brightness(c) for c in colours) > 0.72:
        return ["clay", "teal", "dusk", "sage"]
    return ["sand", "sage", "mist", "blush", "butter", "stone", "lilac", "teal"]


def gathering(k: Canvas, things: list[tuple[str, str, Params]], room: str) -> None:
    """Different things on one floor, or on one wall, the middle one in front."""
    lies = KINDS[things[0][0]].lies
    backdrop(k, room, "sun", lies)
    w, h, n = k.width, k.height, len(things)
    for i in sorted(range(n), key=lambda i: -abs(i - (n - 1) / 2)):
        kind, c, p = things[i]
        x = w * (i + 0.5 + 0.12 * (1 if i < (n - 1) / 2 else -1 if i > (n - 1) / 2 else 0)) / n
        front = abs(i - (n - 1) / 2) < 0.6
        size = (w / n * (1.16 if front else 0.82), h * (0.6 if front else 0.48))
        put(
            k,
            kind,
            c,
            p,
            x,
            h * (0.5 if KINDS[kind].lies and lies else 0.83 if front else 0.79)
            - (size[1] / 2 if KINDS[kind].lies and not lies else 0),
            size,
        )
