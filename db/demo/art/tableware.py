"""Cups, bowls, pots for tea and coffee."""

from db.demo.art.canvas import (
    CLAY,
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


def speckles(k: Canvas, c: str, w: float, h: float, count: int, seed: int = 7) -> None:
    """Iron spots in a glaze, over a body that stands at the origin."""
    for x, y in scatter(seed, count):
        k.disc((x - 0.5) * w * 0.86, -h * 0.06 - y * h * 0.86, 2 + 2.6 * ((x * 7) % 1), dark(c, 0.42), opacity=0.55)


@drawing()
def mug(k: Canvas, c: str, p: Params) -> None:
    w, h, foot = p.n("w", 270), p.n("h", 300), p.n("foot", 0) or p.n("w", 270)
    k.shadow(w * 1.25, x=20)
    reach, grip = p.n("reach", 92), p.n("grip", 34)
    k.stroke(
        f"M{w / 2 - 14} {-h * 0.78} C{w / 2 + reach} {-h * 0.86} {w / 2 + reach * 1.05} {-h * 0.2} "
        f"{foot / 2 - 10} {-h * 0.2}",
        dark(c, 0.16),
        grip,
    )
    k.stroke(
        f"M{w / 2 - 14} {-h * 0.79} C{w / 2 + reach - 6} {-h * 0.85} {w / 2 + reach - 6} {-h * 0.4} "
        f"{w / 2 + reach * 0.6} {-h * 0.32}",
        light(c, 0.1),
        grip * 0.3,
    )
    k.barrel(w, h, c, foot)
    if p.get("dip"):
        share = p.n("dip_at", 0.3)
        edge = foot / 2 + (w - foot) / 2 * share
        with k.clip(
            f"M{-w} {-h * share} C{-w / 4} {-h * share - 10} {w / 4} {-h * share + 12} {w} {-h * share - 4} V60 H{-w} Z"
        ):
            k.barrel(edge * 2, h * share + 14, p.s("dip", CLAY), foot)
    if p.b("speckle"):
        speckles(k, c, w, h, 60)
    k.oval(0, -h, w / 2, w * 0.1, light(c, 0.25))
    k.oval(0, -h + 3, w / 2 - 14, w * 0.1 - 8, dark(c, 0.35))
    if p.get("drink"):
        k.oval(0, -h + 9, w / 2 - 22, w * 0.1 - 14, p.s("drink", "#5a3826"))


@drawing()
def bowl(k: Canvas, c: str, p: Params) -> None:
    count, w, h = int(p.n("count", 3)), p.n("w", 520), p.n("h", 190)
    k.shadow(w * 0.62)
    tints = p.l("tints", [c] * count)
    for i in reversed(range(count)):  # the lower one hides the foot of the upper
        t, y, s = tints[i % len(tints)], -i * h * 0.34, 1 - i * 0.035
        r = w / 2 * s
        k.rect(-r * 0.36, y - 22, r * 0.72, 24, k.round(dark(t, 0.1)), 8)
        k.path(
            f"M{-r} {y - h} C{-r * 0.96} {y - h * 0.3} {-r * 0.5} {y - 14} 0 {y - 14} C{r * 0.5} {y - 14} "
            f"{r * 0.96} {y - h * 0.3} {r} {y - h} Z",
            k.round(t),
        )
        if p.b("speckle"):
            with k.at(0, y - h * 0.35, 1):
                speckles(k, t, w * 0.75, h * 0.5, 26, i + 3)
    top, y = tints[(count - 1) % len(tints)], -(count - 1) * h * 0.34 - h
    r = w / 2 * (1 - (count - 1) * 0.035)
    k.oval(0, y, r, r * 0.16, light(top, 0.3))
    k.oval(0, y + 4, r - 14, r * 0.16 - 9, k.ramp([(0, dark(top, 0.3)), (1, light(top, 0.06))], "down"))


@drawing()
def plate(k: Canvas, c: str, p: Params) -> None:
    """A stack below, one plate leaning behind."""
    rim, inner = p.s("rim", dark(c, 0.2)), light(c, 0.1)
    k.shadow(620)
    with k.at(0, -330):
        k.disc(0, 0, 300, k.slant(c))
        k.disc(0, 0, 292, "none", stroke=rim, stroke_width=p.n("line", 9))
        k.disc(4, 5, 196, dark(c, 0.1))
        k.disc(0, 0, 194, k.slant(inner))
    for i in range(int(p.n("count", 4))):
        y = -14 - i * 24
        k.path(
            f"M-250 {y - 22} C-200 {y + 6} -120 {y + 12} 0 {y + 12} C120 {y + 12} 200 {y + 6} 250 {y - 22} Z",
            k.round(c),
        )
        k.oval(0, y - 22, 250, 24, k.round(light(c, 0.12)), stroke=rim, stroke_width=4)


@drawing()
def teapot(k: Canvas, c: str, p: Params) -> None:
    k.shadow(470)
    handle = p.s("handle", "")
    if handle:
        k.stroke("M-160 -300 C-190 -560 190 -560 160 -300", handle, 20)
        k.stroke("M-150 -330 C-176 -540 150 -556 152 -330", light(handle, 0.3), 5)
    else:
        k.stroke("M-190 -290 C-330 -330 -330 -90 -176 -90", dark(c, 0.12), 32)
    k.path("M180 -110 C280 -130 270 -260 330 -310 L372 -288 C330 -210 330 -60 170 -60 Z", k.round(dark(c, 0.06)))
    k.path(
        "M-215 -180 C-215 -300 -110 -345 0 -345 C110 -345 215 -300 215 -180 C215 -70 130 0 0 0 "
        "C-130 0 -215 -70 -215 -180 Z",
        k.round(c),
    )
    k.path("M-128 -328 C-90 -384 90 -384 128 -328 C60 -306 -60 -306 -128 -328 Z", k.round(light(c, 0.08)))
    k.disc(0, -388, 26, k.round(p.s("knob", c)))
    k.path("M-170 -230 C-160 -290 -110 -316 -70 -322 C-120 -290 -140 -250 -146 -200 Z", light(c, 0.35), opacity=0.6)


@drawing()
def jug(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.stroke("M120 -390 C290 -420 270 -140 140 -130", dark(c, 0.14), 30)
    k.path(
        "M-112 -480 C-160 -500 -170 -470 -126 -430 C-150 -300 -180 -250 -180 -150 C-180 -40 -120 "
        "0 0 0 C120 0 180 -40 180 -150 C180 -250 130 -320 122 -480 Z",
        k.round(c),
    )
    k.path(
        "M-160 -486 C-120 -470 60 -506 122 -480 C90 -448 -80 -448 -126 -440 C-150 -460 -164 -476 -160 -486 Z",
        dark(c, 0.3),
    )
    if p.get("band"):
        with k.clip(
            "M-180 -150 C-180 -40 -120 0 0 0 C120 0 180 -40 180 -150 C180 -190 172 -220 164 -250 "
            "L-164 -250 C-174 -215 -180 -190 -180 -150 Z"
        ):
            k.rect(-200, -190, 400, p.n("band_h", 60), p.s("band", "#ffffff"), opacity=0.85)


@drawing()
def tumbler(k: Canvas, c: str, p: Params) -> None:
    """A pair of drinking glasses; `tall` for highballs, `stem` for wine."""
    tall, stem = p.n("tall", 250), p.b("stem")
    for x, s in ((-130, 1.0), (135, 0.94)):
        with k.at(x, 0 if x < 0 else -26, s):
            k.shadow(210, strength=0.2)
            if stem:
                k.oval(0, -8, 96, 16, mix(c, "#ffffff", 0.35), opacity=0.85)
                k.rect(-6, -260, 12, 250, k.round(light(c, 0.3)), 5)
                k.path("M-92 -560 C-130 -400 -110 -250 0 -250 C110 -250 130 -400 92 -560 Z", k.round(c), opacity=0.55)
                k.path(
                    "M-113 -420 C-118 -300 -80 -256 0 -256 C80 -256 118 -300 113 -420 Z",
                    p.s("drink", "#e7c55f"),
                    opacity=0.8,
                )
                k.oval(0, -560, 92, 15, light(c, 0.6), opacity=0.7)
                continue
            k.path(f"M-100 {-tall} L-86 -8 C-60 10 60 10 86 -8 L100 {-tall} Z", k.round(c), opacity=0.62)
            if p.get("drink"):
                k.path(
                    f"M-96 {-tall * 0.7} L-82 -22 C-56 -8 56 -8 82 -22 L96 {-tall * 0.7} Z",
                    p.s("drink", "#f2c14e"),
                    opacity=0.75,
                )
                k.oval(0, -tall * 0.7, 96, 14, light(p.s("drink", "#f2c14e"), 0.3))
            if p.b("ribs", True):
                for i in range(-3, 4):
                    k.stroke(f"M{i * 28} {-tall + 26} L{i * 24} -18", light(c, 0.55), 5, opacity=0.4)
            k.oval(0, -tall, 100, 18, light(c, 0.55), opacity=0.8)
            k.oval(0, -tall + 2, 90, 12, dark(c, 0.1), opacity=0.5)
            k.stroke(f"M-78 {-tall + 44} L-70 -60", WHITE, 9, opacity=0.6)


@drawing()
def kettle(k: Canvas, c: str, p: Params) -> None:
    k.shadow(470)
    k.path("M150 -180 C260 -210 240 -330 330 -380 L356 -352 C300 -300 320 -150 160 -90 Z", k.round(dark(c, 0.05)))
    k.stroke("M-150 -330 C-180 -590 180 -590 150 -330", p.s("handle", WALNUT), 34)
    k.path("M-150 -370 L150 -370 L226 -60 C232 -20 210 0 180 0 L-180 0 C-210 0 -232 -20 -226 -60 Z", k.round(c))
    k.oval(0, -370, 150, 26, light(c, 0.2))
    k.path("M-112 -374 C-80 -416 80 -416 112 -374 Z", k.round(c))
    k.disc(0, -420, 22, p.s("handle", WALNUT))
    k.stroke("M-140 -300 L-186 -80", light(c, 0.5), 16, opacity=0.5)


@drawing()
def cafetiere(k: Canvas, c: str, p: Params) -> None:
    k.shadow(330)
    k.stroke("M126 -400 C280 -410 280 -120 126 -120", p.s("handle", WALNUT), 34)
    k.rect(-140, -440, 280, 430, "#e4eeee", 20, opacity=0.8)
    k.rect(-132, -300, 264, 284, k.round("#4a2d20"), 16)
    for y in (-420, -120):
        k.rect(-148, y, 296, 30, k.round(c), 6)
    k.path("M-150 -40 L150 -40 L160 0 L-160 0 Z", k.round(c))
    for x in (-128, 0, 116):
        k.rect(x, -410, 12, 390, c, 4)
    k.path("M-150 -440 C-120 -500 120 -500 150 -440 Z", k.round(c))
    k.rect(-5, -590, 10, 110, STEEL)
    k.disc(0, -600, 30, k.round(p.s("handle", WALNUT)))
    k.rect(-108, -380, 18, 240, WHITE, 9, opacity=0.6)


@drawing()
def dripper(k: Canvas, c: str, p: Params) -> None:
    """A pour-over cone on its carafe."""
    k.shadow(330)
    k.path(
        "M-80 -300 L-168 -70 C-180 -20 -150 0 -110 0 L110 0 C150 0 180 -20 168 -70 L80 -300 Z", "#dfeaea", opacity=0.8
    )
    k.path(
        "M-130 -170 L-160 -66 C-170 -26 -146 -10 -106 -10 L106 -10 C146 -10 170 -26 160 -66 L130 -170 Z",
        k.round("#56351f"),
    )
    k.stroke("M150 -230 C250 -240 240 -80 166 -80", p.s("handle", OAK), 24)
    k.oval(0, -304, 150, 22, k.round(dark(c, 0.1)))
    k.path("M-176 -560 L176 -560 L60 -316 Q0 -300 -60 -316 Z", k.round(c))
    k.oval(0, -560, 176, 30, light(c, 0.25))
    k.oval(0, -558, 158, 22, "#f7f0e2")
    k.oval(0, -550, 120, 14, "#5b3a26")
    k.stroke("M170 -520 C250 -530 230 -400 120 -420", dark(c, 0.15), 22)


@drawing()
def cake_stand(k: Canvas, c: str, p: Params) -> None:
    k.shadow(340)
    k.path("M-150 0 C-150 -30 -50 -40 -34 -120 L-30 -200 L30 -200 L34 -120 C50 -40 150 -30 150 0 Z", k.round(c))
    k.oval(0, -206, 330, 36, k.round(dark(c, 0.1)))
    k.oval(0, -216, 330, 36, k.round(light(c, 0.15)))
    cake = p.s("cake", "#c98a5b")
    k.path("M-210 -222 L-210 -380 L210 -380 L210 -222 C120 -200 -120 -200 -210 -222 Z", k.round(cake))
    k.path(
        "M-214 -390 C-120 -430 120 -430 214 -390 L214 -330 Q190 -300 166 -330 Q130 -270 96 -330 "
        "Q60 -300 30 -326 Q-10 -268 -50 -330 Q-90 -296 -124 -328 Q-170 -280 -214 -330 Z",
        p.s("icing", "#f7e6de"),
    )
    for i in range(5):
        k.disc(-150 + i * 75, -420 + abs(i - 2) * 7, 24, "#b23a48")
