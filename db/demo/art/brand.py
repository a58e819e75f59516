"""The shop's own pictures: logo, cover, swatch patterns and collection headers."""

from collections.abc import Callable

from db.demo.art import scene
from db.demo.art.canvas import LEAF, Canvas, Params, dark, light, mix

NAVY, GOLD, PAPER = "#1f3d4a", "#e2b25c", "#fdfbf6"

# Letters on a grid 60 wide and 100 high, as strokes: a picture must not depend on the fonts of a machine.
LETTERS = {
    "Q": ("M30 2 A28 48 0 1 0 31 2 Z M36 72 L58 104", 62),
    "U": ("M4 2 V66 A26 32 0 0 0 56 66 V2", 60),
    "I": ("M8 2 V98", 16),
    "L": ("M6 2 V98 H46", 46),
    "H": ("M6 2 V98 M54 2 V98 M6 50 H54", 60),
    "A": ("M2 98 L31 2 L60 98 M12 66 H50", 62),
    "V": ("M2 2 L30 98 L58 2", 60),
    "E": ("M48 2 H6 V98 H48 M6 50 H42", 48),
    "N": ("M6 98 V2 L54 98 V2", 60),
}


def quill(k: Canvas, c: str, vein: str) -> None:
    """The mark: a quill that is also a sail; 200 wide, 300 high, around its middle."""
    k.path("M-60 150 C-110 20 -60 -110 84 -150 C110 -30 60 90 -30 110 Z", c)
    k.stroke("M-84 190 C-60 90 -20 -20 70 -134", vein, 9)
    for i in range(4):
        k.stroke(f"M{-44 + i * 26} {80 - i * 52} l{46 - i * 3} {-6 - i * 2}", vein, 6)
    k.stroke("M-130 196 q32 -22 64 0 t64 0 t64 0 t64 0", c, 12)


def word(k: Canvas, text: str, c: str, weight: float, gap: float = 26) -> None:
    """Letters from the left, 100 high."""
    x = 0.0
    for letter in text:
        d, wide = LETTERS[letter]
        with k.at(round(x, 1), 0):
            k.stroke(d, c, weight)
        x += wide + gap


def logo() -> Canvas:
    k = Canvas(1200, 400)
    with k.at(160, 190, 0.86):
        quill(k, NAVY, PAPER)
    with k.at(330, 146, 1.04):
        word(k, "QUILLHAVEN", NAVY, 11)
    return k


def square() -> Canvas:
    k = Canvas(800, 800)
    k.rect(0, 0, 800, 800, NAVY, 150)
    with k.at(410, 370, 1.6):
        quill(k, GOLD, NAVY)
    return k


def harbour(k: Canvas) -> None:
    """The view from the shop door: hills, water, a boat, a row of houses."""
    w, h = k.width, k.height
    k.rect(0, 0, w, h, k.ramp([(0, "#f7e3c4"), (0.6, "#f6d9c0"), (1, "#e7c4b2")], "down"))
    k.disc(w * 0.7, h * 0.34, h * 0.15, "#f3b562")
    k.path(f"M0 {h * 0.52} Q{w * 0.2} {h * 0.3} {w * 0.42} {h * 0.48} T{w} {h * 0.4} V{h} H0 Z", "#a8b8b3")
    k.path(f"M0 {h * 0.58} Q{w * 0.3} {h * 0.44} {w * 0.55} {h * 0.56} T{w} {h * 0.5} V{h} H0 Z", "#7d9893")
    k.rect(0, h * 0.62, w, h * 0.38, k.ramp([(0, "#3f6b78"), (1, NAVY)], "down"))
    tones = ["#b4593a", "#f1e8d6", "#cf9a3c", "#2f4a66", "#dfae9f", "#93a68e", "#e8e4d9", "#8a4b3c"]
    x = w * 0.03
    for i, tone in enumerate(tones):
        wide, tall = w * 0.052 + (i * 37 % 30), h * (0.2 + (i * 53 % 9) / 100)
        y = h * 0.64
        k.path(
            f"M{x - 4} {y - tall} L{x + wide / 2} {y - tall - h * 0.06} L{x + wide + 4} {y - tall} Z",
            dark(tone, 0.4),
        )
        k.rect(x, y - tall, wide, tall, tone)
        for row in range(3):
            for col in range(2):
                k.rect(
                    x + wide * (0.18 + col * 0.42),
                    y - tall + h * 0.03 + row * tall * 0.3,
                    wide * 0.22,
                    tall * 0.16,
                    mix(tone, "#fff3cf", 0.7) if (i + row + col) % 3 else dark(tone, 0.5),
                    2,
                )
        x += wide + 3
    k.rect(0, h * 0.635, w * 0.56, h * 0.03, "#6b5648")
    for px in range(40, int(w * 0.55), 90):
        k.rect(px, h * 0.66, 14, h * 0.06, "#57463c")
    with k.at(w * 0.75, h * 0.72, h / 1200):
        k.path("M-190 0 H200 L140 76 H-130 Z", "#b4593a")
        k.path("M0 -380 V-24 H-170 Z", PAPER)
        k.path("M24 -320 V-24 H160 Z", GOLD)
        k.rect(6, -400, 12, 400, "#57463c")
    for i in range(16):
        k.stroke(
            f"M{(i * 397) % w} {h * (0.74 + (i % 6) * 0.042):.0f} h{60 + i * 13 % 90}",
            light("#3f6b78", 0.35),
            5,
            opacity=0.5,
        )


def cover() -> Canvas:
    k = Canvas(1600, 1200)
    harbour(k)
    return k


def stripe() -> Canvas:
    k = Canvas(200, 200)
    k.rect(0, 0, 200, 200, "#ece5d8")
    for x in range(0, 200, 40):
        k.rect(x, 0, 16, 200, "#a8a093")
        k.rect(x + 22, 0, 5, 200, "#8d98a0")
    return k


def check() -> Canvas:
    k = Canvas(200, 200)
    k.rect(0, 0, 200, 200, "#f0dfcf")
    for x in range(0, 200, 50):
        k.rect(x, 0, 25, 200, "#a9453f", opacity=0.6)
        k.rect(0, x, 200, 25, "#a9453f", opacity=0.6)
    return k


def meadow() -> Canvas:
    k = Canvas(200, 200)
    k.rect(0, 0, 200, 200, "#dfe6cf")
    for i in range(5):
        for j in range(5):
            x, y = i * 42 + (j % 2) * 20 + 8, j * 42 + 14
            k.stroke(f"M{x} {y} v22", LEAF, 3)
            k.oval(x + 7, y + 14, 7, 3, LEAF)
            k.disc(x, y, 8, ("#c76b4a", "#e2b25c", "#8d6a9a")[(i + j) % 3])
            k.disc(x, y, 3, PAPER)
    return k


def header(room: str, things: list[tuple[str, str, dict[str, object]]]) -> Callable[[], Canvas]:
    """A collection's picture: three things in one room; kind, colour and parameters each."""

    def draw() -> Canvas:
        k = Canvas(1600, 1200)
        scene.gathering(k, [(kind, c, Params(p)) for kind, c, p in things], room)
        return k

    return draw


PICTURES: dict[str, Callable[[], Canvas]] = {
    "brand-logo.webp": logo,
    "brand-square-logo.webp": square,
    "brand-cover.webp": cover,
    "swatch-pebble-stripe.webp": stripe,
    "swatch-orchard-check.webp": check,
    "swatch-meadow-print.webp": meadow,
    "collection-kitchen.webp": header(
        "sand", [("kettle", "#cf9a3c", {}), ("casserole", "#2f5240", {}), ("mug", "#b4593a", {"speckle": True})]
    ),
    "collection-living.webp": header(
        "blush",
        [
            ("floor_lamp", "#d4a02f", {"base": "#b98a58"}),
            ("armchair", "#5d6b42", {"cushion": "#f1e8d6"}),
            ("vase", "#2b3247", {}),
        ],
    ),
    "collection-bed-bath.webp": header(
        "lilac", [("towels", "#3c8087", {}), ("bed", "#c98d6c", {}), ("dispenser", "#56694f", {})]
    ),
    "collection-garden.webp": header(
        "sage",
        [
            ("watering_can", "#cf9a3c", {}),
            ("plant_pot", "#bf6b48", {"plant": "monstera", "form": "belly"}),
            ("trug", "#d8b480", {}),
        ],
    ),
    "collection-clothing.webp": header(
        "mist",
        [
            ("sweater", "#93a68e", {"style": "cable"}),
            ("jacket", "#b4593a", {}),
            ("jacket", "#24344f", {"style": "rain"}),
        ],
    ),
    "collection-bags-shoes.webp": header(
        "butter",
        [
            ("boots", "#7a4a32", {}),
            ("backpack", "#2f5240", {}),
            ("tote", "#b4593a", {"print": "wave", "ink": "#f1e8d6"}),
        ],
    ),
    "collection-outdoor.webp": header(
        "teal", [("lantern_camp", "#9a4334", {}), ("tent", "#d4a02f", {}), ("enamel_mug", "#24344f", {})]
    ),
    "collection-stationery.webp": header(
        "blush", [("scissors", "#3c8087", {}), ("notebook", "#24344f", {}), ("pencils", "#b4593a", {})]
    ),
    "collection-kids.webp": header(
        "butter", [("train", "#a8323e", {}), ("teddy", "#b98a58", {}), ("rocket", "#8fb2c9", {})]
    ),
    "collection-pantry.webp": header(
        "mist", [("tin", "#56694f", {}), ("sack", "#b4593a", {}), ("honey", "#c77d23", {"cloth": True})]
    ),
    "collection-stoneware.webp": header(
        "sage",
        [
            ("jug", "#2f4a66", {"band": "#ffffff"}),
            ("teapot", "#b4593a", {"knob": "#c8a04a"}),
            ("bowl", "#cf9a3c", {"speckle": True}),
        ],
    ),
    "collection-sale.webp": header(
        "butter", [("jug", "#2f4a66", {}), ("kettle", "#b4593a", {}), ("candle", "#6f4257", {})]
    ),
    "collection-under-25.webp": header(
        "sand",
        [
            ("soap", "#8c9a5b", {}),
            ("mug", "#2f4a66", {"dip": "#c98d6c"}),
            ("honey", "#b8323f", {"cloth": True, "bits": True, "sign": "fruit"}),
        ],
    ),
    "collection-wool.webp": header(
        "lilac",
        [
            ("sweater", "#f1e8d6", {"style": "fairisle", "second": "#2f4a66"}),
            ("beanie", "#b4593a", {"bobble": True}),
            ("scarf", "#2f5240", {"style": "check"}),
        ],
    ),
    "collection-new.webp": header(
        "stone",
        [
            ("table_lamp", "#e9dfca", {"foot": "ball", "base": "#3c8087"}),
            ("satchel", "#7a4a32", {}),
            ("teapot", "#d4a02f", {}),
        ],
    ),
    "collection-staff.webp": header(
        "sand",
        [("casserole", "#a8323e", {}), ("armchair", "#2f4a66", {"cushion": "#e2b25c"}), ("boots", "#b98a58", {})],
    ),
    "collection-slow-morning.webp": header(
        "butter", [("dripper", "#3f4147", {}), ("mug", "#b4593a", {"speckle": True}), ("honey", "#c77d23", {})]
    ),
    "collection-rain.webp": header(
        "dusk",
        [
            ("umbrella", "#d4a02f", {"second": "#f1e8d6"}),
            ("jacket", "#ecbb3a", {"style": "rain"}),
            ("beanie", "#9a4334", {}),
        ],
    ),
    "collection-made-to-last.webp": header(
        "sage", [("pan", "#43444b", {}), ("watch", "#b98a58", {}), ("compass", "#c8a04a", {})]
    ),
    "collection-supper.webp": header(
        "clay", [("lantern", "#2a2a2e", {}), ("garden_bench", "#f1e8d6", {}), ("parasol", "#24344f", {})]
    ),
    "collection-last.webp": header(
        "mist",
        [
            ("jar", "#cddbd8", {"fills": ["#efe3c8", "#c0613a", "#8f9a56"]}),
            ("basket", "#c99b5e", {}),
            ("globe", "#3c8087", {}),
        ],
    ),
    "collection-heavy.webp": header(
        "stone",
        [("shelf", "#6f4b35", {}), ("armchair", "#b4593a", {"seats": 2, "soft": False}), ("suitcase", "#2f5240", {})],
    ),
    "collection-archive.webp": header(
        "sand", [("kayak_paddle", "#b4593a", {}), ("globe", "#2f4a66", {}), ("tent", "#93a68e", {})]
    ),
}
