"""Shoes, bags and what is in them."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    INK,
    IRON,
    OAK,
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


@drawing()
def boots(k: Canvas, c: str, p: Params) -> None:
    """A pair from the side; `style` lace, chelsea, rubber."""
    style, sole = p.s("style", "lace"), p.s("sole", "#4a3a30")
    k.shadow(620)
    top = -560 if style == "rubber" else -430
    for x, y, tone in ((110, -34, 0.12), (-110, 0, 0.0)):
        t = dark(c, tone)
        with k.at(x, y):
            k.path(f"M-150 {top} H60 L66 -210 C110 -170 220 -160 256 -110 C276 -80 270 -50 262 -40 H-160 Z", k.round(t))
            k.path("M-170 -50 H268 Q284 -20 262 0 H-40 L-60 -16 H-90 V0 H-168 Z", k.round(sole))
            if style == "lace":
                k.path(
                    "M60 -420 L66 -210 C90 -190 120 -180 150 -170 L120 -150 C80 -170 30 -190 10 -230 L0 -420 Z",
                    dark(t, 0.2),
                )
                for i in range(6):
                    k.stroke(f"M{4 + i * 3} {-390 + i * 38} L{62 + i * 4} {-400 + i * 40}", p.s("lace", "#e2c275"), 9)
                k.rect(-152, top - 6, 216, 38, light(t, 0.12), 12)
                k.path("M-150 -140 H-60 C-50 -100 -60 -60 -70 -44 H-160 Z", dark(t, 0.14))
            elif style == "chelsea":
                k.path("M-60 -400 L-20 -200 L20 -400 Z", dark(t, 0.45))
                k.rect(-70, top - 30, 34, 50, p.s("lace", "#b98a58"), 6)
            else:
                k.rect(-154, top, 218, 44, k.round(light(t, 0.25)), 8)
                k.stroke("M-150 -120 C-60 -100 140 -120 262 -92", light(t, 0.25), 12)
                k.stroke(f"M-110 {top + 90} V-180", WHITE, 14, opacity=0.35)


@drawing()
def sneakers(k: Canvas, c: str, p: Params) -> None:
    """Low canvas shoes; `slip` for slippers and clogs."""
    k.shadow(700)
    sole = p.s("sole", WHITE)
    for x, y, tone in ((90, -60, 0.1), (-60, 0, 0.0)):
        t = dark(c, tone)
        with k.at(x, y):
            if p.b("slip"):
                k.path(
                    "M-240 -50 C-250 -150 -200 -190 -140 -170 C-80 -130 -20 -120 20 -220 C120 -230 270 -170 "
                    "300 -90 Q310 -60 296 -44 H-236 Z",
                    k.round(t),
                )
                k.path("M-232 -120 C-190 -180 -60 -130 20 -218 C-10 -110 -90 -90 -232 -120 Z", p.s("lining", "#f1e8d6"))
                k.rect(-250, -54, 556, 50, k.round(sole if sole != WHITE else "#c9a27a"), 22)
                continue
            k.path(
                "M-240 -60 L-236 -230 C-200 -250 -150 -240 -120 -210 L10 -250 C60 -170 160 -150 240 -136 "
                "C300 -124 310 -80 300 -56 Z",
                k.round(t),
            )
            k.path("M-120 -210 L10 -250 L40 -206 L-70 -160 Z", dark(t, 0.35))
            k.path("M190 -146 C270 -138 316 -110 300 -56 H180 C170 -90 176 -120 190 -146 Z", light(t, 0.3))
            k.rect(-256, -66, 566, 62, k.round(sole), 26)
            k.stroke("M-240 -30 H290", p.s("line", "#b4593a"), 6)
            for i in range(4):
                k.stroke(f"M{-40 + i * 42} {-170 + i * 9} L{16 + i * 34} {-236 + i * 24}", WHITE, 9)
            k.disc(-150, -130, 34, "none", stroke=light(t, 0.5), stroke_width=8)


@drawing()
def tote(k: Canvas, c: str, p: Params) -> None:
    k.shadow(520)
    k.stroke("M-110 -420 C-110 -660 110 -660 110 -420", p.s("strap", dark(c, 0.25)), 26)
    k.path("M-250 -430 H250 L290 -14 Q0 10 -290 -14 Z", k.round(c))
    if p.b("leather"):
        k.path("M-278 -150 L278 -150 L290 -14 Q0 10 -290 -14 Z", k.round(p.s("base", WALNUT)))
    match p.s("print", ""):
        case "wave":
            for i, y in enumerate((-300, -250, -200)):
                k.stroke(f"M-140 {y} q35 -40 70 0 t70 0 t70 0 t70 0", p.s("ink", INK), 15 - i * 3)
        case "words":
            for y, w in ((-320, 200), (-270, 260), (-220, 160)):
                k.rect(-w / 2, y, w, 22, p.s("ink", INK), 8)
        case _:
            k.rect(-60, -330, 120, 76, light(c, 0.4), 6)
            k.rect(-38, -300, 76, 12, dark(c, 0.4), 4)
    k.stroke("M-246 -408 H246", dark(c, 0.2), 4, stroke_dasharray="11 8")


@drawing()
def backpack(k: Canvas, c: str, p: Params) -> None:
    trim = p.s("trim", WALNUT)
    k.shadow(440)
    k.stroke("M-60 -600 C-60 -680 60 -680 60 -600", dark(c, 0.3), 24)
    k.stroke("M-210 -500 C-290 -420 -290 -160 -220 -60 M210 -500 C290 -420 290 -160 220 -60", dark(c, 0.25), 34)
    k.path("M-210 -500 C-210 -640 210 -640 210 -500 L230 -40 Q226 0 180 0 H-180 Q-226 0 -230 -40 Z", k.round(c))
    if p.b("roll"):
        k.rect(-200, -640, 400, 110, k.round(light(c, 0.08)), 40)
        k.rect(-150, -660, 30, 250, trim, 8)
        k.rect(120, -660, 30, 250, trim, 8)
    else:
        k.path("M-224 -520 C-210 -660 210 -660 224 -520 L216 -330 Q0 -280 -216 -330 Z", k.round(light(c, 0.07)))
        k.rect(-120, -400, 34, 180, trim, 8)
        k.rect(86, -400, 34, 180, trim, 8)
        for x in (-103, 103):
            k.rect(x - 26, -270, 52, 42, "none", 6, stroke=BRASS, stroke_width=9)
    k.rect(-160, -230 if not p.b("roll") else -330, 320, 190 if not p.b("roll") else 270, k.round(dark(c, 0.08)), 30)
    k.stroke("M-130 -180 H130", dark(c, 0.35), 7)
    k.rect(90, -190, 14, 44, BRASS, 6)


@drawing()
def satchel(k: Canvas, c: str, p: Params) -> None:
    k.shadow(620)
    k.stroke("M-250 -370 C-320 -700 320 -700 250 -370", dark(c, 0.2), 26)
    k.rect(-290, -400, 580, 400, k.round(c), 40)
    k.path("M-300 -410 H300 V-210 Q280 -120 200 -110 H-200 Q-280 -120 -300 -210 Z", k.round(light(c, 0.06)))
    for x in (-150, 150):
        k.rect(x - 24, -300, 48, 250, k.round(dark(c, 0.16)), 10)
        k.rect(x - 36, -150, 72, 50, "none", 8, stroke=BRASS, stroke_width=10)
    k.stroke("M-286 -396 H286", light(c, 0.3), 4, stroke_dasharray="12 9")


@drawing()
def suitcase(k: Canvas, c: str, p: Params) -> None:
    k.shadow(480)
    k.stroke("M-80 -640 V-720 H80 V-640", IRON, 20)
    k.rect(-250, -650, 500, 630, k.round(c), 60)
    for x in range(-180, 200, 60):
        k.stroke(f"M{x} -600 V-70", dark(c, 0.2), 12, opacity=0.5)
    k.rect(-254, -370, 508, 50, k.round(p.s("trim", WALNUT)), 8)
    k.rect(-40, -380, 80, 70, k.round(BRASS), 10)
    for x in (-200, 150):
        k.rect(x, -30, 50, 34, IRON, 14)


@drawing(lies=True)
def wallet(k: Canvas, c: str, p: Params) -> None:
    """A folded wallet above a card holder; `zip` for a pouch."""
    with k.lifted():
        if p.b("zip"):
            k.rect(-380, -230, 760, 480, k.slant(c), 60)
            k.rect(-370, -190, 740, 36, dark(c, 0.35), 14)
            k.stroke("M-350 -172 H330", BRASS, 9, stroke_dasharray="7 8")
            k.rect(300, -180, 100, 34, k.slant(BRASS), 14)
            k.rect(-300, 90, 130, 70, light(c, 0.25), 8)
            return
        with k.at(-60, -110, turn=-8):
            k.rect(-290, -190, 580, 380, k.slant(c), 34)
            k.stroke("M-266 -166 H266 V166 H-266 Z", light(c, 0.3), 4, stroke_dasharray="12 9")
            k.stroke("M0 -190 V190", dark(c, 0.3), 8)
    with k.lifted(), k.at(150, 190, turn=10):
        k.rect(-210, -150, 420, 250, WHITE, 16)
        k.rect(-210, -118, 420, 24, "#b4593a")
        k.rect(-220, -60, 440, 200, k.slant(dark(c, 0.12)), 26)
        k.stroke("M-200 -36 H200", light(c, 0.3), 4, stroke_dasharray="12 9")


@drawing(lies=True)
def belt(k: Canvas, c: str, p: Params) -> None:
    """Coiled."""
    with k.lifted():
        for i, r in enumerate((310, 246, 182)):
            k.disc(0, 0, r, "none", stroke=k.slant(mix(c, dark(c, 0.2), 0.4 * (i % 2))), stroke_width=56)
        k.path("M-30 280 H420 Q440 310 420 340 H-30 Z", k.slant(c))
        k.rect(330, 250, 130, 120, "none", 18, stroke=k.slant(p.s("buckle", BRASS)), stroke_width=24)
        k.rect(320, 300, 120, 16, BRASS, 6)
        for x in (60, 130, 200):
            k.disc(x, 310, 9, dark(c, 0.6))


@drawing(lies=True)
def umbrella(k: Canvas, c: str, p: Params) -> None:
    """Open, from the side, tilted."""
    with k.lifted(), k.at(0, 60, turn=-14):
        k.rect(-9, -120, 18, 480, WALNUT)
        k.stroke("M0 350 C0 440 100 440 100 360", p.s("grip", OAK), 30)
        k.rect(-7, -400, 14, 60, STEEL, 6)
        d = (
            "M-430 -60 C-400 -300 -200 -370 0 -370 C200 -370 400 -300 430 -60 Q358 -120 286 -62 Q214 "
            "-120 143 -62 Q72 -120 0 -62 Q-72 -120 -143 -62 Q-214 -120 -286 -62 Q-358 -120 -430 -60 Z"
        )
        k.path(d, k.round(c))
        if p.get("second"):
            with k.clip(d):
                k.path(
                    "M-286 -40 C-280 -220 -120 -340 0 -372 C-60 -300 -130 -200 -143 -40 Z M286 -40 C280 -220 "
                    "120 -340 0 -372 C60 -300 130 -200 143 -40 Z",
                    p.s("second", CREAM),
                )
        k.stroke(
            "M0 -370 C-90 -280 -140 -180 -143 -64 M0 -370 C90 -280 140 -180 143 -64 M0 -370 C-180 "
            "-310 -270 -200 -286 -64 M0 -370 C180 -310 270 -200 286 -64",
            dark(c, 0.3),
            5,
            opacity=0.5,
        )


@drawing(lies=True)
def watch(k: Canvas, c: str, p: Params) -> None:
    """A wrist watch; `c` is the strap."""
    face = p.s("face", WHITE)
    with k.lifted():
        k.path("M-110 -480 H110 L130 -200 H-130 Z", k.round(c))
        k.path("M-110 480 H110 L130 200 H-130 Z", k.round(c))
        k.disc(0, 0, 250, k.slant(p.s("case", STEEL)))
        k.rect(236, -32, 52, 64, k.slant(p.s("case", STEEL)), 12)
    k.disc(0, 0, 206, k.slant(face))
    for i in range(12):
        a = i * pi / 6
        k.stroke(
            f"M{186 * sin(a):.1f} {-186 * cos(a):.1f} L{(148 if i % 3 == 0 else 166) * sin(a):.1f} "
            f"{-(148 if i % 3 == 0 else 166) * cos(a):.1f}",
            INK if face == WHITE else CREAM,
            10 if i % 3 == 0 else 5,
        )
    k.stroke("M0 0 L-70 -76", INK if face == WHITE else CREAM, 14)
    k.stroke("M0 0 L92 -116", INK if face == WHITE else CREAM, 9)
    k.stroke("M0 30 L0 -160", "#c4553f", 4)
    k.disc(0, 0, 13, "#c4553f")
    for y in (300, 350, 400):
        k.oval(0, y, 11, 15, dark(c, 0.6))


@drawing(lies=True)
def sunglasses(k: Canvas, c: str, p: Params) -> None:
    lens = p.s("lens", "#3d4a4f")
    with k.lifted():
        k.stroke("M-390 -90 C-420 -140 -330 -200 -150 -230 M390 -90 C420 -140 330 -200 150 -230", dark(c, 0.2), 26)
        for side in (-1, 1):
            with k.at(side * 210, 20, mirror=side < 0):
                k.path(
                    "M-170 -130 H180 C210 -130 200 -60 180 20 C150 150 -90 160 -140 40 C-170 -30 -190 -90 -170 -130 Z",
                    k.slant(c),
                )
                k.path(
                    "M-136 -98 H146 C166 -98 160 -50 146 10 C120 110 -64 120 -106 26 C-130 -30 -150 -70 -136 -98 Z",
                    k.slant(lens),
                )
                k.path("M-100 -90 H-20 L-80 40 C-110 0 -120 -60 -100 -90 Z", WHITE, opacity=0.25)
        k.stroke("M-60 -70 Q0 -120 60 -70", k.slant(c), 32)
