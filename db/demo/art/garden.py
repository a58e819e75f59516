"""Garden and plants."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    IRON,
    LEAF,
    MOSS,
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
    scatter,
)


def foliage(k: Canvas, sort: str, y: float, spread: float) -> None:
    """What grows out of a pot whose rim is at `y`."""
    match sort:
        case "snake":
            for i, a in enumerate((-24, -13, -4, 6, 15, 26)):
                with k.at(0, y + 10, turn=a):
                    h = 330 - abs(a) * 3 + (i % 2) * 40
                    k.path(
                        f"M-26 0 C-40 {-h * 0.5} -20 {-h * 0.85} 0 {-h} C20 {-h * 0.85} 40 {-h * 0.5} 26 0 Z",
                        k.round(mix(LEAF, MOSS, 0.2 * (i % 3))),
                    )
                    k.stroke(f"M0 -10 V{-h + 40}", light(LEAF, 0.35), 5, opacity=0.7)
        case "monstera":
            for i, (a, s) in enumerate(((-52, 0.8), (48, 0.86), (-18, 1.0), (22, 1.05), (0, 0.75))):
                with k.at(0, y, s, turn=a):
                    k.stroke("M0 10 C6 -80 -6 -160 0 -220", dark(LEAF, 0.2), 9)
                    k.path(
                        "M0 -190 C-120 -190 -140 -300 -96 -370 C-60 -420 -20 -420 0 -440 C20 -420 60 -420 96 "
                        "-370 C140 -300 120 -190 0 -190 Z",
                        k.down(mix(LEAF, MOSS, 0.25 * (i % 3))),
                    )
                    for side in (-1, 1):
                        for rib in (-250, -310, -365):
                            k.stroke(f"M{side * 44} {rib} L{side * 112} {rib - 26}", dark(MOSS, 0.1), 9, opacity=0.5)
                    k.stroke("M0 -200 V-420", light(LEAF, 0.3), 4)
        case "herb":
            for i, (u, v) in enumerate(scatter(12, 46)):
                x, up = (u - 0.5) * spread * 1.5, v * 230 * (1 - abs(u - 0.5))
                k.oval(
                    x,
                    y - 10 - up,
                    30,
                    20,
                    mix(LEAF, "#a7c957", (i % 4) * 0.16),
                    transform=f"rotate({(i * 47) % 90 - 45} {x:.1f} {y - 10 - up:.1f})",
                )
        case "cactus":
            k.rect(-60, y - 300, 120, 320, k.round(LEAF), 60)
            k.path(f"M-60 {y - 110} h-50 q-44 0 -44 -50 v-60 q0 -28 28 -28 q28 0 28 28 v44 h40 Z", k.round(LEAF))
            k.path(f"M60 {y - 150} h44 q44 0 44 -46 v-40 q0 -28 -28 -28 q-28 0 -28 28 v28 h-34 Z", k.round(LEAF))
            for u, v in scatter(8, 24):
                k.stroke(f"M{(u - 0.5) * 100:.1f} {y - 20 - v * 260:.1f} l6 -9", WHITE, 3)
            k.disc(0, y - 306, 24, "#d9748a")
            k.disc(0, y - 306, 9, "#f3cf7a")
        case "flower":
            for i, a in enumerate((-30, -16, 0, 14, 30)):
                with k.at(0, y, turn=a):
                    h = 280 + (i % 3) * 46
                    k.stroke(f"M0 0 V{-h}", LEAF, 8)
                    k.oval(24, -h * 0.45, 36, 13, LEAF, transform=f"rotate(-36 24 {-h * 0.45})")
                    for j in range(7):
                        t = j * 2 * pi / 7
                        k.disc(
                            round(30 * sin(t), 1),
                            round(-h - 30 * cos(t), 1),
                            21,
                            ("#d9748a", "#e2b25c", "#c96f4a")[i % 3],
                        )
                    k.disc(0, -h, 18, "#fdf3c8")
        case "olive":
            k.stroke(f"M0 {y + 10} C-10 {y - 120} 12 {y - 180} 0 {y - 290}", "#8a6a4d", 18)
            for i, (u, v) in enumerate(scatter(27, 90)):
                t, r = u * 2 * pi, 40 + v * 130
                x, yy = r * cos(t), y - 380 + r * sin(t) * 0.9
                k.oval(
                    round(x, 1),
                    round(yy, 1),
                    30,
                    9,
                    mix("#8ba183", MOSS, (i % 5) * 0.15),
                    transform=f"rotate({(i * 61) % 180} {x:.1f} {yy:.1f})",
                )
        case _:
            for i in range(9):
                with k.at(0, y + 8, turn=-60 + i * 15):
                    k.path(
                        "M0 0 C-34 -110 -24 -220 0 -310 C24 -220 34 -110 0 0 Z",
                        k.round(mix(LEAF, MOSS, 0.15 * (i % 4))),
                    )


@drawing()
def plant_pot(k: Canvas, c: str, p: Params) -> None:
    """A pot with something growing; `form` classic, cylinder, belly, legs; `plant` none leaves it empty."""
    w, h = p.n("w", 340), p.n("h", 300)
    k.shadow(w)
    form, sort = p.s("form", "classic"), p.s("plant", "snake")
    lift = 90.0 if form == "legs" else 0.0
    if sort != "none":
        foliage(k, sort, -h - lift, w)
    if form == "legs":
        for x in (-w * 0.36, w * 0.36):
            k.stroke(f"M{x} -160 L{x * 1.1} -8", p.s("legs", OAK), 22)
    with k.at(0, -lift):
        match form:
            case "classic":
                k.barrel(w * 0.9, h - 60, c, w * 0.64)
                k.rect(-w / 2, -h, w, 78, k.round(c), 10)
                k.rect(-w * 0.44, -h + 78, w * 0.88, 12, dark(c, 0.3), opacity=0.4)
            case "belly":
                k.path(
                    f"M{-w * 0.34} {-h} C{-w * 0.7} {-h * 0.7} {-w * 0.6} 0 {-w * 0.24} 0 H{w * 0.24} C{w * 0.6} "
                    f"0 {w * 0.7} {-h * 0.7} {w * 0.34} {-h} Z",
                    k.round(c),
                )
                k.rect(-w * 0.38, -h - 10, w * 0.76, 34, k.round(light(c, 0.1)), 14)
            case _:
                k.barrel(w, h, c, w * 0.94)
                if p.b("ribs"):
                    for i in range(-5, 6):
                        k.stroke(f"M{i * w * 0.085} {-h + 14} V-26", dark(c, 0.2), 6, opacity=0.45)
        if p.get("glaze"):
            k.rect(-w * 0.44, -h * 0.6, w * 0.88, 30, p.s("glaze", WHITE), opacity=0.8)
        if sort == "none":
            k.oval(0, -h, w * 0.44, w * 0.06, dark(c, 0.5))
    if p.b("saucer"):
        k.rect(-w * 0.42, -26, w * 0.84, 30, k.round(dark(c, 0.1)), 12)


@drawing()
def watering_can(k: Canvas, c: str, p: Params) -> None:
    k.shadow(480)
    k.path("M150 -190 L420 -430 L446 -404 L170 -90 Z", k.round(dark(c, 0.06)))
    k.path("M398 -470 L484 -386 L500 -404 Q470 -480 414 -486 Z", k.round(p.s("rose", BRASS)))
    k.stroke("M-150 -330 C-330 -360 -330 -40 -150 -60", dark(c, 0.12), 26)
    k.stroke("M-110 -350 C-80 -500 110 -500 120 -350", dark(c, 0.12), 26)
    k.path("M-170 -360 H170 L190 -20 Q190 0 170 0 H-170 Q-190 0 -190 -20 Z", k.round(c))
    k.oval(0, -360, 170, 26, dark(c, 0.35))
    k.rect(-184, -100, 368, 14, light(c, 0.3), opacity=0.5)
    k.rect(-178, -290, 356, 14, light(c, 0.3), opacity=0.5)


@drawing(lies=True)
def secateurs(k: Canvas, c: str, p: Params) -> None:
    with k.lifted(8, 5, 12), k.at(0, 20, turn=24):
        k.path("M-20 0 C-80 -120 -90 -280 -10 -400 C40 -300 50 -120 34 10 Z", k.slant("#d5dadd"))
        k.path("M20 10 C90 -60 120 -180 70 -300 C60 -200 10 -120 -30 -30 Z", k.slant("#9aa2a8"))
        k.path("M-40 -10 C-130 120 -170 280 -120 420 Q-90 440 -70 410 C-90 280 -30 140 30 40 Z", k.down(c))
        k.path("M40 -10 C140 110 190 260 150 410 Q126 436 98 410 C110 290 40 150 -24 40 Z", k.down(dark(c, 0.08)))
        k.stroke("M-44 150 q24 14 44 0 t44 0", STEEL, 9)
        k.disc(2, 8, 36, k.slant(BRASS))
        k.disc(2, 8, 12, dark(BRASS, 0.4))


@drawing(lies=True)
def hand_tools(k: Canvas, c: str, p: Params) -> None:
    """Trowel, fork and, if asked for, a dibber."""
    metal = p.s("metal", STEEL)
    names = p.l("set", ["trowel", "fork", "dibber"])
    with k.lifted(8, 5, 12):
        for i, name in enumerate(names):
            with k.at((i - (len(names) - 1) / 2) * 210, 0, turn=(i - (len(names) - 1) / 2) * 7):
                k.path("M-30 150 C-40 240 -36 330 -26 400 Q0 424 26 400 C36 330 40 240 30 150 Z", k.round(c))
                k.rect(-24, 120, 48, 40, k.round(BRASS), 6)
                if name == "dibber":
                    k.path("M-28 130 L-30 -60 L0 -330 L30 -60 L28 130 Z", k.round(c))
                    k.path("M-13 -200 L0 -330 L13 -200 Z", k.round(BRASS))
                    continue
                k.rect(-11, -40, 22, 170, k.round(metal), 6)
                if name == "trowel":
                    k.path(
                        "M-84 -60 C-100 -220 -50 -340 0 -400 C50 -340 100 -220 84 -60 Q0 -10 -84 -60 Z",
                        k.round(metal),
                    )
                    k.stroke("M0 -60 V-340", dark(metal, 0.3), 6, opacity=0.5)
                else:
                    k.path(
                        "M-86 -370 h26 l4 230 h30 l2 -250 h48 l2 250 h30 l4 -230 h26 l-6 280 q-20 60 -80 60 q-60 "
                        "0 -80 -60 Z",
                        k.round(metal),
                    )
                k.disc(0, 384, 9, dark(c, 0.5))


@drawing()
def bird_house(k: Canvas, c: str, p: Params) -> None:
    k.shadow(300)
    k.rect(-16, -240, 32, 240, k.round(WALNUT))
    k.rect(-160, -540, 320, 320, k.round(c), 8)
    for y in (-480, -420, -360, -300):
        k.stroke(f"M-158 {y} H158", dark(c, 0.25), 4, opacity=0.5)
    k.path("M-220 -520 L0 -700 L220 -520 L196 -490 L0 -644 L-196 -490 Z", k.down(p.s("roof", "#43444b")))
    k.path("M-160 -520 L0 -646 L160 -520 Z", k.round(c))
    k.disc(0, -420, 58, "#2c2119")
    k.rect(-8, -330, 16, 60, OAK, 8)
    k.disc(0, -330, 12, OAK)
    with k.at(210, -520, 0.9):
        k.path("M-70 0 C-60 -70 20 -90 50 -40 L84 -30 L52 -14 C40 40 -30 44 -70 0 L-130 30 Z", p.s("bird", "#c4553f"))
        k.disc(34, -44, 7, "#241f1f")


@drawing()
def lantern(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.stroke("M-60 -520 C-60 -640 60 -640 60 -520", c, 14)
    k.oval(0, -200, 320, 260, k.glow("#ffd98a", 0.55))
    k.path("M-170 -430 L-70 -530 H70 L170 -430 Z", k.round(c))
    k.rect(-150, -430, 300, 390, "#fff4d6", 6, opacity=0.65)
    k.rect(-50, -220, 100, 176, k.round("#f4ecdc"), 8)
    k.path("M0 -320 C30 -274 20 -250 0 -248 C-20 -250 -30 -274 0 -320 Z", "#f2a43c")
    for x in (-160, -8, 144):
        k.rect(x, -436, 16, 400, k.round(c))
    k.rect(-180, -48, 360, 48, k.round(c), 8)


@drawing()
def garden_bench(k: Canvas, c: str, p: Params) -> None:
    k.shadow(820)
    for x in (-370, 340):
        k.rect(x, -560, 34, 560, k.round(dark(c, 0.12)), 8)
        k.rect(x - 16, -330, 66, 26, k.round(c), 12)
    for i in range(9):
        k.rect(-320 + i * 74, -520, 40, 230, k.round(c), 8)
    k.path("M-390 -560 Q0 -650 390 -560 L390 -500 Q0 -580 -390 -500 Z", k.down(c))
    for i in range(3):
        k.rect(-400, -270 + i * 30, 800, 24, k.down(light(c, 0.04 * i)), 10)
    k.rect(-350, -150, 700, 20, dark(c, 0.2), 6)


@drawing()
def garden_chair(k: Canvas, c: str, p: Params) -> None:
    """A folding slatted chair."""
    frame = p.s("frame", IRON)
    k.shadow(430)
    k.stroke("M-150 -620 L160 -10 M150 -340 L-170 -10", frame, 22)
    k.stroke("M-110 -620 L200 -10 M190 -340 L-130 -10", dark(frame, 0.25), 18)
    for i in range(4):
        k.path(f"M{-166 + i * 26} {-600 + i * 54} h250 l8 36 h-250 Z", k.round(c))
    for i in range(4):
        k.rect(-190 + i * 8, -350 + i * 24, 400, 20, k.round(c), 8)


@drawing()
def parasol(k: Canvas, c: str, p: Params) -> None:
    k.shadow(320)
    k.rect(-150, -36, 300, 36, k.round("#9b968d"), 12)
    k.rect(-12, -660, 24, 630, k.round(OAK))
    second = p.s("second", WHITE)
    k.path(
        "M-460 -500 C-400 -760 400 -760 460 -500 Q384 -540 306 -500 Q230 -540 154 -500 Q76 -540 "
        "0 -500 Q-76 -540 -154 -500 Q-230 -540 -306 -500 Q-384 -540 -460 -500 Z",
        k.round(c),
    )
    k.path(
        "M-306 -500 C-270 -640 -120 -696 0 -696 C-90 -660 -140 -600 -154 -500 Q-230 -540 -306 -500 Z",
        second,
        opacity=0.9,
    )
    k.path("M306 -500 C270 -640 120 -696 0 -696 C90 -660 140 -600 154 -500 Q230 -540 306 -500 Z", second, opacity=0.9)
    k.disc(0, -700, 18, BRASS)


@drawing(lies=True)
def garden_gloves(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        for side in (-1, 1):
            with k.at(side * 170, 20, turn=side * 9, mirror=side < 0):
                k.path(
                    "M-110 60 C-130 -60 -110 -180 -96 -270 q30 -30 52 0 l2 110 l6 -170 q28 -30 54 0 l0 168 "
                    "l14 -160 q28 -26 50 4 l-6 170 l22 -110 q30 -22 46 10 L116 60 L160 -60 q34 -20 46 16 "
                    "L150 150 L100 200 H-100 Z",
                    k.slant(c),
                )
                k.rect(-116, 190, 226, 170, k.round(p.s("cuff", light(c, 0.4))), 14)
                for y in (220, 260, 300):
                    k.rect(-116, y, 226, 12, dark(p.s("cuff", c), 0.15), opacity=0.5)


@drawing()
def seeds(k: Canvas, c: str, p: Params) -> None:
    """Three seed packets fanned out."""
    k.shadow(520)
    for i, (a, t) in enumerate(zip((-13, 0, 13), p.l("tints", ["#7d9a6a", "#c96f4a", "#e2b25c"]), strict=True)):
        with k.at((i - 1) * 130, 0, turn=a):
            k.rect(-130, -430, 260, 420, k.slant(WHITE), 8)
            k.rect(-130, -430, 260, 70, t, 8)
            k.rect(-90, -406, 180, 18, WHITE, 6)
            with k.at(0, -60, 0.72):
                for b in (-24, 0, 24):
                    with k.at(0, 30, turn=b):
                        k.stroke("M0 0 V-190", LEAF, 8)
                        for j in range(6):
                            u = j * pi / 3
                            k.disc(round(30 * sin(u), 1), round(-210 - 30 * cos(u), 1), 22, t)
                        k.disc(0, -210, 18, "#fdf3c8")


@drawing()
def trug(k: Canvas, c: str, p: Params) -> None:
    """A harvest basket of wooden slats, with vegetables."""
    k.shadow(600)
    k.stroke("M-40 -150 C-40 -480 40 -480 40 -150", dark(c, 0.2), 30)
    for x, y, r, t in (
        (-190, -220, 66, "#c8452f"),
        (-90, -240, 74, "#e2b25c"),
        (60, -236, 70, "#c8452f"),
        (170, -222, 62, "#7d9a4a"),
    ):
        k.disc(x, y, r, k.slant(t))
    for a in (-50, -30, 24, 46):
        with k.at(0, -200, turn=a):
            k.path("M0 0 C-30 -80 -20 -150 0 -210 C20 -150 30 -80 0 0 Z", LEAF)
    for i in range(4):
        w = 330 - i * 32
        k.path(
            f"M{-w} {-220 + i * 54} Q0 {-130 + i * 54} {w} {-220 + i * 54} L{w - 20} {-164 + i * 54} "
            f"Q0 {-76 + i * 54} {-w + 20} {-164 + i * 54} Z",
            k.round(mix(c, dark(c, 0.2), 0.3 * (i % 2))),
        )
    for x in (-190, 160):
        k.rect(x, -160, 30, 160, k.round(dark(c, 0.2)), 6)


@drawing()
def hose(k: Canvas, c: str, p: Params) -> None:
    k.shadow(440)
    for i in range(6):
        k.disc(0, -280, 262 - i * 40, "none", stroke=mix(c, dark(c, 0.3), 0.5 * (i % 2)), stroke_width=34)
    k.path("M240 -120 L420 -60 L410 -16 L226 -70 Z", k.slant(BRASS))


@drawing()
def bee_hotel(k: Canvas, c: str, p: Params) -> None:
    k.shadow(400)
    k.path("M-260 -430 L0 -620 L260 -430 L230 -396 L-230 -396 Z", k.down(dark(c, 0.35)))
    k.rect(-210, -410, 420, 410, k.round(c), 8)
    for j in range(5):
        for i in range(5):
            x, y = -152 + i * 76 + (j % 2) * 14, -350 + j * 72
            k.disc(x, y, 32, k.slant("#e3c089"))
            k.disc(x, y, 9 + (i * j % 3) * 5, "#4b3524")
    k.disc(300, -470, 22, "#e2b25c")
    k.stroke("M292 -486 v32 M304 -488 v34", "#2c2119", 6)
    k.oval(296, -500, 18, 10, WHITE, opacity=0.8)
