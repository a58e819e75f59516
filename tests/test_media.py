"""Files as stored and as served, with real pictures through a real app."""

import asyncio
import os
import threading
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from starlette.applications import Starlette

from app.media import FileMediaStore, MediaLimits, media_routes, pictures
from app.media.files import write_whole
from app.media.variants import Render, VariantCache
from resolvers.media import Crop, PictureFormat, Transform, image_size, transformed

RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)
Client = httpx2.AsyncClient


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, format_, **options)
    return file.getvalue()


def flag(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Three stripes across the longer side, which has at least three pixels: red, green, blue."""
    image = Image.new("RGB", (width, height), GREEN)
    draw = ImageDraw.Draw(image)
    if width >= height:
        draw.rectangle((0, 0, width // 3 - 1, height), fill=RED)
        draw.rectangle((width - width // 3, 0, width, height), fill=BLUE)
    else:
        draw.rectangle((0, 0, width, height // 3 - 1), fill=RED)
        draw.rectangle((0, height - height // 3, width, height), fill=BLUE)
    return image.convert(mode)


def opened(answer: httpx2.Response) -> Image.Image:
    image = Image.open(BytesIO(answer.content))
    image.load()
    return image


def is_near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found[:3], wanted, strict=True))


def disk_full(_: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.fixture
def store(folder: Path) -> FileMediaStore:
    return FileMediaStore(folder / "media")


@asynccontextmanager
async def served(
    store: FileMediaStore, cache: Path, limits: MediaLimits | None = None, render: Render = pictures.render
) -> AsyncIterator[Client]:
    app = Starlette(routes=media_routes(store, cache, limits, render))
    transport = httpx2.ASGITransport(app)
    async with Client(transport=transport, base_url="http://shop.test", headers={"accept": "*/*"}) as client:
        yield client


@pytest.fixture
async def client(store: FileMediaStore, folder: Path) -> AsyncIterator[Client]:
    async with served(store, folder / "cache") as client:
        yield client


# The store


@pytest.mark.parametrize(
    ("extension", "format_"),
    [("webp", "WEBP"), ("png", "PNG"), ("jpg", "JPEG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("avif", "AVIF")],
)
def test_a_picture_is_kept_by_content_and_measured(store: FileMediaStore, extension: str, format_: str) -> None:
    content = encoded(flag(61, 37), format_)
    stored = store.put(content, extension.upper())
    assert (stored.size, stored.width, stored.height) == (len(content), 61, 37)
    assert stored.name.endswith(".jpg" if format_ == "JPEG" else f".{extension}")
    assert store.put(content, extension) == stored
    assert FileMediaStore(store.path(stored.name).parent).find(stored.name) == stored
    assert store.path(stored.name).read_bytes() == content
    assert [path.name for path in store.path(stored.name).parent.iterdir()] == [stored.name]


def test_a_wrong_extension_is_put_right(store: FileMediaStore) -> None:
    assert store.put(encoded(flag(4, 4), "PNG"), "jpg").name.endswith(".png")


def test_a_video_is_kept_without_a_look_inside(store: FileMediaStore) -> None:
    stored = store.put(b"frames", "mp4")
    assert (stored.size, stored.width, stored.height) == (6, None, None)
    assert store.find(stored.name) == stored


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "AVIF"])
async def test_a_picture_measures_what_a_browser_shows(client: Client, store: FileMediaStore, format_: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = store.put(encoded(flag(60, 20), format_, exif=exif), "png")
    assert (stored.width, stored.height) == (20, 60)
    image = opened(await client.get(f"/media/{stored.name}?width=10"))
    assert image.size == (10, 30)
    assert is_near(image.convert("RGB").getpixel((5, 3)), RED)
    assert is_near(image.convert("RGB").getpixel((5, 27)), BLUE)


@pytest.mark.parametrize(
    ("content", "extension", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", "kind 'svg' are not served"),
        (b"<script>", "html", "kind 'html' are not served"),
        (b"", "mp4", "empty"),
        (b"no picture at all", "png", "no picture in one of the formats"),
        (encoded(flag(90, 90), "PNG")[:150], "png", "damaged"),
        (encoded(flag(90, 90), "JPEG")[:600], "jpg", "damaged"),
        (encoded(flag(90, 90), "BMP"), "png", "no picture in one of the formats"),
        (encoded(Image.new("1", (16_384, 1)), "PNG"), "png", "at most 16,383"),
        (encoded(Image.new("1", (7_100, 7_100)), "PNG"), "png", "50,410,000 pixels; at most 50,000,000"),
    ],
)
def test_what_cannot_be_shown_is_refused(store: FileMediaStore, content: bytes, extension: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        store.put(content, extension)
    assert not list(store.path("0" * 32 + ".png").parent.iterdir())


def test_a_decompression_bomb_is_refused_unopened(store: FileMediaStore) -> None:
    bomb = encoded(Image.new("1", (15_000, 15_000)), "PNG")
    assert len(bomb) < 100_000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="50,000,000"):
            store.put(bomb, "png")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x.png", "0" * 32, "0" * 31 + ".png", "0" * 32 + ".svg", "A" * 32 + ".png"]
)
def test_what_is_no_name_is_not_found(store: FileMediaStore, name: str) -> None:
    assert store.find(name) is None
    with pytest.raises(ValueError, match="names no file"):
        store.path(name)


def test_a_write_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        write_whole(folder / "file", b"content")
    assert not list(folder.iterdir())


def test_what_a_killed_process_left_is_removed(folder: Path) -> None:
    old, young = folder / ".a.png.0.part", folder / ".b.png.0.part"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    FileMediaStore(folder)
    assert list(folder.iterdir()) == [young]


# Originals


async def test_the_original_is_served_for_ever(client: Client, store: FileMediaStore) -> None:
    content = encoded(flag(40, 30), "WEBP")
    name = store.put(content, "webp").name
    answer = await client.get(f"/media/{name}?v=1699&unknown=%00")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["vary"] == "Accept"
    assert answer.headers["etag"] == f'"{name.split(".")[0]}"'


async def test_head_says_the_same_without_the_body(client: Client, store: FileMediaStore) -> None:
    name = store.put(encoded(flag(40, 30), "PNG"), "png").name
    for url in (f"/media/{name}", f"/media/{name}?width=10&format=webp"):
        head, get = await client.head(url), await client.get(url)
        assert head.headers == get.headers
        assert head.content == b""


@pytest.mark.parametrize("query", ["", "?width=20", "?width=20&format=jpg"])
async def test_who_has_it_already_gets_304(client: Client, store: FileMediaStore, folder: Path, query: str) -> None:
    url = f"/media/{store.put(encoded(flag(40, 30), 'PNG'), 'png').name}{query}"
    etag = (await client.get(url)).headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await client.get(url, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert "immutable" in answer.headers["cache-control"]
    assert (await client.get(url, headers={"if-none-match": '"other"'})).status_code == 200


async def test_etags_tell_variants_apart(client: Client, store: FileMediaStore) -> None:
    url = f"/media/{store.put(encoded(flag(90, 30), 'PNG'), 'png').name}"
    crops = [f"?width=20&height=20&crop={crop}" for crop in ("center", "left", "right")]
    queries = ["", "?width=20", "?width=21", "?format=webp", "?height=20&width=20", *crops]
    etags = [(await client.get(url + query)).headers["etag"] for query in queries]
    # 90 by 30 fits 20 wide in the same way whether it may be 20 high or not.
    assert len(set(etags)) == len(queries) - 1


@pytest.mark.parametrize(
    ("wanted", "status", "piece", "told"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/1000000"),
        ("bytes=999990-", 206, slice(999_990, None), "bytes 999990-999999/1000000"),
        ("bytes=-7", 206, slice(-7, None), "bytes 999993-999999/1000000"),
        ("bytes=-2000000", 206, slice(None), "bytes 0-999999/1000000"),
        ("bytes=500000-9999999", 206, slice(500_000, None), "bytes 500000-999999/1000000"),
        ("bytes=1000000-", 416, slice(0, 0), "bytes */1000000"),
        ("bytes=-0", 416, slice(0, 0), "bytes */1000000"),
        ("bytes=5-4", 200, slice(None), None),
        ("bytes=0-1,5-9", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
        ("bytes=²-3", 200, slice(None), None),
    ],
)
async def test_a_player_can_ask_for_bytes(
    client: Client, store: FileMediaStore, wanted: str, status: int, piece: slice, told: str | None
) -> None:
    content = bytes(range(250)) * 4000
    url = f"/media/{store.put(content, 'mp4').name}"
    answer = await client.get(url, headers=[(b"range", wanted.encode())])
    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)
    if status != 416:
        assert answer.content == content[piece]
        assert answer.headers["content-length"] == str(len(content[piece]))
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["content-type"] == "video/mp4"


async def test_a_file_of_several_pieces_arrives_whole(client: Client, store: FileMediaStore) -> None:
    content = os.urandom(700_001)
    url = f"/media/{store.put(content, 'mp4').name}"
    assert (await client.get(url)).content == content
    assert (await client.get(url, headers={"range": "bytes=5-600000"})).content == content[5:600_001]


async def test_who_hangs_up_gets_no_more_pieces(store: FileMediaStore, folder: Path) -> None:
    name = store.put(os.urandom(5_000_000), "mp4").name
    app = Starlette(routes=media_routes(store, folder / "cache"))
    sent: list[int] = []
    gone = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(len(message.get("body", b"")))
        gone.set()
        await asyncio.sleep(0)

    scope = {"type": "http", "method": "GET", "path": f"/media/{name}", "query_string": b"", "headers": []}
    await app(scope, receive, send)
    assert sum(sent) < 1_000_000


async def test_a_range_of_another_version_is_not_mixed_in(client: Client, store: FileMediaStore) -> None:
    url = f"/media/{store.put(b'0123456789', 'webm').name}"
    etag = (await client.get(url)).headers["etag"]
    same = await client.get(url, headers={"range": "bytes=2-3", "if-range": etag})
    other = await client.get(url, headers={"range": "bytes=2-3", "if-range": '"other"'})
    assert (same.status_code, same.content, other.status_code, other.content) == (206, b"23", 200, b"0123456789")
    assert (await client.head(url, headers={"range": "bytes=2-3"})).headers["content-length"] == "10"


async def test_transforms_of_what_is_no_picture_are_ignored(client: Client, store: FileMediaStore) -> None:
    url = f"/media/{store.put(b'model', 'glb').name}?width=wide&format=png"
    answer = await client.get(url)
    assert (answer.content, answer.headers["content-type"]) == (b"model", "model/gltf-binary")
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/media/../secret.png",
        "/media/..%2fsecret.png",
        "/media/%2e%2e%2fsecret.png",
        "/media/..%5csecret.png",
        "/media/secret.png",
        "/media/secret.png%00.webp",
        "/media/" + "0" * 32 + ".png",
        "/media/" + "0" * 32 + ".png%0a",
        "/media/" + "0" * 32 + ".part",
        "/media/" + "\u0660" * 32 + ".png",
        "/media/" + "a" * 5000,
        "/media/",
    ],
)
async def test_nothing_outside_the_store_is_served(client: Client, folder: Path, path: str) -> None:
    (folder / "secret.png").write_bytes(b"secret")
    (folder / "media" / "secret.png").write_bytes(b"secret")
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_only_reading_is_possible(client: Client, store: FileMediaStore) -> None:
    url = f"/media/{store.put(encoded(flag(4, 4), 'PNG'), 'png').name}"
    assert [(await client.request(method, url)).status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3


# Transforms


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("width=300", (300, 200)),
        ("height=100", (150, 100)),
        ("width=300&height=100", (150, 100)),
        ("width=100&height=300", (100, 67)),
        ("width=100&scale=2", (200, 133)),
        ("width=100&height=100&scale=3&crop=center", (300, 300)),
        ("width=90&height=100&crop=top", (90, 100)),
        ("width=5000", (600, 400)),
        ("width=99999999", (600, 400)),
        ("width=800&height=800&crop=center", (400, 400)),
        ("width=1&height=5760&crop=left", (1, 400)),
        ("width=100&crop=left", (100, 67)),
        ("crop=left&scale=2", (600, 400)),
        ("width=1", (1, 1)),
        ("width=&height=&crop=&scale=&format=", (600, 400)),
        ("width=300&width=150", (150, 100)),
        ("width=50&crop=CENTER&format=PJPG", (50, 33)),
    ],
)
async def test_the_size_is_the_one_asked_for(
    client: Client, store: FileMediaStore, query: str, size: tuple[int, int]
) -> None:
    name = store.put(encoded(flag(600, 400), "PNG"), "png").name
    answer = await client.get(f"/media/{name}?{query}")
    assert answer.status_code == 200
    assert opened(answer).size == size


@pytest.mark.parametrize(
    ("suffix", "query", "size"),
    [
        ("_320x320", "", (320, 213)),
        ("_90x", "", (90, 60)),
        ("_x100", "?v=1", (150, 100)),
        ("_90x100_crop_center", "", (90, 100)),
        ("_90x100_crop_center", "?width=45", (45, 100)),
        ("_x", "", (600, 400)),
    ],
)
async def test_the_size_may_stand_in_the_name(
    client: Client, store: FileMediaStore, suffix: str, query: str, size: tuple[int, int]
) -> None:
    name = store.put(encoded(flag(600, 400), "PNG"), "png").name
    answer = await client.get(f"/media/{name.removesuffix('.png')}{suffix}.png{query}")
    assert answer.status_code == 200
    assert opened(answer).size == size
    assert answer.headers["etag"]


async def test_nonsense_in_a_name_is_refused_or_not_found(client: Client, store: FileMediaStore) -> None:
    name = store.put(encoded(flag(60, 40), "PNG"), "png").name.removesuffix(".png")
    assert (await client.get(f"/media/{name}_0x10.png")).status_code == 400
    assert (await client.get(f"/media/{name}_9x9_crop_middle.png")).status_code == 400
    assert (await client.get(f"/media/{name}_axb.png")).status_code == 404
    assert (await client.get("/media/none_9x9.png")).status_code == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("width=0", "width must be a whole number of pixels, 1 to 5760."),
        ("width=-5", "width"),
        ("width=12.5", "width"),
        ("width=1e3", "width"),
        ("width=undefined", "width"),
        ("width=\u0663", "width"),
        ("width=" + "9" * 5000, "width"),
        ("height=NaN", "height must be a whole number of pixels, 1 to 5760."),
        ("height=0x10", "height"),
        ("scale=4", "scale must be a whole number, 1 to 3."),
        ("scale=0", "scale"),
        ("scale=1.5", "scale"),
        ("crop=middle", "crop must be one of center, top, bottom, left, right."),
        ("format=svg", "format must be one of jpg, png, webp."),
        ("format=../../png", "format"),
    ],
)
async def test_nonsense_is_refused_with_a_sentence(
    client: Client, store: FileMediaStore, folder: Path, query: str, told: str
) -> None:
    name = store.put(encoded(flag(60, 40), "PNG"), "png").name
    answer = await client.get(f"/media/{name}?{query}")
    assert answer.status_code == 400
    assert answer.text.startswith(told)
    assert answer.headers["cache-control"] == "no-store"
    assert not (folder / "cache").exists()


@pytest.mark.parametrize(
    ("shape", "crop", "colour"),
    [
        ((600, 200), Crop.LEFT, RED),
        ((600, 200), Crop.CENTER, GREEN),
        ((600, 200), Crop.TOP, GREEN),
        ((600, 200), Crop.BOTTOM, GREEN),
        ((600, 200), Crop.RIGHT, BLUE),
        ((200, 600), Crop.TOP, RED),
        ((200, 600), Crop.CENTER, GREEN),
        ((200, 600), Crop.LEFT, GREEN),
        ((200, 600), Crop.RIGHT, GREEN),
        ((200, 600), Crop.BOTTOM, BLUE),
    ],
)
@pytest.mark.parametrize("format_", ["PNG", "JPEG", "WEBP"])
async def test_the_part_that_stays_is_the_one_asked_for(
    client: Client,
    store: FileMediaStore,
    shape: tuple[int, int],
    crop: Crop,
    colour: tuple[int, int, int],
    format_: str,
) -> None:
    name = store.put(encoded(flag(*shape), format_, **({} if format_ == "PNG" else {"quality": 95})), "png").name
    image = opened(await client.get(f"/media/{name}?width=100&height=100&crop={crop}")).convert("RGB")
    assert image.size == (100, 100)
    for place in ((4, 4), (95, 4), (50, 50), (4, 95), (95, 95)):
        assert is_near(image.getpixel(place), colour)


async def test_without_crop_everything_stays(client: Client, store: FileMediaStore) -> None:
    name = store.put(encoded(flag(600, 200), "PNG"), "png").name
    image = opened(await client.get(f"/media/{name}?width=60&height=60&format=png"))
    assert image.size == (60, 20)
    assert [is_near(image.getpixel((x, 10)), colour) for x, colour in ((5, RED), (30, GREEN), (55, BLUE))] == [True] * 3


async def test_a_photo_taken_sideways_is_cut_upright(client: Client, store: FileMediaStore) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the top of what was photographed is at the right
    exif[0x010F] = "Camera"
    name = store.put(encoded(flag(1200, 400).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif), "jpg").name
    image = opened(await client.get(f"/media/{name}?width=100&height=100&crop=left"))
    assert is_near(image.getpixel((50, 50)), RED)
    assert not image.getexif(), "what the camera wrote about place and time must not be passed on"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
async def test_transparency_stays_or_becomes_white(client: Client, store: FileMediaStore, mode: str) -> None:
    source = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
    options = {"transparency": source.getpixel((0, 0))} if mode == "P" else {}
    url = f"/media/{store.put(encoded(source, 'PNG', **options), 'png').name}?width=20"
    for format_ in ("png", "webp"):
        assert opened(await client.get(f"{url}&format={format_}")).convert("RGBA").getpixel((9, 9))[3] == 0  # type: ignore[index]
    assert is_near(opened(await client.get(f"{url}&format=jpg")).getpixel((9, 9)), (255, 255, 255))


def test_16_bits_a_pixel_keep_their_greys(folder: Path) -> None:
    path = folder / "deep.png"
    path.write_bytes(encoded(Image.new("I;16", (40, 40), 0x8000), "PNG"))
    content = pictures.render(path, pictures.plan(pictures.measure(path), "png", Transform(width=20)))
    assert Image.open(BytesIO(content)).convert("L").getpixel((5, 5)) == pytest.approx(128, abs=2)


def test_four_inks_become_three_lights(folder: Path) -> None:
    path = folder / "print.jpg"
    path.write_bytes(
        encoded(flag(300, 100, "CMYK"), "JPEG", quality=95, icc_profile=b"\0" * 16 + b"CMYK" + b"\0" * 108)
    )
    content = pictures.render(path, pictures.plan(pictures.measure(path), "webp", Transform(width=90)))
    image = Image.open(BytesIO(content))
    assert is_near(image.getpixel((45, 15)), GREEN)
    assert "icc_profile" not in image.info


@pytest.mark.parametrize("format_", ["gif", "webp", "png"])
async def test_a_moving_picture_keeps_moving(client: Client, store: FileMediaStore, format_: str) -> None:
    frames = [Image.new("RGB", (60, 60), colour) for colour in (RED, GREEN, BLUE)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=0)
    url = f"/media/{store.put(content, 'gif').name}?width=30"
    image = opened(await client.get(url if format_ == "gif" else f"{url}&format={format_}"))
    assert (image.size, getattr(image, "n_frames", 1)) == ((30, 30), 3)
    for index, colour in enumerate((RED, GREEN, BLUE)):
        image.seek(index)
        assert is_near(image.convert("RGB").getpixel((15, 15)), colour)
    assert opened(await client.get(f"{url}&format=jpg")).size == (30, 30)


# Formats


@pytest.mark.parametrize("format_", list(PictureFormat))
@pytest.mark.parametrize("original", ["png", "webp", "gif", "avif"])
async def test_the_format_is_the_one_asked_for(
    client: Client, store: FileMediaStore, original: str, format_: PictureFormat
) -> None:
    name = store.put(encoded(flag(60, 40), original), original).name
    answer = await client.get(f"/media/{name}?format={format_}&width=30", headers={"accept": "text/html"})
    assert answer.headers["content-type"] == {"jpg": "image/jpeg"}.get(format_, f"image/{format_}")
    assert opened(answer).format == {"jpg": "JPEG"}.get(format_, format_.upper())
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    ("original", "accept", "kind"),
    [
        ("webp", "image/avif,image/webp,*/*;q=0.8", "image/webp"),
        ("webp", "image/*", "image/webp"),
        ("webp", "*/*", "image/webp"),
        ("webp", "", "image/webp"),
        ("webp", "image/png,image/jpeg", "image/jpeg"),
        ("webp", "image/webp;q=0, */*", "image/jpeg"),
        ("webp", "image/webp;q=0.000, image/*", "image/jpeg"),
        ("webp", "text/html;q=0.9", "image/jpeg"),
        ("avif", "image/avif", "image/avif"),
        ("avif", "image/webp", "image/webp"),
        ("avif", "image/png", "image/jpeg"),
        ("png", "image/webp", "image/png"),
        ("jpeg", "image/webp", "image/jpeg"),
    ],
)
async def test_who_cannot_show_webp_gets_another_format(
    client: Client, store: FileMediaStore, original: str, accept: str, kind: str
) -> None:
    name = store.put(encoded(flag(60, 40), original), original).name
    for query in ("", "?width=30"):
        answer = await client.get(f"/media/{name}{query}", headers={"accept": accept})
        assert (answer.headers["content-type"], answer.headers["vary"]) == (kind, "Accept")
        assert f"image/{(opened(answer).format or '').lower()}" == kind


async def test_transparency_survives_for_who_cannot_show_webp(client: Client, store: FileMediaStore) -> None:
    name = store.put(encoded(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "WEBP"), "webp").name
    answer = await client.get(f"/media/{name}", headers={"accept": "image/png"})
    assert answer.headers["content-type"] == "image/png"
    assert opened(answer).getpixel((5, 5))[3] == 0  # type: ignore[index]


# The cache, and the work


class Draughtsman:
    """Draws, and knows what, in order; nothing before the gate opens, if there is one."""

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.gate = gate
        self.drawn: list[pictures.Rendering] = []

    def __call__(self, path: Path, rendering: pictures.Rendering) -> bytes:
        self.drawn.append(rendering)
        assert self.gate is None or self.gate.wait(30)
        time.sleep(0.02)
        return pictures.render(path, rendering)


@pytest.fixture
def draughtsman() -> Draughtsman:
    return Draughtsman()


async def test_a_variant_is_made_once_however_many_ask(
    store: FileMediaStore, folder: Path, draughtsman: Draughtsman
) -> None:
    url = f"/media/{store.put(encoded(flag(300, 200), 'PNG'), 'png').name}"
    # Six ways to ask for the same bytes.
    same = (
        "width=150",
        "width=150&v=2",
        "height=100",
        "width=75&scale=2",
        "width=150&height=999",
        "width=150&height=100&crop=top",
    )
    async with served(store, folder / "cache", render=draughtsman) as client:
        answers = await asyncio.gather(*(client.get(f"{url}?{query}") for query in same * 5))
        assert len({answer.content for answer in answers}) == 1
        assert len(draughtsman.drawn) == 1
    async with served(store, folder / "cache", render=draughtsman) as client:
        assert (await client.get(f"{url}?width=150")).content == answers[0].content
    assert len(draughtsman.drawn) == 1


async def test_304_costs_no_drawing(store: FileMediaStore, folder: Path, draughtsman: Draughtsman) -> None:
    url = f"/media/{store.put(encoded(flag(300, 200), 'PNG'), 'png').name}?width=150"
    async with served(store, folder / "one", render=draughtsman) as client:
        etag = (await client.get(url)).headers["etag"]
    async with served(store, folder / "two", render=draughtsman) as client:
        assert (await client.get(url, headers={"if-none-match": etag})).status_code == 304
    assert len(draughtsman.drawn) == 1


async def test_who_leaves_does_not_take_the_others_picture_away(
    store: FileMediaStore, folder: Path, draughtsman: Draughtsman
) -> None:
    url = f"/media/{store.put(encoded(flag(300, 200), 'PNG'), 'png').name}?width=150"
    async with served(store, folder / "cache", render=draughtsman) as client:
        first, second = asyncio.create_task(client.get(url)), asyncio.create_task(client.get(url))
        await asyncio.wait((first,), timeout=0.01)
        first.cancel()
        assert (await second).status_code == 200
        with pytest.raises(asyncio.CancelledError):
            await first
    assert len(draughtsman.drawn) == 1


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Nothing is drawn until it opens."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_flood_of_sizes_is_answered_with_503(
    store: FileMediaStore, folder: Path, gate: threading.Event
) -> None:
    flooded = f"/media/{store.put(encoded(flag(300, 200), 'PNG'), 'png').name}"
    other = f"/media/{store.put(encoded(flag(300, 201), 'PNG'), 'png').name}"
    limits = MediaLimits(workers=1, queue=6, queue_of_one=4)
    async with served(store, folder / "cache", limits, Draughtsman(gate)) as client:

        async def ask(url: str) -> asyncio.Task[httpx2.Response]:
            task = asyncio.create_task(client.get(url))
            await asyncio.wait((task,), timeout=0.05)
            return task

        waiting = [await ask(f"{flooded}?width={width}") for width in (10, 20, 30, 40)]
        refused = await client.get(f"{flooded}?width=50")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.headers["cache-control"] == "no-store"
        waiting += [await ask(f"{other}?width={width}") for width in (10, 20)]
        assert (await client.get(f"{other}?width=30")).status_code == 503
        # Who asks for what is already being made waits with the others, and originals are always there.
        waiting.append(await ask(f"{flooded}?width=10"))
        assert (await client.get(flooded)).status_code == 200
        gate.set()
        assert {(await task).status_code for task in waiting} == {200}
        assert (await client.get(f"{other}?width=30")).status_code == 200


async def test_resizing_leaves_the_loop_free(store: FileMediaStore, folder: Path, gate: threading.Event) -> None:
    url = f"/media/{store.put(encoded(flag(300, 200), 'PNG'), 'png').name}?width=10"
    async with served(store, folder / "cache", render=Draughtsman(gate)) as client:
        task = asyncio.create_task(client.get(url))
        started = time.perf_counter()
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert time.perf_counter() - started < 1
        gate.set()
        assert (await task).status_code == 200


def files_of(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


async def test_the_cache_stays_within_its_limit(store: FileMediaStore, folder: Path) -> None:
    url = f"/media/{store.put(encoded(flag(90, 60), 'PNG'), 'png').name}"
    async with served(store, folder / "cache", MediaLimits(cache_bytes=10 * 4096)) as client:
        for width in range(1, 60):
            assert opened(await client.get(f"{url}?width={width}")).width == width
            assert len(files_of(folder / "cache")) <= 10


async def test_one_file_takes_only_its_share_of_the_cache(store: FileMediaStore, folder: Path) -> None:
    flooded = f"/media/{store.put(encoded(flag(90, 60), 'PNG'), 'png').name}"
    other = store.put(encoded(flag(90, 61), "PNG"), "png").name
    async with served(store, folder / "cache", MediaLimits(variants_of_one=20)) as client:
        await client.get(f"/media/{other}?width=10")
        for width in range(1, 80):
            await client.get(f"{flooded}?width={width}")
            assert len(files_of(folder / "cache")) <= 21
    assert len(files_of(folder / "cache" / other)) == 1


def test_the_least_recently_used_goes_first(folder: Path) -> None:
    cache = VariantCache(folder, 4 * 4096, 100)
    for age, key in enumerate("abcd"):
        cache.store("one" if age % 2 else "two", key, b"x")
        os.utime(next(folder.glob(f"*/{key}")), (age, age))
    used = cache.open("two", "a")
    assert used is not None
    used.close()
    cache.store("one", "e", b"x")
    assert {path.name for path in files_of(folder)} == {"a", "d", "e"}
    assert cache.open("one", "b") is None


def test_a_cache_that_was_full_before_the_start_is_cleared(folder: Path) -> None:
    for key in range(50):
        VariantCache(folder, 1 << 30, 100).store("one", str(key), b"x" * 5000)
    VariantCache(folder, 10 * 8192, 100).store("two", "new", b"x")
    assert sum(-(-path.stat().st_size // 4096) * 4096 for path in files_of(folder)) <= 10 * 8192
    assert (folder / "two" / "new").exists()


async def test_a_picture_is_served_when_the_disk_is_full(
    client: Client,
    store: FileMediaStore,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"/media/{store.put(encoded(flag(90, 60), 'PNG'), 'png').name}?width=30"
    monkeypatch.setattr(os, "fsync", disk_full)
    answer = await client.get(url)
    assert not files_of(folder / "cache")
    assert answer.status_code == 200
    assert opened(answer).size == (30, 20)
    assert "could not be kept" in caplog.text


async def test_a_picture_damaged_on_disk_is_named_in_the_log(
    store: FileMediaStore, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    name = store.put(encoded(flag(90, 60), "PNG"), "png").name
    store.path(name).write_bytes(store.path(name).read_bytes()[:120])
    async with served(store, folder / "cache") as client:
        answer = await client.get(f"/media/{name}?width=30")
    assert (answer.status_code, answer.headers["cache-control"]) == (500, "no-store")
    assert name in caplog.text


# The rules


sides = st.integers(1, 16_383)
limits_ = st.none() | st.integers(1, 5760)
scales = st.integers(1, 3)
crops = st.none() | st.sampled_from(list(Crop))


@given(sides, sides, limits_, limits_, crops, scales)
def test_a_size_is_within_its_limits(
    width: int, height: int, max_width: int | None, max_height: int | None, crop: Crop | None, scale: int
) -> None:
    wide, high = image_size(width, height, Transform(max_width, max_height, crop, scale))
    assert 1 <= wide <= min(width, 5760 if max_width is None else min(max_width * scale, 5760)) or max_width is None
    assert 1 <= wide <= width
    assert 1 <= high <= height
    assert max_height is None or high <= min(max_height * scale, 5760)
    if max_width is None and max_height is None:
        assert (wide, high) == (width, height)
    elif crop and max_width and max_height and width >= max_width * scale and height >= max_height * scale:
        assert (wide, high) == (min(max_width * scale, 5760), min(max_height * scale, 5760))
    elif crop is None and min(wide, high) > 1:
        # Half a pixel of rounding on the shorter side is all that the proportions may change.
        assert abs(wide * height - high * width) <= max(width, height) / 2 + 1


@pytest.mark.parametrize("wrong", [Transform(0), Transform(None, -1), Transform(scale=0), Transform(scale=4)])
def test_limits_out_of_range_are_refused(wrong: Transform) -> None:
    with pytest.raises(ValueError, match="must be"):
        image_size(10, 10, wrong)
    with pytest.raises(ValueError, match="must be"):
        transformed("/media/x", wrong)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FileMediaStore, list[str]]:
    folder = tmp_path_factory.mktemp("gallery")
    store = FileMediaStore(folder / "media")
    shapes = ((3, 1), (7, 250), (250, 7), (101, 67), (160, 160), (333, 500))
    return folder, store, [store.put(encoded(flag(*shape), "PNG"), "png").name for shape in shapes]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_what_is_promised_is_what_is_served(
    gallery: tuple[Path, FileMediaStore, list[str]], data: st.DataObject
) -> None:
    folder, store, names = gallery
    stored = store.find(data.draw(st.sampled_from(names)))
    small = st.none() | st.integers(1, 600)
    max_width, max_height = data.draw(small), data.draw(small)
    crop, scale, content_type = (
        data.draw(crops),
        data.draw(scales),
        data.draw(st.none() | st.sampled_from(PictureFormat)),
    )
    assert stored is not None
    assert stored.width is not None
    assert stored.height is not None
    asked = Transform(max_width, max_height, crop, scale, content_type)
    promised = image_size(stored.width, stored.height, asked)
    url = transformed(f"/media/{stored.name}?v=1", asked)
    given_by_hand = {"width": max_width, "height": max_height, "crop": crop, "scale": scale}
    async with served(store, folder / "cache") as client:
        assert opened(await client.get(url)).size == promised
        query = {name: str(value) for name, value in given_by_hand.items() if value is not None}
        assert opened(await client.get(f"/media/{stored.name}", params=query)).size == promised


@pytest.mark.parametrize(
    ("url", "change", "result"),
    [
        ("/media/a.webp", Transform(), "/media/a.webp"),
        ("/media/a.webp?width=5", Transform(scale=2), "/media/a.webp?width=5"),
        ("/media/a.webp", Transform(100), "/media/a.webp?width=100"),
        ("/media/a.webp", Transform(100, scale=2), "/media/a.webp?width=200"),
        ("/media/a.webp", Transform(height=4000, scale=2), "/media/a.webp?height=5760"),
        (
            "https://cdn.example/a.jpg?v=17&sig=a%2Fb+c",
            Transform(10, 20, Crop.TOP, format=PictureFormat.PNG),
            "https://cdn.example/a.jpg?v=17&sig=a%2Fb+c&width=10&height=20&crop=top&format=png",
        ),
        (
            "https://cdn.example/a.jpg?width=800&v=1&height=600&crop=left&scale=2&format=jpg&x",
            Transform(10),
            "https://cdn.example/a.jpg?v=1&x&width=10",
        ),
        ("/media/a.png?%77idth=8#top", Transform(format=PictureFormat.WEBP), "/media/a.png?format=webp#top"),
    ],
)
def test_a_url_says_its_transform(url: str, change: Transform, result: str) -> None:
    assert transformed(url, change) == result


@given(st.text(alphabet="ab=&?%#/.+1", max_size=30), crops, limits_)
def test_a_url_transformed_twice_is_transformed_once(rest: str, crop: Crop | None, width: int | None) -> None:
    change = partial(transformed, transform=Transform(width, width, crop))
    once = change("https://cdn.example/" + rest)
    assert change(once) == once
