"""`media.csv`: videos and 3D models beside the pictures of the product file."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import exchange as db
from db.catalog import MediaRow, MediaSourceRow, ProductRow
from db.catalog.media import MediaKind
from db.session import Database, Session
from resolvers.events import publish
from resolvers.exchange.cells import CellError, whole
from resolvers.exchange.pictures import Picture, Pictures
from resolvers.exchange.report import Reporter, Summary
from resolvers.exchange.setting import Setting
from resolvers.exchange.sheet import Row
from resolvers.exchange.table import Table, named, open_table
from resolvers.exchange.upsert import bring, differs
from resolvers.exchange.writing import PRODUCT_CHANGED
from resolvers.media import MediaStore

_NAME = named("Handle", "Position", "Kind", "Alt", "Preview Image", "Source", "Mime Type", "Width", "Height")
_HOSTS = (
    (
        "YOUTUBE",
        re.compile(r"https://www\.youtube(?:-nocookie)?\.com/embed/([\w-]+)\S*"),
        "https://www.youtube.com/watch?v=",
    ),
    ("VIMEO", re.compile(r"https://player\.vimeo\.com/video/(\d+)\S*"), "https://vimeo.com/"),
)
_MIME_TYPES = {
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "glb": "model/gltf-binary",
    "usdz": "model/vnd.usdz+zip",
}


@dataclass
class Wanted:
    """A medium that a row describes, and the file that plays it."""

    values: dict[str, Any]
    source: dict[str, Any] | None


async def import_media(
    database: Database,
    store: MediaStore,
    setting: Setting,
    path: Path,
    *,
    dry_run: bool = False,
    reporter: Reporter | None = None,
) -> Summary:
    """Bring the videos and models of the products that the file names to what it says, each product at once."""
    table = open_table(database, setting, path, _NAME, "Handle", dry_run=dry_run, reporter=reporter)
    pictures = Pictures(store, path.parent, dry_run=dry_run)
    for handle, rows in table.groups():
        async with database.read() as session:
            ids = dict(await session.tuples(db.identities(ProductRow, [handle])))
        if handle not in ids:
            table.refuse(rows[0], "Handle", f"there is no product {handle!r}")
            continue
        wanted = [found for row in rows if (found := _read(table, pictures, row))]
        async with database.bulk() as session:
            changed = await _Writing(session, ids[handle], dry_run).run(wanted, is_all=len(wanted) == len(rows))
        table.count(made=False, changed=changed)
    return table.summary


def _read(table: Table, pictures: Pictures, row: Row) -> Wanted | None:
    column = "Kind"
    try:
        try:
            kind = MediaKind(row.get("Kind").upper())
        except ValueError:
            raise CellError(f"{row.get('Kind')!r} is not one of video, external_video, model_3d") from None
        column = "Position"
        position = whole(row.get("Position") or "1")
        column = "Preview Image"
        preview = pictures.find(row.get("Preview Image")) if row.get("Preview Image") else None
        column = "Source"
        return _wanted(kind, position, preview, row, pictures)
    except CellError as error:
        table.refuse(row, column, str(error))
        return None


def _wanted(kind: MediaKind, position: int, preview: Picture | None, row: Row, pictures: Pictures) -> Wanted:
    values: dict[str, Any] = {
        "kind": kind.value,
        "position": position,
        "alt": row.get("Alt") or None,
        "source": preview.source if preview else None,
        "width": preview.width if preview else None,
        "height": preview.height if preview else None,
        "host": None,
        "embed_url": None,
        "origin_url": None,
    }
    source = row.get("Source")
    if kind is MediaKind.IMAGE or not source:
        raise CellError("is empty" if not source else "pictures stand in the product file")
    if kind is MediaKind.EXTERNAL_VIDEO:
        return Wanted(values | _external(source), None)
    file = pictures.file(source)
    extension = file.name.rpartition(".")[2]
    return Wanted(
        values,
        {
            "source": file.name,
            "mime_type": row.get("Mime Type") or _MIME_TYPES.get(extension, "application/octet-stream"),
            "format": extension,
            "width": whole(row.get("Width")) if row.get("Width") else 0,
            "height": whole(row.get("Height")) if row.get("Height") else 0,
            "size": file.size,
        },
    )


def _external(url: str) -> dict[str, str]:
    for host, pattern, origin in _HOSTS:
        if found := pattern.fullmatch(url):
            return {"host": host, "embed_url": url, "origin_url": f"{origin}{found[1]}"}
    raise CellError(f"{url!r} embeds no video of YouTube or Vimeo")


class _Writing:
    """One product's videos and models."""

    def __init__(self, session: Session, product_id: int, dry_run: bool) -> None:
        self.session, self.product_id, self.dry_run = session, product_id, dry_run

    async def run(self, wanted: list[Wanted], *, is_all: bool) -> bool:
        """Whether anything differs, which is then written. Others go, unless some row could not be understood."""
        rows = [m for m in await self.session.rows(db.media([self.product_id])) if m.kind != MediaKind.IMAGE]
        sources = {
            source.media_id: source for source in await self.session.rows(db.media_sources([m.id for m in rows]))
        }
        standing = {self._identity(m.kind, m.embed_url, sources.get(m.id)): m for m in rows}
        matched = [
            (w, standing.pop(self._identity(w.values["kind"], w.values["embed_url"], w.source), None)) for w in wanted
        ]
        differing = [
            (w, medium)
            for w, medium in matched
            if medium is None
            or differs(medium, w.values)
            or (w.source and ((file := sources.get(medium.id)) is None or differs(file, w.source)))
        ]
        gone = [medium.id for medium in standing.values()] if is_all else []
        if (differing or gone) and not self.dry_run:
            await self._write(differing, gone, sources)
        return bool(differing or gone)

    def _identity(self, kind: str, embed_url: str | None, source: Any) -> tuple[str, str | None]:
        file = source["source"] if isinstance(source, dict) else source.source if source else None
        return kind, embed_url or file

    async def _write(
        self, differing: list[tuple[Wanted, MediaRow | None]], gone: list[int], sources: dict[int, MediaSourceRow]
    ) -> None:
        if gone:
            await self.session.change(db.removed(MediaRow, gone))
        for wanted, medium in differing:
            values = wanted.values | {"product_id": self.product_id}
            key, _ = await bring(self.session, MediaRow, medium, values)
            if wanted.source:
                await bring(self.session, MediaSourceRow, sources.get(key), wanted.source | {"media_id": key})
        await publish(self.session, PRODUCT_CHANGED, {"product_id": self.product_id, "variant_ids": []})
