"""Draws every picture of the demo shop into `pictures/`; run it again after a change of drawings or of the source.

    pip install resvg-py pillow
    python -m db.demo.draw                  everything, and removes pictures that nothing names any more
    python -m db.demo.draw harbour-mug      only products whose handle contains the word
    python -m db.demo.draw --sheet FILE.png harbour   a contact sheet instead, to look at

The result depends on the source alone: no clock, no chance, no fonts. The pictures are committed, so neither the shop
nor its tests need this.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from db.demo import authored
from db.demo.art import brand, scene
from db.demo.art.canvas import Canvas, Params
from db.demo.art.measure import picture
from db.demo.authored import HERE, Picture, Product, number_from

PICTURES = HERE / "pictures"
SIZES = {"wide": (1600, 1200), "tall": (1200, 1600)}
MOTIFS = ["arch", "sun", "none", "panel", "sun", "arch", "window"]


def spec_of(product: Product, value: str) -> tuple[str, str, Params]:
    """Kind, colour and parameters of the drawing for one option value."""
    params = Params(product.art) | product.says("art_by", {}).get(value, {})
    colour = product.colour_of(value) or params.get("c") or "#9fae9b"
    return str(params["kind"]), str(colour), Params(params)


def drawn(product: Product, shown: Picture) -> Canvas:
    kind, colour, params = spec_of(product, shown.value)
    k = Canvas(*SIZES.get(shown.view, (1200, 1200)))
    seed = number_from(product.handle, 1000)
    every = [spec_of(product, value)[1] for value in product.pictured]
    rooms = params.l("rooms", []) or _turned(scene.contrast_rooms(every), seed)
    room = scene.room_for([colour, *params.l("edge", [])], rooms)
    motif = params.s("motif", MOTIFS[seed % len(MOTIFS)])
    match shown.view:
        case "hero" | "wide" | "tall":
            scene.hero(
                k,
                kind,
                colour,
                params,
                room,
                motif if shown.view == "hero" else "window" if shown.view == "wide" else "panel",
            )
        case "detail":
            scene.detail(k, kind, colour, params, scene.room_for([colour], _turned(rooms, 2)))
        case "family":
            scene.family(k, [spec_of(product, value) for value in product.pictured], scene.room_for(every, rooms))
        case "shelf":
            scene.on_shelf(k, kind, colour, params, scene.room_for([colour], _turned(rooms, 1)), seed)
        case other:
            raise ValueError(f"{product.handle}: no view is called {other}")
    return k


def _turned(rooms: list[str], by: int) -> list[str]:
    by %= len(rooms)
    return rooms[by:] + rooms[:by]


def everything(words: list[str], missing: bool = False) -> Iterator[tuple[str, Canvas]]:
    """File name and drawing of each picture whose name contains one of the words (all, without words)."""

    def wanted(file: str) -> bool:
        return (not words or any(word in file for word in words)) and not (missing and (PICTURES / file).exists())

    for product in authored.products():
        for shown in product.pictures:
            if wanted(shown.file):
                yield shown.file, drawn(product, shown)
    for file, draw in brand.PICTURES.items():
        if wanted(file):
            yield file, draw()


def save(canvas: Canvas, file: Path) -> None:
    image = picture(canvas)
    transparent = image.getchannel("A").histogram()[255] < image.width * image.height
    image.convert("RGBA" if transparent else "RGB").save(file, "WEBP", quality=70, method=4)


def sheet(words: list[str], file: Path, across: int = 7, cell: int = 260) -> None:
    tiles = []
    for _, canvas in everything(words):
        tile = Image.new("RGB", (cell, cell), "#ffffff")
        image = picture(canvas, shrink=4).convert("RGBA")
        image.thumbnail((cell, cell))
        tile.paste(image, ((cell - image.width) // 2, (cell - image.height) // 2), image)
        tiles.append(tile)
    whole = Image.new("RGB", (across * cell, -(-len(tiles) // across) * cell), "#ffffff")
    for i, tile in enumerate(tiles):
        whole.paste(tile, (i % across * cell, i // across * cell))
    whole.save(file)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draws the pictures of the demo shop.")
    parser.add_argument("words", nargs="*", help="only pictures whose file name contains one of these")
    parser.add_argument("--sheet", type=Path, help="write one contact sheet to this file instead")
    parser.add_argument("--missing", action="store_true", help="only pictures that are not there yet")
    given = parser.parse_args()
    if given.sheet:
        sheet(given.words, given.sheet)
        return
    PICTURES.mkdir(exist_ok=True)
    names = set()
    for file, canvas in everything(given.words, given.missing):
        save(canvas, PICTURES / file)
        names.add(file)
        sys.stderr.write(f"\r{len(names)} pictures ")
    if not given.words and not given.missing:
        for old in PICTURES.glob("*.webp"):
            if old.name not in names:
                old.unlink()
    sys.stderr.write("\n")


if __name__ == "__main__":
    main()
