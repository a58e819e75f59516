"""`shop.toml` and the policies beside it."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from db import exchange as db
from db import pricing
from db import shop as shop_db
from db.catalog import MetafieldDefinitionRow, MetafieldRow
from db.catalog.metafields import MetafieldOwner
from db.exchange import SwatchRow
from db.inventory import LocationRow
from db.pricing import MarketRow
from db.shop import PolicyRow, ShopRow
from resolvers.amounts import amount_text, minor_units
from resolvers.exchange.metafields import Metafield, is_reference, shown
from resolvers.exchange.offered import written
from resolvers.exchange.outgoing.documents import html
from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.exchange.shop_file import LOCATION, MILLION
from resolvers.exchange.synonyms import written_synonyms
from resolvers.languages import language_tag

_PLAIN = re.compile(r"[a-z0-9_]{1,100}")


async def write_shop(out: Outgoing) -> None:
    """Write shop.toml, and a file for every policy."""
    async with out.database.read() as session:
        (shop,) = await session.rows(shop_db.shops())
        countries = await session.rows(db.market_countries())
        markets = await session.rows(pricing.markets())
        locations = await session.rows(db.locations())
        definitions = await session.rows(db.definitions())
        metafields = await session.rows(db.metafields(MetafieldOwner.SHOP, [1]))
        of_locations = await session.rows(db.metafields(MetafieldOwner.LOCATION, [place.id for place in locations]))
        policies = await session.rows(shop_db.policies())
        swatches = sorted(await session.rows(db.swatches()), key=lambda swatch: swatch.name_key)
        wanted = [shop.logo_id, shop.square_logo_id, shop.cover_id, *(swatch.media_id for swatch in swatches)]
        media = await session.rows(db.media_by_id([key for key in wanted if key is not None]))
    pictures = {row.id: out.picture(row.source) for row in media if row.source}
    names = {(row.owner_kind, row.namespace, row.key): row.name for row in definitions if not row.is_inferred}
    sold_to = {market.id: [row.country_code for row in countries if row.market_id == market.id] for market in markets}
    out.toml(
        "shop.toml",
        {
            "shop": _shop(shop),
            "brand": _brand(shop, pictures),
            "payment": {
                "accepted_card_brands": shop.card_brands or None,
                "supported_digital_wallets": shop.digital_wallets or None,
            },
            "locations": [
                _location(location) | {"metafields": _all_said(out, of_locations, location.id) or None}
                for location in locations
            ],
            "markets": [_market(market, sold_to[market.id]) for market in markets],
            "policies": {policy.kind.replace("_", "-"): _policy(out, policy) for policy in policies},
            "metafields": _all_said(out, metafields, 1),
            "definitions": [_definition(row) for row in definitions],
            "swatches": {swatch.name: _swatch(swatch, pictures) for swatch in swatches},
            "filters": None if shop.filters is None else [written(entry, names) for entry in shop.filters],
            "synonyms": None if shop.synonyms is None else [written_synonyms(group) for group in shop.synonyms],
        },
    )


def _shop(shop: ShopRow) -> dict[str, Any]:
    return {
        "name": shop.name,
        "description": shop.description,
        "email": shop.email,
        "primary_domain": shop.domain,
        "language": language_tag(shop.language_code),
        "country": shop.country_code,
        "currency": shop.currency_code,
        "money_format": shop.money_format,
    }


def _brand(shop: ShopRow, pictures: dict[int, str]) -> dict[str, Any]:
    shown_as = {"logo": shop.logo_id, "square_logo": shop.square_logo_id, "cover": shop.cover_id}
    return {
        "slogan": shop.slogan,
        "short_description": shop.short_description,
        **{name: pictures.get(key) for name, key in shown_as.items() if key is not None},
        "colors": shop.colors or None,
    }


def _location(location: LocationRow) -> dict[str, Any]:
    pickup = {"pickup": True} if location.pickup else {}
    return {"name": location.name, **{name: getattr(location, name) for name in LOCATION}, **pickup}


def _market(market: MarketRow, countries: list[str]) -> dict[str, Any]:
    currency = market.currency_code
    usual = minor_units("1", currency) if market.rounding_ending else 1
    return {
        "handle": market.handle,
        "name": market.name,
        "primary": True if market.is_primary else None,
        "currency": currency,
        "countries": countries,
        "languages": [language_tag(code) for code in market.languages] or None,
        "rate": f"{(Decimal(market.rate) / MILLION).normalize():f}",
        "step": amount_text(market.rounding_step, currency) if market.rounding_step != usual else None,
        "ending": amount_text(market.rounding_ending, currency) if market.rounding_ending else None,
    }


def _policy(out: Outgoing, policy: PolicyRow) -> dict[str, Any]:
    if not _PLAIN.fullmatch(policy.kind):
        return {"title": policy.title, "body": policy.body}
    name = f"policies/{policy.kind.replace('_', '-')}.html"
    out.text(name, html(policy.body))
    return {"title": policy.title, "file": name}


def _all_said(out: Outgoing, rows: Sequence[MetafieldRow], owner: int) -> list[dict[str, Any]]:
    own = sorted((row for row in rows if row.owner_id == owner), key=lambda row: row.id)
    return [found for row in own if (found := _said(out, row))]


def _said(out: Outgoing, row: MetafieldRow) -> dict[str, Any] | None:
    if is_reference(row.type):
        out.leave_out(
            f"The metafield {row.namespace}.{row.key} of a {row.owner_kind}", "files cannot say what it refers to"
        )
        return None
    value = shown(Metafield(row.type, row.value))
    return {"namespace": row.namespace, "key": row.key, "type": row.type, "value": value}


def _definition(row: MetafieldDefinitionRow) -> dict[str, Any]:
    return {
        "owner": row.owner_kind,
        "namespace": row.namespace,
        "key": row.key,
        "name": row.name,
        "type": row.type,
        "description": row.description,
        "inferred": True if row.is_inferred else None,
    }


def _swatch(swatch: SwatchRow, pictures: dict[int, str]) -> Any:
    image = pictures.get(swatch.media_id) if swatch.media_id is not None else None
    return {"color": swatch.color, "image": image} if image else swatch.color
