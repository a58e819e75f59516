"""Living: vases, textiles, clocks, mirrors, rugs, baskets."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    LEAF,
    OAK,
    WALNUT,
    WHITE,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    mix,
    scatter,
)


@drawing()
def vase(k: Canvas, c: str, p: Params) -> None:
    k.shadow(300)
    stems = p.s("stems", "eucalyptus")
    for i, a in enumerate((-24, -8, 9, 26)):
        with k.at(0, -380, turn=a):
            k.stroke("M0 40 C10 -80 -10 -160 0 -300", dark(LEAF, 0.1) if stems != "pampas" else "#c9a878", 7)
            if stems == "eucalyptus":
                for j in range(6):
                    k.oval(-26, -60 - j * 44, 27, 19, mix(LEAF, "#a9c4b4", 0.5 + 0.1 * (j % 3)))
                    k.oval(26, -82 - j * 44, 27, 19, mix(LEAF, "#a9c4b4", 0.4))
            elif stems == "pampas":
                k.path(
                    "M0 -120 C-60 -220 -50 -380 6 -460 C60 -380 50 -220 0 -120 Z",
                    k.ramp([(0, "#f4e3c4"), (1, "#d2b286")]),
                )
            else:
                k.disc(0, -310, 52, p.s("bloom", "#e07a5f"))
                k.disc(0, -310, 22, "#f3cf7a")
                k.oval(30 * (-1) ** i, -150, 40, 16, LEAF, transform=f"rotate({-30 * (-1) ** i} 0 -150)")
    match p.s("form", "bottle"):
        case "bottle":
            k.path(
                "M-40 -420 L40 -420 L36 -300 C40 -250 150 -230 150 -110 C150 -20 90 0 0 0 C-90 0 -150 "
                "-20 -150 -110 C-150 -230 -40 -250 -36 -300 Z",
                k.round(c),
            )
            k.oval(0, -420, 40, 9, dark(c, 0.4))
        case "ring":
            k.disc(0, -190, 190, k.round(c))
            k.disc(0, -190, 84, dark(c, 0.32))
            k.rect(-46, -420, 92, 80, k.round(c), 14)
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
                        k.rect(i * 84 - 20, -y, 40, h, trim, opacity=0.4)
                        k.rect(-x, i * 84 - 20, w, 40, trim, opacity=0.4)
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
                k.rect(-290, y - 122, 580, 20, p.s("trim", WHITE), opacity=0.4)
                k.rect(-290, y - 50, 580, 20, p.s("trim", WHITE), opacity=0.4)
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
    k.stroke("M0 0 L-96 -104", hand, 17)
    k.stroke("M0 0 L124 -158", hand, 11)
    k.stroke("M-20 34 L60 -190", p.s("second", "#c4553f"), 5)
    k.disc(0, 0, 18, p.s("second", "#c4553f"))


@drawing(lies=True)
def mirror(k: Canvas, c: str, p: Params) -> None:
    """Round, arched, or long."""
    form = p.s("form", "round")
    d = {
        "round": "M0 -330 A330 330 0 1 1 -1 -330 Z",
        "arch": "M-250 400 V-120 A250 250 0 0 1 250 -120 V400 Z",
        "pebble": "M-120 -360 C120 -440 330 -240 290 20 C270 200 200 400 -30 380 C-260 360 -330 120 -290 "
        "-80 C-270 -220 -230 -320 -120 -360 Z",
    }[form]
    with k.lifted():
        k.path(d, k.ramp([(0, "#dfe9ec"), (0.48, "#c3d3da"), (0.5, "#eef4f5"), (1, "#b9cad3")], "slant"))
    k.path(d, "none", stroke=k.slant(c), stroke_width=p.n("frame", 30))
    if p.b("strap"):
        k.stroke("M-200 -262 L0 -470 L200 -262", WALNUT, 22)
        k.disc(0, -474, 18, BRASS)


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
                k.rect(-262, -342, 524, 684, "none", 2, stroke=two, stroke_width=22)
                k.rect(-214, -294, 428, 588, "none", 2, stroke=two, stroke_width=7)
            case _:
                for i, (a, b) in enumerate(scatter(4, 9)):
                    k.oval(
                        (a - 0.5) * 420,
                        (b - 0.5) * 560,
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
                k.path("M-196 60 Q-80 -90 40 40 T196 0 V286 H-196 Z", a[1])
                k.path("M-196 160 Q-40 40 80 150 T196 120 V286 H-196 Z", a[2])
            case "leaf":
                k.stroke("M0 250 C-10 100 20 -60 0 -220", a[2], 10)
                for i in range(6):
                    y, s = 180 - i * 68, 1 - i * 0.1
                    k.path(f"M0 {y} Q{90 * s} {y - 100 * s} {160 * s} {y - 60 * s} Q{110 * s} {y + 10} 0 {y} Z", a[1])
                    k.path(
                        f"M0 {y - 30} Q{-90 * s} {y - 130 * s} {-160 * s} {y - 90 * s} Q{-110 * s} {y - 20} 0 {y - 30} "
                        "Z",
                        mix(a[1], a[2], 0.4),
                    )
            case "shapes":
                k.disc(-60, -110, 110, a[0])
                k.rect(-20, -20, 170, 220, a[2], 85)
                k.path("M-170 230 A120 120 0 0 1 70 230 Z", a[1])
            case _:
                k.rect(-196, 80, 392, 210, a[1])
                k.path("M-110 70 H120 L80 130 H-70 Z", a[2])
                k.path("M0 -200 V56 H-110 Z", a[0])
                k.path("M16 -150 V56 H110 Z", WHITE)
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
            f"M{side * w * 0.42} {-h + 20} C{side * w * 0.42} {-h - 100} {side * w * 0.2} {-h - 100} "
            f"{side * w * 0.2} {-h + 16}",
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
    k.rect(-130, -280, 260, 280, k.round(c), 44, opacity=0.93)
    k.rect(-56, -336, 112, 66, k.round(p.s("collar", BRASS)), 10)
    k.rect(-80, -190, 160, 110, WHITE, 6)
    k.rect(-50, -160, 100, 11, dark(c, 0.5), 4)
    k.rect(-34, -132, 68, 8, dark(c, 0.3), 4)


@drawing(lies=True)
def hook_rail(k: Canvas, c: str, p: Params) -> None:
    """A peg rail with a hat and a bag on it."""
    with k.lifted(8, 4, 10):
        k.rect(-450, -200, 900, 96, k.down(c), 20)
    for x in (-340, -115, 115, 340):
        k.disc(x, -146, 30, k.slant(p.s("peg", dark(c, 0.2))))
        k.disc(x - 4, -150, 18, light(p.s("peg", c), 0.3))
    with k.lifted():
        k.path(
            "M-440 40 C-420 -60 -400 -150 -340 -150 C-280 -150 -260 -60 -240 40 C-300 66 -380 66 -440 40 Z",
            k.round("#d8b273"),
        )
        k.oval(-340, 44, 150, 34, k.round("#caa162"))
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
                k.path(
                    "M0 0 C-44 -120 -30 -240 0 -330 C30 -240 44 -120 0 0 Z",
                    k.round(mix(LEAF, "#2f5a44", 0.1 * (i % 4))),
                )
                k.stroke("M0 0 V-300", light(LEAF, 0.3), 3)
