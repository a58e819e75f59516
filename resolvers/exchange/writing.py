"""Writing a wanted product over what stands: only what differs, in the caller's transaction, with its events."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from db import exchange as db
from db.base import Row
from db.catalog import (
    CollectionProductRow,
    MediaRow,
    MetafieldRow,
    OptionRow,
    OptionValueRow,
    ProductRow,
    ProductTagRow,
    VariantRow,
)
from db.catalog.metafields import MetafieldOwner
from db.inventory import InventoryLevelRow, InventoryMovementRow
from db.pricing import ProductPriceRow, VariantPriceRow
from db.search import Kind
from db.session import Session
from resolvers.events import publish
from resolvers.exchange.setting import Setting, category_id
from resolvers.exchange.states import NEW, Medium, Metafields, Option, Product, Variant
from resolvers.search.analysis import Document
from resolvers.search.documents import documents_of, product_document
from resolvers.search.indexing import Lexicon, index
from resolvers.text import fold

PRODUCT_CHANGED, INVENTORY_CHANGED = "product.changed", "inventory.changed"


@dataclass
class Written:
    """What was written: the product, its variants whose stock or prices changed, categories and words that are new."""

    product_id: int
    stocked: set[int] = field(default_factory=set)
    priced: set[int] = field(default_factory=set)
    categories: dict[str, int] = field(default_factory=dict)
    lexicon: Lexicon = field(default_factory=Lexicon)


async def write_product(
    session: Session, setting: Setting, standing: Product | None, wanted: Product, now: datetime
) -> Written:
    """Make the database say what is wanted; ``standing`` is what it says. Ids of new things are noted in ``wanted``."""
    return await _Writing(session, setting, standing, wanted, now).run()


class _Writing:
    def __init__(
        self, session: Session, setting: Setting, standing: Product | None, wanted: Product, now: datetime
    ) -> None:
        self.session, self.setting, self.now = session, setting, now
        self.old = standing or Product(wanted.handle, {})
        self.new = wanted
        self.written = Written(0)

    async def run(self) -> Written:
        self.written.product_id = await self._write_head()
        await self._write_tags()
        await self._write_media()
        await self._remove_variants()
        value_ids = await self._write_options()
        await self._write_variants(value_ids)
        await self._remove_values()
        await self._write_prices()
        await self._write_stock()
        await self._write_metafields(MetafieldOwner.PRODUCT, [(self.new.id, self.old.metafields, self.new.metafields)])
        old = {variant.id: variant.metafields for variant in self.old.variants}
        await self._write_metafields(
            MetafieldOwner.VARIANT, [(v.id, old.get(v.id, {}), v.metafields) for v in self.new.variants]
        )
        await self._write_collections()
        await self._write_search()
        await self._publish()
        return self.written

    async def _write_head(self) -> int:
        new = self.new
        values: dict[str, Any] = {k: v for k, v in new.values.items() if self.old.values.get(k, ...) != v}
        for name, key in (("title", "title_key"), ("vendor", "vendor_key"), ("product_type", "type_key")):
            if name in values:
                values[key] = fold(values[name])
        if new.category != self.old.category:
            made = self.written.categories
            values["category_id"] = (
                await category_id(self.session, self.setting, new.category, made) if new.category else None
            )
        if new.id == NEW:
            values |= {"handle": new.handle, "created_at": self.now, "updated_at": self.now}
            new.id = (await self.session.add_keyed(ProductRow, [values]))[0]
        else:
            await self.session.change(db.changed(ProductRow, new.id, values | {"updated_at": self.now}))
        return new.id

    async def _write_tags(self) -> None:
        if self.old.tags == self.new.tags:
            return
        if self.old.tags:
            await self.session.change(db.removed_tags(self.written.product_id))
        await self.session.add_all(
            ProductTagRow,
            [
                {"product_id": self.new.id, "tag_key": fold(tag), "tag": tag, "position": number}
                for number, tag in enumerate(self.new.tags, 1)
            ],
        )

    async def _write_media(self) -> None:
        old, new = self.old.media, self.new.media
        await self._remove(MediaRow, (medium.id for medium in old), (medium.id for medium in new))
        known = {medium.id: medium for medium in old}
        for medium in new:
            if medium.id != NEW and medium != known[medium.id]:
                await self.session.change(db.changed(MediaRow, medium.id, _medium(medium)))
        made = [medium for medium in new if medium.id == NEW]
        rows = [{"product_id": self.new.id, "kind": medium.kind, **_medium(medium)} for medium in made]
        for medium, key in zip(made, await self.session.add_keyed(MediaRow, rows), strict=True):
            medium.id = key

    async def _remove(self, row: type[Row], old: Iterable[int | None], new: Iterable[int | None]) -> None:
        gone = [key for key in set(old) - set(new) if key is not None]
        if gone:
            await self.session.change(db.removed(row, gone))

    async def _remove_variants(self) -> None:
        """Take away unwanted variants, with their stock. One whose place another still holds is made anew."""
        held = {variant.id: variant.options for variant in self.old.variants}
        for variant in self.new.variants:
            if variant.id and held[variant.id] != variant.options and variant.options in held.values():
                variant.id = NEW
        kept = {variant.id for variant in self.new.variants}
        gone = [variant for variant in self.old.variants if variant.id not in kept]
        if not gone:
            return
        ids = [variant.id for variant in gone]
        await self.session.add_all(
            InventoryMovementRow,
            [
                self._movement(variant.id, location, -on_hand)
                for variant in gone
                for location, on_hand in variant.levels.items()
                if on_hand
            ],
        )
        self.written.stocked.update(variant.id for variant in gone if variant.levels)
        await self.session.change(db.removed_metafields(MetafieldOwner.VARIANT, ids))
        await self.session.change(db.removed(VariantRow, ids))

    def _movement(self, variant: int, location: int, delta: int) -> dict[str, Any]:
        return {"variant_id": variant, "location_id": location, "delta": delta, "reason": "import", "at": self.now}

    async def _write_options(self) -> list[dict[str, int]]:
        """Options and their values; answers the values' ids by name, for each option. None is removed yet."""
        old = {option.id: option for option in self.old.options}
        renamed = [option for option in self.new.options if option.id and old[option.id].name != option.name]
        taken = {option.name for option in self.old.options}
        if any(option.name in taken for option in renamed):
            # Two options that swap their names would meet the constraint on the way.
            for option in renamed:
                await self.session.change(db.changed(OptionRow, option.id, {"name": f"~{option.id}"}))
        for option in self.new.options:
            before = old.get(option.id)
            if before and (before.name, before.linked_to) != (option.name, option.linked_to):
                values = {"name": option.name, "linked_to": option.linked_to}
                await self.session.change(db.changed(OptionRow, option.id, values))
        rows = [
            {"product_id": self.new.id, "position": at, "name": option.name, "linked_to": option.linked_to}
            for at, option in enumerate(self.new.options, 1)
            if option.id == NEW
        ]
        made = [option for option in self.new.options if option.id == NEW]
        for option, key in zip(made, await self.session.add_keyed(OptionRow, rows), strict=True):
            option.id = key
        await self._write_values({option.id: option for option in self.old.options})
        return [{value.name: value.id for value in option.values} for option in self.new.options]

    async def _write_values(self, old: Mapping[int | None, Option]) -> None:
        rows: list[dict[str, Any]] = []
        made = []
        for option in self.new.options:
            before = {
                value.id: (at, value) for at, value in enumerate(old[option.id].values if option.id in old else (), 1)
            }
            for at, value in enumerate(option.values, 1):
                values = {
                    "position": at,
                    "name": value.name,
                    "swatch_color": value.swatch_color,
                    "swatch_media_id": value.swatch_media_id,
                }
                if value.id == NEW:
                    made.append(value)
                    rows.append({"option_id": option.id, **values})
                elif before[value.id] != (at, value):
                    await self.session.change(db.changed(OptionValueRow, value.id, values))
        for value, key in zip(made, await self.session.add_keyed(OptionValueRow, rows), strict=True):
            value.id = key

    async def _write_variants(self, value_ids: list[dict[str, int]]) -> None:
        media = {medium.source: medium.id for medium in self.new.pictures}
        old = {variant.id: variant for variant in self.old.variants}
        made, rows = [], []
        for variant in self.new.variants:
            values = _variant(variant, value_ids, media)
            if variant.id == NEW:
                made.append(variant)
                rows.append(values | {"product_id": self.new.id, "created_at": self.now, "updated_at": self.now})
            elif _head_of(old[variant.id]) != _head_of(variant):
                await self.session.change(db.changed(VariantRow, variant.id, values | {"updated_at": self.now}))
        for variant, key in zip(made, await self.session.add_keyed(VariantRow, rows), strict=True):
            variant.id = key

    async def _remove_values(self) -> None:
        """Option values and options that no variant has any more; variants had to leave them first."""
        old_values = (value.id for option in self.old.options for value in option.values)
        new_values = (value.id for option in self.new.options for value in option.values)
        await self._remove(OptionValueRow, old_values, new_values)
        await self._remove(OptionRow, (o.id for o in self.old.options), (o.id for o in self.new.options))

    async def _write_prices(self) -> None:
        old = {variant.id: variant.prices for variant in self.old.variants}
        changed = [variant for variant in self.new.variants if old.get(variant.id) != variant.prices]
        self.written.priced.update(variant.id for variant in changed)
        standing = [variant.id for variant in changed if variant.id in old]
        if standing:
            await self.session.change(db.removed_prices(standing))
        await self.session.add_all(
            VariantPriceRow,
            [
                {
                    "market_id": market,
                    "variant_id": variant.id,
                    "product_id": self.new.id,
                    "amount": price.amount,
                    "compare_at_amount": price.compare_at,
                    "is_fixed": price.is_fixed,
                }
                for variant in changed
                for market, price in variant.prices.items()
            ],
        )
        if self.old.ranges != self.new.ranges:
            await self._write_ranges()

    async def _write_ranges(self) -> None:
        if self.old.ranges:
            await self.session.change(db.removed_ranges(self.written.product_id))
        await self.session.add_all(
            ProductPriceRow,
            [
                {
                    "market_id": market,
                    "product_id": self.new.id,
                    "minimum": found.minimum,
                    "maximum": found.maximum,
                    "compare_at_minimum": found.compare_at_minimum,
                    "compare_at_maximum": found.compare_at_maximum,
                    "is_included": found.is_included,
                }
                for market, found in self.new.ranges.items()
            ],
        )

    async def _write_stock(self) -> None:
        """Levels, and a movement for every change: their sum is always what lies there."""
        old = {variant.id: variant.levels for variant in self.old.variants}
        made: list[dict[str, Any]] = []
        moved: list[dict[str, Any]] = []
        movements: list[dict[str, Any]] = []
        for variant in self.new.variants:
            key, before = variant.id, old.get(variant.id, {})
            for location, on_hand in variant.levels.items():
                delta = on_hand - before.get(location, 0)
                if location not in before:
                    made.append(
                        {"variant_id": key, "location_id": location, "on_hand": on_hand, "updated_at": self.now}
                    )
                elif delta:
                    moved.append({"variant": key, "location": location, "delta": delta, "now": self.now})
                if delta:
                    movements.append(self._movement(key, location, delta))
            for location in set(before) - set(variant.levels):
                await self.session.change(db.removed_level(key, location))
                if before[location]:
                    movements.append(self._movement(key, location, -before[location]))
            if before != variant.levels:
                self.written.stocked.add(key)
        await self.session.add_all(InventoryLevelRow, made)
        await self.session.change_each(db.restocked(), moved)
        await self.session.add_all(InventoryMovementRow, movements)

    async def _write_metafields(self, owner: str, owners: Sequence[tuple[int | None, Metafields, Metafields]]) -> None:
        differing = [(key or 0, old, new) for key, old, new in owners if old != new]
        standing = [key for key, old, _ in differing if old]
        if standing:
            await self._change_metafields(owner, [entry for entry in differing if entry[1]], standing)
        rows = [
            {"owner_kind": owner, "owner_id": key, "namespace": name[1], "key": name[2], "type": field_.type,
             "value": field_.value, "created_at": self.now, "updated_at": self.now}
            for key, old, new in differing
            for name, field_ in new.items()
            if name not in old
        ]  # fmt: skip
        await self.session.add_all(MetafieldRow, rows)

    async def _change_metafields(
        self, owner: str, differing: list[tuple[int, Metafields, Metafields]], owners: list[int]
    ) -> None:
        ids = {
            (row.owner_id, row.namespace, row.key): row.id
            for row in await self.session.rows(db.metafields(owner, owners))
        }
        gone = [ids[key, n[1], n[2]] for key, old, new in differing for n in old if n not in new]
        if gone:
            await self.session.change(db.removed(MetafieldRow, gone))
        for key, old, new in differing:
            for name in old.keys() & new.keys():
                if old[name] != new[name]:
                    values = {"type": new[name].type, "value": new[name].value, "updated_at": self.now}
                    await self.session.change(db.changed(MetafieldRow, ids[key, name[1], name[2]], values))

    async def _write_collections(self) -> None:
        product, old, new = self.written.product_id, self.old.collections, self.new.collections
        if old - new:
            await self.session.change(db.removed_memberships(product, sorted(old - new)))
        await self.session.add_all(
            CollectionProductRow,
            [{"collection_id": key, "product_id": product, "position": 0} for key in sorted(new - old)],
        )

    async def _write_search(self) -> None:
        own, others = self.setting.language, self.setting.other_languages
        wanted = _document(self.new, self.new.id, own)
        if wanted != _document(self.old, self.new.id, own):
            translated = await documents_of(self.session, Kind.PRODUCT, [self.new.id], others, own=own)
            self.written.lexicon = await index(self.session, [wanted, *translated], self.setting.lexicon)

    async def _publish(self) -> None:
        variants = sorted(self.written.stocked | self.written.priced)
        payload = {"product_id": self.written.product_id, "variant_ids": variants}
        await publish(self.session, PRODUCT_CHANGED, payload)
        if self.written.stocked:
            await publish(self.session, INVENTORY_CHANGED, {"variant_ids": sorted(self.written.stocked)})


def _document(product: Product, key: int, language: str) -> Document:
    values = product.values
    written = product_document(
        key,
        title=values.get("title", ""),
        kind=values.get("product_type", ""),
        category=product.category or "",
        vendor=values.get("vendor", ""),
        description=values.get("description", ""),
        tags=product.tags,
        values=[value.name for option in product.options for value in option.values],
        codes=[(variant.values.get("sku"), variant.values.get("barcode")) for variant in product.variants],
    )
    return replace(written, language=language)


def _medium(medium: Medium) -> dict[str, Any]:
    return {
        "source": medium.source,
        "position": medium.position,
        "alt": medium.alt,
        "width": medium.width,
        "height": medium.height,
    }


def _variant(
    variant: Variant, value_ids: list[dict[str, int]], media: Mapping[str | None, int | None]
) -> dict[str, Any]:
    chosen = [ids[name] for ids, name in zip(value_ids, variant.options, strict=True)]
    first, second, third = (*chosen, None, None)[:3]
    return variant.values | {
        "title": variant.title,
        "position": variant.position,
        "option1_id": first,
        "option2_id": second,
        "option3_id": third,
        "media_id": media.get(variant.picture) if variant.picture else None,
    }


def _head_of(variant: Variant) -> tuple[Any, ...]:
    return variant.options, variant.position, variant.picture, variant.values
