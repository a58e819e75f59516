"""`shop.toml`: the shop, its brand and policies, where it sells and stores, and what its metafields mean."""

import tomllib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
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
from resolvers.amounts import AmountError, known_currency, minor_units
from resolvers.exchange.cells import CellError, handle_of
from resolvers.exchange.metafields import is_known, is_reference, stored
from resolvers.exchange.offered import OfferError, offered
from resolvers.exchange.pictures import Picture, Pictures
from resolvers.exchange.rates import follow_rates, inherit_prices
from resolvers.exchange.report import Summary, UnreadableError
from resolvers.exchange.setting import read_setting
from resolvers.exchange.upsert import bring, differs, shop_pictures
from resolvers.languages import DEFAULT, LanguageError, language_code, language_tag
from resolvers.media import MediaStore
from resolvers.text import fold, safe_html

MILLION = Decimal(1_000_000)
LOCATION = (
    "address1", "address2", "city", "zip", "province", "province_code", "country_code", "phone", "latitude",
    "longitude", "pickup_time",
)  # fmt: skip


class ShopFile:
    """A shop.toml that has been read and checked, and not yet written. Raises `UnreadableError`, naming the entry."""

    def __init__(self, path: Path, store: MediaStore) -> None:
        self.path = path
        self.pictures = Pictures(store, path.parent)
        try:
            self.data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UnreadableError(f"{path} cannot be read: {error}") from error
        self.currency = self._currency(self._table("shop"), "shop")
        self.language = self._language(self._table("shop").get("language", language_tag(DEFAULT)), "shop")
        self.markets = [self._market(table) for table in self._tables("markets")]
        self.countries = [table.get("countries", []) for table in self._tables("markets")]
        if sum(market["is_primary"] for market in self.markets) != 1:
            self.fail("markets", "exactly one must have primary = true")
        self.locations = [self._location(n, table) for n, table in enumerate(self._tables("locations"), 1)]
        if not self.locations:
            self.fail("locations", "there must be one")
        self.definitions = [self._definition(n, table) for n, table in enumerate(self._tables("definitions"), 1)]
        self.metafields = [self._metafield(table, MetafieldOwner.SHOP) for table in self._tables("metafields")]
        self.of_locations = [self._metafields_of(table) for table in self._tables("locations")]
        self._describe_metafields()
        self.filters = self._filters()
        self.policies = [self._policy(key, table) for key, table in self.data.get("policies", {}).items()]
        self.swatches = [self._swatch(name, said) for name, said in self.data.get("swatches", {}).items()]

    def fail(self, entry: str, reason: str) -> None:
        """Say what is wrong with an entry."""
        raise UnreadableError(f"{self.path}: {entry}: {reason}")

    def _table(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.data.get(name, {})
        if not isinstance(found, dict):
            self.fail(name, "must be a table")
        return found

    def _tables(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
            self.fail(name, f"must be tables, each under [[{name}]]")
        return found

    def _text(self, table: dict[str, Any], key: str, entry: str) -> str:
        if not isinstance(table.get(key), str) or not table[key].strip():
            self.fail(entry, f"{key} is missing")
        return str(table[key]).strip()

    def _currency(self, table: dict[str, Any], entry: str) -> str:
        code = self._text(table, "currency", entry)
        if not known_currency(code):
            self.fail(entry, f"{code!r} is not a currency code such as EUR")
        return code

    def _language(self, text: Any, entry: str) -> str:
        try:
            return language_code(str(text))
        except LanguageError as error:
            raise UnreadableError(f"{self.path}: {entry}: {error}") from error

    def _languages(self, table: dict[str, Any], entry: str) -> list[str]:
        """The languages of a market, the shop's own where it names none."""
        named = table.get("languages", [])
        if not isinstance(named, list):
            self.fail(entry, 'languages must be a list, such as ["en", "de"]')
        return list(dict.fromkeys(self._language(text, entry) for text in named)) or [self.language]

    def picture(self, text: str | None, entry: str) -> Picture | None:
        """The picture an entry names, if it names one."""
        if not text:
            return None
        try:
            return self.pictures.find(text)
        except CellError as error:
            raise UnreadableError(f"{self.path}: {entry}: {error}") from error

    def _market(self, table: dict[str, Any]) -> dict[str, Any]:
        name = self._text(table, "name", "markets")
        currency = self._currency(table, name)
        try:
            rate = Decimal(str(table.get("rate", "1"))) * MILLION
            adjustment = Decimal(str(table.get("adjustment", "0")))
            step = minor_units(table["step"], currency) if table.get("step") else None
            ending = minor_units(table["ending"], currency) if table.get("ending") else 0
        except (InvalidOperation, AmountError) as error:
            raise UnreadableError(f"{self.path}: {name}: rate, adjustment, step or ending: {error}") from error
        if not rate.is_finite() or rate < 1 or rate != rate.to_integral_value():
            self.fail(name, "rate must be more than zero, with at most six decimals")
        if not adjustment.is_finite() or not -100 < adjustment <= 1000:
            self.fail(name, "adjustment must be per cent, such as 5 or -2.5")
        if adjustment and table.get("primary", False):
            self.fail(name, "adjustment is for markets whose prices follow those of the primary one")
        if step is None:
            step = minor_units("1", currency) if ending else 1
        return {
            "handle": table.get("handle") or handle_of(name),
            "name": name,
            "currency_code": currency,
            "is_primary": bool(table.get("primary", False)),
            "rate": max(round(rate * (100 + adjustment) / 100), 1),
            "rounding_step": max(step, 1),
            "rounding_ending": ending,
            "languages": self._languages(table, name),
        }

    def _location(self, position: int, table: dict[str, Any]) -> dict[str, Any]:
        values = {name: table.get(name) or None for name in LOCATION}
        pickup = table.get("pickup", False)
        if not isinstance(pickup, bool):
            self.fail("locations", f"pickup must be true or false, not {pickup!r}")
        return {"name": self._text(table, "name", "locations"), "position": position, "pickup": pickup, **values}

    def _definition(self, position: int, table: dict[str, Any]) -> dict[str, Any]:
        entry = f"definitions {table.get('namespace')}.{table.get('key')}"
        type_ = self._text(table, "type", entry)
        if not is_known(type_):
            self.fail(entry, f"{type_!r} is not a type of metafield")
        if table.get("owner") not in set(MetafieldOwner):
            self.fail(entry, f"owner must be one of {', '.join(MetafieldOwner)}")
        return {
            "owner_kind": table["owner"],
            "namespace": self._text(table, "namespace", entry),
            "key": self._text(table, "key", entry),
            "name": table.get("name") or table["key"],
            "type": type_,
            "description": table.get("description") or None,
            "position": position,
            "is_inferred": bool(table.get("inferred", False)),
        }

    def _metafields_of(self, location: dict[str, Any]) -> list[dict[str, Any]]:
        said = location.get("metafields", [])
        if not isinstance(said, list) or not all(isinstance(table, dict) for table in said):
            self.fail("locations", "metafields must be tables, each under [[locations.metafields]]")
        return [self._metafield(table, MetafieldOwner.LOCATION) for table in said]

    def _metafield(self, table: dict[str, Any], owner: MetafieldOwner) -> dict[str, Any]:
        entry = f"metafields {table.get('namespace')}.{table.get('key')}"
        type_ = self._text(table, "type", entry)
        if not is_known(type_) or is_reference(type_):
            self.fail(entry, f"{type_!r} is not a type that the metafields of a {owner} have")
        try:
            value = stored(type_, str(table.get("value", "")))
        except CellError as error:
            raise UnreadableError(f"{self.path}: {entry}: {error}") from error
        return {
            "owner_kind": owner.value,
            "owner_id": 1,
            "namespace": self._text(table, "namespace", entry),
            "key": self._text(table, "key", entry),
            "type": value.type,
            "value": value.value,
        }

    def _describe_metafields(self) -> None:
        """A description beside a metafield's value stands for a definition of its own."""
        defined = {(known["owner_kind"], known["namespace"], known["key"]) for known in self.definitions}
        for table, values in zip(self._tables("metafields"), self.metafields, strict=True):
            key = (values["owner_kind"], values["namespace"], values["key"])
            if not table.get("description"):
                continue
            if key in defined:
                self.fail(f"metafields {key[1]}.{key[2]}", "is described under [[definitions]] already")
            defined.add(key)
            self.definitions.append(
                self._definition(len(self.definitions) + 1, table | {"owner": MetafieldOwner.SHOP.value})
            )

    def _filters(self) -> list[dict[str, Any]] | None:
        """The filters that the shop offers; None where the file does not mention any."""
        if "filters" not in self.data:
            return None
        try:
            return offered(self._tables("filters"), self.definitions)
        except OfferError as error:
            raise UnreadableError(f"{self.path}: filters: {error}") from error

    def _policy(self, key: str, table: dict[str, Any]) -> dict[str, Any]:
        title = self._text(table, "title", f"policies.{key}")
        body = table.get("body", "")
        if file := table.get("file"):
            try:
                body = self._beside(file, f"policies.{key}").read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise UnreadableError(f"{self.path}: policies.{key}: {file} cannot be read: {error}") from error
        return {
            "kind": key.replace("-", "_"),
            "handle": handle_of(title),
            "title": title,
            "body": safe_html(body),
        }

    def _beside(self, file: Any, entry: str) -> Path:
        folder = self.path.parent.resolve()
        if not isinstance(file, str) or not (folder / file).resolve().is_relative_to(folder):
            self.fail(entry, f"{file!r} is not a file beside this one")
        return folder / str(file)

    def _swatch(self, name: str, said: Any) -> tuple[str, str | None, Picture | None]:
        color, image = (said.get("color"), said.get("image")) if isinstance(said, dict) else (said, None)
        if color is not None and not (isinstance(color, str) and color.startswith("#")):
            self.fail(f"swatches.{name}", "a colour such as #1f3d4a is missing")
        return name, color, self.picture(image, f"swatches.{name}")


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
