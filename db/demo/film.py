"""Makes the shop's two short films from its own drawings; needs resvg-py, pillow and the ffmpeg command.

python -m db.demo.film
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from math import pi, sin

from db.demo.art import scene
from db.demo.art.canvas import WHITE, Canvas, Params, mix
from db.demo.art.measure import picture
from db.demo.authored import HERE, colours

SIZE, RATE = 640, 20


def _canvas() -> Canvas:
    k = Canvas(SIZE, SIZE)
    k.raw(f'<g transform="scale({SIZE / 1200})">')
    k.width = k.height = 1200
    return k


def _done(k: Canvas) -> Canvas:
    k.raw("</g>")
    k.width = k.height = SIZE
    return k


def mug() -> Iterator[Canvas]:
    """Tea rises in the mug, then steam."""
    for i in range(80):
        t = i / 80
        k = _canvas()
        scene.backdrop(k, "sand", "sun")
        level = min(1.0, t * 2.2)
        drink = {"drink": mix("#2f3a46", "#8a4f24", level)}
        scene.put(
            k,
            "mug",
            "#2f4a66",
            Params({"dip": "#c98d6c", "dip_at": 0.16, "speckle": True} | drink),
            570,
            960,
            (620, 560),
        )
        for j, x in enumerate((470, 540, 610)):
            sway = 26 * sin(2 * pi * (2 * t) + j)
            y = 400 - 40 * level
            k.stroke(
                f"M{x} {y} C{x + sway:.1f} {y - 70} {x - sway:.1f} {y - 130} {x + sway * 0.6:.1f} {y - 210}",
                WHITE,
                20,
                opacity=round(0.55 * level * (0.6 + 0.4 * sin(2 * pi * t * 2 + j)), 3),
            )
        yield _done(k)


def throw() -> Iterator[Canvas]:
    """The throw's colours, one fading into the next."""
    names = ["Fog", "Heather", "Ochre", "Forest", "Rust", "Fog"]
    shades = [colours()[name] for name in names]
    for i in range(100):
        at = i / 100 * (len(shades) - 1)
        n, share = int(at), max(0.0, (at % 1 - 0.5) * 2)
        k = _canvas()
        scene.backdrop(k, "mist", "arch")
        scene.put(
            k,
            "throw",
            mix(shades[n], shades[n + 1], share),
            Params({"style": "check"}),
            600,
            960 - 10 * sin(pi * share),
            (860, 600),
        )
        yield _done(k)


def shoot(name: str, frames: Callable[[], Iterator[Canvas]]) -> None:
    """Encodes without dates, versions and threads, so that the file is the same every time."""
    command = [
        "ffmpeg",
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{SIZE}x{SIZE}",
        "-r",
        str(RATE),
        "-i",
        "-",
    ]
    command += [
        "-c:v",
        "libx264",
        "-crf",
        "28",
        "-preset",
        "slow",
        "-threads",
        "1",
        "-pix_fmt",
        "yuv420p",
        "-movflags",
        "+faststart",
    ]
    command += ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", str(HERE / "media" / name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:  # noqa: S603 - our own words only
        assert encoder.stdin is not None
        for canvas in frames():
            encoder.stdin.write(picture(canvas).convert("RGB").tobytes())
    if encoder.returncode:
        sys.exit(f"ffmpeg could not make {name}")


def main() -> None:
    shoot("harbour-mug.mp4", mug)
    shoot("lambswool-throw.mp4", throw)


if __name__ == "__main__":
    main()
