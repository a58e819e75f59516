"""Hats, scarves, socks and mittens."""

from db.demo.art.canvas import (
    Canvas,
    Params,
    dark,
    drawing,
    light,
    scatter,
)
from db.demo.art.linen import pattern
from db.demo.art.wardrobe import knit


@drawing(lies=True)
def beanie(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        if p.b("bobble"):
            k.disc(0, -330, 96, k.slant(p.s("second", light(c, 0.4))))
            for x, y in scatter(3, 60):
                k.stroke(
                    f"M{(x - 0.5) * 150:.1f} {-330 + (y - 0.5) * 150:.1f} l10 12",
                    dark(p.s("second", c), 0.15),
                    5,
                    opacity=0.4,
                )
        k.path("M-270 150 C-290 -140 -170 -290 0 -290 C170 -290 290 -140 270 150 Z", k.round(c))
        k.rect(-300, 110, 600, 190, k.round(dark(c, 0.05)), 46)
    for i in range(-5, 6):
        k.stroke(f"M{i * 44} 108 C{i * 48} -80 {i * 26} -220 {i * 9} -284", dark(c, 0.2), 6, opacity=0.5)
    knit(k, c, -272, 126, 548, 158, 28)
    k.rect(120, 180, 90, 60, p.s("tab", "#7b533a"), 6)


@drawing(lies=True)
def scarf(k: Canvas, c: str, p: Params) -> None:
    second = p.s("second", light(c, 0.45))
    with k.lifted():
        for a, y, x in ((9, 20, 70), (-8, 0, -70)):
            with k.at(x, y, turn=a):
                k.rect(-96, -200, 192, 560, k.round(c))
                if p.s("style", "stripe") == "check":
                    for s in range(-180, 360, 90):
                        k.rect(-96, s, 192, 36, second, opacity=0.6)
                    k.rect(-60, -200, 34, 560, second, opacity=0.5)
                    k.rect(30, -200, 34, 560, second, opacity=0.5)
                else:
                    for s in (180, 224, 290):
                        k.rect(-96, s, 192, 26, second)
                for f in range(-88, 96, 22):
                    k.stroke(f"M{f} 360 l{(f % 7) - 3} 70", light(c, 0.1), 9)
        k.path(
            "M-230 -250 C-200 -380 200 -380 230 -250 C250 -130 120 -80 0 -90 C-120 -80 -250 -130 -230 -250 Z",
            k.round(c),
        )
        k.oval(0, -270, 130, 54, dark(c, 0.35))
    k.stroke("M-210 -220 C-120 -130 120 -130 210 -220", dark(c, 0.2), 8, opacity=0.5)


@drawing(lies=True)
def socks(k: Canvas, c: str, p: Params) -> None:
    second, style = p.s("second", light(c, 0.5)), p.s("style", "heel")
    d = "M-90 -390 H90 V60 C90 110 140 150 250 190 C330 220 330 330 230 340 H10 C-80 340 -110 290 -104 200 Z"
    with k.lifted():
        for x, y, t in ((-140, -20, -6), (120, 20, 4)):
            with k.at(x, y, turn=t):
                k.path(d, k.round(c))
                with k.clip(d):
                    if style == "stripe":
                        for s in range(-300, 360, 84):
                            k.rect(-140, s, 500, 38, second)
                    elif style == "dots":
                        pattern(k, "dots", second, -110, -300, 460, 640, 2)
                    k.disc(-96, 300, 120, second)
                    k.oval(300, 280, 90, 120, second)
                    k.rect(-100, -392, 200, 84, dark(c, 0.06))
                    knit(k, c, -86, -388, 176, 76)


@drawing(lies=True)
def cap(k: Canvas, c: str, p: Params) -> None:
    """A peaked cap; `sun` makes a straw hat."""
    with k.lifted():
        if p.b("sun"):
            k.oval(0, 120, 460, 190, k.round(c))
            k.path(
                "M-250 100 C-250 -200 -120 -270 0 -270 C120 -270 250 -200 250 100 Q0 190 -250 100 Z",
                k.round(light(c, 0.06)),
            )
            k.path("M-252 30 Q0 130 252 30 L250 104 Q0 190 -250 104 Z", p.s("band", "#2f4a66"))
            for i in range(7):
                k.oval(0, 120, 440 - i * 26, 180 - i * 12, "none", stroke=dark(c, 0.3), stroke_width=3, opacity=0.35)
            return
        k.path("M-300 130 C-310 -170 -150 -270 20 -260 C210 -250 300 -90 290 110 Z", k.round(c))
        k.path("M-60 130 C120 60 380 80 470 210 C300 180 60 190 -60 230 Z", k.down(dark(c, 0.12)))
        k.disc(10, -262, 18, dark(c, 0.2))
    k.stroke("M10 -256 C-60 -130 -90 20 -90 130 M10 -256 C110 -150 160 -10 160 100", dark(c, 0.25), 5, opacity=0.6)


@drawing(lies=True)
def mittens(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        for side in (-1, 1):
            with k.at(side * 170, 0, turn=side * 8, mirror=side < 0):
                k.path(
                    "M-120 180 V-160 C-120 -330 120 -330 120 -160 V-10 C150 -70 230 -80 226 -10 C220 80 130 "
                    "120 120 190 Z",
                    k.round(c),
                )
                k.rect(-128, 170, 256, 170, k.round(p.s("second", dark(c, 0.2))), 24)
                knit(k, p.s("second", c), -112, 184, 230, 140, 24)
                for y in (-150, -60, 30):
                    for x in (-70, 0, 66):
                        k.path(f"M{x} {y - 24} l20 24 l-20 24 l-20 -24 Z", p.s("ink", light(c, 0.5)), opacity=0.85)
