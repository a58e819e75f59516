"""`[[filters]]` of a shop.toml: which filters the shop offers, in which order, and what they are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from db.search import ASCII_LOWER, FACET_TYPES, FilterKind

_METAFIELDS = {FilterKind.PRODUCT_METAFIELD: "product", FilterKind.VARIANT_METAFIELD: "variant"}
_PRESENTATIONS = ("image", "swatch", "text")
_ORDERS = ("label", "merchant")
_KEYS = {"by", "label"}
MOST_OFFERED = 50
"""The most filters that one shop may offer."""


class OfferError(ValueError):
    """An entry that makes no sense; the message says why, for people."""


def offered(tables: Sequence[Mapping[str, Any]], definitions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The filters as the shop's row keeps them. Raises `OfferError`, beginning with what the entry is on.

    ``definitions`` are those of metafields in the same file: their names are the labels of filters that give none.
    """
    # An exported folder has the definitions that were guessed, and the one that it came from had not.
    given = [one for one in definitions if not one.get("is_inferred")]
    names = {(one["owner_kind"], one["namespace"], one["key"]): one for one in given}
    if len(tables) > MOST_OFFERED:
        raise OfferError(f"there are {len(tables)} filters, and {MOST_OFFERED} are the most")
    found: list[dict[str, Any]] = []
    for table in tables:
        entry = _entry(table, names)
        if _what(entry) in map(_what, found):
            raise OfferError(f"{' '.join(filter(None, _what(entry)))} is there twice")
        found.append(entry)
    return found


_WRITTEN = ("by", "namespace", "key", "name", "label", "presentation", "order")


def written(entry: Mapping[str, Any], names: Mapping[tuple[str, str, str], str]) -> dict[str, Any]:
    """A filter of the shop's row as a file says it, in one order: a database may have mixed it up.

    ``names`` are those that definitions give metafields, by owner, namespace and key; such a label needs no saying.
    """
    owner = _METAFIELDS.get(FilterKind(entry["by"]), "")
    own = names.get((owner, entry.get("namespace", ""), entry.get("key", "")))
    said = {name: entry[name] for name in _WRITTEN if name in entry and (name, entry[name]) != ("label", own)}
    return said | ({"presentation": said["presentation"].lower()} if "presentation" in said else {})


def _entry(table: Mapping[str, Any], definitions: Mapping[tuple[str, str, str], Mapping[str, Any]]) -> dict[str, Any]:
    if table.get("by") not in set(FilterKind):
        raise OfferError(f"by must be one of {', '.join(FilterKind)}, and is {table.get('by')!r}")
    kind = FilterKind(table["by"])
    entry: dict[str, Any] = {"by": kind.value}
    allowed = set(_KEYS)
    if kind is FilterKind.OPTION:
        allowed |= {"name", "presentation", "order"}
        entry |= _texts(table, ("name",))
        entry |= _choice(table, "presentation", _PRESENTATIONS, kind) | _choice(table, "order", _ORDERS, kind)
    elif kind in _METAFIELDS:
        allowed |= {"namespace", "key"}
        entry |= {"namespace": "custom"} | _texts(table, ("namespace", "key"))
        if "key" not in entry:
            raise OfferError(f"{kind.value}: key is missing")
        entry |= _described(definitions.get((_METAFIELDS[kind], entry["namespace"], entry["key"])), entry)
    if unknown := sorted(set(table) - allowed):
        raise OfferError(f"{kind.value}: {', '.join(unknown)} is not known; it may have {', '.join(sorted(allowed))}")
    return entry | _texts(table, ("label",))


def _described(definition: Mapping[str, Any] | None, entry: Mapping[str, Any]) -> dict[str, Any]:
    if definition is None:
        return {}
    if definition["type"] not in FACET_TYPES:
        name = f"{entry['namespace']}.{entry['key']}"
        raise OfferError(f"{name} is of the type {definition['type']}; filters are on {', '.join(FACET_TYPES)}")
    return {"label": definition["name"]}


def _texts(table: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    found = {name: table[name] for name in names if name in table}
    for name, value in found.items():
        if not isinstance(value, str) or not value.strip():
            raise OfferError(f"{table['by']}: {name} must be a text, and is {value!r}")
    return {name: value.strip() for name, value in found.items()}


def _choice(table: Mapping[str, Any], name: str, choices: Sequence[str], kind: FilterKind) -> dict[str, str]:
    if name not in table:
        return {}
    if table[name] not in choices:
        raise OfferError(f"{kind.value}: {name} must be one of {', '.join(choices)}, and is {table[name]!r}")
    return {name: table[name].upper() if name == "presentation" else table[name]}


def _what(entry: Mapping[str, Any]) -> tuple[str, ...]:
    name = entry.get("name", "").translate(ASCII_LOWER)
    return (entry["by"], name, entry.get("namespace", ""), entry.get("key", ""))
