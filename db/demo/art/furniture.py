"""Seats, tables, shelves."""

from db.demo.art.canvas import (
    BRASS,
    CREAM,
    IRON,
    LEAF,
    WALNUT,
    Canvas,
    Params,
    dark,
    drawing,
    light,
    scatter,
)


@drawing()
def armchair(k: Canvas, c: str, p: Params) -> None:
    legs, seats = p.s("legs", WALNUT), int(p.n("seats", 1))
    w = 330 + (seats - 1) * 260
    r = w / 2
    k.shadow(w + 240)
    for x in (-r - 20, r + 20):
        k.path(f"M{x - 18} -110 L{x + 18} -110 L{x + 8} 0 L{x - 8} 0 Z", k.round(legs))
    k.rect(-r, -520, w, 400, k.down(c), 90 if p.b("soft", True) else 30)
    if p.b("buttons"):
        for x in range(-1, 2):
            k.disc(x * r * 0.5, -410, 9, dark(c, 0.35))
            k.disc(x * r * 0.5, -320, 9, dark(c, 0.35))
    for i in range(seats):
        x = -r + 24 + i * (w - 48) / seats
        k.rect(x, -260, (w - 48) / seats - 4, 110, k.down(light(c, 0.06)), 40)
    k.rect(-r + 6, -176, w - 12, 80, k.down(dark(c, 0.1)), 26)
    for side in (-1, 1):
        k.rect(side * (r + 14) - 66, -350, 132, 262, k.round(c), 62)
    if p.get("cushion"):
        with k.at(r * 0.4, -300, turn=9):
            k.rect(-78, -78, 156, 156, k.slant(p.s("cushion", CREAM)), 30)


@drawing()
def stool(k: Canvas, c: str, p: Params) -> None:
    h, w = p.n("h", 420), p.n("w", 340)
    k.shadow(w * 1.1)
    for x0, x1, tone in ((-0.26, -0.34, 0.2), (0.26, 0.34, 0.2), (-0.36, -0.5, 0.0), (0.36, 0.5, 0.08)):
        k.stroke(f"M{w * x0} {-h + 40} L{w * x1} -12", dark(p.s("legs", c), tone), 26)
    k.stroke(f"M{-w * 0.43} {-h * 0.36} L{w * 0.43} {-h * 0.36}", dark(p.s("legs", c), 0.1), 16)
    k.rect(-w / 2 - 14, -h, w + 28, 56, k.round(c), 27)
    k.oval(0, -h + 8, w / 2 + 8, 30, light(c, 0.16))
    for i in range(4):
        k.stroke(
            f"M{-w * 0.34 + i * 18} {-h + 2 + i * 5} Q0 {-h - 8 + i * 7} {w * 0.34 - i * 14} {-h + 3 + i * 5}",
            dark(c, 0.18),
            3,
            opacity=0.5,
        )


@drawing()
def side_table(k: Canvas, c: str, p: Params) -> None:
    w, h = p.n("w", 520), p.n("h", 400)
    k.shadow(w)
    if p.b("tray"):
        k.stroke(f"M{-w * 0.3} {-h} L{w * 0.3} -8 M{w * 0.3} {-h} L{-w * 0.3} -8", p.s("legs", IRON), 16)
    else:
        for x in (-0.36, 0.36, 0.04):
            k.path(
                f"M{w * x - 15} {-h + 10} L{w * x + 15} {-h + 10} L{w * x * 1.15 + 8} 0 L{w * x * 1.15 - 8} 0 Z",
                k.round(p.s("legs", c)),
            )
    if p.b("shelf"):
        k.rect(-w * 0.38, -h * 0.4, w * 0.76, 22, k.round(dark(c, 0.1)), 10)
    if p.b("drawer"):
        k.rect(-w * 0.42, -h + 20, w * 0.84, 110, k.round(c), 8)
        k.disc(0, -h + 76, 14, BRASS)
    k.rect(-w / 2, -h - 14, w, 44, k.round(c), 20)
    k.oval(0, -h - 12, w / 2, 26, light(c, 0.14))
    with k.at(-w * 0.18, -h - 16, 0.42):
        k.barrel(150, 190, p.s("vase", "#e8dccb"), 110)
        for a in (-30, 0, 28):
            with k.at(0, -180, turn=a):
                k.stroke("M0 0 L0 -170", LEAF, 8)
                k.oval(0, -190, 24, 62, LEAF)
    k.rect(w * 0.06, -h - 34, w * 0.28, 20, "#b25a45", 4)
    k.rect(w * 0.08, -h - 52, w * 0.24, 18, CREAM, 4)


@drawing()
def shelf(k: Canvas, c: str, p: Params) -> None:
    """A bookcase; `tiers` boards, `w` wide."""
    tiers, w = int(p.n("tiers", 4)), p.n("w", 460)
    step = 600 / tiers
    k.shadow(w)
    for x in (-w / 2, w / 2 - 22):
        k.rect(x, -660, 22, 660, k.round(dark(p.s("frame", c), 0.1)), 5)
    for i in range(tiers + 1):
        k.rect(-w / 2 - 10, -50 - i * step, w + 20, 20, k.down(c), 5)
    palette = ["#b25a45", "#395b64", "#e2c275", "#7f8f6a", "#e8dccb", "#8a5a44"]
    for i in range(tiers):
        y, x = -50 - i * step, -w / 2 + 40.0
        for j, (a, b) in enumerate(scatter(i + 21, 5 + i % 2)):
            wide, tall = 18 + a * 18, (0.5 + b * 0.3) * step
            k.rect(x, y - tall, wide, tall, palette[(i + j) % 6], 3)
            x += wide + 3
        if i % 2:
            with k.at(w * 0.26, y, 0.4):
                k.barrel(150, 150, CREAM, 110)
                for t in (-40, -14, 14, 40):
                    with k.at(0, -140, turn=t):
                        k.oval(0, -100, 26, 96, LEAF)
        else:
            k.disc(w * 0.27, y - 46, 46, k.round("#d99f6c"))
