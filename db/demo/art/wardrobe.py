"""Clothing, as it lies on a table or hangs from a hanger."""

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    STEEL,
    WALNUT,
    WHITE,
    WOOD,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    scatter,
)
from db.demo.art.linen import pattern


def hanger(k: Canvas, y: float) -> None:
    k.stroke(
        f"M0 {y - 30} V{y - 62} C0 {y - 96} 46 {y - 96} 44 {y - 122} C42 {y - 150} 0 {y - 150} -2 {y - 122}", STEEL, 9
    )
    k.stroke(f"M-170 {y + 46} Q-20 {y - 40} 0 {y - 40} Q20 {y - 40} 170 {y + 46}", WOOD, 24)


def cloth(k: Canvas, d: str, c: str, p: Params, seed: int = 1) -> None:
    """A piece of cloth with its pattern and a few soft folds."""
    k.path(d, k.round(c))
    with k.clip(d):
        pattern(k, p.s("style", "plain"), p.s("ink", light(c, 0.55)), -420, -480, 840, 980, seed)
        for x, o in ((-130, 0.1), (70, 0.13)):
            k.path(
                f"M{x} -300 C{x + 40} -60 {x - 30} 160 {x + 24} 480 L{x + 70} 480 C{x + 36} 160 {x + 80} "
                f"-60 {x + 34} -300 Z",
                dark(c, 0.5),
                opacity=o,
            )


def seam(k: Canvas, d: str, c: str) -> None:
    k.stroke(d, dark(c, 0.25), 4, stroke_dasharray="11 8", opacity=0.7)


def knit(k: Canvas, c: str, x: float, y: float, w: float, h: float, step: float = 16) -> None:
    """Vertical ribs, for cuffs and hems."""
    for i in range(int(w / step) + 1):
        k.stroke(f"M{x + i * step:.1f} {y} v{h}", dark(c, 0.22), 4, opacity=0.55)


@drawing(lies=True)
def tee(k: Canvas, c: str, p: Params) -> None:
    """Short sleeves, or long with `long`; `print` boat, sun, leaf; `pocket`."""
    long = p.b("long")
    right = "L400 190 L296 236 L226 -60" if long else "L386 -90 L270 -24 L226 -110"
    left = "L-226 -60 L-296 236 L-400 190" if long else "L-226 -110 L-270 -24 L-386 -90"
    shoulders = "M-120 -380 Q0 -300 120 -380 C190 -366 250 -340 290 -290"
    with k.lifted():
        cloth(
            k, f"{shoulders} {right} L216 390 Q0 412 -216 390 {left} L-290 -290 C-250 -340 -190 -366 -120 -380 Z", c, p
        )
    k.stroke("M-122 -378 Q0 -292 122 -378", dark(c, 0.14), 24)
    k.stroke("M-214 372 Q0 394 214 372", dark(c, 0.18), 4, opacity=0.7)
    if p.b("pocket"):
        k.path("M40 -170 h120 v110 l-60 30 l-60 -30 Z", dark(c, 0.08))
        seam(k, "M46 -164 h108 v100 l-54 26 l-54 -26 Z", c)
    match p.s("print", ""):
        case "boat":
            k.path("M-90 60 H100 L70 104 H-60 Z", p.s("ink", WHITE))
            k.path("M0 -110 V44 H-90 Z", p.s("ink", WHITE))
            k.path("M14 -80 V44 H84 Z", p.s("ink", WHITE), opacity=0.7)
        case "sun":
            k.disc(0, -20, 74, p.s("ink", "#f1d9a0"))
            for y in (20, 44, 66):
                k.rect(-90, y, 180, 9, c)
        case "leaf":
            k.path("M0 110 C-110 20 -90 -110 0 -170 C90 -110 110 20 0 110 Z", p.s("ink", WHITE), opacity=0.9)
            k.stroke("M0 130 V-120 M0 20 l-46 -44 M0 20 l46 -44 M0 -50 l-34 -34 M0 -50 l34 -34", c, 8)


@drawing(lies=True)
def shirt(k: Canvas, c: str, p: Params) -> None:
    with k.lifted():
        cloth(
            k,
            "M-110 -390 L110 -390 C190 -376 250 -350 290 -300 L392 210 L296 250 L228 -70 L222 400 "
            "Q110 430 0 408 Q-110 430 -222 400 L-228 -70 L-296 250 L-392 210 L-290 -300 C-250 -350 "
            "-190 -376 -110 -390 Z",
            c,
            p,
        )
    k.path("M-14 -350 H24 V408 Q4 412 -14 408 Z", dark(c, 0.07))
    k.path("M-120 -396 L-20 -330 L-70 -250 L-150 -370 Z", k.down(light(c, 0.12)))
    k.path("M120 -396 L20 -330 L70 -250 L150 -370 Z", k.down(light(c, 0.12)))
    k.path("M-118 -396 Q0 -350 118 -396 L60 -350 L0 -318 L-60 -350 Z", dark(c, 0.3))
    for y in range(-270, 400, 104):
        k.disc(5, y, 11, p.s("button", CREAM))
        k.disc(5, y, 4, dark(c, 0.4))
    k.path("M70 -190 h110 v110 l-55 26 l-55 -26 Z", dark(c, 0.09))
    seam(k, "M-380 196 l86 34 M380 196 l-86 34", c)


@drawing(lies=True)
def sweater(k: Canvas, c: str, p: Params) -> None:
    """`style` plain, cable, fairisle, stripe; `roll` neck; `open` makes a cardigan."""
    d = (
        "M-110 -380 Q0 -340 110 -380 C200 -366 260 -330 300 -270 L404 240 L296 280 L232 -30 L228 "
        "360 H-228 L-232 -30 L-296 280 L-404 240 L-300 -270 C-260 -330 -200 -366 -110 -380 Z"
    )
    style = p.s("style", "plain")
    second = p.s("second", light(c, 0.5))
    with k.lifted():
        k.path(d, k.round(c))
    with k.clip(d):
        if style == "cable":
            for x in (-150, 0, 150):
                for y in range(-330, 340, 70):
                    k.stroke(
                        f"M{x - 24} {y} C{x - 24} {y + 36} {x + 24} {y + 34} {x + 24} {y + 70} M{x + 24} {y} C{x + 24} "
                        f"{y + 36} {x - 24} {y + 34} {x - 24} {y + 70}",
                        dark(c, 0.2),
                        10,
                        opacity=0.6,
                    )
            knit(k, c, -410, -400, 820, 760, 40)
        elif style == "fairisle":
            for y, kind in ((-280, 0), (-220, 1), (-150, 0)):
                for x in range(-400, 410, 50):
                    k.path(
                        f"M{x} {y - 20} l22 20 l-22 20 l-22 -20 Z"
                        if kind == 0
                        else f"M{x - 20} {y - 8} h40 v16 h-40 Z",
                        second,
                    )
                k.rect(-410, y + 26, 820, 7, p.s("third", "#b4593a"))
        elif style == "stripe":
            for y in range(-220, 330, 96):
                k.rect(-410, y, 820, 36, second)
        else:
            for a, b in scatter(5, 160):
                k.stroke(f"M{-400 + a * 800:.1f} {-370 + b * 740:.1f} v12", dark(c, 0.18), 4, opacity=0.4)
        k.path(
            "M-232 -30 C-214 100 -222 240 -228 360 L-196 360 C-190 220 -196 90 -232 -30 Z M232 -30 "
            "C214 100 222 240 228 360 L196 360 C190 220 196 90 232 -30 Z",
            dark(c, 0.5),
            opacity=0.18,
        )
    k.path("M-232 340 H232 V420 Q0 432 -232 420 Z", k.round(dark(c, 0.05)))
    knit(k, c, -224, 346, 448, 72)
    for side in (-1, 1):
        with k.at(side * 350, 262, turn=side * -20):
            k.rect(-60, -8, 120, 74, k.round(dark(c, 0.05)), 12)
            knit(k, c, -50, -2, 100, 62)
    if p.b("open"):
        k.path("M-14 -340 H14 L18 420 H-18 Z", dark(c, 0.3))
        k.stroke("M-110 -378 L-26 -130 V416 M110 -378 L26 -130 V416", light(c, 0.08), 34, stroke_linecap="butt")
        for y in range(-90, 400, 110):
            k.disc(26, y, 14, p.s("button", WALNUT))
    elif p.b("roll"):
        k.rect(-112, -440, 224, 96, k.round(c), 34)
        knit(k, c, -100, -434, 200, 84)
    else:
        k.stroke("M-108 -374 Q0 -300 108 -374", dark(c, 0.12), 34)


@drawing(lies=True)
def jacket(k: Canvas, c: str, p: Params) -> None:
    """`style` chore, rain (hood, zip), puffer (quilted), blazer."""
    style = p.s("style", "chore")
    d = (
        "M-120 -370 L120 -370 C210 -352 270 -320 306 -260 L400 250 L290 286 L240 -30 L240 400 Q0 "
        "424 -240 400 L-240 -30 L-290 286 L-400 250 L-306 -260 C-270 -320 -210 -352 -120 -370 Z"
    )
    with k.lifted():
        if style in ("rain", "puffer"):
            k.path("M-130 -350 C-170 -500 170 -500 130 -350 C80 -300 -80 -300 -130 -350 Z", k.round(dark(c, 0.1)))
        k.path(d, k.round(c))
    if style in ("rain", "puffer"):
        k.oval(0, -372, 92, 52, dark(c, 0.5))
    with k.clip(d):
        k.path(
            "M-240 -30 C-220 100 -230 260 -240 400 L-206 400 C-196 240 -204 90 -240 -30 Z M240 -30 "
            "C220 100 230 260 240 400 L206 400 C196 240 204 90 240 -30 Z",
            dark(c, 0.5),
            opacity=0.25,
        )
        if style == "puffer":
            for y in range(-270, 400, 92):
                k.stroke(
                    f"M-420 {y + 40} Q-120 {y - 10} 0 {y} Q120 {y - 10} 420 {y + 40}", dark(c, 0.3), 9, opacity=0.7
                )
                k.stroke(
                    f"M-420 {y + 56} Q-120 {y + 6} 0 {y + 16} Q120 {y + 6} 420 {y + 56}",
                    light(c, 0.25),
                    6,
                    opacity=0.6,
                )
    if style == "rain":
        k.rect(-15, -320, 30, 726, k.round(dark(c, 0.18)), 6)
        k.stroke("M0 -316 V400", p.s("zip", CREAM), 6, stroke_dasharray="5 7")
        k.path("M-200 130 h150 v34 h-150 Z M50 130 h150 v34 h-150 Z", dark(c, 0.16))
        seam(k, "M-296 -220 Q-140 -170 0 -170 Q140 -170 296 -220", c)
    elif style == "puffer":
        k.stroke("M0 -316 V404", dark(c, 0.45), 12)
        k.rect(-8, -300, 16, 40, BRASS, 6)
    elif style == "blazer":
        k.path("M-118 -370 L0 90 L118 -370 Z", p.s("lining", "#efe6d6"))
        k.path("M-124 -372 L-176 -210 L-120 -180 L0 110 L-40 -60 Z", k.down(light(c, 0.08)))
        k.path("M124 -372 L176 -210 L120 -180 L0 110 L40 -60 Z", k.down(light(c, 0.08)))
        k.stroke("M0 100 V408", dark(c, 0.3), 5)
        k.disc(16, 150, 13, dark(c, 0.5))
        k.disc(16, 240, 13, dark(c, 0.5))
        k.rect(-196, 180, 130, 20, dark(c, 0.2), 4)
        k.rect(66, 180, 130, 20, dark(c, 0.2), 4)
    else:
        k.path("M-124 -376 L-16 -300 L-80 -220 L-164 -346 Z", k.down(light(c, 0.1)))
        k.path("M124 -376 L16 -300 L80 -220 L164 -346 Z", k.down(light(c, 0.1)))
        k.path("M-116 -374 Q0 -330 116 -374 L0 -296 Z", dark(c, 0.4))
        k.stroke("M0 -296 V408", dark(c, 0.25), 5)
        for y in range(-220, 380, 130):
            k.disc(18, y, 14, p.s("button", BRASS))
        for x in (-206, 56):
            k.rect(x, 110, 150, 180, dark(c, 0.07), 10)
            seam(k, f"M{x + 8} 118 h134 v164 h-134 Z", c)
        k.rect(66, -150, 120, 116, dark(c, 0.07), 10)
        seam(k, "M74 -142 h104 v100 h-104 Z", c)


@drawing(lies=True)
def trousers(k: Canvas, c: str, p: Params) -> None:
    """`short` for shorts, `wide` for wide legs, `bib` for dungarees."""
    foot, spread = (110.0, 250.0) if p.b("short") else (430.0, 250.0 if p.b("wide") else 190.0)
    top = -330.0 if p.b("bib") else -400.0
    inner = 90 if p.b("wide") else 60
    d = f"M-170 {top} H170 L{spread} {foot} H{inner - 16} L0 {top + 300} L{-inner + 16} {foot} H{-spread} Z"
    with k.lifted():
        cloth(k, d, c, p)
        if p.b("bib"):
            k.path(f"M-110 {top - 150} H110 L150 {top + 20} H-150 Z", k.round(c))
    k.rect(-172, top - 4, 344, 44, k.round(dark(c, 0.08)), 6)
    if p.b("bib"):
        k.stroke(
            f"M-96 {top - 140} C-90 {top - 240} -130 {top - 250} -150 {top - 120} M96 {top - 140} C90 "
            f"{top - 240} 130 {top - 250} 150 {top - 120}",
            dark(c, 0.12),
            26,
        )
        k.rect(-60, top - 110, 120, 90, dark(c, 0.08), 8)
        k.disc(-96, top - 130, 13, BRASS)
        k.disc(96, top - 130, 13, BRASS)
    elif p.b("tie"):
        k.stroke(
            f"M-8 {top + 20} C-50 {top + 60} -60 {top + 100} -44 {top + 140} M8 {top + 20} C40 {top + 70} "
            f"40 {top + 110} 30 {top + 150}",
            CREAM,
            10,
        )
    else:
        k.disc(0, top + 18, 13, BRASS)
        k.stroke(f"M0 {top + 40} V{top + 160}", dark(c, 0.25), 4)
        for x in (-130, -60, 60, 130):
            k.rect(x - 8, top - 8, 16, 52, dark(c, 0.16), 4)
    seam(k, f"M-166 {top + 60} Q-110 {top + 70} -96 {top + 150} M166 {top + 60} Q110 {top + 70} 96 {top + 150}", c)
    if not p.b("short"):
        k.rect(-spread, foot - 40, spread - inner + 16, 40, dark(c, 0.1))
        k.rect(inner - 16, foot - 40, spread - inner + 16, 40, dark(c, 0.1))


@drawing(lies=True)
def dress(k: Canvas, c: str, p: Params) -> None:
    """A summer dress; `skirt` draws only the lower half."""
    if p.b("skirt"):
        with k.lifted():
            cloth(k, "M-150 -330 H150 L330 350 Q0 420 -330 350 Z", c, p)
        k.rect(-156, -350, 312, 56, k.round(dark(c, 0.1)), 8)
        for x in (-120, -40, 40, 120):
            k.stroke(f"M{x} -290 L{x * 2.1} 366", dark(c, 0.2), 5, opacity=0.5)
        return
    hanger(k, -330)
    with k.lifted():
        cloth(
            k,
            "M-130 -330 L-84 -340 Q0 -220 84 -340 L130 -330 C140 -250 180 -210 200 -180 L150 -20 "
            "L330 400 Q0 460 -330 400 L-150 -20 L-200 -180 C-180 -210 -140 -250 -130 -330 Z",
            c,
            p,
            6,
        )
    k.rect(-156, -46, 312, 44, k.round(dark(c, 0.1)), 8)
    k.stroke("M-100 -10 Q-160 200 -210 400 M0 0 V430 M100 -10 Q160 200 210 400", dark(c, 0.2), 4, opacity=0.5)


@drawing(lies=True)
def romper(k: Canvas, c: str, p: Params) -> None:
    """A baby's one-piece."""
    d = (
        "M-100 -380 Q0 -330 100 -380 L250 -300 L320 -120 L240 -80 L180 -170 L190 100 L230 380 "
        "L70 400 L0 200 L-70 400 L-230 380 L-190 100 L-180 -170 L-240 -80 L-320 -120 L-250 -300 Z"
    )
    with k.lifted():
        cloth(k, d, c, p, 8)
    k.stroke("M-98 -374 Q0 -310 98 -374", light(c, 0.35), 22)
    for y in range(-300, 200, 84):
        k.disc(0, y, 13, p.s("button", CREAM))
    k.stroke("M-225 366 L-74 386 M225 366 L74 386", light(c, 0.35), 20)
