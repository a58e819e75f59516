"""Bed and bath: bedding, towels, curtains, soap."""

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    LEAF,
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
    mix,
    scatter,
)


def pattern(k: Canvas, style: str, c: str, x: float, y: float, w: float, h: float, seed: int = 1) -> None:
    """Fills a rectangle (already clipped) with a textile pattern."""
    match style:
        case "stripe":
            for i in range(int(w / 36) + 1):
                k.rect(x + i * 36, y, 9 if i % 2 else 15, h, c, opacity=0.7)
        case "check":
            for i in range(int(w / 70) + 1):
                k.rect(x + i * 70, y, 34, h, c, opacity=0.38)
            for i in range(int(h / 70) + 1):
                k.rect(x, y + i * 70, w, 34, c, opacity=0.38)
        case "hoops":
            for i in range(int(h / 66) + 1):
                k.rect(x, y + i * 66, w, 26, c)
        case "dots":
            for a, b in scatter(seed, int(w * h / 5200)):
                k.disc(x + a * w, y + b * h, 9, c, opacity=0.8)
        case "meadow":
            for i, (a, b) in enumerate(scatter(seed + 3, int(w * h / 6500))):
                fx, fy = x + a * w, y + b * h
                k.stroke(f"M{fx:.1f} {fy:.1f} v26", LEAF, 4)
                k.disc(fx, fy, 10, ("#c76b4a", "#e2b25c", "#8d6a9a")[i % 3])
                k.disc(fx, fy, 4, WHITE)
        case _:
            pass


@drawing()
def bed(k: Canvas, c: str, p: Params) -> None:
    """A made bed seen from its foot; `style` patterns the duvet."""
    wood, second = p.s("wood", WOOD), p.s("second", light(c, 0.35))
    k.shadow(980)
    k.rect(-430, -520, 860, 420, k.round(wood), 60)
    for x in (-400, 372):
        k.rect(x, -70, 30, 70, dark(wood, 0.2), 6)
    for x in (-190, 190):
        k.rect(x - 175, -440, 350, 200, k.down(WHITE), 70)
    for x in (-160, 170):
        k.rect(x - 150, -390, 300, 170, k.down(second), 60)
    d = "M-450 -270 C-300 -310 300 -310 450 -270 L462 -56 C300 -30 -300 -30 -462 -56 Z"
    k.path(d, k.down(c))
    with k.clip(d):
        pattern(k, p.s("style", "plain"), p.s("ink", light(c, 0.45)), -470, -320, 940, 300)
        k.path("M-460 -280 C-300 -318 300 -318 460 -280 L456 -216 C300 -250 -300 -250 -456 -216 Z", light(second, 0.2))
        for x in (-250, 40, 260):
            k.path(
                f"M{x} -240 C{x + 30} -160 {x - 10} -100 {x + 20} -40 L{x + 60} -40 C{x + 40} -110 {x + 60} "
                f"-170 {x + 24} -240 Z",
                dark(c, 0.4),
                opacity=0.12,
            )


@drawing()
def pillow(k: Canvas, c: str, p: Params) -> None:
    """A plump pair, one on the other."""
    k.shadow(760)
    for y, t, turn in ((-120, c, 0), (-300, p.s("second", light(c, 0.12)), -3)):
        with k.at(0, y, turn=turn):
            k.path(
                "M-370 -90 C-330 -140 -200 -110 0 -124 C200 -110 330 -140 370 -90 C344 -30 350 60 372 "
                "100 C300 130 160 112 0 120 C-160 112 -300 130 -372 100 C-350 60 -344 -30 -370 -90 Z",
                k.down(t),
            )
            k.stroke(
                "M-344 -72 C-322 -20 -326 50 -346 84 M344 -72 C322 -20 326 50 346 84", dark(t, 0.18), 5, opacity=0.6
            )


@drawing()
def towels(k: Canvas, c: str, p: Params) -> None:
    """A stack of folded towels."""
    k.shadow(560)
    tints = p.l("tints", [c, light(c, 0.18), c, light(c, 0.3)])
    widths = (540, 540, 500, 380)
    for i, t in enumerate(tints[:4]):
        w, y = widths[i], -i * 116
        k.rect(-w / 2, y - 116, w, 112, k.round(t), 50)
        k.stroke(f"M{-w / 2 + 30} {y - 58} H{w / 2 - 26}", dark(t, 0.22), 5, opacity=0.55)
        if p.s("style", "band") == "band":
            k.rect(w / 2 - 130, y - 114, 26, 108, light(t, 0.4), opacity=0.7)
            k.rect(w / 2 - 92, y - 114, 9, 108, light(t, 0.4), opacity=0.7)
        elif p.s("style", "") == "waffle":
            for x in range(int(-w / 2) + 50, int(w / 2) - 40, 26):
                k.rect(x, y - 98, 15, 30, dark(t, 0.12), 3, opacity=0.6)
                k.rect(x, y - 48, 15, 30, dark(t, 0.12), 3, opacity=0.6)


@drawing(lies=True)
def robe(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        k.path(
            "M-120 -400 L120 -400 C210 -380 250 -330 280 -200 L350 140 L236 170 L200 20 L214 430 Q0 "
            "460 -214 430 L-200 20 L-236 170 L-350 140 L-280 -200 C-250 -330 -210 -380 -120 -400 Z",
            k.round(c),
        )
    k.path("M-70 -404 L0 -120 L70 -404 Z", dark(c, 0.35))
    k.stroke("M-96 -402 L-20 40 M96 -402 L-10 20", k.down(light(c, 0.2)), 56, stroke_linecap="butt")
    k.rect(-204, 10, 408, 52, k.down(light(c, 0.1)), 10)
    k.stroke("M-10 50 L-50 240 M20 50 L60 220", light(c, 0.1), 30)
    for x in (-150, 60):
        k.rect(x, 150, 96, 110, dark(c, 0.1), 10)


@drawing()
def soap(k: Canvas, c: str, p: Params) -> None:
    """Two bars on a dish; one wrapped."""
    k.shadow(620)
    k.path("M-310 -60 L310 -60 L270 -6 Q260 0 240 0 L-240 0 Q-260 0 -270 -6 Z", k.round(p.s("dish", OAK)))
    for x in range(-230, 260, 76):
        k.rect(x, -64, 36, 10, dark(p.s("dish", OAK), 0.4), 4)
    k.rect(-230, -196, 320, 136, k.round(c), 44)
    k.rect(-190, -164, 240, 72, "none", 24, stroke=light(c, 0.35), stroke_width=7)
    with k.at(100, -196, turn=-8):
        k.rect(-180, -128, 310, 130, k.round(mix(c, WHITE, 0.3)), 20)
        k.rect(-100, -130, 150, 134, WHITE)
        k.rect(-74, -86, 98, 14, dark(c, 0.4), 5)
        k.rect(-56, -56, 62, 9, dark(c, 0.2), 4)
        for a, b in scatter(9, 14):
            k.disc(-170 + a * 60, -120 + b * 112, 4, dark(c, 0.35), opacity=0.6)


@drawing()
def dispenser(k: Canvas, c: str, p: Params) -> None:
    """A pump bottle; `glass` shows the liquid; `count` 2 adds a brother."""
    for x, s in ((-150, 1.0), (160, 0.9))[: int(p.n("count", 1))] if p.n("count", 1) > 1 else ((0, 1.0),):
        with k.at(x, 0, s):
            k.shadow(270)
            k.rect(-14, -510, 28, 120, k.round(STEEL))
            k.rect(-54, -430, 108, 56, k.round(p.s("pump", BRASS)), 12)
            k.path("M-30 -546 H60 Q124 -546 124 -490 L98 -490 Q96 -510 60 -510 H-30 Z", k.round(p.s("pump", BRASS)))
            k.path(
                "M-60 -384 H60 C70 -350 136 -350 136 -290 V-40 Q136 0 96 0 H-96 Q-136 0 -136 -40 V-290 "
                "C-136 -350 -70 -350 -60 -384 Z",
                k.round(c),
            )
            k.rect(-96, -250, 192, 160, WHITE, 8, opacity=0.94)
            k.rect(-62, -214, 124, 16, dark(c, 0.5), 5)
            k.rect(-62, -180, 84, 9, dark(c, 0.3), 4)
            k.rect(-62, -156, 100, 9, dark(c, 0.3), 4)


@drawing(lies=True)
def bath_mat(k: Canvas, c: str, p: Params) -> None:
    with k.lifted(10, 4, 12), k.at(0, 0, turn=-5):
        if p.b("slats"):
            for i in range(9):
                k.rect(-400 + i * 90, -250, 74, 500, k.slant(c), 14)
            k.rect(-410, -170, 800, 26, dark(c, 0.3), 8)
            k.rect(-410, 144, 800, 26, dark(c, 0.3), 8)
            return
        k.rect(-420, -270, 840, 540, k.slant(c), 40)
        k.rect(-380, -230, 760, 460, "none", 24, stroke=light(c, 0.3), stroke_width=12)
        for i, (a, b) in enumerate(scatter(31, 150)):
            k.oval(-360 + a * 720, -210 + b * 420, 17, 9, light(c, 0.16) if i % 2 else dark(c, 0.08), opacity=0.7)


@drawing(lies=True)
def curtains(k: Canvas, c: str, p: Params) -> None:
    """A pair on a rod before a window."""
    k.rect(-250, -330, 500, 560, "#f7fbfb")
    k.rect(-250, -330, 500, 560, "none", 4, stroke="#ffffff", stroke_width=26)
    k.path("M-238 80 Q-100 -20 40 70 T238 40 V218 H-238 Z", "#a9c4b4")
    k.disc(120, -190, 50, "#f6d27c")
    k.rect(-10, -330, 20, 560, "#ffffff")
    k.rect(-250, -70, 500, 18, "#ffffff")
    with k.lifted(10, 4, 10):
        for side in (-1, 1):
            d = "M430 -400 H120 C150 -100 110 120 150 440 C240 456 340 440 446 450 Z"
            with k.at(0, 0, mirror=side < 0):
                k.path(d, k.down(c))
                with k.clip(d):
                    for i, x in enumerate((170, 230, 290, 350, 410)):
                        k.path(
                            f"M{x} -400 C{x + 20} -100 {x - 26} 160 {x + 8} 460 L{x + 34} 460 C{x + 10} 160 {x + 50} "
                            f"-100 {x + 20} -400 Z",
                            dark(c, 0.3) if i % 2 else light(c, 0.4),
                            opacity=0.3,
                        )
    k.rect(-480, -424, 960, 18, k.down(p.s("rod", WALNUT)), 9)
    for x in (-490, 490):
        k.disc(x, -415, 24, k.slant(p.s("rod", WALNUT)))
    for x in range(-430, 440, 44):
        if abs(x) > 110:
            k.disc(x, -406, 14, "none", stroke=BRASS, stroke_width=6)


@drawing(lies=True)
def brush(k: Canvas, c: str, p: Params) -> None:
    """A long bath brush and a small nail brush."""
    with k.lifted(8, 5, 12), k.at(0, 0, turn=-32):
        k.path("M-420 -20 Q-440 0 -420 20 L120 34 C160 100 380 100 400 0 C380 -100 160 -100 120 -34 Z", k.down(c))
        k.disc(-396, 0, 9, dark(c, 0.5))
        k.oval(262, 0, 112, 68, dark(c, 0.16))
        for a, b in scatter(17, 60):
            x, y = (a - 0.5) * 200, (b - 0.5) * 116
            if (x / 104) ** 2 + (y / 62) ** 2 < 1:
                k.disc(262 + x, y, 7, CREAM)
    with k.lifted(8, 5, 12), k.at(190, 210, turn=14):
        k.rect(-130, -50, 260, 100, k.down(c), 50)
        for i in range(9):
            k.rect(-104 + i * 24, -22, 14, 44, CREAM, 6)


@drawing()
def hamper(k: Canvas, c: str, p: Params) -> None:
    """A laundry bag in a folding frame."""
    k.shadow(440)
    k.stroke("M-210 -560 L200 -6 M210 -560 L-200 -6", dark(p.s("legs", OAK), 0.1), 22)
    k.path("M-230 -540 L230 -540 L196 -110 Q0 -70 -196 -110 Z", k.round(c))
    k.oval(0, -540, 230, 30, dark(c, 0.3))
    k.path("M-190 -546 C-140 -640 -10 -610 40 -560 L190 -548 Z", k.down(p.s("inside", "#c9d6dc")))
    k.rect(-244, -566, 488, 28, k.round(p.s("legs", OAK)), 14)
    k.rect(-70, -380, 140, 60, light(c, 0.5), 6)
    k.rect(-44, -356, 88, 12, dark(c, 0.4), 5)
