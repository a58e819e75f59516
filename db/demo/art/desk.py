"""Stationery and desk."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    INK,
    IRON,
    LEAF,
    STEEL,
    WALNUT,
    WHITE,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    mix,
)


@drawing(lies=True)
def notebook(k: Canvas, c: str, p: Params) -> None:
    """`style` band, spiral, label; a second one peeps out from below."""
    style, second = p.s("style", "band"), p.s("second", light(c, 0.45))
    with k.lifted(), k.at(60, 30, turn=9):
        k.rect(-270, -370, 540, 740, k.slant(second), 22)
    with k.lifted(), k.at(-20, 0, turn=-4):
        k.rect(-262, -366, 548, 748, "#efe7d6", 18)
        k.rect(-280, -380, 550, 750, k.slant(c), 22)
        k.rect(-280, -380, 54, 750, dark(c, 0.14), 18)
        if style == "band":
            k.rect(180, -380, 22, 750, dark(c, 0.45))
            k.path("M-120 360 v90 l20 -24 l20 24 v-90 Z", p.s("ribbon", "#c4553f"))
        elif style == "spiral":
            for y in range(-340, 350, 50):
                k.stroke(f"M-300 {y} q-30 14 0 26 h50", STEEL, 9)
        if style != "band" or p.b("label"):
            k.rect(-130, -230, 300, 170, CREAM, 8)
            k.rect(-94, -190, 228, 14, dark(c, 0.5), 5)
            k.rect(-94, -156, 160, 9, dark(c, 0.3), 4)
            k.rect(-94, -130, 190, 9, dark(c, 0.3), 4)
        match p.s("print", ""):
            case "hills":
                k.path("M-226 200 Q-90 60 40 170 T270 120 V350 Q270 370 250 370 H-226 Z", light(c, 0.2))
                k.path("M-226 290 Q-40 180 90 270 T270 240 V350 Q270 370 250 370 H-226 Z", light(c, 0.4))
                k.disc(140, 40, 54, p.s("ribbon", "#f1d9a0"))
            case "grid":
                for i in range(8):
                    for j in range(10):
                        k.disc(-180 + i * 58, -310 + j * 70, 6, light(c, 0.4))


@drawing(lies=True)
def pencils(k: Canvas, c: str, p: Params) -> None:
    tints = p.l("tints", ["#b4593a", "#d4a02f", "#56694f", "#2f4a66", "#6f4257", "#3c8087"])
    with k.lifted(8, 5, 12):
        for i, t in enumerate(tints):
            with k.at((i - (len(tints) - 1) / 2) * 96, 24 if i % 2 else -24):
                k.rect(-28, -260, 56, 560, k.round(t), 4)
                k.rect(-9, -260, 18, 560, light(t, 0.2), opacity=0.5)
                k.path("M-28 -260 L0 -390 L28 -260 Z", "#efd6a8")
                k.path("M-9 -348 L0 -390 L9 -348 Z", t if p.b("coloured") else INK)
                k.rect(-30, 296, 60, 34, k.round(BRASS))
                k.rect(-28, 326, 56, 44, k.round("#dfae9f" if not p.b("coloured") else t), 12)


@drawing(lies=True)
def pen(k: Canvas, c: str, p: Params) -> None:
    """A fountain pen with its cap, and a flourish."""
    k.stroke("M-330 300 C-200 180 -160 380 -60 290 S90 240 60 320 S220 320 330 270", p.s("ink", INK), 9)
    with k.lifted(8, 5, 12):
        with k.at(20, -20, turn=-38):
            k.rect(-120, -44, 420, 88, k.down(c), 40)
            k.rect(-140, -36, 60, 72, k.down(BRASS), 6)
            k.path("M-130 -34 H-210 L-330 0 L-210 34 H-130 Z", k.down(p.s("nib", BRASS)))
            k.stroke("M-326 0 H-220", dark(BRASS, 0.5), 4)
            k.disc(-214, 0, 9, dark(BRASS, 0.5))
        with k.at(-120, -240, turn=-38):
            k.rect(-150, -50, 330, 100, k.down(dark(c, 0.06)), 36)
            k.rect(-150, -50, 34, 100, k.down(BRASS), 6)
            k.rect(-60, -12, 230, 24, k.down(BRASS), 12)


@drawing()
def ink_bottle(k: Canvas, c: str, p: Params) -> None:
    k.shadow(380)
    k.path("M-210 -260 L-90 -330 H90 L210 -260 V-30 Q210 0 180 0 H-180 Q-210 0 -210 -30 Z", "#dfeaea", opacity=0.85)
    k.path("M-190 -190 H190 V-36 Q190 -16 170 -16 H-170 Q-190 -16 -190 -36 Z", k.round(c))
    k.rect(-100, -430, 200, 110, k.round(INK), 14)
    k.rect(-120, -200, 240, 130, CREAM, 6)
    k.rect(-84, -170, 168, 14, dark(c, 0.4), 5)
    k.disc(0, -112, 22, c)
    k.stroke("M-180 -240 V-60", WHITE, 12, opacity=0.5)


@drawing(lies=True)
def scissors(k: Canvas, c: str, p: Params) -> None:
    with k.lifted(8, 5, 12), k.at(0, -30, turn=20):
        k.path("M-20 60 L-80 -420 Q-30 -400 26 40 Z", k.slant("#dde2e5"))
        k.path("M20 60 L80 -420 Q30 -400 -26 40 Z", k.slant("#b3bac0"))
        for side in (-1, 1):
            with k.at(0, 0, mirror=side < 0):
                k.stroke("M10 50 C40 130 60 150 90 190", c, 44)
                k.oval(136, 300, 92, 132, "none", stroke=k.slant(c), stroke_width=46, transform="rotate(-14 136 300)")
        k.disc(0, 30, 22, BRASS)


@drawing(lies=True)
def cards(k: Canvas, c: str, p: Params) -> None:
    """Greeting cards with envelopes; `art` flower, sun, wave, stars."""
    tints = p.l("tints", [c, light(c, 0.4), mix(c, "#e2b25c", 0.6)])
    with k.lifted(), k.at(60, 110, turn=8):
        k.rect(-330, -220, 660, 440, k.slant(tints[2]), 10)
        k.path("M-330 -216 L0 40 L330 -216 Z", dark(tints[2], 0.12))
    for i, (x, y, a) in enumerate(((-110, -70, -8), (60, -110, 6))):
        with k.lifted(), k.at(x, y, turn=a):
            k.rect(-210, -290, 420, 580, k.slant(WHITE if i else light(tints[1], 0.4)), 8)
            match p.s("art", "flower"):
                case "sun":
                    k.disc(0, -30, 90, tints[i])
                    for j in range(12):
                        u = j * pi / 6
                        k.stroke(
                            f"M{112 * sin(u):.1f} {-30 - 112 * cos(u):.1f} L{146 * sin(u):.1f} {-30 - 146 * cos(u):.1f}",
                            tints[i],
                            13,
                        )
                case "wave":
                    for j in range(5):
                        k.stroke(f"M-150 {-120 + j * 56} q37 -40 75 0 t75 0 t75 0 t75 0", tints[j % 3], 14)
                case "stars":
                    for j, (sx, sy) in enumerate(((-100, -160), (60, -190), (0, -40), (-90, 60), (100, 80), (20, 190))):
                        k.path(
                            f"M{sx} {sy - 40} l11 29 l29 11 l-29 11 l-11 29 l-11 -29 l-29 -11 l29 -11 Z", tints[j % 3]
                        )
                case _:
                    k.stroke("M0 230 C10 100 -10 60 0 -60", LEAF, 11)
                    k.oval(44, 110, 60, 20, LEAF, transform="rotate(-34 44 110)")
                    k.oval(-44, 150, 60, 20, LEAF, transform="rotate(34 -44 150)")
                    for j in range(6):
                        u = j * pi / 3
                        k.disc(round(58 * sin(u), 1), round(-90 - 58 * cos(u), 1), 42, tints[i])
                    k.disc(0, -90, 36, "#f3d275")


@drawing(lies=True)
def tape(k: Canvas, c: str, p: Params) -> None:
    """Rolls of paper tape seen from the front."""
    tints = p.l("tints", [c, light(c, 0.35), mix(c, "#e2b25c", 0.5), mix(c, "#3c8087", 0.5)])
    for i, (x, y) in enumerate(((-170, -150), (170, -170), (-160, 170), (180, 160))):
        with k.lifted(8, 5, 12):
            k.disc(x, y, 150, k.slant(tints[i]))
            k.disc(x, y, 84, "#efe3cf")
            k.disc(x, y, 74, dark("#efe3cf", 0.12))
        for r in (104, 126):
            k.disc(
                x,
                y,
                r,
                "none",
                stroke=light(tints[i], 0.35),
                stroke_width=6,
                stroke_dasharray="16 10" if i % 2 else "5 9",
            )


@drawing(lies=True)
def planner(k: Canvas, c: str, p: Params) -> None:
    """A wall calendar page."""
    with k.lifted():
        k.rect(-310, -400, 620, 800, k.slant(WHITE), 8)
    k.rect(-310, -400, 620, 330, k.slant(c), 8)
    k.disc(110, -270, 60, p.s("sun", "#f1d9a0"))
    with k.clip("M-310 -400 H310 V-70 H-310 Z"):
        k.path("M-310 -120 Q-140 -260 20 -140 T310 -180 V-70 H-310 Z", light(c, 0.3))
        k.path("M-310 -90 Q-60 -190 110 -90 T310 -110 V-60 H-310 Z", dark(c, 0.2))
    for i in range(7):
        for j in range(5):
            k.rect(-266 + i * 78, -20 + j * 78, 58, 54, c if (i, j) == (3, 2) else "#efe9dd", 8)
    for x in range(-270, 290, 60):
        k.stroke(f"M{x} -416 v34", IRON, 9)


@drawing(lies=True)
def pencil_case(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        for x, t in ((-230, "#d4a02f"), (-150, "#b4593a"), (-60, "#3c8087")):
            with k.at(x, -170, turn=-8):
                k.rect(-20, -170, 40, 220, k.round(t))
                k.path("M-20 -170 L0 -240 L20 -170 Z", "#efd6a8")
        k.rect(-400, -150, 800, 330, k.slant(c), 90)
        k.rect(-380, -120, 760, 30, dark(c, 0.4), 14)
        k.stroke("M-360 -105 H340", BRASS, 8, stroke_dasharray="6 8")
        k.rect(320, -118, 96, 28, k.slant(BRASS), 12)
        k.rect(-300, 40, 150, 70, light(c, 0.4), 8)


@drawing()
def desk_organiser(k: Canvas, c: str, p: Params) -> None:
    k.shadow(600)
    for x, t, h in ((-190, "#b4593a", 470), (-130, "#3c8087", 430), (-80, "#d4a02f", 490)):
        with k.at(x, -120, turn=(x + 130) / 9):
            k.rect(-17, -h + 120, 34, h - 100, k.round(t))
            k.path(f"M-17 {-h + 120} L0 {-h + 60} L17 {-h + 120} Z", "#efd6a8")
    k.rect(-250, -330, 240, 310, k.round(c), 14)
    k.rect(-10, -230, 300, 210, k.round(light(c, 0.08)), 14)
    k.rect(20, -290, 240, 70, CREAM, 4)
    k.rect(30, -270, 220, 60, WHITE, 4)
    k.rect(-280, -30, 590, 30, k.round(dark(c, 0.1)), 12)
    k.disc(140, -120, 16, BRASS)


@drawing()
def book_ends(k: Canvas, c: str, p: Params) -> None:
    k.shadow(700)
    x = -230.0
    for t, w, h in (
        ("#b4593a", 70, 400),
        ("#f1e8d6", 54, 360),
        ("#2f4a66", 90, 430),
        ("#93a68e", 60, 380),
        ("#d4a02f", 80, 410),
        ("#6f4257", 66, 350),
    ):
        k.rect(x, -h, w, h, k.round(t), 6)
        k.rect(x + 10, -h + 60, w - 20, 14, light(t, 0.5), 4)
        k.rect(x + 10, -h + 88, w - 20, 7, light(t, 0.5), 3)
        x += w + 4
    for side in (-1, 1):
        with k.at(side * 250 - 8, 0, mirror=side > 0):
            k.path("M-20 0 V-330 C-20 -330 -130 -250 -150 -20 L-160 0 Z", k.round(c))


@drawing()
def globe(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.path("M-150 0 C-140 -50 -40 -40 -30 -110 H30 C40 -40 140 -50 150 0 Z", k.round(WALNUT))
    k.stroke("M-180 -500 C-330 -330 -230 -100 0 -100", BRASS, 24)
    k.disc(0, -340, 220, k.slant(c))
    with k.clip("M0 -560 A220 220 0 1 1 -1 -560 Z"):
        land = p.s("land", "#8fa070")
        k.path(
            "M-160 -480 C-60 -540 10 -480 -30 -420 C-50 -380 -120 -390 -110 -330 C-100 -260 -190 -300 -210 -340 Z",
            land,
        )
        k.path("M40 -400 C120 -440 210 -420 200 -350 C190 -260 120 -220 90 -160 C50 -200 70 -280 40 -320 Z", land)
        k.path("M-90 -220 C-50 -250 0 -230 -10 -180 C-30 -150 -80 -160 -90 -220 Z", land)
        for r in (70, 150):
            k.oval(0, -340, r, 220, "none", stroke=light(c, 0.4), stroke_width=4, opacity=0.6)


@drawing(lies=True)
def paper_roll(k: Canvas, c: str, p: Params) -> None:
    """Gift wrap: a parcel and two rolls."""
    ink = p.s("ink", light(c, 0.55))
    with k.lifted():
        for y, t, a in ((-290, c, -6), (-190, mix(c, "#e2b25c", 0.5), 4)):
            with k.at(0, y, turn=a):
                k.rect(-400, -44, 800, 88, k.down(t), 44)
                for x in range(-360, 380, 72):
                    k.disc(x, 0, 14, ink)
                k.oval(396, 0, 20, 44, CREAM)
        k.rect(-250, -90, 500, 460, k.slant(c), 12)
    for i in range(6):
        for j in range(5):
            k.disc(-200 + i * 80 + (j % 2) * 30 - 15, -40 + j * 90, 14, ink)
    k.rect(-34, -90, 68, 460, p.s("ribbon", "#c4553f"))
    k.rect(-250, 100, 500, 68, p.s("ribbon", "#c4553f"))
    k.path("M0 130 C-150 20 -190 150 0 130 C150 20 190 150 0 130 Z", dark(p.s("ribbon", "#c4553f"), 0.15))
    k.disc(0, 132, 34, p.s("ribbon", "#c4553f"))
