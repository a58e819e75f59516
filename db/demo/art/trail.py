"""Outdoors: camp, trail and water."""

from math import cos, pi, sin

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    INK,
    IRON,
    LEAF,
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


@drawing()
def tent(k: Canvas, c: str, p: Params) -> None:
    """`style` ridge or dome."""
    k.shadow(900)
    inside = p.s("inside", "#f3d58a")
    if p.s("style", "ridge") == "dome":
        k.path("M-480 0 C-440 -420 -160 -520 0 -520 C160 -520 440 -420 480 0 Z", k.round(c))
        k.path("M-150 0 C-140 -260 -60 -380 0 -400 C60 -380 140 -260 150 0 Z", k.down(inside))
        k.path("M0 -400 C60 -380 140 -260 150 0 L60 0 Z", dark(inside, 0.15))
        k.stroke("M-480 0 C-300 -420 60 -600 300 -420 M480 0 C300 -420 -60 -600 -300 -420", dark(c, 0.35), 9)
        return
    k.stroke("M-520 0 L-330 -330 M520 0 L330 -330", "#b98a58", 6)
    k.path("M-430 0 L-90 -500 L90 -500 L430 0 Z", k.round(c))
    k.path("M-90 -500 H90 L430 0 H330 L0 -440 L-330 0 H-430 Z", dark(c, 0.12))
    k.path("M-180 0 L0 -420 L180 0 Z", k.down(inside))
    k.path("M0 -420 L180 0 H110 Z", dark(c, 0.1))
    k.path("M0 -420 L-180 0 H-110 Z", light(c, 0.1))
    k.rect(-10, -540, 20, 60, WALNUT, 4)
    for x in (-430, 430):
        k.stroke(f"M{x} 0 l{20 if x > 0 else -20} 30", IRON, 9)


@drawing()
def sleeping_bag(k: Canvas, c: str, p: Params) -> None:
    """Rolled up, with straps."""
    k.shadow(640)
    k.rect(-320, -330, 640, 330, k.down(c), 150)
    k.disc(-180, -165, 165, k.slant(dark(c, 0.1)))
    for i, r in enumerate((140, 104, 68, 34)):
        k.disc(-180, -165, r, "none", stroke=p.s("lining", "#e2b25c") if i % 2 == 0 else dark(c, 0.3), stroke_width=14)
    for x in (30, 190):
        k.rect(x, -336, 40, 342, k.down(p.s("strap", "#3f4147")), 10)
        k.rect(x - 8, -200, 56, 46, "none", 8, stroke=BRASS, stroke_width=9)


@drawing()
def flask(k: Canvas, c: str, p: Params) -> None:
    """A vacuum bottle; `mug` lid, `loop` handle."""
    h = p.n("h", 560)
    k.shadow(230)
    k.rect(-120, -h, 240, h, k.round(c), 44)
    k.path(
        f"M-120 {-h + 40} C-120 {-h - 40} -70 {-h - 60} -70 {-h - 90} H70 C70 {-h - 60} 120 {-h - 40} 120 {-h + 40} Z",
        k.round(c),
    )
    k.rect(-84, -h - 170, 168, 90, k.round(p.s("lid", STEEL)), 18)
    if p.b("loop"):
        k.stroke(f"M-60 {-h - 160} C-60 {-h - 250} 60 {-h - 250} 60 {-h - 160}", p.s("lid", STEEL), 22)
    k.rect(-120, -70, 240, 20, dark(c, 0.2), opacity=0.6)
    k.path(f"M-40 {-h * 0.5} l40 -66 l40 66 Z M-60 {-h * 0.5} h120 v9 h-120 Z", light(c, 0.6))
    k.stroke(f"M-78 {-h + 60} V-110", WHITE, 16, opacity=0.3)


@drawing(lies=True)
def headlamp(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        k.stroke("M-330 -60 C-360 -330 360 -330 330 -60", k.round(p.s("band", "#3f4147")), 64)
        k.stroke(
            "M-330 -60 C-340 120 -200 180 -130 190 M330 -60 C340 120 200 180 130 190",
            k.round(c),
            64,
            stroke_linecap="butt",
        )
        k.rect(-160, 80, 320, 220, k.slant(IRON), 60)
        k.disc(0, 190, 90, k.slant(STEEL))
        k.disc(0, 190, 68, "#fff3cf")
    k.disc(0, 190, 190, k.glow("#ffe9a8", 0.6))
    k.disc(-112, 190, 18, c)
    k.disc(112, 190, 18, c)


@drawing()
def stove(k: Canvas, c: str, p: Params) -> None:
    """A camping stove with a pot."""
    k.shadow(400)
    k.path("M-150 0 L-40 -90 H40 L150 0 H118 L30 -64 H-30 L-118 0 Z", k.round(STEEL))
    k.rect(-44, -150, 88, 90, k.round(IRON), 12)
    k.rect(30, -124, 130, 20, BRASS, 8)
    k.disc(168, -114, 26, k.round("#c4553f"))
    for x in (-90, -50, 0, 50, 90):
        k.path(
            f"M{x} -230 C{x + 24} -190 {x + 20} -164 {x} -156 C{x - 20} -164 {x - 24} -190 {x} -230 Z",
            k.ramp([(0, "#7fb4d6"), (1, "#f2a43c")], "down"),
            opacity=0.9,
        )
    k.rect(-200, -250, 400, 18, k.round(STEEL), 6)
    k.rect(-190, -520, 380, 272, k.round(c), 26)
    k.rect(-200, -546, 400, 34, k.round(light(c, 0.15)), 14)
    k.stroke("M190 -450 H340", IRON, 30)
    k.stroke("M-150 -480 V-290", WHITE, 14, opacity=0.3)


@drawing()
def enamel_mug(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.stroke("M140 -240 C270 -260 270 -60 140 -70", c, 26)
    k.barrel(310, 300, c, 280)
    k.rect(-160, -312, 320, 24, k.round(p.s("rim", IRON)), 10)
    for x, y in scatter(13, 60):
        k.disc((x - 0.5) * 270, -20 - y * 250, 3.4, p.s("dots", WHITE), opacity=0.8)
    k.path("M-70 -90 L-10 -190 L30 -130 L54 -164 L100 -90 Z", p.s("dots", WHITE), opacity=0.9)


@drawing(lies=True)
def hammock(k: Canvas, c: str, p: Params) -> None:
    for x in (-510, 470):
        k.rect(x, -330, 40, 700, k.round("#8a6a4d"))
    for x, y, r in ((-470, -300, 130), (460, -310, 140), (-550, -230, 110), (540, -220, 100)):
        k.disc(x, y, r, k.down(mix(LEAF, "#a7c957", 0.2)))
    k.stroke("M-490 -150 L-330 -20 M490 -150 L330 -20", CREAM, 8)
    with k.lifted():
        k.path("M-340 -40 C-200 240 200 240 340 -40 C240 60 -240 60 -340 -40 Z", k.down(dark(c, 0.2)))
        k.path("M-340 -30 C-200 300 200 300 340 -30 C220 130 -220 130 -340 -30 Z", k.round(c))
        for i in range(2):
            k.stroke(
                f"M{-320 + i * 30} {0 + i * 16} C-190 {130 + i * 90} 190 {130 + i * 90} {320 - i * 30} {0 + i * 16}",
                p.s("second", CREAM),
                14,
            )


@drawing(lies=True)
def compass(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        k.stroke("M0 -330 C-40 -460 40 -460 0 -330", BRASS, 18)
        k.rect(-26, -350, 52, 70, k.slant(c), 12)
        k.disc(0, 0, 310, k.slant(c))
        k.disc(0, 0, 256, k.slant(CREAM))
    for i in range(32):
        a = i * pi / 16
        n = 40 if i % 8 == 0 else 20
        k.stroke(
            f"M{240 * sin(a):.1f} {-240 * cos(a):.1f} L{(240 - n) * sin(a):.1f} {-(240 - n) * cos(a):.1f}",
            INK,
            8 if i % 8 == 0 else 3,
        )
    for a, s in ((0, 1.0), (90, 1.0), (45, 0.6), (135, 0.6)):
        with k.at(0, 0, s, turn=a):
            k.path("M0 -180 L26 0 L0 180 L-26 0 Z", mix(c, CREAM, 0.55))
    with k.at(0, 0, turn=24):
        k.path("M0 -200 L28 0 H-28 Z", "#c4553f")
        k.path("M0 200 L28 0 H-28 Z", INK)
        k.disc(0, 0, 18, BRASS)


@drawing()
def cooler(k: Canvas, c: str, p: Params) -> None:
    k.shadow(620)
    k.stroke("M-220 -420 C-220 -600 220 -600 220 -420", STEEL, 22)
    k.rect(-290, -330, 580, 330, k.round(c), 30)
    k.rect(-306, -440, 612, 120, k.round(p.s("lid", WHITE)), 30)
    k.rect(-50, -350, 100, 70, k.round(STEEL), 12)
    k.rect(-200, -220, 400, 90, light(c, 0.5), 10, opacity=0.7)


@drawing()
def dry_bag(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.path("M-170 -480 H170 L186 -30 Q0 14 -186 -30 Z", k.round(c))
    k.rect(-180, -560, 360, 100, k.round(dark(c, 0.12)), 40)
    k.stroke("M-170 -510 C-250 -640 250 -640 170 -510", INK, 24)
    k.rect(-40, -660, 80, 60, k.round(INK), 14)
    k.path("M-96 -210 q24 -26 48 0 t48 0 t48 0 t48 0 v40 q-24 26 -48 0 t-48 0 t-48 0 t-48 0 Z", light(c, 0.6))
    k.stroke("M-130 -440 V-70", WHITE, 14, opacity=0.3)


@drawing()
def camp_chair(k: Canvas, c: str, p: Params) -> None:
    frame = p.s("frame", OAK)
    k.shadow(560)
    k.stroke("M-240 -10 L190 -330 M240 -10 L-190 -330", frame, 26)
    k.stroke("M-220 -330 L-250 -680 M220 -330 L250 -680", frame, 26)
    k.path("M-252 -680 H252 L240 -500 Q0 -450 -240 -500 Z", k.round(c))
    k.path("M-220 -340 H220 L240 -290 Q0 -190 -240 -290 Z", k.round(c))
    k.stroke("M-220 -480 L-200 -330 M220 -480 L200 -330", dark(c, 0.2), 16)
    k.rect(-300, -440, 110, 24, k.round(frame), 12)
    k.rect(190, -440, 110, 24, k.round(frame), 12)


@drawing(lies=True)
def pocket_knife(k: Canvas, c: str, p: Params) -> None:
    with k.lifted(8, 5, 12), k.at(0, 60, turn=-18):
        k.path("M-40 -50 L330 -90 Q420 -70 450 20 L-20 30 Z", k.ramp([(0, "#eef1f3"), (1, "#a6aeb6")], "down"))
        k.stroke("M20 4 L400 -6", WHITE, 4, opacity=0.7)
        k.path("M-420 -60 C-440 40 -400 90 -330 80 L20 56 Q60 30 30 -64 L-330 -90 Q-400 -100 -420 -60 Z", k.slant(c))
        k.disc(0, 0, 17, BRASS)
        k.disc(-380, 0, 15, BRASS)
        k.stroke("M-340 -10 C-240 -40 -120 -30 -50 -6", light(c, 0.3), 6, opacity=0.5)
        k.stroke("M-410 30 C-470 90 -500 150 -440 190", "#7b533a", 12)


@drawing()
def lantern_camp(k: Canvas, c: str, p: Params) -> None:
    k.shadow(280)
    k.stroke("M-150 -420 C-150 -700 150 -700 150 -420", IRON, 12)
    k.oval(0, -300, 320, 280, k.glow("#ffd98a", 0.6))
    k.path("M-130 -440 C-110 -530 110 -530 130 -440 Z", k.round(c))
    k.rect(-30, -560, 60, 50, k.round(c), 10)
    k.path("M-110 -440 C-150 -340 -150 -260 -110 -180 H110 C150 -260 150 -340 110 -440 Z", "#fff0c4", opacity=0.85)
    k.path("M0 -380 C40 -320 26 -256 0 -250 C-26 -256 -40 -320 0 -380 Z", "#f2a43c")
    k.path("M-130 -184 H130 L170 -30 Q170 0 140 0 H-140 Q-170 0 -170 -30 Z", k.round(c))
    k.disc(150, -80, 20, BRASS)


@drawing()
def kayak_paddle(k: Canvas, c: str, p: Params) -> None:
    """Walking poles or a paddle leaning; `poles` for the former."""
    k.shadow(300)
    for side in (-1, 1):
        with k.at(side * 70, 0, turn=side * 6):
            if p.b("poles"):
                k.rect(-9, -640, 18, 640, k.round(STEEL))
                k.rect(-12, -420, 24, 200, k.round(c))
                k.rect(-22, -760, 44, 140, k.round(p.s("grip", "#b98a58")), 18)
                k.oval(0, -60, 46, 12, IRON)
                k.stroke("M0 -730 q60 60 10 110", INK, 8)
            else:
                k.rect(-13, -700, 26, 500, k.round(p.s("grip", OAK)))
                k.path("M-70 -240 Q0 -290 70 -240 L60 -20 Q0 30 -60 -20 Z", k.round(c))
                k.stroke("M0 -230 V-20", dark(c, 0.3), 7)
                k.rect(-60, -724, 120, 34, k.round(p.s("grip", OAK)), 16)


@drawing(lies=True)
def picnic_rug(k: Canvas, c: str, p: Params) -> None:
    """A checked rug rolled in a leather strap."""
    second = p.s("second", CREAM)
    d = "M-400 -150 H400 V160 H-400 Z"
    with k.lifted():
        k.rect(-400, -150, 800, 310, k.down(c), 150)
        with k.clip(d):
            for x in range(-380, 400, 110):
                k.rect(x, -150, 46, 310, second, opacity=0.45)
            for y in (-90, 10, 100):
                k.rect(-400, y, 800, 36, second, opacity=0.35)
        k.oval(-390, 5, 66, 152, k.slant(dark(c, 0.15)))
        k.oval(-390, 5, 40, 100, "none", stroke=light(c, 0.3), stroke_width=9)
        k.oval(-390, 5, 16, 44, dark(c, 0.4))
        for x in (-190, 190):
            k.rect(x - 26, -160, 52, 330, k.down(WALNUT), 12)
            k.rect(x - 36, -40, 72, 52, "none", 8, stroke=BRASS, stroke_width=10)
        k.stroke("M-190 -150 C-160 -330 160 -330 190 -150", WALNUT, 34)


@drawing()
def bike_bell(k: Canvas, c: str, p: Params) -> None:
    k.shadow(360)
    k.rect(-300, -70, 600, 60, k.down(IRON), 30)
    k.rect(-60, -110, 120, 110, k.round(STEEL), 14)
    k.path("M-250 -130 C-250 -350 -120 -430 0 -430 C120 -430 250 -350 250 -130 Q0 -70 -250 -130 Z", k.round(c))
    k.oval(0, -126, 250, 36, dark(c, 0.3))
    k.disc(0, -424, 30, k.round(light(c, 0.2)))
    k.path("M-170 -200 C-160 -310 -90 -370 -40 -386 C-100 -330 -130 -270 -136 -190 Z", WHITE, opacity=0.4)
    k.stroke("M200 -110 L330 -160", STEEL, 22)
