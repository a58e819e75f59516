"""Living and lighting: lamps, seats, small furniture, things on shelves."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    IRON,
    LEAF,
    OAK,
    WALNUT,
    WHITE,
    WOOD,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    mix,
    scatter,
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
                "M-70 0 C-160 -60 -150 -200 -60 -250 C-30 -270 -26 -300 -24 -330 L24 -330 C26 -300 30 -270 60 -250 C150 -200 160 -60 70 0 Z",
                k.round(base),
            )
        case "column":
            k.rect(-110, -36, 220, 36, k.round(base), 14), k.rect(-26, -340, 52, 310, k.round(base), 8)
        case "ball":
            k.disc(0, -112, 112, k.round(base)), k.disc(0, -262, 56, k.round(base)), k.rect(-12, -350, 24, 60, BRASS)
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
        k.oval(0, -10, 130, 22, k.round(base)), k.rect(-9, -560, 18, 550, k.round(base))
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
            (
                k.disc(0, 60, 230, k.round(mix(c, "#ffffff", 0.5)), opacity=0.92),
                k.rect(-60, -190, 120, 50, k.round(BRASS), 10),
            )
        case "rattan":
            k.path("M-90 -170 C-330 -90 -340 150 -250 220 L250 220 C340 150 330 -90 90 -170 Z", k.round(c))
            for i in range(-6, 7):
                k.stroke(f"M{i * 14} -170 C{i * 50} -80 {i * 54} 120 {i * 41} 220", dark(c, 0.35), 5, opacity=0.6)
            for y in (-90, -20, 60, 140):
                k.stroke(f"M-{200 + y * 0.5} {y} Q0 {y + 34} {200 + y * 0.5} {y}", dark(c, 0.35), 5, opacity=0.5)
            k.oval(0, 220, 250, 26, "#ffe9b8")
        case _:
            k.path("M-110 -150 L110 -150 L330 150 L-330 150 Z", k.round(c)), k.oval(0, 150, 330, 34, "#ffe9b8")
    k.rect(-30, -204, 60, 46, k.round(BRASS), 8)
    k.disc(0, 178, 34, "#fff3cf")


@drawing()
def armchair(k: Canvas, c: str, p: Params) -> None:
    legs, seats = p.s("legs", WALNUT), int(p.n("seats", 1))
    w = 330 + (seats - 1) * 260
    r = w / 2
    k.shadow(w + 240)
    for x in (-r - 20, r + 20):
        k.path(f"M{x - 18} -110 L{x + 18} -110 L{x + 8} 0 L{x - 8} 0 Z", k.round(legs))
    k.rect(-r, -520, w, 400, k.down(c), 90 if p.b("soft", True) else 30)
    if p.b("buttons"):
        for x in range(-1, 2):
            k.disc(x * r * 0.5, -410, 9, dark(c, 0.35)), k.disc(x * r * 0.5, -320, 9, dark(c, 0.35))
    for i in range(seats):
        x = -r + 24 + i * (w - 48) / seats
        k.rect(x, -260, (w - 48) / seats - 4, 110, k.down(light(c, 0.06)), 40)
    k.rect(-r + 6, -176, w - 12, 80, k.down(dark(c, 0.1)), 26)
    for side in (-1, 1):
        k.rect(side * (r + 14) - 66, -350, 132, 262, k.round(c), 62)
    if p.get("cushion"):
        with k.at(r * 0.4, -300, turn=9):
            k.rect(-78, -78, 156, 156, k.slant(p.s("cushion", CREAM)), 30)


@drawing()
def stool(k: Canvas, c: str, p: Params) -> None:
    h, w = p.n("h", 420), p.n("w", 340)
    k.shadow(w * 1.1)
    for x0, x1, tone in ((-0.26, -0.34, 0.2), (0.26, 0.34, 0.2), (-0.36, -0.5, 0.0), (0.36, 0.5, 0.08)):
        k.stroke(f"M{w * x0} {-h + 40} L{w * x1} -12", dark(p.s("legs", c), tone), 26)
    k.stroke(f"M{-w * 0.43} {-h * 0.36} L{w * 0.43} {-h * 0.36}", dark(p.s("legs", c), 0.1), 16)
    k.rect(-w / 2 - 14, -h, w + 28, 56, k.round(c), 27)
    k.oval(0, -h + 8, w / 2 + 8, 30, light(c, 0.16))
    for i in range(4):
        k.stroke(
            f"M{-w * 0.34 + i * 18} {-h + 2 + i * 5} Q0 {-h - 8 + i * 7} {w * 0.34 - i * 14} {-h + 3 + i * 5}",
            dark(c, 0.18),
            3,
            opacity=0.5,
        )


@drawing()
def side_table(k: Canvas, c: str, p: Params) -> None:
    w, h = p.n("w", 520), p.n("h", 400)
    k.shadow(w)
    if p.b("tray"):
        k.stroke(f"M{-w * 0.3} {-h} L{w * 0.3} -8 M{w * 0.3} {-h} L{-w * 0.3} -8", p.s("legs", IRON), 16)
    else:
        for x in (-0.36, 0.36, 0.04):
            k.path(
                f"M{w * x - 15} {-h + 10} L{w * x + 15} {-h + 10} L{w * x * 1.15 + 8} 0 L{w * x * 1.15 - 8} 0 Z",
                k.round(p.s("legs", c)),
            )
    if p.b("shelf"):
        k.rect(-w * 0.38, -h * 0.4, w * 0.76, 22, k.round(dark(c, 0.1)), 10)
    if p.b("drawer"):
        k.rect(-w * 0.42, -h + 20, w * 0.84, 110, k.round(c), 8), k.disc(0, -h + 76, 14, BRASS)
    k.rect(-w / 2, -h - 14, w, 44, k.round(c), 20)
    k.oval(0, -h - 12, w / 2, 26, light(c, 0.14))
    with k.at(-w * 0.18, -h - 16, 0.42):
        k.barrel(150, 190, p.s("vase", "#e8dccb"), 110)
        for a in (-30, 0, 28):
            with k.at(0, -180, turn=a):
                k.stroke("M0 0 L0 -170", LEAF, 8), k.oval(0, -190, 24, 62, LEAF)
    k.rect(w * 0.06, -h - 34, w * 0.28, 20, "#b25a45", 4), k.rect(w * 0.08, -h - 52, w * 0.24, 18, CREAM, 4)


@drawing()
def shelf(k: Canvas, c: str, p: Params) -> None:
    """A bookcase; `tiers` boards, `w` wide."""
    tiers, w = int(p.n("tiers", 4)), p.n("w", 460)
    step = 600 / tiers
    k.shadow(w)
    for x in (-w / 2, w / 2 - 22):
        k.rect(x, -660, 22, 660, k.round(dark(p.s("frame", c), 0.1)), 5)
    for i in range(tiers + 1):
        k.rect(-w / 2 - 10, -50 - i * step, w + 20, 20, k.down(c), 5)
    palette = ["#b25a45", "#395b64", "#e2c275", "#7f8f6a", "#e8dccb", "#8a5a44"]
    for i in range(tiers):
        y, x = -50 - i * step, -w / 2 + 40.0
        for j, (a, b) in enumerate(scatter(i + 21, 5 + i % 2)):
            wide, tall = 18 + a * 18, (0.5 + b * 0.3) * step
            k.rect(x, y - tall, wide, tall, palette[(i + j) % 6], 3)
            x += wide + 3
        if i % 2:
            with k.at(w * 0.26, y, 0.4):
                k.barrel(150, 150, CREAM, 110)
                for t in (-40, -14, 14, 40):
                    with k.at(0, -140, turn=t):
                        k.oval(0, -100, 26, 96, LEAF)
        else:
            k.disc(w * 0.27, y - 46, 46, k.round("#d99f6c"))


@drawing()
def vase(k: Canvas, c: str, p: Params) -> None:
    k.shadow(300)
    stems = p.s("stems", "eucalyptus")
    for i, a in enumerate((-24, -8, 9, 26)):
        with k.at(0, -380, turn=a):
            k.stroke("M0 40 C10 -80 -10 -160 0 -300", dark(LEAF, 0.1) if stems != "pampas" else "#c9a878", 7)
            if stems == "eucalyptus":
                for j in range(6):
                    (
                        k.oval(-26, -60 - j * 44, 27, 19, mix(LEAF, "#a9c4b4", 0.5 + 0.1 * (j % 3))),
                        k.oval(26, -82 - j * 44, 27, 19, mix(LEAF, "#a9c4b4", 0.4)),
                    )
            elif stems == "pampas":
                k.path(
                    "M0 -120 C-60 -220 -50 -380 6 -460 C60 -380 50 -220 0 -120 Z",
                    k.ramp([(0, "#f4e3c4"), (1, "#d2b286")]),
                )
            else:
                k.disc(0, -310, 52, p.s("bloom", "#e07a5f")), k.disc(0, -310, 22, "#f3cf7a")
                k.oval(30 * (-1) ** i, -150, 40, 16, LEAF, transform=f"rotate({-30 * (-1) ** i} 0 -150)")
    match p.s("form", "bottle"):
        case "bottle":
            k.path(
                "M-40 -420 L40 -420 L36 -300 C40 -250 150 -230 150 -110 C150 -20 90 0 0 0 C-90 0 -150 -20 -150 -110 C-150 -230 -40 -250 -36 -300 Z",
                k.round(c),
            )
            k.oval(0, -420, 40, 9, dark(c, 0.4))
        case "ring":
            (
                k.disc(0, -190, 190, k.round(c)),
                k.disc(0, -190, 84, dark(c, 0.32)),
                k.rect(-46, -420, 92, 80, k.round(c), 14),
            )
        case _:
            k.barrel(260, 400, c, 200)
            for i in range(-4, 5):
                k.stroke(f"M{i * 29} -396 L{i * 22} -16", dark(c, 0.2), 5, opacity=0.45)
            k.oval(0, -400, 130, 17, dark(c, 0.4))


@drawing(lies=True)
def cushion(k: Canvas, c: str, p: Params) -> None:
    w, h, trim = p.n("w", 580), p.n("h", 580), p.s("trim", light(c, 0.4))
    x, y = w / 2, h / 2
    d = f"M{-x} {-y} Q0 {-y + 46} {x} {-y} Q{x - 46} 0 {x} {y} Q0 {y - 46} {-x} {y} Q{-x + 46} 0 {-x} {-y} Z"
    with k.lifted(), k.at(0, 20, turn=p.n("turn", -7)):
        if p.b("tassels"):
            for sx in (-1, 1):
                for sy in (-1, 1):
                    k.disc(sx * (x + 4), sy * (y + 4), 30, trim)
        k.path(d, k.slant(c))
        with k.clip(d):
            match p.s("style", "plain"):
                case "stripe":
                    for i in range(-6, 7):
                        k.rect(i * 54 - 9, -y, 18, h, trim, opacity=0.8)
                case "check":
                    for i in range(-6, 7):
                        (
                            k.rect(i * 84 - 20, -y, 40, h, trim, opacity=0.4),
                            k.rect(-x, i * 84 - 20, w, 40, trim, opacity=0.4),
                        )
                case "dots":
                    for i in range(-4, 5):
                        for j in range(-4, 5):
                            k.disc(i * 74 + (j % 2) * 37, j * 70, 13, trim, opacity=0.85)
                case "arch":
                    for i, r in enumerate((210, 160, 110, 60)):
                        k.stroke(f"M{-r} {y} V20 A{r} {r} 0 0 1 {r} 20 V{y}", trim if i % 2 else light(c, 0.25), 26)
                case "cord":
                    for i in range(-16, 17):
                        k.stroke(f"M{i * 20} {-y} V{y}", dark(c, 0.2), 7, opacity=0.4)
        k.stroke(d, trim if p.b("piping") else dark(c, 0.15), 7, opacity=0.8)
        k.path(
            f"M{-x + 60} {-y + 70} Q{-x + 110} {-y + 200} {-x + 80} {y - 120}",
            "none",
            stroke=light(c, 0.4),
            stroke_width=12,
            opacity=0.35,
            stroke_linecap="round",
        )


@drawing()
def throw(k: Canvas, c: str, p: Params) -> None:
    """A folded blanket with fringe, a second one below when `under` is given."""
    k.shadow(640)
    under = p.s("under", light(c, 0.3))
    for y, t, n in ((0, under, 1), (-150, c, 2)):
        for i in range(2):
            k.rect(-300, y - 74 - i * 72, 600, 78, k.round(mix(t, "#ffffff", 0.05 * i)), 38)
        style = p.s("style", "plain")
        if n == 2 or p.b("both"):
            if style == "stripe":
                for x in (-210, -170, 120, 160, 200):
                    k.rect(x, y - 146, 18, 150, p.s("trim", WHITE), opacity=0.8)
            elif style == "check":
                for x in range(-240, 260, 90):
                    k.rect(x, y - 146, 36, 150, p.s("trim", WHITE), opacity=0.4)
                (
                    k.rect(-290, y - 122, 580, 20, p.s("trim", WHITE), opacity=0.4),
                    k.rect(-290, y - 50, 580, 20, p.s("trim", WHITE), opacity=0.4),
                )
            elif style == "knit":
                for x in range(-270, 280, 30):
                    k.stroke(
                        f"M{x} {y - 136} q10 16 0 32 q-10 16 0 32 m0 8 q10 16 0 32 q-10 12 0 24",
                        dark(t, 0.25),
                        6,
                        opacity=0.5,
                    )
    if p.b("fringe", True):
        for x in range(-250, -120, 18):
            k.stroke(f"M{x} -160 l{(x % 5) - 2} 64", light(c, 0.25), 7)


@drawing()
def candle(k: Canvas, c: str, p: Params) -> None:
    form = p.s("form", "glass")
    if form == "pillar":
        for x, h, w in ((-150, 300, 150), (20, 430, 150), (180, 210, 140)):
            with k.at(x, 0):
                (
                    k.shadow(170),
                    k.barrel(w, h, c),
                    k.oval(0, -h, w / 2, 18, light(c, 0.35)),
                    k.stroke(f"M0 {-h} v-34", "#4a3a32", 6),
                )
                k.path(
                    f"M0 {-h - 96} C34 {-h - 50} 22 {-h - 24} 0 {-h - 22} C-22 {-h - 24} -34 {-h - 50} 0 {-h - 96} Z",
                    k.ramp([(0, "#fff1b8"), (1, "#f2a43c")], "down"),
                )
        return
    if form == "taper":
        for x, h in ((-170, 420), (-20, 480), (130, 380)):
            with k.at(x, 0):
                (
                    k.shadow(150),
                    k.path(
                        "M-80 0 C-70 -40 -24 -36 -22 -90 L22 -90 C24 -36 70 -40 80 0 Z", k.round(p.s("holder", BRASS))
                    ),
                )
                k.rect(-18, -90 - h, 36, h, k.round(c), 8)
                k.path(
                    f"M0 {-h - 170} C26 {-h - 130} 18 {-h - 106} 0 {-h - 104} C-18 {-h - 106} -26 {-h - 130} 0 {-h - 170} Z",
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
    (
        k.rect(-90, -200, 180, 120, WHITE, 6, opacity=0.92),
        k.rect(-56, -168, 112, 12, dark(c, 0.5), 4),
        k.rect(-40, -140, 80, 8, dark(c, 0.3), 4),
        k.disc(0, -108, 9, dark(c, 0.3)),
    )


@drawing(lies=True)
def clock(k: Canvas, c: str, p: Params) -> None:
    face, hand = p.s("face", WHITE), p.s("hand", "#2c2938")
    with k.lifted():
        if p.b("square"):
            k.rect(-310, -310, 620, 620, k.slant(c), 120)
        else:
            k.disc(0, 0, 320, k.slant(c))
        k.disc(0, 0, 262, k.slant(face))
    for i in range(12):
        a = i * pi / 6
        long = 46 if i % 3 == 0 else 22
        k.stroke(
            f"M{236 * sin(a):.1f} {-236 * cos(a):.1f} L{(236 - long) * sin(a):.1f} {-(236 - long) * cos(a):.1f}",
            hand,
            11 if i % 3 == 0 else 6,
        )
    k.stroke("M0 0 L-96 -104", hand, 17), k.stroke("M0 0 L124 -158", hand, 11)
    k.stroke("M-20 34 L60 -190", p.s("second", "#c4553f"), 5), k.disc(0, 0, 18, p.s("second", "#c4553f"))


@drawing(lies=True)
def mirror(k: Canvas, c: str, p: Params) -> None:
    """Round, arched, or long."""
    form = p.s("form", "round")
    d = {
        "round": "M0 -330 A330 330 0 1 1 -1 -330 Z",
        "arch": "M-250 400 V-120 A250 250 0 0 1 250 -120 V400 Z",
        "pebble": "M-120 -360 C120 -440 330 -240 290 20 C270 200 200 400 -30 380 C-260 360 -330 120 -290 -80 C-270 -220 -230 -320 -120 -360 Z",
    }[form]
    with k.lifted():
        k.path(d, k.ramp([(0, "#dfe9ec"), (0.48, "#c3d3da"), (0.5, "#eef4f5"), (1, "#b9cad3")], "slant"))
    k.path(d, "none", stroke=k.slant(c), stroke_width=p.n("frame", 30))
    if p.b("strap"):
        k.stroke("M-200 -262 L0 -470 L200 -262", WALNUT, 22), k.disc(0, -474, 18, BRASS)


@drawing(lies=True)
def rug(k: Canvas, c: str, p: Params) -> None:
    """Seen from above; `style` sets the pattern, `second` its colour."""
    two = p.s("second", CREAM)
    if p.b("round"):
        with k.lifted(10, 4, 12):
            for i, r in enumerate(range(400, 40, -52)):
                k.disc(0, 0, r, k.slant(c if i % 2 == 0 else mix(c, two, 0.55)))
        return
    with k.lifted(10, 4, 12), k.at(0, 0, turn=p.n("turn", 0)):
        for x in range(-294, 300, 21):
            k.stroke(f"M{x} -420 V420", light(two, 0.2), 6)
        k.rect(-310, -390, 620, 780, k.slant(c), 6)
        match p.s("style", "stripe"):
            case "stripe":
                for y, h in ((-350, 40), (-280, 16), (-120, 90), (0, 16), (90, 46), (230, 16), (300, 50)):
                    k.rect(-310, y, 620, h, two)
            case "diamond":
                for row in range(5):
                    for col in range(3):
                        x, y = -206 + col * 206, -312 + row * 156
                        k.path(
                            f"M{x} {y - 70} L{x + 92} {y} L{x} {y + 70} L{x - 92} {y} Z",
                            "none",
                            stroke=two,
                            stroke_width=12,
                        )
                        k.path(f"M{x} {y - 26} L{x + 34} {y} L{x} {y + 26} L{x - 34} {y} Z", two)
            case "border":
                (
                    k.rect(-262, -342, 524, 684, "none", 2, stroke=two, stroke_width=22),
                    k.rect(-214, -294, 428, 588, "none", 2, stroke=two, stroke_width=7),
                )
            case _:
                for i, (x, y) in enumerate(scatter(4, 9)):
                    k.oval(
                        (x - 0.5) * 420,
                        (y - 0.5) * 560,
                        70 + i * 9,
                        50 + i * 7,
                        two if i % 2 else light(c, 0.25),
                        opacity=0.75,
                    )


@drawing(lies=True)
def frame(k: Canvas, c: str, p: Params) -> None:
    """A framed print; `art` is hills, leaf, shapes or boat."""
    a = p.l("inks", ["#d98e5f", "#7d9a8c", "#2f4858", "#f2d6a2"])
    with k.lifted():
        k.rect(-290, -380, 580, 760, k.slant(c), 6)
        k.rect(-262, -352, 524, 704, WHITE)
        k.rect(-196, -286, 392, 572, mix(a[3], "#ffffff", 0.45))
    with k.clip("M-196 -286 H196 V286 H-196 Z"):
        match p.s("art", "hills"):
            case "hills":
                k.disc(60, -120, 84, a[0])
                (
                    k.path("M-196 60 Q-80 -90 40 40 T196 0 V286 H-196 Z", a[1]),
                    k.path("M-196 160 Q-40 40 80 150 T196 120 V286 H-196 Z", a[2]),
                )
            case "leaf":
                k.stroke("M0 250 C-10 100 20 -60 0 -220", a[2], 10)
                for i in range(6):
                    y, s = 180 - i * 68, 1 - i * 0.1
                    (
                        k.path(
                            f"M0 {y} Q{90 * s} {y - 100 * s} {160 * s} {y - 60 * s} Q{110 * s} {y + 10} 0 {y} Z", a[1]
                        ),
                        k.path(
                            f"M0 {y - 30} Q{-90 * s} {y - 130 * s} {-160 * s} {y - 90 * s} Q{-110 * s} {y - 20} 0 {y - 30} Z",
                            mix(a[1], a[2], 0.4),
                        ),
                    )
            case "shapes":
                (
                    k.disc(-60, -110, 110, a[0]),
                    k.rect(-20, -20, 170, 220, a[2], 85),
                    k.path("M-170 230 A120 120 0 0 1 70 230 Z", a[1]),
                )
            case _:
                k.rect(-196, 80, 392, 210, a[1])
                (
                    k.path("M-110 70 H120 L80 130 H-70 Z", a[2]),
                    k.path("M0 -200 V56 H-110 Z", a[0]),
                    k.path("M16 -150 V56 H110 Z", WHITE),
                )
                for y in (160, 200, 240):
                    k.stroke(f"M-160 {y} q30 -20 60 0 t60 0 t60 0 t60 0", light(a[1], 0.4), 6)


@drawing()
def basket(k: Canvas, c: str, p: Params) -> None:
    w, h, foot = p.n("w", 460), p.n("h", 380), p.n("foot", 360)
    k.shadow(foot * 1.15)
    if p.b("blanket", True):
        k.path(
            f"M{-w * 0.4} {-h} C{-w * 0.4} {-h - 110} {w * 0.1} {-h - 130} {w * 0.3} {-h - 40} L{w * 0.42} {-h} Z",
            k.down(p.s("inside", CREAM)),
        )
    for side in (-1, 1):
        k.stroke(
            f"M{side * w * 0.42} {-h + 20} C{side * w * 0.42} {-h - 100} {side * w * 0.2} {-h - 100} {side * w * 0.2} {-h + 16}",
            p.s("handle", dark(c, 0.3)),
            18,
        )
    k.barrel(w, h, c, foot)
    shape = f"M{-w / 2} {-h} L{w / 2} {-h} L{foot / 2} -20 C{foot / 2} 10 {-foot / 2} 10 {-foot / 2} -20 Z"
    with k.clip(shape):
        for row in range(int(h / 30) + 1):
            for col in range(-9, 10):
                k.stroke(f"M{col * 32 + (row % 2) * 16} {-h + row * 30} q13 18 26 0", dark(c, 0.3), 5, opacity=0.55)
        if p.get("band"):
            k.rect(-w / 2, -h * 0.34, w, h * 0.4, p.s("band", WHITE), opacity=0.85)
    k.rect(-w / 2 - 8, -h - 14, w + 16, 30, k.round(dark(c, 0.1)), 14)


@drawing()
def diffuser(k: Canvas, c: str, p: Params) -> None:
    k.shadow(260)
    for a in (-20, -11, -2, 8, 18):
        with k.at(0, -260, turn=a):
            k.rect(-5, -360, 10, 400, OAK, 5)
    (
        k.rect(-130, -280, 260, 280, k.round(c), 44, opacity=0.93),
        k.rect(-56, -336, 112, 66, k.round(p.s("collar", BRASS)), 10),
    )
    (
        k.rect(-80, -190, 160, 110, WHITE, 6),
        k.rect(-50, -160, 100, 11, dark(c, 0.5), 4),
        k.rect(-34, -132, 68, 8, dark(c, 0.3), 4),
    )


@drawing(lies=True)
def hook_rail(k: Canvas, c: str, p: Params) -> None:
    """A peg rail with a hat and a bag on it."""
    with k.lifted(8, 4, 10):
        k.rect(-450, -200, 900, 96, k.down(c), 20)
    for x in (-340, -115, 115, 340):
        k.disc(x, -146, 30, k.slant(p.s("peg", dark(c, 0.2)))), k.disc(x - 4, -150, 18, light(p.s("peg", c), 0.3))
    with k.lifted():
        (
            k.path(
                "M-440 40 C-420 -60 -400 -150 -340 -150 C-280 -150 -260 -60 -240 40 C-300 66 -380 66 -440 40 Z",
                k.round("#d8b273"),
            ),
            k.oval(-340, 44, 150, 34, k.round("#caa162")),
        )
        k.stroke("M60 60 C70 -60 100 -140 115 -140 C130 -140 160 -60 170 60", "#7b533a", 12)
        k.path("M0 40 H230 L250 330 Q115 360 -20 330 Z", k.round("#7d9a8c"))


@drawing()
def plant_stand(k: Canvas, c: str, p: Params) -> None:
    k.shadow(320)
    for x in (-120, 120):
        k.stroke(f"M{x} -280 L{x * 1.1} -8", c, 22)
    k.stroke("M-120 -150 H120", dark(c, 0.15), 20)
    with k.at(0, -158):
        k.barrel(236, 200, p.s("pot", WHITE), 190)
        for i in range(9):
            with k.at(0, -190, turn=-64 + i * 16):
                (
                    k.path(
                        "M0 0 C-44 -120 -30 -240 0 -330 C30 -240 44 -120 0 0 Z",
                        k.round(mix(LEAF, "#2f5a44", 0.1 * (i % 4))),
                    ),
                    k.stroke("M0 0 V-300", light(LEAF, 0.3), 3),
                )


def petals(k: Canvas, x: float, y: float, r: float, c: str) -> None:
    """A five-leaved flower head."""
    for i in range(5):
        a = i * 2 * pi / 5
        k.disc(x + r * 0.6 * sin(a), y - r * 0.6 * cos(a), r * 0.5, c)
    k.disc(x, y, r * 0.32, "#f3cf7a")
