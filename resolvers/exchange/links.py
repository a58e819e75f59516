"""Metafields that refer: handles, SKUs and paths in files, global ids in the database."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from db import content as content_db
from db import exchange as db
from db.catalog import CollectionRow, ProductRow
from db.content import PageRow
from db.session import Session
from resolvers.exchange.drafts import Reference
from resolvers.exchange.metafields import LIST, REFERENCES, Metafield, is_reference, joined, shown
from resolvers.ids import global_id, parse_id

_BY_HANDLE: dict[str, type[db.Handled]] = {
    "product_reference": ProductRow,
    "collection_reference": CollectionRow,
    "page_reference": PageRow,
}
_BY_PATH = {
    "article_reference": content_db.articles_named,
    "metaobject_reference": content_db.metaobjects_named,
}


@dataclass
class Links:
    """Ids by type and by handle, SKU or path."""

    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def linked(self, reference: Reference, *, partly: bool = False) -> Metafield | None:
        """The value to store; None while anything it names is not there, or ``partly`` while nothing is."""
        kind = reference.type.removeprefix(LIST)
        ids = [self.ids.get((kind, name)) for name in reference.names]
        found = [global_id(REFERENCES[kind], key) for key in ids if key is not None]
        if not found or (len(found) < len(ids) and not partly):
            return None
        return Metafield(reference.type, json.dumps(found) if reference.type.startswith(LIST) else found[0])

    def missing(self, reference: Reference) -> list[str]:
        """What of a reference is not there."""
        kind = reference.type.removeprefix(LIST)
        return [name for name in reference.names if (kind, name) not in self.ids]


async def read_links(session: Session, references: Iterable[Reference]) -> Links:
    """What the references name, as far as it is there. Of several variants with one SKU the oldest counts."""
    names: dict[str, set[str]] = {kind: set() for kind in REFERENCES}
    for reference in references:
        names[reference.type.removeprefix(LIST)].update(reference.names)
    links = Links()
    for kind, row in _BY_HANDLE.items():
        if names[kind]:
            for handle, key in await session.tuples(db.identities(row, sorted(names[kind]))):
                links.ids[kind, handle] = key
    for kind, statement in _BY_PATH.items():
        if names[kind]:
            paths = [name.partition("/") for name in sorted(names[kind])]
            for folder, handle, key in await session.tuples(statement([(path[0], path[2]) for path in paths])):
                links.ids[kind, f"{folder}/{handle}"] = key
    if skus := names["variant_reference"]:
        for variant in await session.rows(db.variants_by_sku(sorted(skus))):
            links.ids.setdefault(("variant_reference", variant.sku or ""), variant.id)
    return links


@dataclass
class Names:
    """Handles, SKUs and paths by global id, for writing files."""

    names: dict[str, str] = field(default_factory=dict)

    def cell(self, metafield: Metafield) -> str:
        """A value as a cell; references that lead nowhere are left out."""
        if not is_reference(metafield.type):
            return shown(metafield)
        found = [self.names[gid] for gid in gids(metafield) if gid in self.names]
        return joined(found) if metafield.type.startswith(LIST) else "".join(found)


def gids(metafield: Metafield) -> list[str]:
    """The global ids that a referring value holds."""
    return list(json.loads(metafield.value)) if metafield.type.startswith(LIST) else [metafield.value]


async def read_names(session: Session, metafields: Iterable[Metafield]) -> Names:
    """What the referring ones among the metafields name."""
    wanted: dict[str, set[int]] = {kind: set() for kind in REFERENCES.values()}
    for metafield in metafields:
        if is_reference(metafield.type):
            for gid in gids(metafield):
                if (named := parse_id(gid)) and named[0] in wanted and named[1].isdecimal():
                    wanted[named[0]].add(int(named[1]))
    names = Names()
    for type_, row in _BY_HANDLE.items():
        if ids := sorted(wanted[REFERENCES[type_]]):
            for key, handle in await session.tuples(db.handles(row, ids)):
                names.names[global_id(REFERENCES[type_], key)] = handle
    for kind, statement in (("Article", content_db.article_paths), ("Metaobject", content_db.metaobject_paths)):
        if wanted[kind]:
            for key, folder, handle in await session.tuples(statement(sorted(wanted[kind]))):
                names.names[global_id(kind, key)] = f"{folder}/{handle}"
    if wanted["ProductVariant"]:
        for variant in await session.rows(db.variants_by_id(sorted(wanted["ProductVariant"]))):
            if variant.sku:
                names.names[global_id("ProductVariant", variant.id)] = variant.sku
    return names
