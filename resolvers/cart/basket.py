"""The lines of a cart that is being changed: read once, changed in memory, written in bulk, and kept for the answer."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, cast
from uuid import uuid4

import orjson

from db import cart as db
from db.base import light
from db.cart import CartLineRow, CartRow
from db.catalog import VariantRow
from db.session import Session
from db.types import utc_now
from resolvers.cart.reads import Contents, ContentsByCart
from resolvers.catalog.variants import VariantById
from resolvers.context import Context
from resolvers.events import publish
from resolvers.pricing import PriceByVariant

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


@dataclass(frozen=True)
class Offer:
    """A variant that can be put into a cart, and how many pieces of it are free."""

    variant: VariantRow
    free: int


class Basket:
    """Lines by variant and attributes, in the order in which they came; no two are alike. ``offers`` are the variants,
    of those in the cart and those asked for, that a storefront may see and the cart's market sells.
    """

    def __init__(self, cart_id: int, version: int) -> None:
        self.cart_id = cart_id
        self.version = version
        self.offers: dict[int | None, Offer] = {}
        self._contents: Contents | None = None
        self._stored: dict[int, int] = {}
        self._lines: dict[tuple[int, str], Line] = {}
        self._keys: dict[str, Line] = {}

    @classmethod
    async def read(cls, session: Session, context: Context, token: str, wanted: Iterable[int | None]) -> Self | None:
        """Read a cart, what is in it, and what there is of that and of these variants, at which price.

        None where there is no such cart, or nothing of any of that.
        """
        ids = [number for number in dict.fromkeys(wanted) if number is not None]
        found = await session.tuples(db.goods_of_cart(token, ids, context.country, context.now))
        if not found:
            return None
        number, version, _, _, _, currency, *_ = found[0]
        basket, rows = cls(number, version), {}
        basket._contents = contents = Contents(currency)
        for _, _, variant, is_seen, free, _, line, *costs in found:
            contents.hold(None, *costs)
            if is_seen:
                basket.offers[variant.id] = Offer(variant, int(free))
            if line is not None:
                rows[line.id] = line
        basket._stored = {row.id: row.quantity for row in rows.values()}
        for row in rows.values():
            basket._hold(Line(row.id, row.key, row.variant_id, row.quantity, row.attributes, row.attributes_hash))
        return basket

    def keep(self, context: Context, cart: CartRow) -> None:
        """Have the answer, about the cart as it is now, not ask again for what was read and written.

        Prices are those of the cart's market: where the operation shows another's, they are left to be asked for.
        """
        contents = self._contents
        if contents is None:
            return
        for line in self._lines.values():
            if line.id is not None and line.variant_id in self.offers:
                contents.lines[line.id] = light(CartLineRow)(id=line.id, **self._values(line))
        context.loader(ContentsByCart).prime(cart.id, contents)
        context.loader(VariantById).hold([offer.variant for offer in self.offers.values()])
        if cart.country_code in (None, context.country):
            for number, price in contents.prices.items():
                made = PriceByVariant.made(number, price.amount, price.compare_at_amount, contents.currency)
                context.loader(PriceByVariant).prime(*made)

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
        """Write what has changed, in one statement each for what goes, what changes and what comes, and the event."""
        gone, changed, new = self._differences()
        if gone:
            await session.change_all([db.remove_lines(gone)])
        await session.change_all([db.set_quantity(cast(int, line.id), line.quantity) for line in changed])
        for line, key in zip(new, await session.add_keyed(CartLineRow, list(map(self._values, new))), strict=True):
            line.id = key
        await publish(session, db.CHANGED, {"cart_id": self.cart_id})

    async def save_in_one(self, context: Context) -> CartRow | None:
        """The same as one statement, which makes a new version of the cart; None, with nothing written, if the cart is
        no longer the one that was read, or if what is to be written takes more than one.
        """
        gone, changed, new = self._differences()
        if gone and new:
            # What becomes another line keeps its key, which has to be free before.
            return None
        statement = db.save_lines(
            self.cart_id,
            self.version,
            utc_now(),
            gone or None,
            [{"id": line.id, "quantity": line.quantity} for line in changed] or None,
            [{**self._values(line), "place": place} for place, line in enumerate(new)] or None,
            {"cart_id": self.cart_id},
            context.db.told_by,
        )
        written = await context.write_in_one(statement)
        if not written:
            return None
        ((*values, ids),) = written
        for line in new:
            line.id = ids[line.key]
        cart: CartRow = light(CartRow)(*values)
        return cart

    def _differences(self) -> tuple[list[int], list[Line], list[Line]]:
        """The ids of lines that go, those that change, and those that come."""
        lines = self._lines.values()
        kept = {line.id for line in lines}
        gone = [stored for stored in self._stored if stored not in kept]
        changed = [line for line in lines if line.id is not None and line.quantity != self._stored[line.id]]
        return gone, changed, [line for line in lines if line.id is None]

    def _hold(self, line: Line) -> Line:
        self._lines[line.variant_id, line.attributes_hash] = self._keys[line.key] = line
        return line

    def _values(self, line: Line) -> dict[str, Any]:
        return {
            "cart_id": self.cart_id,
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
