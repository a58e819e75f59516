"""Makes the shop's two 3D models as glTF 2.0 binary files; needs nothing but Python.

    python -m db.demo.models

Metres, y up. Round things are lathe-turned from an outline of (radius, height) points; tubes follow a path.
"""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin

from db.demo.authored import HERE

Point = tuple[float, float, float]


@dataclass
class Mesh:
    """Triangles with a normal at each corner, of one material."""

    material: int
    points: list[Point]
    normals: list[Point]
    corners: list[int]


def _unit(x: float, y: float, z: float) -> Point:
    size = (x * x + y * y + z * z) ** 0.5 or 1.0
    return x / size, y / size, z / size


def lathe(outline: Sequence[tuple[float, float]], material: int, steps: int = 48) -> Mesh:
    """Turns the outline about the y axis; outlines that run upwards face outwards."""
    points: list[Point] = []
    normals: list[Point] = []
    for i, (r, y) in enumerate(outline):
        before, after = outline[max(i - 1, 0)], outline[min(i + 1, len(outline) - 1)]
        dr, dy = after[0] - before[0], after[1] - before[1]
        for s in range(steps + 1):
            a = 2 * pi * s / steps
            points.append((r * cos(a), y, r * sin(a)))
            normals.append(_unit(dy * cos(a), -dr, dy * sin(a)))
    return Mesh(material, points, normals, _grid(len(outline), steps))


def _grid(rows: int, steps: int) -> list[int]:
    corners = []
    for row in range(rows - 1):
        for s in range(steps):
            a = row * (steps + 1) + s
            b = a + steps + 1
            corners += [a, b, a + 1, a + 1, b, b + 1]
    return corners


def tube(path: Sequence[Point], radii: Sequence[float], material: int, steps: int = 16) -> Mesh:
    """A round bar along the path, whose direction must not be parallel to the z axis."""
    points: list[Point] = []
    normals: list[Point] = []
    for i, (x, y, z) in enumerate(path):
        a, b = path[max(i - 1, 0)], path[min(i + 1, len(path) - 1)]
        tx, ty, tz = _unit(b[0] - a[0], b[1] - a[1], b[2] - a[2])
        side = _unit(ty, -tx, 0) if hypot(tx, ty) > 1e-6 else (1.0, 0.0, 0.0)
        other = (side[1] * tz - side[2] * ty, side[2] * tx - side[0] * tz, side[0] * ty - side[1] * tx)
        for s in range(steps + 1):
            angle = 2 * pi * s / steps
            c, d = cos(angle), sin(angle)
            n = _unit(side[0] * c + other[0] * d, side[1] * c + other[1] * d, side[2] * c + other[2] * d)
            normals.append(n)
            points.append((x + n[0] * radii[i], y + n[1] * radii[i], z + n[2] * radii[i]))
    return Mesh(material, points, normals, _grid(len(path), steps))


def glb(name: str, meshes: list[Mesh], materials: list[tuple[str, str, float]]) -> bytes:
    """A binary glTF file; a material is a name, a colour as #rrggbb and a roughness of 0 to 1."""
    blob = bytearray()
    views: list[dict[str, object]] = []
    accessors: list[dict[str, object]] = []
    primitives: list[dict[str, object]] = []

    def put(data: bytes, target: int, **accessor: object) -> int:
        blob.extend(b"\0" * (-len(blob) % 4))
        views.append({"buffer": 0, "byteOffset": len(blob), "byteLength": len(data), "target": target})
        blob.extend(data)
        accessors.append({"bufferView": len(views) - 1, **accessor})
        return len(accessors) - 1

    for mesh in meshes:
        axes = list(zip(*mesh.points, strict=True))
        flat = [_single(v) for point in mesh.points for v in point]
        low, high = [_single(min(axis)) for axis in axes], [_single(max(axis)) for axis in axes]
        place = put(
            struct.pack(f"<{len(flat)}f", *flat),
            34962,
            componentType=5126,
            count=len(mesh.points),
            type="VEC3",
            min=low,
            max=high,
        )
        bend = [v for normal in mesh.normals for v in normal]
        normal = put(
            struct.pack(f"<{len(bend)}f", *bend), 34962, componentType=5126, count=len(mesh.normals), type="VEC3"
        )
        order = put(
            struct.pack(f"<{len(mesh.corners)}H", *mesh.corners),
            34963,
            componentType=5123,
            count=len(mesh.corners),
            type="SCALAR",
        )
        primitives.append(
            {"attributes": {"POSITION": place, "NORMAL": normal}, "indices": order, "material": mesh.material}
        )
    scene = {
        "asset": {"version": "2.0", "generator": "db.demo.models"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": name, "mesh": 0}],
        "meshes": [{"name": name, "primitives": primitives}],
        "materials": [_material(*material) for material in materials],
        "buffers": [{"byteLength": len(blob)}],
        "bufferViews": views,
        "accessors": accessors,
    }
    text = json.dumps(scene, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    blob.extend(b"\0" * (-len(blob) % 4))
    head = struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + len(blob))
    return (
        head + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + bytes(blob)
    )


def _single(value: float) -> float:
    """The value as the file holds it: bounds must agree with the data to the bit."""
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single


def _material(name: str, colour: str, roughness: float) -> dict[str, object]:
    linear = [round((int(colour[i : i + 2], 16) / 255) ** 2.2, 4) for i in (1, 3, 5)]
    look = {"baseColorFactor": [*linear, 1.0], "metallicFactor": 0.0, "roughnessFactor": roughness}
    return {"name": name, "pbrMetallicRoughness": look, "doubleSided": True}


def mug() -> bytes:
    clay = lathe([(0.0, 0.0), (0.036, 0.0), (0.0395, 0.003), (0.041, 0.012)], 1)
    glaze = lathe(
        [
            (0.041, 0.012),
            (0.041, 0.05),
            (0.041, 0.088),
            (0.0405, 0.0905),
            (0.039, 0.091),
            (0.0375, 0.0905),
            (0.037, 0.088),
            (0.0365, 0.012),
            (0.033, 0.007),
            (0.0, 0.007),
        ],
        0,
    )
    bow = [
        (0.038 + 0.034 * sin(pi * t / 20), 0.076 - 0.056 * t / 20 + 0.006 * sin(pi * t / 20), 0.0) for t in range(21)
    ]
    handle = tube(bow, [0.0062] * 21, 0)
    return glb(
        "Harbour Stoneware Mug",
        [clay, glaze, handle],
        [("Harbour glaze", "#2f4a66", 0.35), ("Bare clay", "#c98d6c", 0.9)],
    )


def stool() -> bytes:
    seat = lathe(
        [
            (0.0, 0.285),
            (0.14, 0.285),
            (0.155, 0.292),
            (0.16, 0.303),
            (0.155, 0.314),
            (0.14, 0.32),
            (0.05, 0.317),
            (0.0, 0.316),
        ],
        0,
    )
    parts = [seat]
    for i in range(4):
        a = pi / 4 + i * pi / 2
        path = [((0.09 + 0.06 * t / 8) * cos(a), 0.29 * (1 - t / 8), (0.09 + 0.06 * t / 8) * sin(a)) for t in range(9)]
        parts.append(tube(path, [0.013 + 0.004 * sin(pi * t / 8) for t in range(9)], 1))
    return glb("Milking Stool", parts, [("Oak, soaped", "#cda270", 0.65), ("Oak, turned", "#b98a58", 0.7)])


def main() -> None:
    (HERE / "media").mkdir(exist_ok=True)
    (HERE / "media" / "harbour-mug.glb").write_bytes(mug())
    (HERE / "media" / "milking-stool.glb").write_bytes(stool())


if __name__ == "__main__":
    main()
