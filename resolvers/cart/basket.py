"""The lines of a cart that is being changed: read once under its lock, changed in memory, written in bulk."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import orjson

from db import cart as db
from db.cart import CartLineRow
from db.session import Session

Notes: TypeAlias = Sequence[Mapping[str, Any]]
"""Attributes as they are stored: ``{"key": …, "value": …}``."""


@dataclass(eq=False)
class Line:
    """A line as it is to be. ``id`` is None until it is stored; ``key`` is what clients know it by."""

    id: int | None
    key: str
    variant_id: int
    quantity: int
    attributes: Notes
    attributes_hash: str


class Basket:
    """Lines by variant and attributes, in the order in which they came; no two are alike."""

    def __init__(self, cart_id: int, rows: Iterable[CartLineRow] = ()) -> None:
        self._cart_id = cart_id
        self._stored = {row.id: row.quantity for row in rows}
        self._lines: dict[tuple[int, str], Line] = {}
        self._keys: dict[str, Line] = {}
        for row in rows:
            self._hold(Line(row.id, row.key, row.variant_id, row.quantity, row.attributes, row.attributes_hash))

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, line: Line) -> bool:
        return self._keys.get(line.key) is line

    def pieces(self) -> Counter[int]:
        """How many pieces of each variant there are, in all lines together."""
        found: Counter[int] = Counter()
        for line in self._lines.values():
            found[line.variant_id] += line.quantity
        return found

    def find(self, key: str) -> Line | None:
        """The line that clients know by that key."""
        return self._keys.get(key)

    def put(self, variant_id: int, quantity: int, attributes: Notes, key: str | None = None) -> Line:
        """Add pieces: to the line that is alike, else as a new line, which clients will know by ``key``."""
        digest = _digest(attributes)
        line = self._lines.get((variant_id, digest))
        if line is None:
            return self._hold(Line(None, key or str(uuid4()), variant_id, quantity, attributes, digest))
        line.quantity += quantity
        return line

    def change(self, line: Line, variant_id: int, quantity: int, attributes: Notes) -> Line:
        """Make a line another one; answers the line that results, which is the one alike if there is one."""
        if (variant_id, _digest(attributes)) == (line.variant_id, line.attributes_hash):
            line.quantity = quantity
            return line
        self.remove(line)
        return self.put(variant_id, quantity, attributes, line.key)

    def remove(self, line: Line) -> None:
        """Take a line out."""
        del self._lines[line.variant_id, line.attributes_hash], self._keys[line.key]

    async def save(self, session: Session) -> None:
        """Write what has changed, in one statement each for what goes, what changes and what comes."""
        lines = self._lines.values()
        kept = {line.id for line in lines}
        gone = [stored for stored in self._stored if stored not in kept]
        if gone:
            await session.change(db.remove_lines(gone))
        changed = [line for line in lines if line.id is not None and line.quantity != self._stored[line.id]]
        quantities = [{"line": line.id, "pieces": line.quantity} for line in changed]
        await session.change_each(db.set_quantity(), quantities)
        await session.add_all(CartLineRow, [self._values(line) for line in lines if line.id is None])

    def _hold(self, line: Line) -> Line:
        self._lines[line.variant_id, line.attributes_hash] = self._keys[line.key] = line
        return line

    def _values(self, line: Line) -> dict[str, Any]:
        return {
            "cart_id": self._cart_id,
            "key": line.key,
            "variant_id": line.variant_id,
            "quantity": line.quantity,
            "attributes": line.attributes,
            "attributes_hash": line.attributes_hash,
        }


def _digest(attributes: Notes) -> str:
    """The same for the same attributes in any order."""
    ordered = sorted((note["key"], note["value"] or "", note["value"] is None) for note in attributes)
    return hashlib.sha256(orjson.dumps(ordered)).hexdigest()
