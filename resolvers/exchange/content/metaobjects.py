"""Metaobjects from files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db import content as db
from db.content import MetaobjectDefinitionRow, MetaobjectRow
from db.session import Session
from db.types import utc_now
from resolvers.exchange.cells import CellError
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import ContentError, Head, read_head
from resolvers.exchange.drafts import Reference
from resolvers.exchange.links import read_links
from resolvers.exchange.metafields import LIST, is_known, is_reference, parts, stored
from resolvers.exchange.pictures import Pictures
from resolvers.exchange.upsert import bring, differs, shop_pictures
from resolvers.ids import global_id

_FILE = "file_reference"


async def bring_metaobjects(session: Session, folder: Path, changes: Changes, pictures: Pictures) -> None:
    """Make the metaobjects those of the folder ``metaobjects``: a file for each type, named for it."""
    standing = {row.type: row for row in await session.rows(db.definitions())}
    wanted = set()
    for path in changes.files(folder, "*.toml"):
        wanted.add(path.stem)
        with changes.refusing(path):
            head = read_head(path)
            values = _definition(path.stem, head)
            entries = head.tables("entries")
            head.close()
            prepared = [await _entry(session, values, entry, pictures, path, changes) for entry in entries]
            key, _ = await bring(session, MetaobjectDefinitionRow, standing.get(path.stem), values)
            await _bring_entries(session, path, changes, key, prepared)
    await changes.remove(session, MetaobjectDefinitionRow, standing, wanted, folder)


def _definition(type_: str, head: Head) -> dict[str, Any]:
    fields = [_field(key, said) for key, said in head.table("fields").rest().items()]
    if not fields:
        raise ContentError("[fields] must name its fields and their types")
    values = {
        "type": type_,
        "name": head.text("name") or type_,
        "fields": fields,
        "title_key": head.text("title"),
        "description_key": head.text("description"),
    }
    for name in (values["title_key"], values["description_key"]):
        if name is not None and name not in {known["key"] for known in fields}:
            raise ContentError(f"{name} is none of its fields")
    return values


def _field(key: str, said: Any) -> dict[str, Any]:
    if not isinstance(said, str) or not (is_known(said) or said.removeprefix(LIST) == _FILE):
        raise ContentError(f"fields.{key}: {said!r} is not a type such as single_line_text_field")
    return {"key": key, "type": said}


async def _entry(
    session: Session,
    described: Mapping[str, Any],
    entry: Head,
    pictures: Pictures,
    path: Path,
    changes: Changes,
) -> dict[str, Any]:
    """An entry as its row is to be, ``published`` in place of a time."""
    handle, shown = entry.required("handle"), entry.flag("published", default=True)
    fields = []
    for field in described["fields"]:
        value = await _value(session, field, entry, pictures, path, changes)
        if value is not None:
            fields.append({**field, "value": value})
    entry.close()
    title = next((field["value"] for field in fields if field["key"] == described["title_key"]), handle)
    return {
        "type": described["type"],
        "handle": handle,
        "display_name": title,
        "fields": fields,
        "published": shown,
    }


async def _bring_entries(
    session: Session, path: Path, changes: Changes, definition: int, entries: list[dict[str, Any]]
) -> None:
    standing = {row.handle: row for row in await session.rows(db.all_metaobjects(definition))}
    changes.summary.rows += len(entries)
    for entry in entries:
        known = standing.get(entry["handle"])
        since = (known and known.published_at) or utc_now()
        values = {name: value for name, value in entry.items() if name != "published"}
        values |= {"definition_id": definition, "published_at": since if entry["published"] else None}
        if known is None or differs(known, values):
            values["updated_at"] = utc_now()
        changes.count(known, await bring(session, MetaobjectRow, known, values))
    await changes.remove(session, MetaobjectRow, standing, {entry["handle"] for entry in entries}, path.parent)


async def _value(
    session: Session, field: Mapping[str, Any], entry: Head, pictures: Pictures, path: Path, changes: Changes
) -> str | None:
    type_, key = field["type"], field["key"]
    text = entry.text(key)
    if text is None:
        return None
    try:
        if type_.removeprefix(LIST) == _FILE:
            return await _files(session, type_, text, pictures)
        if not is_reference(type_):
            return stored(type_, text).value
    except CellError as error:
        raise ContentError(f"{key}: {error}") from error
    reference = Reference(type_, tuple(parts(text) if type_.startswith(LIST) else [text]), 0, key)
    links = await read_links(session, [reference])
    linked = links.linked(reference)
    if linked is None:
        changes.warn(path, f"{key} names {', '.join(links.missing(reference))}, which is not there; it is left out")
        return None
    return linked.value


async def _files(session: Session, type_: str, text: str, pictures: Pictures) -> str:
    found = [pictures.find(name) for name in (parts(text) if type_.startswith(LIST) else [text])]
    ids = await shop_pictures(session, [(picture, None) for picture in found])
    gids = [global_id("MediaImage", ids[picture.source]) for picture in found]
    return json.dumps(gids) if type_.startswith(LIST) else gids[0]
