"""Metafields of pages, blogs and articles, and what values of content refer to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import content as content_db
from db import exchange as db
from db.catalog import MetafieldRow
from db.catalog.metafields import MetafieldOwner
from db.content import ArticleRow, BlogRow, PageRow
from db.session import Session
from resolvers.exchange.cells import CellError
from resolvers.exchange.columns import MetafieldKey
from resolvers.exchange.content.changes import Changes
from resolvers.exchange.content.documents import Head
from resolvers.exchange.drafts import KEEP, Reference
from resolvers.exchange.links import read_links
from resolvers.exchange.metafields import LIST, Metafield, is_file, is_reference, joined, parts, stored
from resolvers.exchange.pictures import Pictures
from resolvers.exchange.texts import ContentError
from resolvers.exchange.upsert import bring, shop_pictures
from resolvers.ids import global_id

_OWNERS: dict[MetafieldOwner, type[PageRow | BlogRow | ArticleRow]] = {
    MetafieldOwner.PAGE: PageRow,
    MetafieldOwner.BLOG: BlogRow,
    MetafieldOwner.ARTICLE: ArticleRow,
}

Said = Metafield | Reference


def read_value(type_: str, text: str, name: str) -> Said:
    """What a text says; references are resolved when everything is there. Raises ContentError."""
    if is_reference(type_) or is_file(type_):
        return Reference(type_, tuple(parts(text) if type_.startswith(LIST) else [text]), 0, name)
    try:
        return stored(type_, text)
    except CellError as error:
        raise ContentError(f"{name}: {error}") from error


async def linked(session: Session, said: Iterable[Said], pictures: Pictures) -> dict[Reference, Metafield | str]:
    """What references lead to; a text in place of the value says why one leads nowhere."""
    references = [value for value in said if isinstance(value, Reference)]
    links = await read_links(session, [value for value in references if is_reference(value.type)])
    found: dict[Reference, Metafield | str] = {}
    for reference in references:
        if is_reference(reference.type):
            missing = f"{reference.column} names {', '.join(links.missing(reference))}, which is not there"
            found[reference] = links.linked(reference) or missing
        else:
            found[reference] = await _files(session, reference, pictures)
    return found


async def _files(session: Session, reference: Reference, pictures: Pictures) -> Metafield | str:
    try:
        named = [pictures.find(name) for name in reference.names]
    except CellError as error:
        return f"{reference.column}: {error}"
    ids = await shop_pictures(session, [(picture, KEEP) for picture in named])
    gids = [global_id("MediaImage", ids[picture.source]) for picture in named]
    return Metafield(reference.type, json.dumps(gids) if reference.type.startswith(LIST) else gids[0])


@dataclass
class _Owner:
    kind: MetafieldOwner
    id: int
    path: Path
    said: Mapping[MetafieldKey, Said]
    is_unchanged: bool


@dataclass
class Metafields:
    """The metafields that files of content give their pages, blogs and articles, until everything named is there."""

    types: Mapping[MetafieldKey, str]
    owners: list[_Owner] = field(default_factory=list)

    def read(self, kind: MetafieldOwner, head: Head) -> dict[MetafieldKey, Said]:
        """The table ``metafields`` of a file, by namespace and key. Raises ContentError."""
        found = {}
        for namespace, entries in head.table("metafields").rest().items():
            if not isinstance(entries, dict):
                raise ContentError(f"metafields.{namespace} must be a table of keys, such as custom.{namespace} = …")
            for key, value in entries.items():
                name, metafield = f"metafields.{namespace}.{key}", (kind.value, namespace, key)
                if metafield not in self.types:
                    raise ContentError(f"{name} is not described by any of shop.toml's [[definitions]] for {kind}s")
                if text := _cell(value, name):
                    found[metafield] = read_value(self.types[metafield], text, name)
        return found

    def expect(
        self, kind: MetafieldOwner, key: int, path: Path, said: Mapping[MetafieldKey, Said], *, is_unchanged: bool
    ) -> None:
        """Note what a page, blog or article is to have. It is brought, and counted as changed, by `bring`."""
        self.owners.append(_Owner(kind, key, path, said, is_unchanged))

    async def bring(self, session: Session, changes: Changes, pictures: Pictures) -> None:
        """Give everything the metafields that its file names, and no others; forget those of what is gone."""
        links = await linked(session, [value for owner in self.owners for value in owner.said.values()], pictures)
        for kind, row in _OWNERS.items():
            await session.change(content_db.removed_orphans(kind, row))
            owners = [owner for owner in self.owners if owner.kind == kind]
            standing: dict[int, dict[MetafieldKey, MetafieldRow]] = {owner.id: {} for owner in owners}
            for known in await session.rows(db.metafields(kind, list(standing))):
                standing[known.owner_id][known.owner_kind, known.namespace, known.key] = known
            for owner in owners:
                if await self._settle(session, owner, standing[owner.id], links, changes) and owner.is_unchanged:
                    changes.summary.unchanged -= 1
                    changes.summary.changed += 1

    async def _settle(
        self,
        session: Session,
        owner: _Owner,
        standing: dict[MetafieldKey, MetafieldRow],
        links: Mapping[Reference, Metafield | str],
        changes: Changes,
    ) -> bool:
        is_changed = False
        for name, said in owner.said.items():
            value = links[said] if isinstance(said, Reference) else said
            if isinstance(value, str):
                changes.warn(owner.path, f"{value}; it is left out")
                continue
            values: dict[str, Any] = {"owner_kind": name[0], "owner_id": owner.id, "namespace": name[1], "key": name[2],
                                      "type": value.type, "value": value.value}  # fmt: skip
            _, written = await bring(session, MetafieldRow, standing.pop(name, None), values)
            is_changed |= written
        if standing:
            await session.change(db.removed(MetafieldRow, [known.id for known in standing.values()]))
        return is_changed or bool(standing)


def _cell(value: Any, name: str) -> str:
    """A value as a cell of a file of products would say it: lists, numbers and truths may stand without quotes."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value.strip()
        case int() | float():
            return str(value)
        case list() if all(isinstance(item, str) for item in value):
            return joined(value)
        case _:
            raise ContentError(f"{name} must be a text in quotes, a number, true, false, or a list of texts")
