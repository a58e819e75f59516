"""Pictures: what they measure, and how one becomes another size, part or format."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeAlias

from PIL import Image, ImageSequence, UnidentifiedImageError

from resolvers.media import Crop, Transform, image_size

# The formats that are read and written, by extension, as Pillow calls them.
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF", "avif": "AVIF"}
# Decoded, a pixel takes up to 4 bytes, so a picture takes at most 200 MB.
MOST_PIXELS = 50_000_000
# What WebP can hold; a picture must be able to become one.
LONGEST_ORIGINAL_SIDE = 16_383
# Pixels of all frames together up to which a moving picture keeps moving when it is resized.
_MOST_MOVING_PIXELS = 50_000_000
# How long a frame is shown that does not say it, as browsers have it.
_FRAME_MILLISECONDS = 100

_EXTENSIONS = {pillow: extension for extension, pillow in FORMATS.items()} | {"MPO": "jpg"}
_ORIENTATION = 0x0112
# How the camera was held, and what puts the picture upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_MOVING = frozenset({"webp", "png", "gif", "avif"})
_MOVING_FORMATS = frozenset(FORMATS[extension] for extension in _MOVING)
_SAVE_OPTIONS: dict[str, dict[str, object]] = {
    "jpg": {"quality": 82, "optimize": True, "progressive": True},
    "png": {"optimize": False, "compress_level": 6},
    "webp": {"quality": 80, "method": 4},
    "gif": {"optimize": True},
    "avif": {"quality": 65, "speed": 8},
}

_Box: TypeAlias = tuple[float, float, float, float]
_Turn: TypeAlias = Image.Transpose


class UnreadablePictureError(ValueError):
    """What is wrong with a picture, in a sentence that its owner understands."""


@dataclass(frozen=True)
class Measures:
    """Format (as an extension), and width and height in pixels as a browser shows it."""

    extension: str
    width: int
    height: int


@dataclass(frozen=True)
class Rendering:
    """How a picture is changed: the part of it that stays, in its pixels, the size in pixels, and the format."""

    box: _Box
    width: int
    height: int
    extension: str


def measure(source: Path | BytesIO) -> Measures:
    """Read the head of a picture. Raises UnreadablePictureError, also for one too large to be decoded safely."""
    with _opened(source) as image:
        return _measured(image)


def check(content: bytes) -> Measures:
    """Decode a picture to its last pixel. Raises UnreadablePictureError."""
    with _opened(BytesIO(content)) as image:
        picture = _measured(image)
        try:
            image.load()
        except Exception as error:  # decoders raise what they like on damaged data
            raise UnreadablePictureError(f"The picture is damaged: {error}.") from error
    return picture


def plan(picture: Measures, extension: str, transform: Transform) -> Rendering:
    """How ``picture`` becomes what is asked for. Requests with the same outcome have the same plan."""
    wide, high = image_size(picture.width, picture.height, transform)
    whole = (0.0, 0.0, float(picture.width), float(picture.height))
    has_box = transform.width is not None and transform.height is not None
    box = _box(picture, wide, high, transform.crop) if transform.crop is not None and has_box else whole
    return Rendering(box, wide, high, extension)


def changes_nothing(picture: Measures, rendering: Rendering) -> bool:
    """Whether the original is already what is asked for."""
    size = (rendering.width, rendering.height)
    return size == (picture.width, picture.height) and rendering.extension == picture.extension


def has_transparency(path: Path) -> bool:
    """Whether a picture needs a format with transparency. Reads only its head. Raises UnreadablePictureError."""
    with _opened(path) as image:
        return image.has_transparency_data


def render(path: Path, rendering: Rendering) -> bytes:
    """The picture of that file as ``rendering`` says. Raises UnreadablePictureError. Takes CPU: call it in a thread."""
    with _opened(path) as image:
        picture = _measured(image)
        turn = _TURNS.get(_orientation(image))
        moving = rendering.extension in _MOVING and _moves(image, picture)
        if not moving and image.format in ("JPEG", "MPO"):
            _shrink_while_decoding(image, picture, rendering)
        try:
            if moving:
                return _encoded_moving(image, rendering, picture, turn)
            colours = image.info.get("icc_profile")
            return _encoded(_rendered(image, rendering, picture, turn), rendering, colours)
        except Exception as error:  # as in check()
            raise UnreadablePictureError(f"The picture is damaged: {error}.") from error


def _opened(source: Path | BytesIO) -> Image.Image:
    try:
        return Image.open(source, formats=list(FORMATS.values()))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadablePictureError(f"The picture has more than {MOST_PIXELS:,} pixels.") from error
    except UnidentifiedImageError as error:
        raise UnreadablePictureError(f"This is no picture in one of the formats {', '.join(FORMATS)}.") from error
    except Exception as error:  # decoders raise what they like on damaged data
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault, not the picture's
        raise UnreadablePictureError(f"The picture is damaged: {error}.") from error


def _measured(image: Image.Image) -> Measures:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise UnreadablePictureError(f"The picture has {width * height:,} pixels; at most {MOST_PIXELS:,} are taken.")
    if max(width, height) > LONGEST_ORIGINAL_SIDE:
        raise UnreadablePictureError(
            f"The picture is {width:,} by {height:,} pixels; a side has at most {LONGEST_ORIGINAL_SIDE:,}."
        )
    if _orientation(image) in _SIDEWAYS:
        width, height = height, width
    return Measures(_EXTENSIONS[image.format or ""], width, height)


def _orientation(image: Image.Image) -> int:
    # Without this look, a PNG would be decoded to its end to see whether it says so there.
    return int(image.getexif().get(_ORIENTATION, 1)) if "exif" in image.info else 1


def _box(picture: Measures, width: int, height: int, crop: Crop) -> _Box:
    """The largest part of the picture with the proportions of ``width`` and ``height``, where ``crop`` wants it."""
    shrink = min(Fraction(picture.width, width), Fraction(picture.height, height))
    wide, high = width * shrink, height * shrink
    left, top = (picture.width - wide) / 2, (picture.height - high) / 2
    if crop is Crop.LEFT:
        left = Fraction(0)
    elif crop is Crop.RIGHT:
        left = picture.width - wide
    elif crop is Crop.TOP:
        top = Fraction(0)
    elif crop is Crop.BOTTOM:
        top = picture.height - high
    return float(left), float(top), float(left + wide), float(top + high)


def _moves(image: Image.Image, picture: Measures) -> bool:
    if image.format not in _MOVING_FORMATS:
        return False
    frames: int = getattr(image, "n_frames", 1)
    return 1 < frames <= _MOST_MOVING_PIXELS // (picture.width * picture.height)


def _shrink_while_decoding(image: Image.Image, picture: Measures, rendering: Rendering) -> None:
    """Have JPEG decode fewer pixels where the result is much smaller; twice as many as it shows keep it sharp."""
    left, top, right, bottom = rendering.box
    wide = int(2 * rendering.width * picture.width / (right - left)) + 1
    high = int(2 * rendering.height * picture.height / (bottom - top)) + 1
    image.draft(None, (high, wide) if _orientation(image) in _SIDEWAYS else (wide, high))


def _rendered(frame: Image.Image, rendering: Rendering, picture: Measures, turn: _Turn | None) -> Image.Image:
    plain = _plain(frame)
    upright = plain if turn is None else plain.transpose(turn)
    across, down = upright.width / picture.width, upright.height / picture.height
    left, top, right, bottom = rendering.box
    box = (left * across, top * down, min(right * across, upright.width), min(bottom * down, upright.height))
    size = (rendering.width, rendering.height)
    if size != upright.size or box != (0, 0, *upright.size):
        upright = upright.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return _on_white(upright) if rendering.extension == "jpg" else upright


def _plain(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be resized smoothly and that every format here can hold."""
    if image.mode in ("RGB", "RGBA", "L"):
        return image.convert("RGBA") if image.mode != "RGBA" and image.has_transparency_data else image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        # 16 bits a pixel; convert() alone would turn everything above 255 white.
        return image.point(lambda level: level * (1 / 256)).convert("L")
    return image.convert("L" if image.mode == "1" else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(image)
    return white.convert("RGB")


def _encoded(image: Image.Image, rendering: Rendering, colours: bytes | None) -> bytes:
    # A profile of four inks says nothing about the three lights that they became.
    profile = {"icc_profile": colours} if colours and colours[16:20] == b"RGB " else {}
    return _saved(lambda file: image.save(file, FORMATS[rendering.extension], **_options(rendering), **profile))


def _encoded_moving(image: Image.Image, rendering: Rendering, picture: Measures, turn: _Turn | None) -> bytes:
    durations: list[int] = []
    frames: list[Image.Image] = []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration") or _FRAME_MILLISECONDS))
        frames.append(_rendered(frame, rendering, picture, turn))
    options = _options(rendering) | {"duration": durations, "loop": image.info.get("loop", 0)}
    if rendering.extension == "gif":
        options |= {"disposal": 2}
    return _saved(
        lambda file: frames[0].save(
            file, FORMATS[rendering.extension], save_all=True, append_images=frames[1:], **options
        )
    )


def _options(rendering: Rendering) -> dict[str, object]:
    return dict(_SAVE_OPTIONS[rendering.extension])


def _saved(save: Callable[[BinaryIO], None]) -> bytes:
    file = BytesIO()
    save(file)
    return file.getvalue()
