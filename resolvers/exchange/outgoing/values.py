"""How values of metafields and metaobjects read in files of content and collections."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db import exchange as db
from db.session import Session
from resolvers.exchange.links import Names, gids, read_names
from resolvers.exchange.metafields import LIST, Metafield, is_file, is_reference, joined, parts, shown
from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.ids import numbered


@dataclass
class Values:
    """What values name, read for all of them at once."""

    names: Names
    pictures: dict[str, str]
    """Cells of the shop's pictures, by global id."""

    def cell(self, metafield: Metafield) -> str:
        """A value as one text; what a reference names and is gone is not in it."""
        if is_file(metafield.type):
            found = [self.pictures[gid] for gid in gids(metafield) if gid in self.pictures]
            return joined(found) if metafield.type.startswith(LIST) else "".join(found)
        return self.names.cell(metafield) if is_reference(metafield.type) else shown(metafield)

    def entry(self, metafield: Metafield) -> Any:
        """A value as people would write it in TOML; None for a reference to what is gone."""
        text = self.cell(metafield)
        if metafield.type.startswith(LIST):
            return parts(text) or None
        if metafield.type == "boolean":
            return text == "true"
        if metafield.type == "number_integer" and str(int(text)) == text:
            return int(text)
        return text or None


async def read_values(session: Session, out: Outgoing, metafields: Iterable[Metafield]) -> Values:
    """What is needed to write the metafields."""
    found = list(metafields)
    files = [gid for metafield in found if is_file(metafield.type) for gid in gids(metafield)]
    keys = {key: gid for gid in files if (key := numbered(gid, "MediaImage")) is not None}
    media = await session.rows(db.media_by_id(sorted(keys)))
    pictures = {keys[row.id]: out.picture(row.source) for row in media if row.source}
    return Values(await read_names(session, found), pictures)
