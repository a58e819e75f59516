"""Bringing the shop to what its file says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from db import exchange as db
from db import pricing
from db import shop as shop_db
from db.catalog import MetafieldDefinitionRow, MetafieldRow
from db.catalog.metafields import MetafieldOwner
from db.exchange import SwatchRow
from db.inventory import LocationRow
from db.pricing import MarketCountryRow, MarketRow
from db.session import Database, Session
from db.shop import PolicyRow, ShopRow
from db.types import utc_now
from resolvers.exchange.rates import follow_rates, inherit_prices
from resolvers.exchange.report import Summary
from resolvers.exchange.setting import read_setting
from resolvers.exchange.shop_file.reading import ShopFile
from resolvers.exchange.upsert import bring, differs, shop_pictures
from resolvers.media import MediaStore
from resolvers.text import fold


async def import_shop_file(
    database: Database, store: MediaStore, path: Path, *, is_demo: bool = False, dry_run: bool = False
) -> Summary:
    """Bring the shop to what its file says, in one transaction. Raises `UnreadableError` for a file with a mistake.

    What the file does not mention stays, except markets, which are those of the file. Prices that follow their market's
    rate are brought to it afterwards.
    """
    file = ShopFile(path, store)
    summary = Summary(file=str(path), encoding="UTF-8", rows=1)
    if dry_run:
        return summary
    async with database.write() as session:
        writing = _Writing(session, file)
        made = await session.first(shop_db.shops()) is None
        await writing.write_shop(is_demo)
        await writing.write_markets()
        await writing.write_locations()
        await writing.write_definitions()
        await writing.write_metafields()
        await writing.write_policies()
        await writing.write_swatches()
    async with database.read() as session:
        setting = await read_setting(session)
    if setting:
        await follow_rates(database, setting)
    if made:
        summary.created = 1
    elif writing.changed:
        summary.changed = 1
    else:
        summary.unchanged = 1
    return summary


class _Writing:
    def __init__(self, session: Session, file: ShopFile) -> None:
        self.session, self.file = session, file
        self.changed = False

    async def _bring(self, row: Any, standing: Any | None, values: dict[str, Any]) -> int:
        key, changed = await bring(self.session, row, standing, values)
        self.changed |= changed
        return key

    async def write_shop(self, is_demo: bool) -> None:
        shop, brand, payment = (self.file.data.get(name, {}) for name in ("shop", "brand", "payment"))
        said = {name: self.file.picture(brand.get(name), f"brand.{name}") for name in ("logo", "square_logo", "cover")}
        name = shop.get("name") or "My shop"
        ids = await shop_pictures(self.session, [(picture, name) for picture in said.values() if picture])
        values = {
            "name": name,
            "description": shop.get("description") or None,
            "email": shop.get("email") or None,
            "domain": shop.get("primary_domain") or "localhost",
            "country_code": shop.get("country") or "IE",
            "currency_code": self.file.currency,
            "language_code": self.file.language,
            "money_format": shop.get("money_format") or f"{{{{amount}}}} {self.file.currency}",
            "slogan": brand.get("slogan") or None,
            "short_description": brand.get("short_description") or None,
            "colors": brand.get("colors") or {},
            "card_brands": payment.get("accepted_card_brands") or [],
            "digital_wallets": payment.get("supported_digital_wallets") or [],
            "is_demo": is_demo,
            **{f"{name}_id": ids[picture.source] if picture else None for name, picture in said.items()},
        }
        if self.file.filters is not None:
            values["filters"] = self.file.filters
        if self.file.synonyms is not None:
            values["synonyms"] = self.file.synonyms
        standing = await self.session.first(shop_db.shops())
        if standing is None:
            await self.session.add_keyed(ShopRow, [{"id": 1, **values}])
        elif differs(standing, values):
            self.changed = True
            await self.session.change(db.changed(ShopRow, 1, values | {"updated_at": utc_now()}))

    async def write_markets(self) -> None:
        standing = {market.handle: market for market in await self.session.rows(pricing.markets())}
        handles = {values["handle"] for values in self.file.markets}
        gone = [market.id for handle, market in standing.items() if handle not in handles]
        for key in gone:
            # They go when others have inherited from them, and stand in nobody's way until then.
            await self.session.change(db.changed(MarketRow, key, {"name": f"~{key}", "is_primary": False}))
        countries: dict[str, int] = {}
        # The primary one last: only one may be so at any moment.
        for values, codes in sorted(
            zip(self.file.markets, self.file.countries, strict=True), key=lambda entry: bool(entry[0]["is_primary"])
        ):
            key = await self._bring(MarketRow, standing.get(values["handle"]), values)
            countries |= dict.fromkeys(codes, key)
        await self._inherit([market for market in standing.values() if market.is_primary])
        if gone:
            self.changed = True
            await self.session.change(db.removed(MarketRow, gone))
        known = {row.country_code: row.market_id for row in await self.session.rows(db.market_countries())}
        if known != countries:
            self.changed = True
            await self.session.change(db.removed_countries())
            rows = [{"country_code": code, "market_id": market} for code, market in countries.items()]
            await self.session.add_all(MarketCountryRow, rows)

    async def _inherit(self, before: Sequence[MarketRow]) -> None:
        """Another primary market takes over the prices of the one ``before``."""
        now = next(market for market in await self.session.rows(pricing.markets()) if market.is_primary)
        for old in before:
            if old.id == now.id:
                continue
            left = await inherit_prices(self.session, old, now)
            if left:
                self.file.fail(
                    "markets",
                    f"{now.name} cannot be the primary one yet: {left:,} variants have no price in {now.currency_code}."
                    " Add it as a further market first, with a rate, or import into an empty database",
                )

    async def write_locations(self) -> None:
        standing = {location.name: location for location in await self.session.rows(db.locations())}
        for values, metafields in zip(self.file.locations, self.file.of_locations, strict=True):
            key = await self._bring(LocationRow, standing.get(values["name"]), values)
            await self._write_metafields(MetafieldOwner.LOCATION, key, metafields)
        names = {values["name"] for values in self.file.locations}
        others = [location for name, location in standing.items() if name not in names]
        for position, location in enumerate(others, len(names) + 1):
            await self._bring(LocationRow, location, {"position": position})

    async def write_definitions(self) -> None:
        rows = await self.session.rows(db.definitions())
        standing = {(row.owner_kind, row.namespace, row.key): row for row in rows}
        for values in self.file.definitions:
            key = (values["owner_kind"], values["namespace"], values["key"])
            await self._bring(MetafieldDefinitionRow, standing.get(key), values)

    async def write_metafields(self) -> None:
        await self._write_metafields(MetafieldOwner.SHOP, 1, self.file.metafields)

    async def _write_metafields(self, owner: MetafieldOwner, key: int, said: Sequence[dict[str, Any]]) -> None:
        rows = await self.session.rows(db.metafields(owner, [key])) if said else []
        standing = {(row.namespace, row.key): row for row in rows}
        for values in said:
            known = standing.get((values["namespace"], values["key"]))
            await self._bring(MetafieldRow, known, values | {"owner_id": key})

    async def write_policies(self) -> None:
        standing = {policy.kind: policy for policy in await self.session.rows(db.policies())}
        for values in self.file.policies:
            known = standing.get(values["kind"])
            if known is None or differs(known, values):
                await self._bring(PolicyRow, known, values | {"updated_at": utc_now()})

    async def write_swatches(self) -> None:
        pictures = [(picture, name) for name, _, picture in self.file.swatches if picture]
        ids = await shop_pictures(self.session, pictures)
        wanted = {
            fold(name): {
                "name_key": fold(name),
                "name": name,
                "color": color,
                "media_id": ids[picture.source] if picture else None,
            }
            for name, color, picture in self.file.swatches
        }
        standing = {swatch.name_key: swatch for swatch in await self.session.rows(db.swatches())}
        stale = [key for key in wanted if key in standing and differs(standing[key], wanted[key])]
        gone = self._unmentioned(standing, wanted)
        if stale or gone:
            await self.session.change(db.removed_swatches([*stale, *gone]))
        new = [values for key, values in wanted.items() if key in stale or key not in standing]
        await self.session.add_all(SwatchRow, new)
        self.changed |= bool(stale or gone or new)

    def _unmentioned(self, standing: dict[str, SwatchRow], wanted: dict[str, Any]) -> Sequence[str]:
        return [key for key in standing if key not in wanted] if "swatches" in self.file.data else []
