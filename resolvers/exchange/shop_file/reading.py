"""What `shop.toml` says, checked entry by entry."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from db.catalog.metafields import MetafieldOwner
from resolvers.amounts import AmountError, currency_code, minor_units, paid_in
from resolvers.exchange.cells import CellError, handle_of
from resolvers.exchange.metafields import is_known, is_reference, stored
from resolvers.exchange.offered import OfferError, offered
from resolvers.exchange.pictures import Picture, Pictures
from resolvers.exchange.report import UnreadableError
from resolvers.exchange.synonyms import SynonymError, synonyms
from resolvers.exchange.texts import ContentError, parsed, text_of
from resolvers.languages import DEFAULT, LanguageError, is_country, language_code, language_tag
from resolvers.media import MediaStore
from resolvers.text import safe_html

MILLION = Decimal(1_000_000)
LOCATION = (
    "address1", "address2", "city", "zip", "province", "province_code", "country_code", "phone", "latitude",
    "longitude", "pickup_time",
)  # fmt: skip
COORDINATES = ("latitude", "longitude")


class ShopFile:
    """A shop.toml that has been read and checked, and not yet written. Raises `UnreadableError`, naming the entry."""

    def __init__(self, path: Path, store: MediaStore) -> None:
        self.path = path
        self.pictures = Pictures(store, path.parent)
        try:
            self.data = parsed(text_of(path))
        except ContentError as error:
            raise UnreadableError(f"{path}: {error}") from error
        self.currency = self._currency(self._table("shop"), "shop")
        self.language = self._language(self._table("shop").get("language", language_tag(DEFAULT)), "shop")
        self.markets = [self._market(table) for table in self._tables("markets")]
        self.countries = [self._countries(table) for table in self._tables("markets")]
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
        self.synonyms = self._synonyms()
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
        try:
            return currency_code(self._text(table, "currency", entry))
        except AmountError as error:
            raise UnreadableError(f"{self.path}: {entry}: {error}") from error

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
        if not rate.is_finite() or not 1 <= rate <= MILLION * MILLION or rate != rate.to_integral_value():
            self.fail(name, "rate must be more than zero, at most a million, with at most six decimals")
        if not adjustment.is_finite() or not -100 < adjustment <= 1000:
            self.fail(name, "adjustment must be per cent, such as 5 or -2.5")
        if adjustment and table.get("primary", False):
            self.fail(name, "adjustment is for markets whose prices follow those of the primary one")
        if step is None:
            step = minor_units("1", currency) if ending else 1
        return {
            "handle": table.get("handle") or handle_of(name),
            "name": name,
            **paid_in(currency),
            "is_primary": bool(table.get("primary", False)),
            "rate": max(round(rate * (100 + adjustment) / 100), 1),
            "rounding_step": max(step, 1),
            "rounding_ending": ending,
            "languages": self._languages(table, name),
        }

    def _countries(self, table: dict[str, Any]) -> list[str]:
        """The countries of a market, each once."""
        entry, named = self._text(table, "name", "markets"), table.get("countries", [])
        if not isinstance(named, list):
            self.fail(entry, 'countries must be a list, such as ["DE", "AT"]')
        for code in named:
            if not isinstance(code, str) or not is_country(code):
                self.fail(entry, f"{code!r} is not the code of a country such as GB")
        return list(dict.fromkeys(named))

    def _location(self, position: int, table: dict[str, Any]) -> dict[str, Any]:
        values = {name: table.get(name) or None for name in LOCATION}
        for name, value in values.items():
            known, what = ((int, float), "number") if name in COORDINATES else ((str,), "text in quotes")
            if value is not None and (isinstance(value, bool) or not isinstance(value, known)):
                self.fail("locations", f"{name} must be a {what}, not {value!r}")
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

    def _synonyms(self) -> list[dict[str, Any]] | None:
        """The words that mean the same; None where the file does not mention any."""
        if "synonyms" not in self.data:
            return None
        try:
            return synonyms(self._tables("synonyms"))
        except SynonymError as error:
            raise UnreadableError(f"{self.path}: synonyms: {error}") from error

    def _policy(self, key: str, table: dict[str, Any]) -> dict[str, Any]:
        title = self._text(table, "title", f"policies.{key}")
        body = table.get("body", "")
        if file := table.get("file"):
            try:
                body = text_of(self._beside(file, f"policies.{key}"))
            except ContentError as error:
                raise UnreadableError(f"{self.path}: policies.{key}: {file}: {error}") from error
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
