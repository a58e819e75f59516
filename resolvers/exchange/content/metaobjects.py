"""Metaobjects from files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import content as db
from db.content import MetaobjectDefinitionRow, MetaobjectRow
from db.session import Session
from db.types import utc_now
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import Head, once, read_head
from resolvers.exchange.content.metafields import Said, linked, read_value
from resolvers.exchange.drafts import Reference
from resolvers.exchange.metafields import Metafield, is_file, is_known
from resolvers.exchange.pictures import Pictures
from resolvers.exchange.texts import ContentError
from resolvers.exchange.upsert import bring, differs


@dataclass
class _File:
    """A file of a type, read, its entries made as far as they were missing."""

    path: Path
    definition: int
    described: Mapping[str, Any]
    entries: list["_Entry"]
    standing: Mapping[str, MetaobjectRow]


@dataclass
class _Entry:
    handle: str
    shown: bool
    said: dict[str, Said]


async def bring_metaobjects(session: Session, folder: Path, changes: Changes, pictures: Pictures) -> None:
    """Make the metaobjects those of the folder ``metaobjects``: a file for each type, named for it.

    All of them are made before any is filled, because they may refer to each other.
    """
    standing = {row.type: row for row in await session.rows(db.definitions())}
    files = []
    wanted = set()
    for path in changes.files(folder, "*.toml"):
        wanted.add(path.stem)
        with changes.refusing(path):
            files.append(await _begun(session, path, standing.get(path.stem)))
    for file in files:
        links = await linked(session, [value for entry in file.entries for value in entry.said.values()], pictures)
        await _fill(session, file, links, changes)
        kept = {entry.handle for entry in file.entries}
        await changes.remove(session, MetaobjectRow, file.standing, kept, folder)
    await changes.remove(session, MetaobjectDefinitionRow, standing, wanted, folder)


async def _begun(session: Session, path: Path, standing: MetaobjectDefinitionRow | None) -> _File:
    """The file as it is to be, with a row for every entry. Raises ContentError."""
    head = read_head(path)
    values = _definition(path.stem, head)
    entries = [_entry(values, entry) for entry in head.tables("entries")]
    head.close()
    once(entry.handle for entry in entries)
    key, _ = await bring(session, MetaobjectDefinitionRow, standing, values)
    known = {row.handle: row for row in await session.rows(db.all_metaobjects(key))}
    of_type = {"type": path.stem, "definition_id": key, "fields": []}
    new = [entry.handle for entry in entries if entry.handle not in known]
    await session.add_all(MetaobjectRow, [of_type | {"handle": name, "display_name": name} for name in new])
    return _File(path, key, values, entries, known)


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
    if not isinstance(said, str) or not (is_known(said) or is_file(said)):
        raise ContentError(f"fields.{key}: {said!r} is not a type such as single_line_text_field")
    return {"key": key, "type": said}


def _entry(described: Mapping[str, Any], entry: Head) -> _Entry:
    handle, shown = entry.required("handle"), entry.flag("published", default=True)
    said = {}
    for field in described["fields"]:
        text = entry.text(field["key"])
        if text is not None:
            said[field["key"]] = read_value(field["type"], text, field["key"])
    entry.close()
    return _Entry(handle, shown, said)


async def _fill(session: Session, file: _File, links: Mapping[Reference, Metafield | str], changes: Changes) -> None:
    rows = {row.handle: row for row in await session.rows(db.all_metaobjects(file.definition))}
    changes.summary.rows += len(file.entries)
    for entry in file.entries:
        known = file.standing.get(entry.handle)
        fields = _fields(file, entry, links, changes)
        since = (known and known.published_at) or utc_now()
        values: dict[str, Any] = {
            "display_name": next((f["value"] for f in fields if f["key"] == file.described["title_key"]), entry.handle),
            "fields": fields,
            "published_at": since if entry.shown else None,
        }
        if differs(rows[entry.handle], values):
            values["updated_at"] = utc_now()
        changes.count(known, await bring(session, MetaobjectRow, rows[entry.handle], values))


def _fields(
    file: _File, entry: _Entry, links: Mapping[Reference, Metafield | str], changes: Changes
) -> list[dict[str, Any]]:
    found = []
    for field in file.described["fields"]:
        said = entry.said.get(field["key"])
        value = links[said] if isinstance(said, Reference) else said
        if isinstance(value, str):
            changes.warn(file.path, f"{value}; it is left out")
        elif value is not None:
            found.append({**field, "value": value.value})
    return found
