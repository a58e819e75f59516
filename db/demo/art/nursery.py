"""Toys and children's things."""

from db.demo.art.canvas import BRASS, CREAM, INK, LEAF, OAK, WHITE, WOOD, Canvas, Params, dark, drawing, light, mix


@drawing()
def blocks(k: Canvas, c: str, p: Params) -> None:
    t = p.l("tints", ["#b4593a", "#e2b25c", "#3c8087", "#93a68e", "#dfae9f", "#2f4a66"])
    k.shadow(660)
    for i, (x, y) in enumerate(((-310, 0), (-100, 0), (110, 0), (-205, -200), (5, -200))):
        k.rect(x, y - 196, 196, 196, k.slant(t[i % 6]), 16)
        k.rect(x + 22, y - 174, 152, 152, "none", 10, stroke=light(t[i % 6], 0.4), stroke_width=7)
    k.disc(-212, -98, 40, CREAM)
    k.path("M-2 -150 l46 86 h-92 Z", CREAM)
    k.rect(170, -136, 76, 76, CREAM, 6)
    k.path("M-107 -350 l14 38 l40 2 l-32 26 l12 40 l-34 -22 l-34 22 l12 -40 l-32 -26 l40 -2 Z", CREAM)
    k.path("M103 -262 C40 -310 60 -360 103 -326 C146 -360 166 -310 103 -262 Z", CREAM)
    k.path("M-200 -396 L-100 -540 L0 -396 Z", k.slant(t[5]))


@drawing()
def train(k: Canvas, c: str, p: Params) -> None:
    second = p.s("second", "#e2b25c")
    k.shadow(860)
    k.rect(-430, -220, 400, 160, k.round(c), 20)
    k.rect(-430, -420, 190, 230, k.round(second), 16)
    k.rect(-450, -450, 230, 40, k.round(dark(c, 0.1)), 14)
    k.rect(-390, -380, 110, 96, light(second, 0.5), 10)
    k.rect(-130, -330, 56, 120, k.round(dark(c, 0.3)), 8)
    k.rect(-146, -350, 88, 34, k.round(dark(c, 0.3)), 12)
    k.disc(-30, -150, 66, k.round(second))
    k.rect(60, -90, 80, 16, BRASS)
    k.rect(120, -240, 310, 180, k.round(p.s("third", "#3c8087")), 20)
    for x, t in ((180, "#b4593a"), (270, "#f1e8d6"), (360, "#93a68e")):
        k.rect(x - 40, -320, 80, 90, k.round(t), 8)
    for x, r in ((-350, 66), (-190, 66), (-60, 50), (190, 54), (360, 54)):
        k.disc(x, -r, r, k.slant(WOOD))
        k.disc(x, -r, r * 0.4, dark(WOOD, 0.3))
    for x, y, r in ((-90, -420, 40), (-40, -490, 52), (40, -550, 64)):
        k.disc(x, y, r, WHITE, opacity=0.7)


@drawing()
def teddy(k: Canvas, c: str, p: Params) -> None:
    """`ears` bear, rabbit, fox."""
    ears, inner = p.s("ears", "bear"), light(c, 0.45)
    k.shadow(480)
    for side in (-1, 1):
        with k.at(0, 0, mirror=side < 0):
            k.oval(150, -70, 110, 78, k.slant(c))
            k.oval(180, -66, 56, 50, inner)
            k.oval(190, -260, 60, 120, k.slant(c), transform="rotate(-28 190 -260)")
            if ears == "rabbit":
                k.oval(90, -760, 54, 180, k.slant(c), transform="rotate(10 90 -760)")
                k.oval(90, -750, 26, 130, "#e9b9b0", transform="rotate(10 90 -750)")
            elif ears == "fox":
                k.path("M60 -640 L190 -790 L220 -560 Z", k.slant(c))
                k.path("M110 -650 L178 -740 L190 -600 Z", INK)
            else:
                k.disc(150, -640, 74, k.slant(c))
                k.disc(150, -640, 40, inner)
    k.oval(0, -210, 190, 210, k.slant(c))
    k.oval(0, -190, 118, 140, inner)
    k.oval(0, -520, 210, 180, k.slant(c))
    if ears == "fox":
        k.path(
            "M-206 -500 C-120 -440 -60 -420 0 -370 C60 -420 120 -440 206 -500 C190 -390 90 -340 0 "
            "-340 C-90 -340 -190 -390 -206 -500 Z",
            CREAM,
        )
    else:
        k.oval(0, -470, 96, 76, inner)
    k.disc(-78, -550, 20, INK)
    k.disc(78, -550, 20, INK)
    k.oval(0, -500, 30, 21, INK)
    k.stroke("M0 -480 V-452 M-40 -444 Q0 -416 40 -444", INK, 8)
    k.path("M-150 -370 Q0 -310 150 -370 L140 -320 Q0 -270 -140 -320 Z", p.s("scarf", "#b4593a"))
    k.path("M60 -330 l50 110 l-60 10 l-30 -110 Z", dark(p.s("scarf", "#b4593a"), 0.1))


@drawing()
def rocket(k: Canvas, c: str, p: Params) -> None:
    second = p.s("second", "#e2b25c")
    k.shadow(330)
    k.path(
        "M-120 -180 L-240 -20 Q-240 0 -220 0 L-110 -60 Z M120 -180 L240 -20 Q240 0 220 0 L110 -60 Z",
        k.round(second),
    )
    k.rect(-80, -70, 160, 70, k.round(dark(c, 0.35)), 12)
    k.path("M0 -700 C140 -560 170 -330 120 -60 H-120 C-170 -330 -140 -560 0 -700 Z", k.round(c))
    k.path("M0 -700 C70 -630 112 -540 132 -450 H-132 C-112 -540 -70 -630 0 -700 Z", k.round(second))
    k.disc(0, -340, 66, k.slant(WOOD))
    k.disc(0, -340, 46, "#cfe3ea")
    k.path("M-30 -360 A46 46 0 0 1 20 -380", "none", stroke=WHITE, stroke_width=10)
    k.rect(-136, -170, 272, 26, second)


@drawing()
def ball(k: Canvas, c: str, p: Params) -> None:
    k.shadow(440)
    k.disc(0, -290, 290, k.slant(c))
    with k.clip("M0 -580 A290 290 0 1 1 -1 -580 Z"):
        k.path("M-60 -600 C-200 -400 -200 -180 -60 20 H60 C-60 -180 -60 -400 60 -600 Z", p.s("second", CREAM))
        k.path("M200 -600 C330 -400 330 -180 200 20 H340 V-600 Z", p.s("third", "#e2b25c"))
        k.path("M-340 -600 V20 H-240 C-330 -180 -330 -400 -240 -600 Z", p.s("third", "#e2b25c"))
    k.path(
        "M-190 -400 C-170 -480 -120 -520 -70 -540",
        "none",
        stroke=WHITE,
        stroke_width=22,
        stroke_linecap="round",
        opacity=0.5,
    )


@drawing(lies=True)
def puzzle(k: Canvas, c: str, p: Params) -> None:
    t = p.l("tints", ["#3c8087", "#e2b25c", "#b4593a", "#93a68e"])
    piece = (
        "M0 0 H80 C60 -50 140 -50 120 0 H200 V80 C250 60 250 140 200 120 V200 H120 C140 150 60 "
        "150 80 200 H0 V120 C50 140 50 60 0 80 Z"
    )
    for i, (x, y, a) in enumerate(((-230, -240, 0), (0, -240, 0), (-230, 10, 0), (60, 60, 14))):
        with k.lifted(7, 4, 9), k.at(x, y, turn=a):
            k.path(piece, k.slant(t[i]), transform="scale(1.12)")
            if i == 0:
                k.disc(110, 120, 40, CREAM)
            elif i == 1:
                k.path("M40 150 q35 -60 70 0 t70 0 v24 H40 Z", CREAM, opacity=0.8)
            elif i == 2:
                k.path("M60 160 L110 60 L160 160 Z", CREAM, opacity=0.9)


@drawing()
def duck(k: Canvas, c: str, p: Params) -> None:
    """A pull-along duck on wheels."""
    k.shadow(560)
    k.stroke("M300 -60 C380 -60 420 -120 470 -40", "#8a6a4d", 9)
    k.disc(478, -34, 22, "#b4593a")
    k.path(
        "M-290 -260 C-330 -340 -280 -330 -230 -290 C-150 -250 -60 -290 0 -330 C-20 -480 60 -560 "
        "150 -540 C240 -520 260 -430 230 -370 C300 -280 260 -130 120 -110 H-150 C-250 -110 -300 "
        "-180 -290 -260 Z",
        k.round(c),
    )
    k.path("M232 -450 L320 -430 Q330 -400 300 -392 L226 -400 Z", p.s("beak", "#e2662f"))
    k.disc(160, -456, 18, INK)
    k.path("M-150 -230 C-60 -280 60 -260 80 -210 C60 -130 -80 -130 -150 -230 Z", dark(c, 0.14))
    k.rect(-230, -110, 460, 40, k.round(WOOD), 14)
    for x in (-150, 150):
        k.disc(x, -60, 60, k.slant(p.s("wheel", "#2f4a66")))
        k.disc(x, -60, 20, CREAM)


@drawing(lies=True)
def kite(k: Canvas, c: str, p: Params) -> None:
    second = p.s("second", "#e2b25c")
    k.stroke("M60 290 C140 380 -20 420 60 520 C100 580 60 600 90 640", CREAM, 7)
    for x, y in ((78, 350), (20, 436), (84, 546)):
        k.path(f"M{x} {y} l-54 -26 v52 Z M{x} {y} l54 -26 v52 Z", second)
    with k.lifted(), k.at(0, 0, turn=12):
        k.path("M0 -420 L270 -90 L0 330 L-270 -90 Z", k.slant(c))
        k.path("M0 -420 L270 -90 H0 Z", light(c, 0.2))
        k.path("M0 330 L-270 -90 H0 Z", second)
        k.stroke("M0 -420 V330 M-270 -90 H270", WOOD, 8)
        k.disc(-84, -190, 26, WHITE)
        k.disc(84, -190, 26, INK)


@drawing()
def dolls_house(k: Canvas, c: str, p: Params) -> None:
    k.shadow(620)
    k.path("M-330 -460 L0 -720 L330 -460 Z", k.round(p.s("roof", "#b4593a")))
    k.rect(-290, -470, 580, 470, k.round(c), 6)
    for x, y, t in ((-260, -440, "#dfe6cf"), (20, -440, "#f6d9c0"), (-260, -220, "#cfe0e6"), (20, -220, "#f2e2b2")):
        k.rect(x, y, 240, 200, t, 4)
    k.rect(-220, -340, 110, 70, "#6f4257", 10)
    k.rect(-220, -372, 40, 40, WHITE, 8)
    k.rect(80, -320, 120, 14, WOOD)
    k.rect(94, -306, 12, 60, WOOD)
    k.rect(176, -306, 12, 60, WOOD)
    k.disc(140, -346, 26, "#d4a02f")
    k.rect(-200, -110, 120, 70, "#3c8087", 22)
    k.rect(150, -160, 80, 120, "#93a68e", 6)
    k.rect(60, -130, 60, 90, "#b4593a", 4)


@drawing()
def stacker(k: Canvas, c: str, p: Params) -> None:
    """Rings on a peg."""
    k.shadow(480)
    t = p.l("tints", ["#2f4a66", "#3c8087", "#93a68e", "#e2b25c", "#e07a63"])
    k.rect(-230, -44, 460, 44, k.round(OAK), 20)
    k.rect(-22, -560, 44, 530, k.round(OAK), 20)
    for i, x in enumerate(t):
        w = 420 - i * 62
        k.rect(-w / 2, -136 - i * 92, w, 90, k.round(x), 45)
    k.disc(0, -560, 56, k.slant("#b4593a"))


@drawing()
def rocking_horse(k: Canvas, c: str, p: Params) -> None:
    k.shadow(700)
    k.stroke("M-380 -90 Q0 90 380 -90", p.s("rocker", "#b4593a"), 40)
    k.stroke("M-200 -40 L-160 -220 M190 -40 L150 -220", dark(c, 0.2), 40)
    k.path(
        "M-230 -400 C-160 -300 60 -300 120 -400 C150 -500 170 -600 240 -660 C290 -640 350 -560 "
        "370 -500 C340 -470 300 -480 280 -500 C260 -420 240 -300 190 -220 C80 -170 -120 -170 "
        "-210 -220 C-260 -260 -260 -340 -230 -400 Z",
        k.round(c),
    )
    k.path("M-230 -390 C-330 -400 -350 -280 -320 -190 C-290 -250 -270 -280 -236 -300 Z", p.s("mane", "#7b533a"))
    k.path("M230 -664 C170 -640 110 -540 120 -420 C150 -450 190 -560 250 -640 Z", p.s("mane", "#7b533a"))
    k.disc(284, -580, 13, INK)
    k.path("M-140 -350 H60 L80 -260 Q-40 -230 -160 -260 Z", p.s("saddle", "#2f4a66"))


@drawing(lies=True)
def play_mat(k: Canvas, c: str, p: Params) -> None:
    """A round quilt with a hand-drawn world on it."""
    with k.lifted(10, 4, 12):
        k.disc(0, 0, 400, k.slant(c))
    k.disc(0, 0, 376, "none", stroke=light(c, 0.5), stroke_width=8, stroke_dasharray="18 12")
    k.path("M-300 120 Q-160 0 -20 110 T300 60 Q260 240 120 340 Q-160 360 -300 120 Z", mix(c, LEAF, 0.6))
    k.disc(150, -190, 76, "#e9c46a")
    k.path("M-120 90 V-70 L-30 -150 L60 -70 V90 Z", CREAM)
    k.path("M-150 -60 L-30 -170 L90 -60 Z", "#b4593a")
    k.rect(-60, 10, 56, 80, "#7b533a", 6)
    for x, y in ((-210, 60), (190, 40), (230, 90)):
        k.disc(x, y - 60, 46, LEAF)
        k.rect(x - 8, y - 40, 16, 70, "#7b533a")
    for x, y in ((-170, -190), (-60, -250)):
        k.path(f"M{x - 70} {y} q10 -50 60 -40 q30 -44 70 0 q46 0 40 40 Z", WHITE, opacity=0.85)


@drawing()
def drum(k: Canvas, c: str, p: Params) -> None:
    k.shadow(480)
    k.barrel(460, 330, c, 440)
    k.stroke("M-220 -310 L-110 -30 L0 -310 L110 -30 L220 -310", CREAM, 9)
    for y in (-330, -24):
        k.rect(-240, y - 24, 480, 48, k.round(p.s("second", "#e2b25c")), 20)
    k.oval(0, -352, 234, 44, "#f6eedf")
    k.oval(0, -352, 234, 44, "none", stroke=dark(CREAM, 0.15), stroke_width=6)
    for a in (-28, 24):
        with k.at(0, -380, turn=a):
            k.rect(-9, -330, 18, 330, k.round(OAK), 8)
            k.disc(0, -334, 34, k.slant("#b4593a"))


@drawing()
def night_light(k: Canvas, c: str, p: Params) -> None:
    """A small lamp: `form` moon, mushroom, whale."""
    k.shadow(420)
    k.oval(0, -240, 420, 330, k.glow("#ffe3a0", 0.7))
    match p.s("form", "mushroom"):
        case "moon":
            k.path("M60 -520 A260 260 0 1 0 220 -110 A200 200 0 1 1 60 -520 Z", k.slant(c))
            k.rect(-180, -30, 360, 30, k.round(OAK), 14)
        case "whale":
            k.path(
                "M-330 -150 C-330 -330 -130 -400 60 -370 C200 -340 240 -230 300 -240 C330 -320 420 -330 "
                "410 -270 C400 -220 360 -200 330 -190 C300 -60 140 0 -60 0 C-230 0 -330 -50 -330 -150 Z",
                k.round(c),
            )
            k.path(
                "M-320 -110 C-200 -30 60 -20 220 -100 C150 -20 60 0 -60 0 C-220 0 -310 -40 -320 -110 Z",
                light(c, 0.5),
            )
            k.disc(-210, -190, 16, INK)
        case _:
            k.path("M-110 0 C-130 -120 -80 -180 -90 -260 H90 C80 -180 130 -120 110 0 Z", k.round("#f7ecd6"))
            k.path("M-300 -230 C-280 -470 -120 -540 0 -540 C120 -540 280 -470 300 -230 Q0 -170 -300 -230 Z", k.round(c))
            for x, y, r in ((-140, -350, 40), (20, -440, 46), (150, -330, 36), (-10, -280, 26)):
                k.oval(x, y, r, r * 0.8, CREAM, opacity=0.9)
