"""Food and drink in their packets, and the gift card."""

from math import pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    INK,
    LEAF,
    OAK,
    STEEL,
    WHITE,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    mix,
    scatter,
)


def sign(k: Canvas, what: str, c: str, x: float, y: float, s: float = 1) -> None:
    """A small emblem, about 120 across."""
    with k.at(x, y, s):
        match what:
            case "leaf":
                k.path("M0 60 C-60 20 -50 -40 0 -66 C50 -40 60 20 0 60 Z", c)
                k.stroke("M0 70 V-30", light(c, 0.6), 6)
            case "bean":
                k.oval(0, 0, 44, 60, c, transform="rotate(24)")
                k.stroke("M14 -52 C-20 -20 24 20 -14 52", light(c, 0.6), 8)
            case "wave":
                for dy in (-24, 8, 40):
                    k.stroke(f"M-60 {dy} q15 -22 30 0 t30 0 t30 0 t30 0", c, 10)
            case "sun":
                k.disc(0, 0, 34, c)
                for i in range(10):
                    a = i * pi / 5
                    k.stroke(
                        f"M{46 * sin(a):.1f} {-46 * sin(a + pi / 2):.1f} L{62 * sin(a):.1f} {-62 * sin(a + pi / 2):.1f}",
                        c,
                        8,
                    )
            case "bee":
                k.oval(0, 8, 30, 42, c)
                k.stroke("M-26 0 H26 M-28 20 H28", INK, 9)
                k.oval(-34, -22, 28, 16, c, opacity=0.5, transform="rotate(24 -34 -22)")
                k.oval(34, -22, 28, 16, c, opacity=0.5, transform="rotate(-24 34 -22)")
            case "grain":
                k.stroke("M0 66 V-60", c, 7)
                for i in range(4):
                    k.oval(-20, -44 + i * 28, 20, 9, c, transform=f"rotate(36 -20 {-44 + i * 28})")
                    k.oval(20, -44 + i * 28, 20, 9, c, transform=f"rotate(-36 20 {-44 + i * 28})")
            case "star":
                k.path("M0 -60 l16 44 l44 16 l-44 16 l-16 44 l-16 -44 l-44 -16 l44 -16 Z", c)
            case _:
                k.disc(0, 0, 46, c)
                k.path("M0 -44 C6 -70 26 -76 40 -74 C36 -56 20 -46 0 -44 Z", LEAF)


@drawing()
def sack(k: Canvas, c: str, p: Params) -> None:
    """A paper bag with a folded top: coffee, flour, compost."""
    label = p.s("label", CREAM)
    k.shadow(360)
    k.path("M-200 -540 L200 -540 L216 -20 Q216 0 196 0 H-196 Q-216 0 -216 -20 Z", k.round(c))
    k.path("M-200 -540 L-170 -600 H170 L200 -540 L196 -470 H-196 Z", k.round(dark(c, 0.12)))
    k.rect(-120, -596, 240, 22, STEEL, 6, opacity=0.8)
    k.path(
        "M-200 -540 C-186 -300 -180 -150 -216 -20 Q-216 0 -196 0 H-170 C-150 -200 -170 -400 -180 -540 Z",
        dark(c, 0.4),
        opacity=0.16,
    )
    k.rect(-140, -420, 280, 310, label, 10)
    sign(k, p.s("sign", "bean"), p.s("ink", dark(c, 0.25)), 0, -330, 0.9)
    k.rect(-96, -240, 192, 20, dark(c, 0.45), 6)
    k.rect(-70, -204, 140, 11, dark(c, 0.2), 5)
    k.rect(-86, -178, 172, 11, dark(c, 0.2), 5)
    k.rect(-50, -146, 100, 11, dark(c, 0.2), 5)


@drawing()
def tin(k: Canvas, c: str, p: Params) -> None:
    """Tea or biscuits; `wide` for a flat one."""
    w, h = (520.0, 260.0) if p.b("wide") else (320.0, 430.0)
    k.shadow(w * 1.05)
    k.barrel(w, h, c, w, curve=0.05)
    k.rect(-w / 2 - 6, -h - 70, w + 12, 90, k.round(p.s("lid", dark(c, 0.15))), 14)
    k.oval(0, -h - 66, w / 2 + 4, 24, light(p.s("lid", dark(c, 0.15)), 0.2))
    k.rect(-w * 0.34, -h * 0.84, w * 0.68, h * 0.64, p.s("label", CREAM), 12)
    k.rect(-w * 0.31, -h * 0.81, w * 0.62, h * 0.58, "none", 8, stroke=c, stroke_width=5)
    sign(k, p.s("sign", "leaf"), p.s("ink", c), 0, -h * 0.62, 0.6 if p.b("wide") else 0.85)
    k.rect(-w * 0.2, -h * 0.4, w * 0.4, 16, dark(c, 0.4), 5)
    k.rect(-w * 0.14, -h * 0.4 + 30, w * 0.28, 9, dark(c, 0.2), 4)


@drawing(lies=True)
def chocolate(k: Canvas, c: str, p: Params) -> None:
    brown = p.s("bar", "#5a3826")
    with k.lifted(), k.at(0, 0, turn=-14):
        k.rect(-210, -430, 420, 400, k.slant(brown), 14)
        for i in range(3):
            for j in range(3):
                k.rect(-194 + i * 132, -414 + j * 124, 122, 112, k.slant(light(brown, 0.06)), 10)
                k.rect(-174 + i * 132, -396 + j * 124, 82, 76, "none", 6, stroke=dark(brown, 0.2), stroke_width=5)
        k.path(
            "M-222 -120 l37 -40 l37 40 l37 -40 l37 40 l37 -40 l37 40 l37 -40 l37 40 l37 -40 l37 40 "
            "l37 -40 l37 40 V-60 H-222 Z",
            "#e6d3a8",
        )
        k.rect(-226, -100, 452, 530, k.slant(c), 12)
        k.rect(-150, 0, 300, 290, CREAM, 10)
        sign(k, p.s("sign", "fruit"), p.s("ink", c), 0, 90, 0.85)
        k.rect(-100, 180, 200, 18, dark(c, 0.4), 6)
        k.rect(-70, 216, 140, 10, dark(c, 0.2), 5)


@drawing()
def honey(k: Canvas, c: str, p: Params) -> None:
    """A jar of something spoonable; `dipper` lies beside it."""
    k.shadow(420)
    k.path(
        "M-150 -420 H150 C220 -400 230 -340 230 -280 V-60 Q230 0 170 0 H-170 Q-230 0 -230 -60 "
        "V-280 C-230 -340 -220 -400 -150 -420 Z",
        "#e8efe9",
        opacity=0.8,
    )
    k.path(
        "M-206 -340 H206 C212 -320 214 -300 214 -280 V-64 Q214 -16 166 -16 H-166 Q-214 -16 -214 "
        "-64 V-280 C-214 -300 -212 -320 -206 -340 Z",
        k.round(c),
    )
    for x, y in scatter(6, 24 if p.b("bits") else 0):
        k.disc((x - 0.5) * 380, -40 - y * 280, 12, dark(c, 0.3), opacity=0.6)
    cover = p.s("cover", "#b4593a")
    if p.b("cloth"):
        k.path(
            "M-190 -430 C-150 -520 150 -520 190 -430 L240 -360 Q200 -400 160 -350 Q110 -400 60 -350 "
            "Q0 -400 -60 -350 Q-110 -400 -160 -350 Q-200 -400 -240 -360 Z",
            k.round(cover),
        )
        k.rect(-176, -430, 352, 18, CREAM, 8)
        for x in range(-150, 160, 60):
            k.disc(x, -462, 9, CREAM)
    else:
        k.rect(-170, -490, 340, 84, k.round(cover), 18)
    k.rect(-130, -280, 260, 190, CREAM, 10)
    sign(k, p.s("sign", "bee"), p.s("ink", dark(c, 0.1)), 0, -212, 0.62)
    k.rect(-80, -146, 160, 15, dark(c, 0.5), 5)
    k.rect(-50, -120, 100, 8, dark(c, 0.3), 4)
    k.stroke("M-186 -330 V-70", WHITE, 14, opacity=0.55)


@drawing()
def bottle(k: Canvas, c: str, p: Params) -> None:
    """Oil, cordial, vinegar; the liquid is `c`."""
    for x, y, s, t in ((-110, 0, 1.0, c), (130, -24, 0.84, p.s("second", c)))[: int(p.n("count", 1))]:
        with k.at(x if p.n("count", 1) > 1 else 0, y, s):
            k.shadow(230)
            k.path(
                "M-40 -640 H40 V-500 C46 -440 126 -430 126 -340 V-40 Q126 0 86 0 H-86 Q-126 0 -126 -40 "
                "V-340 C-126 -430 -46 -440 -40 -500 Z",
                k.round(t),
                opacity=0.93,
            )
            k.rect(-46, -690, 92, 90, k.round(p.s("cork", OAK)), 10)
            k.rect(-126, -320, 252, 220, k.round(p.s("label", CREAM)))
            sign(k, p.s("sign", "leaf"), p.s("ink", dark(t, 0.1)), 0, -252, 0.62)
            k.rect(-74, -180, 148, 15, INK, 5)
            k.rect(-50, -152, 100, 8, dark(t, 0.3), 4)
            k.stroke("M-92 -400 V-60", WHITE, 12, opacity=0.4)


@drawing()
def packet(k: Canvas, c: str, p: Params) -> None:
    """Something dry behind a window: oats, pasta, nuts, salt."""
    fill = p.s("fill", "#e6cf9a")
    k.shadow(380)
    k.path("M-210 -500 H210 V-30 Q210 0 180 0 H-180 Q-210 0 -210 -30 Z", k.round(c))
    k.path(
        "M-210 -500 l30 -40 l30 40 l30 -40 l30 40 l30 -40 l30 40 l30 -40 l30 40 l30 -40 l30 40 "
        "l30 -40 l30 40 l30 -40 l30 40 Z",
        dark(c, 0.1),
    )
    d = "M-140 -200 A140 140 0 0 1 140 -200 V-60 H-140 Z"
    k.path(d, k.down(fill))
    with k.clip(d):
        for i, (x, y) in enumerate(scatter(19, 120)):
            px, py = -140 + x * 280, -340 + y * 280
            if p.s("grain", "oat") == "pasta":
                k.stroke(f"M{px:.0f} {py:.0f} l{14 + i % 9} {18 - i % 7}", dark(fill, 0.06 * (i % 3)), 13)
            else:
                k.oval(px, py, 13, 8, dark(fill, 0.07 * (i % 4)), transform=f"rotate({i * 37 % 180} {px:.0f} {py:.0f})")
    k.path(d, "none", stroke=light(c, 0.4), stroke_width=8)
    sign(k, p.s("sign", "grain"), light(c, 0.75), -110, -412, 0.55)
    k.rect(-50, -440, 200, 22, CREAM, 6)
    k.rect(-50, -402, 140, 12, light(c, 0.5), 5)


@drawing(lies=True)
def gift_card(k: Canvas, c: str, p: Params) -> None:
    """The shop's card on its envelope."""
    with k.lifted(), k.at(60, 90, turn=7):
        k.rect(-380, -240, 760, 480, k.slant("#e9d3a4"), 16)
        k.path("M-380 -236 L0 50 L380 -236 Z", dark("#e9d3a4", 0.1))
    with k.lifted(), k.at(-40, -70, turn=-6):
        k.rect(-370, -230, 740, 460, k.slant(c), 34)
        k.path("M-250 90 C-290 -20 -250 -110 -140 -150 C-120 -60 -150 30 -220 60 Z", "#e2b25c")
        k.stroke("M-270 130 C-250 50 -210 -50 -150 -130", mix(c, WHITE, 0.1), 8)
        k.rect(-60, -110, 340, 34, CREAM, 8)
        k.rect(-60, -50, 220, 16, light(c, 0.4), 6)
        k.rect(-60, -20, 270, 16, light(c, 0.4), 6)
        k.rect(90, 110, 220, 56, BRASS, 12)


@drawing()
def hamper_box(k: Canvas, c: str, p: Params) -> None:
    """A wooden gift crate with goods in it."""
    k.shadow(700)
    with k.at(-180, -140, 0.62):
        bottle(k, "#7d8f5a", Params({"sign": "leaf"}))
    with k.at(40, -150, 0.62):
        tin(k, "#2f4a66", Params({"sign": "star"}))
    with k.at(230, -140, 0.52):
        honey(k, "#dd9a33", Params({"cloth": True}))
    for i in range(3):
        k.rect(-340, -260 + i * 90, 680, 80, k.round(mix(c, dark(c, 0.1), i % 2)), 8)
    for x in (-330, 290):
        k.rect(x, -270, 40, 270, k.round(dark(c, 0.14)), 6)
    sign(k, "wave", dark(c, 0.4), 0, -130, 1.1)
