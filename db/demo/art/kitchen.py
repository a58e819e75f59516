"""Cooking: pans, knives, boards, jars, kitchen linen."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    COPPER,
    IRON,
    OAK,
    STEEL,
    WALNUT,
    WHITE,
    WOOD,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    scatter,
)


@drawing()
def casserole(k: Canvas, c: str, p: Params) -> None:
    w, h = p.n("w", 560), p.n("h", 230)
    r = w / 2
    k.shadow(w)
    for side in (-1, 1):
        k.path(
            f"M{side * (r - 10)} {-h + 44} h{side * 58} q{side * 26} 4 {side * 20} 30 q{side * -4} 22 "
            f"{side * -30} 22 h{side * -48} Z",
            dark(c, 0.2),
        )
    k.path(
        f"M{-r} {-h} L{r} {-h} L{r - 14} -52 C{r - 20} -8 {r - 60} 0 {r - 90} 0 L{-r + 90} 0 C{-r + 60} "
        f"0 {-r + 20} -8 {-r + 14} -52 Z",
        k.round(c),
    )
    k.rect(-r - 8, -h - 12, w + 16, 24, k.round(light(c, 0.08)), 12)
    k.path(
        f"M{-r + 4} {-h - 12} C{-r + 40} {-h - 92} {-r * 0.4} {-h - 104} 0 {-h - 104} C{r * 0.4} "
        f"{-h - 104} {r - 40} {-h - 92} {r - 4} {-h - 12} Z",
        k.round(c),
    )
    k.rect(-13, -h - 128, 26, 30, k.round(STEEL), 6)
    k.oval(0, -h - 134, 46, 20, k.round(p.s("knob", BRASS)))
    k.stroke(
        f"M{-r + 56} {-h - 44} C{-r * 0.5} {-h - 78} {-r * 0.3} {-h - 82} -40 {-h - 84}", light(c, 0.45), 9, opacity=0.6
    )


@drawing(lies=True)
def pan(k: Canvas, c: str, p: Params) -> None:
    """Seen from above."""
    handle = p.s("handle", WOOD)
    with k.lifted(), k.at(-70, 90, turn=-45):
        k.rect(250, -22, 60, 44, k.down(IRON), 8)
        k.rect(296, -30, 300, 60, k.down(handle), 30)
        k.disc(562, 0, 12, dark(handle, 0.5))
        k.disc(0, 0, 286, k.slant(c))
        k.disc(0, 0, 258, k.slant(dark(c, 0.28)))
        k.disc(0, 0, 222, k.slant(p.s("inside", dark(c, 0.16))))
        for i in range(5):
            k.disc(0, 0, 40 + i * 40, "none", stroke=light(c, 0.2), stroke_width=2, opacity=0.28)


@drawing(lies=True)
def knife(k: Canvas, c: str, p: Params) -> None:
    """One or more blades; `blades` is a list of lengths in pixels, `edge` may be serrated."""
    blades = [float(x) for x in p.l("blades", ["520"])]
    gap, deep = 150.0, p.n("deep", 92)
    with k.lifted(10, 6, 14), k.at(-30, -(len(blades) - 1) * gap / 2, turn=p.n("turn", -28)):
        for i, size in enumerate(blades):
            d = deep * (0.5 + size / 1040)
            with k.at(0, i * gap):
                start = -size * 0.42
                if p.b("serrated"):
                    teeth = "".join(" q-11 12 -22 0" for _ in range(int(size / 22)))
                    k.path(
                        f"M{start} {-d / 2} L{start + size - 30} {-d / 2} Q{start + size} {-d / 2} {start + size} "
                        f"{d / 2 - 6}{teeth} Z",
                        k.ramp([(0, "#eef1f3"), (1, "#aab1b8")], "down"),
                    )
                else:
                    k.path(
                        f"M{start} {-d / 2} L{start + size * 0.72} {-d / 2} Q{start + size * 0.94} {-d * 0.42} "
                        f"{start + size} {d * 0.1} Q{start + size * 0.7} {d / 2} {start + size * 0.3} {d / 2} "
                        f"L{start + 10} {d / 2} Z",
                        k.ramp([(0, "#eef1f3"), (0.5, "#ccd2d7"), (1, "#a6aeb6")], "down"),
                    )
                k.stroke(f"M{start + 8} {d * 0.24} L{start + size * 0.8} {d * 0.24}", "#ffffff", 3, opacity=0.7)
                k.rect(start - 28, -d / 2 + 4, 34, d * 0.66, k.down(p.s("bolster", STEEL)), 5)
                k.path(
                    f"M{start - 24} {-d / 2 + 6} L{start - 290} {-d / 2 + 2} Q{start - 326} {-d / 2 + 6} "
                    f"{start - 320} {d * 0.2} Q{start - 316} {d * 0.36} {start - 280} {d * 0.3} L{start - 24} "
                    f"{d * 0.16} Z",
                    k.down(c),
                )
                for x in (70, 150, 230):
                    k.disc(start - x, -d * 0.12, 8, BRASS)


@drawing(lies=True)
def board(k: Canvas, c: str, p: Params) -> None:
    """A chopping board with something on it."""
    with k.lifted(), k.at(0, 0, turn=p.n("turn", -8)):
        if p.b("round"):
            k.disc(0, -20, 330, k.slant(c))
            k.rect(-46, 270, 92, 190, k.down(c), 40)
        else:
            k.rect(-300, -380, 600, 700, k.slant(c), 48)
            k.path("M-60 300 h120 v90 q0 46 -60 46 q-60 0 -60 -46 Z", k.down(dark(c, 0.03)))
        k.disc(0, 400, 18, dark(c, 0.55))
        for i in range(9):
            x = -250 + i * 62
            k.stroke(
                f"M{x} {-300 + (i % 3) * 40} C{x + 14} -120 {x - 16} 60 {x + 8} {230 - (i % 4) * 36}",
                dark(c, 0.2),
                3,
                opacity=0.4,
            )
        if p.b("end_grain"):
            for row in range(6):
                for col in range(5):
                    k.rect(
                        -284 + col * 114,
                        -364 + row * 112,
                        112,
                        110,
                        dark(c, 0.16 if (row + col) % 2 else 0),
                        3,
                        opacity=0.5,
                    )
        food = p.s("food", "lemon")
        if food == "lemon":
            for x, y in ((-60, -110), (60, -20)):
                k.disc(x, y, 74, "#eec643")
                k.disc(x, y, 64, "#fdf3c8")
                k.disc(x, y, 56, "#f3d668")
                for i in range(8):
                    k.stroke(f"M{x} {y} L{x + 54 * cos(i * pi / 4):.1f} {y + 54 * sin(i * pi / 4):.1f}", "#fdf3c8", 5)
        elif food == "bread":
            k.path(
                "M-190 -40 C-210 -170 -110 -210 10 -200 C150 -190 220 -130 200 -30 C190 40 -170 40 -190 -40 Z",
                k.down("#b9743c"),
            )
            for x in (-90, 0, 90):
                k.stroke(f"M{x - 30} -40 Q{x} -110 {x + 50} -150", "#f0d9ae", 15)
        elif food == "tomato":
            for x, y, r in ((-90, -120, 76), (70, -70, 84), (-20, 60, 64)):
                k.disc(x, y, r, k.slant("#c8452f"))
                k.path(f"M{x} {y} l-26 -12 l20 -4 l2 -22 l12 20 l22 -6 l-14 18 Z", "#4f7a45")


@drawing(lies=True)
def tools(k: Canvas, c: str, p: Params) -> None:
    """Spoon, spatula, whisk side by side; `set` chooses which."""
    names = p.l("set", ["spoon", "turner", "whisk", "fork"])
    step = 150.0
    with k.lifted(8, 5, 12):
        for i, name in enumerate(names):
            x = (i - (len(names) - 1) / 2) * step
            y = 20 if i % 2 else -20
            with k.at(x, y, turn=(i - 1.5) * 3):
                k.path("M-13 -60 L13 -60 L19 380 Q0 410 -19 380 Z", k.round(c))
                k.disc(0, 362, 8, dark(c, 0.5))
                if name == "spoon":
                    k.oval(0, -190, 66, 140, k.round(c))
                    k.oval(0, -196, 46, 112, dark(c, 0.14))
                elif name == "turner":
                    k.path("M-62 -330 Q0 -350 62 -330 L52 -120 Q30 -60 0 -50 Q-30 -60 -52 -120 Z", k.round(c))
                    for s in (-24, 0, 24):
                        k.rect(s - 6, -290, 12, 130, dark(c, 0.4), 6)
                elif name == "fork":
                    k.path(
                        "M-58 -330 L-34 -330 L-30 -190 L-12 -190 L-12 -330 L12 -330 L12 -190 L30 -190 L34 -330 "
                        "L58 -330 L54 -140 Q40 -60 0 -50 Q-40 -60 -54 -140 Z",
                        k.round(c),
                    )
                elif name == "brush":
                    k.rect(-58, -190, 116, 140, k.round(c), 20)
                    k.path("M-54 -190 L-66 -330 Q0 -352 66 -330 L54 -190 Z", "#efe1c4")
                else:
                    metal = p.s("metal", STEEL)
                    for r in (84, 56, 26):
                        k.stroke(
                            f"M0 -50 C{-r * 1.5} -160 {-r * 1.3} -350 0 -350 C{r * 1.3} -350 {r * 1.5} -160 0 -50",
                            metal,
                            8,
                        )
                    k.stroke("M0 -60 L0 -350", metal, 7)


@drawing()
def mill(k: Canvas, c: str, p: Params) -> None:
    """A pair of grinders of different height."""
    for x, s, t in ((-90, 1.0, c), (110, 0.78, p.s("second", c))):
        with k.at(x, 0 if x < 0 else -20, s):
            k.shadow(200)
            k.path(
                "M-86 0 C-96 -120 -40 -190 -56 -290 C-66 -340 -60 -360 0 -360 C60 -360 66 -340 56 -290 "
                "C40 -190 96 -120 86 0 C40 14 -40 14 -86 0 Z",
                k.round(t),
            )
            k.rect(-62, -384, 124, 22, k.round(BRASS), 8)
            k.path("M-60 -384 C-84 -480 -40 -540 0 -540 C40 -540 84 -480 60 -384 Z", k.round(t))
            k.disc(0, -552, 20, k.round(BRASS))


@drawing()
def jar(k: Canvas, c: str, p: Params) -> None:
    """Storage jars with lids; `count` of them, `fill` inside when they are of glass."""
    count = int(p.n("count", 3))
    heights = [420.0, 330.0, 240.0][:count]
    xs = {1: [0.0], 2: [-120.0, 130.0], 3: [-220.0, 20.0, 250.0]}[count]
    fills = p.l("fills", [])
    for i, (x, h) in enumerate(zip(xs, heights, strict=True)):
        with k.at(x, 0):
            k.shadow(210)
            if fills:
                k.rect(-104, -h, 208, h, "#e9f1f0", 26, opacity=0.75)
                f = fills[i % len(fills)]
                k.rect(-94, -h * 0.78, 188, h * 0.78 - 10, k.round(f), 20)
                for sx, sy in scatter(i + 5, 46):
                    k.oval((sx - 0.5) * 166, -20 - sy * h * 0.7, 9, 6, dark(f, 0.2), opacity=0.6)
                k.rect(-84, -h + 20, 16, h - 60, WHITE, 8, opacity=0.65)
            else:
                k.rect(-104, -h, 208, h, k.round(c), 26)
                k.rect(-60, -h * 0.62, 120, 64, light(c, 0.6), 8)
                k.rect(-40, -h * 0.62 + 26, 80, 10, dark(c, 0.4), 5)
            k.rect(-110, -h - 44, 220, 54, k.round(p.s("lid", OAK)), 16)
            if p.b("knob"):
                k.disc(0, -h - 62, 26, k.round(p.s("lid", OAK)))


@drawing(lies=True)
def tea_towel(k: Canvas, c: str, p: Params) -> None:
    """Hanging from a peg."""
    stripe, ground = c, p.s("ground", "#f6f0e4")
    with k.lifted():
        k.path(
            "M-200 -330 C-110 -390 110 -390 200 -330 C210 -80 220 160 206 400 C120 420 60 396 0 412 "
            "C-70 428 -140 396 -208 410 C-220 160 -212 -80 -200 -330 Z",
            k.round(ground),
        )
        with k.clip(
            "M-200 -330 C-110 -390 110 -390 200 -330 C210 -80 220 160 206 400 C120 420 60 396 0 412 "
            "C-70 428 -140 396 -208 410 C-220 160 -212 -80 -200 -330 Z"
        ):
            style = p.s("style", "stripe")
            if style == "stripe":
                for x in (-160, -128, -60, 40, 74, 108, 164):
                    k.rect(x, -400, 16 if x % 3 else 26, 860, stripe, opacity=0.85)
            elif style == "check":
                for i in range(-4, 5):
                    k.rect(i * 62 - 14, -400, 30, 860, stripe, opacity=0.45)
                for i in range(-6, 8):
                    k.rect(-240, i * 62 - 14, 480, 30, stripe, opacity=0.45)
            else:
                k.rect(-240, 230, 480, 34, stripe)
                k.rect(-240, 284, 480, 90, stripe)
                k.rect(-240, 392, 480, 12, stripe)
            for x, o in ((-120, 0.1), (10, 0.16), (110, 0.12)):
                k.path(
                    f"M{x} -370 C{x + 26} -100 {x - 20} 160 {x + 16} 420 L{x + 52} 420 C{x + 30} 160 {x + 50} "
                    f"-100 {x + 16} -370 Z",
                    dark(ground, 0.5),
                    opacity=o,
                )
    k.stroke("M-22 -362 Q0 -440 22 -362", dark(stripe, 0.1), 8)
    k.disc(0, -418, 17, BRASS)


@drawing(lies=True)
def apron(k: Canvas, c: str, p: Params) -> None:
    strap = p.s("strap", WALNUT)
    k.stroke("M-104 -330 C-90 -480 90 -480 104 -330", strap, 18)
    k.stroke("M-230 -60 C-330 -20 -330 110 -290 190", strap, 14)
    k.stroke("M230 -60 C330 -20 330 110 290 190", strap, 14)
    with k.lifted():
        k.path(
            "M-120 -340 Q0 -310 120 -340 C130 -220 180 -120 240 -80 L262 420 Q0 460 -262 420 L-240 "
            "-80 C-180 -120 -130 -220 -120 -340 Z",
            k.round(c),
        )
    k.stroke("M-112 -322 Q0 -292 112 -322", light(c, 0.3), 4, stroke_dasharray="12 9")
    k.path("M-150 60 L150 60 L142 250 Q0 276 -142 250 Z", dark(c, 0.1))
    k.stroke("M-150 66 L150 66 M0 66 L0 260", light(c, 0.3), 4, stroke_dasharray="12 9")
    for x in (-110, 110):
        k.disc(x, -318, 11, BRASS)


@drawing()
def rolling_pin(k: Canvas, c: str, p: Params) -> None:
    """With a ball of dough."""
    k.shadow(760)
    k.path(
        "M-130 -20 C-150 -190 -60 -250 30 -240 C150 -230 190 -110 170 -20 C80 14 -60 14 -130 -20 Z", k.round("#f1e2c3")
    )
    with k.at(40, -60, turn=-12):
        k.rect(-420, -22, 840, 44, k.down(dark(c, 0.16)), 22)
        k.rect(-290, -56, 580, 112, k.down(c), 30)
        k.stroke("M-250 -30 L240 -30", light(c, 0.4), 8, opacity=0.6)


@drawing()
def oven_dish(k: Canvas, c: str, p: Params) -> None:
    k.shadow(640)
    for side in (-1, 1):
        k.rect(side * 330 - 50, -176, 100, 40, k.round(dark(c, 0.1)), 16)
    k.path("M-320 -190 L320 -190 L280 -20 Q274 0 250 0 L-250 0 Q-274 0 -280 -20 Z", k.round(c))
    k.oval(0, -190, 320, 52, light(c, 0.2))
    k.oval(0, -186, 296, 42, k.down(p.s("food", "#d99a4e")))
    for i, (x, y) in enumerate(scatter(11, 26)):
        k.oval(
            (x - 0.5) * 500,
            -186 + (y - 0.5) * 56 * (1 - abs(x - 0.5)),
            20,
            9,
            ("#b5632e", "#f1cc84", "#7c8d4a")[i % 3],
            opacity=0.8,
        )


@drawing()
def lunch_box(k: Canvas, c: str, p: Params) -> None:
    k.shadow(520)
    k.rect(-260, -190, 520, 190, k.round(c), 46)
    k.rect(-260, -290, 520, 110, k.round(p.s("lid", light(c, 0.3))), 40)
    k.rect(-150, -310, 60, 320, k.round(p.s("strap", dark(c, 0.4))), 8)
    k.rect(90, -130, 110, 60, light(c, 0.5), 12, opacity=0.7)


@drawing()
def scale(k: Canvas, c: str, p: Params) -> None:
    """A kitchen balance with a dial."""
    k.shadow(420)
    k.path("M-150 -230 L150 -230 L200 0 L-200 0 Z", k.round(c))
    k.disc(0, -112, 96, WHITE)
    k.disc(0, -112, 96, "none", stroke=BRASS, stroke_width=8)
    for i in range(12):
        a = i * pi / 6
        k.stroke(
            f"M{74 * sin(a):.1f} {-112 - 74 * cos(a):.1f} L{84 * sin(a):.1f} {-112 - 84 * cos(a):.1f}", dark(c, 0.6), 5
        )
    k.stroke("M0 -112 L40 -164", "#b23a48", 7)
    k.rect(-20, -270, 40, 44, STEEL)
    k.path(
        "M-270 -350 L270 -350 C250 -280 140 -262 0 -262 C-140 -262 -250 -280 -270 -350 Z",
        k.round(COPPER if p.b("copper") else STEEL),
    )
    k.oval(0, -350, 270, 34, light(STEEL, 0.4))
