"""Lamps and candles."""

from db.demo.art.canvas import (
    BRASS,
    IRON,
    WHITE,
    WOOD,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    mix,
)


def shade(k: Canvas, c: str, top: float, foot: float, h: float, y: float) -> None:
    """A lampshade with its light; its lower edge is at `y`."""
    k.oval(0, y - h / 2, foot * 1.15, h * 1.05, k.glow("#ffdf9a", 0.5))
    k.path(
        f"M{-top / 2} {y - h} L{top / 2} {y - h} L{foot / 2} {y} Q0 {y + foot * 0.07} {-foot / 2} {y} Z",
        k.ramp([(0, dark(c, 0.08)), (0.35, light(c, 0.4)), (1, dark(c, 0.18))]),
    )
    k.oval(0, y - h, top / 2, top * 0.06, light(c, 0.4))


@drawing()
def table_lamp(k: Canvas, c: str, p: Params) -> None:
    base = p.s("base", WOOD)
    k.shadow(300)
    match p.s("foot", "gourd"):
        case "gourd":
            k.path(
                "M-70 0 C-160 -60 -150 -200 -60 -250 C-30 -270 -26 -300 -24 -330 L24 -330 C26 -300 30 "
                "-270 60 -250 C150 -200 160 -60 70 0 Z",
                k.round(base),
            )
        case "column":
            k.rect(-110, -36, 220, 36, k.round(base), 14)
            k.rect(-26, -340, 52, 310, k.round(base), 8)
        case "ball":
            k.disc(0, -112, 112, k.round(base))
            k.disc(0, -262, 56, k.round(base))
            k.rect(-12, -350, 24, 60, BRASS)
        case _:
            k.path("M-120 0 L120 0 L60 -330 L-60 -330 Z", k.round(base))
    k.rect(-14, -360, 28, 40, BRASS, 4)
    shade(k, c, p.n("top", 230), p.n("wide", 420), p.n("h", 250), -330)


@drawing()
def floor_lamp(k: Canvas, c: str, p: Params) -> None:
    base = p.s("base", IRON)
    k.shadow(320)
    if p.b("tripod", True):
        for x in (-170, 0, 170):
            k.stroke(f"M0 -480 L{x} -6", k.round(base) if x == 0 else base, 16)
        k.disc(0, -480, 20, BRASS)
    else:
        k.oval(0, -10, 130, 22, k.round(base))
        k.rect(-9, -560, 18, 550, k.round(base))
    k.rect(-8, -560, 16, 100, BRASS)
    shade(k, c, p.n("top", 240), p.n("wide", 380), 240, -520)


@drawing(hangs=True)
def pendant(k: Canvas, c: str, p: Params) -> None:
    """Hangs from the upper edge of the picture."""
    k.rect(-4, -700, 8, 520, IRON)
    k.oval(0, 190, 460, 330, k.glow("#ffdf9a", 0.55))
    match p.s("form", "dome"):
        case "dome":
            k.path("M-300 150 C-300 -90 -120 -170 0 -170 C120 -170 300 -90 300 150 Z", k.round(c))
            k.oval(0, 150, 300, 40, light("#ffe9b8", 0.2))
        case "globe":
            k.disc(0, 60, 230, k.round(mix(c, "#ffffff", 0.5)), opacity=0.92)
            k.rect(-60, -190, 120, 50, k.round(BRASS), 10)
        case "rattan":
            k.path("M-90 -170 C-330 -90 -340 150 -250 220 L250 220 C340 150 330 -90 90 -170 Z", k.round(c))
            for i in range(-6, 7):
                k.stroke(f"M{i * 14} -170 C{i * 50} -80 {i * 54} 120 {i * 41} 220", dark(c, 0.35), 5, opacity=0.6)
            for y in (-90, -20, 60, 140):
                k.stroke(f"M-{200 + y * 0.5} {y} Q0 {y + 34} {200 + y * 0.5} {y}", dark(c, 0.35), 5, opacity=0.5)
            k.oval(0, 220, 250, 26, "#ffe9b8")
        case _:
            k.path("M-110 -150 L110 -150 L330 150 L-330 150 Z", k.round(c))
            k.oval(0, 150, 330, 34, "#ffe9b8")
    k.rect(-30, -204, 60, 46, k.round(BRASS), 8)
    k.disc(0, 178, 34, "#fff3cf")


@drawing()
def candle(k: Canvas, c: str, p: Params) -> None:
    form = p.s("form", "glass")
    if form == "pillar":
        for x, h, w in ((-150, 300, 150), (20, 430, 150), (180, 210, 140)):
            with k.at(x, 0):
                k.shadow(170)
                k.barrel(w, h, c)
                k.oval(0, -h, w / 2, 18, light(c, 0.35))
                k.stroke(f"M0 {-h} v-34", "#4a3a32", 6)
                k.path(
                    f"M0 {-h - 96} C34 {-h - 50} 22 {-h - 24} 0 {-h - 22} C-22 {-h - 24} -34 {-h - 50} 0 {-h - 96} Z",
                    k.ramp([(0, "#fff1b8"), (1, "#f2a43c")], "down"),
                )
        return
    if form == "taper":
        for x, h in ((-170, 420), (-20, 480), (130, 380)):
            with k.at(x, 0):
                k.shadow(150)
                k.path("M-80 0 C-70 -40 -24 -36 -22 -90 L22 -90 C24 -36 70 -40 80 0 Z", k.round(p.s("holder", BRASS)))
                k.rect(-18, -90 - h, 36, h, k.round(c), 8)
                k.path(
                    f"M0 {-h - 170} C26 {-h - 130} 18 {-h - 106} 0 {-h - 104} C-18 {-h - 106} -26 {-h - 130} "
                    f"0 {-h - 170} Z",
                    "#f6c15c",
                )
        return
    k.shadow(340)
    k.oval(0, -380, 260, 200, k.glow("#ffd98a", 0.6))
    k.rect(-160, -330, 320, 330, k.round(p.s("glass", "#d9e2df") if form == "glass" else c), 30, opacity=0.9)
    if form == "glass":
        k.rect(-146, -250, 292, 236, k.round(c), 22)
    k.oval(0, -330, 158, 22, light(c, 0.4))
    k.stroke("M0 -318 v-40", "#4a3a32", 7)
    k.path(
        "M0 -440 C44 -380 30 -346 0 -342 C-30 -346 -44 -380 0 -440 Z", k.ramp([(0, "#fff1b8"), (1, "#f2a43c")], "down")
    )
    k.rect(-90, -200, 180, 120, WHITE, 6, opacity=0.92)
    k.rect(-56, -168, 112, 12, dark(c, 0.5), 4)
    k.rect(-40, -140, 80, 8, dark(c, 0.3), 4)
    k.disc(0, -108, 9, dark(c, 0.3))
